"""The figures of the tables as the text may mean them; what is blank or unreadable cannot contradict a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from toolkit.returns import Return


class TableFigures:
    """Sums of items of one return."""

    def __init__(self, ret: Return) -> None:
        self.ret = ret
        self._blanks = ret.blanks

    def total(self, items: Iterable[str]) -> Decimal | None:
        """Return the sum of items; None for none, where one is unreadable or all that goes into them is blank."""
        codes = tuple(items)
        values = [value for value in (self.ret.figures[code] for code in codes) if value is not None]
        if not codes or len(values) < len(codes):
            return None
        sources = {source for code in codes for source in self.ret.form.sources(code)}
        if self._blanks and sources <= self._blanks:
            return None
        return sum((Decimal(value) for value in values), Decimal(0))
