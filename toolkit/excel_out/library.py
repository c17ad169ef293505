"""XlsxWriter's workbook and worksheet with what they do not offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlsxwriter.workbook import Workbook as _XlsxWorkbook
from xlsxwriter.worksheet import Worksheet as _XlsxWorksheet

LAST_COLUMN = 16383
EDGE = 399
"""The last column that is set by itself where a range reaches to the edge of the sheet."""


class Structured(_XlsxWorkbook):  # type: ignore[misc]
    """XlsxWriter's workbook with the structure lock that it does not offer (elements in the schema's order)."""

    def _write_book_views(self) -> None:
        self._xml_empty_tag("workbookProtection", [("lockStructure", "1")])
        super()._write_book_views()


class Reaching(_XlsxWorksheet):  # type: ignore[misc]
    """XlsxWriter's worksheet whose last column range reaches to the edge of the sheet.

    Setting 16,384 columns one by one takes half the time of a whole workbook; the file holds one range for them anyway.
    """

    reaches = False
    coming: tuple[int, int, Callable[[int], str]] | None = None
    """First and last of the rows whose cells are only spelled when the sheet is written, and what spells them."""

    def _write_rows(self) -> None:
        if self.coming is None:
            super()._write_rows()
            return
        first, last, cells = self.coming
        self.dim_rowmax: int = first - 1
        super()._write_rows()
        self.dim_rowmax = last
        span = f"{self.dim_colmin + 1}:{self.dim_colmax + 1}"
        for row in range(first, last + 1):
            self._write_row(row, span, self.row_info.get(row))
            self.fh.write(cells(row))
            self._xml_end_tag("row")

    def _write_col_info(self, col_min: int, col_max: int, col_info: Any) -> None:
        super()._write_col_info(col_min, LAST_COLUMN if self.reaches and col_max == EDGE else col_max, col_info)
