"""各单位主要数: the six leading figures of every body, one page wide – what is printed of 明细 and its 200 columns."""

from __future__ import annotations

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import BlockRow, LazyRows, Page, RowBlock, Workbook, line_height, wrapped_lines
from toolkit.forms import Form
from toolkit.forms.sheets import LEADING_SHEET
from toolkit.returns import Return
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import words
from toolkit.workbook.rollup.sums import Sums

_FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("本年新收申请（件）", ("t3.r1.total",)),
    ("办理结果总计（件）", ("t3.r3_7.total",)),
    ("结转下年度（件）", ("t3.r4.total",)),
    ("行政复议（件）", ("t4.review.total",)),
    ("行政诉讼（件）", ("t4.suit_direct.total", "t4.suit_after.total")),
)
MOST_LED = 1_000
"""Bodies that are listed; nobody prints more."""
_WIDTHS = (48, 270, 160)
_FIGURE_WIDTH = 108


def leading(form: Form) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the leading figures of a form: a title and the items that are added; the sums of money come last."""
    money = ((f"{item.short.replace('·', chr(10))}（万元）", (code,)) for code, item in form.items.items()
             if item.kind == "money")  # fmt: skip
    return tuple((title, codes) for title, codes in (*_FIGURES, *money) if set(codes) <= set(form.items))


def put_leading(book: Workbook, sums: Sums) -> None:
    """Write the list: a row a body, blank where a cell could not be read, and what they add up to below."""
    sheet, shown = book.sheet(LEADING_SHEET), leading(sums.form)
    widths = (*_WIDTHS, *[_FIGURE_WIDTH] * len(shown))
    registers.columns(sheet, widths)
    titles = ("序号", "单位名称", "统一社会信用代码", *(title.replace("（", "\n（") for title, _ in shown))
    sheet.row(0, 44, styles.plain)
    sheet.merge(
        Area(0, 0, 0, len(titles) - 1),
        f"{words(sums.rollup.region)} {LEADING_SHEET}（按明细）{sums.stage}",
        styles.title,
    )
    tall = max(wrapped_lines(title, width - 4, 9.5) for title, width in zip(titles, widths, strict=True))
    sheet.row(1, 10 + line_height(9.5) * tall, styles.plain)
    for column, title in enumerate(titles):
        sheet.text(1, column, title, registers.head)
    kinds = [sums.form.items[codes[0]].kind for _, codes in shown]
    formats = (registers.centred, registers.text, registers.text, *map(registers.number, kinds))
    whole: list[Number] = [0] * len(shown)
    for _, ret in sums.rows:
        for at, value in enumerate(_values(ret, shown)):
            whole[at] = whole[at] if value is None else whole[at] + value

    def made(at: int) -> BlockRow:
        ret = sums.rows[at][1]
        name = words(ret.identity.name or "")
        height = 10 + line_height(9.5) * wrapped_lines(name, _WIDTHS[1] - 18, 9.5)
        return BlockRow(height, (at + 1, name, ret.identity.code or "", *_values(ret, shown)), formats)

    if sums.rows:
        sheet.blocks.append(RowBlock(2, LazyRows(len(sums.rows), made), styles.plain))
    last = 2 + len(sums.rows)
    sheet.row(last, 30, styles.plain)
    sheet.merge(Area(last, 0, last, 2), "合计", registers.head)
    for column, (value, kind) in enumerate(zip(whole, kinds, strict=True), 3):
        sheet.number(last, column, value, registers.number(kind))
    sheet.frozen = (2, 2)
    registers.finish(sheet, tab="#70AD47", rows=(1, 1), last=(last, len(titles) - 1), page=Page(landscape=True))


def _values(ret: Return, shown: tuple[tuple[str, tuple[str, ...]], ...]) -> list[Number | None]:
    """Return a body's leading figures, None where one rests on a cell that could not be read."""
    values: list[Number | None] = []
    for _, codes in shown:
        total: Number | None = 0
        for code in codes:
            part = ret.figures[code]
            total = None if total is None or part is None else total + part
        values.append(total)
    return values
