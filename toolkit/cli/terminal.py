"""What a terminal may be shown of a stranger's text, and the line that tells how far a run is."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO


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
