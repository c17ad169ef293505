"""Sheets and texts of ours are known by what they say, wherever they stand and whatever the sheets are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.books import CODE
from tests.rollups import SMALL
from tests.soaking import only, soak
from tests.test_reading_files import filling, rolled_up
from toolkit.answers import Blank, Filled
from toolkit.cells import a1, parse_a1
from toolkit.excel_in import Book, Cell, CellError, Sheet, open_book
from toolkit.excel_in.grid import Look, number
from toolkit.findings import Finding
from toolkit.forms import load_form
from toolkit.forms.sheets import ADJUSTMENTS, CHECKS, COVER, DETAIL_SHEET, META, REVIEW
from toolkit.reading import ReadFile, read_book
from toolkit.reading.wording import answer_of, text_of
from toolkit.returns import Explanation
from toolkit.workbook import Filling, Text, write

ONE, FIVE, SIX = "一、总体情况", "五、问题与改进", "六、其他事项"
T2, T3, T4 = "二、主动公开", "三、依申请公开", "四、复议诉讼"
NAMES = ("{} (2)", "{} - 表格 1", "{}（住建局）", "Sheet1")
"""What programs and people make of a sheet's name."""

Change = Callable[[Cell], Cell]


def opened(content: Filling, path: Path) -> Book:
    """Return a workbook of ours as it is opened."""
    path.write_bytes(write(content))
    return open_book(path)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a blank that nobody filled."""
    return opened(Filling(load_form("2021"), 2024), tmp_path_factory.mktemp("blank") / "a.xlsx")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a reply with figures, text, and explanations of a check and of a rule that no check shows."""
    words = {
        "一": (Text("（一）主动公开", "甲段公开"), Text("（五）监督保障", "乙段监督")),
        "五": (Text("", "丙段问题"), Text("", "丁段")),
        "六": (Text("", "戊段其他"),),
    }
    explained = (
        Explanation("C3", ("t4.review.total", "t3.r1.total", "t3.r2.total"), "", "均为上年案件"),
        Explanation("X5", (), "", "机构改革所致"),
    )
    content = replace(filling("2021", "reply"), text=words, explanations=explained, declared=frozenset())
    return opened(content, tmp_path_factory.mktemp("filled") / "a.xlsx")


def with_sheet(book: Book, name: str, change: Callable[[Sheet], Sheet]) -> Book:
    """Return a workbook with one sheet changed."""
    return replace(book, sheets=tuple(change(sheet) if sheet.name == name else sheet for sheet in book.sheets))


def renamed(book: Book, old: str, new: str) -> Book:
    """Return a workbook with a sheet under another name, made visible."""
    return with_sheet(book, old, lambda sheet: replace(sheet, name=new, state="visible"))


def copied(book: Book, name: str, new: str, **cells: str | None) -> Book:
    """Return a workbook with a copy of a sheet, some of its cells changed."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == name)
    changed = {parse_a1(cell): Cell(text, text=text or "") for cell, text in cells.items()}
    return replace(book, sheets=(*book.sheets, replace(sheet, name=new, cells=dict(sheet.cells) | changed)))


def without(book: Book, name: str) -> Book:
    """Return a workbook without a sheet; what referred to it shows #REF! as programs leave it."""

    def broken(cell: Cell) -> Cell:
        if cell.formula is None or f"'{name}'!" not in cell.formula:
            return cell
        formula = re.sub(rf"'{name}'!\$?[A-Z]+\$?[0-9]+(:\$?[A-Z]+\$?[0-9]+)?", "#REF!", cell.formula)
        return cell._replace(formula=formula, value=CellError("#REF!"), text="#REF!")

    sheets = (sheet for sheet in book.sheets if sheet.name != name)
    return replace(book, sheets=tuple(mapped(sheet, broken) for sheet in sheets))


def mapped(sheet: Sheet, change: Change) -> Sheet:
    """Return a sheet with every cell changed."""
    return replace(sheet, cells={place: change(cell) for place, cell in sheet.cells.items()})


def anonymous(book: Book) -> Book:
    """Return a workbook of which programs dropped properties, names and ``_meta``."""
    sheets = tuple(sheet for sheet in book.sheets if sheet.name != META.name)
    return replace(book, properties={}, names={}, sheets=sheets)


