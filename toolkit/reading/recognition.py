"""Which sheet holds which table, and which form a workbook without any mark of ours is."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.excel_in import Book, Sheet
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.sheets import TableLayout
from toolkit.reading.positions import share, undisturbed
from toolkit.reading.wording import plain

ENOUGH = 0.5
"""A sheet that holds half of a table's labels is that table; a renamed one must hold more."""
_RENAMED = 0.7
_MOST_SHEETS = 60


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
    for form_id in FORM_IDS:
        scores = [
            max((share(table, sheet) for sheet in book.sheets[:_MOST_SHEETS]), default=0.0)
            for table in load_form(form_id).tables
        ]
        if sum(score >= _RENAMED for score in scores) >= 2 and (best is None or sum(scores) > best[0]):
            best = (sum(scores), form_id)
    return None if best is None else best[1]
