"""A form file → Form, strictly: every fault is found and reported at once, each with its path."""

from __future__ import annotations

import copyreg
import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.cells import a1, parse_range
from toolkit.errors import DefinitionError, ToolkitError
from toolkit.findings import Severity
from toolkit.forms.compile import compile_rules
from toolkit.forms.definition import PHRASE_ROWS, Check, Form, Item, Label, Line, Part, Phrase, Table
from toolkit.forms.keys import Faults, Keys, listed, whole

FORM_IDS = ("2019", "2021")
KINDS = ("count", "signed", "money")
LEVELS = ("below_city",)
_LONGEST_TEXT = 255
"""What Excel takes as one text within a formula."""
ROLES = ("caption", "head", "group", "note")

_FORM = Keys("id title notice version first_year parts tables rules", "last_year phrases")
_PHRASE = Keys("chapter head text")
_PART = Keys("number title", "sheet table heads rows spare prompt", rows="whole")
_TABLE = Keys("id part sheet title unit landscape head_rows stub_columns widths labels blocks")
_LABEL = Keys("at role text")
_BLOCK = Keys("rows columns")
_ROW = Keys("code at label", "short line")
_COLUMN = Keys("code at label kind", "short")
_RULE = Keys(
    "id title table per expression severity on_sheet ground remedy",
    "variant rows over guards computes level first_year last_year",
    rows="texts",
)


@cache
def load_form(form: str) -> Form:
    """Load one of the forms that ship with the toolkit, ``2019`` or ``2021``; another name raises ToolkitError."""
    if form not in FORM_IDS:
        raise ToolkitError(
            f"没有名为 {form} 的表式。",
            f"可用的表式：{'、'.join(FORM_IDS)}。",
            english=f"There is no form {form}; there are {', '.join(FORM_IDS)}.",
        )
    return load_form_file(Path(__file__).with_name(f"form_{form}.toml"))


def load_form_file(path: Path) -> Form:
    """Load a form from a file of one's own; faults raise DefinitionError with all of them."""
    return parse_form(path.read_text(encoding="utf-8"), path.name)


def form_for_year(year: int) -> Form:
    """Return the form that reports of the year are filed on (2019–2020: 2019, from 2021: 2021).

    A year before the unified format raises ToolkitError.
    """
    for form_id in FORM_IDS:
        form = load_form(form_id)
        if form.uses(year):
            return form
    raise ToolkitError(
        f"{year} 年没有全国统一的年报格式。",
        "本工具支持 2019 年及以后的年度报告。",
        english=f"There is no unified format for {year}; reports from 2019 on are supported.",
    )


