"""A warmed-up interpreter that runs commands in forks of itself, so that they can be killed: ``python -m tests.forking``.

One request a line on standard input, as JSON: ``argv`` of the command; ``remember`` to take what is computed from an
earlier run of the same command, so that only the steps on the disk are done anew; ``die_at`` to be killed at the n-th
step on the disk, ``die_after`` to be killed after so many seconds. The answer is the status as ``os.waitpid`` has it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
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
        self, *argv: str | Path, remember: bool = False, die_at: int | None = None, die_after: float | None = None
    ) -> int:
        """Run a command to its end; return its exit status, negative for the signal that ended it."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        request = {
            "argv": [str(each) for each in argv], "remember": remember, "die_at": die_at, "die_after": die_after,
        }  # fmt: skip
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return os.waitstatus_to_exitcode(int(self._server.stdout.readline()))

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
    from toolkit.run import replies, rollup_file
    from toolkit.workbook import issuing

    kept = Remembered()
    kept.wrap(work, "run")
    kept.wrap(view, "run")
    kept.wrap(rollup_file, "write_rollup")
    kept.wrap(view, "json_bytes")
    kept.wrap(replies, "reply", lambda checked, _: checked.file)
    kept.wrap(replies, "write_summary")
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
        child = os.fork()
        if child == 0:
            disk = Disk()
            if request["die_at"] is not None:
                disk.at[request["die_at"]] = lambda step: os.kill(os.getpid(), signal.SIGKILL)
            with disk:
                status = command(request["argv"])
            os._exit(status)
        if request["die_after"] is not None:
            time.sleep(request["die_after"])
            os.kill(child, signal.SIGKILL)  # not yet waited for: the number is still the child's
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve()
