"""What a form file may say: required and optional keys, and the faults found, each with its path."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from toolkit.errors import DefinitionError


class Faults:
    """Collect the faults of one definition, to be reported together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, path: str, fault: str) -> None:
        """Note a fault at a path such as ``tables[3].rows[12].code``."""
        self.found.append(f"{path}: {fault}" if path else fault)

    def stop(self, name: str) -> None:
        """Raise DefinitionError with everything found so far, if anything was."""
        if self.found:
            raise DefinitionError(name, tuple(self.found))

    def tables(self, data: Mapping[str, Any], key: str, path: str) -> list[Mapping[str, Any]]:
        """Return the list of tables under a key; anything else there is a fault and read as none."""
        value = data.get(key, [])
        where = f"{path}.{key}" if path else key
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.add(where, "must be a list of tables")
            return []
        if not value and key != "labels":
            self.add(where, "is empty or missing")
        return value


class Keys:
    """The keys that one kind of table of a form file has, by the type their name implies.

    ``rows`` means another thing in each kind: ``whole`` (a number of rows), ``texts`` (codes) or ``lists`` (of tables).
    """

    WHOLE = frozenset({"first_year", "last_year", "spare", "line", "head_rows", "stub_columns"})
    SWITCH = frozenset({"landscape", "on_sheet", "computes"})
    LISTS = frozenset({"parts", "tables", "rules", "phrases", "labels", "blocks", "columns"})
    TEXTS = frozenset({"heads", "over", "guards"})
    NUMBERS = frozenset({"widths"})

    def __init__(self, required: str, optional: str = "", *, rows: str = "lists") -> None:
        self.required = tuple(required.split())
        self.known = self.required + tuple(optional.split())
        self.rows = rows

    def check(self, data: Mapping[str, Any], path: str, faults: Faults) -> None:
        """Note every unknown key (with the nearest known one), missing key and value of a wrong type."""
        for key, value in data.items():
            where = f"{path}.{key}" if path else key
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, 1)
                faults.add(where, f"unknown key {key!r}" + (f" — did you mean {near[0]!r}?" if near else ""))
            elif not self._fits(key, value):
                faults.add(where, f"wrong type: {value!r}")
        for key in self.required:
            if key not in data:
                faults.add(path, f"missing key {key!r}")

    def _fits(self, key: str, value: object) -> bool:
        if key in self.WHOLE or (key == "rows" and self.rows == "whole"):
            return _is_whole(value)
        if key in self.SWITCH:
            return isinstance(value, bool)
        if key in self.TEXTS or (key == "rows" and self.rows == "texts"):
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        if key in self.NUMBERS:
            return isinstance(value, list) and all(_is_whole(each) for each in value)
        if key in self.LISTS or key == "rows":
            return isinstance(value, list)
        return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def whole(value: object, default: int = 0) -> int:
    """Return a whole number as it stands in the file; anything else is the default (``check`` has noted the fault)."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def listed(value: object) -> list[Any]:
    """Return a list as it stands in the file; anything else is empty (``check`` has noted the fault)."""
    return value if isinstance(value, list) else []
