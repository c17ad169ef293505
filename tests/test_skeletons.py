"""A workbook patched from a skeleton has the bytes of one built in full; what is no value is built in full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from toolkit.answers import Number
from toolkit.excel_out import Make, Sheet, Skeletons, Workbook, books, parts, skeletons
from toolkit.excel_out.cuts import Cuts
from toolkit.excel_out.recording import RecordedBook
from toolkit.excel_out.replaying import same


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
    more: Callable[[Workbook, Sheet], object] | None = None


def put(make: Make, told: Told) -> Workbook:
    """Write it: a text twice, one that is written over, a merged one, figures, formulas, a note, a link, names."""
    book = make(datetime(2026, 1, 1), title=told.title, properties=told.properties)
    sheet = book.sheet("表")
    for at in range(1, told.sheets):
        book.sheet(f"表{at}")
    fmt = book.once(make_format)
    sheet.text(0, 0, told.text, book.format(bold=told.bold))
    sheet.merge(0, 1, 0, 3, told.other, fmt)
    sheet.text(1, 0, "合计", fmt)
    sheet.text(1, 1, told.text, fmt)
    sheet.text(1, 1, "盖过", fmt)
    sheet.number(2, 0, told.number, fmt)
    sheet.formula(2, 1, told.formula, fmt, told.result)
    sheet.formula(2, 2, "SUM(A3)", fmt, told.sum)
    sheet.block(put_block, told.number, told.text, fmt)
    sheet.comment(2, 0, told.note)
    sheet.link(3, 0, "'表'!A1", fmt, "定位", "转到这一处")
    for row in range(told.rows):
        sheet.text(9 + row, 0, "尾", fmt)
    if told.more is not None:
        told.more(book, sheet)
    book.define_name("NIANBAO_NAME", told.constant)
    book.define_name("NB_A1", "='表'!$A$1")
    if told.protected:
        sheet.protect()
    return book


def make_format(book: Workbook) -> Any:
    return book.format(border=1)


def put_block(sheet: Sheet, number: Number, text: str, fmt: Any) -> None:
    sheet.formula(5, 0, "A3", fmt, number)
    sheet.text(5, 1, text, fmt)
    sheet.text(5, 2, "块", fmt)


class Library:
    """Counts the workbooks that XlsxWriter begins."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        original = books.Structured

        def begin(*given: Any) -> Any:
            self.begun += 1
            return original(*given)

        monkeypatch.setattr(books, "Structured", begin)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    return Library(monkeypatch)


def after(told: Told, library: Library, first: Told | None = None) -> bool:
    """Write a first and this, check the bytes, and tell whether the second was built in full."""
    known = Skeletons()
    begun = Told() if first is None else first
    assert known.written("表", lambda make: put(make, begun)) == put(Workbook, begun).bytes()
    before = library.begun
    got = known.written("表", lambda make: put(make, told))
    built = library.begun - before
    assert got == put(Workbook, told).bytes()
    return built == 1


