"""Inside a roll-up: what every body contributes, on 明细, and what it adds up to with the corrections on 调整."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import Finding, Severity, finding, phrase
from toolkit.forms import Form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import ALL_BODIES, DETAIL_SUFFIX, UNREAD_CELLS
from toolkit.reading.wording import answer_of, note, quoted, text_of
from toolkit.returns import Adjustment
from toolkit.returns.numbers import show

_MOST_ROWS = 100_000
_HIGHEST, _WIDEST = 6, 400
"""The rows and columns in which the codes of the columns are looked for."""


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
    """The rows of 明细 and what is amiss with them."""

    rows: tuple[Contribution, ...]
    findings: tuple[Finding, ...]


def read_contributions(book: Book, form: Form, file: str) -> Contributions | None:
    """Read 明细, its columns in any order; None when it is missing or lacks the codes of its columns."""
    listing = lay_out(form).details
    wanted = frozenset(("code", "name", *form.inputs))
    named = sorted(book.sheets, key=lambda sheet: sheet.name != listing.name)
    places = ((sheet, row, _codes(sheet, row)) for sheet in named for row in range(_HIGHEST))
    sheet, codes_row, columns = next((place for place in places if wanted <= place[2].keys()), (None, 0, {}))
    if sheet is None:
        return None
    findings: list[Finding] = []
    rows: list[Contribution] = []
    last = max((row for row, _ in sheet.cells), default=0)
    inputs = {item: columns[item] for item in form.inputs}
    kinds = {item: form.items[item].kind for item in form.inputs}
    known: dict[tuple[str, int], Answer] = {}
    for row in range(codes_row + 1, min(last + 1, _MOST_ROWS)):
        code, name, source, sha256 = (_text(sheet, row, columns.get(key)) for key in ("code", "name", "file", "sha256"))
        if not code and not name:
            continue
        answers = {item: _known_answer(known, kinds[item], sheet.cell(row, column)) for item, column in inputs.items()}
        listed = _listed(_text(sheet, row, columns.get(UNREAD_CELLS.code)), answers)
        rows.append(Contribution(code, name, source, sha256, answers | listed))
        if rows[-1].elsewhere:
            findings.append(note("FORM_054", sheet, file, (row, columns["code"]), name=quoted(source)))
        for item, answer in rows[-1].answers.items():
            if isinstance(answer, Unreadable):
                # What the roll-up lists itself was decided upon when it was merged.
                severity = Severity.INFO if item in listed else None
                about: dict[str, Any] = {"actual": answer.raw, "name": quoted(answer.raw), "severity": severity}
                label, place = form.items[item].short, (row, columns[item])
                findings.append(
                    note("FORM_053", sheet, file, place, items=(item,), body=name or code, label=label, **about)
                )
    return Contributions(tuple(rows), tuple(findings))


def _codes(sheet: Sheet, row: int) -> dict[str, int]:
    """Return the columns of a row by what stands in it."""
    return {text_of(sheet.cell(row, column)).strip(): column for column in range(_WIDEST)}


def _text(sheet: Sheet, row: int, column: int | None) -> str:
    return "" if column is None else text_of(sheet.cell(row, column)).strip()


def _listed(lines: str, answers: Mapping[str, Answer]) -> dict[str, Unreadable]:
    """Return the blank cells of a row of which the roll-up says that they could not be read, with what stood there."""
    pairs = (line.partition("=") for line in lines.splitlines())
    return {item: Unreadable(raw, "VALUE_010") for item, _, raw in pairs if isinstance(answers.get(item), Blank)}


def _known_answer(known: dict[tuple[str, int], Answer], kind: str, cell: Cell) -> Answer:
    """Return the answer of a cell; ``known`` holds those of the cells before it, which share their objects."""
    answer = known.get((kind, id(cell)))
    if answer is None:
        answer = known[kind, id(cell)] = answer_of(cell, kind)
    return answer


def totals(form: Form, rows: Iterable[Contribution], adjustments: Iterable[Adjustment]) -> dict[str, Answer]:
    """Return for every input what the rows and the corrections add up to; blank when there are neither."""
    contributions, changes = tuple(rows), tuple(adjustments)
    sums: dict[str, Answer] = {}
    for code in form.inputs:
        total: Number = Decimal(0) if form.items[code].kind == "money" else 0
        for row in contributions:
            answer = row.answers[code]
            if isinstance(answer, Filled):
                total = total + answer.value
        corrections = [change for change in changes if change.item == code]
        for change in corrections:
            total = total + change.new - change.old
        sums[code] = Filled(total, show(total)) if contributions or corrections else Blank()
    return sums


def differences(
    form: Form,
    sums: Mapping[str, Answer],
    shown: Mapping[str, tuple[str, str, Number]],
    lines: Mapping[str, tuple[int, ...]],
    file: str,
) -> tuple[Finding, ...]:
    """Return a finding for each table cell of the roll-up that shows another figure than its details add up to.

    ``shown`` gives sheet, address and figure of the cells that hold one, ``lines`` the rows of 调整 that correct an item.
    """
    findings: list[Finding] = []
    for code, (sheet, cell, value) in shown.items():
        right = sums.get(code)
        if isinstance(right, Filled) and right.value != value:
            difference = show(value - right.value)
            rows = "、".join(map(str, lines.get(code, ())))
            findings.append(
                finding(
                    "FORM_051", file=file, sheet=sheet, cell=cell, items=(code,), expected=show(right.value),
                    actual=show(value), difference=difference, gap=difference, shown=show(value),
                    label=form.items[code].short, right=show(right.value), lines=phrase("correction_lines", rows=rows) if rows else "",
                )
            )  # fmt: skip
    return tuple(findings)
