"""Records behave as frozen dataclasses do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import pytest

from toolkit.records import record


@record
class Place:
    """A record with slots; ``made`` is derived and does not count."""

    sheet: str
    row: int = 1
    marks: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)
    made: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made", f"{self.sheet}!{self.row}")


@dataclass(frozen=True, slots=True)
class Standard:
    """The same with the standard decorator: the judge."""

    sheet: str
    row: int = 1
    marks: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)
    made: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made", f"{self.sheet}!{self.row}")


@record
class Other:
    """Another class with equal fields."""

    sheet: str
    row: int = 1


@record
class Nothing:
    """No field at all."""


@record(slots=False)
class Kept:
    """A record that keeps what it computes."""

    number: int

    @cached_property
    def twice(self) -> int:
        """Return twice the number."""
        return 2 * self.number


@record(eq=False)
class Alone:
    """A record that is equal to itself alone."""

    number: int


@record
class Own:
    """A class that says itself when it is equal and how it is shown."""

    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.text.lower() == other.text.lower()

    def __hash__(self) -> int:
        return hash(self.text.lower())

    def __repr__(self) -> str:
        return f"<{self.text}>"


def outcome(make: Any) -> tuple[str, str]:
    """Return what a call gives, or the kind of what it raises."""
    try:
        return "made", repr(make()).replace("Standard", "Place")
    except Exception as fault:
        return "raised", type(fault).__name__


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("三",), {}), (("三", 2), {}), ((), {"sheet": "三"}), (("三",), {"marks": ["x"], "note": "n"}), ((), {}),
        (("三", 2, [], "n", "m"), {}), (("三",), {"sheet": "四"}), (("三",), {"made": "x"}), (("三",), {"other": 1}),
    ],
)  # fmt: skip
def test_making_one(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    """The same calls make the same values, and the same calls are refused, the first and the second time."""
    for _ in range(2):
        assert outcome(lambda: Place(*given, **named)) == outcome(lambda: Standard(*given, **named))


def test_equal_and_hashed() -> None:
    """Of one class and with equal fields; what does not compare does not count."""
    assert Place("三", note="a") == Place("三", note="b")
    assert Place("三") != Place("三", 2)
    assert Other("三") != Place("三")
    assert Other("三") == Other("三", 1)
    assert hash(Other("三")) == hash(Other("三", 1))
    assert {Other("三"), Other("三"), Other("四")} == {Other("四"), Other("三")}
    assert Nothing() == Nothing()
    assert Alone(1) != Alone(1)
    assert len({Alone(1), Alone(1)}) == 2
    assert bool(Nothing())
    assert Own("A") == Own("a")
    assert len({Own("A"), Own("a")}) == 1
    assert repr(Own("A")) == "<A>"


def test_frozen() -> None:
    """No field can be set, deleted or added."""
    for one in (Place("三"), Kept(1)):
        for name in ("sheet", "number", "further"):
            with pytest.raises(FrozenInstanceError, match=name):
                setattr(one, name, 1)
            with pytest.raises(FrozenInstanceError, match=name):
                delattr(one, name)
    assert not hasattr(Place("三"), "__dict__")


def test_defaults_are_not_shared() -> None:
    """Each record has a list of its own."""
    one, two = Place("三"), Place("三")
    assert one.marks == []
    assert one.marks is not two.marks


def test_kept_values() -> None:
    """What a property computes is kept, and derived anew after a journey."""
    one = Kept(4)
    assert one.twice == 8
    assert vars(one) == {"number": 4, "twice": 8}
    again = pickle.loads(pickle.dumps(one))
    assert vars(again) == {"number": 4}
    assert again.twice == 8


def test_copied_and_replaced() -> None:
    """Journeys and copies give equal records with what is derived; the standard functions work."""
    one = Place("三", 7, ["x"], "n")
    for again in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
        assert (again, again.made, again.note) == (one, "三!7", "n")
    assert replace(one, row=8).made == "三!8"
    assert replace(one, row=8).marks == ["x"]
    assert [each.name for each in fields(Place)] == [each.name for each in fields(Standard)]
    assert Place.__match_args__ == Standard.__match_args__  # type: ignore[attr-defined]
