"""The bytes of a message → its attachments that may be returns, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from toolkit.findings import finding
from toolkit.mail.addresses import one_address, plain
from toolkit.mail.arrivals import Oddity, Origin, oddity
from toolkit.mail.contents import Depth, Found, accompanying, file_contents
from toolkit.mail.decoding import attachment_name, body_text, date_of, header_text, raw_header, sender_of, words
from toolkit.mail.links import links

MESSAGE_BYTES = 64 * 2**20
"""A message as it comes: attachments of 40 MB, grown by a third."""
PARTS = 500
FORWARDED = 3
"""Messages inside messages that are opened."""
_OURS = re.compile(r"nianbao\.[0-9a-f]{40}@[A-Za-z0-9.-]+")
_SPEAKS_OF_FILE = re.compile(r"附件|附上|年报|报表|年度报告|信息公开")
_BOUNCER = re.compile(r"^(mailer-daemon|postmaster)@", re.IGNORECASE)
_BOUNCED = re.compile(r"退信|无法送达|投递失败|undeliver|delivery.*fail|fail.*deliver|returned mail", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IGNORED = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


def message_contents(
    data: bytes,
    source: str,
    *,
    received: datetime | None = None,
    within: Origin | None = None,
    depth: Depth | None = None,
) -> Iterator[Found]:
    """Yield what a message holds; never raises for what a stranger wrote.

    ``received`` stands in for a missing date. A message inside another one keeps the outer one's origin (``within``):
    who forwards it sends it.
    """
    try:
        message = message_from_bytes(data, policy=compat32)
        parts = list(_parts(message))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError) as fault:
        origin = within or Origin(source, sent_at=received)
        why = f"结构有误：{type(fault).__name__}"
        yield oddity(finding("MAIL_029", subject=origin.subject or source, why=why), source, origin)
        return
    origin = _origin(message, source, received) if within is None else within
    subject = origin.subject or "（无主题）"
    if within is None and _OURS.search(origin.message_id):
        yield oddity(finding("MAIL_033", subject=subject), subject, origin)
        return
    bounce = _bounce(message, parts, data, origin)
    if bounce is not None:
        yield bounce
        return
    yield from accompanying(list(_held(parts, origin, subject, depth or Depth())))


def _origin(message: Message, source: str, received: datetime | None) -> Origin:
    identifier = plain(raw_header(message, "Message-ID"), 250)
    subject = header_text(message, "Subject", 80)
    return Origin(source, sender_of(message), date_of(message) or received, identifier, subject)


def _parts(message: Message) -> Iterator[Message]:
    """Yield the leaves of a message in order; a message inside is a leaf. More than PARTS raise ValueError."""
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > PARTS:
            raise ValueError("parts")
        inner = part.get_payload() if part.is_multipart() and part.get_content_maintype() == "multipart" else None
        if isinstance(inner, list):
            waiting[:0] = [each for each in inner if isinstance(each, Message)]
        else:
            yield part


def _held(parts: list[Message], origin: Origin, subject: str, depth: Depth) -> Iterator[Found]:
    """Yield what the parts of a message hold, then what its text links to, or that it holds nothing."""
    bodies: list[str] = []
    count = 0
    markup = "".join(body_text(part) for part in parts if _is_body(part) and part.get_content_subtype() == "html")
    for part in parts:
        if _is_body(part):
            bodies.append(body_text(part))
        elif not _decoration(part, markup):
            count += 1
            yield from _attached(part, origin, subject, count, depth)
    text = "\n".join(bodies)
    linked = links(text)
    for disk, host in linked:
        yield oddity(finding("MAIL_020", subject=subject, disk=disk, host=host), subject, origin)
    if not count and not linked:
        spoken = _SPEAKS_OF_FILE.search(f"{subject}\n{text[:20_000]}")
        yield oddity(finding("MAIL_026" if spoken else "MAIL_027", subject=subject), subject, origin)


def _attached(part: Message, origin: Origin, subject: str, number: int, depth: Depth) -> Iterator[Found]:
    kind = part.get_content_type()
    if kind in _ENCRYPTED:
        if "signed" in raw_header(part, "Content-Type").lower():
            yield oddity(finding("MAIL_029", subject=subject, why="签名邮件的内容未拆开"), subject, origin)
        else:
            yield oddity(finding("MAIL_030", subject=subject), subject, origin)
        return
    if kind in ("message/partial", "message/external-body"):
        yield oddity(finding("MAIL_029", subject=subject, why="邮件是分段或外链发送的"), subject, origin)
        return
    inner = part.get_payload()
    if kind == "message/rfc822" and isinstance(inner, list) and inner:
        yield from _forwarded(inner[0], origin, subject, depth)
        return
    data = part.get_payload(decode=True)
    name = attachment_name(part) or f"未命名附件{number}"
    if not isinstance(data, bytes):
        yield oddity(finding("MAIL_029", subject=subject, why=f"附件“{name}”读不出"), name, origin)
        return
    if name.lower().endswith(".eml") and looks_like_message(data):
        yield from message_contents(data, "", within=origin.inside(name), depth=depth.message())
        return
    yield from file_contents(name, data, origin.inside(name), depth)


def _forwarded(inner: Message | str, origin: Origin, subject: str, depth: Depth) -> Iterator[Found]:
    if not isinstance(inner, Message) or depth.messages >= FORWARDED:
        yield oddity(finding("MAIL_029", subject=subject, why="转发的邮件套得太深"), subject, origin)
        return
    title = header_text(inner, "Subject", 40) or "转发的邮件"
    try:
        data = inner.as_bytes(policy=compat32)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as fault:
        why = f"转发的邮件结构有误：{type(fault).__name__}"
        yield oddity(finding("MAIL_029", subject=subject, why=why), subject, origin)
        return
    yield from message_contents(data, "", within=origin.inside(title), depth=depth.message())


def _is_body(part: Message) -> bool:
    """Return True for the text of the letter itself, which has no name and is not marked as attached."""
    disposition = raw_header(part, "Content-Disposition").lstrip().lower()
    return (
        part.get_content_maintype() == "text" and not disposition.startswith("attachment") and not attachment_name(part)
    )


def _decoration(part: Message, markup: str) -> bool:
    """Return True for signatures and for the pictures that the letter's HTML itself shows."""
    if part.get_content_type() in _IGNORED:
        return True
    identifier = plain(raw_header(part, "Content-ID")).strip("<>")
    return part.get_content_maintype() == "image" and bool(identifier) and f"cid:{identifier}" in markup


