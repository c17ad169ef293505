"""The coordinator's season in one folder: what comes in, what is decided, what goes out, with the ledger beside it."""

from __future__ import annotations

from toolkit.season.correspondence import (
    Prepared,
    prepare,
    reply_workbooks,
    without_address,
    write_letters,
)
from toolkit.season.cycle import Session, Settled, accept, settle, working
from toolkit.season.folder import Folder, Settings, at, found, initiate
from toolkit.season.inbox import Collected, collect, recognise
from toolkit.season.letters import RECEIPT, REMINDER, RETURNED
from toolkit.season.outbox import belongs, dispatch, plan, post_of, tried_before
from toolkit.season.outbox import settings as mail_settings

__all__ = [
    "RECEIPT",
    "REMINDER",
    "RETURNED",
    "Collected",
    "Folder",
    "Prepared",
    "Session",
    "Settings",
    "Settled",
    "accept",
    "at",
    "belongs",
    "collect",
    "dispatch",
    "found",
    "initiate",
    "mail_settings",
    "plan",
    "post_of",
    "prepare",
    "recognise",
    "reply_workbooks",
    "settle",
    "tried_before",
    "without_address",
    "working",
    "write_letters",
]
