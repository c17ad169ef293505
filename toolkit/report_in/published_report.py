"""What a published report gives: its figures with their places, what was not placed, how sure each table is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit.answers import Answer, Filled, Number
from toolkit.findings import Finding
from toolkit.forms import Form
from toolkit.report_in.blocks import TextLine
from toolkit.report_in.placements import line_of
from toolkit.returns.numbers import PLACES, not_found


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

    @property
    def line(self) -> str:
        """Return where its row stands: the place without the cell."""
        return line_of(self.where)


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
    to. ``text`` is by part: (sub-heading, paragraph, where). ``lost`` are the inputs that were not found, not even blank.
    ``left`` are the lines that went nowhere: neither sentences nor of a table.
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
    lost: tuple[str, ...] = ()
    left: tuple[TextLine, ...] = ()

    @property
    def answers(self) -> dict[str, Answer]:
        """Return the answers of the inputs as the form takes them, those that were not found among them."""
        return {code: _entered(figure.answer) for code, figure in self.figures.items()} | dict.fromkeys(
            self.lost, not_found()
        )


def _entered(answer: Answer) -> Answer:
    if isinstance(answer, Filled) and isinstance(answer.value, Decimal):
        return replace(answer, value=in_form(answer.value))
    return answer


def in_form(value: Decimal) -> Decimal:
    """Return an amount with the decimals that the form has: what was published to the fen is rounded."""
    rounded = value.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)
    return value if rounded == value else rounded
