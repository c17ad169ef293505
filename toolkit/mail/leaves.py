"""The parts of a message: its leaves, which of them is the letter itself, and what is decoration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

from toolkit.mail.addresses import plain
from toolkit.mail.headers import attachment_name, raw_header

LEAKED = (
    MessageError, TypeError, ValueError, LookupError, AttributeError, OverflowError, AssertionError, RecursionError,
)  # fmt: skip
"""What the standard library's parser lets out over ill-formed messages, as mutations of such showed."""
PARTS = 500
_CONTAINERS = 200
_IGNORED = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "message/delivery-status", "message/disposition-notification",
})  # fmt: skip
_NESTING = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_LONG = re.compile(rb"^content-(?:type|disposition):(?:[^\r\n]|\r?\n[ \t]){8192}", re.IGNORECASE | re.MULTILINE)
_FIRST_LINE = re.compile(rb"(?:>?From [^\r\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?[^\r\n]*\r?\n")
_HEADERS = re.compile(rb"^(?:MIME-Version|Message-ID|Received|From|Date|Subject):", re.IGNORECASE | re.MULTILINE)


def parsed(data: bytes) -> tuple[Message, list[Message]]:
    """Return a message and its leaves; one that the standard parser would take minutes over raises ValueError.

    Its time grows with the square of the levels and of the length of one header.
    """
    if sum(1 for _ in _NESTING.finditer(data)) > _CONTAINERS or _LONG.search(data) is not None:
        raise ValueError("levels")
    message = message_from_bytes(data, policy=compat32)
    return message, list(leaves(message))


def leaves(message: Message) -> Iterator[Message]:
    """Yield the leaves of a message in order, a message inside as one leaf; more than PARTS raise ValueError."""
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > PARTS:
            raise ValueError("parts")
        inner = part.get_payload()
        if part.get_content_maintype() != "multipart":
            yield part
        elif isinstance(inner, list):
            waiting[:0] = [inside for inside in inner if isinstance(inside, Message)]
        elif "content-" in str(inner).lower():
            yield part  # its boundary is wrong, so its parts were not found; an empty one is just empty


def is_body(part: Message) -> bool:
    """Return True for the text of the letter itself, which has no name and is not marked as attached."""
    disposition = raw_header(part, "Content-Disposition").lstrip().lower()
    return (
        part.get_content_maintype() == "text" and not disposition.startswith("attachment") and not attachment_name(part)
    )


def decoration(part: Message, markup: str) -> bool:
    """Return True for signatures, for reports of delivery and for the pictures that the letter's HTML itself shows."""
    if part.get_content_type() in _IGNORED:
        return True
    identifier = plain(raw_header(part, "Content-ID")).strip("<>")
    return part.get_content_maintype() == "image" and bool(identifier) and f"cid:{identifier}" in markup


def looks_like_message(data: bytes) -> bool:
    """Return True when bytes begin like a saved message: header lines, two or more of them the usual ones."""
    head = data[:65_536].removeprefix(b"\xef\xbb\xbf")
    return _FIRST_LINE.match(head) is not None and len(_HEADERS.findall(head)) >= 2
