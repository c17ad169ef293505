"""What is pasted lands: paragraphs under their sub-headings, a table over its totals; every row says what it counts."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.soaking import first_of, only, soak
from tests.test_reading_files import filling, saved
from toolkit.findings import Severity
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.layout import item_formula, lay_out
from toolkit.forms.sheets import GUIDE
from toolkit.reading import read
from toolkit.returns import Return
from toolkit.workbook import Filling, reply, write

PART = load_form("2021").parts[0]
HEADS, SHEET = PART.heads, PART.sheet


def pasted(tmp_path: Path, sheet: str, cells: dict[tuple[int, int], Any], name: str = "a.xlsx") -> Return:
    """Read a filled workbook of ours after values were put into cells of a sheet (zero-based)."""
    book = openpyxl.load_workbook(saved(replace(filling("2021"), text={}), tmp_path / name))
    for (row, column), value in cells.items():
        book[sheet].cell(row + 1, column + 1).value = value
    book.save(tmp_path / name)
    ret = read(tmp_path / name, name=name).ret
    assert ret is not None
    return ret


def told(ret: Return) -> list[tuple[str, str]]:
    return [(paragraph.head, paragraph.text) for paragraph in ret.text["一"]]


def noted(ret: Return) -> list[str]:
    return [finding.code for finding in ret.findings if finding.sheet == SHEET]


@soak
def test_forty_paragraphs_go_under_each_head(tmp_path: Path) -> None:
    """Each of the two hundred is read under its own sub-heading, and back in the reply as it was."""
    rows = {head: row for row, head in lay_out(load_form("2021")).chapter("一").heads}
    texts = [(head, f"（{at}）做好{head[3:]}工作。") for head in HEADS for at in range(40)]
    cells = {(rows[head] + 1 + at % 40, 0): text for at, (head, text) in enumerate(texts)}
    ret = pasted(tmp_path, SHEET, cells)
    assert (told(ret), noted(ret)) == (texts, [])
    (tmp_path / "b.xlsx").write_bytes(write(reply.filling(ret, ret.findings)))
    again = read(tmp_path / "b.xlsx", name="b.xlsx").ret
    assert again is not None
    assert (told(again), noted(again)) == (texts, [])


@pytest.mark.parametrize("most", [3, 60])
@pytest.mark.parametrize("heading", first_of(["{}", "{}情况", " {} ", "{}工作情况", "({}"], 2))
@pytest.mark.parametrize("first", only([2, 3], 3))
def test_the_whole_chapter_is_pasted_with_its_heads(most: int, heading: str, first: int, tmp_path: Path) -> None:
    """Wherever it begins and ends, each paragraph is under its sub-heading once; our own heads left below are no text."""
    lines, texts = ["一、总体情况"], []
    for head in HEADS:
        lines.append(heading.format(head[1:] if heading.startswith("(") else head))
        own = [f"{head[3:]}方面，全年完成 {at} 项。" for at in range(most)]
        lines += own
        texts += [(head, text) for text in own]
    ret = pasted(tmp_path, SHEET, {(first + at, 0): line for at, line in enumerate(lines)})
    assert (told(ret), noted(ret)) == (texts, [])


def test_a_head_that_runs_into_its_text_keeps_both(tmp_path: Path) -> None:
    """（一）主动公开。全年… in one paragraph is under its sub-heading, word for word."""
    lines = [f"{head}。全年完成 {at} 项。" for at, head in enumerate(HEADS)]
    ret = pasted(tmp_path, SHEET, {(3 + at, 0): line for at, line in enumerate(lines)})
    assert (told(ret), noted(ret)) == (list(zip(HEADS, lines, strict=True)), [])


def test_text_over_a_head_is_no_head(tmp_path: Path) -> None:
    """Sixty paragraphs without sub-headings lie over the second one: all are kept, and it is said to be missing."""
    lines = [f"第{at}项。" for at in range(60)]
    ret = pasted(tmp_path, SHEET, {(3 + at, 0): line for at, line in enumerate(lines)})
    assert told(ret) == [(HEADS[0], line) for line in lines]
    assert noted(ret) == ["TEXT_004"]


@pytest.mark.parametrize("typed", [str, int])
@pytest.mark.parametrize("wrong", [False, True])
def test_a_table_pasted_over_its_totals_is_recomputed(wrong: bool, typed: type, tmp_path: Path) -> None:
    """Seven columns from Word land on six inputs and their total: equal ones are fine, others an error; the reply sums."""
    layout = lay_out(load_form("2021"))
    table, figures = layout.table("t3"), filling("2021").form.complete({"t3.r1.natural": 3, "t3.r4.natural": 3})
    cells = {place: typed(figures[code]) for code, place in table.cells.items()}
    if wrong:
        cells[table.cells["t3.r1.total"]] = typed(9)
    ret = pasted(tmp_path, table.sheet, cells)
    errors = [(one.code, one.cell) for one in ret.findings if one.severity is Severity.ERROR]
    assert errors == ([("FORM_030", layout.address("t3.r1.total"))] if wrong else [])
    assert ret.figures["t3.r1.total"] == 3
    book = openpyxl.load_workbook(io.BytesIO(write(reply.filling(ret, ret.findings))))
    for code in ("t3.r1.total", "t3.r3_7.natural"):
        row, column = table.cells[code]
        assert book[table.sheet].cell(row + 1, column + 1).value == "=" + item_formula(layout, code)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_every_input_says_what_it_counts(form_id: str) -> None:
    """The prompt at each input has the words of its row and column, and 填报说明 gives them with their ground."""
    form = load_form(form_id)
    book = openpyxl.load_workbook(io.BytesIO(write(Filling(form, form.first_year))))
    guide = {tuple(cell.value for cell in row) for row in book[GUIDE.name].iter_rows(min_row=GUIDE.first_row + 1)}
    assert all(words and ground for _, words, ground in guide)
    for table in lay_out(form).tables:
        rules = book[table.sheet].data_validations.dataValidation
        for item in table.table.items:
            row, column = table.cells[item.code]
            (rule,) = [one for one in rules if book[table.sheet].cell(row + 1, column + 1).coordinate in one.sqref]
            words = table.table.counts(item)
            assert len(rule.prompt) < 256
            assert item.computed or (words and rule.prompt.startswith(words) and "填" in rule.prompt), item.code
            assert item.computed == (rule.promptTitle == "自动计算")
        for line in (*table.table.rows, *table.table.columns):
            assert not line.counts or line.counts in {words for _, words, _ in guide}


@pytest.mark.parametrize("name", ["填报说明", "填报说明 (2)", "Sheet1"])
def test_the_guide_is_ours_by_any_name(name: str, tmp_path: Path) -> None:
    """A renamed 填报说明 is no additional sheet, and no table or chapter is looked for on it."""
    book = openpyxl.load_workbook(saved(filling("2021"), tmp_path / "a.xlsx"))
    book[GUIDE.name].title = name
    book.save(tmp_path / "a.xlsx")
    assert [finding.code for finding in read(tmp_path / "a.xlsx", name="a.xlsx").findings] == []


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_names_are_hidden_and_locked_cells_can_be_copied(form_id: str) -> None:
    """The name box lists none of our names; on no sheet is selecting a locked cell forbidden."""
    with zipfile.ZipFile(io.BytesIO(write(filling(form_id)))) as archive:
        names = re.findall(r'<definedName name="(?:NB|NIANBAO)_[^>]*>', archive.read("xl/workbook.xml").decode())
        sheets = [archive.read(part).decode() for part in archive.namelist() if "worksheets/sheet" in part]
    assert len(names) > 200
    assert all('hidden="1"' in name for name in names)
    # All but the very hidden _核对 and _meta.
    assert sum("selectLockedCells" in sheet for sheet in sheets) == 2
