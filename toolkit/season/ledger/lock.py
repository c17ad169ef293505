"""One command at a time on a season's folder, also when two coordinators share it."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from toolkit.findings import fault
from toolkit.season.ledger.store import whoever

LOCK_FILE = "台账.lock"
SHARED_LOCK_FILE = "台账.共享.lock"
"""On a share, where being there is the lock; the local one stays behind unlocked and would look like one held."""
HOLDER_FILE = "台账.lock.谁"
WAIT_SECONDS = 60.0
_SHARES = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ncpfs", "fuse.davfs", "davfs")


def on_a_share(folder: Path) -> bool:
    """Tell whether a folder lies on a network share, as far as the system says; a file 共享盘 in it says so too."""
    if (folder / "共享盘").exists():
        return True
    if sys.platform == "win32":
        return _windows_share(folder)
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    real, best, kind = str(folder.resolve()), -1, ""
    for line in lines:
        _, mount, system, *_ = (*line.split(" "), "", "", "")
        point = mount.replace("\\040", " ").rstrip("/")
        if (real == point or real.startswith(f"{point}/")) and len(point) > best:
            best, kind = len(point), system
    return kind in _SHARES


def _windows_share(folder: Path) -> bool:
    import ctypes

    remote = 4
    windll = getattr(ctypes, "windll", None)
    return windll is not None and windll.kernel32.GetDriveTypeW(folder.resolve().anchor) == remote


@contextlib.contextmanager
def locked(folder: Path, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the season's lock; somebody else's, after waiting, raises ToolkitError that says who has it since when.

    On a local disk the system gives a dead holder's lock back. On a share the lock is a file that must be created: one
    left by a dead run is shown and never broken in silence.
    """
    import filelock

    share = on_a_share(folder)
    file = folder / (SHARED_LOCK_FILE if share else LOCK_FILE)
    lock = (filelock.SoftFileLock if share else filelock.FileLock)(str(file), timeout=wait)
    try:
        lock.acquire()
    except filelock.Timeout:
        if share:
            raise fault("SEASON_BUSY_ON_SHARE", folder=folder, holder=_holder(folder), file=file) from None
        raise fault("SEASON_BUSY", folder=folder, holder=_holder(folder)) from None
    except OSError as error:
        raise fault("SEASON_UNWRITABLE", folder=folder, why=error.strerror) from error
    try:
        mine = {"who": whoever(), "since": datetime.now().isoformat(timespec="seconds")}
        with contextlib.suppress(OSError):
            (folder / HOLDER_FILE).write_text(json.dumps(mine, ensure_ascii=False), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / HOLDER_FILE).unlink()
        lock.release()


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER_FILE).read_text(encoding="utf-8"))
        return f"{holder['who']}，自 {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "不知道是谁"
