"""The sheet 调整 of a roll-up: which of the coordinator's corrections apply, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.excel_in import Book, Cell, CellError, Sheet
from toolkit.findings import Finding
from toolkit.forms import Form
from toolkit.forms.sheets import ADJUSTMENT_NOTE, ADJUSTMENT_ROWS, ADJUSTMENTS, LineFault
from toolkit.reading.contributions import Contribution
from toolkit.reading.sheet_search import list_places
from toolkit.reading.wording import answer_of, note, quoted, text_of
from toolkit.returns import Adjustment, AdjustmentLine, ground_lacking
from toolkit.returns.numbers import LIMIT, show

_TYPED = tuple(column.code for column in ADJUSTMENTS.columns if column.owner == "coordinator")
Lines = Mapping[str, tuple[int, ...]]
"""The rows of 调整, from 1, in which an item is corrected or was to be."""


def read_corrections(
    book: Book, form: Form, rows: tuple[Contribution, ...], file: str
) -> tuple[tuple[Adjustment, ...], tuple[Finding, ...], Lines]:
    """Read 调整, its columns found by their titles; a correction applies to what the ones above it have left.

    What is a figure, a code or a reason there is what the formulas of the sheet take for one.
    """
    places = list_places(ADJUSTMENTS, book)
    if not places:
        return (), (), {}
    sheet, header = places[0].sheet, places[0].header_row
    columns = {code: places[0].columns.get(code) for code in (*_TYPED, "change")}
    bodies = {row.code.upper(): row for row in reversed(rows)}
    adjustments: list[Adjustment] = []
    findings: list[Finding] = []
    now: dict[tuple[str, str], Number] = {}
    lines: dict[str, tuple[int, ...]] = {}
    prepared = _prepared(sheet, header, columns["change"])
    for row in sorted({row for row, column in sheet.cells if row > header and column in columns.values()}):
        cells = {code: Cell(None) if columns[code] is None else sheet.cell(row, columns[code] or 0) for code in _TYPED}
        texts = [text_of(cell) for cell in cells.values()]
        if not any(texts) or ("".join(texts).startswith(ADJUSTMENT_NOTE) and sum(map(bool, texts)) == 1):
            continue
        lines[texts[1].strip().lower()] = (*lines.get(texts[1].strip().lower(), ()), row + 1)
        adjustment = _adjustment(cells, form, bodies, now)
        if row not in prepared:
            adjustment = f"{LineFault.OUTSIDE}，各表不计算这一行；请移到上面带“核对”公式的空行"
        if isinstance(adjustment, Adjustment):
            adjustments.append(adjustment)
            now[adjustment.code, adjustment.item] = adjustment.new
        place = row, columns["code"] or 0
        if isinstance(adjustment, str):
            findings.append(note("FORM_052", sheet, file, place, row=row + 1, reason=adjustment))
        elif not adjustment.who:
            findings.append(note("FORM_055", sheet, file, place, row=row + 1))
    return tuple(adjustments), tuple(findings), lines


Typed = Mapping[str, str | Number | None]
"""The cells of a line of 调整 that somebody typed, by column."""


def typed_lines(book: Book) -> tuple[Typed, ...]:
    """Return every line of 调整 in which something is typed, as it stands; what is no figure and no text as its text."""
    places = list_places(ADJUSTMENTS, book)
    if not places:
        return ()
    sheet, header, columns = places[0].sheet, places[0].header_row, places[0].columns
    lines = []
    for row in sorted({row for row, column in sheet.cells if row > header and column in columns.values()}):
        cells = {code: Cell(None) if code not in columns else sheet.cell(row, columns[code]) for code in _TYPED}
        texts = [text_of(cell) for cell in cells.values()]
        if any(texts) and not ("".join(texts).startswith(ADJUSTMENT_NOTE) and sum(map(bool, texts)) == 1):
            lines.append({code: _typed(cell) for code, cell in cells.items()})
    return tuple(lines)


def _typed(cell: Cell) -> str | Number | None:
    value = cell.value
    if value is None or (isinstance(value, int | Decimal | str) and not isinstance(value, bool)):
        return value
    return text_of(cell)


def kept_lines(
    lines: Sequence[Typed], form: Form, rows: tuple[Contribution, ...]
) -> tuple[tuple[AdjustmentLine, ...], tuple[Adjustment, ...]]:
    """Return typed lines with what becomes of them beside these rows of 明细, and the corrections that count."""
    bodies = {row.code.upper(): row for row in reversed(rows)}
    now: dict[tuple[str, str], Number] = {}
    kept: list[AdjustmentLine] = []
    adjustments: list[Adjustment] = []
    for line in lines:
        outcome = _adjustment({code: Cell(value) for code, value in line.items()}, form, bodies, now)
        kept.append(AdjustmentLine(line, outcome if isinstance(outcome, str) else ""))
        if isinstance(outcome, Adjustment):
            adjustments.append(outcome)
            now[outcome.code, outcome.item] = outcome.new
    return tuple(kept), tuple(adjustments)


def _prepared(sheet: Sheet, header: int, column: int | None) -> frozenset[int] | range:
    """Return the rows that the tables count: those with our formula, or in their place where a file has no formulas."""
    with_formula = frozenset(row for (row, at), cell in sheet.cells.items() if at == column and cell.formula)
    return with_formula or range(header + 1, header + 1 + ADJUSTMENT_ROWS)


def _adjustment(
    cells: Mapping[str, Cell], form: Form, bodies: Mapping[str, Contribution], now: Mapping[tuple[str, str], Number]
) -> Adjustment | str:
    """Return the adjustment of a row, or in Chinese why it cannot be used: the words of the sheet, and what stands there."""
    wrong = next((cell.value.text for cell in cells.values() if isinstance(cell.value, CellError)), "")
    if wrong:
        return f"{LineFault.ERROR_VALUE} {wrong}"
    code, item, reason, who = (text_of(cells[column]) for column in ("code", "item", "reason", "who"))
    for text in (code, item):
        if text != " ".join(filter(None, text.split(" "))):
            return f"{LineFault.SPACES}（“{quoted(text)}”）"
    body = bodies.get(code.upper()) if isinstance(cells["code"].value, str) else None
    asked = form.items.get(item.lower())
    if body is None:
        whole = next((body for body in bodies.values() if body.elsewhere), None)
        if whole is not None:
            return f"{LineFault.NOT_ALL}：各单位的数在 {quoted(whole.file)}，更正只能写在合计上，不是“{quoted(code)}”"
        return f"{LineFault.NO_BODY}“{quoted(code)}”"
    if asked is None or asked.computed:
        return f"{LineFault.NO_ITEM}“{quoted(item)}”；指标代码见“明细”第二行"
    old, new = (answer_of(cells[column], asked.kind) for column in ("old", "new"))
    faults = [_figure_fault(cells[column], answer) for column, answer in (("old", old), ("new", new))]
    if any(faults) or not isinstance(old, Filled) or not isinstance(new, Filled):
        fault = min((fault for fault in faults if fault), key=list(LineFault).index, default=LineFault.COUNT)
        texts = (
            f"“{quoted(text_of(cells[column]))}”" for column, its in zip(("old", "new"), faults, strict=True) if its
        )
        return f"{LineFault[asked.kind.upper()] if fault is LineFault.COUNT else fault}，不是{'、'.join(texts)}"
    stands = body.answers[asked.code]
    before = now.get((body.code, asked.code), stands.value if isinstance(stands, Filled) else 0)
    if old.value != before:
        return f"{LineFault.OTHER}：原值写的是 {show(old.value)}，明细是 {show(before)}"
    why = ground_lacking(reason)
    if why is not None:
        return f"{LineFault.NO_REASON if reason.strip() else LineFault.NO_GROUND}，{why}"
    return Adjustment(body.code, asked.code, old.value, new.value, reason.strip(), who.strip())


def _figure_fault(cell: Cell, answer: Answer) -> LineFault | None:
    """Return why a cell holds no figure for the formulas, to which ``3件`` and ``３`` are none; COUNT for any wrong kind."""
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | Decimal):
        return LineFault.NO_FIGURE
    if isinstance(answer, Filled):
        return None
    if not isinstance(answer, Unreadable) or answer.reason not in _WRONG_KINDS:
        return LineFault.NO_FIGURE
    return LineFault.LARGE if abs(Decimal(cell.value)) >= LIMIT else LineFault.COUNT


_WRONG_KINDS = ("VALUE_011", "VALUE_012", "VALUE_013", "VALUE_014")
