"""``nianbao publish``: writes a report of a sound return, refuses a faulty one with a sentence, drafts it when asked."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path
from typing import Any

import docx
import lxml.html
import openpyxl
import pytest

import toolkit
from tests.commands import Ended, run
from tests.reports import FILLED
from tests.samples import BODIES, REGION, code_of, sound, workbook
from toolkit.answers import Filled
from toolkit.cells import a1
from toolkit.errors import ToolkitError
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHAPTER
from toolkit.reading import read
from toolkit.returns import Identity, Return
from toolkit.run.verbs import merge

FORM = load_form("2021")
SOUND = FILLED / REGION / "2025" / "财政局2025年报.xlsx"
BEFORE = FILLED / REGION / "2024" / "财政局2024年报.xlsx"
FAULTY = FILLED / REGION / "2025" / "公安局2025年报.xlsx"


def publish(*arguments: str | Path) -> Ended:
    return run("publish", *arguments)


@pytest.mark.parametrize("suffix", ["docx", "html", "HTM"])
def test_a_sound_return_becomes_a_report(tmp_path: Path, suffix: str) -> None:
    """Both formats are written by the suffix; nothing goes to stdout and the return is not touched."""
    before = hashlib.sha256(SOUND.read_bytes()).hexdigest()
    target = tmp_path / f"报告.{suffix}"
    done = publish(SOUND, "-o", target)
    assert (done.code, done.out) == (0, "")
    assert str(target) in done.err
    data = target.read_bytes()
    text = lxml.html.document_fromstring(data.decode()).text_content() if suffix != "docx" else docx_text(data)
    assert "样例县财政局2025年政府信息公开工作年度报告" in text.replace("\n", "")
    assert hashlib.sha256(SOUND.read_bytes()).hexdigest() == before
    assert [each.name for each in tmp_path.iterdir()] == [target.name]


def docx_text(data: bytes) -> str:
    return "\n".join(each.text for each in docx.Document(io.BytesIO(data)).paragraphs)


def test_errors_stop_it_with_a_sentence(tmp_path: Path) -> None:
    """Exit 2, one line that names the error and what to do, and no file."""
    done = publish(FAULTY, "-o", tmp_path / "a.docx")
    assert done.code == 2
    assert "处错误，不能生成正式报告" in done.err
    assert "nianbao check" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_a_draft_is_written_and_says_what_is_open(tmp_path: Path, suffix: str) -> None:
    """--draft writes in spite of errors, marks the file, and ends with 1 as every command with errors does."""
    target = tmp_path / f"a.{suffix}"
    done = publish(FAULTY, "-o", target, "--draft")
    assert done.code == 1
    assert "处未办结" in done.err
    text = target.read_text(encoding="utf-8") if suffix == "html" else docx_text(target.read_bytes())
    assert "草稿，不得发布" in text


def test_a_sound_draft_ends_with_nought(tmp_path: Path) -> None:
    """A draft without errors is no fault."""
    assert publish(SOUND, "-o", tmp_path / "a.html", "--draft").code == 0


def test_open_warnings_are_told(tmp_path: Path) -> None:
    """A report with warnings alone is written and names each of them on stderr, unless --quiet."""
    figures = sound(FORM, 5, 12, None)
    body = BODIES[4]
    file = tmp_path / "年报.xlsx"
    file.write_bytes(workbook(FORM, 2025, body, figures, typed={"t2.fees.amount": "14.4万元"}))
    done = publish(file, "-o", tmp_path / "a.html")
    assert done.code == 0
    assert "[存疑]" in done.err
    assert publish(file, "-o", tmp_path / "a.html", "--quiet").err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "a.pdf"), ".docx（Word 文档）或 .html（网页）"),
        (("-o", "a.docx", "--annex"), "--last-year"),
        (("-o", "a.docx", "--coverage"), "不是汇总表"),
        ((), "缺少 --output"),
        (("-o", "nowhere/a.docx"), "文件夹不存在"),
    ],
)
def test_bad_use_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """A strange suffix, an annex without last year, the coverage of a return, no output: exit 2 and the way out."""
    given = [str(tmp_path / each) if each.startswith(("a.", "nowhere")) else each for each in arguments]
    done = publish(SOUND, *given)
    assert done.code == 2
    assert said in done.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_return_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder and a workbook that is none of ours each end with 2 and a sentence."""
    other = tmp_path / "其他.xlsx"
    other.write_bytes(b"PK not a workbook")
    for file in (tmp_path / "没有.xlsx", tmp_path, other):
        done = publish(file, "-o", tmp_path / "a.docx")
        assert done.code == 2
        assert done.err.strip()
        assert not (tmp_path / "a.docx").exists()


