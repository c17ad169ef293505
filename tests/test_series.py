"""A workbook stamped into the file of another has the bytes of one rendered; what is no value is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import (
    BlockRow,
    Chart,
    Protection,
    RowBlock,
    Workbook,
    Worksheet,
    cell_format,
    render,
    render_many,
    rendering,
    series,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a small workbook says."""

    text: str = "某局"
    other: str = "合计"
    number: Number = 7
    result: Number | str = "填报单位：某局"
    sum: Number = 7
    note: str = "取自上一年度年报（7）。"
    constant: str = '="某局"'
    properties: dict[str, str] = field(default_factory=lambda: {"nianbao.name": "某局", "nianbao.code": "1"})
    formula: str = '"填报单位："&A1'
    bold: bool = False
    rows: int = 1
    sheets: int = 1
    title: str = "年报"
    protected: bool = True
    more: Callable[[Workbook, Worksheet], object] | None = None


def put(told: Told) -> Workbook:
    """Describe it: a text twice, one that is written over, a merged one, figures, formulas, a note, a link, names."""
    book = Workbook(datetime(2026, 1, 1), title=told.title, properties=dict(told.properties))
    sheet = book.sheet("表")
    for at in range(1, told.sheets):
        book.sheet(f"表{at}")
    fmt = cell_format(border=1)
    sheet.text(0, 0, told.text, cell_format(bold=told.bold))
    sheet.merge(Area(0, 1, 0, 3), told.other, fmt)
    sheet.text(1, 0, "合计", fmt)
    sheet.text(1, 1, told.text, fmt)
    sheet.text(1, 1, "盖过", fmt)
    sheet.number(2, 0, told.number, fmt)
    sheet.formula(2, 1, told.formula, fmt, told.result)
    sheet.formula(2, 2, "SUM(A3)", fmt, told.sum)
    sheet.formula(5, 0, "A3", fmt, told.number)
    sheet.text(5, 1, told.text, fmt)
    sheet.text(5, 2, "块", fmt)
    sheet.note(2, 0, told.note)
    sheet.link(3, 0, "'表'!A1", fmt, "定位", "转到这一处")
    for row in range(told.rows):
        sheet.text(9 + row, 0, "尾", fmt)
    if told.more is not None:
        told.more(book, sheet)
    book.define("NIANBAO_NAME", told.constant)
    book.define("NB_A1", "='表'!$A$1")
    if told.protected:
        sheet.protection = Protection()
    return book


