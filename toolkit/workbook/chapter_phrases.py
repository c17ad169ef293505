"""Sentences beside a chapter that the tables fill by formula: locked, to be quoted, never read as the respondent's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from toolkit.cells import Area
from toolkit.excel_out import Worksheet, cell_format
from toolkit.forms import Phrase
from toolkit.forms.definition import PHRASE_ROWS
from toolkit.forms.layout import ChapterLayout, Layout
from toolkit.forms.sheets import CHAPTER
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE, sentence
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import BLANK_STATE, NO_FIGURE, counted, ranges
from toolkit.workbook.state import State
from toolkit.workbook.styles import BLUE, GREY, LINE, STUB


def put_phrases(sheet: Worksheet, layout: Layout, chapter: ChapterLayout, filling: Filling, state: State) -> None:
    """Write the sentences of a chapter beside the sub-headings they belong to."""
    if not chapter.phrases:
        return
    column = CHAPTER.column("phrase")
    label = cell_format(font_size=9, font_color=BLUE, text_wrap=True, valign="bottom")
    fmt = cell_format(
        font_size=10, font_color=GREY, bg_color=STUB, text_wrap=True, valign="top", border=1, border_color=LINE
    )
    for row in sorted(
        {row for row, head in chapter.heads if any(phrase.head == head for _, phrase in chapter.phrases)}
    ):
        sheet.text(row, column, LABEL, label)
    for row, phrase in chapter.phrases:
        value = sentence(layout.form, phrase, filling.year, state.shown, state.blank, state.bad)
        sheet.merge(Area(row, column, row + PHRASE_ROWS - 1, column), "", fmt)
        sheet.formula(row, column, phrase_formula(layout, phrase, filling.year), fmt, value)


@lru_cache(maxsize=64)
def phrase_formula(layout: Layout, phrase: Phrase, year: int) -> str:
    """Return the formula of a sentence: the same text as ``toolkit.returns.derived_sentences.sentence`` gives."""
    form = layout.form
    sources = list(dict.fromkeys(source for code in phrase.items for source in form.sources(code)))
    # Items with the same inputs are asked once: a total and its only part are blank together.
    groups: Mapping[tuple[str, ...], None] = dict.fromkeys(form.sources(code) for code in phrase.items)
    blank = ",".join(f"{counted(layout, group, BLANK_STATE)}={len(group)}" for group in groups)
    text = "&".join(_piece(layout, piece, year) for piece in phrase.pieces)
    return f'IF({counted(layout, sources, NO_FIGURE)}>0,"{UNREADABLE}",IF(OR({blank}),"{UNFILLED}",{text}))'


def _piece(layout: Layout, piece: str | tuple[str, ...], year: int) -> str:
    if isinstance(piece, str):
        return f'"{piece}"'
    if not piece:
        return f'"{year}"'
    total = f"SUM({','.join(ranges(layout, piece))})"
    money = any(layout.form.items[code].kind == "money" for code in piece)
    # A number joined to a text shows no trailing zeros; adding up decimals must not show 14.399999999999999.
    return f"ROUND({total},4)" if money else total
