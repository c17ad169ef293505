"""The text chapters: every paragraph with its sub-heading and cell, prompts that were left, chapters left empty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache, lru_cache

from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms import Part, form_ids, load_form
from toolkit.forms.layout import ChapterLayout
from toolkit.forms.sheets import BODY_LINE, CHAPTER
from toolkit.reading.boxed_chapters import boxed_chapter
from toolkit.reading.own_words import begins, is_hollow, is_own
from toolkit.reading.wording import note, plain, quoted, text_of, vocabulary_in, written
from toolkit.returns import CoverField, Paragraph, Place
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE

PROMPTS = ("（文字描述）", "该部分以表格形式报告", "表格如下")
"""Texts of the official model that belong to nobody's report."""

_HEAD_LENGTH, _LONGEST_START, _MORE = 30, 60, 6
"""Characters of a changed sub-heading, of the beginning of a text in which one is looked for, and that may follow it."""
_ALIKE = 0.5
"""How much of a sub-heading a text must share to be that, changed, and no paragraph in its place."""
_ENDED = re.compile(r"[。！？；.!?;]|[0-9０-９]")
"""What a sentence has and a sub-heading has not."""
_CUT, _ENDS = 255, "。！？；：”）.!?"
"""The characters that some programs keep of a text, and how a sentence ends that was not cut."""


def chapter_sheet(layout: ChapterLayout, book: Book, taken: Iterable[str]) -> Sheet | None:
    """Find the sheet of a chapter: by its name, else a sheet of no other use that holds its title or prompt.

    A sheet of its name that holds another chapter gives way to one that holds this; of several the fullest is read.
    """
    used, title = set(taken), plain(layout.part.title)
    words = frozenset((plain(_title(layout)), plain(layout.part.prompt)))
    named = next((sheet for sheet in book.sheets if plain(sheet.name) == plain(layout.sheet)), None)
    if named is not None and plain(text_of(named.cell(CHAPTER.header_row, CHAPTER.column("text")))) in words:
        return named
    free = [sheet for sheet in book.sheets if sheet.name not in used]
    holding = [sheet for sheet in free if vocabulary_in(sheet, words)]
    if named is not None and (named in holding or not holding):
        return named
    holding = holding or [
        sheet
        for sheet in free
        if any(title in plain(text_of(sheet.cell(row, CHAPTER.column("text")))) for row in range(CHAPTER.first_row))
    ]
    return max(holding, key=lambda sheet: sum(isinstance(c.value, str) for c in sheet.cells.values()), default=None)


def _title(layout: ChapterLayout) -> str:
    return f"{layout.part.number}、{layout.part.title}"


def read_chapter(
    layout: ChapterLayout, sheet: Sheet, file: str, *, short: bool = False
) -> tuple[tuple[Paragraph, ...], tuple[CoverField, ...], tuple[Finding, ...]]:
    """Read a chapter: its paragraphs, what stands beside the text column, and the findings.

    A cell with several lines gives several paragraphs. Rows and columns may have been inserted or deleted: title and
    sub-headings are found by their words, what is ours is ours wherever it stands. ``short`` is True for a format in
    which some programs keep no more than 255 characters of a cell.
    """
    part, column = layout.part, _text_column(layout, sheet)
    filled = sorted(row for (row, at), cell in sheet.cells.items() if at == column and cell.value is not None)
    texts = {row: text_of(sheet.cell(row, column)).strip() for row in filled}
    heads, findings = _heads(layout, sheet, texts, file)
    titles = {plain(_title(layout)), plain(part.title)}
    copied = _copied(layout, sheet, column, texts)
    first = next((row for row, text in texts.items() if plain(text) == plain(_title(layout))), 0) + CHAPTER.first_row
    head = ""
    paragraphs: list[Paragraph] = []
    for row, text in texts.items():
        if is_own(sheet.cell(row, column)) or plain(text) in copied:
            continue
        if not paragraphs and row <= first and _above(text, layout, row):
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
        if place[1] != column
        and text_of(cell).strip()
        and not (is_own(cell) or _bare(text_of(cell)) in quotes or (layout.phrases and is_hollow(cell)))
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


def _text_column(layout: ChapterLayout, sheet: Sheet) -> int:
    """Return the column in which title and sub-headings stand, the usual one where they do not say."""
    usual, title = CHAPTER.column("text"), plain(_title(layout))
    if plain(text_of(sheet.cell(CHAPTER.header_row, usual))) == title:
        return usual
    words = vocabulary_in(sheet, frozenset((title, *(plain(head) for _, head in layout.heads))))
    columns = Counter(column for _, column in words)
    return max(columns, key=lambda column: (columns[column], column == usual, -column), default=usual)


def _copied(layout: ChapterLayout, sheet: Sheet, column: int, texts: dict[int, str]) -> frozenset[str]:
    """Return titles and sub-headings that another chapter brought along when it was copied here, with its body line."""
    others = [part for part in _all_parts(form_ids()) if plain(part.title) != plain(layout.part.title)]
    return frozenset(
        plain(line)
        for row, text in texts.items()
        for part in others
        if plain(text) == plain(f"{part.number}、{part.title}")
        and (is_own(sheet.cell(row + 1, column)) or begins(texts.get(row + 1, ""), (BODY_LINE,)))
        for line in (text, texts.get(row + 1, ""), *part.heads)
    )


@cache
def _all_parts(forms: tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(part for form_id in forms for part in load_form(form_id).chapters)


def _bare(text: str) -> str:
    return plain(text).translate(_NO_DIGITS)


_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"))


def _above(text: str, layout: ChapterLayout, row: int) -> bool:
    """Tell whether a text above the paragraphs is ours: the body, the 0 that is left of it, a title with more words."""
    title, now = plain(layout.part.title), plain(text)
    return (
        now in ("0", "00")  # 0 in an .xlsx, 0.0 in an .xls
        or now.startswith(plain(BODY_LINE))
        or (row < CHAPTER.first_row and title in now and len(now) <= len(title) + 12)
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
        at = _expected(layout, row, texts)
        now = texts.get(at, "")
        alike = (
            plain(now)[:1] == plain(head)[:1] or SequenceMatcher(None, plain(now[:60]), plain(head)).ratio() > _ALIKE
        )
        if now and at not in heads and alike and len(now) <= _HEAD_LENGTH and not _ENDED.search(now):
            heads[at] = (head, True)
        place, params = (
            (at, _text_column(layout, sheet)),
            {"number": layout.part.number, "wanted": head, "expected": head},
        )
        findings.append(note("TEXT_004", sheet, file, place, **params, actual=now, name=quoted(now)))
    return heads, findings


def _expected(layout: ChapterLayout, usual: int, texts: dict[int, str]) -> int:
    """Return where a line of the layout should stand, counted on from the last line of ours above it that is there."""
    lines = ((0, _title(layout)), *layout.heads)
    rows = {plain(text): row for row, text in texts.items()}
    above = [(line, rows[plain(text)]) for line, text in lines if line < usual and plain(text) in rows]
    line, row = max(above, default=(0, 0))
    return row + usual - line


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
