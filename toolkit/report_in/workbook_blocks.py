"""A workbook made by hand → lines and grids: one grid a visible sheet, hidden rows and columns left out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from toolkit.cells import a1
from toolkit.excel_in import BLANK, Book, Cell, CellError, Sheet
from toolkit.report_in.blocks import Block, PublishedTable, TableCell
from toolkit.report_in.report_limits import CELLS, COLUMNS, beyond

ROWS = 2_000
"""How far down a sheet is read: the three tables under each other have some 60 rows."""


def read_book(book: Book) -> tuple[Block, ...]:
    """Return a grid for every visible sheet that holds anything."""
    grids = [_grid(sheet) for sheet in book.sheets if sheet.state == "visible"]
    return tuple(table for table in grids if table.cells)


def _grid(sheet: Sheet) -> PublishedTable:
    """Return the used part of a sheet; every position within it is a cell, merged ones are one."""
    filled = [
        place
        for place, cell in sheet.cells.items()
        if cell.value is not None and place[0] < ROWS and place[1] < COLUMNS
    ]
    if not filled:
        return PublishedTable((), sheet.name)
    bottom, right = max(row for row, _ in filled), max(column for _, column in filled)
    rows = [row for row in range(bottom + 1) if row not in sheet.hidden_rows]
    columns = [column for column in range(right + 1) if column not in sheet.hidden_columns]
    if len(rows) * len(columns) > CELLS:
        raise beyond("表格单元格数", CELLS)
    merged = {
        (row, column): box
        for box in sheet.merges
        for row in range(box[0], min(box[2], bottom) + 1)
        for column in range(box[1], min(box[3], right) + 1)
    }
    squares: list[TableCell] = []
    for at, row in enumerate(rows):
        for place, column in enumerate(columns):
            top, left, low, far = merged.get((row, column), (row, column, row, column))
            if at != bisect_left(rows, top) or place != bisect_left(columns, left):
                continue
            cell = sheet.cells.get((top, left), BLANK)
            last = bisect_right(rows, low) - 1, bisect_right(columns, far) - 1
            squares.append(TableCell(at, place, *last, _text(cell), f"{sheet.name}!{a1(top, left)}", cell))
    return PublishedTable(tuple(squares), sheet.name)


def _text(cell: Cell) -> str:
    if cell.value is None:
        return ""
    if isinstance(cell.value, CellError):
        return cell.value.text
    return cell.value if isinstance(cell.value, str) else cell.text or str(cell.value)
