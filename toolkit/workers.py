"""Processes that answer one task at a time and can be stopped: strangers' files are opened in them alone.

Limits. Time: every system; the process is killed. Memory: Linux, by RLIMIT_AS, never above a limit already in force;
macOS accepts the limit but does not keep it and Windows has none, so there the reader's fixed limits are what holds.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")

SECONDS = 10.0
"""How long one task may take: a return takes a hundredth of a second, the largest file within the limits two."""
MEMORY = 400 * 2**20
"""How much memory a process may take on top of what it starts with (Linux)."""
ROOM_AHEAD = 64
"""How many answers may wait for an earlier one that is slow: what is in memory does not grow with the number of files."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result, and why (Chinese): its process died, was stopped, or met a ``fault`` of our own."""

    why: str
    fault: str = ""


class _Worker(Generic[Argument, Result]):
    """One process, its end of the pipe, and which task it is at since when."""

    def __init__(self, task: Callable[[Argument], Result], memory: int) -> None:
        self.pipe, theirs = _context().Pipe()
        self.process = _context().Process(target=_serve, args=(theirs, task, memory), daemon=True)
        with warnings.catch_warnings():
            # Forking beside threads is frowned upon from Python 3.12 on. The child runs our own plain code, touches
            # no lock of another thread and is killed when its time is over.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        theirs.close()
        self.at: int | None = None
        self.since = 0.0

    def give(self, number: int, argument: Argument) -> None:
        self.at, self.since = number, time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self.pipe.send(argument)

    def answer(self) -> Result | Lost:
        """Take the answer that has arrived; a process that died has none."""
        self.at = None
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self.stop()
            code = self.process.exitcode
            return Lost(f"读取进程被系统终止（信号 {-code}）" if code is not None and code < 0 else "读取进程意外结束")
        if kind == "failed":
            return Lost(*value)
        if kind == "memory":
            self.stop()
            return Lost("内存不足")
        answer: Result = value
        return answer

    @property
    def alive(self) -> bool:
        return bool(self.process.is_alive())

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _context() -> Any:
    """Return the way to start a process: forking is cheap where it is safe, elsewhere a fresh interpreter."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def each(
    task: Callable[[Argument], Result],
    arguments: Iterable[Argument],
    *,
    jobs: int = 1,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[Result | Lost]:
    """Yield the result of a task for every argument, in the order of the arguments, from ``jobs`` processes.

    ``task`` is a function of a module. A process that dies, takes more than ``seconds`` or more than ``memory`` bytes
    costs its own argument, whose result is Lost, and is replaced; so does a fault of our own in a task. However the
    caller ends, no process stays behind.
    """
    waiting = enumerate(arguments)
    workers: list[_Worker[Argument, Result]] = []
    done: dict[int, Result | Lost] = {}
    following = 0
    try:
        while True:
            free = [one for one in workers if one.at is None and one.alive]
            workers = [one for one in workers if one.at is not None or one.alive]
            room = max(0, jobs - len(workers) + len(free)) if len(done) < ROOM_AHEAD else 0
            for number, argument in itertools.islice(waiting, room):
                worker = free.pop() if free else _Worker(task, memory)
                if worker not in workers:
                    workers.append(worker)
                worker.give(number, argument)
            full = len(done) >= ROOM_AHEAD
            while following in done:
                yield done.pop(following)
                following += 1
            busy = [one for one in workers if one.at is not None]
            if not busy and not full:
                break
            if not busy:
                continue
            for number, result in _arrived(busy, seconds):
                done[number] = result
    finally:
        for one in workers:
            one.stop()


def _arrived(busy: list[_Worker[Argument, Result]], seconds: float) -> Iterator[tuple[int, Result | Lost]]:
    """Wait until a process has answered, died or used up its time, and yield what is to be said of its task."""
    left = min(one.since for one in busy) + seconds - time.monotonic()
    ready = wait([one.pipe for one in busy], max(0.0, left))
    for one in busy:
        number = one.at
        assert number is not None
        if one.pipe in ready:
            yield number, one.answer()
        elif time.monotonic() - one.since >= seconds:
            one.at = None
            one.stop()
            yield number, Lost("超时")


def _serve(pipe: Connection, task: Callable[[Argument], Result], memory: int) -> None:
    """Answer tasks until the pipe closes. Ctrl-C is the asker's affair: it stops its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bound(memory)
    with contextlib.suppress(EOFError, OSError):
        while True:
            argument = pipe.recv()
            try:
                answer = ("done", task(argument))
            except MemoryError:
                pipe.send(("memory", None))
                return
            except Exception as fault:
                pipe.send(("failed", (type(fault).__name__, traceback.format_exc())))
            else:
                pipe.send(answer)


def bound(memory: int) -> None:
    """Limit what this process may take on top of what it has; a limit already in force is never raised."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    in_force = [one for one in (soft, hard) if one != resource.RLIM_INFINITY]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (min([_size() + memory, *in_force]), hard))


def _size() -> int:
    """Return the address space of this process in bytes; where the system does not tell, a usual one."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 2**30
