"""Is the roll-up as it was written? Every row of every sheet against the marks that it carries, by openpyxl's own eyes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.findings import Wording, phrase
from toolkit.forms import Form
from toolkit.returns.seals import (
    FIXED,
    RESULTS,
    SEAL,
    TYPED,
    WHOLE,
    fixed_text,
    formula_text,
    mark,
    shown_text,
    whole_mark,
)

_HIDDEN_BEFORE = ("_meta", "_核对")
_FILTERED = "明细"
_ON_FIGURES = ("汇总说明", "图表")
"""Sheets whose formulas rest on 明细 and 调整 alone."""
_LOW = 0.7
"""The height in points below which a row is as good as hidden: rows to spare of our own have 0.75."""
_SHOWN = 4
"""Rows that a line names."""

Rows = dict[int, str]


def changes(book: Any, formulas: Any, form: Form, uncompared: list[str]) -> Iterator[str]:
    """Yield in Chinese, sheet by sheet, what is not as it was written; ``book`` has the values, ``formulas`` the formulas.

    Sheets whose results no mark holds any longer, because somebody typed, are added to ``uncompared``.
    """
    sealed = _sealed(formulas)
    if not sealed:
        yield phrase("seal_none")
        return
    names = dict.fromkeys(sheet for sheet, kind in sealed if kind == FIXED)
    wanted = {*((name, kind) for name in names for kind in (FIXED, RESULTS)), ("调整", TYPED), ("", TYPED), ("", WHOLE)}
    if sealed.keys() != wanted or sealed["", WHOLE].get(0) != _own_mark(formulas):
        yield _again("seal_parts")
    for name in formulas.sheetnames:
        if name not in names:
            yield phrase("seal_more", name=name)
    present = [name for name in names if name in formulas.sheetnames]
    yield from (_again("seal_missing", name=name) for name in names if name not in present)
    typed: dict[str, list[tuple[int, str]]] = {"调整": [], "": []}
    marks = {}
    for at, name in enumerate(present):
        marks[name] = sheet_marks(book[name], formulas[name], form, typed["调整" if name == "调整" else ""], at)
    same = {name: mark(cells) == sealed.get((name, TYPED), {}).get(0, "") for name, cells in typed.items()}
    for name in present:
        shown = same["调整"] and (same[""] or name in _ON_FIGURES)
        uncompared += [] if shown or not marks[name][1] or name in _ON_FIGURES else [name]
        yield from _of_sheet(formulas[name], marks[name], sealed, shown=shown)


def table_formulas(formulas: Any, form: Form, cells: Mapping[str, tuple[str, int, int]], bodies: int) -> str:
    """Return in Chinese the inputs of the tables whose formula is not the column of 明细 and what 调整 adds, "" for none."""
    details, listing = formulas["明细"], formulas["调整"]
    columns = {cell.value: cell.column_letter for cell in details[2]}
    titles = {cell.value: cell.column_letter for cell in listing[1]}
    wrong: list[str] = []
    lines = [cell.row for cell in listing[titles.get("计入差额", "A")] if cell.data_type == "f"]
    if not lines or "code" not in columns or "指标代码" not in titles:
        return _again("seal_no_sums")
    item, change = (f"调整!{titles[title]}{lines[0]}:{titles[title]}{lines[-1]}" for title in ("指标代码", "计入差额"))
    for code in form.inputs:
        if code not in cells or code not in columns:
            continue
        column, (name, row, at) = columns[code], cells[code]
        wanted = f"SUM(明细!{column}3:{column}{2 + max(bodies, 1)})+SUMPRODUCT(({item}=明细!{column}2)*{change})"
        wanted = f"ROUND({wanted},4)" if form.items[code].kind == "money" else wanted
        cell = formulas[name].cell(row, at)
        if cell.data_type != "f" or formula_text(str(cell.value)) != formula_text(wanted):
            wrong.append(f"{name}!{cell.coordinate}")
    listed = Wording.some(wrong, "、", most=_SHOWN, unit="格")
    return _again("seal_sums", cells=listed) if wrong else ""


def _again(code: str, **params: object) -> Wording:
    return phrase(code, again=phrase("proof_again_seal"), **params)


def _of_sheet(
    sheet: Any, marks: tuple[Rows, Rows], sealed: Mapping[tuple[str, str], Rows], *, shown: bool
) -> Iterator[str]:
    name = sheet.title
    if (sheet.sheet_state == "visible") == (name in _HIDDEN_BEFORE):
        yield _again("seal_hidden" if sheet.sheet_state != "visible" else "seal_shown", name=name)
    for kind, now, what in ((FIXED, marks[0], "seal_fixed"), (RESULTS, marks[1], "seal_results")):
        then = sealed.get((name, kind), {})
        rows = [row for row in sorted(now.keys() | then.keys()) if now.get(row) != then.get(row)]
        if rows and (kind == FIXED or shown):
            yield _again(what, name=name, rows=Wording.some([*map(str, rows)], "、", most=_SHOWN, unit=""))


def sheet_marks(book: Any, formulas: Any, form: Form, typed: list[tuple[int, str]], at: int) -> tuple[Rows, Rows]:
    """Return the marks of a sheet's rows; what a person typed is added to ``typed`` under the number of the sheet."""
    fixed: dict[int, list[tuple[int, str]]] = {}
    results: dict[int, list[tuple[int, str]]] = {}
    name, sealing = formulas.title, False
    proved = _last_figure(formulas, form) if name == _FILTERED else 0
    locked: dict[int, bool] = {}
    for row in formulas.iter_rows():
        sealing = sealing or (name == "_meta" and row[0].value == SEAL)
        for cell in row if not sealing else ():
            value = cell.value
            if value is None or value == "" or (cell.row > 2 and cell.column <= proved and cell.data_type != "f"):
                continue
            style = cell.style_id if cell.has_style else 0
            if style not in locked:
                locked[style] = bool(cell.protection.locked)
            if not locked[style]:
                typed.append((at, f"{name}!{cell.row - 1},{cell.column - 1}={fixed_text(_plain(value))}"))
                continue
            formula = str(getattr(value, "text", value)) if cell.data_type == "f" else ""
            fixed.setdefault(cell.row, []).append((cell.column - 1, fixed_text(_plain(value), formula)))
            if formula:
                shown = shown_text(_plain(book.cell(cell.row, cell.column).value))
                results.setdefault(cell.row, []).append((cell.column - 1, shown))
    for number, size in formulas.row_dimensions.items():
        if name != _FILTERED and (size.hidden or (size.ht is not None and size.ht < _LOW)):
            fixed.setdefault(number, []).append((-1, "hidden"))
    return _marked(fixed), _marked(results)


