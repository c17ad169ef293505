"""The writer is strict, reproducible, locked where it should be, and never turns a text into something else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from tests import office
from tests.office import recalculated, requires_office
from toolkit.cells import Area
from toolkit.errors import WorkbookError
from toolkit.excel_out import (
    NOTE_LENGTH,
    BlockRow,
    Chart,
    LazyRows,
    Page,
    Protection,
    RowBlock,
    Workbook,
    Worksheet,
    cell_format,
    line_height,
    render,
    text_width,
    widest,
    wrapped_lines,
)  # fmt: skip

DAY = datetime(2026, 1, 31)


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")


def opened(book: Workbook) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(book)))


def sample() -> bytes:
    book = Workbook(DAY, title="年报", properties={"nianbao.year": "2025"})
    sheet = book.sheet("表")
    sheet.text(0, 0, "新收", cell_format(bold=True))
    sheet.number(1, 0, Decimal("14.4"), cell_format(locked=False))
    return render(book)


def test_the_same_content_gives_the_same_bytes() -> None:
    """Written twice it is the same, byte for byte, and no part of it is dated by the clock."""
    first = sample()
    assert sample() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_the_created_time_is_the_given_one() -> None:
    """The document properties hold the given time and no other, and custom properties are strings."""
    data = sample()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", part(data, "docProps/core.xml"))) == {"2026-01-31T00:00:00Z"}
    assert "<vt:lpwstr>2025</vt:lpwstr>" in part(data, "docProps/custom.xml")


@pytest.mark.parametrize("locked", [True, False])
def test_the_structure_is_locked_unless_told_otherwise(*, locked: bool) -> None:
    """The lock stands where the schema wants it: after workbookPr, before bookViews."""
    book = Workbook(DAY, structure_locked=locked)
    book.sheet("表")
    order = re.findall(r"<(workbookPr|workbookProtection|bookViews|sheets)\b", part(render(book), "xl/workbook.xml"))
    assert order == ["workbookPr", *(["workbookProtection"] if locked else []), "bookViews", "sheets"]


def test_normal_is_unlocked_and_every_format_locked_unless_told() -> None:
    """A paste from Word resets a cell to Normal, which must stay fillable; our own formats lock."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    sheet.text(0, 0, "锁", cell_format())
    sheet.text(1, 0, "填", cell_format(locked=False))
    sheet.text(2, 0, "常规")
    sheet.protection = Protection()
    read = opened(book)
    cells = read["表"]
    assert [cells.cell(row, 1).protection.locked for row in (1, 2, 3)] == [True, False, False]
    normal = re.search(r"<cellStyleXfs.*?</cellStyleXfs>", part(render(book), "xl/styles.xml"))
    assert normal is not None
    assert 'locked="0"' in normal[0]
    assert cells.protection.sheet is True
    assert cells.protection.selectLockedCells is True
    assert cells.protection.formatColumns is False  # False: allowed
    assert cells["A1"].font.name == "宋体"


def test_equal_properties_share_one_format() -> None:
    """A format is the same for equal properties, whatever their order."""
    assert cell_format(bold=True, italic=True) == cell_format(italic=True, bold=True)
    assert cell_format(bold=True) != cell_format(bold=False)


