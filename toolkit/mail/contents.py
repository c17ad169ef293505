"""One file or message that arrived → the files in it that may be returns, and the oddities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import Message

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit.files import FILE_BYTES
from toolkit.findings import Finding, Severity, finding, phrase
from toolkit.mail.addresses import plain
from toolkit.mail.archives import Room, members
from toolkit.mail.arrivals import Arrival, Oddity, Origin, arrival, oddity, too_large
from toolkit.mail.bounces import OURS, bounce
from toolkit.mail.headers import charset_of, date_of, header_text, last_name, raw_header, sender_of, text_of, words
from toolkit.mail.leaves import LEAKED, Leaf, leaf_of, letter_inside, parsed
from toolkit.mail.links import links, visible
from toolkit.mail.transfer import looks_like_message, uuencoded

Content = Arrival | Oddity
Recognition = Callable[[bytes], Finding | None]
"""What tells a workbook from its bytes: None for one that a reader takes, else the finding that refuses it."""

LOCK_FILES = ("~$", ".~", ".")
_SYSTEM = ("thumbs.db", "desktop.ini")
_NOT_WORKBOOKS = frozenset({"FILE_011", "FILE_012", "FILE_013", "FILE_014", "FILE_016"})
"""What is surely no workbook. A damaged, locked or unknown file may be one: it goes on, and its reader says what it is."""
_TEXTS = ("FILE_016", "FILE_018")
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
_ABSENT = ("MAIL_026", "MAIL_027")
"""That a message holds no file."""
_PGP = re.compile(rb"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
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


class LeafPlace(Struct, frozen=True):
    """Where in a message a leaf stands: whose it is, the letter's subject, its number among the attachments, how deep."""

    origin: Origin
    subject: str
    number: int
    depth: Depth


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
    elif code in _TEXTS and looks_like_message(data):
        yield from message_contents(data, "", depth.message(), within=origin)
    elif code in _TEXTS and depth.archives < NESTED and (inner := list(uuencoded(data))):
        for path, inside in inner:
            member = last_name(text_of(path)) or name
            yield from file_contents(member, inside, origin.inside(member), depth.archive())
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
    """Return what one message held, as one account of it.

    Beside a file that may be a return, papers and links are information only: a scan of the sealed page or a covering
    letter goes with many a return and asks nothing of anybody. That there is no file is true of a message only when
    it is true of all that is forwarded in it.
    """
    present = [content for content in contents if _code(content) not in _ABSENT]
    if not present:
        spoken = [content for content in contents if _code(content) == "MAIL_026"]
        return (spoken or contents)[:1]
    if not any(isinstance(content, Arrival) for content in present):
        return present
    return [
        replace(content, finding=replace(content.finding, severity=Severity.INFO))
        if isinstance(content, Oddity) and content.finding.code in (*_NOT_WORKBOOKS, "MAIL_020")
        else content
        for content in present
    ]


def _code(content: Content) -> str:
    return content.finding.code if isinstance(content, Oddity) else ""


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
        contents.append(_faulty(fault, origin.subject or source, source, origin))
    yield from _accompanying(contents)


def _faulty(fault: Exception, subject: str, name: str, origin: Origin) -> Oddity:
    return oddity(
        finding("MAIL_029", subject=subject, why=phrase("mail_structure", fault=type(fault).__name__)), name, origin
    )


def _opened(message: Message, parts: list[Message], origin: Origin, depth: Depth) -> Iterator[Content]:
    subject = origin.subject or "（无主题）"
    if depth.messages > FORWARDED:
        yield oddity(finding("MAIL_029", subject=subject, why=phrase("mail_deep")), subject, origin)
    elif OURS.search(raw_header(message, "Message-ID")):
        yield oddity(finding("MAIL_033", subject=subject), subject, origin)
    else:
        yield from _in_parts(parts, origin, subject, depth)


def _origin(message: Message, source: str, received: datetime | None) -> Origin:
    identifier = plain(raw_header(message, "Message-ID"), 250)
    subject = header_text(message, "Subject", 80)
    return Origin(source, sender_of(message), date_of(message) or received, identifier, subject)