class Library:
    """Counts the workbooks that XlsxWriter begins."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        original = rendering.Structured

        def begin(*given: Any) -> Any:
            self.begun += 1
            return original(*given)

        monkeypatch.setattr(rendering, "Structured", begin)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    return Library(monkeypatch)


def after(told: Told, library: Library, first: Told | None = None) -> bool:
    """Write a first and this, check the bytes, and tell whether the second was rendered."""
    books = [put(Told() if first is None else first), put(told)]
    before = library.begun
    got = list(render_many(books))
    built = library.begun - before
    assert got == [render(book) for book in books]
    return built == 2


TEXTS = (
    "甲", "甲&乙<丙>\"丁\"'戊'", "<r>x</r>", " 前", "后 ", "上\n下", "\t", "坏\x01\x7f", "\ud800半个", "_x0041_", "\U0001f600", "合计", "定位",
    "盖过", "1", "=1+1", "长" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_stamped(text: str, library: Library) -> None:
    """In a cell, in a cached result, a note of one line, a property and a constant; as new, as known, as odd as it is."""
    short = text[:50]
    told = Told(text=text, other=text, result=f"填报单位：{text}", constant=f'="{short}"')
    told = replace(told, properties={"nianbao.name": short, "nianbao.code": "2"})
    assert not after(told, library)
    assert not after(Told(), library, first=told)
    assert not after(Told(note="改"), library, first=Told(note="\x01&" if "\n" in text else "&" + text[:9]))


@pytest.mark.parametrize(
    "number",
    [
        0,
        -3,
        99_999_999,
        Decimal("14.4"),
        Decimal("14.40"),
        Decimal("0.1") + Decimal("0.2"),
        Decimal(0),
        Decimal("1234567.890123456"),
    ],
)
def test_any_figure_is_stamped(number: Number, library: Library) -> None:
    """0 and Decimal(0) are equal and yet spelled differently as a cached value."""
    told = Told(number=number, sum=number, result=number)
    assert not after(told, library)
    assert not after(Told(number=0, sum=0), library, first=told)


def insert(_: Workbook, sheet: Worksheet) -> None:
    sheet.charts.append(Chart((20, 0), "column", {"values": "='表'!$A$3"}, {}, (100, 100), "图"))


def line(_: Workbook, sheet: Worksheet) -> None:
    sheet.blocks.append(RowBlock(20, (BlockRow(20, ("甲",), (cell_format(),)),), cell_format()))


OTHERS: dict[str, Told] = {
    "a result that looks like an error": Told(result="#N/A"),
    "a result that looks like a text": Told(result="#1"),
    "a figure too large to be sure of": Told(number=10**20),
    "a sum too large to be sure of": Told(sum=10**20),
    "a note that needs a higher box": Told(note="高" * 200),
    "a constant that looks like a range": Told(constant='="某!局"'),
    "a long property": Told(properties={"nianbao.name": "长" * 200, "nianbao.code": "1"}),
    "a property more": Told(properties={"nianbao.name": "某局", "nianbao.code": "1", "nianbao.level": "县"}),
    "a property less": Told(properties={"nianbao.name": "某局"}),
    "another formula": Told(formula='"单位："&A1'),
    "another format": Told(bold=True),
    "another title": Told(title="月报"),
    "a call more": Told(rows=2),
    "a call less": Told(rows=0),
    "the last call less": Told(protected=False),
    "a sheet more": Told(sheets=2),
    "a setting more": Told(more=lambda _, sheet: setattr(sheet, "zoom", 80)),
    "another sheet's setting": Told(sheets=1, more=lambda book, _: setattr(book.sheet("另"), "cursor", (1, 1))),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_value_is_built_in_full(what: str, library: Library) -> None:
    """Every other difference, and every value of which it is not certain how it is spelled; in both directions."""
    assert after(OTHERS[what], library)
    assert after(Told(), library, first=OTHERS[what])


def test_a_near_miss_is_stamped(library: Library) -> None:
    """Nothing differs, or only the range of what may: a note of as many lines, a constant, a long text."""
    assert not after(Told(), library)
    assert not after(Told(note="高" * 9, constant='="某局甲"', text="长" * 15_000), library)
    assert after(Told(text="长" * 17_000), library)
    for gone in (Told(text=""), Told(other="")):
        assert not after(gone, library)
        assert not after(Told(), library, first=gone)


def test_charts_and_lines_are_rendered(library: Library) -> None:
    """A chart shows cells of its own accord, and lines are not there before they are written."""
    for more in (insert, line):
        assert after(Told(more=more), library, first=Told(more=more))
        assert after(Told(more=more), library)


def test_the_shapes_are_bounded_and_the_last_ones_stay(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for two, a third pushes out the one that was not written for the longest time."""
    monkeypatch.setattr(series, "_MOST", 2)
    shapes = {shape: put(Told(rows=rows)) for rows, shape in enumerate("甲乙丙")}
    written = render_many(map(shapes.__getitem__, "甲乙甲丙甲乙"))
    for begun in (1, 2, 2, 3, 3, 4):
        next(written)
        assert library.begun == begun


@pytest.mark.parametrize(("part", "old", "new"), [("sheet", b"</v></c>", b"</v>"), ("custom", b"lpwstr", b"lpstr")])
def test_a_file_that_is_not_understood_is_no_master(
    part: str, old: bytes, new: bytes, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that stand elsewhere than they should are found before anything is stamped."""
    other = re.compile(series._PATTERNS[part].pattern.replace(old, new))
    monkeypatch.setitem(series._PATTERNS, part, other)
    assert after(Told(number=8), library)


def test_a_value_at_a_wrong_place_would_be_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison of bytes that all these tests make fails when a value goes to another cell."""
    original = series._Master._stamped

    def moved(self: Any, values: Any) -> bytes:
        return original(
            self, values if len(values) > 9 else {(part, (1, 0)): value for (part, _), value in values.items()}
        )

    monkeypatch.setattr(series._Master, "_stamped", moved)
    with pytest.raises(AssertionError):
        after(Told(sum=8), library)
