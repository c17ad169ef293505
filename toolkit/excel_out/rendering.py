"""A described workbook → bytes with XlsxWriter: any warning or refused call raises, and the same value gives the same."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from msgspec.structs import astuple
from xlsxwriter.workbook import Workbook as _XlsxWorkbook

from toolkit.cells import Area, a1
from toolkit.errors import WorkbookError
from toolkit.excel_out.book import (
    FONT,
    LAST_COLUMN,
    LAST_ROW,
    CellContent,
    Chart,
    Format,
    Note,
    Page,
    Place,
    RowBlock,
    Workbook,
    Worksheet,
)  # fmt: skip
from toolkit.excel_out.library import EDGE, LateRows, Reaching, Structured
from toolkit.excel_out.measures import SIZE
from toolkit.excel_out.strict import Cursor, encodable, strict
from toolkit.findings import fault
from toolkit.forms.sheets import OUR_NAME

LARGE = 4_000
"""Late rows from which on the parts of a workbook are not kept in memory: 明细 of 1,000 bodies alone has 7 MB."""


def render(book: Workbook) -> bytes:
    """Return the bytes of a workbook; what Excel would refuse raises WorkbookError."""
    return _Rendering(book).bytes()


class _Rendering:
    """XlsxWriter's workbook for a described one."""

    def __init__(self, book: Workbook) -> None:
        self._described = book
        self._buffer = io.BytesIO()
        self._formats: dict[Format, Any] = {}
        self._cursor = Cursor()

    def bytes(self) -> bytes:
        """Write everything and close the workbook."""
        book = self._described
        late = sum(len(block.rows) for sheet in book.sheets.values() for block in sheet.blocks)
        options = {
            "in_memory": late < LARGE, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "default_format_properties": {"font_name": FONT, "font_size": SIZE,
            "locked": False, "valign": "vcenter", "text_wrap": True},
        }  # fmt: skip
        with strict(self._cursor) as done:
            self._book = (Structured if book.structure_locked else _XlsxWorkbook)(self._buffer, options)
            properties = {"title": book.title, "subject": book.subject, "author": "nianbao", "company": ""}
            self._book.set_properties(properties | {"created": book.created})
            self._book.set_size(1500, 950)
            for key, value in book.properties.items():
                self._book.set_custom_property(key, encodable(value), "text")
            for name, sheet in book.sheets.items():
                self._cursor.at(name)
                self._sheet(sheet, self._book.add_worksheet(name, Reaching), done)
            for name, reference in book.names.items():
                self._cursor.at(name)
                done(self._book.define_name(name, reference))
                self._book.defined_names[-1][-1] = True
            self._cursor.at("保存")
            self._book.close()
        return self._buffer.getvalue()

    def _format(self, fmt: Format | None) -> Any:
        """Return the library's format, one object for equal ones."""
        if fmt is None:
            return None
        known = self._formats.get(fmt)
        if known is None:
            known = self._formats[fmt] = self._book.add_format(dict(fmt.properties))
        return known

    def _sheet(self, sheet: Worksheet, target: Any, done: Any) -> None:
        """Write a sheet. Sizes come first: the library states the size of a sheet as what it was told in its order."""
        for column in sheet.columns:
            stated, last = target.dim_colmax, column.last
            if last == LAST_COLUMN:
                target.reaches, last = True, EDGE
            elif target.reaches and last >= EDGE:
                raise fault("COLUMNS_TOO_MANY", WorkbookError, sheet=sheet.name, count=last + 1)
            options = {"hidden": column.hidden}
            done(target.set_column_pixels(column.first, last, column.pixels, self._format(column.format), options))
            target.dim_colmax = stated
        for number, row in sheet.rows.items():
            self._cursor.at(sheet.name, (number, 0))
            done(target.set_row_pixels(number, row.pixels, self._format(row.format), {"hidden": row.hidden}))
            if row.grows:
                target.growing.add(number)
        for area, fmt in sheet.merged:
            self._cursor.at(sheet.name, (area.first_row, area.first_column))
            done(target.merge_range(*astuple(area), "", self._format(fmt)))
        for place, cell in sheet.cells.items():
            self._cursor.at(sheet.name, place)
            done(self._cell(target, place, cell))
        for block in sheet.blocks:
            self._block(sheet.name, target, block, done)
        for place, note in sheet.notes.items():
            self._cursor.at(sheet.name, place)
            done(target.write_comment(*place, note.text, _note_options(note)))
        self._rules(sheet, target, done)
        for chart in sheet.charts:
            self._cursor.at(sheet.name, chart.place)
            done(self._chart(target, chart))
        self._cursor.at(sheet.name)
        self._view(sheet, target, done)

    def _cell(self, target: Any, place: Place, cell: CellContent) -> object:
        value, fmt = cell.value, self._format(cell.format)
        if cell.formula:
            return target.write_formula(*place, cell.formula, fmt, value)
        if cell.link:
            return target.write_url(*place, cell.link, fmt, value, cell.tip or None)
        if value is None:
            return target.write_blank(*place, None, fmt)
        return (target.write_string if isinstance(value, str) else target.write_number)(*place, value, fmt)

    def _block(self, name: str, target: Any, block: RowBlock, done: Any) -> None:
        """Leave rows for the end; their first and last cell are written for the stated size of the sheet."""
        fmt = self._format(block.row_format)
        for row, line in enumerate(block.rows, block.first_row):
            self._cursor.at(name, (row, len(line.formats) - 1))
            done(target.set_row_pixels(row, line.height, fmt))
            target.growing.add(row)
            if row in (block.first_row, block.first_row + len(block.rows) - 1):
                for column in (0, len(line.formats) - 1):
                    done(target.write_blank(row, column, None, fmt))
        target.late.append(LateRows(block, self._format, target.str_table))

    def _rules(self, sheet: Worksheet, target: Any, done: Any) -> None:
        for rule in sheet.validations:
            self._cursor.at(sheet.name, (rule.area.first_row, rule.area.first_column))
            done(target.data_validation(*astuple(rule.area), dict(rule.options)))
        for rule in sheet.conditions:
            self._cursor.at(sheet.name, (rule.area.first_row, rule.area.first_column))
            options = dict(rule.options) | {"format": self._format(rule.options["format"])}
            done(target.conditional_format(*astuple(rule.area), options))

    def _chart(self, target: Any, chart: Chart) -> object:
        native: Any = self._book.add_chart({"type": chart.kind})
        native.add_series(dict(chart.series))
        for name, options in chart.settings.items():
            getattr(native, f"set_{name}")(dict(options))
        native.set_size(dict(zip(("width", "height"), chart.size, strict=True)))
        return target.insert_chart(*chart.place, native, {"object_position": 1, "description": chart.description})

    def _view(self, sheet: Worksheet, target: Any, done: Any) -> None:
        """Set up how a sheet is seen, locked and printed."""
        if sheet.frozen is not None:
            target.freeze_panes(*sheet.frozen)
        if sheet.page is not None:
            _set_up(sheet.page, target, done)
        if sheet.ignored:
            done(target.ignore_errors(dict(sheet.ignored)))
        if sheet.filter is not None:
            done(target.autofilter(*astuple(sheet.filter)))
        if not sheet.gridlines:
            target.hide_gridlines(2)
        if sheet.protection is not None:
            options = dict.fromkeys(("select_unlocked_cells", "format_columns", "format_rows"), True)
            options["select_locked_cells"] = sheet.protection.select_locked
            options |= dict.fromkeys(("autofilter", "sort"), sheet.protection.autofilter)
            target.protect("", options | {"objects": False, "scenarios": False})
        if sheet.cursor is not None:
            target.set_selection(*sheet.cursor, *sheet.cursor)
        if sheet.tab:
            target.set_tab_color(sheet.tab)
        target.set_zoom(sheet.zoom)
        if sheet.very_hidden:
            target.very_hidden()
        if sheet.name == self._described.opens_on:
            target.activate()
            target.set_first_sheet()


