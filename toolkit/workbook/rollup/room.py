"""Whether the bodies of a roll-up have room in its workbook: what is written must be read back one level up."""

from __future__ import annotations

from toolkit.excel_in import limits
from toolkit.forms.sheets import DETAIL_COLUMNS
from toolkit.returns import RollUp
from toolkit.workbook.rollup.changes import MOST_SHARES
from toolkit.workbook.rollup.listing import MOST_LISTED

ROOM = {
    "places": limits.PLACES - 40_000,
    "strings": limits.STRINGS - 20_000,
    "characters": limits.ALL_TEXT_CHARACTERS - 500_000,
}
"""What the accounts of a roll-up may take of the fixed limits of our own reader; what is taken off is for the sheets
of the form and for the statement. Places run out first: 10,000 bodies × (170 items + 25 columns of the lists)."""
_LEDGER, _SOURCES, _PROBLEMS = 7, 7, 9
"""Columns of a row of 台账, 来源 and 问题清单."""
_SHARES = {"places": 10 * MOST_SHARES, "strings": MOST_SHARES, "characters": 60 * MOST_SHARES}
"""The most that 较上次汇总的变化 takes."""
_DIGEST = 64
_PROBLEM_CHARACTERS = 300
"""Of a finding: message, remedy, body, file and the rest."""


def crowded(rollup: RollUp, *, compared: bool = False) -> bool:
    """Tell whether the workbook of a roll-up would be more than our own reader takes back.

    ``compared`` with the last roll-up it has one list more.
    """
    more = _SHARES if compared else {}
    return any(needed + more.get(what, 0) > ROOM[what] for what, needed in demand(rollup).items())


def demand(rollup: RollUp) -> dict[str, int]:
    """Return the places, shared strings and characters of the accounts with every body's row on 明细."""
    merged, bodies, files = rollup.merged, rollup.bodies, rollup.files
    problems = min(sum(len(file.findings) for file in rollup.checked) + len(rollup.findings), MOST_LISTED)
    width = len(DETAIL_COLUMNS) + len(rollup.form.inputs)
    names = sum(len(body.name) + len(body.code) + sum(map(len, body.files)) for body in bodies)
    texts = sum(len(file.file) + len(file.name) + len(file.code) + len(file.reason) for file in files)
    return {
        "places": len(merged) * (width + _SOURCES) + (len(bodies) + len(files)) * _LEDGER + problems * _PROBLEMS,
        "strings": 2 * len(merged) + 3 * len(bodies) + 3 * len(files) + 3 * problems,
        "characters": 2 * sum(_DIGEST + len(file.file) + 30 for file in merged)
        + names
        + texts
        + 20 * (len(bodies) + len(files))
        + _PROBLEM_CHARACTERS * problems,
    }
