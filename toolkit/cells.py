"""Cell addresses: zero-based (row, column) pairs and the A1 texts that people read."""

from __future__ import annotations

import re

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def column_letters(column: int) -> str:
    """Return the letters of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the zero-based index of a column's letters (upper case)."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def a1(row: int, column: int, *, absolute: bool = False) -> str:
    """Return the A1 address of a zero-based cell, with ``$`` signs when absolute."""
    mark = "$" if absolute else ""
    return f"{mark}{column_letters(column)}{mark}{row + 1}"


def parse_a1(text: str) -> tuple[int, int]:
    """Return the zero-based (row, column) of an address such as ``B3``; anything else raises ValueError."""
    match = _CELL.fullmatch(text.replace("$", ""))
    if match is None:
        raise ValueError(f"not a cell address: {text!r}")
    return int(match[2]) - 1, column_index(match[1])


def parse_range(text: str) -> tuple[int, int, int, int]:
    """Return (first row, first column, last row, last column) of ``B3`` or ``B3:D5``; reversed ends raise ValueError."""
    first, _, last = text.partition(":")
    row, column = parse_a1(first)
    last_row, last_column = parse_a1(last) if last else (row, column)
    if last_row < row or last_column < column:
        raise ValueError(f"not a range: {text!r}")
    return row, column, last_row, last_column
