"""Where a table stands on a sheet, which sheet holds it, and which form a workbook without any mark of ours is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from toolkit.excel_in import Book, Sheet
from toolkit.excel_in.grid import BLANK
from toolkit.findings import Finding
from toolkit.forms import Item, Table, form_ids, load_form
from toolkit.forms.layout import TableLayout
from toolkit.reading.own_words import is_note
from toolkit.reading.wording import plain, text_of, vocabulary_in

Cell = tuple[int, int]

ENOUGH = 0.5
"""A sheet that holds half of a table's labels is that table; a renamed one must hold more."""
_RENAMED = 0.7
_MOST_SHEETS = 60


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
    """Tell whether every label stands where the layout has it, and the last row too (table 四 has no label in it)."""
    cells = sheet.cells
    last = _last_line(layout)
    if is_foot(sheet, last) or all(cells.get(place, BLANK)[:2] == BLANK[:2] for place in last.values()):
        return False
    for place, text in layout.labels:
        cell = cells.get(place)
        if cell is None or (cell.value != text and plain(text_of(cell)) != plain(text)):
            return False
    return True


@lru_cache(maxsize=32)
def _last_line(layout: TableLayout) -> Mapping[Item, Cell]:
    last = layout.table.height - 1
    return {item: layout.cells[item.code] for item in layout.table.items if item.line == last}


def is_foot(sheet: Sheet, items: Mapping[Item, Cell]) -> bool:
    """Tell whether our own note or signatures stand where a row's items should: the form's row above them is gone.

    A file format without formulas may show them as 0; then the row has no totals.
    """
    cells = [(item.computed, sheet.cell(*place)) for item, place in items.items()]
    if any(is_note(cell) for _, cell in cells):
        return True
    hollow = any(cell.locked is None and cell.value == 0 for _, cell in cells)
    totals = [cell for computed, cell in cells if computed]
    return hollow and bool(totals) and all(cell.value is None for cell in totals)


def as_laid_out(layout: TableLayout, sheet: Sheet) -> Positions:
    """Return the positions on a sheet where every label stands in its place."""
    labels = frozenset(place for place, _ in layout.labels)
    rows = {row: layout.top + row for row in range(layout.table.height)}
    box = (layout.top, layout.left, layout.bottom, layout.right)
    return Positions(layout, sheet, layout.cells, labels, rows, box, layout.switch, False, ())


def table_sheet(layout: TableLayout, book: Book, taken: Iterable[str]) -> Sheet | None:
    """Find the sheet of a table: the one of its name if the labels are there, else the one that holds most of them."""
    used = set(taken)
    named = next((sheet for sheet in book.sheets if sheet.name == layout.sheet), None)
    if named is not None and undisturbed(layout, named):
        return named
    named = named or next((sheet for sheet in book.sheets if plain(sheet.name) == plain(layout.sheet)), None)
    if named is not None and share(layout.table, named) >= ENOUGH:
        return named
    best: tuple[float, Sheet] | None = None
    for sheet in book.sheets[:_MOST_SHEETS]:
        if sheet.name in used or sheet is named:
            continue
        score = share(layout.table, sheet)
        if score >= _RENAMED and (best is None or score > best[0]):
            best = (score, sheet)
    return None if best is None else best[1]


def recognised(book: Book) -> str | None:
    """Return the form whose tables are in the workbook, judged by their labels; None when fewer than two are."""
    best: tuple[float, str] | None = None
    for form_id in form_ids():
        scores = [
            max((share(table, sheet) for sheet in book.sheets[:_MOST_SHEETS]), default=0.0)
            for table in load_form(form_id).tables
        ]
        if sum(score >= _RENAMED for score in scores) >= 2 and (best is None or sum(scores) > best[0]):
            best = (sum(scores), form_id)
    return None if best is None else best[1]
