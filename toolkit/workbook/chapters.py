"""A chapter of text: one wide unmerged column, one paragraph a row, so that a paste from Word lands as it is.

Column A alone is printed, as far as somebody wrote. Rows are given no height of their own: they grow with what is typed
or pasted; the many that wait at the end of a section are a pixel high until then, so that they take no paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolkit.cells import Area, a1
from toolkit.excel_out import (
    LAST_COLUMN,
    LAST_ROW,
    Page,
    Protection,
    Worksheet,
    cell_format,
    line_height,
    wrapped_lines,
)  # fmt: skip
from toolkit.forms import Form
from toolkit.forms.definition import PHRASE_ROWS, Part
from toolkit.forms.layout import ChapterLayout, Layout, lay_out_chapter
from toolkit.forms.sheets import BODY_LINE, CHAPTER, COVER
from toolkit.workbook import styles
from toolkit.workbook.chapter_phrases import put_phrases
from toolkit.workbook.filling import Filling, Text
from toolkit.workbook.revision import put_targets
from toolkit.workbook.state import State
from toolkit.workbook.styles import GREY, HEAD, INPUT

_OPEN, _OPEN_WHOLE, _OPEN_BELOW = 5, 20, 2
"""Blank rows that can be seen: of a section, of a chapter without sub-headings, and below what is written."""
_TALLEST = 540
"""Pixels; Excel takes no higher row."""
_SIZE = 11

Section = tuple[str, tuple[int, ...]]
"""A sub-heading ("" for none) and the rows below it."""


def put_chapter(sheet: Worksheet, layout: Layout, chapter: ChapterLayout, filling: Filling, state: State) -> None:
    """Write a chapter; one with more paragraphs under a sub-heading than there are rows gets as many more."""
    part = chapter.part
    texts = filling.text.get(part.number, ())
    heads = [_head_of(text, part.heads) for text in texts]
    chapter, _ = paragraph_rows(layout.form, part, texts)
    column = CHAPTER.column("text")
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    for code in ("text", "gap", "phrase"):
        sheet.column(CHAPTER.column(code), CHAPTER.column(code), CHAPTER.width(code), styles.plain)
    _top(sheet, chapter, filling.name)
    head = cell_format(font_name="黑体", font_size=11.5, bg_color=HEAD, indent=1, locked=False, text_wrap=True)
    for row, title in chapter.heads:
        sheet.row(row, 30, styles.plain, grows=True)
        sheet.text(row, column, title, head)
    put_targets(sheet, state.review, CHAPTER.column("phrase") + 1)
    written: dict[str, list[Text]] = {}
    for text, own in zip(texts, heads, strict=True):
        written.setdefault(own, []).append(text)
    for own, rows in _sections(chapter):
        _section(sheet, chapter, (own, rows), written.get(own, []))
    put_phrases(sheet, layout, chapter, filling, state)
    # The text of a region's own report is written and published apart; its roll-up is an account of figures.
    prints = filling.kind != "rollup"
    # With the gap beside it: of one column alone, however wide, LibreOffice takes a page to be wide enough.
    area = Area(0, column, LAST_ROW, CHAPTER.column("gap"))
    sheet.page = Page(area=area, footer=filling.footer, plain_ink=True, prints=prints)
    sheet.ignored = {"number_stored_as_text": f"{a1(0, column)}:{a1(chapter.bottom, column)}"}
    sheet.gridlines = False
    sheet.frozen = (CHAPTER.first_row, 0)
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = (chapter.paragraphs[0][0], column)
    sheet.tab = "#A9D18E"


def paragraph_rows(form: Form, part: Part, texts: Sequence[Text]) -> tuple[ChapterLayout, tuple[int, ...]]:
    """Return the layout of a chapter with room for all its paragraphs, and the row of each."""
    heads = [_head_of(text, part.heads) for text in texts]
    chapter = lay_out_chapter(form, part, Counter(heads))
    rows = {head: iter(own) for head, own in _sections(chapter)}
    return chapter, tuple(next(rows[head]) for head in heads)


def _head_of(text: Text, heads: tuple[str, ...]) -> str:
    """Return the sub-heading under which a paragraph goes, the first for one that has none."""
    return text.head if text.head in heads else heads[0] if heads else ""


def _sections(chapter: ChapterLayout) -> Iterator[Section]:
    """Yield the sub-headings with the rows below them; the rows to spare are the last one's."""
    rows: dict[str, list[int]] = {}
    for row, head in chapter.paragraphs:
        rows.setdefault(head, []).append(row)
    for head, own in rows.items():
        yield head, tuple(own)


def _top(sheet: Worksheet, chapter: ChapterLayout, name: str) -> None:
    """Write title and body above the text, and beside them, where nothing is printed, how to fill the chapter."""
    part, column, beside = chapter.part, CHAPTER.column("text"), CHAPTER.column("phrase")
    title, line = CHAPTER.header_row, CHAPTER.header_row + 1
    sheet.row(title, 44, styles.plain)
    sheet.text(title, column, f"{part.number}、{part.title}", styles.title)
    lines = wrapped_lines(part.prompt, CHAPTER.width("phrase"), 9.5)
    sheet.row(line, max(styles.body_height(name, CHAPTER.width("text")), 8 + line_height(9.5) * lines), styles.plain)
    sheet.formula(line, column, f'"{BODY_LINE}"&{COVER.reference("name")}', styles.subtitle, f"{BODY_LINE}{name}")
    prompt = cell_format(font_size=9.5, font_color=GREY, text_wrap=True, valign="top")
    sheet.text(line, beside, part.prompt, prompt)


def _section(sheet: Worksheet, chapter: ChapterLayout, section: Section, texts: list[Text]) -> None:
    """Write the rows below a sub-heading: yellow until somebody writes there."""
    (head, rows), column = section, CHAPTER.column("text")
    fmt = cell_format(locked=False, bg_color=INPUT, text_wrap=True, num_format="@", font_size=_SIZE)
    beside = sum(phrase.head == head for _, phrase in chapter.phrases) * PHRASE_ROWS
    waiting = _OPEN_BELOW if texts else _OPEN if head else _OPEN_WHOLE
    seen = max(len(texts) + waiting, beside)
    for at, row in enumerate(rows):
        text = texts[at].text if at < len(texts) else ""
        sheet.text(row, column, text, fmt)
        if text:
            lines = wrapped_lines(text, CHAPTER.width("text"), _SIZE)
            sheet.row(row, min(_TALLEST, 6 + line_height(_SIZE) * lines), styles.plain, grows=True)
        elif at >= seen:
            sheet.row(row, 1, styles.plain, grows=True)
    area = Area(rows[0], column, rows[-1], column)
    sheet.colour(
        area, {"type": "formula", "criteria": f'=COUNTIF({_block(rows, column)},"?*")>0', "format": styles.written}
    )


def _block(rows: tuple[int, ...], column: int) -> str:
    return f"{a1(rows[0], column, absolute=True)}:{a1(rows[-1], column, absolute=True)}"
