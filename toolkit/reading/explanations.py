"""What respondents wrote to explain a warning: beside the checks, in free lines, in 审核意见, and carried before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.answers import Number
from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.forms.layout import CHECKS_SHEET, REVIEW_SHEET, ChecksLayout
from toolkit.reading.wording import plain, text_of
from toolkit.returns import CoverField, Explanation, Place, fingerprint

REVIEW_FIRST = 3
"""The row of the first finding on 审核意见."""
REVIEW_TEXT, REVIEW_CODE, REVIEW_ITEMS, REVIEW_PRINT = 8, 9, 10, 11
"""Columns of 审核意见: the respondent's 说明, and hidden the code or rule, the items and the figures' fingerprint."""
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
    checks = book.sheet(CHECKS_SHEET)
    new: dict[Explanation, None] = {}
    kept = dict.fromkeys(earlier if checks is None else _hidden(layout, earlier))
    unclear: list[CoverField] = []
    for rule, items, text, place in (*_beside_checks(layout, checks), *_review(book.sheet(REVIEW_SHEET))):
        if not rule:
            unclear.append(CoverField(text, place))
            continue
        known = next(
            (each for each in earlier if (each.rule, each.text) == (rule, text) and items in (each.items, ())), None
        )
        if known is not None:
            kept[known] = None
        elif not any((each.rule, each.items, each.text) == (rule, items, text) for each in new):
            print_ = fingerprint(rule, items, figures) if items else ""
            new[Explanation(rule, items, print_, text, place)] = None
    return (*new, *kept), tuple(unclear)


def _hidden(layout: ChecksLayout, carried: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """Return the carried explanations for which 校验 had no line to show them."""
    lines = {(line.check.rule, line.check.items) for line in layout.lines}
    others = [each for each in carried if (each.rule, each.items) not in lines]
    return tuple(others[len(layout.free) :])


Found = tuple[str, tuple[str, ...], str, Place]


def _beside_checks(layout: ChecksLayout, sheet: Sheet | None) -> list[Found]:
    if sheet is None:
        return []
    written = [
        (row, text_of(cell).strip())
        for (row, column), cell in sorted(each for each in sheet.cells.items() if each[0][1] == layout.EXPLANATION)
        if row > layout.header and text_of(cell).strip()
    ]
    if not written:
        return []
    lines = {plain(line.check.words): line for line in layout.lines}
    found: list[Found] = []
    for row, text in written[:_MOST_ROWS]:
        place = Place(sheet.name, a1(row, layout.EXPLANATION))
        line = lines.get(plain(text_of(sheet.cell(row, layout.WORDS))))
        number = text_of(sheet.cell(row, layout.NUMBER)).strip()
        if line is not None and plain(number).startswith(plain(line.rule.id)):
            found.append((line.check.rule, line.check.items, text, place))
        elif row > layout.free_header:
            found.append((number.upper(), (), text, place))
    return found


def _review(sheet: Sheet | None) -> list[Found]:
    if sheet is None:
        return []
    found: list[Found] = []
    for (row, column), cell in sorted(sheet.cells.items()):
        text = text_of(cell).strip()
        if column != REVIEW_TEXT or row < REVIEW_FIRST or not text:
            continue
        rule = text_of(sheet.cell(row, REVIEW_CODE)).strip()
        if rule:
            items = tuple(text_of(sheet.cell(row, REVIEW_ITEMS)).split())
            found.append((rule, items, text, Place(sheet.name, a1(row, REVIEW_TEXT))))
    return found