TEXTS = (
    "甲", "甲&乙<丙>\"丁\"'戊'", "<r>x</r>", " 前", "后 ", "上\n下", "\t", "坏\x01\x7f", "\ud800半个", "_x0041_", "\U0001f600", "合计", "定位",
    "盖过", "1", "=1+1", "长" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_patched(text: str, library: Library) -> None:
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
def test_any_figure_is_patched(number: Number, library: Library) -> None:
    """0 and Decimal(0) are equal and yet spelled differently as a cached value."""
    told = Told(number=number, sum=number, result=number)
    assert not after(told, library)
    assert not after(Told(number=0, sum=0), library, first=told)


def insert(book: Workbook, sheet: Sheet) -> None:
    chart = book.chart("column")
    chart.add_series({"values": "='表'!$A$3"})
    sheet.chart(20, 0, chart, width=100, height=100, description="图")


OTHERS: dict[str, Told] = {
    "a text goes": Told(text=""),
    "a merged text goes": Told(other=""),
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
    "a setting more": Told(more=lambda _, sheet: sheet.zoom(80)),
    "another sheet's setting": Told(sheets=1, more=lambda book, sheet: book.sheet("另").select(1, 1)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_value_is_built_in_full(what: str, library: Library) -> None:
    """Every other difference, and every value of which it is not certain how it is spelled; in both directions."""
    assert after(OTHERS[what], library)
    assert after(Told(), library, first=OTHERS[what])


def test_a_near_miss_is_patched(library: Library) -> None:
    """Nothing differs, or only the range of what may: a note of as many lines, a constant, a long text."""
    assert not after(Told(), library)
    assert not after(Told(note="高" * 9, constant='="某局甲"', text="长" * 15_000), library)
    assert after(Told(text="长" * 17_000), library)


def test_what_the_calls_do_not_tell_is_never_a_skeleton(library: Library) -> None:
    """A chart, shared numbers and rows to come depend on more than what the calls are given."""
    for more in (insert, lambda _, sheet: sheet.shared("共")):
        assert after(Told(more=more), library, first=Told(more=more))  # type: ignore[arg-type]
    assert after(Told(more=insert), library)


def test_the_shapes_are_bounded_and_the_last_ones_stay(library: Library) -> None:
    """With room for two, a third pushes out the one that was not written for the longest time."""
    known = Skeletons(2)
    told = Told()
    for shape in ("甲", "乙", "甲", "丙"):
        known.written(shape, lambda make: put(make, told))
    assert library.begun == 3
    known.written("甲", lambda make: put(make, told))
    assert library.begun == 3
    known.written("乙", lambda make: put(make, told))
    assert library.begun == 4


def test_a_wrong_shape_costs_time_and_nothing_else(library: Library) -> None:
    """The skeleton of a shape is that of the last workbook that was built."""
    known = Skeletons()
    for told in (Told(), Told(rows=3), Told(text="甲", rows=3), Told(text="乙")):
        assert known.written(None, lambda make, told=told: put(make, told)) == put(Workbook, told).bytes()
    assert library.begun == 3 + 4


@pytest.mark.parametrize("fault", ["cut", "crc", "deflated"])
def test_a_file_that_is_not_understood_is_no_skeleton(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts at a wrong place, and another way to pack, are found before anything is patched."""
    recorded = put(RecordedBook, Told())
    assert isinstance(recorded, RecordedBook)
    data = recorded.bytes()
    assert Cuts(recorded.calls, data).sound
    if fault == "cut":
        original = parts.Part.__init__
        monkeypatch.setattr(
            parts.Part, "__init__", lambda self, data, spans: original(self, data, [(a - 1, b - 1) for a, b in spans])
        )
    elif fault == "crc":
        monkeypatch.setattr(parts.zlib, "crc32", lambda _: 1)
    else:
        monkeypatch.setattr(parts.zlib, "Z_DEFAULT_COMPRESSION", 1)
    assert not Cuts(recorded.calls, data).sound


def test_a_patch_at_a_wrong_place_would_be_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison of bytes that all these tests make fails when a value goes one place too far."""
    original = skeletons._patch
    monkeypatch.setattr(
        skeletons, "_patch", lambda patches, place, pieces: original(patches, (place[0], place[1] + 1), pieces)
    )
    with pytest.raises(AssertionError):
        after(Told(number=8), library)


def test_sameness_is_strict() -> None:
    """Equal values of different types, and decimals of different digits, are not the same."""
    assert same((1, "甲", [Decimal("1.5")], {"a": 1}), (1, "甲", [Decimal("1.5")], {"a": 1}))
    assert same(Told(), Told())
    for one, other in (
        (0, Decimal(0)), (1, True), (Decimal("1.5"), Decimal("1.50")), (0.0, -0.0), ((1,), [1]), ((1,), (1, 2)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (Told(sum=0), Told(sum=Decimal(0))),
    ):  # fmt: skip
        assert not same(one, other)
