"""The sheet 校验: one status on top, every identity with both sides, difference, three-valued verdict and a link."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from toolkit.cells import a1
from toolkit.excel_out import Sheet, line_height, wrapped_lines
from toolkit.findings import Severity
from toolkit.forms import Verdict
from toolkit.forms.layout import CheckLine, ChecksLayout, Layout
from toolkit.returns import Explanation
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import bad_count, blank_count, ranges, rectangles, side, verdict
from toolkit.workbook.state import Counts, Line, State
from toolkit.workbook.styles import GREEN, GREY, HEAD, LINE, PINK, RED, Styles

TITLES = ("编号", "级别", "审核内容", "左边", "右边", "差额", "结论", "定位", "说明（存疑的请写明原因）")
_WIDTHS = (52, 52, 300, 84, 84, 72, 72, 58, 230)
_C = ChecksLayout


def put_checks(sheet: Sheet, layout: Layout, filling: Filling, state: State, styles: Styles) -> None:
    """Write the sheet 校验."""
    checks = layout.checks
    _top(sheet, checks, styles)
    written = {(each.rule, each.items): each.text for each in filling.explanations if each.items}
    for line in checks.lines:
        said = written.get((line.check.rule, line.check.items), "") if written else ""
        _line(sheet, layout, line, state.line(line.check), said, styles)
    on_sheet = {(line.check.rule, line.check.items) for line in checks.lines} if filling.explanations else set()
    others = tuple(each for each in filling.explanations if (each.rule, each.items) not in on_sheet)
    _free(sheet, checks, others, styles)
    _status(sheet, layout, state.counts, status_text(state.counts), styles)
    _finish(sheet, checks, f"&L{filling.form.title}（{filling.year} 年度）&R第 &P 页 / 共 &N 页", styles)


def _top(sheet: Sheet, checks: ChecksLayout, styles: Styles) -> None:
    sheet.column(0, 16383, 64, styles.plain)
    for at, width in enumerate(_WIDTHS):
        sheet.column(at, at, width, styles.plain)
    sheet.column(_C.ALL, _C.LESS, 60, styles.plain, hidden=True)
    sheet.row(0, 44, styles.plain)
    sheet.merge(0, 0, 0, _C.EXPLANATION, "表内校验", styles.title)
    said = "左边、右边随填随算。“待填”表示还有空白格，填齐后再判断；“不通过”请点“定位”到该处改正。级别为“存疑”的不影响上报，但须在“说明”栏写明原因。"
    sheet.row(2, 10 + line_height(9.5) * wrapped_lines(said, sum(_WIDTHS), 9.5), styles.plain)
    sheet.merge(2, 0, 2, _C.EXPLANATION, said, styles.note)
    sheet.row(checks.header, 32, styles.plain)
    for at, title in enumerate(TITLES):
        sheet.text(checks.header, at, title, styles.head)


def _finish(sheet: Sheet, checks: ChecksLayout, footer: str, styles: Styles) -> None:
    _colours(sheet, checks, styles)
    sheet.freeze(checks.header + 1, 3)
    sheet.page(
        landscape=True, rows=(checks.header, checks.header), area=(0, 0, checks.free[-1], _C.EXPLANATION),
        footer=footer,
    )  # fmt: skip
    sheet.ignore_errors({"formula_range": "A1:P99", "empty_cell_reference": "A1:P99", "formula_unlocked": "A1:P99"})
    sheet.gridlines(shown=False)
    sheet.protect(select_locked=True)
    sheet.select(next(line.row for line in checks.lines if line.rule.severity is Severity.WARNING), _C.EXPLANATION)
    sheet.tab("#C00000")


class _Formulas(Struct, frozen=True):
    """The formulas of a line, without ``=``, and where its link leads."""

    left: str
    right: str
    difference: str
    verdict: str
    link: str
    bad: str
    empty: str
    more: str
    less: str


@lru_cache(maxsize=512)
def _formulas(layout: Layout, line: CheckLine) -> _Formulas:
    row, check = line.row, line.check
    asked = check.comparison.left.question is not None
    codes = [code for code, _ in check.inputs]
    more = [code for code, weight in check.inputs if not asked and (weight is None or weight > 0)]
    less = [code for code, weight in check.inputs if not asked and (weight is None or weight < 0)]
    return _Formulas(
        left=a1(row, _C.BAD) if asked else side(layout, check.comparison.left),
        right=side(layout, check.comparison.right),
        difference=f"ROUND({a1(row, _C.LEFT)}-{a1(row, _C.RIGHT)},4)",
        verdict=verdict(layout, check, row),
        link=ranges(layout, check.items)[0].replace("$", ""),
        bad=bad_count(layout, codes),
        empty=blank_count(layout, codes, declared=True),
        more=blank_count(layout, more, declared=True),
        less=blank_count(layout, less, declared=True),
    )


def _line(sheet: Sheet, layout: Layout, line: CheckLine, values: Line, said: str, styles: Styles) -> None:
    _words(sheet, layout, line, said, styles)
    row, asked, formulas = line.row, line.check.comparison.left.question is not None, _formulas(layout, line)
    difference = values.bad if asked else values.left - values.right
    sheet.formula(row, _C.LEFT, formulas.left, styles.number, values.bad if asked else values.left)
    sheet.formula(row, _C.RIGHT, formulas.right, styles.number, values.right)
    sheet.formula(row, _C.DIFFERENCE, formulas.difference, styles.number, difference)
    sheet.formula(row, _C.VERDICT, formulas.verdict, styles.verdict, values.verdict.value)
    sheet.formula(row, _C.BAD, formulas.bad, styles.plain, values.bad)
    sheet.formula(row, _C.EMPTY, formulas.empty, styles.plain, values.empty)
    sheet.formula(row, _C.MORE, formulas.more, styles.plain, values.more)
    sheet.formula(row, _C.LESS, formulas.less, styles.plain, values.less)


def _words(sheet: Sheet, layout: Layout, line: CheckLine, said: str, styles: Styles) -> None:
    row, check = line.row, line.check
    lines = max(wrapped_lines(check.words, _WIDTHS[_C.WORDS] - 12), wrapped_lines(said, _WIDTHS[_C.EXPLANATION] - 10))
    sheet.row(row, 10 + line_height() * lines, styles.plain)
    sheet.text(row, _C.NUMBER, check.rule, styles.centred)
    sheet.text(row, _C.LEVEL, line.rule.severity.zh, styles.centred)
    sheet.text(row, _C.WORDS, check.words, styles.text)
    sheet.link(row, _C.LINK, _formulas(layout, line).link, styles.link, "定位", "转到这一处")
    explains = line.rule.severity is Severity.WARNING or said != ""
    sheet.text(row, _C.EXPLANATION, said, styles.explain if explains else styles.text)
    sheet.number(row, _C.ALL, len(check.inputs), styles.plain)


def _free(sheet: Sheet, checks: ChecksLayout, others: Sequence[Explanation], styles: Styles) -> None:
    """Write the free lines: explanations of what is judged with last year's return, the roster or the text."""
    head = styles.book.format(font_name="黑体", bg_color=HEAD, border=1, border_color=LINE)
    said = "其他说明：与上一年度、文字部分有关的存疑，在这里写规则编号（如 X5）和原因，一行一条"
    sheet.row(checks.free_header, 30, styles.plain)
    sheet.merge(checks.free_header, 0, checks.free_header, _C.EXPLANATION, said, head)
    for at, row in enumerate(checks.free):
        each = others[at] if at < len(others) else None
        text = "" if each is None else each.text
        sheet.row(row, 12 + line_height() * wrapped_lines(text, 200), styles.plain)
        sheet.text(row, _C.NUMBER, "" if each is None else each.rule, styles.explain)
        sheet.merge(row, _C.LEVEL, row, _C.LINK, "（左边写编号，右边写原因）" if each is None else "", styles.corner)
        sheet.text(row, _C.EXPLANATION, text, styles.explain)


