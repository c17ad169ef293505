"""Reading in processes that can be stopped: a file that brings its process down costs its own result and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from toolkit import workers
from toolkit.findings import Finding, finding

File = tuple[Path, str]
Result = TypeVar("Result")


class Limits(Struct, frozen=True):
    """How reading is bounded: processes at once, seconds a file, bytes a process may take."""

    jobs: int = 1
    seconds: float = workers.SECONDS
    memory: int = workers.MEMORY


def bounded(
    task: Callable[[File], Result],
    files: Iterable[File],
    instead: Callable[[File, Finding], Result],
    limits: Limits | None = None,
) -> Iterator[tuple[File, Result]]:
    """Yield each file with the result of a task for it, in order; ``instead`` makes that of a file which was lost."""
    bounds = limits or Limits()
    results = workers.results(task, files, jobs=bounds.jobs, seconds=bounds.seconds, memory=bounds.memory)
    for file, result in results:
        yield file, instead(file, loss(result, file[1])) if isinstance(result, workers.Lost) else result


def loss(lost: workers.Lost, file: str) -> Finding:
    """Return the finding about a file that was lost: its process died or was stopped, or our own program failed."""
    return finding("FILE_041" if lost.fault else "FILE_040", file=file, why=lost.why)
