"""台账.xlsx, the coordinator's worklist: what is known of every body and file, and the decisions typed beside it."""

from __future__ import annotations

from toolkit.season.worklist.entries import Entries, read_worklist
from toolkit.season.worklist.overview import WORKLIST_FILE, Worklist, worklist_bytes

__all__ = ["WORKLIST_FILE", "Entries", "Worklist", "read_worklist", "worklist_bytes"]
