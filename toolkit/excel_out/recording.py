"""A workbook that is written and remembers, call by call, how: what a ``Skeleton`` is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import FunctionType
from typing import Any

from toolkit.excel_out.books import Workbook
from toolkit.excel_out.sheets import Given, Sheet

BOOK = -1
"""Where a call on the workbook itself stands; those on a sheet stand at its number."""
BLOCK = "block"
BEGUN = "__init__"
MADE_OF_OTHERS = {"merge", BLOCK}
"""Methods that only call others."""
NEVER_AGAIN = {"shared", "rows_to_come", "chart"}
"""Methods whose effect is not told by what they are given: a workbook that uses them is no skeleton."""
VALUES = {"text": 2, "number": 2, "formula": 4, "comment": 2, "carry": 1, "define_name": 1}
"""The methods of which one argument may differ, and which: all else makes another structure."""
_OF_THE_BOOK = {"format", "once", "sheet", "bytes"}


class Different(Exception):
    """A workbook is not a recorded one with other values: it must be written in full."""


@dataclass(slots=True)
class Call:
    """One call: on which sheet, of which method, with what; for a block also where the calls after it begin."""

    sheet: int
    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]
    end: int = 0

    @property
    def value(self) -> Any:
        """Return the argument that may differ."""
        return self.given[VALUES[self.name]]


def recorded_methods(kind: type[Sheet] | type[Workbook]) -> Iterator[Callable[..., None]]:
    """Yield the methods by which a workbook or a sheet is written, whatever will be added to them."""
    for name, method in vars(kind).items():
        apart = name in MADE_OF_OTHERS or name in NEVER_AGAIN or (kind is Workbook and name in _OF_THE_BOOK)
        if isinstance(method, FunctionType) and not name.startswith("_") and not apart:
            yield method


class RecordedSheet(Sheet):
    """A sheet of a recorded workbook."""

    book: RecordedBook

    def __init__(self, book: RecordedBook, name: str, sheet: Any) -> None:
        super().__init__(book, name, sheet)
        self.at = len(book.sheets)
        self.calls = book.calls

    def block(self, put: Callable[[Sheet, *Given], None], *given: *Given) -> None:
        """Record what the block is given, and each of its calls."""
        call = Call(self.at, BLOCK, (put, *given), {})
        self.calls.append(call)
        put(self, *given)
        call.end = len(self.calls)


class RecordedBook(Workbook):
    """A workbook that is written in full and keeps its calls; ``usable`` tells whether they say all of it."""

    kind = RecordedSheet
    at = BOOK

    def __init__(self, created: datetime, **named: Any) -> None:
        self.usable = not (named.get("constant_memory") or named.get("large"))
        apart = {key: value for key, value in named.items() if key != "properties"}
        self._forgotten = False
        self.calls = [Call(BOOK, BEGUN, (created,), apart)]
        super().__init__(created, **named)

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        self.calls.append(Call(BOOK, "sheet", (name,), {}))
        return super().sheet(name)

    def block(self, put: Callable[[Workbook, *Given], None], *given: *Given) -> None:
        """Record what the block is given, and each of its calls."""
        call = Call(BOOK, BLOCK, (put, *given), {})
        self.calls.append(call)
        put(self, *given)
        call.end = len(self.calls)

    def format(self, **props: Any) -> Any:
        """Return the format of these properties; once all is written a new one raises Different."""
        if self._forgotten and self.format_key(props) not in self.formats:
            raise Different("a new format")
        return super().format(**props)

    def forget(self) -> None:
        """Let go of the library's workbook once the bytes are taken; formats, and what was made of them, stay."""
        self.bytes()
        self._forgotten = True
        del self._book, self._buffer
        for sheet in self.sheets.values():
            del sheet._sheet


def _recorded(method: Callable[..., None]) -> Callable[..., None]:
    name = method.__name__
    needed = 4 if name == "link" else VALUES.get(name, -1)

    def call(self: RecordedSheet | RecordedBook, *given: Any, **named: Any) -> None:
        self.calls.append(Call(self.at, name, given, named))
        if len(given) <= needed:
            (self if isinstance(self, RecordedBook) else self.book).usable = False
        method(self, *given, **named)

    return call


def _noted(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: RecordedSheet | RecordedBook, *given: Any, **named: Any) -> Any:
        (self if isinstance(self, RecordedBook) else self.book).usable = False
        return method(self, *given, **named)

    return call


for _kind, _own in ((Sheet, RecordedSheet), (Workbook, RecordedBook)):
    for _method in recorded_methods(_kind):
        setattr(_own, _method.__name__, _recorded(_method))
    for _name in NEVER_AGAIN & set(vars(_kind)):
        setattr(_own, _name, _noted(vars(_kind)[_name]))
