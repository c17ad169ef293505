"""A warmed-up interpreter that runs commands in forks of itself, so that they can be killed: ``python -m tests.forking``.

One request a line on standard input, as JSON: ``argv`` of the command; ``remember`` to take what is computed from an
earlier run of the same command, so that only the steps on the disk are done anew; ``die_at`` to be killed at the n-th
step on the disk (a change of the ledger is one), ``die_at_call`` at the n-th call of a function of Python. The answer is
the status as ``os.waitpid`` has it, and how many steps and calls there were when nothing killed it; calls are counted
when ``die_at_call`` is there, -1 for "never".
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults import Disk


class Forking:
    """The other end: start, run, kill."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip

    def run(
        self, *argv: str | Path, remember: bool = False, die_at: int | None = None, die_at_call: int | None = None
    ) -> int:
        """Run a command to its end; return its exit status, negative for the signal that ended it."""
        return self.counted(*argv, remember=remember, die_at=die_at, die_at_call=die_at_call)[0]

    def counted(self, *argv: str | Path, **request: bool | int | None) -> tuple[int, int, int]:
        """Run a command; return its exit status, and how many steps and calls it made (0 when it was killed)."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        known = {"remember": False, "die_at": None, "die_at_call": None}
        self._server.stdin.write(json.dumps({"argv": [str(word) for word in argv], **known, **request}) + "\n")
        self._server.stdin.flush()
        status, steps, calls = map(int, self._server.stdout.readline().split())
        return os.waitstatus_to_exitcode(status), steps, calls

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(timeout=60)
        self._server.stdout.close()


class Remembered:
    """What is computed without the disk, kept from one run of a command to the next."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}
        self.on = False

    def wrap(self, where: Any, name: str, key: Callable[..., str] = lambda *_, **__: "") -> None:
        """Keep the results of a function of a module; ``key`` tells its calls apart."""
        real = getattr(where, name)

        def kept(*given: Any, **more: Any) -> Any:
            at = (self.command, name + key(*given, **more))
            if not self.on or at not in self.known:
                self.known[at] = real(*given, **more)
            return self.known[at]

        setattr(where, name, kept)

    command = ""


def remembered() -> Remembered:
    """Wrap what the commands compute."""
    from toolkit.cli import templates, view, work
    from toolkit.run import reply_folder, rollup_file
    from toolkit.workbook import issuing

    kept = Remembered()
    kept.wrap(work, "run", lambda job, *_: job.wanted)
    kept.wrap(view, "run")
    kept.wrap(rollup_file, "write_rollup")
    kept.wrap(view, "json_bytes")
    kept.wrap(reply_folder, "reply", lambda checked, *_: checked.file)
    kept.wrap(reply_folder, "write_summary")
    kept.wrap(issuing, "blank")
    kept.wrap(templates, "roster_bytes")
    return kept


def command(argv: Sequence[str]) -> int:
    """Run a command with its output thrown away; return its exit status."""
    from toolkit.cli import main

    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        usual = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = nowhere
        try:
            main(list(argv), prog_name="nianbao")
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            sys.stdout, sys.stderr = usual
    return 0


def serve() -> None:
    """Answer requests until there are no more."""
    kept = remembered()
    for line in sys.stdin:
        request = json.loads(line)
        kept.command, kept.on = " ".join(request["argv"]), request["remember"]
        if kept.on and not any(key[0] == kept.command for key in kept.known):
            command(request["argv"])
        counts = mmap.mmap(-1, COUNTS.size)  # shared with the child
        child = os.fork()
        if child == 0:
            os._exit(_run(request, counts))
        _, status = os.waitpid(child, 0)
        print(status, *COUNTS.unpack(counts[:]), flush=True)


COUNTS = struct.Struct("qq")


def _run(request: Mapping[str, Any], counts: mmap.mmap) -> int:
    """Run a command in this forked process, to its end or until it is killed."""
    disk = Disk(database=True)
    if request["die_at"] is not None:
        disk.at[request["die_at"]] = lambda step: os.kill(os.getpid(), signal.SIGKILL)
    calls = 0
    if request["die_at_call"] is not None:
        us, last = os.getpid(), request["die_at_call"]

        def counted(frame: object, event: str, argument: object) -> None:
            nonlocal calls
            if event == "call" and os.getpid() == us:
                if calls == last:
                    os.kill(us, signal.SIGKILL)
                calls += 1

        sys.setprofile(counted)
    with disk:
        status = command(request["argv"])
    sys.setprofile(None)
    counts[:] = COUNTS.pack(len(disk.steps), calls)
    return status


if __name__ == "__main__":
    serve()
