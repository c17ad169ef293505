"""The sheet 明细: one row a return, one column an input, so that every total can be followed to its sources.

Where the returns' rows are in a Parquet file, one row stands for them: their sum, the file, its sha256.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.answers import Unreadable
from toolkit.cells import Area
from toolkit.excel_out import (
    BlockRow,
    Format,
    LazyRows,
    Page,
    RowBlock,
    Workbook,
    Worksheet,
    cell_format,
    line_height,
    wrapped_lines,
)  # fmt: skip
from toolkit.findings import phrase
from toolkit.forms.sheets import ALL_BODIES, DETAIL_COLUMNS, UNREAD_CELLS
from toolkit.returns import Return
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import words
from toolkit.workbook.rollup.sums import Elsewhere, Sums
from toolkit.workbook.styles import BLUE, LINE

_FORMATS = {"code": registers.text, "name": registers.text, "file": registers.small, "sha256": registers.digest}
_LINK = cell_format(font_size=9.5, text_wrap=True, indent=1, border=1, border_color=LINE, font_color=BLUE, underline=1)


def put_details(book: Workbook, sums: Sums) -> None:
    """Write 明细: titles, codes, then the figures; blanks stay blank, an unreadable cell is blank, red and noted.

    What stood in such cells is listed behind the figures, where the next reader finds it.
    """
    listing, form = sums.sheet, sums.form
    sheet = book.sheet(listing.name)
    registers.columns(sheet, [column.width for column in listing.columns])
    header, codes = listing.header_row, listing.first_row - 1
    tallest = max(wrapped_lines(column.title, column.width - 8, 10) for column in listing.columns[len(_FORMATS) :])
    sheet.row(header, 12 + tallest * line_height(10), styles.plain)
    sheet.row(codes, 22, styles.plain)
    for at, column in enumerate(listing.columns):
        sheet.text(header, at, column.title, registers.head)
    for at, column in enumerate(listing.columns):
        sheet.text(codes, at, column.code, registers.code)
    formats = (
        *(_FORMATS[column.code] for column in DETAIL_COLUMNS),
        *(registers.number(form.items[code].kind) for code in form.inputs),
    )
    if sums.elsewhere is None:
        _rows(sheet, sums, formats)
    else:
        _whole(sheet, sums, formats, sums.elsewhere)
    sheet.filter = Area(codes, 0, sums.last_row, sums.last_column)
    sheet.frozen = (listing.first_row, listing.column("name") + 1)
    last = (sums.last_row, sums.last_column)
    registers.finish(sheet, tab="#70AD47", last=last, autofilter=True, page=Page(prints=False))


def _height(name: str, sums: Sums) -> int:
    return 10 + line_height(9.5) * wrapped_lines(name, sums.sheet.width("name") - 10, 9.5)


def _whole(sheet: Worksheet, sums: Sums, formats: Sequence[Format], elsewhere: Elsewhere) -> None:
    """Write the one row that stands for the rows in the file elsewhere."""
    row, at, file = sums.sheet.first_row, sums.sheet.column, words(elsewhere.name)
    sheet.row(row, _height(sums.pointer, sums), styles.plain)
    sheet.note(row, at("name"), phrase("note_elsewhere", count=len(sums.rows), file=file))
    sheet.text(row, at("code"), ALL_BODIES, _FORMATS["code"])
    sheet.file_link(row, at("name"), elsewhere.name, _LINK, words(sums.pointer))
    sheet.text(row, at("file"), file, _FORMATS["file"])
    sheet.text(row, at("sha256"), elsewhere.sha256, _FORMATS["sha256"])
    for code, column in sums.column.items():
        sheet.number(row, column, sums.added[code], formats[column])


def _rows(sheet: Worksheet, sums: Sums, formats: Sequence[Format]) -> None:
    """Write one row a return, none of which stands in memory."""
    first = sums.sheet.first_row
    unread = False
    for row, (_, ret) in enumerate(sums.rows, first):
        for code, raw in _unreadable(ret).items():
            sheet.note(row, sums.column[code], phrase("note_unread", raw=words(raw)[:100]))
            unread = True
    if unread:
        column = sums.last_column + 1
        formats = (*formats, registers.small)
        sheet.column(column, column, UNREAD_CELLS.width, styles.plain)
        sheet.text(sums.sheet.header_row, column, UNREAD_CELLS.title, registers.head)
        sheet.text(first - 1, column, UNREAD_CELLS.code, registers.code)

    def made(at: int) -> BlockRow:
        checked, ret = sums.rows[at]
        body = {
            "code": ret.identity.code, "name": ret.identity.name, "file": checked.file, "sha256": checked.sha256,
        }  # fmt: skip
        texts = [words(body[column.code] or "") for column in DETAIL_COLUMNS]
        lost = _unreadable(ret)
        behind = "\n".join(f"{code}={' '.join(words(raw).split())[:100]}" for code, raw in lost.items())
        blanks = {sums.column[code]: registers.lost for code in lost} | {-1: registers.empty}
        height = _height(words(body["name"] or ""), sums)
        return BlockRow(height, (*texts, *ret.entries, *((behind,) if unread else ())), formats, blanks)

    if sums.rows:
        sheet.blocks.append(RowBlock(first, LazyRows(len(sums.rows), made), styles.plain))
    else:
        for column in range(sums.last_column + 1):
            sheet.blank(first, column, registers.empty)


def _unreadable(ret: Return) -> dict[str, str]:
    """Return the items of a return's unreadable cells with what stood there."""
    if None not in ret.entries:
        return {}
    answers = ((code, ret.answers.get(code)) for code in ret.form.inputs)
    return {code: answer.raw for code, answer in answers if isinstance(answer, Unreadable)}
