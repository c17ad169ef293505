"""The zip around a workbook, opened within fixed limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from itertools import pairwise

from toolkit.excel_in import limits
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.findings import phrase

_HEAD = struct.Struct("<4s22xHH")
"""The head of a member: its mark, and the sizes of the name and the extra field that follow."""
_UTF_8, _NOT_PLAIN = 0x800, 0x60
"""Flags: how a name is spelled; patch data and strong encryption."""


def _spelled(member: zipfile.ZipInfo) -> bytes | None:
    """Return the bytes of a member's name as its head must have them."""
    try:
        return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF_8 else "cp437")
    except UnicodeEncodeError:
        return None


class Container:
    """The parts of a zipped document by name (``/`` as separator, no leading one)."""

    def __init__(self, data: bytes, archive: zipfile.ZipFile | None = None) -> None:
        self._data = data
        try:
            members = (archive or zipfile.ZipFile(io.BytesIO(data))).infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            raise Refused("FILE_020", why=phrase("file_container")) from None
        if len(members) > limits.MEMBERS:
            raise too_much("limit_members", limits.MEMBERS)
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._inflated = 0
        spans: list[tuple[int, int]] = []
        for member in members:
            name = member.filename.replace("\\", "/").lstrip("/")
            if ".." in name.split("/") or name.lower() in self._members:
                raise Refused("FILE_021", why=phrase("file_member", part=repr(name[:40])))
            self._members[name.lower()] = member
            spans.append((member.header_offset, member.header_offset + 30 + member.compress_size))
        spans.sort()
        if any(after[0] < before[1] for before, after in pairwise(spans)):
            raise Refused("FILE_021", why=phrase("file_overlap"))

    def __contains__(self, name: str | None) -> bool:
        return name is not None and name.lower() in self._members

    def names(self) -> list[str]:
        """Return the names of all parts, in lower case."""
        return list(self._members)

    def expect(self, names: Iterable[str]) -> None:
        """Refuse a workbook whose parts, as the directory says, are too large together; no part can be larger than said."""
        sizes = [self._members[name.lower()].file_size for name in names if name in self]
        if sum(sizes) > limits.TOTAL_BYTES or max(sizes, default=0) > limits.PART_BYTES:
            raise too_much("limit_unpacked", limits.TOTAL_BYTES)

    def part(self, name: str, most: int = limits.PART_BYTES) -> bytes:
        """Return a part, inflated; what is missing, damaged or past a limit is Refused."""
        member = self._members.get(name.lower())
        if member is None:
            raise Refused("FILE_020", why=phrase("file_no_part", part=name[:60]))
        if member.flag_bits & 1:
            raise Refused("FILE_010")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("FILE_021", why=phrase("file_method"))
        room = min(most, limits.TOTAL_BYTES - self._inflated)
        if member.file_size > room:
            raise too_much("limit_unpacked", most)
        data = self._inflate(member)
        if data is None:
            raise Refused("FILE_020", why=phrase("file_unpacking", part=name[:60]))
        self._inflated += len(data)
        return data

    def _inflate(self, member: zipfile.ZipInfo) -> bytes | None:
        """Return a member's bytes, never more than its directory says; None when they are not what it says."""
        head = self._data[member.header_offset : member.header_offset + _HEAD.size]
        if len(head) < _HEAD.size:
            return None
        mark, name_size, extra_size = _HEAD.unpack(head)
        begin = member.header_offset + _HEAD.size
        name = self._data[begin : begin + name_size]
        begin += name_size + extra_size
        stored = memoryview(self._data)[begin : begin + member.compress_size]
        if mark != b"PK\x03\x04" or name != _spelled(member) or member.flag_bits & _NOT_PLAIN:
            return None
        if member.compress_type == zipfile.ZIP_STORED:
            data = bytes(stored)
        else:
            try:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(stored, member.file_size + 1)
            except zlib.error:
                return None
        return data if len(data) == member.file_size and zlib.crc32(data) == member.CRC else None
