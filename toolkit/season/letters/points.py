"""Findings → the points of a letter in the order of weight: place, what is wrong, the figures, what to do."""

from __future__ import annotations

from msgspec import Struct

from toolkit.answers import Blank, Filled, Unreadable
from toolkit.findings import Finding, Severity
from toolkit.returns import Checked, Return
from toolkit.returns.numbers import show
from toolkit.returns.status import MISSING, is_open, level_of
from toolkit.season.letters.quotation import quoted

_ORDER = {MISSING: 1, Severity.WARNING.zh: 2}
LISTED = 12
"""The most findings that a letter lists; the others are counted."""


class Point(Struct, frozen=True):
    """One finding of a letter; ``figures`` are the sides of an equation, or what a cell holds and should hold."""

    grave: bool
    level: str
    place: str
    message: str
    figures: tuple[tuple[str, str], ...]
    remedy: str


def points_of(checked: Checked) -> tuple[Point, ...]:
    """Return what is left to mend, fill or explain: errors, what is missing, then warnings that nobody explained."""
    left = sorted(filter(is_open, checked.findings), key=lambda one: _ORDER.get(level_of(one), 0))
    return tuple(_point(finding, checked.ret) for finding in left)


def _point(finding: Finding, ret: Return | None) -> Point:
    where = "表 ".join(part for part in (finding.sheet and f"“{finding.sheet}”", finding.cell) if part)
    (is_, should), level = finding.sides, level_of(finding)
    stands = finding.actual if finding.actual is not None else _stands(finding, ret)
    figures = ((is_, quoted(stands, 40)), (should, quoted(finding.expected or "", 40)))
    return Point(
        level == Severity.ERROR.zh,
        level,
        quoted(where, 40) or "整个文件",
        quoted(finding.message, 200),
        tuple((label, figure) for label, figure in figures if figure),
        quoted(finding.for_agency, 300),
    )


def _stands(finding: Finding, ret: Return | None) -> str:
    """Return what stands in the one item of a finding that does not say it itself."""
    if ret is None or len(finding.items) != 1 or finding.items[0] not in ret.answers:
        return ""
    answer = ret.answers[finding.items[0]]
    if isinstance(answer, Filled):
        return show(answer.value)
    if isinstance(answer, Unreadable):
        return f"“{answer.raw}”"
    assert isinstance(answer, Blank)
    return "空白"
