"""Where things stand: zero-based (row, column) pairs, the A1 texts that people read, and sheets that hold a list."""

from __future__ import annotations

import re
from functools import cached_property

from msgspec import Struct

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")
"""Characters without a width: soft hyphens, joiners, marks of direction, variation selectors."""
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Area(Struct, frozen=True):
    """A rectangle of cells, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def single(self) -> bool:
        """Tell whether it is one cell."""
        return self.first_row == self.last_row and self.first_column == self.last_column


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


class Column(Struct, frozen=True):
    """A column of a list: its code, the title above it, its width in pixels (0: as it is), who types into it.

    ``owner`` is "agency", "coordinator" or "" where the cells are ours, who are shown the ``prompt``; hidden columns
    help formulas and readers.
    """

    code: str
    title: str = ""
    width: int = 0
    owner: str = ""
    hidden: bool = False
    prompt: str = ""
    required: bool = False


class ListSheet(Struct, frozen=True, dict=True):
    """A sheet that holds one list: its name, its columns, the row of their titles (−1: none), how many rows head it."""

    name: str
    header_row: int
    columns: tuple[Column, ...]
    header_rows: int = 1

    @property
    def first_row(self) -> int:
        """Return the first row below the titles."""
        return self.header_row + self.header_rows

    @cached_property
    def titled(self) -> tuple[Column, ...]:
        """Return the columns that a reader sees."""
        return tuple(column for column in self.columns if column.title and not column.hidden)

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the titles that a reader sees."""
        return tuple(column.title for column in self.titled)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.code: at for at, column in enumerate(self.columns)}

    def column(self, code: str) -> int:
        """Return the number of a column, from 0; an unknown code raises KeyError."""
        return self._places[code]

    def width(self, code: str) -> int:
        """Return the width of a column in pixels."""
        return self.columns[self._places[code]].width

    def a1(self, row: int, code: str, *, absolute: bool = False) -> str:
        """Return the address of a row's cell on its sheet, e.g. ``B3``."""
        return a1(row, self._places[code], absolute=absolute)

    @property
    def last(self) -> int:
        """Return the number of the last column that a reader sees."""
        return max(self._places[column.code] for column in self.titled)

    def reference(self, row: int, code: str) -> str:
        """Return an absolute reference to a row's cell from another sheet, e.g. ``'校验'!$G$5``."""
        return f"'{self.name}'!{self.a1(row, code, absolute=True)}"

    def block(self, first: int, last: int, code: str, last_code: str = "") -> str:
        """Return an absolute reference from another sheet to rows of a column, or of all up to ``last_code``."""
        return f"'{self.name}'!{self.a1(first, code, absolute=True)}:{self.a1(last, last_code or code, absolute=True)}"


def visible(text: str) -> str:
    """Return a text without the characters that nobody sees; they come along when it is pasted from elsewhere."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def invisible(text: str) -> str:
    """Return the names of the characters in a text that nobody sees, e.g. ``U+202C``; "" for none."""
    return "、".join(f"U+{ord(mark):04X}" for mark in dict.fromkeys(_INVISIBLE.findall(text)))
