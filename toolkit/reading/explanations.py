"""What respondents wrote to explain a warning – beside the checks, in free lines, in 审核意见 –, and what was carried before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Number
from toolkit.cells import ListSheet, a1, visible
from toolkit.forms.layout import ChecksLayout
from toolkit.forms.sheets import CHECKS, FREE_HEADING, REVIEW, TO_EXPLAIN
from toolkit.reading.sheet_search import ListPlace
from toolkit.reading.wording import plain, vocabulary_in
from toolkit.returns import CoverField, Explanation, Place, fingerprint, is_reason

_MOST_ROWS = 5_000
_STILL = re.compile(
    r"[“\"(]?(?:原|该|此|上述|以上)?(?:说明|原因)?(?:仍|仍然|依然|继续|还)(?:适用|有效)[”\")]?[。.!]?|still applies\.?",
    re.IGNORECASE,
)
"""What confirms an explanation that lapsed."""

Figures = Mapping[str, Number | None]
Key = tuple[str, tuple[str, ...]]
"""What an explanation is about: a rule or code, and its items."""
Records = tuple[Explanation, ...]


class Line(Struct, frozen=True):
    """A line in which an explanation can stand: what it is about, its text ("" for none), where."""

    rule: str
    items: tuple[str, ...]
    text: str
    place: Place

    @property
    def confirms(self) -> bool:
        """Tell whether it says that an earlier text still applies."""
        return _STILL.fullmatch(unicodedata.normalize("NFKC", visible(self.text))) is not None


def read_explanations(
    layout: ChecksLayout,
    checks: Sequence[ListPlace],
    reviews: Sequence[ListPlace],
    carried: Sequence[Explanation],
    figures: Figures,
) -> tuple[Records, Records, tuple[CoverField, ...]]:
    """Return the explanations, new ones first; what was cleared or replaced; and texts that name no rule.

    ``checks`` and ``reviews`` are the sheets that hold them; a copy is read too.
    The newest text counts, the one that differs from what was carried; it explains the figures beside it. A text that
    stands as it was carried keeps the fingerprint of the figures that it explained then, and 仍适用 renews it. A newer
    text that gives no reason leaves the last one that does.
    """
    review = [line for place in reviews for line in _review(place)]
    others = [line for place in checks for line in _beside_checks(layout, place, carried)]
    lines = _confirming([*review, *_counting(others, review, carried)], carried, figures)
    unclear = tuple(CoverField(line.text, line.place) for line in lines if line.text and not line.rule)
    counted = {line.rule.id for line in layout.lines if line.rule.yields}
    records: dict[Key, list[Explanation]] = {}
    for one in carried:
        records.setdefault((one.rule, one.items), []).append(one)
    new, standing, earlier = list[Explanation](), list[Explanation](), list[Explanation]()
    for key in dict.fromkeys((*((line.rule, line.items) for line in lines if line.rule), *records)):
        own = [line for line in lines if (line.rule, line.items) == key]
        account = _Account(key, own, records.get(key, []), counted=key[0] in counted)
        new += account.new(carried, figures)
        kept, gone = account.carried()
        standing += kept
        earlier += gone
    return (*new, *standing), tuple(earlier), unclear


class _Account:
    """What is known about one key: the lines of the file and what was carried."""

    def __init__(self, key: Key, lines: Sequence[Line], records: Sequence[Explanation], *, counted: bool) -> None:
        self.key, self.lines, self.records, self.counted = key, lines, records, counted
        self.current = [one for one in records if one.state not in ("cleared", "replaced")]
        self.in_cell = [one.text for one in self.current if one.in_cell]
        fresh = {line.text: line for line in reversed(lines) if line.text and line.text not in self.in_cell}
        self.fresh = [*fresh.values()][::-1]

    def new(self, carried: Sequence[Explanation], figures: Figures) -> Iterator[Explanation]:
        """Yield what was written since, for the figures of now."""
        rule, items = self.key
        for line in self.fresh:
            before = next((one.text for one in _before(self.key, carried)), line.text) if line.confirms else line.text
            yield Explanation(rule, items, fingerprint(rule, items, figures) if items else "", before, line.place)

    def carried(self) -> tuple[list[Explanation], list[Explanation]]:
        """Return what of the carried ones still stands, and what is cleared or replaced."""
        places = {line.text: line.place for line in self.lines if line.text}
        cells = [one for one in self.current if one.in_cell]
        untouched = [one for one in cells if one.text in places]
        if any(line.confirms or is_reason(line.text, counted=self.counted) for line in self.fresh):
            kept, state = (untouched if not self.key[1] else []), "replaced"
        elif self.fresh:
            last = next((one for one in self.current if is_reason(one.text, counted=self.counted)), None)
            kept, state = [one for one in self.current if one is last], "replaced"
        elif self.lines and len(untouched) < len(cells):
            kept, state = [one for one in self.current if not one.in_cell or one in untouched], "cleared"
        else:
            kept, state = self.current, ""
        gone = [one for one in self.records if one not in kept]
        gone = [replace(one, state=state) if one in self.current else one for one in gone]
        return [replace(one, place=places.get(one.text)) for one in kept], gone


def _before(key: Key, carried: Sequence[Explanation]) -> Iterator[Explanation]:
    """Yield the reasons that were carried for a key, else those of its rule that share an item, the newest first."""
    reasons = [one for one in carried if one.rule == key[0] and is_reason(one.text)]
    own = [one for one in reasons if one.items == key[1]]
    yield from own or [one for one in reasons if set(one.items) & set(key[1])]


def _counting(checks: Sequence[Line], review: Sequence[Line], carried: Sequence[Explanation]) -> Iterator[Line]:
    """Yield the lines of 校验 but those that only repeat what 审核意见 shows."""
    beside = {(line.rule, line.items) for line in review}
    shown = {("", *key) for key in beside} | {(one.text, one.rule, one.items) for one in carried if one.state}
    yield from (
        line
        for line in checks
        if (line.rule, line.items) not in beside or (line.text, line.rule, line.items) not in shown
    )


def _confirming(lines: Sequence[Line], carried: Sequence[Explanation], figures: Figures) -> list[Line]:
    """Return the lines, 仍适用 beside a rule alone once for every explanation of the rule that has lapsed."""
    newest = {(one.rule, one.items): one for one in reversed(carried) if one.items and is_reason(one.text)}
    lapsed = [
        key for key, one in newest.items() if one.fingerprint != fingerprint(*key, figures) or one.state == "cleared"
    ]
    result: list[Line] = []
    for line in lines:
        still = [replace(line, items=items) for rule, items in lapsed if rule == line.rule]
        result += still if still and line.confirms and not line.items else [line]
    return result


def _lines(place: ListPlace, listing: ListSheet) -> Iterator[tuple[int, str, Place]]:
    """Yield row, text and place of every cell of the column of explanations, its title left out."""
    column = place.columns.get("explanation")
    if column is None:
        return
    title = plain(listing.columns[listing.column("explanation")].title)
    rows = sorted({row for row, _ in place.sheet.cells if row > place.header_row})
    for row in rows[:_MOST_ROWS]:
        formula = place.sheet.cell(row, column).formula or ""
        mirror = REVIEW.name in formula or TO_EXPLAIN in formula
        text = "" if mirror else place.text(row, "explanation")
        if plain(text) != title:
            yield row, text, Place(place.sheet.name, a1(row, column))


def _beside_checks(layout: ChecksLayout, place: ListPlace, carried: Sequence[Explanation]) -> Iterator[Line]:
    """Yield the lines of 校验; a text beside no line of it names no rule."""
    texts = [*_lines(place, CHECKS)]
    if not carried and not any(text for _, text, _ in texts):
        return
    lines = {plain(line.check.words): line for line in layout.lines}
    keys = {(line.check.rule, line.check.items) for line in layout.lines}
    rules = {rule for rule, _ in keys}
    # An earlier toolkit showed in the free lines, in their order, what has no line among the checks.
    apart = [one for one in carried if one.in_cell and (one.rule, one.items) not in keys]
    free = [one for one in apart if not (one.state and one.items)]
    headings = vocabulary_in(place.sheet, frozenset((plain(FREE_HEADING),)))
    first = 1 + min((row for row, _ in headings), default=layout.free_header)
    for row, text, where in texts:
        line, number = lines.get(plain(place.text(row, "words"))), place.text(row, "number")
        if line is not None and plain(number).startswith(plain(line.rule.id)):
            yield Line(line.check.rule, line.check.items, text, where)
        elif row < first and text:
            # In a line whose words another version had, it is about every finding of its rule.
            yield Line(number.upper() if number.upper() in rules else "", (), text, where)
        elif row >= first:
            old = free[row - first] if row - first < len(free) else None
            if old is not None and (number.upper() == old.rule or not number + text):
                yield Line(old.rule, old.items, text, where)
            elif text:
                yield Line(number.upper(), (), text, where)


def _review(place: ListPlace) -> Iterator[Line]:
    """Yield the lines of 审核意见 beside a finding; a text beside none names no rule."""
    for row, text, where in _lines(place, REVIEW):
        rule = place.text(row, "rule")
        if rule or text:
            yield Line(rule, tuple(place.text(row, "items").split()), text, where)
