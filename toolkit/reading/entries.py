"""The figures of one table: every input as an answer, every total against its parts, and what else stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Cell
from toolkit.excel_in.grid import EMPTY_RESULT
from toolkit.findings import Finding, Severity, finding, phrase
from toolkit.forms import Form, Item, form_ids, load_form
from toolkit.forms.layout import item_formula, lay_out
from toolkit.forms.sheets import SWITCH_TEXT
from toolkit.reading.merged_cells import merged_inputs
from toolkit.reading.positions import Positions
from toolkit.reading.summands import summands
from toolkit.reading.wording import answer_of, note, plain, quoted, text_of
from toolkit.returns import Place
from toolkit.returns.numbers import finding_of, show

_ON = frozenset(("是", "√", "Y", "YES", "TRUE", "✓", "✔", "☑", "对", "1"))
_OFF = frozenset(("否", "N", "NO", "FALSE", "×", "✗", "☐", "0"))
_BLANK = Blank()


@dataclass
class Entries:
    """What the tables of a workbook hold, gathered table by table."""

    answers: dict[str, Answer] = field(default_factory=dict)
    stated: dict[str, Answer] = field(default_factory=dict)
    shown: dict[str, Number] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@lru_cache(maxsize=4096)
def _address(place: tuple[int, int]) -> str:
    return a1(*place)


def read_inputs(table: Positions, entries: Entries, file: str) -> None:
    """Read every input of a table and its switch into ``entries``; items without a place are blank."""
    sheet, answers = table.sheet, entries.answers
    merged, about_merged = merged_inputs(table, file)
    entries.findings += about_merged
    _switch(table, entries, file)
    declared = table.layout.table.id in entries.declared
    entries.places |= {code: Place(sheet.name, _address(place)) for code, place in table.items.items()}
    for item in table.layout.table.inputs:
        if item.code in merged:
            answers[item.code] = merged[item.code]
            continue
        place = table.items.get(item.code)
        cell = None if place is None else sheet.cells.get(place)
        if cell is None or (cell.value is None and cell.formula is None):
            answers[item.code] = _BLANK
            continue
        answer, findings = _answer(cell, item, Place(sheet.name, entries.places[item.code].cell), file, declared)
        answers[item.code] = answer
        entries.findings += findings


def _answer(cell: Cell, item: Item, place: Place, file: str, declared: bool) -> tuple[Answer, Sequence[Finding]]:
    # A member of a shared formula without its first cell has no words to quote.
    formula = f" ={quoted(cell.formula)}" if cell.formula else ""
    if cell.formula is not None and cell.value is None:
        fault = finding(
            "FORM_041", file=file, sheet=place.sheet, cell=place.cell, items=(item.code,), actual=f"={cell.formula}",
            label=item.short, formula=formula,
            why=phrase("formula_empty" if cell.text == EMPTY_RESULT else "formula_unsaved"),
        )  # fmt: skip
        return Unreadable(f"={cell.formula}", "FORM_041"), [fault]
    answer = answer_of(cell, item.kind)
    if declared and isinstance(answer, Blank) and answer.note == "VALUE_003":
        answer = Blank(answer.raw, "VALUE_005")
    if isinstance(answer, Filled) and answer.repair is None and cell.formula is None:
        return answer, ()
    about = finding_of(answer, label=item.short, kind=item.kind, item=item.code)
    findings = [] if about is None else [about.at(file=file, sheet=place.sheet, cell=place.cell)]
    if cell.formula is not None and not isinstance(answer, Unreadable):
        findings.append(
            finding(
                "FORM_040", file=file, sheet=place.sheet, cell=place.cell, items=(item.code,), label=item.short,
                formula=formula, shown=quoted(text_of(cell)),
            )
        )  # fmt: skip
    return answer, findings


def _switch(table: Positions, entries: Entries, file: str) -> None:
    sheet, (row, column) = table.sheet, table.switch
    text = text_of(sheet.cell(row, column)).strip()
    words = {text.upper(), plain(text)}
    if words & _ON:
        entries.declared.add(table.layout.table.id)
        left = [text_of(sheet.cell(row, at)) for at in range(column)]
        if not any(plain(label[:200]).startswith(plain(SWITCH_TEXT)) for label in left):
            place = (row, max(column - 1, 0))
            name = quoted(text_of(sheet.cell(*place)))
            entries.findings.append(note("FORM_020", sheet, file, place, wanted=SWITCH_TEXT, name=name))
    elif text and not words & _OFF:
        entries.findings.append(note("FORM_047", sheet, file, table.switch, actual=text, name=quoted(text)))


def read_totals(
    form: Form,
    tables: Iterable[Positions],
    entries: Entries,
    completed: Mapping[str, Number | None],
    *,
    full: bool,
    file: str,
) -> None:
    """Compare every formula item with what its parts add up to; formulas too where the file format shows them."""
    as_excel = completed
    if any(isinstance(answer, Filled) and answer.repair is not None for answer in entries.answers.values()):
        as_excel = form.complete({code: _as_excel(entries.answers.get(code)) for code in form.inputs})
    for table in tables:
        for item in table.layout.table.items:
            place = table.items.get(item.code)
            if item.computed and place is not None:
                sums = (completed[item.code], as_excel[item.code])
                _Total(form, table, item, place, sums, file).read(entries, full)


def _as_excel(answer: Answer | None) -> Number | None:
    """Return what a sum in the workbook makes of an input: a figure that was typed as text counts nothing there."""
    if isinstance(answer, Filled):
        return answer.value if answer.repair is None else 0
    return None if isinstance(answer, Unreadable) else 0


@cache
def _usual(form_id: str) -> Mapping[str, str]:
    """Return the formulas of a form in use as our writer puts them: most files hold just these."""
    layout = lay_out(load_form(form_id))
    return {code: item_formula(layout, code) for code in layout.form.formulas}


class _Total(Struct, frozen=True):
    """The cell of a total; ``sums`` gives what its parts add up to as we read them and as the workbook does."""

    form: Form
    table: Positions
    item: Item
    place: tuple[int, int]
    sums: tuple[Number | None, Number | None]
    file: str

    def read(self, entries: Entries, full: bool) -> None:
        """Judge the cell: formula gone or changed, result not refreshed."""
        cell = self.table.sheet.cell(*self.place)
        answer = answer_of(cell._replace(look=None), self.item.kind)
        if full and cell.formula is None:
            self._typed(answer, entries)
            return
        if full and cell.formula is not None and not self._same(cell.formula):
            self._note("FORM_032", entries, stated=quoted(cell.formula), actual=f"={cell.formula}")
        if isinstance(answer, Filled):
            entries.shown[self.item.code] = answer.value
            if self.sums[0] is not None and answer.value not in self.sums:
                # Where the file format shows no formulas, a total that was typed over can only show up here.
                severity = None if full else Severity.WARNING
                self._note("FORM_033", entries, shown=show(answer.value), actual=show(answer.value), severity=severity)
        elif isinstance(answer, Unreadable) and self.sums[0] is not None:
            self._note("FORM_033", entries, shown=quoted(answer.raw), actual=answer.raw)

    def _typed(self, answer: Answer, entries: Entries) -> None:
        if isinstance(answer, Blank) and not answer.raw:
            self._note("FORM_034", entries)
            return
        entries.stated[self.item.code] = answer
        if isinstance(answer, Filled):
            stated = show(answer.value)
            same = answer.value == self.sums[0]
            self._note("FORM_031" if same else "FORM_030", entries, stated=stated, actual=stated)
        else:
            self._note("FORM_035", entries, stated=quoted(answer.raw), actual=answer.raw)

    @property
    def _parts(self) -> list[tuple[int, int]]:
        """Return the cells that the total adds up on this very sheet."""
        places = (self.table.items.get(term.item) for term in self.form.formulas[self.item.code].terms)
        return [place for place in places if place is not None]

    def _same(self, formula: str) -> bool:
        """Tell whether a formula adds up the item's parts, and besides them only blank cells of inserted rows."""
        usual = not self.table.moved and self.form.id in form_ids() and self.form is load_form(self.form.id)
        if usual and _usual(self.form.id)[self.item.code] == formula:
            return True
        cells = summands(formula, self.table.sheet.name)
        if cells is None:
            return False
        wanted = sorted(self._parts)
        if list(cells) == wanted:
            return True
        if len(set(cells)) != len(cells) or not set(wanted) <= set(cells):
            return False
        return all(self.table.sheet.cell(*cell).value is None for cell in set(cells) - set(wanted))

    def _note(self, code: str, entries: Entries, **params: Any) -> None:
        right = phrase("uncomputable") if self.sums[0] is None else show(self.sums[0])
        if self.table.moved:
            formula = "+".join(a1(*place) for place in self._parts)
        else:
            formula = item_formula(lay_out(self.form), self.item.code)
        entries.findings.append(
            note(
                code, self.table.sheet, self.file, self.place, items=(self.item.code,), label=self.item.short,
                expected=right, right=right, formula=formula, **params,
            )
        )  # fmt: skip
