"""Which rows and columns of a stranger's sheet are those of the form's grid, by the labels that begin in them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from toolkit.forms.definition import Label
from toolkit.forms.layout import TableLayout
from toolkit.reading.alignment import align, filled_in
from toolkit.reading.positions import Cell
from toolkit.reading.wording import plain


class GridLines(Struct, frozen=True):
    """The rows and columns of the sheet for those of the grid: labelled ones, and all that follow from them."""

    labelled_rows: Mapping[int, int]
    labelled_columns: Mapping[int, int]
    rows: dict[int, int]
    columns: Mapping[int, int]

    def expected(self, label: Label) -> Cell | None:
        """Return where a label should stand; None where its row or column is not there."""
        row, column = self.rows.get(label.first_row), self.columns.get(label.first_column)
        return None if row is None or column is None else (row, column)

    def between(self, label: Label) -> bool:
        """Tell whether a label belongs between rows and columns that are labelled."""
        rows, columns = self.labelled_rows, self.labelled_columns
        return (
            min(rows) <= label.first_row <= max(rows) and min(columns) <= label.first_column <= max(columns)
            if rows and columns
            else False
        )


def grid_lines(layout: TableLayout, words: Mapping[Cell, str]) -> GridLines:
    """Match the grid of a table with a sheet; ``words`` gives the cells that hold a (plain) label of the table."""
    table = layout.table
    labelled_rows = _rows(layout, words)
    rows = filled_in(labelled_rows, table.height)
    labelled_columns = _columns(layout, words, rows)
    return GridLines(labelled_rows, labelled_columns, rows, filled_in(labelled_columns, table.width))


def _rows(layout: TableLayout, words: Mapping[Cell, str]) -> dict[int, int]:
    """Map rows of the grid to rows of the sheet by the labels that begin in them."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in words.items():
        by_row.setdefault(row, []).append((column, text))
    candidates = sorted(by_row)
    weights = [[_row_weight(layout, line, by_row[row]) for row in candidates] for line in range(layout.table.height)]
    return {line: candidates[at] for line, at in align(weights).items()}


def _row_weight(layout: TableLayout, line: int, row: list[tuple[int, str]]) -> float:
    weight, texts = 0.0, [text for _, text in row]
    for label in layout.table.labels:
        if label.first_row == line and plain(label.text) in texts:
            texts.remove(plain(label.text))
            weight += 4 if label.role == "stub" else 2
            weight += 1 if (layout.left + label.first_column, plain(label.text)) in row else 0
    return weight


def _columns(layout: TableLayout, words: Mapping[Cell, str], rows: Mapping[int, int]) -> dict[int, int]:
    """Map columns of the grid to columns of the sheet by the labels that begin in them, in rows that are mapped."""
    candidates = sorted({column for _, column in words})

    def weight(at: int, column: int) -> float:
        return sum(
            2.0 + (column == layout.left + at) / 4
            for label in layout.table.labels
            if label.first_column == at
            and label.first_row in rows
            and words.get((rows[label.first_row], column)) == plain(label.text)
        )

    weights = [[weight(at, column) for column in candidates] for at in range(layout.table.width)]
    return {at: candidates[place] for at, place in align(weights).items()}
