"""Processes that answer tasks and can be stopped: strangers' files are opened in them alone.

Limits. Time: every system; the process is killed. Memory: Linux, by RLIMIT_AS, never above a limit already in force;
macOS accepts the limit but does not keep it and Windows has none, so there the reader's fixed limits are what holds.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from msgspec import Struct

Argument = TypeVar("Argument")
Result = TypeVar("Result")

SECONDS = 10.0
"""How long one task may take: a return takes a hundredth of a second, the largest file within the limits two."""
MEMORY = 400 * 2**20
"""How much memory a process may take on top of what it starts with (Linux)."""
ROOM_AHEAD = 64
"""How many answers may wait for an earlier one that is slow: what is in memory does not grow with the number of files."""
BATCH = 16
"""How many tasks a process has before it at most: it need not wait for the asker, who is woken once for several."""
FREE_OBJECTS = 100_000
"""After how many new objects Python looks for cycles: reading makes many values and hardly a cycle (a tenth of its time)."""

LEFT_OVER = 10_000
"""Objects that a task may leave for the collector: a return leaves hardly any, a refused monster very many."""


class Lost(Struct, frozen=True):
    """A task without a result, and why (Chinese): its process died, was stopped, or met a ``fault`` of our own."""

    why: str
    fault: str = ""


_NO_MEMORY = Lost("内存不足")
"""The process that sends it ends."""

_STARTING = threading.Lock()
_ENDS: set[Connection] = set()
"""This process's ends of the pipes to its workers. A forked worker closes its copies: when this process is killed,
every worker sees the end of its pipe and goes."""


class _Worker(Generic[Argument, Result]):
    """One process, its end of the pipe, and the tasks it has, the first of them since when."""

    def __init__(self, task: Callable[[Argument], Result], memory: int) -> None:
        # A process of a Dask cluster is a daemon, and those may have no children unless they are told so.
        multiprocessing.current_process().daemon = False
        with _STARTING, warnings.catch_warnings():
            self.pipe, theirs = _context().Pipe()
            ends = (*_ENDS, self.pipe) if _forks() else ()
            self.process = _context().Process(target=_serve, args=(theirs, task, memory, ends), daemon=True)
            # Forking beside threads is frowned upon from Python 3.12 on. The child runs our own plain code, touches
            # no lock of another thread and is killed when its time is over.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
            theirs.close()
            _ENDS.add(self.pipe)
        self.tasks: deque[tuple[int, Argument]] = deque()
        self.since = 0.0

    def give(self, tasks: Sequence[tuple[int, Argument]]) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks += tasks
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self.pipe.send([argument for _, argument in tasks])

    def results(self) -> Iterator[tuple[int, Argument, Result | Lost]]:
        """Take the results that have arrived; a process that died has none of the task that it was at."""
        while self.tasks and not self.pipe.closed and self.pipe.poll():
            try:
                result = self.pipe.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                self.stop()
                code = self.process.exitcode
                by_system = code is not None and code < 0
                yield self.lost(f"读取进程被系统终止（信号 {-code}）" if by_system else "读取进程意外结束")
                return
            if result == _NO_MEMORY:
                self.stop()
            self.since = time.monotonic()
            yield *self.tasks.popleft(), result

    def lost(self, why: str) -> tuple[int, Argument, Lost]:
        """Give up the task that the process is at."""
        return *self.tasks.popleft(), Lost(why)

    def stop(self) -> None:
        with _STARTING:
            _ENDS.discard(self.pipe)
            self.pipe.close()
        self.process.kill()
        self.process.join()


def _forks() -> bool:
    """Tell whether a process is started by forking: cheap where it is safe; elsewhere it is a fresh interpreter."""
    return bool(sys.platform == "linux")


def _context() -> Any:
    return multiprocessing.get_context("fork" if _forks() else "spawn")


def results(
    task: Callable[[Argument], Result],
    arguments: Iterable[Argument],
    *,
    jobs: int = 1,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[tuple[Argument, Result | Lost]]:
    """Yield every argument with the result of a task for it, in the order of the arguments, from ``jobs`` processes.

    ``task`` is a function of a module. A process that dies, takes more than ``seconds`` for a task or more than
    ``memory`` bytes costs the argument it was at, whose result is Lost, and is replaced; so does a fault of our own in
    a task. However the caller ends, no process stays behind. With no ``jobs`` – and in a browser, which has no
    processes – this process does the tasks itself, without any of the limits.
    """
    if jobs == 0 or sys.platform == "emscripten":
        yield from ((argument, _result(task, argument)) for argument in arguments)
        return
    staff = _Staff(task, arguments, jobs, memory)
    done: dict[int, tuple[Argument, Result | Lost]] = {}
    following = 0
    try:
        while True:
            staff.give(more=len(done) < ROOM_AHEAD)
            busy = [worker for worker in staff.workers if worker.tasks]
            if not busy:
                break
            for number, argument, result in _arrived(busy, seconds):
                done[number] = argument, result
            while following in done:
                yield done.pop(following)
                following += 1
    finally:
        staff.stop()


class _Staff(Generic[Argument, Result]):
    """The processes of one call, and the tasks that none of them has yet."""

    def __init__(
        self, task: Callable[[Argument], Result], arguments: Iterable[Argument], jobs: int, memory: int
    ) -> None:
        self.task = task
        self.coming = enumerate(arguments)
        self.jobs = jobs
        self.memory = memory
        self.share = max(1, min(BATCH, ROOM_AHEAD // (4 * jobs)))
        self.again: list[tuple[int, Argument]] = []
        self.workers: list[_Worker[Argument, Result]] = []

    def give(self, *, more: bool) -> None:
        """Give tasks to whoever runs short of them: those that were before a process which is gone, then ``more``."""
        for worker in tuple(self.workers):
            if worker.pipe.closed or not (worker.tasks or worker.process.is_alive()):
                self.again += worker.tasks
                self.workers.remove(worker)
                worker.stop()
        self.again.sort(key=lambda task: task[0])
        coming = self.coming if more else iter(())
        for worker in sorted(self.workers, key=lambda worker: len(worker.tasks)):
            missing = self.share - len(worker.tasks)
            if 2 * missing >= self.share and (tasks := self._taken(missing, coming)):
                worker.give(tasks)
        while len(self.workers) < self.jobs and (tasks := self._taken(self.share, coming)):
            self.workers.append(_Worker(self.task, self.memory))
            self.workers[-1].give(tasks)

    def _taken(self, most: int, coming: Iterator[tuple[int, Argument]]) -> list[tuple[int, Argument]]:
        tasks, self.again = self.again[:most], self.again[most:]
        return [*tasks, *itertools.islice(coming, most - len(tasks))]

    def stop(self) -> None:
        """Leave no process behind."""
        for worker in self.workers:
            worker.stop()


def _arrived(busy: list[_Worker[Argument, Result]], seconds: float) -> Iterator[tuple[int, Argument, Result | Lost]]:
    """Wait until a process has answered, died or used up its time, and yield what came of its task."""
    left = min(worker.since for worker in busy) + seconds - time.monotonic()
    ready = wait([worker.pipe for worker in busy], max(0.0, left))
    for worker in busy:
        if worker.pipe in ready:
            yield from worker.results()
        elif time.monotonic() - worker.since >= seconds:
            worker.stop()
            yield worker.lost("超时")


def _serve(pipe: Connection, task: Callable[[Argument], Result], memory: int, ends: Sequence[Connection]) -> None:
    """Do tasks until the pipe closes. Ctrl-C is the asker's affair: it stops its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in ends:
        end.close()
    gc.freeze()  # what came with the fork stays as it is: its pages remain shared
    gc.set_threshold(FREE_OBJECTS, *gc.get_threshold()[1:])
    bound(memory)
    with contextlib.suppress(EOFError, OSError):
        while True:
            for argument in pipe.recv():
                result = _result(task, argument)
                pipe.send(result)
                if result == _NO_MEMORY:
                    return
                del result  # it would stand beside the next one
                if gc.get_count()[0] > LEFT_OVER:
                    gc.collect()


def _result(task: Callable[[Argument], Result], argument: Argument) -> Result | Lost:
    try:
        return task(argument)
    except MemoryError:
        return _NO_MEMORY
    except Exception as fault:
        return Lost(type(fault).__name__, traceback.format_exc())


def bound(memory: int) -> None:
    """Limit what this process may take on top of what it has; a limit already in force is never raised."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    in_force = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (min([_size() + memory, *in_force]), hard))


def _size() -> int:
    """Return the address space of this process in bytes; where the system does not tell, a usual one."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 2**30
