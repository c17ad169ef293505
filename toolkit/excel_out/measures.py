"""How much room a text needs, in pixels, estimated without the font."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SIZE = 10.5
"""The size of the text in points unless a format says otherwise."""


def text_units(text: str) -> int:
    """Return the width of a text in half-width characters: a full-width one counts two."""
    return len(text) + (0 if text.isascii() else sum(map(_full_width, text)))


@lru_cache(maxsize=8192)
def _full_width(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFA"


def text_width(text: str, size: float = SIZE) -> int:
    """Return an estimate of a text's width in pixels at a font size in points."""
    return math.ceil(text_units(text) * size * 4 / 3 / 2)


@lru_cache(maxsize=8192)
def wrapped_lines(text: str, pixels: int, size: float = SIZE) -> int:
    """Return how many lines a text needs in a width, with a fifth of slack for other fonts; at least one."""
    room = max(1.0, pixels * 0.86)
    return sum(max(1, math.ceil(text_width(part, size) / room)) for part in text.split("\n"))


def line_height(size: float = SIZE) -> int:
    """Return the height of one line in pixels, with some air."""
    return math.ceil(size * 4 / 3 * 1.35)


def widest(texts: Sequence[str], size: float = SIZE) -> int:
    """Return the width in pixels of the widest text, 0 for none."""
    return max((text_width(text, size) for text in texts), default=0)
