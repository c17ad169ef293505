"""Plain numbers only: what this side of the proof takes from a cell, by a rule of its own."""

from __future__ import annotations

import datetime
from decimal import Decimal


def figure(value: object, kind: str) -> Decimal | None:
    """Return the figure of a cell, a blank as 0; None for whatever is not plainly a number of its kind.

    A float counts as programs show it, to 15 significant digits. Texts, even ``12``, are somebody else's reading.
    """
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or (number < 0 and kind != "signed"):
        return None
    step = Decimal("0.0001") if kind == "money" else Decimal(1)
    return number if number % step == 0 else None


def in_words(value: object) -> str:
    """Return what a cell shows, for a message."""
    if value is None:
        return "空"
    if isinstance(value, float):
        value = Decimal(f"{value:.15g}")
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:60]
