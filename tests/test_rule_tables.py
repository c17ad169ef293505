"""Rules by tables: what each must say, what it must not, and the neighbours of both."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders import a_return, codes, of_code
from toolkit.checking import check
from toolkit.checking.fees import fee


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
        ("退还信息处理费100元", 0),
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
