"""The text chapters: every paragraph with its sub-heading and cell, prompts that were left, chapters left empty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from toolkit.cells import a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms.layout import ChapterLayout
from toolkit.forms.sheets import BODY_LINE, CHAPTER
from toolkit.reading.boxed_chapters import boxed_chapter
from toolkit.reading.wording import note, plain, quoted, text_of, written
from toolkit.returns import CoverField, Paragraph, Place
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE

PROMPTS = ("（文字描述）", "该部分以表格形式报告", "表格如下")
"""Texts of the official model that belong to nobody's report."""

_HEAD_LENGTH, _LONGEST_START, _MORE = 30, 60, 6
"""Characters of a changed sub-heading, of the beginning of a text in which one is looked for, and that may follow it."""
_ENDED = re.compile(r"[。！？；.!?;]|[0-9０-９]")
"""What a sentence has and a sub-heading has not."""
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
    titles = {plain(f"{part.number}、{part.title}"), plain(part.title)}
    head, paragraphs = "", []
    for row, text in texts.items():
        if row < CHAPTER.first_row and (sheet.cell(row, column).formula is not None or _above(text, layout)):
            continue
        # The whole chapter may have been pasted, with its own title and sub-headings.
        if len(text) <= _HEAD_LENGTH and plain(text) in titles:
            continue
        head, alone = heads.get(row, (head, False))
        if alone:
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
    boxed, about_boxed = ((), ()) if paragraphs else boxed_chapter(layout, sheet, file)
    if boxed:
        prompts = [remark for paragraph in boxed for remark in _prompts(part.number, paragraph, file)]
        return boxed, beside, (*about_boxed, *prompts)
    if not paragraphs:
        place = (layout.paragraphs[0][0], column)
        findings.append(note("TEXT_001", sheet, file, place, number=part.number, title=part.title, name=sheet.name))
    return tuple(paragraphs), beside, tuple(findings)


def _quotes(layout: ChapterLayout) -> frozenset[str]:
    """Return our own sentences beside the text, whatever figures they show, without their digits."""
    own = ("".join(piece for piece in phrase.pieces if isinstance(piece, str)) for _, phrase in layout.phrases)
    return _bare_quotes((layout.part.prompt, *own))


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


def _above(text: str, layout: ChapterLayout) -> bool:
    """Tell whether a text above the paragraphs is ours: title, prompt, body, or the 0 that is left of a formula."""
    part, now = layout.part, plain(text)
    return (
        now in (plain(part.prompt), "0")
        or now.startswith(plain(BODY_LINE))
        or plain(part.title) in now[: len(part.title) + 12]
    )


def _heads(
    layout: ChapterLayout, sheet: Sheet, texts: dict[int, str], file: str
) -> tuple[dict[int, tuple[str, bool]], list[Finding]]:
    """Return the rows at which a sub-heading begins, with whether the row holds nothing else.

    Each may stand several times: on its own row, where rows were inserted, and in a chapter pasted as a whole, where
    text may follow it in the same paragraph. One that is nowhere is a finding.
    """
    known = {plain(head): head for _, head in layout.heads}
    heads: dict[int, tuple[str, bool]] = {}
    for row, text in texts.items() if known else ():
        now = plain(text[:_LONGEST_START])
        begun = next((head for words, head in known.items() if now.startswith(words)), None)
        if begun is not None:
            # 情况, 工作情况: such words make no paragraph of a sub-heading.
            longer = len(now) - len(plain(begun))
            heads[row] = (begun, longer == 0 or (longer <= _MORE and not _ENDED.search(text)))
    present = {head for head, _ in heads.values()}
    findings: list[Finding] = []
    for row, head in layout.heads:
        if head in present:
            continue
        now = texts.get(row, "")
        if now and row not in heads and len(now) <= _HEAD_LENGTH and not _ENDED.search(now):
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
