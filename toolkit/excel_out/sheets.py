"""One sheet of a workbook being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from toolkit.answers import Number
from toolkit.cells import a1, column_letters
from toolkit.errors import WorkbookError
from toolkit.excel_out.library import EDGE, LAST_COLUMN
from toolkit.excel_out.measures import wrapped_lines
from toolkit.excel_out.strict import cell_text, digits, encodable, plain, result, strict

if TYPE_CHECKING:
    from toolkit.excel_out.books import Workbook

FONT = "宋体"
NOTE_LENGTH = 2000


class Line(Struct, frozen=True):
    """A row of ``Sheet.rows_to_come``: numbers of shared strings (None: a blank cell), then figures.

    ``formats`` has the format of every cell (one sequence for all rows), ``empty`` that of blank figures: by column,
    and under -1 for all others.
    """

    texts: Sequence[int | None]
    values: Sequence[Number | None]
    formats: Sequence[Any]
    empty: Mapping[int, Any]


class Sheet:
    """One sheet. Rows and columns are zero-based; texts are always texts, never formulas or links."""

    def __init__(self, book: Workbook, name: str, sheet: Any) -> None:
        self.book = book
        self.name = name
        self._sheet = sheet

    def text(self, row: int, column: int, text: str, fmt: Any = None) -> None:
        """Write a text as it stands ("" writes a blank cell); past 32,767 characters it ends with an ellipsis.

        An error would let one endless text that somebody sent stop the run over all the others; no figure is a text.
        """
        with self._at(row, column) as done:
            if text:
                done(self._sheet.write_string(row, column, cell_text(text), fmt))
            else:
                done(self._sheet.write_blank(row, column, None, fmt))

    def number(self, row: int, column: int, value: Number, fmt: Any = None) -> None:
        """Write a number; NaN and infinities raise WorkbookError."""
        with self._at(row, column) as done:
            done(self._sheet.write_number(row, column, plain(value), fmt))

    def shared(self, text: str) -> int:
        """Return the number of a text among the shared strings, for ``rows_to_come``."""
        return int(self._sheet.str_table._get_shared_string_index(cell_text(text)))

    def rows_to_come(self, first: int, last: int, spell: Callable[[int], Line]) -> None:
        """Give the rows at the end of the sheet as what spells each, so that long ones never stand in memory.

        Rows that reach beyond the sheet raise WorkbookError, NaN and infinities do so when the workbook is closed.
        """
        width = len(spell(first).formats)
        with self._at(last, width - 1) as done:
            done(self._sheet._check_dimensions(first, 0))
            done(self._sheet._check_dimensions(last, width - 1))
        letters = [column_letters(column) for column in range(width)]
        known: dict[int, list[str]] = {}

        def cells(row: int) -> str:
            line, mark = spell(row), str(row + 1)
            heads = known.get(id(line.formats))
            if heads is None:
                heads = known[id(line.formats)] = [f'" s="{fmt._get_xf_index()}"' for fmt in line.formats]
            spelled = [
                f'<c r="{letters[at]}{mark}{heads[at]} t="s"><v>{text}</v></c>' if text is not None
                else f'<c r="{letters[at]}{mark}{heads[at]}/>'
                for at, text in enumerate(line.texts)
            ]  # fmt: skip
            for at, value in enumerate(line.values, len(line.texts)):
                if value is None:
                    empty = line.empty.get(at, line.empty[-1])
                    spelled.append(f'<c r="{letters[at]}{mark}" s="{empty._get_xf_index()}"/>')
                else:
                    spelled.append(f'<c r="{letters[at]}{mark}{heads[at]}><v>{digits(value)}</v></c>')
            return "".join(spelled)

        self._sheet.coming = (first, last, cells)

    def formula(self, row: int, column: int, formula: str, fmt: Any, value: Number | str) -> None:
        """Write a formula (with or without ``=``) together with its true value."""
        with self._at(row, column) as done:
            text = formula if formula.startswith("=") else f"={formula}"
            done(self._sheet.write_formula(row, column, text, fmt, result(value)))

    def blank(self, row: int, column: int, fmt: Any) -> None:
        """Format a cell without content."""
        with self._at(row, column) as done:
            done(self._sheet.write_blank(row, column, None, fmt))

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int, text: str, fmt: Any) -> None:
        """Merge a range and write a text into it; a single cell is just written."""
        if (first_row, first_column) != (last_row, last_column):
            self.join(first_row, first_column, last_row, last_column, fmt)
        self.text(first_row, first_column, text, fmt)

    def join(self, first_row: int, first_column: int, last_row: int, last_column: int, fmt: Any) -> None:
        """Merge a range of several cells, blank."""
        with self._at(first_row, first_column) as done:
            done(self._sheet.merge_range(first_row, first_column, last_row, last_column, "", fmt))

    def link(self, row: int, column: int, target: str, fmt: Any, text: str, tip: str = "") -> None:
        """Write a link to a place in the workbook such as ``'三、依申请公开'!D6:D30``."""
        with self._at(row, column) as done:
            done(self._sheet.write_url(row, column, f"internal:{target}", fmt, encodable(text), tip or None))

    def file_link(self, row: int, column: int, name: str, fmt: Any, text: str) -> None:
        """Write a link to a file in the workbook's own folder."""
        plain = encodable(name)
        target = quote(plain, safe="") if {"#", "%"} & set(plain) else plain
        with self._at(row, column) as done:
            done(self._sheet.write_url(row, column, f"external:{target}", fmt, encodable(text)))

    def comment(self, row: int, column: int, text: str, *, visible: bool = False) -> None:
        """Attach a note to a cell, sized to its text; past 2,000 characters it ends with an ellipsis."""
        text, height = note(text)
        options = {
            "author": "审核", "visible": visible, "font_name": FONT, "font_size": 9,
            "width": 260, "height": height, "color": "#FFFBE6",
        }  # fmt: skip
        with self._at(row, column) as done:
            done(self._sheet.write_comment(row, column, text, options))

    def validation(
        self, first_row: int, first_column: int, last_row: int, last_column: int, options: Mapping[str, Any]
    ) -> None:
        """Validate a range; texts too long for Excel raise WorkbookError instead of being dropped."""
        with self._at(first_row, first_column) as done:
            done(self._sheet.data_validation(first_row, first_column, last_row, last_column, dict(options)))

    def conditional(
        self, first_row: int, first_column: int, last_row: int, last_column: int, options: Mapping[str, Any]
    ) -> None:
        """Format a range by a condition."""
        with self._at(first_row, first_column) as done:
            done(self._sheet.conditional_format(first_row, first_column, last_row, last_column, dict(options)))

    def column(self, first: int, last: int, pixels: int, fmt: Any = None, *, hidden: bool = False) -> None:
        """Set the width of columns in pixels; the stated size of the sheet stays that of its cells."""
        stated = self._sheet.dim_colmax
        if last == LAST_COLUMN:
            self._sheet.reaches, last = True, EDGE
        elif self._sheet.reaches and last >= EDGE:
            raise WorkbookError(f"{self.name} 的列太多（{last + 1} 列）。", "请减少列数。")
        with self._at(0, first) as done:
            done(self._sheet.set_column_pixels(first, last, pixels, fmt, {"hidden": hidden}))
        self._sheet.dim_colmax = stated

    def row(self, row: int, pixels: int | None, fmt: Any = None, *, hidden: bool = False) -> None:
        """Set the height of a row in pixels (None: as the text needs)."""
        with self._at(row, 0) as done:
            done(self._sheet.set_row_pixels(row, pixels, fmt, {"hidden": hidden}))

    def freeze(self, row: int, column: int) -> None:
        """Freeze the rows above and the columns left of a cell."""
        self._sheet.freeze_panes(row, column)

    def protect(self, *, select_locked: bool = False, autofilter: bool = False) -> None:
        """Protect the sheet without a password: it stops slips, not people. Rows and columns may be widened."""
        options = {
            "select_locked_cells": select_locked, "select_unlocked_cells": True, "format_columns": True,
            "format_rows": True, "autofilter": autofilter, "sort": autofilter, "objects": False, "scenarios": False,
        }  # fmt: skip
        with strict(self.name):
            self._sheet.protect("", options)

    def page(
        self,
        *,
        landscape: bool = False,
        rows: tuple[int, int] | None = None,
        area: tuple[int, int, int, int] | None = None,
        pages_high: int = 0,
        pages_wide: int = 1,
        columns: tuple[int, int] | None = None,
        header: str = "",
        footer: str = "&C第 &P 页 / 共 &N 页",
        margins: tuple[float, float, float, float] = (0.55, 0.55, 0.7, 0.7),
        centre: bool = True,
    ) -> None:
        """Set up the printed page: A4, one page wide unless told, ``rows`` and ``columns`` repeated on every page.

        The margins are left, right, top and bottom in inches.
        """
        sheet = self._sheet
        with strict(self.name) as done:
            sheet.set_paper(9)
            if landscape:
                sheet.set_landscape()
            sheet.set_margins(*margins)
            sheet.fit_to_pages(pages_wide, pages_high)
            if centre:
                sheet.center_horizontally()
            if rows is not None:
                done(sheet.repeat_rows(*rows))
            if columns is not None:
                done(sheet.repeat_columns(*columns))
            if area is not None:
                done(sheet.print_area(*area))
            done(sheet.set_header(header))
            done(sheet.set_footer(footer))

    def ignore_errors(self, ranges: Mapping[str, str]) -> None:
        """Silence Excel's green triangles, e.g. ``{"number_stored_as_text": "A1:B9"}``."""
        with strict(self.name) as done:
            done(self._sheet.ignore_errors(dict(ranges)))

    def filter(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Put an autofilter on a range."""
        with self._at(first_row, first_column) as done:
            done(self._sheet.autofilter(first_row, first_column, last_row, last_column))

    def chart(self, row: int, column: int, chart: Any, *, width: int, height: int, description: str) -> None:
        """Insert a chart, with its alternative text."""
        options = {"object_position": 1, "description": description}
        with self._at(row, column) as done:
            chart.set_size({"width": width, "height": height})
            done(self._sheet.insert_chart(row, column, chart, options))

    def hide_very(self) -> None:
        """Hide the sheet so that no menu shows it."""
        self._sheet.very_hidden()

    def activate(self) -> None:
        """Let the workbook open on this sheet alone: two selected sheets would be edited together."""
        for other in self.book.sheets.values():
            other._sheet.selected = 0
        self._sheet.activate()
        self._sheet.set_first_sheet()

    def select(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        self._sheet.set_selection(row, column, row, column)

    def tab(self, colour: str) -> None:
        """Colour the tab."""
        self._sheet.set_tab_color(colour)

    def zoom(self, percent: int) -> None:
        """Set the zoom."""
        self._sheet.set_zoom(percent)

    def gridlines(self, *, shown: bool) -> None:
        """Show or hide the grid lines on the screen; they are never printed."""
        self._sheet.hide_gridlines(1 if shown else 2)

    @contextmanager
    def _at(self, row: int, column: int) -> Iterator[Any]:
        with strict(f"{self.name}!{a1(row, column)}") as done:
            yield done


@lru_cache(maxsize=256)
def note(text: str) -> tuple[str, int]:
    """Return a note as the file holds it, and the height of its box in pixels."""
    if len(text) > NOTE_LENGTH:
        text = text[: NOTE_LENGTH - 1] + "…"
    lines = sum(wrapped_lines(part, 240, 9) for part in text.split("\n"))
    return encodable(text), 24 + 17 * lines
