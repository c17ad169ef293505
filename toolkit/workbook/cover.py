"""The cover: whose return it is, for which year, who answers for it, how to fill it, and how it stands."""

from __future__ import annotations

from typing import Any

from toolkit.cells import Area, a1
from toolkit.excel_out import LAST_COLUMN, Page, Protection, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.findings import Severity
from toolkit.forms.layout import Layout
from toolkit.forms.sheets import (
    CHECKS,
    COVER,
    FILLED_IN,
    HOW_TO,
    ISSUED_WORD,
    LEGEND,
    REPORTED,
    REPORTED_TITLE,
    STATUS_ROW,
)  # fmt: skip
from toolkit.returns.status import BEYOND_SHEET, DONE
from toolkit.workbook import styles
from toolkit.workbook.checks import status_colours
from toolkit.workbook.filling import Filling
from toolkit.workbook.revision import put_targets
from toolkit.workbook.state import State
from toolkit.workbook.styles import CARRIED, COMPUTED, GREEN, GREY, HEAD, INPUT, LINE, PINK, RED
from toolkit.workbook.tally import CHECKSUM, part_words, to_do_words

_WIDTHS = (40, 150, 330, 90, 40)
_PANEL = len(_WIDTHS)
_PANEL_WIDTHS = (24, 150, 250)
"""The panel of the parts, beside what is printed: a gap, in which links lead back to 审核意见, the links, how each part stands."""
_PRINTED = 6
"""The row from which on the cover is printed: above it stands what is only for those who fill it."""


