"""Zip archives that strangers sent → their files, within limits, names in UTF-8 or GB18030; nothing goes to the disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct

from toolkit.files import FILE_BYTES
from toolkit.findings import Finding, finding, phrase
from toolkit.mail.headers import codec_of

TOTAL_BYTES = 128 * 2**20
"""All files of one archive and of those inside it, counted while inflating."""
MEMBERS = 2_000
"""A county has some eighty bodies; a whole city's returns in one archive stay below this."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8 = 0x800
_UNICODE_PATH = 0x7075


@dataclass
class Room:
    """What may still be taken out of one archive and those inside it."""

    total: int = TOTAL_BYTES
    members: int = MEMBERS


class Member(Struct, frozen=True):
    """A file of an archive: its path as stored, and its bytes or why they are not read."""

    path: str
    data: bytes | None
    fault: Finding | None = None


def members(data: bytes, name: str, room: Room) -> Iterator[Member]:
    """Yield the files of an archive in their order; what cannot be read is a member with a fault.

    What exceeds the room ends the archive with one fault. Sizes in the directory are not believed.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        listed = [info for info in archive.infolist() if not info.filename.endswith("/")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeError, struct.error):
        yield Member("", None, finding("MAIL_025", name=name, why=phrase("mail_archive")))
        return
    with archive:
        paths = _paths(listed)
        for info, path in zip(listed, paths, strict=True):
            room.members -= 1
            if room.members < 0 or room.total < 0:
                why = f"文件超过 {MEMBERS} 个" if room.members < 0 else f"解开后超过 {TOTAL_BYTES // 2**20} MB"
                yield Member("", None, finding("MAIL_025", name=name, why=why))
                return
            yield _read(archive, info, path, name, room)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, name: str, room: Room) -> Member:
    if info.flag_bits & 1:
        return Member(path, None, finding("MAIL_023", name=name))
    if info.compress_type not in _METHODS:
        return Member(path, None, finding("MAIL_025", name=name, why=phrase("mail_method", path=path)))
    most = min(FILE_BYTES, room.total)
    try:
        with archive.open(info) as stream:
            data = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError):
        return Member(path, None, finding("MAIL_025", name=name, why=phrase("mail_damaged", path=path)))
    room.total -= len(data)
    if room.total < 0:
        return Member(path, None, finding("MAIL_025", name=name, why=phrase("mail_large", limit=TOTAL_BYTES // 2**20)))
    if len(data) > most:
        size, limit = f"{FILE_BYTES // 2**20}+", str(FILE_BYTES // 2**20)
        return Member(path, None, finding("MAIL_024", name=path, size=size, limit=limit))
    return Member(path, data)


def _paths(listed: list[zipfile.ZipInfo]) -> list[str]:
    """Return the paths as they were meant: marked UTF-8, else all of them UTF-8 or all of them GB18030.

    Windows and most Chinese archivers write GB18030 and do not say so; the whole archive decides, because two short
    Chinese names can be well-formed UTF-8 by chance.
    """
    raw = [None if info.flag_bits & _UTF8 else _bytes(info) for info in listed]
    codec = codec_of(b"\n".join(path for path in raw if path is not None))
    return [
        _unicode_path(info, path) or (info.filename if path is None else path.decode(codec, "replace"))
        for info, path in zip(listed, raw, strict=True)
    ]


def _bytes(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437", "replace")


def _unicode_path(info: zipfile.ZipInfo, raw: bytes | None) -> str:
    """Return the path in Info-ZIP's extra field, when it is there and belongs to the name beside it."""
    extra = info.extra
    while raw is not None and len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if struct.unpack("<I", field[1:5])[0] != zlib.crc32(raw):
                return ""
            return field[5:].decode("utf-8", "replace")
    return ""
