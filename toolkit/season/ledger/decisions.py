"""What the coordinator decides on the worklist: which file counts, what is waived and why, when somebody was reminded."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict

from toolkit.returns import Waiver
from toolkit.season.ledger.store import Ledger

ALL = "全部"
"""A waiver of every rule."""
ASK = "问单位"
"""The decision not to decide which version counts: the body is asked."""

IMPORTED = "导入件"
"""The decision that the workbook made of what a body sent counts before the body confirms it; it needs a reason."""


class Decision(Struct, frozen=True):
    """One decision about a body; an empty value takes an earlier one back."""

    code: str
    kind: str
    value: str
    reason: str = ""


def in_force(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Return the decisions in force by body and kind, the reason of a waiver or an adoption as kind ``why``.

    Of a letter that was handed over, its key is the kind ``letter``.
    """
    values: dict[tuple[str, str], str] = {}
    for (code, kind), row in ledger.newest("decision", "code", "kind").items():
        if row["value"]:
            values[code, kind] = row["value"]
            if kind == "handed":
                values[code, "letter"] = row["reason"]
            elif row["reason"]:
                values[code, "why"] = row["reason"]
    return values


def assigned(ledger: Ledger) -> dict[str, str]:
    """Return the codes of the bodies to which files (by sha256) and senders (by address) were assigned."""
    return {subject: code for (subject, kind), code in in_force(ledger).items() if kind == "assign"}


def record_decisions(ledger: Ledger, decisions: Iterable[Decision]) -> None:
    """Add the decisions that differ from what is in force."""
    for decision in decisions:
        last = ledger.last("decision", code=decision.code, kind=decision.kind)
        before = ("", "") if last is None else (last["value"], last["reason"])
        if before != (decision.value, decision.reason):
            ledger.add("decision", **asdict(decision))


def waivers(ledger: Ledger) -> dict[str, Waiver]:
    """Return the waivers in force by body; the reason names the rules."""
    return {
        code: Waiver(
            f"豁免 {row['value']}：{row['reason']}", frozenset(() if row["value"] == ALL else row["value"].split())
        )
        for (code, kind), row in ledger.newest("decision", "code", "kind").items()
        if kind == "waive" and row["value"]
    }
