"""The sheet 明细: one row a return, one column an input, so that every total can be followed to its sources."""

from __future__ import annotations

from toolkit.answers import Unreadable
from toolkit.excel_out import line_height, wrapped_lines
from toolkit.layout import DETAIL_SHEET
from toolkit.rollup.sums import FIRST_ROW, FIXED, Sums
from toolkit.workbook.grids import Grids, words

_TITLES = ("统一社会信用代码", "单位名称", "文件", "sha256")
_WIDTHS = (150, 190, 150, 70)
_WIDTH = 92


def put_details(grids: Grids, sums: Sums) -> None:
    """Write 明细: titles, codes, then the figures; blanks stay blank, an unreadable cell is blank, red and noted."""
    form = sums.form
    sheet = grids.book.sheet(DETAIL_SHEET)
    grids.columns(sheet, (*_WIDTHS, *([_WIDTH] * len(sums.column))))
    titles = [form.items[code].short.replace("·", "\n") for code in form.inputs]
    tallest = max(wrapped_lines(title, _WIDTH - 8, 10) for title in titles)
    sheet.row(0, 12 + tallest * line_height(10), grids.plain)
    sheet.row(1, 22, grids.plain)
    for at, title in enumerate((*_TITLES, *titles)):
        sheet.text(0, at, title, grids.head)
    for at, code in enumerate((*FIXED, *form.inputs)):
        sheet.text(1, at, code, grids.code)
    formats = [grids.number(form.items[code].kind) for code in form.inputs]
    for row, (checked, ret) in enumerate(sums.rows, FIRST_ROW):
        fixed = (ret.identity.code or "", ret.identity.name or "", checked.file, checked.sha256)
        sheet.row(row, 10 + line_height(9.5) * wrapped_lines(words(fixed[1]), _WIDTHS[1] - 10, 9.5), grids.plain)
        for at, text in enumerate(fixed):
            sheet.text(row, at, words(text), (grids.text, grids.text, grids.small, grids.digest)[at])
        values = ret.entries
        sheet.numbers(row, len(FIXED), values, formats, grids.empty)
        if None in values:
            for column, (code, value) in enumerate(zip(form.inputs, values, strict=True), len(FIXED)):
                answer = ret.answers.get(code) if value is None else None
                if isinstance(answer, Unreadable):
                    sheet.blank(row, column, grids.lost)
                    sheet.comment(row, column, f"原填“{words(answer.raw)[:100]}”，读不懂，没有计入。")
    if not sums.rows:
        for column in range(sums.last_column + 1):
            sheet.blank(FIRST_ROW, column, grids.empty)
    sheet.filter(1, 0, sums.last_row, sums.last_column)
    sheet.freeze(FIRST_ROW, 2)
    grids.finish(
        sheet, tab="#70AD47", rows=(0, 1), last=(sums.last_row, sums.last_column), autofilter=True, columns=(0, 1),
        pages_wide=10, centre=False,
    )  # fmt: skip
