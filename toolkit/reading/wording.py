"""What a cell says: its text, labels as they are compared, texts as messages quote them, its figure as an answer.

Of labels width, spaces, brackets and punctuation do not count, every other character does.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from toolkit.answers import Answer
from toolkit.cells import a1
from toolkit.excel_in import Cell, CellError, Sheet
from toolkit.findings import Finding, finding
from toolkit.returns import CoverField, Place
from toolkit.returns.looks import as_seen
from toolkit.returns.numbers import understand

_LONGEST = 200
"""Characters of a text that is worth remembering; thousands of long ones would fill the memory."""


def plain(text: str) -> str:
    """Return the letters and digits of a text after NFKC, e.g. ``（一） 予以公开`` → ``一予以公开``."""
    return _remembered(text) if len(text) <= _LONGEST else _plain(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return "".join(character for character in normal if unicodedata.category(character)[0] in "LN")


def text_of(cell: Cell) -> str:
    """Return what a cell shows as text, "" when blank."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    # 3.3000000000000003 stands in the file for what programs show as 3.3; a long code stays as it stands.
    noisy = not cell.date and "." in cell.text and "E" not in cell.text.upper()
    return str(value) if noisy else cell.text or str(value)


def answer_of(cell: Cell, kind: str) -> Answer:
    """Return the answer of a cell that holds a figure of a kind."""
    if isinstance(cell.value, CellError):
        return understand(None, kind=kind, error=cell.value.text)
    answer = understand(cell.value, kind=kind, date=cell.date, shown=cell.text)
    return answer if cell.look is None else as_seen(cell.look, None if cell.date else cell.value, answer, kind)


def quoted(text: str, most: int = 40) -> str:
    """Return a text on one line, cut to a length that fits a sentence; a blank one is called 空."""
    flat = " ".join(text.split())
    return "空" if not flat else flat if len(flat) <= most else flat[:most] + "…"


def written(sheet: Sheet, place: tuple[int, int]) -> CoverField:
    """Return what was written into a cell, and where."""
    return CoverField(text_of(sheet.cell(*place)).strip(), Place(sheet.name, a1(*place)))


def note(code: str, sheet: Sheet, file: str, place: tuple[int, int] | None = None, **params: Any) -> Finding:
    """Return a finding about a sheet, or about a cell of it."""
    return finding(code, file=file, sheet=sheet.name, cell=None if place is None else a1(*place), **params)


def vocabulary_in(sheet: Sheet, words: frozenset[str], most: int = 20_000) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet whose text is one of the (plain) words, looking at no more than ``most`` cells."""
    labels: dict[tuple[int, int], str] = {}
    for at, (place, cell) in enumerate(sheet.cells.items()):
        if at >= most:
            break
        if isinstance(cell.value, str) and len(cell.value) <= _LONGEST:
            text = plain(cell.value)
            if text in words:
                labels[place] = text
    return labels
