"""台账.xlsx that came back from the coordinator's hands → decisions, and what about them cannot be accepted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from toolkit.cells import a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import CATALOGUE, Finding, finding, phrase
from toolkit.forms import Form
from toolkit.returns import lacking
from toolkit.roster import folded
from toolkit.season.ledger import ALL, ASK, IMPORTED, Decision
from toolkit.season.worklist.columns import (
    ASSIGNED,
    BEFORE,
    BEFORE_ASSIGNED,
    BODIES,
    CODE_TITLE,
    FILES,
    HANDED,
    LETTER_TITLE,
    ODDITIES,
    TITLES,
)

_HEAD_ROWS = 12
"""How many rows are searched for the titles: somebody may have put lines above them."""
_EPOCH = date(1899, 12, 30)
_SPLIT = re.compile(r"[\s,，、;；]+")


class WrongEntry(Struct, frozen=True):
    """A text on the worklist that was refused, and why."""

    text: str
    why: str


class Instructions(Struct, frozen=True):
    """What was read: decisions to record, findings, and the texts that were refused, by body and kind.

    ``read`` is False for a worklist in which nothing could be recognised.
    """

    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused: Mapping[tuple[str, str], WrongEntry] = field(default_factory=dict)
    read: bool = True


class _BodyRow(Struct, frozen=True):
    """The row of one body; its cells go by the titles of their columns."""

    sheet: Sheet
    columns: Mapping[str, int]
    file: str
    number: int

    def cell(self, title: str) -> Cell:
        return self.sheet.cell(self.number, self.columns[title]) if title in self.columns else Cell(None)

    def text(self, title: str) -> str:
        value = self.cell(title).value
        return "" if value is None else str(value).strip()

    def place(self, title: str) -> dict[str, Any]:
        return {"file": self.file, "sheet": self.sheet.name, "cell": a1(self.number, self.columns[title])}


def read_worklist(
    book: Book, file: str, versions: Mapping[str, int], form: Form, digests: Iterable[str] = ()
) -> Instructions:
    """Read the decisions that differ from what the worklist was written with; ``versions`` counts each body's files.

    ``digests`` are the files that can be assigned to a body.

    Rows are known by the code of the body, columns by their titles: sorting, filtering and hiding change nothing. A
    waiver without a reason, a file that never came and a text that is not understood are refused with a finding; the
    text stays on the worklist.
    """
    sheet = book.sheet(BODIES.name)
    head = None if sheet is None else _head(sheet)
    if sheet is None or head is None:
        return Instructions(findings=(finding("LEDGER_001", file=file),), read=False)
    top, columns = head
    rows = [_BodyRow(sheet, columns, file, number) for number in sorted({at for at, _ in sheet.cells if at > top})]
    bodies = [(row, row.text(CODE_TITLE)) for row in rows]
    read = [_instructions(row, code, versions.get(code, 0), form) for row, code in bodies if code]
    codes = {folded(text): code for row, code in bodies for text in (code, row.text("单位名称")) if code and text}
    wholes = {digest[:12]: digest for digest in digests}
    read.append(_assigned(book.sheet(FILES.name), file, codes, lambda row: wholes.get(row.text("sha256"), "")))
    read.append(_assigned(book.sheet(ODDITIES.name), file, codes, lambda row: row.text("发件人").lower()))
    return Instructions(
        tuple(decision for one in read for decision in one.decisions),
        tuple(problem for one in read for problem in one.findings),
        {place: text for one in read for place, text in one.refused.items()},
    )


def _assigned(
    sheet: Sheet | None, file: str, codes: Mapping[str, str], subject: Callable[[_BodyRow], str]
) -> Instructions:
    """Return the files or senders that were assigned to a body on a list, or taken from it."""
    if sheet is None:
        return Instructions()
    columns = {str(cell.value).strip(): at[1] for at, cell in sheet.cells.items() if at[0] == 0 and cell.value}
    if ASSIGNED not in columns:
        return Instructions()
    decisions: dict[str, Decision] = {}
    findings: list[Finding] = []
    for number in sorted({at for at, _ in sheet.cells if at > 0}):
        row = _BodyRow(sheet, columns, file, number)
        typed, what = row.text(ASSIGNED), subject(row)
        if typed == row.text(BEFORE_ASSIGNED) or not what:
            continue
        code = codes.get(folded(typed), "")
        if typed and not code:
            findings.append(
                finding(
                    "LEDGER_002", **row.place(ASSIGNED), title=ASSIGNED, why=phrase("roster_without", name=typed[:30])
                )
            )
        else:
            decisions[what] = Decision(what, "assign", code)
    return Instructions(tuple(decisions.values()), tuple(findings))


def _head(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for row in range(_HEAD_ROWS):
        titles = {str(cell.value).strip(): at[1] for at, cell in sheet.cells.items() if at[0] == row and cell.value}
        if {CODE_TITLE, *TITLES.values()} - {TITLES["handed"]} <= titles.keys():  # older ones have no such column
            return row, titles
    return None


def _instructions(row: _BodyRow, code: str, versions: int, form: Form) -> Instructions:
    """Return the decisions on one body."""
    now: dict[str, str] = {}
    findings: list[Finding] = []
    refused: dict[tuple[str, str], WrongEntry] = {}
    for kind, title in TITLES.items():
        now[kind], fault = understood(kind, row.cell(title), versions, form)
        if kind == "handed" and now[kind] and not row.text(LETTER_TITLE):
            fault = "现在没有要转达给这个单位的信"
        if fault:
            findings.append(finding("LEDGER_002", **row.place(title), title=title, why=fault))
            refused[code, kind] = WrongEntry(row.text(title), findings[-1].message)
    before = {kind: row.text(title) for kind, title in BEFORE.items()}
    changed = {kind for kind in TITLES if now[kind] != before[kind] and (code, kind) not in refused}
    decisions: list[Decision] = []
    why = lacking(now["why"]) if now["waive"] and (not now["why"] or changed & {"waive", "why"}) else None
    if why is not None:
        findings.append(finding("LEDGER_003", **row.place(TITLES["why"]), rules=now["waive"], why=why))
        refused |= {(code, kind): WrongEntry(now[kind], findings[-1].message) for kind in ("waive", "why")}
        if before["waive"] and not now["why"]:  # it was in force with a reason that is gone now
            decisions.append(Decision(code, "waive", ""))
    if now["adopt"] == IMPORTED and "adopt" in changed and (why := lacking(now["why"])) is not None:
        findings.append(finding("LEDGER_010", **row.place(TITLES["why"]), why=why))
        refused[code, "adopt"] = WrongEntry(IMPORTED, findings[-1].message)
    for kind in ("adopt", "waive"):
        if (kind in changed or ("why" in changed and now[kind])) and (code, kind) not in refused:
            decisions.append(Decision(code, kind, now[kind], now["why"] if now[kind] else ""))
    if "why" in changed and now["why"] and not now["adopt"] and not now["waive"]:
        findings.append(finding("LEDGER_004", **row.place(TITLES["why"])))
        refused[code, "why"] = WrongEntry(now["why"], findings[-1].message)
    if "handed" in changed and (key := row.text(LETTER_TITLE)):
        decisions.append(Decision(code, "handed", now["handed"], key))
    alone = [kind for kind in ("remind", "remark") if kind in changed]
    decisions += [Decision(code, kind, now[kind]) for kind in alone]
    return Instructions(tuple(decisions), tuple(findings), refused)


def understood(kind: str, cell: Cell, versions: int, form: Form) -> tuple[str, str]:
    """Return a decision's value in one spelling and "", or "" and what is wrong with it (Chinese)."""
    text = unicodedata.normalize("NFKC", str(cell.value)).strip() if cell.value is not None else ""
    if text and kind == "adopt":
        return _version(text, versions)
    if text and kind == "waive":
        return _rules(text, form)
    if text and kind == "remind":
        return _day(text, cell.value if cell.date else None)
    if text and kind == "handed" and text not in HANDED:
        return "", f"“{text[:20]}”不是{'、'.join(HANDED)}"
    return text, ""


