"""A form file → Form, strictly: every fault is found and reported at once, each with its path."""

from __future__ import annotations

import copyreg
import fnmatch
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from toolkit.cells import a1, parse_range
from toolkit.findings import Wording, fault
from toolkit.findings.toml import Faults, read_toml, shipped_text
from toolkit.forms.compile import compile_rules
from toolkit.forms.definition import PHRASE_ROWS, Check, Form, Item, Label, Part, Phrase, Table, TableLine
from toolkit.forms.formfile import WrittenBlock, WrittenColumn, WrittenForm, WrittenPhrase, WrittenRow, WrittenTable

FORM_IDS = ("2019", "2021")
_OPEN_ROWS = 8
"""Rows of a section beside which sentences may stand; more would take paper that nobody writes on."""
_LONGEST_TEXT = 255
"""What Excel takes as one text within a formula."""


_OWN: dict[str, tuple[Form, str]] = {}
"""The forms of one's own that are in use in this process, and their texts, by id."""


def form_ids() -> tuple[str, ...]:
    """Return the forms that are in use: those that ship with the toolkit, and those of one's own."""
    return (*FORM_IDS, *_OWN) if _OWN else FORM_IDS


def own_forms() -> tuple[Form, ...]:
    """Return the forms of one's own that are in use; where they are sent, another process, they are in use too."""
    return tuple(form for form, _ in _OWN.values())


def own_texts() -> tuple[str, ...]:
    """Return the texts of the forms of one's own that are in use: what was read by others is read anew."""
    return tuple(text for _, text in _OWN.values())


def use_form(path: Path) -> Form:
    """Load a form of one's own and use it for its years, before a shipped one of the same years; returns it.

    What is no form, the id of a shipped form, and a second form of one id raise ToolkitError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise fault("FORM_FILE_UNREADABLE", path=path, kind=type(error).__name__) from error
    return _used(text, path.name)


def _used(text: str, name: str) -> Form:
    form = parse_form(text, name)
    known, same = _OWN.get(form.id, (None, text))
    if form.id in FORM_IDS or same != text:
        raise fault("FORM_ID_TAKEN", path=name, form=form.id)
    return _OWN.setdefault(form.id, (form, text))[0] if known is None else known


def load_form(form: str) -> Form:
    """Load a form that ships with the toolkit, ``2019`` or ``2021``, or one in use; another name raises ToolkitError."""
    if form in _OWN:
        return _OWN[form][0]
    if form not in FORM_IDS:
        raise fault("FORM_UNKNOWN", form=form, forms=Wording("、".join(form_ids()), ", ".join(form_ids())))
    return _shipped(form)


@cache
def _shipped(form: str) -> Form:
    name = f"form_{form}.toml"
    return parse_form(shipped_text(__package__, name), name)


def load_form_file(path: Path) -> Form:
    """Load a form from a file of one's own; faults raise DefinitionError with all of them."""
    return parse_form(path.read_text(encoding="utf-8"), path.name)


def form_for_year(year: int) -> Form:
    """Return the form that reports of the year are filed on: one of one's own, else 2019–2020: 2019, from 2021: 2021.

    A year before the unified format raises ToolkitError.
    """
    for form_id in reversed(form_ids()):
        form = load_form(form_id)
        if form.uses(year):
            return form
    raise fault("YEAR_WITHOUT_FORM", year=year)


