"""A workbook as a value: plain data, put together through small methods; two of the same content are equal.

Rows and columns are zero-based. Texts are always texts, never formulas or links. A format holds the properties that
XlsxWriter knows; every one is locked unless it says otherwise, while the style Normal is unlocked: a paste from Word or
the web resets a cell to Normal, and such an input must stay an input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import eq
from typing import Any
from urllib.parse import quote

from msgspec import Struct, field

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.errors import WorkbookError
from toolkit.excel_out.measures import SIZE, wrapped_lines
from toolkit.excel_out.strict import cell_text, encodable, plain, result
from toolkit.findings import fault

FONT = "宋体"
NOTE_LENGTH = 2000
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
Place = tuple[int, int]
"""Row and column."""


class Format(Struct, frozen=True, cache_hash=True):
    """What a cell looks like, by its properties."""

    properties: tuple[tuple[str, Any], ...]


@lru_cache(maxsize=1024)
def cell_format(**properties: Any) -> Format:
    """Return the format of these properties; the order in which they are named does not matter."""
    always = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "locked": True}
    return Format(tuple(sorted((always | properties).items())))


class CellContent(Struct, frozen=True):
    """One cell: a text, a figure or nothing; with a formula the value is its true result, "" for none."""

    value: str | int | float | None
    format: Format | None = None
    formula: str = ""
    link: str = ""
    tip: str = ""


class BlockRow(Struct, frozen=True):
    """One row of a ``RowBlock``, in pixels high: texts, figures and None with the format of each column.

    Blanks take theirs from ``blanks`` where that has one: by column, and under -1 for all others.
    """

    height: int
    values: Sequence[str | Number | None]
    formats: Sequence[Format]
    blanks: Mapping[int, Format] = {}


class LazyRows(Sequence[BlockRow]):
    """Rows that are made when they are asked for: ``make`` is given their number, from 0 on."""

    def __init__(self, count: int, make: Callable[[int], BlockRow]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        return self._make(range(self._count)[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]


class RowBlock(Struct, frozen=True):
    """Rows below each other, all of one width, that are only made when they are written: ``rows`` may be lazy."""

    first_row: int
    rows: Sequence[BlockRow]
    row_format: Format


class Width(Struct, frozen=True):
    """How wide columns are, in pixels."""

    first: int
    last: int
    pixels: int
    format: Format | None
    hidden: bool


class Height(Struct, frozen=True):
    """How high a row is, in pixels (None: as the text needs); one that ``grows`` follows what is typed into it later."""

    pixels: int | None
    format: Format | None
    hidden: bool
    grows: bool = False


class Note(Struct, frozen=True):
    """A note on a cell and the height of its box in pixels."""

    text: str
    height: int


class AreaRule(Struct, frozen=True):
    """A validation or a conditional format of an area, in the words of XlsxWriter; formats are of ours."""

    area: Area
    options: Mapping[str, Any]


class Page(Struct, frozen=True):
    """The printed page: A4, one page wide unless told, ``rows`` and ``columns`` repeated on every page.

    The margins are left, right, top and bottom in inches. ``prints`` is False for a sheet that is no paper: its print
    area is an empty cell, which Excel, WPS and LibreOffice leave out when the whole workbook is printed. ``plain_ink``
    prints without fills, for what is filled in.
    """

    landscape: bool = False
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    area: Area | None = None
    pages_high: int = 0
    pages_wide: int = 1
    header: str = ""
    footer: str = "&C第 &P 页 / 共 &N 页"
    margins: tuple[float, float, float, float] = (0.55, 0.55, 0.7, 0.7)
    centre: bool = True
    prints: bool = True
    plain_ink: bool = False


class Protection(Struct, frozen=True):
    """How a sheet is locked, without a password: it stops slips, not people.

    Rows and columns may be widened.
    """

    select_locked: bool = False
    autofilter: bool = False


class Chart(Struct, frozen=True):
    """A native chart: one series and settings such as ``title`` or ``x_axis``, in the words of XlsxWriter."""

    place: Place
    kind: str
    series: Mapping[str, Any]
    settings: Mapping[str, Mapping[str, Any]]
    size: tuple[int, int]
    description: str


class Worksheet(Struct):
    """One sheet; what is written to a cell last stands there."""

    name: str
    cells: dict[Place, CellContent] = field(default_factory=dict)
    blocks: list[RowBlock] = field(default_factory=list)
    columns: list[Width] = field(default_factory=list)
    rows: dict[int, Height] = field(default_factory=dict)
    merged: list[tuple[Area, Format]] = field(default_factory=list)
    notes: dict[Place, Note] = field(default_factory=dict)
    validations: list[AreaRule] = field(default_factory=list)
    conditions: list[AreaRule] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    """Excel's green triangles that are silenced, by kind, e.g. ``{"number_stored_as_text": "A1:B9"}``."""
    page: Page | None = None
    protection: Protection | None = None
    filter: Area | None = None
    frozen: Place | None = None
    """The cell above and left of which all is frozen."""
    cursor: Place | None = None
    tab: str = ""
    zoom: int = 100
    gridlines: bool = True
    """Whether the grid is shown on the screen; it is never printed."""
    very_hidden: bool = False
    """Whether no menu shows the sheet."""

    def text(self, row: int, column: int, text: str, fmt: Format | None = None) -> None:
        """Write a text as it stands ("" writes a blank cell); past 32,767 characters it ends with an ellipsis.

        An error would let one endless text that somebody sent stop the run over all the others; no figure is a text.
        """
        self.cells[row, column] = CellContent(cell_text(text) or None, fmt)

    def number(self, row: int, column: int, value: Number, fmt: Format | None = None) -> None:
        """Write a number; NaN and infinities raise WorkbookError."""
        self.cells[row, column] = CellContent(plain(value), fmt)

    def formula(self, row: int, column: int, formula: str, fmt: Format | None, value: Number | str) -> None:
        """Write a formula (with or without ``=``) together with its true value."""
        self.cells[row, column] = CellContent(result(value), fmt, formula if formula.startswith("=") else f"={formula}")

    def blank(self, row: int, column: int, fmt: Format) -> None:
        """Format a cell without content."""
        self.cells[row, column] = CellContent(None, fmt)

    def merge(self, area: Area, text: str, fmt: Format) -> None:
        """Merge an area and write a text into it; a single cell is just written."""
        if not area.single:
            self.merged.append((area, fmt))
        self.text(area.first_row, area.first_column, text, fmt)

    def link(self, row: int, column: int, target: str, fmt: Format | None, text: str, tip: str = "") -> None:
        """Write a link to a place in the workbook such as ``'三、依申请公开'!D6:D30``."""
        self.cells[row, column] = CellContent(encodable(text), fmt, link=f"internal:{target}", tip=tip)

    def file_link(self, row: int, column: int, name: str, fmt: Format | None, text: str) -> None:
        """Write a link to a file in the workbook's own folder."""
        path = encodable(name)
        target = quote(path, safe="") if {"#", "%"} & set(path) else path
        self.cells[row, column] = CellContent(encodable(text), fmt, link=f"external:{target}")

    def note(self, row: int, column: int, text: str) -> None:
        """Attach a note to a cell, sized to its text; past 2,000 characters it ends with an ellipsis."""
        self.notes[row, column] = _note(text)

    def validate(self, area: Area, options: Mapping[str, Any]) -> None:
        """Validate an area; texts too long for Excel raise WorkbookError when the workbook is rendered."""
        self.validations.append(AreaRule(area, options))

    def colour(self, area: Area, options: Mapping[str, Any]) -> None:
        """Format an area by a condition."""
        self.conditions.append(AreaRule(area, options))

    def column(self, first: int, last: int, pixels: int, fmt: Format | None = None, *, hidden: bool = False) -> None:
        """Set the width of columns in pixels; the stated size of the sheet stays that of its cells."""
        self.columns.append(Width(first, last, pixels, fmt, hidden))

    def row(
        self, row: int, pixels: int | None, fmt: Format | None = None, *, hidden: bool = False, grows: bool = False
    ) -> None:
        """Set the height of a row in pixels (None: as the text needs), for good or until somebody types into it."""
        self.rows[row] = Height(pixels, fmt, hidden, grows)


class Workbook(Struct):
    """A workbook; ``created`` is the only time in it, ``properties`` become custom document properties, as strings."""

    created: datetime
    title: str = ""
    subject: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    structure_locked: bool = True
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Defined names, hidden from the name box: a reference or a constant such as ``="2021"``."""
    opens_on: str = ""
    """The sheet on which it opens, the first unless told."""

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet; a name that is taken raises WorkbookError."""
        if name in self.sheets:
            raise fault("SHEET_REPEATED", WorkbookError, name=name)
        self.sheets[name] = Worksheet(name)
        return self.sheets[name]

    def define(self, name: str, reference: str) -> None:
        """Define a name of the workbook for a reference or a constant."""
        self.names[name] = encodable(reference)


@lru_cache(maxsize=256)
def _note(text: str) -> Note:
    if len(text) > NOTE_LENGTH:
        text = text[: NOTE_LENGTH - 1] + "…"
    lines = sum(wrapped_lines(part, 240, 9) for part in text.split("\n"))
    return Note(encodable(text), 24 + 17 * lines)
