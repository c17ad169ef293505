"""The sheet 明细: one row a return, one column an input, so that every total can be followed to its sources.

Where the returns' rows are in a Parquet file, one row stands for them: their sum, the file, its sha256.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.answers import Unreadable
from toolkit.cells import Area
from toolkit.excel_out import Format, Lazy, Line, Lines, Page, Sheet, Workbook, cell_format, line_height, wrapped_lines
from toolkit.forms.sheets import ALL_BODIES, DETAIL_SHEET, UNREAD_CELLS
from toolkit.returns import Return
from toolkit.workbook import grids, styles
from toolkit.workbook.grids import words
from toolkit.workbook.rollup.sums import FIRST_ROW, FIXED, Sums
from toolkit.workbook.styles import BLUE, LINE

_TITLES = ("统一社会信用代码", "单位名称", "文件", "sha256")
_WIDTHS = (150, 190, 150, 70)
_WIDTH = 92


def put_details(book: Workbook, sums: Sums) -> None:
    """Write 明细: titles, codes, then the figures; blanks stay blank, an unreadable cell is blank, red and noted.

    What stood in such cells is listed behind the figures, where the next reader finds it.
    """
    form = sums.form
    sheet = book.sheet(DETAIL_SHEET)
    grids.columns(sheet, (*_WIDTHS, *([_WIDTH] * len(sums.column))))
    titles = [form.items[code].short.replace("·", "\n") for code in form.inputs]
    tallest = max(wrapped_lines(title, _WIDTH - 8, 10) for title in titles)
    sheet.row(0, 12 + tallest * line_height(10), styles.plain)
    sheet.row(1, 22, styles.plain)
    for at, title in enumerate((*_TITLES, *titles)):
        sheet.text(0, at, title, grids.head)
    for at, code in enumerate((*FIXED, *form.inputs)):
        sheet.text(1, at, code, grids.code)
    formats = (
        grids.text, grids.text, grids.small, grids.digest,
        *(grids.number(form.items[code].kind) for code in form.inputs), grids.small,
    )  # fmt: skip
    if sums.elsewhere is None:
        _rows(sheet, sums, formats)
    else:
        _whole(sheet, sums, formats)
    sheet.filter = Area(1, 0, sums.last_row, sums.last_column)
    sheet.frozen = (FIRST_ROW, 2)
    grids.finish(
        sheet, tab="#70AD47", rows=(0, 1), last=(sums.last_row, sums.last_column), autofilter=True,
        page=Page(landscape=True, columns=(0, 1), pages_wide=10, centre=False),
    )  # fmt: skip


def _whole(sheet: Sheet, sums: Sums, formats: Sequence[Format]) -> None:
    """Write the one row that stands for the rows in the file elsewhere."""
    assert sums.elsewhere is not None
    sheet.row(FIRST_ROW, 10 + line_height(9.5) * wrapped_lines(sums.pointer, _WIDTHS[1] - 10, 9.5), styles.plain)
    sheet.text(FIRST_ROW, 0, ALL_BODIES, formats[0])
    link = cell_format(
        font_size=9.5, text_wrap=True, indent=1, border=1, border_color=LINE, font_color=BLUE, underline=1
    )
    sheet.file_link(FIRST_ROW, 1, sums.elsewhere.name, link, words(sums.pointer))
    sheet.note(
        FIRST_ROW, 1,
        f"{len(sums.rows)} 家的数太多，不在本表：每家一行，在同一文件夹的 {words(sums.elsewhere.name)}。"
        "这一行是它们的合计，各表由它算出。两个文件要放在一起、保持原名，一起保存，一起报送。",
    )  # fmt: skip
    sheet.text(FIRST_ROW, 2, words(sums.elsewhere.name), formats[2])
    sheet.text(FIRST_ROW, 3, sums.elsewhere.sha256, formats[3])
    for code, at in sums.column.items():
        sheet.number(FIRST_ROW, at, sums.added[code], formats[at])


def _rows(sheet: Sheet, sums: Sums, formats: Sequence[Format]) -> None:
    """Write one row a return, none of which stands in memory."""
    unread = False
    for row, (_, ret) in enumerate(sums.rows, FIRST_ROW):
        for code, raw in _unreadable(ret).items():
            sheet.note(row, sums.column[code], f"原填“{words(raw)[:100]}”，读不懂，没有计入。")
            unread = True
    if unread:
        column = sums.last_column + 1
        sheet.column(column, column, UNREAD_CELLS.width, styles.plain)
        sheet.text(0, column, UNREAD_CELLS.title, grids.head)
        sheet.text(1, column, UNREAD_CELLS.code, grids.code)
    else:
        formats = formats[:-1]

    def line(at: int) -> Line:
        checked, ret = sums.rows[at]
        identity = ret.identity
        texts = [words(text) for text in (identity.code or "", identity.name or "", checked.file, checked.sha256)]
        lost = _unreadable(ret)
        behind = "\n".join(f"{code}={' '.join(words(raw).split())[:100]}" for code, raw in lost.items())
        height = 10 + line_height(9.5) * wrapped_lines(texts[1], _WIDTHS[1] - 10, 9.5)
        empty = {sums.column[code]: grids.lost for code in lost} | {-1: grids.empty}
        return Line(height, texts, formats, ret.entries, empty, (behind,) if unread else ())

    if sums.rows:
        sheet.lines.append(Lines(FIRST_ROW, Lazy(len(sums.rows), line), styles.plain))
    else:
        for column in range(sums.last_column + 1):
            sheet.blank(FIRST_ROW, column, grids.empty)


def _unreadable(ret: Return) -> dict[str, str]:
    """Return the items of a return's unreadable cells with what stood there."""
    if None not in ret.entries:
        return {}
    answers = ((code, ret.answers.get(code)) for code in ret.form.inputs)
    return {code: answer.raw for code, answer in answers if isinstance(answer, Unreadable)}
