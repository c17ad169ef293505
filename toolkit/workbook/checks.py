"""The sheet 校验: the one sentence, what is to be done first, every check with both sides, verdict and link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import Page, Protection, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.findings import Severity
from toolkit.forms import Verdict
from toolkit.forms.layout import CheckLine, ChecksLayout, Layout
from toolkit.forms.sheets import CHECKS, CHECKS_NOTE, FREE_HEADING, FREE_PROMPT, PANEL_ROWS, REVIEW, STATUS_ROW
from toolkit.returns import Explanation
from toolkit.returns.status import BEYOND_SHEET
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import (
    BLANK_STATE,
    DASH,
    NO_FIGURE,
    UNREAD_STATE,
    counted,
    how_many,
    more_in,
    ranges,
    runs,
    settled,
    side,
    verdict,
)
from toolkit.workbook.panel import put_panel
from toolkit.workbook.review import review_rows
from toolkit.workbook.revision import CHANGED, DONE
from toolkit.workbook.state import LineValues, State
from toolkit.workbook.styles import GREEN, GREY, LINE, ORANGE, PINK, RED, set_columns
from toolkit.workbook.tally import sentence, totals


def put_checks(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the sheet 校验."""
    checks = layout.checks
    _top(sheet)
    put_panel(sheet, layout, filling, state)
    rows, order = review_rows(filling), 0
    for line in checks.lines:
        key = (line.check.rule, line.check.items)
        values, text = state.line(line), state.written.get(key, "")
        _line(sheet, layout, line, values, text)
        if key in rows:
            _mirror(sheet, line.row, rows[key], text)
        order += values.stands_out
        before, own = CHECKS.a1(line.row - 1, "order"), CHECKS.a1(line.row, "stands")
        sheet.formula(line.row, CHECKS.column("order"), f"{before}+{own}", styles.plain, order)
    _free(sheet, checks, state.free)
    _status(sheet, layout, state)
    _finish(sheet, checks, filling.footer)


def _top(sheet: Worksheet) -> None:
    set_columns(sheet, CHECKS, styles.plain)
    sheet.row(0, 40, styles.plain)
    sheet.merge(Area(0, 0, 0, CHECKS.last), "表内校验", styles.title)
    row = STATUS_ROW + 1
    width = sum(column.width for column in CHECKS.titled)
    note = f"{CHECKS_NOTE}{BEYOND_SHEET}"
    sheet.row(row, 10 + line_height(9.5) * wrapped_lines(note, width, 9.5), styles.plain)
    sheet.merge(Area(row, 0, row, CHECKS.last), note, styles.note)
    caption = CHECKS.header_row - 1
    sheet.row(caption, 28, styles.plain)
    sheet.merge(Area(caption, 0, caption, CHECKS.last), "全部审核内容（说明写在这里）", styles.section)
    for header in (PANEL_ROWS[0] - 1, CHECKS.header_row):
        sheet.row(header, 30, styles.plain)
        for column in CHECKS.titled:
            title = "要处理的" if header < CHECKS.header_row and column.code == "words" else column.title
            sheet.text(header, CHECKS.column(column.code), title, styles.head)
    sheet.number(CHECKS.header_row, CHECKS.column("order"), 0, styles.plain)


def _finish(sheet: Worksheet, checks: ChecksLayout, footer: str) -> None:
    _colours(sheet, checks)
    sheet.frozen = (STATUS_ROW + 1, CHECKS.column("words") + 1)
    sheet.page = Page(landscape=True, area=Area(0, CHECKS.last + 1, 0, CHECKS.last + 1), footer=footer)
    sheet.ignored = {"formula_range": "A1:R199", "empty_cell_reference": "A1:R199", "formula_unlocked": "A1:R199"}
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = (PANEL_ROWS[0], CHECKS.column("link"))
    sheet.tab = "#C00000"


@lru_cache(maxsize=512)
def _formulas(layout: Layout, line: CheckLine) -> Mapping[str, str]:
    """Return the formulas of a line by their column, without ``=``."""
    row, check = line.row, line.check
    codes = [code for code, _ in check.inputs]
    unread = counted(layout, codes, UNREAD_STATE)
    bad, left, right = (CHECKS.a1(row, code) for code in ("bad", "left", "right"))
    return {
        "left": bad if line.asked else settled(layout, check.comparison.left, bad),
        "right": side(layout, check.comparison.right) if line.asked else settled(layout, check.comparison.right, bad),
        "difference": f'IF(AND(ISNUMBER({left}),ISNUMBER({right})),ROUND({left}-{right},4),"{DASH}")',
        "verdict": verdict(layout, line),
        "bad": counted(layout, codes, NO_FIGURE) + ("" if line.asked else f"+{unread}"),
        "empty": counted(layout, codes, BLANK_STATE) + (f"+{unread}" if line.asked else ""),
        "stands": _stands(layout, line),
    }


