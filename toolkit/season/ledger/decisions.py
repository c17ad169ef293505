"""What the coordinator decides on the worklist: which file counts, what is waived and why, when somebody was reminded."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from toolkit.returns import Waiver
from toolkit.season.ledger.store import Ledger

ALL = "全部"
"""A waiver of every rule."""


class Decision(Struct, frozen=True):
    """One decision about a body; an empty value takes an earlier one back."""

    code: str
    kind: str
    value: str
    reason: str = ""


def in_force(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Return the decisions in force by body and kind, the reason of a waiver or an adoption as kind ``why``."""
    found: dict[tuple[str, str], str] = {}
    for (code, kind), row in ledger.newest("decision", "code", "kind").items():
        if row["value"]:
            found[code, kind] = row["value"]
            if row["reason"]:
                found[code, "why"] = row["reason"]
    return found


def record_decisions(ledger: Ledger, decisions: Iterable[Decision]) -> int:
    """Add decisions that differ from what is in force; returns how many."""
    added = 0
    for each in decisions:
        last = ledger.last("decision", code=each.code, kind=each.kind)
        before = ("", "") if last is None else (last["value"], last["reason"])
        if before != (each.value, each.reason):
            ledger.add("decision", code=each.code, kind=each.kind, value=each.value, reason=each.reason)
            added += 1
    return added


def waivers(ledger: Ledger) -> dict[str, Waiver]:
    """Return the waivers in force by body; the reason names the rules."""
    found: dict[str, Waiver] = {}
    for (code, kind), row in ledger.newest("decision", "code", "kind").items():
        if kind == "waive" and row["value"]:
            rules = frozenset() if row["value"] == ALL else frozenset(row["value"].split())
            found[code] = Waiver(f"豁免 {row['value']}：{row['reason']}", rules)
    return found
