"""Templates issued to many bodies are, byte for byte, those that writing each by itself gives – and few are built."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import APPLICANTS, a_return
from tests.soaking import soak
from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.excel_out import render, render_many, rendering
from toolkit.findings import Severity
from toolkit.forms import load_form
from toolkit.returns import Explanation, Return
from toolkit.returns.last_year import LastYear
from toolkit.roster import Respondent, Roster, check_character
from toolkit.roster.tokens import Key
from toolkit.workbook import Filling, Mark, Text, describe, issuing, write, writing
from toolkit.workbook.issuing import issued


class Library:
    """Counts the workbooks that XlsxWriter begins."""

    begun = 0


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    counted, original = Library(), rendering.Structured

    def begin(*given: Any) -> Any:
        counted.begun += 1
        return original(*given)

    monkeypatch.setattr(rendering, "Structured", begin)
    return counted


def body(number: int, name: str, level: str = "县级部门") -> Respondent:
    code = f"1199{number:06d}5AMP00X"
    return Respondent(code + check_character(code), name, "", level, "", True, None, None, ())


def last_year(form: str, figures: Mapping[str, Number | None]) -> Return:
    """Return a return whose 结转下年度 and, in the 2019 format, 上一年项目数量 are the figures; None is a blank."""
    answers: dict[str, Answer] = {
        f"t3.r4.{key}": Blank() if value is None else Filled(value) for key, value in figures.items()
    }
    return a_return(form=form, year=None, answers=answers)


def carried(*values: int | None) -> dict[str, Number | None]:
    return dict(zip(APPLICANTS, values, strict=True))


SOME = carried(1, 2, 3, 4, 5, 6)
BLANK = carried(1, None, 3, 4, 5, 6)
BODIES: tuple[tuple[str, str, dict[str, Number | None] | None, bool], ...] = (
    # name, level, what last year carries over, and whether its template has to be built in full
    ("样例县财政局", "县级部门", SOME, True),
    ("样例县教育局", "县级部门", carried(0, 7, 0, 12, 0, 345), False),
    ("甲&乙<丙>\"丁\"'戊'局", "乡镇", SOME, False),
    ("合计", "县级部门", SOME, False),
    # Of a level that nobody knows C2 is not asked.
    ("2025", "2025", SOME, True),
    ("坏\ud800\x01局", "县级部门", SOME, False),
    (" 首尾有空格 ", "县级部门", SOME, False),
    ("长" * 100, "县级部门", SOME, True),  # the line of the body grows with it
    ("样例县财政局", "县级部门", carried(0, 0, 0, 0, 0, 0), False),
    ("样例县统计局", "县级部门", carried(99_999_999, 1, 1, 1, 1, 1), False),
    ("样例县审计局", "县级部门", BLANK, True),
    ("样例县民政局", "县级部门", None, True),
    ("样例县司法局", "县级部门", BLANK, False),
    ("样例县档案局", "县级部门", None, False),
    ("样例县财政所", "", SOME, True),
    ("样例县某!局", "县级部门", SOME, True),
    ("样例县水利局", "县级部门", SOME, False),
    ("样例县林业局", "县级部门", SOME, False),
)


@pytest.mark.parametrize(
    ("form", "year", "only", "key"),
    [pytest.param("2021", 2025, None, None, marks=soak), ("2019", 2020, 5, Key(b"k" * 32))],
)
def test_issued_templates_have_the_bytes_of_each_built_by_itself(
    form: str, year: int, only: int | None, key: Key | None, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of every kind, figures, blanks, bodies without last year; the library is only asked where it has to be."""
    told = [(body(at, name, level), last, built) for at, (name, level, last, built) in enumerate(BODIES[:only])]
    roster = Roster("样例县", tuple(each for each, _, _ in told))
    before = LastYear({(each.code, year - 1): last_year(form, last) for each, last, _ in told if last is not None})
    built: list[bool] = []
    fast: list[tuple[str, bytes]] = []
    for name, data, _ in issued(load_form(form), year, roster, before, key):
        built.append(library.begun > 0)
        library.begun = 0
        fast.append((name, data))
    assert built == [each for _, _, each in told]
    monkeypatch.setattr(issuing, "render_many", lambda books: map(render, books))
    assert [(name, data) for name, data, _ in issued(load_form(form), year, roster, before, key)] == fast
    assert len({data for _, data in fast}) == len(told)


