"""Rules by tables: what each must say, what it must not, and the neighbours of both."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders import BALANCED, a_return, codes, of_code
from toolkit.checking import check
from toolkit.checking.fees import fee
from toolkit.findings import Severity
from toolkit.roster import LEVELS

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("本年度发出收费通知3件，总金额350元，实际收取0元。", 0),
        ("发出信息处理费收费通知3件，总金额350元，实际收取350元。", 350),
        ("发出收费通知3件，总金额350元，实际收取100元", 100),
        ("发出收费通知3件，总金额350元。实际收取350元。", 350),
        ("发出收费通知3件，总金额350元；本年实际收取250元", 250),
        ("发出收费通知5件、金额1.2万元，实际收取5件、1.2万元。", 12000),
        ("发出收费通知3件，总金额350元，均已缴纳。", 350),
        ("发出收费通知3件，总金额350元，已收取350元。", 350),
        ("发出收费通知3件，总金额350元，均未缴纳。", 0),
        ("发出收费通知3件，总金额350元，尚未收取。", 0),
        ("发出收费通知3件，总金额350元。", 0),
        ("发出收费通知，总金额350元，其中实际收取100元。", 100),
        ("收费通知3件，总金额350元，2件已缴费200元，1件逾期未缴费150元。", 200),
        ("发出信息处理费通知3件，共收取350元", 350),
        ("逾期未缴纳信息处理费1件，金额100元", 0),
        ("上年收取信息处理费500元，本年收取200元。", 200),
        ("2024年收取信息处理费500元，2025年收取200元。", 200),
        ("2024年收取信息处理费500元；2025年实际收取200元。", 200),
        ("上年度信息处理费500元，本年度未收取。", 0),
        ("2025年收取信息处理费200元，比上年增加100元。", 200),
        ("收取信息处理费200元，比上年的500元减少300元", 200),
        ("收取信息处理费200元（上年500元）。", 200),
        ("收取信息处理费（含上年）350元", 350),
        ("本年应收信息处理费350元，实收250元，减免100元。", 250),
        ("收取信息处理费350元，其中按件计收200元，按量计收150元。", 350),
        ("共收取信息处理费500元。其中，按件300元，按量200元。", 500),
        ("全年实收信息处理费300元，其中一季度实收100元", 300),
        ("收取信息处理费350元，全额上缴国库350元。", 350),
        ("行政事业性收费共500元，其中信息处理费200元", 200),
        ("实际收取信息处理费三百五十元", 350),
        ("实际收取350元信息处理费", 350),
        ("收取信息处理费3件，每件100元，共300元", 300),
        ("收取信息处理费2950元（甲局1件420元；乙局2件290元；丙局15件2240元）", 2950),
        ("收取信息处理费（甲局100元、乙局250元）", 350),
        ("实际收取信息处理费2件，分别为100元、250元", 350),
        ("退还信息处理费100元", 0),
        ("收费通知3件，总金额350元，其中2件已缴纳共计250元，1件100元未缴纳。", 250),
        ("收费通知2件，已缴纳200元，另1件150元尚未缴纳", 200),
        ("本年度收取信息处理费350元。全年共收取信息处理费350元。", 350),
        ("收取信息处理费350元。全年实际收取信息处理费350元", 350),
        ("一季度收取信息处理费100元。二季度收取信息处理费250元。全年合计收取信息处理费350元。", 350),
        ("全年收取信息处理费350元。向张某收取信息处理费100元。向李某收取信息处理费250元。", 350),
        ("向张某收取信息处理费30元。向李某收取信息处理费30元。", 60),
        ("向张某收取信息处理费30元。向李某收取信息处理费30元。共收取信息处理费60元。", 60),
        ("本年收取信息处理费200元。本年另收取信息处理费150元。", 350),
        ("上年收取信息处理费350元。本年收取信息处理费350元。", 350),
        ("去年发出的收费通知1件100元，今年实际收取100元。", 100),
        ("发出收费通知3件，通知金额350元，申请人缴纳200元，其余150元逾期未缴。", 200),
        ("收取信息处理费：按件计收2件200元，按量计收1件150元，共计350元。", 350),
        ("收取信息处理费甲局200元、乙局150元，合计350元，均已入库。", 350),
        ("发出收费通知3件350元，实收2件，分别为200元、50元，共250元，1件100元至今未缴。", 250),
        ("收取信息处理费100元、200元，共收取3件，另有300元为上年收取。", 300),
        ("信息处理费收取情况：全年发出收费通知3件，通知收费350元，实际到账350元。", 350),
    ],
)
def test_which_sum_of_a_text_was_taken(text: str, yuan: int) -> None:
    """What was notified, of another year, remitted, a part or a rate is no fee taken; what was really taken is."""
    assert fee(text, 2025) == yuan


def test_the_words_that_the_remedy_of_an_unpaid_fee_asks_for_satisfy_it() -> None:
    """Whoever writes what the remedy shows has no doubt about fees any more."""
    unpaid = a_return({"t3.r1.natural": 1, "t3.r3_6_2.natural": 1})
    (found,) = of_code(check(unpaid), "C1")
    example = found.for_agency.partition("“")[2].partition("”")[0]
    for text in (example, example.replace("信息处理费", "")):
        assert fee(text, 2025) == 0
        written = a_return({"t3.r1.natural": 1, "t3.r3_6_2.natural": 1}, text={"六": text})
        assert of_code(check(written), "C1") == []
    paid = a_return({"t3.r1.natural": 1, "t3.r3_6_2.natural": 1}, text={"六": example.replace("0元", "350元")})
    assert codes(check(paid)) == ["C1"]
    assert check(a_return({"t2.fees.amount": Decimal("0.035")}, text={"六": example.replace("收取0", "收取350")})) == ()


@pytest.mark.parametrize("row", ["licensing", "penalty", "coercion"])
def test_decisions_that_jump_are_asked_about(row: str) -> None:
    """X5 is asked of every row of table 二 that counts decisions, 行政强制 among them."""
    code = f"t2.{row}.decisions"
    for before, now in ((10, 31), (31, 10), (0, 30)):
        found = check(a_return({code: now}), last=a_return({code: before}, year=2024))
        assert [(one.code, one.items) for one in found] == [("X5", (code,))]


@pytest.mark.parametrize("item", ["t4.suit_direct", "t4.suit_after", "t4.review"])
@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [(0, 30, True), (0, 29, False), (0, 0, False), (10, 31, True), (10, 30, False), (31, 10, True), (30, 10, False)],
)
def test_cases_that_jump_are_asked_about(item: str, before: int, now: int, asked: bool) -> None:
    """Suits jump as reviews do, also from nothing to many; the message says both figures."""
    rest = {"t3.r1.natural": 60, "t3.r3_1.natural": 60}
    last = a_return(rest | {f"{item}.upheld": before}, year=2024)
    found = of_code(check(a_return(rest | {f"{item}.upheld": now}), last=last), "X5")
    assert [(one.items, one.severity) for one in found] == ([((f"{item}.total",), WARNING)] if asked else [])
    assert all(f"本年 {now}，上年 {before}" in one.message for one in found)


@pytest.mark.parametrize(
    ("cases", "pending", "asked"),
    [(68, None, True), (67, None, False), (68, 1, False), (69, 1, True), (68, 0, True), (70, 3, False)],
)
@pytest.mark.parametrize("block", ["review", "suit_direct", "suit_after"])
def test_cases_pending_last_year_need_no_application_of_this_year(
    block: str, cases: int, pending: int | None, asked: bool
) -> None:
    """C3 allows for last year's pending cases where last year is known, and says so in its sum."""
    last = None if pending is None else a_return({f"t4.{block}.pending": pending}, year=2024)
    found = of_code(check(a_return(BALANCED | {f"t4.{block}.upheld": cases}), last=last), "C3")
    assert len(found) == asked
    if found and pending:
        assert f"尚未审结 {pending}＝" in found[0].message
    assert all("？" not in one.message for one in found)


@pytest.mark.parametrize("level", [level for level in LEVELS if level not in ("省", "市")])
@pytest.mark.parametrize(("form", "severity"), [("2021", ERROR), ("2019", WARNING)])
def test_no_department_makes_rules(level: str, form: str, severity: Severity) -> None:
    """规章 of a department, municipal or vertical too, are an error; on the trial form of 2019 a doubt to explain."""
    code = "t2.rules.issued" if form == "2021" else "t2.rules.disclosed"
    found = check(a_return({code: 1}, form=form, year=None), level=level)
    assert [(one.code, one.severity) for one in found if one.items == (code,)] == [("C2", severity)]
    assert check(a_return({code: 1}, form=form, year=None), level="市") == check(
        a_return({code: 1}, form=form, year=None), level="省"
    )
