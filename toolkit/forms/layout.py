"""Form → the sheet, address and defined name of everything in its workbook. Pure; writer and reader share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from toolkit.cells import Column, ListSheet, a1
from toolkit.forms.definition import PHRASE_ROWS, Check, Form, Part, Phrase, Rule, Table
from toolkit.forms.load import form_ids, load_form
from toolkit.forms.sheets import (
    CHAPTER,
    CHECKS,
    CODE_ROW,
    COVER,
    DETAIL_COLUMNS,
    DETAIL_SHEET,
    GUIDE,
    META,
    TALLY,
    Cell,
)

_GRID_TOP = 3
"""The row at which the grid begins."""
_FREE_LINES = 6
"""Lines of 校验 for explanations of what is not judged on the sheet."""
_ITEM_WIDTH = 92
"""Pixels of an item's column on 明细."""


class TableLayout(Struct, frozen=True, eq=False, dict=True):
    """A table on its sheet: the grid's corner, the switch 本表空白均为零 and the cell of every item."""

    table: Table
    sheet: str
    top: int
    left: int
    switch: Cell
    cells: Mapping[str, Cell]

    @cached_property
    def bottom(self) -> int:
        """Return the last row of the grid."""
        return self.top + self.table.height - 1

    @cached_property
    def right(self) -> int:
        """Return the last column of the grid."""
        return self.left + self.table.width - 1

    @property
    def note_row(self) -> int:
        """Return the row of the note, below what is printed."""
        return self.bottom + 2

    @property
    def signature_row(self) -> int:
        """Return the row of the signatures, the last that is printed."""
        return self.bottom + 1

    @cached_property
    def labels(self) -> tuple[tuple[Cell, str], ...]:
        """Return the place of every label with its text."""
        return tuple(
            ((self.top + label.first_row, self.left + label.first_column), label.text) for label in self.table.labels
        )


class ChapterLayout(Struct, frozen=True):
    """A chapter on its sheet.

    ``heads`` and ``paragraphs`` give rows with their sub-heading, ``phrases`` the first rows of the sentences to quote.
    """

    part: Part
    sheet: str
    heads: tuple[tuple[int, str], ...]
    paragraphs: tuple[tuple[int, str], ...]
    phrases: tuple[tuple[int, Phrase], ...] = ()

    @property
    def bottom(self) -> int:
        """Return the last row for text."""
        return self.paragraphs[-1][0]


class CheckLine(Struct, frozen=True, eq=False):
    """One line of the sheet 校验; equal to itself alone, as layouts are.

    A rule that ``computes`` totals compares them with their own formulas: it cannot fail while these stand.
    What breaks ``after`` lines in other rows only follows from them: 总计 from its columns, the stock of 规章 from there
    being one at all.
    """

    row: int
    rule: Rule
    check: Check
    computes: bool
    after: tuple[int, ...] = ()

    @property
    def sums(self) -> bool:
        """Tell whether it is the column 总计 of a balance: it breaks when the columns before it do."""
        return self.check.place.endswith(".total") and self.check.comparison.sign == "=="

    @property
    def asked(self) -> bool:
        """Tell whether it asks for cells that are no figures: its table's line of I5."""
        return self.check.question is not None


class ChecksLayout(Struct, frozen=True):
    """The lines of 校验, and the rows of the free ones with their heading."""

    lines: tuple[CheckLine, ...]
    free_header: int
    free: tuple[int, ...]


class Layout(Struct, frozen=True, eq=False, dict=True):
    """Where everything of a form stands in its workbook. ``names`` gives the defined name of every item.

    ``details`` is the sheet 明细 of a roll-up, ``tally`` the row of every input on ``_核对``, ``last``
    there that of every item of last year which a check asks for. Equal to itself alone: what follows from a layout is remembered by it.
    """

    form: Form
    tables: tuple[TableLayout, ...]
    chapters: tuple[ChapterLayout, ...]
    checks: ChecksLayout
    details: ListSheet
    names: Mapping[str, str]
    tally: Mapping[str, int]
    last: Mapping[str, int]

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Return the sheets of a blank in their order, the very hidden ones last."""
        by_part = {chapter.part.number: chapter.sheet for chapter in self.chapters}
        by_part |= {table.table.part: table.sheet for table in self.tables}
        parts = (by_part[part.number] for part in self.form.parts)
        return (COVER.name, *parts, CHECKS.name, GUIDE.name, TALLY.name, META.name)

    def part(self, name: str) -> Part | None:
        """Return the part of the form that a line of the status is about, None for 封面 and 校验."""
        return next((part for part in self.form.parts if part.number == name), None)

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

    def place_number(self, sheet: str, row: int, column: int) -> int:
        """Return a cell as one number: the sheet's place in the workbook, then row and column from 1."""
        return self.sheets.index(sheet) * 100_000 + (row + 1) * 100 + column + 1

    @cached_property
    def parts(self) -> Mapping[str, int]:
        """Return the row on ``_核对`` of 封面, of every part of the form by its number, and of 校验."""
        names = (COVER.name, *(part.number for part in self.form.parts), CHECKS.name)
        return {name: row for row, name in enumerate(names, TALLY.first_row)}

    @cached_property
    def lines(self) -> Mapping[str, tuple[CheckLine, ...]]:
        """Return the lines of 校验 by the part of the form in which each has its first cell."""
        form = self.form
        own = [(form.table(form.items[line.check.items[0]].table).part, line) for line in self.checks.lines]
        return {part.number: tuple(line for number, line in own if number == part.number) for part in form.parts}


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
    return _lay_out(form.id) if form.id in form_ids() and form is load_form(form.id) else _of(form)


