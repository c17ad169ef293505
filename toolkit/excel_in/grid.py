"""What a workbook file turns into: sheets of sparse typed cells, each with value, formula and lock."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from msgspec import Struct, field

from toolkit.answers import Look

LITERAL = 800
"""Characters of a number: a double written out to its last digit has some 770."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udbff][\udc00-\udfff]")
EMPTY_RESULT = '""'
"""What stands as the text of a cell whose formula gives an empty text; one without a result has none."""

_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CellError(Struct, frozen=True):
    """An error value such as ``#REF!``: never a blank."""

    text: str


Value: TypeAlias = int | Decimal | str | bool | CellError | None


class Cell(NamedTuple):
    """One cell.

    Numbers are what programs show of their double: 15 significant digits (``int`` when whole); None is blank.

    ``formula`` comes without ``=``. ``locked`` is None where the file format cannot tell. ``date`` marks a number
    under a date or time format. ``text`` is what stood in the file, of a date what a person sees: 2026-3-5, 12:30.
    ``look`` is None for a cell that shows what it holds, rounded and grouped or not.
    """

    value: Value
    formula: str | None = None
    locked: bool | None = None
    date: bool = False
    text: str = ""
    look: Look | None = None


BLANK = Cell(None)


class Overlay(Struct, frozen=True):
    """What lies on a sheet over its cells: ``kind`` is note, thread, box, picture, file, chart, control, shape or unread.

    ``place`` is the cell it hangs on or begins at, None where the file names none. ``text`` is what stands in it; of what
    is not opened its name; of ``unread`` why a part of the file that holds overlays was not read.
    """

    kind: str
    place: tuple[int, int] | None
    text: str = ""
    author: str = ""


class Sheet(Struct, frozen=True):
    """One sheet; rows and columns are zero-based. ``state`` is visible, hidden or veryHidden."""

    name: str
    state: str
    protected: bool | None
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    overlays: tuple[Overlay, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell, blank where the file has none."""
        return self.cells.get((row, column), BLANK)


class Book(Struct, frozen=True):
    """A workbook.

    ``full`` is True where locks and formulas were seen (xlsx, xlsm), ``encrypted`` where a password opened it.
    """

    kind: str
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    producer: str | None = None
    date1904: bool = False
    structure_locked: bool | None = None
    sha256: str = ""
    has_macros: bool = False
    external_links: bool = False
    full: bool = False
    encrypted: bool = False

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of a name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def number(text: str) -> int | Decimal | None:
    """Return the number of a literal as programs show it: its double to 15 significant digits; None when not finite.

    3.3000000000000003, which a program stores for 1.1 + 2.2, is 3.3; a whole number of up to 15 digits is exact.
    """
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    if len(text) > LITERAL or not text or text.strip("0123456789+-.eE"):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    seen = Decimal(f"{value:.15g}")
    return int(seen) if seen == seen.to_integral_value() else seen


def sound_text(text: str) -> str:
    """Return a text without what breaks whatever is written from it: controls, lone surrogates, non-characters."""
    return _UNSOUND.sub("\ufffd", text)


def unescape(text: str) -> str:
    """Decode ``_x0041_`` as ECMA-376 wants it, two halves of a character to that, and make the text sound."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        if _SURROGATE.search(text) is not None:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return sound_text(text)
