"""Workbooks as the reader sees them, made from a form's layout and then tampered with: no file is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import openpyxl

from toolkit.answers import Filled
from toolkit.cells import a1, parse_a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.forms import load_form
from toolkit.forms.layout import Layout, item_formula, lay_out
from toolkit.forms.sheets import CHECKS, COVER, META, SWITCH_TEXT
from toolkit.returns.numbers import understand

CODE = "11370830MB28439065"
PERSONS = {"preparer": "甲", "reviewer": "乙", "head": "丙", "phone": "0537-1234567"}

Value = int | Decimal | str | None


@dataclass
class Paper:
    """A workbook whose cells can be changed; ``book`` freezes it."""

    layout: Layout
    grids: dict[str, dict[tuple[int, int], Cell]]
    names: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    protected: dict[str, bool] = field(default_factory=dict)
    hidden_rows: dict[str, frozenset[int]] = field(default_factory=dict)
    full: bool = True
    kind: str = "xlsx"

    def book(self) -> Book:
        """Return the workbook as opened."""
        sheets = tuple(
            Sheet(
                name,
                "veryHidden" if name == META.name else "visible",
                self.protected.get(name, True),
                {place: cell for place, cell in cells.items() if cell.value is not None or cell.formula is not None},
                hidden_rows=self.hidden_rows.get(name, frozenset()),
            )
            for name, cells in self.grids.items()
        )
        return Book(self.kind, sheets, self.names, self.properties, sha256="0" * 64, full=self.full)

    def put(self, sheet: str, cell: str, value: Value, **more: object) -> Paper:
        """Write a value into a cell, keeping its lock."""
        place = parse_a1(cell)
        old = self.grids[sheet].get(place, Cell(None, locked=True))
        self.grids[sheet][place] = old._replace(value=value, formula=None, text=str(value), **more)  # type: ignore[arg-type]
        return self

    def fill(self, code: str, value: Value) -> Paper:
        """Write a value into the cell of an item."""
        sheet, row, column = self.layout.cell(code)
        return self.put(sheet, a1(row, column), value)

    def insert_rows(self, sheet: str, before: int, count: int = 1) -> Paper:
        """Insert rows as Excel does: cells move, references follow. ``before`` counts from 1; negative deletes."""
        return self._shift(sheet, lambda row, column: (_moved(row, before - 1, count), column))

    def insert_columns(self, sheet: str, before: int, count: int = 1) -> Paper:
        """Insert columns as Excel does; ``before`` counts from 1, a negative count deletes."""
        return self._shift(sheet, lambda row, column: (row, _moved(column, before - 1, count)))

    def _shift(self, sheet: str, move: Callable[[int, int], tuple[int | None, int | None]]) -> Paper:
        def reference(match: re.Match[str]) -> str:
            row, column = move(*parse_a1(match[0]))
            return "#REF!" if row is None or column is None else a1(row, column)

        shifted: dict[tuple[int, int], Cell] = {}
        for place, cell in self.grids[sheet].items():
            row, column = move(*place)
            if row is not None and column is not None:
                formula = None if cell.formula is None else re.sub(r"[A-Z]+[0-9]+", reference, cell.formula)
                shifted[row, column] = cell._replace(formula=formula)
        self.grids[sheet] = shifted
        for name, target in self.names.items():
            if target.startswith(f"'{sheet}'!"):
                row, column = move(*parse_a1(target.split("!")[1]))
                self.names[name] = (
                    "#REF!" if row is None or column is None else f"'{sheet}'!{a1(row, column, absolute=True)}"
                )
        return self

    def rename(self, old: str, new: str) -> Paper:
        """Rename a sheet."""
        self.grids = {new if name == old else name: cells for name, cells in self.grids.items()}
        return self

    def drop(self, sheet: str) -> Paper:
        """Delete a sheet."""
        del self.grids[sheet]
        return self


def _moved(at: int, before: int, count: int) -> int | None:
    if count < 0 and before <= at < before - count:
        return None
    return at + count if at >= before else at


def paper(
    form_id: str = "2021",
    year: int = 2024,
    *,
    figures: Mapping[str, Value] | None = None,
    kind: str = "blank",
    default: Value = 0,
    text: str = "本年主动公开政府信息 10 条。",
) -> Paper:
    """Return a workbook as our writer makes it: every input ``default`` unless ``figures`` says otherwise."""
    form = load_form(form_id)
    layout = lay_out(form)
    given = dict.fromkeys(form.inputs, default) | dict(figures or {})
    grids: dict[str, dict[tuple[int, int], Cell]] = {name: {} for name in layout.sheets}
    cover = {"name": "样例县财政局", "code": CODE, "year": year, **PERSONS}
    for key, label in COVER.fields:
        row = COVER.cells[key][0]
        grids[COVER.name][row, COVER.label_column] = _label(label)
        grids[COVER.name][row, COVER.value_column] = Cell(cover[key], locked=False, text=str(cover[key]))  # type: ignore[arg-type]
    answers = {code: understand(value, kind=form.items[code].kind) for code, value in given.items()}
    values = form.complete({code: each.value if isinstance(each, Filled) else 0 for code, each in answers.items()})
    for table in layout.tables:
        cells = grids[table.sheet]
        cells[0, 0], cells[1, 0] = _label(table.table.title), _label("填报单位：样例县财政局")
        cells[table.switch[0], table.switch[1] - 1] = _label(SWITCH_TEXT)
        for label in table.table.labels:
            cells[table.top + label.first_row, table.left + label.first_column] = _label(label.text)
        for item in table.table.items:
            place = table.cells[item.code]
            if item.computed:
                value = values[item.code]
                cells[place] = Cell(value, item_formula(layout, item.code), True, text=str(value))
            elif given[item.code] is not None:
                cells[place] = Cell(given[item.code], locked=False, text=str(given[item.code]))
    for chapter in layout.chapters:
        cells = grids[chapter.sheet]
        cells[0, 0], cells[1, 0] = _label(f"{chapter.part.number}、{chapter.part.title}"), _label(chapter.part.prompt)
        for row, head in chapter.heads:
            cells[row, 0] = _label(head)
        for row, head in chapter.paragraphs if text else ():
            if (row - 1, head) in chapter.heads or (not head and row == 2):
                cells[row, 0] = Cell(text, locked=False, text=text)
    checks = grids[CHECKS.name]
    for line in layout.checks.lines:
        checks[line.row, CHECKS.column("number")] = _label(line.rule.id)
        checks[line.row, CHECKS.column("words")] = _label(line.check.words)
    said = {"form": form_id, "year": str(year), "round": "0"} | ({"code": CODE} if kind != "blank" else {})
    meta = {"format": "nianbao", "kind": kind, "version": form.version, **said}
    if kind != "blank":
        meta["name"] = "样例县财政局"
    for at, (key, value) in enumerate(meta.items()):
        grids[META.name][at, 0], grids[META.name][at, 1] = _label(key), _label(value)
    names = {f"NIANBAO_{key.upper()}": f'"{value}"' for key, value in said.items()}
    names |= {layout.names[code]: layout.reference(code) for code in form.items}
    return Paper(layout, grids, names, {f"nianbao.{key}": value for key, value in said.items()})


def _label(text: str) -> Cell:
    return Cell(text, locked=True, text=text)


def numbers_as_text(path: Path) -> list[tuple[str, str, str]]:
    """Return sheet, cell and text of every number that stands as text in a list of ours; codes and digests are none."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book.worksheets
        if sheet.title not in (META.name, COVER.name)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and re.fullmatch(r"[-+]?[0-9]{1,11}(\.[0-9]+)?", cell.value.strip())
    ]
