"""A return's answers and findings in few bytes: what is kept of each of ten thousand until they are added up.

Exact: counts are integers, money is a coefficient and its decimal places; nothing becomes a float. Blank, unreadable
and filled stay three things. What only says how a cell was read (its text, its repair) is let go.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import overload

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.findings import Finding
from toolkit.forms import Form, load_form

_BLANK, _ODD, _WHOLE = 0, 1, 2
"""The state of an answer, one byte each; from ``_WHOLE + 1`` on a decimal with that many places less one."""
_PLACES = 200
_LARGEST = 2**63
_SIZES = (("b", 2**7), ("h", 2**15), ("i", 2**31), ("q", 2**63))


@cache
def _positions(form_id: str) -> dict[str, int]:
    return {code: at for at, code in enumerate(load_form(form_id).inputs)}


class PackedAnswers(Mapping[str, Answer]):
    """The answers to the inputs of a form that ships with the toolkit, some 3 bytes each."""

    __slots__ = ("_odd", "_states", "_values", "form")

    def __init__(self, form: Form, states: bytes, kind: str, values: bytes, odd: Mapping[int, Answer] | None) -> None:
        self.form = form
        self._states = states
        self._values = array(kind, values)
        self._odd = odd

    @classmethod
    def of(cls, form: Form, answers: Mapping[str, Answer]) -> PackedAnswers:
        """Pack answers; an input that is not among them is blank."""
        states, values, odd = bytearray(), [], {}
        for at, code in enumerate(_positions(form.id)):
            answer = answers.get(code)
            state = value = 0
            if answer is not None and not isinstance(answer, Blank):
                state, value = _number(answer)
                if state == _ODD:
                    odd[at] = Filled(answer.value) if isinstance(answer, Filled) else answer
            states.append(state)
            values.append(value)
        largest = max(map(abs, values), default=0)
        kind = next(kind for kind, limit in _SIZES if largest < limit)
        return cls(form, bytes(states), kind, array(kind, values).tobytes(), odd or None)

    def __getitem__(self, code: str) -> Answer:
        at = _positions(self.form.id)[code]
        if self._states[at] == _BLANK:
            return Blank()
        value = self._value(at)
        return Filled(value) if value is not None else (self._odd or {})[at]

    def _value(self, at: int) -> Number | None:
        """Return the figure at a position, 0 for a blank, None for what is unreadable."""
        state = self._states[at]
        if state in (_BLANK, _WHOLE):
            return self._values[at]
        if state == _ODD:
            odd = (self._odd or {})[at]
            return odd.value if isinstance(odd, Filled) else None
        return Decimal(self._values[at]).scaleb(_WHOLE + 1 - state)

    def figure(self, code: str) -> Number | None:
        """Return an item as it counts: blanks 0, unreadable None, a formula item computed."""
        at = _positions(self.form.id).get(code)
        if at is not None:
            return self._value(at)
        total: Number = 0
        for term in self.form.formulas[code].terms:
            part = self.figure(term.item)
            if part is None:
                return None
            total = total + part if term.coefficient == 1 else total + part * term.coefficient
        return Decimal(total) if self.form.items[code].kind == "money" else total

    def inputs(self) -> list[Number | None]:
        """Return the figures of all inputs in the order of the form."""
        found: list[Number | None] = list(self._values)
        for at, state in enumerate(self._states):
            if state not in (_BLANK, _WHOLE):
                found[at] = self._value(at)
        return found

    def entries(self) -> list[Number | None]:
        """Return what was filled in, in the order of the form: None for a blank and for what is unreadable."""
        found: list[Number | None] = list(self._values)
        for at, state in enumerate(self._states):
            if state != _WHOLE:
                found[at] = None if state == _BLANK else self._value(at)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_positions(self.form.id))

    def __len__(self) -> int:
        return len(self._states)

    def __reduce__(self) -> tuple[object, ...]:
        return PackedAnswers, (self.form, self._states, self._values.typecode, self._values.tobytes(), self._odd)


def _number(answer: Filled | Unreadable) -> tuple[int, int]:
    """Return the state and the integer by which a figure is kept; what fits in none is odd."""
    value = None if isinstance(answer, Unreadable) else answer.value
    if isinstance(value, int):
        return (_WHOLE, value) if -_LARGEST < value < _LARGEST else (_ODD, 0)
    if value is None:
        return _ODD, 0
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not -_PLACES <= exponent <= 0 or value.adjusted() - exponent > 17:
        return _ODD, 0
    if value.is_zero() and value.is_signed():
        return _ODD, 0
    return _WHOLE + 1 - exponent, int(value.scaleb(-exponent))


class PackedFigures(Mapping[str, Number | None]):
    """The figures of every item of a form, computed from packed answers when they are asked for."""

    __slots__ = ("_answers",)

    def __init__(self, answers: PackedAnswers) -> None:
        self._answers = answers

    def __getitem__(self, code: str) -> Number | None:
        return self._answers.figure(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers.form.items)

    def __len__(self) -> int:
        return len(self._answers.form.items)


class PackedFindings(Sequence[Finding]):
    """Findings that are unpacked each time they are asked for."""

    __slots__ = ("_count", "_data")

    def __init__(self, count: int, data: bytes) -> None:
        self._count = count
        self._data = data

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Pack findings; none at all stay the empty tuple."""
        if not findings or isinstance(findings, PackedFindings):
            return findings
        return cls(len(findings), zlib.compress(pickle.dumps(tuple(findings), pickle.HIGHEST_PROTOCOL)))

    def _all(self) -> tuple[Finding, ...]:
        found: tuple[Finding, ...] = pickle.loads(zlib.decompress(self._data))  # noqa: S301 – our own bytes
        return found

    @overload
    def __getitem__(self, at: int) -> Finding: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Finding]: ...

    def __getitem__(self, at: int | slice) -> Finding | Sequence[Finding]:
        return self._all()[at]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._all())

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __reduce__(self) -> tuple[object, ...]:
        return PackedFindings, (self._count, self._data)
