"""What several surfaces say of one answer, one explanation or one finding is the same on each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import BALANCED, a_return, of_code
from tests.samples import code_of
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.checking import check
from toolkit.excel_out import Workbook
from toolkit.forms.sheets import PROBLEM_SHEET
from toolkit.merging import merge
from toolkit.outputs.contract import merge_json, return_json
from toolkit.returns import Checked, Explanation, ReadFile
from toolkit.returns.status import level_of
from toolkit.workbook.problems import list_problems


def test_a_source_is_what_was_answered() -> None:
    """``--sources`` shows a blank as blank, a zero by declaration as such, and what nobody can read as unreadable."""
    answers = {
        "t3.r1.natural": Filled(0), "t3.r1.legal": Blank(), "t4.review.upheld": Blank(),
        "t3.r1.other": Unreadable("约5", "VALUE_010"),
    }  # fmt: skip
    ret = a_return(answers=answers, declared=("t4",))
    ret = replace(ret, identity=replace(ret.identity, code=code_of("01"), name="甲局"))
    rollup = merge([Checked("甲.xlsx", "", ret, ()).light], 2025)
    items = merge_json(rollup, Path("汇总.xlsx"), details=None, previous=None, sources=True)["items"]
    stated = {item["code"]: (item["sources"][0]["value"], item["sources"][0]["state"]) for item in items}
    assert [stated[code] for code in (*answers, "t3.r3_7.legal", "t3.r1.total")] == [
        (0, "filled"), (None, "blank"), (0, "declared"), (None, "unreadable"), (0, "computed"), (None, "computed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "text", "state"),
    [
        ("C3", "复议 5 件均由上年申请引起", "accepted"), ("C3", "经核实无误", "refused"),
        ("I7", "以前年度文件已全部废止", "lapsed"), ("X1", "上年的表填错", "lapsed"),
        ("X5", "许可事项划转至行政审批局", "accepted"), ("X5", "经核实无误", "refused"),
    ],
)  # fmt: skip
def test_reading_says_of_an_explanation_what_checking_says(rule: str, text: str, state: str) -> None:
    """``read`` has judged no rule and yet says which explanations count; of doubts about last year it takes a reason."""
    ret = a_return({"t4.review.upheld": 5}, explanations=[Explanation(rule, (), "", text)])
    (listed,) = return_json(ReadFile("甲.xlsx", "", ret, ret.findings), ret)["explanations"]
    assert (listed["state"], listed["accepted"]) == (state, state == "accepted")
    if rule != "X5":
        (again,) = return_json(Checked("甲.xlsx", "", ret, check(ret)), ret)["explanations"]
        assert again == listed


def test_what_last_year_fixes_is_not_to_be_changed() -> None:
    """A balance that is out leaves the cell alone that is as last year says, but not where the chain is broken too."""
    last = a_return({"t3.r1.natural": 2, "t3.r4.natural": 2}, year=2024)
    for carried, fixed in ((2, ("t3.r2.natural",)), (3, ())):
        ret = a_return(BALANCED | {"t3.r2.natural": carried, "t3.r1.natural": 60})
        (found,) = of_code(check(ret, last=last), "I1")
        assert found.fixed == fixed
        assert of_code(check(ret), "I1")[0].fixed == ()


def test_the_list_of_problems_speaks_the_one_vocabulary() -> None:
    """What is missing is 待填 in 问题清单 as it is everywhere, not an error or a doubt."""
    findings = check(a_return(answers={"t3.r1.legal": Blank()}))
    book = Workbook(created=datetime(2026, 1, 1))
    list_problems(book, findings, {})
    sheet = book.sheets[PROBLEM_SHEET]
    assert sorted(level_of(one) for one in findings) == sorted(row.values[4] for row in sheet.blocks[0].rows)
    assert "待填" in {level_of(one) for one in findings}
