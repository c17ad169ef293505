"""Reports that came as Word, PDF, web page or a table of one's own → workbooks to be confirmed; none counts before that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolkit.errors import ToolkitError
from toolkit.files import created, made_folder
from toolkit.report_in import PublishedReport
from toolkit.returns import RollUp
from toolkit.roster import Respondent, Roster
from toolkit.run.importing import Whose, import_as, titled
from toolkit.season.folder import Folder
from toolkit.season.ledger import IMPORTED, Delivery, Ledger, in_force, record_delivery
from toolkit.season.provenance import Provenance

PLACE = "导入"
"""The folder of the workbooks, beside 收件: what lies there does not count."""
NOTED, REFUSED = IMPORTED, "导入不成"
_TRIED = ("not_ours", "unreadable")


def imports_of(ledger: Ledger) -> Mapping[str, Any]:
    """Return the notes of the workbooks that were made, by the sha256 of the file each was made from."""
    return {row["sha256"]: row for row in ledger.rows("reply", kind=NOTED)}


def import_received(folder: Folder, ledger: Ledger, rollup: RollUp, roster: Roster | None) -> None:
    """Import every file that holds no return of ours, once, and note what came of it.

    The body is that of the report's title, else that of the file's sender; without one, or without a single figure,
    nothing is made of it.
    """
    tried = {row["sha256"] for kind in (NOTED, REFUSED) for row in ledger.rows("reply", kind=kind)}
    origin = Provenance(ledger, roster, rollup.year)
    bodies = {} if roster is None else {body.code: body for body in roster.expected(rollup.year)}
    for file in rollup.files:
        path = folder.inbox / file.file
        if bodies and file.state in _TRIED and file.sha256 not in tried and path.is_file():
            tried.add(file.sha256)
            sender = bodies.get(origin.of_file(file.sha256))

            def whose(report: PublishedReport, sender: Respondent | None = sender) -> Whose:
                body = titled(report.name, roster, rollup.year) or sender
                return (report.name, "", "") if body is None else (body.name, body.code, body.level)

            target = made_folder(folder.path / PLACE) / f"{path.stem[:60]}_{file.sha256[:6]}_导入待确认.xlsx"
            row = _made(path, target, rollup.year, whose)
            ledger.add("reply", sha256=file.sha256, round=0, **row)


def _made(path: Path, target: Path, year: int, whose: Callable[[PublishedReport], Whose]) -> dict[str, str]:
    """Return the note of a report that was imported, or of one that could not be."""
    refused = {"kind": REFUSED, "code": "", "file": "", "reply_sha256": ""}
    try:
        done = import_as(path, target, year, whose)
    except ToolkitError:
        return refused  # what it is, its finding says already
    code = "" if done.checked.ret is None else done.checked.ret.identity.code or ""
    filled, expected = (sum(getattr(table, name) for table in done.report.tables) for name in ("filled", "expected"))
    if not code or not filled:
        target.unlink()
        return refused
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return {"kind": NOTED, "code": code, "file": f"{target.name}|{filled}/{expected}", "reply_sha256": digest}


def workbook_of(folder: Folder, row: Any) -> tuple[str, bytes]:
    """Return name and bytes of a workbook that was made."""
    name = row["file"].partition("|")[0]
    path = folder.path / PLACE / name
    return (name, path.read_bytes()) if path.is_file() else (name, b"")


def included(folder: Folder, ledger: Ledger) -> None:
    """Put the workbooks that are to count by decision, which has its reason, into 收件 as files of their bodies."""
    decided = in_force(ledger)
    for row in imports_of(ledger).values():
        if decided.get((row["code"], "adopt")) != IMPORTED:
            continue
        name, data = workbook_of(folder, row)
        target = made_folder(folder.inbox / row["code"]) / name
        if data and created(target, data):
            path = target.relative_to(folder.path).as_posix()
            digest = hashlib.sha256(data).hexdigest()
            record_delivery(ledger, Delivery(digest, path, len(data), "", source="导入件，按台账的决定计入", name=name))
