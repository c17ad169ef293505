"""What ``make soak`` runs and ``make test`` leaves out: the marker ``soak``, and all but the first of many alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

soak = pytest.mark.soak


def first_of(cases: Iterable[Any], first: int = 1) -> list[Any]:
    """Return the cases of a parametrized test; all but the first few are for ``make soak``."""
    return [case if at < first else pytest.param(case, marks=soak) for at, case in enumerate(cases)]


def only(cases: Iterable[Any], *quick: Any) -> list[Any]:
    """Return the cases of a parametrized test; all but the quick ones are for ``make soak``."""
    return [case if case in quick else pytest.param(case, marks=soak) for case in cases]
