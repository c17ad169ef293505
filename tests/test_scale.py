"""Many returns: kept exactly, the same bytes from any number of processes and in any grouping, stopped cleanly."""

from __future__ import annotations

import io
import itertools
import json
import os
import pickle
import pty
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.rollups import SMALL, a_return, checked, error
from tests.samples import COUNTY
from toolkit import merging
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.cli.terminal import Progress
from toolkit.forms import load_form
from toolkit.merging import Partial
from toolkit.outputs import contract
from toolkit.returns import Checked, Decisions, Region, Return, Waiver
from toolkit.run import Job, Outcome, run
from toolkit.scale import jobs_for
from toolkit.workbook.rollup import write_rollup

FORM = load_form("2021")
JOB = Job((COUNTY / "2025",), year=2025, roster=COUNTY / "名录.xlsx", last_year=(COUNTY / "2024",))


@pytest.fixture(scope="module")
def full() -> Outcome:
    """Return the sample county read by one process, nothing left out."""
    return run(replace(JOB, jobs=1))


@pytest.fixture(scope="module")
def light() -> Outcome:
    """Return the sample county read by three processes, of each return only what merging needs."""
    return run(replace(JOB, jobs=3, light=True))


# Light returns.

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(0, 300),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.decimals(allow_nan=False, allow_infinity=False),
)
ANSWERS = st.one_of(
    NUMBERS.map(Filled), st.just(Blank()), st.builds(Unreadable, st.text(max_size=5), st.just("VALUE_010"))
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(FORM.inputs), ANSWERS, max_size=40))
def test_a_light_return_is_exact(answers: dict[str, Answer]) -> None:
    """Filled, blank and unreadable come back as they were, to the last digit and zero; so do all the totals."""
    ret = Return(FORM, a_return(1, {}).identity, answers)
    small = pickle.loads(pickle.dumps(checked(ret, "a.xlsx").light))
    for code in FORM.inputs:
        assert repr(small.ret.answers[code]) == repr(answers.get(code, Blank()))
    assert repr(dict(small.ret.figures)) == repr(dict(ret.figures))
    assert (small.content, list(small.ret.amounts)) == (ret.content, list(ret.amounts))


def test_a_light_return_is_small(light: Outcome) -> None:
    """A return with its file, identity, digest and whom to ask takes some 5,600 bytes: ten thousand of them 55 MiB of 300."""
    found = pickle.dumps(next(each for each in light.checked if each.verdict == "pass"))
    tracemalloc.start()
    kept = [pickle.loads(found) for _ in range(300)]
    size = tracemalloc.get_traced_memory()[0] / len(kept)
    tracemalloc.stop()
    assert size < 5750


def test_what_tells_duplicates() -> None:
    """Equal values written differently are the same content; another text, declaration or blank is not."""
    one = a_return(1, SMALL | {"t2.fees.amount": Decimal("0.10")}, text="一")
    assert one.content == a_return(2, SMALL, text="一").content
    assert one.content != a_return(1, SMALL, text="二").content
    assert one.content != a_return(1, SMALL, text="一", declared=("t2",)).content
    assert one.content != a_return(1, SMALL | {"t3.r1.natural": 4}, text="一").content


# The same from any number of processes.


def rollups(done: Outcome, decisions: Decisions = Decisions()) -> tuple[bytes, str]:  # noqa: B008 – frozen
    """Return the workbook of a run and its JSON with the sources."""
    rollup = merging.merge(done.checked, 2025, done.roster, Region("样例县"), decisions, "2026-02-06")
    listed = contract.merge_json(rollup, Path(), details=None, previous=None, sources=True)
    return write_rollup(rollup), json.dumps(listed)


def test_light_returns_of_three_processes_merge_to_the_same_bytes(full: Outcome, light: Outcome) -> None:
    """What is let go is not missed: workbook and JSON are the same, with failing, waived and preferred returns."""
    failing = [each for each in full.checked if each.ret is not None and each.verdict == "fail"]
    reasons = {str(each.ret.identity.code): Waiver("已核实") for each in failing if each.ret is not None}
    assert any(isinstance(one, Unreadable) for each in failing if each.ret for one in each.ret.answers.values())
    decisions = Decisions(prefer_newest=True, waivers=reasons)
    assert rollups(light, decisions) == rollups(full, decisions)
    assert [contract.checked_json(each) for each in light.checked] == [
        contract.checked_json(each) for each in full.checked
    ]