def _in_parts(parts: list[Message], origin: Origin, subject: str, depth: Depth) -> list[Content]:
    """Return what the leaves of a message hold and what its text links to; that it holds nothing when all of them say so.

    A leaf that cannot be read takes none of the others with it.
    """
    account = [leaf_of(part) for part in parts]
    markup = "".join(leaf.text for leaf in account if leaf.kind == "text/html" and leaf.body)
    contents: list[Content] = []
    inline: set[bytes] = set()
    number = 0
    for leaf in account:
        try:
            if leaf.decoration(markup):
                continue
            number += not leaf.body
            for content in _in_leaf(leaf, LeafPlace(origin, subject, number, depth), inline):
                if (
                    isinstance(content, Arrival) or content not in contents
                ):  # an encrypted letter is one, of several parts
                    contents.append(content)  # one by one: what came before a fault stands
        except LEAKED as fault:
            contents.append(_faulty(fault, subject, subject, origin))
    texts = sorted(
        (leaf for leaf in account if leaf.kind.startswith("text/") or leaf.body), key=lambda leaf: not leaf.body
    )
    text = "\n".join(leaf.text for leaf in texts)
    for disk, host in links(text):
        contents.append(oddity(finding("MAIL_020", subject=subject, disk=disk, host=host), subject, origin))
    if all(_code(content) in _ABSENT for content in contents):
        spoken = _SPEAKS_OF_FILE.search(f"{subject}\n{text[:20_000]}")
        contents.append(oddity(finding("MAIL_026" if spoken else "MAIL_027", subject=subject), subject, origin))
    return contents


def _in_leaf(leaf: Leaf, place: LeafPlace, inline: set[bytes]) -> Iterator[Content]:
    reason = _unopened(leaf, place.subject)
    if reason is not None:
        yield oddity(reason, place.subject, place.origin)
    if leaf.body:
        for name, data in uuencoded(_lines(leaf)):
            if data not in inline:  # the other form of the same text (multipart/alternative) has it once more
                inline.add(data)
                charset = "" if leaf.kind == "text/html" else charset_of(leaf.part)
                yield from _file(words(text_of(name, charset)), data, place)
    elif reason is None:
        yield from _attached(leaf, place)


def _lines(leaf: Leaf) -> bytes:
    """Return the lines of a text as they are sent, of HTML as they are seen."""
    data = leaf.data or b""
    return visible(leaf.text).encode("utf-8", "replace") if leaf.kind == "text/html" and b"begin" in data else data


def _unopened(leaf: Leaf, subject: str) -> Finding | None:
    """Return why a leaf is not opened, or not wholly."""
    why = ""
    if leaf.boundary_lost():
        why = "各部分的分界缺失"
    elif leaf.kind in ("message/partial", "message/external-body"):
        why = "邮件是分段或外链发送的"
    elif leaf.card_with_file():
        why = "日程或名片里另有附件"
    elif leaf.kind in _ENCRYPTED and "signed" in raw_header(leaf.part, "Content-Type").lower():
        why = "签名邮件的内容未拆开"
    elif leaf.kind in _ENCRYPTED or leaf.name.lower().endswith(".p7m") or _PGP.search(leaf.data or b""):
        return finding("MAIL_030", subject=subject)
    return finding("MAIL_029", subject=subject, why=why) if why else None


def _attached(leaf: Leaf, place: LeafPlace) -> Iterator[Content]:
    letter = letter_inside(leaf) if leaf.kind.startswith("message/") else None
    if letter is not None:
        title = header_text(letter[0], "Subject", 40) or "转发的邮件"
        yield from _opened(*letter, place.origin.inside(title), place.depth.message())
    elif leaf.data is None:
        name = leaf.name or f"未命名附件{place.number}"
        reason = finding("MAIL_029", subject=place.subject, why=phrase("mail_unread", name=name))
        yield oddity(reason, name, place.origin)
    else:
        yield from _file(leaf.name, leaf.data, place)


def _file(name: str, data: bytes, place: LeafPlace) -> Iterator[Content]:
    name = last_name(name) or f"未命名附件{place.number or 1}"
    origin = place.origin.inside(name)
    if name.startswith(("~$", ".~")):
        yield oddity(finding("MAIL_034", subject=place.subject, name=name), name, origin, data=data)
    else:
        yield from file_contents(name, data, origin, place.depth)
