"""Processes that can be stopped: order, deaths, time, memory, faults, and nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toolkit import reading, workers
from toolkit.excel_in import Refused, read_file
from toolkit.workers import Lost, results

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")


def double(number: int) -> int:
    """Return twice the number, later for smaller ones."""
    time.sleep(0.02 if number % 3 == 0 else 0.0)
    return 2 * number


def trouble(number: int) -> int:
    """Die, hang, eat memory or fail for some numbers; return the others."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 5:
        time.sleep(60)
    if number == 7:
        return len(bytearray(2**31))
    if number == 9:
        raise KeyError(number)
    if number == 11:
        os._exit(0)
    return number


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_keep_the_order(jobs: int) -> None:
    """However many processes there are, results come in the order of the arguments."""
    assert list(results(double, range(25), jobs=jobs)) == [(number, 2 * number) for number in range(25)]


def test_no_argument_no_process() -> None:
    """Nothing to do starts nothing."""
    assert list(results(double, [])) == []


def test_no_process_at_all() -> None:
    """Where there are no processes the same results come from this one, a fault too."""
    got = [result for _, result in results(trouble, (0, 9, 10), jobs=0)]
    assert got[::2] == [0, 10]
    assert isinstance(got[1], Lost)
    assert got[1].why == "KeyError"


@LINUX
@pytest.mark.parametrize("jobs", [1, 3])
def test_trouble_costs_its_own_result(jobs: int) -> None:
    """A death, a hang, a memory hog, a fault and a silent exit cost one result each, and say which it was."""
    got = [result for _, result in results(trouble, range(14), jobs=jobs, seconds=1.0, memory=2**29)]
    assert [one for one in got if isinstance(one, int)] == [0, 1, 2, 4, 6, 8, 10, 12, 13]
    told = {at: one for at, one in enumerate(got) if isinstance(one, Lost)}
    assert told[3].why == "读取进程被系统终止（信号 9）"
    assert told[5].why == "超时"
    assert told[7].why == "内存不足"
    assert (told[9].why, "KeyError: 9" in told[9].fault) == ("KeyError", True)
    assert told[11].why == "读取进程意外结束"
    assert sorted(told) == [3, 5, 7, 9, 11]


def test_nothing_stays_behind() -> None:
    """A caller that stops in the middle leaves no process."""
    answers = results(double, range(100), jobs=3)
    assert next(answers) == (0, 0)
    answers.close()  # type: ignore[attr-defined]
    assert not [one for one in multiprocessing.active_children() if "_serve" in str(one)]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one result is slow, no more than a few are taken ahead of it."""
    monkeypatch.setattr(workers, "ROOM_AHEAD", 4)
    taken: list[int] = []

    def arguments() -> list[int]:
        for number in (3, *range(100, 160)):
            taken.append(number)
            yield number

    answers = results(slow_first, arguments(), jobs=2)
    assert next(answers) == (3, 3)
    assert len(taken) < 12
    assert len(list(answers)) == 60


def slow_first(number: int) -> int:
    """Return the number, the first one late."""
    time.sleep(0.5 if number == 3 else 0)
    return number


@LINUX
def test_a_limit_in_force_is_never_raised() -> None:
    """The memory limit is not above the one that was in force, and is there where none was."""
    script = (
        "import resource; from toolkit.workers import bound; soft, hard = resource.getrlimit(resource.RLIMIT_AS); "
        "bound(2**29); first = resource.getrlimit(resource.RLIMIT_AS)[0]; bound(2**33); "
        "print(first, resource.getrlimit(resource.RLIMIT_AS)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, second = map(int, done.stdout.split())
    assert 2**29 < first == second < 2**32


def test_a_fresh_interpreter_serves_as_well(tmp_path: Path) -> None:
    """Where forking is not the way, a fresh interpreter gives the same results, from a program with a guard."""
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom toolkit import workers\nfrom tests.test_workers import double\n"
        "if __name__ == '__main__':\n    sys.platform = 'darwin'\n    print([result for _, result in workers.results(double, range(5))])\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.strip() == "[0, 2, 4, 6, 8]"


def test_a_killed_reader_is_a_finding_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose reading dies, hangs or fails is named with a refusal; those around it are read."""
    files = []
    for name in ("good1", "dies", "hangs", "fails", "good2"):
        (tmp_path / name).write_bytes(b"")
        files.append((tmp_path / name, name))
    monkeypatch.setattr(reading, "read", odd_read)
    got = list(reading.read_each(files, limits=reading.Limits(seconds=1.0)))
    assert [[one.code for one in each.findings] for each in got] == [
        ["FILE_001"], ["FILE_040"], ["FILE_040"], ["FILE_041"], ["FILE_001"],
    ]  # fmt: skip
    assert [each.findings[0].file for each in got] == ["good1", "dies", "hangs", "fails", "good2"]


def odd_read(path: Path, *, name: str, passwords: tuple[str, ...] = ()) -> reading.ReadFile:
    """Read, but die, hang or fail on some names."""
    if name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "hangs":
        time.sleep(60)
    if name == "fails":
        raise RuntimeError(name)
    return READ(path, name=name, passwords=passwords)


READ = reading.read


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """A FIFO, a link and a folder are refused at once, unopened; a file beside them is read."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    assert read_file(tmp_path / "file") == b"x"
    for name in ("link", "folder", "fifo"):
        with pytest.raises(Refused) as caught:
            read_file(tmp_path / name)
        assert caught.value.code == "FILE_003"
