"""The figures of the tables as the text may mean them; what is blank or unreadable cannot contradict a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.answers import Number
from toolkit.forms import Form
from toolkit.returns import Return


@dataclass(frozen=True)
class Figures:
    """Sums of items of one return."""

    ret: Return
    blanks: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Look up the blanks once."""
        object.__setattr__(self, "blanks", self.ret.blanks)

    def total(self, items: Iterable[str]) -> Decimal | None:
        """Return the sum of items; None where one is unreadable or everything that goes into them is blank."""
        return total(self.ret.form, self.ret.figures, self.blanks, tuple(items))


def total(
    form: Form, figures: Mapping[str, Number | None], blanks: frozenset[str], items: tuple[str, ...]
) -> Decimal | None:
    """Return the sum of items; None where one is unreadable or everything that goes into them is blank."""
    values = [figures[code] for code in items]
    known = [value for value in values if value is not None]
    if not items or len(known) < len(values):
        return None
    if blanks and all(code in blanks for item in items for code in form.sources(item)):
        return None
    return sum((Decimal(value) for value in known), Decimal(0))