def test_the_year_is_found_as_well(full: Outcome) -> None:
    """Without a year given, the one that all files state decides what last year is, whoever reads the files."""
    paths = tuple(path for path in sorted((COUNTY / "2025").iterdir()) if "市场监管局" not in path.name)
    done = run(replace(JOB, paths=paths, year=None, jobs=2, light=True))
    found = {each.file: [one.code for one in each.findings] for each in done.checked}
    assert done.year == 2025
    assert found == {
        each.file: [one.code for one in each.findings] for each in full.checked if "市场监管局" not in each.file
    }


def test_as_many_processes_as_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files are one process's work; what is asked for is kept to the number of files."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    assert [jobs_for(files) for files in (1, 31, 32, 1000)] == [1, 1, 2, 4]
    assert [jobs_for(3, jobs) for jobs in (1, 2, 8)] == [1, 2, 3]


# Parts of a roll-up.


def files() -> list[Checked]:
    """Return files of bodies that are sound, twice there, in conflict, failing, and one of nobody."""
    return [
        *(checked(a_return(at, {"t3.r1.natural": at, "t3.r4.natural": at}), f"{at}.xlsx").light for at in range(1, 5)),
        checked(a_return(1, {"t3.r1.natural": 1, "t3.r4.natural": 1}), "又.xlsx").light,
        checked(a_return(2, SMALL), "二.xlsx", modified=9.0).light,
        checked(a_return(5, SMALL), "五.xlsx", error("五.xlsx")).light,
        checked(None, "坏.xlsx"),
    ]


WHOLE = Partial.of(files())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.permutations(range(len(WHOLE.checked))),
    st.lists(st.integers(0, len(WHOLE.checked)), max_size=4),
    st.randoms(use_true_random=False),
)
def test_parts_come_together_in_any_way(order: list[int], cuts: list[int], random: object) -> None:
    """Any order, grouping and repetition of the parts gives the same whole, and so the same roll-up."""
    edges = [0, *sorted(cuts), len(order)]
    parts = [Partial.of(files()[at] for at in order[start:end]) for start, end in itertools.pairwise(edges)]
    parts.append(parts[0])
    random.shuffle(parts)  # type: ignore[attr-defined]
    while len(parts) > 1:
        at = random.randrange(len(parts) - 1)  # type: ignore[attr-defined]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    assert parts[0] == WHOLE


@settings(max_examples=30, deadline=None)
@given(*[st.sets(st.sampled_from(range(len(WHOLE.checked)))) for _ in range(3)])
def test_adding_parts_is_associative_and_commutative(one: set[int], two: set[int], three: set[int]) -> None:
    """(a + b) + c is a + (b + c), a + b is b + a, and nothing added changes nothing."""
    a, b, c = (Partial.of(WHOLE.checked[at] for at in part) for part in (one, two, three))
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Partial() == a == a + a


def test_parts_give_the_same_bytes() -> None:
    """The workbook of parts put together backwards is that of the whole."""

    def workbook(checked: tuple[Checked, ...]) -> bytes:
        return write_rollup(merging.merge(checked, 2025, None, Region("样例县"), as_of="2026-02-06"))

    backwards = reduce(lambda left, right: right + left, [Partial.of([each]) for each in files()])
    assert workbook(backwards.checked) == workbook(tuple(files()))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from(FORM.inputs), ANSWERS | st.builds(Filled, NUMBERS, st.text(), st.just("VALUE_001")))
)
def test_a_return_travels_as_it_is(answers: dict[str, Answer]) -> None:
    """Another process gets the same return: answers with what they were read from, and no more than there are."""
    ret = replace(a_return(1, {}, text="一"), answers=answers)
    there = pickle.loads(pickle.dumps(ret))
    assert (there, repr(sorted(there.answers.items()))) == (ret, repr(sorted(answers.items())))


