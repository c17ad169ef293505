"""Findings → the points of a letter in the order of weight: place, what is there, what should be, what to do."""

from __future__ import annotations

from msgspec import Struct

from toolkit.answers import Blank, Filled, Unreadable
from toolkit.findings import Finding, Severity, sorted_findings
from toolkit.returns import Checked, Return
from toolkit.returns.numbers import show
from toolkit.season.letters.quotation import quoted

LISTED = 12
"""The most findings that a letter lists; the others are counted."""


class Point(Struct, frozen=True):
    """One finding of a letter; ``found`` and ``expected`` are "" where the message alone says it."""

    grave: bool
    level: str
    place: str
    message: str
    found: str
    expected: str
    remedy: str


def points_of(checked: Checked) -> tuple[Point, ...]:
    """Return what is left to mend or explain: errors, then warnings that nobody explained."""
    return tuple(_point(each, checked.ret) for each in sorted_findings(checked.findings) if each.weighs)


def _point(each: Finding, ret: Return | None) -> Point:
    where = "表 ".join(part for part in (each.sheet and f"“{each.sheet}”", each.cell) if part)
    found = each.found if each.found is not None else _stands(each, ret)
    return Point(
        each.severity is Severity.ERROR,
        each.severity.zh,
        quoted(where, 40) or "整个文件",
        quoted(each.message, 200),
        quoted(found, 40),
        quoted(each.expected or "", 40),
        quoted(each.remedy, 300),
    )


def _stands(each: Finding, ret: Return | None) -> str:
    """Return what stands in the one item of a finding that does not say it itself."""
    if ret is None or len(each.items) != 1 or each.items[0] not in ret.answers:
        return ""
    answer = ret.answers[each.items[0]]
    if isinstance(answer, Filled):
        return show(answer.value)
    if isinstance(answer, Unreadable):
        return f"“{answer.raw}”"
    assert isinstance(answer, Blank)
    return "空白"
