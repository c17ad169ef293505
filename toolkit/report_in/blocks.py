"""What a published report consists of, whatever it was published as: lines of text and grids of cells, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from toolkit.excel_in import Cell


class Square(Struct, frozen=True):
    """A cell of a published table: the box that it covers (zero-based, both ends within), its text and where it stands.

    ``typed`` is the cell of a workbook, where its value has a type.
    """

    row: int
    column: int
    last_row: int
    last_column: int
    text: str
    where: str
    typed: Cell | None = None

    @property
    def blank(self) -> bool:
        """Tell whether nothing stands in it."""
        return not self.text.strip()


class Grid(Struct, frozen=True, dict=True):
    """A published table: its cells in the order of the document, row by row."""

    squares: tuple[Square, ...]
    where: str

    @cached_property
    def rows(self) -> tuple[tuple[Square, ...], ...]:
        """Return the cells by the row in which they begin, in the order of the document."""
        found: dict[int, list[Square]] = {}
        for each in self.squares:
            found.setdefault(each.row, []).append(each)
        height = 1 + max(found, default=-1)
        return tuple(tuple(found.get(row, ())) for row in range(height))

    @cached_property
    def _covered(self) -> dict[tuple[int, int], Square]:
        return {
            (row, column): each
            for each in self.squares
            for row in range(each.row, each.last_row + 1)
            for column in range(each.column, each.last_column + 1)
        }

    def at(self, row: int, column: int) -> Square | None:
        """Return the cell that covers a position, None where the table has none."""
        return self._covered.get((row, column))

    def across(self, row: int, first: int, last: int) -> tuple[Square | None, ...]:
        """Return what covers the columns of a row, each cell once, None once for all that nothing covers."""
        return tuple(dict.fromkeys(self.at(row, column) for column in range(first, last + 1)))

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return 1 + max((each.last_column for each in self.squares), default=-1)

    def above(self, other: Grid) -> Grid:
        """Return this table with another one below it; its cells keep saying where they stand."""
        down = 1 + max((each.last_row for each in self.squares), default=-1)
        moved = (replace(each, row=each.row + down, last_row=each.last_row + down) for each in other.squares)
        return Grid((*self.squares, *moved), self.where)


class Line(Struct, frozen=True):
    """A paragraph of text and where it stands."""

    text: str
    where: str


Block: TypeAlias = Line | Grid


def lines_of(row: Sequence[Square]) -> Iterator[Line]:
    """Yield a row of a table that is none of the form's as a line of text."""
    texts = [" ".join(each.text.split()) for each in row if not each.blank]
    if texts:
        yield Line(" ".join(texts), row[0].where)
