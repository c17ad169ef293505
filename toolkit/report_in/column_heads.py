"""The labels over the columns of a row, and which cell of the row belongs to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from toolkit.report_in.blocks import PublishedTable, TableCell

Columns = Mapping[str, TableCell]
"""The label of a column → the cell that holds it."""


class ColumnHeads(Struct, frozen=True):
    """The labels over the columns of a row.

    ``rows`` is where they stand, ``foreign`` what else is written there, ``order`` the labels as they follow each
    other in the document, ``wanted`` the labels of the form in their order.
    """

    span: tuple[int, int]
    columns: Columns
    foreign: Sequence[TableCell]
    order: Sequence[str | None]
    wanted: Sequence[str]

    @property
    def rows(self) -> tuple[int, int]:
        """Return the first and last row of the labels."""
        return self.span

    @property
    def in_order(self) -> bool:
        """Tell whether the columns stand one beside the other as the form has them, without a gap that nothing names."""
        at = [number for number, label in enumerate(self.wanted) if label in self.columns]
        found = [self.columns[self.wanted[number]] for number in at]
        if not found or any(a.last_column >= b.column for a, b in pairwise(found)):
            return False
        return all(
            after == before + 1 or any(a.last_column < each.column < b.column for each in self.foreign)
            for (before, after), (a, b) in zip(pairwise(at), pairwise(found), strict=True)
        )

    @property
    def complete(self) -> bool:
        """Tell whether every column of the form is named."""
        return all(label in self.columns for label in self.wanted)

    def spans(self, square: TableCell) -> bool:
        """Tell whether a cell stands between the first and the last of the columns."""
        heads = self.columns.values()
        return min(each.column for each in heads) <= square.column <= max(each.column for each in heads)

    def crowded(self, figures: Sequence[TableCell]) -> bool:
        """Tell whether two of a row's figures stand under one label."""
        under = [
            [each for each in figures if head.column <= each.column <= head.last_column]
            for head in self.columns.values()
        ]
        return any(len(each) > 1 for each in under)

    def names(self, square: TableCell) -> bool:
        """Tell whether any label stands over a cell."""
        over = [*self.columns.values(), *self.foreign]
        return any(each.column <= square.last_column and square.column <= each.last_column for each in over)


def straight(grid: PublishedTable, row: int, stub: TableCell, band: ColumnHeads) -> dict[str, TableCell] | None:
    """Return the cell under each label, or None when the row is not one of a grid whose columns can be trusted."""
    if not band.in_order:
        return None
    heads = list(band.columns.values())
    first, last = min(each.column for each in heads), max(each.last_column for each in heads)
    top, bottom = band.rows
    extent = max(each.last_column for at in range(top, bottom + 1) for each in grid.rows[at])
    if stub.last_column >= first or max(each.last_column for each in grid.rows[row]) > extent:
        return None
    between = grid.across(row, stub.last_column + 1, first - 1) if stub.last_column + 1 < first else ()
    if any(each is not None and not each.blank for each in between):
        return None
    spans = {label: (each.column, each.last_column) for label, each in band.columns.items()}
    foreign = [(each.column, each.last_column) for each in band.foreign]
    found: dict[str, TableCell] = {}
    for label, (left, right) in spans.items():
        under = grid.across(row, left, right)
        if None in under:
            return None
        squares = [each for each in under if each is not None]
        filled = [each for each in squares if not each.blank] or squares[:1]
        for square in filled:
            if (square.row, square.last_row) not in ((row, row), (stub.row, stub.last_row)) and not square.blank:
                return None
            if not (left <= square.column and square.last_column <= right) and _touches(square, spans, label, foreign):
                return None
        if len(filled) > 1:
            return None
        found[label] = filled[0]
    beyond = grid.across(row, last + 1, grid.width - 1) if last + 1 < grid.width else ()
    over = [each for each in beyond if each is not None and not each.blank]
    if any(not any(a <= each.last_column and each.column <= b for a, b in foreign) for each in over):
        return None
    return found


def _touches(
    square: TableCell, spans: Mapping[str, tuple[int, int]], label: str, foreign: Sequence[tuple[int, int]]
) -> bool:
    """Tell whether a cell reaches under another label than its own."""
    others = [span for name, span in spans.items() if name != label] + list(foreign)
    return any(a <= square.last_column and square.column <= b for a, b in others)


def counted(grid: PublishedTable, row: int, stub: TableCell, band: ColumnHeads) -> dict[str, TableCell] | None:
    """Return the cells of a row in their order, if it has just as many as the form and the labels are the form's."""
    if band.foreign or sorted(map(str, band.order)) != sorted(band.wanted) or len(band.columns) != len(band.wanted):
        return None
    line = list(grid.rows[row])
    cells = line[line.index(stub) + 1 :]
    if len(cells) != len(band.wanted):
        return None
    heads = [band.columns[label] for label in band.wanted]
    if any(
        not each.blank and _size(each) not in ((1, 1), (1, _size(head)[1]))
        for each, head in zip(cells, heads, strict=True)
    ):
        return None
    # Labels in a row of one level stand in the form's order; with a level below, those that span it come first.
    official = [label for label in band.wanted if label in band.order]
    if list(band.order) != official and not _levelled(band):
        return None
    return dict(zip(band.wanted, cells, strict=True))


def _size(square: TableCell) -> tuple[int, int]:
    return square.last_row - square.row + 1, square.last_column - square.column + 1


def _levelled(band: ColumnHeads) -> bool:
    """Tell whether the labels follow each other as in the two levels of table 三: 自然人、总计, and below 商业企业 … 其他."""
    return list(band.order) == [band.wanted[0], band.wanted[-1], *band.wanted[1:-1]]
