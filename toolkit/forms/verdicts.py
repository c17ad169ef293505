"""The three-valued verdict on one check: the same table drives the light on the sheet and the county's check."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from toolkit.answers import Number
from toolkit.forms.definition import Check, Comparison, Question, Side


class Verdict(StrEnum):
    """What the sheet shows beside a check; UNCONFIRMED only where it asks for texts that only the county can read."""

    PASS = "通过"
    FAIL = "不通过"
    PENDING = "待填"
    UNDECIDED = "无法判断"
    UNCONFIRMED = "待确认"


class View(Struct, frozen=True):
    """What checks look at: the figures of a return as they count.

    ``values`` holds every item, blanks as 0, unreadable ones None; ``blank`` the inputs left blank and not declared
    zero; ``stated`` totals that someone typed over our formula; ``last`` last year's figures (None: not at hand);
    ``answer`` answers the questions about the whole return (None: cannot be told).
    """

    values: Mapping[str, Number | None]
    blank: frozenset[str]
    stated: Mapping[str, Number]
    last: Mapping[str, Number | None] | None
    answer: Callable[[Question], Number | None]


class Judgement(Struct, frozen=True):
    """The outcome of one check. ``holds`` is None when an operand is unreadable: undecided, which is never a pass."""

    verdict: Verdict
    holds: bool | None
    left: Number | None
    right: Number | None

    @property
    def imbalance(self) -> Number | None:
        """Return left − right."""
        return None if self.left is None or self.right is None else self.left - self.right


_HOLDS: Mapping[str, Callable[[Number, Number], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def judge(check: Check, view: View) -> Judgement | None:
    """Judge a check; None when it cannot be asked (needs last year's figures and there are none)."""
    if check.needs_last and view.last is None:
        return None
    left, right = _value(check.comparison.left, view), _value(check.comparison.right, view)
    guarded = [_compare(guard, view) for guard in check.guards]
    holds: bool | None
    if False in guarded:
        holds = True
    elif left is None or right is None or None in guarded:
        holds = None
    else:
        holds = _HOLDS[check.comparison.sign](left, right)
    return Judgement(_verdict(check, view, holds, left, right), holds, left, right)


def stands(check: Check, view: View) -> bool:
    """Tell whether a check certainly holds, as ``judge`` would; most do, and nothing else is asked of them."""
    if check.guards or (check.needs_last and view.last is None):
        return False
    left, right = _value(check.comparison.left, view), _value(check.comparison.right, view)
    return left is not None and right is not None and _HOLDS[check.comparison.sign](left, right)


def _verdict(check: Check, view: View, holds: bool | None, left: Number | None, right: Number | None) -> Verdict:
    if holds is None or left is None or right is None:
        return Verdict.UNDECIDED
    if check.guards and any(view.values[code] is None for code, _ in check.inputs):
        # It holds whatever the cell is, by a condition that is not met; its line still rests on the cell.
        return Verdict.UNDECIDED
    blank = [weight for code, weight in check.inputs if code in view.blank]
    if not blank:
        return Verdict.PASS if holds else Verdict.FAIL
    if len(blank) == len(check.inputs) or holds:
        return Verdict.PENDING
    return Verdict.PENDING if _mendable(check, blank, left, right) else Verdict.FAIL


def _mendable(check: Check, blank: list[Number | None], left: Number, right: Number) -> bool:
    """Tell whether figures ≥ 0 in the blanks could still make a broken check hold."""
    above = left > right or (left == right and check.comparison.sign == "<")
    question = check.comparison.left.question or check.comparison.right.question
    if question is not None and question.function == "faulty":
        return False
    for weight in blank:
        if weight is None:
            return True
        if check.comparison.sign == "!=":
            return weight != 0
        if (above and weight < 0) or (not above and weight > 0):
            return True
    return False


def _compare(comparison: Comparison, view: View) -> bool | None:
    left, right = _value(comparison.left, view), _value(comparison.right, view)
    return None if left is None or right is None else _HOLDS[comparison.sign](left, right)


def _value(side: Side, view: View) -> Number | None:
    if side.question is not None:
        return view.answer(side.question)
    total: Number = side.constant
    values = view.values
    if side.summands is not None and not view.stated:
        # Nearly every side of nearly every return: a plain sum, and no total was typed over.
        for item in side.summands:
            figure = values[item]
            if figure is None:
                return None
            total = total + figure
        return total
    for term in side.terms:
        if term.last:
            figure = None if view.last is None else view.last.get(term.item)
            figure = 0 if figure is None and term.known else figure
        else:
            figure = view.stated[term.item] if term.item in view.stated else values[term.item]
        if figure is None:
            return None
        total = total + figure if term.coefficient == 1 else total + figure * term.coefficient
    return total
