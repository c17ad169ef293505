"""The official report as one neutral document: title, six parts in order, tables with their merges, annexes."""

from __future__ import annotations

from msgspec import Struct

WIDTH = 156.0
"""Millimetres of text between the margins of the A4 page (GB/T 9704)."""


class ReportCell(Struct, frozen=True):
    """A cell of a grid; zero-based, both ends within.

    ``role`` is caption, head, stub, group, note, figure, text or fault (what stands where a figure should be).
    ``headers`` are the ids of the labels that a figure belongs to.
    """

    id: str
    row: int
    column: int
    last_row: int
    last_column: int
    text: str
    role: str
    headers: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """Return the number of rows it covers."""
        return self.last_row - self.row + 1

    @property
    def width(self) -> int:
        """Return the number of columns it covers."""
        return self.last_column - self.column + 1


class ReportTable(Struct, frozen=True):
    """A table as it is printed. ``widths`` are shares of the text width, ``rows`` the cells by the row they begin in.

    ``bodies`` are the (first, last) rows of its blocks below the ``head_rows``; ``size`` and ``figures`` are the sizes of
    its labels and figures in points, the latter small enough for the longest of them.
    """

    id: str
    title: str
    unit: str
    widths: tuple[float, ...]
    head_rows: int
    rows: tuple[tuple[ReportCell, ...], ...]
    bodies: tuple[tuple[int, int], ...]
    size: float
    figures: float


class ReportParagraph(Struct, frozen=True):
    """A line of text: body, head (a sub-heading) or item (of a list)."""

    text: str
    role: str = "body"


class Section(Struct, frozen=True):
    """A part of the report or an annex: its heading, its paragraphs and its table."""

    heading: str
    paragraphs: tuple[ReportParagraph, ...] = ()
    grid: ReportTable | None = None


class Report(Struct, frozen=True):
    """The report of one body for one year. ``points`` are the open points of a draft, each in one line."""

    title: str
    unit: str
    year: int
    sections: tuple[Section, ...]
    annexes: tuple[Section, ...] = ()
    draft: bool = False
    points: tuple[str, ...] = ()
