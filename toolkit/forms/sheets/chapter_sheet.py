"""The sheet of a chapter of text: title, prompt, then one paragraph a row; beside it sentences to quote."""

from __future__ import annotations

from msgspec import Struct

from toolkit.cells import Column, ListSheet
from toolkit.forms.definition import PHRASE_ROWS, Part, Phrase

CHAPTER = ListSheet("", 0, (Column("text", "", 640, "agency"), Column("gap", "", 16), Column("phrase", "", 500)), 2)
"""The columns of every chapter; its title stands in the header row, its prompt in the row below. Each has its own name."""


class ChapterLayout(Struct, frozen=True):
    """A chapter on its sheet.

    ``heads`` and ``paragraphs`` give rows with their sub-heading, ``phrases`` the first rows of the sentences to quote.
    """

    part: Part
    sheet: str
    heads: tuple[tuple[int, str], ...]
    paragraphs: tuple[tuple[int, str], ...]
    phrases: tuple[tuple[int, Phrase], ...] = ()

    @property
    def bottom(self) -> int:
        """Return the last row for text."""
        return self.paragraphs[-1][0]


def chapter_layout(part: Part, phrases: tuple[Phrase, ...]) -> ChapterLayout:
    """Return the layout of a chapter: rows under each sub-heading, rows to spare at the end."""
    heads: list[tuple[int, str]] = []
    paragraphs: list[tuple[int, str]] = []
    row = CHAPTER.first_row
    for head in part.heads:
        heads.append((row, head))
        paragraphs += [(row + 1 + at, head) for at in range(part.rows)]
        row += 1 + part.rows
    last = part.heads[-1] if part.heads else ""
    paragraphs += [(row + at, last) for at in range(part.spare)]
    placed: list[tuple[int, Phrase]] = []
    for row, head in heads:
        own = [phrase for phrase in phrases if (phrase.chapter, phrase.head) == (part.number, head)]
        placed += [(row + 1 + at * PHRASE_ROWS, phrase) for at, phrase in enumerate(own)]
    return ChapterLayout(part, part.sheet, tuple(heads), tuple(paragraphs), tuple(placed))
