"""What a published report gives: its figures with their places, what was not placed, how sure each table is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from toolkit.answers import Answer, Number
from toolkit.findings import Finding
from toolkit.forms import Form


class Figure(Struct, frozen=True):
    """What was found for one item, as it stands in the report, and where."""

    code: str
    answer: Answer
    raw: str
    where: str


class Unplaced(Struct, frozen=True):
    """A figure of a table that belongs to no item with certainty: where it stands and why it was left out."""

    table: str
    raw: str
    where: str
    why: str


class Certainty(Struct, frozen=True):
    """How sure the reading of one table is: items expected, with a figure, blank, not found, and figures not placed.

    ``expected`` = ``filled`` + ``blank`` + ``missing``; totals count as items.
    """

    id: str
    title: str
    expected: int
    filled: int
    blank: int
    missing: int
    not_placed: int

    @property
    def nothing(self) -> bool:
        """Tell whether nothing of the table was found."""
        return self.missing == self.expected


class PublishedReport(Struct, frozen=True):
    """What a published report holds.

    ``figures`` are the inputs, ``totals`` the published totals: never stored, only compared with what the inputs add up
    to. ``text`` is by part: (sub-heading, paragraph, where).
    """

    form: Form
    year: int
    name: str
    kind: str
    figures: Mapping[str, Figure]
    totals: Mapping[str, Figure]
    not_placed: tuple[Unplaced, ...]
    tables: tuple[Certainty, ...]
    text: Mapping[str, tuple[tuple[str, str, str], ...]]
    findings: tuple[Finding, ...]
    recomputed: Mapping[str, Number | None] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Answer]:
        """Return the answers of the inputs that were found."""
        return {code: figure.answer for code, figure in self.figures.items()}
