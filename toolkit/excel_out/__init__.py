"""The only importer of XlsxWriter: strict (a warning or a refused call raises) and reproducible (same bytes twice)."""

from toolkit.excel_out.books import Workbook
from toolkit.excel_out.measures import line_height, text_units, text_width, widest, wrapped_lines
from toolkit.excel_out.sheets import NOTE_LENGTH, Line, Sheet

__all__ = [
    "NOTE_LENGTH", "Line", "Sheet", "Workbook", "line_height", "text_units", "text_width", "widest", "wrapped_lines",
]  # fmt: skip
