"""How a command speaks to the person at the terminal: in which language, how much, and how far a run is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from msgspec import Struct

from toolkit.cli.printing import say
from toolkit.cli.words import t

_WIDTH = 16


class Terminal(Struct, frozen=True):
    """The options that every command has: the language, tracebacks, and whether hints and progress are wanted."""

    lang: str = "zh"
    debug: bool = False
    quiet: bool = False

    def hint(self, text: str) -> None:
        """Say what a person may like to know, unless only the necessary is wanted."""
        if not self.quiet:
            say(text)

    def progress(self) -> Progress:
        """Return the bar of a run: on standard error, only where that is a terminal."""
        return Progress(None if self.quiet else sys.stderr, _bar)


def _bar(done: int, total: int, faults: int, seconds: float) -> str:
    rate = done / seconds if seconds > 0 else 0.0
    left = round((total - done) / rate) if rate else 0
    full = _WIDTH * done // max(total, 1)
    drawn = "█" * full + "░" * (_WIDTH - full)
    clock = f"{left // 60}:{left % 60:02}"
    return t(
        f"{drawn} {done}/{total} 份，{faults} 份有问题，每秒 {rate:.0f} 份，还需 {clock}",
        f"{drawn} {done}/{total} files, {faults} with faults, {rate:.0f}/s, {clock} left",
    )


class Progress:
    """A line on a terminal that is drawn over and over and is gone at the end; on anything else it stays unseen.

    ``line`` makes it from how many are done, of how many, with how many faults, in how many seconds.
    """

    PATIENCE = 0.5
    """Seconds before it appears: what is done by then needs no bar."""
    PAUSE = 0.1
    """Seconds between two drawings."""

    def __init__(self, stream: TextIO | None, line: Callable[[int, int, int, float], str]) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._line = line
        self._begun = time.monotonic()
        self._drawn = self._begun + self.PATIENCE - self.PAUSE
        self._done = self._faults = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write("")

    def step(self, total: int, done: int = 1, faults: int = 0) -> None:
        """Count what was done since the last step and draw the line when it is time."""
        self._done += done
        self._faults += faults
        now = time.monotonic()
        if self._stream is not None and now - self._drawn >= self.PAUSE:
            self._drawn = now
            self._write(self._line(self._done, total, self._faults, now - self._begun))

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(f"\r{text}\x1b[K")
            self._stream.flush()
