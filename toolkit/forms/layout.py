"""Form → the sheet, address and defined name of everything in the workbook. Pure; writer and reader share it.

Rows and columns are zero-based. The grid of a table keeps the legal layout; what stands around it is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from msgspec import Struct

from toolkit.cells import a1
from toolkit.forms import Check, Form, Part, Phrase, Rule, Table
from toolkit.forms.definition import PHRASE_ROWS
from toolkit.forms.load import load_form

COVER_SHEET = "封面"
CHECKS_SHEET = "校验"
REVIEW_SHEET = "审核意见"
META_SHEET = "_meta"
DETAIL_SHEET = "明细"
ADJUSTMENT_SHEET = "调整"
LEDGER_SHEET = "台账"
PROBLEM_SHEET = "问题清单"
IMPORT_SHEET = "导入情况"

ALL_BODIES = "全部"
"""The code of the one row of 明细 when the bodies' own rows are in a Parquet file beside the roll-up."""
DETAIL_SUFFIX = ".明细.parquet"
"""How that file is called: the stem of the roll-up, then this."""

GRID_TOP = 3
"""The row of a table sheet at which its grid begins: title, subtitle and switch stand above."""

META_KEYS = ("format", "kind", "form", "version", "year", "code", "name", "level", "region", "round", "token")
"""The keys of ``_meta``: key in column A, value in column B. The sections follow, each begun by its name in column A."""
META_PREFILLED = "prefilled"
"""Section of ``_meta``: item and value a row."""
META_EXPLANATIONS = "explanations"
"""Section of ``_meta``: rule, items separated by spaces, fingerprint and text a row."""
PROPERTY_PREFIX = "nianbao."
"""How the custom document properties are called: ``nianbao.form`` etc."""
NAME_PREFIX = "NIANBAO_"
"""How the defined names that carry identity are called: ``NIANBAO_FORM`` etc., string constants."""

COVER_FIELDS: tuple[tuple[str, str], ...] = (
    ("name", "填报单位"),
    ("code", "统一社会信用代码"),
    ("year", "年度"),
    ("preparer", "填报人"),
    ("reviewer", "审核人"),
    ("head", "单位负责人"),
    ("phone", "联系电话"),
)
COVER_TOP = 8
COVER_LABEL_COLUMN = 1
COVER_VALUE_COLUMN = 2
ISSUED_WORD = "下发标识"
SWITCH_TEXT = "本表空白均为零"
SWITCH_ON = "是"
TABLE_NOTES: tuple[str, ...] = ("注：本表有", "注：黄色格由填报单位填写")
"""How the short notes begin that we write below a table."""
SIGNATURE_WORDS: tuple[str, ...] = ("填报人", "审核人", "单位负责人", "联系电话", "报出日期", "填报日期", "校验码")
"""How the cells of the signature line below a table begin."""


PHRASE_COLUMN = 2
"""The column of a chapter's sheet that holds sentences to quote."""


class TableLayout(Struct, frozen=True, eq=False, dict=True):
    """A table on its sheet: the grid's corner, the switch 本表空白均为零 and the cell of every item."""

    table: Table
    sheet: str
    top: int
    left: int
    switch: tuple[int, int]
    cells: Mapping[str, tuple[int, int]]

    @property
    def bottom(self) -> int:
        """Return the last row of the grid."""
        return self.top + self.table.height - 1

    @property
    def right(self) -> int:
        """Return the last column of the grid."""
        return self.left + self.table.width - 1

    @cached_property
    def labels(self) -> tuple[tuple[tuple[int, int], str], ...]:
        """Return the place of every label with its text."""
        return tuple(
            ((self.top + each.first_row, self.left + each.first_column), each.text) for each in self.table.labels
        )


class ChapterLayout(Struct, frozen=True):
    """A chapter of text: column A, one paragraph a row.

    ``heads`` and ``paragraphs`` give rows with their sub-heading, ``phrases`` the first rows of the sentences to quote.
    """

    part: Part
    sheet: str
    column: int
    heads: tuple[tuple[int, str], ...]
    paragraphs: tuple[tuple[int, str], ...]
    phrases: tuple[tuple[int, Phrase], ...] = ()

    @property
    def bottom(self) -> int:
        """Return the last row for text."""
        return self.paragraphs[-1][0]


