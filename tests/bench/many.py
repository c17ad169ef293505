"""Ten thousand returns: read, checked, merged and written by one process and by two; speed-up and peak memory.

Each run is a ``nianbao merge`` of its own. CPU is that of all its processes; memory is the sum of their proportional set
sizes (shared pages counted once), looked at all the time. The same bytes must come out however many processes read.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.bench.merging import generate

PAUSE = 0.1
OPTIONS = ("--year", "2025", "--region", "样例县", "--as-of", "2026-02-06", "--quiet")


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds on the clock, seconds of CPU, MiB at its peak; and the digest of what it wrote."""

    wall: float
    cpu: float
    peak: float
    digest: str


def _memory(process: psutil.Process) -> int:
    """Return the bytes of a process and all it started."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def run(folder: Path, jobs: int | None, output: Path) -> Cost:
    """Merge a folder in a process of its own and watch it."""
    command = [sys.executable, "-m", "toolkit", "merge", str(folder), *OPTIONS, "-o", str(output)]
    used, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    started = subprocess.Popen([*command, *(() if jobs is None else ("--jobs", str(jobs)))], stdout=subprocess.DEVNULL)
    process, peak = psutil.Process(started.pid), 0
    while started.poll() is None:
        try:
            peak = max(peak, _memory(process))
        except psutil.Error:
            break
        time.sleep(PAUSE)
    assert started.wait() == 0
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return Cost(wall, cpu, peak / 2**20, hashlib.sha256(output.read_bytes()).hexdigest())


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure 1, 1,000 and 10,000 returns (``smoke``: 1 and 200) and yield a Markdown table."""
    yield "| returns | processes | wall s | CPU s | ms CPU a return | faster than one | peak MiB | kB each further return |"
    yield "|---|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as made:
        whole = Path(made) / "whole"
        whole.mkdir()
        counts = (1, 200) if smoke else (1, 1000, int(os.environ.get("NIANBAO_MANY", "10000")))
        paths = generate(whole, counts[-1])
        before: dict[int, tuple[int, float]] = {}
        for count in counts:
            folder = Path(made) / str(count)
            folder.mkdir()
            for path in paths[:count]:
                os.link(path, folder / path.name)
            found: dict[int, list[Cost]] = {1: [], 2: []}
            for _ in range(1 if smoke or count == counts[-1] else 3):
                for jobs, costs in found.items():
                    costs.append(run(folder, jobs, Path(made) / f"{jobs}.xlsx"))
            assert len({cost.digest for costs in found.values() for cost in costs}) == 1
            base = median(cost.wall for cost in found[1])
            for jobs, costs in found.items():
                wall, cpu = median(each.wall for each in costs), median(each.cpu for each in costs)
                peak = max(each.peak for each in costs)
                more = ""
                if jobs in before:
                    fewer, lower = before[jobs]
                    more = f"{(peak - lower) * 1024 / (count - fewer):.1f}"
                before[jobs] = (count, peak)
                yield (
                    f"| {count:,} | {jobs} | {wall:.1f} | {cpu:.1f} | {1000 * cpu / count:.1f} | {base / wall:.2f}× "
                    f"| {peak:.0f} | {more} |"
                )
            shutil.rmtree(folder)
