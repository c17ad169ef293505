"""Every sheet that is read back is described once: what is written stands there, and a column that moves, moves for all."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.rollups import code_of
from tests.soaking import first_of, only
from tests.test_reading_files import filling, saved
from tests.test_rollup import AGAIN, CHANGE, adjusted, rolled, three
from toolkit.cells import ListSheet
from toolkit.excel_in import open_book
from toolkit.findings import finding
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import (
    ADJUSTMENT_ROWS,
    ADJUSTMENTS,
    CHAPTER,
    CHECKS,
    COVER,
    DETAIL_COLUMNS,
    META,
    META_EXPLANATIONS,
    META_KEYS,
    REVIEW,
    SWITCH_TEXT,
)
from toolkit.reading import read, returns_in
from toolkit.reading.contributions import read_contributions
from toolkit.reading.corrections import read_corrections
from toolkit.returns import Return
from toolkit.roster import ROSTER, roster_from_rows
from toolkit.workbook import write
from toolkit.workbook.rollup import write_rollup
from toolkit.workbook.rosters import roster_bytes

ROW = [code_of(1), "样例县第一局", "一局", "县级部门", "a@example.cn", "是", "2020", "2030", "", "", ""]

DOUBT = finding("TEXT_001", sheet="六、其他事项", cell="A3", number="六", title="其他", name="六、其他事项")


def opened(data: bytes) -> Any:
    """Open a workbook with openpyxl, for what its cells show."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def titles(sheet: Any, listing: ListSheet) -> list[object]:
    """Return what stands where the columns of a list have their titles."""
    row = listing.header_row + 1
    return [sheet.cell(row, listing.column(column.code) + 1).value for column in listing.titled]


def rollup_bytes() -> bytes:
    """Return a roll-up of three bodies with two corrections of one figure."""
    return write_rollup(adjusted(rolled(three()), CHANGE, AGAIN))


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_written_workbook_stands_as_it_is_described(form_id: str) -> None:
    """Labels of the cover and of the tables, titles of chapters and lists, keys of _meta: each in its cell."""
    layout = lay_out(load_form(form_id))
    book = opened(write(filling(form_id, "reply")))
    assert [sheet for sheet in book.sheetnames if sheet != REVIEW.name] == list(layout.sheets)
    for key, label in COVER.fields:
        row, column = COVER.label_cell(key)
        assert book[COVER.name].cell(row + 1, column + 1).value == label
    for table in layout.tables:
        for (row, column), text in table.labels:
            assert book[table.sheet].cell(row + 1, column + 1).value == text
        assert str(book[table.sheet].cell(table.switch[0] + 1, 1).value).startswith(SWITCH_TEXT)
    for chapter in layout.chapters:
        column = CHAPTER.column("text") + 1
        title = book[chapter.sheet].cell(CHAPTER.header_row + 1, column).value
        assert title == f"{chapter.part.number}、{chapter.part.title}"
        assert [book[chapter.sheet].cell(row + 1, column).value for row, _ in chapter.heads] == list(chapter.part.heads)
    for listing in (CHECKS, REVIEW):
        assert titles(book[listing.name], listing) == list(listing.titles)
    for line in layout.checks.lines:
        assert book[CHECKS.name].cell(line.row + 1, CHECKS.column("words") + 1).value == line.check.words
    keys = [cell.value for cell in book[META.name][openpyxl.utils.get_column_letter(META.column("key") + 1)]]
    assert set(keys[: keys.index(META_EXPLANATIONS)]) <= set(META_KEYS)


def test_a_roll_up_and_a_roster_stand_as_they_are_described() -> None:
    """Titles and codes of 明细, titles of 调整 and of the roster."""
    book = opened(rollup_bytes())
    details = lay_out(load_form("2021")).details
    assert titles(book[details.name], details) == list(details.titles)
    codes = [cell.value for cell in book[details.name][details.first_row]]
    assert codes == [column.code for column in details.columns]
    assert titles(book[ADJUSTMENTS.name], ADJUSTMENTS) == list(ADJUSTMENTS.titles)
    roster = opened(roster_bytes("样例县", [ROW]))[ROSTER.name]
    assert titles(roster, ROSTER) == [column.title + "*" * column.required for column in ROSTER.columns]


