"""台账.xlsx, the coordinator's worklist: what is known of every body and file, and the decisions typed beside it."""

from __future__ import annotations

from toolkit.season.worklist.columns import WORKLIST_FILE, ListColumn, ListSheet
from toolkit.season.worklist.instructions import Instructions, read_worklist
from toolkit.season.worklist.overview import Worklist, worklist_bytes, write_list

__all__ = [
    "WORKLIST_FILE",
    "Instructions",
    "ListColumn",
    "ListSheet",
    "Worklist",
    "read_worklist",
    "worklist_bytes",
    "write_list",
]
