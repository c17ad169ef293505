"""Letters to the bodies, each sent at most once, and the returns that come back by mail. The only place that does mail.

Outgoing: a ``Post`` becomes a draft (``eml``) or is sent (``send``), with a journal that the caller keeps. Incoming: a
mailbox, saved messages, folders and archives become ``Arrival`` and ``Oddity`` values; nothing is fetched from a link
and nothing that was sent is changed.
"""

from __future__ import annotations

from toolkit.mail.addresses import one_address
from toolkit.mail.arrivals import Arrival, Oddity, Origin
from toolkit.mail.dispatch import USUAL, Journal, PostResult, PostState, Terms, send, verdict
from toolkit.mail.folders import collect_folder
from toolkit.mail.imap import Selection, collect_imap
from toolkit.mail.outgoing import Attachment, Post, attachment_name, eml, message_id
from toolkit.mail.passwords import password
from toolkit.mail.settings import SAMPLE, MailSettings, Security, Server, is_filled_in, read_settings

__all__ = [
    "SAMPLE", "USUAL", "Arrival", "Attachment", "Journal", "MailSettings", "Oddity", "Origin", "Post", "PostResult",
    "PostState", "Security", "Selection", "Server", "Terms", "attachment_name", "collect_folder", "collect_imap",
    "eml", "is_filled_in", "message_id", "one_address", "password", "read_settings", "send", "verdict",
]  # fmt: skip
