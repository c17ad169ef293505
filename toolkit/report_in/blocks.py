"""What a published report consists of, whatever it was published as: lines of text and grids of cells, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from toolkit.excel_in import Cell


class TableCell(Struct, frozen=True):
    """A cell of a published table: the box that it covers (zero-based, both ends within), its text and where it stands.

    ``typed`` is the cell of a workbook, where its value has a type. ``mark`` names what else is to be seen in it and is no
    part of its text: 上标, 下标, 删除线, 脚注, 图片, 输入框, with the words of it; a figure beside one is not read.
    """

    row: int
    column: int
    last_row: int
    last_column: int
    text: str
    where: str
    typed: Cell | None = None
    mark: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether nothing stands in it."""
        return not self.text.strip() and not self.mark

    @property
    def seen(self) -> str:
        """Return what is to be seen in it: its text and the mark."""
        return self.text.strip() + (f"〔{self.mark}〕" if self.mark else "")


class PublishedTable(Struct, frozen=True, dict=True):
    """A published table: its cells in the order of the document, row by row."""

    cells: tuple[TableCell, ...]
    where: str

    @cached_property
    def rows(self) -> tuple[tuple[TableCell, ...], ...]:
        """Return the cells by the row in which they begin, in the order of the document."""
        by_row: dict[int, list[TableCell]] = {}
        for cell in self.cells:
            by_row.setdefault(cell.row, []).append(cell)
        height = 1 + max(by_row, default=-1)
        return tuple(tuple(by_row.get(row, ())) for row in range(height))

    @cached_property
    def _covered(self) -> dict[tuple[int, int], TableCell]:
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.last_row + 1)
            for column in range(cell.column, cell.last_column + 1)
        }

    def at(self, row: int, column: int) -> TableCell | None:
        """Return the cell that covers a position, None where the table has none."""
        return self._covered.get((row, column))

    def across(self, row: int, first: int, last: int) -> tuple[TableCell | None, ...]:
        """Return what covers the columns of a row, each cell once, None once for all that nothing covers."""
        return tuple(dict.fromkeys(self.at(row, column) for column in range(first, last + 1)))

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return 1 + max((cell.last_column for cell in self.cells), default=-1)

    def above(self, other: PublishedTable) -> PublishedTable:
        """Return this table with another one below it; its cells keep saying where they stand."""
        down = 1 + max((cell.last_row for cell in self.cells), default=-1)
        moved = (replace(cell, row=cell.row + down, last_row=cell.last_row + down) for cell in other.cells)
        return PublishedTable((*self.cells, *moved), self.where)


class TextLine(Struct, frozen=True):
    """A paragraph of text and where it stands."""

    text: str
    where: str


Block: TypeAlias = TextLine | PublishedTable


def lines_of(row: Sequence[TableCell]) -> Iterator[TextLine]:
    """Yield a row of a table that is none of the form's as a line of text."""
    texts = [" ".join(cell.text.split()) for cell in row if not cell.blank]
    if texts:
        yield TextLine(" ".join(texts), row[0].where)