def test_a_token_makes_another_shape(library: Library) -> None:
    """With a token the cover has a line more; within either shape nothing is built twice."""
    plain = Filling(load_form("2021"), 2025, kind="issued", code="1", name="甲", level="县级部门", region="样例县")
    told = (plain, replace(plain, token="t-1"), replace(plain, name="乙"), replace(plain, token="t-22", code="2"))
    data = list(render_many(map(describe, told)))
    assert library.begun == 2
    assert data == [write(filling) for filling in told]


def everything() -> list[Filling]:
    """Return fillings each of which differs from the one before in something that a workbook can hold."""
    form = load_form("2021")
    check = next(rule for rule in form.rules if rule.on_sheet).checks[0]
    first, money = form.inputs[0], next(code for code in form.inputs if form.items[code].kind == "money")
    answers: dict[str, Answer] = {code: Filled(at) for at, code in enumerate(form.inputs)}
    answers[money] = Filled(Decimal("14.40"))
    whole = Filling(form, 2025, kind="issued", code="1", name="甲", level="县级部门", answers=answers)
    return [
        whole,
        replace(whole, answers=answers | {money: Filled(Decimal("14.4"))}),
        replace(whole, answers=answers | {money: Filled(Decimal(0))}),
        replace(whole, answers=answers | {money: Filled(0)}),
        replace(whole, answers=answers | {"t3.r1.natural": Filled(0)}),
        replace(whole, answers=answers | {first: Unreadable("约60", "VALUE_010")}),
        replace(whole, answers=answers | {first: Unreadable("约70", "VALUE_010")}),
        replace(whole, answers=answers | {first: Blank()}),
        replace(whole, answers=answers | {first: Blank()}, declared=frozenset({form.items[first].table})),
        replace(whole, marks={first: Mark(Severity.ERROR, "不对")}),
        replace(whole, marks={first: Mark(Severity.ERROR, "也不对")}),
        replace(whole, cover={"preparer": "填报人甲", "phone": "0000"}, text={"一": (Text("", "第一段。"),)}),
        replace(whole, cover={"preparer": "填报人乙", "phone": "0001"}, text={"一": (Text("", "另一段。"),)}),
        replace(whole, explanations=(Explanation(check.rule, check.items, "abc", "原因"),)),
        replace(
            whole, explanations=(Explanation(check.rule, check.items, "abd", "别的"), Explanation("X5", (), "", "因"))
        ),
        replace(whole, formulas={first: "1+1"}),
        replace(whole, year=2026),
    ]


def test_a_described_workbook_is_a_value() -> None:
    """The same filling gives an equal value, and whatever differs in a filling differs in it."""
    fillings = everything()
    assert [describe(filling) for filling in fillings] == [describe(filling) for filling in fillings]
    # 14.4 and 14.40, 0 and 0.0 are the same figure.
    equal = [at for at in range(1, len(fillings)) if describe(fillings[at - 1]) == describe(fillings[at])]
    assert equal == [1, 3]


@soak
def test_whatever_differs_is_seen(library: Library) -> None:
    """Each is written as by itself; some by the finished file of another."""
    fillings = everything()
    data = list(render_many(map(describe, fillings)))
    assert 0 < library.begun < len(fillings)
    assert data == [write(filling) for filling in fillings]


def test_a_change_of_the_writer_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that puts more into the second workbook than into the first is followed."""
    filling = Filling(load_form("2021"), 2025, kind="issued", code="1", name="甲", level="县级部门", region="样例县")
    first, original = describe(filling), writing.put_meta

    def more(sheet: Any, what: Filling) -> None:
        original(sheet, what)
        sheet.text(40, 3, "多")

    monkeypatch.setattr(writing, "put_meta", more)
    other = replace(filling, name="乙")
    assert list(render_many((first, describe(other))))[1] == write(other)
    assert library.begun == 3


@soak
def test_templates_come_one_by_one_and_take_little_memory() -> None:
    """What is kept for a shape does not grow with the bodies."""
    roster = Roster("样例县", tuple(body(at, f"样例单位{at}") for at in range(40)))
    templates = issued(load_form("2021"), 2025, roster, None)
    for _ in range(3):
        next(templates)
    tracemalloc.start()
    try:
        for _ in templates:
            pass
        grown, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 2_000_000
    assert peak < 4_000_000