def blind(book: Book) -> Book:
    """Return what .xls and .ods show of a workbook: no formulas, no locks, texts of formulas as 0."""

    def bare(cell: Cell) -> Cell:
        zero = cell.formula is not None and isinstance(cell.value, str)
        shown = {"value": 0, "text": "0"} if zero else {}
        return cell._replace(formula=None, locked=None, **shown)  # type: ignore[arg-type]

    return replace(book, kind="xls", full=False, sheets=tuple(mapped(sheet, bare) for sheet in book.sheets))


def codes(reading: ReadFile) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in reading.findings]


def named(reading: ReadFile, code: str) -> list[Finding]:
    """Return the findings of a code."""
    return [finding for finding in reading.findings if finding.code == code]


# Sheets that were renamed or copied


@pytest.mark.parametrize("pattern", NAMES)
@pytest.mark.parametrize("sheet", [COVER.name, CHECKS.name, REVIEW.name, META.name, ONE, SIX, T3])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_renamed_sheet_is_read_by_what_stands_on_it(filled: Book, sheet: str, pattern: str, kind: str) -> None:
    """Everything on it is read as before, and the new name is said."""
    book = filled if kind == "xlsx" else blind(filled)
    before, after = read_book(book, "a"), read_book(renamed(book, sheet, pattern.format(sheet)), "a")
    assert before.ret is not None
    assert after.ret is not None
    assert after.ret.identity == before.ret.identity
    assert [field.value for field in after.ret.cover.values()] == [field.value for field in before.ret.cover.values()]
    assert [text.text for text in after.ret.explanations] == [text.text for text in before.ret.explanations]
    assert after.ret.answers == before.ret.answers
    assert {number: [one.text for one in text] for number, text in after.ret.text.items()} == {
        number: [one.text for one in text] for number, text in before.ret.text.items()
    }
    assert sorted(codes(after)) == sorted([*codes(before), "FORM_011"])
    (note,) = named(after, "FORM_011")
    assert f"工作表“{sheet}”被改名为“{pattern.format(sheet)}”" in note.message


@pytest.mark.parametrize("pattern", NAMES)
def test_identity_of_a_blank_stands_on_its_renamed_cover(filled: Book, pattern: str) -> None:
    """Where nothing else carries it, the body and the year come from the cover under whatever name."""
    reading = read_book(renamed(anonymous(filled), COVER.name, pattern.format(COVER.name)), "a")
    assert reading.ret is not None
    assert (reading.ret.identity.code, reading.ret.year) == (CODE, 2024)
    assert sorted(set(codes(reading))) == ["FORM_002", "FORM_011"]


@pytest.mark.parametrize("pattern", NAMES)
def test_meta_alone_carries_identity_under_another_name(filled: Book, pattern: str) -> None:
    """Renamed and made visible it is still heard, and is no additional sheet."""
    book = replace(renamed(filled, META.name, pattern.format("_meta")), properties={}, names={})
    reading = read_book(book, "a")
    assert reading.ret is not None
    assert (reading.ret.identity.issued, reading.ret.identity.round) == (True, 1)
    assert codes(reading) == ["FORM_011"]


@pytest.mark.parametrize(
    ("cells", "code", "severity"),
    [
        ({}, "FORM_015", "info"),
        ({"C9": None, "C10": None, "C12": None}, "FORM_015", "info"),
        ({"C9": "样例县教育局"}, "FORM_016", "error"),
        ({"C10": "12370830683084820X"}, "FORM_016", "error"),
        ({"C11": "2023"}, "FORM_016", "error"),
        ({"C15": "010-1"}, "FORM_016", "warning"),
    ],
)
def test_two_covers_are_compared(filled: Book, cells: dict[str, str | None], code: str, severity: str) -> None:
    """A copy that says nothing else is named; one that says something else is quoted with both values."""
    reading = read_book(copied(anonymous(filled), COVER.name, "封面 (2)", **cells), "a")
    (note,) = named(reading, code)
    assert (note.severity.value, note.sheet) == (severity, "封面 (2)")
    assert not {"FORM_012", "FORM_011", "ID_001", "ID_004"} & set(codes(reading))
    if code == "FORM_016":
        (value,) = cells.values()
        assert f"与“{value}”" in note.message


