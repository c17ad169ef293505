"""What changed between two roll-ups: every changed total, attributed to the bodies and versions that changed it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from toolkit.answers import Number
from toolkit.errors import WorkbookError
from toolkit.findings import fault
from toolkit.returns import Checked, RollUp
from toolkit.returns.numbers import show


class Share(Struct, frozen=True):
    """What one body did to a total; a file is "" in the roll-up that has none of the body."""

    code: str
    name: str
    state: str
    before: str
    after: str
    share: Number


class Shift(Struct, frozen=True):
    """One changed total; the shares add up to ``now`` minus ``last``."""

    item: str
    label: str
    last: Number
    now: Number
    shares: tuple[Share, ...]


def shifts(previous: RollUp, current: RollUp) -> tuple[Shift, ...]:
    """Return every changed figure, totals too, with its shares, in the order of the form.

    Another form or year raises ToolkitError; shares that do not add up to the difference raise WorkbookError.
    """
    if (previous.form.id, previous.year) != (current.form.id, current.year):
        raise fault("PREVIOUS_OF_OTHER_YEAR", previous=previous.year, year=current.year)
    olds, news = _bodies(previous), _bodies(current)
    keys = sorted(
        {*olds, *news, *(adjustment.code for rollup in (previous, current) for adjustment in rollup.adjustments)}
    )
    inputs = tuple(current.form.items)
    shares: dict[str, list[Share]] = {item: [] for item in inputs}
    for key in keys:
        old, new = olds.get(key), news.get(key)
        before, after = _amounts(key, old, previous), _amounts(key, new, current)
        for item, last, now in zip(inputs, before, after, strict=True):
            if now != last:
                shares[item].append(_share(key, old, new, now - last))
    changed = []
    for item in inputs:
        last, now = previous.figures[item], current.figures[item]
        total = sum(share.share for share in shares[item])
        if total != now - last:
            raise fault("CHANGES_DISAGREE", WorkbookError, item=item, change=show(now - last), sum=show(total))
        if shares[item]:
            parts = current.form.items[item]
            changed.append(Shift(item, f"{parts.row}·{parts.column}", last, now, tuple(shares[item])))
    return tuple(changed)


def _bodies(rollup: RollUp) -> Mapping[str, Checked]:
    return {_key(file): file for file in rollup.merged}


def _key(file: Checked) -> str:
    assert file.ret is not None
    return file.ret.identity.code or file.ret.identity.name or file.file


def _share(key: str, old: Checked | None, new: Checked | None, value: Number) -> Share:
    side = old if new is None else new
    if old is not None and new is not None:
        state = "改数" if old.sha256 != new.sha256 else "调整"
    else:
        state = "新计入" if new is not None else "不再计入" if old is not None else "调整"
    name = key if side is None or side.ret is None else side.ret.identity.name or key
    return Share(key, name, state, _version(old), _version(new), value)


def _amounts(key: str, side: Checked | None, rollup: RollUp) -> list[Number]:
    """Return what a body gave to every figure, the coordinator's adjustments included."""
    inputs = rollup.form.inputs
    amounts = [0] * len(inputs) if side is None or side.ret is None else side.ret.amounts
    total: list[Number] = [0 if amount is None else amount for amount in amounts]
    for adjustment in rollup.adjustments:
        if adjustment.code == key:
            at = inputs.index(adjustment.item)
            total[at] = total[at] + adjustment.new - adjustment.old
    figures = rollup.form.complete(dict(zip(inputs, total, strict=True)))
    return [figures[code] or 0 for code in rollup.form.items]


def _version(side: Checked | None) -> str:
    if side is None or side.ret is None:
        return ""
    return side.file + (f"（第 {side.ret.identity.round} 轮）" if side.ret.identity.round else "")
