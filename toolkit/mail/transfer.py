"""The bytes of a part, however its transfer encoding is spelt and whether it is true; files uuencoded in a text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from copy import copy
from email.message import Message

from toolkit.mail.headers import charset_of, raw_header, text_of

_UUENCODED = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
ENCODED = frozenset({"base64", "quoted-printable"}) | _UUENCODED
"""The transfer encodings that change what is sent."""
BINARY = (
    b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Rar!\x1a\x07", b"7z\xbc\xaf", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff",
)  # fmt: skip
"""How files begin that are no text, and no text in an encoding either."""
_HEAD = 4096
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{16,}=*\s*")
_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r?\n|\Z))")
_FIRST_LINE = re.compile(rb"(?:>?From [^\r\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?[^\r\n]*\r?\n")
_HEADERS = re.compile(
    rb"^(?:MIME-Version|Message-ID|Received|From|To|Date|Subject|Content-Type):", re.IGNORECASE | re.MULTILINE
)
_BEGIN = re.compile(rb"(?P<quote>[ \t]*(?:[>|] ?)*)begin(?P<base64>-base64)? [0-7]{3,4} (?P<name>.*)")
_UU_LINE = re.compile(rb"[ -`]+")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{2,}={0,2}")


def looks_like_message(data: bytes, fewest: int = 2) -> bool:
    """Return True when bytes begin like a saved message: header lines, so many or more of them the usual ones."""
    head = data[:65_536].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return _FIRST_LINE.match(head) is not None and len(_HEADERS.findall(head)) >= fewest


def encoding_of(part: Message) -> str:
    """Return the transfer encoding that a part states: one word in lower case without quotes, comment or semicolon."""
    stated = re.search(r"[\w-]+", raw_header(part, "Content-Transfer-Encoding"))
    return stated[0].lower() if stated else ""


def content(part: Message) -> bytes | None:
    """Return the bytes of a leaf, None for what has parts; an encoding that is stated and not true is not undone.

    One that is true and not stated is: base64 that gives a workbook or a message.
    """
    bare = copy(part)
    del bare["Content-Transfer-Encoding"]
    raw = bare.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return None
    way = encoding_of(part)
    if raw.startswith(BINARY):
        return raw
    if way in _UUENCODED:
        return next((data for _, data in uuencoded(raw)), raw)
    if way == "quoted-printable":
        # Whoever did encode a message wrote each = of its headers as =3D.
        return raw if _NOT_QUOTED.search(raw) and looks_like_message(raw) else _undone(bare, way)
    if way == "base64":
        return raw if looks_like_message(raw) else _undone(bare, way)
    if _BASE64.fullmatch(raw[:_HEAD]):
        head = binascii.a2b_base64(b"".join(raw[:_HEAD].split())[: _HEAD // 8 * 4])
        if head.startswith(BINARY) or looks_like_message(head):
            return _undone(bare, "base64")
    return raw


def _undone(bare: Message, way: str) -> bytes:
    bare["Content-Transfer-Encoding"] = way
    data = bare.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def body_text(part: Message) -> str:
    """Return the text of a body part."""
    return text_of(content(part) or b"", charset_of(part))


def uuencoded(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and bytes of the files that stand in a text between begin and end, also where it is quoted.

    One whose end is missing goes as far as its lines do. Blanks that mail programs cut off at the end of a line or
    put before it are made good.
    """
    lines, at = text.splitlines() if b"begin" in text else [], 0
    while at < len(lines):
        start = _BEGIN.fullmatch(lines[at])
        at += 1
        if start is None:
            continue
        pieces: list[bytes] = []
        line = b""
        while at < len(lines):
            line = _unquoted(lines[at], start["quote"])
            piece = _base64_line(line) if start["base64"] else _uu_line(line)
            if piece is None:
                break
            pieces.append(piece)
            at += 1
        if any(pieces) or line.strip() in (b"end", b"===="):
            yield start["name"].strip(), b"".join(pieces)


def _unquoted(line: bytes, quote: bytes) -> bytes:
    marks = quote.rstrip()
    return line[len(quote) :] if line.startswith(quote) else line[len(marks) :] if line.startswith(marks) else line


def _uu_line(line: bytes) -> bytes | None:
    """Return the bytes of one line, None for a line that is none."""
    if not line.strip():
        return b""
    if _UU_LINE.fullmatch(line) is None:
        return None
    if line.startswith(b" "):
        line = line[1:]  # put there by format=flowed (RFC 3676, 4.4): no line of content begins with a blank
    size = -(-((line[0] - 32) & 63) // 3) * 4
    if len(line.rstrip()) > size + 2:  # some writers add a check digit
        return None
    return binascii.a2b_uu(line[:1] + line[1 : size + 1].ljust(size))


def _base64_line(line: bytes) -> bytes | None:
    line = line.strip()
    if line and (len(line) % 4 or _BASE64_LINE.fullmatch(line) is None):
        return None
    return base64.b64decode(line)
