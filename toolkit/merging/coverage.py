"""What a roll-up covers, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from toolkit.findings import Wording, phrase
from toolkit.returns import RollUp
from toolkit.returns.extent import Extent, extent_of

EXCLUDED = frozenset(
    ("failing", "conflict", "not_on_roster", "no_identity", "wrong_year", "wrong_form", "not_ours", "unreadable")
)
"""The states of files that were left out although somebody may have meant them to count."""


def coverage(rollup: RollUp, most: int | None = None) -> Wording:
    """Return the coverage statement: how many of the expected bodies came, who is missing, what was left out.

    Of each kind at most ``most`` names are given, when it is; how many there are is said in any case.
    """
    expected = [body for body in rollup.bodies if body.state != "not_expected"]
    missing = [body.name or body.code for body in expected if body.state == "missing"]
    came = len(expected) - len(missing)
    if rollup.expected is None:
        parts = [phrase("came", count=came)]
    elif missing:
        names = listed(missing, most)
        parts = [phrase("came_but", count=came, expected=rollup.expected, missing=len(missing), names=names)]
    else:
        parts = [phrase("came_all", count=came, expected=rollup.expected)]
    parts.append(phrase("merged", count=len(rollup.merged)))
    below = [_joined(one) for one in rollups_below(rollup)]
    if below:
        parts.append(phrase("covers_below", names=listed(below, most)))
    for state in _LEFT_OUT:
        files = [file for file in rollup.files if file.state == state]
        if files:
            names = listed(list(dict.fromkeys(file.name or file.code or file.file for file in files)), most)
            parts.append(phrase(f"left_out_{state}", count=len(files), names=names))
    if rollup.included:
        called = {file.code: file.name for file in rollup.files if file.name}
        reasons = [f"{called.get(code, code)}（{reason}）" for code, reason in rollup.included.items()]
        parts.append(phrase("counted_anyway", count=len(reasons), names=listed(reasons, most)))
    if rollup.preferred:
        parts.append(phrase("counted_newer", count=len(rollup.preferred), names=listed(rollup.preferred, most)))
    if rollup.adjustments:
        parts.append(phrase("adjusted", count=len(rollup.adjustments)))
    if rollup.unfilled:
        parts.append(phrase("unfilled", count=rollup.unfilled))
    parts.append(phrase("unexplained", count=rollup.unexplained))
    return Wording("；".join(parts) + "。", "; ".join(part.en for part in parts) + ".")


class Below(Struct, frozen=True):
    """A roll-up that was merged into another one, and what it covers."""

    file: str
    code: str
    name: str
    extent: Extent


def rollups_below(rollup: RollUp) -> tuple[Below, ...]:
    """Return the roll-ups that were merged, in the order of their files' bodies."""
    merged = ((file.file, file.ret.identity) for file in rollup.merged if file.ret is not None)
    return tuple(
        Below(file, own.code or "", own.name or own.code or "", extent_of(own))
        for file, own in merged
        if own.kind == "rollup"
    )


def _joined(one: Below) -> Wording:
    return Wording(f"{one.name}{one.extent.words}", f"{one.name}: {one.extent.words.en}")


def extent(rollup: RollUp) -> Extent:
    """Return what a roll-up covers: of the bodies that are to be in it those that are, whole as they came or partial."""
    merged = {file.ret.identity.code or file.ret.identity.name for file in rollup.merged if file.ret is not None}
    wanted = [body for body in rollup.bodies if body.state != "not_expected" and body.in_rollup]
    without = [body.name or body.code for body in wanted if (body.code or body.name) not in merged]
    partial = [_joined(one) for one in rollups_below(rollup) if one.extent.uncounted]
    counted = f"{len(wanted) - len(without)}/{len(wanted)}"
    if rollup.expected is None and not without:
        counted = str(len(rollup.merged))
    if partial:
        counted = phrase("extent_below", counted=counted, count=len(partial))
    return Extent(counted, "、".join((*without, *partial)))


def listed(names: Sequence[str], most: int | None = None) -> Wording:
    """Return names in a row; of more than ``most`` the first ones, and how many there are."""
    first = [(name, name.en if isinstance(name, Wording) else name) for name in names[:most]]
    row = Wording("、".join(name for name, _ in first), ", ".join(name for _, name in first))
    return row if len(first) == len(names) else phrase("names_cut", names=row, count=len(names))


_LEFT_OUT = (
    "failing", "conflict", "wrong_year", "wrong_form", "no_identity", "not_on_roster", "not_ours", "unreadable",
    "not_in_rollup",
)  # fmt: skip
"""The states that the statement names, in its order."""
