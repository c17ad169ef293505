"""What a person sees, by the second program's own means: no total is proved that holds a figure seen otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import IconSetRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.merge import MergedCellRange

from tests.commands import run
from tests.mutants import unzipped, zipped
from tests.rollups import YEAR, save_values
from tests.soaking import first_of, only
from tests.test_proving import figures, sent
from toolkit.answers import Answer, Filled
from toolkit.cells import a1
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.merging import merge
from toolkit.proving import prove
from toolkit.proving.plain_formats import otherwise
from toolkit.proving.source_figures import plain_figures
from toolkit.reading import read
from toolkit.returns import Checked, Region
from toolkit.workbook.rollup import write_rollup

CODE, BESIDE = "t3.r3_1.natural", "t3.r3_1.enterprise"
LAYOUT = lay_out(load_form("2021"))
SHEET, ROW, COLUMN = LAYOUT.cell(CODE)
PLACE = a1(ROW, COLUMN)
assert LAYOUT.cell(BESIDE) == (SHEET, ROW, COLUMN + 1)
Change = Callable[[Any, Any], None]
"""What is done to a sheet and a cell of it that holds 144000."""


def ruled(look: DifferentialStyle) -> Change:
    """Return a change that adds a conditional format which always holds."""

    def change(sheet: Any, cell: Any) -> None:
        sheet.conditional_formatting.add(cell.coordinate, Rule(type="expression", formula=["TRUE"], dxf=look))

    return change


def format_of(code: str) -> Change:
    return lambda _, cell: setattr(cell, "number_format", code)


def font(colour: Color | str, fill: PatternFill | None = None) -> Change:
    def change(sheet: Any, cell: Any) -> None:
        cell.font, cell.fill = Font(color=colour), PatternFill() if fill is None else fill

    return change


def runs(*parts: Any) -> Change:
    return lambda _, cell: setattr(cell, "value", CellRichText(*parts))


def merged(sheet: Any, cell: Any) -> None:
    """Merge as Excel does: the cell beside loses its figure."""
    sheet.merge_cells(start_row=cell.row, end_row=cell.row, start_column=cell.column, end_column=cell.column + 1)


def painted(sheet: Any, cell: Any) -> None:
    """Merge as a format painter does: the figure beside stays in the file."""
    sheet.merged_cells.ranges.add(MergedCellRange(sheet, f"{cell.coordinate}:{cell.offset(0, 1).coordinate}"))


def narrow(width: float, *, hidden: bool = False) -> Change:
    def change(sheet: Any, cell: Any) -> None:
        column = sheet.column_dimensions[cell.column_letter]
        column.min = column.max = cell.column
        column.width, column.hidden = width, hidden

    return change


def icons(sheet: Any, cell: Any) -> None:
    """Show an icon in the place of the figure."""
    rule = IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False)  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add(cell.coordinate, rule)


WHITE, RAISED = "FFFFFFFF", InlineFont(vertAlign="superscript")
OTHERWISE: dict[str, tuple[Change, str]] = {
    "scaled": (format_of('0!.0,"万"'), "存的是 144000，显示“14.4万”"), "thousands": (format_of("0.0,"), "显示“144.0”"),
    "percent": (format_of("0%"), "显示“14400000%”"), "digits in quotes": (format_of('"1"0'), "显示“1144000”"),
    "words": (format_of('"若干"'), "显示“若干”"), "nothing": (format_of(";;;"), "不显示"),
    "condition": (format_of('[>100]"多";0'), "按格式"), "white format": (format_of("[White]0"), "按格式"),
    "date": (format_of("yyyy-m-d"), "是“2294-"), "elapsed": (format_of("[h]:mm"), "是“"),
    "struck": (lambda _, cell: setattr(cell, "font", Font(strike=True)), "有删除线"),
    "white": (font(WHITE), "与底色同色"), "nearly white": (font("FFF8F8F8"), "与底色同色"),
    "white of the theme": (font(Color(theme=0)), "与底色同色"), "white by number": (font(Color(indexed=9)), "与底色同色"),
    "colour of the ground": (font("FFFFEE99", PatternFill("solid", fgColor="FFFFEE99")), "与底色同色"),
    "pattern": (font("FF000000", PatternFill("darkUp")), "图案"),
    "raised": (runs("14", TextBlock(RAISED, "4000")), "上标"),
    "partly struck": (runs("144000", TextBlock(InlineFont(strike=True), "1")), "上标、下标或删除线"),
    "merged": (merged, "合并"), "painted": (painted, "合并"),
    "hidden row": (lambda sheet, cell: setattr(sheet.row_dimensions[cell.row], "hidden", True), "行看不见"),
    "low row": (lambda sheet, cell: setattr(sheet.row_dimensions[cell.row], "height", 0.5), "行看不见"),
    "no rows": (lambda sheet, _: setattr(sheet.sheet_format, "zeroHeight", True), "行看不见"),
    "hidden column": (narrow(9, hidden=True), "列看不见"), "narrow column": (narrow(0.05), "列看不见"),
    "format by condition": (ruled(DifferentialStyle(numFmt=NumberFormat(164, ";;;"))), "条件格式，可能不显示"),
    "white by condition": (
        ruled(DifferentialStyle(font=Font(color=WHITE), fill=PatternFill(bgColor=WHITE))), "条件格式，可能与底色同色",
    ),
    "struck by condition": (ruled(DifferentialStyle(font=Font(strike=True))), "条件格式，可能有删除线"),
    "icon alone": (icons, "只显示图形"),
}  # fmt: skip
"""What is done to the cell of a figure, and what the proof says of it."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sent(tmp_path_factory.mktemp("base"), 1, "2021", figures("2021", 1))


