"""A chapter of text: one wide unmerged column, one paragraph a row, so that a paste from Word lands as it is."""

from __future__ import annotations

from toolkit.excel_out import Sheet, line_height, wrapped_lines
from toolkit.forms.layout import ChapterLayout, Layout
from toolkit.workbook.filling import Filling, Text
from toolkit.workbook.phrases import put_phrases, sentences
from toolkit.workbook.state import State
from toolkit.workbook.styles import GREY, HEAD, INPUT, Styles

WIDTH = 640
"""Pixels of the text column: an A4 page upright."""


def put_chapter(
    sheet: Sheet, layout: Layout, chapter: ChapterLayout, filling: Filling, state: State, styles: Styles
) -> None:
    """Write a chapter. Paragraphs that do not fit under their sub-heading go on in the spare rows at the end."""
    placed = tuple(_placed(chapter, filling.text.get(chapter.part.number, ())).items())
    said = sentences(layout, chapter, filling, state)
    _chapter(sheet, layout, chapter, filling.form.title, filling.year, placed, said, styles)


def _chapter(
    sheet: Sheet,
    layout: Layout,
    chapter: ChapterLayout,
    title: str,
    year: int,
    placed: tuple[tuple[int, str], ...],
    said: tuple[str, ...],
    styles: Styles,
) -> None:
    book = styles.book
    sheet.column(0, 16383, 64, styles.plain)
    sheet.column(0, 0, WIDTH, styles.plain)
    part = chapter.part
    sheet.row(0, 44, styles.plain)
    sheet.text(0, 0, f"{part.number}、{part.title}", styles.title)
    sheet.row(1, 10 + line_height(9.5) * wrapped_lines(part.prompt, WIDTH, 9.5), styles.plain)
    sheet.text(1, 0, part.prompt, book.format(font_size=9.5, font_color=GREY, text_wrap=True))
    head = book.format(font_name="黑体", font_size=11.5, bg_color=HEAD, indent=1)
    for row, text in chapter.heads:
        sheet.row(row, 30, styles.plain)
        sheet.text(row, 0, text, head)
    fmt = book.format(
        locked=False, bg_color=INPUT, text_wrap=True, num_format="@", font_size=11, bottom=4, bottom_color="#D9D0A8"
    )
    for row, text in placed:
        sheet.text(row, 0, text, fmt)
    put_phrases(sheet, layout, chapter, year, said, styles)
    used = max((row for row, text in placed if text), default=0)
    shown = max(used, chapter.heads[-1][0] + part.rows if chapter.heads else 22)
    sheet.page(
        area=(0, 0, min(shown, chapter.bottom), 0),
        footer=f"&L{title}（{year} 年度）&R第 &P 页 / 共 &N 页",
    )
    sheet.ignore_errors({"number_stored_as_text": f"A1:A{chapter.bottom + 1}"})
    sheet.gridlines(shown=False)
    sheet.freeze(2, 0)
    sheet.protect(select_locked=bool(chapter.phrases))
    sheet.select(chapter.paragraphs[0][0], 0)
    sheet.tab("#A9D18E")


def _placed(chapter: ChapterLayout, paragraphs: tuple[Text, ...]) -> dict[int, str]:
    """Return the text of every paragraph row; more paragraphs than rows are joined in the last one, never dropped."""
    rows = dict.fromkeys((row for row, _ in chapter.paragraphs), "")
    free: dict[str, list[int]] = {}
    for row, head in chapter.paragraphs:
        free.setdefault(head, []).append(row)
    last = chapter.paragraphs[-1][0]
    known = [head for _, head in chapter.heads]
    for each in paragraphs:
        own = free.get(each.head if each.head in free else (known[0] if known else ""), [])
        row = own.pop(0) if own else next((row for row in reversed(rows) if rows[row] == ""), last)
        rows[row] = f"{rows[row]}\n{each.text}" if rows[row] else each.text
    return rows