class CheckLine(Struct, frozen=True, eq=False):
    """One line of the sheet 校验; equal to itself alone, as layouts are."""

    row: int
    rule: Rule
    check: Check


class ChecksLayout(Struct, frozen=True):
    """The sheet 校验: status on top, one line a check, a few free lines for other explanations below."""

    sheet: str
    status: tuple[int, int]
    header: int
    lines: tuple[CheckLine, ...]
    free_header: int
    free: tuple[int, ...]

    # Columns of a line. The last five are hidden helpers: how many inputs the check has, how many of them are
    # unreadable, how many blank and not declared zero, and how many of those could raise or lower left − right.
    NUMBER, LEVEL, WORDS, LEFT, RIGHT, DIFFERENCE, VERDICT, LINK, EXPLANATION = range(9)
    ALL, BAD, EMPTY, MORE, LESS = range(10, 15)


class Layout(Struct, frozen=True, eq=False):
    """Where everything of a form stands in its workbook. ``names`` gives the defined name of every item.

    Equal to itself alone: what follows from a layout is remembered by it.
    """

    form: Form
    cover: Mapping[str, tuple[int, int]]
    tables: tuple[TableLayout, ...]
    chapters: tuple[ChapterLayout, ...]
    checks: ChecksLayout
    names: Mapping[str, str]

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the sheets of a blank in their order, ``_meta`` last."""
        by_part = {chapter.part.number: chapter.sheet for chapter in self.chapters}
        by_part |= {table.table.part: table.sheet for table in self.tables}
        return (COVER_SHEET, *(by_part[part.number] for part in self.form.parts), CHECKS_SHEET, META_SHEET)

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
    texts = [a1(*each[0]) if len(each) == 1 else f"{a1(*each[0])}:{a1(*each[-1])}" for each in ranges]
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
    tables = tuple(_table(table) for table in form.tables)
    chapters = tuple(_chapter(part, form.phrases) for part in form.chapters)
    cover = {key: (COVER_TOP + at, COVER_VALUE_COLUMN) for at, (key, _) in enumerate(COVER_FIELDS)}
    names = {code: defined_name(code) for code in form.items}
    return Layout(form, cover, tables, chapters, _checks(form), names)


def _table(table: Table) -> TableLayout:
    cells = {item.code: (GRID_TOP + item.line, item.position) for item in table.items}
    return TableLayout(table, table.sheet, GRID_TOP, 0, (GRID_TOP - 1, table.width - 1), cells)


def _chapter(part: Part, phrases: tuple[Phrase, ...]) -> ChapterLayout:
    heads: list[tuple[int, str]] = []
    paragraphs: list[tuple[int, str]] = []
    row = 2
    for head in part.heads:
        heads.append((row, head))
        paragraphs += [(row + 1 + at, head) for at in range(part.rows)]
        row += 1 + part.rows
    last = part.heads[-1] if part.heads else ""
    paragraphs += [(row + at, last) for at in range(part.spare)]
    placed: list[tuple[int, Phrase]] = []
    for row, head in heads:
        own = [each for each in phrases if (each.chapter, each.head) == (part.number, head)]
        placed += [(row + 1 + at * PHRASE_ROWS, each) for at, each in enumerate(own)]
    return ChapterLayout(part, part.sheet, 0, tuple(heads), tuple(paragraphs), tuple(placed))


def _checks(form: Form) -> ChecksLayout:
    header = 3
    ordered = sorted((rule for rule in form.rules if rule.on_sheet), key=lambda rule: (rule.severity.rank, rule.id))
    pairs = [(rule, check) for rule in ordered for check in rule.checks]
    lines = tuple(CheckLine(header + 1 + at, rule, check) for at, (rule, check) in enumerate(pairs))
    free = header + len(lines) + 3
    return ChecksLayout(CHECKS_SHEET, (1, 0), header, lines, free, tuple(range(free + 1, free + 7)))
