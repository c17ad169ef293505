"""名录.xlsx: the roster to fill, one row a body, with validations and prompts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from toolkit.cells import Area, a1
from toolkit.excel_out import (
    LAST_COLUMN,
    Page,
    Protection,
    Workbook,
    Worksheet,
    cell_format,
    line_height,
    render,
    wrapped_lines,
)  # fmt: skip
from toolkit.roster import LEVELS, REGION_WORD, REQUIRED_MARK, ROSTER

ROWS = 300
"""Rows to fill: a county has 50–100 bodies, a city some 200."""

_EXPLAINED = (
    "每个应报送年报的单位一行，代码以单位法人证书为准。机构改革：撤销、并入别处的单位留着它的一行，填终止年度；由谁承继，写在承继单位的“承继代码”里"
    "（并入、合并、换了代码的写原单位代码；分设的，各单位都写原单位代码；只划转一部分的写“代码（2025，部分）”；没有单位承继的不写）。"
    "上年结转按此预填和核对：并入、合并的相加，分设、划转的按合计核对。填好后运行：nianbao roster 名录.xlsx"
)


def roster_bytes(region: str = "", rows: Sequence[Sequence[str]] = ()) -> bytes:
    """Return 名录.xlsx, blank or with the given rows (texts in the order of ``ROSTER.columns``)."""
    book = Workbook(datetime(2026, 1, 1), title="单位名录", structure_locked=False)
    sheet = book.sheet(ROSTER.name)
    locked = cell_format()
    sheet.column(0, LAST_COLUMN, 72, locked)
    for column in ROSTER.columns:
        sheet.column(ROSTER.column(column.code), ROSTER.column(column.code), column.width, locked)
    header, first, last = ROSTER.header_row, ROSTER.first_row, ROSTER.first_row + ROWS - 1
    width = sum(column.width for column in ROSTER.columns)
    sheet.row(0, 40)
    sheet.merge(Area(0, 0, 0, ROSTER.last), "单位名录", cell_format(font_name="黑体", font_size=16, align="center"))
    sheet.row(1, 8 + line_height(9.5) * wrapped_lines(_EXPLAINED, width, 9.5))
    note = cell_format(font_size=9.5, font_color="#595959", text_wrap=True)
    sheet.merge(Area(1, 0, 1, ROSTER.last), _EXPLAINED, note)
    sheet.row(header - 1, 26)
    place = f"{REGION_WORD}{region or '（请把括号和说明换成地区名称，如 样例县）'}"
    typed = cell_format(locked=False, bg_color="#FFF9DB", bottom=1, bottom_color="#A6A6A6")
    sheet.merge(Area(header - 1, 0, header - 1, ROSTER.last), place, typed)
    head = cell_format(
        font_name="黑体", align="center", bg_color="#DCE6F1", border=1, border_color="#A6A6A6", text_wrap=True
    )
    sheet.row(header, 32)
    for at, column in enumerate(ROSTER.columns):
        sheet.text(header, at, column.title + (REQUIRED_MARK if column.required else ""), head)
    text = cell_format(
        locked=False, num_format="@", bg_color="#FFF9DB", border=1, border_color="#D9D9D9", text_wrap=True
    )
    for row in range(first, last + 1):
        body = rows[row - first] if row - first < len(rows) else ()
        for at in range(len(ROSTER.columns)):
            sheet.text(row, at, body[at] if at < len(body) else "", text)
    _validate(sheet, first, last)
    sheet.ignored = {"number_stored_as_text": f"{a1(first, 0)}:{a1(last, ROSTER.last)}"}
    sheet.frozen = (first, ROSTER.column("name") + 1)
    sheet.page = Page(landscape=True, rows=(header, header), area=Area(0, 0, header + max(len(rows), 30), ROSTER.last))
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = (first, 0)
    return render(book)


def _validate(sheet: Worksheet, first: int, last: int) -> None:
    for at, column in enumerate(ROSTER.columns):
        options: dict[str, object] = {"input_title": column.title, "input_message": column.prompt}
        if column.code == "code":
            options |= {
                "validate": "length", "criteria": "==", "value": 18,
                "error_title": "代码应为 18 位", "error_message": "统一社会信用代码共 18 位，请核对后重填。",
            }  # fmt: skip
        elif column.code in ("level", "in_rollup"):
            choices = list(LEVELS) if column.code == "level" else ["是", "否"]
            options |= {
                "validate": "list", "source": choices,
                "error_title": "请从列表中选", "error_message": f"可选：{'、'.join(choices)}。",
            }  # fmt: skip
        else:
            options["validate"] = "any"
        sheet.validate(Area(first, at, last, at), options)
