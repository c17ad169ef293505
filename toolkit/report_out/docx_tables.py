"""A grid as a table of WordprocessingML: fixed columns, merges both ways, repeated heads, rows kept whole."""

from __future__ import annotations

import math
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from toolkit.report_out.report import WIDTH, ReportCell, ReportTable

_TWIPS = 1440 / 25.4
_PADDING = 40
"""Twips that a cell keeps free on its left and right."""
_FAULT = "B00020"
_HEIGHTS = {"t2": 7.2, "t3": 6.3, "t4": 9.0}
"""Least height of a row in millimetres."""


def element(tag: str, *children: Any, **attributes: str | int) -> Any:
    """Return an element of WordprocessingML, e.g. ``element("w:gridSpan", val=3)``."""
    made: Any = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    for child in children:
        made.append(child)
    return made


def table_element(grid: ReportTable, *, whole: bool) -> Any:
    """Return the table; ``whole`` keeps it on one page where it fits."""
    widths = [round(share * WIDTH * _TWIPS) for share in grid.widths]
    table = element(
        "w:tbl",
        _properties(grid, sum(widths)),
        element("w:tblGrid", *(element("w:gridCol", w=width) for width in widths)),
    )
    at = {(row, column): cell for line in grid.rows for cell in line for row, column in _covered(cell)}
    for row in range(len(grid.rows)):
        properties = element("w:trPr", element("w:cantSplit"))
        properties.append(element("w:trHeight", val=round(_HEIGHTS.get(grid.id, 6.0) * _TWIPS), hRule="atLeast"))
        if row < grid.head_rows:
            properties.append(element("w:tblHeader"))
        line = element("w:tr", properties)
        column = 0
        while column < len(widths):
            cell = at[row, column]
            keep = whole and row < len(grid.rows) - 1
            line.append(_cell(cell, row, sum(widths[column : cell.last_column + 1]), grid, keep=keep))
            column = cell.last_column + 1
        table.append(line)
    return table


def _covered(cell: ReportCell) -> list[tuple[int, int]]:
    rows, columns = range(cell.row, cell.last_row + 1), range(cell.column, cell.last_column + 1)
    return [(row, column) for row in rows for column in columns]


def _properties(grid: ReportTable, width: int) -> Any:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = [element(f"w:{side}", val="single", sz=6, space=0, color="000000") for side in sides]
    margins = [element("w:left", w=_PADDING, type="dxa"), element("w:right", w=_PADDING, type="dxa")]
    look = {"firstRow": 1 if grid.head_rows else 0, "lastRow": 0, "firstColumn": 1, "lastColumn": 0}
    return element(
        "w:tblPr",
        element("w:tblW", w=width, type="dxa"),
        element("w:jc", val="center"),
        element("w:tblBorders", *borders),
        element("w:tblLayout", type="fixed"),
        element("w:tblCellMar", *margins),
        element("w:tblLook", val="04A0" if grid.head_rows else "0480", **look, noHBand=0, noVBand=1),
        element("w:tblCaption", val=grid.title),
        element("w:tblDescription", val=f"{grid.title}，{grid.unit}"),
    )


def _cell(cell: ReportCell, row: int, width: int, grid: ReportTable, *, keep: bool) -> Any:
    properties = element("w:tcPr", element("w:tcW", w=width, type="dxa"))
    if cell.width > 1:
        properties.append(element("w:gridSpan", val=cell.width))
    if cell.height > 1:
        properties.append(element("w:vMerge", val="restart" if row == cell.row else "continue"))
    properties.append(element("w:vAlign", val="center"))
    paragraph = element("w:pPr", element("w:pStyle", val="TableText"))
    if keep:
        paragraph.append(element("w:keepNext"))
    if cell.role in ("head", "group"):
        side = _side(max(_lines(cell), key=len), grid.size, width)
        paragraph.append(element("w:ind", left=side, right=side, firstLine=0))
    elif _alignment(cell, grid) != "center":
        paragraph.append(element("w:ind", left=_PADDING, right=_PADDING, firstLine=0))
    paragraph.append(element("w:jc", val=_alignment(cell, grid)))
    text = element("w:p", paragraph)
    if row == cell.row and cell.text:
        text.append(_run(cell, grid.figures if cell.role == "figure" else grid.size))
    return element("w:tc", properties, text)


def _side(text: str, size: float, width: int) -> int:
    """Return the indent on both sides, in twips, at which the lines of a label come out equally long."""
    room, character = width - 2 * _PADDING, 20 * size
    lines = math.ceil(len(text) * character / room)
    return max(0, int((room - math.ceil(len(text) / lines) * character) / 2) - 20) if lines > 1 else 0


def _alignment(cell: ReportCell, grid: ReportTable) -> str:
    if grid.id == "annex" and cell.role == "figure":
        return "right"
    if cell.role == "text" or (cell.role == "stub" and grid.id != "t2"):
        return "left"
    return "center"


def _lines(cell: ReportCell) -> tuple[str, ...]:
    """Return the lines of a label; the number of a narrow group stands on one of its own: （三） / 不予公开."""
    number, bracket, words = cell.text.partition("）")
    return (number + bracket, words) if cell.role == "group" and words and len(number) < 4 else (cell.text,)


def _run(cell: ReportCell, size: float) -> Any:
    properties = element("w:rPr")
    if cell.role == "fault":
        properties.append(element("w:b"))
        properties.append(element("w:color", val=_FAULT))
    half = round(2 * size)
    properties.append(element("w:sz", val=half))
    properties.append(element("w:szCs", val=half))
    run = element("w:r", properties)
    for at, line in enumerate(_lines(cell)):
        if at:
            run.append(element("w:br"))
        text = element("w:t")
        text.text = line
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(text)
    return run
