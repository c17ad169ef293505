"""Roster + checked returns → the roll-up: each figure with its sources, every file and every body in one state.

Pure and independent of the order of the files. What each body sent is settled in three steps: whose is it (identity
from inside the file), which of several counts (duplicate, superseded, conflict), does it count (errors, roster).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from toolkit.forms import Form
from toolkit.merging.coverage import EXCLUDED, coverage, coverage_json
from toolkit.merging.partial import Partial
from toolkit.merging.settling import Settling
from toolkit.merging.whose import Register
from toolkit.returns import Checked, RollUp, Standing, Waiver
from toolkit.roster import Roster

__all__ = ["EXCLUDED", "Partial", "coverage", "coverage_json", "merge"]


def merge(
    checked: Sequence[Checked],
    *,
    form: Form,
    year: int,
    roster: Roster | None,
    region: str = "",
    region_code: str = "",
    region_level: str = "县",
    as_of: str,
    prefer_newest: bool = False,
    include_failing: Mapping[str, str | Waiver] = MappingProxyType({}),
    standing: Mapping[str, Standing] = MappingProxyType({}),
) -> RollUp:
    """Merge checked returns into the roll-up of a region.

    With a roster only the bodies on it that are in the roll-up are added; without one every body found is. A return
    with errors is left out unless ``include_failing`` gives a reason under its body's code, or a waiver that covers
    them; its unreadable items then count as nothing and are named. ``standing`` tells what was settled before, by
    code: an adopted file counts, and an accepted one is not replaced by another until that is decided.
    ``prefer_newest`` decides between two versions of a body by round, then by the time of the file, then by its name;
    otherwise such a body is a conflict and nothing of it is merged.
    """
    register = Register(form, year, roster, region, region_code)
    ordered = Partial.of(checked).checked
    waivers = {code: Waiver(each) if isinstance(each, str) else each for code, each in include_failing.items()}
    return Settling(register, prefer_newest, waivers, standing).rollup(ordered, region_level, as_of)
