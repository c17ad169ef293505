"""The few formats of the workbook, by what a cell is."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from toolkit.cells import ListSheet
from toolkit.excel_out import Sheet, Workbook
from toolkit.findings import Severity

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

MARKED = {Severity.ERROR: PINK, Severity.WARNING: "#FDEBCF", Severity.INFO: "#E8F0FE"}
WORDED = {Severity.ERROR: RED, Severity.WARNING: ORANGE, Severity.INFO: BLUE}

NUMBERS = {"count": "#,##0", "signed": "#,##0;-#,##0;0", "money": "#,##0.####"}


def set_columns(sheet: Sheet, sheet_list: ListSheet, fmt: Any) -> None:
    """Set the widths of a list and hide its helpers; everything beside it stays locked."""
    sheet.column(0, 16383, 64, fmt)
    for (width, hidden), alike in groupby(sheet_list.columns, key=lambda column: (column.width, column.hidden)):
        places = [sheet_list.column(column.code) for column in alike]
        if width:
            sheet.column(places[0], places[-1], width, fmt, hidden=hidden)


class Styles:
    """Formats of one workbook; equal ones are one object."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.plain = book.format()
        self.title = book.format(font_name="黑体", font_size=16, align="center")
        self.subtitle = book.format(font_size=9.5, font_color=GREY)
        self.subtitle_right = book.format(font_size=9.5, font_color=GREY, align="right")
        self.note = book.format(font_size=9, font_color=GREY, text_wrap=True, valign="top")
        self.warn = book.format(font_size=9.5, font_color=RED, bold=True)
        self.sign = book.format(font_size=10.5)
        self.head = self._grid(font_name="黑体", bg_color=HEAD, align="center", text_wrap=True)
        self.caption = self._grid(font_name="黑体", bg_color=HEAD, align="center")
        self.stub = self._grid(bg_color=STUB, align="left", text_wrap=True, indent=1)
        self.group = self._grid(bg_color=STUB, align="center", text_wrap=True)
        self.corner = self._grid(bg_color=STUB, font_size=9, font_color=GREY, align="center", text_wrap=True)
        self.text = self._grid(text_wrap=True, align="left")
        self.centred = self._grid(align="center", text_wrap=True)
        self.number = self._grid(align="center", num_format="#,##0.####;-#,##0.####;0")
        self.link = self._grid(align="center", font_color="#0563C1", underline=1, text_wrap=True)
        self.explain = self._grid(bg_color=INPUT, locked=False, text_wrap=True, align="left", num_format="@")
        self.verdict = self._grid(align="center", bold=True)

    def _grid(self, **props: Any) -> Any:
        return self.book.format(border=1, border_color=LINE, **props)

    def role(self, role: str) -> Any:
        """Return the format of a label by its role."""
        return {
            "caption": self.caption,
            "head": self.head,
            "stub": self.stub,
            "group": self.group,
            "note": self.corner,
        }[role]

    def input(self, kind: str, *, fill: str = INPUT, text: bool = False, red: bool = False) -> Any:
        """Return the format of an input: unlocked, tinted; ``red`` for a text that could not be read."""
        return self._grid(
            locked=False,
            bg_color=fill,
            align="center",
            num_format="General" if text else NUMBERS[kind],
            font_color=RED if red else "#000000",
            bold=red,
            text_wrap=text,
        )

    def computed(self, kind: str, *, strong: bool = False, fill: str = COMPUTED) -> Any:
        """Return the format of a formula item: locked, grey, bold."""
        props: dict[str, Any] = {"top": 2, "bottom": 2} if strong else {}
        return self._grid(
            bg_color=fill, align="center", bold=True, num_format=NUMBERS[kind], font_color="#404040", **props
        )

    def field(self, *, locked: bool) -> Any:
        """Return the format of a field of the cover."""
        fill = {} if locked else {"bg_color": INPUT}
        return self._grid(locked=locked, align="left", indent=1, num_format="@", font_size=12, text_wrap=True, **fill)

    def coloured(self, severity: Severity) -> Any:
        """Return the format of a severity's word."""
        return self._grid(align="center", bold=True, font_color=WORDED[severity])
