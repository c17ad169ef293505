"""Formulas as the cells they add up, so that two ways to write one sum are the same."""

from __future__ import annotations

import re

from toolkit.cells import parse_range

Cell = tuple[int, int]

_PART = re.compile(r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}(?::\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6})?")
_PLAIN_SUM = re.compile(r"(?:SUM\([^()+]*\)|[^()+,]+)(?:\+(?:SUM\([^()+]*\)|[^()+,]+))*")
_MOST_CELLS = 2_000


def summands(formula: str, sheet: str) -> tuple[Cell, ...] | None:
    """Return the cells that a formula adds up, sorted, e.g. of ``SUM($D$9:D29)`` or ``D9+'三'!D10``.

    None for anything but a plain sum of cells of its own sheet. Spaces, case, ``$``, a leading ``+`` and the sheet's
    own name do not count.
    """
    text = re.sub(r"\s+", "", formula)
    for own in (f"'{sheet}'!", f"{sheet}!", f"$'{sheet}'.", f"'{sheet}'.", "of:=", "_xlfn."):
        text = text.replace(own, "")
    text = text.upper().lstrip("=").lstrip("+")
    text = text.replace("；", ";").replace(";", ",")
    cells: list[Cell] = []
    parts = re.split(r"[+,]", re.sub(r"SUM\(|\)", "", text)) if _PLAIN_SUM.fullmatch(text) else []
    for part in parts:
        if _PART.fullmatch(part) is None:
            return None
        try:
            top, left, bottom, right = parse_range(part)
        except ValueError:
            return None
        if (bottom - top + 1) * (right - left + 1) + len(cells) > _MOST_CELLS:
            return None
        cells += [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return tuple(sorted(cells)) or None
