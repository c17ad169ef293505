"""Modules that are loaded when something of theirs is first asked for, so that a command starts with what it needs."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for a module until it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Load the module and hand its attribute on."""
        return getattr(importlib.import_module(self._name), name)


def later(name: str) -> Any:
    """Return a stand-in for a module; the import rules hold for it as for an import (tests/test_imports.py)."""
    return Later(name)
