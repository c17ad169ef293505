"""A part cut into pieces, and the memory of pieces by their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

Piece = TypeVar("Piece")

SHEET_BYTES = 2**19
"""A larger part goes the ordinary way: a return's largest has 100,000 bytes, and what is remembered stays small."""
_PIECE_BYTES = 8192
_PIECES = 6_000
_KNOWN_BYTES = 4 * 2**20
FAMILIES = 6
"""Programs and templates whose parts are remembered at once: a return has some 1,500 pieces, 300 KiB of them."""
_VALUE = re.compile(rb"<v>([^<&>\x00-\x1f]*)</v>")
"""A value that no parser is needed for; any other stays part of its row."""
_UID = re.compile(rb'\sxr:uid="\{[0-9A-Fa-f-]{36}\}"')
"""Excel gives every sheet another one; nothing depends on it."""
_DECLARATION = re.compile(
    rb'\s*(?:<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?(?: standalone="(?:yes|no)")?\s?\?>)?\s*'
)


class Memory(Generic[Piece]):
    """Pieces by their bytes, in bounds: when they are reached everything is forgotten and learnt anew."""

    def __init__(self, most: int = _PIECES) -> None:
        self.pieces: dict[bytes, Piece | None] = {}
        self.most = most
        self.size = 0

    def get(self, key: bytes, learn: Callable[[bytes], Piece | None]) -> Piece | None:
        """Return what a piece is, None for an unusual one."""
        if key in self.pieces:
            return self.pieces[key]
        if len(key) > _PIECE_BYTES:
            return learn(key)
        if len(self.pieces) >= self.most or self.size > _KNOWN_BYTES:
            self.pieces.clear()
            self.size = 0
        piece = self.pieces[key] = learn(key)
        self.size += len(key) + 500
        return piece


class Parts(Struct, frozen=True):
    """A part cut up: the root's start tag, everything around the pieces, and these, each beginning with ``begin``."""

    root: bytes
    frame: bytes
    body: bytes
    begin: bytes

    @property
    def pieces(self) -> list[bytes]:
        """Return the pieces, each without its beginning."""
        return self.body.split(self.begin)[1:]

    def document(self, content: bytes) -> bytes:
        """Return the root element with this content instead of its own."""
        return self.root + content + b"</" + self.root[1:].split(None, 1)[0].rstrip(b">") + b">"


_DECLARED = 100
"""Bytes within which the XML declaration ends."""
_LAST = b"\xef\xbf"
"""How U+FFFE and U+FFFF begin, which no parser accepts, and few characters that anybody types."""


def _unusual(data: bytes) -> bool:
    # A single byte is looked for ten times as fast as two, and most parts have no ! or ? after their declaration.
    return (
        len(data) > SHEET_BYTES
        or (b"!" in data and b"<!" in data)
        or data.find(b"<?", 1, _DECLARED + 1) >= 0
        or (data.find(b"?", _DECLARED) >= 0 and data.find(b"<?", _DECLARED - 1) >= 0)
        or b"\x00" in data
        or (_LAST in data and (b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data))
    )


def cut(data: bytes, inside: bytes, begin: bytes) -> Parts | None:
    """Cut a part at the pieces within the one element ``inside``; each begins with ``begin``; None when it is unusual.

    Unusual are comments, CDATA, document types, instructions, what is no character, and encodings other than UTF-8.
    """
    if _unusual(data):
        return None
    declared = _DECLARATION.match(data)
    start = declared.end() if declared is not None else 0
    opened, closed = b"<" + inside + b">", b"</" + inside + b">"
    first, last = data.find(opened), data.rfind(closed)
    if data[start : start + 1] != b"<" or first < 0 or last < first or data.find(closed) != last:
        return None
    root = data[start : data.find(b">", start) + 1]
    body = data[first + len(opened) : last]
    if not body.startswith(begin):
        return None
    return Parts(_UID.sub(b"", root), data[: first + len(opened)] + data[last:], body, begin)


def digest(data: bytes) -> bytes:
    """Return what a long piece is remembered by: no two can be made to share it."""
    return hashlib.blake2b(data, digest_size=24).digest()


def without_values(row: bytes) -> tuple[bytes, list[bytes]]:
    """Return the bytes of rows with their values marked, and the values."""
    if b"<v>" not in row:
        return row, []
    pieces = _VALUE.split(row)
    return b"<v>\x00</v>".join(pieces[0::2]), pieces[1::2]


def numbered(row: bytes) -> bytes:
    """Return a row from ``without_values`` as XML: in the place of each value its number after a mark."""
    first, *rest = row.split(b"\x00")
    return first + b"".join(MARK + str(at).encode() + after for at, after in enumerate(rest))


MARK = "\ue0fe".encode()
"""Stands before the number of a value while a row is learnt: a private character that no return holds."""
