"""Checking: every rule trips and spares its near miss, findings say both sides, and one cause is told once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from msgspec.structs import replace

from tests.books import paper
from tests.builders import APPLICANTS, BALANCED, a_return, a_sound_return, codes, of_code
from tests.growth import growth
from tests.soaking import first_of
from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.checking import check
from toolkit.checking.fees import fee
from toolkit.findings import Finding, Severity, finding
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.layout import lay_out
from toolkit.reading import read_book
from toolkit.returns import Place, Return
from toolkit.returns.numbers import finding_of

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def spoiled(ret: Return, code: str, raw: str) -> Return:
    """Return the return as reading leaves it when a cell holds something that is no number."""
    answer = Unreadable(raw, "VALUE_010")
    told = finding_of(answer, label=ret.form.items[code].short, kind=ret.form.items[code].kind, item=code)
    assert told is not None
    return replace(ret, answers={**ret.answers, code: answer}, findings=(*ret.findings, told))


def test_a_sound_return_has_no_finding() -> None:
    """Zeros everywhere, and figures that balance, give nothing to say."""
    for form in ("2019", "2021"):
        assert check(a_return(form=form, year=None), level="县") == ()
        assert check(a_return(BALANCED, form=form, year=None), level="县") == ()


@pytest.mark.parametrize("form", FORM_IDS)
@pytest.mark.parametrize("seed", range(8))
def test_drawn_sound_returns_have_no_finding(form: str, seed: int) -> None:
    """Figures of many kinds that keep the rules give nothing to say but what is missing from chapter 六."""
    ret = a_sound_return(seed, form=form, size=(1, 7, 40, 300)[seed % 4])
    assert check(ret, level="县级部门") == ()


def test_every_rule_has_its_tests() -> None:
    """A rule or a variant that is added to a form or taken away fails here, so that its cases are not forgotten."""
    rules = {(rule.id, rule.variant) for form in FORM_IDS for rule in load_form(form).rules}
    tried = {
        ("I1", ""), ("I2", ""), ("I3", ""), ("I4", ""), ("I5", ""), ("I6", ""), ("I7", ""),
        ("C2", "issued"), ("C2", "repealed"), ("C2", "in_force"), ("C2", "made"), ("C2", "disclosed"),
        ("C2", "disclosed_total"), ("C1", "unpaid"), ("C1", "fee"), ("C3", "review"), ("C3", "suit"),
        ("X1", ""), ("X2", ""), ("X3", ""), ("X4", ""), ("X5", "up"), ("X5", "down"), ("X5", "new"), ("X5", "repeat"),
    }  # fmt: skip
    assert rules == tried


@pytest.mark.parametrize("form", FORM_IDS)
@pytest.mark.parametrize(
    ("rule", "total"),
    [
        ("I3", "t3.r1.total"), ("I3", "t3.r4.total"), ("I2", "t3.r3_7.natural"), ("I2", "t3.r3_7.other"),
        ("I4", "t4.review.total"), ("I4", "t4.suit_direct.total"), ("I4", "t4.suit_after.total"),
    ],
)  # fmt: skip
def test_a_stated_total_that_is_no_sum(form: str, rule: str, total: str) -> None:
    """A total that stands where our formula was is held against its parts: one too many or too few, never the right one."""
    ret = a_sound_return(3, form=form)
    right = ret.figures[total]
    assert right is not None
    for by in (1, -1):
        (found,) = of_code(check(replace(ret, stated={total: Filled(right + by)}), level="县"), rule)
        assert (found.severity, found.items[0], found.difference) == (ERROR, total, str(by))
    assert check(replace(ret, stated={total: Filled(right)}), level="县") == ()


@pytest.mark.parametrize(
    ("form", "column"),
    [
        ("2019", "made"), ("2019", "disclosed"), ("2019", "disclosed_total"),
        ("2021", "issued"), ("2021", "repealed"), ("2021", "in_force"),
    ],
)  # fmt: skip
def test_each_figure_about_rules_is_asked_of_a_county(form: str, column: str) -> None:
    """Each of the three columns of 规章 must be 0 below the city; the same figure among other documents may stand."""
    found = of_code(check(a_return({f"t2.rules.{column}": 1}, form=form, year=None), level="乡镇"), "C2")
    assert [(each.severity, each.items) for each in found] == [
        (ERROR if form == "2021" else WARNING, (f"t2.rules.{column}",))
    ]
    other = a_return({f"t2.normative.{column}": 1}, form=form, year=None)
    assert of_code(check(other, level="乡镇"), "C2") == []


def test_an_imbalance_says_both_sides() -> None:
    """I1 names the column, every figure, both sums, the difference, its cell and its items."""
    (found,) = check(a_return(BALANCED | {"t3.r4.natural": 9}), level="县")
    assert found.message == "自然人：本年新收 58＋上年结转 2＝60，办理结果总计 50＋结转下年度 9＝59，应相等，相差 1。"
    assert (found.code, found.rule, found.severity) == ("I1", "I1", ERROR)
    assert (found.actual, found.expected, found.difference) == ("60", "59", "1")
    assert found.items == ("t3.r1.natural", "t3.r2.natural", "t3.r3_7.natural", "t3.r4.natural")
    form = load_form("2021")
    assert (found.sheet, found.cell) == (form.table("t3").sheet, lay_out(form).address("t3.r1.natural"))
    assert "I1 at t3.natural" in found.message_en
    assert found.remedy_en


def test_a_finding_stands_where_the_item_stood() -> None:
    """The place that reading found wins over the layout."""
    ret = a_return({"t3.r1.natural": 1}, places={"t3.r1.natural": Place("表三（改）", "Z9")})
    (found,) = check(ret)
    assert (found.sheet, found.cell) == ("表三（改）", "Z9")


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("column", APPLICANTS)
def test_each_column_has_its_own_imbalance(form: str, column: str) -> None:
    """One case too many in a column is told for that column alone, the column 总计 adds nothing."""
    found = check(a_return({f"t3.r1.{column}": 1}, form=form, year=None))
    assert [each.items[0] for each in found] == [f"t3.r1.{column}"]


def test_two_columns_out_of_balance_are_two_findings() -> None:
    """Each broken column is told; 总计 follows from them, also where the two cancel each other out."""
    same = check(a_return({"t3.r1.natural": 1, "t3.r1.legal": 2}))
    assert [each.items[0] for each in same] == ["t3.r1.natural", "t3.r1.legal"]
    opposite = check(a_return({"t3.r1.natural": 1, "t3.r4.legal": 1}))
    assert [each.difference for each in opposite] == ["1", "-1"]


# What is changed in a balanced return, the rule that must speak, its severity, and the first item of the finding.
TRIPS: list[tuple[str, str, dict[str, Number], tuple[str, Severity, str] | None]] = [
    ("no stock", "2021", {"t2.normative.issued": 5, "t2.normative.in_force": 5}, ("I7", WARNING, "t2.normative.in_force")),
    ("some stock", "2021", {"t2.normative.issued": 5, "t2.normative.in_force": 6}, None),
    ("repealed as many", "2021", {f"t2.normative.{each}": 5 for each in ("issued", "repealed", "in_force")}, None),
    ("less than none", "2019", {"t2.licensing.last_year": 3, "t2.licensing.change": -4}, ("I6", ERROR, "t2.licensing.last_year")),
    ("down to none", "2019", {"t2.licensing.last_year": 3, "t2.licensing.change": -3}, None),
    ("more reviews", "2021", {"t4.review.upheld": 68}, ("C3", WARNING, "t4.review.total")),
    ("as many reviews", "2021", {"t4.review.upheld": 67}, None),
    ("more suits", "2019", {"t4.suit_direct.other": 60, "t4.suit_after.pending": 8}, ("C3", WARNING, "t4.suit_direct.total")),
    ("as many suits", "2019", {"t4.suit_direct.other": 60, "t4.suit_after.pending": 7}, None),
    ("rules of a county", "2021", {"t2.rules.in_force": 1}, ("C2", ERROR, "t2.rules.in_force")),
    ("rules of a county, old form", "2019", {"t2.rules.made": 1}, ("C2", WARNING, "t2.rules.made")),
]  # fmt: skip


@pytest.mark.parametrize(("form", "change", "expected"), [each[1:] for each in TRIPS], ids=[each[0] for each in TRIPS])
def test_rules_of_one_year(form: str, change: dict[str, Number], expected: tuple[str, Severity, str] | None) -> None:
    """Each rule that needs this return alone speaks at its item, and is silent one step before."""
    found = check(a_return(BALANCED | change, form=form, year=None), level="县级部门")
    assert [(each.code, each.severity, each.items[0]) for each in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("乡镇", ERROR), ("县", ERROR), ("区", ERROR), ("市", None), ("市级部门", ERROR), ("省级部门", ERROR),
        ("省", None), ("垂直管理单位", ERROR), ("垂直管理机构", ERROR), ("市直部门", ERROR), ("设区的市", None), ("别的", INFO), (None, INFO),
    ],
)  # fmt: skip
def test_rules_below_the_city(level: str | None, severity: Severity | None) -> None:
    """规章 are an error of bodies that make none, departments of any level too, and only remarked on where the level is not known."""
    found = check(a_return({"t2.rules.issued": 2, "t2.rules.in_force": 6}), level=level)
    assert [(each.code, each.severity) for each in found] == [("C2", severity)] * (2 if severity else 0)


def test_the_chain_of_cases() -> None:
    """上年结转 that is not last year's 结转下年度 is an error in its column; the total of the columns says no more."""
    last = a_return({"t3.r1.natural": 3, "t3.r4.natural": 3}, year=2024)
    assert check(a_return({"t3.r2.natural": 3, "t3.r3_1.natural": 3}), last=last) == ()
    (found,) = check(a_return({"t3.r2.natural": 2, "t3.r3_1.natural": 2}), last=last)
    assert (found.code, found.severity, found.items) == ("X1", ERROR, ("t3.r2.natural",))
    assert found.message == "自然人：上年结转 2，上年度结转下年度 3，应相等，相差 1。"
    other = a_return({"t3.r2.legal": 3, "t3.r3_1.legal": 3})
    assert [each.items for each in check(other, last=last)] == [("t3.r2.natural",), ("t3.r2.legal",)]


