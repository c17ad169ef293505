"""Commands as the tests run them, in this process or in one of their own, and what they left in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from toolkit.cli import main

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, what it wrote as data, and what it said to the person."""

    code: int
    data: bytes
    err: str

    @property
    def out(self) -> str:
        """The data as text, its lines ended by ``\\n``."""
        return self.data.decode().replace("\r\n", "\n")

    @property
    def json(self) -> Any:
        """The data as JSON."""
        return json.loads(self.data)


def run(*arguments: object, environment: Mapping[str, str] | None = None) -> Ended:
    """Run a command in this process, in Chinese; anything but an ordinary end fails."""
    done = CliRunner(env=environment).invoke(main, [str(word) for word in arguments], prog_name="nianbao")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ended(done.exit_code, done.stdout_bytes, done.stderr)


def worked(*arguments: object, environment: Mapping[str, str] | None = None) -> Ended:
    """Run a command that does its work, whatever it finds."""
    ended = run(*arguments, environment=environment)
    assert ended.code in (0, 1), (arguments, ended.err)
    return ended


def answer(*arguments: object) -> Any:
    """Run a command that does its work and return its JSON."""
    return worked(*arguments, "--format", "json").json


def alone(*arguments: object) -> Ended:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *(str(word) for word in arguments)],
        capture_output=True, env=surroundings(), check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a process that runs this checkout and speaks UTF-8."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    """Return sha256 and modification time of every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
