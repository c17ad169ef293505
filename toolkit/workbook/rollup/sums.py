"""How a figure of the roll-up comes about: a column of 明细 plus the corrections on 调整, as value and as formula."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from msgspec import Struct
from msgspec.structs import asdict

from toolkit.answers import Blank, Filled, Number
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import ADJUSTMENT_ROWS, ADJUSTMENTS
from toolkit.merging import extent
from toolkit.returns import Adjustment, AdjustmentLine, Checked, Return, RollUp


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
            (checked, checked.ret) for checked in rollup.merged if checked.ret is not None
        )
        self.sheet = lay_out(self.form).details
        self.column = {code: self.sheet.column(code) for code in self.form.inputs}
        self.last_row = self.sheet.first_row + (max(len(self.rows), 1) if elsewhere is None else 1) - 1

    @property
    def last_column(self) -> int:
        """Return the last column of 明细."""
        return self.sheet.last

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Return the corrections that the roll-up came with."""
        return self.rollup.adjustments

    @cached_property
    def stage(self) -> str:
        """Return what every title of a partial roll-up ends with; "" otherwise."""
        label = extent(self.rollup).label
        return f"　{label}" if label else ""

    @property
    def typed(self) -> tuple[AdjustmentLine, ...]:
        """Return the lines of 调整: as they were typed, those that do not count among them."""
        return self.rollup.lines or tuple(AdjustmentLine(asdict(change)) for change in self.adjustments)

    @property
    def lines(self) -> int:
        """Return how many lines 调整 has: room for more than the roll-up came with."""
        return max(ADJUSTMENT_ROWS, len(self.typed) + ADJUSTMENT_ROWS // 2)

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
        totals = dict(self.added)
        for adjustment in self.adjustments:
            if adjustment.item in totals:
                totals[adjustment.item] = totals[adjustment.item] + adjustment.new - adjustment.old
        return totals

    def total(self, code: str) -> Number:
        """Return the sum of an input over all rows and adjustments."""
        return self.totals[code]

    def block(self, code: str) -> str:
        """Return the cells of an item on 明细, e.g. ``'明细'!E3:E14``."""
        sheet = self.sheet
        return f"'{sheet.name}'!{sheet.a1(sheet.first_row, code)}:{sheet.a1(self.last_row, code)}"

    def bodies(self, code: str) -> str:
        """Return the cells of a column of 明细 that is not an item's, as an absolute reference."""
        return self.sheet.block(self.sheet.first_row, self.last_row, code)

    @property
    def figures(self) -> str:
        """Return the cells of all items on 明细 as an absolute reference."""
        return self._items(self.sheet.first_row, self.last_row)

    @property
    def codes(self) -> str:
        """Return the cells with the codes of the items on 明细."""
        return self._items(self.sheet.first_row - 1, self.sheet.first_row - 1)

    @property
    def titles(self) -> str:
        """Return the cells with the titles of the items on 明细."""
        return self._items(self.sheet.header_row, self.sheet.header_row)

    def _items(self, first: int, last: int) -> str:
        return self.sheet.block(first, last, self.form.inputs[0], self.form.inputs[-1])

    def correction(self, code: str) -> str:
        """Return the formula of what 调整 adds to an input."""
        head = f"'{self.sheet.name}'!{self.sheet.a1(self.sheet.first_row - 1, code)}"
        return f"SUMPRODUCT(({self._adjusted('item')}={head})*{self._adjusted('change')})"

    def formula(self, code: str) -> str:
        """Return the formula of an input of the roll-up."""
        formula = f"SUM({self.block(code)})+{self.correction(code)}"
        return f"ROUND({formula},4)" if self.form.items[code].kind == "money" else formula

    def _adjusted(self, code: str) -> str:
        """Return the lines of a column of 调整 as an absolute reference."""
        return ADJUSTMENTS.block(ADJUSTMENTS.first_row, ADJUSTMENTS.first_row + self.lines - 1, code)
