"""What a terminal may be shown of a stranger's text, and the line that tells how far a run is."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO
from unicodedata import category

from toolkit.later import later

if TYPE_CHECKING:
    import json
else:
    json = later("json")

UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories of what no person sees but a terminal obeys: controls, directions, zero width, line separators."""


def json_bytes(value: object) -> bytes:
    """Return one JSON object as UTF-8 that is safe on a terminal: what nobody sees is written as ``\\u202e``."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if not text.replace("\n", "").isprintable():
        text = "".join(
            json.dumps(each)[1:-1] if each != "\n" and category(each) in UNSEEN and category(each) != "Cs" else each
            for each in text
        )
    return (text + "\n").encode("utf-8", "replace")


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