def parse_form(text: str, name: str) -> Form:
    """Read the text of a form file; every fault is in the DefinitionError that is raised.

    What is wrong in keys and types is told first: only a file without such faults has a meaning to look at.
    """
    written = read_toml(text, name, WrittenForm)
    faults = Faults()
    tables = tuple(_TableMaker(table, f"tables[{at}]", faults).made() for at, table in enumerate(written.tables))
    _unique([item.code for table in tables for item in table.items], "item", faults)
    _unique([f"{rule.id} {rule.variant}".strip() for rule in written.rules], "rule", faults)
    faults.stop(name)
    _consistent(written, tables, faults)
    rules, formulas, tables = compile_rules(written.rules, tables, faults)
    for rule in rules:
        if rule.on_sheet and any(_beyond_sheet(check) for check in rule.checks):
            faults.add(
                f"rules {rule.id}.on_sheet", "asks about the text or a whole table of last year: no sheet can show it"
            )
    phrases = tuple(
        _phrase(phrase, f"phrases[{at}]", (written.parts, tables), faults) for at, phrase in enumerate(written.phrases)
    )
    for part in written.parts:
        for head in part.heads:
            own = [at for at, phrase in enumerate(phrases) if (phrase.chapter, phrase.head) == (part.number, head)]
            if len(own) * PHRASE_ROWS > min(part.rows, _OPEN_ROWS):
                faults.add(f"phrases[{own[-1]}]", f"more sentences than fit beside the first rows of {head}")
    faults.stop(name)
    return Form(
        written.id,
        written.title,
        written.notice,
        written.version,
        written.first_year,
        written.last_year,
        written.parts,
        tables,
        rules,
        formulas,
        phrases,
    )


def _beyond_sheet(check: Check) -> bool:
    sides = [side for comparison in check.comparisons for side in (comparison.left, comparison.right)]
    return any(side.question is not None and side.question.function != "faulty" for side in sides)


def _consistent(written: WrittenForm, tables: tuple[Table, ...], faults: Faults) -> None:
    """Note parts, tables and rules that name what does not exist, and grids whose cells lie over each other."""
    ids = [table.id for table in tables]
    for at, part in enumerate(written.parts):
        if part.table is None and not part.sheet:
            faults.add(f"parts[{at}]", "needs a table or a sheet")
        if part.table is not None and part.table not in ids:
            faults.add(f"parts {part.number}", f"unknown table {part.table!r}")
    for table in tables:
        if table.part not in [part.number for part in written.parts]:
            faults.add(f"tables {table.id}", f"unknown part {table.part!r}")
        if len(table.widths) != table.width:
            faults.add(f"tables {table.id}.widths", f"{len(table.widths)} widths for {table.width} columns")
        _overlaps(table, faults)
    for at, rule in enumerate(written.rules):
        own = [table for table in tables if rule.table in ("*", table.id)]
        lines = {line.code for table in own for line in (*table.rows, *table.columns)}
        for code in rule.rows or ():
            if code not in lines:
                faults.add(f"rules[{at}] {rule.id}.rows", f"unknown row {code!r}")


def _overlaps(table: Table, faults: Faults) -> None:
    boxes = {
        (label.first_row, label.first_column, label.last_row, label.last_column, label.text) for label in table.labels
    }
    boxes |= {(item.line, item.position, item.line, item.position + item.span - 1, item.code) for item in table.items}
    taken: dict[tuple[int, int], str] = {}
    for top, left, bottom, right, text in sorted(boxes):
        for cell in [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]:
            if cell in taken:
                faults.add(f"tables {table.id} {a1(*cell)}", f"{text!r} lies over {taken[cell]!r}")
            taken[cell] = text


def _unique(codes: Sequence[str], what: str, faults: Faults) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            faults.add(f"{what} {code}", "defined twice")
        seen.add(code)


