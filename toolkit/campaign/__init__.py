"""The coordinator's season in one folder: what comes in, what is decided, what goes out, with the ledger beside it."""

from __future__ import annotations

from toolkit.campaign.collecting import Collected, collect
from toolkit.campaign.folder import Folder, Settings, at, found, initiate
from toolkit.campaign.replying import reply_workbooks
from toolkit.campaign.session import Session, Settled, accept, settle, working

__all__ = [
    "Collected",
    "Folder",
    "Session",
    "Settings",
    "Settled",
    "accept",
    "at",
    "collect",
    "found",
    "initiate",
    "reply_workbooks",
    "settle",
    "working",
]
