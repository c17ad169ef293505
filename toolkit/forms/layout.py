"""Form → the sheet, address and defined name of everything in its workbook. Pure; writer and reader share it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from msgspec import Struct

from toolkit.cells import ListSheet, a1
from toolkit.forms.definition import Form
from toolkit.forms.load import load_form
from toolkit.forms.sheets import (
    CHECKS,
    COVER,
    META,
    ChapterLayout,
    ChecksLayout,
    TableLayout,
    chapter_layout,
    checks_layout,
    detail_list,
    table_layout,
)


class Layout(Struct, frozen=True, eq=False):
    """Where everything of a form stands in its workbook. ``names`` gives the defined name of every item.

    ``details`` is the sheet 明细 of a roll-up. Equal to itself alone: what follows from a layout is remembered by it.
    """

    form: Form
    tables: tuple[TableLayout, ...]
    chapters: tuple[ChapterLayout, ...]
    checks: ChecksLayout
    details: ListSheet
    names: Mapping[str, str]

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the sheets of a blank in their order, ``_meta`` last."""
        by_part = {chapter.part.number: chapter.sheet for chapter in self.chapters}
        by_part |= {table.table.part: table.sheet for table in self.tables}
        return (COVER.name, *(by_part[part.number] for part in self.form.parts), CHECKS.name, META.name)

    def table(self, table_id: str) -> TableLayout:
        """Return the layout of a table; an unknown id raises KeyError."""
        for table in self.tables:
            if table.table.id == table_id:
                return table
        raise KeyError(table_id)

    def chapter(self, number: str) -> ChapterLayout:
        """Return the layout of a chapter by its number, e.g. 一; an unknown one raises KeyError."""
        for chapter in self.chapters:
            if chapter.part.number == number:
                return chapter
        raise KeyError(number)

    def cell(self, code: str) -> tuple[str, int, int]:
        """Return the sheet, row and column of an item."""
        table = self.table(self.form.items[code].table)
        return (table.sheet, *table.cells[code])

    def address(self, code: str) -> str:
        """Return the A1 address of an item on its sheet."""
        return a1(*self.table(self.form.items[code].table).cells[code])

    def reference(self, code: str) -> str:
        """Return an absolute reference to an item from another sheet, e.g. ``'三、依申请公开'!$D$7``."""
        sheet, row, column = self.cell(code)
        return f"'{sheet}'!{a1(row, column, absolute=True)}"


def defined_name(code: str) -> str:
    """Return the defined name of an item: ``NB_`` and its code with underscores, legal in Excel, WPS and LibreOffice."""
    return "NB_" + code.replace(".", "_")


@lru_cache(maxsize=512)
def item_formula(layout: Layout, code: str) -> str:
    """Return the formula of a formula item without its ``=``, e.g. ``SUM(D9:D29)``; cells of its own sheet only.

    Summands that touch each other in a row or a column are folded into ranges; two or fewer lone cells are added with
    ``+``. An item without a formula raises KeyError; a sum with coefficients other than 1 or terms of another table
    raises ValueError: such a formula would need a form of its own.
    """
    side, table = layout.form.formulas[code], layout.table(layout.form.items[code].table)
    if side.constant != 0 or any(term.coefficient != 1 or term.item not in table.cells for term in side.terms):
        raise ValueError(f"{code} is no plain sum over its own table")
    ranges: list[list[tuple[int, int]]] = []
    for cell in (table.cells[term.item] for term in side.terms):
        if ranges and _continues(ranges[-1], cell):
            ranges[-1].append(cell)
        else:
            ranges.append([cell])
    texts = [a1(*cells[0]) if len(cells) == 1 else f"{a1(*cells[0])}:{a1(*cells[-1])}" for cells in ranges]
    return "+".join(texts) if all(":" not in text for text in texts) else f"SUM({','.join(texts)})"


def _continues(run: list[tuple[int, int]], cell: tuple[int, int]) -> bool:
    """Tell whether a cell lengthens a run of cells downwards or to the right by one."""
    step = (cell[0] - run[-1][0], cell[1] - run[-1][1])
    return step in ((1, 0), (0, 1)) and (len(run) == 1 or step == (run[1][0] - run[0][0], run[1][1] - run[0][1]))


def lay_out(form: Form) -> Layout:
    """Return the layout of a form."""
    return _lay_out(form.id) if form is load_form(form.id) else _of(form)


@cache
def _lay_out(form_id: str) -> Layout:
    return _of(load_form(form_id))


def _of(form: Form) -> Layout:
    return Layout(
        form,
        tuple(table_layout(table) for table in form.tables),
        tuple(chapter_layout(part, form.phrases) for part in form.chapters),
        checks_layout(form),
        detail_list(form),
        {code: defined_name(code) for code in form.items},
    )
