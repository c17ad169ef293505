"""Reports that came as Word, PDF, web page or a table of one's own → workbooks to be confirmed; none counts before that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from toolkit.errors import ToolkitError
from toolkit.files import created, made_folder
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.report_in import PublishedReport
from toolkit.returns import FileState, RollUp
from toolkit.roster import Respondent, Roster
from toolkit.run.importing import Whose, import_as, titled
from toolkit.season.folder import Folder
from toolkit.season.ledger import IMPORTED, Delivery, Ledger, in_force, record_delivery
from toolkit.season.provenance import Provenance

PLACE = "导入"
"""The folder of the workbooks, beside 收件: what lies there does not count."""
NOTED, REFUSED = IMPORTED, "导入不成"
COUNTED = "导入件，按台账的决定计入"
"""The way on which a workbook came that its body did not send."""


def imports_of(ledger: Ledger) -> Mapping[str, Any]:
    """Return the notes of the workbooks that were made, by the sha256 of the file each was made from."""
    return {row["sha256"]: row for row in ledger.rows("reply", kind=NOTED)}


def with_owners(rollup: RollUp, ledger: Ledger, roster: Roster | None) -> RollUp:
    """Return a roll-up that says whose the files are that do not say it, and of what was imported how much was read.

    What its body did not send back itself is unconfirmed, also where it counts by decision.
    """
    made = imports_of(ledger)
    refused = {row["sha256"]: row for row in ledger.rows("reply", kind=REFUSED) if row["code"]}
    names = {row["sha256"]: row["name"].rpartition("/")[2] for row in ledger.rows("arrival")}
    sent = {row["sha256"] for row in ledger.rows("arrival") if row["source"] != COUNTED}
    counts = {row["reply_sha256"]: row for row in made.values() if row["reply_sha256"] not in sent}
    bodies = {body.code: body for body in rollup.bodies if body.code}
    waiting: dict[str, tuple[Finding, ...]] = {}
    origin = Provenance(ledger, roster, rollup.year)

    def owned(file: FileState) -> FileState:
        row = made.get(file.sha256) or refused.get(file.sha256) or counts.get(file.sha256)
        code = origin.of_file(file.sha256) if row is None and file.state in ("not_ours", "unreadable") else ""
        body = bodies.get(code if row is None else row["code"])
        if body is None or row is None:
            return file if body is None else replace(file, code=body.code, name=body.name)
        name, _, read = row["file"].partition("|")
        own = replace(file, code=body.code, name=body.name)
        if file.sha256 in refused:
            return replace(own, reason=read)
        words = phrase("about_import", file=names[row["sha256"]], count=read)
        if file.sha256 in counts:
            return replace(own, imported=words)
        if body.state != "missing":
            return replace(own, state="superseded", reason=phrase("file_replaced"))
        note = finding("LEDGER_011", file=file.file, made=f"{PLACE}/{name}", read=words)
        waiting[file.sha256] = (note,)
        return replace(own, imported=words, reason=Wording(note.message, note.message_en))

    files = tuple(map(owned, rollup.files))
    codes = {file.code for file in files if file.waits}
    return replace(
        rollup,
        files=files,
        bodies=tuple(replace(body, imported=body.code in codes) for body in rollup.bodies),
        checked=tuple(replace(one, findings=waiting.get(one.sha256, one.findings)) for one in rollup.checked),
    )


def import_received(folder: Folder, ledger: Ledger, rollup: RollUp, roster: Roster | None) -> None:
    """Import every file that holds no return of ours, once, and note what came of it.

    A table of one's own is tried as well: it states no body and lacks sheets. The body is that of the report's title,
    else that of the file's sender; without one, without a single figure, or from another year's, nothing is made of it.
    """
    tried = {row["sha256"] for kind in (NOTED, REFUSED) for row in ledger.rows("reply", kind=kind)}
    origin = Provenance(ledger, roster, rollup.year)
    bodies = {} if roster is None else {body.code: body for body in roster.expected(rollup.year)}
    torn = {file.file for file in rollup.checked if any(one.code == "FORM_010" for one in file.findings)}
    for file in rollup.files:
        path = folder.inbox / file.file
        strange = file.state in ("not_ours", "unreadable") or (file.state == "no_identity" and file.file in torn)
        if bodies and strange and file.sha256 not in tried and path.is_file():
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
    other = next((one.message for one in done.report.findings if one.code == "IMPORT_006"), "")
    if not code or not filled or other:
        target.unlink()
        return refused | {"code": code, "file": f"|{other}"} if other else refused
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
            record_delivery(ledger, Delivery(digest, path, len(data), "", source=COUNTED, name=name))
