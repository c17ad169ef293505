"""The looks that the accounting sheets share: heads, texts, numbers, and rows as tall as their text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from toolkit.excel_out import Sheet, Workbook, line_height, wrapped_lines
from toolkit.workbook.styles import GREY, HEAD, INPUT, LINE, NUMBERS, PINK, RED, STUB, Styles

_NUMBERS = NUMBERS | {"change": "+#,##0.####;-#,##0.####;"}
LONGEST = 2000
"""More of a text is cut: nobody reads it in a cell, and Excel refuses 32,768 characters."""


def words(text: str) -> str:
    """Return a stranger's text fit for a cell: no lone surrogates, not endless."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return sound if len(sound) <= LONGEST else sound[: LONGEST - 1] + "…"


class Grids:
    """Formats of the accounting sheets and how their tables are written."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.styles = Styles(book)
        self.plain = self.styles.plain
        line: dict[str, Any] = {"border": 1, "border_color": LINE}
        self.head = book.format(font_name="黑体", bg_color=HEAD, align="center", text_wrap=True, font_size=10, **line)
        self.code = book.format(font_size=8, shrink=True, font_color=GREY, bg_color=STUB, align="center", **line)
        self.text = book.format(font_size=9.5, text_wrap=True, align="left", indent=1, **line)
        self.small = book.format(font_size=8, font_color=GREY, text_wrap=True, align="left", indent=1, **line)
        self.digest = book.format(font_size=8, font_color=GREY, align="left", **line)
        self.centred = book.format(font_size=9.5, text_wrap=True, align="center", **line)
        self.right = book.format(font_size=9.5, text_wrap=True, align="right", indent=1, **line)
        self.bad = book.format(
            font_size=9.5, text_wrap=True, align="center", bold=True, font_color=RED, bg_color=PINK, **line
        )
        self.good = book.format(font_size=9.5, text_wrap=True, align="center", font_color="#2E7D32", **line)
        self.lost = book.format(bg_color=PINK, **line)
        self.empty = book.format(bg_color="#FAFAFA", **line)
        self.typed = book.format(
            font_size=9.5, text_wrap=True, align="left", indent=1, locked=False, bg_color=INPUT, num_format="@", **line
        )

    def number(self, kind: str, *, locked: bool = True) -> Any:
        """Return the format of a figure; an unlocked one is an input."""
        extra: dict[str, Any] = {} if locked else {"locked": False, "bg_color": INPUT}
        return self.book.format(
            font_size=9.5, align="right", num_format=_NUMBERS[kind], border=1, border_color=LINE, **extra
        )

    def columns(self, sheet: Sheet, widths: Sequence[int]) -> None:
        """Set the widths of a table; everything beside it stays locked."""
        sheet.column(0, 16383, 64, self.plain)
        at = 0
        for width, alike in groupby(widths):
            count = len(list(alike))
            sheet.column(at, at + count - 1, width, self.plain)
            at += count

    def table(
        self,
        sheet: Sheet,
        top: int,
        titles: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        formats: Sequence[Any] = (),
        *,
        special: Mapping[tuple[int, int], Any] = MappingProxyType({}),
    ) -> int:
        """Write titles and rows of texts from row ``top`` on, each row as tall as its text; returns the row below.

        ``special`` gives the format of single cells by number of the row (from 0) and column.
        """
        sheet.row(top, 30, self.plain)
        for at, title in enumerate(titles):
            sheet.text(top, at, title, self.head)
        for number, row in enumerate(rows, top + 1):
            texts = [words(text) for text in row]
            lines = max(wrapped_lines(text, widths[at] - 18, 9.5) for at, text in enumerate(texts))
            sheet.row(number, 10 + line_height(9.5) * min(lines, 12), self.plain)
            for at, text in enumerate(texts):
                own = formats[at] if at < len(formats) else self.text
                sheet.text(number, at, text, special.get((number - top - 1, at), own))
        return top + 1 + len(rows)

    def finish(
        self,
        sheet: Sheet,
        *,
        tab: str,
        landscape: bool = True,
        rows: tuple[int, int] | None = None,
        last: tuple[int, int] | None = None,
        autofilter: bool = False,
        **page: Any,
    ) -> None:
        """Set a sheet up for the printer and lock it: cells may be selected and filtered, not changed.

        What else ``Sheet.page`` takes is handed on.
        """
        area = None if last is None else (0, 0, *last)
        footer = f"&L{sheet.name}&R第 &P 页 / 共 &N 页"
        sheet.page(landscape=landscape, rows=rows, area=area, footer=footer, **page)
        sheet.gridlines(shown=False)
        sheet.protect(select_locked=True, autofilter=autofilter)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.tab(tab)