def test_the_annex_compares_with_last_year(tmp_path: Path) -> None:
    """The body's own return is found by its code among many, and another body's is not taken."""
    target = tmp_path / "a.html"
    assert publish(SOUND, "-o", target, "--last-year", BEFORE.parent, "--annex").code == 0
    page = lxml.html.document_fromstring(target.read_bytes().decode())
    rows = [[cell.text_content() for cell in row] for row in list(page.iter("table"))[3].iter("tr")]
    old, new = (read(path, name="").ret for path in (BEFORE, SOUND))
    assert old is not None
    assert new is not None
    totals = [ret.figures["t3.r1.total"] for ret in (old, new)]
    assert totals[0] is not None
    assert totals[1] is not None
    assert [
        "一、本年新收政府信息公开申请数量", "总计", str(totals[0]), str(totals[1]), f"{totals[1] - totals[0]:+d}"
    ] in rows  # fmt: skip
    other = BEFORE.with_name("教育局2024年报.xlsx")
    done = publish(SOUND, "-o", tmp_path / "b.html", "--last-year", other, "--annex")
    assert done.code == 2
    assert "没有本单位" in done.err


@pytest.fixture(scope="module")
def rollups(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the county's roll-ups of 2024 and 2025, the second with chapters that the coordinator wrote."""
    folder = tmp_path_factory.mktemp("汇总")
    made = []
    before: dict[str, Any] = {}
    for year in (2024, 2025):
        files = folder / str(year)
        files.mkdir()
        for at in (0, 1):
            body = BODIES[at]
            last = None
            if body[0] in before:
                answers = {code: Filled(value) for code, value in before[body[0]].items()}
                last = Return(FORM, Identity("2021", 2024, code_of(body[0]), body[2]), answers)
            before[body[0]] = sound(FORM, year + at, 30 + at, last)
            (files / f"{body[1]}.xlsx").write_bytes(workbook(FORM, year, body, before[body[0]]))
        target = folder / f"汇总{year}.xlsx"
        merge(files, region=REGION, region_code=code_of("99"), output=target)
        made.append(target)
    shutil.copyfile(made[1], folder / "原.xlsx")
    _write_chapters(made[1])
    return made[0], made[1]


def _write_chapters(path: Path) -> None:
    """Type the county's chapters into the roll-up as a coordinator does."""
    book = openpyxl.load_workbook(path)
    for chapter, text in (("一", "样例县高度重视。"), ("五", "县的问题。"), ("六", "县无其他事项。")):
        layout = lay_out(FORM).chapter(chapter)
        book[layout.sheet][a1(layout.paragraphs[0][0], CHAPTER.column("text"))] = text
    book.save(path)


def test_a_county_publishes_its_roll_up(tmp_path: Path, rollups: tuple[Path, Path]) -> None:
    """The county's report has its own name, its own chapters and the sums; who reported is not in it."""
    target = tmp_path / "县.docx"
    done = publish(rollups[1], "-o", target)
    assert done.code == 0, done.err
    document = docx.Document(str(target))
    text = docx_text(target.read_bytes())
    assert text.startswith("样例县2025年政府信息公开工作年度报告")
    assert all(said in text for said in ("样例县高度重视。", "县的问题。", "县无其他事项。"))
    assert "财政局" not in text
    total = sum(
        int(read(path, name="").ret.figures["t3.r1.total"])  # type: ignore[union-attr, arg-type]
        for path in (rollups[1].parent / "2025").iterdir()
    )
    assert document.tables[1].rows[3].cells[9].text == str(total)


def test_a_county_may_add_coverage_and_comparison(tmp_path: Path, rollups: tuple[Path, Path]) -> None:
    """Asked for, the bodies of the roll-up and last year's county figures are annexed."""
    target = tmp_path / "县.html"
    done = publish(rollups[1], "-o", target, "--coverage", "--annex", "--last-year", rollups[0])
    assert done.code == 0, done.err
    page = lxml.html.document_fromstring(target.read_bytes().decode())
    assert [each.text_content() for each in page.iter("h2")][6:] == ["附件：与上年对比", "附件：汇总范围"]
    assert "下列 2 个单位的年报汇总而成：样例县财政局、样例县教育局。" in page.text_content()


def test_the_verb_writes_what_the_command_writes(tmp_path: Path) -> None:
    """``toolkit.publish`` gives the same bytes, returns the path and refuses alike."""
    publish(SOUND, "-o", tmp_path / "a.docx")
    assert toolkit.publish(str(SOUND), str(tmp_path / "b.docx")) == tmp_path / "b.docx"
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with pytest.raises(ToolkitError, match="不能生成正式报告"):
        toolkit.publish(FAULTY, tmp_path / "c.html")
    assert not (tmp_path / "c.html").exists()
    toolkit.publish(FAULTY, tmp_path / "c.html", draft=True)
    assert (tmp_path / "c.html").exists()