@pytest.mark.parametrize("text", ["=1+1", "http://example.com", "007", "{=A1}", "_x0041_", " 空格 ", "+A1", "@A1"])
def test_a_text_stays_a_text(text: str) -> None:
    """Formulas, addresses, digits and what looks like an escape arrive as the text that they are."""
    book = Workbook(DAY)
    book.sheet("表").text(0, 0, text)
    data = render(book)
    sheet = part(data, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    cell = openpyxl.load_workbook(io.BytesIO(data))["表"]["A1"]
    assert cell.data_type == "s"
    assert cell.value == text


@pytest.mark.parametrize(
    ("text", "written"), [("a\x0bb", "a\ufffdb"), ("\x00", "\ufffd"), ("\uffff", "\ufffd"), ("a\tb", "a\tb")]
)
def test_what_xml_cannot_hold_is_replaced(text: str, written: str) -> None:
    """Control characters become U+FFFD: they say nothing to a reader, and other programs choke on their escapes."""
    book = Workbook(DAY)
    book.sheet("表").text(0, 0, text)
    assert f"<t>{written}</t>" in part(render(book), "xl/sharedStrings.xml")


def test_a_name_that_utf_8_cannot_hold_does_not_stop_the_run() -> None:
    """A lone surrogate (file names from other systems hold such) becomes U+FFFD; a pair stays the character."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    sheet.text(0, 0, "局\udce9.xlsx")
    sheet.text(1, 0, "𠮷𬱖")
    cells = opened(book)["表"]
    assert (cells["A1"].value, cells["A2"].value) == ("局\ufffd.xlsx", "𠮷𬱖")


def test_numbers_formulas_and_their_values() -> None:
    """A figure keeps its digits, zero stays zero, and a formula carries its true value, with or without ``=``."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    for row, value in enumerate([0, 3, Decimal("14.40"), Decimal("0.1"), 123456789012345, Decimal("-0.000001")]):
        sheet.number(row, 0, value)
    sheet.formula(0, 1, "=A2+A3", None, Decimal("17.4"))
    sheet.formula(1, 1, 'IF(A1=0,"通过","不通过")', None, "通过")
    cells = openpyxl.load_workbook(io.BytesIO(render(book)), data_only=True)["表"]
    assert [cells.cell(row, 1).value for row in range(1, 7)] == [0, 3, 14.4, 0.1, 123456789012345, -0.000001]
    assert (cells["B1"].value, cells["B2"].value) == (17.4, "通过")
    assert opened(book)["表"]["B2"].value == '=IF(A1=0,"通过","不通过")'


def _long_validation(_: Workbook, sheet: Worksheet) -> None:
    options = {"validate": "integer", "criteria": ">=", "value": 0, "input_message": "长" * 256}
    sheet.validate(Area(0, 0, 1, 1), options)


def _overlap(_: Workbook, sheet: Worksheet) -> None:
    sheet.merge(Area(0, 0, 1, 1), "a", cell_format())
    sheet.merge(Area(1, 1, 2, 2), "b", cell_format())


def _chart_without_figures(_: Workbook, sheet: Worksheet) -> None:
    sheet.charts.append(Chart((0, 0), "bar", {}, {}, (9, 9), "图"))


REFUSED: dict[str, Callable[[Workbook, Worksheet], object]] = {
    "a cell outside the sheet": lambda _, sheet: sheet.text(1048576, 0, "x"),
    "not a number": lambda _, sheet: sheet.number(0, 0, Decimal("NaN")),
    "an infinite number": lambda _, sheet: sheet.number(0, 0, Decimal("Infinity")),
    "a prompt too long": _long_validation,
    "merges that overlap": _overlap,
    "a tip too long": lambda _, sheet: sheet.link(0, 0, "'表'!A1", None, "看", "长" * 256),
    "a header too long": lambda _, sheet: setattr(sheet, "page", Page(header="长" * 256)),
    "a rule of an unknown kind": lambda _, sheet: sheet.colour(
        Area(0, 0, 1, 1), {"type": "nonsense", "format": cell_format()}
    ),
    "a name like a cell": lambda book, _: book.define("T3", "=1"),
    "a sheet name with a slash": lambda book, _: book.sheet("a/b"),
    "a sheet name too long": lambda book, _: book.sheet("长" * 32),
    "a second sheet of one name": lambda book, sheet: book.sheet(sheet.name),
    "a property too long": lambda book, _: book.properties.update({"k": "v" * 256}),
    "a chart without figures": _chart_without_figures,
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_excel_refuses_is_refused_loudly(case: str) -> None:
    """Nothing is dropped with a mere warning: each refusal stops the run and leads to a ToolkitError."""
    book = Workbook(DAY)
    with pytest.raises(WorkbookError, match="写"):  # noqa: PT012 - some are seen at once, the others when rendered
        REFUSED[case](book, book.sheet("表"))
        render(book)


@pytest.mark.parametrize("length", [32766, 32767, 32768, 100_000])
def test_a_text_past_what_a_cell_holds_ends_with_an_ellipsis(length: int) -> None:
    """One endless text of one file does not stop the run; what fits stands as it is."""
    book = Workbook(DAY)
    book.sheet("表").text(0, 0, "长" * length)
    text = "长" * length if length <= 32767 else "长" * 32766 + "…"
    assert f"<t>{text}</t>" in part(render(book), "xl/sharedStrings.xml")


ACCEPTED: dict[str, Callable[[Workbook, Worksheet], object]] = {
    "the longest text": lambda _, sheet: sheet.text(0, 0, "长" * 32767),
    "the last cell": lambda _, sheet: sheet.text(1048575, 16383, "x"),
    "the longest tip": lambda _, sheet: sheet.link(0, 0, "'表'!A1", None, "看", "长" * 255),
    "the longest sheet name": lambda book, _: book.sheet("长" * 31),
    "the longest property": lambda book, _: book.properties.update({"k": "v" * 255}),
    "the longest header": lambda _, sheet: setattr(sheet, "page", Page(header="长" * 255)),
    "merges side by side": lambda _, sheet: [sheet.merge(Area(0, c, 1, c + 1), "x", cell_format()) for c in (0, 2)],
    "a merge of one cell": lambda _, sheet: sheet.merge(Area(0, 0, 0, 0), "x", cell_format()),
    "a name unlike a cell": lambda book, _: book.define("NIANBAO_T3", "='表'!$A$1"),
    "a row as high as its text": lambda _, sheet: sheet.row(0, None),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_excel_just_accepts_is_written(case: str) -> None:
    """The near misses of the refusals are fine."""
    book = Workbook(DAY)
    ACCEPTED[case](book, book.sheet("表"))
    assert len(render(book)) > 0


def test_the_page_is_set_up_for_a4() -> None:
    """A4, one page wide, repeated rows, area, header and footer, orientation and margins are all in the file."""
    book = Workbook(DAY)
    book.sheet("表").page = Page(
        landscape=True, rows=(0, 2), area=Area(0, 0, 9, 5), header="&L年报", margins=(0.5, 0.6, 0.7, 0.8)
    )
    page = opened(book)["表"]
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    assert page.print_title_rows == "$1:$3"
    assert page.print_area == "'表'!$A$1:$F$10"
    assert page.oddHeader.left.text == "年报"
    assert page.oddFooter.center.text == "第 &P 页 / 共 &N 页"
    assert (page.page_margins.left, page.page_margins.bottom) == (0.5, 0.8)


def test_the_stated_size_is_that_of_the_cells() -> None:
    """Locking all 16,384 columns does not make the sheet state itself that wide; readers would believe it."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    sheet.text(0, 0, "x")
    sheet.column(0, 16383, 72, cell_format())
    sheet.text(4, 2, "y")
    assert '<dimension ref="A1:C5"/>' in part(render(book), "xl/worksheets/sheet1.xml")


def test_links_notes_and_looks_arrive() -> None:
    """A link leads inside the workbook, a note is cut with an ellipsis, and the view is as it was set."""
    book = Workbook(DAY)
    front, hidden = book.sheet("表"), book.sheet("_meta")
    front.link(0, 0, "'表'!B2:B3", cell_format(), "定位", "看这里")
    front.note(1, 1, "短")
    front.note(2, 1, "长" * (NOTE_LENGTH + 1))
    front.frozen = (3, 1)
    front.cursor = (2, 1)
    front.tab = "#C00000"
    front.zoom = 90
    front.row(5, None, hidden=True)
    hidden.very_hidden = True
    book.opens_on = "表"
    read = opened(book)
    sheet = read["表"]
    assert sheet["A1"].hyperlink.location == "'表'!B2:B3"
    assert sheet["A1"].hyperlink.tooltip == "看这里"
    assert sheet["B2"].comment.text == "短"
    assert len(sheet["B3"].comment.text) == NOTE_LENGTH
    assert sheet["B3"].comment.text.endswith("…")
    assert sheet.freeze_panes == "B4"
    assert sheet.sheet_properties.tabColor.rgb == "FFC00000"
    assert sheet.sheet_view.zoomScale == 90
    assert sheet.row_dimensions[6].hidden
    assert read["_meta"].sheet_state == "veryHidden"
    assert read.active.title == "表"


@pytest.mark.parametrize("name", ["汇总.明细.parquet", "汇总 (1)#2 100%.parquet"])
def test_a_link_to_a_file_beside_the_workbook(name: str) -> None:
    """It is relative and leads to the file whatever signs are in its name; the cell shows the text."""
    book = Workbook(DAY)
    book.sheet("甲").file_link(0, 0, name, cell_format(), "见文件")
    cell = opened(book)["甲"]["A1"]
    assert (unquote(cell.hyperlink.target), cell.hyperlink.location, cell.value) == (name, None, "见文件")


def test_a_workbook_is_a_value() -> None:
    """What is written alike is equal, what differs anywhere is not, and rendering leaves it as it was."""
    one, other = Workbook(DAY), Workbook(DAY)
    for book in (one, other):
        sheet = book.sheet("表")
        sheet.merge(Area(0, 0, 0, 3), "合计", cell_format(bold=True))
        line = BlockRow(20, ("甲", 7), (cell_format(), cell_format(bold=True)))
        sheet.blocks.append(RowBlock(3, LazyRows(2, lambda _, line=line: line), cell_format()))  # type: ignore[misc]
    assert one == other
    assert render(one) == render(one) == render(other)
    assert one == other
    other.sheets["表"].blocks[0] = RowBlock(3, LazyRows(3, lambda _: line), cell_format())
    assert one != other
    read = opened(other)["表"]
    assert [[cell.value for cell in row] for row in read["A4:B7"]] == [["甲", 7]] * 3 + [[None, None]]


def test_widths_count_chinese_twice() -> None:
    """A full-width character is as wide as two letters, and lines follow from the width."""
    assert text_width("政府", 10.5) == text_width("abcd", 10.5) == 28
    assert text_width("") == 0
    assert widest([]) == 0
    assert widest(["政", "政府信息"]) == text_width("政府信息")
    room = 10 * text_width("政")
    assert wrapped_lines("", room) == 1
    assert wrapped_lines("政" * 8, room) == 1
    assert wrapped_lines("政" * 9, room) == 2
    assert wrapped_lines("一\n二\n", room) == 3
    assert line_height(10.5) > 10.5 * 4 / 3


@requires_office
def test_libreoffice_computes_anew_and_prints(tmp_path: Path) -> None:
    """The judge does not believe cached values: a wrong one is replaced; and a workbook prints to a page."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    sheet.number(0, 0, 2)
    sheet.formula(1, 0, "=A1+3", None, 999)
    sheet.text(2, 0, "政府信息公开", cell_format(font_name="黑体"))
    path = tmp_path / "判.xlsx"
    path.write_bytes(render(book))
    (judged,) = recalculated([path], tmp_path / "judged")
    assert openpyxl.load_workbook(path, data_only=True)["表"]["A2"].value == 999
    assert openpyxl.load_workbook(judged, data_only=True)["表"]["A2"].value == 5
    pages = office.render(path, tmp_path / "pages")
    assert len(pages) == 1
    assert pages[0].stat().st_size > 1000
