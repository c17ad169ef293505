"""What mail and folders bring → the season's folder, by body and content; twice collected, it is there once."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from toolkit import reading
from toolkit.excel_in import Refused
from toolkit.excel_in.sniffing import sniff
from toolkit.files import created, made_folder
from toolkit.findings import Finding
from toolkit.mail import Arrival, Oddity
from toolkit.roster import code_fault
from toolkit.season.cycle import Session
from toolkit.season.ledger import Delivery, Ledger, record_deliveries

UNKNOWN_FOLDER = "未识别"
_SUFFIX = re.compile(r"\.(xlsx|xlsm|xls|et|ods|xlsb)$", re.IGNORECASE)


class Collected(Struct, frozen=True):
    """What one run brought: files that are new with their paths, how many were known, and what is no return."""

    new: tuple[Delivery, ...]
    known: int
    oddities: tuple[Oddity, ...]


def recognise(data: bytes) -> Finding | None:
    """Return the finding that refuses bytes which are no workbook, None for a workbook."""
    try:
        sniff(data)
    except Refused as refusal:
        return refusal.finding("")
    return None


def collect(session: Session, found: Iterable[Arrival | Oddity]) -> Collected:
    """Put every file that may be a return into 收件 under its body's code and its digest, and note how it came.

    Each file is on disk and in the ledger before the next is looked at, so a run that was stopped is simply run again.
    Names are made of codes and digests; what the sender called the file stands in the ledger alone.
    """
    new: list[Delivery] = []
    oddities: list[Oddity] = []
    known = 0
    came = {(row["sha256"], row["message_id"], row["source"]) for row in session.ledger.rows("arrival")}
    paths = {row["sha256"]: row["path"] for row in session.ledger.rows("arrival")}
    for each in found:
        if isinstance(each, Oddity):
            oddities.append(each)
            _note(session.ledger, each)
            continue
        sha256 = hashlib.sha256(each.data).hexdigest()
        if (sha256, each.message_id, each.source) in came:
            known += 1
            continue
        came.add((sha256, each.message_id, each.source))
        path = paths.get(sha256) or _put(session, each, sha256)
        delivery = Delivery(
            sha256, path, len(each.data), _time(each.sent_at), each.sender, each.source, each.message_id, each.name
        )
        with session.ledger.transaction():
            if sha256 in paths:
                known += 1
                _again(session.ledger, delivery)
            else:
                record_deliveries(session.ledger, [delivery])
                new.append(delivery)
        paths[sha256] = path
    return Collected(tuple(new), known, tuple(oddities))


def _again(ledger: Ledger, each: Delivery) -> None:
    """Note that a file that is known came once more."""
    ledger.add(
        "arrival", sha256=each.sha256, path=each.path, size=each.size, sender=each.sender, sent_at=each.sent_at,
        source=each.source, message_id=each.message_id, name=each.name,
    )  # fmt: skip


def _put(session: Session, each: Arrival, sha256: str) -> str:
    """Write a file into the folder of its body; returns its path in the season's folder."""
    matched = _SUFFIX.search(each.name)
    suffix = matched[0].lower() if matched is not None else ".xlsx"
    with tempfile.TemporaryDirectory() as folder:
        looked = Path(folder) / f"file{suffix}"
        looked.write_bytes(each.data)
        got = next(reading.read_each([(looked, "file")]))
    code = "" if got.ret is None else got.ret.identity.code or ""
    whose = code if code and code_fault(code) is None else UNKNOWN_FOLDER
    target = made_folder(session.folder.inbox / whose) / f"{sha256[:12]}{suffix}"
    created(target, each.data)
    return target.relative_to(session.folder.path).as_posix()


def _time(when: datetime | None) -> str:
    return "" if when is None else when.astimezone(UTC).isoformat(timespec="seconds")


def _note(ledger: Ledger, each: Oddity) -> None:
    """Note once what is no return, with what to do about it."""
    key = {
        "name": each.name, "sender": each.sender, "source": each.source, "message_id": each.message_id,
        "code": each.finding.code,
    }  # fmt: skip
    if ledger.last("oddity", **key) is None:
        digest = "" if each.data is None else hashlib.sha256(each.data).hexdigest()
        about = f"{each.finding.message}{each.finding.remedy}"
        ledger.add("oddity", **key, sha256=digest, sent_at=_time(each.sent_at), about=about)
