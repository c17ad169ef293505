"""Whether a return came from the address of its body."""

from __future__ import annotations

from toolkit.findings import Finding, finding
from toolkit.returns import RollUp
from toolkit.roster import Roster
from toolkit.season.ledger import Ledger


def sender_findings(ledger: Ledger, rollup: RollUp, roster: Roster | None) -> tuple[Finding, ...]:
    """Return a finding for every return that came from an address that is not its body's on the roster.

    Several bodies may share an address; a body without one, and a file that came without a sender, say nothing.
    """
    if roster is None:
        return ()
    bodies = {each.code: each for each in roster.expected(rollup.year)}
    owners: dict[str, list[str]] = {}
    for body in bodies.values():
        if body.email:
            owners.setdefault(body.email.lower(), []).append(body.code)
    senders: dict[str, list[str]] = {}
    for row in ledger.rows("arrival"):
        if row["sender"]:
            senders.setdefault(row["sha256"], []).append(row["sender"].lower())
    found: list[Finding] = []
    for file in rollup.files:
        sent_by = senders.get(file.sha256, [])
        whose = bodies.get(file.code)
        if whose is None or not sent_by or any(file.code in owners.get(each, []) for each in sent_by):
            continue
        others = [bodies[code].name for each in sent_by for code in owners.get(each, [])]
        if others:
            told = finding("LEDGER_005", file=file.file, sender=sent_by[0], owner="、".join(others), body=whose.name)
        elif whose.email:
            told = finding("LEDGER_006", file=file.file, sender=sent_by[0], body=whose.name)
        else:
            continue
        found.append(told)
    return tuple(found)
