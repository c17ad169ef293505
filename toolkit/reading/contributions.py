"""Inside a roll-up: every body's figures on 明细, the coordinator's corrections on 调整, and their sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Book, Cell, CellError, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms import Form, Item
from toolkit.forms.sheets import ADJUSTMENTS, ALL_BODIES, DETAIL_SHEET, DETAIL_SUFFIX
from toolkit.reading.wording import plain, quoted, text_of
from toolkit.returns import Adjustment
from toolkit.returns.numbers import show, understand

_CODES, _FIRST = 1, 2
_MOST_ROWS = 100_000
_WIDEST = 30
_NOTE = "说明："
"""How the note below the lines of 调整 begins."""
_ADJUSTED = ("单位代码", "指标代码", "原值", "新值", "理由", "经办人")


class Contribution(Struct, frozen=True):
    """One body's row of 明细, or the one that stands for all of them."""

    code: str
    name: str
    file: str
    sha256: str
    answers: Mapping[str, Answer]

    @property
    def elsewhere(self) -> bool:
        """Tell whether the row stands for the bodies' rows, which are in the Parquet file that it names."""
        return self.code == ALL_BODIES and self.file.endswith(DETAIL_SUFFIX) and self.sha256 != ""


class Contributions(Struct, frozen=True):
    """The sheets 明细 and 调整 of a roll-up, and what their sum gives for every input."""

    rows: tuple[Contribution, ...]
    adjustments: tuple[Adjustment, ...]
    totals: Mapping[str, Answer]
    findings: tuple[Finding, ...]


def contributions(book: Book, form: Form, file: str) -> Contributions | None:
    """Read 明细 and 调整 and add them up; None when 明细 is missing or lacks the codes of its columns."""
    sheet = book.sheet(DETAIL_SHEET)
    if sheet is None:
        return None
    columns = {
        text_of(cell).strip(): column for (row, column), cell in sheet.cells.items() if row == _CODES and text_of(cell)
    }
    if any(code not in columns for code in ("code", "name", *form.inputs)):
        return None
    findings: list[Finding] = []
    rows: list[Contribution] = []
    last = max((row for row, _ in sheet.cells), default=0)
    places = {item: columns[item] for item in form.inputs}
    kinds = {item: form.items[item].kind for item in form.inputs}
    known: dict[tuple[str, int], Answer] = {}
    for at in range(_FIRST, min(last + 1, _MOST_ROWS)):
        code, name, source, sha256 = (_text(sheet, at, columns.get(key)) for key in ("code", "name", "file", "sha256"))
        if code or name:
            answers = {
                item: _known_answer(known, kinds[item], sheet.cell(at, column)) for item, column in places.items()
            }
            rows.append(Contribution(code, name, source, sha256, answers))
            if rows[-1].elsewhere:
                place = a1(at, columns["code"])
                findings.append(finding("FORM_054", file=file, sheet=sheet.name, cell=place, name=quoted(source)))
            findings += [
                _unreadable(form.items[item], answer.raw, name or code).at(
                    file=file, sheet=sheet.name, cell=a1(at, columns[item])
                )
                for item, answer in answers.items()
                if isinstance(answer, Unreadable)
            ]
    adjustments, told = _adjustments(book.sheet(ADJUSTMENTS.name), form, {row.code: row for row in rows}, file)
    return Contributions(tuple(rows), adjustments, _totals(form, rows, adjustments), (*findings, *told))


def _text(sheet: Sheet, row: int, column: int | None) -> str:
    return "" if column is None else text_of(sheet.cell(row, column)).strip()


def _known_answer(known: dict[tuple[str, int], Answer], kind: str, cell: Cell) -> Answer:
    """Return the answer of a cell; ``known`` holds those of the cells before it, which share their objects."""
    answer = known.get((kind, id(cell)))
    if answer is None:
        answer = known[kind, id(cell)] = _answer(kind, cell)
    return answer


def _answer(kind: str, cell: Cell) -> Answer:
    if isinstance(cell.value, CellError):
        return understand(None, kind=kind, error=cell.value.text)
    return understand(cell.value, kind=kind, date=cell.date, shown=cell.text)


