"""What changed between two returns, as a person reads it: one line a change."""

from __future__ import annotations

from itertools import takewhile

from toolkit.answers import Answer, Filled, Unreadable
from toolkit.returns.numbers import show
from toolkit.returns.revisions import Change


def alteration_line(change: Change) -> str:
    """Return a change as one line."""
    place = "!".join(part for part in (change.sheet, change.cell) if part)
    if change.code.startswith("text."):
        old, new = (answer.raw if isinstance(answer, Unreadable) else "" for answer in (change.before, change.after))
        return f"{place} {change.code} {change.row}·{change.column}：{_passage(old, new)} → {_passage(new, old)}"
    return f"{place} {change.code} {change.row}·{change.column}：{_words(change.before)} → {_words(change.after)}"


_AROUND, _SHOWN = 12, 60
"""Characters that a changed passage is quoted with on either side, and of the passage itself."""


def _passage(text: str, other: str) -> str:
    """Return the part of a text that differs from another, with a few characters around it."""
    if not text:
        return "空白"
    start = _alike(text, other)
    alike = _alike(text[start:][::-1], other[start:][::-1])
    first, last = max(0, start - _AROUND), min(len(text), len(text) - alike + _AROUND)
    last = min(last, start + _SHOWN)
    shown = " ".join(text[first:last].split())
    return f"“{'…' if first else ''}{shown}{'…' if last < len(text) else ''}”"


def _alike(text: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False)))


def _words(answer: Answer | None) -> str:
    if answer is None:
        return "（无）"
    if isinstance(answer, Filled):
        return show(answer.value)
    return f"读不懂“{answer.raw}”" if isinstance(answer, Unreadable) else "空白"
