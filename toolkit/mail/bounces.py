"""Letters that came back undelivered: to whom, why, and which letter of ours it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from toolkit.findings import finding
from toolkit.mail.addresses import one_address, plain
from toolkit.mail.arrivals import Oddity, Origin, oddity
from toolkit.mail.headers import header_text, words
from toolkit.mail.leaves import kind_of
from toolkit.mail.transfer import body_text

OURS = re.compile(r"nianbao\.[0-9a-f]{40}@[A-Za-z0-9.-]+")
"""How the Message-IDs of our own letters look."""
_BOUNCER = re.compile(r"^(mailer-daemon|postmaster)@", re.IGNORECASE)
_BOUNCED = re.compile(r"退信|无法送达|投递失败|undeliver|delivery.*fail|fail.*deliver|returned mail", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def bounce(message: Message, parts: list[Message], data: bytes, origin: Origin) -> Oddity | None:
    """Return the oddity of a letter that came back undelivered; its own attachments are ours and no return."""
    status = next((part for part in parts if kind_of(part) == "message/delivery-status"), None)
    if status is None and not (_BOUNCER.match(origin.sender) and _BOUNCED.search(origin.subject)):
        return None
    report = words("\n".join(_lines(status))) if status is not None else ""
    if status is not None and not re.search(r"^action:\s*failed", report, re.I | re.M):
        return None  # delivered, or not given up yet
    text = "\n".join(body_text(part) for part in parts if part.get_content_maintype() == "text")
    recipient = re.search(r"^final-recipient:[^;\n]*;\s*<?([^\s>]+)", report, re.I | re.M)
    stated = recipient[1] if recipient else header_text(message, "X-Failed-Recipients")
    others = [address for address in _ADDRESS.findall(text) if not _BOUNCER.match(address)]
    to = one_address(stated) or next(iter(others), "（见邮件）")
    reasons = [re.search(rf"^{field}:\s*(.+)$", report, re.I | re.M) for field in ("diagnostic-code", "status")]
    why = next((plain(reason[1], 120) for reason in reasons if reason), "原因见邮件")
    ours = OURS.search(data.decode("latin-1"))
    returned = finding("MAIL_028", subject=origin.subject, to=plain(to, 80), why=why)
    return oddity(returned, origin.subject, origin, about=f"<{ours[0]}>" if ours else "")


def _lines(status: Message) -> Iterator[str]:
    """Yield the header lines of a delivery status, which Python parses as messages inside it."""
    inner = status.get_payload()
    if not isinstance(inner, list):
        yield body_text(status)  # encoded, which RFC 3464 does not forbid and the parser does not undo
        return
    for block in inner:
        if isinstance(block, Message):
            for name, value in block.raw_items():
                yield f"{name}: {plain(str(value), 500)}"
