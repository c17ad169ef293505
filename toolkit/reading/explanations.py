"""What respondents wrote to explain a warning: beside the checks, in free lines, in 审核意见, and carried before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.answers import Number
from toolkit.cells import ListSheet
from toolkit.excel_in import Book, Sheet
from toolkit.forms.layout import ChecksLayout
from toolkit.forms.sheets import CHECKS, REVIEW
from toolkit.reading.wording import plain, text_of
from toolkit.returns import CoverField, Explanation, Place, fingerprint

_MOST_ROWS = 5_000

Figures = Mapping[str, Number | None]


def read_explanations(
    layout: ChecksLayout, book: Book, carried: Iterable[Explanation], figures: Figures
) -> tuple[tuple[Explanation, ...], tuple[CoverField, ...]]:
    """Return every explanation once, new ones first, and what was written in a free line without naming a rule.

    A text that stands as it was carried keeps the fingerprint of the figures that it explained then; a new one
    explains the figures beside it. What was carried and shown but has been cleared is gone.
    """
    earlier = tuple(carried)
    checks = book.sheet(CHECKS.name)
    new: dict[Explanation, None] = {}
    kept = dict.fromkeys(earlier if checks is None else _hidden(layout, earlier))
    unclear: list[CoverField] = []
    for rule, items, text, place in (*_beside_checks(layout, checks), *_review(book.sheet(REVIEW.name))):
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


def _written(sheet: Sheet, listing: ListSheet) -> list[tuple[int, str, Place]]:
    """Return row, text and place of what was written in the column of explanations below its title."""
    column = listing.column("explanation")
    rows = sorted(row for row, at in sheet.cells if at == column and row >= listing.first_row)
    texts = ((row, text_of(sheet.cell(row, column)).strip()) for row in rows)
    return [(row, text, Place(sheet.name, listing.a1(row, "explanation"))) for row, text in texts if text]


def _beside_checks(layout: ChecksLayout, sheet: Sheet | None) -> list[Written]:
    if sheet is None:
        return []
    texts = _written(sheet, CHECKS)[:_MOST_ROWS]
    lines = {plain(line.check.words): line for line in layout.lines} if texts else {}
    explanations: list[Written] = []
    for row, text, place in texts:
        line = lines.get(plain(text_of(sheet.cell(row, CHECKS.column("words")))))
        number = text_of(sheet.cell(row, CHECKS.column("number"))).strip()
        if line is not None and plain(number).startswith(plain(line.rule.id)):
            explanations.append((line.check.rule, line.check.items, text, place))
        elif row > layout.free_header:
            explanations.append((number.upper(), (), text, place))
    return explanations


def _review(sheet: Sheet | None) -> list[Written]:
    if sheet is None:
        return []
    explanations: list[Written] = []
    for row, text, place in _written(sheet, REVIEW):
        rule = text_of(sheet.cell(row, REVIEW.column("rule"))).strip()
        if rule:
            items = tuple(text_of(sheet.cell(row, REVIEW.column("items"))).split())
            explanations.append((rule, items, text, place))
    return explanations
