"""A chapter of text: one wide unmerged column, one paragraph a row, so that a paste from Word lands as it is."""

from __future__ import annotations

from toolkit.cells import Area, a1
from toolkit.excel_out import LAST_COLUMN, Page, Protection, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.forms.layout import ChapterLayout, Layout
from toolkit.forms.sheets import CHAPTER
from toolkit.workbook import styles
from toolkit.workbook.chapter_phrases import put_phrases
from toolkit.workbook.filling import Filling, Text
from toolkit.workbook.state import State
from toolkit.workbook.styles import GREY, HEAD, INPUT


def put_chapter(sheet: Worksheet, layout: Layout, chapter: ChapterLayout, filling: Filling, state: State) -> None:
    """Write a chapter.

    Paragraphs that do not fit under their sub-heading go on in the spare rows at the end.
    """
    part = chapter.part
    column, width = CHAPTER.column("text"), CHAPTER.width("text")
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    sheet.column(column, column, width, styles.plain)
    title, prompt = CHAPTER.header_row, CHAPTER.header_row + 1
    sheet.row(title, 44, styles.plain)
    sheet.text(title, column, f"{part.number}、{part.title}", styles.title)
    sheet.row(prompt, 10 + line_height(9.5) * wrapped_lines(part.prompt, width, 9.5), styles.plain)
    sheet.text(prompt, column, part.prompt, cell_format(font_size=9.5, font_color=GREY, text_wrap=True))
    head = cell_format(font_name="黑体", font_size=11.5, bg_color=HEAD, indent=1)
    for row, text in chapter.heads:
        sheet.row(row, 30, styles.plain)
        sheet.text(row, column, text, head)
    fmt = cell_format(
        locked=False, bg_color=INPUT, text_wrap=True, num_format="@", font_size=11, bottom=4, bottom_color="#D9D0A8"
    )
    paragraphs = _placed(chapter, filling.text.get(part.number, ()))
    for row, text in paragraphs.items():
        sheet.text(row, column, text, fmt)
    put_phrases(sheet, layout, chapter, filling, state)
    used = max((row for row, text in paragraphs.items() if text), default=0)
    shown = max(used, chapter.heads[-1][0] + part.rows if chapter.heads else 22)
    sheet.page = Page(
        area=Area(0, column, min(shown, chapter.bottom), column),
        footer=filling.footer,
    )
    sheet.ignored = {"number_stored_as_text": f"{a1(0, column)}:{a1(chapter.bottom, column)}"}
    sheet.gridlines = False
    sheet.frozen = (CHAPTER.first_row, 0)
    sheet.protection = Protection(select_locked=bool(chapter.phrases))
    sheet.cursor = (chapter.paragraphs[0][0], column)
    sheet.tab = "#A9D18E"


def _placed(chapter: ChapterLayout, paragraphs: tuple[Text, ...]) -> dict[int, str]:
    """Return the text of every paragraph row; more paragraphs than rows are joined in the last one, never dropped."""
    rows = dict.fromkeys((row for row, _ in chapter.paragraphs), "")
    free: dict[str, list[int]] = {}
    for row, head in chapter.paragraphs:
        free.setdefault(head, []).append(row)
    last = chapter.paragraphs[-1][0]
    known = [head for _, head in chapter.heads]
    for text in paragraphs:
        own = free.get(text.head if text.head in free else (known[0] if known else ""), [])
        row = own.pop(0) if own else next((row for row in reversed(rows) if rows[row] == ""), last)
        rows[row] = f"{rows[row]}\n{text.text}" if rows[row] else text.text
    return rows