def put_cover(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the cover."""
    form, year = filling.form, filling.year
    heading = {"rollup": "政府信息公开工作年度报告（汇总）"}.get(filling.kind, form.title)
    _top(sheet, heading, form.notice, f"（{year} 年度）{filling.stage}")
    _status(sheet, state.sentence, filling.extent.label)
    values = filling.fields
    for key, label in COVER.fields:
        _field(sheet, key, label, values.get(key, ""), locked=filling.fixed(key))
    _date_line(sheet, values.get(REPORTED, ""))
    printed = _seal_line(sheet, state.checksum)
    _panel(sheet, layout, state)
    if any(name == COVER.name for name, _, _ in state.review.at):
        sheet.column(_PANEL, _PANEL, 205, styles.plain)
        put_targets(sheet, state.review, _PANEL)
    row = printed + 1
    _how_to(sheet, row)
    row += len(HOW_TO)
    _legend(sheet, row + 1)
    if filling.token:
        _token(sheet, row + 5, filling.token)
    first = next(key for key in COVER.cells if not filling.fixed(key))
    _finish(sheet, printed, filling.footer, first)


def _wide(sheet: Worksheet, row: int, text: str, fmt: Any) -> None:
    """Write a text across the columns of labels and values."""
    sheet.merge(Area(row, COVER.label_column, row, COVER.last_column), text, fmt)


def _top(sheet: Worksheet, heading: str, notice: str, year: str) -> None:
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    for at, width in enumerate((*_WIDTHS, *_PANEL_WIDTHS)):
        sheet.column(at, at, width, styles.plain)
    for row, height in ((0, 26), (1, 8), (2, 8), (3, 8), (4, 8), (5, 34), (6, 70), (7, 40)):
        sheet.row(row, height, styles.plain)
    _wide(sheet, 0, f"依据：《中华人民共和国政府信息公开条例》第四十九条、第五十条，{notice}", styles.subtitle)
    # What is printed begins here.
    _wide(sheet, _PRINTED, heading, cell_format(font_name="黑体", font_size=22, align="center"))
    _wide(sheet, _PRINTED + 1, year, cell_format(font_name="黑体", font_size=15, align="center"))


def _finish(sheet: Worksheet, last: int, footer: str, first: str) -> None:
    sheet.page = Page(area=Area(_PRINTED, 0, last, len(_WIDTHS) - 1), pages_high=1, footer=footer, plain_ink=True)
    sheet.ignored = {"number_stored_as_text": "A1:E60"}
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = COVER.cells[first]
    sheet.tab = "#1F4E79"


def _token(sheet: Worksheet, row: int, token: str) -> None:
    sheet.row(row, 22, styles.plain)
    _wide(sheet, row, f"{ISSUED_WORD}：{token}", cell_format(font_size=8, font_color=GREY))


def _status(sheet: Worksheet, text: str, stage: str) -> None:
    start = f"{FILLED_IN}{stage}{'；' if stage else ''}"
    fmt = cell_format(
        font_name="黑体", font_size=12, align="center", border=1, border_color=LINE, bg_color=COMPUTED, text_wrap=True
    )
    shown, broken = (CHECKS.reference(STATUS_ROW, code) for code in ("number", "empty"))
    _wide(sheet, 5, "", fmt)
    sheet.formula(5, COVER.label_column, f'"{start}"&{shown}', fmt, f"{start}{text}")
    status_colours(sheet, Area(5, COVER.label_column, 5, COVER.last_column), shown, broken)


def _panel(sheet: Worksheet, layout: Layout, state: State) -> None:
    """Write a line a part beside the fields, each with a link to it; below them what no sheet can know."""
    column, top = _PANEL + 1, COVER.top
    sheet.merge(Area(top - 1, column, top - 1, column + 1), "各部分填报情况（点名称可转到该处）", styles.section)
    parts: dict[str, str] = {part.part: part.words for part in state.status.parts}
    left = state.to_do
    parts[CHECKS.name] = f"要处理 {left} 处" if left else DONE
    for row, name in enumerate(layout.parts, top):
        sheet_name, cell = state.start(name)
        sheet.link(row, column, f"'{sheet_name}'!{a1(*cell)}", styles.link, sheet_name, "转到这一处")
        formula = to_do_words(layout) if name == CHECKS.name else part_words(layout, name)
        sheet.formula(row, column + 1, formula, styles.centred, parts[name])
    shown = f"${a1(top, column + 1)}"
    box = Area(top, column + 1, top + len(layout.parts) - 1, column + 1)
    for criteria, ink, fill in (
        (f'={shown}="{DONE}"', GREEN, "#E8F5E9"), (f'=ISNUMBER(FIND("不符",{shown}))', RED, PINK),
        (f"=LEN({shown})>0", "#7F6000", "#FFF2CC"),
    ):  # fmt: skip
        fmt = cell_format(font_color=ink, bg_color=fill, bold=ink == RED)
        sheet.colour(box, {"type": "formula", "criteria": criteria, "format": fmt, "stop_if_true": True})
    row = top + len(layout.parts)
    sheet.merge(Area(row, column, row, column + 1), BEYOND_SHEET, styles.note)


def _field(sheet: Worksheet, key: str, title: str, value: str, *, locked: bool) -> None:
    """Write one field; a code that is to be typed is checked for its length."""
    label = cell_format(border=1, border_color=LINE, bg_color=HEAD, font_name="黑体", align="center", font_size=12)
    row, column = COVER.cells.get(key, COVER.reported)
    room = sum(_WIDTHS[column : COVER.last_column + 1]) - 16
    sheet.row(
        row, max(46 if key == "name" else 38, 12 + line_height(12) * wrapped_lines(value, room, 12)), styles.plain
    )
    sheet.text(row, COVER.label_column, title, label)
    area = Area(row, column, row, COVER.last_column)
    sheet.merge(area, value, styles.field(locked=locked))
    if not locked:
        criteria = f"=LEN({a1(row, column, absolute=True)})>0"
        sheet.colour(area, {"type": "formula", "criteria": criteria, "format": styles.written})
    if key == "code" and not locked:
        sheet.validate(Area(row, column, row, column), {
                "validate": "length", "criteria": "==", "value": 18, "input_title": title,
                "input_message": "18 位，见本单位法人证书或赋码通知，字母大写。",
                "error_title": "代码应为 18 位", "error_message": "统一社会信用代码共 18 位，请核对后重填。",
            })  # fmt: skip


def _date_line(sheet: Worksheet, value: str) -> None:
    _field(sheet, REPORTED, REPORTED_TITLE, value, locked=False)
    row, column = COVER.reported
    words = {"input_title": REPORTED_TITLE, "input_message": "签字盖章的日期，如 2026年1月20日；也可以打印后手写。"}
    sheet.validate(Area(row, column, row, column), {"validate": "any"} | words)


def _seal_line(sheet: Worksheet, code: str) -> int:
    """Write the line with the 校验码 of the figures and the place of the seal; returns its row, the last printed."""
    row = COVER.reported[0] + 1
    sheet.row(row, 90, styles.plain)
    sheet.merge(Area(row, COVER.label_column, row, COVER.value_column), "", styles.sign)
    sheet.formula(row, COVER.label_column, CHECKSUM, styles.sign, f"校验码：{code}")
    sheet.text(row, COVER.last_column, "（单位盖章）", cell_format(font_size=10.5, align="right"))
    return row


def _how_to(sheet: Worksheet, row: int) -> None:
    head = cell_format(font_name="黑体", font_size=11, bottom=1, bottom_color=LINE)
    text = cell_format(text_wrap=True, font_color="#333333", font_size=10)
    sheet.row(row, 30, styles.plain)
    _wide(sheet, row, "填表说明", head)
    width = sum(_WIDTHS[1:4])
    for at, advice in enumerate(HOW_TO, 1):
        sheet.row(row + at, 8 + line_height(10) * wrapped_lines(advice, width, 10), styles.plain)
        _wide(sheet, row + at, f"{at}. {advice}", text)


def _legend(sheet: Worksheet, row: int) -> None:
    sheet.row(row, 10, styles.plain)
    error, doubt = styles.MARKED[Severity.ERROR], styles.MARKED[Severity.WARNING]
    label, value, last = COVER.label_column, COVER.value_column, COVER.last_column
    looks: tuple[tuple[int, int, int, dict[str, Any]], ...] = (
        (1, label, label, {"bg_color": INPUT}), (1, value, last, {"bg_color": COMPUTED}),
        (2, label, label, {"bg_color": error, "font_color": styles.DARK_RED, "bold": True}),
        (2, value, last, {"bg_color": doubt, "font_color": styles.DARK_ORANGE, "italic": True}),
        (3, label, last, {"bg_color": CARRIED}),
    )  # fmt: skip
    for below in range(1, 4):
        sheet.row(row + below, 26, styles.plain)
    for word, (below, first, end, look) in zip(LEGEND, looks, strict=True):
        fmt = cell_format(**({"font_color": GREY} | look), border=1, border_color=LINE, align="center", font_size=9.5)
        sheet.merge(Area(row + below, first, row + below, end), word, fmt)
