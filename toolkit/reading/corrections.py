"""The sheet 调整 of a roll-up: which of the coordinator's corrections apply, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.answers import Filled, Number
from toolkit.excel_in import Book, Cell
from toolkit.findings import Finding
from toolkit.forms import Form
from toolkit.forms.sheets import ADJUSTMENT_NOTE, ADJUSTMENTS, ALL_BODIES
from toolkit.reading.contributions import Contribution
from toolkit.reading.sheet_search import list_places
from toolkit.reading.wording import answer_of, note, quoted, text_of
from toolkit.returns import Adjustment, lacking
from toolkit.returns.numbers import show


def read_corrections(
    book: Book, form: Form, rows: tuple[Contribution, ...], file: str
) -> tuple[tuple[Adjustment, ...], tuple[Finding, ...]]:
    """Read 调整, its columns found by their titles; a correction applies to what the ones above it have left."""
    places = list_places(ADJUSTMENTS, book)
    if not places:
        return (), ()
    sheet, header = places[0].sheet, places[0].header_row
    columns = {
        column.code: places[0].columns.get(column.code)
        for column in ADJUSTMENTS.columns
        if column.owner == "coordinator"
    }
    bodies = {row.code: row for row in rows}
    adjustments: list[Adjustment] = []
    findings: list[Finding] = []
    now: dict[tuple[str, str], Number] = {}
    for row in sorted({row for row, column in sheet.cells if row > header and column in columns.values()}):
        cells = {code: Cell(None) if at is None else sheet.cell(row, at) for code, at in columns.items()}
        texts = [text_of(cell).strip() for cell in cells.values()]
        if not any(texts) or (texts[0].startswith(ADJUSTMENT_NOTE) and not any(texts[1:])):
            continue
        adjustment = _adjustment(cells, form, bodies, now)
        if isinstance(adjustment, Adjustment):
            adjustments.append(adjustment)
            now[adjustment.code, adjustment.item] = adjustment.new
        else:
            findings.append(note("FORM_052", sheet, file, (row, columns["code"] or 0), row=row + 1, reason=adjustment))
    return tuple(adjustments), tuple(findings)


def _adjustment(
    cells: Mapping[str, Cell], form: Form, bodies: Mapping[str, Contribution], now: Mapping[tuple[str, str], Number]
) -> Adjustment | str:
    """Return the adjustment of a row, or in Chinese why it cannot be used."""
    code, item, reason, who = (text_of(cells[column]).strip() for column in ("code", "item", "reason", "who"))
    if item not in form.items or form.items[item].computed:
        return f"指标代码“{quoted(item)}”不是可以填报的指标"
    if code not in bodies:
        whole = next((body for body in bodies.values() if body.elsewhere), None)
        if whole is not None:
            return f"各单位的数在 {quoted(whole.file)}，更正只能写在合计上，单位代码应为“{ALL_BODIES}”，不是“{quoted(code)}”"
        return f"明细里没有单位代码“{quoted(code)}”"
    old, new = (answer_of(cells[column], form.items[item].kind) for column in ("old", "new"))
    if not isinstance(old, Filled) or not isinstance(new, Filled):
        return "原值或新值不是数"
    if (why := lacking(reason)) is not None:
        return why
    stands = bodies[code].answers[item]
    before = now.get((code, item), stands.value if isinstance(stands, Filled) else 0)
    if old.value != before:
        return f"原值 {show(old.value)} 与明细中的 {show(before)} 不符"
    return Adjustment(code, item, old.value, new.value, reason, who)
