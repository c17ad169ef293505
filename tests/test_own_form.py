"""A form of one's own: a fictitious format of 2027 with an eighth applicant column, from a file and from no line of Python."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.commands import run
from tests.samples import code_of
from tests.soaking import soak
from toolkit.findings.toml import shipped_text
from toolkit.forms.layout import lay_out
from toolkit.forms.load import parse_form

CHANGES = (
    ('id = "2021"', 'id = "2027"'),
    ("first_year = 2021", "first_year = 2027"),
    ('notice = "国办公开办函〔2021〕30号"', 'notice = "虚构的 2027 年格式"'),
    ("widths = [44, 96, 236, 64, 64, 64, 64, 64, 64, 70]", "widths = [44, 96, 236, 58, 58, 58, 58, 58, 58, 58, 64]"),
    ('at = "D1:J1"', 'at = "D1:K1"'),
    ('at = "E2:I2"', 'at = "E2:J2"'),
    (
        '  { code = "total", at = "J2:J3", label = "总计", kind = "count" },',
        '  { code = "overseas", at = "J3", label = "境外机构", kind = "count" },\n'
        '  { code = "total", at = "K2:K3", label = "总计", kind = "count" },',
    ),
    ('nonprofit + legal + other"', 'nonprofit + legal + other + overseas"'),
)
"""What the file says otherwise than that of 2021."""
BODIES = (("01", "样例县财政局"), ("02", "样例县教育局"))


def text() -> str:
    """Return the form file."""
    written = shipped_text("toolkit.forms", "form_2021.toml")
    for before, after in CHANGES:
        assert before in written
        written = written.replace(before, after, 1)
    return written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the form, a roster, last year's returns on the form of 2021 and this year's templates."""
    made = tmp_path_factory.mktemp("2027")
    (made / "2027.toml").write_text(text(), encoding="utf-8")
    lines = [
        "统一社会信用代码,单位名称,层级,计入汇总",
        *(f"{code_of(number)},{name},县级部门,是" for number, name in BODIES),
    ]
    (made / "名录.csv").write_text("\n".join(lines), encoding="utf-8")
    nianbao(made, "template", "--year", "2026", "--roster", "名录.csv", "-o", "上年")
    for path in (made / "上年").iterdir():
        filled(path, "2021", {"r4": {"natural": 1}, "r1": {"natural": 3}, "r3_1": {"natural": 2}})
    said = nianbao(
        made,
        "template",
        "--year",
        "2027",
        "--form",
        "2027.toml",
        "--roster",
        "名录.csv",
        "--last-year",
        "上年",
        "-o",
        "收件",
    )
    assert len(said.splitlines()) == len(BODIES)
    return made


