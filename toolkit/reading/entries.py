"""The figures of one table: every input as an answer, every total against its parts, and what else stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Cell, CellError
from toolkit.findings import Finding, Severity, finding
from toolkit.forms import FORM_IDS, Form, Item, load_form
from toolkit.forms.layout import item_formula, lay_out
from toolkit.forms.sheets import SWITCH_TEXT
from toolkit.reading.positions import Located
from toolkit.reading.summands import summands
from toolkit.reading.wording import plain, quoted, text_of
from toolkit.returns import Place
from toolkit.returns.numbers import finding_of, show, understand

_ON = frozenset(("是", "√", "Y", "YES", "TRUE", "✓", "✔", "☑", "对", "1"))
_OFF = frozenset(("否", "N", "NO", "FALSE", "×", "✗", "☐", "0"))


@dataclass
class Entries:
    """What the tables of a workbook hold, gathered table by table."""

    answers: dict[str, Answer] = field(default_factory=dict)
    stated: dict[str, Answer] = field(default_factory=dict)
    shown: dict[str, Number] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def places_of(found: Located) -> dict[str, Place]:
    """Return the place of every item that was found."""
    name = found.sheet.name
    return {code: Place(name, _address(place)) for code, place in found.items.items()}


@lru_cache(maxsize=4096)
def _address(place: tuple[int, int]) -> str:
    return a1(*place)


@cache
def _usual(form_id: str) -> Mapping[str, str]:
    """Return the formulas of a shipped form as our writer puts them: most files hold just these."""
    layout = lay_out(load_form(form_id))
    return {code: item_formula(layout, code) for code in layout.form.formulas}


def read_inputs(found: Located, figures: Entries, file: str) -> None:
    """Read every input of a located table and its switch into ``figures``; items without a place are blank."""
    sheet, answers = found.sheet, figures.answers
    figures.places |= places_of(found)
    for item in found.layout.table.inputs:
        place = found.items.get(item.code)
        cell = None if place is None else sheet.cells.get(place)
        if cell is None or (cell.value is None and cell.formula is None):
            answers[item.code] = _BLANK
            continue
        answer, told = _answer(cell, item, file, sheet.name, figures.places[item.code].cell)
        answers[item.code] = answer
        figures.findings += told
    _switch(found, figures, file)


_BLANK = Blank()


def _answer(cell: Cell, item: Item, file: str, sheet: str, address: str) -> tuple[Answer, Sequence[Finding]]:
    if cell.formula is not None and cell.value is None:
        told = finding(
            "FORM_041", file=file, sheet=sheet, cell=address, items=(item.code,), found=f"={cell.formula}", rule="I5",
            label=item.short, formula=quoted(cell.formula),
        )  # fmt: skip
        return Unreadable(f"={cell.formula}", "FORM_041"), [told]
    error = cell.value.text if isinstance(cell.value, CellError) else None
    value = None if isinstance(cell.value, CellError) else cell.value
    answer = understand(value, kind=item.kind, error=error, date=cell.date, shown=cell.text)
    if isinstance(answer, Filled) and answer.repair is None and cell.formula is None:
        return answer, ()
    about = finding_of(answer, label=item.short, kind=item.kind, item=item.code, file=file, sheet=sheet, cell=address)
    findings = [] if about is None else [about]
    if cell.formula is not None and not isinstance(answer, Unreadable):
        findings.append(
            finding(
                "FORM_040", file=file, sheet=sheet, cell=address, items=(item.code,), label=item.short,
                formula=quoted(cell.formula), shown=quoted(text_of(cell)),
            )
        )  # fmt: skip
    return answer, findings


def _switch(found: Located, figures: Entries, file: str) -> None:
    text = text_of(found.sheet.cell(*found.switch)).strip()
    word = text.upper() if text.strip() else ""
    if word in _ON or plain(text) in _ON:
        figures.declared.add(found.layout.table.id)
        row, column = found.switch
        words = [text_of(found.sheet.cell(row, each)) for each in range(column)]
        if not any(plain(each[:200]).startswith(plain(SWITCH_TEXT)) for each in words):
            label = (row, max(column - 1, 0))
            figures.findings.append(
                finding(
                    "FORM_020", file=file, sheet=found.sheet.name, cell=a1(*label), wanted=SWITCH_TEXT,
                    name=quoted(text_of(found.sheet.cell(*label))),
                )
            )  # fmt: skip
    elif word and word not in _OFF and plain(text) not in _OFF:
        figures.findings.append(
            finding(
                "FORM_047", file=file, sheet=found.sheet.name, cell=a1(*found.switch), found=text, name=quoted(text)
            )
        )


def read_totals(
    form: Form,
    located: Iterable[Located],
    figures: Entries,
    completed: Mapping[str, Number | None],
    *,
    full: bool,
    file: str,
) -> None:
    """Compare every formula item with what its parts add up to; formulas too where the file format shows them."""
    as_excel = completed
    if any(isinstance(each, Filled) and each.repair is not None for each in figures.answers.values()):
        as_excel = form.complete({code: _as_excel(figures.answers.get(code)) for code in form.inputs})
    for found in located:
        for item in found.layout.table.items:
            place = found.items.get(item.code)
            if item.computed and place is not None:
                sums = (completed[item.code], as_excel[item.code])
                _Total(form, found, item, place, sums, file).read(figures, full)


def _as_excel(answer: Answer | None) -> Number | None:
    """Return what a sum in the workbook makes of an input: a figure that was typed as text counts nothing there."""
    if isinstance(answer, Filled):
        return answer.value if answer.repair is None else 0
    return None if isinstance(answer, Unreadable) else 0


class _Total(Struct, frozen=True):
    form: Form
    found: Located
    item: Item
    place: tuple[int, int]
    sums: tuple[Number | None, Number | None]
    file: str

    @property
    def right(self) -> Number | None:
        """Return what the parts add up to as we read them (the second of ``sums``: as the workbook reads them)."""
        return self.sums[0]

    def read(self, figures: Entries, full: bool) -> None:
        """Judge the cell: formula gone or changed, result not refreshed."""
        cell = self.found.sheet.cell(*self.place)
        value = None if isinstance(cell.value, CellError) else cell.value
        error = cell.value.text if isinstance(cell.value, CellError) else None
        answer = understand(value, kind=self.item.kind, error=error, date=cell.date, shown=cell.text)
        if full and cell.formula is None:
            self._typed(answer, figures)
            return
        if full and cell.formula is not None and not self._same(cell.formula):
            self._tell("FORM_032", figures, stated=quoted(cell.formula), found=f"={cell.formula}")
        if isinstance(answer, Filled):
            figures.shown[self.item.code] = answer.value
            if self.right is not None and answer.value not in self.sums:
                # Where the file format shows no formulas, a total that was typed over can only show up here.
                severity = None if full else Severity.WARNING
                self._tell("FORM_033", figures, shown=show(answer.value), found=show(answer.value), severity=severity)
        elif isinstance(answer, Unreadable) and self.right is not None:
            self._tell("FORM_033", figures, shown=quoted(answer.raw), found=answer.raw)

    def _typed(self, answer: Answer, figures: Entries) -> None:
        if isinstance(answer, Blank) and not answer.raw:
            self._tell("FORM_034", figures)
            return
        figures.stated[self.item.code] = answer
        if isinstance(answer, Filled):
            same = answer.value == self.right
            stated = show(answer.value)
            self._tell("FORM_031" if same else "FORM_030", figures, stated=stated, found=stated)
        else:
            self._tell("FORM_035", figures, stated=quoted(answer.raw), found=answer.raw)

    def _same(self, formula: str) -> bool:
        """Tell whether a formula adds up the item's parts, and besides them only blank cells of inserted rows."""
        usual = not self.found.moved and self.form.id in FORM_IDS and self.form is load_form(self.form.id)
        if usual and _usual(self.form.id)[self.item.code] == formula:
            return True
        cells = summands(formula, self.found.sheet.name)
        places = [self.found.items.get(term.item) for term in self.form.formulas[self.item.code].terms]
        if cells is None:
            return False
        wanted = sorted(place for place in places if place is not None)
        if list(cells) == wanted:
            return True
        if len(set(cells)) != len(cells) or not set(wanted) <= set(cells):
            return False
        return all(self.found.sheet.cell(*cell).value is None for cell in set(cells) - set(wanted))

    def _tell(
        self,
        code: str,
        figures: Entries,
        *,
        found: str | None = None,
        severity: Severity | None = None,
        **params: str,
    ) -> None:
        right = "无法计算" if self.right is None else show(self.right)
        figures.findings.append(
            finding(
                code, file=self.file, sheet=self.found.sheet.name, cell=a1(*self.place), items=(self.item.code,),
                expected=right, found=found, label=self.item.short, right=right,
                formula=self._wanted(), severity=severity, **params,
            )
        )  # fmt: skip

    def _wanted(self) -> str:
        """Return the formula that belongs into the cell, with the addresses of this very sheet."""
        if not self.found.moved:
            return item_formula(lay_out(self.form), self.item.code)
        places = [self.found.items.get(term.item) for term in self.form.formulas[self.item.code].terms]
        return "+".join(a1(*place) for place in places if place is not None)
