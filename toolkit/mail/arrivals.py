"""What mail and folders brought: a file that may be a return, or something that is none and what to do about it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict, replace

from toolkit.findings import Finding, finding


class Origin(Struct, frozen=True):
    """Where something comes from, as far as it is stated; nothing of it is proved.

    ``sender`` is the address in From, in lower case; ``sent_at`` has a time zone; ``source`` is the way to it in
    words (folder, message, archive), parts divided by `` › ``. Missing parts are "" and None.
    """

    source: str
    sender: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    subject: str = ""

    def inside(self, name: str) -> Origin:
        """Return the origin of what lies inside of something named."""
        return replace(self, source=f"{self.source} › {name}")


class Arrival(Origin, frozen=True, kw_only=True):
    """A file that may be a return: its name as the sender wrote it (no path, one line) and its bytes as they came."""

    name: str
    data: bytes


class Oddity(Origin, frozen=True, kw_only=True):
    """Something that is no return, with a finding that says what it is and what to do.

    ``data`` are its bytes where it is a file that was read; ``about`` is the Message-ID of the letter of ours that a
    bounce tells of, "" where none is known.
    """

    finding: Finding
    name: str
    data: bytes | None = None
    about: str = ""


def arrival(name: str, data: bytes, origin: Origin) -> Arrival:
    """Return a file with its origin."""
    return Arrival(name=name, data=data, **asdict(origin))


def oddity(reason: Finding, name: str, origin: Origin, *, data: bytes | None = None, about: str = "") -> Oddity:
    """Return what is no return, with its origin; the finding's place is the source."""
    return Oddity(finding=reason.at(file=origin.source), name=name, data=data, about=about, **asdict(origin))


def too_large(name: str, size: int, limit: int, origin: Origin) -> Oddity:
    """Return a file or message of more bytes than are read."""
    reason = finding("MAIL_024", name=name, size=f"{size / 2**20:.0f}", limit=str(limit // 2**20))
    return oddity(reason, name, origin)