def _bounce(message: Message, parts: list[Message], data: bytes, origin: Origin) -> Oddity | None:
    """Return the oddity of a letter that came back undelivered; its own attachments are ours and no return."""
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None and not (_BOUNCER.match(origin.sender) and _BOUNCED.search(origin.subject)):
        return None
    report = words("\n".join(_lines(status))) if status is not None else ""
    if status is not None and re.search(r"^action:\s*(delivered|relayed|expanded|delayed)\s*$", report, re.I | re.M):
        return (
            None
            if not re.search(r"^action:\s*failed", report, re.I | re.M)
            else _told(report, message, parts, data, origin)
        )
    return _told(report, message, parts, data, origin)


def _told(report: str, message: Message, parts: list[Message], data: bytes, origin: Origin) -> Oddity:
    text = "\n".join(body_text(part) for part in parts if part.get_content_maintype() == "text")
    recipient = re.search(r"^final-recipient:[^;\n]*;\s*<?([^\s>]+)", report, re.I | re.M)
    stated = recipient[1] if recipient else header_text(message, "X-Failed-Recipients")
    others = [each for each in _ADDRESS.findall(text) if not _BOUNCER.match(each)]
    to = one_address(stated) or next(iter(others), "（见邮件）")
    why = re.search(r"^diagnostic-code:\s*(.+)$", report, re.I | re.M) or re.search(
        r"^status:\s*(.+)$", report, re.I | re.M
    )
    ours = _OURS.search(data.decode("latin-1"))
    found = finding(
        "MAIL_028", subject=origin.subject, to=plain(to, 80), why=plain(why[1], 120) if why else "原因见邮件"
    )
    return oddity(found, origin.subject, origin, about=f"<{ours[0]}>" if ours else "")


def _lines(status: Message) -> Iterator[str]:
    """Yield the header lines of a delivery status, which Python parses as messages inside it."""
    inner = status.get_payload()
    for block in inner if isinstance(inner, list) else [status]:
        if isinstance(block, Message):
            for name, value in block.raw_items():
                yield f"{name}: {plain(str(value), 500)}"


_FIRST_LINE = re.compile(rb"(?:>?From [^\r\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?[^\r\n]*\r?\n")
_HEADERS = re.compile(rb"^(?:MIME-Version|Message-ID|Received|From|Date|Subject):", re.IGNORECASE | re.MULTILINE)


def looks_like_message(data: bytes) -> bool:
    """Return True when bytes begin like a saved message: header lines, two or more of them the usual ones."""
    head = data[:65_536].removeprefix(b"\xef\xbb\xbf")
    return _FIRST_LINE.match(head) is not None and len(_HEADERS.findall(head)) >= 2
