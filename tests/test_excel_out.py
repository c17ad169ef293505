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

from tests.office import recalculated, render, requires_office
from toolkit.errors import WorkbookError
from toolkit.excel_out import NOTE_LENGTH, Sheet, Workbook, line_height, text_width, widest, wrapped_lines

DAY = datetime(2026, 1, 31)


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")


def opened(book: Workbook) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(book.bytes()))


def sample(*, constant_memory: bool = False) -> bytes:
    book = Workbook(DAY, title="年报", properties={"nianbao.year": "2025"}, constant_memory=constant_memory)
    sheet = book.sheet("表")
    sheet.text(0, 0, "新收", book.format(bold=True))
    sheet.number(1, 0, Decimal("14.4"), book.format(locked=False))
    return book.bytes()


@pytest.mark.parametrize("constant_memory", [False, True])
def test_the_same_content_gives_the_same_bytes(*, constant_memory: bool) -> None:
    """Written twice it is the same, byte for byte, and no part of it is dated by the clock."""
    first = sample(constant_memory=constant_memory)
    assert sample(constant_memory=constant_memory) == first
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
    order = re.findall(r"<(workbookPr|workbookProtection|bookViews|sheets)\b", part(book.bytes(), "xl/workbook.xml"))
    assert order == ["workbookPr", *(["workbookProtection"] if locked else []), "bookViews", "sheets"]


def test_normal_is_unlocked_and_every_format_locked_unless_told() -> None:
    """A paste from Word resets a cell to Normal, which must stay fillable; our own formats lock."""
    book = Workbook(DAY)
    sheet = book.sheet("表")
    sheet.text(0, 0, "锁", book.format())
    sheet.text(1, 0, "填", book.format(locked=False))
    sheet.text(2, 0, "常规")
    sheet.protect()
    read = opened(book)
    cells = read["表"]
    assert [cells.cell(row, 1).protection.locked for row in (1, 2, 3)] == [True, False, False]
    normal = re.search(r"<cellStyleXfs.*?</cellStyleXfs>", part(book.bytes(), "xl/styles.xml"))
    assert normal is not None
    assert 'locked="0"' in normal[0]
    assert cells.protection.sheet is True
    assert cells.protection.selectLockedCells is True
    assert cells.protection.formatColumns is False  # False: allowed
    assert cells["A1"].font.name == "宋体"


def test_equal_properties_share_one_format() -> None:
    """A format is made once for equal properties, whatever their order."""
    book = Workbook(DAY)
    assert book.format(bold=True, italic=True) is book.format(italic=True, bold=True)
    assert book.format(bold=True) is not book.format(bold=False)


@pytest.mark.parametrize("text", ["=1+1", "http://example.com", "007", "{=A1}", "_x0041_", " 空格 ", "+A1", "@A1"])
def test_a_text_stays_a_text(text: str) -> None:
    """Formulas, addresses, digits and what looks like an escape arrive as the text that they are."""
    book = Workbook(DAY)
    book.sheet("表").text(0, 0, text)
    data = book.bytes()
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
    assert f"<t>{written}</t>" in part(book.bytes(), "xl/sharedStrings.xml")


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
    cells = openpyxl.load_workbook(io.BytesIO(book.bytes()), data_only=True)["表"]
    assert [cells.cell(row, 1).value for row in range(1, 7)] == [0, 3, 14.4, 0.1, 123456789012345, -0.000001]
    assert (cells["B1"].value, cells["B2"].value) == (17.4, "通过")
    assert opened(book)["表"]["B2"].value == '=IF(A1=0,"通过","不通过")'


def _long_validation(sheet: Sheet) -> None:
    sheet.validation(0, 0, 1, 1, {"validate": "integer", "criteria": ">=", "value": 0, "input_message": "长" * 256})


def _overlap(sheet: Sheet) -> None:
    sheet.merge(0, 0, 1, 1, "a", sheet.book.format())
    sheet.merge(1, 1, 2, 2, "b", sheet.book.format())