def parse_form(text: str, name: str) -> Form:
    """Read the text of a form file; every fault found is in the DefinitionError that is raised."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DefinitionError(name, (f"不是合法的 TOML：{fault}",)) from None
    faults = Faults()
    _FORM.check(data, "", faults)
    parts = tuple(_part(part, f"parts[{at}]", faults) for at, part in enumerate(faults.tables(data, "parts", "")))
    tables = tuple(_table(table, f"tables[{at}]", faults) for at, table in enumerate(faults.tables(data, "tables", "")))
    _unique([item.code for table in tables for item in table.items], "item", faults)
    raw_rules = faults.tables(data, "rules", "")
    for at, raw in enumerate(raw_rules):
        _RULE.check(raw, f"rules[{at}]", faults)
        if raw.get("severity") not in [level.value for level in Severity]:
            faults.add(f"rules[{at}].severity", f"unknown severity {raw.get('severity')!r}")
    _unique([f"{raw.get('id')} {raw.get('variant', '')}".strip() for raw in raw_rules], "rule", faults)
    faults.stop(name)
    _consistent(parts, tables, raw_rules, faults)
    rules, formulas, tables = compile_rules(raw_rules, tables, faults)
    for rule in rules:
        if rule.on_sheet and (rule.level is not None or any(_beyond_sheet(check) for check in rule.checks)):
            faults.add(f"rules {rule.id}.on_sheet", "needs last year, the level or the text: no sheet can show it")
    raw_phrases = faults.tables(data, "phrases", "") if "phrases" in data else []
    phrases = tuple(_phrase(raw, f"phrases[{at}]", parts, tables, faults) for at, raw in enumerate(raw_phrases))
    for part in parts:
        for head in part.heads:
            own = [at for at, each in enumerate(phrases) if (each.chapter, each.head) == (part.number, head)]
            if len(own) * PHRASE_ROWS > part.rows:
                faults.add(f"phrases[{own[-1]}]", f"more sentences than fit beside the {part.rows} rows of {head}")
    faults.stop(name)
    return Form(
        data["id"],
        data["title"],
        data["notice"],
        data["version"],
        data["first_year"],
        data.get("last_year"),
        parts,
        tables,
        rules,
        formulas,
        phrases,
    )


def _beyond_sheet(check: Check) -> bool:
    sides = [side for each in (check.comparison, *check.guards) for side in (each.left, each.right)]
    return check.needs_last or any(side.question is not None and side.question.function != "faulty" for side in sides)


def _consistent(
    parts: tuple[Part, ...], tables: tuple[Table, ...], raw_rules: Sequence[Mapping[str, Any]], faults: Faults
) -> None:
    """Note parts, tables and rules that name what does not exist, and grids whose cells lie over each other."""
    ids = [table.id for table in tables]
    for part in parts:
        if part.table is not None and part.table not in ids:
            faults.add(f"parts {part.number}", f"unknown table {part.table!r}")
    for table in tables:
        if table.part not in [part.number for part in parts]:
            faults.add(f"tables {table.id}", f"unknown part {table.part!r}")
        if len(table.widths) != table.width:
            faults.add(f"tables {table.id}.widths", f"{len(table.widths)} widths for {table.width} columns")
        _overlaps(table, faults)
    for at, raw in enumerate(raw_rules):
        lines = {
            line.code for table in tables if raw["table"] in ("*", table.id) for line in (*table.rows, *table.columns)
        }
        for code in raw.get("rows", ()):
            if code not in lines:
                faults.add(f"rules[{at}] {raw['id']}.rows", f"unknown row {code!r}")
        if raw.get("level") not in (None, *LEVELS):
            faults.add(f"rules[{at}] {raw['id']}.level", f"unknown level {raw['level']!r}; one of {', '.join(LEVELS)}")


def _overlaps(table: Table, faults: Faults) -> None:
    boxes = {(each.first_row, each.first_column, each.last_row, each.last_column, each.text) for each in table.labels}
    boxes |= {(each.line, each.position, each.line, each.position + each.span - 1, each.code) for each in table.items}
    taken: dict[tuple[int, int], str] = {}
    for top, left, bottom, right, text in sorted(boxes):
        for cell in [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]:
            if cell in taken:
                faults.add(f"tables {table.id} {a1(*cell)}", f"{text!r} lies over {taken[cell]!r}")
            taken[cell] = text


def _unique(codes: list[str], what: str, faults: Faults) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            faults.add(f"{what} {code}", "defined twice")
        seen.add(code)


def _part(raw: Mapping[str, Any], path: str, faults: Faults) -> Part:
    _PART.check(raw, path, faults)
    if "table" not in raw and "sheet" not in raw:
        faults.add(path, "needs a table or a sheet")
    return Part(
        raw.get("number", ""),
        raw.get("title", ""),
        raw.get("sheet", ""),
        raw.get("table"),
        tuple(listed(raw.get("heads"))),
        whole(raw.get("rows")),
        whole(raw.get("spare")),
        raw.get("prompt", ""),
    )


def _phrase(
    raw: Mapping[str, Any], path: str, parts: tuple[Part, ...], tables: tuple[Table, ...], faults: Faults
) -> Phrase:
    """Return a sentence whose ``{…}`` are ``year`` or items joined by ``+``, ``*`` standing for any part of a code."""
    _PHRASE.check(raw, path, faults)
    chapter, head = str(raw.get("chapter", "")), str(raw.get("head", ""))
    heads = next((part.heads for part in parts if part.number == chapter and part.table is None), ())
    if head not in heads:
        faults.add(f"{path}.head", f"chapter {chapter!r} has no head {head!r}")
    codes = [item.code for table in tables for item in table.items]
    pieces: list[str | tuple[str, ...]] = []
    for at, piece in enumerate(re.split(r"\{([^{}]*)\}", str(raw.get("text", "")))):
        if at % 2 == 0:
            pieces += [piece] if piece else []
            continue
        wanted = [] if piece == "year" else piece.split("+")
        found = [fnmatch.filter(codes, each) for each in wanted]
        if not all(found):
            faults.add(f"{path}.text", f"names no item: {{{piece}}}")
        pieces.append(tuple(dict.fromkeys(code for each in found for code in each)))
    if any(len(piece) > _LONGEST_TEXT for piece in pieces if isinstance(piece, str)):
        faults.add(f"{path}.text", f"holds a text longer than {_LONGEST_TEXT} characters: no formula can")
    if any(mark in piece for piece in pieces if isinstance(piece, str) for mark in '{}"'):
        faults.add(f"{path}.text", "holds a lone brace or a straight quotation mark")
    return Phrase(chapter, head, tuple(pieces))


def _label(raw: Mapping[str, Any], role: str, path: str, faults: Faults) -> Label:
    try:
        box = parse_range(str(raw.get("at", "")))
    except ValueError:
        faults.add(f"{path}.at", f"not a range of cells: {raw.get('at')!r}")
        box = (0, 0, 0, 0)
    return Label(*box, str(raw.get("label", raw.get("text", ""))), role)


def _table(raw: Mapping[str, Any], path: str, faults: Faults) -> Table:
    _TABLE.check(raw, path, faults)
    labels: list[Label] = []
    rows: dict[str, Line] = {}
    columns: dict[str, Line] = {}
    items: list[Item] = []
    for at, label in enumerate(faults.tables(raw, "labels", path)):
        _LABEL.check(label, f"{path}.labels[{at}]", faults)
        if label.get("role") not in ROLES:
            faults.add(f"{path}.labels[{at}].role", f"unknown role {label.get('role')!r}")
        labels.append(_label(label, str(label.get("role")), f"{path}.labels[{at}]", faults))
    for at, block in enumerate(faults.tables(raw, "blocks", path)):
        _block(str(raw.get("id")), block, f"{path}.blocks[{at}]", (labels, rows, columns, items), faults)
    items.sort(key=lambda item: (item.line, item.position))
    return Table(
        str(raw.get("id")),
        str(raw.get("part")),
        str(raw.get("sheet")),
        str(raw.get("title")),
        str(raw.get("unit")),
        bool(raw.get("landscape")),
        whole(raw.get("head_rows")),
        whole(raw.get("stub_columns")),
        tuple(listed(raw.get("widths"))),
        tuple(labels),
        tuple(items),
        tuple(rows.values()),
        tuple(columns.values()),
    )


def _line(raw: Mapping[str, Any], role: str, path: str, faults: Faults) -> Line:
    label = _label(raw, role, path, faults)
    code, short = str(raw.get("code")), str(raw.get("short", label.text))
    if not (code.isascii() and code.isidentifier()):
        faults.add(f"{path}.code", f"not a name: {code!r}")
    if "·" in short:
        faults.add(f"{path}.short", f"holds a ·, which parts row and column: {short!r}")
    return Line(code, label.text, short, label)


def _block(
    table: str,
    raw: Mapping[str, Any],
    path: str,
    into: tuple[list[Label], dict[str, Line], dict[str, Line], list[Item]],
    faults: Faults,
) -> None:
    labels, rows, columns, items = into
    _BLOCK.check(raw, path, faults)
    block_columns: list[tuple[Line, str]] = []
    for at, column in enumerate(faults.tables(raw, "columns", path)):
        _COLUMN.check(column, f"{path}.columns[{at}]", faults)
        kind = str(column.get("kind"))
        if kind not in KINDS:
            faults.add(f"{path}.columns[{at}].kind", f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
        line = _line(column, "head", f"{path}.columns[{at}]", faults)
        block_columns.append((line, kind))
        columns.setdefault(line.code, line)
        labels.append(line.at)
    for at, row in enumerate(faults.tables(raw, "rows", path)):
        _ROW.check(row, f"{path}.rows[{at}]", faults)
        line = _line(row, "head" if "line" in row else "stub", f"{path}.rows[{at}]", faults)
        rows.setdefault(line.code, line)
        labels.append(line.at)
        for column_line, kind in block_columns:
            items.append(
                Item(
                    f"{table}.{line.code}.{column_line.code}",
                    table,
                    line.label,
                    column_line.label,
                    line.code,
                    column_line.code,
                    f"{line.short}·{column_line.short}",
                    kind,
                    False,
                    whole(row.get("line"), line.at.first_row + 1) - 1,
                    column_line.at.first_column,
                    1 + column_line.at.last_column - column_line.at.first_column,
                )
            )


copyreg.pickle(Form, lambda form: (load_form, (form.id,)))
