"""What mail and folders bring → the season's folder, by body and content; twice collected, it is there once."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from msgspec import Struct

from toolkit import reading
from toolkit.excel_in import Refused
from toolkit.excel_in.sniffing import sniff
from toolkit.files import created, made_folder
from toolkit.findings import Finding, Severity
from toolkit.mail import Arrival, Oddity, Origin, attachment_name
from toolkit.roster import code_fault
from toolkit.season.cycle import Session
from toolkit.season.ledger import Delivery, Ledger, record_delivery

UNKNOWN_FOLDER = "未识别"


class Collected(Struct, frozen=True):
    """What one run brought: files that are new with their paths, how many were known, what is no return and what of that is new."""

    new: tuple[Delivery, ...]
    known: int
    oddities: tuple[Oddity, ...]
    unseen: tuple[Oddity, ...] = ()


def recognise(data: bytes) -> Finding | None:
    """Return the finding that refuses bytes which are no workbook, None for a workbook."""
    try:
        sniff(data)
    except Refused as refusal:
        return refusal.finding("")
    return None


def collect(session: Session, contents: Iterable[Arrival | Oddity]) -> Collected:
    """Put every file that may be a return into 收件 under its body's code with its own name, and note how it came.

    Each file is on disk and in the ledger before the next is looked at, so a run that was stopped is simply run again.
    What the sender called the file stands in the ledger as it was.
    """
    new: list[Delivery] = []
    oddities: list[Oddity] = []
    unseen: list[Oddity] = []
    repeats = 0
    rows = session.ledger.rows("arrival")
    came = {(row["sha256"], row["message_id"], row["source"]) for row in rows}
    paths = {row["sha256"]: row["path"] for row in rows}
    for content in contents:
        if isinstance(content, Oddity) and content.data is not None and _may_be_report(content):
            origin = {name: getattr(content, name) for name in Origin.__struct_fields__}
            content = Arrival(name=content.name, data=content.data, **origin)
        if isinstance(content, Oddity):
            oddities.append(content)
            unseen += [content] * _note(session.ledger, content)
            continue
        sha256 = hashlib.sha256(content.data).hexdigest()
        way = (sha256, content.message_id, content.source)
        repeats += sha256 in paths
        if way in came:
            continue
        came.add(way)
        path = paths.get(sha256) or _put(session, content, sha256)
        delivery = Delivery(
            sha256, path, len(content.data), _time(content.sent_at), content.sender, content.source,
            content.message_id, content.name,
        )  # fmt: skip
        record_delivery(session.ledger, delivery)
        if sha256 not in paths:
            new.append(delivery)
        paths[sha256] = path
    return Collected(tuple(new), repeats, tuple(oddities), tuple(unseen))


def _may_be_report(content: Oddity) -> bool:
    """Tell whether a file that is no workbook came as the report itself: Word, PDF, a web page, not beside a workbook."""
    return (
        content.finding.code in ("FILE_011", "FILE_013", "FILE_016") and content.finding.severity is not Severity.INFO
    )


def _put(session: Session, arrival: Arrival, sha256: str) -> str:
    """Write a file into the folder of its body, under the name it came with; returns its path in the season's folder.

    Another file of that name stands there already: a number is put behind. A run that was stopped finds its file again.
    """
    name = attachment_name(arrival.name)
    stem, dot, suffix = name.rpartition(".")
    code = code_inside(arrival.data, f"{dot}{suffix}" if dot else "") or ""
    folder = made_folder(session.folder.inbox / (code if code and code_fault(code) is None else UNKNOWN_FOLDER))
    names = (f"{stem if dot else suffix}（{number}）{dot}{suffix if dot else ''}" for number in count(2))
    target = next(
        path for path in (folder / one for one in chain((name,), names))
        if created(path, arrival.data) or hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    )  # fmt: skip
    return target.relative_to(session.folder.path).as_posix()


def code_inside(data: bytes, suffix: str = ".xlsx") -> str | None:
    """Return the code of the body that a workbook states in its inside, None when it states none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(data)
        workbook = next(reading.read_each([(path, "file")]))
    return None if workbook.ret is None else workbook.ret.identity.code


def _time(when: datetime | None) -> str:
    return "" if when is None else when.astimezone(UTC).isoformat(timespec="seconds")


def _note(ledger: Ledger, oddity: Oddity) -> bool:
    """Note once what is no return, with what to do about it; tell whether it is new."""
    key = {
        "name": oddity.name, "sender": oddity.sender, "source": oddity.source, "message_id": oddity.message_id,
        "code": oddity.finding.code,
    }  # fmt: skip
    new = ledger.last("oddity", **key) is None
    if new:
        digest = "" if oddity.data is None else hashlib.sha256(oddity.data).hexdigest()
        about = f"{oddity.finding.message}{oddity.finding.remedy}"
        ledger.add("oddity", **key, sha256=digest, sent_at=_time(oddity.sent_at), about=about)
    return new