REFUSED: dict[str, Callable[[Sheet], object]] = {
    "a cell outside the sheet": lambda sheet: sheet.text(1048576, 0, "x"),
    "not a number": lambda sheet: sheet.number(0, 0, Decimal("NaN")),
    "an infinite number": lambda sheet: sheet.number(0, 0, Decimal("Infinity")),
    "a prompt too long": _long_validation,
    "merges that overlap": _overlap,
    "a tip too long": lambda sheet: sheet.link(0, 0, "'表'!A1", None, "看", "长" * 256),
    "a header too long": lambda sheet: sheet.page(header="长" * 256),
    "a rule of an unknown kind": lambda sheet: sheet.conditional(0, 0, 1, 1, {"type": "nonsense"}),
    "a name like a cell": lambda sheet: sheet.book.define_name("T3", "=1"),
    "a sheet name with a slash": lambda sheet: sheet.book.sheet("a/b"),
    "a sheet name too long": lambda sheet: sheet.book.sheet("长" * 32),
    "a second sheet of one name": lambda sheet: sheet.book.sheet(sheet.name),
    "a property too long": lambda _: Workbook(DAY, properties={"k": "v" * 256}),
    "a chart without figures": lambda sheet: (
        sheet.chart(0, 0, sheet.book.chart("bar"), width=9, height=9, description="图") or sheet.book.bytes()
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_excel_refuses_is_refused_loudly(case: str) -> None:
    """Nothing is dropped with a mere warning: each refusal stops the run and leads to a ToolkitError."""
    with pytest.raises(WorkbookError, match="写"):
        REFUSED[case](Workbook(DAY).sheet("表"))


@pytest.mark.parametrize("length", [32766, 32767, 32768, 100_000])
def test_a_text_past_what_a_cell_holds_ends_with_an_ellipsis(length: int) -> None:
    """One endless text of one file does not stop the run; what fits stands as it is."""
    book = Workbook(DAY)
    book.sheet("表").text(0, 0, "长" * length)
    text = "长" * length if length <= 32767 else "长" * 32766 + "…"
    assert f"<t>{text}</t>" in part(book.bytes(), "xl/sharedStrings.xml")


ACCEPTED: dict[str, Callable[[Sheet], object]] = {
    "the longest text": lambda sheet: sheet.text(0, 0, "长" * 32767),
    "the last cell": lambda sheet: sheet.text(1048575, 16383, "x"),
    "the longest tip": lambda sheet: sheet.link(0, 0, "'表'!A1", None, "看", "长" * 255),
    "the longest sheet name": lambda sheet: sheet.book.sheet("长" * 31),
    "the longest property": lambda _: Workbook(DAY, properties={"k": "v" * 255}),
    "the longest header": lambda sheet: sheet.page(header="长" * 255),
    "merges side by side": lambda sheet: [sheet.merge(0, c, 1, c + 1, "x", sheet.book.format()) for c in (0, 2)],
    "a merge of one cell": lambda sheet: sheet.merge(0, 0, 0, 0, "x", sheet.book.format()),
    "a name unlike a cell": lambda sheet: sheet.book.define_name("NIANBAO_T3", "='表'!$A$1"),
    "a row as high as its text": lambda sheet: sheet.row(0, None),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_excel_just_accepts_is_written(case: str) -> None:
    """The near misses of the refusals are fine."""
    sheet = Workbook(DAY).sheet("表")
    ACCEPTED[case](sheet)
    assert len(sheet.book.bytes()) > 0


def test_the_page_is_set_up_for_a4() -> None:
    """A4, one page wide, repeated rows, area, header and footer, orientation and margins are all in the file."""
    book = Workbook(DAY)
    book.sheet("表").page(landscape=True, rows=(0, 2), area=(0, 0, 9, 5), header="&L年报", margins=(0.5, 0.6, 0.7, 0.8))
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
    sheet.column(0, 16383, 72, book.format())
    sheet.text(4, 2, "y")
    assert '<dimension ref="A1:C5"/>' in part(book.bytes(), "xl/worksheets/sheet1.xml")


def test_links_notes_and_looks_arrive() -> None:
    """A link leads inside the workbook, a note is cut with an ellipsis, and the view is as it was set."""
    book = Workbook(DAY)
    front, hidden = book.sheet("表"), book.sheet("_meta")
    front.link(0, 0, "'表'!B2:B3", book.format(), "定位", "看这里")
    front.comment(1, 1, "短")
    front.comment(2, 1, "长" * (NOTE_LENGTH + 1))
    front.freeze(3, 1)
    front.select(2, 1)
    front.tab("#C00000")
    front.zoom(90)
    front.row(5, None, hidden=True)
    hidden.hide_very()
    front.activate()
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
    book.sheet("甲").file_link(0, 0, name, book.format(), "见文件")
    cell = opened(book)["甲"]["A1"]
    assert (unquote(cell.hyperlink.target), cell.hyperlink.location, cell.value) == (name, None, "见文件")


def test_bytes_can_be_asked_for_twice() -> None:
    """Closing happens once; the bytes stay."""
    book = Workbook(DAY)
    book.sheet("表")
    assert book.bytes() is book.bytes()


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
    sheet.text(2, 0, "政府信息公开", book.format(font_name="黑体"))
    path = tmp_path / "判.xlsx"
    path.write_bytes(book.bytes())
    (judged,) = recalculated([path], tmp_path / "judged")
    assert openpyxl.load_workbook(path, data_only=True)["表"]["A2"].value == 999
    assert openpyxl.load_workbook(judged, data_only=True)["表"]["A2"].value == 5
    pages = render(path, tmp_path / "pages")
    assert len(pages) == 1
    assert pages[0].stat().st_size > 1000
