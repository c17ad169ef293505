"""Spreadsheets of other formats: ods by its XML, xls by a library."""

from __future__ import annotations

import io
import struct
from decimal import Decimal
from pathlib import Path

import pytest
import xlrd
import xlsxwriter

from tests.mutants import SAVED
from tests.office import convert, requires_office
from tests.soaking import soak
from tests.test_excel_in_refusals import compound, refused
from tests.test_excel_in_values import DIGITS, opened, zipped
from toolkit.excel_in import BLANK, Book, Cell, CellError, Sheet, limits, open_book, xls
from toolkit.excel_in.grid import EMPTY_RESULT

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:'
    'table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:calcext="urn:org:documentfoundation:'
    'names:experimental:calc:xmlns:calcext:1.0"'
)
MIME = b"application/vnd.oasis.opendocument.spreadsheet"


def ods(rows: str, *, before: str = "", after: str = "") -> bytes:
    """Return a spreadsheet with one table."""
    content = (
        f'<office:document-content {SPACES}><office:body><office:spreadsheet>{before}<table:table table:name="表">'
        f"{rows}</table:table>{after}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": MIME, "content.xml": content.encode()})


def row(cells: str) -> str:
    """Return one row."""
    return f"<table:table-row>{cells}</table:table-row>"


def text(words: str, more: str = "") -> str:
    """Return a text cell."""
    return f'<table:table-cell office:value-type="string"{more}><text:p>{words}</text:p></table:table-cell>'


def first(folder: Path, cell: str) -> Cell:
    """Return A1 of a spreadsheet whose B1 is filled."""
    return opened(ods(row(cell + text("x"))), folder).sheets[0].cell(0, 0)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<table:table-cell office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell>', 0),
        ('<table:table-cell office:value-type="float" office:value="12.50"><text:p>13</text:p></table:table-cell>', Decimal("12.5")),
        *((f'<table:table-cell office:value-type="float" office:value="{stored}"/>', shown) for stored, shown in DIGITS),
        ('<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>', Decimal("0.5")),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>', True),
        ("<table:table-cell/>", None),
        ('<table:table-cell office:value-type="string"><text:p></text:p></table:table-cell>', None),
        (text("甲</text:p><text:p>乙"), "甲\n乙"),
        (text('甲<text:s text:c="3"/>乙'), "甲   乙"),
        (text("<text:span>甲</text:span>乙"), "甲乙"),
        ('<table:table-cell office:value-type="string"><office:annotation><text:p>注</text:p></office:annotation>'
         "<text:p>甲</text:p></table:table-cell>", "甲"),
        ('<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type='
         '"error"><text:p>#DIV/0!</text:p></table:table-cell>', CellError("#DIV/0!")),
        ('<table:table-cell table:formula="of:=SQRT(-1)" office:value-type="string" office:string-value="" '
         'calcext:value-type="error"><text:p>错误:502</text:p></table:table-cell>', CellError("错误:502")),
        ('<table:table-cell table:formula="of:=[.#REF!]" office:value-type="float" office:value="0"><text:p>#REF!</text:p>'
         "</table:table-cell>", CellError("#REF!")),
        ('<table:table-cell table:formula="of:=X" office:value-type="float" office:value="0"><text:p>Err:508</text:p>'
         "</table:table-cell>", CellError("Err:508")),
        pytest.param('<table:table-cell table:formula="of:=X" office:value-type="float" office:value="0"><text:p>错误:508'
                     "</text:p></table:table-cell>", CellError("错误:508")),
        pytest.param('<table:table-cell table:formula="of:=X" office:value-type="string"><text:p>#1 号</text:p>'
                     "</table:table-cell>", "#1 号"),
        pytest.param('<table:table-cell office:value-type="date"/>', None),
        pytest.param(text("甲<text:line-break/>乙"), "甲\n乙"),
    ],
)  # fmt: skip
def test_cells_of_ods(tmp_path: Path, xml: str, value: object) -> None:
    """Each type of cell becomes its value; an error value is an error under whatever type it hides, never 0 or blank."""
    read = first(tmp_path, xml).value
    assert (type(read), read) == (type(value), value)


def test_formula_of_ods_with_an_empty_result(tmp_path: Path) -> None:
    """A result that is an empty text is told from none."""
    shown = first(
        tmp_path, '<table:table-cell table:formula="of:=T(1)" office:value-type="string"><text:p/></table:table-cell>'
    )
    unsaved = first(tmp_path, '<table:table-cell table:formula="of:=T(1)"/>')
    assert (shown.value, shown.text) == (None, EMPTY_RESULT)
    assert (unsaved.value, unsaved.text) == (None, "")


