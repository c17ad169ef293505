"""The official form as frozen values: parts, tables in their legal layout, items, rules and their single checks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated

from msgspec import Meta, Struct

from toolkit.answers import Number
from toolkit.findings import Entry, Severity

Whole = Annotated[int, Meta(ge=0)]


class Label(Struct, frozen=True):
    """A locked text of a table's grid; zero-based, both ends within. ``role`` is caption, head, stub, group or note."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int
    text: str
    role: str


class TableLine(Struct, frozen=True):
    """A row or a column of a block: its code, its official label, a short word for sentences and its label's place.

    ``counts`` says what is counted there, ``ground`` on what that rests.
    """

    code: str
    label: str
    short: str
    at: Label
    counts: str = ""
    ground: str = ""


class Item(Struct, frozen=True):
    """One cell of the form. ``code`` is ``table.row.column``; ``row`` and ``column`` are the official labels.

    ``kind`` is count (whole number of 件, ≥ 0), signed (whole number) or money (万元, at most four decimals, ≥ 0).
    ``line`` and ``position`` are its zero-based row and column within the grid of its table, ``span`` the columns it
    covers there (a merged cell when more than one).
    """

    code: str
    table: str
    row: str
    column: str
    row_code: str
    column_code: str
    short: str
    kind: str
    computed: bool
    line: int
    position: int
    span: int


