"""The parts of a workbook's file as they lie in the zip: kept deflated where unchanged, put together again with the rest."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Bytes of the fixed head of an entry, of its line in the directory, and of the end of a file without comment."""

_LATELY = 4
"""Most bodies carry nothing over: a part of figures alone is the same in many of their workbooks."""


class Package:
    """A finished file of which some parts get other contents; the rest is copied as it lies."""

    def __init__(self, data: bytes) -> None:
        self._entries: list[tuple[str, bytes, bytes, bytes]] = []
        self._lately: dict[str, dict[int, tuple[bytes, bytes]]] = {}
        self._end = data[-_END:]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            line = archive.start_dir
            for entry in archive.infolist():
                body = entry.header_offset + _LOCAL + len(entry.filename)
                after = line + _CENTRAL + len(entry.filename)
                head, raw = data[entry.header_offset : body], data[body : body + entry.compress_size]
                self._entries.append((entry.filename, head, raw, data[line:after]))
                line = after

    def contents(self) -> dict[str, bytes]:
        """Return what the parts hold."""
        return {name: zlib.decompress(raw, -zlib.MAX_WBITS) for name, _, raw, _ in self._entries}

    def replaced(self, contents: Mapping[str, bytes]) -> bytes:
        """Return the file with these parts as given, byte for byte as zipfile would write it."""
        pieces: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        for name, local, raw, central in self._entries:
            body, head, line = raw, local, bytearray(central)
            content = contents.get(name)
            if content is not None:
                sizes, body = self._packed(name, content)
                head = local[:14] + sizes + local[26:]
                line[16:28] = sizes
            struct.pack_into("<L", line, 42, offset)
            pieces += (head, body)
            directory.append(bytes(line))
            offset += len(head) + len(body)
        end = bytearray(self._end)
        struct.pack_into("<2L", end, 12, sum(map(len, directory)), offset)
        return b"".join((*pieces, *directory, bytes(end)))

    def _packed(self, name: str, content: bytes) -> tuple[bytes, bytes]:
        """Return check sum and sizes, and the deflated bytes; what a part held lately is not deflated again."""
        checksum, known = zlib.crc32(content), self._lately.setdefault(name, {})
        before = known.pop(checksum, None)
        if before is None or before[0] != content:
            packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
            before = content, packer.compress(content) + packer.flush()
        known[checksum] = before
        if len(known) > _LATELY:
            del known[next(iter(known))]
        body = before[1]
        return struct.pack("<3L", checksum, len(body), len(content)), body


class Part:
    """A part cut at the places where values stand; a place is known by its number."""

    def __init__(self, data: bytes, spans: Sequence[tuple[int, int]]) -> None:
        self._pieces: list[bytes] = []
        at = 0
        for first, last in spans:
            self._pieces += (data[at:first], data[first:last])
            at = last
        self._pieces.append(data[at:])

    def filled(self, values: Mapping[int, bytes]) -> bytes:
        """Return the part with other values in these places."""
        pieces = self._pieces.copy()
        for place, value in values.items():
            pieces[2 * place + 1] = value
        return b"".join(pieces)

    def at(self, place: int) -> bytes:
        """Return what stands in a place."""
        return self._pieces[2 * place + 1]
