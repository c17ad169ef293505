"""Writing is all or nothing: whatever goes wrong, the old file stands, nothing is left over, and the remedy is said."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from toolkit import files
from toolkit.errors import ToolkitError
from toolkit.files import made_folder, replaced, swept, waiting, writable_file, writable_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written(tmp_path: Path) -> None:
    """The bytes arrive as they are and no temporary file stays."""
    path = tmp_path / "汇总.xlsx"
    assert replaced(path, b"\x00\xff") == path
    assert path.read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["汇总.xlsx"]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    """The new bytes stand in the place of the old ones, also when they are fewer."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"a long old text")
    replaced(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["汇总.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_rights_follow_the_old_file_or_the_umask(tmp_path: Path) -> None:
    """A file that only its owner may read stays so; a new one gets what the umask leaves."""
    private = tmp_path / "private.xlsx"
    private.write_bytes(b"old")
    private.chmod(0o600)
    replaced(private, b"new")
    before = os.umask(0o027)
    try:
        fresh = replaced(tmp_path / "fresh.xlsx", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "why", "remedy"),
    [
        (errno.ENOSPC, "磁盘已满", "请清理出至少 2 KB 空间"),
        (errno.EDQUOT, "磁盘配额已满", "请清理出至少 2 KB 空间"),
        (errno.EROFS, "磁盘是只读的", "请用 -o 写到别的磁盘"),
        (errno.EIO, "磁盘读写出错", "磁盘可能有故障"),
        (errno.ENXIO, os.strerror(errno.ENXIO), "文件可能正被 Excel 或 WPS 打开"),
    ],
)
def test_a_fault_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int, why: str, remedy: str
) -> None:
    """A fault while writing or moving names the path, the cause and the remedy; the old file is untouched."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"old")

    def fails(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, step, fails)
    with pytest.raises(ToolkitError) as caught:
        replaced(path, b"x" * 1500)
    monkeypatch.undo()
    assert str(path) in caught.value.message
    assert why in caught.value.message
    assert "原有文件没有改动" in caught.value.message
    assert remedy in caught.value.remedy
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["汇总.xlsx"]


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C while writing goes through, and neither harms the old file nor leaves a temporary one."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replaced(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["汇总.xlsx"]


def test_a_disk_that_cannot_flush_folders_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the file is in place, a folder that cannot be flushed (some network disks) does not spoil the run."""
    real = os.fsync
    calls = []

    def only_files(descriptor: int) -> None:
        calls.append(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", only_files)
    assert replaced(tmp_path / "a.xlsx", b"new").read_bytes() == b"new"
    assert len(calls) >= 1


@pytest.mark.parametrize("held", [3, files.ATTEMPTS])
def test_a_file_held_open_is_waited_for_then_written_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """A file that Excel lets go of in time is replaced; one that it keeps stands, and ours goes beside it."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"old")
    (tmp_path / "汇总_1.xlsx").write_bytes(b"earlier")
    real = os.replace
    attempts = []

    def locked(source: Path, target: Path) -> None:
        if target == path:
            attempts.append(target)
            if len(attempts) <= held:
                raise PermissionError(errno.EACCES, "in use")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", locked)
    monkeypatch.setattr(files, "PAUSE", 0)
    written = replaced(path, b"new")
    kept = held == files.ATTEMPTS
    assert written == (tmp_path / "汇总_2.xlsx" if kept else path)
    assert written.read_bytes() == b"new"
    assert path.read_bytes() == (b"old" if kept else b"new")
    assert (tmp_path / "汇总_1.xlsx").read_bytes() == b"earlier"


@pytest.mark.parametrize(
    ("place", "why", "remedy"),
    [
        ("没有/汇总.xlsx", "文件夹不存在", "请先建立该文件夹"),
        ("文件/汇总.xlsx", "路径中有一段不是文件夹", "请先建立该文件夹"),
        ("夹", "同名的是一个文件夹", "请用 -o 换一个文件名"),
        ("长" * 100 + ".xlsx", "文件名太长", "短一些的文件名"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows numbers these faults otherwise")
def test_what_stands_in_the_way_is_named(tmp_path: Path, place: str, why: str, remedy: str) -> None:
    """A missing folder, a file where a folder should be, a folder of that name and a long name each get their words."""
    (tmp_path / "文件").write_bytes(b"")
    (tmp_path / "夹").mkdir()
    with pytest.raises(ToolkitError) as caught:
        replaced(tmp_path / place, b"new")
    assert why in caught.value.message
    assert remedy in caught.value.remedy
    assert names(tmp_path) == ["夹", "文件"]
    assert names(tmp_path / "夹") == []


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """Making a folder twice is fine; a file of that name is refused and stays."""
    assert made_folder(tmp_path / "a" / "b").is_dir()
    assert made_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "c").write_bytes(b"x")
    with pytest.raises(ToolkitError, match="同名的是一个文件"):
        made_folder(tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"x"


def gone() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def temporary(folder: Path, host: str, process: int, *, hours: float = 0.0) -> Path:
    """Return a temporary file as a process leaves it, so many hours old."""
    path = folder / f".nianbao-{host}-{process}-{'0a' * 6}.tmp"
    path.write_bytes(b"half")
    before = time.time() - 3600 * hours
    os.utime(path, (before, before))
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be asked there; age alone decides")
def test_what_a_dead_process_left_is_swept(tmp_path: Path) -> None:
    """A temporary file of a process that ended goes at once."""
    left = temporary(tmp_path, files._HOST, gone())
    assert swept(tmp_path) == (left,)
    assert names(tmp_path) == []


def test_what_lives_or_is_not_ours_stays(tmp_path: Path) -> None:
    """Files of this process, of another machine, of other names, folders and links stay; old ones of anybody go."""
    temporary(tmp_path, files._HOST, os.getpid())
    temporary(tmp_path, "0" * 8, 1, hours=23)
    for name in (
        ".nianbao-x.tmp",
        "nianbao-00000000-1-0a0a0a0a0a0a.tmp",
        f".nianbao-{'0' * 8}-1-{'0a' * 6}.tmp.xlsx",
        "a.tmp",
    ):
        path = tmp_path / name
        path.write_bytes(b"theirs")
        os.utime(path, (0, 0))
    (tmp_path / f".nianbao-{'1' * 8}-1-{'0a' * 6}.tmp").mkdir()
    before = names(tmp_path)
    old = temporary(tmp_path, "2" * 8, 1, hours=25)
    older = tmp_path / f".nianbao-{'0a' * 6}.tmp"
    older.write_bytes(b"")
    os.utime(older, (0, 0))
    assert set(swept(tmp_path)) == {old, older}
    assert names(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_not_followed_by_the_sweep(tmp_path: Path) -> None:
    """A link that is named like a temporary file of ours stays, and so does what it leads to."""
    target = tmp_path / "收到.xlsx"
    target.write_bytes(b"theirs")
    os.utime(target, (0, 0))
    link = tmp_path / f".nianbao-{'2' * 8}-1-{'0a' * 6}.tmp"
    link.symlink_to(target)
    assert swept(tmp_path) == ()
    assert target.read_bytes() == b"theirs"
    assert link.is_symlink()


def test_asking_before_work_sweeps_and_leaves_nothing(tmp_path: Path) -> None:
    """Asking whether a folder or a file can be written leaves the folder as it was, without the dead's files."""
    (tmp_path / "汇总.xlsx").write_bytes(b"old")
    temporary(tmp_path, "2" * 8, 1, hours=25)
    assert writable_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert writable_file(tmp_path / "汇总.xlsx").read_bytes() == b"old"
    assert names(tmp_path) == ["汇总.xlsx"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("没有/汇总.xlsx", "文件夹不存在"),
        ("文件/汇总.xlsx", "路径中有一段不是文件夹"),
        ("夹", "同名的是一个文件夹"),
        ("长" * 100 + ".xlsx", "文件名太长"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows numbers these faults otherwise")
def test_what_will_stand_in_the_way_is_said_before_work(tmp_path: Path, place: str, why: str) -> None:
    """What the writing would stumble over at the end is named at the beginning."""
    (tmp_path / "文件").write_bytes(b"")
    (tmp_path / "夹").mkdir()
    with pytest.raises(ToolkitError) as caught:
        writable_file(tmp_path / place)
    assert why in caught.value.message
    assert str(tmp_path / place) in caught.value.message
    assert names(tmp_path) == ["夹", "文件"]


def test_a_folder_that_is_a_file_is_said_before_work(tmp_path: Path) -> None:
    """A file that stands where the output folder should be is named."""
    (tmp_path / "退回").write_bytes(b"x")
    with pytest.raises(ToolkitError, match="路径中有一段不是文件夹"):
        writable_folder(tmp_path / "退回" / "里")
    assert (tmp_path / "退回").read_bytes() == b"x"


def test_bytes_that_come_back_differently_are_not_moved_into_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that swallows what was written is found out before the old file is given up."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"old")

    def swallowing(descriptor: int) -> None:
        os.ftruncate(descriptor, 2)

    monkeypatch.setattr(files.os, "fsync", swallowing)
    with pytest.raises(ToolkitError, match="磁盘读写出错"):
        replaced(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["汇总.xlsx"]


@pytest.mark.parametrize("mark", ["~$汇总.xlsx", ".~汇总.xlsx", ".~lock.汇总.xlsx#"])
def test_an_output_that_seems_open_is_told_of_before_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mark: str
) -> None:
    """The lock file of Excel, WPS or LibreOffice beside the output is said; one beside another file is not."""
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(b"old")
    (tmp_path / mark.replace("汇总", "别的")).write_bytes(b"")
    writable_file(path)
    assert caplog.messages == []
    (tmp_path / mark).write_bytes(b"")
    writable_file(path)
    assert ["似乎正在 Excel 或 WPS 中打开" in each for each in caplog.messages] == [True]


def test_a_scanner_that_holds_a_new_file_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virus scanner that holds the temporary file for a moment delays a new output, and does not stop it."""
    real = os.replace
    attempts = []

    def held(source: Path, target: Path) -> None:
        attempts.append(target)
        if len(attempts) < 4:
            raise PermissionError(errno.EACCES, "in use")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", held)
    monkeypatch.setattr(files, "PAUSE", 0)
    assert replaced(tmp_path / "新.xlsx", b"new").read_bytes() == b"new"
    assert names(tmp_path) == ["新.xlsx"]


def test_files_that_belong_together_wait_for_each_other(tmp_path: Path) -> None:
    """A file that was written in parts stands beside its place until it is asked to take it; else it goes again."""
    path = tmp_path / "明细.parquet"
    path.write_bytes(b"old")

    def write(file: IO[bytes]) -> None:
        for part in (b"new", memoryview(b" bytes")):
            file.write(part)

    with waiting(path, write) as file:
        assert file.sha256 == hashlib.sha256(b"new bytes").hexdigest()
        assert path.read_bytes() == b"old"
        assert len(names(tmp_path)) == 2
    assert (path.read_bytes(), names(tmp_path)) == (b"old", [path.name])
    with waiting(path, write) as file:
        assert file.placed() == path
    assert (path.read_bytes(), names(tmp_path)) == (b"new bytes", [path.name])

    def failing(file: IO[bytes]) -> None:
        file.write(b"half")
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"), waiting(path, failing):
        pass
    assert (path.read_bytes(), names(tmp_path)) == (b"new bytes", [path.name])
