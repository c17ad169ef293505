"""xls and et through xlrd. Only ever called in a process that can be stopped (``toolkit.workers``)."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from toolkit.excel_in import limits
from toolkit.excel_in.appearance import Shape, cell_of, shape_of
from toolkit.excel_in.grid import Book, Cell, CellError, Overlay, Sheet, Value, number, sound_text
from toolkit.excel_in.marks import MarkedText, marked
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.xls_overlays import holds_any, overlays_in, sheets_of
from toolkit.findings import phrase

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_POINT, _NARROW = 20, 26
"""A point in twips, and a tenth of a character in 256ths: nothing is seen of a lower row, of a narrower column."""
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}


def read_xls(data: bytes) -> Book:
    """Read a workbook; what the library cannot read is Refused, whatever it raises."""
    try:
        book = _opened(data)
        left, shapes = limits.CELLS, _shapes(book)
        sheets: list[Sheet] = []
        for sheet in book.sheets():
            sheets.append(_sheet(sheet, left, shapes))
            left -= len(sheets[-1].cells)
        sheets = _with_overlays(book, sheets)
        names = {name.name: _constant(name) for name in book.name_obj_list if name.scope == -1}
    except (Refused, MemoryError):
        raise
    except Exception as fault:  # the library leaks exceptions of every kind; all of them mean "damaged" here
        if "encrypt" in str(fault).lower() or "password" in str(fault).lower():
            raise Refused("FILE_010") from None
        raise Refused("FILE_020", why=type(fault).__name__) from None
    if not any(sheet.cells for sheet in sheets):
        raise Refused("FILE_022")
    if book.biff_version < 80 and _letters_lost(sheets):
        raise Refused("FILE_020", why=phrase("file_no_han"))
    return Book("xls", tuple(sheets), names, {}, None, book.datemode == 1, full=False)


def _letters_lost(sheets: Sequence[Sheet]) -> bool:
    """Tell whether a program wrote _ or ? for every letter that its code page lacks, as SheetJS does for Excel 5.0."""
    texts = [cell.value for sheet in sheets for cell in sheet.cells.values() if isinstance(cell.value, str)]
    return all(map(str.isascii, texts)) and any("__" in text or "??" in text for text in texts)


def _opened(data: bytes) -> Any:
    """Open a workbook with its formats, also one that PHPExcel wrote: there two streams claim the same sectors."""
    import xlrd

    open_workbook = partial(
        xlrd.open_workbook,
        file_contents=data,
        logfile=io.StringIO(),
        formatting_info=True,
        ragged_rows=True,
        on_demand=True,
    )  # on demand keeps the stream, in which the overlays are looked for

    try:
        return open_workbook()
    except xlrd.compdoc.CompDocError:
        return open_workbook(ignore_workbook_corruption=True)


def _with_overlays(book: Any, sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets with what lies over them, and those that hold no cells, such as charts, in their places."""
    unread = Overlay("unread", None, "这种旧格式里的批注、文本框、图片读不出来。")
    stream = b"" if book.mem is None else bytes(book.mem[book.base : book.base + book.stream_len])
    if book.biff_version < 80:
        first = [replace(sheet, overlays=(unread,)) for sheet in sheets[:1]] if holds_any(stream) else sheets[:1]
        return [*first, *sheets[1:]]
    by_name = {sheet.name: sheet for sheet in sheets}
    complete: list[Sheet] = []
    for name, state, begin in sheets_of(stream):
        sheet = by_name.pop(name, None)
        if sheet is None:
            sheet = Sheet(name, _STATES.get(state, "visible"), None, {})
        try:
            overlays = overlays_in(stream, begin)
        except struct.error:
            overlays = (unread,)
        complete.append(replace(sheet, overlays=overlays) if overlays else sheet)
    return [*complete, *by_name.values()]


def _sheet(sheet: Any, left: int, shapes: Sequence[Shape | None]) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
            if kind in (0, 6) or value == "":  # empty, blank
                continue
            if len(cells) >= left:
                raise too_much("limit_cells", limits.CELLS)
            read = typed(kind, value)
            text = repr(float(value)) if kind in (2, 3) else str(value)
            shape = shapes[sheet.cell_xf_index(row, column)]
            if kind == 1:
                read = _marked(sheet, row, column, str(read or ""))
            cell = Cell(read or None if kind == 1 else read, None, None, False, text)
            if shape is not None or type(read) is MarkedText:
                cell = cell_of(cell, shape, date1904=sheet.book.datemode == 1)
            cells[(row, column)] = cell
    merges = tuple((top, left_, bottom - 1, right - 1) for top, bottom, left_, right in sheet.merged_cells)
    rows = {
        at for at, row in sheet.rowinfo_map.items() if at < limits.HIDDEN_ROWS and (row.hidden or row.height < _POINT)
    }
    if sheet.default_row_hidden or (sheet.default_row_height or _POINT) < _POINT:
        rows |= {row for row, _ in cells if row < limits.HIDDEN_ROWS and row not in sheet.rowinfo_map}
    columns = {at for at, info in sheet.colinfo_map.items() if info.hidden or info.width < _NARROW}
    state = _STATES.get(sheet.visibility, "visible")
    return Sheet(sound_text(sheet.name), state, None, cells, merges, frozenset(rows), frozenset(columns))


def _shapes(book: Any) -> list[Shape | None]:
    """Return what is unusual in every cell format, None for nothing."""
    shapes: list[Shape | None] = []
    for xf in book.xf_list:
        code = str(book.format_map[xf.format_key].format_str) if xf.format_key in book.format_map else ""
        font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
        pattern = xf.background.fill_pattern
        ground = (
            book.colour_map.get(xf.background.pattern_colour_index) if pattern == 1 else None if pattern else _WHITE
        )
        ink = _BLACK if font is None else book.colour_map.get(font.colour_index) or _BLACK
        struck = font is not None and bool(font.struck_out)
        shapes.append(shape_of(code, struck=struck, unseen=ink == ground))
    return shapes


def _marked(sheet: Any, row: int, column: int, text: str) -> str:
    """Return a text with the marks that its runs have."""
    changes = sheet.rich_text_runlist_map.get((row, column), ())
    if not changes:
        return text
    fonts, runs = sheet.book.font_list, list[tuple[str, bool, bool]]()
    first = sheet.book.xf_list[sheet.cell_xf_index(row, column)].font_index
    changes = [(0, first), *changes]
    for at, (start, index) in enumerate(changes):
        end = changes[at + 1][0] if at + 1 < len(changes) else len(text)
        font = fonts[index] if index < len(fonts) else None
        runs.append((text[start:end], bool(font and font.struck_out), bool(font and font.escapement)))
    return marked(runs)


def typed(kind: int, value: Any) -> Value:
    """Return the value of a cell by the library's kinds: 2 number, 3 date, 4 boolean, 5 error, else text."""
    if kind in (2, 3):
        plain = number(repr(float(value)))
        return plain if plain is not None else sound_text(repr(float(value)))
    if kind == 4:
        return bool(value == 1)
    if kind == 5:
        return CellError(_ERRORS.get(int(value), "#ERROR!"))
    return sound_text(str(value)) or None


def _constant(name: Any) -> str:
    """Return the text constant of a defined name, quoted as in a formula; other names give their reference."""
    result = name.result
    if result is not None and isinstance(result.value, str):
        return f'"{result.value}"'
    return str(name.formula_text if hasattr(name, "formula_text") else "")