def test_only_the_owners_cells_are_unlocked() -> None:
    """In every list the columns that somebody types into are open, all others locked."""
    content = replace(filling("2021", "reply"), review=(DOUBT,))
    reply, rollup, roster = opened(write(content)), opened(rollup_bytes()), opened(roster_bytes())
    lines = len(lay_out(content.form).checks.lines)
    for book, listing, rows in (
        (reply, CHECKS, lines), (reply, REVIEW, 1), (rollup, ADJUSTMENTS, ADJUSTMENT_ROWS), (roster, ROSTER, 20),
    ):  # fmt: skip
        first = listing.first_row + 1
        grid = book[listing.name].iter_rows(min_row=first, max_row=first + rows - 1, max_col=len(listing.columns))
        unlocked = {cell.column - 1 for row in grid for cell in row if not cell.protection.locked}
        assert unlocked == {listing.column(column.code) for column in listing.columns if column.owner}


def forget() -> None:
    """Clear what is remembered of layouts; the forms themselves stay the same objects."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("toolkit.forms.layout", "toolkit.workbook", "toolkit.reading", "toolkit.checking")):
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and value is not load_form:
                    value.cache_clear()


Move = Callable[[Any, Any], None]


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Iterator[Move]:
    """Return a function that puts another description in the place of one, in every module of the package."""

    def put(old: Any, new: Any) -> None:
        forget()
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] == "toolkit":
                for attribute in [key for key, value in vars(module).items() if value is old]:
                    monkeypatch.setattr(module, attribute, new)

    yield put
    monkeypatch.undo()
    forget()


def swapped(listing: ListSheet, one: str, other: str) -> ListSheet:
    """Return a list with two of its columns exchanged."""
    columns = list(listing.columns)
    at, to = listing.column(one), listing.column(other)
    columns[at], columns[to] = columns[to], columns[at]
    return replace(listing, columns=tuple(columns))


def returned(ret: Return | None) -> tuple[object, ...]:
    """Return what a respondent put into a workbook."""
    assert ret is not None
    texts = {number: [(each.head, each.text) for each in text] for number, text in ret.text.items()}
    explanations = [(each.rule, each.items, each.fingerprint, each.text) for each in ret.explanations]
    cover = {key: field.value for key, field in ret.cover.items()}
    return ret.identity, dict(ret.answers), ret.declared, texts, explanations, cover, ret.remarks


MOVES = {
    "the cover": (COVER, replace(COVER, fields=(*COVER.fields[:3], *reversed(COVER.fields[3:])), top=9)),
    "its columns": (COVER, replace(COVER, label_column=3, value_column=4, last_column=5)),
    "校验": (CHECKS, swapped(CHECKS, "words", "verdict")),
    "its helpers": (CHECKS, swapped(CHECKS, "bad", "empty")),
    "说明 of 校验": (CHECKS, swapped(CHECKS, "explanation", "difference")),
    "审核意见": (REVIEW, swapped(REVIEW, "explanation", "found")),
    "its hidden columns": (REVIEW, swapped(REVIEW, "rule", "items")),
    "_meta": (META, swapped(META, "key", "text")),
    "chapters": (CHAPTER, swapped(CHAPTER, "text", "phrase")),
}


@pytest.mark.parametrize("what", MOVES)
@pytest.mark.parametrize("form_id", only(FORM_IDS, "2021"))
def test_a_column_that_moves_moves_for_writer_and_reader(what: str, form_id: str, move: Move, tmp_path: Path) -> None:
    """What a workbook holds is read back whole, and stands elsewhere than before."""
    content = replace(filling(form_id, "reply"), review=(DOUBT,))
    usual = saved(content, tmp_path / "a.xlsx")
    wanted = returned(read(usual, name="a.xlsx").ret)
    move(*MOVES[what])
    moved = saved(content, tmp_path / "b.xlsx")
    reading = read(moved, name="b.xlsx")
    assert returned(reading.ret) == wanted
    assert [each.code for each in reading.findings] == []
    assert moved.read_bytes() != usual.read_bytes()


@pytest.mark.parametrize(
    ("sheet", "one", "other"), [(REVIEW, "explanation", "remedy"), (CHECKS, "explanation", "link")]
)
def test_what_is_typed_into_a_moved_column_is_read(
    sheet: ListSheet, one: str, other: str, move: Move, tmp_path: Path
) -> None:
    """The explanation that a respondent types stands where the description says, not where it stood before."""
    moved = swapped(sheet, one, other)
    move(sheet, moved)
    path = saved(replace(filling("2021", "reply"), review=(DOUBT,), explanations=()), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    lines = lay_out(load_form("2021")).checks.lines
    row = moved.first_row if sheet is REVIEW else next(line.row for line in lines if line.check.rule == "C3")
    book[moved.name].cell(row + 1, moved.column("explanation") + 1).value = "本年没有"
    book.save(path)
    ret = read(path, name="a.xlsx").ret
    assert ret is not None
    rule = "TEXT_001" if sheet is REVIEW else "C3"
    assert [(each.rule, each.text) for each in ret.explanations] == [(rule, "本年没有")]


ACCOUNTS = {
    "调整": (ADJUSTMENTS, swapped(ADJUSTMENTS, "code", "item")),
    "its results": (ADJUSTMENTS, swapped(ADJUSTMENTS, "state", "change")),
    "明细": (DETAIL_COLUMNS, DETAIL_COLUMNS[::-1]),
}


@pytest.mark.parametrize("what", first_of(ACCOUNTS, 2))
def test_a_column_of_a_roll_up_that_moves_moves_for_writer_and_reader(what: str, move: Move, tmp_path: Path) -> None:
    """Rows, corrections and sums are the same, with not one finding; the tables' formulas point at the moved columns."""
    form = load_form("2021")

    def accounts(path: Path) -> tuple[object, ...]:
        path.write_bytes(rollup_bytes())
        reading, book = read(path, name="汇总.xlsx"), open_book(path)
        rows = read_contributions(book, form, "汇总.xlsx")
        assert rows is not None
        assert reading.ret is not None
        bodies = [(ret.identity, dict(ret.answers)) for ret in returns_in(path, name="汇总.xlsx")]
        findings = [each.code for each in reading.findings if each.code.startswith("FORM")]
        return rows, read_corrections(book, form, rows.rows, ""), dict(reading.ret.figures), bodies, findings

    wanted = accounts(tmp_path / "a.xlsx")
    formula = formula_of(tmp_path / "a.xlsx")
    move(*ACCOUNTS[what])
    assert accounts(tmp_path / "b.xlsx") == wanted
    assert (formula_of(tmp_path / "b.xlsx") != formula) == (what != "明细")


def formula_of(path: Path) -> str:
    """Return the formula of one figure of a roll-up's tables."""
    sheet, row, column = lay_out(load_form("2021")).cell("t3.r1.natural")
    return str(openpyxl.load_workbook(path)[sheet].cell(row + 1, column + 1).value)


def test_a_column_of_the_roster_that_moves_moves_for_writer_and_reader(move: Move) -> None:
    """The roster is written in the order of its columns and read by their titles."""
    moved = swapped(ROSTER, "name", "email")
    move(ROSTER, moved)
    row = [ROW[ROSTER.column(column.code)] for column in moved.columns]
    sheet = opened(roster_bytes("样例县", [row]))[moved.name]
    assert sheet.cell(moved.header_row + 1, 2).value == "电子邮箱"
    rows = [["" if value is None else str(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    roster, findings = roster_from_rows(rows, file="名录.xlsx", sheet=moved.name)
    assert findings == ()
    assert [(each.code, each.name, each.email) for each in roster.respondents] == [(ROW[0], ROW[1], ROW[4])]
