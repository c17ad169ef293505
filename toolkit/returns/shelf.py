"""Returns put aside on disk and taken back one at a time: last year's, of which each is looked at once."""

from __future__ import annotations

import os
import pickle
import tempfile
import zlib
from collections.abc import Iterator, Mapping

from toolkit.returns import Return


class Shelf(Mapping[str, Return]):
    """Returns by a key, in a nameless temporary file of this process; forked processes read it as well."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="nianbao-", buffering=0)  # noqa: SIM115 - lives as long as the shelf
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0

    def __del__(self) -> None:
        self._file.close()

    def put(self, key: str, ret: Return) -> None:
        """Put a return aside; one of the same key gives way to it."""
        self._write(key, zlib.compress(pickle.dumps(ret, pickle.HIGHEST_PROTOCOL), 1))

    def _write(self, key: str, data: bytes) -> None:
        self._file.write(data)
        self._places[key] = (self._end, len(data))
        self._end += len(data)

    def _read(self, key: str) -> bytes:
        start, size = self._places[key]
        if hasattr(os, "pread"):  # processes that were forked share one position in the file
            return os.pread(self._file.fileno(), size, start)
        self._file.seek(start)
        data = self._file.read(size)
        self._file.seek(self._end)
        return bytes(data or b"")

    def __getitem__(self, key: str) -> Return:
        ret: Return = pickle.loads(zlib.decompress(self._read(key)))  # noqa: S301 – our own bytes
        return ret

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __reduce__(self) -> tuple[object, ...]:
        return _shelf, ([(key, self._read(key)) for key in self._places],)


def _shelf(items: list[tuple[str, bytes]]) -> Shelf:
    shelf = Shelf()
    for key, data in items:
        shelf._write(key, data)
    return shelf
