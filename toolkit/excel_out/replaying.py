"""The same writing again, without the library: calls are compared with the recorded ones, changed values are noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from toolkit.excel_out.books import Workbook
from toolkit.excel_out.recording import (
    BEGUN,
    BLOCK,
    BOOK,
    NEVER_AGAIN,
    VALUES,
    Call,
    Different,
    RecordedBook,
    recorded_methods,
)
from toolkit.excel_out.sheets import Given, Sheet


class ReplayedSheet(Sheet):
    """A sheet that is not written, only compared."""

    def __init__(self, book: ReplayedBook, name: str, at: int) -> None:
        self.book: ReplayedBook = book
        self.name = name
        self.at = at

    def block(self, put: Callable[[Sheet, *Given], None], *given: *Given) -> None:
        """Pass over a block that is given what the recorded one was, look into any other."""
        if not self.book.passed(self.at, put, given):
            put(self, *given)


class ReplayedBook(Workbook):
    """A workbook that is not written, only compared: ``changes`` gives the value that a recorded call has now.

    Any call raises Different when it is not the recorded one.
    """

    at = BOOK

    def __init__(self, recorded: RecordedBook, finish: Callable[[Mapping[int, Any]], bytes]) -> None:
        self.sheets = {}
        self.changes: dict[int, Any] = {}
        self.format = recorded.format  # type: ignore[method-assign]
        self.once = recorded.once  # type: ignore[method-assign]
        self._calls = recorded.calls
        self._finish = finish
        self._next = 0

    @property
    def book(self) -> ReplayedBook:
        """Return itself, as a sheet returns its workbook."""
        return self

    def begin(self, created: datetime, **named: Any) -> Workbook:
        """Begin it, given what ``Workbook`` is given."""
        properties = named.pop("properties", None) or {}
        self.compare(BOOK, BEGUN, (created,), named)
        for key, value in properties.items():
            self.carry(key, value)
        return self

    def sheet(self, name: str) -> Sheet:
        """Return the recorded sheet of this name."""
        self.compare(BOOK, "sheet", (name,), {})
        self.sheets[name] = ReplayedSheet(self, name, len(self.sheets))
        return self.sheets[name]

    def block(self, put: Callable[[Workbook, *Given], None], *given: *Given) -> None:
        """Pass over a block that is given what the recorded one was, look into any other."""
        if not self.passed(BOOK, put, given):
            put(self, *given)

    def bytes(self) -> bytes:
        """Return the bytes that writing in full would give."""
        if self._next != len(self._calls):
            raise Different("fewer calls")
        return self._finish(self.changes)

    def compare(self, sheet: int, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Compare one call with the recorded one; a changed value is noted."""
        call = self._expected(sheet, name)
        if (named or call.named) and not same(named, call.named):
            raise Different(f"{name} otherwise")
        if not alike(given, call.given):
            value = VALUES.get(name)
            if value is None or len(given) <= value:
                raise Different(f"{name} otherwise")
            if not alike((*given[:value], call.value, *given[value + 1 :]), call.given):
                raise Different(f"{name} elsewhere")
            self.changes[self._next] = given[value]
        self._next += 1

    def passed(self, sheet: int, put: Callable[..., None], given: tuple[Any, ...]) -> bool:
        """Tell whether a block is given what the recorded one was, and go on behind it; else go on inside."""
        call = self._expected(sheet, BLOCK)
        if alike((put, *given), call.given):
            self._next = call.end
            return True
        if call.given[0] is not put:
            raise Different("another block")
        self._next += 1
        return False

    def _expected(self, sheet: int, name: str) -> Call:
        if self._next == len(self._calls):
            raise Different("more calls")
        call = self._calls[self._next]
        if call.name != name or call.sheet != sheet:
            raise Different(f"{name} for {call.name}")
        return call


def alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Tell whether two sequences are the same value by value."""
    if len(one) != len(other):
        return False
    for mine, its in zip(one, other, strict=True):  # noqa: SIM110 - a generator would take twice the time
        if mine is not its and not same(mine, its):
            return False
    return True


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are spelled alike in every way: 0 and Decimal(0) are equal, and written differently."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is str or kind is int:
        return bool(one == other)
    if kind is tuple or kind is list:
        return alike(one, other)
    if kind is dict:
        return list(one) == list(other) and alike(list(one.values()), list(other.values()))
    if kind is Decimal:
        return bool(one.as_tuple() == other.as_tuple())
    if kind is float:
        return repr(one) == repr(other)
    names = getattr(kind, "__match_args__", ())
    if names and "__eq__" in vars(kind):
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


def _replayed(method: Callable[..., None]) -> Callable[..., None]:
    name = method.__name__

    def call(self: ReplayedSheet | ReplayedBook, *given: Any, **named: Any) -> None:
        self.book.compare(self.at, name, given, named)

    return call


def _refused(_: Any, *__: Any, **___: Any) -> None:
    raise Different("not to be compared")


for _kind, _own in ((Sheet, ReplayedSheet), (Workbook, ReplayedBook)):
    for _method in recorded_methods(_kind):
        setattr(_own, _method.__name__, _replayed(_method))
    for _name in NEVER_AGAIN & set(vars(_kind)):
        setattr(_own, _name, _refused)
