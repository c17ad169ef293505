"""One file or message that arrived → the files in it that may be returns, and the oddities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from toolkit.excel_in import Refused
from toolkit.excel_in.limits import FILE_BYTES
from toolkit.excel_in.sniffing import sniff
from toolkit.findings import Severity, finding
from toolkit.mail.archives import Room, members
from toolkit.mail.arrivals import Arrival, Oddity, Origin, arrival, oddity
from toolkit.mail.decoding import last_name

Found = Arrival | Oddity

LOCK_FILES = ("~$", ".~", ".")
_SYSTEM = ("thumbs.db", "desktop.ini")
_NOT_WORKBOOKS = frozenset({"FILE_011", "FILE_012", "FILE_013", "FILE_014", "FILE_016"})
"""What is surely no workbook. A damaged, locked or unknown file may be one: it goes on, and its reader says what it is."""
_TNEF = b"\x78\x9f\x3e\x22"
_OTHER_ARCHIVES = {
    b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ": "xz",
}  # fmt: skip
_MSG = "__nameid_version1.0".encode("utf-16-le")
NESTED = 2
"""Archives that are opened: one, and one inside it."""


@dataclass
class Depth:
    """How deep one top-level file has been opened, and what room is left."""

    archives: int = 0
    messages: int = 0
    room: Room = field(default_factory=Room)

    def archive(self) -> Depth:
        """Return the depth inside an archive."""
        return replace(self, archives=self.archives + 1)

    def message(self) -> Depth:
        """Return the depth inside a message."""
        return replace(self, messages=self.messages + 1)


def skipped(path: str) -> bool:
    """Return True for the names of lock files, hidden files and what systems leave in folders."""
    parts = path.replace("\\", "/").split("/")
    return any(part.startswith(LOCK_FILES) and part not in (".", "..") for part in parts) or (
        parts[-1].lower() in _SYSTEM or parts[0] == "__MACOSX"
    )


def file_contents(name: str, data: bytes, origin: Origin, depth: Depth) -> Iterator[Found]:
    """Yield a file that may be a return, the files of a zip archive, or an oddity; told from the bytes, not the name."""
    if len(data) > FILE_BYTES and not data.startswith(b"PK"):
        size, limit = f"{len(data) / 2**20:.0f}", str(FILE_BYTES // 2**20)
        yield oddity(finding("MAIL_024", name=name, size=size, limit=limit), name, origin)
        return
    if data.startswith(_TNEF) or name.lower() == "winmail.dat":
        subject = origin.subject or name
        yield oddity(finding("MAIL_021", subject=subject), name, origin, data=data)
        return
    kind = next((word for magic, word in _OTHER_ARCHIVES.items() if data.startswith(magic)), None)
    if kind is not None:
        yield oddity(finding("MAIL_022", name=name, kind=kind), name, origin, data=data)
        return
    try:
        sniff(data)
    except Refused as refused:
        if refused.code == "FILE_015":
            yield from _archive(name, data, origin, depth)
        elif refused.code == "FILE_017" and _MSG in data[: 2**20]:
            yield oddity(finding("MAIL_032", name=name), name, origin, data=data)
        elif refused.code in _NOT_WORKBOOKS:
            yield oddity(refused.finding(name), name, origin, data=data)
        else:
            yield arrival(name, data, origin)
        return
    yield arrival(name, data, origin)


def _archive(name: str, data: bytes, origin: Origin, depth: Depth) -> Iterator[Found]:
    if depth.archives >= NESTED:
        yield oddity(finding("MAIL_031", name=name), name, origin, data=data)
        return
    told: set[str] = set()
    for member in members(data, name, depth.room):
        path = "/".join(last_name(part) for part in re.split(r"[/\\]", member.path) if last_name(part))
        inner = last_name(path) or name
        inside = origin.inside(path) if path else origin
        if member.data is not None and skipped(path):
            yield oddity(finding("FILE_090"), inner, inside)
        elif member.data is not None:
            yield from file_contents(inner, member.data, inside, depth.archive())
        elif member.fault is not None and member.fault.message not in told:
            told.add(member.fault.message)  # one sentence for an archive whose every file has a password
            yield oddity(member.fault, inner, inside)


def accompanying(found: list[Found]) -> list[Found]:
    """Return what one message held; beside a file that may be a return, papers and links are information only.

    A scan of the sealed page or a covering letter goes with many a return and asks nothing of anybody.
    """
    if not any(isinstance(each, Arrival) for each in found):
        return found
    return [
        replace(each, finding=replace(each.finding, severity=Severity.INFO))
        if isinstance(each, Oddity) and each.finding.code in (*_NOT_WORKBOOKS, "MAIL_020")
        else each
        for each in found
    ]
