"""A disk whose n-th step can be made to fail: every opening for writing, write, flush, fsync, move and new folder.

With ``database`` what changes a ledger is a step too: each INSERT, and the begin and the end of each transaction.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

Act = Callable[[str], None]

FAULTS: dict[str, Callable[[], OSError]] = {
    "ENOSPC": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "EACCES": lambda: PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    "EIO": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "WinError 5": lambda: _of_windows(5),
    "WinError 32": lambda: _of_windows(32),
}
"""Faults by their names; those of Windows as Python maps them: PermissionError with EACCES and the number beside it."""


def _of_windows(number: int) -> PermissionError:
    fault = PermissionError(errno.EACCES, "The process cannot access the file")
    fault.winerror = number  # type: ignore[attr-defined]
    return fault


class Disk:
    """Count the steps on the disk while it is entered; ``at[n]`` is done at the n-th, ``after`` from there on."""

    def __init__(self, *, database: bool = False) -> None:
        self.steps: list[str] = []
        self._database = database
        self.at: dict[int, Act] = {}
        self.always: Act | None = None
        self._usual: list[tuple[Any, str, Any]] = []

    def step(self, name: str) -> None:
        """Count a step, and let happen what was planned for it."""
        self.steps.append(name)
        if self.always is not None:
            self.always(name)
        act = self.at.get(len(self.steps) - 1)
        if act is not None:
            act(name)

    def __enter__(self) -> Disk:
        real_open = builtins.open

        def opened(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
            ours = not isinstance(file, int) and ".nianbao-" in os.fspath(file)
            writes = set(mode) & set("wxa+")
            if ours or (writes and os.fspath(file) != os.devnull):
                self.step("open" if writes else "read back")
            got = real_open(file, mode, *more, **named)
            return _Watched(got, self) if writes and ours else got

        self._put(builtins, "open", opened)
        self._put(io, "open", opened)
        for name in ("fsync", "replace", "mkdir", "chmod"):
            self._put(os, name, self._counted(name, getattr(os, name)))
        if self._database:
            self._put(sqlite3, "connect", partial(sqlite3.connect, factory=_connection(self)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for where, name, real in self._usual:
            setattr(where, name, real)
        self._usual.clear()

    def _put(self, where: Any, name: str, new: Any) -> None:
        self._usual.append((where, name, getattr(where, name)))
        setattr(where, name, new)

    def _counted(self, name: str, real: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            folder = name == "fsync" and os.path.isdir(f"/proc/self/fd/{given[0]}")
            self.step("fsync of the folder" if folder else name)
            return real(*given, **named)

        return counted


class _Watched:
    """A file whose writes and flushes are steps."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, data: bytes) -> int:
        self._disk.step("write")
        return int(self._file.write(data))

    def flush(self) -> None:
        self._disk.step("flush")
        self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


CHANGES = ("BEGIN", "INSERT", "COMMIT", "ROLLBACK")


def _connection(disk: Disk) -> type[sqlite3.Connection]:
    """Return a kind of connection whose changes are steps of a disk."""

    class Counted(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            verb = sql.split(None, 1)[0].upper()
            if verb in CHANGES:
                disk.step(verb)
            return super().execute(sql, *values)

    return Counted