def nianbao(folder: Path, *words: str, code: int = 0) -> str:
    """Run a command by itself: a form that is in use stays in use in its process; return what it writes."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *words], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )  # fmt: skip
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def filled(path: Path, form: str, rows: dict[str, dict[str, int]]) -> None:
    """Fill figures of table 三 into a workbook; all other blanks are zeros by declaration."""
    layout = lay_out(parse_form(text() if form == "2027" else shipped_text("toolkit.forms", f"form_{form}.toml"), form))
    book = openpyxl.load_workbook(path)
    for row, figures in rows.items():
        for column, figure in figures.items():
            sheet, *_ = layout.cell(f"t3.{row}.{column}")
            book[sheet][layout.address(f"t3.{row}.{column}")] = figure
    for table in layout.tables:
        down, right = table.switch
        book[table.table.sheet].cell(down + 1, right + 1).value = "是"
    book.save(path)


@soak
def test_a_report_on_a_form_of_ones_own_is_imported(folder: Path) -> None:
    """Its new column is found as a web page has it and as it is pasted; without the form its figure is left out, and said."""
    (sent, *_) = sorted((folder / "收件").iterdir())
    source = folder / "公布" / sent.name
    source.parent.mkdir()
    source.write_bytes(sent.read_bytes())
    filled(source, "2027", {"r1": {"overseas": 4}, "r3_1": {"natural": 1, "overseas": 4}})
    nianbao(folder, "publish", f"公布/{sent.name}", "--form", "2027.toml", "--draft", "-o", "公布/报告.html")
    page = (folder / "公布" / "报告.html").read_text(encoding="utf-8").partition("<body")[2]
    rows = [re.sub(r"</t[dh]>\s*<t[dh]", "\n<", row) for row in re.split("</tr>|</p>|</h[1-6]>|</caption>", page)]
    text = "\n".join(re.sub("<[^>]*>", "", row).strip() for row in rows)
    (folder / "公布" / "报告.txt").write_text(text, encoding="utf-8")
    for report in ("报告.txt", "报告.html"):
        made = (f"公布/{report}", "--year", "2027", "-o", f"公布/{report}.xlsx", "--format", "json")
        answer = json.loads(nianbao(folder, "import", *made, "--form", "2027.toml"))
        assert (answer["form"], [table["missing"] + table["not_placed"] for table in answer["tables"]]) == (
            "2027",
            [0, 0, 0],
        ), report
        read = json.loads(nianbao(folder, "read", f"公布/{report}.xlsx", "--form", "2027.toml", "--format", "json"))
        assert {item["code"]: item["value"] for item in read["returns"][0]["items"]}["t3.r1.overseas"] == 4
    without = json.loads(nianbao(folder, "import", *made, code=1))
    assert (without["form"], without["tables"][1]["not_placed"]) == ("2021", 25)


@soak
def test_the_season_on_a_form_of_ones_own(folder: Path) -> None:
    """Prefill from the form before, check by the new column, merge, prove, publish, compare, list: no Python file knows 2027."""
    own = ("--form", "2027.toml")
    (good, bad) = sorted((folder / "收件").iterdir())
    filled(good, "2027", {"r1": {"overseas": 4}, "r3_1": {"natural": 1, "overseas": 4}})
    filled(bad, "2027", {"r1": {"overseas": 5}, "r3_1": {"natural": 1, "overseas": 4}})
    known = ("--year", "2027", "--roster", "名录.csv", "--last-year", "上年")
    answer = json.loads(nianbao(folder, "check", "收件", *own, *known, "-o", "退回", "--format", "json", code=1))
    files = {file["file"]: file for file in answer["files"]}
    assert {file["form"] for file in files.values()} == {"2027"}
    assert [finding["code"] for finding in files[good.name]["findings"] if finding["severity"] == "error"] == []
    (wrong,) = (one for one in files[bad.name]["findings"] if one["severity"] == "error")
    assert (wrong["code"], wrong["cell"]) == ("I1", "J7")
    assert "境外机构" in wrong["message"]
    merged = json.loads(
        nianbao(
            folder,
            "merge",
            "收件",
            *own,
            *known,
            "-o",
            "汇总.xlsx",
            "--as-of",
            "2028-01-20",
            "--format",
            "json",
            code=1,
        )
    )
    assert {item["code"]: item["value"] for item in merged["items"]}["t3.r1.overseas"] == 4
    assert json.loads(nianbao(folder, "prove", "汇总.xlsx", "收件", *own, "--format", "json"))["proved"]
    nianbao(folder, "publish", f"收件/{good.name}", *own, "--draft", "-o", "报告.html")
    assert "境外机构" in (folder / "报告.html").read_text(encoding="utf-8")
    (reply,) = (path for path in (folder / "退回").iterdir() if code_of("02") in path.name)
    read = json.loads(nianbao(folder, "read", f"退回/{reply.name}", *own, "--format", "json"))
    assert {item["code"]: item["value"] for item in read["returns"][0]["items"]}["t3.r1.overseas"] == 5
    assert "t3.r1.overseas" in nianbao(folder, "diff", f"收件/{good.name}", f"收件/{bad.name}", *own)
    assert "overseas" in nianbao(folder, "rules", *own)


@soak
def test_without_the_file_it_is_refused_and_named(folder: Path) -> None:
    """A workbook of a form that is not in use is none of ours; a file that is no form, and an id that is taken, are refused."""
    answer = json.loads(nianbao(folder, "check", "收件", "--year", "2027", "--format", "json", code=1))
    assert {tuple(one["code"] for one in file["findings"]) for file in answer["files"]} == {("FORM_003",)}
    for name, words in (("坏.toml", "[[tables]\n"), ("同名.toml", text().replace('id = "2027"', 'id = "2021"'))):
        (folder / name).write_text(words, encoding="utf-8")
        said = run("template", "--year", "2027", "--form", folder / name, "-o", folder / "不写")
        assert (said.code, name in said.err) == (2, True)
    assert not (folder / "不写").exists()


def test_a_season_reads_again_when_a_form_comes_into_use(tmp_path: Path, folder: Path) -> None:
    """What a cycle without the form remembered of a file is not what a cycle with it says; begun with it, a season keeps it."""
    nianbao(tmp_path, "init", "季", "--year", "2027")
    (sent, *_) = sorted((folder / "收件").iterdir())
    (tmp_path / "季" / "收件" / sent.name).write_bytes(sent.read_bytes())
    states = []
    for own in ((), ("--form", str(folder / "2027.toml")), ()):
        if len(states) == 2:
            nianbao(tmp_path, "init", "季", "--form", str(folder / "2027.toml"))
        nianbao(tmp_path, "season", "季", *own)
        with sqlite3.connect(tmp_path / "季" / "台账.db") as ledger:
            rows = ledger.execute("select state from state where subject = 'file' order by rowid").fetchall()
        states.append(rows[-1][0])
    assert states == ["not_ours", "not_on_roster", "not_on_roster"]
