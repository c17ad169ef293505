"""Whatever stops a run – a fault of the disk, kill -9 – old outputs stay whole, inputs untouched, and a new run mends all."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.commands import contents, digests, run
from tests.faults import FAULTS, Disk
from tests.forking import Forking, Remembered, remembered
from tests.samples import BODIES, roster_of, sound, workbook
from tests.soaking import only, soak
from toolkit import files
from toolkit.cli import templates, view, work
from toolkit.forms import load_form
from toolkit.run import reply_folder, rollup_file
from toolkit.workbook import issuing

FORM = load_form("2021")
AS_OF = ("--as-of", "2026-02-06")
OLD = b"an old output"

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks and signals of POSIX")


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of three returns and the roster beside it."""
    folder = tmp_path_factory.mktemp("durable") / "收到"
    folder.mkdir()
    for at in range(3):
        data = workbook(FORM, 2025, BODIES[at], sound(FORM, 40 + at, 10 + at, None))
        (folder / f"{BODIES[at][1]}.xlsx").write_bytes(data)
    (folder.parent / "名录.xlsx").write_bytes(roster_of(3))
    return folder


COMMANDS: dict[str, Callable[[Path, Path], tuple[str | Path, ...]]] = {
    "template": lambda returns, out: ("template", "--year", "2026", "-o", out),
    "check": lambda returns, out: ("check", returns / "财政局.xlsx", "-o", out),
    "merge": lambda returns, out: ("merge", returns, *AS_OF, "-o", out / "汇总.xlsx"),
    "roster": lambda returns, out: ("roster", "-o", out / "名录.xlsx"),
    "read": lambda returns, out: ("read", returns / "财政局.xlsx", "-o", out / "数据.json"),
}


@pytest.fixture(scope="module")
def memory() -> Iterator[Remembered]:
    """Keep what the commands compute, so that hundreds of runs do only their steps on the disk."""
    places = [
        (work, "run"), (view, "run"), (rollup_file, "write_rollup"), (view, "json_bytes"),
        (reply_folder, "reply"), (reply_folder, "write_summary"), (issuing, "blank"), (templates, "roster_bytes"),
    ]  # fmt: skip
    usual = [(where, name, getattr(where, name)) for where, name in places]
    yield remembered()
    for where, name, real in usual:
        setattr(where, name, real)


@pytest.fixture
def kept(memory: Remembered) -> Iterator[Remembered]:
    """Lend what was kept to one test."""
    yield memory
    memory.on = False


def absorbed(step: str, fault: str) -> bool:
    """Tell whether a fault at a step need not stop the run: the output still gets there."""
    if step == "fsync of the folder":
        return True
    if step == "mkdir":  # the folder is there already
        return True
    return step in ("replace", "chmod") and fault in ("EACCES", "WinError 5", "WinError 32")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_step_on_the_disk_may_harm_what_is_there(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Remembered, name: str, fault: str
) -> None:
    """A fault at each step in turn ends the command with 2 and the place; every file is the old or the new one, whole.

    Nothing is left over, no input is touched, and what need not stop the run does not.
    """
    monkeypatch.setattr(files, "PAUSE", 0)
    out = tmp_path / "出"
    out.mkdir()
    argv = COMMANDS[name](returns, out)
    kept.command, kept.on = name, True
    status = run(*argv).code
    assert status in (0, 1)
    whole = contents(out)
    assert whole
    usual = Disk()
    with usual:
        assert run(*argv).code == status
    assert {"open", "write", "flush", "fsync", "read back", "replace"} <= set(usual.steps)
    before = digests(returns)
    for at, step in enumerate(usual.steps):
        place = f"{name}: {fault} at step {at} ({step})"
        for path in whole:
            (out / path).write_bytes(OLD)
        disk = Disk()
        disk.at[at] = failing(fault)
        with disk:
            ended = run(*argv)
        found = contents(out)
        assert disk.steps[at] == step, place
        assert set(found) == set(whole), place
        assert all(data in (OLD, whole[path]) for path, data in found.items()), place
        if absorbed(step, fault):
            assert (ended.code, found) == (status, whole), (place, ended.err)
        else:
            assert ended.code == 2, (place, ended.err)
            assert str(out) in ended.err, (place, ended.err)
            assert OLD in found.values(), place
    assert digests(returns) == before


