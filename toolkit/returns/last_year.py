"""Last year's returns, as rules and prefilling look them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Filled, Number
from toolkit.returns.whole_return import Return
from toolkit.roster import Roster


class LastYear(Struct, frozen=True):
    """Returns of earlier years by the code of their body and their year."""

    returns: Mapping[tuple[str, int], Return]

    def of(self, code: str | None, roster: Roster | None, year: int) -> tuple[Return | None, bool]:
        """Return a body's return of the year before ``year``, and False when it is made of predecessors'.

        A body without one of its own inherits the sum of its predecessors' (only if all of them are there).
        """
        if code is None:
            return None, True
        own = self.returns.get((code, year - 1))
        if own is not None:
            return own, True
        body = None if roster is None else next((body for body in roster.expected(year) if body.code == code), None)
        if body is None or not body.predecessors:
            return None, True
        before = [self.returns[old, year - 1] for old in body.predecessors if (old, year - 1) in self.returns]
        if len(before) < len(body.predecessors):
            return None, True
        return (before[0] if len(before) == 1 else _added(before)), False


def _added(returns: Sequence[Return]) -> Return:
    """Add the figures of predecessors into one return to chain to."""
    first = returns[0]
    totals: dict[str, Filled] = {}
    for code in first.form.inputs:
        parts = [ret.figures.get(code) for ret in returns]
        if all(part is not None for part in parts):
            total: Number = 0
            for part in parts:
                total = total + part  # type: ignore[operator]
            totals[code] = Filled(total)
    return Return(
        first.form,
        replace(first.identity, code=None, name="、".join(str(ret.identity.name) for ret in returns)),
        totals,
    )
