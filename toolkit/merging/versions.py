"""Several files of one body: which are one version, which came later and by what that is known, which is preferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from toolkit.findings import Severity, Wording, phrase
from toolkit.merging.whose import Sent

BEIJING = timezone(timedelta(hours=8))
_STRANGE = frozenset(("foreign", "altered", "other"))
"""What a token may be worth that speaks against the file which carries it."""


class Receipts:
    """When the files of a season came: as its ledger or the mail knows, else as the file says."""

    def __init__(self, received: Mapping[str, float]) -> None:
        self._received = received

    def of(self, one: Sent) -> tuple[bool, float, float]:
        """Return what orders files by their receipt: what the ledger does not know came after what it knows."""
        known = self._received.get(one.checked.sha256)
        return known is None and self._received != {}, known or 0.0, one.checked.modified

    def not_before(self, one: Sent, other: Sent) -> bool:
        """Tell whether nothing says that a file came before another one; a second is no difference."""
        if one.ret.identity.round != other.ret.identity.round:
            return one.ret.identity.round > other.ret.identity.round
        mine, others = ([late, *map(int, times)] for late, *times in (self.of(one), self.of(other)))
        return mine >= others

    def ground(self, taken: Sent, others: Sequence[Sent]) -> Wording:
        """Return by what a file is the later one: its round, the time of its receipt, its own time, or its name alone."""
        mine, rest = self.of(taken), [self.of(other) for other in others]
        if all(taken.ret.identity.round > other.ret.identity.round for other in others):
            return phrase("later_by_round", round=taken.ret.identity.round)
        if all(mine[:2] != other[:2] for other in rest):
            return phrase("later_now") if mine[0] else phrase("later_by_receipt", time=_words(mine[1]))
        if all(mine[2] != other[2] for other in rest):
            return phrase("later_by_file", time=_words(mine[2]))
        return phrase("later_by_name")


def day_of(seconds: float) -> str:
    """Return the day of a moment by the clocks here, as an ISO date."""
    return datetime.fromtimestamp(seconds, BEIJING).date().isoformat()


def beijing(seconds: float) -> str:
    """Return a moment as the clocks here show it, the same on every machine."""
    return f"{datetime.fromtimestamp(seconds, BEIJING):%Y-%m-%d %H:%M}"


def _words(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def rank(one: Sent, settled: str) -> tuple[object, ...]:
    """Return what orders files that say the same, the one to keep first: what was ``settled``, rounds, errors, grounds.

    Then comes what can be proved: what our reader sees whole, openpyxl can read.
    """
    explained = sum(
        finding.severity is Severity.WARNING and finding.explained is not None for finding in one.checked.findings
    )
    return (
        one.checked.sha256 != settled or settled == "", -one.ret.identity.round, one.errors, -explained,
        any(finding.code in ("FILE_091", "FILE_092") for finding in one.checked.findings), one.doubts, one.checked.file,
    )  # fmt: skip


def same(one: Sent, other: Sent) -> bool:
    """Tell whether two files are duplicates."""
    return (one.checked.sha256 != "" and one.checked.sha256 == other.checked.sha256) or one.content == other.content


def same_figures(one: Sent, other: Sent) -> bool:
    """Tell whether two files are one version: figures, cells that are none and declarations agree, whatever the text."""
    return one.ret.declared == other.ret.declared and one.ret.stands == other.ret.stands


def preferred(last: Sequence[Sent], receipts: Receipts) -> Sent | None:
    """Return the one version that passes beside older ones that fail, None where anything speaks against it.

    That is: more is left to fill in it than in another, which a draft passes by; a token that is not its own.
    """
    passing = [one for one in last if one.errors == 0]
    if len(passing) != 1 or len(last) == 1 or passing[0].checked.trust in _STRANGE:
        return None
    good = passing[0]
    missing = good.checked.status.missing
    others = [one for one in last if one is not good]
    sound = all(receipts.not_before(good, one) and missing <= one.checked.status.missing for one in others)
    return good if sound else None
