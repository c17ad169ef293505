"""How much of a region a roll-up covers, in the words of every surface: who counts, who does not, what below is partial."""

from __future__ import annotations

from msgspec import Struct

from toolkit.findings import Wording, phrase
from toolkit.returns.return_parts import Identity


class Extent(Struct, frozen=True):
    """What the figures of a roll-up cover: ``counted`` in a few signs (34/42, "" where it is not stated).

    ``uncounted`` names those whose figures are missing; where it is "" the figures are whole, as far as is known.
    ``late`` names those that came after the deadline.
    """

    counted: str = ""
    uncounted: str = ""
    late: str = ""

    @property
    def label(self) -> Wording:
        """Return what stands on everything that shows a partial figure; "" where the figures are whole."""
        return phrase("extent_partial", counted=self.counted) if self.uncounted else Wording("", "")

    @property
    def words(self) -> Wording:
        """Return in words what is covered, and who came late."""
        if not self.late:
            return self._covered
        late = phrase("extent_late", names=self.late)
        return Wording(f"{self._covered}{late}", f"{self._covered.en}{late.en}")

    @property
    def _covered(self) -> Wording:
        if self.uncounted:
            return phrase("extent_uncounted", counted=self.counted, names=self.uncounted)
        if self.counted == "":
            return phrase("extent_unstated")
        return phrase("extent_whole" if "/" in self.counted else "extent_open", counted=self.counted)


def extent_of(identity: Identity) -> Extent:
    """Return what a roll-up says of its own coverage."""
    return Extent(identity.coverage, identity.uncounted, identity.late)
