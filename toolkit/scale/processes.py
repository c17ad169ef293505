"""Files examined in processes of this machine: guarded, in order, as many at once as it is worth."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from toolkit import reading, workers
from toolkit.forms import FORM_IDS, load_form
from toolkit.returns import ReadFile
from toolkit.scale.remote import At, File, at_hand

Result = TypeVar("Result")

WORTH = 16
"""Files for each process at least. Measured on two cores: with 12 files in all a second process saves next to nothing
(it starts, and learns labels and formulas anew), with 24 a third of the time, from 200 on half of it."""


def jobs_for(files: int, jobs: int | None = None) -> int:
    """Return how many processes read so many ``files``: those asked for, else as many cores as have enough to do."""
    if jobs is not None:
        return max(1, min(jobs, files))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, files // WORTH))


def examined(
    files: Sequence[File], task: Callable[[At], Result], lost: Callable[[ReadFile], Result], *, jobs: int | None = None
) -> Generator[Result, None, None]:
    """Yield what a method of an Examination makes of each file, in their order; see ``toolkit.workers``.

    A file whose process died or took too long, and one that cannot be fetched, has a finding that says so: ``lost``
    makes of such a file what the method makes of others.
    """
    load_form(FORM_IDS[-1])  # a forked worker finds it ready
    with _room(files) as made:
        fetched = Path(made)
        for file, result in workers.results(task, at_hand(files, fetched), jobs=jobs_for(len(files), jobs)):
            if isinstance(result, workers.Lost):
                yield lost(replace(reading.lost((file.path, file.name), result), modified=file.modified))
            else:
                yield result
            if made and file.path.parent == fetched:
                file.path.unlink(missing_ok=True)


def _room(files: Sequence[File]) -> AbstractContextManager[str]:
    """Return a folder for what must be fetched, "" when all files are here."""
    if all(isinstance(file, Path) for file, _ in files):
        return nullcontext("")
    return tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True)
