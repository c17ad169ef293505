"""The headings of a published report: those of the six parts in any markup, near ones, and numbered ones of no part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from toolkit.forms import Form
from toolkit.forms.definition import Part
from toolkit.report_in.blocks import TextLine
from toolkit.report_in.labels import LABELS, fold, noteless, unnumbered

LONGEST = 40
"""Characters of a line that can be the heading of a part."""
_BRACKETED = re.compile(r"^\s*[（(【〔][一二三四五六七八九十0-9]{1,3}[)）】〕]")  # How a sub-heading begins
_DIVISION = re.compile(r"^\s*第[一二三四五六]部分[\s、：:]*")
_NUMBERED = re.compile(r"^\s*(?P<number>[一二三四五六七八九十])\s*[、.．,，:：]\s*(?P<words>[^。；？！]{2,30})$")
_BEYOND = "七八九十"
_FUZZY = re.compile("[的及和与]|以及")
_TITLE = re.compile(
    r"^(?:关于)?(?P<name>[^，。；：:|_]{0,40}?)\s*(?P<year>20[0-9]{2})\s*年(?:度)?\s*(?:关于)?\s*(?:政府|机关)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:年度)?报告"
)


class Heading(Struct, frozen=True):
    """A line that heads a part. ``official`` is how it should read, empty when it does; ``read`` is False for one of no part."""

    number: str
    line: TextLine
    official: str = ""
    read: bool = True


class Title(Struct, frozen=True):
    """A title of a report: the body, the year, and how many characters of the line follow it."""

    name: str
    year: int
    rest: int


def title_of(text: str) -> Title | None:
    """Return the title of a report that a line begins with."""
    flat = "".join(text.split())
    match = _TITLE.match(flat)
    if match is None:
        return None
    return Title(match["name"].removesuffix("关于"), int(match["year"]), len(flat) - match.end())


def part_of(form: Form, text: str) -> Part | None:
    """Return the part that a line heads, by the words of its title; its number does not count."""
    if len(text) > LONGEST:
        return None
    text = _DIVISION.sub("", text)
    bare, loose = fold(unnumbered(text)), _core(text)
    for part in form.parts:
        title = fold(part.title)
        if bare == title or loose == _core(part.title):
            return part
        if text.strip().startswith(part.number) and bare.startswith(title) and len(bare) <= len(title) + 6:
            return part
    return None


def _core(text: str) -> str:
    """Return a heading without number, notes and the words that do not change its meaning."""
    return _FUZZY.sub("", fold(unnumbered(noteless(text))))


def headings(form: Form, lines: Sequence[TextLine]) -> Mapping[int, Heading]:
    """Return the headings by the place of their lines.

    A title under its own number heads its part wherever it stands; one in brackets is a sub-heading and never does. A
    part without such a line is headed by its title under another number or none, between its neighbours, else by the
    first line with its number between them: that is named, and what follows it belongs to the part.
    """
    places: dict[int, Heading] = {}
    loose: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        part = None if _BRACKETED.match(line.text) else part_of(form, line.text)
        number = _NUMBERED.match(line.text)
        if part is not None and number is not None and number["number"] == part.number:
            places[at] = Heading(part.number, line)
        elif part is not None:
            loose.setdefault(part.number, []).append(at)
    order = [part.number for part in form.parts]
    for part in reversed(form.parts):
        first, last = _between(places, order, part.number, len(lines))
        at = max((at for at in loose.get(part.number, ()) if first < at < last), default=-1)
        if at >= 0 and part.number not in {heading.number for heading in places.values()}:
            # Other words than the title's own may head a part without a number; a wrong number is to be mended.
            places[at] = Heading(part.number, lines[at], _official(part) if _NUMBERED.match(lines[at].text) else "")
    for part in form.parts:
        if part.number not in {heading.number for heading in places.values()}:
            first, last = _between(places, order, part.number, len(lines))
            for at in islice(_numbered(lines, part.number, first + 1, last), 1):
                places[at] = Heading(part.number, lines[at], _official(part))
    places |= _beyond(
        lines, max((at for at, heading in places.items() if heading.number == order[-1]), default=len(lines))
    )
    return places


def _between(places: Mapping[int, Heading], order: Sequence[str], number: str, end: int) -> tuple[int, int]:
    """Return the places of the last heading known of an earlier part and the next of a later one."""
    at = order.index(number)
    first = max((place for place, heading in places.items() if heading.number in order[:at]), default=-1)
    later = (place for place, heading in places.items() if heading.number in order[at + 1 :] and place > first)
    return first, min(later, default=end)


def _official(part: Part) -> str:
    return f"{part.number}、{part.title}"


def _numbered(lines: Sequence[TextLine], number: str, first: int, last: int) -> Iterator[int]:
    """Yield the places of lines that read like headings with a number; rows of the tables have numbers too."""
    for at in range(first, last):
        match = _NUMBERED.match(lines[at].text)
        if match is not None and match["number"] == number and LABELS.of(lines[at].text) is None:
            yield at


def _beyond(lines: Sequence[TextLine], last: int) -> dict[int, Heading]:
    """Return the numbered headings after the last part, unless that counts its own points."""
    if next(_numbered(lines, "一", last + 1, len(lines)), None) is not None:
        return {}
    return {
        at: Heading(number, lines[at], "", read=False)
        for number in _BEYOND
        for at in _numbered(lines, number, last + 1, len(lines))
    }
