"""For a broken identity: the changes of a single cell that would mend it and break nothing else."""

from __future__ import annotations

from dataclasses import replace

from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.forms import Check, View, judge
from toolkit.layout import lay_out
from toolkit.numbers import show
from toolkit.returns import Return

MOST = 3
"""More hints than this are guesses."""


def hints(ret: Return, view: View, check: Check) -> tuple[str, ...]:
    """Return up to three single-cell changes that make an equation hold and no other one break, likeliest first.

    A change that swaps two neighbouring digits or fills a blank comes first, then changes of the cells that the
    equation names, then those of its parts.
    """
    judged = judge(check, view)
    gap = None if judged is None else judged.imbalance
    if gap is None or any(isinstance(ret.answers.get(code), Unreadable) for code, _ in check.inputs):
        return ()
    found: list[tuple[tuple[int, int], str]] = []
    for at, (code, weight) in enumerate(check.inputs):
        if weight not in (1, -1):
            continue
        old = ret.figures[code]
        new = None if old is None or weight is None else old - gap * weight
        if old is None or new is None or new < 0 or not _mends(ret, view, code, new):
            continue
        found.append((_rank(ret, check, code, old, new, at), _words(ret, code, old, new)))
    return tuple(text for _, text in sorted(found)[:MOST])


def _rank(ret: Return, check: Check, code: str, old: Number, new: Number, at: int) -> tuple[int, int]:
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
    judged = judge(check, view)
    return judged is None or judged.holds is True


def _words(ret: Return, code: str, old: Number, new: Number) -> str:
    place = ret.place(code)
    cell = place.cell if place is not None else lay_out(ret.form).address(code)
    said = "空白" if not isinstance(ret.answers.get(code, Blank()), Filled) else show(old)
    return f"{cell}（{ret.form.items[code].short}）由 {said} 改为 {show(new)}"
