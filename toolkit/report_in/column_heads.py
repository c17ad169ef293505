"""The labels over the columns of a row, and which cell of the row belongs to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from toolkit.report_in.blocks import PublishedTable, TableCell
from toolkit.report_in.labels import fold

Columns = Mapping[str, TableCell]
"""The label of a column → the cell that holds it."""


class ColumnHeads(Struct, frozen=True):
    """The labels over the columns of a row.

    ``rows`` are the first and the last in which they stand, ``foreign`` what else is written there, ``order`` the labels as they follow each
    other in the document, ``wanted`` the labels of the form in their order.
    """

    rows: tuple[int, int]
    columns: Columns
    foreign: Sequence[TableCell]
    order: Sequence[str | None]
    wanted: Sequence[str]

    @property
    def in_order(self) -> bool:
        """Tell whether the columns stand one beside the other as the form has them, without a gap that nothing names."""
        at = [number for number, label in enumerate(self.wanted) if label in self.columns]
        heads = [self.columns[self.wanted[number]] for number in at]
        if not heads or any(a.last_column >= b.column for a, b in pairwise(heads)):
            return False
        return all(
            after == before + 1 or any(a.last_column < cell.column < b.column for cell in self.foreign)
            for (before, after), (a, b) in zip(pairwise(at), pairwise(heads), strict=True)
        )

    @property
    def complete(self) -> bool:
        """Tell whether every column of the form is named."""
        return all(label in self.columns for label in self.wanted)

    def spans(self, cell: TableCell) -> bool:
        """Tell whether a cell stands between the first and the last of the columns."""
        heads = self.columns.values()
        return min(head.column for head in heads) <= cell.column <= max(head.column for head in heads)

    def crowded(self, figures: Sequence[TableCell]) -> bool:
        """Tell whether two of a row's figures stand under one label."""
        under = [
            [figure for figure in figures if head.column <= figure.column <= head.last_column]
            for head in self.columns.values()
        ]
        return any(len(figures) > 1 for figures in under)

    def names(self, cell: TableCell) -> bool:
        """Tell whether any label stands over a cell."""
        over = [*self.columns.values(), *self.foreign]
        return any(head.column <= cell.last_column and cell.column <= head.last_column for head in over)


def straight(grid: PublishedTable, row: int, stub: TableCell, band: ColumnHeads) -> dict[str, TableCell] | None:
    """Return the cell under each label, or None when the row is not one of a grid whose columns can be trusted."""
    if not band.in_order:
        return None
    heads = list(band.columns.values())
    first, last = min(head.column for head in heads), max(head.last_column for head in heads)
    top, bottom = band.rows
    extent = max(cell.last_column for at in range(top, bottom + 1) for cell in grid.rows[at])
    if stub.last_column >= first or max(cell.last_column for cell in grid.rows[row]) > extent:
        return None
    between = grid.across(row, stub.last_column + 1, first - 1) if stub.last_column + 1 < first else ()
    if any(cell is not None and not cell.blank for cell in between):
        return None
    spans = {label: (head.column, head.last_column) for label, head in band.columns.items()}
    foreign = [(cell.column, cell.last_column) for cell in band.foreign]
    by_label: dict[str, TableCell] = {}
    for label, (left, right) in spans.items():
        under = grid.across(row, left, right)
        if None in under:
            return None
        cells = [cell for cell in under if cell is not None]
        filled = [cell for cell in cells if not cell.blank] or cells[:1]
        for cell in filled:
            if (cell.row, cell.last_row) not in ((row, row), (stub.row, stub.last_row)) and not cell.blank:
                return None
            if not (left <= cell.column and cell.last_column <= right) and _touches(cell, spans, label, foreign):
                return None
        if len(filled) > 1:
            return None
        by_label[label] = filled[0]
    beyond = grid.across(row, last + 1, grid.width - 1) if last + 1 < grid.width else ()
    over = [cell for cell in beyond if cell is not None and not cell.blank]
    if any(not any(a <= cell.last_column and cell.column <= b for a, b in foreign) for cell in over):
        return None
    return by_label


def _touches(
    cell: TableCell, spans: Mapping[str, tuple[int, int]], label: str, foreign: Sequence[tuple[int, int]]
) -> bool:
    """Tell whether a cell reaches under another label than its own."""
    others = [span for name, span in spans.items() if name != label] + list(foreign)
    return any(a <= cell.last_column and cell.column <= b for a, b in others)


def in_lines(lines: Sequence[Sequence[TableCell]], orders: Sequence[Sequence[str]], wanted: Iterable[str]) -> bool:
    """Tell whether lines hold the letters of all labels, and of nothing else, each line its pieces in one of the orders.

    Lines of one piece that follow each other count as one.
    """
    seen = Counter("".join(fold(cell.text) for line in lines for cell in line))
    if seen - Counter("".join(orders[0])) or Counter("".join(wanted)) - seen:
        return False
    rows: list[list[str]] = []
    single = False
    for line in lines:
        pieces = [fold(word) for cell in line for word in cell.text.split()]
        if single and len(pieces) == 1:
            rows[-1] += pieces
        else:
            rows.append(pieces)
        single = len(pieces) == 1
    return all(any(_follow(row, labels) for labels in orders) for row in rows)


def _follow(pieces: Sequence[str], labels: Sequence[str]) -> bool:
    """Tell whether pieces stand in labels one after the other."""
    at = 0
    for piece in pieces:
        at = next((right for right in range(at, len(labels)) if piece in labels[right]), len(labels))
    return at < len(labels)


def in_sequence(letters: str, sequences: Sequence[Sequence[str]], wanted: Container[str]) -> bool:
    """Tell whether letters follow each other in labels one after the other, of which all that are wanted show a letter."""
    for labels in sequences:
        left, seen = letters, set[str]()
        for label in labels:
            before = left
            for letter in label:
                left = left[1:] if left[:1] == letter else left
            seen |= {label} if left != before or label not in wanted else set()
        if not left and {*labels} <= seen:
            return True
    return False
