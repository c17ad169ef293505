"""The plain figures of one return as openpyxl sees them; called in a process that can be stopped."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from toolkit.forms import Form
from toolkit.proving.accounts import covers, load
from toolkit.proving.label_search import item_cells
from toolkit.proving.plain_numbers import figure, in_words
from toolkit.proving.seen_cells import FAULTS, seen_sheets


class Plain(Struct, frozen=True):
    """The inputs that are plainly numbers (None when the file cannot be read at all), and what stood in the way.

    A roll-up says its ``coverage``.
    """

    figures: dict[str, Decimal] | None
    doubt: str = ""
    coverage: str = ""


def plain_figures(form: Form, path: Path) -> Plain:
    """Return the plain figures of the return in a file; nothing in the file raises."""
    if not zipfile.is_zipfile(path):
        return Plain(None, "不是 .xlsx 文件，openpyxl 不能读取。")
    try:
        book = load(path, values=False)
        cells = item_cells(form, book.worksheets)
        typed = {code: book[sheet].cell(row, column) for code, (sheet, row, column) in cells.items()}
        inputs = {code: cell for code, cell in typed.items() if not form.items[code].computed}
        if any(cell.data_type == "f" for cell in inputs.values()):
            book = load(path, values=True)
    except FAULTS as fault:
        return Plain(None, f"openpyxl 不能读取（{type(fault).__name__}）。")
    figures: dict[str, Decimal] = {}
    doubts: list[str] = []
    sheets = seen_sheets(book, inputs.values())
    for code in form.inputs:
        if code not in cells:
            doubts.append(f"找不到“{form.items[code].short}”")
            continue
        sheet, row, column = cells[code]
        cell = book[sheet].cell(row, column)
        value = figure(cell.value, form.items[code].kind)
        doubt = sheets[sheet].doubt(cell)
        if doubt:
            doubts.append(doubt)
        elif value is None:
            doubts.append(f"{sheet}!{cell.coordinate} 是“{in_words(cell.value)}”")
        elif cell.value is None and inputs[code].value is not None:
            doubts.append(f"{sheet}!{cell.coordinate} 是没有结果的公式")
        else:
            figures[code] = value
    if not doubts:
        return Plain(figures, "", covers(book))
    more = f"等 {len(doubts)} 处" if len(doubts) > 3 else ""
    return Plain(figures, f"有不能直接认定的格：{'；'.join(doubts[:3])}{more}。", covers(book))
