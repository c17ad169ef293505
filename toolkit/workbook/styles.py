"""The few formats of our workbooks, by what a cell is."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from toolkit.cells import ListSheet
from toolkit.excel_out import LAST_COLUMN, Format, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.findings import Severity
from toolkit.forms.sheets import BODY_LINE

INPUT = "#FFF9DB"
CARRIED = "#E2F0E9"
COMPUTED = "#F2F2F2"
HEAD = "#DCE6F1"
STUB = "#F7F9FC"
LINE = "#A6A6A6"
RED = "#C00000"
PINK = "#FBE3E1"
GREEN = "#2E7D32"
GREY = "#595959"
BLUE = "#1F4E79"
ORANGE = "#B26B00"

DARK_RED, DARK_ORANGE = "#8C0000", "#7A4A00"
MARKED = {Severity.ERROR: "#F2B5AE", Severity.WARNING: "#FDEBCF", Severity.INFO: "#E8F0FE"}
"""The grounds of what is wrong, told apart without colours: that of an error is darker, its ink bold, that of a doubt italic."""
_LEVELS = {
    "错误": ("●", DARK_RED, MARKED[Severity.ERROR]), "存疑": ("▲", DARK_ORANGE, MARKED[Severity.WARNING]),
    "待填": ("□", "#000000", INPUT), "提示": ("", BLUE, MARKED[Severity.INFO]),
}  # fmt: skip
"""Sign, ink and ground of every level's word."""

NUMBERS = {"count": "#,##0", "signed": "#,##0;-#,##0;0", "money": "General"}
"""Any format with optional decimals shows whole amounts with a lone point: ``14.``, and 0 as nothing but that."""


def set_columns(sheet: Worksheet, sheet_list: ListSheet, fmt: Format) -> None:
    """Set the widths of a list and hide its helpers; everything beside it stays locked."""
    sheet.column(0, LAST_COLUMN, 64, fmt)
    for (width, hidden), alike in groupby(sheet_list.columns, key=lambda column: (column.width, column.hidden)):
        places = [sheet_list.column(column.code) for column in alike]
        if width:
            sheet.column(places[0], places[-1], width, fmt, hidden=hidden)


def _grid(**props: Any) -> Format:
    return cell_format(border=1, border_color=LINE, **props)


plain = cell_format()
title = cell_format(font_name="黑体", font_size=16, align="center")
subtitle = cell_format(font_size=9.5, font_color=GREY, text_wrap=True)
partial = cell_format(font_size=9.5, font_color=RED, bold=True, text_wrap=True)
subtitle_right = cell_format(font_size=9.5, font_color=GREY, align="right")
beside = cell_format(font_size=9, font_color=GREY, text_wrap=False)
"""It runs over the empty cells to its right: in its own column, a row high, nothing of it would be seen."""
note = cell_format(font_size=9, font_color=GREY, text_wrap=True, valign="top")
warn = cell_format(font_size=9.5, font_color=RED, bold=True)
sign = cell_format(font_size=10.5)
head = _grid(font_name="黑体", bg_color=HEAD, align="center", text_wrap=True)
section = _grid(font_name="黑体", bg_color=HEAD)
caption = _grid(font_name="黑体", bg_color=HEAD, align="center")
stub = _grid(bg_color=STUB, align="left", text_wrap=True, indent=1)
group = _grid(bg_color=STUB, align="center", text_wrap=True)
corner = _grid(bg_color=STUB, font_size=9, font_color=GREY, align="center", text_wrap=True)
text = _grid(text_wrap=True, align="left")
shown = _grid(text_wrap=True, align="left", font_size=9.5)
centred = _grid(align="center", text_wrap=True)
number = _grid(align="center", num_format="General")
link = _grid(align="center", font_color="#0563C1", underline=1, text_wrap=True)
explain = _grid(bg_color=INPUT, locked=False, text_wrap=True, align="left", num_format="@")
verdict = _grid(align="center", bold=True)
state = _grid(align="center", bold=True, text_wrap=True)
whole = _grid(font_name="黑体", font_size=11.5, text_wrap=True, indent=1)
back = cell_format(font_size=9, font_color="#0563C1", underline=1)
written = cell_format(bg_color="#FFFFFF")
"""An input that is answered: no program but Excel prints without fills, and what is sealed has no yellow."""


def body_height(name: str, pixels: int) -> int:
    """Return the height of the line that names the body above a page; two lines where nobody knows the name yet."""
    lines = wrapped_lines(f"{BODY_LINE}{name}", pixels, 9.5) if name else 2
    return max(26, 8 + line_height(9.5) * lines)


def role(role: str) -> Format:
    """Return the format of a label by its role."""
    return {"caption": caption, "head": head, "stub": stub, "group": group, "note": corner}[role]


def input(kind: str, *, fill: str = INPUT, text: bool = False, red: bool = False) -> Format:
    """Return the format of an input: unlocked, tinted; ``red`` for a text that could not be read."""
    return _grid(
        locked=False, bg_color=fill, align="center", num_format="General" if text else NUMBERS[kind],
        font_color=RED if red else "#000000", bold=red, text_wrap=text,
    )  # fmt: skip


def computed(kind: str, *, strong: bool = False, fill: str = COMPUTED, locked: bool = True) -> Format:
    """Return the format of a formula item: grey, bold, unlocked where a pasted table may lie over it."""
    props: dict[str, Any] = {"locked": locked} | ({"top": 2, "bottom": 2} if strong else {})
    return _grid(bg_color=fill, align="center", bold=True, num_format=NUMBERS[kind], font_color="#404040", **props)


def field(*, locked: bool) -> Format:
    """Return the format of a field of the cover."""
    fill = {} if locked else {"bg_color": INPUT}
    return _grid(locked=locked, align="left", indent=1, num_format="@", font_size=12, text_wrap=True, **fill)


def marked(severity: Severity) -> Format:
    """Return the look of what is wrong: an error is dark and bold, a doubt light and italic."""
    ink = {Severity.ERROR: DARK_RED, Severity.WARNING: DARK_ORANGE, Severity.INFO: BLUE}[severity]
    bold, italic = severity is Severity.ERROR, severity is Severity.WARNING
    return cell_format(bg_color=MARKED[severity], font_color=ink, bold=bold, italic=italic)


def signed(level: str) -> str:
    """Return the word of a level with its sign, e.g. ●错误."""
    return _LEVELS[level][0] + level


def coloured(level: str) -> Format:
    """Return the format of a level's word: 错误, 存疑, 待填 or 提示."""
    _, ink, ground = _LEVELS[level]
    return _grid(align="center", bold=level == "错误", italic=level == "存疑", font_color=ink, bg_color=ground)
