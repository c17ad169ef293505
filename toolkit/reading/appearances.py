"""What a person sees in a cell against what it holds: another figure is never taken in silence."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.excel_in import Cell
from toolkit.returns.numbers import show, understand

_FIGURE = re.compile(r"[+-]?[0-9][0-9,]*(?:\.(?P<places>[0-9]*))?(?:E[+-]?[0-9]{1,3})?")
_CURRENCIES = str.maketrans("", "", "¥￥$€£")
_NOTHING = frozenset("-–—")


def as_seen(cell: Cell, answer: Answer, kind: str) -> Answer:
    """Return the answer of a cell with a look: Unreadable (VALUE_018) where a person sees another figure than it holds.

    What is rounded, grouped, or has a unit that agrees is the same figure; where nothing is seen, it is read as usual.
    """
    seen = "" if cell.look is None else cell.look.shown
    if not seen:
        return answer
    if isinstance(cell.value, int | Decimal) and not isinstance(cell.value, bool):
        if _same(seen, Decimal(cell.value), kind):
            return answer
        stored = show(cell.value)
    else:
        shown = understand(seen, kind=kind)
        if _value(shown) == _value(answer):
            return answer
        stored = str(cell.value)
    value = _value(understand(seen, kind=kind))
    return Unreadable(seen, "VALUE_018", None if value is None else show(value), stored)


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
