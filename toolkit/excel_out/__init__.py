"""A workbook as a value, and the only importer of XlsxWriter: strict (a refused call raises), the same bytes twice."""

from toolkit.excel_out.book import (
    LAST_COLUMN,
    LAST_ROW,
    NOTE_LENGTH,
    AreaRule,
    BlockRow,
    CellContent,
    Chart,
    Format,
    LazyRows,
    Page,
    Protection,
    RowBlock,
    Workbook,
    Worksheet,
    cell_format,
)  # fmt: skip
from toolkit.excel_out.measures import line_height, text_units, text_width, widest, wrapped_lines
from toolkit.excel_out.rendering import render
from toolkit.excel_out.series import render_many

__all__ = [
    "LAST_COLUMN", "LAST_ROW", "NOTE_LENGTH", "AreaRule", "BlockRow", "CellContent", "Chart", "Format", "LazyRows", "Page",
    "Protection", "RowBlock", "Workbook", "Worksheet", "cell_format", "line_height", "render", "render_many",
    "text_units", "text_width", "widest", "wrapped_lines",
]  # fmt: skip
