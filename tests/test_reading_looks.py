"""What a person sees in a cell is what is read, in every file format; another figure than is seen is never taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import IconSetRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook import Workbook
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.worksheet.worksheet import Worksheet

from tests.mutants import unzipped, zipped
from tests.office import convert, requires_office
from tests.soaking import first_of, only, soak
from tests.test_reading_files import filling, saved
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.excel_in import open_book
from toolkit.forms.layout import lay_out
from toolkit.reading import ReadFile, read
from toolkit.reading.wording import answer_of

KINDS = ("xlsx", "xls", "ods")
FILLING = filling("2021")
LAYOUT = lay_out(FILLING.form)
COUNTS = [code for code in FILLING.form.inputs if FILLING.form.items[code].kind == "count" and code.startswith("t3.")]
TABLE = LAYOUT.cell(COUNTS[0])[0]
(MONEY,) = (code for code in FILLING.form.inputs if FILLING.form.items[code].kind == "money")

FORMATS: tuple[tuple[str, int | float, str | None], ...] = (
    ("General", 2997, None), ("0", 24, None), ("#,##0", 2997, None), ("0.00", 24, None), ("0_ ", 24, None),
    ('0"件"', 24, None), ('#,##0"件"', 2997, None), ('0"户"', 24, None), ("00000", 24, None), ("0;-0;0", 24, None),
    ("#,##0.####;-#,##0.####;0", 24, None), ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 24, None),
    ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 0, None), ("[Red]0", 24, None), ('[>=100]#,##0;0', 2997, None),
    ('[$¥-804]#,##0.00', 24, None), ('0.00E+00', 24, None), ('0\\.0,"万"', 144000, None),
    ('0\\.0,"万"', 29970, "3.0万"), ("0%", 1, "100%"), ("0,", 24000, "24"), ('"1"0', 24, "124"), ('0"."0', 24, "2.4"),
    ('"约"0', 24, None), ('[>100]"多";0', 144, "多"), ('"零"', 24, "零"), ("0-00", 120, "1-20"),
    ("yyyy-m-d", 45658, "2025-1-1"), ("[h]:mm", 3, "72:00"), ("h:mm", 0.5, "12:00"),
)  # fmt: skip
"""Format, count that is stored, and what is seen where it is not that count: then the cell is unreadable."""


def formatted(path: Path) -> Path:
    """Return a return with a cell for each format, and two of money: 14.4万 over 144000 is what the issue is about."""
    book = openpyxl.load_workbook(saved(FILLING, path))
    for code, (number_format, value, _) in zip(COUNTS, FORMATS, strict=False):
        cell = at(book, code)
        cell.value, cell.number_format = value, number_format
    cell = at(book, MONEY)
    cell.value, cell.number_format = 144000, '0\\.0,"万"'
    book.save(path)
    return path


def at(book: Workbook, code: str) -> openpyxl.cell.Cell:
    """Return the cell of an item."""
    sheet, row, column = LAYOUT.cell(code)
    return book[sheet].cell(row + 1, column + 1)


class Saved(dict[tuple[str, str], ReadFile]):
    """What is read of workbooks, by name and file format; LibreOffice saves those of a format when one is asked for."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        super().__init__()
        self._paths = paths

    def __missing__(self, key: tuple[str, str]) -> ReadFile:
        paths, kind = list(self._paths.values()), key[1]
        files = paths if kind == "xlsx" else convert(paths, kind, paths[0].parent / kind)
        for name, path in zip(self._paths, files, strict=True):
            self[name, kind] = read(path, name=path.name)
        return self[key]


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Return what is read of the formats, from every file format."""
    return Saved({"formats": formatted(tmp_path_factory.mktemp("looks") / "formats.xlsx")})


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
@pytest.mark.parametrize("number", range(len(FORMATS)), ids=[f"{code} {value}" for code, value, _ in FORMATS])
def test_a_format_that_shows_another_figure_is_unreadable(readings: Saved, kind: str, number: int) -> None:
    """Rounding, grouping, units that agree pass without a finding; where another figure is seen both are quoted."""
    _, value, seen = FORMATS[number]
    ret, code = readings["formats", kind].ret, COUNTS[number]
    assert ret is not None
    findings = [finding for finding in ret.findings if code in finding.items]
    if seen is None:
        assert ret.answers[code] == Filled(int(value), str(int(value)))
        assert findings == []
        return
    answer = ret.answers[code]
    assert isinstance(answer, Unreadable)
    assert answer.raw == seen
    assert [finding.code for finding in findings] == ["VALUE_016" if ":" in seen or "-1-1" in seen else "VALUE_018"]
    if answer.reason == "VALUE_018":
        assert answer.against == str(value)
        assert f"显示 {seen}，存的是 {value}" in findings[0].message


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
def test_money_scaled_by_its_format(readings: Saved, kind: str) -> None:
    """14.4万 over 144000 is neither: both are said, and which to type."""
    ret = readings["formats", kind].ret
    assert ret is not None
    assert ret.answers[MONEY] == Unreadable("14.4万", "VALUE_018", "14.4", "144000")
    (finding,) = (finding for finding in ret.findings if MONEY in finding.items)
    assert "显示 14.4万，存的是 144000" in finding.message
    assert "填 144000" in finding.remedy


def unseen(sheet: Worksheet, book: Workbook) -> None:
    """Hide figures of table 三: columns E and F, rows 9, 11 and 12, hidden or too small, D13 by its format."""
    for number, letter in enumerate("DEFGHI", 4):
        column = sheet.column_dimensions[letter]
        column.min, column.max, column.width = number, number, 0.05 if letter == "F" else 9
    sheet.column_dimensions["E"].hidden, sheet.row_dimensions[9].hidden = True, True
    sheet.row_dimensions[11].height, sheet.row_dimensions[12].height = 0.2, 0.75
    sheet["D13"].number_format = ";;;"


def joined(sheet: Worksheet, book: Workbook) -> None:
    """Merge D9 with E9 and D11 with D12 as Excel does, and G9 with H9 as a format painter does: H9 keeps its figure."""
    for box in ("D9:E9", "D11:D12"):
        sheet.merge_cells(box)
    sheet["D9"], sheet["D11"] = 12, 5
    sheet.merged_cells.ranges.add(MergedCellRange(sheet, "G9:H9"))


def marks(sheet: Worksheet, book: Workbook) -> None:
    """Strike out D9 and a part of D10, raise a part of D11 and all of D12; D13 and E9 have the colour of their ground."""
    for cell, look in {
        "D9": Font(strike=True), "D12": Font(vertAlign="superscript"), "D13": Font(color="FFFFFFFF"),
        "E9": Font(color="FFFFEE99"),
    }.items():  # fmt: skip
        sheet[cell].font = look
    sheet["D13"].fill, sheet["E9"].fill = PatternFill(), PatternFill("solid", fgColor="FFFFEE99")
    sheet["D10"] = CellRichText(TextBlock(InlineFont(strike=True), "29"), TextBlock(InlineFont(), "97"))
    sheet["D11"] = CellRichText("2997", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    sheet["E11"] = CellRichText("29", TextBlock(InlineFont(b=True), "97"))


TRAITS: dict[str, Callable[[Worksheet, Workbook], None]] = {"unseen": unseen, "joined": joined, "marks": marks}


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Return what is read of a return with a trait, from every file format."""
    folder = tmp_path_factory.mktemp("traits")
    paths = {}
    for name, change in TRAITS.items():
        paths[name] = saved(FILLING, folder / f"{name}.xlsx")
        book = openpyxl.load_workbook(paths[name])
        for row in range(9, 14):
            for column in "DEFGH":
                book[TABLE][f"{column}{row}"] = 7
        change(book[TABLE], book)
        book.save(paths[name])
    return Saved(paths)


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
def test_figures_that_nobody_sees_are_listed(tampered: Saved, kind: str) -> None:
    """Rows and columns that are hidden or of no size, and formats that show nothing: read, and one warning lists them."""
    ret = tampered["unseen", kind].ret
    assert ret is not None
    findings = [finding for finding in ret.findings if finding.code == "FORM_044"]
    assert [(finding.sheet, finding.severity.value) for finding in findings] == [(TABLE, "warning")]
    unseen = {
        place.cell
        for code, place in ret.places.items()
        if place.sheet == TABLE and out_of_sight(place.cell) and not isinstance(ret.answers.get(code, Blank()), Blank)
    }
    assert findings[0].message.startswith(f"表中有 {len(unseen)} 个数看不见")
    answers = {place.cell: ret.answers.get(code) for code, place in ret.places.items() if place.sheet == TABLE}
    assert [answers[cell] for cell in ("D9", "E10", "F10", "D11", "D12", "D13")] == [Filled(7, "7")] * 6


