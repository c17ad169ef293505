"""Whose a file is as far as its way here tells: by the coordinator's word, the sender's address, the folder it lies in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from toolkit.findings import Finding, finding
from toolkit.returns import FileState, RollUp
from toolkit.roster import Respondent, Roster, folded
from toolkit.season.ledger import Ledger, assigned


class Provenance:
    """To which bodies the files and mails of a season belong that do not say it themselves."""

    def __init__(self, ledger: Ledger, roster: Roster | None, year: int) -> None:
        bodies = () if roster is None else roster.expected(year)
        self._bodies = bodies
        self._codes = {body.code for body in bodies}
        self._owners = owners(bodies)
        self._assigned = assigned(ledger)
        self._ways: dict[str, list[Any]] = {}
        for row in ledger.rows("arrival"):
            self._ways.setdefault(row["sha256"], []).append(row)

    def of_sender(self, address: str) -> str:
        """Return the code of the one body that an address belongs to, "" for none or several."""
        codes = self._owners.get(address.lower(), [])
        return self._assigned.get(address.lower(), codes[0] if len(codes) == 1 else "")

    def of_file(self, sha256: str) -> str:
        """Return the code of the body that a file is of, "" where nothing tells."""
        ways = self._ways.get(sha256, [])
        folders = (part for row in ways for part in row["path"].split("/")[:-1] if part in self._codes)
        senders = filter(None, (self.of_sender(row["sender"]) for row in ways if row["sender"]))
        return self._assigned.get(sha256) or next(senders, next(folders, ""))

    def named(self, file: str) -> str:
        """Return the code of the one body after which a file seems to be named, "" for none: a hint, and no more."""
        codes = named_in(file, self._bodies)
        return codes[0] if len(codes) == 1 else ""

    def misnamed(self, file: FileState) -> Finding | None:
        """Return a finding for a return whose file is named after another body and not after its own; none once it was assigned."""
        own = next((body for body in self._bodies if body.code == file.code), None)
        if own is None or file.sha256 in self._assigned or named_in(file.file, [own]):
            return None
        titles = {body.code: body.name for body in self._bodies}
        named = named_in(file.file, self._bodies)
        return finding("LEDGER_009", file=file.file, named=titles[named[-1]], body=own.name) if named else None


def named_in(file: str, bodies: Iterable[Respondent]) -> list[str]:
    """Return the codes of the bodies that the name of a file speaks of, those of the longest words."""
    name = folded(PurePosixPath(file).stem)
    words = [(len(word), body.code) for body in bodies
             for word in {folded(body.name), folded(body.short)} - {""} if word in name]  # fmt: skip
    return sorted({code for length, code in words if length == max(words)[0]})


def owners(bodies: Iterable[Respondent]) -> dict[str, list[str]]:
    """Return the codes of the bodies of every address, in lower case."""
    codes: dict[str, list[str]] = {}
    for body in bodies:
        if body.email:
            codes.setdefault(body.email.lower(), []).append(body.code)
    return codes


def sender_findings(ledger: Ledger, rollup: RollUp, roster: Roster | None) -> tuple[Finding, ...]:
    """Return a finding for every return whose address or file name speaks of another body of the roster.

    Several bodies may share an address; a body without one, and a file that came without a sender, say nothing.
    """
    if roster is None:
        return ()
    bodies = {body.code: body for body in roster.expected(rollup.year)}
    known = owners(bodies.values())
    senders: dict[str, list[str]] = {}
    for row in ledger.rows("arrival"):
        if row["sender"]:
            senders.setdefault(row["sha256"], []).append(row["sender"].lower())
    origin = Provenance(ledger, roster, rollup.year)
    findings = [odd for odd in map(origin.misnamed, rollup.files) if odd is not None]
    for file in rollup.files:
        addresses, respondent = senders.get(file.sha256, []), bodies.get(file.code)
        codes = [code for address in addresses for code in known.get(address, [])]
        if respondent is None or not addresses or file.code in codes:
            continue
        place: dict[str, Any] = {"file": file.file, "sender": addresses[0], "body": respondent.name}
        if codes:
            findings.append(finding("LEDGER_005", **place, owner="、".join(bodies[code].name for code in codes)))
        elif respondent.email:
            findings.append(finding("LEDGER_006", **place))
    return tuple(findings)
