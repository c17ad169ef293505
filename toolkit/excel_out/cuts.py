"""Where the values of a recorded workbook stand in its finished file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.cells import parse_a1
from toolkit.excel_out.parts import Package, Part
from toolkit.excel_out.recording import Call
from toolkit.excel_out.spelling import shared_string, spelled
from toolkit.excel_out.strict import cell_text, encodable

_BOOK, _PROPERTIES, _STRINGS = "xl/workbook.xml", "docProps/custom.xml", "xl/sharedStrings.xml"
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?((?: t="[a-z]+")?)(?:/>|>(<f>[^<]*</f>)?<v>([^<]*)</v></c>)')
_NOTE = re.compile(rb'<comment ref="([A-Z]+[0-9]+)".*?(<t(?: [^>]*)?>[^<]*</t>)', re.DOTALL)
_PROPERTY = re.compile(rb"<vt:lpwstr>[^<]*</vt:lpwstr>")
_NAME = re.compile(rb'<definedName name="([^"]*)">[^<]*</definedName>')
_STRING = re.compile(rb"<si>.*?</si>", re.DOTALL)
_UNIQUE = re.compile(rb'uniqueCount="[0-9]+"')

Place = tuple[str, int]
"""A part, and the number of the first place in it that a call filled: a formula fills two, its type and its value."""
Spans = list[tuple[int, tuple[int, int]]]
"""Calls in the order of a part, and from where to where it holds what each of them wrote."""


class Cuts:
    """The file of a recorded workbook, cut at every value of which it is certain which call wrote it.

    ``places`` tells where the value of a call stands, ``occurrences`` which of the shared texts a call gave. The cuts
    are ``sound`` when every text is found and the file, put together again, is the same.
    """

    def __init__(self, calls: Sequence[Call], data: bytes) -> None:
        self.package = Package(data)
        self.parts: dict[str, Part] = {}
        self.places: dict[int, Place] = {}
        contents = self.package.contents()
        for name, spans in _found(contents, calls):
            self.parts[name] = Part(contents[name], [span for _, span in spans])
            for number, (at, _) in enumerate(spans):
                self.places.setdefault(at, (name, number))
        given = [(at, _shared(call)) for at, call in enumerate(calls)]
        texts = [(at, text) for at, text in given if text is not None]
        self.occurrences = {at: number for number, (at, _) in enumerate(texts)}
        self.strings = Strings(contents[_STRINGS], [text for _, text in texts])
        self.text_places = [self.places.get(at) for at in self.occurrences]
        self.sound = self._stand(calls) and self._whole(data)
        for at in [at for at in self.places if at not in self.occurrences and not self._holds(at, calls[at])]:
            del self.places[at]

    def _stand(self, calls: Sequence[Call]) -> bool:
        """Tell whether all texts are found: in the table, and by their number in every cell that shows one."""
        shown = {at for at in _last(calls).values() if at in self.occurrences}
        return (
            self.strings.sound
            and shown <= self.places.keys()
            and all(
                place is None or self.parts[place[0]].at(place[1]) == b"%d" % number
                for place, number in zip(self.text_places, self.strings.numbers, strict=True)
            )
        )

    def _whole(self, data: bytes) -> bool:
        contents = {name: part.filled({}) for name, part in self.parts.items()}
        return self.package.replaced(contents | {_STRINGS: self.strings.filled(self.strings.spelled.values())}) == data

    def _holds(self, at: int, call: Call) -> bool:
        name, number = self.places[at]
        pieces = spelled(call, call.value)
        return pieces is not None and all(
            self.parts[name].at(number + more) == piece for more, piece in enumerate(pieces)
        )


class Strings:
    """The shared strings: ``texts`` in the order in which they were written, ``numbers`` that of each in the table."""

    name = _STRINGS

    def __init__(self, content: bytes, texts: list[str]) -> None:
        self.texts = texts
        index: dict[str, int] = {}
        self.numbers = [index.setdefault(text, len(index)) for text in texts]
        self.spelled = {text: shared_string(text) for text in index}
        """What stands for each text, in the order of the table."""
        found = list(_STRING.finditer(content))
        self._head, self._tail = (content[: found[0].start()], content[found[-1].end() :]) if found else (content, b"")
        self.sound = [match[0] for match in found] == list(self.spelled.values())

    def filled(self, spelled: Iterable[bytes]) -> bytes:
        """Return the part with these elements."""
        elements = list(spelled)
        return _UNIQUE.sub(b'uniqueCount="%d"' % len(elements), self._head) + b"".join((*elements, self._tail))


def _found(contents: Mapping[str, bytes], calls: Sequence[Call]) -> Iterator[tuple[str, Spans]]:
    """Yield the parts that hold values, with the calls that wrote them."""
    last, sheets, noted = _last(calls), sum(1 for call in calls if call.name == "sheet"), 0
    for sheet in range(sheets):
        name = f"xl/worksheets/sheet{sheet + 1}.xml"
        yield name, _cells(contents[name], sheet, last, calls)
        notes = {call.given[:2]: at for at, call in enumerate(calls) if (call.sheet, call.name) == (sheet, "comment")}
        if notes:
            noted += 1
            name = f"xl/comments{noted}.xml"
            places = ((parse_a1(match[1].decode()), match.span(2)) for match in _NOTE.finditer(contents[name]))
            yield name, [(notes[cell], span) for cell, span in places if cell in notes]
    named = {call.given[0]: at for at, call in enumerate(calls) if call.name == "define_name"}
    names = ((match[1].decode(), match.span()) for match in _NAME.finditer(contents[_BOOK]))
    yield _BOOK, [(named[name], span) for name, span in names if name in named]
    carried = [at for at, call in enumerate(calls) if call.name == "carry"]
    if carried:
        spans = [match.span() for match in _PROPERTY.finditer(contents[_PROPERTIES])]
        yield _PROPERTIES, list(zip(carried, spans, strict=False))


def _cells(content: bytes, sheet: int, last: Mapping[tuple[int, int, int], int], calls: Sequence[Call]) -> Spans:
    spans: Spans = []
    for match in _CELL.finditer(content):
        at = last.get((sheet, *parse_a1(match[1].decode())))
        if at is None:
            continue
        text, formula, valued = match[2] == b' t="s"', match[3] is not None, match[4] is not None
        if calls[at].name == "formula" and formula:
            spans += [(at, match.span(2)), (at, match.span(4))]
        elif valued and not formula and calls[at].name in (("text", "link") if text else ("number",)):
            spans.append((at, match.span(4)))
    return spans


def _last(calls: Sequence[Call]) -> dict[tuple[int, int, int], int]:
    """Return which call wrote a cell last."""
    found: dict[tuple[int, int, int], int] = {}
    for at, call in enumerate(calls):
        if call.name in ("text", "number", "formula", "blank", "link"):
            found[call.sheet, call.given[0], call.given[1]] = at
        elif call.name == "join":
            first_row, first_column, last_row, last_column = call.given[:4]
            for row in range(first_row, last_row + 1):
                for column in range(first_column, last_column + 1):
                    found[call.sheet, row, column] = at
    return found


def _shared(call: Call) -> str | None:
    """Return the text that a call gave to the shared strings."""
    if call.name == "text":
        return cell_text(call.value) or None
    return encodable(call.given[4]) if call.name == "link" else None
