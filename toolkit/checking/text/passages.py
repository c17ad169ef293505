"""The text of a return as sentences: normalised for matching, with the way back to what was written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from toolkit.checking.text.quantities import Quantity, quantities
from toolkit.checking.text.rules import Rules
from toolkit.findings import Finding, finding
from toolkit.returns import Paragraph, Return

SHOWN = 70
"""How many characters of a sentence a finding quotes."""

_ENDS = re.compile("(?<=[。！？!?])")
_WIDTHS = str.maketrans(
    {wide: chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F)) if chr(ord(wide) - 0xFEE0).isalnum()}
    | {"％": "%", "．": ".", "(": "（", ")": "）", ":": "：", ";": "；", ",": "，", "＋": "+", "﹪": "%"}
)
_DROPPED = re.compile("[\\s\u200b\ufeff“”\"'‘’「」『』*]+")
_GROUPS = re.compile("(?<=[0-9０-９]),(?=[0-9０-９]{3}(?![0-9０-９]))")
_ASIDE = re.compile("《[^《》]{0,80}》|（[^（）0-9]{0,60}）")


class Normalised(Struct, frozen=True):
    """A text as it is matched, and for every character the place it has in what was written."""

    text: str
    origin: tuple[int, ...]

    def without(self, pattern: re.Pattern[str]) -> Normalised:
        """Return the text without what a pattern finds."""
        kept: list[int] = []
        at = 0
        for match in pattern.finditer(self.text):
            kept += range(at, match.start())
            at = match.end()
        if not at:
            return self
        kept += range(at, len(self.text))
        return Normalised("".join(self.text[at] for at in kept), tuple(self.origin[at] for at in kept))


def normalised(written: str) -> Normalised:
    """Return a text with narrow digits and letters, wide punctuation, and without spaces and quotation marks."""
    text = written.translate(_WIDTHS)
    if "," in written:
        commas = {match.start() for match in _GROUPS.finditer(written)}
        text = "".join("," if at in commas else mark for at, mark in enumerate(text))
    parts: list[str] = []
    origin: list[int] = []
    at = 0
    for match in _DROPPED.finditer(text):
        start, end = match.span()
        parts.append(text[at:start])
        origin += range(at, start)
        # A space between two digits parts two numbers.
        if (
            text[start - 1 : start].isdigit()
            and text[end : end + 1].isdigit()
            and any(mark.isspace() for mark in match[0])
        ):
            parts.append("，")
            origin.append(start)
        at = end
    parts.append(text[at:])
    origin += range(at, len(text))
    return Normalised("".join(parts), tuple(origin))


class Sentence(Struct, frozen=True):
    """A sentence. ``whole`` is the normalised text, ``plain`` the same without titles and asides that hold no digit.

    ``quantities`` are those of ``plain``; ``topic`` is that at its beginning: the topic of the sentence before it, else
    that of its sub-heading. ``ours`` says that the paragraph so far, its sub-heading among it, is about 政府信息公开;
    ``wide`` that the whole county is the body of the return.
    """

    number: str
    paragraph: Paragraph
    written: str
    whole: Normalised
    plain: Normalised
    quantities: tuple[Quantity, ...]
    topics: tuple[tuple[int, str], ...]
    topic: str
    ours: bool
    wide: bool

    @property
    def text(self) -> str:
        """Return the text that quantities are places in."""
        return self.plain.text

    def quoted(self, start: int = 0, end: int = 0) -> str:
        """Return the sentence as it was written, cut to the surroundings of a place of ``plain``."""
        return _cut(self.written, self.plain, start, end)

    def quoted_whole(self, start: int, end: int) -> str:
        """Return the sentence as it was written, cut to the surroundings of a place of ``whole``."""
        return _cut(self.written, self.whole, start, end)

    @property
    def code(self) -> str:
        """Return what stands for this sentence among the items of a finding: changed words give another code."""
        return f"text.{self.number}.{hashlib.sha256(self.whole.text.encode()).hexdigest()[:8]}"


def _cut(written: str, of: Normalised, start: int, end: int) -> str:
    flat = " ".join(written.split())
    if len(flat) <= SHOWN or not of.origin:
        return flat if len(flat) <= SHOWN else flat[:SHOWN] + "…"
    middle = of.origin[min(start, len(of.origin) - 1)]
    last = of.origin[min(max(end - 1, start), len(of.origin) - 1)]
    first = max(0, min(middle - SHOWN // 2, len(written) - SHOWN))
    until = max(first + SHOWN, min(len(written), last + 5))
    text = " ".join(written[first:until].split())
    return ("…" if first else "") + text + ("…" if until < len(written) else "")


def sentences(ret: Return, rules: Rules) -> tuple[Sentence, ...]:
    """Return the sentences of all chapters in their order."""
    written = [(number, paragraph) for number, paragraphs in ret.text.items() for paragraph in paragraphs]
    wide = ret.identity.kind == "rollup" or not rules.agency.search(
        ret.identity.name or "，".join(paragraph.text for _, paragraph in written)
    )
    return tuple(one for number, paragraph in written for one in _of(number, paragraph, wide, rules))


def _of(number: str, paragraph: Paragraph, wide: bool, rules: Rules) -> Iterator[Sentence]:
    head = normalised(rules.chapters.get(number, "") + paragraph.head).text
    marks = rules.topics_in(head)
    topic, ours = marks[-1][1] if marks else "", rules.context.search(head) is not None
    for written in _ENDS.split(paragraph.text):
        if not written.strip():
            continue
        whole = normalised(written.strip())
        plain = whole.without(_ASIDE)
        numbers = quantities(plain.text, rules.units, rules.no_units)
        topics = rules.topics_in(plain.text)
        ours = ours or rules.context.search(whole.text) is not None
        yield Sentence(number, paragraph, written.strip(), whole, plain, numbers, topics, topic, ours, wide)
        topic = topics[-1][1] if topics else topic


def finding_in(
    ret: Return, sentence: Sentence, code: str, quote: str, items: tuple[str, ...] | None = None, **params: Any
) -> Finding:
    """Return a finding about a sentence, which it quotes; its items are the sentence itself where none are named."""
    place = sentence.paragraph.place
    return finding(
        code,
        file=ret.file,
        sheet=place.sheet,
        cell=place.cell,
        items=(sentence.code,) if items is None else items,
        number=sentence.number,
        sentence=quote,
        **params,
    )
