"""审核意见: what is to be mended or explained, gravest first, each with place, figures and what to do."""

from __future__ import annotations

from toolkit.cells import a1
from toolkit.excel_out import Sheet, line_height, wrapped_lines
from toolkit.findings import Finding, Severity, sorted_findings
from toolkit.forms.layout import META_SHEET, Layout
from toolkit.returns import fingerprint
from toolkit.workbook.filling import Filling
from toolkit.workbook.state import State
from toolkit.workbook.styles import Styles

TITLES = ("序号", "级别", "代码", "位置", "原填", "应为", "问题", "怎么改", "说明（存疑的请写明原因）")
_WIDTHS = (44, 52, 84, 120, 90, 90, 250, 250, 210)
FIRST = 3
CODE, ITEMS, PRINT = 9, 10, 11
"""Hidden columns by which the next round knows what an explanation explains."""


def put_review(sheet: Sheet, layout: Layout, filling: Filling, state: State, styles: Styles) -> None:
    """Write the findings with links and an input for explanations; what stood outside the form is quoted below."""
    last = len(TITLES) - 1
    sheet.column(0, 16383, 64, styles.plain)
    for at, width in enumerate(_WIDTHS):
        sheet.column(at, at, width, styles.plain)
    sheet.column(CODE, PRINT, 60, styles.plain, hidden=True)
    sheet.row(0, 44, styles.plain)
    sheet.merge(0, 0, 0, last, f"审核意见（第 {filling.round} 轮）", styles.title)
    sheet.row(1, 30, styles.plain)
    sheet.merge(1, 0, 1, last, _summary(filling), styles.subtitle)
    sheet.row(2, 32, styles.plain)
    for at, title in enumerate(TITLES):
        sheet.text(2, at, title, styles.head)
    said = {(each.rule, each.items): each.text for each in filling.explanations}
    row = FIRST
    for number, each in enumerate(sorted_findings(filling.review), 1):
        _finding(
            sheet,
            layout,
            row,
            number,
            each,
            said.get((each.rule or each.code, each.items), each.explained or ""),
            state,
            styles,
        )
        row += 1
    row = _remarks(sheet, row + 1, last, filling, styles)
    sheet.freeze(FIRST, 4)
    sheet.page(
        landscape=True, rows=(2, 2), area=(0, 0, row, last),
        footer=f"&L{filling.form.title}　{filling.year} 年度　第 {filling.round} 轮审核&R第 &P 页 / 共 &N 页",
    )  # fmt: skip
    sheet.ignore_errors({"number_stored_as_text": f"A1:L{row + 1}"})
    sheet.gridlines(shown=False)
    sheet.protect(select_locked=True)
    sheet.tab("#C00000")


def _summary(filling: Filling) -> str:
    count = {level: sum(1 for each in filling.review if each.severity is level) for level in Severity}
    if count[Severity.ERROR]:
        return f"错误 {count[Severity.ERROR]} 处须改正，存疑 {count[Severity.WARNING]} 处须改正或写明原因。请直接在本工作簿中修改，保存后重新报送。"
    if count[Severity.WARNING]:
        return f"没有错误；存疑 {count[Severity.WARNING]} 处，请改正，或在“说明”栏写明原因后重新报送。"
    return "没有错误和存疑，可以上报。"


def _finding(
    sheet: Sheet, layout: Layout, row: int, number: int, each: Finding, said: str, state: State, styles: Styles
) -> None:
    texts = {4: each.found or "", 5: each.expected or "", 6: each.message, 7: each.remedy, 8: said}
    lines = max(wrapped_lines(text, _WIDTHS[at] - 12) for at, text in texts.items())
    sheet.row(row, min(400, 12 + line_height() * lines), styles.plain)
    sheet.number(row, 0, number, styles.centred)
    sheet.text(row, 1, each.severity.zh, styles.coloured(each.severity))
    sheet.text(row, 2, each.code, styles.centred)
    place = _place(layout, each)
    if place is not None:
        sheet.link(row, 3, f"'{place[0]}'!{place[1]}", styles.link, f"{place[0]}\n{place[1]}", "转到这一处")
    else:
        sheet.text(row, 3, each.sheet or "整个文件", styles.centred)
    for at, text in texts.items():
        if at < 8:
            sheet.text(row, at, text[:2000], styles.text if at > 5 else styles.centred)
    sheet.text(row, 8, said, styles.explain if each.severity is Severity.WARNING else styles.text)
    rule = each.rule or each.code
    sheet.text(row, CODE, rule, styles.plain)
    sheet.text(row, ITEMS, " ".join(each.items)[:32000], styles.plain)
    sheet.text(row, PRINT, fingerprint(rule, each.items, state.shown) if said else "", styles.plain)


def _place(layout: Layout, each: Finding) -> tuple[str, str] | None:
    """Return the cell of the rebuilt workbook that a finding is about: that of its first item, else its own."""
    first = next((code for code in each.items if code in layout.names), None)
    if first is not None:
        return layout.cell(first)[0], layout.address(first)
    sheets = [name for name in layout.sheets if name != META_SHEET]
    if each.sheet in sheets:
        return str(each.sheet), each.cell if each.cell is not None else a1(0, 0)
    return None


def _remarks(sheet: Sheet, row: int, last: int, filling: Filling, styles: Styles) -> int:
    if not filling.remarks:
        return row - 1
    sheet.row(row, 28, styles.plain)
    sheet.merge(row, 0, row, last, "以下内容写在表格之外，未计入，供核对：", styles.warn)
    for each in filling.remarks:
        row += 1
        sheet.row(row, 10 + line_height() * wrapped_lines(each, sum(_WIDTHS) - 20), styles.plain)
        sheet.merge(row, 0, row, last, each, styles.text)
    return row