def out_of_sight(cell: str) -> bool:
    """Tell whether ``unseen`` hides a cell that holds a figure."""
    return cell[0] in "EF" or cell[1:] in ("9", "11", "12") or cell == "D13"


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
def test_merged_inputs_are_said_once(tampered: Saved, kind: str) -> None:
    """Two inputs in one cell, or a figure under a merge: one finding that says merged, no answer, nothing that follows."""
    ret = tampered["joined", kind].ret
    assert ret is not None
    merged = {finding.cell: finding for finding in ret.findings if finding.code == "FORM_049"}
    assert {cell: finding.actual for cell, finding in merged.items()} == {"D9": "12", "D11": "5", "G9": "7、7"}
    assert "D9:E9 合并成了一格" in merged["D9"].message
    codes = [code for finding in merged.values() for code in finding.items]
    assert len(codes) == 6
    for code in codes:
        answer = ret.answers[code]
        assert isinstance(answer, Unreadable)
        assert answer.reason == "FORM_049"
        assert [finding.code for finding in ret.findings if code in finding.items] == ["FORM_049"]


def ruled(look: DifferentialStyle) -> Callable[[Worksheet, Workbook], None]:
    """Return a change that lays a format over D9 by a conditional format which always holds."""
    rule = Rule(type="expression", formula=["TRUE"], dxf=look)
    return lambda sheet, _: sheet.conditional_formatting.add("D9:D9", rule)


