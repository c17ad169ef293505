"""Frozen records: what ``dataclasses.dataclass(frozen=True)`` makes of a class, in a tenth of its time.

The standard decorator compiles up to seven functions for every class; for the hundred classes of one command that was
half of its start. Here it only looks at the fields. What it would compile is shared by all records, but ``__init__``,
which is compiled when the first record of its class is made. ``fields`` and ``replace`` of dataclasses work as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

Class = TypeVar("Class", bound=type)
_Values = Callable[[Any], tuple[object, ...]]


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Class, /) -> Class: ...
@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(*, slots: bool = ..., eq: bool = ...) -> Callable[[Class], Class]: ...
def record(cls: type | None = None, /, *, slots: bool = True, eq: bool = True) -> Any:
    """Make a class a frozen record of its annotated fields, in slots unless told (``cached_property`` needs a dict).

    Records are equal when they are of one class and their fields are; fields with ``compare=False`` do not count. Setting
    a field raises FrozenInstanceError. Without ``eq`` each is equal to itself alone. What a class defines itself stays.
    """
    return _made(cls, slots, eq) if cls is not None else lambda given: _made(given, slots, eq)


def _made(given: type, slots: bool, eq: bool) -> type:
    own = set(vars(given))
    made: Any = dataclass(init=False, repr=False, eq=False, slots=slots)(given)
    held = fields(made)
    methods: dict[str, Any] = {
        "__init__": _first_init(made, held),
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__repr__": _shown(tuple(each.name for each in held if each.repr)),
        "__reduce__": _reduced(_values(tuple(each.name for each in held if each.init))),
    }
    if eq and "__eq__" not in own:
        compared = _values(tuple(each.name for each in held if each.compare))
        methods |= {"__eq__": _equal(compared), "__hash__": _hashed(compared)}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _values(names: tuple[str, ...]) -> _Values:
    """Return what gives the values of these fields as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _equal(values: _Values) -> Callable[[Any, object], bool]:
    def equal(self: object, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented  # type: ignore[no-any-return]
        return bool(values(self) == values(other))

    return equal


def _hashed(values: _Values) -> Callable[[Any], int]:
    def hashed(self: Any) -> int:
        return hash(values(self))

    return hashed


def _shown(names: tuple[str, ...]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        held = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({held})"

    return shown


def _reduced(values: _Values) -> Callable[[Any], tuple[object, ...]]:
    def reduced(self: Any) -> tuple[object, ...]:
        return self.__class__, values(self)

    return reduced


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _first_init(made: Any, held: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Return the ``__init__`` that puts the real one in its own place when it is first called."""

    def first(self: Any, *given: Any, **named: Any) -> None:
        init = _init(made, held)
        made.__init__ = init
        init(self, *given, **named)

    return first


def _init(made: Any, held: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Compile the ``__init__`` of a record: parameters in the order of its fields, each set past ``__setattr__``."""
    known: dict[str, Any] = {"_missing": MISSING, "_set": object.__setattr__}
    taken, lines = [], []
    for each in held:
        name = each.name
        put = f"_set(self, {name!r}, "
        slot = getattr(vars(made).get(name), "__set__", None)
        if slot is not None:
            known[f"_set_{name}"], put = slot, f"_set_{name}(self, "
        value = name
        if each.default_factory is not MISSING:
            known[f"_new_{name}"] = each.default_factory
            value = f"_new_{name}() if {name} is _missing else {name}" if each.init else f"_new_{name}()"
            taken.append(f"{name}=_missing")
        elif each.default is not MISSING:
            known[f"_default_{name}"] = each.default
            taken.append(f"{name}=_default_{name}")
        else:
            taken.append(name)
        if not each.init:
            taken.pop()
            if each.default_factory is MISSING and each.default is MISSING:
                continue
            value = value if each.default is MISSING else f"_default_{name}"
        lines.append(f" {put}{value})")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()")
    source = f"def __init__(self, {', '.join(taken)}):\n" + "\n".join(lines or [" pass"])
    exec(source, known)  # noqa: S102 – made of the names of fields, as the standard decorator does
    init: Callable[..., None] = known["__init__"]
    return init
