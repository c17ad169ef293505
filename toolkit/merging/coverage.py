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
    """Return the coverage statement in one sentence, see ``covered``."""
    lines = covered(rollup, most)
    zh, en = ([f"{what}{mark}{names}" if names else what for what, names in texts] for mark, texts in (
        ("：", lines), (": ", [(what.en, names.en) for what, names in lines])
    ))  # fmt: skip
    return Wording("；".join(zh) + "。", "; ".join(en) + ".")


def covered(rollup: RollUp, most: int | None = None) -> list[tuple[Wording, Wording]]:
    """Return how many of the expected bodies came, who is missing or late, what was left out: what it is, and the names.

    Of each kind at most ``most`` names are given, when it is; how many there are is said in any case.
    """
    expected = [body for body in rollup.bodies if body.state != "not_expected"]
    missing = [body.name or body.code for body in expected if body.state == "missing"]
    came = len(expected) - len(missing)
    lines: list[tuple[Wording, Wording]] = []

    def line(code: str, names: Sequence[str] = (), **params: object) -> None:
        lines.append((phrase(code, **params), listed(names, most)))

    if rollup.expected is None:
        line("came", count=came)
    elif missing:
        line("came_but", missing, count=came, expected=rollup.expected, missing=len(missing))
    else:
        line("came_all", count=came, expected=rollup.expected)
    late = [body.name or body.code for body in expected if body.late]
    made = {waits: [f"{one.name}（{one.imported}）" for one in rollup.files if one.imported and one.waits is waits]
            for waits in (True, False)}  # fmt: skip
    for code, names in {"came_late": late, "came_imported": made[True], "counted_imported": made[False]}.items():
        if names:
            line(code, names, count=len(names))
    line("merged", count=len(rollup.merged))
    if below := [_joined(one) for one in rollups_below(rollup)]:
        line("covers_below", below)
    for state in _LEFT_OUT:
        files = [file for file in rollup.files if file.state == state and not file.waits]
        if files:
            whose = dict.fromkeys(file.name or file.code or file.file for file in files)
            line(f"left_out_{state}", list(whose), count=len(files))
    if rollup.included:
        called = {file.code: file.name for file in rollup.files if file.name}
        reasons = [f"{called.get(code, code)}（{reason}）" for code, reason in rollup.included.items()]
        line("counted_anyway", reasons, count=len(reasons))
    if rollup.preferred:
        line("counted_newer", rollup.preferred, count=len(rollup.preferred))
    lapsed = sum(one.fault != "" for one in rollup.lines)
    counts = {"adjusted": len(rollup.adjustments), "lapsed": lapsed, "unfilled": rollup.unfilled}
    for code in filter(counts.__getitem__, counts):
        line(code, count=counts[code])
    line("unexplained", count=rollup.unexplained)
    return lines


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
    late = [body.name or body.code for body in rollup.bodies if body.late and body.state != "not_expected"]
    late += [f"{one.name}（{one.extent.late}）" for one in rollups_below(rollup) if one.extent.late]
    return Extent(counted, "、".join((*without, *partial)), "、".join(late))


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
