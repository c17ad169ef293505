"""What respondents wrote to explain a warning: beside the checks, in free lines, in 审核意见, and carried before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.answers import Number
from toolkit.cells import ListSheet, a1
from toolkit.forms.layout import ChecksLayout
from toolkit.forms.sheets import CHECKS, FREE_HEADING, REVIEW
from toolkit.reading.sheet_search import ListPlace
from toolkit.reading.wording import plain, vocabulary_in
from toolkit.returns import CoverField, Explanation, Place, fingerprint

_MOST_ROWS = 5_000

Figures = Mapping[str, Number | None]


def read_explanations(
    layout: ChecksLayout,
    checks: Sequence[ListPlace],
    reviews: Sequence[ListPlace],
    carried: Iterable[Explanation],
    figures: Figures,
) -> tuple[tuple[Explanation, ...], tuple[CoverField, ...]]:
    """Return every explanation once, new ones first, and what was written where no rule is named.

    ``checks`` and ``reviews`` are the sheets that hold them; a copy is read too.
    A text that stands as it was carried keeps the fingerprint of the figures that it explained then; a new one
    explains the figures beside it. What was carried and shown but has been cleared is gone.
    """
    earlier = tuple(carried)
    new: dict[Explanation, None] = {}
    kept = dict.fromkeys(earlier if not checks else _hidden(layout, earlier))
    unclear: list[CoverField] = []
    everything = [text for place in checks for text in _beside_checks(layout, place)]
    everything += [text for place in reviews for text in _review(place)]
    for rule, items, text, place in everything:
        if not rule:
            unclear.append(CoverField(text, place))
            continue
        alike = (old for old in earlier if (old.rule, old.text) == (rule, text) and items in (old.items, ()))
        known = next(alike, None)
        if known is not None:
            kept[known] = None
        elif not any((other.rule, other.items, other.text) == (rule, items, text) for other in new):
            print_ = fingerprint(rule, items, figures) if items else ""
            new[Explanation(rule, items, print_, text, place)] = None
    return (*new, *kept), tuple(unclear)


def _hidden(layout: ChecksLayout, carried: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """Return the carried explanations for which 校验 had no line to show them."""
    lines = {(line.check.rule, line.check.items) for line in layout.lines}
    others = [explanation for explanation in carried if (explanation.rule, explanation.items) not in lines]
    return tuple(others[len(layout.free) :])


Written = tuple[str, tuple[str, ...], str, Place]
"""An explanation as it stands: rule, items, text and where."""


def _written(place: ListPlace, listing: ListSheet) -> list[tuple[int, str, Place]]:
    """Return row, text and place of what was written in the column of explanations, its title left out."""
    sheet, column = place.sheet, place.columns.get("explanation")
    title = plain(listing.columns[listing.column("explanation")].title)
    rows = sorted(row for row, at in sheet.cells if at == column and row > place.header_row)
    texts = ((row, place.text(row, "explanation")) for row in rows)
    return [
        (row, text, Place(sheet.name, a1(row, place.columns["explanation"])))
        for row, text in texts
        if text and plain(text) != title
    ]


def _beside_checks(layout: ChecksLayout, place: ListPlace) -> list[Written]:
    """Return what was written on 校验; a text beside no line of it names no rule."""
    texts = _written(place, CHECKS)[:_MOST_ROWS]
    if not texts:
        return []
    lines = {plain(line.check.words): line for line in layout.lines}
    headings = vocabulary_in(place.sheet, frozenset((plain(FREE_HEADING),)))
    free = min((row for row, _ in headings), default=layout.free_header)
    explanations: list[Written] = []
    for row, text, where in texts:
        line = lines.get(plain(place.text(row, "words")))
        number = place.text(row, "number")
        if line is not None and plain(number).startswith(plain(line.rule.id)):
            explanations.append((line.check.rule, line.check.items, text, where))
        else:
            explanations.append((number.upper() if row > free else "", (), text, where))
    return explanations


def _review(place: ListPlace) -> list[Written]:
    """Return what was written on 审核意见 beside a finding."""
    return [
        (place.text(row, "rule"), tuple(place.text(row, "items").split()), text, where)
        for row, text, where in _written(place, REVIEW)
    ]
