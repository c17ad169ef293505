"""Checking: blanks are no zeros, and a reason explains a warning, an assurance does not, and nothing an error."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import BALANCED, a_return, codes, of_code
from toolkit.answers import Blank, Filled, Number
from toolkit.checking import check
from toolkit.findings import Severity
from toolkit.forms.layout import lay_out
from toolkit.returns import Explanation, Place, Return, fingerprint, is_reason

NO_STOCK = {"t2.normative.issued": 5, "t2.normative.in_force": 5}
REASON = "本单位 2025 年新组建，以前没有制发过文件"


def blanks_of(*cells: str) -> Return:
    return a_return(BALANCED, answers=dict.fromkeys(cells, Blank()))


def test_nothing_filled_is_one_error() -> None:
    """A return without a figure is an error, and nothing else is said of its tables."""
    for form in ("2019", "2021"):
        (found,) = check(a_return(form=form, year=None, fill=None), level="县")
        assert (found.code, found.severity) == ("BLANK_002", Severity.ERROR)
    marks = a_return(fill=None, answers={"t3.r1.natural": Blank("/", "VALUE_003")})
    assert codes(check(marks)) == ["BLANK_002"]


def test_nothing_filled_but_declared_zero_is_fine() -> None:
    """Declaring every table zero is an answer; declaring one leaves a warning for each other table."""
    assert check(a_return(fill=None, declared=("t2", "t3", "t4"))) == ()
    assert codes(check(a_return(fill=None, declared=("t3",)))) == ["BLANK_001", "BLANK_001"]


def test_one_figure_makes_it_warnings() -> None:
    """With a single figure, even 0, each table with blanks has its one warning that lists all of them."""
    found = check(a_return(fill=None, answers={"t2.rules.issued": Filled(0)}))
    assert [(each.code, each.severity, len(each.items)) for each in found] == [
        ("BLANK_001", Severity.WARNING, 9),
        ("BLANK_001", Severity.WARNING, 144),
        ("BLANK_001", Severity.WARNING, 12),
    ]
    assert "上年结转" in found[1].message


def test_blanks_are_listed() -> None:
    """The warning of a table says how many cells are blank and which, and stands at the first of them."""
    (found,) = check(blanks_of("t2.coercion.decisions", "t2.fees.amount"))
    layout = lay_out(a_return().form)
    cells = [layout.address(code) for code in ("t2.coercion.decisions", "t2.fees.amount")]
    assert found.items == ("t2.coercion.decisions", "t2.fees.amount")
    assert found.cell == cells[0]
    assert f"有 2 格没有填：{'、'.join(cells)}" in found.message
    assert "整行空白" in found.message


def test_a_declared_table_has_no_blanks() -> None:
    """The switch 本表空白均为零 answers for its own table alone."""
    ret = blanks_of("t2.fees.amount", "t4.review.upheld")
    assert [each.items for each in check(replace(ret, declared=frozenset({"t2"})))] == [("t4.review.upheld",)]


def test_many_blanks_are_not_all_named() -> None:
    """A long list ends in 等; the items hold every one."""
    inputs = [item.code for item in a_return().form.table("t3").inputs[-30:]]
    (found,) = of_code(check(blanks_of(*inputs)), "BLANK_001")
    assert found.items == tuple(inputs)
    assert found.message.count("、") < 12
    assert "等" in found.message


def test_a_blank_counts_as_zero_in_an_identity() -> None:
    """A blank that an equation misses is an imbalance besides the blank itself; one that it does not miss is not."""
    broken = check(blanks_of("t3.r4.natural"))
    assert codes(broken) == ["BLANK_001", "I1"]
    assert codes(check(blanks_of("t3.r3_4_1.natural"))) == ["BLANK_001"]


@pytest.mark.parametrize(
    "text",
    [
        "核实无误", "情况属实", "已核实", "无误", "属实", "正确", "数据准确", "核实无误。", "经核实，数据准确，情况属实！", "无", "是的",
        "", "ok", "新增", " 已 核 对 ", "数据无误，请知悉",
    ],
)  # fmt: skip
def test_an_assurance_is_no_reason(text: str) -> None:
    """That the figures are right says nothing about why they are unusual."""
    assert not is_reason(text)


@pytest.mark.parametrize("text", [REASON, "2025年集中清理历史案卷", "核实无误，因区划调整并入两个镇", "法院批量判决"])
def test_a_reason_is_one(text: str) -> None:
    """What happened and why is a reason, also behind an assurance."""
    assert is_reason(text)


def explained(text: str, *, rule: str = "I7", items: tuple[str, ...] = (), mark: str = "") -> Return:
    """Return a return that has one warning, I7, and an explanation."""
    return a_return(NO_STOCK, explanations=(Explanation(rule, items, mark, text, Place("校验", "I9")),))


def test_a_reason_explains_a_warning() -> None:
    """The warning stays in the list with its reason and no longer weighs."""
    (bare,) = check(a_return(NO_STOCK))
    assert bare.weighs
    for ret in (explained(REASON), explained(REASON, items=bare.items)):
        (found,) = check(ret)
        assert (found.code, found.severity, found.explained) == ("I7", Severity.WARNING, REASON)
        assert not found.weighs


def test_an_assurance_leaves_the_warning() -> None:
    """An explanation without a reason is told at its own cell, and the warning weighs as before."""
    warning, told = check(explained("核实无误，情况属实。"))
    assert (warning.code, warning.explained, warning.weighs) == ("I7", None, True)
    assert (told.code, told.severity, told.sheet, told.cell) == ("EXPLAIN_001", Severity.INFO, "校验", "I9")


def test_an_error_cannot_be_explained() -> None:
    """A reason given for an error does not make it less, and is answered with a warning."""
    reason = Explanation("I1", (), "", "申请人撤回了一件，未计入办理结果")
    found = check(a_return({"t3.r1.natural": 1}, explanations=(reason,)))
    assert [(each.code, each.severity) for each in found] == [
        ("I1", Severity.ERROR), ("EXPLAIN_002", Severity.WARNING),
    ]  # fmt: skip
    assert found[0].explained is None


def test_one_explanation_of_many_errors_is_answered_once() -> None:
    """A line that names only the rule is one line: the errors it cannot explain are not each told of it."""
    reason = Explanation("I1", (), "", "申请在年底收到，来不及办理")
    found = check(a_return(dict.fromkeys(("t3.r1.natural", "t3.r1.legal", "t3.r4.other"), 1), explanations=(reason,)))
    assert codes(found) == ["EXPLAIN_002", "I1", "I1", "I1"]


def test_an_explanation_without_items_is_about_all_of_its_rule() -> None:
    """A free line that names only the rule explains every warning of it, and those of no other."""
    figures: dict[str, Number] = {f"t2.{each}.decisions": 500 for each in ("licensing", "penalty")}
    last = a_return(dict.fromkeys(figures, 100), year=2024)
    ret = a_return(figures | {"t4.review.upheld": 1}, explanations=(Explanation("X5", (), "", "两个执法大队并入本局"),))
    assert {(each.code, each.weighs) for each in check(ret, last=last)} == {("X5", False), ("C3", True)}


def test_an_explanation_holds_for_its_figures() -> None:
    """With the fingerprint of these figures it explains; with that of others it has lapsed and says so."""
    ret = a_return(NO_STOCK)
    items = of_code(check(ret), "I7")[0].items
    now = fingerprint("I7", items, ret.figures)
    (found,) = check(explained(REASON, items=items, mark=now))
    assert found.explained == REASON
    before = fingerprint("I7", items, a_return({"t2.normative.issued": 4}).figures)
    warning, told = check(explained(REASON, items=items, mark=before))
    assert warning.weighs
    assert (told.code, told.severity) == ("EXPLAIN_003", Severity.INFO)


def test_an_explanation_of_something_else_explains_nothing() -> None:
    """Another rule's or another item's explanation does not count, and nobody is told of it."""
    for ret in (explained(REASON, rule="C3"), explained(REASON, items=("t2.rules.in_force",))):
        (found,) = check(ret)
        assert (found.code, found.weighs) == ("I7", True)


def test_blanks_can_be_explained() -> None:
    """A reason for blanks is one for a warning like any other, by the code of the finding."""
    ret = blanks_of("t2.licensing.decisions")
    reason = Explanation("BLANK_001", ("t2.licensing.decisions",), "", "行政许可事项已划转至行政审批局")
    (found,) = check(replace(ret, explanations=(reason,)))
    assert not found.weighs
