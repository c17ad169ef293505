"""XlsxWriter's workbook and worksheet with what they do not offer."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xlsxwriter.workbook import Workbook as _XlsxWorkbook
from xlsxwriter.worksheet import Worksheet as _XlsxWorksheet

from toolkit.cells import column_letters
from toolkit.excel_out.book import LAST_COLUMN, Format, Lines
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
    """XlsxWriter's worksheet whose last column range reaches to the edge of the sheet, and whose lines are made late.

    Setting 16,384 columns one by one takes half the time of a whole workbook; the file holds one range for them anyway.
    """

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self.reaches = False
        self.late: list[LateLines] = []

    def _write_rows(self) -> None:
        first, last = self.dim_rowmin, self.dim_rowmax
        span = f"{self.dim_colmin + 1}:{self.dim_colmax + 1}"
        for lines in sorted(self.late, key=lambda lines: lines.first_row):
            self.dim_rowmin, self.dim_rowmax = first, lines.first_row - 1
            super()._write_rows()
            first = lines.first_row
            for cells in lines.cells():
                self._write_row(first, span, self.row_info.get(first))
                self.fh.write(f"{cells}</row>")
                first += 1
        self.dim_rowmin, self.dim_rowmax = first, last
        super()._write_rows()

    def _write_col_info(self, col_min: int, col_max: int, col_info: Any) -> None:
        super()._write_col_info(col_min, LAST_COLUMN if self.reaches and col_max == EDGE else col_max, col_info)


class LateLines:
    """Lines whose texts are shared strings at once, and whose cells are spelled when the sheet is written.

    So long ones never stand in memory.
    """

    def __init__(self, lines: Lines, library: Callable[[Format], Any], strings: Any) -> None:
        self.first_row, self._rows, self._library = lines.first_row, lines.rows, library
        self._strings = array("I")
        for line in self._rows:
            self._strings.extend(
                strings._get_shared_string_index(cell_text(text)) if text else _BLANK
                for text in (*line.texts, *line.behind)
            )

    def cells(self) -> Iterator[str]:
        """Yield the cells of every line; NaN and infinities raise WorkbookError."""
        known: dict[Sequence[Format], list[tuple[str, str]]] = {}
        strings = iter(self._strings)
        for mark, line in enumerate(self._rows, self.first_row + 1):
            heads = known.get(line.formats)
            if heads is None:
                heads = known[line.formats] = [
                    (f'<c r="{column_letters(column)}', self._style(fmt)) for column, fmt in enumerate(line.formats)
                ]
            cells = [_string(head, mark, next(strings)) for head in heads[: len(line.texts)]]
            for column, value in enumerate(line.values, len(line.texts)):
                cell, style = heads[column]
                if value is None:
                    cells.append(f"{cell}{mark}{self._style(line.empty.get(column, line.empty[-1]))}/>")
                else:
                    cells.append(f"{cell}{mark}{style}><v>{digits(value)}</v></c>")
            cells += [_string(head, mark, next(strings)) for head in heads[len(heads) - len(line.behind) :]]
            yield "".join(cells)

    def _style(self, fmt: Format) -> str:
        return f'" s="{self._library(fmt)._get_xf_index()}"'


def _string(head: tuple[str, str], row: int, string: int) -> str:
    """Return the cell of a shared string, or a blank one."""
    cell, style = head
    return f"{cell}{row}{style}/>" if string == _BLANK else f'{cell}{row}{style} t="s"><v>{string}</v></c>'
