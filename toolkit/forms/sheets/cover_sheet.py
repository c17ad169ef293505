"""The cover: one field a row, its label and beside it its value."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from toolkit.cells import a1

Cell = tuple[int, int]


class CoverSheet(Struct, frozen=True, dict=True):
    """The fields of the cover (key and label each) from row ``top`` on; a value spans columns up to the last.

    The agency types into every field but the year, and but the body where the workbook was issued to one.
    """

    name: str
    top: int
    label_column: int
    value_column: int
    last_column: int
    fields: tuple[tuple[str, str], ...]

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """Return the cell of every field's value."""
        return {key: (self.top + at, self.value_column) for at, (key, _) in enumerate(self.fields)}

    def label_cell(self, key: str) -> Cell:
        """Return the cell of a field's label."""
        return self.cells[key][0], self.label_column

    def reference(self, key: str) -> str:
        """Return an absolute reference to a field's value from another sheet, e.g. ``'封面'!$C$12``."""
        return f"'{self.name}'!{a1(*self.cells[key], absolute=True)}"

    @property
    def below(self) -> int:
        """Return the row below the last field."""
        return self.top + len(self.fields)


COVER = CoverSheet(
    "封面",
    8,
    1,
    2,
    3,
    (
        ("name", "填报单位"),
        ("code", "统一社会信用代码"),
        ("year", "年度"),
        ("preparer", "填报人"),
        ("reviewer", "审核人"),
        ("head", "单位负责人"),
        ("phone", "联系电话"),
    ),
)
ISSUED_WORD = "下发标识"
"""What stands before the token that an issued template carries at the foot of its cover."""
