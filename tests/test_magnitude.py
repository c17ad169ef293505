"""C4: an amount in yuan under 万元, seen from last year, the text or the bodies of the level; what is right is let alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.builders import a_return
from tests.rollups import code_of, roster
from toolkit import checking
from toolkit.answers import Number
from toolkit.checking.text import check_text
from toolkit.returns import Decisions, Explanation, ReadFile, Return
from toolkit.returns.last_year import LastYear
from toolkit.run.examination import Examination
from toolkit.run.sharing import judged_together

FEES, PROCURED = "t2.fees.amount", "t2.procurement.amount"


def found(ret: Return, last: Return | None = None) -> list[str]:
    """Return what is said of the amount: the codes, and what follows from the unit is not said twice."""
    findings = checking.check(ret, last=last, also=check_text(ret))
    return [one.code for one in findings if one.items and one.items[0] in (FEES, PROCURED)]


ONE = [
    ("last year", 144000, "15.2", "", ["C4"]),
    ("last year, near", "45.6", "15.2", "", []),
    ("last year, a jump", 900, "15.2", "", ["X5"]),
    ("last year, much more", 15200, "15.2", "", ["C4"]),
    ("last year, nothing", 144000, "0", "", ["X5"]),
    ("last year, cents", "144000.55", "14.4", "", ["C4"]),
    ("four decimals are 万元", "59237.2449", "2.02", "", ["X5"]),
    ("the text in 万元", 144000, None, "全年收取行政事业性收费14.4万元。", ["C4"]),
    ("the text in yuan", 144000, None, "全年收取行政事业性收费144000元。", ["C4"]),
    ("the text, rounded", 144000, None, "全年收取行政事业性收费14万元。", ["C4"]),
    ("the text, another sum", 144000, None, "全年收取行政事业性收费20万元。", ["N5"]),
    ("the text agrees", "14.4", None, "全年收取行政事业性收费14.4万元。", []),
    ("the text agrees in yuan", "14.4", None, "全年收取行政事业性收费144000元。", []),
    ("both", 144000, "14.4", "全年收取行政事业性收费14.4万元。", ["C4"]),
    ("nothing to compare with", 144000, None, "", []),
    ("nothing", 0, "15.2", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("now", "before", "text", "expected"), [one[1:] for one in ONE], ids=[one[0] for one in ONE])
def test_one_return(now: Number | str, before: str | None, text: str, expected: list[str]) -> None:
    """Of one return: against last year and the text; X5 and N5 do not repeat what C4 says."""
    ret = a_return({FEES: Decimal(now)}, text={"一": text} if text else {})
    last = None if before is None else a_return({FEES: Decimal(before)}, year=2024)
    assert found(ret, last) == expected


def test_it_says_what_to_type() -> None:
    """The message has the figure in 万元 and where it was seen; a reason explains it."""
    ret, last = a_return({FEES: Decimal(144000)}), a_return({FEES: Decimal("15.2")}, year=2024)
    (one,) = [one for one in checking.check(ret, last=last) if one.code == "C4"]
    assert (one.severity, one.rule, one.sheet, one.cell) == ("warning", "C4", "二、主动公开", "B17")
    assert "填的是 144000，单位是万元，上年是 15.2" in one.message and "应填 14.4" in one.message
    told = replace(ret, explanations=(Explanation("C4", (FEES,), "", "新增土地复垦费 14.4 亿元，见财决字 3 号"),))
    (one,) = [one for one in checking.check(told, last=last) if one.code == "C4"]
    assert one.explained is not None


def test_the_form_of_2019() -> None:
    """采购总金额 has no unit of its own: 251000 where last year had 52.15 is yuan."""
    last = a_return({PROCURED: Decimal("52.15")}, form="2019", year=2019)
    assert found(a_return({PROCURED: Decimal(251000)}, form="2019", year=2020), last) == ["C4"]


PEERS = [
    ("one of six", [144000, 2, "13.5", "0.8", 30, "5.5"], [0]),
    ("two of seven", [144000, 350000, "13.5", "0.8", 30, "5.5", "2.2"], [0, 1]),
    ("a big one of a county", ["59237.2449", 2, "13.5", "0.8", 30], []),
    ("too few", [144000, 2, 3], []),
    ("others without fees", [144000, 0, 0, 0, 0], []),
    ("all alike", [14, 2, 5, 30, 900], []),
]


@pytest.mark.parametrize("case", PEERS, ids=lambda case: case[0])
@pytest.mark.parametrize("known", [None, "last year"])
def test_bodies_of_a_level(case: tuple[str, list[Number | str], list[int]], known: str | None) -> None:
    """Of several: against the middle of the others of the level; where last year has an amount, that tells more."""
    _, sums, expected = case
    register = roster(*range(1, len(sums) + 1))
    whole = {(code_of(at), 2024): a_return({FEES: Decimal(value) / 2}, year=2024) for at, value in enumerate(sums, 1)}
    last = None if known is None else LastYear(whole)
    examination, files = Examination(2025, register, last), []
    for at, value in enumerate(sums, 1):
        ret = a_return({FEES: Decimal(value)})
        ret = replace(ret, identity=replace(ret.identity, code=code_of(at), name=f"样例{at}局"))
        files.append(examination.judged(ReadFile(f"{at}.xlsx", str(at), ret, ())))
    # The same return twice is one body.
    files.append(replace(files[-1], file="又.xlsx"))
    judged = judged_together(files, 2025, register, last, Decisions())
    doubted = [at for at, file in enumerate(judged) if any(one.code == "C4" for one in file.findings)]
    assert doubted == (expected if known is None else [])
    alone = judged_together(files[:1], 2025, register, last, Decisions())
    assert not any(one.code == "C4" for one in alone[0].findings)
