"""A TOML file → frozen values, strictly: every fault is found and reported at once, each with its path."""

from __future__ import annotations

import difflib
import pkgutil
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar

import tomli
from msgspec import Struct, ValidationError, convert
from msgspec.structs import FieldInfo, fields

from toolkit.errors import DefinitionError

S = TypeVar("S", bound=Struct)
Hook = Callable[[type, Any], Any]
"""What makes a value of a type of one's own out of what stands in the file; ValueError and TypeError say what is wrong."""


class Faults:
    """Collect the faults of one definition, to be reported together."""

    def __init__(self) -> None:
        self.listed: list[str] = []

    def add(self, path: str, fault: str) -> None:
        """Note a fault at a path such as ``tables[3].rows[12].code``."""
        self.listed.append(f"{path}: {fault}" if path else fault)

    def stop(self, name: str) -> None:
        """Raise DefinitionError with every fault noted so far, if there is any."""
        if self.listed:
            raise DefinitionError(name, tuple(self.listed))


def shipped_text(package: str, name: str) -> str:
    """Return a text that ships within a package, also where the package is in a zip file (the page)."""
    data = pkgutil.get_data(package, name)
    assert data is not None, "a package of files or of a zip"
    return data.decode("utf-8")


def read_toml(text: str, name: str, kind: type[S], hook: Hook | None = None) -> S:
    """Return a Struct from the text of a TOML file: its keys and types must fit the fields, and so on downwards.

    A text that is no TOML and every key that is unknown, missing or of a wrong type are in the DefinitionError raised.
    """
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as fault:
        raise DefinitionError(name, (f"不是合法的 TOML：{fault}",)) from None
    try:
        return convert(data, kind, dec_hook=hook)
    except ValidationError as first:
        # The fast way stops at the first fault; the slow one names each.
        faults = Faults()
        _struct(data, kind, "", hook, faults)
        faults.stop(name)
        raise DefinitionError(name, (str(first),)) from None


@cache
def _fields(kind: type[Struct]) -> dict[str, FieldInfo]:
    return {field.encode_name: field for field in fields(kind)}


def _struct(data: Mapping[str, Any], kind: type[Struct], path: str, hook: Hook | None, faults: Faults) -> None:
    known = _fields(kind)
    for key, value in data.items():
        where = f"{path}.{key}" if path else key
        if key in known:
            _value(value, known[key].type, where, hook, faults)
        else:
            near = difflib.get_close_matches(key, known, 1)
            faults.add(where, f"unknown key {key!r}" + (f" — did you mean {near[0]!r}?" if near else ""))
    for key, field in known.items():
        if field.required and key not in data:
            faults.add(f"{path}.{key}" if path else key, f"missing key {key!r}")


def _value(value: Any, hint: Any, path: str, hook: Hook | None, faults: Faults) -> None:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        _value(value, arguments[0], path, hook, faults)
    elif origin is Annotated and isinstance(value, list):
        if not value:
            faults.add(path, "is empty")
        _value(value, arguments[0], path, hook, faults)
    elif origin is tuple and isinstance(value, list):
        for at, part in enumerate(value):
            _value(part, arguments[0], f"{path}[{at}]", hook, faults)
    elif origin in (dict, Mapping) and isinstance(value, dict):
        for key, part in value.items():
            _value(part, arguments[1], f"{path}.{key}", hook, faults)
    elif isinstance(hint, type) and issubclass(hint, Struct) and isinstance(value, dict):
        _struct(value, hint, path, hook, faults)
    else:
        _leaf(value, hint, path, hook, faults)


def _leaf(value: Any, hint: Any, path: str, hook: Hook | None, faults: Faults) -> None:
    choices = typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()
    if isinstance(hint, type) and issubclass(hint, Enum):
        choices = tuple(choice.value for choice in hint)
    try:
        convert(value, hint, dec_hook=hook)
    except ValidationError as fault:
        if choices:
            name = path.rpartition(".")[2]
            faults.add(path, f"unknown {name} {value!r}; one of {', '.join(map(str, choices))}")
        else:
            faults.add(path, str(fault) if isinstance(fault.__cause__, ValueError) else f"wrong type: {value!r}")
