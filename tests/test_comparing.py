"""Comparing: every changed item and chapter of two returns, in the order of the form, blank and zero kept apart."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.builders import BALANCED, a_return
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.findings import Finding, Severity
from toolkit.forms.layout import lay_out
from toolkit.outputs.alterations import alteration_line
from toolkit.returns import Checked, Place, Return
from toolkit.returns.revisions import Change, compare, revise


def with_answers(ret: Return, **answers: Answer) -> Return:
    """Return the return with some answers replaced; codes are written with ``__`` for dots."""
    return replace(ret, answers={**ret.answers, **{code.replace("__", "."): each for code, each in answers.items()}})


def codes(changes: tuple[Change, ...]) -> list[str]:
    return [each.code for each in changes]


def test_equal_returns_have_no_change() -> None:
    """A return and its copy do not differ, nor does the spelling of a figure make a difference."""
    old = a_return(BALANCED | {"t2.fees.amount": Decimal("25.10")})
    assert compare(old, replace(old)) == ()
    spelled = with_answers(old, t2__fees__amount=Filled(Decimal("25.1"), "25.1万元", "VALUE_002"))
    assert compare(old, spelled) == ()


def test_a_change_says_where_and_what() -> None:
    """A changed input and the totals that follow from it are listed with both sides, labels and place."""
    old = a_return(BALANCED)
    new = with_answers(old, t3__r1__natural=Filled(59))
    changes = compare(old, new)
    assert codes(changes) == ["t3.r1.natural", "t3.r1.total"]
    first = changes[0]
    assert (first.row, first.column) == ("一、本年新收政府信息公开申请数量", "自然人")
    assert (first.before, first.after) == (Filled(58), Filled(59))
    layout = lay_out(new.form)
    assert (first.sheet, first.cell) == (layout.cell("t3.r1.natural")[0], layout.address("t3.r1.natural"))
    assert (changes[1].before, changes[1].after) == (Filled(65), Filled(66))


def test_the_place_is_that_of_the_newer_file() -> None:
    """Where the newer file has an item elsewhere, that cell is named."""
    old = a_return()
    new = replace(with_answers(old, t4__review__upheld=Filled(1)), places={"t4.review.upheld": Place("表四", "B7")})
    assert (compare(old, new)[0].sheet, compare(old, new)[0].cell) == ("表四", "B7")


def test_blank_zero_and_unreadable_differ() -> None:
    """A blank that became 0, a 0 that became blank and a figure that became unreadable are changes of the input."""
    old = a_return()
    for before, after in (
        (Blank(), Filled(0)), (Filled(0), Blank()), (Filled(0), Unreadable("约5", "VALUE_010")),
        (Unreadable("约5", "VALUE_010"), Unreadable("约6", "VALUE_010")), (Unreadable("约5", "VALUE_010"), Blank()),
    ):  # fmt: skip
        sides = [with_answers(old, t2__penalty__decisions=each) for each in (before, after)]
        (change,) = compare(*sides)
        assert (change.code, change.before, change.after) == ("t2.penalty.decisions", before, after)
    marks = [with_answers(old, t2__penalty__decisions=each) for each in (Blank("/", "VALUE_003"), Blank())]
    assert compare(*marks) == ()


def test_a_total_that_cannot_be_told_any_more_is_a_change() -> None:
    """An unreadable input makes its totals unknown, which is told of them too."""
    old = a_return()
    changes = compare(old, with_answers(old, t4__review__upheld=Unreadable("x", "VALUE_010")))
    assert codes(changes) == ["t4.review.upheld", "t4.review.total"]
    assert isinstance(changes[1].after, Unreadable)


def test_chapters_are_compared_by_their_text() -> None:
    """A chapter written, rewritten or emptied is one change; the same text in another cell is none."""
    none, first, second = a_return(), a_return(text={"一": "公开 5 条"}), a_return(text={"一": "公开 6 条"})
    for old, new in ((none, first), (first, second), (second, none)):
        (change,) = compare(old, new)
        assert (change.code, change.row) == ("text.一", "总体情况")
        assert change.before != change.after
    moved = replace(first, text={"一": tuple(replace(each, place=Place("", "A9")) for each in first.text["一"])})
    assert compare(first, moved) == ()


def test_a_changed_text_is_quoted_where_it_changed() -> None:
    """The line shows what differs with a few characters around it, not the chapter."""
    old, new = "前" * 50 + "公开5条。" + "后" * 50, "前" * 50 + "公开16条。" + "后" * 50
    (change,) = compare(a_return(text={"一": old}), a_return(text={"一": new}))
    around = "前" * 10 + "公开", "条。" + "后" * 10
    assert alteration_line(change).endswith(f"“…{around[0]}5{around[1]}…” → “…{around[0]}16{around[1]}…”")
    (change,) = compare(a_return(), a_return(text={"一": "公开 5 条"}))
    assert alteration_line(change).endswith("：空白 → “公开 5 条”")


def test_two_formats_are_compared_by_code() -> None:
    """Items that only one format has are changes with nothing on the other side; common ones compare as ever."""
    old, new = a_return(BALANCED, form="2019", year=2020), a_return(BALANCED, form="2021", year=2021)
    changes = {each.code: each for each in compare(old, new)}
    assert "t3.r1.natural" not in changes
    assert (changes["t2.fees.amount"].before, changes["t2.fees.amount"].after) == (None, Filled(0))
    assert (changes["t2.procurement.projects"].before, changes["t2.procurement.projects"].after) == (Filled(0), None)
    assert changes["t2.procurement.projects"].cell is None
    assert set(changes) == set(old.form.items) ^ set(new.form.items)


def test_findings_are_mended_new_or_standing() -> None:
    """The same rule and items stand, even in another cell; others are mended or new, each exactly once."""

    def about(item: str, cell: str) -> Finding:
        return Finding("I1", Severity.ERROR, "m", "r", rule="I1", items=(item,), sheet="表", cell=cell)

    gone, stays, moved, fresh = about("a", "B2"), about("b", "B3"), about("b", "C9"), about("c", "B2")
    loose = [Finding("X", Severity.INFO, "m", "r", sheet="表", cell=cell) for cell in ("A1", "A2")]
    old = Checked("1.xlsx", "0", a_return(BALANCED), (gone, stays, loose[0], gone))
    new = Checked("2.xlsx", "1", a_return(BALANCED | {"t3.r1.natural": 59}), (moved, fresh, loose[1], gone))
    got = revise(old, new)
    assert (got.mended, got.new_findings, got.standing) == ((gone, loose[0]), (fresh, loose[1]), (moved, gone))
    assert codes(got.changes) == ["t3.r1.natural", "t3.r1.total"]
    with pytest.raises(ValueError, match="hold a return"):
        revise(old, Checked("3.xlsx", "2", None, ()))