def _set_up(page: Page, target: Any, done: Any) -> None:
    target.set_paper(9)
    if page.landscape:
        target.set_landscape()
    target.set_margins(*page.margins)
    target.fit_to_pages(page.pages_wide, page.pages_high)
    if page.centre:
        target.center_horizontally()
    if page.rows is not None:
        done(target.repeat_rows(*page.rows))
    if page.columns is not None:
        done(target.repeat_columns(*page.columns))
    if not page.prints:
        done(target.print_area(LAST_ROW, LAST_COLUMN, LAST_ROW, LAST_COLUMN))
        return
    if page.plain_ink:
        target.print_black_and_white()
    if page.area is not None:
        done(target.print_area(*astuple(page.area)))
        # Whole columns are spelled by their cells: Excel and LibreOffice print them as far as they are filled, either
        # way, but openpyxl knows no other way.
        sheet, _, _ = target.print_area_range.rpartition("!")
        target.print_area_range = f"{sheet}!{_absolute(page.area)}"
    done(target.set_header(page.header))
    done(target.set_footer(page.footer))


def _absolute(area: Area) -> str:
    first = a1(area.first_row, area.first_column, absolute=True)
    return first if area.single else f"{first}:{a1(area.last_row, area.last_column, absolute=True)}"


def _note_options(note: Note) -> Mapping[str, Any]:
    return {
        "author": OUR_NAME, "visible": False, "font_name": FONT, "font_size": 9,
        "width": 260, "height": note.height, "color": "#FFFBE6",
    }  # fmt: skip
