"""What a person sees in a cell against what it holds: another figure is never taken in silence."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from toolkit.answers import Answer, Blank, Filled, Look, Number, Unreadable
from toolkit.returns.numbers import show, understand

LOOKS = ("VALUE_018", "VALUE_019", "VALUE_020")
"""Why a figure is not read that is seen otherwise than it is stored."""
_FIGURE = re.compile(r"[+-]?[0-9][0-9,]*(?:\.(?P<places>[0-9]*))?(?:E[+-]?[0-9]{1,3})?")
_CURRENCIES = str.maketrans("", "", "¥￥$€£")
_NOTHING = frozenset("-–—")


def as_seen(look: Look | None, value: object, answer: Answer, kind: str) -> Answer:
    """Return the answer of a cell with a look and a value, None for a date; Unreadable where a person sees another figure than it holds.

    VALUE_018: the format makes another figure of it. VALUE_019: a raised or lowered mark stands beside it. VALUE_020:
    all of it or a part is struck out. What is rounded, grouped, or has a unit that agrees is the same figure; where
    nothing is seen, it is read as usual.
    """
    if look is None or isinstance(answer, Blank):
        return answer
    figure = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    stored = str(value) if figure is None else show(figure)
    if look.raised:
        return Unreadable(stored, "VALUE_019", None, look.raised)
    if look.struck:
        return Unreadable(stored, "VALUE_020", None, look.struck if figure is None else stored)
    if not look.shown:
        return answer
    if figure is not None and _same(look.shown, Decimal(figure), kind):
        return answer
    reading = _value(understand(look.shown, kind=kind))
    if figure is None and reading == _value(answer):
        return answer
    return Unreadable(look.shown, "VALUE_018", None if reading is None else show(reading), stored)


def _value(answer: Answer) -> Number | None:
    return answer.value if isinstance(answer, Filled) else None


def _same(seen: str, stored: Decimal, kind: str) -> bool:
    """Tell whether a text shows a number: exactly, or rounded to the places that it shows."""
    text = seen.translate(_CURRENCIES).strip()
    if stored == 0 and text in _NOTHING:
        return True
    if stored < 0 and text[:1] in ("(", "（") and text[-1:] in (")", "）"):
        text = f"-{text[1:-1].strip()}"
    plain = _FIGURE.fullmatch(text)
    if plain is None:
        answer = understand(text, kind="signed" if kind == "count" else kind)
        proposal = answer.proposal if isinstance(answer, Unreadable) else None
        figure = _value(answer) if proposal is None else Decimal(proposal)
        number = re.search(r"[0-9][0-9,]*(?:\.(?P<places>[0-9]*))?", text)
        if figure is None or number is None:
            return False
        if figure == stored:
            return True
        if abs(figure) != Decimal(number[0].replace(",", "")):
            return False
        return _rounded(stored, number["places"]) == figure
    figure = Decimal(text.replace(",", ""))
    if "E" in text:
        return figure == stored or float(f"{stored:.{len(plain['places'] or '')}E}") == float(figure)
    return _rounded(stored, plain["places"]) == figure


def _rounded(value: Decimal, places: str | None) -> Decimal:
    """Return a number rounded as programs show it."""
    return value if value.adjusted() > 20 else value.quantize(Decimal(1).scaleb(-len(places or "")), ROUND_HALF_UP)