def changed(folder: Path, base: Path, change: Change) -> Path:
    """Return a return in which 144000 stands in a cell that was changed."""
    book, path = openpyxl.load_workbook(base), folder / "1局.xlsx"
    cell = book[SHEET].cell(ROW + 1, COLUMN + 1)
    cell.value = 144000
    change(book[SHEET], cell)
    book.save(path)
    return path


def forced(folder: Path, path: Path) -> Path:
    """Roll a return up by a reader that takes the figures as they are stored."""
    reading = read(path, name=path.name)
    assert reading.ret is not None
    answers: dict[str, Answer] = {**reading.ret.answers, CODE: Filled(144000)}
    answers[BESIDE] = figures("2021", 1)[BESIDE]
    checked = Checked(path.name, reading.sha256, replace(reading.ret, answers=answers), ())
    out = folder / "汇总.xlsx"
    out.write_bytes(write_rollup(merge([checked], YEAR, None, Region("样例县"), as_of="2026-02-01")))
    return out


QUICK = ("scaled", "nothing", "struck", "white", "raised", "merged", "painted", "hidden row", "narrow column", "no rows",
         "format by condition", "white by condition", "icon alone")  # fmt: skip


@pytest.mark.parametrize("trait", only(OTHERWISE, *QUICK))
def test_a_figure_seen_otherwise_is_not_plain(tmp_path: Path, base: Path, trait: str) -> None:
    """What the second program says of a return names sheet, cell and what is seen; the figure is not among its own."""
    change, why = OTHERWISE[trait]
    plain = plain_figures(LAYOUT.form, changed(tmp_path, base, change))
    assert plain.figures is not None
    assert CODE not in plain.figures
    assert SHEET in plain.doubt
    assert PLACE in plain.doubt or trait == "no rows"
    assert why in plain.doubt


@pytest.mark.parametrize("trait", only(OTHERWISE, "scaled"))
def test_a_total_of_it_is_not_proved(tmp_path: Path, base: Path, trait: str) -> None:
    """Even where reader and roll-up have taken the stored figure, the roll-up is not proved."""
    path = changed(tmp_path, base, OTHERWISE[trait][0])
    proof = prove(forced(tmp_path, path), {path.name: path})
    assert (proof.proved, proof.returns) == (False, 0)
    ((file, reason),) = proof.unproved
    assert file == path.name
    assert OTHERWISE[trait][1] in reason


def worded(sheet: Any, _: Any) -> None:
    """Make every label of a sheet one of two runs."""
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str) and len(cell.value) > 1:
            cell.value = CellRichText(cell.value[:1], TextBlock(InlineFont(b=True), cell.value[1:]))


PLAIN: dict[str, Change] = {
    "as it is": lambda *_: None,
    "grouped": format_of("#,##0"), "rounded": format_of("0.00"), "accounting": format_of('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ '),
    "text": format_of("@"), "unit": format_of('0"件"'), "red": font("FFFF0000"),
    "conditional red": ruled(DifferentialStyle(font=Font(color="FFFF0000"), fill=PatternFill(bgColor="FFFFEEEE"))),
    "bold rows": lambda sheet, cell: setattr(sheet.row_dimensions[cell.row], "height", 30),
    "label in runs": worded,
}  # fmt: skip


@pytest.mark.parametrize("trait", first_of(PLAIN, 3))
def test_a_figure_seen_plainly_is_plain(tmp_path: Path, base: Path, trait: str) -> None:
    """Grouping, rounding, units, colours and our own conditional formats keep nothing from being proved."""
    plain = plain_figures(LAYOUT.form, changed(tmp_path, base, PLAIN[trait]))
    assert plain.doubt == ""
    assert plain.figures is not None
    assert plain.figures[CODE] == 144000


