"""How a figure of the roll-up comes about: a column of 明细 plus the corrections on 调整, as value and as formula."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from toolkit.answers import Blank, Filled, Number
from toolkit.cells import a1, column_letters
from toolkit.forms.sheets import ADJUSTMENTS, DETAIL_SHEET
from toolkit.returns import Adjustment, Checked, Return, RollUp

FIXED = ("code", "name", "file", "sha256")
"""The columns of 明细 before the items."""
FIRST_ROW = 2
"""The first row of figures on 明细: titles and codes stand above."""
ADJUSTMENT_ROWS = 40
USABLE = "可用"


class Elsewhere(Struct, frozen=True):
    """The Parquet file beside the workbook that holds the bodies' rows; 明细 then has one row, the sum of them."""

    name: str
    sha256: str


class Sums:
    """The merged returns as rows of 明细 – or of the file ``elsewhere`` –, and what the columns add up to."""

    def __init__(self, rollup: RollUp, elsewhere: Elsewhere | None = None) -> None:
        self.rollup = rollup
        self.elsewhere = elsewhere
        self.form = rollup.form
        self.rows: tuple[tuple[Checked, Return], ...] = tuple(
            (each, each.ret) for each in rollup.merged if each.ret is not None
        )
        self.column = {code: len(FIXED) + at for at, code in enumerate(self.form.inputs)}
        self.last_row = FIRST_ROW + (max(len(self.rows), 1) if elsewhere is None else 1) - 1

    @property
    def last_column(self) -> int:
        """Return the last column of 明细."""
        return len(FIXED) + len(self.column) - 1

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Return the corrections that the roll-up came with."""
        return self.rollup.adjustments

    def shown(self, ret: Return, code: str) -> Number | None:
        """Return what 明细 holds: a figure, 0 for a blank declared zero, None for a blank or an unreadable cell."""
        answer = ret.answers.get(code, Blank())
        if isinstance(answer, Filled):
            return answer.value
        return 0 if isinstance(answer, Blank) and self.form.items[code].table in ret.declared else None

    @property
    def pointer(self) -> str:
        """Return what stands on 明细 in place of the bodies' names when their rows are elsewhere."""
        return "" if self.elsewhere is None else f"见 {self.elsewhere.name}（{len(self.rows)} 家）"

    @cached_property
    def added(self) -> Mapping[str, Number]:
        """Return the sum of every input over all rows."""
        totals: list[Number] = [Decimal(0) if self.form.items[code].kind == "money" else 0 for code in self.form.inputs]
        for _, ret in self.rows:
            for at, value in enumerate(ret.entries):
                if value is not None:
                    totals[at] = totals[at] + value
        return dict(zip(self.form.inputs, totals, strict=True))

    @cached_property
    def totals(self) -> Mapping[str, Number]:
        """Return the sum of every input over all rows and adjustments."""
        found = dict(self.added)
        for each in self.adjustments:
            if each.item in found:
                found[each.item] = found[each.item] + each.new - each.old
        return found

    def total(self, code: str) -> Number:
        """Return the sum of an input over all rows and adjustments."""
        return self.totals[code]

    def block(self, code: str) -> str:
        """Return the cells of an item on 明细, e.g. ``'明细'!E3:E14``."""
        letters = column_letters(self.column[code])
        return f"'{DETAIL_SHEET}'!{letters}{FIRST_ROW + 1}:{letters}{self.last_row + 1}"

    def correction(self, code: str) -> str:
        """Return the formula of what 调整 adds to an input."""
        head = f"'{DETAIL_SHEET}'!{a1(FIRST_ROW - 1, self.column[code])}"
        return f"SUMPRODUCT(({adjusted('B')}={head})*{adjusted('I')})"

    def formula(self, code: str) -> str:
        """Return the formula of an input of the roll-up."""
        formula = f"SUM({self.block(code)})+{self.correction(code)}"
        return f"ROUND({formula},4)" if self.form.items[code].kind == "money" else formula


def adjusted(letter: str) -> str:
    """Return a column of the sheet 调整 as an absolute reference."""
    return f"'{ADJUSTMENTS.name}'!${letter}$2:${letter}${1 + ADJUSTMENT_ROWS}"
