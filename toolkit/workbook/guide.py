"""填报说明: what is counted in every row and column of the tables, and on what that rests; for reading, never printed."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.cells import Area
from toolkit.excel_out import Page, Protection, Worksheet, line_height, wrapped_lines
from toolkit.forms import Form
from toolkit.forms.sheets import GUIDE, GUIDE_NOTE
from toolkit.workbook import styles


def put_guide(sheet: Worksheet, form: Form) -> None:
    """Write the sheet."""
    styles.set_columns(sheet, GUIDE, styles.plain)
    width = sum(column.width for column in GUIDE.columns)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, GUIDE.last), GUIDE.name, styles.title)
    sheet.row(1, 10 + line_height(9) * wrapped_lines(GUIDE_NOTE, width, 9), styles.plain)
    sheet.merge(Area(1, 0, 1, GUIDE.last), GUIDE_NOTE, styles.note)
    sheet.row(GUIDE.header_row, 30, styles.plain)
    for at, column in enumerate(GUIDE.columns):
        sheet.text(GUIDE.header_row, at, column.title, styles.head)
    for row, texts in enumerate(_lines(form), GUIDE.first_row):
        room = zip(texts, GUIDE.columns, strict=True)
        lines = max(wrapped_lines(text, column.width - 12) for text, column in room)
        sheet.row(row, 8 + line_height() * lines, styles.plain)
        for at, text in enumerate(texts):
            sheet.text(row, at, text, styles.text)
    sheet.frozen = (GUIDE.first_row, 0)
    sheet.page, sheet.protection = Page(prints=False), Protection(select_locked=True)
    sheet.gridlines, sheet.tab = False, "#A5A5A5"


def _lines(form: Form) -> Iterator[tuple[str, str, str]]:
    """Yield the rows, table by table: what counts in its rows, then in its columns."""
    for table in form.tables:
        for line in (*table.rows, *table.columns):
            if line.counts:
                yield f"表{table.part}　{line.short}", line.counts, line.ground or form.notice
