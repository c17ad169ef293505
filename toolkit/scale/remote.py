"""Files at addresses such as ``s3://bucket/folder``: listed and fetched through fsspec, never larger than the limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent import futures
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from toolkit.excel_in import limits
from toolkit.findings import fault

AT_ONCE = 8
"""Files that are fetched at the same time: most of the time of each is waiting."""


class Remote(Struct, frozen=True):
    """A file at an address, with its size and the time of its last change as the store tells them."""

    address: str
    size: int
    modified: float


File = tuple[Path | Remote, str]
"""A file here or at an address, and the name that outputs use."""


def listed(address: str) -> list[tuple[Remote, str]]:
    """Return the files at an address and below it, each with its name from there on.

    An address that cannot be reached or has no file, and a missing extra, raise ToolkitError.
    """
    scheme = address.partition("://")[0]
    try:
        from fsspec import core

        system, root = core.url_to_fs(address)
        listing = system.find(root, detail=True)
    except ImportError as error:
        raise fault("ADDRESS_LIBRARY_MISSING", scheme=scheme, library=error.name or error) from error
    except Exception as error:
        raise fault("ADDRESS_UNREADABLE", address=address, kind=type(error).__name__, text=_line(error)) from error
    if not listing:
        raise fault("ADDRESS_EMPTY", address=address)
    files = []
    for path, known in sorted(listing.items()):
        name = path.removeprefix(root).lstrip("/") or path.rpartition("/")[2]
        size = int(known.get("size") or 0)
        files.append((Remote(str(system.unstrip_protocol(path)), size, _modified(known)), name))
    return files


def _modified(known: dict[str, Any]) -> float:
    time = known.get("LastModified") or known.get("mtime") or known.get("created") or 0.0
    return time.timestamp() if isinstance(time, datetime) else float(time)


def _line(error: BaseException) -> str:
    return str(fault).split("\n", 1)[0][:200]


class At(Struct, frozen=True):
    """A file on this machine and the name that outputs use.

    Of one that was fetched: when it was changed, or ``fault``, why it could not be fetched.
    """

    path: Path
    name: str
    changed: float | None = None
    fault: str = ""

    @property
    def modified(self) -> float:
        """Return when the file was changed, 0 for one that is not there."""
        if self.changed is not None:
            return self.changed
        return self.path.stat().st_mtime if self.path.exists() else 0.0


def at_hand(files: Sequence[tuple[Path | Remote, str]], folder: Path) -> Iterator[At]:
    """Yield files that can be opened here; those at addresses are fetched into the folder, a few ahead."""
    numbers = count()
    coming = iter(files)
    while part := list(islice(coming, AT_ONCE)):
        remote = {file: folder / str(next(numbers)) for file, _ in part if isinstance(file, Remote)}
        faults = dict(zip(remote, _fetched_all(tuple(remote), tuple(remote.values())), strict=True))
        for file, name in part:
            if isinstance(file, Remote):
                yield At(remote[file], name, file.modified, faults[file])
            else:
                yield At(file, name)


def _fetched_all(files: Sequence[Remote], paths: Sequence[Path]) -> list[str]:
    """Put files at paths, several at a time; return why each cannot be had, "" for those that are there.

    A file past the size limit is not fetched: an empty one of a size past the limit stands for it, to be refused.
    """
    if not files:
        return []
    with futures.ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(_fetched, files, paths))


def _fetched(file: Remote, path: Path) -> str:
    if not 0 < file.size <= limits.FILE_BYTES:
        with path.open("wb") as empty:
            empty.truncate(min(file.size, limits.FILE_BYTES + 1))
        return ""
    try:
        from fsspec import core

        system, inside = core.url_to_fs(file.address)
        path.write_bytes(system.cat_file(inside, start=0, end=limits.FILE_BYTES + 1))
    except Exception as error:  # noqa: BLE001 – whatever a store's library raises is said of this one file
        return f"{type(error).__name__}：{_line(error)}"
    return ""