def _unreadable(item: Item, raw: str, body: str) -> Finding:
    return finding("FORM_053", items=(item.code,), found=raw, body=body, label=item.short, name=quoted(raw))


def _adjustments(
    sheet: Sheet | None, form: Form, bodies: Mapping[str, Contribution], file: str
) -> tuple[tuple[Adjustment, ...], tuple[Finding, ...]]:
    """Read 调整 from its first row on; a correction applies to what the ones above it have left."""
    if sheet is None:
        return (), ()
    columns = {plain(text_of(sheet.cell(0, column))): column for column in range(_WIDEST)}
    at = [columns.get(plain(title)) for title in _ADJUSTED]
    found: list[Adjustment] = []
    findings: list[Finding] = []
    now: dict[tuple[str, str], Number] = {}
    for row in sorted({row for row, column in sheet.cells if row > 0 and column in at}):
        cells = [Cell(None) if column is None else sheet.cell(row, column) for column in at]
        texts = [text_of(cell).strip() for cell in cells]
        if not any(texts) or (texts[0].startswith(_NOTE) and not any(texts[1:])):
            continue
        made = _adjustment(cells, form, bodies, now)
        if isinstance(made, Adjustment):
            found.append(made)
            now[made.code, made.item] = made.new
        else:
            place = a1(row, at[0] or 0)
            findings.append(finding("FORM_052", file=file, sheet=sheet.name, cell=place, row=row + 1, reason=made))
    return tuple(found), tuple(findings)


def _adjustment(
    cells: list[Cell], form: Form, bodies: Mapping[str, Contribution], now: Mapping[tuple[str, str], Number]
) -> Adjustment | str:
    """Return the adjustment of a row, or in Chinese why it cannot be used."""
    code, item, reason, who = (text_of(cells[at]).strip() for at in (0, 1, 4, 5))
    if item not in form.items or form.items[item].computed:
        return f"指标代码“{quoted(item)}”不是可以填报的指标"
    if code not in bodies:
        whole = next((each for each in bodies.values() if each.elsewhere), None)
        if whole is not None:
            return f"各单位的数在 {quoted(whole.file)}，更正只能写在合计上，单位代码应为“{ALL_BODIES}”，不是“{quoted(code)}”"
        return f"明细里没有单位代码“{quoted(code)}”"
    old, new = (_answer(form.items[item].kind, cells[at]) for at in (2, 3))
    if not isinstance(old, Filled) or not isinstance(new, Filled):
        return "原值或新值不是数"
    if not reason:
        return "没有写理由"
    stands = bodies[code].answers[item]
    before = now.get((code, item), stands.value if isinstance(stands, Filled) else 0)
    if old.value != before:
        return f"原值 {show(old.value)} 与明细中的 {show(before)} 不符"
    return Adjustment(code, item, old.value, new.value, reason, who)


def _totals(form: Form, rows: list[Contribution], adjustments: tuple[Adjustment, ...]) -> dict[str, Answer]:
    totals: dict[str, Answer] = {}
    for code in form.inputs:
        total: Number = Decimal(0) if form.items[code].kind == "money" else 0
        seen = False
        for row in rows:
            answer = row.answers[code]
            if isinstance(answer, Filled):
                total, seen = total + answer.value, True
        for each in adjustments:
            if each.item == code:
                total, seen = total + each.new - each.old, True
        totals[code] = Filled(total, show(total)) if seen or rows else Blank()
    return totals


def compared(
    form: Form, inside: Contributions, shown: Mapping[str, tuple[str, str, Number]], file: str
) -> tuple[Finding, ...]:
    """Return a finding for each table cell of the roll-up that shows another figure than its details add up to.

    ``shown`` gives sheet, address and figure of the cells that hold one.
    """
    findings: list[Finding] = []
    for code, (sheet, cell, value) in shown.items():
        right = inside.totals.get(code)
        if isinstance(right, Filled) and right.value != value:
            difference = show(value - right.value)
            findings.append(
                finding(
                    "FORM_051", file=file, sheet=sheet, cell=cell, items=(code,), expected=show(right.value),
                    found=show(value), difference=difference, gap=difference, shown=show(value),
                    label=form.items[code].short, right=show(right.value),
                )
            )  # fmt: skip
    return tuple(findings)
