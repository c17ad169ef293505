"""What is found of a table in a grid: the cell of each item, and figures that belong to none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from msgspec import Struct

from toolkit.findings import Wording
from toolkit.report_in.blocks import TableCell
from toolkit.report_in.labels import LONGEST

_GLUED = re.compile(r"(?P<label>.{0,60}[^\W\d][)）”’]?[ :：]?)[ ]?[0-9][0-9,.]{0,12} ?(?:件|个|条|项|次|份|万元|元)?$")
_PLACES = (
    (r"第 (\d+) 行起的表", r" table from line \1"), (r"第 (\d+) 页", r" page \1"), (r"第 (\d+) 张表", r" table \1"),
    (r"第 (\d+) 行", r" row \1"), (r"第 (\d+) 格", r" cell \1"), (r"第 (\d+) 段", r" paragraph \1"),
)  # fmt: skip


def place_words(where: str) -> Wording:
    """Return a place in a report in both languages."""
    place = where
    for words, english in _PLACES:
        place = re.sub(words, english, place)
    return Wording(where, place.strip())


class Placement(Struct, frozen=True):
    """The cell in which an item was found, with the text of its column's label and how it was told."""

    cell: TableCell
    head: str


class StrayFigure(Struct, frozen=True):
    """A figure that belongs to no item with certainty, and why."""

    cell: TableCell
    why: str


class LooseFigure(Struct, frozen=True):
    """A figure in a row of the form that has no heads: worth a word unless its items are found elsewhere."""

    codes: frozenset[str]
    stray: StrayFigure


@dataclass
class Placements:
    """What one grid shows of one table.

    ``empty`` are the items of rows in which nothing stands at all, ``rows`` is the range of rows that the table takes up.
    ``mended`` are labels of rows that were damaged, with the label that is meant.
    """

    by_code: dict[str, Placement] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    strays: list[StrayFigure] = field(default_factory=list)
    loose: list[LooseFigure] = field(default_factory=list)
    mended: list[tuple[TableCell, str]] = field(default_factory=list)
    rows: tuple[int, int] | None = None

    def reach(self, *rows: int) -> None:
        """Widen the range of rows."""
        known = rows if self.rows is None else (*self.rows, *rows)
        self.rows = (min(known), max(known))


_CELL = re.compile("第 [0-9]+ 格$|(?<=!)[A-Z]+(?=[0-9]+$)")


def line_of(where: str) -> str:
    """Return where the row of a cell stands: the place without the cell."""
    return _CELL.sub("", where)


def glued(text: str) -> str | None:
    """Return the label of a text that ends with a figure, None when it does not."""
    match = _GLUED.match(" ".join(unicodedata.normalize("NFKC", text).split()))
    return None if match is None else match["label"].rstrip(" :：")


def figure_like(cell: TableCell) -> bool:
    """Tell whether a cell holds a figure rather than words."""
    text = cell.text.strip()
    return (bool(cell.mark) and not text) or (
        0 < len(text) < LONGEST and any(character.isdigit() for character in text) and not any(map(wordy, text))
    )


def wordy(character: str) -> bool:
    """Tell whether a character is a letter that stands in no figure."""
    return character.isalpha() and character not in "万亿千元件条项个次份减增负人民币整"
