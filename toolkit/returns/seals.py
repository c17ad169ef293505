"""The seal of a roll-up: a short mark of every row that no person may change, by which a change is known.

A row has two marks: what stands in its locked cells (texts, numbers, formulas), and what its formulas showed. Formulas
count as any program writes them: without spaces, quotes, ``$`` and case, numbers in one spelling.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

SEAL = "seal"
"""The section of ``_meta``: a sheet, which of the marks, and ``row:mark`` for every row, as many as a cell has room for."""
FIXED, RESULTS, TYPED, WHOLE = "fixed", "results", "typed", "whole"
PART = 1_500
"""Rows in one line of the section."""

_DROPPED = re.compile(r"[\s$']|_XLFN\.|(?<=FALSE|.TRUE)\(\)")
_NUMBER = re.compile(r"(?<![A-Z0-9_.])[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?(?![A-Z0-9_(:!])")


def formula_text(formula: str) -> str:
    """Return a formula in the one spelling in which it is compared, without ``=``."""
    plain = _DROPPED.sub("", formula.upper()).removeprefix("OF:").removeprefix("=").removeprefix("+")
    return _NUMBER.sub(lambda number: f"{float(number[0]):.12g}", plain)


def shown_text(value: object) -> str:
    """Return what a formula shows in the spelling in which it is compared, "" for nothing."""
    number = _number(value)
    return _text(value) if number is None else f"{number:.9g}"


def fixed_text(value: object, formula: str = "") -> str:
    """Return what stands in a cell as it is compared, "" for nothing."""
    if formula:
        return f"={formula_text(formula)}"
    number = _number(value)
    return _text(value) if number is None else f"#{number:.15g}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")


def mark(cells: Iterable[tuple[int, str]]) -> str:
    """Return the mark of a row, or of any list of places and texts, whatever their order; "" for nothing."""
    lines = [f"{place}:{text}" for place, text in sorted(cells) if text]
    return hashlib.sha256("\x1f".join(lines).encode("utf-8", "replace")).hexdigest()[:8] if lines else ""


def whole_mark(lines: Iterable[tuple[str, str, str]]) -> str:
    """Return the mark of the section itself, in its last line."""
    return mark(enumerate("|".join(line) for line in lines))
