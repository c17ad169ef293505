"""Last year's returns, as rules and prefilling look them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Filled, Number
from toolkit.returns.values import Return
from toolkit.roster import Roster


class LastYear(Struct, frozen=True):
    """Last year's returns by the code of their body."""

    by_code: Mapping[str, Return]

    def of(self, code: str | None, roster: Roster | None, year: int) -> tuple[Return | None, bool]:
        """Return last year's return of a body, and False when it is made of several predecessors or of other bodies.

        A body without one of its own inherits the sum of its predecessors' (only if all of them are there).
        """
        if code is None:
            return None, True
        if code in self.by_code:
            return self.by_code[code], True
        body = None if roster is None else next((each for each in roster.expected(year) if each.code == code), None)
        if body is None or not body.predecessors:
            return None, True
        found = [self.by_code[old] for old in body.predecessors if old in self.by_code]
        if len(found) < len(body.predecessors):
            return None, True
        return (found[0] if len(found) == 1 else _added(found)), False


def _added(returns: Sequence[Return]) -> Return:
    """Add the figures of predecessors into one return to chain to."""
    first = returns[0]
    totals: dict[str, Filled] = {}
    for code in first.form.inputs:
        parts = [each.figures.get(code) for each in returns]
        if all(part is not None for part in parts):
            total: Number = 0
            for part in parts:
                total = total + part  # type: ignore[operator]
            totals[code] = Filled(total)
    return Return(
        first.form,
        replace(first.identity, code=None, name="、".join(str(each.identity.name) for each in returns)),
        totals,
    )
