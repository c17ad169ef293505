"""台账.xlsx that came back from the coordinator's hands → decisions, and what about them cannot be accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from toolkit.cells import a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms import Form
from toolkit.season.ledger.decisions import KINDS, Decision, understood
from toolkit.season.worklist.overview import BODY_SHEET, CODE_TITLE, WAS


class Entries(Struct, frozen=True):
    """What was read: decisions to record, findings, and the texts that were refused, by body and kind.

    ``read`` is False for a worklist in which nothing could be recognised.
    """

    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    read: bool = True


class _Table(Struct, frozen=True):
    sheet: Sheet
    columns: Mapping[str, int]
    file: str

    def cell(self, row: int, title: str) -> Cell:
        return self.sheet.cell(row, self.columns[title]) if title in self.columns else Cell(None)

    def text(self, row: int, title: str) -> str:
        value = self.cell(row, title).value
        return "" if value is None else str(value).strip()

    def place(self, row: int, title: str) -> dict[str, Any]:
        return {"file": self.file, "sheet": self.sheet.name, "cell": a1(row, self.columns[title])}


def read_worklist(book: Book, file: str, versions: Mapping[str, int], form: Form) -> Entries:
    """Read the decisions that differ from what the worklist was written with; ``versions`` counts each body's files.

    Rows are known by the code of the body, columns by their titles: sorting, filtering and hiding change nothing. A
    waiver without a reason, a file that never came and a text that is not understood are refused with a finding; the
    text stays on the worklist.
    """
    sheet = book.sheet(BODY_SHEET)
    head = None if sheet is None else _head(sheet)
    if sheet is None or head is None:
        return Entries(findings=(finding("LEDGER_001", file=file),), read=False)
    top, columns = head
    worklist = _Table(sheet, columns, file)
    decisions: list[Decision] = []
    findings: list[Finding] = []
    refused: dict[tuple[str, str], str] = {}
    for row in sorted({at for at, _ in sheet.cells if at > top}):
        code = worklist.text(row, CODE_TITLE)
        if not code:
            continue
        _row(worklist, row, code, versions.get(code, 0), form, decisions, findings, refused)
    return Entries(tuple(decisions), tuple(findings), refused)


def _head(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for row in range(12):
        titles = {str(cell.value).strip(): at[1] for at, cell in sheet.cells.items() if at[0] == row and cell.value}
        if CODE_TITLE in titles and set(KINDS.values()) <= set(titles):
            return row, titles
    return None


def _row(
    worklist: _Table,
    row: int,
    code: str,
    versions: int,
    form: Form,
    decisions: list[Decision],
    findings: list[Finding],
    refused: dict[tuple[str, str], str],
) -> None:
    """Read the decisions of one body."""
    now: dict[str, str] = {}
    for kind, title in KINDS.items():
        cell = worklist.cell(row, title)
        value, fault = understood(kind, cell.value, date_cell=cell.date, versions=versions, form=form)
        if fault:
            findings.append(finding("LEDGER_002", **worklist.place(row, title), title=title, why=fault))
            refused[code, kind] = worklist.text(row, title)
        now[kind] = value
    was = {kind: worklist.text(row, f"{WAS}{title}") for kind, title in KINDS.items()}
    changed = {kind for kind in KINDS if now[kind] != was[kind] and (code, kind) not in refused}
    if now["waive"] and not now["why"]:
        findings.append(finding("LEDGER_003", **worklist.place(row, KINDS["why"]), rules=now["waive"]))
        refused[code, "waive"] = now["waive"]
        changed.discard("waive")
        if was["waive"]:  # it was in force with a reason that is gone now
            decisions.append(Decision(code, "waive", ""))
    for kind in ("adopt", "waive"):
        if (kind in changed or ("why" in changed and now[kind])) and (code, kind) not in refused:
            decisions.append(Decision(code, kind, now[kind], now["why"] if now[kind] else ""))
    if "why" in changed and now["why"] and not now["adopt"] and not now["waive"]:
        findings.append(finding("LEDGER_004", **worklist.place(row, KINDS["why"])))
        refused[code, "why"] = now["why"]
    decisions += [Decision(code, kind, now[kind]) for kind in ("remind", "remark") if kind in changed]