@lru_cache(maxsize=512)
def _stands(layout: Layout, line: CheckLine) -> str:
    """Return the formula that is 1 for what stands out: ``LineValues.stands_out``; cells that are no figures come first."""
    if line.asked:
        return "0"
    level, shown, text = (CHECKS.a1(line.row, code) for code in ("level", "verdict", "explanation"))
    free, weighs = layout.checks.free, ""
    if line.rule.severity is Severity.WARNING or line.check.needs_last:
        numbers, texts = (CHECKS.block(free[0], free[-1], code) for code in ("number", "explanation"))
        beside = f'SUMPRODUCT((TRIM({numbers})="{line.check.rule}")*{more_in(texts)})'
        weighs = f',OR({level}="{Severity.ERROR.zh}",{more_in(text)}+{beside}=0)'
    column, which = ("difference", '"<>0"') if line.sums else ("verdict", f'"{Verdict.FAIL}"')
    causes = [
        f"COUNTIF({CHECKS.a1(first, column)}:{CHECKS.a1(last, column)},{which})" for first, last in runs(line.after)
    ]
    alone = f",{'+'.join(causes)}=0" if causes else ""
    fails = f'{shown}="{Verdict.FAIL}"'
    if line.check.needs_last and not line.sums:
        bad, empty = (CHECKS.a1(line.row, code) for code in ("bad", "empty"))
        open_ = f'{shown}="{Verdict.UNDECIDED}",{bad}=0,{empty}<{len(line.check.inputs)}'
        fails = f"OR({fails},AND({open_}))"
    return f"IF(AND({fails}{weighs}{alone}),1,0)"


def _level(layout: Layout, line: CheckLine) -> str:
    """Return the formula of the level of a rule that yields: 存疑 once what explains it says how many: ``counts``."""
    free = (
        f'IF(TRIM({CHECKS.a1(row, "number")})="{line.check.rule}",{CHECKS.a1(row, "explanation")},"")'
        for row in layout.checks.free
    )
    text = "&".join((CHECKS.a1(line.row, "explanation"), *free))
    enough = f"AND({how_many(text)}>0,{more_in(text, counted=True)}>0)"
    return f'IF({enough},"{Severity.WARNING.zh}","{Severity.ERROR.zh}")'


def _line(sheet: Worksheet, layout: Layout, line: CheckLine, values: LineValues, text: str) -> None:
    _words(sheet, layout, line, values, text)
    results: dict[str, Number | str | None] = {
        "left": values.left, "right": values.right, "difference": values.difference, "verdict": values.verdict or "",
        "bad": values.bad, "empty": values.empty, "stands": int(values.stands_out),
    }  # fmt: skip
    looks = {"verdict": styles.verdict} | dict.fromkeys(("left", "right", "difference"), styles.number)
    for code, formula in _formulas(layout, line).items():
        shown = DASH if (known := results[code]) is None else known
        sheet.formula(line.row, CHECKS.column(code), formula, looks.get(code, styles.plain), shown)


def _words(sheet: Worksheet, layout: Layout, line: CheckLine, values: LineValues, text: str) -> None:
    row, check, at = line.row, line.check, CHECKS.column
    lines = max(
        wrapped_lines(check.words, CHECKS.width("words") - 12), wrapped_lines(text, CHECKS.width("explanation") - 10)
    )
    hidden = not text and (values.level is None or line.computes)
    sheet.row(row, 10 + line_height() * lines, styles.plain, hidden=hidden)
    sheet.text(row, at("number"), check.rule, styles.centred)
    level = "" if values.level is None else values.level.zh
    if values.yields:
        sheet.formula(row, at("level"), _level(layout, line), styles.centred, level)
    else:
        sheet.text(row, at("level"), level, styles.centred)
    sheet.text(row, at("words"), check.words, styles.text)
    link = ranges(layout, check.items)[0].replace("$", "")
    sheet.link(row, at("link"), link, styles.link, "定位", "转到这一处")
    explains = Severity.WARNING in (values.level, line.rule.severity) or line.rule.yields or text != ""
    sheet.text(row, at("explanation"), text, styles.explain if explains else styles.text)
    sheet.number(row, at("place"), layout.place_number(*layout.cell(check.items[0])), styles.plain)