# The bar, and being stopped.


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_counts_and_goes() -> None:
    """It is drawn when it is time, with what is done, of how many, with how many faults, and is gone at the end."""
    screen = Screen()
    bar = Progress(screen, lambda done, total, faults, seconds: f"{done}/{total} {faults}")
    with bar:
        bar.step(10)
        assert screen.getvalue() == ""
        bar._drawn -= 10
        bar.step(10, 4, 2)
        bar.step(10)
        assert screen.getvalue() == "\r5/10 2\x1b[K"
    assert screen.getvalue().endswith("\r\x1b[K")
    with Progress(io.StringIO(), lambda *_: "x") as hidden:
        hidden._drawn -= 10
        hidden.step(1)
    assert hidden._stream is None


FREE = 4
"""Files that are read at once; every further one waits at the gate."""

GATED = f"""
import os, sys
from toolkit import reading, workers
from toolkit.cli.terminal import Progress
gate, begun = sys.argv[1:3]
del sys.argv[1:3]
usual = reading.read
def gated(path, **options):
    with open(begun, "ab", buffering=0) as file:
        file.write(b".")
    if os.path.getsize(begun) > {FREE}:
        open(gate).close()
    return usual(path, **options)
reading.read = gated
workers.results.__kwdefaults__["seconds"] = 600.0  # a busy machine is no reason to give up a file at the gate
Progress.PATIENCE = 0
from toolkit.cli import main
main()
"""


@dataclass
class Running:
    """A merge by two workers on a terminal of its own; once each of them is at the gate they stand still."""

    process: subprocess.Popen[bytes]
    terminal: int
    folder: Path
    gate: Path
    begun: Path

    def workers(self) -> list[psutil.Process]:
        """Return the workers, each of them at the gate."""
        while self.begun.stat().st_size < FREE + 2:
            time.sleep(0.01)
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Start a merge that comes to a halt in the middle; its outputs go to a folder of their own."""
    ours, theirs = pty.openpty()
    gate, begun, output = tmp_path / "gate", tmp_path / "begun", tmp_path / "out" / "汇总.xlsx"
    os.mkfifo(gate)
    begun.write_bytes(b"")
    output.parent.mkdir()
    argv = ["merge", str(COUNTY / "2025"), "--jobs", "2", "--year", "2025", "-o", output]
    process = subprocess.Popen(
        [sys.executable, "-c", GATED, gate, begun, *argv], stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    yield Running(process, ours, output.parent, gate, begun)
    os.close(ours)
    process.kill()
    process.wait()


def shown(terminal: int, until: str) -> str:
    """Return what a terminal shows up to a text."""
    text = b""
    while until.encode() not in text:
        try:
            text += os.read(terminal, 4096)
        except OSError:  # the other end is closed: what was said is all there is
            assert until in text.decode(errors="replace"), text.decode(errors="replace")
    return text.decode(errors="replace")


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=60)[1]


def test_ctrl_c_leaves_nothing_half_written(running: Running) -> None:
    """The bar is there, then one line that says how to go on; no file, no process, status 2."""
    bar = shown(running.terminal, "还需")
    assert "/16 份，" in bar
    assert "份有问题，每秒" in bar
    workers = running.workers()
    assert len(workers) == 2
    os.killpg(running.process.pid, signal.SIGINT)
    text = shown(running.terminal, "重新运行同一条命令")
    assert "没有写出任何不完整的文件" in text
    assert running.process.wait() == 2
    assert list(running.folder.iterdir()) == []
    assert gone(workers)


@pytest.mark.skipif(sys.platform != "linux", reason="forked workers are Linux's")
def test_workers_go_with_whoever_asked(running: Running) -> None:
    """When the run itself is killed, its workers end with the file they are at."""
    shown(running.terminal, "还需")
    workers = running.workers()
    assert len(workers) == 2
    running.process.kill()
    running.process.wait()  # while it dies its ends of the pipes are still open
    with running.gate.open("wb"):
        assert gone(workers)
    assert running.begun.stat().st_size == FREE + 2
    assert list(running.folder.iterdir()) == []