def status_text(counts: Counts) -> str:
    """Return the status that stands on top: 可以上报, or what is still missing."""
    errors, doubts, empty, pending = counts
    tail = f"，另有 {doubts} 处存疑请写说明" if doubts else ""
    return (f"还有 {errors} 处不符、{empty} 格未填" if errors + empty + pending else "可以上报") + tail


def _status(sheet: Sheet, layout: Layout, counts: Counts, said: str, styles: Styles) -> None:
    checks = layout.checks
    row, column = checks.status
    first, last = checks.lines[0].row, checks.lines[-1].row
    levels = rectangles((at, _C.LEVEL) for at in range(first, last + 1))[0]
    verdicts = rectangles((at, _C.VERDICT) for at in range(first, last + 1))[0]
    errors, doubts, empty, pending = counts
    cells = [a1(row, at, absolute=True) for at in (_C.ALL, _C.BAD, _C.EMPTY, _C.MORE)]
    for at, formula, value in (
        (_C.ALL, f'SUMPRODUCT(({levels}="错误")*({verdicts}="不通过"))', errors),
        (_C.BAD, f'SUMPRODUCT(({levels}="存疑")*({verdicts}="不通过"))', doubts),
        (_C.EMPTY, blank_count(layout, layout.form.inputs, declared=True), empty),
        (_C.MORE, f'COUNTIF({verdicts},"待填")', pending),
    ):
        sheet.formula(row, at, formula, styles.plain, value)
    e, d, b, p = cells
    fmt = styles.book.format(
        font_name="黑体", font_size=13, align="center", border=1, border_color=LINE, bg_color="#FFFFFF", font_color=GREY
    )
    sheet.row(row, 36, styles.plain)
    sheet.merge(row, column, row, _C.EXPLANATION, "", fmt)
    sheet.formula(
        row, column,
        f'IF({e}+{b}+{p}=0,"可以上报","还有 "&{e}&" 处不符、"&{b}&" 格未填")&IF({d}>0,"，另有 "&{d}&" 处存疑请写说明","")',
        fmt, said,
    )  # fmt: skip
    good = styles.book.format(font_color=GREEN, bg_color="#E8F5E9")
    bad = styles.book.format(font_color=RED, bg_color=PINK)
    box = (row, column, row, _C.EXPLANATION)
    sheet.conditional(*box, {"type": "formula", "criteria": f"={e}+{b}+{p}=0", "format": good})
    sheet.conditional(*box, {"type": "formula", "criteria": f"={e}>0", "format": bad})


def _colours(sheet: Sheet, checks: ChecksLayout, styles: Styles) -> None:
    box = (checks.lines[0].row, _C.VERDICT, checks.lines[-1].row, _C.VERDICT)
    for word, font, fill in (
        (Verdict.PASS, GREEN, "#E8F5E9"),
        (Verdict.FAIL, RED, PINK),
        (Verdict.PENDING, "#7F6000", "#FFF2CC"),
    ):
        fmt = styles.book.format(font_color=font, bg_color=fill, bold=True)
        sheet.conditional(*box, {"type": "cell", "criteria": "==", "value": f'"{word.value}"', "format": fmt})