@cache
def _lay_out(form_id: str) -> Layout:
    return _of(load_form(form_id))


def _of(form: Form) -> Layout:
    checks = _checks(form)
    return Layout(
        form,
        tuple(_table(table) for table in form.tables),
        tuple(lay_out_chapter(form, part) for part in form.chapters),
        checks,
        _details(form),
        {code: defined_name(code) for code in form.items},
        _tally(form),
        _last(checks),
    )


def _table(table: Table) -> TableLayout:
    cells = {item.code: (_GRID_TOP + item.line, item.position) for item in table.items}
    return TableLayout(table, table.sheet, _GRID_TOP, 0, (_GRID_TOP - 1, table.width - 1), cells)


def lay_out_chapter(form: Form, part: Part, counts: Mapping[str, int] | None = None) -> ChapterLayout:
    """Return the layout of a chapter: rows under each sub-heading, as many as ``counts`` says when that is more."""
    heads: list[tuple[int, str]] = []
    paragraphs: list[tuple[int, str]] = []
    placed: list[tuple[int, Phrase]] = []
    row, counts = CHAPTER.first_row, counts or {}
    for head in part.heads:
        heads.append((row, head))
        own = [phrase for phrase in form.phrases if (phrase.chapter, phrase.head) == (part.number, head)]
        placed += [(row + 1 + at * PHRASE_ROWS, phrase) for at, phrase in enumerate(own)]
        rows = max(part.rows, counts.get(head, 0))
        paragraphs += [(row + 1 + at, head) for at in range(rows)]
        row += 1 + rows
    last = part.heads[-1] if part.heads else ""
    spare = part.spare if part.heads else max(part.spare, counts.get("", 0))
    paragraphs += [(row + at, last) for at in range(spare)]
    return ChapterLayout(part, part.sheet, tuple(heads), tuple(paragraphs), tuple(placed))


def _checks(form: Form) -> ChecksLayout:
    """Return the lines of a form's 校验: identities first, then doubts, each by number."""
    ordered = sorted((rule for rule in form.rules if rule.on_sheet), key=lambda rule: (rule.severity.rank, rule.id))
    pairs = [(rule, check) for rule in ordered for check in rule.checks]
    lines = tuple(
        CheckLine(row, rule, check, any(_computes(form, own) for own in rule.checks))
        for row, (rule, check) in enumerate(pairs, CHECKS.first_row)
    )
    lines = tuple(replace(line, after=_causes(line, lines)) for line in lines)
    header = CHECKS.first_row + len(lines) + 2
    return ChecksLayout(lines, header, tuple(range(header + 1, header + 1 + _FREE_LINES)))


def _causes(line: CheckLine, lines: Sequence[CheckLine]) -> tuple[int, ...]:
    """Return the rows of the lines from which a break of this one follows."""
    if line.sums:
        return tuple(other.row for other in lines if other.rule is line.rule and other is not line)
    same = (other for other in lines if other.check.items[0] == line.check.items[0] and other.rule.level is not None)
    return tuple(other.row for other in same) if line.check.needs_last else ()


def _computes(form: Form, check: Check) -> bool:
    left = check.comparison.left.terms
    return len(left) == 1 and form.formulas.get(left[0].item) is check.comparison.right


def _tally(form: Form) -> dict[str, int]:
    """Return the row of every input on ``_核对``: table by table, and there column by column, as most checks run."""
    ordered = (sorted(table.inputs, key=lambda item: (item.position, item.line)) for table in form.tables)
    return {item.code: row for row, item in enumerate((item for table in ordered for item in table), CODE_ROW + 1)}


def _last(checks: ChecksLayout) -> dict[str, int]:
    """Return the row on ``_核对`` of every item of last year that a line asks for."""
    items = dict.fromkeys(item for line in checks.lines for item in line.check.last_items)
    return {item: row for row, item in enumerate(items, TALLY.first_row)}


def _details(form: Form) -> ListSheet:
    """Return 明细: titles, below them the codes, then the figures."""
    items = (Column(code, form.items[code].short.replace("·", "\n"), _ITEM_WIDTH) for code in form.inputs)
    return ListSheet(DETAIL_SHEET, 0, (*DETAIL_COLUMNS, *items), header_rows=2)
