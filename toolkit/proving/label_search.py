"""Find an item's cell on a sheet by the texts beside and above it – knowing nothing of where the writer put it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from toolkit.forms import Form, Item, Table

_ROWS, _COLUMNS = 300, 60
"""How far a table is looked for: ours are far smaller, also with rows inserted."""


class Labels:
    """The texts of one sheet and where they stand (one-based rows and columns, as openpyxl counts)."""

    def __init__(self, sheet: Any) -> None:
        self.name: str = sheet.title
        self.cells: dict[str, list[tuple[int, int]]] = {}
        for row in sheet.iter_rows(max_row=min(sheet.max_row, _ROWS), max_col=min(sheet.max_column, _COLUMNS)):
            for cell in row:
                if isinstance(cell.value, str | list) and cell.value:  # a list: runs of rich text
                    self.cells.setdefault(folded(str(cell.value)), []).append((cell.row, cell.column))
        self._merged = {
            (area.min_row, area.min_col): (area.max_row, area.max_col) for area in sheet.merged_cells.ranges
        }

    def counted(self, table: Table) -> int:
        """Return how many of a table's labels stand on the sheet."""
        return sum(folded(label.text) in self.cells for label in table.labels)

    def cell(self, item: Item) -> tuple[int, int] | None:
        """Return the cell of an item, or None when its labels do not lead to exactly one.

        Either the row's label stands to the left and the column's above (the nearest one), or, where the row's label
        spans columns, the column's label stands below it and the figure below that.
        """
        rows, heads = self.cells.get(folded(item.row), []), self.cells.get(folded(item.column), [])
        cells: set[tuple[int, int]] = set()
        for row, column in rows:
            above = [(top, at) for top, at in heads if top < row and at > column]
            if above:
                nearest = max(top for top, _ in above)
                cells |= {(row, at) for top, at in above if top == nearest}
                continue
            last = self._end(row, column)
            below = [(top, at) for top, at in heads if top > last[0] and column <= at <= last[1]]
            cells |= {(self._end(top, at)[0] + 1, at) for top, at in below}
        return next(iter(cells)) if len(cells) == 1 else None

    def _end(self, row: int, column: int) -> tuple[int, int]:
        return self._merged.get((row, column), (row, column))


def folded(text: str) -> str:
    """Return a label for comparing: NFKC, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def item_cells(form: Form, sheets: Iterable[Any]) -> dict[str, tuple[str, int, int]]:
    """Return sheet, row and column of every item that its labels lead to, each table on the sheet with most of them."""
    known = [Labels(sheet) for sheet in sheets if sheet.sheet_state == "visible"]
    cells: dict[str, tuple[str, int, int]] = {}
    for table in form.tables:
        best = max(known, key=lambda labels: labels.counted(table), default=None)
        if best is None:
            continue
        for item in table.items:
            cell = best.cell(item)
            if cell is not None:
                cells[item.code] = (best.name, *cell)
    return cells
