"""Every rule: a case that trips it and a near miss that does not; folding, hints, blanks, explanations."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.figures import changed, made, sound_return, zeros
from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.checking import check
from toolkit.checking.asking import fee
from toolkit.checking.explaining import is_reason
from toolkit.findings import Finding, Severity
from toolkit.forms import FORM_IDS, load_form
from toolkit.numbers import finding_of
from toolkit.returns import Explanation, Return, fingerprint

Figures = dict[str, Number]


def told(ret: Return, rule: str, **more: object) -> list[Finding]:
    return [each for each in check(ret, **more) if each.code == rule]  # type: ignore[arg-type]


def full(form: str, figures: Figures, text: str = "") -> Return:
    return made(figures, form=form, text={"六": text} if text else None)


# rule, form, figures that trip it, figures that just do not, last year's figures (None: none needed), level, chapter 六
CASES: list[tuple[str, str, Figures, Figures, Figures | None, str | None, str]] = [
    ("I1", "2021", {"t3.r1.natural": 1}, {"t3.r1.natural": 1, "t3.r4.natural": 1}, None, None, ""),
    ("I1", "2019", {"t3.r3_6.other": 2}, {"t3.r3_6.other": 2, "t3.r2.other": 2}, None, None, ""),
    (
        "I6", "2019", {"t2.licensing.last_year": 3, "t2.licensing.change": -4},
        {"t2.licensing.last_year": 3, "t2.licensing.change": -3}, None, None, "",
    ),
    (
        "I7", "2021", {"t2.normative.issued": 5, "t2.normative.in_force": 5},
        {"t2.normative.issued": 5, "t2.normative.in_force": 6}, None, None, "",
    ),
    (
        "I7", "2021", {"t2.rules.issued": 2, "t2.rules.in_force": 2},
        {"t2.rules.issued": 2, "t2.rules.in_force": 2, "t2.rules.repealed": 1}, None, None, "",
    ),
    ("X1", "2021", {"t3.r2.legal": 1}, {"t3.r2.legal": 2}, {"t3.r4.legal": 2}, None, ""),
    (
        "X2", "2021", {"t2.normative.in_force": 12, "t2.normative.issued": 3, "t2.normative.repealed": 1},
        {"t2.normative.in_force": 12, "t2.normative.issued": 3, "t2.normative.repealed": 1},
        {"t2.normative.in_force": 11}, None, "",
    ),
    ("X3", "2019", {"t2.penalty.last_year": 7}, {"t2.penalty.last_year": 6}, {"t2.penalty.last_year": 8, "t2.penalty.change": -2}, None, ""),
    ("X4", "2021", {"t4.review.upheld": 1}, {"t4.review.upheld": 1, "t4.review.pending": 1}, {"t4.review.pending": 2}, None, ""),
    ("X5", "2021", {"t2.licensing.decisions": 61}, {"t2.licensing.decisions": 60}, {"t2.licensing.decisions": 20}, None, ""),
    ("X5", "2021", {"t2.penalty.decisions": 19}, {"t2.penalty.decisions": 20}, {"t2.penalty.decisions": 60}, None, ""),
    ("C1", "2021", {"t3.r3_6_2.natural": 1, "t3.r1.natural": 1}, {}, None, None, "无其他需要报告的事项。"),
    (
        "C1", "2021", {"t2.fees.amount": Decimal("0.1199")}, {"t2.fees.amount": Decimal("0.12")}, None, None,
        "本年收取信息处理费1200元。",
    ),
    ("C2", "2021", {"t2.rules.in_force": 1}, {"t2.normative.in_force": 1}, None, "乡镇", ""),
    ("C2", "2019", {"t2.rules.made": 1}, {"t2.normative.made": 1}, None, "县级部门", ""),
    ("C3", "2021", {"t4.review.upheld": 1}, {"t4.review.upheld": 1, "t3.r1.natural": 1, "t3.r4.natural": 1}, None, None, ""),
    ("C3", "2021", {"t4.suit_after.other": 1}, {"t4.suit_after.other": 1, "t3.r2.natural": 1, "t3.r4.natural": 1}, None, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "form", "trips", "misses", "last", "level", "text"), CASES)
def test_a_rule_trips_and_a_near_miss_does_not(
    rule: str, form: str, trips: Figures, misses: Figures, last: Figures | None, level: str | None, text: str
) -> None:
    """The rule is found for the one return and not for its neighbour, with its severity, place and both sides."""
    before = None if last is None else made(last, form=form, year=2024 if form == "2021" else 2019)
    if rule == "X2":
        trips = trips | {"t2.normative.in_force": 14}
        before = made({"t2.normative.in_force": 10}, year=2024)
    found = told(full(form, trips, text), rule, last=before, level=level)
    assert found, rule
    for each in found:
        assert each.severity is load_form(form).rule(rule).severity
        assert each.rule == rule
        assert each.sheet
        assert each.cell
        assert each.items
        assert each.message
        assert each.message_en
        assert each.remedy
    assert told(full(form, misses, text), rule, last=before, level=level) == []


def test_every_rule_has_a_case() -> None:
    """No rule of either form is left without a case here (I2 to I5 are told by totals and values, see below)."""
    rules = {rule.id for form in FORM_IDS for rule in load_form(form).rules}
    assert rules - {case[0] for case in CASES} == {"I2", "I3", "I4", "I5"}


@pytest.mark.parametrize(
    ("rule", "total"), [("I3", "t3.r3_1.total"), ("I2", "t3.r3_7.natural"), ("I4", "t4.review.total")]
)
def test_a_stated_total_that_is_no_sum_breaks_its_identity(rule: str, total: str) -> None:
    """A published or typed-over total other than the sum of its parts is found; the right one is not."""
    ret = sound_return()
    right = ret.figures[total]
    assert right is not None

    def stated(value: Number) -> Return:
        return Return(ret.form, ret.identity, ret.answers, stated={total: Filled(value)}, places=ret.places)

    assert [each.items[0] for each in told(stated(right + 1), rule)] == [total]
    assert told(stated(right), rule) == []


@pytest.mark.parametrize("form", FORM_IDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_sound_return_gives_no_finding_of_a_rule(form: str, seed: int) -> None:
    """Drawn sound returns of both formats break nothing (but what is only plausible)."""
    found = check(sound_return(seed, form=form), level="县级部门")
    assert [each.code for each in found if each.severity is Severity.ERROR] == []


def test_an_identity_shows_both_sides_and_the_difference() -> None:
    """I1 names the column, the figures of both sides, the difference, and the cell."""
    ret = made({"t3.r1.natural": 58, "t3.r2.natural": 2, "t3.r3_1.natural": 50, "t3.r4.natural": 9})
    (found,) = told(ret, "I1")
    assert (found.found, found.expected, found.difference) == ("60", "59", "1")
    assert found.message == "自然人：本年新收 58＋上年结转 2＝60，办理结果总计 50＋结转下年度 9＝59，应相等，相差 1。"
    assert (found.sheet, found.cell) == ("三、依申请公开", "D7")
    assert found.items == ("t3.r1.natural", "t3.r2.natural", "t3.r3_7.natural", "t3.r4.natural")


def test_hints_really_mend() -> None:
    """Each single-cell change that is offered makes the identity hold and breaks no other."""
    ret = sound_return(3)
    broken = changed(ret, t3__r1__natural=(ret.figures["t3.r1.natural"] or 0) + 2)
    (found,) = told(broken, "I1")
    assert 1 <= len(found.hint) <= 3
    for hint in found.hint:
        cell, value = hint.partition("（")[0], int(hint.rpartition("改为 ")[2])
        code = next(code for code in ret.form.inputs if ret.places[code].cell == cell and code.startswith("t3."))
        mended = changed(broken, **{code.replace(".", "__"): value})
        assert [each for each in check(mended) if each.rule in ("I1", "I2", "I3", "I4")] == []


def test_a_swapped_pair_of_digits_is_the_first_hint() -> None:
    """Where swapping two digits mends it, that is offered first."""
    ret = made({"t3.r1.natural": 63, "t3.r3_1.natural": 36})
    (found,) = told(ret, "I1")
    assert "由 63 改为 36" in found.hint[0]


def test_an_unreadable_cell_is_told_once_and_never_a_pass() -> None:
    """What cannot be decided because of a cell is said in that cell's finding; without it, it is an error itself."""
    answer: Answer = Unreadable("约5", "VALUE_010", "5")
    value = finding_of(answer, label="本年新收", kind="count", item="t3.r1.natural", sheet="三、依申请公开", cell="D7")
    assert value is not None
    base = made({"t3.r1.natural": answer})
    with_value = Return(base.form, base.identity, base.answers, places=base.places, findings=(value,))
    found = [each for each in check(with_value) if "t3.r1.natural" in each.items]
    assert [each.code for each in found] == ["VALUE_010"]
    assert "I1" in found[0].message
    alone = told(base, "I1")
    assert alone
    assert all(each.severity is Severity.ERROR for each in alone)


def test_the_column_of_totals_adds_nothing_when_its_columns_say_it_all() -> None:
    """Two columns out of balance are two findings, not three."""
    ret = made({"t3.r1.natural": 1, "t3.r1.legal": 2})
    assert [each.items[0] for each in told(ret, "I1")] == ["t3.r1.natural", "t3.r1.legal"]


def test_unknown_level_only_informs_and_the_city_may_have_rules() -> None:
    """规章 of a body of unknown level is information, of a city nothing at all."""
    ret = made({"t2.rules.in_force": 3})
    assert [each.severity for each in told(ret, "C2")] == [Severity.INFO]
    assert told(ret, "C2", level="市") == []


def test_a_chain_to_predecessors_is_a_warning() -> None:
    """Where last year's return is put together from predecessors, a broken chain can be explained."""
    last = made({"t3.r4.natural": 2}, year=2024)
    found = told(made({}), "X1", last=last, last_complete=False)
    assert [each.severity for each in found] == [Severity.WARNING]


def test_tables_repeated_word_for_word_are_told_and_small_ones_are_not() -> None:
    """Five or more figures alike are no chance; one other figure, or few figures, is another matter."""
    figures = {f"t3.r3_{row}.natural": row for row in (1, 2)} | {
        f"t3.r1.{each}": 4 for each in ("natural", "other", "legal")
    }
    last, same = made(figures, year=2024), made(figures)
    assert [each.items[0].partition(".")[0] for each in told(same, "X5", last=last) if "完全相同" in each.message] == [
        "t3"
    ]
    other = made(figures | {"t3.r1.research": 1})
    assert not any("完全相同" in each.message for each in told(other, "X5", last=last))


def test_figures_of_another_format_are_not_chained_where_they_mean_other_things() -> None:
    """From the 2019 to the 2021 format table 三 is chained, table 二 is not."""
    last = made({"t3.r4.natural": 2, "t2.licensing.decisions": 999}, form="2019", year=2020)
    new = made({}, year=2021)
    assert [each.items for each in told(new, "X1", last=last)] == [("t3.r2.natural",)]
    assert not any(item.startswith("t2") for each in told(new, "X5", last=last) for item in each.items)


# Blanks


def test_blanks_are_one_warning_a_table_with_every_item() -> None:
    """Blank cells are listed by table, declared ones are not, zeros never."""
    ret = made({"t2.rules.issued": None, "t2.rules.repealed": None, "t4.review.upheld": None})
    found = told(ret, "BLANK_001")
    assert [each.items for each in found] == [("t2.rules.issued", "t2.rules.repealed"), ("t4.review.upheld",)]
    assert all(each.severity is Severity.WARNING for each in found)
    declared = made({"t2.rules.issued": None, "t4.review.upheld": None}, declared=("t2",))
    assert [each.items for each in told(declared, "BLANK_001")] == [("t4.review.upheld",)]
    assert told(made({}), "BLANK_001") == []


def test_nothing_filled_is_one_error_and_nothing_else_is_said_of_the_tables() -> None:
    """An empty return is an error; one figure, or a declaration, makes it warnings."""
    empty = made({}, rest=False)
    assert [each.code for each in check(empty, last=made({"t3.r4.natural": 5}, year=2024))] == ["BLANK_002"]
    assert told(made({"t3.r1.natural": 0}, rest=False), "BLANK_002") == []
    assert told(made({}, rest=False, declared=("t2",)), "BLANK_002") == []


def test_a_whole_blank_row_is_named() -> None:
    """A row of table 二 left blank beside filled ones is said by name."""
    (found,) = told(made({"t2.coercion.decisions": None}), "BLANK_001")
    assert "行政强制" in found.message


# Explanations


def explained(text: str, *, rule: str = "C3", print_: str | None = None, figures: Figures | None = None) -> Return:
    base = made(figures or {"t4.review.upheld": 1})
    items = next(
        check_.items
        for each in base.form.rules
        if each.id == rule
        for check_ in each.checks
        if check_.key.startswith(rule)
    )
    own = fingerprint(rule, items, base.figures) if print_ is None else print_
    return made(figures or {"t4.review.upheld": 1}, explanations=(Explanation(rule, items, own, text),))


def test_a_reason_is_accepted_and_stays_visible() -> None:
    """An explained warning keeps its place with the reason, and weighs no more."""
    (found,) = told(explained("其中1件为上年度答复引起的复议，上年未计入"), "C3")
    assert found.explained is not None
    assert not found.weighs


@pytest.mark.parametrize(
    "text", ["核实无误", "情况属实", "已核实，数据准确。", "属实", "经核对，数据无误", "同上", "无", "是的"]
)
def test_assurances_are_no_explanation(text: str) -> None:
    """核实无误 and the like alone leave the warning as it is and are told so."""
    found = check(explained(text))
    assert [each.explained for each in found if each.code == "C3"] == [None]
    assert [each.code for each in found if each.code.startswith("EXPLAIN")] == ["EXPLAIN_001"]


@pytest.mark.parametrize(
    "text", ["机构改革划入行政复议职能", "2024年12月收到的3件在本年审结", "经核实，系历史遗留案件集中审结"]
)
def test_reasons_are_reasons(text: str) -> None:
    """A text that says what happened is a reason, with or without an assurance in front."""
    assert is_reason(text)


def test_an_error_cannot_be_explained_away() -> None:
    """An explanation of an error leaves it an error and is told so."""
    base = made({"t3.r1.natural": 1})
    (broken,) = told(base, "I1")
    reason = Explanation("I1", broken.items, "", "申请在年底收到来不及办理")
    found = check(made({"t3.r1.natural": 1}, explanations=(reason,)))
    assert [each.explained for each in found if each.code == "I1"] == [None]
    assert "EXPLAIN_002" in [each.code for each in found]


def test_changed_figures_lapse_an_explanation() -> None:
    """An explanation of other figures no longer counts."""
    found = check(explained("其中1件为上年度答复引起的复议", print_="000000000000"))
    assert [each.explained for each in found if each.code == "C3"] == [None]
    assert "EXPLAIN_003" in [each.code for each in found]


def test_an_explanation_without_items_is_about_every_finding_of_its_rule() -> None:
    """A free line that names only the rule explains what that rule found."""
    ret = made({"t4.review.upheld": 1}, explanations=(Explanation("C3", (), "", "复议案件由土地征收引起"),))
    assert all(each.explained for each in told(ret, "C3"))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("本年收取信息处理费 3 件，共1200元。", 1200),
        ("信息处理费0.12万元", 1200),
        ("未收取信息处理费。", 0),
        ("信息处理费。另收其他费用500元", 0),
        ("收取信息处理费1，200元", 1200),
    ],
)
def test_the_fee_that_a_text_states(text: str, yuan: int) -> None:
    """Yuan in the same sentence as 信息处理费 are read, others not."""
    assert fee(text) == yuan


def test_zeros_are_answers() -> None:
    """A return of zeros alone has no blank and no finding of a rule."""
    ret = made(dict(zeros(load_form("2021"))))
    assert [each.code for each in check(ret, level="县级部门")] == []
