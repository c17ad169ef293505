"""Read each shape of a group in a process of its own and measure it: ``python -m tests.hostile.measuring GROUP FOLDER``.

One line of JSON a case on standard output: outcome, seconds of CPU, what a sound return takes at that time, peak memory
in MiB. The shapes are built in processes of their own, so that what building costs is not counted; a reading that takes
a minute is ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.case import sound_return
from toolkit.answers import Answer, Filled, Unreadable
from toolkit.reading import read
from toolkit.returns.numbers import show

SECONDS = 60
LONG = 0.2
"""Seconds of CPU of a case after which a sound return is measured anew: others may have come to work on the machine."""
VERBOSE = 0.3


def shown(answer: Answer) -> str:
    """Return an answer as the cases write it: its figure, ``blank`` or ``unreadable``."""
    if isinstance(answer, Filled):
        return show(answer.value)
    return "unreadable" if isinstance(answer, Unreadable) else "blank"


def outcome(path: Path) -> dict[str, Any]:
    """Read one file and say what came of it."""
    got = read(path, name=path.name)
    told = [[each.code, each.severity.value, each.sheet, each.cell, bool(each.message)] for each in got.findings]
    answers = None if got.ret is None else {code: shown(answer) for code, answer in got.ret.answers.items()}
    return {"read": got.ret is not None, "findings": told, "answers": answers}


def apart(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do work in a forked process; its answer comes with what it cost, and with what ended it if anything did."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        signal.alarm(SECONDS)
        try:
            answer = work()
        except BaseException:
            answer = {"raised": traceback.format_exc()}
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status, used = os.wait4(pid, 0)
    answer = json.loads(text) if text else {"raised": f"ended with status {status}"}
    return answer | cost(used)


def cost(used: resource.struct_rusage) -> dict[str, float]:
    """Return CPU seconds and peak MiB of a process that has ended, with all that it has started and waited for."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {"seconds": round(used.ru_utime + used.ru_stime, 3), "mib": round(used.ru_maxrss / unit, 1)}


BETWEEN = """
import json, resource, subprocess, sys
with open(sys.argv[2], "wb") as out, open(sys.argv[3], "wb") as err:
    code = subprocess.call(sys.argv[4:], stdout=out, stderr=err)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, list(used)], file)
"""
"""A process begins with the high-water mark of the one that starts it: the tests' own would be counted, this one's is small."""


def command(
    folder: Path, arguments: list[str], environment: dict[str, str]
) -> tuple[int, bytes, str, dict[str, float]]:
    """Run a command; return its exit code, what it wrote to standard output and error, and what it cost."""
    used, out, err = folder / "used.json", folder / "out", folder / "err"
    subprocess.run([sys.executable, "-c", BETWEEN, used, out, err, *arguments], env=environment, check=True)
    code, numbers = json.loads(used.read_text("ascii"))
    return code, out.read_bytes(), err.read_text("utf-8"), cost(resource.struct_rusage(numbers))


def main() -> None:
    """Build the shapes of a group, or those of it that are named, and measure each."""
    group, folder, *named = sys.argv[1:]
    sound = Path(folder).with_name("sound.xlsx")
    sound.write_bytes(sound_return())
    usual = min(apart(lambda: outcome(sound))["seconds"] for _ in range(3))
    for name, raised in apart(lambda: build(group, Path(folder), named))["built"]:
        if raised:
            print(json.dumps({"name": name, "raised": raised, "seconds": 0, "mib": 0}))
            continue
        got = apart(lambda path=Path(folder) / name: outcome(path))  # type: ignore[misc]
        again = apart(lambda: outcome(sound))["seconds"] if got["seconds"] > LONG else usual
        print(json.dumps({"name": name, **got, "usual": max(usual, again)}), flush=True)


def build(group: str, folder: Path, named: list[str]) -> dict[str, Any]:
    """Write the shapes; ``built`` lists them with what went wrong, "" for nothing."""
    from tests.hostile.shapes import GROUPS

    built = []
    for case in GROUPS[group]:
        if named and case.name not in named:
            continue
        begun, raised = time.process_time(), ""
        try:
            case.write(folder / case.name)
        except Exception:
            raised = traceback.format_exc()
        if VERBOSE and time.process_time() - begun > VERBOSE:
            print(case.name, round(time.process_time() - begun, 2), file=sys.stderr)
        built.append((case.name, raised))
    return {"built": built}


if __name__ == "__main__":
    main()
