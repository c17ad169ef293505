"""The looks that the accounting sheets share: heads, texts, numbers, and rows as tall as their text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import (
    LAST_COLUMN,
    BlockRow,
    Format,
    Page,
    Protection,
    RowBlock,
    Worksheet,
    cell_format,
    line_height,
    wrapped_lines,
)  # fmt: skip
from toolkit.workbook.styles import GREEN, GREY, HEAD, INPUT, LINE, NUMBERS, PINK, RED, STUB, plain

_NUMBERS = NUMBERS | {"change": "+General;-General;"}
LONGEST = 2000
"""More of a text is cut: nobody reads it in a cell, and Excel refuses 32,768 characters."""

_PAGE = Page(landscape=True)
_line: dict[str, Any] = {"border": 1, "border_color": LINE}
head = cell_format(font_name="黑体", bg_color=HEAD, align="center", text_wrap=True, font_size=10, **_line)
code = cell_format(font_size=8, text_wrap=False, shrink=True, font_color=GREY, bg_color=STUB, align="center", **_line)
text = cell_format(font_size=9.5, text_wrap=True, align="left", indent=1, **_line)
small = cell_format(font_size=8, font_color=GREY, text_wrap=True, align="left", indent=1, **_line)
digest = cell_format(font_size=8, text_wrap=False, font_color=GREY, align="left", **_line)
centred = cell_format(font_size=9.5, text_wrap=True, align="center", **_line)
right = cell_format(font_size=9.5, text_wrap=True, align="right", indent=1, **_line)
bad = cell_format(font_size=9.5, text_wrap=True, align="center", bold=True, font_color=RED, bg_color=PINK, **_line)
good = cell_format(font_size=9.5, text_wrap=True, align="center", font_color=GREEN, **_line)
lost = cell_format(bg_color=PINK, **_line)
empty = cell_format(bg_color="#FAFAFA", **_line)
typed = cell_format(
    font_size=9.5, text_wrap=True, align="left", indent=1, locked=False, bg_color=INPUT, num_format="@", **_line
)
wrong = cell_format(
    font_size=9.5, text_wrap=True, align="left", indent=1, locked=False, bg_color=PINK, font_color=RED, num_format="@", **_line
)  # fmt: skip


class ListColumns(Struct, frozen=True):
    """The columns of a list: their titles, widths in pixels, and formats (text for those without)."""

    titles: Sequence[str]
    widths: Sequence[int]
    formats: Sequence[Format] = ()


def words(text: str) -> str:
    """Return a stranger's text fit for a cell: no lone surrogates, not endless."""
    sound = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return sound if len(sound) <= LONGEST else sound[: LONGEST - 1] + "…"


def number(kind: str, *, locked: bool = True) -> Format:
    """Return the format of a figure; an unlocked one is an input."""
    extra: dict[str, Any] = {} if locked else {"locked": False, "bg_color": INPUT}
    return cell_format(font_size=9.5, align="right", num_format=_NUMBERS[kind], border=1, border_color=LINE, **extra)


def columns(sheet: Worksheet, widths: Sequence[int]) -> None:
    """Set the widths of a table; everything beside it stays locked."""
    sheet.column(0, LAST_COLUMN, 64, plain)
    column = 0
    for width, alike in groupby(widths):
        count = len(list(alike))
        sheet.column(column, column + count - 1, width, plain)
        column += count


def table(
    sheet: Worksheet,
    top: int,
    described: ListColumns,
    rows: Sequence[Sequence[str | Number]],
    special: Mapping[tuple[int, int], Format] = MappingProxyType({}),
) -> int:
    """Write titles and rows of texts and figures from row ``top`` on, each row as tall as its text; returns the row below.

    ``special`` gives the format of single cells by number of the row (from 0) and column.
    """
    sheet.row(top, 30, plain)
    for column, title in enumerate(described.titles):
        sheet.text(top, column, title, head)
    usual = (*described.formats, *[text] * (len(described.widths) - len(described.formats)))
    lines = []
    for number, row in enumerate(rows):
        texts = tuple(words(cell) if isinstance(cell, str) else cell for cell in row)
        tall = max(
            wrapped_lines(str(cell), width - 18, 9.5) for cell, width in zip(texts, described.widths, strict=False)
        )
        formats = usual[: len(texts)]
        if special:
            formats = tuple(special.get((number, column), fmt) for column, fmt in enumerate(formats))
        lines.append(BlockRow(10 + line_height(9.5) * min(tall, 12), texts, formats))
    if lines:
        sheet.blocks.append(RowBlock(top + 1, lines, plain))
    return top + 1 + len(rows)


def finish(
    sheet: Worksheet,
    tab: str,
    last: tuple[int, int],
    *,
    rows: tuple[int, int] | None = None,
    autofilter: bool = False,
    page: Page = _PAGE,
) -> None:
    """Set a sheet up for the printer as far as the cell ``last``, and lock it: cells may be selected, not changed."""
    footer = f"&L{sheet.name}&R第 &P 页 / 共 &N 页"
    sheet.page = replace(page, rows=rows, area=Area(0, 0, *last), footer=footer)
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True, autofilter=autofilter)
    sheet.ignored = {"number_stored_as_text": "A1:XFD1048576"}
    sheet.tab = tab
