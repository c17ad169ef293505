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
    """One finding of a letter; ``stands`` and ``expected`` are "" where the message alone says it."""

    grave: bool
    level: str
    place: str
    message: str
    stands: str
    expected: str
    remedy: str


def points_of(checked: Checked) -> tuple[Point, ...]:
    """Return what is left to mend or explain: errors, then warnings that nobody explained."""
    return tuple(_point(finding, checked.ret) for finding in sorted_findings(checked.findings) if finding.weighs)


def _point(finding: Finding, ret: Return | None) -> Point:
    where = "表 ".join(part for part in (finding.sheet and f"“{finding.sheet}”", finding.cell) if part)
    return Point(
        finding.severity is Severity.ERROR,
        finding.severity.zh,
        quoted(where, 40) or "整个文件",
        quoted(finding.message, 200),
        quoted(finding.actual if finding.actual is not None else _stands(finding, ret), 40),
        quoted(finding.expected or "", 40),
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
