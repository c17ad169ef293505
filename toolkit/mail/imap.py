"""A mailbox on an IMAP server → arrivals and oddities; read-only unless asked otherwise."""

from __future__ import annotations

import base64
import contextlib
import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from msgspec import Struct

from toolkit.findings import Wording, fault, finding
from toolkit.mail.addresses import plain
from toolkit.mail.arrivals import Origin, oddity, too_large
from toolkit.mail.contents import MESSAGE_BYTES, Content, Depth, Recognition, message_contents
from toolkit.mail.headers import answer_text
from toolkit.mail.settings import Security, Server, login_refused, trust, unreachable

_IDENTITY = '("name" "nianbao" "version" "1.0" "vendor" "nianbao")'
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_LISTED = re.compile(rb'^\([^)]*\) (?:"(?:\\.|[^"])*"|NIL) "?(.*?)"?$')
"""An answer to LIST (RFC 3501, 7.2.2): attributes, the sign between levels, the name."""


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
        client = _connected(server, context, timeout)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise unreachable(server, error) from None
    try:
        _log_in(client, server, password)
        _open(client, server, selection)
        yield from _fetched(client, server, selection, recognise)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise unreachable(server, error) from None
    except imaplib.IMAP4.error as error:
        raise fault("MAILBOX_ANSWER_UNUSABLE", host=server.host, answer=answer_text(*error.args)) from None
    finally:
        try:
            client.logout()
        except (OSError, imaplib.IMAP4.error):
            with contextlib.suppress(OSError):
                client.shutdown()


def _connected(server: Server, context: ssl.SSLContext | None, timeout: float) -> imaplib.IMAP4:
    if server.security is Security.TLS:
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=timeout)
    client = imaplib.IMAP4(server.host, server.port, timeout)
    if server.security is Security.STARTTLS:
        try:
            client.starttls(context)  # without an offer of STARTTLS it raises
        except BaseException:
            client.shutdown()
            raise
    return client


def _log_in(client: imaplib.IMAP4, server: Server, password: str) -> None:
    """Log in, then say who we are: 163 and 126 answer SELECT with “Unsafe Login” to clients that do not."""
    try:
        client.login(server.user, password)
    except (imaplib.IMAP4.error, ValueError) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        # A password that is no ASCII stands in what Python tells of it, spelt out among the arguments.
        words = (str(error) if isinstance(error, ValueError) else answer_text(*error.args)).replace(password, "…")
        raise login_refused(server, words, "IMAP") from None
    with contextlib.suppress(imaplib.IMAP4.error):
        client.xatom("ID", _IDENTITY)


def _open(client: imaplib.IMAP4, server: Server, selection: Selection) -> None:
    name = _encoded(selection.folder).replace("\\", r"\\").replace('"', r"\"")
    try:
        status, data = client.select(f'"{name}"', readonly=not selection.mark_seen)
    except imaplib.IMAP4.readonly as error:
        status, data = "NO", [str(error).encode()]
    if status == "OK":
        return
    words = answer_text(status, *filter(None, data))
    if "unsafe login" in words.lower():
        raise fault("MAILBOX_UNSAFE", host=server.host)
    names = "、".join(plain(folder, 40) for folder in _folders(client)[:30])
    raise fault(
        "MAIL_FOLDER_MISSING",
        folder=Wording(plain(selection.folder, 60), plain(selection.folder)),
        answer=words,
        names=names,
    )


def _folders(client: imaplib.IMAP4) -> list[str]:
    """Return the names of the folders that there are."""
    lines = [line[1] if isinstance(line, tuple) else _LISTED.sub(rb"\1", line) for line in client.list()[1] if line]
    return [_decoded(line.decode("ascii", "replace")) for line in lines]


def _encoded(name: str) -> str:
    """Return a folder's name in the modified UTF-7 of RFC 3501, 5.1.3."""

    def shifted(run: re.Match[str]) -> str:
        return f"&{base64.b64encode(run[0].encode('utf-16-be'), b'+,').decode().rstrip('=')}-"

    return re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-"))


def _decoded(name: str) -> str:
    def plain_run(run: re.Match[str]) -> str:
        padded = run[1] + "=" * (-len(run[1]) % 4)
        return base64.b64decode(padded, b"+,").decode("utf-16-be", "replace") if run[1] else "&"

    try:
        return re.sub(r"&([^-]*)-", plain_run, name)
    except ValueError:  # no modified UTF-7 at all
        return name


def _fetched(client: imaplib.IMAP4, server: Server, selection: Selection, recognise: Recognition) -> Iterator[Content]:
    for uid in _uids(client, selection.since):
        source = f"{server.user} {selection.folder} › 邮件 {uid}"
        stated, refusal = _answer(client, uid, "(RFC822.SIZE INTERNALDATE)")
        size = _SIZE.search(stated)
        if size is not None and int(size[1]) > MESSAGE_BYTES:
            yield too_large(source, int(size[1]), MESSAGE_BYTES, Origin(source))
            continue
        data, refusal = (b"", refusal) if refusal else _answer(client, uid, "(BODY.PEEK[])")
        if refusal:
            yield oddity(finding("MAIL_029", subject=source, why=refusal), source, Origin(source))
        elif data:  # else another program deleted it meanwhile
            yield from message_contents(data, source, Depth(recognise), received=_arrived(stated))
            if selection.mark_seen:
                client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")


def _uids(client: imaplib.IMAP4, since: date | None) -> list[str]:
    """Return the numbers of the messages that came on a day or later."""
    criteria = "ALL"
    if since is not None:
        criteria = f"SINCE {imaplib.Time2Internaldate(datetime(since.year, since.month, since.day, tzinfo=UTC))[1:12]}"
    status, data = client.uid("SEARCH", criteria)
    if status != "OK":
        raise imaplib.IMAP4.error(answer_text(status, *data))
    return [uid.decode("ascii", "replace") for line in data if line for uid in line.split()]


def _answer(client: imaplib.IMAP4, uid: str, parts: str) -> tuple[bytes, str]:
    """Return what the server gives for a message (b"" when it is gone), and its words when it refuses."""
    status, data = client.uid("FETCH", uid, parts)
    lines = [line for line in data if isinstance(line, bytes)]
    if status != "OK":
        return b"", answer_text(status, *lines)
    literal = next((line[1] for line in data if isinstance(line, tuple) and len(line) > 1), None)
    return b" ".join(lines) if literal is None else literal, ""


def _arrived(stated: bytes) -> datetime | None:
    """Return when the server got a message; its own date need not be there or be true."""
    try:
        local = imaplib.Internaldate2tuple(stated)
        return None if local is None else datetime.fromtimestamp(time.mktime(local), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
