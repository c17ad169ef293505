"""What long commands share: --jobs, and the bar that tells how far a run is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from toolkit.cli.terminal import Progress
from toolkit.cli.words import t

Function = TypeVar("Function", bound=Callable[..., Any])

_WIDTH = 16


def scaling(command: Function) -> Function:
    """Give a command --jobs."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        help=t(
            "同时用几个进程读取；不写时文件多才用上全部处理器核。",
            "Processes that read at once; all cores where there are enough files.",
        ),
    )(command)


def bar(*, quiet: bool) -> Progress:
    """Return the bar of a run: on standard error, only where that is a terminal."""
    return Progress(None if quiet else sys.stderr, _line)


def _line(done: int, total: int, faults: int, seconds: float) -> str:
    rate = done / seconds if seconds > 0 else 0.0
    left = round((total - done) / rate) if rate else 0
    full = _WIDTH * done // max(total, 1)
    drawn = "█" * full + "░" * (_WIDTH - full)
    clock = f"{left // 60}:{left % 60:02}"
    return t(
        f"{drawn} {done}/{total} 份，{faults} 份有问题，每秒 {rate:.0f} 份，还需 {clock}",
        f"{drawn} {done}/{total} files, {faults} with faults, {rate:.0f}/s, {clock} left",
    )
