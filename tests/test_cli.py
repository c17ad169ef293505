"""The command line: help, exit codes, what goes to which stream, the JSON of the contract, and what it never does."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.commands import alone, digests, run
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from toolkit.cli import COMMANDS
from toolkit.forms import load_form
from toolkit.run import demonstration
from toolkit.workbook.rosters import roster_bytes

FORM = load_form("2021")
AS_OF = ("--as-of", "2026-02-06")

FINDING = {
    "code", "severity", "message", "remedy", "file", "sheet", "cell", "items", "expected", "found", "difference",
    "rule",
} | {"hint", "explained", "waits"}  # fmt: skip
"""The keys of a finding in the contract, and those added since."""


Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files() -> Files:
    """Return workbooks by name: two sound ones, one with I1 broken, one with warnings alone, one of last year."""
    made: Files = {}
    for at, name in ((0, "财政局.xlsx"), (1, "教育局.xlsx")):
        made[name] = workbook(FORM, 2025, BODIES[at], sound(FORM, at, 12, None))
    broken = sound(FORM, 2, 12, None)
    made["公安局.xlsx"] = workbook(FORM, 2025, BODIES[2], broken | {"t3.r1.natural": int(broken["t3.r1.natural"]) + 1})
    made["卫健局.xlsx"] = workbook(
        FORM, 2025, BODIES[4], sound(FORM, 4, 12, None), typed={"t2.fees.amount": "14.4万元", "t2.rules.issued": "/"}
    )
    made["住建局2024.xlsx"] = workbook(FORM, 2024, BODIES[5], sound(FORM, 5, 12, None))
    return made


@pytest.fixture
def folder(tmp_path: Path, files: Files) -> Callable[..., Path]:
    """Return a function that puts the named workbooks into a folder."""

    def put(*names: str, into: str = "收到") -> Path:
        target = tmp_path / into
        target.mkdir(exist_ok=True)
        for name in names:
            (target / name).write_bytes(files[name])
        return target

    return put


Put = Callable[..., Path]


# Help.


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese(command: str) -> None:
    """Every command explains itself in Chinese, ends with 0 and names its options everywhere."""
    said = run(command, "--help")
    assert (said.code, said.err) == (0, "")
    assert re.search("[\u4e00-\u9fff]{4}", said.out)
    for option in ("--lang", "--debug", "--quiet"):
        assert option in said.out


def test_help_lists_every_command_in_chinese_and_english() -> None:
    """The help of the program lists every command; with --lang en every command's help is English."""
    said = run("--help")
    assert said.code == 0
    program = (
        "import sys; sys.argv = ['nianbao', '--lang', 'en']\n"
        "from click.testing import CliRunner\n"
        "from toolkit.cli import COMMANDS, main\n"
        "import json\n"
        "print(json.dumps({name: CliRunner().invoke(main, [*name.split(), '--lang', 'en', '--help'],"
        " prog_name='nianbao').stdout for name in ('', *COMMANDS)}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    english: dict[str, str] = json.loads(done.stdout)
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", said.out, re.MULTILINE)
        assert re.search(rf"^  {name} ", english[""], re.MULTILINE)
        # File names of the examples (财政局.xlsx, 名录.xlsx) stay; sentences are English.
        assert not re.search("[，。；：]", english[name]), english[name]
        assert "Usage: nianbao" in english[name]


def test_english_findings(folder: Put) -> None:
    """With --lang en the findings and the summary of check are English."""
    said = alone("check", folder("公安局.xlsx"), "--lang", "en")
    assert said.code == 1
    assert "[error]" in said.out
    assert "What to do:" in said.out
    assert "1 files: 0 pass, 1 fail, 0 unreadable." in said.err


# Exit codes.


def test_check_ends_with_0_1_2(folder: Put, tmp_path: Path) -> None:
    """check: 0 without errors, 1 with one, 2 where there is nothing to check; warnings count only if asked."""
    assert run("check", folder("财政局.xlsx", into="好")).code == 0
    assert run("check", folder("公安局.xlsx", into="坏")).code == 1
    warned = folder("卫健局.xlsx", into="疑")
    assert run("check", warned).code == 0
    assert run("check", warned, "--fail-on", "warning").code == 1
    assert run("check", tmp_path / "没有").code == 2
    (tmp_path / "空").mkdir()
    nothing = run("check", tmp_path / "空")
    assert (nothing.code, nothing.out) == (2, "")


def test_merge_ends_with_0_1_2(folder: Put, tmp_path: Path) -> None:
    """merge: 0 when all is merged, 1 when a return was left out, 2 when none could be merged or written."""
    out = tmp_path / "汇总.xlsx"
    good = folder("财政局.xlsx", "教育局.xlsx", into="好")
    assert run("merge", good, "-o", out).code == 0
    assert out.is_file()
    mixed = folder("财政局.xlsx", "公安局.xlsx", into="混")
    left = run("merge", mixed, "-o", out)
    assert left.code == 1
    assert "公安局.xlsx 有错误，未计入" in left.out
    bad = folder("公安局.xlsx", into="坏")
    none = run("merge", bad, "-o", tmp_path / "无.xlsx")
    assert none.code == 2
    assert not (tmp_path / "无.xlsx").exists()
    unwritable = run("merge", good, "-o", tmp_path / "没有这个文件夹" / "汇总.xlsx")
    assert (unwritable.code, unwritable.out) == (2, "")


def test_missing_bodies_are_no_error(folder: Put, tmp_path: Path) -> None:
    """A body of the roster that sent nothing is named in the coverage and does not change the exit code."""
    roster = tmp_path / "名录.xlsx"
    roster.write_bytes(roster_of(3))
    done = run("merge", folder("财政局.xlsx", "教育局.xlsx"), "--roster", roster, "-o", tmp_path / "汇总.xlsx")
    assert done.code == 0
    assert "2/3 已报，1 家未报：样例县公安局" in done.out


def test_prove_ends_with_0_1_2(folder: Put, tmp_path: Path) -> None:
    """prove: 0 proved, 1 not proved (a source has gone), 2 where there is no roll-up."""
    received, out = folder("财政局.xlsx", "教育局.xlsx"), tmp_path / "汇总.xlsx"
    assert run("merge", received, "-o", out).code == 0
    proved = run("prove", out, received)
    assert proved.code == 0
    assert proved.out.startswith("已证实：2 份年报、200 个指标")
    (received / "教育局.xlsx").unlink()
    assert run("prove", out, received).code == 1
    assert run("prove", tmp_path / "没有.xlsx", received).code == 2


def test_roster_ends_with_0_1_2(tmp_path: Path) -> None:
    """roster: 0 for a sound one and for a blank written, 1 for an ill-formed code, 2 for what is no roster."""
    sound_one, faulty = tmp_path / "名录.xlsx", tmp_path / "坏名录.xlsx"
    row = [code_of("01"), "样例县财政局", "财政局", "县级部门", "", "是", "", "", ""]
    sound_one.write_bytes(roster_bytes(REGION, [row]))
    faulty.write_bytes(roster_bytes(REGION, [["119999995AMP0100XM", *row[1:]]]))
    assert run("roster", sound_one).code == 0
    wrong = run("roster", faulty)
    assert wrong.code == 1
    assert "119999995AMP0100XM" in wrong.out
    (tmp_path / "空.xlsx").write_bytes(b"")
    assert run("roster", tmp_path / "空.xlsx").code == 2
    assert run("roster").code == 2
    written = run("roster", "-o", tmp_path / "空白名录.xlsx")
    assert (written.code, written.out.strip()) == (0, str(tmp_path / "空白名录.xlsx"))
    assert run("roster", tmp_path / "空白名录.xlsx").code in (0, 1)


def test_read_ends_with_0_1_2(folder: Put, tmp_path: Path) -> None:
    """read: 0 when every file was read, 1 when one was not, 2 when none was; faults in figures are not its matter."""
    received = folder("公安局.xlsx")
    assert run("read", received / "公安局.xlsx").code == 0
    (received / "乱.xlsx").write_bytes(b"\x00" * 100)
    assert run("read", received).code == 1
    none = run("read", received / "乱.xlsx")
    assert (none.code, none.out) == (2, "")
    assert run("read", received / "公安局.xlsx", "--format", "xlsx").code == 2
    assert run("read", received / "公安局.xlsx", "--format", "xlsx", "-o", tmp_path / "值.xlsx").code == 0


def test_diff_ends_with_0_2(folder: Put, tmp_path: Path) -> None:
    """diff: 0 with and without changes, 2 where a side holds no return; one line a change."""
    received = folder("财政局.xlsx")
    old = received / "财政局.xlsx"
    same = run("diff", old, old)
    assert (same.code, same.out) == (0, "")
    new = tmp_path / "第二稿.xlsx"
    new.write_bytes(workbook(FORM, 2025, BODIES[0], sound(FORM, 0, 12, None) | {"t2.licensing.decisions": 999}))
    changed = run("diff", old, new)
    assert changed.code == 0
    assert len(changed.out.splitlines()) == 1
    assert "t2.licensing.decisions" in changed.out
    assert changed.out.strip().endswith("→ 999")
    listed = run("diff", old, new, "--format", "json").json
    assert [each["code"] for each in listed["changes"]] == ["t2.licensing.decisions"]
    assert listed["changes"][0]["after"] == {"state": "filled", "value": 999, "raw": "999"}
    (tmp_path / "空.xlsx").write_bytes(b"")
    assert run("diff", old, tmp_path / "空.xlsx").code == 2


def test_template_ends_with_0_2(tmp_path: Path) -> None:
    """template: exactly one blank without a roster, 2 for a form that the year does not use, for bad options."""
    done = run("template", "--year", "2026", "-o", tmp_path / "空白表")
    assert done.code == 0
    assert [str(each) for each in (tmp_path / "空白表").iterdir()] == done.out.split("\n")[:-1]
    assert run("template", "--year", "2026", "--form", "2021", "-o", tmp_path / "空白表").code == 0
    other = run("template", "--year", "2026", "--form", "2019", "-o", tmp_path / "别的")
    assert other.code == 2
    assert "2026 年的年报使用 2021 年格式" in other.err
    assert not (tmp_path / "别的").exists()
    assert run("template", "--year", "2020", "--form", "2021", "-o", tmp_path / "别的").code == 2
    assert run("template", "--year", "明年", "-o", tmp_path / "别的").code == 2
    assert run("template", "--year", "2018", "-o", tmp_path / "别的").code == 2
    assert run("template", "-o", tmp_path / "别的").code == 2


# Faults.


def test_a_fault_is_one_line_and_status_2(tmp_path: Path) -> None:
    """What stops the toolkit is one line on stderr with the next step; --debug adds the traceback, before it."""
    said = alone("check", tmp_path / "没有")
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "找不到" in said.err
    assert "请核对路径" in said.err
    shown = alone("check", tmp_path / "没有", "--debug")
    assert (shown.code, shown.out) == (2, "")
    assert "Traceback" in shown.err
    assert "ToolkitError" in shown.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chekc", "x"), "check"),
        (("merge", ".", "--rostr", "x", "-o", "y"), "--roster"),
        (("check", ".", "--lastyear", "x"), "--last-year"),
    ],
)
def test_what_is_misspelt_is_suggested(arguments: tuple[str, ...], words: str) -> None:
    """An unknown command or option ends with 2, one line, the nearest name and where to look."""
    said = run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert words in said.err.partition("是不是")[2].partition("？")[0]
    assert "--help" in said.err


