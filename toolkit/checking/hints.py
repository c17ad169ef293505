"""For a broken identity: the changes of a cell, or moves to another column, that mend it and break nothing else."""

from __future__ import annotations

from msgspec.structs import replace

from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.checking.placing import place_of
from toolkit.findings import Wording, phrase
from toolkit.forms import Check, View, judge
from toolkit.returns import Return
from toolkit.returns.numbers import show

MOST = 3
"""More ways than this are guesses."""

Ranked = tuple[tuple[int, int], Wording]
"""How likely a way is (the least first), and the way in words."""


def ways_to_mend(ret: Return, view: View, check: Check) -> tuple[Wording, ...]:
    """Return up to three single-cell changes that make an equation hold and no other one break, likeliest first.

    A change that swaps two neighbouring digits or fills a blank comes first, then changes of the cells that the
    equation names, then those of its parts. Before all of them: a figure typed in the wrong column, where the right one is
    out of balance the other way by just as much. A column of totals has no cells of its own to change.
    """
    if check.place.endswith(".total"):
        return ()
    judgement = judge(check, view)
    gap = None if judgement is None else judgement.imbalance
    if gap is None or any(isinstance(ret.answers.get(code), Unreadable) for code, _ in check.inputs):
        return ()
    ways: list[Ranked] = _moves(ret, view, check, gap)
    for at, (code, weight) in enumerate(check.inputs):
        if weight not in (1, -1):
            continue
        old = ret.figures[code]
        new = None if old is None or weight is None else old - gap * weight
        if old is None or new is None or new < 0 or not _mends(ret, view, code, new):
            continue
        ways.append((_rank(ret, check, (code, old, new), at), _change(ret, code, old, new)))
    return tuple(way for _, way in sorted(ways)[:MOST])


def _moves(ret: Return, view: View, check: Check, gap: Number) -> list[Ranked]:
    """Return the cells whose whole figure mends two columns when moved to the empty cell of one out by −gap."""
    ways: list[Ranked] = []
    for other in ret.form.rule(check.rule).checks:
        judgement = judge(other, view)
        if other.place.endswith(".total") or judgement is None or judgement.imbalance != -gap or gap == 0:
            continue
        for (code, weight), (target, _) in zip(check.inputs, other.inputs, strict=False):
            item, value = ret.form.items[code], ret.figures[code]
            same_row = item.row_code == ret.form.items[target].row_code
            if value is None or weight is None or not same_row or ret.figures[target] != 0:
                continue
            if value > 0 and value == gap * weight:
                cells = {"cell": place_of(ret, code).cell, "target": place_of(ret, target).cell}
                ways.append(((-1, len(ways)), phrase("way_move", item=item.short, value=show(value), **cells)))
    return ways


def _rank(ret: Return, check: Check, change: tuple[str, Number, Number], at: int) -> tuple[int, int]:
    code, old, new = change
    swapped = sorted(show(old)) == sorted(show(new)) and len(show(old)) > 1
    if swapped or isinstance(ret.answers.get(code, Blank()), Blank):
        return 0, at
    return (1 if code in check.items else 2 if old != 0 else 3), at


def _mends(ret: Return, view: View, changed: str, new: Number) -> bool:
    """Tell whether the change leaves no more broken equations than the one it mends less one."""
    form = ret.form
    values = {code: view.values[code] for code in form.inputs}
    values[changed] = new
    after = replace(view, values=form.complete(values))
    touching = [
        check
        for rule in form.rules
        if rule.severity == "error" and rule.on_sheet and rule.id != "I5"
        for check in rule.checks
        if any(code == changed for code, _ in check.inputs)
    ]
    return all(_holds(check, after) or check.place.endswith(".total") for check in touching)


def _holds(check: Check, view: View) -> bool:
    judgement = judge(check, view)
    return judgement is None or judgement.holds is True


def _change(ret: Return, code: str, old: Number, new: Number) -> Wording:
    filled = isinstance(ret.answers.get(code, Blank()), Filled)
    cell, item = place_of(ret, code).cell, ret.form.items[code].short
    return phrase("way_change", cell=cell, item=item, old=show(old) if filled else phrase("blank"), new=show(new))
