"""RollUp → the county workbook: the form's sheets with live formulas over 明细, and those that account for them.

The rows of more bodies than a workbook holds go to a Parquet file beside it.
"""

from __future__ import annotations

from typing import Any

from toolkit.answers import Answer, Filled
from toolkit.errors import WorkbookError
from toolkit.excel_out import render
from toolkit.findings import fault
from toolkit.forms.sheets import ALL_BODIES
from toolkit.merging import extent
from toolkit.returns import RollUp
from toolkit.returns.numbers import show
from toolkit.workbook import Filling, Text, new_book, put_sheets
from toolkit.workbook.rollup.adjusting import put_adjustments
from toolkit.workbook.rollup.changes import put_changes
from toolkit.workbook.rollup.charts import put_charts
from toolkit.workbook.rollup.details import put_details
from toolkit.workbook.rollup.leading import MOST_LED, put_leading
from toolkit.workbook.rollup.listing import problems, put_ledger, put_problems, put_sources
from toolkit.workbook.rollup.sealing import put_seal
from toolkit.workbook.rollup.statement import STATEMENT_SHEET, put_statement
from toolkit.workbook.rollup.sums import Elsewhere, Sums

__all__ = ["Elsewhere", "write_rollup"]


def write_rollup(rollup: RollUp, previous: RollUp | None = None, elsewhere: Elsewhere | None = None) -> bytes:
    """Return the roll-up workbook; the same roll-up gives the same bytes.

    With the ``previous`` roll-up it has the sheet 较上次汇总的变化; with ``elsewhere``, the file that holds the bodies'
    rows, 明细 has one row in their place.

    Figures that are not the sum of the merged returns and the adjustments raise WorkbookError, and so do adjustments
    of bodies whose rows are elsewhere.
    """
    if elsewhere is not None and any(adjustment.code != ALL_BODIES for adjustment in rollup.adjustments):
        raise fault("DETAILS_ELSEWHERE", WorkbookError)
    sums = Sums(rollup, elsewhere)
    filling = _filling(rollup, sums)
    book = new_book(filling)
    listed = problems(rollup)
    first = book.sheet(STATEMENT_SHEET)
    put_sheets(book, filling)
    put_details(book, sums)
    if elsewhere is None and len(sums.rows) <= MOST_LED:
        put_leading(book, sums)
    put_adjustments(book, sums)
    put_ledger(book, sums)
    put_problems(book, rollup, listed)
    put_sources(book, sums)
    if previous is not None:
        put_changes(book, previous, rollup)
    put_charts(book, sums)
    put_statement(first, book, sums, listed.cut)
    put_seal(book, sums)
    return render(book)


def _filling(rollup: RollUp, sums: Sums) -> Filling:
    form = rollup.form
    answers: dict[str, Answer] = {}
    formulas: dict[str, str] = {}
    for code in form.inputs:
        value = sums.total(code)
        if value != rollup.figures[code]:
            raise fault("SUM_DISAGREES", WorkbookError, code=code, total=show(rollup.figures[code]), sum=show(value))
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
        extent=extent(rollup),
        **_typed(rollup),
    )


def _typed(rollup: RollUp) -> dict[str, Any]:
    """Return what a person typed into the roll-up that this one replaces: cover, chapters and explanations."""
    if rollup.before is None:
        return {}
    return {
        "cover": {key: field.value for key, field in rollup.before.cover.items() if key != "year"},
        "text": {
            number: tuple(Text(paragraph.head, paragraph.text) for paragraph in paragraphs)
            for number, paragraphs in rollup.before.text.items()
        },
        "explanations": rollup.before.explanations,
    }