class Table(Struct, frozen=True):
    """A statistical table: its sheet, its grid of labels and its items."""

    id: str
    part: str
    sheet: str
    title: str
    unit: str
    landscape: bool
    head_rows: int
    stub_columns: int
    widths: tuple[int, ...]
    labels: tuple[Label, ...]
    items: tuple[Item, ...]
    rows: tuple[TableLine, ...]
    columns: tuple[TableLine, ...]

    @property
    def height(self) -> int:
        """Return the number of rows of the grid."""
        return 1 + max([*(label.last_row for label in self.labels), *(item.line for item in self.items)])

    @property
    def width(self) -> int:
        """Return the number of columns of the grid."""
        return 1 + max([*(label.last_column for label in self.labels), *(item.position for item in self.items)])

    def counts(self, item: Item) -> str:
        """Return what is counted in an item: what its row says, then its column."""
        row = next(line for line in self.rows if line.code == item.row_code)
        return row.counts + next(line for line in self.columns if line.code == item.column_code).counts

    @property
    def inputs(self) -> tuple[Item, ...]:
        """Return the items that the respondent types."""
        return tuple(item for item in self.items if not item.computed)


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the six parts: a chapter of text (``heads`` fixed sub-headings, ``rows`` paragraphs each) or a table."""

    number: str
    title: str
    sheet: str = ""
    table: str | None = None
    heads: tuple[str, ...] = ()
    rows: Whole = 0
    spare: Whole = 0
    prompt: str = ""


PHRASE_ROWS = 4
"""How many rows a sentence to quote covers on the sheet of its chapter."""


class Phrase(Struct, frozen=True):
    """A sentence of a chapter that the tables fill: texts, and between them sums of items (none: the report year)."""

    chapter: str
    head: str
    pieces: tuple[str | tuple[str, ...], ...]

    @property
    def items(self) -> tuple[str, ...]:
        """Return every item that the sentence states."""
        return tuple(dict.fromkeys(code for piece in self.pieces if not isinstance(piece, str) for code in piece))


class Term(Struct, frozen=True):
    """A summand: coefficient × item (of last year's return when ``last``; 0 where that is not ``known``)."""

    coefficient: Number
    item: str
    last: bool = False
    known: bool = False


class Question(Struct, frozen=True):
    """A function of the whole return: faulty(table), repeated(table), mentions(chapter, word|word) or fee(chapter)."""

    function: str
    arguments: tuple[str, ...]
    items: tuple[str, ...] = ()


class Side(Struct, frozen=True, dict=True):
    """One side of a comparison: Σ terms + constant, or the answer to one question."""

    terms: tuple[Term, ...]
    constant: Number = 0
    question: Question | None = None

    @cached_property
    def summands(self) -> tuple[str, ...] | None:
        """Return the items of a plain sum of this year's figures, None where a term is weighed or of last year."""
        plain = all(term.coefficient == 1 and not term.last for term in self.terms)
        return tuple(term.item for term in self.terms) if plain else None


class Comparison(Struct, frozen=True):
    """Two sides and ``==``, ``!=``, ``<=``, ``>=``, ``<`` or ``>``."""

    left: Side
    sign: str
    right: Side


class Check(Struct, frozen=True):
    """One instance of a rule, such as I1 for the column 自然人.

    It is checked only where every guard holds.
    ``words`` is the Chinese sentence; ``items`` are the items of this year's return, ``inputs`` the inputs they come
    from, with the coefficient each has in left − right (None where it cannot be told).
    """

    key: str
    rule: str
    place: str
    comparison: Comparison
    guards: tuple[Comparison, ...]
    words: str
    items: tuple[str, ...]
    inputs: tuple[tuple[str, Number | None], ...]
    needs_last: bool

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparison and its guards."""
        return (self.comparison, *self.guards)

    @property
    def last_items(self) -> tuple[str, ...]:
        """Return the items of last year's return that the comparison and its guards ask for."""
        sides = (side for one in self.comparisons for side in (one.left, one.right))
        return tuple(dict.fromkeys(term.item for side in sides for term in side.terms if term.last))

    @property
    def question(self) -> Question | None:
        """Return the question about the whole return that the comparison asks, None for one of figures alone."""
        return self.comparison.left.question or self.comparison.right.question


class Rule(Struct, frozen=True):
    """An edit rule.

    ``entry`` has its severity and words; ``level`` is ``without_rules`` for one of bodies that make no 规章;
    ``first_year`` and ``last_year`` are report years. A break of one that ``yields`` is a doubt once it is explained with
    figures.
    """

    id: str
    variant: str
    entry: Entry
    on_sheet: bool
    expression: str
    guards: tuple[str, ...]
    level: str | None
    first_year: int | None
    last_year: int | None
    checks: tuple[Check, ...]
    yields: bool = False

    @property
    def severity(self) -> Severity:
        """Return how grave a break of the rule is."""
        return self.entry.severity

    def applies(self, year: int | None) -> bool:
        """Return True when the rule is in force for the report year (an unknown year is judged by every rule)."""
        if year is None:
            return True
        return (self.first_year is None or year >= self.first_year) and (
            self.last_year is None or year <= self.last_year
        )


class Form(Struct, frozen=True, dict=True):
    """One official format. ``items`` keeps the order of the paper; ``formulas`` that in which totals are computed."""

    id: str
    title: str
    notice: str
    version: str
    first_year: int
    last_year: int | None
    parts: tuple[Part, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    formulas: Mapping[str, Side]
    phrases: tuple[Phrase, ...] = ()

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Return the items by their code, in the order of the paper."""
        return {item.code: item for table in self.tables for item in table.items}

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Return the codes of the items that respondents type, in the order of the paper."""
        return tuple(code for code, item in self.items.items() if not item.computed)

    @cached_property
    def _sources(self) -> dict[str, tuple[str, ...]]:
        return {}

    def table(self, table_id: str) -> Table:
        """Return a table by its id; an unknown one raises KeyError."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)

    def rule(self, rule_id: str) -> Rule:
        """Return the first rule of an id; an unknown one raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    @property
    def chapters(self) -> tuple[Part, ...]:
        """Return the parts that are text."""
        return tuple(part for part in self.parts if part.table is None)

    def uses(self, year: int) -> bool:
        """Return True when reports of that year are filed on this form."""
        return year >= self.first_year and (self.last_year is None or year <= self.last_year)

    def sources(self, code: str) -> tuple[str, ...]:
        """Return the inputs that an item comes from: itself, or those of its formula."""
        sources = self._sources.get(code)
        if sources is None:
            side = self.formulas.get(code)
            terms = () if side is None else side.terms
            sources = tuple(dict.fromkeys(source for term in terms for source in self.sources(term.item))) or (code,)
            self._sources[code] = sources
        return sources

    def complete(self, figures: Mapping[str, Number | None]) -> dict[str, Number | None]:
        """Return the figures of all items: inputs as they are (missing ones as 0) and the formula items computed.

        An input that is None is unreadable; every total it goes into is None too.
        """
        whole: dict[str, Number | None] = {code: figures.get(code, 0) for code in self.inputs}
        for code, side in self.formulas.items():
            total: Number | None = 0
            for term in side.terms:
                part = whole[term.item]
                if part is None:
                    total = None
                    break
                total = total + part if term.coefficient == 1 else total + part * term.coefficient  # type: ignore[operator]
            whole[code] = Decimal(total) if self.items[code].kind == "money" and total is not None else total
        return {code: whole[code] for code in self.items}
