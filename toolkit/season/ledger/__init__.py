"""The coordinator's ledger: what arrived when, which file counts, what was decided, answered and sent."""

from __future__ import annotations

from toolkit.files import LEDGER_FILE
from toolkit.season.ledger.decisions import ALL, ASK, IMPORTED, Decision, assigned, in_force, record_decisions, waivers
from toolkit.season.ledger.journal import SendJournal
from toolkit.season.ledger.lock import locked, on_a_share
from toolkit.season.ledger.records import (
    Delivery,
    first_seen,
    received,
    record_accepted,
    record_checked,
    record_deliveries,
    record_delivery,
    record_states,
    stamp,
    standings,
    with_returned,
)  # fmt: skip
from toolkit.season.ledger.store import Ledger

__all__ = [
    "ALL", "ASK", "IMPORTED", "LEDGER_FILE", "Decision", "Delivery", "Ledger", "SendJournal", "assigned",
    "first_seen", "in_force", "locked", "on_a_share", "received", "record_accepted",
    "record_checked", "record_decisions", "record_deliveries", "record_delivery", "record_states", "stamp",
    "standings", "waivers", "with_returned",
]  # fmt: skip
