"""What lies over the cells of an .xls or .et, from the records of its stream ([MS-XLS] 2.4: OBJ, TXO, NOTE, MSODRAWING)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from toolkit.excel_in import limits
from toolkit.excel_in.grid import Overlay, sound_text

_BOF, _END, _SHEET, _NOTE, _DRAWING, _OBJECT, _TEXT, _MORE = 0x809, 0x0A, 0x85, 0x1C, 0xEC, 0x5D, 0x1B6, 0x3C
_ANCHOR = struct.pack("<HHI", 0, 0xF010, 18)
"""The head of the record that says at which cell a shape begins."""
_KINDS = {
    5: "chart",
    8: "picture",
    **dict.fromkeys((7, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13), "control"),
}
_GROUP, _LIST, _NOTED = 0, 0x14, 0x19
"""Kinds of objects: a group, the arrow of a filter or of a list of values, the box of a note."""


def sheets_of(stream: bytes) -> list[tuple[str, int, int]]:
    """Return name, state and beginning of the sheets that the head of a stream lists, charts and macro sheets too."""
    sheets = []
    for code, at, size in _records(stream, 0):
        if code == _SHEET and size >= 8:
            begin, state, _, length, wide = struct.unpack_from("<IBBBB", stream, at)
            name = stream[at + 8 : at + size][: length * (2 if wide & 1 else 1)]
            sheets.append((sound_text(_decoded(name, wide)), state & 3, begin))
    return sheets


def holds_any(stream: bytes) -> bool:
    """Tell whether a stream of the format before Excel 97 holds any note or object: those are not read."""
    at = 0
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        if code in (_NOTE, _OBJECT):
            return True
        at += 4 + size
    return False


def overlays_in(stream: bytes, begin: int) -> tuple[Overlay, ...]:
    """Return the overlays of the sheet that begins at a place of a stream; past the limits, that there are more."""
    drawn: list[tuple[int, int, str, tuple[int, int] | None]] = []
    texts: dict[int, str] = {}
    notes: list[tuple[tuple[int, int], int, str]] = []
    place: tuple[int, int] | None = None
    characters = 0
    for code, at, size in _records(stream, begin):
        if code == _DRAWING:
            place = _place(stream[at : at + size]) or place
        elif code == _OBJECT and size >= 10:
            kind, number = struct.unpack_from("<HH", stream, at + 4)
            embedded = kind == 8 and _has_formula(stream, at, size)
            drawn.append((kind, number, "file" if embedded else _KINDS.get(kind, "shape"), place))
        elif code == _TEXT and size >= 14 and drawn:
            (length,) = struct.unpack_from("<H", stream, at + 10)
            texts[drawn[-1][1]] = _text(stream, at + size, length)
            characters += length
        elif code == _NOTE and size >= 11:
            row, column, _, number, length, wide = struct.unpack_from("<HHHHHB", stream, at)
            author = stream[at + 11 : at + size][: length * (2 if wide & 1 else 1)]
            notes.append(((row, column), number, _decoded(author, wide)))
        if len(drawn) + len(notes) > 2 * limits.OVERLAYS or characters > limits.OVERLAY_CHARACTERS:
            return (Overlay("unread", None, f"批注、文本框、图片超过 {limits.OVERLAYS:,} 个"),)
    overlays = [
        Overlay("note", at, texts.get(number, ""), sound_text(author).strip("\0 ")) for at, number, author in notes
    ]
    for kind, number, name, where in drawn:
        text = texts.get(number, "")
        if kind not in (_GROUP, _LIST, _NOTED):
            overlays.append(Overlay("box" if text and name in ("shape", "picture") else name, where, text))
    return tuple(overlays)


def _decoded(text: bytes, wide: int) -> str:
    return text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and size of the records of a substream, without those of a chart that is embedded in it."""
    depth = 0
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        depth += (code == _BOF) - (code == _END)
        if depth == 1:
            yield code, at + 4, min(size, len(stream) - at - 4)
        elif depth < 1:
            return
        at += 4 + size


def _has_formula(stream: bytes, at: int, size: int) -> bool:
    """Tell whether an object has the part that names the embedded file which its picture stands for."""
    end = at + size
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 9:
            return bool(length > 0)
        at += 4 + length
    return False


def _place(drawing: bytes) -> tuple[int, int] | None:
    at = drawing.rfind(_ANCHOR)
    if at < 0 or at + 18 > len(drawing):
        return None
    _, column, _, row = struct.unpack_from("<HHHH", drawing, at + 8)
    return row, column


def _text(stream: bytes, at: int, length: int) -> str:
    """Return the text that stands in the records after that of a box; each begins with how wide its characters are."""
    pieces: list[str] = []
    while length > 0 and at + 5 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        if code != _MORE or size < 1:
            break
        piece = _decoded(stream[at + 5 : at + 4 + size], stream[at + 4])[:length]
        pieces.append(piece)
        length -= len(piece)
        at += 4 + size
    return sound_text("".join(pieces).replace("\r", "\n")).strip()
