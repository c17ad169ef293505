"""A form file as it is written: the tables and keys that it may have; ``load`` makes a form of them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from toolkit.findings import Entry
from toolkit.forms.definition import Part, Whole


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a form file; a key that it does not know is a fault."""


class WrittenLabel(_Written, frozen=True):
    """A locked text of a table; ``at`` is a range such as ``A1:D1``."""

    at: str
    role: Literal["caption", "head", "group", "note"]
    text: str


class WrittenRow(_Written, frozen=True):
    """A row of a block: its label at a range; ``line`` the row of its items where that is another.

    ``counts`` says what is counted in it, ``ground`` on what that rests.
    """

    code: str
    at: str
    label: str
    short: str | None = None
    line: Whole | None = None
    counts: str = ""
    ground: str = ""


class WrittenColumn(_Written, frozen=True):
    """A column of a block and the kind of figures in it."""

    code: str
    at: str
    label: str
    kind: Literal["count", "signed", "money"]
    short: str | None = None
    counts: str = ""
    ground: str = ""


class WrittenBlock(_Written, frozen=True):
    """Rows and columns that cross in items."""

    rows: Annotated[tuple[WrittenRow, ...], Meta(min_length=1)]
    columns: Annotated[tuple[WrittenColumn, ...], Meta(min_length=1)]


class WrittenTable(_Written, frozen=True):
    """A statistical table."""

    id: str
    part: str
    sheet: str
    title: str
    unit: str
    landscape: bool
    head_rows: Whole
    stub_columns: Whole
    widths: tuple[Whole, ...]
    labels: tuple[WrittenLabel, ...]
    blocks: Annotated[tuple[WrittenBlock, ...], Meta(min_length=1)]


class WrittenRule(_Written, frozen=True):
    """A rule: what it compares and where.

    Its words are those of the catalogue; a form of one's own may bring ``words`` for a rule of its own. ``claim`` says in a
    sentence what holds, with ``{row}``, ``{column}`` and ``{item}`` for what it is said of; without one its formula is put
    into words.
    """

    id: str
    table: str
    per: str
    expression: str
    on_sheet: bool
    variant: str = ""
    rows: tuple[str, ...] | None = None
    over: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    claim: str = ""
    computes: bool = False
    yields: bool = False
    level: Literal["without_rules"] | None = None
    first_year: Whole | None = None
    last_year: Whole | None = None
    words: Entry | None = None


class WrittenPhrase(_Written, frozen=True):
    """A sentence that the tables fill: ``{year}`` and ``{t3.r1.total+t3.r2.total}`` stand for figures."""

    chapter: str
    head: str
    text: str


class WrittenForm(_Written, frozen=True):
    """A form file."""

    id: str
    title: str
    notice: str
    version: str
    first_year: Whole
    parts: Annotated[tuple[Part, ...], Meta(min_length=1)]
    tables: Annotated[tuple[WrittenTable, ...], Meta(min_length=1)]
    rules: Annotated[tuple[WrittenRule, ...], Meta(min_length=1)]
    last_year: Whole | None = None
    phrases: tuple[WrittenPhrase, ...] = ()