def test_the_chain_of_cases_crosses_the_formats() -> None:
    """2021 continues 2020 case by case, but no stock of documents: the two formats count different things."""
    last = a_return({"t3.r1.natural": 3, "t3.r4.natural": 3, "t2.normative.disclosed_total": 9}, form="2019", year=2020)
    (found,) = check(a_return({"t2.normative.in_force": 4}, year=2021), last=last)
    assert (found.code, found.items) == ("X1", ("t3.r2.natural",))


def test_the_stock_of_documents() -> None:
    """From 2022 on 现行有效 continues last year's with what was issued and repealed; 2021 had nothing to continue."""
    last = a_return({"t2.normative.in_force": 30}, year=2024)
    right: dict[str, Number] = {"t2.normative.issued": 4, "t2.normative.repealed": 2, "t2.normative.in_force": 32}
    assert check(a_return(right), last=last) == ()
    (found,) = check(a_return(right | {"t2.normative.in_force": 34}), last=last)
    assert (found.code, found.severity, found.actual, found.expected) == ("X2", ERROR, "34", "32")
    assert check(a_return(right | {"t2.normative.in_force": 34}, year=2021), last=replace(last)) == ()


def test_the_stock_of_rules_is_told_once() -> None:
    """A county's 规章 that are no longer stated break no chain besides: the figure itself is the fault."""
    found = check(a_return({"t2.rules.in_force": 6}), last=a_return({"t2.rules.in_force": 2}, year=2024), level="乡镇")
    assert codes(found) == ["C2"]


def test_the_chain_of_projects() -> None:
    """2020 begins with the projects that 2019 ended with; otherwise a warning."""
    last = a_return({"t2.licensing.last_year": 10, "t2.licensing.change": -2}, form="2019", year=2019)
    assert check(a_return({"t2.licensing.last_year": 8}, form="2019", year=2020), last=last) == ()
    (found,) = check(a_return({"t2.licensing.last_year": 10}, form="2019", year=2020), last=last)
    assert (found.code, found.severity, found.items[0]) == ("X3", WARNING, "t2.licensing.last_year")


def test_pending_cases_come_back() -> None:
    """Cases pending last year must be within this year's total of their block."""
    last = a_return(BALANCED | {"t4.review.pending": 3}, year=2024)
    now: dict[str, Number] = {"t3.r2.natural": 10, "t3.r3_1.natural": 10, "t4.review.upheld": 3}
    assert "X4" not in codes(check(a_return(now), last=last))
    (found,) = of_code(check(a_return(now | {"t4.review.upheld": 2}), last=last), "X4")
    assert (found.severity, found.items) == (WARNING, ("t4.review.total",))


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (100, 301, True), (100, 300, False), (9, 29, False), (9, 30, True), (0, 500, True), (0, 30, True), (0, 29, False),
        (30, 9, True), (30, 10, False), (29, 0, False), (30, 0, True),
    ],
)  # fmt: skip
def test_jumps(before: int, now: int, asked: bool) -> None:
    """More than three times as many, or less than a third, is asked about unless the figures are small."""
    found = check(a_return({"t2.penalty.decisions": now}), last=a_return({"t2.penalty.decisions": before}, year=2024))
    assert codes(found) == (["X5"] if asked else [])
    if asked:
        assert f"本年 {now}，上年 {before}" in found[0].message


def test_a_table_sent_in_again() -> None:
    """A table that repeats last year's figures to the last is asked about once enough of them are not zero."""
    figures: dict[str, Number] = {f"t2.{each}.decisions": 7 for each in ("licensing", "penalty", "coercion")}
    figures |= {"t2.fees.amount": Decimal("1.5"), "t2.normative.in_force": 9}
    (found,) = check(a_return(figures), last=a_return(figures, year=2024))
    assert (found.code, found.severity) == ("X5", WARNING)
    assert "与上一年度完全相同" in found.message
    assert check(a_return(figures | {"t2.coercion.decisions": 8}), last=a_return(figures, year=2024)) == ()
    few = figures | {"t2.normative.in_force": 0}
    assert check(a_return(few), last=a_return(few, year=2024)) == ()


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("收取信息处理费 3 件 1200 元。", 1200),
        ("全年收取信息处理费0.12万元", 1200),
        ("信息处理费共计1,200元，均已缴纳。", 1200),
        ("本年未收取信息处理费。", 0),
        ("信息处理费按规定减免。办公经费 500 元", 0),
        ("", 0),
        ("收取信息处理费１２００元", 1200),
        ("收取信息处理费共 1 200 元", 1200),
        ("收取信息处理费 2 件 30 元", 30),
        ("信息处理费0.5亿元", 50_000_000),
        ("一季度信息处理费100元，二季度信息处理费 200 元。", 300),
        ("本年未收取信息处理费，办公经费500元。", 0),
        ("本年无信息处理费，培训费 500 元", 0),
        ("未收取政府信息公开信息处理费，但收取了上年信息处理费200元", 200),
        ("对申请人无正当理由反复申请的，收取信息处理费 200 元", 200),
        ("信息处理费收取标准为每件100元", 0),
        ("减免信息处理费 300 元", 0),
        ("信息处理费" + "，依法依规" * 9 + "300元", 0),
    ],
)
def test_the_fee_that_a_text_states(text: str, yuan: int) -> None:
    """The yuan of fees taken are read; those of another sentence, of rates and of fees not taken are not."""
    assert fee(text) == yuan


@pytest.mark.parametrize(("begin", "unit"), [("", "信息处理费"), ("信息处理费", "1,"), ("", "1 "), ("", "无")])
def test_a_long_text_is_read_in_proportion(begin: str, unit: str) -> None:
    """A chapter that is all 信息处理费, or all digits, takes steps that grow with its length, not with a power of it."""

    def read(size: int) -> None:
        assert fee(begin + unit * (size // len(unit))) == 0

    assert growth(read, 50_000, enough=10) <= 10


def test_fees_are_told_in_both_places() -> None:
    """A fee of chapter 六 must be within 表二, and cases closed for an unpaid fee must be told of in chapter 六."""
    paid = a_return({"t2.fees.amount": Decimal("0.12")}, text={"六": "收取信息处理费 3 件 1200 元。"})
    assert check(paid) == ()
    short = replace(paid, answers={**paid.answers, "t2.fees.amount": Filled(Decimal("0.1199"))})
    (found,) = check(short)
    assert (found.code, found.severity, found.items) == ("C1", WARNING, ("t2.fees.amount",))
    unpaid = a_return({"t3.r1.natural": 1, "t3.r3_6_2.natural": 1})
    (found,) = check(unpaid)
    assert (found.code, found.severity, found.items) == ("C1", WARNING, ("t3.r3_6_2.total",))


def test_an_unreadable_cell_is_told_once() -> None:
    """What cannot be decided because of it goes into its own finding, which names the rules."""
    ret = spoiled(a_return(BALANCED), "t3.r1.natural", "约58")
    (found,) = check(ret)
    assert (found.code, found.severity, found.rule) == ("VALUE_010", ERROR, "I5")
    assert found.message.endswith("因此 C3、I1、I3 也无法判断。")
    assert "C3, I1, I3 cannot be decided either" in found.message_en


def test_another_fault_beside_an_unreadable_cell_is_still_told() -> None:
    """A column of its own that is out of balance does not hide behind an unreadable one."""
    ret = spoiled(a_return(BALANCED | {"t3.r4.legal": 1}), "t3.r1.natural", "约58")
    assert [(each.code, each.items[0]) for each in check(ret)] == [
        ("VALUE_010", "t3.r1.natural"), ("I1", "t3.r1.legal"),
    ]  # fmt: skip


def test_undecided_is_never_a_pass() -> None:
    """An unreadable operand that nothing else has told of is an error of the rule itself."""
    ret = a_return(BALANCED, answers={"t3.r1.natural": Unreadable("x", "VALUE_010")})
    assert ("I1", ERROR) in {(each.code, each.severity) for each in check(ret)}
    assert all("无法判断" in each.message for each in check(ret))


def test_what_is_unreadable_in_last_years_return_is_said_to_be() -> None:
    """A chain that last year's figure leaves undecided sends no one looking in this year's table."""
    last = a_return(year=2024, answers={"t3.r4.natural": Unreadable("三", "VALUE_010")})
    found = [each for each in check(a_return(), last=last) if each.items == ("t3.r2.natural",)]
    assert [each.code for each in found] == ["X1"]
    assert "2024 年的年报（）中结转下年度·自然人填的是“三”，读不懂，无法判断" in found[0].message
    assert found[0].severity is WARNING
    assert "上一年度" in found[0].remedy


def test_a_total_typed_over_is_told_once() -> None:
    """Reading's finding about the cell stands for the sums that the typed total breaks; alone, the sum speaks."""
    typed = a_return(BALANCED, stated={"t3.r1.total": 66})
    assert {each.code for each in check(typed)} == {"I3", "I1"}
    told = Finding("FORM_030", ERROR, "总计被手工改写", "恢复公式", items=("t3.r1.total",))
    assert codes(check(replace(typed, findings=(told,)))) == ["FORM_030"]
    assert check(a_return(BALANCED, stated={"t3.r1.total": 65})) == ()


def retyped(figures: dict[str, Number], totals: dict[str, Number | str]) -> Return:
    """Return what is read of a workbook whose totals were typed over."""
    made = paper(figures=figures)
    for code, value in totals.items():
        made.put(made.layout.cell(code)[0], made.layout.address(code), value)
    ret = read_book(made.book(), "a.xlsx").ret
    assert ret is not None
    return ret


def test_totals_pasted_as_values_hide_no_imbalance() -> None:
    """Every total is a number that agrees with its parts: warnings, beside which the column out of balance is an error."""
    figures: dict[str, Number] = BALANCED | {"t3.r4.natural": 9}
    sums = {code: value for code, value in retyped(figures, {}).figures.items() if value is not None}
    totals: dict[str, Number | str] = {code: sums[code] for code in load_form("2021").formulas}
    findings = check(retyped(figures, totals))
    assert sum(len(each.parts) for each in findings if each.code == "FORM_031") == len(totals)
    assert [(each.code, each.items[0]) for each in findings if each.severity is ERROR] == [("I1", "t3.r1.natural")]


def test_a_word_in_place_of_a_total_hides_no_imbalance() -> None:
    """Rules see the sum of the parts: a sound column gives the word alone, one out of balance its own finding too."""
    word: dict[str, Number | str] = {"t3.r3_7.natural": "若干"}
    assert codes(check(retyped(BALANCED, word))) == ["FORM_035", *codes(check(retyped(BALANCED, {})))]
    findings = [each for each in check(retyped(BALANCED | {"t3.r4.natural": 9}, word)) if each.severity is ERROR]
    assert [(each.code, each.items[0]) for each in findings] == [
        ("FORM_035", "t3.r3_7.natural"),
        ("I1", "t3.r1.natural"),
    ]


def test_hints_mend_what_they_say() -> None:
    """Each hint is one change that balances the column; filling the blank and swapped digits come first."""
    (found,) = check(a_return(BALANCED | {"t3.r4.natural": 9}))
    assert found.hint == (
        f"{at('t3.r1.natural')}（本年新收·自然人）由 58 改为 57",
        f"{at('t3.r2.natural')}（上年结转·自然人）由 2 改为 1",
        f"{at('t3.r4.natural')}（结转下年度·自然人）由 9 改为 10",
    )
    assert all(each in found.remedy for each in found.hint)
    (swapped,) = check(a_return(BALANCED | {"t3.r1.natural": 85}))
    assert swapped.hint[0] == f"{at('t3.r1.natural')}（本年新收·自然人）由 85 改为 58"
    (blank,) = of_code(check(a_return(BALANCED, answers={"t3.r4.natural": Blank()})), "I1")
    assert blank.hint[0] == f"{at('t3.r4.natural')}（结转下年度·自然人）由 空白 改为 10"


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("form", FORM_IDS)
@pytest.mark.parametrize("seed", first_of(range(4)))
def test_a_hint_that_is_followed_mends(form: str, seed: int, known: bool) -> None:
    """Whatever input of 自然人 is off by two, each change offered leaves no error and brings no doubt that was not there.

    Where last year's return is known, 上年结转 is never offered, and where it differs from that nothing else is.
    """
    ret = a_sound_return(seed, form=form)
    before = {code.replace(".r2.", ".r4."): ret.figures[code] or 0 for code in ret.form.inputs if ".r2." in code}
    last = a_return(before, form=form, year=(ret.year or 0) - 1) if known else None
    judged = partial(check, last=last, level="县")
    cells = {lay_out(ret.form).address(item.code): item.code for item in ret.form.table("t3").inputs}
    for code in (code for code in cells.values() if code.endswith(".natural")):
        off = replace(ret, answers={**ret.answers, code: Filled((ret.figures[code] or 0) + 2)})
        (broken,) = of_code(judged(off), "I1")
        chained = known and code == "t3.r2.natural"
        assert len(broken.hint) in ((0,) if chained else (1, 2, 3))
        for hint in broken.hint:
            cell, value = hint.partition("（")[0], int(hint.rpartition("改为 ")[2])
            assert not (known and cells[cell].startswith("t3.r2."))
            mended = replace(off, answers={**off.answers, cells[cell]: Filled(value)})
            assert {*codes(judged(mended))} <= {*codes(judged(off))} - {"I1"}


def test_a_figure_in_the_wrong_column_is_seen() -> None:
    """Two columns out of balance by the same figure: the hint says which cell's figure belongs in which."""
    found = check(a_return(BALANCED | {"t3.r3_2.enterprise": 0, "t3.r3_2.research": 7}))
    assert [each.difference for each in found] == ["7", "-7"]
    assert found[1].hint[0] == (
        f"{at('t3.r3_2.research')}（（二）部分公开·科研机构）的 7 移到 {at('t3.r3_2.enterprise')}"
    )
    apart = check(a_return(BALANCED | {"t3.r3_2.enterprise": 0, "t3.r3_2.research": 6}))
    assert not any("移到" in hint for each in apart for hint in each.hint)


def test_no_hint_makes_a_figure_negative() -> None:
    """Of the cells that could mend a column, those that would have to fall below 0 are not named."""
    (found,) = check(a_return({"t3.r1.natural": 5}))
    assert found.hint[0] == f"{at('t3.r1.natural')}（本年新收·自然人）由 5 改为 0"
    assert not any("上年结转" in hint or "-" in hint for hint in found.hint)


def test_the_gravest_come_first() -> None:
    """Errors stand before warnings and those before remarks, those of reading among them."""
    told = finding("VALUE_001", label="x", raw="１", value="1", items=("t2.penalty.decisions",))
    ret = a_return({"t3.r1.natural": 1, "t4.review.upheld": 9}, findings=(told,))
    assert [each.severity for each in check(ret)] == [ERROR, WARNING, INFO]


def test_years_of_a_rule() -> None:
    """A return whose year is not known is judged by every rule."""
    last = a_return(year=None)
    assert codes(check(a_return({"t2.normative.in_force": 1}, year=None), last=last)) == ["X2"]


def at(code: str) -> str:
    return lay_out(load_form("2021")).address(code)
