"""名录.xlsx: the roster to fill, one row a body, with validations and prompts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from toolkit.cells import Area
from toolkit.excel_out import Page, Protection, Sheet, Workbook, cell_format, line_height, render, wrapped_lines
from toolkit.roster import COLUMNS, LEVELS

ROWS = 300
"""Rows to fill: a county has 50–100 bodies, a city some 200."""
HEADER = 3

_EXPLAINED = (
    "每个应报送年报的单位一行。统一社会信用代码以单位法人证书为准；改名或撤并的单位填起止年度，新单位在“承继代码”写原单位的代码，"
    "上一年度的结转由它承接。填好后运行：nianbao roster 名录.xlsx"
)


def roster_bytes(region: str = "", rows: Sequence[Sequence[str]] = ()) -> bytes:
    """Return 名录.xlsx, blank or with the given rows (texts in the order of ``roster.COLUMNS``)."""
    book = Workbook(datetime(2026, 1, 1), title="单位名录", structure_locked=False)
    sheet = book.sheet("名录")
    locked = cell_format()
    sheet.column(0, 16383, 72, locked)
    for at, column in enumerate(COLUMNS):
        sheet.column(at, at, column.width, locked)
    last = len(COLUMNS) - 1
    width = sum(column.width for column in COLUMNS)
    sheet.row(0, 40)
    sheet.merge(Area(0, 0, 0, last), "单位名录", cell_format(font_name="黑体", font_size=16, align="center"))
    sheet.row(1, 8 + line_height(9.5) * wrapped_lines(_EXPLAINED, width, 9.5))
    sheet.merge(Area(1, 0, 1, last), _EXPLAINED, cell_format(font_size=9.5, font_color="#595959", text_wrap=True))
    sheet.row(2, 26)
    place = f"地区：{region}" if region else "地区：（请把括号和说明换成地区名称，如 样例县）"
    sheet.merge(
        Area(2, 0, 2, last), place, cell_format(locked=False, bg_color="#FFF9DB", bottom=1, bottom_color="#A6A6A6")
    )
    head = cell_format(
        font_name="黑体", align="center", bg_color="#DCE6F1", border=1, border_color="#A6A6A6", text_wrap=True
    )
    sheet.row(HEADER, 32)
    for at, column in enumerate(COLUMNS):
        sheet.text(HEADER, at, column.title + ("*" if column.required else ""), head)
    text = cell_format(
        locked=False, num_format="@", bg_color="#FFF9DB", border=1, border_color="#D9D9D9", text_wrap=True
    )
    for row in range(HEADER + 1, HEADER + 1 + ROWS):
        given = rows[row - HEADER - 1] if row - HEADER - 1 < len(rows) else ()
        for at in range(len(COLUMNS)):
            sheet.text(row, at, given[at] if at < len(given) else "", text)
    _validate(sheet, HEADER + ROWS)
    sheet.ignored = {"number_stored_as_text": f"A{HEADER + 2}:I{HEADER + 1 + ROWS}"}
    sheet.frozen = (HEADER + 1, 2)
    sheet.page = Page(landscape=True, rows=(HEADER, HEADER), area=Area(0, 0, HEADER + max(len(rows), 30), last))
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = (HEADER + 1, 0)
    return render(book)


def _validate(sheet: Sheet, last: int) -> None:
    first = HEADER + 1
    for at, column in enumerate(COLUMNS):
        options: dict[str, object] = {"input_title": column.title, "input_message": column.prompt}
        if column.field == "code":
            options |= {
                "validate": "length", "criteria": "==", "value": 18,
                "error_title": "代码应为 18 位", "error_message": "统一社会信用代码共 18 位，请核对后重填。",
            }  # fmt: skip
        elif column.field in ("level", "in_rollup"):
            choices = list(LEVELS) if column.field == "level" else ["是", "否"]
            options |= {
                "validate": "list", "source": choices,
                "error_title": "请从列表中选", "error_message": f"可选：{'、'.join(choices)}。",
            }  # fmt: skip
        else:
            options["validate"] = "any"
        sheet.validate(Area(first, at, last, at), options)