def test_missing_arguments_are_named() -> None:
    """A missing argument or option is named in Chinese, with status 2."""
    assert "缺少 文件或文件夹" in run("check").err
    said = run("merge", ".")
    assert said.code == 2
    assert "缺少 --output" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", ".", "--year"), "选项 --year 后面没有写值"),
        (("check", ".", "--year", "明年"), "--year 的值不对：应为整数"),
        (("rules", "--form", "2020"), "--form 的值不对：应为2019、2021 之一"),
        (("diff", "a", "b", "c"), "多写了参数 (c)"),
    ],
)
def test_wrong_use_is_said_in_chinese(arguments: tuple[str, ...], words: str) -> None:
    """What click refuses is one line in Chinese, with where to look; without any command the help alone is shown."""
    said = run(*arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert words in said.err
    assert not re.search("[A-Za-z]{3,} [a-z]{3,}", said.err.replace("nianbao", "").replace("--help", ""))
    bare = run()
    assert bare.code == 2
    assert bare.err.rstrip().endswith("用样例县演示全过程")


def test_several_years_need_a_decision(folder: Put, tmp_path: Path) -> None:
    """Inputs of two years end with 2, naming the years and their files; --year decides and names what is not of it."""
    received = folder("财政局.xlsx", "住建局2024.xlsx")
    for said in (run("check", received), run("merge", received, "-o", tmp_path / "汇总.xlsx")):
        assert (said.code, said.out) == (2, "")
        for words in ("2024 年：住建局2024.xlsx", "2025 年：财政局.xlsx", "--year"):
            assert words in said.err
    decided = run("merge", received, "--year", "2025", "-o", tmp_path / "汇总.xlsx", "--format", "json")
    assert decided.code == 1
    excluded = decided.json["coverage"]["excluded"]
    assert [(each["file"], each["state"]) for each in excluded] == [("住建局2024.xlsx", "wrong_year")]


def test_unknown_codes_have_no_explanation() -> None:
    """explain knows rules and findings and ends with 2 for anything else."""
    assert "第" in run("explain", "I1").out
    assert run("explain", "value_010").code == 0
    assert run("explain", "I99").code == 2


# The JSON of the contract.


def is_figure(value: object, kind: str) -> bool:
    if value is None:
        return True
    if kind == "money":
        return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    return type(value) is int


def test_json_of_read(folder: Put) -> None:
    """read has the keys of the contract; counts are integers, money texts, blanks null, formula items computed."""
    got = run("read", folder("卫健局.xlsx")).json
    assert set(got) == {"schema", "returns"} | {"unreadable"}
    assert got["schema"] == "nianbao.read/1"
    (one,) = got["returns"]
    assert set(one) == {
        "file", "form", "year", "respondent", "region", "cover", "items", "text", "explanations", "package",
        "findings",
    }  # fmt: skip
    assert (one["file"], one["form"], one["year"], one["region"]) == ("卫健局.xlsx", "2021", 2025, REGION)
    assert one["respondent"] == {"code": code_of("05"), "name": "样例县卫生健康局"}
    assert set(one["cover"]) == {"name", "code", "year", "preparer", "reviewer", "head", "phone"}
    assert all(set(each) == {"sheet", "cell", "value"} for each in one["cover"].values())
    assert set(one["text"]) == {"一", "五", "六"}
    assert len(one["items"]) == 200
    for item in one["items"]:
        assert set(item) == {"code", "table", "row", "column", "state", "value", "raw", "sheet", "cell"}
        assert item["state"] in ("filled", "blank", "unreadable", "computed")
        assert is_figure(item["value"], FORM.items[item["code"]].kind), item
        assert (item["state"] == "computed") == FORM.items[item["code"]].computed
        assert re.fullmatch("[A-Z]+[0-9]+", item["cell"])
    by_code = {each["code"]: each for each in one["items"]}
    assert by_code["t2.fees.amount"]["value"] == "14.4"
    assert by_code["t2.fees.amount"]["raw"] == "14.4万元"
    blank = by_code["t2.rules.issued"]
    assert (blank["state"], blank["value"], blank["raw"]) == ("blank", None, "/")
    assert all(set(each) == FINDING for each in one["findings"])


def test_csv_of_read_has_one_row_an_item(folder: Put) -> None:
    """read as csv gives a header and a row for every item, with a byte-order mark so that Excel shows Chinese."""
    said = run("read", folder("财政局.xlsx"), "--format", "csv")
    rows = list(csv.reader(io.StringIO(said.out.removeprefix("\ufeff"))))
    assert said.out.startswith("\ufeff")
    assert len(rows) == 201
    assert {len(row) for row in rows} == {9}


def test_json_of_check(folder: Put) -> None:
    """check has the keys of the contract, both sides of a broken identity as texts, and a summary that adds up."""
    received = folder("财政局.xlsx", "公安局.xlsx", "卫健局.xlsx")
    (received / "坏.xlsx").write_bytes(b"PK\x03\x04 nothing more")
    said = run("check", received, "--format", "json")
    got = said.json
    assert set(got) == {"schema", "files", "summary"} | {"skipped", "findings", "year"}
    assert got["schema"] == "nianbao.check/1"
    for each in got["files"]:
        assert set(each) == {"file", "form", "year", "respondent", "verdict", "status", "token", "findings"}
        assert all(set(one) == FINDING for one in each["findings"])
        assert all(one["file"] == each["file"] for one in each["findings"])
    by_file = {each["file"]: each for each in got["files"]}
    assert {name: each["verdict"] for name, each in by_file.items()} == {
        "财政局.xlsx": "pass", "公安局.xlsx": "fail", "卫健局.xlsx": "pass", "坏.xlsx": "unreadable",
    }  # fmt: skip
    assert by_file["坏.xlsx"]["respondent"] is None
    assert by_file["财政局.xlsx"]["respondent"] == {"code": code_of("01"), "name": "样例县财政局"}
    (broken,) = [one for one in by_file["公安局.xlsx"]["findings"] if one["severity"] == "error"]
    assert (broken["code"], broken["rule"], broken["sheet"]) == ("I1", "I1", "三、依申请公开")
    assert int(broken["found"]) - int(broken["expected"]) == int(broken["difference"])
    assert abs(int(broken["difference"])) == 1
    assert "t3.r1.natural" in broken["items"]
    levels = [one["severity"] for each in got["files"] for one in each["findings"]]
    assert got["summary"] == {
        "files": 4, "pass": 2, "fail": 1, "unreadable": 1,
        "errors": levels.count("error"), "warnings": levels.count("warning"),
    }  # fmt: skip


def test_json_of_merge_and_prove(folder: Put, tmp_path: Path) -> None:
    """merge and prove have the keys of the contract; with --sources every figure is the sum of its sources."""
    received, out = folder("财政局.xlsx", "教育局.xlsx", "公安局.xlsx"), tmp_path / "汇总.xlsx"
    got = run("merge", received, "-o", out, "--format", "json", "--sources", "--region", REGION, *AS_OF).json
    assert set(got) == {"schema", "form", "year", "region", "coverage", "items", "findings", "output"} | {"chain"}
    assert (got["schema"], got["form"], got["year"], got["region"]) == ("nianbao.merge/1", "2021", 2025, REGION)
    assert set(got["coverage"]) == {
        "expected", "received", "merged", "missing", "excluded", "superseded", "conflicts", "not_in_rollup",
        "not_on_roster",
    } | {
        "duplicates", "imported", "included", "preferred", "unexplained", "unfilled", "late", "statement", "partial", "counted", "uncounted",
        "label", "below",
    }  # fmt: skip
    assert got["coverage"]["expected"] is None
    assert (got["coverage"]["received"], got["coverage"]["merged"]) == (3, 2)
    assert [each["file"] for each in got["coverage"]["excluded"]] == ["公安局.xlsx"]
    assert got["output"] == str(out)
    assert len(got["items"]) == 200
    for item in got["items"]:
        assert set(item) == {"code", "table", "row", "column", "value", "sources", "adjustments"}
        assert item["value"] is not None
        assert is_figure(item["value"], FORM.items[item["code"]].kind)
        assert {each["file"] for each in item["sources"]} == {"财政局.xlsx", "教育局.xlsx"}
        if FORM.items[item["code"]].kind != "money":
            assert item["value"] == sum(each["value"] for each in item["sources"])
    without = run("merge", received, "-o", out, "--format", "json", *AS_OF).json
    assert all("sources" not in item for item in without["items"])

    proof = run("prove", out, received, "--format", "json").json
    assert set(proof) == {
        "schema", "proved", "items", "returns", "differences", "adjusted", "unproved", "coverage", "repaired",
        "left_out", "not_in_rollup", "uncompared",
    }  # fmt: skip
    assert proof["schema"] == "nianbao.prove/1"
    assert (proof["proved"], proof["items"], proof["returns"], proof["differences"]) == (True, 200, 2, [])
    assert proof["unproved"] == proof["adjusted"] == []


def test_json_of_rules() -> None:
    """rules lists every rule of a form with its id, severity and words."""
    got = run("rules", "--form", "2019", "--format", "json").json
    assert {"I1", "I2", "I3", "I4"} <= {each["id"] for each in got["rules"]}
    assert all(each["severity"] in ("error", "warning", "info") for each in got["rules"])
    assert run("rules", "--form", "2020").code == 2


def test_data_and_messages_keep_apart(folder: Put, tmp_path: Path) -> None:
    """stdout is data alone: JSON parses whatever is said beside it; --quiet says nothing, the data stay."""
    received = folder("财政局.xlsx", "公安局.xlsx")
    loud = run("check", received, "--format", "json", "-o", tmp_path / "退回")
    quiet = run("check", received, "--format", "json", "--quiet")
    assert loud.json == quiet.json
    assert "已写出 2 份退回件" in loud.err
    assert quiet.err == ""
    text = run("check", received)
    assert all(each.startswith("公安局.xlsx!") for each in text.out.splitlines())
    assert "共 2 个文件" in text.err


# Folders as they are.


def a_docx() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return data.getvalue()


def test_lock_files_are_skipped_and_said(folder: Put) -> None:
    """Lock files of Excel, WPS and LibreOffice and hidden files are not read, and each is named."""
    received = folder("财政局.xlsx")
    locks = ("~$财政局.xlsx", ".~财政局.xlsx", ".~lock.财政局.xlsx#", ".DS_Store", "Thumbs.db")
    for name in locks:
        (received / name).write_bytes(b"lock")
    said = run("check", received)
    assert said.code == 0
    assert all(name in said.err for name in locks)
    got = run("check", received, "--format", "json").json
    assert [each["file"] for each in got["files"]] == ["财政局.xlsx"]
    assert {each["file"] for each in got["skipped"]} == set(locks)


def test_every_file_is_in_the_answer(folder: Put, tmp_path: Path) -> None:
    """A Word file, an empty file and random bytes are answered for by name, whatever they are called, and not merged."""
    received = folder("财政局.xlsx")
    strange = {"年报.docx": a_docx(), "空.xlsx": b"", "乱.xls": bytes(range(256)) * 4, "说明.txt": "请查收".encode()}
    for name, data in strange.items():
        (received / name).write_bytes(data)
    said = run("check", received, "--format", "json")
    assert said.code == 1
    verdicts = {each["file"]: each["verdict"] for each in said.json["files"]}
    assert verdicts == dict.fromkeys(strange, "unreadable") | {"财政局.xlsx": "pass"}
    assert all(each["findings"] for each in said.json["files"] if each["file"] in strange)
    merged = run("merge", received, "-o", tmp_path / "汇总.xlsx", "--format", "json")
    assert merged.code == 1
    assert {each["file"] for each in merged.json["coverage"]["excluded"]} == set(strange)
    assert {each["state"] for each in merged.json["coverage"]["excluded"]} <= {"not_ours", "unreadable"}


def test_sub_folders_and_equal_names(folder: Put, files: Files) -> None:
    """Files in sub-folders are read under their path in the folder; two of one name stay two."""
    received = folder("财政局.xlsx")
    (received / "补报").mkdir()
    (received / "补报" / "财政局.xlsx").write_bytes(files["教育局.xlsx"])
    got = run("check", received, "--format", "json").json
    assert {each["file"]: each["respondent"]["name"] for each in got["files"]} == {
        "财政局.xlsx": "样例县财政局",
        "补报/财政局.xlsx": "样例县教育局",
    }


def test_inputs_are_never_changed(folder: Put, tmp_path: Path) -> None:
    """read, check with replies, merge, prove and diff leave every input as it was."""
    received = folder("财政局.xlsx", "公安局.xlsx")
    before = digests(received)
    times = {each: each.stat().st_mtime_ns for each in received.iterdir()}
    out = tmp_path / "汇总.xlsx"
    run("read", received)
    run("check", received, "-o", tmp_path / "退回")
    run("merge", received, "-o", out)
    run("prove", out, received)
    run("diff", received / "财政局.xlsx", received / "公安局.xlsx")
    assert digests(received) == before
    assert {each: each.stat().st_mtime_ns for each in received.iterdir()} == times


def test_the_same_input_gives_the_same_bytes(folder: Put, tmp_path: Path) -> None:
    """merge of the same files in another folder, times and order gives identical bytes; another date does not."""
    names = ("财政局.xlsx", "教育局.xlsx", "公安局.xlsx")
    first, again, later = tmp_path / "1.xlsx", tmp_path / "2.xlsx", tmp_path / "3.xlsx"
    received = folder(*names)
    run("merge", received, "-o", first, *AS_OF)
    other = folder(*reversed(names), into="另一处")
    for at, each in enumerate(sorted(other.iterdir(), reverse=True)):
        os.utime(each, (1_700_000_000 + at, 1_700_000_000 + at))
    run("merge", other, "-o", again, *AS_OF)
    assert first.read_bytes() == again.read_bytes()
    again.unlink()
    one_by_one = [other / name for name in sorted(names, reverse=True)]
    run("merge", *one_by_one, "-o", again, *AS_OF)
    assert first.read_bytes() == again.read_bytes()
    run("merge", received, "-o", later, "--as-of", "2026-02-07")
    assert first.read_bytes() != later.read_bytes()


def test_renamed_files_give_the_same_figures(folder: Put, tmp_path: Path, files: Files) -> None:
    """Files under other names, which sort the other way, give the same figures and states: names say nothing."""
    received = folder("财政局.xlsx", "教育局.xlsx", "公安局.xlsx")
    renamed = tmp_path / "改名"
    renamed.mkdir()
    names = {"财政局.xlsx": "z.xlsx", "教育局.xlsx": "公安局.xlsx", "公安局.xlsx": "a(最终).et"}
    for old, new in names.items():
        (renamed / new).write_bytes(files[old])
    one = run("merge", received, "-o", tmp_path / "1.xlsx", "--format", "json").json
    two = run("merge", renamed, "-o", tmp_path / "2.xlsx", "--format", "json").json
    assert one["items"] == two["items"]
    assert [each["file"] for each in two["coverage"]["excluded"]] == ["a(最终).et"]


def test_outputs_among_the_inputs_are_not_read(folder: Put) -> None:
    """The roll-up and the replies written into the input folder are not inputs of the next run."""
    received = folder("财政局.xlsx", "公安局.xlsx")
    out = received / "汇总.xlsx"
    first = run("merge", received, "-o", out, "--format", "json", *AS_OF)
    data = out.read_bytes()
    second = run("merge", received, "-o", out, "--format", "json", *AS_OF)
    assert first.json == second.json
    assert out.read_bytes() == data
    assert run("prove", out).code == 0
    out.unlink()
    replies = received / "退回"
    checked = run("check", received, "-o", replies, "--format", "json").json
    assert len(list(replies.iterdir())) == 3
    assert run("check", received, "-o", replies, "--format", "json").json == checked
    assert [each["file"] for each in checked["files"]] == ["公安局.xlsx", "财政局.xlsx"]


# Decisions of the coordinator.


def test_including_a_failing_return_needs_a_reason(folder: Put, tmp_path: Path) -> None:
    """--include-failing without a reason ends with 2; with one the return is merged and the roll-up shows why."""
    received, out = folder("财政局.xlsx", "公安局.xlsx"), tmp_path / "汇总.xlsx"
    code = code_of("03")
    for given in (code, f"{code}=", f"{code}=  ", f"{code}=已电话核实=属实"):
        said = run("merge", received, "-o", out, "--include-failing", given)
        assert (said.code, said.out) == (2, "")
        assert "理由" in said.err
        assert not out.exists()
    plain = run("merge", received, "-o", out, "--format", "json").json
    done = run("merge", received, "-o", out, "--format", "json", "--include-failing", f"{code}=机构合并=漏报").json
    assert (plain["coverage"]["merged"], done["coverage"]["merged"]) == (1, 2)
    assert done["coverage"]["included"] == [{"code": code, "reason": "机构合并=漏报"}]
    new = {each["code"]: each["value"] for each in done["items"]}
    old = {each["code"]: each["value"] for each in plain["items"]}
    assert new["t3.r1.natural"] > old["t3.r1.natural"]
    assert any(each["code"] == "MERGE_005" for each in done["findings"])
    book = openpyxl.load_workbook(out, read_only=True)
    shown = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    book.close()
    assert any("机构合并=漏报" in each for each in shown)


def test_a_reason_for_nobody_is_said(folder: Put, tmp_path: Path) -> None:
    """A reason under a code that no failing return has is named: it did nothing."""
    said = run("merge", folder("财政局.xlsx"), "-o", tmp_path / "汇总.xlsx", "--include-failing", "X=漏报")
    assert "MERGE_007" in said.out


def test_prefer_newest_decides_between_versions(folder: Put, tmp_path: Path) -> None:
    """Two versions of a body are a conflict, nothing of it is merged; --prefer newest takes the newer and says so."""
    received, out = folder("教育局.xlsx", "财政局.xlsx"), tmp_path / "汇总.xlsx"
    newer = received / "a财政局.xlsx"
    newer.write_bytes(workbook(FORM, 2025, BODIES[0], sound(FORM, 0, 12, None) | {"t2.licensing.decisions": 999}))
    os.utime(received / "财政局.xlsx", (1_700_000_000, 1_700_000_000))
    os.utime(newer, (1_700_000_100, 1_700_000_100))
    stuck = run("merge", received, "-o", out, "--format", "json")
    assert stuck.code == 1
    assert stuck.json["coverage"]["merged"] == 1
    assert [each["files"] for each in stuck.json["coverage"]["conflicts"]] == [["a财政局.xlsx", "财政局.xlsx"]]
    decided = run("merge", received, "-o", out, "--format", "json", "--prefer", "newest", "--sources")
    assert decided.json["coverage"]["preferred"] == ["a财政局.xlsx"]
    assert [each["file"] for each in decided.json["coverage"]["superseded"]] == ["财政局.xlsx"]
    (item,) = [each for each in decided.json["items"] if each["code"] == "t2.licensing.decisions"]
    assert {each["file"]: each["value"] for each in item["sources"]}["a财政局.xlsx"] == 999
    assert any(each["code"] == "MERGE_002" for each in decided.json["findings"])
    os.utime(newer, (1_600_000_000, 1_600_000_000))
    turned = run("merge", received, "-o", out, "--format", "json", "--prefer", "newest").json
    assert turned["coverage"]["preferred"] == ["财政局.xlsx"]
    assert run("merge", received, "-o", out, "--prefer", "oldest").code == 2


def test_no_temporary_file_stays(folder: Put, tmp_path: Path) -> None:
    """After a run the folder of the output holds the output alone."""
    target = tmp_path / "出"
    target.mkdir()
    run("merge", folder("财政局.xlsx"), "-o", target / "汇总.xlsx")
    assert [each.name for each in target.iterdir()] == ["汇总.xlsx"]


# What is loaded.


def modules_after(*arguments: str | Path) -> set[str]:
    """Return the modules loaded after a command in a process of its own."""
    program = (
        "import sys\n"
        "from toolkit.cli import main\n"
        "try:\n    main(prog_name='nianbao')\n"
        "except SystemExit:\n    pass\n"
        "print('\\n' + ' '.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *(str(each) for each in arguments)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


def test_help_loads_no_heavy_library() -> None:
    """The help starts without pandas, numpy, openpyxl, xlsxwriter, and without the forms."""
    loaded = modules_after("--help")
    assert "toolkit.cli" in loaded
    assert not loaded & {"pandas", "numpy", "openpyxl", "xlsxwriter", "toolkit.forms"}


def test_check_loads_no_proving_library(folder: Put) -> None:
    """Checking a return loads neither pandas nor numpy nor openpyxl: those belong to the proof and the exports."""
    loaded = modules_after("check", folder("财政局.xlsx") / "财政局.xlsx")
    assert "toolkit.checking" in loaded
    assert not loaded & {"pandas", "numpy", "openpyxl"}


@pytest.fixture(autouse=True)
def nothing_left_in_the_working_folder() -> Iterator[None]:
    """No command writes into the folder it is started in."""
    before = set(os.listdir())
    yield
    assert set(os.listdir()) - before == set()


def test_the_demonstration_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Files) -> None:
    """demo writes blanks, replies and the roll-up into its folder, says what to open, and leaves the samples alone."""
    shipped = demonstration.samples()
    small = tmp_path / "样例"
    for name in (
        "样例县/2024/财政局2024年报.xlsx", "样例县/2025/财政局2025年报.xlsx", "样例县/2025/公安局2025年报.xlsx",
        "真实-2019/公共资源交易中心2019年报.xlsx",
    ):  # fmt: skip
        (small / name).parent.mkdir(parents=True, exist_ok=True)
        (small / name).write_bytes((shipped / name).read_bytes())
    (small / "样例县" / "名录.xlsx").write_bytes(roster_of(3))
    monkeypatch.setattr(demonstration, "samples", lambda: small)
    target, before = tmp_path / "演示", digests(small)
    said = run("demo", "-o", target)
    replies = [each for each in (target / "2-退回件").iterdir() if each.name != "审核汇总.xlsx"]
    assert f"退回件 {len(replies)} 份" in said.out + said.err
    assert said.code == 0
    assert "2/3 已报，1 家未报：样例县教育局；已汇总 1 份；1 份有错误未计入：样例县公安局" in said.out
    assert "0 处不一致，已证实" in said.out
    assert "请打开" in said.out
    assert sorted(each.name for each in target.iterdir()) == ["1-下发的空白表", "2-退回件", "3-汇总.xlsx"]
    assert len(list((target / "1-下发的空白表").iterdir())) == 3
    assert len(list((target / "2-退回件").iterdir())) == 3
    assert digests(small) == before
