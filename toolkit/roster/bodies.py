"""The bodies that file: code, names over time, level, address, predecessors, in the roll-up or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from msgspec import Struct, field

from toolkit.cells import visible
from toolkit.findings import Wording, phrase
from toolkit.roster.reorganisation import Succession, Transfer, grouped

LEVELS: tuple[str, ...] = (
    "省", "市", "省级部门", "市级部门", "市级事业单位", "县", "乡镇", "街道", "县级部门", "县级事业单位", "垂直管理单位",
)  # fmt: skip
_MAKE_RULES = ("省", "市")
"""The levels that make 规章: governments; departments of theirs do not."""
_LEVEL_WORDS = {
    "部门": "县级部门",
    "区": "县",
    "县区": "县",
    "县(市、区)": "县",
    "乡": "乡镇",
    "镇": "乡镇",
    "事业单位": "县级事业单位",
    **dict.fromkeys(("设区的市", "地级市", "自治州", "州"), "市"),
    **dict.fromkeys(("市直部门", "市直单位"), "市级部门"),
    **dict.fromkeys(("县直部门", "县直单位", "区直部门", "区级部门"), "县级部门"),
    **dict.fromkeys(("垂直管理", "垂直管理部门", "垂直管理机构", "垂管单位"), "垂直管理单位"),
}


class Respondent(Struct, frozen=True):
    """A body that files. ``valid_from`` and ``valid_to`` are report years, both included.

    Of its ``predecessors`` those in ``partly`` gave it only a part; ``since`` has the report years that the roster states.
    """

    code: str
    name: str
    short: str
    level: str
    email: str
    in_rollup: bool
    valid_from: int | None
    valid_to: int | None
    predecessors: tuple[str, ...]
    partly: frozenset[str] = frozenset()
    since: Mapping[str, int] = field(default_factory=dict)
    contact: str = ""
    phone: str = ""

    def expected(self, year: int) -> bool:
        """Return True when the body files for the year."""
        return (self.valid_from is None or self.valid_from <= year) and (self.valid_to is None or year <= self.valid_to)

    def overlaps(self, other: Respondent) -> bool:
        """Tell whether there is a year for which both bodies file."""
        first = max(self.valid_from or 0, other.valid_from or 0)
        last = min(self.valid_to or 9999, other.valid_to or 9999)
        return first <= last


class Roster(Struct, frozen=True, dict=True):
    """The bodies expected; one code may stand twice with names of different years."""

    region: str
    respondents: tuple[Respondent, ...]

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what is derived."""
        return Roster, (self.region, self.respondents)

    def expected(self, year: int) -> tuple[Respondent, ...]:
        """Return the bodies that file for a year, by code."""
        return tuple(sorted((body for body in self.respondents if body.expected(year)), key=lambda body: body.code))

    def by_code(self, code: str) -> Respondent | None:
        """Return the body of a code, the latest when names changed; None when there is none."""
        alike = [body for body in self.respondents if body.code == code]
        return max(alike, key=lambda body: body.valid_from or 0) if alike else None

    def succession(self, code: str, year: int) -> Succession | None:
        """Return the group of a body that files for a year; None for a body that does not."""
        return self._grouped(year)[1].get(code)

    def successions(self, year: int) -> tuple[Succession, ...]:
        """Return the bodies of the year before and of the year in groups, see ``Succession``."""
        return self._grouped(year)[0]

    def called(self, codes: Iterable[str], year: int) -> str:
        """Return the names of bodies as they are in a year, or else as they were last; a code that has none itself."""
        names = {body.code: body.name for body in (*self.respondents, *self.expected(year))}
        return "、".join(names.get(code, code) for code in codes)

    def story(self, group: Succession, year: int) -> Wording:
        """Return what happened to the bodies of a group in a year, in words."""
        gone = self.called((code for code in group.old if code not in group.new), year - 1)
        names = {"old": self.called(group.old, year - 1), "new": self.called(group.new, year), "gone": gone}
        return phrase(f"group_{group.kind}", year=year, **names)

    @property
    def stories(self) -> tuple[Wording, ...]:
        """Return what happened to the bodies in all years, in words."""
        ends = {body.valid_to + 1 for body in self.respondents if body.valid_to is not None}
        years = sorted(ends | {one.year for one in self.transfers})
        changed = (
            (group, year) for year in years for group in self.successions(year) if group.kind not in ("same", "founded")
        )
        return tuple(self.story(group, year) for group, year in changed)

    def year_of(self, body: Respondent, old: str) -> int | None:
        """Return the first report year of a body without the predecessor: as stated, or as their years tell; else None."""
        if old in body.since:
            return body.since[old]
        rows = [one for one in self.respondents if one.code == old]
        ends = [
            one.valid_to + 1 for one in rows if one.valid_to and not any(two.expected(one.valid_to + 1) for two in rows)
        ]
        first = body.valid_from
        if first is not None and (not ends or (old in body.partly and any(one.expected(first - 1) for one in rows))):
            return first
        return ends[0] if len(ends) == 1 else first if first in ends else None

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        """Return who took over from whom and when, as far as the years are known."""
        dated = ((body, old, self.year_of(body, old)) for body in self.respondents for old in body.predecessors)
        return tuple(
            Transfer(old, body.code, year, old in body.partly) for body, old, year in dated if year is not None
        )

    @cached_property
    def _by_year(self) -> dict[int, tuple[tuple[Succession, ...], Mapping[str, Succession]]]:
        return {}

    def _grouped(self, year: int) -> tuple[tuple[Succession, ...], Mapping[str, Succession]]:
        if year not in self._by_year:
            old, new = ([body.code for body in self.expected(one)] for one in (year - 1, year))
            groups = grouped(old, new, [one for one in self.transfers if one.year == year])
            self._by_year[year] = groups, {code: group for group in groups for code in group.new}
        return self._by_year[year]

    def by_name(self, name: str) -> Respondent | None:
        """Return the one body of a name or short name (width and spaces do not matter), None for none or several."""
        wanted = folded(name)
        alike = {body.code: body for body in self.respondents if wanted in (folded(body.name), folded(body.short))}
        return next(iter(alike.values())) if len(alike) == 1 and wanted else None


def folded(name: str) -> str:
    """Return a name for comparing: NFKC, without spaces and what nobody sees."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", visible(name)))


def without_rules(level: str) -> bool | None:
    """Return True for a body that makes no 规章, False for a government that may, None where the level is unknown."""
    word = level_word(level)
    return word not in _MAKE_RULES if word in LEVELS else None


@lru_cache(256)
def level_word(level: str) -> str:
    """Return the one word of a level; what is unknown comes back as it was, without spaces."""
    return _LEVEL_WORDS.get(folded(level), folded(level))
