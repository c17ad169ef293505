"""Last year's returns as one object: one settled return a body, as rules, prefilling and the annex look them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.findings import Finding, Wording, phrase
from toolkit.returns.numbers import show
from toolkit.returns.whole_return import Return
from toolkit.roster import Roster, Succession, folded

CONFLICT = "LAST_001"
"""The reason of a figure that several versions of last year's return state differently."""


class Before(Struct, frozen=True):
    """What last year says of one body: the return to chain to, and those of the bodies that it is put together from.

    ``own`` is the body's own return. Where several bodies share what was carried over, ``ret`` is what they share and
    ``sharers`` are their names; ``story`` says what happened.
    """

    ret: Return
    parts: tuple[Return, ...] = ()
    own: Return | None = None
    sharers: str = ""
    story: Wording | None = None

    @property
    def whose(self) -> str:
        """Return whose figures these are where bodies were reorganised, else nothing."""
        return "" if self.story is None else self.ret.identity.name or ""

    @property
    def alone(self) -> Return | None:
        """Return what the body alone is compared with: nothing where others share it."""
        return None if self.sharers else self.ret

    @property
    def text(self) -> Return | None:
        """Return the return whose text the body's own is compared with."""
        return self.own if self.sharers else self.ret


class LastYear(Struct, frozen=True):
    """The settled returns of earlier years by body (its code, else its folded name) and year.

    Every figure in them is filled, blank or unreadable; one that versions state differently, none known to be the
    one that counts, is unreadable for the reason CONFLICT. ``findings`` say what became of the files; while the report
    year is not known, ``by_year`` has them for each that it may be.
    """

    returns: Mapping[tuple[str, int], Return]
    findings: tuple[Finding, ...] = ()
    by_year: Mapping[int, tuple[Finding, ...]] = {}

    def of(self, code: str | None, roster: Roster | None, year: int, name: str = "") -> Before | None:
        """Return what the year before ``year`` says of a body, known by its code, else by its name; None: nothing.

        A body that took over from others is compared with the sum of what it and they stated; of a sum that lacks one
        of them, or has a rest that the roster gives to nobody, nothing is known: None.
        """
        own = self._stated(code or "", name, year)
        succession = None if roster is None or code is None else roster.succession(code, year)
        if roster is None or succession is None or not succession.changed:
            return None if own is None else Before(own, own=own)
        if succession.loose or self.lacking(succession, year):
            return None
        parts = tuple(self.returns[old, year - 1] for old in sorted(succession.old, key=lambda old: old != code))
        together = added(parts)
        text = together.text if own is None else own.text
        sharers = roster.called(succession.new, year) if succession.shared else ""
        return Before(replace(together, text=text), parts, own, sharers, roster.story(succession, year))

    def lacking(self, succession: Succession, year: int) -> tuple[str, ...]:
        """Return the bodies of a succession that have no return of the year before."""
        return tuple(old for old in succession.old if (old, year - 1) not in self.returns)

    def _stated(self, code: str, name: str, year: int) -> Return | None:
        return self.returns.get((code, year - 1)) or self.returns.get((folded(name), year - 1))


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


def lacks(ret: Return, items: Iterable[str]) -> list[tuple[str, Wording]]:
    """Return the inputs behind items of last year's return that are not known, each with why.

    What last year's form did not ask for is not lacking.
    """
    there = [item for item in items if item in ret.form.items]
    inputs = dict.fromkeys(code for item in there for code in ret.form.sources(item))
    return [(ret.form.items[code].short, why) for code in inputs if (why := _why(ret.last_answer(code)))]


def _why(answer: Answer) -> Wording | None:
    """Return why last year's figure is not known, None where it is."""
    if isinstance(answer, Filled):
        return None
    if isinstance(answer, Unreadable):
        return phrase("last_conflict" if answer.reason == CONFLICT else "last_unreadable", raw=answer.raw)
    return phrase("last_blank")


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
