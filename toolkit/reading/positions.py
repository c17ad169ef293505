"""Where a table stands on a sheet: the place of every item and label, and how much of it a sheet holds."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from toolkit.excel_in import Sheet
from toolkit.findings import Finding
from toolkit.forms import Table
from toolkit.forms.sheets import TableLayout
from toolkit.reading.wording import plain, text_of, vocabulary_in

Cell = tuple[int, int]


class Positions(Struct, frozen=True):
    """A table on its sheet: the place of every item and label that is there, and the box that they span.

    ``rows`` gives the row of the sheet for each row of the grid that is there. ``moved`` is True when anything stands
    elsewhere than the layout says.
    """

    layout: TableLayout
    sheet: Sheet
    items: Mapping[str, Cell]
    labels: frozenset[Cell]
    rows: Mapping[int, int]
    box: tuple[int, int, int, int]
    switch: Cell
    moved: bool
    findings: tuple[Finding, ...]


def share(table: Table, sheet: Sheet) -> float:
    """Return the share of a table's labels that a sheet holds anywhere (0 to 1)."""
    words = frozenset(plain(label.text) for label in table.labels)
    return len(set(vocabulary_in(sheet, words).values())) / len(words)


def undisturbed(layout: TableLayout, sheet: Sheet) -> bool:
    """Tell whether every label stands where the layout has it."""
    cells = sheet.cells
    for place, text in layout.labels:
        cell = cells.get(place)
        if cell is None or (cell.value != text and plain(text_of(cell)) != plain(text)):
            return False
    return True


def as_laid_out(layout: TableLayout, sheet: Sheet) -> Positions:
    """Return the positions on a sheet where every label stands in its place."""
    labels = frozenset(place for place, _ in layout.labels)
    rows = {row: layout.top + row for row in range(layout.table.height)}
    box = (layout.top, layout.left, layout.bottom, layout.right)
    return Positions(layout, sheet, layout.cells, labels, rows, box, layout.switch, False, ())
