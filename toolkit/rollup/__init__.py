"""RollUp → the county workbook: the form's sheets with live formulas over 明细, and those that account for them."""

from __future__ import annotations

from toolkit.answers import Answer, Filled
from toolkit.errors import WorkbookError
from toolkit.numbers import show
from toolkit.returns import RollUp
from toolkit.rollup.adjusting import put_adjustments
from toolkit.rollup.changes import put_changes
from toolkit.rollup.charts import put_charts
from toolkit.rollup.details import put_details
from toolkit.rollup.listing import put_ledger, put_problems, put_sources
from toolkit.rollup.statement import STATEMENT_SHEET, put_statement
from toolkit.rollup.sums import Sums
from toolkit.workbook import Filling, new_book, put_sheets
from toolkit.workbook.grids import Grids

__all__ = ["write_rollup"]


MANY = 1_000
"""Bodies from which on the parts of the workbook are not kept in memory: 明细 alone has 7 MB then."""


def write_rollup(rollup: RollUp, previous: RollUp | None = None) -> bytes:
    """Return the roll-up workbook; the same roll-up gives the same bytes.

    With the ``previous`` roll-up it has the sheet 较上次汇总的变化.

    Figures that are not the sum of the merged returns and the adjustments raise WorkbookError.
    """
    sums = Sums(rollup)
    filling = _filling(rollup, sums)
    book = new_book(filling, large=len(sums.rows) > MANY)
    first = book.sheet(STATEMENT_SHEET)
    put_sheets(book, filling)
    grids = Grids(book)
    put_details(grids, sums)
    put_adjustments(grids, sums)
    put_ledger(grids, rollup)
    put_problems(grids, rollup)
    put_sources(grids, rollup)
    if previous is not None:
        put_changes(grids, previous, rollup)
    put_charts(grids, sums)
    put_statement(first, grids, sums)
    return book.bytes()


def _filling(rollup: RollUp, sums: Sums) -> Filling:
    form = rollup.form
    answers: dict[str, Answer] = {}
    formulas: dict[str, str] = {}
    for code in form.inputs:
        value = sums.total(code)
        if value != rollup.figures[code]:
            raise WorkbookError(
                f"汇总数 {code} 为 {show(rollup.figures[code])}，明细、调整相加为 {show(value)}，没有写出汇总表。",
                "这是程序的错误，请把所用的文件和命令告诉开发者。",
            )
        answers[code] = Filled(value)
        formulas[code] = sums.formula(code)
    return Filling(
        form,
        rollup.year,
        kind="rollup",
        code=rollup.region_code,
        name=rollup.region,
        level=rollup.region_level,
        region=rollup.region,
        answers=answers,
        formulas=formulas,
    )
