"""A message to one body, and its bytes on the wire."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, quote
from pathlib import PurePosixPath

from msgspec import Struct

from toolkit.findings import fault
from toolkit.mail.addresses import header, named_address, one_address, plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME_CHARACTERS = 80
"""How long an attachment's name may be: 80 Chinese characters, percent-encoded, stay below the 998 bytes of a line."""
_WIRE = compat32.clone(linesep="\r\n", max_line_length=998)


class Attachment(Struct, frozen=True):
    """A file that goes with a message: the name that the addressee sees, its bytes and its media type."""

    name: str
    data: bytes
    kind: str = XLSX


class Post(Struct, frozen=True):
    """One message to one body.

    ``key`` names it once and for all (season, body and content): the journal knows it by this, and its Message-ID
    is made from it. ``code`` is the body's, ``to`` the address from the roster; ``text`` and ``html`` say the same.
    """

    key: str
    code: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of a post, the same whenever it is sent from this address."""
    address = _sender(sender)[1]
    return f"<nianbao.{hashlib.sha256(key.encode()).hexdigest()[:40]}@{address.rpartition('@')[2].lower()}>"


def eml(post: Post, sender: str, date: datetime, *, draft: bool = True) -> bytes:
    """Return the message as it goes over the wire, or as a draft that a mail program opens for editing and sending.

    ``sender`` is ``Name <address>`` or an address. The same arguments give the same bytes. An address that is not
    exactly one, and a date without a time zone, raise ToolkitError. Line breaks and control characters in the subject
    and in names become blanks, so no header can be forged. QQ mail and Outlook do not join attachment names that are
    split over several parameters, and some programs read the old ``name`` alone: both spellings are given, unsplit.
    """
    to = one_address(post.to)
    if to is None:
        raise fault("RECIPIENT_WRONG", address=plain(post.to))
    if date.tzinfo is None:
        raise fault("MESSAGE_WITHOUT_ZONE")
    name, address = _sender(sender)
    mark = hashlib.sha256(post.key.encode()).hexdigest()
    message: Message = MIMEMultipart("mixed", boundary=f"=_nianbao_{mark[:24]}")
    message["From"] = f"{_phrase(name)} <{address}>" if name else address
    message["To"] = to
    message["Subject"] = header(post.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id(post.key, sender)
    message["X-Nianbao-Code"] = header(post.code)
    if draft:
        message["X-Unsent"] = "1"
    message.attach(_letter(post, f"=_nianbao_{mark[24:48]}"))
    for attachment in post.attachments:
        message.attach(_attached(attachment))
    return message.as_bytes(policy=_WIRE)


def _sender(text: str) -> tuple[str, str]:
    known = named_address(text)
    if known is None:
        raise fault("SENDER_WRONG", address=plain(text))
    return known


def _phrase(name: str) -> str:
    """Return a display name: encoded words, or quoted, so that a comma in it divides nothing."""
    encoded = header(name)
    return encoded if encoded.startswith("=?") else f'"{quote(encoded)}"'


def _letter(post: Post, boundary: str) -> Message:
    text = MIMEText(post.text, "plain", "utf-8")
    if not post.html:
        return text
    both = MIMEMultipart("alternative", boundary=boundary)
    both.attach(text)
    both.attach(MIMEText(post.html, "html", "utf-8"))
    return both


def attachment_name(name: str) -> str:
    """Return a name that every mail program can show and save: one line, no path, of bounded length."""
    last = plain(name.replace("\\", "/").rpartition("/")[2], 500)
    cleaned = "".join("_" if sign in '<>:"|?*' else sign for sign in last).strip(" .") or "附件"
    path = PurePosixPath(cleaned)
    suffix = path.suffix[:10]
    return f"{cleaned.removesuffix(path.suffix)[: NAME_CHARACTERS - len(suffix)]}{suffix}"


def _attached(attachment: Attachment) -> Message:
    kind, _, subkind = attachment.kind.partition("/")
    name = attachment_name(attachment.name)
    part = MIMEBase(kind, subkind, name=header(name, 10**6))
    part.set_payload(attachment.data)
    encode_base64(part)
    if name.isascii():
        part.add_header("Content-Disposition", "attachment", filename=name)
    else:
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    return part