def test_places_in_ods(tmp_path: Path) -> None:
    """Repeated cells and rows are counted; only those with content cost; merges, hidden rows and formulas are seen."""
    rows = (
        '<table:table-row table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
        + row(
            '<table:table-cell table:number-columns-repeated="3"/>' + text("甲", ' table:number-columns-repeated="2"')
        )
        + '<table:table-row table:visibility="collapse">'
        + text("乙", ' table:number-columns-spanned="2" table:number-rows-spanned="2"')
        + "<table:covered-table-cell/>"
        + '<table:table-cell table:formula="of:=SUM([.A1:.B2])" office:value-type="float" office:value="3"/>'
        + "</table:table-row>"
        + '<table:table-row table:number-rows-repeated="1048565"><table:table-cell/></table:table-row>'
    )
    sheet = opened(ods(rows), tmp_path).sheets[0]
    assert {at: cell.value for at, cell in sheet.cells.items()} == {
        (9, 3): "甲",
        (9, 4): "甲",
        (10, 0): "乙",
        (10, 2): 3,
    }
    assert (sheet.merges, sheet.hidden_rows) == (((10, 0, 11, 1),), frozenset({10}))
    assert sheet.cell(10, 2).formula == "SUM(A1:B2)"
    assert (sheet.protected, sheet.cell(9, 3).locked) == (None, None)


def test_ods_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filled cells repeated past a limit or past the sheet are refused, a damaged count as well."""
    monkeypatch.setattr(limits, "CELLS", 100)
    assert len(opened(ods(row(text("甲", ' table:number-columns-repeated="100"'))), tmp_path).sheets[0].cells) == 100
    wide = text("甲", ' table:number-columns-repeated="101"')
    assert refused(ods(row(wide)), tmp_path).code == "FILE_030"
    assert (
        refused(ods(row('<table:table-cell table:number-columns-repeated="16384"/>' + text("甲"))), tmp_path).code
        == "FILE_021"
    )
    assert refused(ods(row(text("甲", ' table:number-columns-repeated="x"'))), tmp_path).code == "FILE_021"
    assert refused(ods(row("<table:table-cell/>")), tmp_path).code == "FILE_022"


def test_hidden_rows_of_ods_end_with_the_sheet(tmp_path: Path) -> None:
    """No more rows can be hidden than a sheet has, however often a count is repeated."""
    hidden = '<table:table-row table:visibility="collapse" table:number-rows-repeated="999"/>'
    assert len(opened(ods(row(text("甲")) + hidden * 1100), tmp_path).sheets[0].hidden_rows) <= limits.ROWS


def test_cells_of_all_tables_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of cells is one for the whole spreadsheet."""
    monkeypatch.setattr(limits, "CELLS", 15)
    ten = row(text("甲", ' table:number-columns-repeated="10"'))
    more = f'<table:table table:name="乙">{ten}</table:table>'
    try:
        assert refused(ods(ten, after=more), tmp_path).code == "FILE_030"
    except pytest.fail.Exception:
        raise AssertionError("twenty cells were read") from None


def test_encrypted_ods_is_told(tmp_path: Path) -> None:
    """A spreadsheet with a password is told as such, from its manifest."""
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    data = zipped({"mimetype": MIME, "META-INF/manifest.xml": manifest, "content.xml": b"\x00\x01"})
    assert refused(data, tmp_path).code == "FILE_010"


def test_document_type_in_ods_is_refused(tmp_path: Path) -> None:
    """A document type is refused here too."""
    data = b'<!DOCTYPE x [<!ENTITY e "42">]><x>&e;</x>'
    assert refused(zipped({"mimetype": MIME, "content.xml": data}), tmp_path).code == "FILE_021"


def test_damaged_xls_is_refused(tmp_path: Path) -> None:
    """A compound file that promises a workbook and holds none is damaged."""
    assert refused(compound("Workbook"), tmp_path).code == "FILE_020"


