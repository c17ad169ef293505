"""The tables of a form with the figures of a return, as grids: official labels, official merges, header of every cell."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.forms import Table
from toolkit.forms.definition import Item, Label
from toolkit.report_out.printable import figure
from toolkit.report_out.report import WIDTH, ReportCell, ReportTable
from toolkit.returns import Return

LARGEST, WIDE, SMALLEST = 10.5, 9.0, 6.0
"""Sizes of type in points: of a table, of one with many columns, and the least that can be read."""
_PADDING = 1.8
"""Millimetres of a cell that its text does not use."""
_DIGIT = 0.64 * 0.3528
"""Millimetres of a digit per point of its size, in the widest of the fonts that may stand in (DejaVu Serif); Times New Roman has 0.5."""


def table_grid(table: Table, ret: Return) -> ReportTable:
    """Return the grid of a table of the form with the figures of a return."""
    labels = {label: ReportCell(
        f"{table.id}-l{at}", label.first_row, label.first_column, label.last_row, label.last_column, label.text,
        label.role,
    ) for at, label in enumerate(table.labels)}  # fmt: skip
    cells = [*labels.values(), *(_figure(table, item, ret, labels) for item in table.items)]
    starts = sorted({table.head_rows, *(label.first_row for label in table.labels if label.role == "caption")})
    bodies = tuple((start, end - 1) for start, end in zip(starts, [*starts[1:], table.height], strict=True))
    size = LARGEST if table.width < 8 else WIDE
    title = table.title.partition("、")[2] or table.title
    return ReportTable(
        table.id,
        title,
        table.unit,
        _shares(table.widths),
        table.head_rows,
        in_rows(cells, table.height),
        bodies,
        size,
        figure_size(cells, _shares(table.widths), size),
    )


def in_rows(cells: Sequence[ReportCell], height: int) -> tuple[tuple[ReportCell, ...], ...]:
    """Return the cells by the row they begin in, from left to right."""
    return tuple(
        tuple(sorted((cell for cell in cells if cell.row == row), key=lambda cell: cell.column))
        for row in range(height)
    )


def figure_size(cells: Sequence[ReportCell], widths: Sequence[float], size: float) -> float:
    """Return the size of type at which every figure fits into its cell on one line, at most ``size``."""
    for cell in cells:
        if cell.role == "figure" and cell.text:
            room = sum(widths[cell.column : cell.last_column + 1]) * WIDTH - _PADDING
            size = min(size, room / (len(cell.text) * _DIGIT))
    return max(SMALLEST, int(size * 2) / 2)


def _shares(widths: Sequence[int]) -> tuple[float, ...]:
    return tuple(width / sum(widths) for width in widths)


def _figure(table: Table, item: Item, ret: Return, labels: dict[Label, ReportCell]) -> ReportCell:
    text, fault = figure(ret, item.code)
    last = item.position + item.span - 1
    headers = tuple(
        labels[label].id for label in table.labels if _belongs(table, label, item.line, item.position, last)
    )
    return ReportCell(
        item.code.replace(".", "-"), item.line, item.position, item.line, last, text,
        "fault" if fault else "figure", headers,
    )  # fmt: skip


def _belongs(table: Table, label: Label, row: int, first: int, last: int) -> bool:
    """Tell whether a label heads a cell: it stands above it in the same block, or to its left in the same rows."""
    if label.role in ("stub", "group"):
        return label.first_row <= row <= label.last_row
    if label.role == "note":
        return False
    top = max(
        (label.first_row for label in table.labels if label.role == "caption" and label.first_row <= row), default=0
    )
    return top <= label.last_row < row and label.first_column <= last and label.last_column >= first
