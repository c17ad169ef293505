"""The formula of a member of a shared formula: the master's, with relative references moved."""

from __future__ import annotations

import re

from toolkit.cells import column_index, column_letters

_REFERENCE = re.compile(
    r"(?P<quoted>\"[^\"]*\"|'[^']*'!?)|(?<![\w.])(?P<fixed_column>\$?)(?P<column>[A-Z]{1,3})(?P<fixed_row>\$?)(?P<row>[1-9][0-9]{0,6})(?![\w(.])"
)


def shifted(formula: str, rows: int, columns: int) -> str:
    """Return a formula moved by rows and columns; a reference that would leave the sheet becomes ``#REF!``."""

    def moved(match: re.Match[str]) -> str:
        if match["quoted"] is not None:
            return match[0]
        column = column_index(match["column"]) + (0 if match["fixed_column"] else columns)
        row = int(match["row"]) + (0 if match["fixed_row"] else rows)
        if not (0 <= column < 16384 and 1 <= row <= 1048576):
            return "#REF!"
        return f"{match['fixed_column']}{column_letters(column)}{match['fixed_row']}{row}"

    return _REFERENCE.sub(moved, formula)
