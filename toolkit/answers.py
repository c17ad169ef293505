"""The three things a cell to fill can be: filled, blank or unreadable. They are never mixed up with zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

Number: TypeAlias = int | Decimal
"""A figure: ``int`` for counts, ``Decimal`` for money in 万元."""


class Filled(Struct, frozen=True, tag=True):
    """A figure; ``repair`` is the code of the finding that tells how ``raw`` was read (None: read as it stood)."""

    value: Number
    raw: str = ""
    repair: str | None = None


class Blank(Struct, frozen=True, tag=True):
    """No figure; ``raw`` is a mark such as ``/`` or ``无`` that stood there, ``note`` the code of its finding."""

    raw: str = ""
    note: str | None = None


class Unreadable(Struct, frozen=True, tag=True):
    """Something that is no figure; ``reason`` is the code of its finding, ``proposal`` a plain reading to offer.

    ``against`` is what speaks against ``raw``, which a person sees: the other figure that is stored, or the mark beside it.
    """

    raw: str
    reason: str
    proposal: str | None = None
    against: str = ""


Answer: TypeAlias = Filled | Blank | Unreadable


class Look(Struct, frozen=True):
    """What is unusual to see of a cell: ``shown`` is the text that a person sees, None where that is what it holds.

    ``hidden`` is True where nothing is seen of it; ``struck`` is the text in it that is struck out, ``raised`` what is
    raised or lowered beside the rest.
    """

    shown: str | None = None
    hidden: bool = False
    struck: str = ""
    raised: str = ""
