"""One file or message that arrived → the files in it that may be returns, and the oddities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import Message

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit.files import FILE_BYTES
from toolkit.findings import Finding, Severity, finding
from toolkit.mail.addresses import plain
from toolkit.mail.archives import Room, members
from toolkit.mail.arrivals import Arrival, Oddity, Origin, arrival, oddity, too_large
from toolkit.mail.bounces import OURS, bounce
from toolkit.mail.headers import attachment_name, body_text, date_of, header_text, last_name, raw_header, sender_of
from toolkit.mail.leaves import LEAKED, decoration, is_body, leaves, looks_like_message, parsed
from toolkit.mail.links import links

Content = Arrival | Oddity
Recognition = Callable[[bytes], Finding | None]
"""What tells a workbook from its bytes: None for one that a reader takes, else the finding that refuses it."""

LOCK_FILES = ("~$", ".~", ".")
_SYSTEM = ("thumbs.db", "desktop.ini")
_NOT_WORKBOOKS = frozenset({"FILE_011", "FILE_012", "FILE_013", "FILE_014", "FILE_016"})
"""What is surely no workbook. A damaged, locked or unknown file may be one: it goes on, and its reader says what it is."""
_TNEF = b"\x78\x9f\x3e\x22"
_OTHER_ARCHIVES = {
    b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ": "xz",
}  # fmt: skip
_MSG = "__nameid_version1.0".encode("utf-16-le")
MESSAGE_BYTES = 64 * 2**20
"""A message as it comes: attachments of 40 MB, grown by a third."""
FORWARDED = 3
"""Messages inside messages that are opened."""
_SPEAKS_OF_FILE = re.compile(r"附件|附上|年报|报表|年度报告|信息公开")
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
NESTED = 2
"""Archives that are opened: one, and one inside it."""


class Depth(Struct, frozen=True):
    """How deep one top-level file has been opened, what room is left, and what recognises the files inside."""

    recognise: Recognition
    archives: int = 0
    messages: int = 0
    room: Room = field(default_factory=Room)

    def archive(self) -> Depth:
        """Return the depth inside an archive."""
        return replace(self, archives=self.archives + 1)

    def message(self) -> Depth:
        """Return the depth inside a message."""
        return replace(self, messages=self.messages + 1)


def skipped(path: str) -> bool:
    """Return True for the names of lock files, hidden files and what systems leave in folders."""
    parts = path.replace("\\", "/").split("/")
    return any(part.startswith(LOCK_FILES) and part not in (".", "..") for part in parts) or (
        parts[-1].lower() in _SYSTEM or parts[0] == "__MACOSX"
    )


def file_contents(name: str, data: bytes, origin: Origin, depth: Depth) -> Iterator[Content]:
    """Yield a file that may be a return, the files of a zip archive, or an oddity; the bytes decide, not the name."""
    if len(data) > FILE_BYTES and not data.startswith(b"PK"):
        yield too_large(name, len(data), FILE_BYTES, origin)
        return
    if data.startswith(_TNEF) or name.lower() == "winmail.dat":
        subject = origin.subject or name
        yield oddity(finding("MAIL_021", subject=subject), name, origin, data=data)
        return
    kind = next((word for magic, word in _OTHER_ARCHIVES.items() if data.startswith(magic)), None)
    if kind is not None:
        yield oddity(finding("MAIL_022", name=name, kind=kind), name, origin, data=data)
        return
    refusal = depth.recognise(data)
    code = "" if refusal is None else refusal.code
    if code == "FILE_015":
        yield from _archive(name, data, origin, depth)
    elif code == "FILE_017" and _MSG in data[: 2**20]:
        yield oddity(finding("MAIL_032", name=name), name, origin, data=data)
    elif code == "FILE_016" and looks_like_message(data):
        yield from message_contents(data, "", depth.message(), within=origin)
    elif refusal is not None and code in ("FILE_020", "FILE_030") and name.lower().endswith(".zip"):
        yield oddity(finding("MAIL_025", name=name, why=refusal.message), name, origin, data=data)
    elif refusal is not None and code in _NOT_WORKBOOKS:
        yield oddity(refusal, name, origin, data=data)
    else:
        yield (
            too_large(name, len(data), FILE_BYTES, origin)
            if not code and len(data) > FILE_BYTES
            else arrival(name, data, origin)
        )


def _archive(name: str, data: bytes, origin: Origin, depth: Depth) -> Iterator[Content]:
    if depth.archives >= NESTED:
        yield oddity(finding("MAIL_031", name=name), name, origin, data=data)
        return
    faults: set[str] = set()
    for member in members(data, name, depth.room):
        path = "/".join(last_name(part) for part in re.split(r"[/\\]", member.path) if last_name(part))
        inner = last_name(path) or name
        inside = origin.inside(path) if path else origin
        if member.data is not None and skipped(path):
            yield oddity(finding("FILE_090"), inner, inside)
        elif member.data is not None:
            yield from file_contents(inner, member.data, inside, depth.archive())
        elif member.fault is not None and member.fault.message not in faults:
            faults.add(member.fault.message)  # one sentence for an archive whose every file has a password
            yield oddity(member.fault, inner, inside)


def _accompanying(contents: list[Content]) -> list[Content]:
    """Return what one message held; beside a file that may be a return, papers and links are information only.

    A scan of the sealed page or a covering letter goes with many a return and asks nothing of anybody.
    """
    if not any(isinstance(content, Arrival) for content in contents):
        return contents
    return [
        replace(content, finding=replace(content.finding, severity=Severity.INFO))
        if isinstance(content, Oddity) and content.finding.code in (*_NOT_WORKBOOKS, "MAIL_020")
        else content
        for content in contents
    ]


def message_contents(
    data: bytes, source: str, depth: Depth, *, received: datetime | None = None, within: Origin | None = None
) -> Iterator[Content]:
    """Yield what a message holds; never raises for what a stranger wrote.

    ``received`` stands in for a missing date. A message inside another one keeps the outer one's origin (``within``):
    who forwards it sends it.
    """
    contents: list[Content] = []
    origin = within or Origin(source, sent_at=received)
    try:
        message, parts = parsed(data)
        if within is None:
            origin = _origin(message, source, received)
            returned = bounce(message, parts, data, origin)
            if returned is not None:
                yield returned
                return
        for content in _opened(message, parts, origin, depth):
            contents.append(content)  # one by one: what came before a fault stands
    except LEAKED as fault:
        why = f"结构有误：{type(fault).__name__}"
        contents.append(oddity(finding("MAIL_029", subject=origin.subject or source, why=why), source, origin))
    yield from _accompanying(contents)


def _opened(message: Message, parts: list[Message], origin: Origin, depth: Depth) -> Iterator[Content]:
    subject = origin.subject or "（无主题）"
    if depth.messages > FORWARDED:
        yield oddity(finding("MAIL_029", subject=subject, why="转发的邮件套得太深"), subject, origin)
    elif OURS.search(raw_header(message, "Message-ID")):
        yield oddity(finding("MAIL_033", subject=subject), subject, origin)
    else:
        yield from _in_parts(parts, origin, subject, depth)


def _origin(message: Message, source: str, received: datetime | None) -> Origin:
    identifier = plain(raw_header(message, "Message-ID"), 250)
    subject = header_text(message, "Subject", 80)
    return Origin(source, sender_of(message), date_of(message) or received, identifier, subject)


def _in_parts(parts: list[Message], origin: Origin, subject: str, depth: Depth) -> Iterator[Content]:
    """Yield what the parts of a message hold, then what its text links to, or that it holds nothing."""
    bodies: list[str] = []
    count = 0
    markup = "".join(body_text(part) for part in parts if is_body(part) and part.get_content_subtype() == "html")
    for part in parts:
        if is_body(part):
            bodies.append(body_text(part))
        elif not decoration(part, markup):
            count += 1
            yield from _attached(part, origin, subject, count, depth)
    text = "\n".join(bodies)
    linked = links(text)
    for disk, host in linked:
        yield oddity(finding("MAIL_020", subject=subject, disk=disk, host=host), subject, origin)
    if not count and not linked:
        spoken = _SPEAKS_OF_FILE.search(f"{subject}\n{text[:20_000]}")
        yield oddity(finding("MAIL_026" if spoken else "MAIL_027", subject=subject), subject, origin)


def _attached(part: Message, origin: Origin, subject: str, number: int, depth: Depth) -> Iterator[Content]:
    kind = part.get_content_type()
    why = ""
    if part.get_content_maintype() == "multipart":
        why = "各部分的分界缺失"
    elif kind in ("message/partial", "message/external-body"):
        why = "邮件是分段或外链发送的"
    elif kind in _ENCRYPTED and "signed" in raw_header(part, "Content-Type").lower():
        why = "签名邮件的内容未拆开"
    if why or kind in _ENCRYPTED:
        reason = finding("MAIL_029", subject=subject, why=why) if why else finding("MAIL_030", subject=subject)
        yield oddity(reason, subject, origin)
        return
    inner = part.get_payload()
    if kind == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        title = header_text(inner[0], "Subject", 40) or "转发的邮件"
        yield from _opened(inner[0], list(leaves(inner[0])), origin.inside(title), depth.message())
        return
    data = part.get_payload(decode=True)
    name = attachment_name(part) or f"未命名附件{number}"
    if not isinstance(data, bytes):
        yield oddity(finding("MAIL_029", subject=subject, why=f"附件“{name}”读不出"), name, origin)
        return
    if name.startswith(("~$", ".~")):
        yield oddity(finding("MAIL_034", subject=subject, name=name), name, origin.inside(name), data=data)
        return
    yield from file_contents(name, data, origin.inside(name), depth)
