"""Writing is all or nothing: a temporary file in the same folder, flushed, read back, and moved into place.

``writable_folder`` and ``writable_file`` are asked before long work: what would stop the writing stops the run then,
and what dead runs left in the folder is swept away.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import logging
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from toolkit.errors import ToolkitError

FILE_BYTES = 20 * 2**20
"""The largest file that is taken in: workbook, report, member of an archive. Mail servers stop there too."""
LEDGER_FILE = "台账.db"
INBOX_FOLDER = "收件"
"""The ledger of a season: the folder that holds it is one."""

ATTEMPTS = 8
PAUSE = 0.25
"""How often and how long to wait for a file that a virus scanner or a viewer holds for a moment (about two seconds)."""
PROBE = 256 * 1024
"""Bytes that must go to the disk before a run begins: more than a workbook of one body."""
ABANDONED = 24 * 3600
"""Seconds after which a temporary file of another machine is nobody's any more: no run of ours lasts a day."""

_LOCK_FILES = ("~${}", ".~{}", ".~lock.{}#")
"""What Excel, WPS and LibreOffice put beside a file while it is open."""

_LOG = logging.getLogger(__name__)
_HOST = hashlib.sha256(platform.node().encode("utf-8", "surrogateescape")).hexdigest()[:8]
_OURS = re.compile(r"\.nianbao-(?:([0-9a-f]{8})-([0-9]{1,10})-)?[0-9a-f]{12}\.tmp")
_CHUNK = 1 << 20


def made_folder(folder: Path) -> Path:
    """Make a folder and its parents; what stands in the way raises ToolkitError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ToolkitError(
            f"不能建立文件夹 {folder}（{_why(fault)[0]}）。",
            "请换一个可以写入的位置，用 -o 指定。",
            english=f"Cannot make the folder {folder} ({fault.strerror}); choose another place with -o.",
        ) from fault
    return folder


def renewed(path: Path, data: bytes) -> Path:
    """Write a file, as ``replaced`` does, unless it holds just that; returns where it is."""
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return path
    return replaced(path, data)


def sound(text: str) -> str:
    """Return a text without lone surrogates, which no file format takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_address(text: str) -> bool:
    """Tell an address such as ``s3://bucket/folder`` from a path."""
    return "://" in text


def writable_folder(folder: Path) -> Path:
    """Make sure, before long work, that files can be written into a folder that is there or can be made.

    Missing rights, a full disk and what is no folder raise ToolkitError; nothing stays behind but what was there.
    """
    _probe(folder, folder)
    return folder


