"""The coordinator's season in one folder: what comes in, what is decided, what goes out, with the ledger beside it."""

from __future__ import annotations

from toolkit.outputs.letters import ISSUE, QUERY, RECEIPT, REMINDER, RETURNED
from toolkit.season.correspondence import Prepared, prepare, reply_workbooks, without_address, write_letters
from toolkit.season.cycle import Session, Settled, accept, settle, working
from toolkit.season.folder import Folder, folder_at, folder_of, initiate, summary
from toolkit.season.inbox import Collected, collect, recognise
from toolkit.season.matters import MATTERS, WAYS, Calendar, Matter, matters
from toolkit.season.outbox import dispatch, mail_settings, plan, tried_before
from toolkit.season.today import Today, todays

__all__ = [
    "ISSUE", "MATTERS", "QUERY", "RECEIPT", "REMINDER", "RETURNED", "WAYS", "Calendar", "Collected", "Folder", "Matter",
    "Prepared", "Session", "Settled", "Today", "accept", "collect", "dispatch", "folder_at", "folder_of", "initiate",
    "mail_settings", "matters", "plan", "prepare", "recognise", "reply_workbooks", "settle", "summary", "todays", "tried_before",
    "without_address", "working", "write_letters",
]  # fmt: skip
