"""Roster + checked returns → the roll-up: each figure with its sources, every file and every body in one state.

Pure and independent of the order of the files. What each body sent is settled in three steps: whose is it (identity
from inside the file), which of several counts (duplicate, superseded, conflict), does it count (errors, roster).
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.forms import form_for_year
from toolkit.merging.carrying import chain_rows, chain_words, chained, continuing, folded_breaks
from toolkit.merging.coverage import EXCLUDED, coverage, covered, extent, rollups_below
from toolkit.merging.partial import Partial
from toolkit.merging.settling import Settling
from toolkit.merging.whose import Register
from toolkit.returns import Checked, Decisions, Region, RollUp
from toolkit.roster import Roster

__all__ = [
    "EXCLUDED", "Partial", "chain_rows", "chain_words", "chained", "continuing", "coverage", "covered", "extent", "folded_breaks", "merge",
    "rollups_below",
]  # fmt: skip

COUNTY, NONE_YET = Region(), Decisions()
"""A region without a name, and no decisions."""


def merge(
    checked: Iterable[Checked],
    year: int,
    roster: Roster | None = None,
    region: Region = COUNTY,
    decisions: Decisions = NONE_YET,
    as_of: str = "",
) -> RollUp:
    """Merge checked returns of a year into the roll-up of a region; ``as_of`` is its date, an ISO text.

    With a roster only the bodies on it that are in the roll-up are added; without one every body found is. A return
    with errors is left out unless a waiver under its body's code covers them; its unreadable items then count as
    nothing and are named. Of what was settled before, an adopted file counts, and an accepted one is not replaced by
    another until that is decided. ``prefer_newest`` decides between two versions of a body by round, then by the time
    of the file, then by its name; otherwise such a body is a conflict and nothing of it is merged.
    """
    register = Register(form_for_year(year), year, roster, region, decisions.assigned)
    return Settling(register, decisions).rollup(Partial.of(checked).checked, as_of)
