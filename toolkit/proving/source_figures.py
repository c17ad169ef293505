"""The plain figures of one return as openpyxl sees them; called in a process that can be stopped."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from toolkit.findings import Wording, phrase
from toolkit.forms import Form
from toolkit.proving.accounts import closed, covers, load, pairs
from toolkit.proving.label_search import folded, item_cells
from toolkit.proving.plain_numbers import figure, in_words, worded
from toolkit.proving.seen_cells import FAULTS, seen_sheets


class Plain(Struct, frozen=True):
    """The inputs that are plainly numbers (None when the file cannot be read at all), and what stood in the way.

    A roll-up says its ``coverage``.
    """

    figures: dict[str, Decimal] | None
    doubt: str = ""
    coverage: str = ""
    repaired: tuple[Wording, ...] = ()
    """Cells in which a text stands that can mean one figure, in words."""
    identity: Mapping[str, frozenset[str]] = {}
    """What the file says of itself on its cover and on ``_meta``: code, name, year, form; a part may say nothing."""


def plain_figures(form: Form, path: Path) -> Plain:
    """Return the plain figures of the return in a file; nothing in the file raises."""
    if not zipfile.is_zipfile(path):
        why = closed(path) or phrase("proof_no_xlsx")
        return Plain(None, phrase("proof_closed", why=why))
    try:
        book = load(path, values=False)
        cells = item_cells(form, book.worksheets)
        typed = {code: book[sheet].cell(row, column) for code, (sheet, row, column) in cells.items()}
        inputs = {code: cell for code, cell in typed.items() if not form.items[code].computed}
        if any(cell.data_type == "f" for cell in inputs.values()):
            book = load(path, values=True)
    except FAULTS as fault:
        return Plain(None, phrase("proof_unopened", why=type(fault).__name__))
    figures: dict[str, Decimal] = {}
    doubts: list[str] = []
    repaired: list[Wording] = []
    stated = identity(book)
    sheets = seen_sheets(book, inputs.values())
    for code in form.inputs:
        if code not in cells:
            doubts.append(phrase("proof_not_there", item=form.items[code].short))
            continue
        sheet, row, column = cells[code]
        cell = book[sheet].cell(row, column)
        value = figure(cell.value, form.items[code].kind)
        if value is None and isinstance(cell.value, str):
            value = worded(cell.value, form.items[code].kind)
            if value is not None:
                at, shown, taken = f"{sheet}!{cell.coordinate}", in_words(cell.value), in_words(value)
                repaired.append(
                    Wording(f"{at} 写的是“{shown}”，按 {taken} 计", f"{at} says “{shown}”, taken as {taken}")
                )
        doubt = sheets[sheet].doubt(cell)
        if doubt:
            doubts.append(doubt)
        elif value is None:
            doubts.append(phrase("proof_says", at=f"{sheet}!{cell.coordinate}", shown=in_words(cell.value)))
        elif cell.value is None and inputs[code].value is not None:
            doubts.append(phrase("proof_no_result", at=f"{sheet}!{cell.coordinate}"))
        else:
            figures[code] = value
    if not doubts:
        return Plain(figures, "", covers(book), tuple(repaired), stated)
    doubt = phrase("proof_not_plain", cells=Wording.some(doubts, most=3))
    return Plain(figures, doubt, covers(book), tuple(repaired), stated)


_LABELS = {"填报单位": "name", "统一社会信用代码": "code", "年度": "year"}


def identity(book: Any) -> Mapping[str, frozenset[str]]:
    """Return whose the workbook is, as the cells right of the cover's labels and ``_meta`` have it."""
    meta = pairs(book)
    stated = [(key, meta.get(key, "")) for key in ("name", "code", "year", "form")]
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=min(sheet.max_row, 30), max_col=12, values_only=True):
            texts = [in_words(value).strip() if value is not None else "" for value in row]
            for at, text in enumerate(texts):
                key = _LABELS.get(folded(text).rstrip(":"))
                if key is not None:
                    stated.append((key, next(filter(None, texts[at + 1 :]), "")))
    known: dict[str, set[str]] = {}
    for key, text in stated:
        plain = re.sub(r"\D|\.0$", "", text) if key == "year" else folded(text).upper()
        if plain:
            known.setdefault(key, set()).add(plain)
    return {key: frozenset(texts) for key, texts in known.items()}


def is_return(form: Form, path: Path, year: str) -> bool:
    """Tell whether a file is a return of a form and, if it names one, of a year; a roll-up or an empty blank is none."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        book = load(path, values=True)
        cells = item_cells(form, book.worksheets)
    except FAULTS:
        return False
    meta, years = pairs(book), identity(book).get("year", frozenset())
    filled = any(book[sheet].cell(row, column).value is not None for code, (sheet, row, column) in cells.items()
                 if not form.items[code].computed)  # fmt: skip
    whole = len(cells) * 2 > len(form.items) and meta.get("kind") != "rollup"
    return whole and (filled or meta.get("kind") != "blank") and (not years or year in years)
