"""A mailbox on an IMAP server → arrivals and oddities; read-only unless asked otherwise."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from toolkit.errors import ToolkitError
from toolkit.findings import finding
from toolkit.mail.addresses import plain
from toolkit.mail.arrivals import Origin, oddity
from toolkit.mail.contents import MESSAGE_BYTES, Content, Depth, Recognition, message_contents
from toolkit.mail.headers import text_of
from toolkit.mail.settings import Security, Server, trust, unreachable

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

_IDENTITY = '("name" "nianbao" "version" "1.0" "vendor" "nianbao")'
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))


class Selection(Struct, frozen=True):
    """Which messages of a mailbox are collected, and whether they are marked as read after everything in them was taken.

    ``folder`` is the name that people see (已收年报); ``since`` is the first day of arrival.
    """

    folder: str = "INBOX"
    since: date | None = None
    mark_seen: bool = False


INBOX = Selection()


def collect_imap(
    server: Server, password: str, recognise: Recognition, selection: Selection = INBOX, *, timeout: float = 60
) -> Iterator[Content]:
    """Yield what the messages of a mailbox hold, oldest first; each is fetched when the one before it was dealt with.

    The mailbox is opened read-only unless messages are to be marked as read. A server that cannot be reached, trusted
    or logged in to, a missing folder and a lost connection raise ToolkitError; what was yielded before stands, and
    collecting again finds the rest.
    """
    context = trust(server)
    try:
        from imap_tools.errors import ImapToolsError
    except ImportError:
        raise ToolkitError(
            "收取邮件需要 imap-tools。",
            "请运行 pip install 'nianbao[mail]'。",
            english="Install nianbao[mail] to collect over IMAP.",
        ) from None
    try:
        box = _connected(server, context, timeout)
    except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as fault:
        raise unreachable(server, fault) from None
    try:
        _log_in(box, server, password)
        _open(box, server, selection.folder, readonly=not selection.mark_seen)
        yield from _fetched(box, server, selection, recognise)
    except (OSError, imaplib.IMAP4.abort) as fault:
        raise unreachable(server, fault) from None
    except (imaplib.IMAP4.error, ImapToolsError) as fault:
        raise ToolkitError(
            f"{server.host} 的答复不能用（{_said(fault)}）。",
            "请稍后再收取一次；已收到的不会重复。",
            english=f"{server.host} gave an answer that cannot be used ({_said(fault)}).",
        ) from None
    finally:
        _leave(box)


def _connected(server: Server, context: ssl.SSLContext | None, timeout: float) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxUnencrypted

    if server.security is Security.TLS:
        return MailBox(server.host, server.port, timeout=timeout, ssl_context=context)
    box = MailBoxUnencrypted(server.host, server.port, timeout=timeout)
    if server.security is Security.STARTTLS:
        try:
            box.client.starttls(context)  # without an offer of STARTTLS it raises
        except BaseException:
            box.client.shutdown()
            raise
    return box


def _leave(box: BaseMailBox) -> None:
    """Say goodbye and close the connection, or close it when nobody answers."""
    from imap_tools.errors import ImapToolsError

    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error, ImapToolsError):
        with contextlib.suppress(OSError):
            box.client.shutdown()


def _said(fault: Exception) -> str:
    """Return a server's answer as one line."""
    status, data = getattr(fault, "command_result", ("", None))
    if not isinstance(data, list):
        return plain(str(fault)) or type(fault).__name__
    return plain(f"{status} " + " ".join(text_of(each) for each in data if isinstance(each, bytes)))


def _log_in(box: BaseMailBox, server: Server, password: str) -> None:
    """Log in, then say who we are: 163 and 126 answer SELECT with “Unsafe Login” to clients that do not."""
    from imap_tools.errors import MailboxLoginError

    try:
        box.login(server.user, password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error, UnicodeError, ValueError) as fault:
        if isinstance(fault, imaplib.IMAP4.abort):
            raise
        words = _said(fault).replace(password, "…")
        raise ToolkitError(
            f"{server.host} 不接受 {server.user} 的登录（{words}）。",
            "QQ、163、126、企业邮箱要用“授权码”或“客户端专用密码”，不是登录密码；请在网页版邮箱的设置里开启 IMAP 服务并取得授权码。",
            english=f"{server.host} refuses the login; use the authorization code, not the login password.",
        ) from None
    with contextlib.suppress(imaplib.IMAP4.error):
        box.client._simple_command("ID", _IDENTITY)


def _open(box: BaseMailBox, server: Server, folder: str, *, readonly: bool) -> None:
    from imap_tools.errors import MailboxFolderSelectError

    try:
        box.folder.set(folder, readonly)
    except (MailboxFolderSelectError, imaplib.IMAP4.readonly) as fault:
        words = _said(fault)
        if "unsafe login" in words.lower():
            raise ToolkitError(
                f"{server.host} 以“不安全的登录”为由不让收信。",
                "请在网页版邮箱的“设置—POP3/SMTP/IMAP”里开启 IMAP 服务，用新生成的授权码再试。",
                english=f"{server.host} calls the login unsafe; switch IMAP on in its settings and use a new code.",
            ) from None
        names = "、".join(plain(each.name, 40) for each in box.folder.list()[:30])
        raise ToolkitError(
            f"邮箱里打不开文件夹“{plain(folder, 60)}”（{words}）。",
            f"可用的文件夹：{names}。",
            english=f"There is no folder {plain(folder)}; there are: {names}.",
        ) from None


def _fetched(box: BaseMailBox, server: Server, selection: Selection, recognise: Recognition) -> Iterator[Content]:
    since = selection.since
    criteria = "ALL" if since is None else f"SINCE {since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}"
    for uid in box.uids(criteria, charset=None):
        source = f"{server.user} {selection.folder} › 邮件 {uid}"
        stated, said = _answer(box, uid, "(RFC822.SIZE INTERNALDATE)")
        size = _SIZE.search(stated)
        if size is not None and int(size[1]) > MESSAGE_BYTES:
            megabytes, limit = f"{int(size[1]) / 2**20:.0f}", str(MESSAGE_BYTES // 2**20)
            yield oddity(finding("MAIL_024", name=source, size=megabytes, limit=limit), source, Origin(source))
            continue
        data, said = (b"", said) if said else _answer(box, uid, "(BODY.PEEK[])")
        if said:
            yield oddity(finding("MAIL_029", subject=source, why=said), source, Origin(source))
        elif data:  # else another program deleted it meanwhile
            yield from message_contents(data, source, Depth(recognise), received=_arrived(stated))
            if selection.mark_seen:
                box.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")


def _answer(box: BaseMailBox, uid: str, parts: str) -> tuple[bytes, str]:
    """Return what the server gives for a message (b"" when it is gone), and its words when it refuses."""
    status, data = box.client.uid("FETCH", uid, parts)
    lines = [each for each in data if each is not None]
    if status != "OK":
        return b"", plain(f"{status} " + " ".join(text_of(each) for each in lines if isinstance(each, bytes)))
    literal = next((each[1] for each in lines if isinstance(each, tuple) and len(each) > 1), None)
    if literal is not None:
        return literal, ""
    return b" ".join(each for each in lines if isinstance(each, bytes)), ""


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _arrived(stated: bytes) -> datetime | None:
    """Return when the server got a message; its own date need not be there or be true."""
    known = _DATE.search(stated)
    if known is None:
        return None
    try:
        return parsedate_to_datetime(known[1].decode("ascii", "replace").strip()).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
