"""What the reader makes of single cells, and that it agrees with openpyxl cell by cell."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from toolkit.excel_in import BLANK, Book, Cell, CellError, Refused, Sheet, limits, open_book
from toolkit.excel_in.grid import EMPTY_RESULT
from toolkit.excel_in.shifting import shifted
from toolkit.forms.sheets import TALLY

ROOT = Path(__file__).parent.parent
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def parts(rows: str = "", *, strings: str = "", styles: str = "", rest: str = "", book: str = "") -> dict[str, bytes]:
    """Return the parts of a workbook with one sheet, by name."""
    texts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<R><Relationship Id="1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></R>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="表" sheetId="1" r:id="s1"/></sheets>{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<R><Relationship Id="s1" Type="{OFFICE}/worksheet" Target="worksheets/s.xml"/>'
        f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="y" Type="{OFFICE}/styles" Target="styles.xml"/></R>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{rest}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    return {name: text.encode() for name, text in texts.items()}


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def opened(data: bytes, folder: Path) -> Book:
    """Open bytes as the file that a stranger sent."""
    path = folder / "sent.xlsx"
    path.write_bytes(data)
    return open_book(path)


def only(folder: Path, rows: str, **more: str) -> Sheet:
    """Return the one sheet of a hand-made workbook."""
    return opened(zipped(parts(rows, **more)), folder).sheets[0]


def first(folder: Path, cell: str, **more: str) -> Cell:
    """Return A1 of a hand-made workbook."""
    return only(folder, f'<row r="1">{cell}</row>', **more).cell(0, 0)


DIGITS = [
    ("3.3000000000000003", Decimal("3.3")),
    ("14.399999999999999", Decimal("14.4")),
    ("24.000000000000004", 24),
    ("23.999999999999996", 24),
    ("24.4", Decimal("24.4")),
    ("24.000000000001", Decimal("24.000000000001")),
    ("-0.30000000000000004", Decimal("-0.3")),
    ("999999999999999", 999999999999999),
    ("9137080012345678901", 9137080012345680000),
    ("9.13708001234567E+17", 913708001234567000),
]
"""Numbers as files spell their doubles, and as every program shows them: 15 significant digits."""


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c r="A1"><v>0</v></c>', 0),
        ('<c r="A1"><v>-0</v></c>', 0),
        ('<c r="A1"><v>12.0</v></c>', 12),
        ('<c r="A1"><v>1E2</v></c>', 100),
        ('<c r="A1"><v>72701.257800000007</v></c>', Decimal("72701.2578")),
        ('<c r="A1"><v>0.1</v></c>', Decimal("0.1")),
        *((f'<c r="A1"><v>{stored}</v></c>', shown) for stored, shown in DIGITS),
        ('<c r="A1" t="n"><v> 5 </v></c>', 5),
        ('<c r="A1"><v></v></c>', None),
        ('<c r="A1"/>', None),
        ('<c r="A1"><v>12abc</v></c>', "12abc"),
        ('<c r="A1"><v>nan</v></c>', "nan"),
        ('<c r="A1"><v>1e999</v></c>', "1e999"),
        ('<c r="A1"><v>1_000</v></c>', "1_000"),
        ('<c r="A1"><v>１２</v></c>', "１２"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="e"><v>#REF!</v></c>', CellError("#REF!")),
        ('<c r="A1" t="e"><v></v></c>', CellError("#ERROR!")),
        ('<c r="A1" t="str"><v></v></c>', None),
        ('<c r="A1" t="str"><v>无</v></c>', "无"),
        ('<c r="A1" t="d"><v>2024-01-01</v></c>', "2024-01-01"),
        ('<c r="A1" t="inlineStr"><is><t> </t></is></c>', " "),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', None),
        ('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></is></c>', "甲乙"),
        ('<c r="A1" t="s"><v>0</v></c>', "一二"),
        ('<c r="A1" t="s"><v>1</v></c>', None),
        ('<c r="A1" t="s"><v/></c>', None),
        ('<c r="A1" t="s"><v> </v></c>', None),
        ('<c r="A1" t="s"><v xml:space="preserve"></v></c>', None),
    ],
)
def test_every_kind_of_cell(tmp_path: Path, xml: str, value: object) -> None:
    """Each type of cell becomes its value; a bad number spoils its own cell alone; blank and 0 stay two things."""
    strings = "<si><r><t>一</t></r><r><t>二</t></r><rPh><t>yi</t></rPh></si><si><t/></si>"
    read = first(tmp_path, xml + '<c r="B1"><v>7</v></c>', strings=strings).value
    assert (type(read), read) == (type(value), value)


def test_literal_is_kept(tmp_path: Path) -> None:
    """A number keeps the digits that stood in the file beside what programs show of it."""
    cell = first(tmp_path, '<c r="A1"><v>72701.257800000007</v></c>')
    assert (cell.value, cell.text) == (Decimal("72701.2578"), "72701.257800000007")


@pytest.mark.parametrize("index", ["2", "-1", "x", "99999999999999999999"])
def test_missing_shared_string_is_no_blank(tmp_path: Path, index: str) -> None:
    """A cell that points beyond the shared strings is an error, for a blank would be an answer."""
    value = first(tmp_path, f'<c r="A1" t="s"><v>{index}</v></c>', strings="<si><t>a</t></si><si><t>b</t></si>").value
    assert isinstance(value, CellError)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("_x0041_", "A"),
        ("_x005F_x0041_", "_x0041_"),
        ("_x41_", "_x41_"),
        ("甲_xD800_乙", "甲\ufffd乙"),
        ("_xFFFE_", "\ufffd"),
        ("_xD842__xDFB7_野家", "𠮷野家"),
        ("甲_xd842__xdfb7__xD842__xDFB7_", "甲𠮷𠮷"),
        ("_xD842__xD842__xDFB7_", "\ufffd𠮷"),
        ("_xDFB7__xD842_", "\ufffd\ufffd"),
        ("_x005F_xD842__xDFB7_", "_xD842_\ufffd"),
        ("a_x001B_[2J", "a\ufffd[2J"),
        ("行_x000A_行", "行\n行"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_escapes_are_decoded_once(tmp_path: Path, escaped: str, text: str) -> None:
    """``_x0041_`` is decoded, what could not be written again becomes U+FFFD, all else stays."""
    assert first(tmp_path, f'<c r="A1" t="inlineStr"><is><t>{escaped}</t></is></c>').value == text
    assert first(tmp_path, '<c r="A1" t="s"><v>0</v></c>', strings=f"<si><t>{escaped}</t></si>").value == text


def test_formula_without_a_result_is_seen(tmp_path: Path) -> None:
    """A formula without a cached value is a blank with a formula, one with an error value is that error."""
    sheet = only(
        tmp_path,
        '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1/0</f></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="D1"><f t="array" ref="D1">SUM(A1:B1)</f><v>3</v></c><c r="E1"><v>2</v></c></row>',
    )
    assert sheet.cell(0, 0) == Cell(None, "1+1", True)
    assert sheet.cell(0, 2) == Cell(CellError("#DIV/0!"), "1/0", True, text="#DIV/0!")
    assert sheet.cell(0, 3) == Cell(3, "SUM(A1:B1)", True, text="3")
    assert sheet.cell(0, 4).formula is None


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c r="A1" t="str"><f>IF(1=1,"")</f><v></v></c>', Cell(None, 'IF(1=1,"")', True, text=EMPTY_RESULT)),
        ('<c r="A1" t="str"><f>IF(1=1,"")</f><v/></c>', Cell(None, 'IF(1=1,"")', True, text=EMPTY_RESULT)),
        ('<c r="A1"><f>IF(1=1,"")</f><v></v></c>', Cell(None, 'IF(1=1,"")', True)),
        ('<c r="A1" t="str"><v></v></c>', Cell(None, None, True)),
        ('<c r="A1"><f t="shared" si="9"/><v>24</v></c>', Cell(24, "", True, text="24")),
    ],
)
def test_formula_with_an_empty_result_and_one_without_words(tmp_path: Path, cell: str, read: Cell) -> None:
    """A result that is an empty text is told from none; a shared formula without its first cell is still a formula."""
    assert first(tmp_path, cell + '<c r="B1"><v>1</v></c>') == read


def test_shared_formula_moves_with_its_cell(tmp_path: Path) -> None:
    """Each member of a shared formula gets the formula that Excel would show in it."""
    sheet = only(
        tmp_path,
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$C$1+LOG10(A1)</f><v>1</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"/><v>1</v></c></row>',
    )
    assert sheet.cell(2, 1).formula == "A3*$C$1+LOG10(A3)"


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "moved"),
    [
        ("SUM(A1:B2)", 1, 1, "SUM(B2:C3)"),
        ("$A1+A$1", 2, 2, "$A3+C$1"),
        ('"A1"&A1', 1, 0, '"A1"&A2'),
        ("'A1'!A1", 1, 0, "'A1'!A2"),
        ("LOG10(A1)", 1, 0, "LOG10(A2)"),
        ("A1", -1, 0, "#REF!"),
        ("XFD1", 0, 1, "#REF!"),
        pytest.param(
            "名称A1",
            1,
            1,
            "名称A1",
        ),
    ],
)
def test_shifting(formula: str, rows: int, columns: int, moved: str) -> None:
    """Only relative references move; quoted text, sheet names and functions that look like one do not."""
    assert shifted(formula, rows, columns) == moved


def test_locks_and_dates(tmp_path: Path) -> None:
    """A cell is locked unless its own format says not; a date format marks numbers, and nothing but numbers."""
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;"/><numFmt numFmtId="165" formatCode="'
        '[Red]0.0&quot;days&quot;"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"><protection locked="0"/></xf></cellStyleXfs><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14"><protection locked="0"/></xf><xf numFmtId="164"/>'
        '<xf numFmtId="165"><protection hidden="1"/></xf><xf numFmtId="166"/></cellXfs>'
    )
    cells = "".join(f'<c r="{letter}1" s="{at}"><v>1</v></c>' for at, letter in enumerate("ABCDE"))
    sheet = only(
        tmp_path, f'<row r="1">{cells}<c r="F1" s="1" t="str"><v>x</v></c><c r="G1" s="1"/></row>', styles=styles
    )
    assert [sheet.cell(0, at).date for at in range(6)] == [False, True, True, False, True, False]
    assert [sheet.cell(0, at).locked for at in range(7)] == [True, False, True, True, True, False, False]
    assert sheet.cell(5, 5) is BLANK


def test_far_cells_cost_nothing_and_dimensions_are_not_believed(tmp_path: Path) -> None:
    """A value in the last cell of the sheet is one cell; a stated dimension neither hides nor makes any."""
    data = parts('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    data["xl/worksheets/s.xml"] = data["xl/worksheets/s.xml"].replace(
        b"<sheetData>", b'<dimension ref="A1:A1"/><sheetData>'
    )
    sheet = opened(zipped(data), tmp_path).sheets[0]
    assert {at: cell.value for at, cell in sheet.cells.items()} == {(0, 0): 1, (1048575, 16383): 2}


def test_cells_and_rows_without_addresses_follow_each_other(tmp_path: Path) -> None:
    """Addresses may be left out; what follows then takes the next place."""
    sheet = only(
        tmp_path,
        '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="9"><c><v>4</v></c></row>'
        "<row><c><v>5</v></c></row>",
    )
    assert {at: cell.value for at, cell in sheet.cells.items()} == {
        (0, 0): 1,
        (0, 3): 2,
        (0, 4): 3,
        (8, 0): 4,
        (9, 0): 5,
    }


def test_sheet_and_book_marks(tmp_path: Path) -> None:
    """Protection, merges, hidden rows and columns, states, names, properties and producer are all seen."""
    path = tmp_path / "marks.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.set_custom_property("KSOProductBuildVer", "2052-12.1.0")
        book.set_custom_property("代码", "0042")
        book.set_custom_property("单位".encode().decode("latin-1"), "样例局".encode().decode("latin-1"))
        book.set_custom_property("备注", "é")
        sheet = book.add_worksheet("甲")
        sheet.protect()
        sheet.merge_range(1, 1, 2, 3, "合并")
        sheet.set_row(4, options={"hidden": True})
        sheet.set_column(5, 6, options={"hidden": True})
        book.add_worksheet("乙").hide()
        book.add_worksheet("丙").very_hidden()
        book.define_name("编码", '="K1"')
        book.define_name("甲!局部", "=甲!$A$1")
    read = open_book(path)
    one = read.sheet("甲")
    assert one is not None
    assert (one.protected, one.merges) == (True, ((1, 1, 2, 3),))
    assert (one.hidden_rows, one.hidden_columns) == (frozenset({4}), frozenset({5, 6}))
    assert [each.state for each in read.sheets] == ["visible", "hidden", "veryHidden"]
    assert (read.sheet("乙") or one).protected is False
    assert (read.names, read.properties["代码"], read.producer) == ({"编码": '"K1"'}, "0042", "WPS")
    assert (read.kind, read.full, read.has_macros, read.external_links, read.date1904) == (
        "xlsx", True, False, False, False,
    )  # fmt: skip
    assert (read.properties["单位"], read.properties["备注"]) == ("样例局", "é")  # SheetJS encodes them twice
    assert read.sheet("丁") is None
    assert len(read.sha256) == 64


def test_structure_lock_1904_macros_and_links(tmp_path: Path) -> None:
    """The workbook's own marks are seen, and only when they are there."""
    marked = parts(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        book='<workbookProtection lockStructure="1"/><workbookPr date1904="1"/>',
    )
    plain = opened(zipped(marked), tmp_path)
    assert (plain.structure_locked, plain.date1904, plain.has_macros, plain.external_links) == (
        True,
        True,
        False,
        False,
    )
    more = opened(zipped(marked | {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"}), tmp_path)
    assert (more.has_macros, more.external_links) == (True, True)
    assert opened(zipped(parts('<row r="1"><c r="A1"><v>1</v></c></row>')), tmp_path).structure_locked is False


def test_strict_workbooks_backslashes_and_utf16_are_read(tmp_path: Path) -> None:
    """ISO strict namespaces, parts named with backslashes and parts in UTF-16 are read like all others."""
    plain = parts('<row r="1"><c r="A1"><v>42</v></c></row>')
    strict = {
        name: data.replace(
            b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument"
        ).replace(b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main")
        for name, data in plain.items()
    }
    assert strict != plain
    assert opened(zipped(strict), tmp_path).sheets[0].cell(0, 0).value == 42
    back = {name.replace("/", "\\"): data for name, data in plain.items()}
    assert opened(zipped(back), tmp_path).sheets[0].cell(0, 0).value == 42
    for encoding in ("utf-16", "utf-16-be", "utf-16-le"):
        wide = {**plain, "xl/worksheets/s.xml": plain["xl/worksheets/s.xml"].decode().encode(encoding)}
        assert opened(zipped(wide), tmp_path).sheets[0].cell(0, 0).value == 42


def agree(path: Path) -> int:
    """Assert that every cell is what openpyxl reads, both ways round; returns how many were compared."""
    book, compared = open_book(path), 0
    formulas, cached = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert [sheet.name for sheet in book.sheets] == [sheet.title for sheet in formulas.worksheets]
    for sheet in book.sheets:
        if sheet.name == TALLY.name:  # it repeats the others in formulas and is not read
            assert not sheet.cells
            continue
        theirs = {(c.row - 1, c.column - 1): c for row in cached[sheet.name].iter_rows() for c in row}
        for at in theirs.keys() | sheet.cells.keys():
            cell, their = sheet.cell(*at), theirs[at]
            wanted = their.value
            where = f"{path.name} {sheet.name} {their.coordinate}"
            if their.data_type == "e":
                assert cell.value == CellError(str(wanted)), where
            elif getattr(their, "is_date", False) and wanted is not None:
                assert cell.date, where
            elif isinstance(wanted, float):
                assert cell.value == Decimal(f"{wanted:.15g}"), where
            else:
                assert (cell.value, type(cell.value)) == (wanted, type(wanted)), where
            if at in sheet.cells:
                assert cell.locked == their.protection.locked, where
            formula = formulas[sheet.name][their.coordinate]
            written = getattr(formula.value, "text", formula.value) if formula.data_type == "f" else None
            assert cell.formula == (None if written is None else str(written).removeprefix("=")), where
            compared += 1
    return compared


def test_every_cell_is_what_openpyxl_reads(tmp_path: Path) -> None:
    """Our own workbooks, blank and filled, and one of openpyxl agree with openpyxl in every cell."""
    ours = [*sorted((ROOT / "blank_templates").glob("*.xlsx")), *sorted((ROOT / "filled").rglob("*2025年报.xlsx"))[:2]]
    assert len(ours) == 4
    for path in ours:
        assert agree(path) > 500
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([1, 2.5, "文字", True, None], [date(2024, 1, 2), "#N/A", "=A1+1", '=HYPERLINK("#A1")', "_x0041"]):
        sheet.append(row)
    book.save(tmp_path / "theirs.xlsx")
    assert agree(tmp_path / "theirs.xlsx") == 10


XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40)


@given(XML_TEXT, st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_any_number(tmp_path_factory: pytest.TempPathFactory, text: str, double: float) -> None:
    """Whatever text and whatever double a cell holds comes back as that text and the 15 digits that programs show."""
    rows = (
        f'<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        f'<c r="B1"><v>{double!r}</v></c><c r="C1"><v>1</v></c></row>'
    )
    sheet = only(tmp_path_factory.getbasetemp(), rows)
    if "_x" not in text:
        assert sheet.cell(0, 0).value == (text or None)
    number = sheet.cell(0, 1).value
    assert isinstance(number, int | Decimal)
    assert not isinstance(number, bool)
    assert number == Decimal(f"{double:.15g}")


def test_large_whole_numbers_are_int(tmp_path: Path) -> None:
    """A whole number is an int, however large."""
    assert type(first(tmp_path, '<c r="A1"><v>1000000000000000</v></c>').value) is int


def test_bad_truth_value_is_not_false(tmp_path: Path) -> None:
    """A truth value that is none is kept as its text, not turned into an answer."""
    assert first(tmp_path, '<c r="A1" t="b"><v>ja</v></c>').value is not False


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ('<c r="A1" s="1"/><c r="A1"><v>24</v></c>', 24),
        ('<c r="A1"><v>24</v></c><c r="A1" s="1"/>', 24),
        ('<c r="A1"><v>24</v></c><c r="A1" t="inlineStr"><is><t></t></is></c>', 24),
        ('<c r="A1" t="s"><v></v></c><c r="A1"><v>0</v></c>', 0),
        ('<c r="A1"/><c r="A1"/><c r="B1"><v>1</v></c>', None),
        ('<c r="a1"><v>24</v></c><c r="b1"><v>1</v></c>', 24),
    ],
)
def test_cell_twice_of_which_one_is_blank(tmp_path: Path, cells: str, value: object) -> None:
    """A cell that stands twice is what the filled one says, in small letters too; a blank 24 does not hide, nor a 0."""
    assert first(tmp_path, cells).value == value


def test_cell_filled_twice_is_refused(tmp_path: Path) -> None:
    """Two contents of one cell are no answer, nor a value and a formula."""
    for twice in ("<v>1</v>", "<f>1+1</f>"):
        with pytest.raises(Refused, match="FILE_021"):
            first(tmp_path, f'<c r="A1"><v>1</v></c><c r="a1">{twice}</c>')


def test_one_column_after_the_other(tmp_path: Path) -> None:
    """A template with a range for each of its 16,384 columns on every sheet is read, and which of them are hidden."""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="9" style="1" hidden="{int(at == 5)}" customWidth="1"/>'
        for at in range(1, limits.COLUMNS + 1)
    )
    data = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    sheet = data["xl/worksheets/s.xml"].replace(b"<sheetData>", f"<cols>{columns}</cols><sheetData>".encode())
    listed = "".join(f'<sheet name="表{at}" sheetId="{at}" r:id="s1"/>' for at in range(2, 11))
    data["xl/worksheets/s.xml"] = sheet
    data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(b"</sheets>", f"{listed}</sheets>".encode())
    assert [sheet.hidden_columns for sheet in opened(zipped(data), tmp_path).sheets] == [frozenset({4})] * 10


def test_workbook_at_the_root_of_the_package(tmp_path: Path) -> None:
    """The workbook and its relations need not lie in a folder."""
    data = {
        name.removeprefix("xl/"): part.replace(b'"xl/', b'"')
        for name, part in parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings="<si><t>甲</t></si>").items()
    }
    assert "_rels/workbook.xml.rels" in data
    assert opened(zipped(data), tmp_path).sheets[0].cell(0, 0).value == "甲"


def test_additional_sheet_without_a_relation_is_blank(tmp_path: Path) -> None:
    """A sheet that points at no part has no cells; the others are read."""
    for relation in ('r:id=""', ""):
        data = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
        data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(
            b"</sheets>", f'<sheet name="乙" sheetId="2" {relation}/></sheets>'.encode()
        )
        assert [len(sheet.cells) for sheet in opened(zipped(data), tmp_path).sheets] == [1, 0]


def test_listed_sheet_without_a_part_is_refused(tmp_path: Path) -> None:
    """A sheet that the workbook lists and does not hold means a damaged file, not one sheet less."""
    data = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(
        b"</sheets>", '<sheet name="乙" sheetId="2" r:id="s2"/></sheets>'.encode()
    )
    with pytest.raises(Refused):
        opened(zipped(data), tmp_path)