def failing(fault: str) -> Callable[[str], None]:
    """Return what raises a fault at any step."""

    def fails(_: str) -> None:
        raise FAULTS[fault]()

    return fails


@pytest.mark.parametrize("fault", ["ENOSPC", "EACCES"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_takes_nothing_is_said_before_work(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    """A full disk and a folder without rights stop the run before the first file is read; nothing new is there."""
    monkeypatch.setattr(files, "PAUSE", 0)

    def reads(*_: object, **__: object) -> None:
        raise AssertionError("work began")

    for where, what in ((work, "run"), (view, "run"), (issuing, "blank")):
        monkeypatch.setattr(where, what, reads)
    out = tmp_path / "出"
    out.mkdir()
    disk = Disk()
    disk.always = failing(fault)
    with disk:
        ended = run(*COMMANDS[name](returns, out))
    assert (ended.code, contents(tmp_path)) == (2, {})
    assert str(out) in ended.err
    assert ("磁盘已满" if fault == "ENOSPC" else "没有写入权限") in ended.err


@pytest.mark.parametrize("name", only(["template", "check"], "check"))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_that_cannot_be_made_is_named(returns: Path, tmp_path: Path, name: str, fault: str) -> None:
    """An output folder that is not there yet and cannot be made is named; nothing stays behind."""
    out = tmp_path / "新" / "出"
    disk = Disk()
    with disk:
        assert run(*COMMANDS[name](returns, out)).code in (0, 1)
    shutil.rmtree(tmp_path / "新")
    made = [at for at, step in enumerate(disk.steps) if step == "mkdir"]
    assert made
    for at in made:
        disk = Disk()
        disk.at[at] = failing(fault)
        with disk:
            ended = run(*COMMANDS[name](returns, out))
        assert (ended.code, str(out) in ended.err) == (2, True)
        assert contents(tmp_path) == {}
        shutil.rmtree(tmp_path / "新", ignore_errors=True)


@pytest.mark.parametrize("fault", ["WinError 5", "WinError 32"])
@pytest.mark.parametrize("name", COMMANDS)
def test_an_output_open_in_excel_is_written_beside_and_said(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Remembered, name: str, fault: str
) -> None:
    """Every move onto an output that Excel holds fails: it stands, ours is beside it, and the true path is said."""
    monkeypatch.setattr(files, "PAUSE", 0)
    out = tmp_path / "出"
    out.mkdir()
    argv = COMMANDS[name](returns, out)
    kept.command, kept.on = name, True
    status = run(*argv).code
    whole = contents(out)
    for path in whole:
        (out / path).write_bytes(OLD)
        (out / f"~${path}").write_bytes(b"")
    real = os.replace

    def held(source: Path, target: Path) -> None:
        if Path(target).name in whole:
            raise FAULTS[fault]()
        real(source, target)

    monkeypatch.setattr(files.os, "replace", held)
    ended = run(*argv)
    assert ended.code == status
    for path, data in whole.items():
        beside = out / f"{Path(path).stem}_1{Path(path).suffix}"
        assert (out / path).read_bytes() == OLD
        assert beside.read_bytes() == data
        assert f"{out / path} 正被 Excel 或 WPS 打开，没有改动；新的结果另存为 {beside}。" in ended.err
    assert len(contents(out)) == 3 * len(whole)


def test_a_move_is_tried_for_about_two_seconds() -> None:
    """Excel, WPS and virus scanners are waited for about two seconds, not longer."""
    assert 1.5 <= (files.ATTEMPTS - 1) * files.PAUSE <= 2.5


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is mounted as Linux does")
def test_a_disk_that_is_really_full_leaves_the_old_file(returns: Path, tmp_path: Path) -> None:
    """A real disk with too little room: with no room nothing begins, with room for the start alone the old file stays."""
    small = tmp_path / "小盘"
    small.mkdir()
    size = 1 << 20
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode(errors='replace').strip()}")
    try:
        output = small / "汇总.xlsx"
        output.write_bytes(OLD)
        (small / "占用").write_bytes(bytes(size - 64 * 1024))
        ended = run("merge", returns, *AS_OF, "-o", output)
        assert (ended.code, "磁盘已满" in ended.err, str(output) in ended.err) == (2, True, True)
        assert (output.read_bytes(), sorted(os.listdir(small))) == (OLD, ["占用", "汇总.xlsx"])
        (small / "占用").write_bytes(bytes(size - files.PROBE - 64 * 1024))
        with pytest.raises(Exception, match="磁盘已满"):
            files.replaced(output, bytes(size // 2))
        assert (output.read_bytes(), sorted(os.listdir(small))) == (OLD, ["占用", "汇总.xlsx"])
        (small / "占用").unlink()
        assert run("merge", returns, *AS_OF, "-o", output).code in (0, 1)
        assert output.read_bytes() != OLD
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="a disk is mounted as Linux does")
def test_a_disk_that_is_read_only_is_said_before_work(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk mounted read-only is refused before any return is read, also for one who may do everything."""
    disk = tmp_path / "只读"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode(errors='replace').strip()}")

    def reads(*_: object, **__: object) -> None:
        raise AssertionError("work began")

    monkeypatch.setattr(work, "run", reads)
    try:
        for argv in (("merge", returns, *AS_OF, "-o", disk / "汇总.xlsx"), ("check", returns, "-o", disk / "退回")):
            ended = run(*argv)
            assert (ended.code, "磁盘是只读的" in ended.err, str(argv[-1]) in ended.err) == (2, True, True)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


KILLS, CHUNKS = 10, 3
"""Thirty drawn points of each of the two commands, in pieces that can run side by side."""

KILLED: dict[str, Callable[[Path, Path], tuple[str | Path, ...]]] = {
    "check": lambda returns, out: ("check", returns, "--roster", returns.parent / "名录.xlsx", "-o", out),
    "merge": COMMANDS["merge"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[Forking]:
    """Return the interpreter whose forks are killed."""
    forking = Forking()
    yield forking
    forking.close()


Undisturbed = Mapping[str, tuple[dict[str, bytes], int]]


@pytest.fixture(scope="module")
def undisturbed(server: Forking, returns: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Return, for each command, what it writes when nothing stops it, and how many calls of functions that takes."""
    written = {}
    for name, argv in KILLED.items():
        out = tmp_path_factory.mktemp("undisturbed") / "出"
        out.mkdir()
        server.run(*argv(returns, out), remember=True)  # the server knows the modules and forms from here on
        status, _, calls = server.counted(*argv(returns, out), die_at_call=-1)
        assert status in (0, 1)
        written[name] = contents(out), calls
    return written


@posix
@soak
@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("name", KILLED)
def test_kill_9_at_any_call_leaves_whole_files(
    server: Forking, undisturbed: Undisturbed, returns: Path, tmp_path: Path, name: str, chunk: int
) -> None:
    """Killed at a drawn call, every output is the old or the new one, whole; a new run ends as an undisturbed one.

    Of the runs after a kill the first of each piece is a real one; the others do the steps on the disk anew and take
    what is computed from it.
    """
    whole, calls = undisturbed[name]
    draw = random.Random(f"{name} {chunk}")
    before = digests(returns.parent)
    out = tmp_path / "出"
    argv = KILLED[name](returns, out)
    killed = 0
    for at in range(KILLS):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        for path in whole if at % 2 else ():
            (out / path).write_bytes(OLD)
        late = name == "merge" and at % 4 > 1
        call = draw.randrange(8 * calls // 10 if late else 0, calls)
        killed += server.run(*argv, die_at_call=call) == -signal.SIGKILL
        broken = [path for path, data in contents(out).items() if path in whole and data not in (OLD, whole[path])]
        assert broken == [], (name, chunk, at)
        assert server.run(*argv, remember=at > 0) in (0, 1)
        assert contents(out) == whole, (name, chunk, at)
        assert digests(returns.parent) == before
    assert killed > KILLS // 2  # how often a run waits for its readers is not the same every time


@posix
@pytest.mark.parametrize("name", KILLED)
def test_kill_9_at_each_step_on_the_disk_leaves_whole_files(
    server: Forking, undisturbed: Undisturbed, returns: Path, tmp_path: Path, name: str
) -> None:
    """The same, killed right before each step on the disk in turn, until a run gets through."""
    whole, _ = undisturbed[name]
    out = tmp_path / "出"
    argv = KILLED[name](returns, out)
    before = digests(returns.parent)
    out.mkdir()
    status, at, strays = -signal.SIGKILL, 0, 0
    while status == -signal.SIGKILL:
        for path in whole:
            (out / path).write_bytes(OLD)
        status = server.run(*argv, remember=True, die_at=at)
        found = contents(out)
        strays += len(found) > len(whole)
        assert [path for path in whole if found.get(path) not in (OLD, whole[path])] == [], at
        assert server.run(*argv, remember=True) in (0, 1)
        assert contents(out) == whole, at
        at += 1
    assert at > 12
    assert strays >= 8, "a kill between opening and moving leaves a file that the next run sweeps away"
    assert digests(returns.parent) == before


AUDITED = """
import json, os, sys

events = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate", "os.utime", "os.link",
            "os.symlink", "subprocess.Popen", "os.system", "os.exec", "socket.connect", "shutil.copyfile", "shutil.move"}


def hook(event, given):
    if event == "open":
        path, mode, flags = given
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITING):
            events.append((event, os.fsdecode(path) if not isinstance(path, int) else str(path)))
    elif event in CHANGING:
        events.append((event, " ".join(str(each) for each in given)))


from toolkit.cli import main
sys.addaudithook(hook)
said = []
for argv in json.loads(sys.argv[1]):
    try:
        main(argv, prog_name="nianbao")
    except SystemExit as ended:
        said.append(ended.code)
print("\\n" + json.dumps({"events": events, "said": said}))
"""


def audited(*commands: tuple[str | Path, ...]) -> dict[str, Any]:
    """Run commands in a process that writes down what it opens for writing, moves, removes, starts and connects to."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", AUDITED, json.dumps([[str(each) for each in argv] for argv in commands])],
        stdout=subprocess.PIPE, check=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


@soak
def test_inputs_are_opened_for_reading_alone(returns: Path, tmp_path: Path) -> None:
    """No command opens an input for writing, or writes, moves or removes anything outside its output folder.

    What waits in the system's folder for temporary files (fetched files, last year's returns, parts of a large workbook)
    is named by nobody and gone at the end.
    """
    before = digests(returns.parent)
    roster = returns.parent / "名录.xlsx"
    out = tmp_path / "出"
    out.mkdir()
    told = audited(
        ("template", "--year", "2026", "--roster", roster, "--last-year", returns, "-o", out / "空白"),
        ("check", returns, "--roster", roster, "-o", out / "退回"),
        ("merge", returns, "--roster", roster, *AS_OF, "-o", out / "汇总.xlsx"),
        ("prove", out / "汇总.xlsx", returns),
        ("read", *sorted(returns.iterdir()), "--format", "xlsx", "-o", out / "数据.xlsx"),
        ("read", *sorted(returns.iterdir()), "--format", "csv", "-o", out / "数据.csv"),
        ("diff", returns / "财政局.xlsx", returns / "教育局.xlsx"),
        ("roster", roster),
    )
    assert [each for each in told["said"] if each == 2] == []
    assert len([each for each in told["events"] if each[0] == "open"]) > 10
    assert len(told["said"]) == 8
    temporary = Path(tempfile.gettempdir())
    outside = [
        each for each in told["events"]
        if str(out) not in each[1] and each[1] != os.devnull
        and Path(each[1].split()[0]) != temporary and Path(each[1].split()[0]).parent != temporary
        and not any(part.startswith("nianbao-") for part in Path(each[1].split()[0]).parts)
    ]  # fmt: skip
    assert outside == []
    assert digests(returns.parent) == before
