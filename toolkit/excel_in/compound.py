"""The names of the streams at the top of an OLE2 compound file: they tell an old workbook from an old document.

What is embedded (a sheet in a Word document, a document in a workbook) lies deeper and is not counted.
"""

from __future__ import annotations

import struct

_ENTRY = 128
_NONE = 0xFFFFFFFF
_MOST_SECTORS = 4_000
_MOST_STREAMS = 500


def top_streams(data: bytes) -> frozenset[str]:
    """Return the names at the top level, none for a damaged file; every loop ends, whatever the bytes say."""
    try:
        return _top_streams(data)
    except struct.error:
        return frozenset()


def _top_streams(data: bytes) -> frozenset[str]:
    (shift,) = struct.unpack_from("<H", data, 30)
    (sector,) = struct.unpack_from("<I", data, 48)
    if shift not in (9, 12):
        return frozenset()
    size = 1 << shift
    fat = struct.unpack_from("<109I", data, 76)
    directory = bytearray()
    for _ in range(_MOST_SECTORS):
        start = (sector + 1) * size
        if start >= len(data):
            break
        directory += data[start : start + size]
        block, at = divmod(sector, size // 4)
        if block >= len(fat) or fat[block] == _NONE:
            break
        (sector,) = struct.unpack_from("<I", data, (fat[block] + 1) * size + 4 * at)
    return _names(bytes(directory))


def _names(directory: bytes) -> frozenset[str]:
    """Walk the tree of the root's children: each entry names the one before, the one after and its first child."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [struct.unpack_from("<I", directory, 76)[0]]
    while waiting and len(seen) < _MOST_STREAMS:
        entry = waiting.pop()
        if entry in seen or (entry + 1) * _ENTRY > len(directory):
            continue
        seen.add(entry)
        raw = directory[entry * _ENTRY : (entry + 1) * _ENTRY]
        (length,) = struct.unpack_from("<H", raw, 64)
        names.add(raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"))
        waiting += struct.unpack_from("<2I", raw, 68)
    return frozenset(names)