def writable_file(path: Path) -> Path:
    """Make sure, before long work, that a file can be written; its folder must be there, as ``replaced`` wants it.

    Missing rights, a full disk, a name too long, a missing folder and a folder of that name raise ToolkitError.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as fault:
        raise _fault(path, fault, PROBE) from fault
    if path.is_dir():
        raise _fault(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)), PROBE)
    if not path.parent.is_dir():
        code = errno.ENOTDIR if path.parent.exists() else errno.ENOENT
        raise _fault(path, OSError(code, os.strerror(code)), PROBE)
    _probe(path.parent, path)
    beside = [path.with_name(mark.format(path.name)) for mark in _LOCK_FILES]
    if path.exists() and any(lock.exists() for lock in beside):
        _LOG.warning(
            "%s",
            f"{path} 似乎正在 Excel 或 WPS 中打开。请先关闭（不要保存），以免新的结果被盖掉。",
            extra={"english": f"{path} seems to be open in another program; close it without saving."},
        )
    return path


def _probe(folder: Path, named: Path) -> None:
    """Write a temporary file into a folder, or the nearest one above it that is there, and take it away again."""
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    swept(folder)
    temporary = _temporary(folder)
    try:
        _written(temporary, b"\0" * PROBE)
    except OSError as fault:
        raise _fault(named, fault, PROBE) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def swept(folder: Path) -> tuple[Path, ...]:
    """Remove the temporary files that dead runs left in a folder, and return them.

    Only regular files of our pattern go, and only when the process in their name is gone (on this machine) or they
    are older than a day (anybody's). A folder that cannot be listed is left as it is.
    """
    gone: list[Path] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _OURS.fullmatch(entry.name)
            if match is None:
                continue
            with contextlib.suppress(OSError):
                known = entry.stat(follow_symlinks=False)
                old = time.time() - known.st_mtime > ABANDONED
                dead = match[1] == _HOST and not _runs(int(match[2]))
                if entry.is_file(follow_symlinks=False) and (old or dead):
                    os.unlink(entry.path)
                    gone.append(Path(entry.path))
    return tuple(gone)


def _runs(process: int) -> bool:
    """Tell whether a process is there; True where it cannot be asked without harm (Windows: a signal 0 would end it)."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _temporary(folder: Path) -> Path:
    return folder / f".nianbao-{_HOST}-{os.getpid()}-{os.urandom(6).hex()}.tmp"


def replaced(path: Path, data: bytes) -> Path:
    """Write the bytes to a path so that either the old file or the whole new one is there; returns where it went.

    A file that another program holds open (Windows) is written beside it under a new name, and a warning of the log
    ``toolkit.files`` says so. A missing folder, missing rights, a full disk, a name too long and a disk that does not
    give back what was written raise ToolkitError; the old file then stands as it was.
    """
    with waiting(path, lambda file: file.write(data), size=len(data)) as file:
        return file.placed()


class Waiting:
    """A file that is on the disk whole, beside its place, and waits to be moved there."""

    def __init__(self, path: Path, temporary: Path, sha256: str, size: int) -> None:
        self.path = path
        self.sha256 = sha256
        self._temporary = temporary
        self._size = size

    def placed(self) -> Path:
        """Move the file to its place, see ``replaced``; returns where it went."""
        path = self.path
        try:
            if path.is_file():
                with contextlib.suppress(PermissionError):  # a share that knows no modes has none to keep
                    shutil.copymode(path, self._temporary)
            target = _moved(self._temporary, path)
        except OSError as fault:
            raise _fault(path, fault, self._size) from fault
        _flush_folder(path.parent)
        if target != path:
            _LOG.warning(
                "%s",
                f"{path} 正被 Excel 或 WPS 打开，没有改动；新的结果另存为 {target}。请关闭原文件后改用新的文件。",
                extra={"english": f"{path} is open in another program and stands as it was; the result is {target}."},
            )
        return target


@contextlib.contextmanager
def waiting(path: Path, write: Callable[[IO[bytes]], object], *, size: int = PROBE) -> Iterator[Waiting]:
    """Let ``write`` write a file, as large as it may be, beside its place; what is not placed at the end goes again.

    Files that belong together are written so and then placed one after the other. Faults are those of ``replaced``;
    ``size`` is what a full disk is told to make room for.
    """
    temporary = _temporary(path.parent)
    try:
        try:
            sha256, size = _streamed(temporary, write)
        except OSError as fault:
            raise _fault(path, fault, size) from fault
        yield Waiting(path, temporary, sha256, size)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def created(path: Path, data: bytes, *, mode: int = 0o666) -> bool:
    """Make a new file with these bytes, on disk before it returns; False when the name is already taken.

    A file that cannot be written whole is not there; its fault raises ToolkitError.
    """
    temporary = _temporary(path.parent)
    try:
        _written(temporary, data, mode)
        if os.path.lexists(path):
            return False
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except (OSError, AttributeError):  # a file system, or a whole system (a browser), without hard links
            os.rename(temporary, path)
    except OSError as fault:
        raise _fault(path, fault, len(data)) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return True


def _written(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a new file, flush it to the disk and read it back; bytes that differ raise OSError."""
    _streamed(path, lambda file: file.write(data), mode)


def _streamed(path: Path, write: Callable[[IO[bytes]], object], mode: int = 0o666) -> tuple[str, int]:
    """Let a new file be written, flush it and read it back; returns its digest and size, bytes that differ raise OSError."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        counted = _Counted(file)
        write(counted)  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    if size != counted.size or digest.digest() != counted.digest.digest():
        raise OSError(errno.EIO, "read back differently")
    return digest.hexdigest(), size


class _Counted(io.RawIOBase):
    """A file being written, with size and digest of what was given to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._file.write(data)
        self.digest.update(data)
        self.size += memoryview(data).nbytes
        return memoryview(data).nbytes


def _moved(source: Path, path: Path) -> Path:
    for attempt in range(ATTEMPTS):
        try:
            os.replace(source, path)
        except PermissionError:
            if path.is_dir() or (attempt == ATTEMPTS - 1 and not path.exists()):
                raise
            if attempt < ATTEMPTS - 1:
                time.sleep(PAUSE)
        else:
            return path
    number = 1
    while (beside := path.with_name(f"{path.stem}_{number}{path.suffix}")).exists():
        number += 1
    os.replace(source, beside)
    return beside


def _flush_folder(folder: Path) -> None:
    """Ask for the move itself to reach the disk; Windows and some network disks cannot, and the file is in place."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_FOLDER = "请先建立该文件夹，或用 -o 写到已有的文件夹。"
_OPEN = "文件可能正被 Excel 或 WPS 打开，请关闭后再试，或用 -o 写到别处。"
_RIGHTS = "请确认有权写入这个文件夹；文件若正被 Excel 或 WPS 打开，请关闭后再试，或用 -o 写到别处。"
_ROOM = "请清理出至少 {size} KB 空间，或用 -o 写到别的磁盘。"
_FAULTS = {
    errno.ENOSPC: ("磁盘已满", _ROOM),
    errno.EDQUOT: ("磁盘配额已满", _ROOM),
    errno.EACCES: ("没有写入权限", _RIGHTS),
    errno.EPERM: ("没有写入权限", _RIGHTS),
    errno.EROFS: ("磁盘是只读的", "请用 -o 写到别的磁盘。"),
    errno.ENOENT: ("文件夹不存在", _FOLDER),
    errno.ENOTDIR: ("路径中有一段不是文件夹", _FOLDER),
    errno.EISDIR: ("同名的是一个文件夹", "请用 -o 换一个文件名，或先把那个文件夹改名。"),
    errno.ENAMETOOLONG: ("文件名太长", "请用 -o 取一个短一些的文件名。"),
    errno.EEXIST: ("同名的是一个文件", _OPEN),
    errno.EIO: ("磁盘读写出错", "磁盘可能有故障，请用 -o 写到别的磁盘。"),
}
"""What stops a file from being written, and what to do about it."""


def _why(fault: OSError) -> tuple[str, str]:
    return _FAULTS.get(fault.errno or 0, (fault.strerror or type(fault).__name__, _OPEN))


def _fault(path: Path, fault: OSError, size: int) -> ToolkitError:
    why, remedy = _why(fault)
    return ToolkitError(
        f"不能写入 {path}（{why}），原有文件没有改动。",
        remedy.format(size=size // 1024 + 1),
        english=f"Cannot write {path} ({fault.strerror}); the old file is untouched. Close it in Excel or WPS, or use -o.",
    )
