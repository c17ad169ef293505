"""Nothing is dropped without a word: refused calls raise, texts and numbers are made what the file can hold."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import xlsxwriter

from toolkit.answers import Number
from toolkit.cells import a1
from toolkit.errors import WorkbookError
from toolkit.findings import fault

TEXT_LENGTH = 32_767
"""What a cell holds in Excel, in characters."""


class Cursor:
    """Where in a workbook something is being written."""

    def __init__(self) -> None:
        self.at("新建工作簿")

    def at(self, name: str, place: tuple[int, int] | None = None) -> None:
        """Go on to a sheet or a name, or to a cell of a sheet."""
        self._name, self._place = name, place

    def __str__(self) -> str:
        return self._name if self._place is None else f"{self._name}!{a1(*self._place)}"


@contextmanager
def strict(cursor: Cursor) -> Iterator[Callable[[object], None]]:
    """Turn XlsxWriter's warnings, exceptions and non-zero return codes into WorkbookError."""

    def done(code: object) -> None:
        if isinstance(code, int) and code != 0:
            raise fault("CELL_REFUSED", WorkbookError, cursor=cursor, code=code)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield done
        except (Warning, ValueError, TypeError, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise fault("CELL_UNWRITABLE", WorkbookError, cursor=cursor, why=error) from error


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@lru_cache(maxsize=4096)
def encodable(text: str) -> str:
    """Return a text with U+FFFD for what XML cannot hold: lone surrogates (file names have such), controls.

    XlsxWriter takes a text between ``<r>`` and ``</r>`` for XML of its own; a blank behind it makes it a text again.
    """
    sound = _UNWRITABLE.sub("\ufffd", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return f"{sound} " if sound.startswith("<r>") and sound.endswith("</r>") else sound


def digits(value: Number) -> str:
    """Return a number as XlsxWriter spells it, with 16 digits; NaN and infinities raise WorkbookError."""
    return f"{plain(value):.16G}"


def plain(value: Number) -> int | float:
    """Return what the file can hold: the double nearest to a decimal; NaN and infinities raise WorkbookError."""
    if isinstance(value, int):
        return value
    exact = float(value)
    if not math.isfinite(exact):
        raise fault("NUMBER_INFINITE", WorkbookError, value=value)
    return exact


@lru_cache(maxsize=4096)
def cell_text(text: str) -> str:
    """Return a text as a cell holds it: what XML can hold, past 32,767 characters ended with an ellipsis."""
    whole = encodable(text)
    return whole if len(whole) <= TEXT_LENGTH else whole[: TEXT_LENGTH - 1] + "…"


def result(value: Number | str) -> int | float | str:
    """Return the value of a formula as the file holds it."""
    return encodable(value) if isinstance(value, str) else plain(value)