def _marked(rows: Mapping[int, list[tuple[int, str]]]) -> Rows:
    return {row: mark(cells) for row, cells in rows.items() if mark(cells)}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, list) else value


def _last_figure(sheet: Any, form: Form) -> int:
    """Return the last column of 明细 that holds figures: these and what stands before them is compared with the sources."""
    return max((cell.column for cell in sheet[2] if cell.value in form.inputs), default=0)


def _sealed(formulas: Any) -> dict[tuple[str, str], Rows]:
    """Return the marks that ``_meta`` carries: by sheet and kind, the mark of each row; one without rows under 0."""
    sealed: dict[tuple[str, str], Rows] = {}
    if "_meta" not in formulas.sheetnames:
        return sealed
    rows = list(formulas["_meta"].iter_rows(max_col=4, values_only=True))
    keys = [row[0] for row in rows]
    for sheet, kind, _, text in rows[keys.index(SEAL) + 1 :] if SEAL in keys else ():
        marks = sealed.setdefault((str(sheet or ""), str(kind)), {})
        for entry in str(text or "").split():
            row, _, own = entry.rpartition(":")
            marks[int(row) if row.isdigit() else 0] = own
    return sealed


def _own_mark(formulas: Any) -> str:
    rows = [
        tuple(str(value or "") for value in row) for row in formulas["_meta"].iter_rows(max_col=4, values_only=True)
    ]
    first = next((at for at, row in enumerate(rows) if row[0] == SEAL), len(rows))
    return whole_mark((row[0], row[1], row[3]) for row in rows[first + 1 :] if row[1] != WHOLE)
