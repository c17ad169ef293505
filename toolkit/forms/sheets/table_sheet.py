"""The sheet of a table: title, subtitle and switch above the legal grid, a note and the signatures below it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from toolkit.forms.definition import Table

Cell = tuple[int, int]

_TOP = 3
"""The row at which the grid begins."""
SWITCH_TEXT = "本表空白均为零"
SWITCH_ON = "是"
TABLE_NOTES: tuple[str, str] = ("注：本表有", "注：黄色格由填报单位填写")
"""How the note below a table begins: with checks that fail, and without."""
SIGNATURES: tuple[tuple[str, str], ...] = (("填报人", "preparer"), ("审核人", "reviewer"), ("单位负责人", "head"))
"""The words of the signature line below the note, each with the field of the cover that it shows."""
FOOT_WORDS: tuple[str, ...] = (
    *TABLE_NOTES, *(word for word, _ in SIGNATURES), "联系电话", "报出日期", "填报日期", "校验码",
)  # fmt: skip
"""How what we wrote below a table, in any version, may begin."""
FOOT_ROWS = 6
"""So many rows below the table it is looked for: rows may have been inserted."""


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
        """Return the row of the note below the grid."""
        return self.bottom + 1

    @property
    def signature_row(self) -> int:
        """Return the row of the signatures."""
        return self.bottom + 2

    @cached_property
    def labels(self) -> tuple[tuple[Cell, str], ...]:
        """Return the place of every label with its text."""
        return tuple(
            ((self.top + label.first_row, self.left + label.first_column), label.text) for label in self.table.labels
        )


def table_layout(table: Table) -> TableLayout:
    """Return the layout of a table."""
    cells = {item.code: (_TOP + item.line, item.position) for item in table.items}
    return TableLayout(table, table.sheet, _TOP, 0, (_TOP - 1, table.width - 1), cells)
