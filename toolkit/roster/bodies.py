"""The bodies that file: code, names over time, level, address, predecessors, in the roll-up or not."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from toolkit.cells import visible

_BELOW_CITY = {
    "省": False, "市": False, "省级部门": False, "市级部门": False, "市级事业单位": False,
    "县": True, "乡镇": True, "街道": True, "县级部门": True, "县级事业单位": True, "垂直管理单位": None,
}  # fmt: skip
LEVELS: tuple[str, ...] = tuple(_BELOW_CITY)
_LEVEL_WORDS = {
    "部门": "县级部门",
    "区": "县",
    "县区": "县",
    "县(市、区)": "县",
    "乡": "乡镇",
    "镇": "乡镇",
    "事业单位": "县级事业单位",
}


class Respondent(Struct, frozen=True):
    """A body that files. ``valid_from`` and ``valid_to`` are report years, both included."""

    code: str
    name: str
    short: str
    level: str
    email: str
    in_rollup: bool
    valid_from: int | None
    valid_to: int | None
    predecessors: tuple[str, ...]

    def expected(self, year: int) -> bool:
        """Return True when the body files for the year."""
        return (self.valid_from is None or self.valid_from <= year) and (self.valid_to is None or year <= self.valid_to)

    def overlaps(self, other: Respondent) -> bool:
        """Tell whether there is a year for which both bodies file."""
        first = max(self.valid_from or 0, other.valid_from or 0)
        last = min(self.valid_to or 9999, other.valid_to or 9999)
        return first <= last


class Roster(Struct, frozen=True):
    """The bodies expected; one code may stand twice with names of different years."""

    region: str
    respondents: tuple[Respondent, ...]

    def expected(self, year: int) -> tuple[Respondent, ...]:
        """Return the bodies that file for a year, by code."""
        return tuple(sorted((body for body in self.respondents if body.expected(year)), key=lambda body: body.code))

    def by_code(self, code: str) -> Respondent | None:
        """Return the body of a code, the latest when names changed; None when there is none."""
        alike = [body for body in self.respondents if body.code == code]
        return max(alike, key=lambda body: body.valid_from or 0) if alike else None

    def by_name(self, name: str) -> Respondent | None:
        """Return the one body of a name or short name (width and spaces do not matter), None for none or several."""
        wanted = folded(name)
        alike = {body.code: body for body in self.respondents if wanted in (folded(body.name), folded(body.short))}
        return next(iter(alike.values())) if len(alike) == 1 and wanted else None


def folded(name: str) -> str:
    """Return a name for comparing: NFKC, without spaces and what nobody sees."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", visible(name)))


def below_city(level: str) -> bool | None:
    """Return True for a body below the city with districts, False for one at or above it, None where it is unknown."""
    return _BELOW_CITY.get(level_word(level))


@lru_cache(256)
def level_word(level: str) -> str:
    """Return the one word of a level; what is unknown comes back as it was, without spaces."""
    return _LEVEL_WORDS.get(folded(level), folded(level))
