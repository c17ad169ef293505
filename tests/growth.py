"""How work grows with its input, told without a clock's speed: the ratio of two sizes, the least of several tries."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 6


def growth(work: Callable[[int], object], size: int, *, times: int = 4, enough: float) -> float:
    """Return how many times longer work on an input ``times`` as large takes; tried again while it is above ``enough``.

    A busy machine makes single tries longer, of either size; it cannot make a square into a straight line every time.
    """
    least = float("inf")
    for _ in range(TRIES):
        small, large = _seconds(work, size), _seconds(work, times * size)
        least = min(least, large / small)
        if least <= enough:
            break
    return least


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun
