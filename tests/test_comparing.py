"""What changed between two returns, item by item, with blank and zero kept apart."""

from __future__ import annotations

from tests.figures import changed, made
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.comparing import compare


def test_equal_returns_have_no_change() -> None:
    """Nothing changed is nothing to tell, whatever the spelling of a figure."""
    typed = made({"t3.r1.natural": Filled(3, "３", "VALUE_001"), "t3.r4.natural": 3})
    assert compare(made({"t3.r1.natural": 3, "t3.r4.natural": 3}), typed) == ()


def test_a_changed_figure_and_its_totals_are_told_with_their_cells() -> None:
    """An input that changed is told with before and after, and so are the totals that follow from it."""
    old = made({"t3.r1.natural": 3})
    found = {each.code: each for each in compare(old, changed(old, t3__r1__natural=5))}
    assert set(found) == {"t3.r1.natural", "t3.r1.total"}
    change = found["t3.r1.natural"]
    assert (change.before, change.after) == (Filled(3), Filled(5))
    assert (change.sheet, change.cell, change.column) == ("三、依申请公开", "D7", "自然人")


def test_blank_and_zero_differ_and_two_marks_of_a_blank_do_not() -> None:
    """A zero that was a blank is a change; a slash instead of nothing is not."""
    blank = made({"t2.rules.issued": None})
    assert [each.code for each in compare(blank, made({}))] == ["t2.rules.issued"]
    assert compare(blank, made({"t2.rules.issued": Blank("/", "VALUE_003")})) == ()


def test_what_became_unreadable_is_a_change_and_so_are_its_totals() -> None:
    """A figure that can no longer be read is told, and the total that cannot be computed."""
    found = compare(made({}), made({"t4.review.upheld": Unreadable("约5", "VALUE_010")}))
    assert [each.code for each in found] == ["t4.review.upheld", "t4.review.total"]


def test_chapters_that_changed_are_told_by_their_number() -> None:
    """Another text of a chapter is one change."""
    found = compare(made({}, text={"五": "旧"}), made({}, text={"五": "新"}))
    assert [(each.code, each.sheet) for each in found] == [("text.五", "五、问题与改进")]


def test_items_of_another_format_are_there_on_one_side_only() -> None:
    """Comparing two formats tells what only one of them has."""
    found = {each.code: each for each in compare(made({}, form="2019"), made({}))}
    assert found["t3.r3_6_1.natural"].before is None
    assert found["t3.r3_6.natural"].after is None
    assert "t3.r1.natural" not in found
