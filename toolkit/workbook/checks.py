"""The sheet 校验: one status on top, every identity with both sides, difference, three-valued verdict and a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from toolkit.cells import Area
from toolkit.excel_out import Page, Protection, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.findings import Severity
from toolkit.forms import Verdict
from toolkit.forms.layout import CheckLine, ChecksLayout, Layout
from toolkit.forms.sheets import CHECKS, CHECKS_NOTE, FREE_HEADING, FREE_PROMPT, REVIEW, STATUS_ROW
from toolkit.returns import Explanation
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import BLANK_STATE, NO_FIGURE, counted, ranges, rectangles, side, verdict
from toolkit.workbook.review import review_rows
from toolkit.workbook.state import CheckValues, Counts, State
from toolkit.workbook.styles import GREEN, GREY, HEAD, LINE, PINK, RED, set_columns


def put_checks(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the sheet 校验."""
    checks = layout.checks
    _top(sheet)
    in_cells = [text for text in filling.explanations if text.in_cell]
    written = {(text.rule, text.items): text.text for text in reversed(in_cells)}
    rows, on_sheet = review_rows(filling), set()
    for line in checks.lines:
        key = (line.check.rule, line.check.items)
        on_sheet.add(key)
        _line(sheet, layout, line, state.line(line.check), written.get(key, ""))
        if key in rows:
            _mirror(sheet, line.row, rows[key], written.get(key, ""))
    others = tuple(
        text for text in in_cells if not text.items or (not text.state and (text.rule, text.items) not in on_sheet)
    )
    _free(sheet, checks, others)
    _status(sheet, layout, state.counts, status_text(state.counts))
    _finish(sheet, checks, filling.footer)


def _top(sheet: Worksheet) -> None:
    set_columns(sheet, CHECKS, styles.plain)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, CHECKS.last), "表内校验", styles.title)
    row = STATUS_ROW + 1
    width = sum(column.width for column in CHECKS.titled)
    sheet.row(row, 10 + line_height(9.5) * wrapped_lines(CHECKS_NOTE, width, 9.5), styles.plain)
    sheet.merge(Area(row, 0, row, CHECKS.last), CHECKS_NOTE, styles.note)
    sheet.row(CHECKS.header_row, 32, styles.plain)
    for column in CHECKS.titled:
        sheet.text(CHECKS.header_row, CHECKS.column(column.code), column.title, styles.head)


def _finish(sheet: Worksheet, checks: ChecksLayout, footer: str) -> None:
    _colours(sheet, checks)
    sheet.frozen = (CHECKS.first_row, CHECKS.column("words") + 1)
    sheet.page = Page(prints=False)
    sheet.ignored = {"formula_range": "A1:P99", "empty_cell_reference": "A1:P99", "formula_unlocked": "A1:P99"}
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = (
        next(line.row for line in checks.lines if line.rule.severity is Severity.WARNING),
        CHECKS.column("explanation"),
    )
    sheet.tab = "#C00000"


@lru_cache(maxsize=512)
def _formulas(layout: Layout, line: CheckLine) -> Mapping[str, str]:
    """Return the formulas of a line by their column, without ``=``."""
    row, check = line.row, line.check
    asked = check.comparison.left.question is not None
    codes = [code for code, _ in check.inputs]
    more = [code for code, weight in check.inputs if not asked and (weight is None or weight > 0)]
    less = [code for code, weight in check.inputs if not asked and (weight is None or weight < 0)]
    return {
        "left": CHECKS.a1(row, "bad") if asked else side(layout, check.comparison.left),
        "right": side(layout, check.comparison.right),
        "difference": f"ROUND({CHECKS.a1(row, 'left')}-{CHECKS.a1(row, 'right')},4)",
        "verdict": verdict(layout, check, row),
        "bad": counted(layout, codes, NO_FIGURE),
        "empty": counted(layout, codes, BLANK_STATE),
        "more": counted(layout, more, BLANK_STATE),
        "less": counted(layout, less, BLANK_STATE),
    }


def _line(sheet: Worksheet, layout: Layout, line: CheckLine, values: CheckValues, text: str) -> None:
    _words(sheet, layout, line, text)
    left = values.left if line.check.comparison.left.question is None else values.bad
    results = {
        "left": left, "right": values.right, "difference": left - values.right, "verdict": values.verdict.value,
        "bad": values.bad, "empty": values.empty, "more": values.more, "less": values.less,
    }  # fmt: skip
    looks = {"verdict": styles.verdict} | dict.fromkeys(("left", "right", "difference"), styles.number)
    for code, formula in _formulas(layout, line).items():
        sheet.formula(line.row, CHECKS.column(code), formula, looks.get(code, styles.plain), results[code])


