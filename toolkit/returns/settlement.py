"""What a roll-up is of, and what the coordinator decided about the returns that go into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from toolkit.findings import Finding, Severity


class Region(Struct, frozen=True):
    """The region of a roll-up: its name, the 统一社会信用代码 of its body, its level; "" where it is not known."""

    name: str = ""
    code: str = ""
    level: str = "县"

    def or_else(self, other: Region) -> Region:
        """Return the region with what it leaves open taken from another."""
        return Region(self.name or other.name, self.code or other.code, self.level or other.level)


class Waiver(Struct, frozen=True):
    """A coordinator's decision to merge a return in spite of its errors: those of ``rules``, all of them when empty."""

    reason: str
    rules: frozenset[str] = frozenset()

    def covers(self, findings: Iterable[Finding]) -> bool:
        """Tell whether every error among the findings is waived, by its rule or by its code."""
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        return self.rules == frozenset() or all({error.rule, error.code} & self.rules for error in errors)


class Standing(Struct, frozen=True):
    """What was settled before about a body: the file ``adopted`` by decision, the one ``accepted`` in a roll-up.

    Both are sha256 or "". ``returned`` tells that a file of it had been sent back with errors.
    """

    adopted: str = ""
    reason: str = ""
    accepted: str = ""
    returned: bool = False


class Decisions(Struct, frozen=True):
    """What the coordinator decided: waivers and what was settled before, by the code of the body.

    ``prefer_newest`` takes the newest of two versions of a body instead of leaving both out. ``received`` is when a file
    came, in seconds by its sha256, as far as a ledger or the mail knows; ``assigned`` is whose a file is by
    its sha256; ``first`` is when
    it came first, or was there at the latest, by which a body is late after the ``deadline`` (an ISO date, "": none is set).
    """

    prefer_newest: bool = False
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    standing: Mapping[str, Standing] = field(default_factory=dict)
    received: Mapping[str, float] = field(default_factory=dict)
    first: Mapping[str, float] = field(default_factory=dict)
    deadline: str = ""
    assigned: Mapping[str, str] = field(default_factory=dict)
