"""The sheet 校验: status on top, one line a check, a few free lines for other explanations below."""

from __future__ import annotations

from msgspec import Struct

from toolkit.cells import Column, ListSheet
from toolkit.forms.definition import Check, Form, Rule

CHECKS = ListSheet(
    "校验",
    3,
    (
        Column("number", "编号", 52),
        Column("level", "级别", 52),
        Column("words", "审核内容", 300),
        Column("left", "左边", 84),
        Column("right", "右边", 84),
        Column("difference", "差额", 72),
        Column("verdict", "结论", 72),
        Column("link", "定位", 58),
        Column("explanation", "说明（存疑的请写明原因）", 230, "agency"),
        Column("gap"),
        Column("all", "", 60, hidden=True),
        Column("bad", "", 60, hidden=True),
        Column("empty", "", 60, hidden=True),
        Column("more", "", 60, hidden=True),
        Column("less", "", 60, hidden=True),
    ),
)
"""The hidden columns help the verdict: how many inputs a check has, how many of them are unreadable, how many blank
and not declared zero, and how many of those could raise or lower left − right."""
STATUS_ROW = 1
"""The row of the status; its hidden cells count what fails (all), is doubtful (bad), is blank (empty), waits (more)."""
_FREE_LINES = 6


class CheckLine(Struct, frozen=True, eq=False):
    """One line of the sheet 校验; equal to itself alone, as layouts are."""

    row: int
    rule: Rule
    check: Check


class ChecksLayout(Struct, frozen=True):
    """The lines of 校验, and the rows of the free ones with their heading."""

    lines: tuple[CheckLine, ...]
    free_header: int
    free: tuple[int, ...]


def checks_layout(form: Form) -> ChecksLayout:
    """Return the lines of a form's 校验: identities first, then doubts, each by number."""
    ordered = sorted((rule for rule in form.rules if rule.on_sheet), key=lambda rule: (rule.severity.rank, rule.id))
    pairs = [(rule, check) for rule in ordered for check in rule.checks]
    lines = tuple(CheckLine(row, rule, check) for row, (rule, check) in enumerate(pairs, CHECKS.first_row))
    header = CHECKS.first_row + len(lines) + 2
    return ChecksLayout(lines, header, tuple(range(header + 1, header + 1 + _FREE_LINES)))