def icons(sheet: Worksheet, _: Workbook) -> None:
    """Show an icon in the place of D9."""
    sheet.conditional_formatting.add("D9", IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False))  # type: ignore[no-untyped-call]


def no_rows(**stated: float | bool) -> Callable[[Worksheet, Workbook], None]:
    """Return a change that makes rows low unless they state a height, and lets row 9 state none."""

    def change(sheet: Worksheet, _: Workbook) -> None:
        for name, value in stated.items():
            setattr(sheet.sheet_format, name, value)
        sheet.row_dimensions[9].height = None

    return change


def format_of(code: str) -> Callable[[Worksheet, Workbook], None]:
    return lambda sheet, _: setattr(sheet["D9"], "number_format", code)


def font_of(**look: Any) -> Callable[[Worksheet, Workbook], None]:
    return lambda sheet, _: setattr(sheet["D9"], "font", Font(**look))


HIDDEN, READ, UNVERIFIED = "FORM_044", "", "FILE_091"
ALIKE: dict[str, tuple[Callable[[Worksheet, Workbook], None], str, str, str]] = {
    "scaled": (format_of("0.0,"), "VALUE_018", "VALUE_018", "VALUE_018"),
    "percent": (format_of("0%"), "VALUE_018", "VALUE_018", "VALUE_018"),
    "digits in quotes": (format_of('"1"0'), "VALUE_018", "VALUE_018", "VALUE_018"),
    "condition": (format_of('[>5]"多";0'), "VALUE_018", "VALUE_018", "VALUE_018"),
    "date": (format_of("yyyy-m-d"), "VALUE_016", "VALUE_016", "VALUE_016"),
    "elapsed": (format_of("[h]:mm"), "VALUE_016", "VALUE_016", "VALUE_016"),
    "nothing": (format_of(";;;"), HIDDEN, HIDDEN, HIDDEN), "white format": (format_of("[White]0"), HIDDEN, HIDDEN, READ),
    "grouped": (format_of("#,##0"), READ, READ, READ), "rounded": (format_of("0.00"), READ, READ, READ),
    "struck": (font_of(strike=True), "VALUE_020", "VALUE_020", "VALUE_020"),
    "colour of the ground": (font_of(color="FFFFF9DB"), HIDDEN, HIDDEN, HIDDEN),
    "hidden row": (lambda sheet, _: setattr(sheet.row_dimensions[9], "hidden", True), HIDDEN, HIDDEN, HIDDEN),
    "low row": (lambda sheet, _: setattr(sheet.row_dimensions[9], "height", 0.75), HIDDEN, HIDDEN, HIDDEN),
    "rows hidden by default": (no_rows(zeroHeight=True), HIDDEN, READ, READ),
    "rows low by default": (no_rows(defaultRowHeight=0.0), HIDDEN, READ, READ),
    "merged": (lambda sheet, _: sheet.merge_cells("D9:E9"), "FORM_049", "FORM_049", "FORM_049"),
    "format by condition": (ruled(DifferentialStyle(numFmt=NumberFormat(164, ";;;"))), HIDDEN, UNVERIFIED, UNVERIFIED),
    "scaled by condition": (
        ruled(DifferentialStyle(numFmt=NumberFormat(164, "0.0,"))), "VALUE_018", UNVERIFIED, UNVERIFIED,
    ),
    "white by condition": (ruled(DifferentialStyle(font=Font(color="FFFFFFFF"))), HIDDEN, UNVERIFIED, UNVERIFIED),
    "struck by condition": (ruled(DifferentialStyle(font=Font(strike=True))), "VALUE_020", UNVERIFIED, UNVERIFIED),
    "red by condition": (ruled(DifferentialStyle(font=Font(color="FFFF0000"))), READ, READ, READ),
    "icon alone": (icons, HIDDEN, UNVERIFIED, UNVERIFIED),
}  # fmt: skip
"""What is done to D9, which holds 7000, and what is said of it in xlsx, in xls and in ods, as LibreOffice saves them.

FILE_091 says of xls and ods that conditional formats were not looked at. LibreOffice gives rows of no height one.
"""