def test_the_cover_that_was_filled_is_read(filled: Book) -> None:
    """A clerk fills the copy and leaves the original blank: the copy is read, which is said."""
    book = with_sheet(copied(anonymous(filled), COVER.name, "封面 (2)"), COVER.name, emptied)
    reading = read_book(book, "a")
    assert reading.ret is not None
    assert reading.ret.identity.code == CODE
    assert "FORM_015" in codes(reading)


def emptied(sheet: Sheet) -> Sheet:
    """Return a cover without what was typed into it."""
    fields = {place for key, place in COVER.cells.items() if key != "year"}
    return replace(sheet, cells={place: cell for place, cell in sheet.cells.items() if place not in fields})


def test_explanations_of_both_copies_are_read(filled: Book) -> None:
    """Of what is written on 校验 and on a copy of it the newer explains; no copy of it is an additional sheet."""
    (row,) = (
        row for (row, column), cell in filled.sheet(CHECKS.name).cells.items()  # type: ignore[union-attr]
        if column == CHECKS.column("explanation") and cell.value == "均为上年案件"
    )  # fmt: skip
    reading = read_book(copied(filled, CHECKS.name, "校验 (2)", **{f"I{row + 1}": "另一种说法"}), "a")
    assert reading.ret is not None
    assert "另一种说法" in {text.text for text in reading.ret.explanations}
    assert codes(reading) == ["FORM_015"]


def test_two_meta_that_differ_contradict_each_other(filled: Book) -> None:
    """A copy of ``_meta`` with another year is a contradiction, as between the other carriers."""
    sheet = filled.sheet(META.name)
    assert sheet is not None
    (row,) = (row for (row, column), cell in sheet.cells.items() if column == 0 and cell.value == "year")
    reading = read_book(copied(filled, META.name, "_meta (2)", **{f"B{row + 1}": "2019"}), "a")
    assert "工作表“_meta (2)”为“2019”" in named(reading, "FORM_004")[0].message


def test_a_sheet_called_cover_that_is_none_gives_way(filled: Book) -> None:
    """A cover of one's own under the name 封面 is additional; ours beside it is read."""
    own = Sheet("封面", "visible", False, {(0, 0): Cell("样例局年报", text="样例局年报")})
    book = renamed(anonymous(filled), COVER.name, "封面（原）")
    reading = read_book(replace(book, sheets=(own, *book.sheets)), "a")
    assert reading.ret is not None
    assert reading.ret.identity.code == CODE
    assert [finding.sheet for finding in named(reading, "FORM_012")] == ["封面"]


def test_details_and_corrections_of_a_roll_up_are_found_renamed(tmp_path: Path) -> None:
    """A roll-up one level down whose sheets were renamed adds up as before."""
    path, _ = rolled_up(tmp_path)
    book = renamed(renamed(open_book(path), DETAIL_SHEET, "明细 (2)"), ADJUSTMENTS.name, "调整 - 表格 1")
    before, after = read_book(open_book(path), "a").ret, read_book(book, "a").ret
    assert before is not None
    assert after is not None
    assert after.figures == before.figures
    assert any(after.figures[code] for code in SMALL)


# What is ours wherever it stands


def shifted(book: Book, name: str, axis: int, at: int, count: int) -> Book:
    """Return a workbook with rows (axis 0) or columns of a sheet inserted or deleted; the names follow."""

    def moved(place: tuple[int, int]) -> tuple[int, int] | None:
        line = place[axis]
        if count < 0 and at <= line < at - count:
            return None
        new = line + count if line >= at else line
        return (new, place[1]) if axis == 0 else (place[0], new)

    def change(sheet: Sheet) -> Sheet:
        cells = {new: cell for place, cell in sheet.cells.items() if (new := moved(place)) is not None}
        return replace(sheet, cells=cells, merges=())

    names = {}
    for key, target in book.names.items():
        sheet, _, cell = target.rpartition("!")
        new = moved(parse_a1(cell)) if sheet.strip("'") == name and ":" not in cell else None
        names[key] = f"{sheet}!{a1(*new, absolute=True)}" if new is not None else target
    return replace(with_sheet(book, name, change), names=names)


