"""Files examined in processes of this machine: guarded, in order, as many at once as it is worth."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path

from toolkit import reading, workers
from toolkit.forms import FORM_IDS, load_form
from toolkit.remote import At, at_hand
from toolkit.returns import Checked
from toolkit.sources import File

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
    files: Sequence[File], task: Callable[[At], Checked], *, jobs: int | None = None
) -> Generator[Checked, None, None]:
    """Yield what a method of an Examination makes of each file, in their order; see ``toolkit.workers``.

    A file whose process died or took too long, and one that cannot be fetched, has a finding that says so.
    """
    given: deque[At] = deque()
    load_form(FORM_IDS[-1])  # a forked worker finds it ready
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as folder:
        for answer in workers.each(task, _noted(at_hand(files, Path(folder)), given), jobs=jobs_for(len(files), jobs)):
            file = given.popleft()
            if isinstance(answer, workers.Lost):
                got = reading.lost((file.path, file.name), answer)
                yield Checked(file.name, got.sha256, None, got.findings, file.modified)
            else:
                yield answer
            if file.path.parent == Path(folder):
                file.path.unlink(missing_ok=True)


def _noted(files: Iterable[At], given: deque[At]) -> Iterator[At]:
    for file in files:
        given.append(file)
        yield file
