"""Which words in a note are ours: what we write on marked cells, in whatever way a program saved it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Formatter

from toolkit.findings.catalogue import entries, phrases
from toolkit.reading.sheet_search import ListPlace
from toolkit.reading.wording import plain

_CODE = re.compile(r"(?<![A-Z_])[A-Z]{1,8}(?:_[0-9]{3}|[0-9]{1,2})(?![0-9])")
_OURS = "\0"
_PHRASES = ("note_read_as", "note_more", "note_carried", "note_unread", "note_elsewhere", "note_line")
_MOST_ROWS = 2_000
_AUTHOR = re.compile(r"\s*([^\s:：，。；]{1,20})[:：]\s*(?=\n|$)")
"""The line with a name that programs put at the head of a note."""


def sentences_of(reviews: Iterable[ListPlace]) -> Mapping[str, list[str]]:
    """Return what 审核意见 lists, by code, without white space, as the notes on the cells have it."""
    sentences: dict[str, list[str]] = {}
    for review in reviews:
        for row in range(review.header_row + 1, review.header_row + 1 + _MOST_ROWS):
            code, *texts = (review.text(row, name) for name in ("finding", "message", "remedy"))
            if not code:
                break
            sentences.setdefault(code, []).append("".join("".join((code, *texts)).split()))
    return sentences


def added_to(text: str, sentences: Mapping[str, list[str]], author: str = "") -> str:
    """Return what of a note is not ours, without the line with its author; "" where all of it is.

    White space does not count. A sentence that 审核意见 does not have is known by its words in the catalogue.
    """
    places = [at for at, character in enumerate(text) if not character.isspace()]
    left = "".join(text[at] for at in places)
    for code in dict.fromkeys(_CODE.findall(left)):
        for sentence in sorted(sentences.get(code, ()), key=len, reverse=True):
            left = _without(left, sentence, len(code) + 1)
        for pieces in _worded(code):
            left = _without_pieces(left, pieces)
    for name in _PHRASES:
        left = _without_pieces(left, _pieces(phrases()[name].zh))
    ours = _OURS in left
    runs = (text[places[run.start()] : places[run.end() - 1] + 1] for run in re.finditer(f"[^{_OURS}]+", left))
    rest = " ".join(_unsigned(run, author, ours=ours) for run in runs).strip()
    return rest if plain(rest) else ""


def _unsigned(text: str, author: str, *, ours: bool) -> str:
    """Return a text without the line that names its author; in a note of ours anybody may stand there."""
    match = _AUTHOR.match(text)
    if match is not None and (ours or match[1] in (author, "作者", "Author") or not author):
        return text[match.end() :].strip()
    return text


def _without(left: str, sentence: str, least: int) -> str:
    """Return a text without a sentence; what was put into it at one place stays."""
    left = left.replace(sentence, _OURS * len(sentence))
    at = left.find(sentence[:least])
    while at >= 0:
        same = next((n for n, (a, b) in enumerate(zip(left[at:], sentence, strict=False)) if a != b), len(sentence))
        end = left.find(sentence[same:], at + same) if same < len(sentence) else -1
        if end >= 0:
            tail = len(sentence) - same
            return left[:at] + _OURS * same + left[at + same : end] + _OURS * tail + left[end + tail :]
        at = left.find(sentence[:least], at + 1)
    return left


@lru_cache(100)
def _worded(code: str) -> tuple[list[str], ...]:
    """Return the fixed pieces of what a note says of a finding of a code, in each of its wordings."""
    alike = [entry for entry in entries() if entry.code == code]
    return tuple(_pieces(f"{code}{entry.message}{entry.remedy_agency or entry.remedy}") for entry in alike)


def _pieces(template: str) -> list[str]:
    return ["".join(literal.split()) for literal, *_ in Formatter().parse(template)]


def _without_pieces(left: str, pieces: list[str]) -> str:
    """Return a text without what begins with the first piece and has the others behind it in their order."""
    begin = left.find(pieces[0])
    while begin >= 0:
        at = begin
        for piece in pieces:
            at = left.find(piece, at)
            if at < 0:
                return left
            at += len(piece)
        left = left[:begin] + _OURS * (at - begin) + left[at:]
        begin = left.find(pieces[0], at)
    return left