def shifts(book: Book, step: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield every ``step``-th place of every sheet at which a row or column can come or go."""
    every = [
        (sheet.name, axis, at, count)
        for sheet in book.sheets
        for axis in (0, 1)
        for at in range(min(max((place[axis] for place in sheet.cells), default=0) + 2, 60))
        for count in (1, -1)
    ]
    yield from every[::step]


def becomes_nothing(blank: Book, steps: Iterator[tuple[str, int, int, int]]) -> None:
    """Assert that nothing of a blank becomes text, remark, explanation or answer, nor is quoted."""
    for step in steps:
        reading = read_book(shifted(blank, *step), "a")
        assert reading.ret is not None, step
        ret = reading.ret
        assert [text for text in ret.text.values() if text] == [], step
        assert (ret.remarks, ret.explanations, ret.declared) == ((), (), frozenset()), step
        assert set(ret.answers.values()) == {Blank()}, step
        assert {key for key, field in ret.cover.items() if field.value} <= {"year"}, step
        assert not {"FORM_045", "FORM_046", "FORM_047"} & set(codes(reading)), step


STEP = {"test": 23, "soak": 1}


@pytest.mark.parametrize("seen", ["xlsx", "xls"])
def test_nothing_of_ours_becomes_an_answer(blank: Book, seen: str) -> None:
    """Wherever a row or column comes or goes, prompts, notes and live lines stay ours."""
    book = blank if seen == "xlsx" else blind(blank)
    becomes_nothing(book, shifts(book, STEP["test"]))


@soak
@pytest.mark.parametrize("seen", ["xlsx", "xls"])
def test_nothing_of_ours_becomes_an_answer_anywhere(blank: Book, seen: str) -> None:
    """The same at every place."""
    book = blank if seen == "xlsx" else blind(blank)
    becomes_nothing(book, shifts(book, STEP["soak"]))


def typed(book: Book, blank: Book) -> list[tuple[str, tuple[int, int], str]]:
    """Return what stands in a workbook that no blank holds: sheet, place and text; 审核意见 is ours but for its column."""
    found = []
    for sheet in book.sheets:
        empty = blank.sheet(sheet.name)
        if empty is None or sheet.name == META.name:
            continue
        for place, cell in sheet.cells.items():
            other = empty.cell(*place).value
            rule = sheet.name == CHECKS.name and place[1] in (CHECKS.column("number"), CHECKS.column("level"))
            dated = sheet.name == COVER.name and place[0] in (COVER.below, COVER.below + 1)
            if cell.value is not None and cell.formula is None and cell.value != other and not rule and not dated:
                found.append((sheet.name, place, text_of(cell)))
    return found


def loses_nothing(filled: Book, blank: Book, steps: Iterator[tuple[str, int, int, int]]) -> None:
    """Assert that what was typed is read or quoted unless it was deleted, and that nothing else is read as text."""
    theirs = typed(filled, blank)
    texts = {text for _, _, text in theirs}
    assert {"甲段公开", "均为上年案件", CODE} <= texts
    for step in steps:
        name, axis, at, count = step
        reading = read_book(shifted(filled, *step), "a")
        assert reading.ret is not None, step
        ret = reading.ret
        known = {paragraph.text for text in ret.text.values() for paragraph in text}
        assert known <= texts, step
        known |= {remark.value for remark in ret.remarks} | {text.text for text in ret.explanations}
        assert {remark.value for remark in ret.remarks} <= texts, step
        known |= {field.value for field in ret.cover.values()}
        known |= {answer.raw for answer in ret.answers.values() if isinstance(answer, Filled)}
        quoted = "\n".join(finding.message for finding in reading.findings)
        if "FORM_010" in codes(reading):
            continue  # The sheet as a whole could not be recognised, which is an error.
        lost = [
            text for sheet, place, text in theirs
            if sheet == name and not (count < 0 and at <= place[axis] < at - count)
            and text not in known and text not in quoted
        ]  # fmt: skip
        assert lost == [], step


def test_nothing_of_theirs_is_lost(filled: Book, blank: Book) -> None:
    """Wherever a row or column comes or goes, what was typed is read in its place or quoted."""
    loses_nothing(filled, blank, shifts(filled, STEP["test"]))


@soak
def test_nothing_of_theirs_is_lost_anywhere(filled: Book, blank: Book) -> None:
    """The same at every place."""
    loses_nothing(filled, blank, shifts(filled, STEP["soak"]))


def test_a_chapter_pasted_onto_another_brings_no_words_of_ours(filled: Book) -> None:
    """Its title, prompt and sub-headings stay ours; its paragraphs are text of the chapter they were pasted into."""
    source = filled.sheet(ONE)
    assert source is not None
    pasted = {(row + 10, column): cell for (row, column), cell in source.cells.items() if column == 0}
    reading = read_book(with_sheet(filled, SIX, lambda six: replace(six, cells=dict(six.cells) | pasted)), "a")
    assert reading.ret is not None
    assert [one.text for one in reading.ret.text["六"]] == ["戊段其他", "甲段公开", "乙段监督"]


def test_text_in_place_of_a_heading_is_no_heading(filled: Book) -> None:
    """The row of a sub-heading was deleted: the paragraph that moved up is text, and the heading is missed."""
    reading = read_book(shifted(filled, ONE, 0, 2, -1), "a")
    assert reading.ret is not None
    assert [one.text for one in reading.ret.text["一"]] == ["甲段公开", "乙段监督"]
    assert [(note.code, note.cell) for note in reading.findings] == [("TEXT_004", "A3")]


def test_text_typed_above_a_table_is_quoted(filled: Book) -> None:
    """A text in a row that was inserted between title and table is theirs."""
    book = shifted(filled, T3, 0, 2, 1)
    book = with_sheet(book, T3, lambda sheet: replace(sheet, cells=dict(sheet.cells) | {(2, 0): Cell("本单位更名")}))
    reading = read_book(book, "a")
    assert reading.ret is not None
    assert [remark.value for remark in reading.ret.remarks] == ["本单位更名"]


# What programs leave of our formulas


@pytest.mark.parametrize("shown", [0, "", None, CellError("#REF!"), CellError("#NAME?"), False], ids=repr)
@pytest.mark.parametrize("kind", only(("xlsx", "xls"), "xlsx"))
def test_live_lines_are_ours_whatever_is_cached(filled: Book, shown: object, kind: str) -> None:
    """All results lost: lines that formulas put together are no figures or texts outside the form."""

    def lost(cell: Cell) -> Cell:
        if cell.formula is None or not isinstance(cell.value, str):
            return cell
        formula, locked = (cell.formula, cell.locked) if kind == "xlsx" else (None, None)
        return cell._replace(value=shown, text=str(shown), formula=formula, locked=locked)  # type: ignore[arg-type]

    reading = read_book(replace(filled, sheets=tuple(mapped(sheet, lost) for sheet in filled.sheets)), "a")
    assert codes(reading) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [(CHECKS.name, ["FORM_014"]), (COVER.name, ["FORM_010"]), (META.name, []), (REVIEW.name, [])],
)
def test_a_deleted_sheet_is_said_as_that(filled: Book, name: str, expected: list[str]) -> None:
    """What referred to it shows #REF!, which follows from it and is nobody's text; identity has other carriers."""
    reading = read_book(without(filled, name), "a")
    assert reading.ret is not None
    assert codes(reading) == expected
    assert reading.ret.identity.code == CODE
    if name == CHECKS.name:
        assert "工作表“校验”被删除" in reading.findings[0].message


# Smaller things


def test_what_is_quoted_has_fifteen_digits() -> None:
    """A message shows 3.3 as programs do, not the double that the file stores; a long code stays as it stands."""
    assert text_of(Cell(number("3.3000000000000003"), "1.1+2.2", False, text="3.3000000000000003")) == "3.3"
    assert text_of(Cell(913708001234567000, text="9.13708001234567E+17")) == "9.13708001234567E+17"


def test_an_issued_code_that_became_a_number_says_so(filled: Book) -> None:
    """The code of the body was typed over and the program made a number of it: the message says what it did."""
    cell = Cell(913708001234567000, None, True, text="9.13708001234567E+17")
    place = COVER.cells["code"]
    reading = read_book(with_sheet(filled, COVER.name, lambda s: replace(s, cells=dict(s.cells) | {place: cell})), "a")
    assert "表格程序把它当成了数" in named(reading, "ID_002")[0].message


@pytest.mark.parametrize(("shown", "read"), [("14.4万", True), ("14.4万件", True), ("14.5万", False), ("14.4", False)])
def test_a_count_shown_in_a_scaled_unit_passes_only_if_it_is_the_same_value(shown: str, read: bool) -> None:
    """144000 shown as 14.4万 is 144000; another value, or none of its unit, is not taken."""
    answer = answer_of(Cell(144000, text="144000", look=Look(shown)), "count")
    assert (answer == Filled(144000, "144000")) is read
