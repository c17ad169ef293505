"""Files examined on a Dask cluster: in batches, each by a guarded process of its worker, then put together as a tree.

What moves are names of files and light returns. A batch whose worker goes away is done again elsewhere; what came of
it twice counts once, see Partial.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from toolkit.findings import Wording, fault
from toolkit.merging import Partial
from toolkit.returns import Checked
from toolkit.scale.processes import examined
from toolkit.scale.remote import At, File

BATCH = 32
"""Files of a task at most: starting its guarded process and passing the task on cost less than one of them."""
SHARE = 4
"""Tasks for each thread of the cluster at least, so that none has long to wait for the others at the end."""
BRANCHES = 8
"""Parts that are put together at a time."""
SECONDS = 15
"""How long the cluster may take to answer."""


def on_cluster(
    address: str, files: Sequence[File], task: Callable[[At], Checked], watch: Callable[[int, int], object]
) -> Partial:
    """Return what the cluster at an address makes of the files, which its workers must be able to open.

    ``watch`` is told of every batch: its files, and how many of them have faults. A cluster that cannot be reached,
    has no workers, another version of this package or loses its workers again and again, and a missing extra, raise
    ToolkitError.
    """
    try:
        import distributed as imported
    except ImportError as error:
        raise fault("CLUSTER_LIBRARY_MISSING") from error
    try:
        distributed: Any = imported
        client = distributed.Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise fault("CLUSTER_UNREACHABLE", address=address, kind=type(error).__name__) from error
    with client:
        threads = _threads(client, address)
        size = max(1, min(BATCH, len(files) // (SHARE * threads)))
        ours = [(path.absolute() if isinstance(path, Path) else path, name) for path, name in files]
        sent_task = client.submit(_same, task, pure=False)
        parts = [
            client.submit(_batch, ours[at : at + size], sent_task, pure=False, retries=2)
            for at in range(0, len(ours), size)
        ]
        counts = [client.submit(_counts, part, pure=False) for part in parts]
        while len(parts) > 1:
            groups = [parts[at : at + BRANCHES] for at in range(0, len(parts), BRANCHES)]
            parts = [client.submit(_added, group, pure=False) for group in groups]
        try:
            for _, (count, faults) in distributed.as_completed(counts, loop=client.loop, with_results=True):
                watch(count, faults)
            return parts[0].result() if parts else Partial()
        except distributed.scheduler.KilledWorker as error:
            raise fault("CLUSTER_WORKERS_LOST") from error


def _threads(client: Any, address: str) -> int:
    """Return how many threads the cluster has; its workers must have this very version of the package."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    ours = _version()
    try:
        theirs = client.run(_version)
    except Exception as error:  # whatever unpickling raises where the package is missing
        raise fault("CLUSTER_WITHOUT_NIANBAO", address=address, kind=type(error).__name__, version=ours) from error
    others = sorted(set(theirs.values()) - {ours})
    if others:
        versions = Wording("、".join(others), ", ".join(others))
        raise fault("CLUSTER_VERSION_DIFFERS", address=address, versions=versions, version=ours)
    if not workers:
        raise fault("CLUSTER_EMPTY", address=address)
    return max(1, sum(int(worker["nthreads"]) for worker in workers.values()))


def _version() -> str:
    from importlib import metadata

    return str(metadata.version("nianbao"))


def _same(task: Callable[[At], Checked]) -> Callable[[At], Checked]:
    return task


def _batch(files: Sequence[File], task: Callable[[At], Checked]) -> Partial:
    return Partial.of(examined(files, task, Checked.of, jobs=1))


def _counts(part: Partial) -> tuple[int, int]:
    return len(part.checked), sum(file.verdict != "pass" for file in part.checked)


def _added(parts: Sequence[Partial]) -> Partial:
    return sum(parts, start=Partial())
