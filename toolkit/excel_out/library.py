"""XlsxWriter's workbook and worksheet with what they do not offer."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xlsxwriter.workbook import Workbook as _XlsxWorkbook
from xlsxwriter.worksheet import Worksheet as _XlsxWorksheet

from toolkit.cells import column_letters
from toolkit.excel_out.book import LAST_COLUMN, Format, RowBlock
from toolkit.excel_out.strict import cell_text, digits

EDGE = 399
"""The last column that is set by itself where a range reaches to the edge of the sheet."""
_BLANK = 2**32 - 1


class Structured(_XlsxWorkbook):  # type: ignore[misc]
    """XlsxWriter's workbook with the structure lock that it does not offer (elements in the schema's order)."""

    def _write_book_views(self) -> None:
        self.fh.write('<workbookProtection lockStructure="1"/>')
        super()._write_book_views()


class Reaching(_XlsxWorksheet):  # type: ignore[misc]
    """XlsxWriter's worksheet whose last column range reaches to the edge of the sheet, and with rows that are made late.

    Setting 16,384 columns one by one takes half the time of a whole workbook; the file holds one range for them anyway.
    """

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self.reaches = False
        self.late: list[LateRows] = []
        self.growing: set[int] = set()
        """Rows whose height is no custom one: programs fit it when somebody types or pastes into the row."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # Two thirds of writing a formula went into looking for some forty functions that no workbook of ours uses.
        return formula.removeprefix("=")

    def _write_rows(self) -> None:
        first, last = self.dim_rowmin, self.dim_rowmax
        span = f"{self.dim_colmin + 1}:{self.dim_colmax + 1}"
        for rows in sorted(self.late, key=lambda rows: rows.first_row):
            self.dim_rowmin, self.dim_rowmax = first, rows.first_row - 1
            super()._write_rows()
            first = rows.first_row
            for cells in rows.cells():
                self._write_row(first, span, self.row_info.get(first))
                self.fh.write(f"{cells}</row>")
                first += 1
        self.dim_rowmin, self.dim_rowmax = first, last
        super()._write_rows()

    def _write_row(self, row: int, spans: str | None, row_info: Any = None, empty_row: bool = False) -> None:
        if row not in self.growing:
            super()._write_row(row, spans, row_info, empty_row)
            return
        extent = f' spans="{spans}"' if spans else ""
        look = row_info.row_format
        style = f' s="{look._get_xf_index()}" customFormat="1"' if look else ""
        self.fh.write(f'<row r="{row + 1}"{extent}{style} ht="{row_info.height * 0.75:.16g}"{"/" * empty_row}>')

    def _write_col_info(self, col_min: int, col_max: int, col_info: Any) -> None:
        super()._write_col_info(col_min, LAST_COLUMN if self.reaches and col_max == EDGE else col_max, col_info)


class LateRows:
    """Rows whose texts are shared strings at once, and whose cells are spelled when the sheet is written.

    So long ones never stand in memory.
    """

    def __init__(self, block: RowBlock, library: Callable[[Format], Any], strings: Any) -> None:
        self.first_row, self._rows, self._library = block.first_row, block.rows, library
        self._strings = array("I")
        for row in self._rows:
            texts = (value for value in row.values if isinstance(value, str) and value)
            self._strings.extend(strings._get_shared_string_index(cell_text(text)) for text in texts)

    def cells(self) -> Iterator[str]:
        """Yield the cells of every row; NaN and infinities raise WorkbookError."""
        known: dict[Sequence[Format], list[tuple[str, str]]] = {}
        strings = iter(self._strings)
        for number, row in enumerate(self._rows, self.first_row + 1):
            heads = known.get(row.formats)
            if heads is None:
                heads = known[row.formats] = [
                    (f'<c r="{column_letters(column)}', self._style(fmt)) for column, fmt in enumerate(row.formats)
                ]
            cells = []
            for column, (value, (cell, style)) in enumerate(zip(row.values, heads, strict=False)):
                if not isinstance(value, str) and value is not None:
                    cells.append(f"{cell}{number}{style}><v>{digits(value)}</v></c>")
                elif value:
                    cells.append(f'{cell}{number}{style} t="s"><v>{next(strings)}</v></c>')
                else:
                    blank = row.blanks.get(column, row.blanks.get(-1)) if value is None else None
                    cells.append(f"{cell}{number}{style if blank is None else self._style(blank)}/>")
            yield "".join(cells)

    def _style(self, fmt: Format) -> str:
        return f'" s="{self._library(fmt)._get_xf_index()}"'
