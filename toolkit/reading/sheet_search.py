"""Sheets of ours that were renamed, copied or shifted: known by the labels and titles on them, as the tables are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

from msgspec import Struct

from toolkit.cells import ListSheet
from toolkit.excel_in import Book, Sheet
from toolkit.forms import form_ids, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import COVER, META, META_KEYS, OUR_SHEETS
from toolkit.reading.wording import plain, text_of, vocabulary_in

_ENOUGH, _RENAMED = 0.5, 0.7
"""The share of its labels that a sheet of the right name must hold, and one of another name."""
_MOST_SHEETS = 60
_META_KEYS = 5
"""So many keys below each other are a whole ``_meta``."""


class ListPlace(Struct, frozen=True):
    """A list on its sheet: the row of its titles (−1: gone) and the column of each code."""

    sheet: Sheet
    header_row: int
    columns: Mapping[str, int]

    def text(self, row: int, code: str) -> str:
        """Return what a row says in a column, "" where the column is gone."""
        column = self.columns.get(code)
        return "" if column is None else text_of(self.sheet.cell(row, column)).strip()


def cover_sheets(book: Book) -> tuple[Sheet, ...]:
    """Return the sheets that hold the labels of the cover, the one of its name first."""
    return _holders(COVER.name, book, _cover_share)


def meta_sheets(book: Book) -> tuple[tuple[Sheet, int], ...]:
    """Return the sheets that hold the keys of ``_meta``, each with the column of the keys."""
    sheets = _holders(META.name, book, lambda sheet: _keys(sheet)[1] / _META_KEYS)
    return tuple((sheet, _keys(sheet)[0]) for sheet in sheets)


def list_places(listing: ListSheet, book: Book) -> tuple[ListPlace, ...]:
    """Return the sheets that hold a list, the one of its name first, each with where its titles stand."""
    sheets = _holders(listing.name, book, lambda sheet: len(_titles(sheet, listing)[1]) / len(listing.titled))
    return tuple(_place(sheet, listing) for sheet in sheets)


@cache
def _known_names(forms: tuple[str, ...]) -> frozenset[str]:
    names = [name for form_id in forms for name in lay_out(load_form(form_id)).sheets]
    return frozenset(map(plain, (*names, *OUR_SHEETS)))


def _holders(name: str, book: Book, share: Callable[[Sheet], float]) -> tuple[Sheet, ...]:
    """Return the sheet of a name if it holds what it should, and those of unknown names that do.

    Where the sheet of the name holds something else, all others are looked at.
    """
    named = book.sheet(name) or next((sheet for sheet in book.sheets if plain(sheet.name) == plain(name)), None)
    sound = named is not None and share(named) >= _ENOUGH
    known = _known_names(form_ids()) if named is None or sound else frozenset()
    strangers = (sheet for sheet in book.sheets[:_MOST_SHEETS] if plain(sheet.name) not in known)
    others = [sheet for sheet in strangers if sheet is not named and share(sheet) >= _RENAMED]
    if named is not None and (sound or not others):
        return (named, *others)
    return tuple(others)


def _cover_share(sheet: Sheet) -> float:
    if all(plain(text_of(sheet.cell(*COVER.label_cell(key)))) == plain(label) for key, label in COVER.fields):
        return 1.0
    words = frozenset(plain(label) for _, label in COVER.fields)
    return len(set(vocabulary_in(sheet, words).values())) / len(words)


def _keys(sheet: Sheet) -> tuple[int, int]:
    """Return the column with the most keys that have a value beside them, and how many those are."""
    if sheet.cell(0, 0).value == META_KEYS[0]:
        return 0, _META_KEYS
    words = {place for place, cell in sheet.cells.items() if isinstance(cell.value, str) and cell.value in META_KEYS}
    columns = Counter(column for row, column in words if text_of(sheet.cell(row, column + 1)).strip())
    return max(columns.items(), key=lambda pair: pair[1], default=(0, 0))


def _titles(sheet: Sheet, listing: ListSheet) -> tuple[int, dict[str, int]]:
    """Return the row with the most titles of a list and the columns under them."""
    usual = {column.code: listing.column(column.code) for column in listing.titled}
    row = listing.header_row
    if all(text_of(sheet.cell(row, usual[column.code])) == column.title for column in listing.titled):
        return row, usual
    codes = {plain(column.title): column.code for column in listing.titled}
    rows: dict[int, dict[str, int]] = {}
    for (row, column), text in vocabulary_in(sheet, frozenset(codes)).items():
        rows.setdefault(row, {}).setdefault(codes[text], column)
    return max(rows.items(), key=lambda pair: len(pair[1]), default=(-1, {}))


def _place(sheet: Sheet, listing: ListSheet) -> ListPlace:
    """Return a list's place; a column without its title stands as far right of the one before it as it should."""
    row, columns = _titles(sheet, listing)
    places: dict[str, int] = {}
    shift = min((at - listing.column(code) for code, at in columns.items()), key=abs, default=0)
    for at, column in enumerate(listing.columns):
        shift = columns.get(column.code, at + shift) - at
        if column.code in columns or at + shift not in columns.values():
            places[column.code] = at + shift
    return ListPlace(sheet, row, places)