def _mirror(sheet: Worksheet, row: int, source: int, text: str) -> None:
    """Show the explanation that is written in 审核意见: in a reply that is its one place.

    One that was carried is none for figures that have been changed since.
    """
    cell, carried, state = (REVIEW.reference(source, code) for code in ("explanation", "carried", "state"))
    lapsed = f'OR({cell}="",AND({state}="{CHANGED}",EXACT({cell},{carried})))'
    sheet.formula(row, CHECKS.column("explanation"), f'IF({lapsed},"",{cell})', styles.text, text)


def _free(sheet: Worksheet, checks: ChecksLayout, others: Sequence[Explanation]) -> None:
    """Write the free lines: explanations of what is judged with last year's return, the roster or the text."""
    sheet.row(checks.free_header, 30, styles.plain)
    sheet.merge(Area(checks.free_header, 0, checks.free_header, CHECKS.last), FREE_HEADING, styles.section)
    at = CHECKS.column
    for row, explanation in zip_longest(checks.free, others):
        text = "" if explanation is None else explanation.text
        sheet.row(row, 12 + line_height() * wrapped_lines(text, 200), styles.plain)
        sheet.text(row, at("number"), "" if explanation is None else explanation.rule, styles.explain)
        sheet.merge(Area(row, at("level"), row, at("link")), FREE_PROMPT if explanation is None else "", styles.corner)
        sheet.text(row, at("explanation"), text, styles.explain)


def _status(sheet: Worksheet, layout: Layout, state: State) -> None:
    """Write the one sentence on top; the counts that it says stand in the hidden cells beside it."""
    row, at, status = STATUS_ROW, CHECKS.column, state.status
    counts = {"missing": status.missing, "broken": status.errors, "doubts": status.doubts, "unsure": status.unsure}
    cells = {}
    for (name, formula), column in zip(totals(layout).items(), ("bad", "empty", "place", "stands"), strict=True):
        sheet.formula(row, at(column), formula, styles.plain, counts[name])
        cells[name] = CHECKS.a1(row, column, absolute=True)
    fmt = cell_format(
        font_name="黑体", font_size=13, align="center", border=1, border_color=LINE, bg_color="#FFF2CC", font_color=GREY
    )
    sheet.row(row, 36, styles.plain)
    sheet.merge(Area(row, 0, row, CHECKS.last), "", fmt)
    formula = sentence(**cells)
    if state.sentence != status.sentence:
        # What the checks say stands beside it; 审核意见 goes before.
        sheet.formula(row, at("order"), formula, styles.plain, status.sentence)
        formula = state.review.sentence(CHECKS.a1(row, "order"), status.sentence)[0]
    sheet.formula(row, 0, formula, fmt, state.sentence)
    first = CHECKS.a1(row, "number", absolute=True)
    status_colours(sheet, Area(row, 0, row, CHECKS.last), first, cells["broken"])


def status_colours(sheet: Worksheet, area: Area, shown: str, broken: str) -> None:
    """Colour the sentence: green where it can be filed, red where something is wrong."""
    good = cell_format(font_color=GREEN, bg_color="#E8F5E9")
    bad = cell_format(font_color=RED, bg_color=PINK)
    sheet.colour(
        area,
        {
            "type": "formula",
            "criteria": f'=OR(LEFT({shown},4)="可以上报",LEFT({shown},5)="{DONE[:5]}")',
            "format": good,
        },
    )
    sheet.colour(area, {"type": "formula", "criteria": f'=OR({broken}>0,LEFT({shown},1)="第")', "format": bad})


def _colours(sheet: Worksheet, checks: ChecksLayout) -> None:
    level, shown = (f"${CHECKS.a1(PANEL_ROWS[0], code)}" for code in ("level", "verdict"))
    box = Area(PANEL_ROWS[0], CHECKS.column("verdict"), checks.lines[-1].row, CHECKS.column("verdict"))
    doubtful = f'=AND({shown}="{Verdict.FAIL}",{level}="{Severity.WARNING.zh}")'
    for criteria, font, fill in (
        (doubtful, ORANGE, "#FDEBCF"),
        (f'={shown}="{Verdict.FAIL}"', RED, PINK),
        (f'={shown}="{Verdict.PASS}"', GREEN, "#E8F5E9"),
        (f'=OR({shown}="{Verdict.PENDING}",{shown}="{Verdict.UNCONFIRMED}")', "#7F6000", "#FFF2CC"),
        (f'={shown}="{Verdict.UNDECIDED}"', GREY, "#EDEDED"),
    ):
        fmt = cell_format(font_color=font, bg_color=fill, bold=True)
        sheet.colour(box, {"type": "formula", "criteria": criteria, "format": fmt, "stop_if_true": True})
