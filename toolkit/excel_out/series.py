"""Many workbooks of one shape: the values of the next are stamped into the finished file of the first.

The bytes are those of rendering each. A workbook of another shape, and one with a value of which it is not certain how
XlsxWriter spells it, is rendered; so are all when the finished file is not as expected.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec.structs import replace

from toolkit.cells import a1
from toolkit.excel_out.book import CellContent, Workbook
from toolkit.excel_out.rendering import render
from toolkit.excel_out.strict import encodable

_MOST = 8
"""Finished files that are kept: one takes about 1 MB."""
_LONGEST, _LONGEST_PROPERTY, _LARGEST = 16_000, 120, 10**15
"""What is longer or larger is left to XlsxWriter, which refuses the longest."""
_ODD = re.compile("[\x00-\x08\x0b-\x1f]")
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
_EDGE = re.compile(r"^\s|\s$")
_FORMULA = b"\0"
"""Stands in a cell's value for its formula, which stays as it is."""
_PATTERNS = {
    "sheet": re.compile(rb'<c r="(\w+)"(?: s="\d+")?((?: t="\w+")?(?:/>|>(<f>[^<]*</f>)?<v>[^<]*</v></c>))'),
    "comments": re.compile(rb'<comment ref="(\w+)".*?(<t(?: [^>]*)?>[^<]*</t>)()', re.DOTALL),
    "workbook": re.compile(rb'<definedName name="([^"]*)"[^>]*>([^<]*)()'),
    "custom": re.compile(rb'name="([^"]*)"><vt:lpwstr>([^<]*)()'),
    "sharedStrings": re.compile(rb"<sst [^>]*?()( count=.*)()</sst>", re.DOTALL),
}
"""What stands where a value does, by the kind of part: the name of the place, the value, a cell's formula in it."""

Values = dict[tuple[str, object], bytes]
"""What a workbook puts into its file, by part and place."""


class _OtherShape(Exception):
    """A workbook has another shape, or a value that is better left to XlsxWriter."""


def render_many(books: Iterable[Workbook]) -> Iterator[bytes]:
    """Yield the bytes of every workbook, as ``render`` gives them."""
    masters: list[_Master] = []
    for book in books:
        for master in masters:
            try:
                data = master.stamped(book)
            except _OtherShape:
                continue
            masters.remove(master)
            break
        else:
            data = render(book)
            master = _Master(book, data)
        masters.insert(0, master)
        del masters[_MOST:]
        yield data


class _Master:
    """A finished workbook, taken apart when it is asked for the first time."""

    def __init__(self, book: Workbook, data: bytes) -> None:
        self._book, self._data, self._frame = book, data, _frame(book)
        self._sound: bool | None = (
            False if any(sheet.blocks or sheet.charts for sheet in book.sheets.values()) else None
        )

    def stamped(self, book: Workbook) -> bytes:
        """Return the file with the values of another workbook; another shape raises _OtherShape."""
        if self._sound is None:
            self._sound = False
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                self._parts = [(entry, archive.read(entry)) for entry in archive.infolist()]
            self._places = {entry.filename: _places(entry.filename, content) for entry, content in self._parts}
            self._values = _values(self._book)
            # All its own values, spelled anew, must give the same file.
            self._sound = self._stamped(self._values) == self._data
        if not self._sound or self._frame != _frame(book):
            raise _OtherShape
        return self._stamped({at: value for at, value in _values(book).items() if value != self._values[at]})

    def _stamped(self, values: Values) -> bytes:
        stamps: dict[str, list[tuple[int, int, bytes]]] = {}
        for (part, place), value in values.items():
            match = self._places[part].get((a1(*place) if isinstance(place, tuple) else str(place)).encode())
            if match is None:
                raise _OtherShape
            stamps.setdefault(part, []).append((*match.span(2), value.replace(_FORMULA, match[3] or b"")))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in self._parts:
                pieces, end = [], 0
                for first, last, value in sorted(stamps.get(entry.filename, ())):
                    pieces += [content[end:first], value]
                    end = last
                archive.writestr(entry, b"".join((*pieces, content[end:])))
        return buffer.getvalue()


def _places(part: str, content: bytes) -> Mapping[bytes, re.Match[bytes]]:
    """Return where values stand in a part, by the name of the place."""
    pattern = _PATTERNS.get(part.rpartition("/")[2].removesuffix(".xml").rstrip("0123456789"))
    return {} if pattern is None else {match[1]: match for match in pattern.finditer(content)}


def _frame(book: Workbook) -> tuple[object, ...]:
    """Return all of a workbook but the values that may differ."""
    sheets = [
        (
            replace(sheet, cells={}, notes={}),
            [(place, cell.format, cell.formula, cell.link, cell.tip) for place, cell in sheet.cells.items()],
            [(place, note.height) for place, note in sheet.notes.items()],
        )
        for sheet in book.sheets.values()
    ]
    # A name with an exclamation mark is listed as a range.
    names = [(name, value if "!" in value else "") for name, value in book.names.items()]
    return replace(book, sheets={}, names={}, properties={}), sheets, names, list(book.properties)


def _values(book: Workbook) -> Values:
    """Return the values as XlsxWriter spells them; one of which that is not certain raises _OtherShape."""
    cells = (cell for sheet in book.sheets.values() for cell in sheet.cells.values())
    texts = [cell.value for cell in cells if isinstance(cell.value, str) and not cell.formula]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    elements = b"".join(b"<si>%s</si>" % _element(text) for text in numbers)
    counts = b' count="%d" uniqueCount="%d">' % (len(texts), len(numbers))
    values: Values = {("xl/sharedStrings.xml", ""): counts + elements}
    noted = 0
    for at, sheet in enumerate(book.sheets.values(), 1):
        part = f"xl/worksheets/sheet{at}.xml"
        values |= {(part, place): _cell(cell, numbers) for place, cell in sheet.cells.items()}
        noted += bool(sheet.notes)
        part = f"xl/comments{noted}.xml"
        values |= {(part, place): _element(note.text) for place, note in sheet.notes.items()}
    names = ((name, value) for name, value in book.names.items() if "!" not in value)
    values |= {("xl/workbook.xml", name): _text(value.lstrip("=")) for name, value in names}
    properties = ((name, encodable(value)) for name, value in book.properties.items())
    return values | {("docProps/custom.xml", name): _text(value, _LONGEST_PROPERTY) for name, value in properties}


def _cell(cell: CellContent, numbers: Mapping[str, int]) -> bytes:
    value = cell.value
    if value is None:
        return b"/>"
    formula = _FORMULA if cell.formula else b""
    if not isinstance(value, str):
        if not -_LARGEST < value < _LARGEST:
            raise _OtherShape
        return b">%s<v>%s</v></c>" % (formula, (f"{value}" if formula else f"{value:.16G}").encode())
    if not formula:
        return b' t="s"><v>%d</v></c>' % numbers[value]
    if value.startswith("#"):
        raise _OtherShape
    return b"%s>%s<v>%s</v></c>" % (b' t="str"' if value else b"", formula, _data(value))


@lru_cache(maxsize=4096)
def _element(text: str) -> bytes:
    space = b' xml:space="preserve"' if _EDGE.search(text) else b""
    return b"<t%s>%s</t>" % (space, _text(text))


def _text(text: str, longest: int = _LONGEST) -> bytes:
    return _data(_ESCAPE.sub(r"_x005F\1", text), longest)


def _data(text: str, longest: int = _LONGEST) -> bytes:
    if len(text) > longest or _ODD.search(text):
        raise _OtherShape
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