@pytest.fixture(scope="module")
def alike(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Return what is read of a return with a trait that this session asks about, from every file format."""
    folder = tmp_path_factory.mktemp("alike")
    base, paths = saved(FILLING, folder / "base.xlsx"), {}
    asked = {item.callspec.params.get("trait") for item in request.session.items if hasattr(item, "callspec")}
    for name, (change, *_) in ALIKE.items():
        if name not in asked:
            continue
        book, paths[name] = openpyxl.load_workbook(base), folder / f"{name}.xlsx"
        book[TABLE]["D9"] = 7000
        change(book[TABLE], book)
        book.save(paths[name])
    return Saved(paths)


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
@pytest.mark.parametrize("trait", first_of(ALIKE, 6))
def test_every_format_says_the_same(alike: Saved, kind: str, trait: str) -> None:
    """Format × trait × outcome: the same finding from every file format, or it says what it does not look at."""
    ret, outcome = alike[trait, kind].ret, ALIKE[trait][1 + KINDS.index(kind)]
    assert ret is not None
    codes = {finding.code for finding in ret.findings if finding.cell == "D9" and finding.sheet == TABLE}
    codes |= {finding.code for finding in ret.findings if finding.code == HIDDEN and "D9" in finding.message}
    assert codes == ({outcome} if outcome not in (READ, UNVERIFIED) else set())
    if outcome == UNVERIFIED:
        (unverified,) = (finding for finding in ret.findings if finding.code == UNVERIFIED)
        assert "条件格式未核验" in unverified.message


MARKS = {"D9": ("7", "VALUE_020", "7"), "D10": ("2997", "VALUE_020", "29"), "D11": ("29971", "VALUE_019", "1")}
"""What is unreadable of ``marks``: what a person sees, why, and the part that is marked."""


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
def test_marks_beside_a_figure_are_named(tampered: Saved, kind: str) -> None:
    """Struck out, wholly or in part, or raised beside the rest: not read, and the mark is named."""
    ret = tampered["marks", kind].ret
    assert ret is not None
    answers = {place.cell: ret.answers.get(code) for code, place in ret.places.items() if place.sheet == TABLE}
    findings = {finding.cell: finding for finding in ret.findings if finding.sheet == TABLE}
    for cell, (seen, reason, mark) in MARKS.items():
        assert answers[cell] == Unreadable(seen, reason, None, mark)
        assert findings[cell].code == reason
        assert mark in findings[cell].message
    assert [answers[cell] for cell in ("D12", "D13", "E9")] == [Filled(7, "7")] * 3
    assert answers["E11"] == Filled(2997, "2997", "VALUE_001")
    (unseen,) = (finding for finding in ret.findings if finding.code == "FORM_044" and finding.sheet == TABLE)
    assert unseen.message == "表中有 2 个数看不见，照常读取：E9、D13。"


def test_alternative_cell_formats_count_once(tmp_path: Path) -> None:
    """Of cell formats in mc:AlternateContent the fallback counts: a date stays a date."""
    path = formatted(tmp_path / "formats.xlsx")
    before = read(path, name=path.name).ret
    parts = [
        (name, alternative(data) if name == "xl/styles.xml" else data) for name, data in unzipped(path.read_bytes())
    ]
    path.write_bytes(zipped(parts))
    after = read(path, name=path.name).ret
    assert before is not None
    assert after is not None
    assert after.answers == before.answers


def alternative(styles: bytes) -> bytes:
    """Return styles with every cell format as a choice and its fallback."""
    head, body, tail = re.split(rb"(?<=<cellXfs)(.*)(?=</cellXfs>)", styles, maxsplit=1, flags=re.DOTALL)
    wrapped = re.sub(
        rb"<xf [^>]*?/>|<xf .*?</xf>",
        lambda xf: b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        b'<mc:Choice Requires="x">' + xf[0] + b"</mc:Choice><mc:Fallback>" + xf[0]
        + b"</mc:Fallback></mc:AlternateContent>", body,
    )  # fmt: skip
    return head + wrapped + tail


SHOWN = (
    "General", "0", "0.00", "#,##0", "#,##0.####", '0\\.0,"万"', "0.0,", "0%", '"1"0', ";;;", "0;;", '[>100]"多";0',
    "0;0", "#,##0 ;(#,##0)", '0"年"', '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ', '0"件"', '0.0,"万"', "#", "0_ ",
    "0.00_);[Red](0.00)", "#,##0,", "0,,", "00000", "0-00", "#-##", 'General"件"', '[<10]"<10";[<100]0"!";0',
    '0;-0;"零"', '"约"0', "0.0%", "[Red]0", "#,##0.0,,", "[$¥-804]#,##0.00", '0 "1"', "# ?/?", '0"/"0', "0.00E+00",
    "m/d", "[h]:mm", "mm:ss", '0"²"', "?0", '0.0"0"', "@",
)  # fmt: skip
VALUES = (0, 5, 12, 144000, -3, 14.4, 0.5, 1234567, 99.9945, 2024)


@soak
@requires_office
def test_what_libreoffice_shows_is_what_is_read(tmp_path: Path) -> None:
    """Over formats × values: where another figure is rendered than is stored, the stored one is not read."""
    path = tmp_path / "shown.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, code in enumerate(SHOWN):
        style = book.add_format({"num_format": code})
        for column, value in enumerate(VALUES):
            sheet.write_number(row, column, value, style)
    book.close()
    (page,) = convert([path], "html", tmp_path / "html")
    rows = [[cell.text_content().replace("\xa0", " ").strip() for cell in row.iter("td")]
            for row in lxml.html.parse(page).iter("tr")]  # fmt: skip
    cells = open_book(path).sheets[0]
    silent, needless = [], []
    for row, code in enumerate(SHOWN):
        for column, value in enumerate(VALUES):
            answer, stored, seen = answer_of(cells.cell(row, column), "money"), Decimal(repr(value)), rows[row][column]
            if isinstance(answer, Filled) and seen and not same(seen, stored):
                silent.append((code, value, seen))
            if isinstance(answer, Unreadable) and answer.reason == "VALUE_018" and seen == str(value):
                needless.append((code, value, seen))
    assert silent == []
    assert needless == []


def same(seen: str, stored: Decimal) -> bool:
    """Tell by other means whether a text shows a number, exactly or rounded."""
    numbers = re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?(?:E[+-][0-9]+)?", seen)
    if stored == 0 and (seen.strip() == "-" or not re.search("[1-9]", seen)):
        return True
    if len(numbers) != 1 or re.search("[%²/<]|万", seen) or (stored < 0) != bool(re.match(r"¥?[-(]", seen)):
        return False
    figure = Decimal(numbers[0].replace(",", ""))
    if "E" in seen:
        return Decimal(f"{abs(stored):.2E}") == figure
    places = len(numbers[0].partition(".")[2])
    return abs(stored).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) == figure