def _version(text: str, versions: int) -> tuple[str, str]:
    if text == IMPORTED or (text == ASK and versions):
        return text, ""
    match = re.fullmatch(r"(?:第\s*)?([0-9]{1,4})(?:\.0+)?\s*份?", text)
    if match is None or not 1 <= int(match[1]) <= versions:
        return "", f"“{text[:20]}”不是收到过的一份（共 {versions} 份）" if versions else "这个单位还没有来过表"
    return str(int(match[1])), ""


def _rules(text: str, form: Form) -> tuple[str, str]:
    if text == ALL:
        return ALL, ""
    known = {rule.id for rule in form.rules} | set(CATALOGUE)
    rules = [word.upper() for word in _SPLIT.split(text) if word]
    strange = [rule for rule in rules if rule not in known]
    if strange:
        return "", f"没有规则或代码 {'、'.join(rule[:20] for rule in strange)}"
    return " ".join(dict.fromkeys(rules)), ""


def _day(text: str, serial: object) -> tuple[str, str]:
    if isinstance(serial, int | Decimal) and not isinstance(serial, bool) and 36526 <= serial <= 73050:
        return (_EPOCH + timedelta(days=int(serial))).isoformat(), ""
    match = re.fullmatch(r"(20[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat(), ""
    except ValueError:
        pass
    return "", f"“{text[:20]}”不是 2026-01-20 这样的日期"