@pytest.fixture(scope="module")
def rolled_up(tmp_path_factory: pytest.TempPathFactory, base: Path) -> tuple[Path, Path]:
    """Return a roll-up in whose sources nothing is seen otherwise, and its source."""
    folder = tmp_path_factory.mktemp("rolled_up")
    path = changed(folder, base, lambda *_: None)
    return forced(folder, path), path


RESULTS = [trait for trait in OTHERWISE if trait not in ("date", "elapsed", "raised", "partly struck")]


@pytest.mark.parametrize("trait", only(RESULTS, "scaled", "painted"))
def test_a_total_seen_otherwise_is_not_proved(tmp_path: Path, rolled_up: tuple[Path, Path], trait: str) -> None:
    """The tables of the roll-up itself are looked at in the same way."""
    rollup, path = tmp_path / "汇总.xlsx", rolled_up[1]
    book = openpyxl.load_workbook(rolled_up[0], data_only=True)
    OTHERWISE[trait][0](book[SHEET], book[SHEET].cell(ROW + 1, COLUMN + 1))
    book.save(rollup)
    proof = prove(rollup, {path.name: path})
    assert not proof.proved
    assert OTHERWISE[trait][1] in "".join(reason for file, reason in proof.unproved if file == "汇总.xlsx")


def test_details_and_corrections_seen_otherwise_are_not_proved(tmp_path: Path, rolled_up: tuple[Path, Path]) -> None:
    """A figure of 明细 or 调整 that shows another is named; a filter that hides rows of 明细 hides no figure."""
    rollup, path = tmp_path / "汇总.xlsx", rolled_up[1]
    book = openpyxl.load_workbook(rolled_up[0], data_only=True)
    book["明细"].row_dimensions[3].hidden = True
    save_values(book, rolled_up[0], rollup)
    assert prove(rollup, {path.name: path}).proved
    book["明细"]["E3"].number_format = "0,"
    book["调整"].cell(2, 4).value, book["调整"].cell(2, 4).number_format = 5, "0%"
    book.save(rollup)
    reasons = [reason for file, reason in prove(rollup, {path.name: path}).unproved if file == "汇总.xlsx"]
    assert any("明细!E3 存的是" in reason for reason in reasons)
    assert any("调整!D2 存的是 5，显示“500%”" in reason for reason in reasons)


def test_what_openpyxl_cannot_tell_is_not_plain(tmp_path: Path, base: Path) -> None:
    """Cell formats where openpyxl does not look, and a built-in one that it does not know, are doubt."""
    path = changed(tmp_path, base, format_of('0!.0,"万"'))
    parts = dict(unzipped(path.read_bytes()))
    moved = {
        name.replace("xl/styles.xml", "xl/elsewhere.xml"): re.sub(rb' s="[0-9]+"', b"", data)
        for name, data in parts.items()
    }
    path.write_bytes(zipped(list(moved.items())))
    assert plain_figures(LAYOUT.form, path).doubt == "openpyxl 不能读取（KeyError）。"
    styles = parts["xl/styles.xml"].decode()
    number = max(map(int, re.findall(r'<numFmt [^>]*?numFmtId="([0-9]+)"', styles)))
    parts["xl/styles.xml"] = re.sub(rf'(<xf [^>]*?numFmtId=)"{number}"', r'\1"57"', styles).encode()
    path.write_bytes(zipped(list(parts.items())))
    assert "按格式“[内置格式 57]”显示" in plain_figures(LAYOUT.form, path).doubt


def test_the_command_says_what_is_seen(tmp_path: Path, base: Path) -> None:
    """The text of the command quotes both figures, and it exits with 1."""
    path = changed(tmp_path, base, format_of('0!.0,"万"'))
    forced(tmp_path, path)
    ended = run("prove", tmp_path / "汇总.xlsx", path)
    assert ended.code == 1
    assert "存的是 144000，显示“14.4万”" in ended.out
    assert "未证实" in ended.out


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        ("General", 24, ""), ("G/通用格式", 24, ""), ("#,##0.####;-#,##0.####;0", -3, ""), ("0;0", -3, "显示“3”"),
        ("[$¥-804]#,##0.00", 24, ""), ("#,##0_);[Red](#,##0)", -5, ""), ("0,,", 24000000, "显示“24”"), ("0-00", 120, "显示“1-20”"),
        ('0"."0', 24, "显示“2.4”"), ("# ?/?", 3, "按格式“# ?/?”显示"), ("0;;", -7, "不显示"), ('0;-0;"无"', 0, ""),
        ('0;-0;"5"', 0, "显示“5”"), ('0.0"0"', 14.4, "显示“14.40”"), ("0%", -1, "显示“-100%”"), ("0%", None, ""),
    ],
)  # fmt: skip
def test_formats_by_the_own_rule(code: str, value: float | None, seen: str) -> None:
    """What is plainly shown is nothing to say; of other formats what they make of the figure."""
    assert otherwise(code, value) == seen
