"""The parts of a message: its leaves, which of them is the letter itself, and which hold nothing of interest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from functools import cached_property

from msgspec import Struct

from toolkit.mail.addresses import plain
from toolkit.mail.headers import attachment_name, charset_of, raw_header, text_of
from toolkit.mail.transfer import BINARY, ENCODED, content, encoding_of, looks_like_message

LEAKED = (
    MessageError, TypeError, ValueError, LookupError, AttributeError, OverflowError, AssertionError, RecursionError,
)  # fmt: skip
"""What the standard library's parser lets out over ill-formed messages, as mutations of such showed."""
PARTS = 500
_CONTAINERS = 200
_IGNORED = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys",
    "application/applefile", "text/rfc822-headers", "message/global-headers", "message/delivery-status",
    "message/global-delivery-status", "message/disposition-notification", "message/global-disposition-notification",
    "message/feedback-report", "message/tracking-status",
})  # fmt: skip
"""Signatures, reports of delivery, and what Macs send beside a file."""
_TABLES = frozenset({"text/csv", "text/tab-separated-values", "text/xml"})
"""Texts that are files, whether they have a name or not."""
_CARD = re.compile(rb"\s*BEGIN:V(?:CALENDAR|CARD)", re.IGNORECASE)
_ATTACHED_TO_CARD = re.compile(rb"^ATTACH[:;]", re.IGNORECASE | re.MULTILINE)
_SOURCE = re.compile(
    r"^content-(?:disposition:\s*attachment|transfer-encoding:\s*[\"']?(?:base64|quoted|x?-?uu))", re.I | re.M
)
_BESIDE = re.compile(
    r"^(?:content-(?:disposition|transfer-encoding):|[>| ]*begin(?:-base64)? [0-7]{3,4} )", re.I | re.M
)
_NESTING = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_LONG = re.compile(rb"^content-(?:type|disposition):(?:[^\r\n]|\r?\n[ \t]){8192}", re.IGNORECASE | re.MULTILINE)


class _Part(Message):
    """A part whose parts the parser leaves alone when they are encoded, which it would take for the message's text."""

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        hidden = kind.startswith("message/") and encoding_of(self) in ENCODED
        return "application/octet-stream" if hidden else kind


def kind_of(part: Message) -> str:
    """Return the content type that a part states."""
    return Message.get_content_type(part)


def parsed(data: bytes) -> tuple[Message, list[Message]]:
    """Return a message and its leaves; one that the standard parser would take minutes over raises ValueError.

    Its time grows with the square of the levels and of the length of one header.
    """
    message = _message(data)
    return message, list(leaves(message))


def _message(data: bytes) -> Message:
    if sum(1 for _ in _NESTING.finditer(data)) > _CONTAINERS or _LONG.search(data) is not None:
        raise ValueError("levels")
    return message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"), _class=_Part, policy=compat32)


def leaves(message: Message) -> Iterator[Message]:
    """Yield the leaves of a message in order, a message inside as one leaf; more than PARTS raise ValueError.

    A multipart that is encoded whole is decoded. Text before the first part and after the last one, which mail
    programs do not show, is a leaf when a file may stand in it.
    """
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > PARTS:
            raise ValueError("parts")
        if part.get_content_maintype() != "multipart":
            yield part
            continue
        inner = part.get_payload()
        if not isinstance(inner, list):
            inner = _decoded(part)
        if inner is None:
            yield part
        else:
            beside = [_text(text) for text in (part.preamble, part.epilogue) if text and _BESIDE.search(text)]
            waiting[:0] = [inside for inside in (*inner, *beside) if isinstance(inside, Message)]


def _decoded(part: Message) -> list[Message] | None:
    """Return the parts of a multipart that is encoded whole, None for one whose parts are not found."""
    data = content(part) if encoding_of(part) in ENCODED else None
    if not data:
        return None
    kind = raw_header(part, "Content-Type").encode("utf-8", "surrogateescape")
    inner = _message(b"Content-Type: " + b" ".join(kind.split()) + b"\r\n\r\n" + data).get_payload()
    return [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else None


def _text(text: str) -> Message:
    part = _Part()
    part.set_payload(text)
    return part


class Leaf(Struct, frozen=True, dict=True):
    """A leaf with its content: ``data`` is None for a message inside, which has parts of its own, and what is unreadable."""

    part: Message
    data: bytes | None

    @cached_property
    def kind(self) -> str:
        """The content type that it states."""
        return kind_of(self.part)

    @cached_property
    def name(self) -> str:
        """The name of the file, "" when it states none."""
        return attachment_name(self.part)

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return text_of(self.data or b"", charset_of(self.part))

    @cached_property
    def body(self) -> bool:
        """True for the text of the letter itself, which has no name, is not marked as attached, and is text.

        A multipart without parts is text: people see what stands in it.
        """
        disposition = raw_header(self.part, "Content-Disposition").lstrip().lower()
        return (
            self.kind.startswith(("text/", "multipart/"))
            and self.kind not in _TABLES
            and not disposition.startswith("attachment")
            and not self.name
            and not (self.data or b"").startswith(BINARY)
        )

    def boundary_lost(self) -> bool:
        """Return True when attachments stand as text in the letter's text, because a boundary is wrong."""
        if not self.body:
            return False
        return _SOURCE.search(self.text) is not None or (
            self.kind.startswith("multipart/") and "content-" in self.text.lower()
        )

    def card_with_file(self) -> bool:
        """Return True for an invitation or a card that a file is attached to."""
        data = self.data or b""
        return _CARD.match(data) is not None and _ATTACHED_TO_CARD.search(data) is not None

    def decoration(self, markup: str) -> bool:
        """Return True for what holds no file: signatures, reports, cards, and the pictures that the HTML itself shows."""
        data = self.data or b""
        if data.startswith(BINARY[:4]):
            return False
        if self.kind in _IGNORED or (_CARD.match(data) and not self.card_with_file()):
            return True
        identifier = plain(raw_header(self.part, "Content-ID")).strip("<>")
        return self.kind.startswith("image/") and bool(identifier) and f"cid:{identifier}" in markup


def leaf_of(part: Message) -> Leaf:
    """Return a leaf with its content."""
    try:
        return Leaf(part, content(part))
    except LEAKED:
        return Leaf(part, None)


def letter_inside(leaf: Leaf) -> tuple[Message, list[Message]] | None:
    """Return the message that a leaf of a ``message/`` type holds, and its leaves; None when it holds none.

    RFC 2046, 5.2.1, forbids to encode one, and mail programs do; some do not even say so.
    """
    inner = leaf.part.get_payload()
    message = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
    data = leaf.data if message is None else b"" if message.keys() else content(message)
    if data and looks_like_message(data, fewest=0):
        return parsed(data)
    return None if message is None else (message, list(leaves(message)))
