"""For a broken identity: the changes of a cell, or moves to another column, that mend it and break no rule that is known."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.checking.placing import place_of
from toolkit.findings import Severity, Wording, phrase
from toolkit.forms import Check, Rule, View, judge
from toolkit.returns import Return
from toolkit.returns.numbers import show

MOST = 3
"""More ways than this are guesses."""

Ranked = tuple[tuple[int, int], Wording]
"""How likely a way is (the least first), and the way in words."""


class Trial(Struct, frozen=True):
    """What a way to mend is tried on: a return, its figures as they count, and the rules that are in force for it."""

    ret: Return
    view: View
    rules: tuple[Rule, ...]

    def mends(self, changes: Mapping[str, Number]) -> bool:
        """Tell whether these figures leave no equation of the sheet broken, and no other rule that holds now.

        A figure that last year's return fixes is never changed, nor one whose cell is not there.
        """
        there = self.ret.places or self.view.values
        if any(code not in there or self.fixing(code) is not None for code in changes):
            return False
        form = self.ret.form
        values = {code: changes.get(code, self.view.values[code]) for code in form.inputs}
        after = replace(self.view, values=form.complete(values))
        for rule in self.rules:
            identity = rule.severity is Severity.ERROR and rule.on_sheet and rule.level is None
            for check in rule.checks:
                equation = identity and not check.needs_last
                if equation and check.place.endswith(".total"):
                    continue
                touched = any(code in changes for code, _ in check.inputs)
                if touched and not _holds(check, after) and (equation or _holds(check, self.view)):
                    return False
        return True

    def fixing(self, code: str) -> Check | None:
        """Return the check by which last year's return alone says what an item is, as of 上年结转; else None."""
        checks = (check for rule in self.rules for check in rule.checks if check.needs_last and check.items == (code,))
        return next((check for check in checks if self.view.last is not None and _chained(check)), None)

    def fixed(self, check: Check) -> tuple[str, ...]:
        """Return the inputs of a check that are as last year's return says."""
        chains = [(code, chain) for code, _ in check.inputs if (chain := self.fixing(code)) is not None]
        return tuple(code for code, chain in chains if chain is not check and _holds(chain, self.view))


def _chained(check: Check) -> bool:
    """Tell whether a check says that one item equals figures of last year's return and nothing else."""
    left, right = check.comparison.left.terms, check.comparison.right.terms
    return check.comparison.sign == "==" and len(left) == 1 and not left[0].last and all(term.last for term in right)


def ways_to_mend(trial: Trial, check: Check) -> tuple[Wording, ...]:
    """Return up to three single-cell changes that make an equation hold and break no other rule, likeliest first.

    A change that swaps two neighbouring digits or fills a blank comes first, then changes of the cells that the
    equation names, then those of its parts. Before all of them: a figure typed in the wrong column, where the right one is
    out of balance the other way by just as much. A column of totals has no cells of its own to change, and where a figure is not
    last year's it is that which is to be mended first.
    """
    ret = trial.ret
    chains = [chain for code, _ in check.inputs if (chain := trial.fixing(code)) is not None]
    if check.place.endswith(".total") or not all(_holds(chain, trial.view) for chain in chains):
        return ()
    judgement = judge(check, trial.view)
    gap = None if judgement is None else judgement.imbalance
    if gap is None or any(isinstance(ret.answers.get(code), Unreadable) for code, _ in check.inputs):
        return ()
    ways: list[Ranked] = _moves(trial, check, gap)
    for at, (code, weight) in enumerate(check.inputs):
        if weight not in (1, -1):
            continue
        old = ret.figures[code]
        new = None if old is None or weight is None else old - gap * weight
        if old is None or new is None or new < 0 or not trial.mends({code: new}):
            continue
        ways.append((_rank(ret, check, (code, old, new), at), _change(ret, code, old, new)))
    return tuple(way for _, way in sorted(ways)[:MOST])


def _moves(trial: Trial, check: Check, gap: Number) -> list[Ranked]:
    """Return the cells whose whole figure mends two columns when moved to the empty cell of one out by −gap."""
    ways: list[Ranked] = []
    ret = trial.ret
    for other in ret.form.rule(check.rule).checks:
        judgement = judge(other, trial.view)
        if other.place.endswith(".total") or judgement is None or judgement.imbalance != -gap or gap == 0:
            continue
        for (code, weight), (target, _) in zip(check.inputs, other.inputs, strict=False):
            item, value = ret.form.items[code], ret.figures[code]
            same_row = item.row_code == ret.form.items[target].row_code
            if value is None or weight is None or not same_row or ret.figures[target] != 0:
                continue
            if value > 0 and value == gap * weight and trial.mends({code: 0, target: value}):
                cells = {"cell": place_of(ret, code).cell, "target": place_of(ret, target).cell}
                ways.append(((-1, len(ways)), phrase("way_move", item=item.short, value=show(value), **cells)))
    return ways


def _rank(ret: Return, check: Check, change: tuple[str, Number, Number], at: int) -> tuple[int, int]:
    code, old, new = change
    swapped = sorted(show(old)) == sorted(show(new)) and len(show(old)) > 1
    if swapped or isinstance(ret.answers.get(code, Blank()), Blank):
        return 0, at
    return (1 if code in check.items else 2 if old != 0 else 3), at


def _holds(check: Check, view: View) -> bool:
    judgement = judge(check, view)
    return judgement is None or judgement.holds is True


def _change(ret: Return, code: str, old: Number, new: Number) -> Wording:
    filled = isinstance(ret.answers.get(code, Blank()), Filled)
    cell, item = place_of(ret, code).cell, ret.form.items[code].short
    return phrase("way_change", cell=cell, item=item, old=show(old) if filled else phrase("blank"), new=show(new))
