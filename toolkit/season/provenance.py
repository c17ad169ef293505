"""Whether a return came from the address of its body."""

from __future__ import annotations

from typing import Any

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
    bodies = {body.code: body for body in roster.expected(rollup.year)}
    owners: dict[str, list[str]] = {}
    for body in bodies.values():
        if body.email:
            owners.setdefault(body.email.lower(), []).append(body.code)
    senders: dict[str, list[str]] = {}
    for row in ledger.rows("arrival"):
        if row["sender"]:
            senders.setdefault(row["sha256"], []).append(row["sender"].lower())
    findings: list[Finding] = []
    for file in rollup.files:
        addresses, respondent = senders.get(file.sha256, []), bodies.get(file.code)
        codes = [code for address in addresses for code in owners.get(address, [])]
        if respondent is None or not addresses or file.code in codes:
            continue
        place: dict[str, Any] = {"file": file.file, "sender": addresses[0], "body": respondent.name}
        if codes:
            findings.append(finding("LEDGER_005", **place, owner="、".join(bodies[code].name for code in codes)))
        elif respondent.email:
            findings.append(finding("LEDGER_006", **place))
    return tuple(findings)
