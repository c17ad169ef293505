"""Writing is all or nothing: a temporary file in the same folder, flushed to disk, moved into place."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from pathlib import Path

from toolkit.errors import ToolkitError

ATTEMPTS = 8
PAUSE = 0.25
"""How often and how long to wait for a file that a virus scanner or a viewer holds for a moment (about two seconds)."""


def made_folder(folder: Path) -> Path:
    """Make a folder and its parents; what stands in the way raises ToolkitError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ToolkitError(
            f"不能建立文件夹 {folder}（{_why(fault)}）。",
            "请换一个可以写入的位置，用 -o 指定。",
            english=f"Cannot make the folder {folder} ({fault.strerror}); choose another place with -o.",
        ) from fault
    return folder


def replaced(path: Path, data: bytes) -> Path:
    """Write the bytes to a path so that either the old file or the whole new one is there; returns where it went.

    A file that another program holds open (Windows) is written beside it under a new name. A missing folder, missing
    rights, a full disk and a name too long raise ToolkitError; the old file then stands as it was.
    """
    temporary = path.parent / f".nianbao-{secrets.token_hex(6)}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.is_file():
            shutil.copymode(path, temporary)
        target = _moved(temporary, path)
    except OSError as fault:
        raise _fault(path, fault, len(data)) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return target


def created(path: Path, data: bytes, *, mode: int = 0o666) -> bool:
    """Make a new file with these bytes, on disk before it returns; False when the name is already taken.

    A file that cannot be written whole is not there; its fault raises ToolkitError.
    """
    temporary = path.parent / f".nianbao-{secrets.token_hex(6)}.tmp"
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            return False
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            os.rename(temporary, path)
    except OSError as fault:
        raise _fault(path, fault, len(data)) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return True


def _moved(source: Path, path: Path) -> Path:
    for attempt in range(ATTEMPTS):
        try:
            os.replace(source, path)
        except PermissionError:
            if path.is_dir() or not path.exists():
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


def _why(fault: OSError) -> str:
    known = {
        errno.ENOSPC: "磁盘已满",
        errno.EDQUOT: "磁盘配额已满",
        errno.EACCES: "没有写入权限",
        errno.EPERM: "没有写入权限",
        errno.EROFS: "磁盘是只读的",
        errno.ENOENT: "文件夹不存在",
        errno.ENOTDIR: "路径中有一段不是文件夹",
        errno.EISDIR: "同名的是一个文件夹",
        errno.ENAMETOOLONG: "文件名太长",
        errno.EEXIST: "同名的是一个文件",
    }
    return known.get(fault.errno or 0, fault.strerror or type(fault).__name__)


def _fault(path: Path, fault: OSError, size: int) -> ToolkitError:
    remedy = {
        errno.ENOSPC: f"请清理出至少 {size // 1024 + 1} KB 空间，或用 -o 写到别的磁盘。",
        errno.ENOENT: "请先建立该文件夹，或用 -o 写到已有的文件夹。",
        errno.ENOTDIR: "请先建立该文件夹，或用 -o 写到已有的文件夹。",
        errno.EISDIR: "请用 -o 换一个文件名，或先把那个文件夹改名。",
        errno.EROFS: "请用 -o 写到别的磁盘。",
        errno.EDQUOT: f"请清理出至少 {size // 1024 + 1} KB 空间，或用 -o 写到别的磁盘。",
        errno.ENAMETOOLONG: "请用 -o 取一个短一些的文件名。",
    }.get(fault.errno or 0, "文件可能正被 Excel 或 WPS 打开，请关闭后再试，或用 -o 写到别处。")
    return ToolkitError(
        f"不能写入 {path}（{_why(fault)}），原有文件没有改动。",
        remedy,
        english=f"Cannot write {path} ({fault.strerror}); the old file is untouched. Close it in Excel or WPS, or use -o.",
    )