def _words(sheet: Worksheet, layout: Layout, line: CheckLine, text: str) -> None:
    row, check, at = line.row, line.check, CHECKS.column
    lines = max(
        wrapped_lines(check.words, CHECKS.width("words") - 12),
        wrapped_lines(text, CHECKS.width("explanation") - 10),
    )
    sheet.row(row, 10 + line_height() * lines, styles.plain)
    sheet.text(row, at("number"), check.rule, styles.centred)
    sheet.text(row, at("level"), line.rule.severity.zh, styles.centred)
    sheet.text(row, at("words"), check.words, styles.text)
    link = ranges(layout, check.items)[0].replace("$", "")
    sheet.link(row, at("link"), link, styles.link, "定位", "转到这一处")
    explains = line.rule.severity is Severity.WARNING or text != ""
    sheet.text(row, at("explanation"), text, styles.explain if explains else styles.text)
    sheet.number(row, at("all"), len(check.inputs), styles.plain)


def _mirror(sheet: Worksheet, row: int, source: int, text: str) -> None:
    """Show the explanation that is written in 审核意见: in a reply that is its one place."""
    cell = REVIEW.reference(source, "explanation")
    sheet.formula(row, CHECKS.column("explanation"), f'IF({cell}="","",{cell})', styles.text, text)


def _free(sheet: Worksheet, checks: ChecksLayout, others: Sequence[Explanation]) -> None:
    """Write the free lines: explanations of what is judged with last year's return, the roster or the text."""
    head = cell_format(font_name="黑体", bg_color=HEAD, border=1, border_color=LINE)
    sheet.row(checks.free_header, 30, styles.plain)
    sheet.merge(Area(checks.free_header, 0, checks.free_header, CHECKS.last), FREE_HEADING, head)
    at = CHECKS.column
    for row, explanation in zip_longest(checks.free, others[: len(checks.free)]):
        text = "" if explanation is None else explanation.text
        sheet.row(row, 12 + line_height() * wrapped_lines(text, 200), styles.plain)
        sheet.text(row, at("number"), "" if explanation is None else explanation.rule, styles.explain)
        sheet.merge(
            Area(row, at("level"), row, at("link")),
            FREE_PROMPT if explanation is None else "",
            styles.corner,
        )
        sheet.text(row, at("explanation"), text, styles.explain)


def status_text(counts: Counts) -> str:
    """Return the status that stands on top: 可以上报, or what is still missing."""
    errors, doubts, empty, pending = counts
    tail = f"，另有 {doubts} 处存疑请写说明" if doubts else ""
    return (f"还有 {errors} 处不符、{empty} 格未填" if errors + empty + pending else "可以上报") + tail


def _status(sheet: Worksheet, layout: Layout, counts: Counts, text: str) -> None:
    checks = layout.checks
    row, at = STATUS_ROW, CHECKS.column
    first, last = checks.lines[0].row, checks.lines[-1].row
    levels = rectangles((line, at("level")) for line in range(first, last + 1))[0]
    verdicts = rectangles((line, at("verdict")) for line in range(first, last + 1))[0]
    errors, doubts, empty, pending = counts
    for column, formula, value in (
        ("all", f'SUMPRODUCT(({levels}="错误")*({verdicts}="不通过"))', errors),
        ("bad", f'SUMPRODUCT(({levels}="存疑")*({verdicts}="不通过"))', doubts),
        ("empty", counted(layout, layout.form.inputs, BLANK_STATE), empty),
        ("more", f'COUNTIF({verdicts},"待填")', pending),
    ):
        sheet.formula(row, at(column), formula, styles.plain, value)
    e, d, b, p = (CHECKS.a1(row, code, absolute=True) for code in ("all", "bad", "empty", "more"))
    fmt = cell_format(
        font_name="黑体", font_size=13, align="center", border=1, border_color=LINE, bg_color="#FFFFFF", font_color=GREY
    )
    sheet.row(row, 36, styles.plain)
    sheet.merge(Area(row, 0, row, CHECKS.last), "", fmt)
    sheet.formula(
        row, 0,
        f'IF({e}+{b}+{p}=0,"可以上报","还有 "&{e}&" 处不符、"&{b}&" 格未填")&IF({d}>0,"，另有 "&{d}&" 处存疑请写说明","")',
        fmt, text,
    )  # fmt: skip
    good = cell_format(font_color=GREEN, bg_color="#E8F5E9")
    bad = cell_format(font_color=RED, bg_color=PINK)
    box = (row, 0, row, CHECKS.last)
    sheet.colour(Area(*box), {"type": "formula", "criteria": f"={e}+{b}+{p}=0", "format": good})
    sheet.colour(Area(*box), {"type": "formula", "criteria": f"={e}>0", "format": bad})


def _colours(sheet: Worksheet, checks: ChecksLayout) -> None:
    box = (checks.lines[0].row, CHECKS.column("verdict"), checks.lines[-1].row, CHECKS.column("verdict"))
    for word, font, fill in (
        (Verdict.PASS, GREEN, "#E8F5E9"),
        (Verdict.FAIL, RED, PINK),
        (Verdict.PENDING, "#7F6000", "#FFF2CC"),
    ):
        fmt = cell_format(font_color=font, bg_color=fill, bold=True)
        sheet.colour(Area(*box), {"type": "cell", "criteria": "==", "value": f'"{word.value}"', "format": fmt})