def test_xls_of_phpexcel_is_read(tmp_path: Path) -> None:
    """A compound file in which the container of short streams claims sectors of the workbook is read all the same."""
    data = bytearray((SAVED / "libreoffice.xls").read_bytes())
    directory = 512 + 512 * struct.unpack_from("<I", data, 48)[0]
    names = [bytes(data[at : at + 16]).decode("utf-16-le") for at in range(directory, directory + 512, 128)]
    workbook = directory + 128 * names.index("Workbook")
    data[directory + 116 : directory + 120] = data[workbook + 116 : workbook + 120]
    size = struct.unpack_from("<I", data, workbook + 120)[0]
    struct.pack_into("<I", data, directory + 120, size)
    with pytest.raises(xlrd.compdoc.CompDocError):
        xlrd.open_workbook(file_contents=bytes(data), logfile=io.StringIO())
    assert opened(bytes(data), tmp_path).sheets == open_book(SAVED / "libreoffice.xls").sheets


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        (1, "文字", "文字"),
        (1, "", None),
        (2, 12.0, 12),
        (2, 0.1, Decimal("0.1")),
        (3, 45292.0, 45292),
        (4, 1, True),
        (4, 0, False),
        *((2, float(stored), shown) for stored, shown in DIGITS),
        (5, 23, CellError("#REF!")),
        (5, 42, CellError("#N/A")),
        (5, 99, CellError("#ERROR!")),
        (2, float("inf"), "inf"),
    ],
)
def test_kinds_of_xls_cells(kind: int, value: object, typed: object) -> None:
    """Each kind of cell of the library is told from the others; an unknown error is an error, infinity no blank."""
    got = xls.typed(kind, value)
    assert (got, type(got)) == (typed, type(typed))


def everything(path: Path) -> Path:
    """Write a workbook with one of each kind of cell."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, [0, 12, 72701.2578, "文字", True])
        sheet.write_blank(0, 5, None, book.add_format({"bold": True}))
        sheet.write_string(0, 6, " ")
        sheet.write_number(1, 0, 45292, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 1, "=A1+B1", None, 12)
        for at, error in enumerate(("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!")):
            formula = {"#DIV/0!": "=1/0", "#N/A": "=NA()", "#REF!": "=#REF!", "#VALUE!": '=1+"x"', "#NAME?": "=nichts()",
                       "#NUM!": "=SQRT(-1)"}[error]  # fmt: skip
            sheet.write_formula(2, at, formula, None, error)
        sheet.merge_range(4, 0, 5, 2, "合并")
        book.add_worksheet("隐").hide()
        book.define_name("编码", '="K1"')
    return path


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    """Return one workbook in all formats that LibreOffice writes, read."""
    folder = tmp_path_factory.mktemp("formats")
    source = everything(folder / "all.xlsx")
    books = {"xlsx": open_book(source)}
    for kind in ("xls", "ods"):
        (made,) = convert([source], kind, folder / kind)
        books[kind] = open_book(made)
    return books


def sheet_of(book: Book) -> Sheet:
    """Return the first sheet."""
    return book.sheets[0]


@soak
@requires_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_hold_the_same_values(converted: dict[str, Book], kind: str) -> None:
    """Numbers, texts, blanks, merges, sheets and names are the same in xls and ods; locks are said to be unknown."""
    book, ours = converted[kind], sheet_of(converted["xlsx"])
    theirs = sheet_of(book)
    truth = () if kind == "ods" else ((0, 4),)  # LibreOffice saves TRUE as the formula TRUE() with the number 1
    for at in (*truth, (0, 0), (0, 1), (0, 2), (0, 3), (0, 5), (0, 6), (1, 1), (4, 0), (9, 9)):
        assert (type(theirs.cell(*at).value), theirs.cell(*at).value) == (
            type(ours.cell(*at).value),
            ours.cell(*at).value,
        )
    assert (theirs.cell(1, 0).date, theirs.cell(0, 1).date) == (True, False)
    assert theirs.merges == ours.merges
    assert [each.name for each in book.sheets] == ["表", "隐"]
    assert [each.state for each in book.sheets] == ["visible", "hidden"]
    assert "K1" in book.names["编码"]
    assert (book.kind, book.full, theirs.protected, theirs.cell(0, 0).locked) == (kind, False, None, None)
    assert theirs.cell(50, 50) is BLANK


@soak
@requires_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_error_values_never_read_as_blanks(converted: dict[str, Book], kind: str) -> None:
    """Each of Excel's error values is an error in every format."""
    read = [sheet_of(converted[kind]).cell(2, at).value for at in range(6)]
    assert [type(each) for each in read] == [CellError] * 6
    assert [each.text for each in read[:3] if isinstance(each, CellError)] == ["#DIV/0!", "#N/A", "#REF!"]
