"""The only importer of XlsxWriter: strict (a warning or a refused call raises) and reproducible (same bytes twice).

Every cell format is locked unless it says otherwise, while the style Normal is unlocked: a paste from Word or the web
resets a cell to Normal, and such an input must stay an input.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.workbook import Workbook as _XlsxWorkbook
from xlsxwriter.worksheet import Worksheet as _XlsxWorksheet

from toolkit.answers import Number
from toolkit.cells import a1, column_letters
from toolkit.errors import WorkbookError

FONT = "宋体"
SIZE = 10.5
LAST_COLUMN = 16383
_EDGE = 399
"""The last column that is set by itself where a range reaches to the edge of the sheet."""
NOTE_LENGTH = 2000
TEXT_LENGTH = 32_767
"""What a cell holds in Excel, in characters."""


class _Structured(_XlsxWorkbook):  # type: ignore[misc]
    """XlsxWriter's workbook with the structure lock that it does not offer (elements in the schema's order)."""

    def _write_book_views(self) -> None:
        self._xml_empty_tag("workbookProtection", [("lockStructure", "1")])
        super()._write_book_views()


class _Reaching(_XlsxWorksheet):  # type: ignore[misc]
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
        super()._write_col_info(col_min, LAST_COLUMN if self.reaches and col_max == _EDGE else col_max, col_info)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of ``Sheet.rows_to_come``: numbers of shared strings (None: a blank cell), then figures.

    ``formats`` has the format of every cell (one sequence for all rows), ``empty`` that of blank figures: by column,
    and under -1 for all others.
    """

    texts: Sequence[int | None]
    values: Sequence[Number | None]
    formats: Sequence[Any]
    empty: Mapping[int, Any]


class Workbook:
    """A workbook being written in memory; ``bytes()`` closes it.

    ``created`` is the only time in it. The parts of a ``large`` one wait in temporary files. ``properties`` become custom document properties, as strings.
    """

    def __init__(
        self,
        created: datetime,
        *,
        title: str = "",
        subject: str = "",
        properties: Mapping[str, str] | None = None,
        structure_locked: bool = True,
        constant_memory: bool = False,
        large: bool = False,
    ) -> None:
        self._buffer = io.BytesIO()
        options = {
            "in_memory": not (constant_memory or large),
            "constant_memory": constant_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": SIZE, "locked": False, "valign": "vcenter"},
        }
        kind = _Structured if structure_locked else _XlsxWorkbook
        with _strict("新建工作簿"):
            self._book = kind(self._buffer, options)
            self._book.set_properties(
                {"title": title, "subject": subject, "author": "nianbao", "company": "", "created": created}
            )
            for key, value in (properties or {}).items():
                self._book.set_custom_property(key, _encodable(value), "text")
            self._book.set_size(1500, 950)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._closed: bytes | None = None
        self.sheets: dict[str, Sheet] = {}

    def format(self, **props: Any) -> Any:
        """Return the format of these properties, one object for equal properties; locked unless ``locked=False``."""
        whole = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "locked": True} | props
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            with _strict("格式"):
                self._formats[key] = self._book.add_format(whole)
        return self._formats[key]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet; a name that Excel refuses raises WorkbookError."""
        with _strict(name):
            self.sheets[name] = Sheet(self, name, self._book.add_worksheet(name, _Reaching))
        return self.sheets[name]

    def define_name(self, name: str, reference: str) -> None:
        """Define a name of the workbook for a reference or a constant such as ``="2021"``."""
        with _strict(name) as done:
            done(self._book.define_name(name, _encodable(reference)))

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """Return a new native chart to fill and to insert with ``Sheet.chart``."""
        with _strict("图表"):
            return self._book.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def bytes(self) -> bytes:
        """Close the workbook and return its bytes."""
        if self._closed is None:
            with _strict("保存"):
                self._book.close()
            self._closed = self._buffer.getvalue()
        return self._closed


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
                whole = _encodable(text)
                short = whole if len(whole) <= TEXT_LENGTH else whole[: TEXT_LENGTH - 1] + "…"
                done(self._sheet.write_string(row, column, short, fmt))
            else:
                done(self._sheet.write_blank(row, column, None, fmt))

    def number(self, row: int, column: int, value: Number, fmt: Any = None) -> None:
        """Write a number; NaN and infinities raise WorkbookError."""
        with self._at(row, column) as done:
            done(self._sheet.write_number(row, column, _plain(value), fmt))

    def shared(self, text: str) -> int:
        """Return the number of a text among the shared strings, for ``rows_to_come``."""
        whole = _encodable(text)
        short = whole if len(whole) <= TEXT_LENGTH else whole[: TEXT_LENGTH - 1] + "…"
        return int(self._sheet.str_table._get_shared_string_index(short))

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
                    spelled.append(f'<c r="{letters[at]}{mark}{heads[at]}><v>{_digits(value)}</v></c>')
            return "".join(spelled)

        self._sheet.coming = (first, last, cells)

    def formula(self, row: int, column: int, formula: str, fmt: Any, value: Number | str) -> None:
        """Write a formula (with or without ``=``) together with its true value."""
        with self._at(row, column) as done:
            text = formula if formula.startswith("=") else f"={formula}"
            done(self._sheet.write_formula(row, column, text, fmt, value if isinstance(value, str) else _plain(value)))

    def blank(self, row: int, column: int, fmt: Any) -> None:
        """Format a cell without content."""
        with self._at(row, column) as done:
            done(self._sheet.write_blank(row, column, None, fmt))

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int, text: str, fmt: Any) -> None:
        """Merge a range and write a text into it; a single cell is just written."""
        if (first_row, first_column) == (last_row, last_column):
            self.text(first_row, first_column, text, fmt)
            return
        with self._at(first_row, first_column) as done:
            done(self._sheet.merge_range(first_row, first_column, last_row, last_column, "", fmt))
        self.text(first_row, first_column, text, fmt)

    def link(self, row: int, column: int, target: str, fmt: Any, text: str, tip: str = "") -> None:
        """Write a link to a place in the workbook such as ``'三、依申请公开'!D6:D30``."""
        with self._at(row, column) as done:
            done(self._sheet.write_url(row, column, f"internal:{target}", fmt, _encodable(text), tip or None))

    def file_link(self, row: int, column: int, name: str, fmt: Any, text: str) -> None:
        """Write a link to a file in the workbook's own folder."""
        plain = _encodable(name)
        target = quote(plain, safe="") if {"#", "%"} & set(plain) else plain
        with self._at(row, column) as done:
            done(self._sheet.write_url(row, column, f"external:{target}", fmt, _encodable(text)))

    def comment(self, row: int, column: int, text: str, *, visible: bool = False) -> None:
        """Attach a note to a cell, sized to its text; past 2,000 characters it ends with an ellipsis."""
        if len(text) > NOTE_LENGTH:
            text = text[: NOTE_LENGTH - 1] + "…"
        lines = sum(wrapped_lines(part, 240, 9) for part in text.split("\n"))
        options = {
            "author": "审核", "visible": visible, "font_name": FONT, "font_size": 9,
            "width": 260, "height": 24 + 17 * lines, "color": "#FFFBE6",
        }  # fmt: skip
        with self._at(row, column) as done:
            done(self._sheet.write_comment(row, column, _encodable(text), options))

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
            self._sheet.reaches, last = True, _EDGE
        elif self._sheet.reaches and last >= _EDGE:
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
        with _strict(self.name):
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
        with _strict(self.name) as done:
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
        with _strict(self.name) as done:
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
        with _strict(f"{self.name}!{a1(row, column)}") as done:
            yield done


