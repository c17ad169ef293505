"""What the toolkit warns of in passing (a file saved under another name), said to the person at the terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from toolkit.cli.words import t


class _Said(logging.Handler):
    """Says each warning in the language of the run."""

    def __init__(self, say: Callable[[str], None], clean: Callable[[str], str]) -> None:
        super().__init__(logging.WARNING)
        self._say, self._clean = say, clean

    def emit(self, record: logging.LogRecord) -> None:
        """Say one warning."""
        words = record.getMessage()
        self._say(self._clean(t(words, getattr(record, "english", words))))


def listen(say: Callable[[str], None], clean: Callable[[str], str]) -> Callable[[], None]:
    """Say warnings from now on; returns what ends that."""
    log, handler = logging.getLogger("toolkit"), _Said(say, clean)
    log.addHandler(handler)
    return lambda: log.removeHandler(handler)
