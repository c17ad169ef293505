"""The text chapters: every paragraph with its sub-heading and cell, prompts that were left, chapters left empty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from toolkit.cells import a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms.layout import ChapterLayout
from toolkit.forms.sheets import CHAPTER
from toolkit.reading.wording import note, plain, quoted, text_of, written
from toolkit.returns import CoverField, Paragraph, Place
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE

PROMPTS = ("（文字描述）", "该部分以表格形式报告", "表格如下")
"""Texts of the official model that belong to nobody's report."""

_HEAD_LENGTH = 30
_CUT, _ENDS = 255, "。！？；：”）.!?"
"""The characters that some programs keep of a text, and how a sentence ends that was not cut."""


def chapter_sheet(layout: ChapterLayout, book: Book, taken: Iterable[str]) -> Sheet | None:
    """Find the sheet of a chapter: by its name, else a sheet of no other use whose first lines hold its title."""
    named = [sheet for sheet in book.sheets if plain(sheet.name) == plain(layout.sheet)]
    if named:
        return named[0]
    title = plain(layout.part.title)
    free = [sheet for sheet in book.sheets if sheet.name not in set(taken)]
    matching = [
        sheet
        for sheet in free
        if any(title in plain(text_of(sheet.cell(row, CHAPTER.column("text")))) for row in range(CHAPTER.first_row))
    ]
    return matching[0] if len(matching) == 1 else None


def read_chapter(
    layout: ChapterLayout, sheet: Sheet, file: str, *, short: bool = False
) -> tuple[tuple[Paragraph, ...], tuple[CoverField, ...], tuple[Finding, ...]]:
    """Read a chapter: its paragraphs, what stands beside the text column, and the findings.

    A cell with several lines gives several paragraphs. Rows may have been inserted: the sub-headings are found by
    their words. ``short`` is True for a format in which some programs keep no more than 255 characters of a cell.
    """
    part, column = layout.part, CHAPTER.column("text")
    filled = sorted(row for (row, at), cell in sheet.cells.items() if at == column and cell.value is not None)
    texts = {row: text_of(sheet.cell(row, column)).strip() for row in filled}
    heads, findings = _heads(layout, sheet, texts, file)
    ours = {plain(part.prompt), plain(f"{part.number}、{part.title}"), plain(part.title)}
    head, paragraphs = "", []
    for row, text in texts.items():
        if row in heads:
            head, changed = heads[row]
            if not changed or len(text) <= _HEAD_LENGTH:
                continue
        if row < CHAPTER.first_row and (
            plain(text) in ours or plain(part.title) in plain(text)[: len(part.title) + 12]
        ):
            continue
        cell = Place(sheet.name, a1(row, column))
        if short and len(text_of(sheet.cell(row, column))) == _CUT and text[-1:] not in _ENDS:
            place = (row, column)
            findings.append(note("TEXT_005", sheet, file, place, number=part.number, sentence=text[-12:]))
        paragraphs += [Paragraph(line.strip(), cell, head) for line in text.splitlines() if line.strip()]
    quotes = _quotes(layout)
    beside = tuple(
        written(sheet, place)
        for place, cell in sorted(sheet.cells.items())
        if place[1] != column and text_of(cell).strip() and not _is_ours(place, cell, layout, quotes)
    )
    for paragraph in paragraphs:
        findings += _prompts(part.number, paragraph, file)
    if not paragraphs:
        place = (layout.paragraphs[0][0], column)
        findings.append(note("TEXT_001", sheet, file, place, number=part.number, title=part.title, name=sheet.name))
    return tuple(paragraphs), beside, tuple(findings)


def _quotes(layout: ChapterLayout) -> frozenset[str]:
    """Return our own sentences beside the text, whatever figures they show, without their digits."""
    own = ("".join(piece for piece in phrase.pieces if isinstance(piece, str)) for _, phrase in layout.phrases)
    return _bare_quotes(tuple(own))


@lru_cache(16)
def _bare_quotes(own: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_bare, (*own, LABEL, UNFILLED, UNREADABLE))) if own else frozenset()


def _is_ours(place: tuple[int, int], cell: Cell, layout: ChapterLayout, quotes: frozenset[str]) -> bool:
    """Tell whether a cell holds a sentence of ours; a program that loses the result of its formula leaves a number."""
    if place in [(row, CHAPTER.column("phrase")) for row, _ in layout.phrases] and not isinstance(cell.value, str):
        return True
    return _bare(text_of(cell)) in quotes


def _bare(text: str) -> str:
    return plain(text).translate(_NO_DIGITS)


_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"))


def _heads(
    layout: ChapterLayout, sheet: Sheet, texts: dict[int, str], file: str
) -> tuple[dict[int, tuple[str, bool]], list[Finding]]:
    """Return the row of every sub-heading with whether its words were changed; one that is gone is a finding."""
    heads: dict[int, tuple[str, bool]] = {}
    findings: list[Finding] = []
    for row, head in layout.heads:
        rows = [at for at, text in texts.items() if plain(text) == plain(head) and at not in heads]
        if rows:
            heads[rows[0]] = (head, False)
            continue
        now = texts.get(row, "")
        shifted = any(plain(now) == plain(other) for _, other in layout.heads)
        if now and not shifted:
            heads[row] = (head, True)
        place, params = (row, CHAPTER.column("text")), {"number": layout.part.number, "wanted": head, "expected": head}
        findings.append(note("TEXT_004", sheet, file, place, **params, actual=now, name=quoted(now)))
    return heads, findings


def _prompts(number: str, paragraph: Paragraph, file: str) -> list[Finding]:
    left = [prompt for prompt in PROMPTS if plain(prompt) in plain(paragraph.text)]
    if not left:
        return []
    sentences = [
        sentence for sentence in re.split(r"(?<=[。！？；])", paragraph.text) if plain(left[0]) in plain(sentence)
    ]
    sentence = quoted(sentences[0] if sentences else paragraph.text, 60)
    place = paragraph.place
    return [
        finding(
            "TEXT_002", file=file, sheet=place.sheet, cell=place.cell, number=number, prompt=left[0],
            sentence=sentence, actual=sentence,
        )
    ]  # fmt: skip
