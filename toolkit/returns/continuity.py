"""The region's figures beside last year's: what each body was to take over and what it has."""

from __future__ import annotations

from msgspec import Struct

from toolkit.answers import Number
from toolkit.findings import Wording
from toolkit.forms import Check
from toolkit.returns.whole_return import Return

NO_REASON = Wording("", "")


class Carried(Struct, frozen=True):
    """What last year says of bodies of this year, by code: of one, or of several that were reorganised together.

    Bodies that ended have no ``codes``. ``last`` is None where last year says nothing of them, for the reason ``why``.
    """

    codes: tuple[str, ...]
    name: str
    last: Return | None
    why: Wording = NO_REASON


class Handover(Struct, frozen=True):
    """What bodies should have by last year's figures and what they have: None where no return of theirs is at hand.

    ``why`` tells why last year decides nothing, or is ""; ``explained`` is the reason that a body wrote for the difference,
    ``partial`` what a roll-up says that it covers only.
    """

    carried: Carried
    merged: bool
    expected: Number
    actual: Number | None
    why: Wording = NO_REASON
    explained: str = ""
    partial: Wording = NO_REASON

    @property
    def breaks(self) -> bool:
        """Tell whether figures that are merged, or that nobody has any more, do not continue last year's."""
        return self.merged and not self.why and self.expected != (self.actual or 0)


class Link(Struct, frozen=True):
    """One figure that continues last year's, over all bodies of a roll-up."""

    check: Check
    shares: tuple[Handover, ...]

    @property
    def broken(self) -> tuple[Handover, ...]:
        """Return the bodies whose figures do not continue last year's."""
        return tuple(one for one in self.shares if one.breaks)

    @property
    def undecided(self) -> tuple[Handover, ...]:
        """Return the bodies of which last year decides nothing, as far as there is a figure this year."""
        return tuple(one for one in self.shares if one.why and one.actual)

    @property
    def waiting(self) -> tuple[Handover, ...]:
        """Return the bodies that are not merged, as far as either year has a figure."""
        return tuple(one for one in self.shares if not (one.merged or one.why) and (one.expected or one.actual))

    def sums(self, *, merged: bool) -> tuple[Number, Number]:
        """Return what is expected and what is there, of all bodies that last year says something of, or of those merged."""
        expected: Number = 0
        actual: Number = 0
        for one in self.shares:
            if not one.why and (one.merged or not merged):
                expected, actual = expected + one.expected, actual + (one.actual or 0)
        return expected, actual
