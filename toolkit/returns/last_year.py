"""Last year's returns as one object: one settled return a body, as rules, prefilling and the annex look them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.findings import Finding
from toolkit.returns.numbers import show
from toolkit.returns.whole_return import Return
from toolkit.roster import Roster, folded

CONFLICT = "LAST_001"
"""The reason of a figure that several versions of last year's return state differently."""


class Before(Struct, frozen=True):
    """What last year says of one body: the return to chain to, and those of the bodies that it is put together from."""

    ret: Return
    parts: tuple[Return, ...] = ()

    @property
    def own(self) -> bool:
        """Tell whether it is the body's own return, not one that is put together from predecessors'."""
        return not self.parts


class LastYear(Struct, frozen=True):
    """The settled returns of earlier years by body (its code, else its folded name) and year.

    Every figure in them is filled, blank or unreadable; one that versions state differently, none known to be the
    one that counts, is unreadable for the reason CONFLICT. ``findings`` say what became of the files.
    """

    returns: Mapping[tuple[str, int], Return]
    findings: tuple[Finding, ...] = ()

    def of(self, code: str | None, roster: Roster | None, year: int, name: str = "") -> Before | None:
        """Return what the year before ``year`` says of a body, known by its code, else by its name; None: nothing.

        A body without a return of its own inherits the sum of its predecessors' (only if all of them are there).
        """
        own = self.returns.get((code or "", year - 1)) or self.returns.get((folded(name), year - 1))
        if own is not None:
            return Before(own)
        body = None if roster is None else next((body for body in roster.expected(year) if body.code == code), None)
        if body is None or not body.predecessors:
            return None
        parts = tuple(self.returns[old, year - 1] for old in body.predecessors if (old, year - 1) in self.returns)
        return None if len(parts) < len(body.predecessors) else Before(added(parts), parts)


def before(last: LastYear | None, ret: Return, roster: Roster | None, year: int | None = None) -> Before | None:
    """Return what last year says of the body of a return; ``year`` is the report year where the return states none."""
    identity = ret.identity
    return None if last is None else last.of(identity.code, roster, ret.year or year or 0, identity.name or "")


def added(returns: Sequence[Return]) -> Return:
    """Return the sum of several bodies' returns: a figure that one of them lacks is lacking in the sum."""
    first, *others = returns
    if not others:
        return first
    answers = {code: _total([one.last_answer(code) for one in returns]) for code in first.form.inputs}
    name = "、".join(str(one.identity.name) for one in returns)
    file = "、".join(one.file for one in returns if one.file)
    return Return(first.form, replace(first.identity, code=None, name=name), answers, file=file or None)


def _total(parts: Sequence[Answer]) -> Answer:
    total: Number = 0
    for part in parts:
        if not isinstance(part, Filled):
            return next((one for one in parts if isinstance(one, Unreadable)), part)
        total = total + part.value
    return Filled(total)


def settled(versions: Sequence[Return]) -> Return:
    """Return the return of a body that sent several, none known to count: what they state differently is in conflict."""
    first, *others = versions
    if not others:
        return first
    answers = {}
    for code in first.form.inputs:
        stated = [one.last_answer(code) for one in versions]
        answers[code] = stated[0] if len({_plain(one) for one in stated}) == 1 else _conflict(stated)
    return replace(first, answers=answers, declared=frozenset(), file="、".join(one.file or "" for one in versions))


def _plain(answer: Answer) -> Number | str | None:
    return answer.value if isinstance(answer, Filled) else answer.raw if isinstance(answer, Unreadable) else None


def _conflict(stated: Sequence[Answer]) -> Unreadable:
    words = (show(one.value) if isinstance(one, Filled) else one.raw or "空白" for one in stated)
    return Unreadable("、".join(dict.fromkeys(words)), CONFLICT)
