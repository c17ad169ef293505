"""The roll-up of a region: figures with every source, corrections, and the state of every file and body."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from toolkit.answers import Number
from toolkit.findings import Finding
from toolkit.forms import Form
from toolkit.returns.continuity import Carried, Link
from toolkit.returns.file_states import BodyState, Checked, FileState
from toolkit.returns.whole_return import Return


class Source(Struct, frozen=True):
    """One contribution to a figure of the roll-up."""

    file: str
    code: str
    name: str
    value: Number


class Adjustment(Struct, frozen=True):
    """A correction by the coordinator on the sheet 调整 of a roll-up."""

    code: str
    item: str
    old: Number
    new: Number
    reason: str
    who: str


class AdjustmentLine(Struct, frozen=True):
    """A line of 调整 as somebody typed it, cell by cell; ``fault`` says why it does not count ("" when it does)."""

    cells: Mapping[str, str | Number | None]
    fault: str = ""

    @property
    def words(self) -> str:
        """Return the line in words."""
        code, item, old, new, reason, _ = ("" if value is None else str(value) for value in self.cells.values())
        return f"{code} {item} {old}→{new}（{reason}）"


class RollUp(Struct, frozen=True):
    """The figures of a region, with every source, every file's and every body's state.

    ``unexplained`` merged returns have doubts that wait to be explained, ``unfilled`` have cells to fill.
    ``before`` is the roll-up that this one replaces, ``lines`` what stood on its 调整, those that count and the others.
    ``carried`` is what last year says of the bodies, ``chain`` what follows for the region's figures; both are empty
    where last year is not known.
    """

    form: Form
    year: int
    region: str
    region_code: str
    region_level: str
    as_of: str
    merged: tuple[Checked, ...]
    figures: Mapping[str, Number]
    files: tuple[FileState, ...]
    bodies: tuple[BodyState, ...]
    expected: int | None
    included: Mapping[str, str] = field(default_factory=dict)
    preferred: tuple[str, ...] = ()
    unexplained: int = 0
    findings: tuple[Finding, ...] = ()
    checked: tuple[Checked, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    unfilled: int = 0
    lines: tuple[AdjustmentLine, ...] = ()
    before: Return | None = None
    carried: tuple[Carried, ...] = ()
    chain: tuple[Link, ...] = ()

    def __repr__(self) -> str:
        """Return one line: the form, the year, the region, how many files were merged, how many bodies are expected."""
        counts = f"{len(self.merged)} of {len(self.files)} files merged"
        expected = "" if self.expected is None else f", {self.expected} bodies expected"
        return f"<RollUp {self.form.id} {self.year} {self.region or '(no region)'}: {counts}{expected}>"
