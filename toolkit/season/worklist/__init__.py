"""台账.xlsx, the coordinator's worklist: what is known of every body and file, and the decisions typed beside it."""

from __future__ import annotations

from toolkit.season.worklist.columns import PLAN, WORKLIST_FILE
from toolkit.season.worklist.instructions import Instructions, WrongEntry, read_worklist
from toolkit.season.worklist.overview import Worklist, worklist_bytes, write_list

__all__ = [
    "PLAN", "WORKLIST_FILE", "Instructions", "Worklist", "WrongEntry", "read_worklist", "worklist_bytes", "write_list",
]  # fmt: skip