def _phrase(
    written: WrittenPhrase, path: str, form: tuple[tuple[Part, ...], tuple[Table, ...]], faults: Faults
) -> Phrase:
    """Return a sentence whose ``{…}`` are ``year`` or items joined by ``+``, ``*`` standing for any part of a code."""
    parts, tables = form
    heads = next((part.heads for part in parts if part.number == written.chapter and part.table is None), ())
    if written.head not in heads:
        faults.add(f"{path}.head", f"chapter {written.chapter!r} has no head {written.head!r}")
    codes = [item.code for table in tables for item in table.items]
    pieces: list[str | tuple[str, ...]] = []
    for at, piece in enumerate(re.split(r"\{([^{}]*)\}", written.text)):
        if at % 2 == 0:
            pieces += [piece] if piece else []
            continue
        named = [fnmatch.filter(codes, name) for name in ([] if piece == "year" else piece.split("+"))]
        if not all(named):
            faults.add(f"{path}.text", f"names no item: {{{piece}}}")
        pieces.append(tuple(dict.fromkeys(code for matches in named for code in matches)))
    if any(len(piece) > _LONGEST_TEXT for piece in pieces if isinstance(piece, str)):
        faults.add(f"{path}.text", f"holds a text longer than {_LONGEST_TEXT} characters: no formula can")
    if any(mark in piece for piece in pieces if isinstance(piece, str) for mark in '{}"'):
        faults.add(f"{path}.text", "holds a lone brace or a straight quotation mark")
    return Phrase(written.chapter, written.head, tuple(pieces))


class _TableMaker:
    """A table of a form from what is written: its labels, and an item wherever a row and a column of a block cross."""

    def __init__(self, written: WrittenTable, path: str, faults: Faults) -> None:
        self.written, self.path, self.faults = written, path, faults
        self.labels: list[Label] = []
        self.rows: dict[str, TableLine] = {}
        self.columns: dict[str, TableLine] = {}
        self.items: list[Item] = []

    def made(self) -> Table:
        written = self.written
        for at, label in enumerate(written.labels):
            self._label(label.at, label.text, label.role, f"{self.path}.labels[{at}]")
        for at, block in enumerate(written.blocks):
            self._block(block, f"{self.path}.blocks[{at}]")
        return Table(
            written.id,
            written.part,
            written.sheet,
            written.title,
            written.unit,
            written.landscape,
            written.head_rows,
            written.stub_columns,
            written.widths,
            tuple(self.labels),
            tuple(sorted(self.items, key=lambda item: (item.line, item.position))),
            tuple(self.rows.values()),
            tuple(self.columns.values()),
        )

    def _label(self, at: str, text: str, role: str, path: str) -> Label:
        try:
            box = parse_range(at)
        except ValueError:
            self.faults.add(f"{path}.at", f"not a range of cells: {at!r}")
            box = (0, 0, 0, 0)
        label = Label(*box, text, role)
        self.labels.append(label)
        return label

    def _line(self, written: WrittenRow | WrittenColumn, role: str, path: str) -> TableLine:
        label = self._label(written.at, written.label, role, path)
        code, short = written.code, label.text if written.short is None else written.short
        if not (code.isascii() and code.isidentifier()):
            self.faults.add(f"{path}.code", f"not a name: {code!r}")
        if "·" in short:
            self.faults.add(f"{path}.short", f"holds a ·, which parts row and column: {short!r}")
        return TableLine(code, label.text, short, label, written.counts, written.ground)

    def _block(self, block: WrittenBlock, path: str) -> None:
        lines = [self._line(column, "head", f"{path}.columns[{at}]") for at, column in enumerate(block.columns)]
        columns = list(zip(lines, (column.kind for column in block.columns), strict=True))
        for line in lines:
            self.columns.setdefault(line.code, line)
        for at, row in enumerate(block.rows):
            line = self._line(row, "stub" if row.line is None else "head", f"{path}.rows[{at}]")
            self.rows.setdefault(line.code, line)
            place = line.at.first_row if row.line is None else row.line - 1
            self.items += [self._item(line, column, kind, place) for column, kind in columns]

    def _item(self, row: TableLine, column: TableLine, kind: str, place: int) -> Item:
        return Item(
            f"{self.written.id}.{row.code}.{column.code}",
            self.written.id,
            row.label,
            column.label,
            row.code,
            column.code,
            f"{row.short}·{column.short}",
            kind,
            False,
            place,
            column.at.first_column,
            1 + column.at.last_column - column.at.first_column,
        )


def _again(form: str, text: str) -> Form:
    return _used(text, form) if text else load_form(form)


copyreg.pickle(Form, lambda form: (_again, (form.id, _OWN[form.id][1] if form.id in _OWN else "")))