@contextmanager
def _strict(place: str) -> Iterator[Any]:
    """Turn XlsxWriter's warnings, exceptions and non-zero return codes into WorkbookError."""

    def done(code: object) -> None:
        if isinstance(code, int) and code != 0:
            raise WorkbookError(f"写 {place} 时被拒绝（返回码 {code}）。", "内容可能超出 Excel 的限制。")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield done
        except (Warning, ValueError, TypeError, xlsxwriter.exceptions.XlsxWriterException) as fault:
            raise WorkbookError(f"写 {place} 时出错：{fault}", "内容可能超出 Excel 的限制。") from fault


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def _encodable(text: str) -> str:
    """Return a text with U+FFFD for what XML cannot hold: lone surrogates (file names have such), controls.

    XlsxWriter takes a text between ``<r>`` and ``</r>`` for XML of its own; a blank behind it makes it a text again.
    """
    sound = _UNWRITABLE.sub("\ufffd", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return f"{sound} " if sound.startswith("<r>") and sound.endswith("</r>") else sound


def _digits(value: Number) -> str:
    """Return a number as XlsxWriter spells it."""
    plain = _plain(value)
    if isinstance(plain, float) and not math.isfinite(plain):
        raise WorkbookError(f"写 {value} 时出错。", "数应当是有限的。")
    return f"{plain:.16G}"


def _plain(value: Number) -> int | float:
    """Return what XlsxWriter prints with 16 digits: the double nearest to the decimal."""
    return value if isinstance(value, int) else float(value)


def text_units(text: str) -> int:
    """Return the width of a text in half-width characters: a full-width one counts two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)


def text_width(text: str, size: float = SIZE) -> int:
    """Return an estimate of a text's width in pixels at a font size in points."""
    return math.ceil(text_units(text) * size * 4 / 3 / 2)


def wrapped_lines(text: str, pixels: int, size: float = SIZE) -> int:
    """Return how many lines a text needs in a width, with a fifth of slack for other fonts; at least one."""
    room = max(1.0, pixels * 0.86)
    return sum(max(1, math.ceil(text_width(part, size) / room)) for part in text.split("\n"))


def line_height(size: float = SIZE) -> int:
    """Return the height of one line in pixels, with some air."""
    return math.ceil(size * 4 / 3 * 1.35)


def widest(texts: Sequence[str], size: float = SIZE) -> int:
    """Return the width in pixels of the widest text, 0 for none."""
    return max((text_width(text, size) for text in texts), default=0)
