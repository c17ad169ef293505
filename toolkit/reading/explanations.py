"""What respondents wrote to explain a warning: beside the checks, in free lines, in 审核意见, and carried before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.answers import Number
from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import CATALOGUE
from toolkit.forms import Form
from toolkit.layout import CHECKS_SHEET, REVIEW_SHEET, ChecksLayout
from toolkit.reading.labels import plain, text_of
from toolkit.returns import Explanation, Place, fingerprint

REVIEW_FIRST = 3
"""The row of the first finding on 审核意见."""
REVIEW_TEXT, REVIEW_CODE, REVIEW_ITEMS, REVIEW_PRINT = 8, 9, 10, 11
"""Columns of 审核意见: the respondent's 说明, and hidden the code or rule, the items and the figures' fingerprint."""
_MOST_ROWS = 5_000

Figures = Mapping[str, Number | None]


def read_explanations(
    form: Form, layout: ChecksLayout, book: Book, carried: Iterable[Explanation], figures: Figures
) -> tuple[Explanation, ...]:
    """Return every explanation once.

    A text that stands as it was carried keeps the fingerprint of the figures that it explained then; a new one
    explains the figures beside it.
    """
    earlier = {(each.rule, each.items, each.text): each for each in carried}
    found: dict[tuple[str, tuple[str, ...], str], Explanation] = {}
    written = [*_beside_checks(layout, book.sheet(CHECKS_SHEET)), *_review(book.sheet(REVIEW_SHEET))]
    for rule, items, text, place in written:
        known = earlier.get((rule, items, text))
        print_ = known.fingerprint if known is not None and known.fingerprint else ""
        if not print_ and items:
            print_ = fingerprint(rule, items, figures)
        found.setdefault((rule, items, text), Explanation(rule, items, print_, text, place))
    answered = {(rule, items) for rule, items, _ in found}
    for key, each in earlier.items():
        if key[:2] not in answered and (each.rule, ()) not in answered:
            found[key] = each
    known_rules = {rule.id for rule in form.rules} | set(CATALOGUE)
    return tuple(each for each in found.values() if each.rule in known_rules)


Found = tuple[str, tuple[str, ...], str, Place]


def _beside_checks(layout: ChecksLayout, sheet: Sheet | None) -> list[Found]:
    if sheet is None:
        return []
    written = [
        (row, text_of(cell).strip())
        for (row, column), cell in sorted(sheet.cells.items())
        if column == layout.EXPLANATION and row > layout.header and text_of(cell).strip()
    ]
    lines = {plain(line.check.words): line for line in layout.lines}
    found: list[Found] = []
    for row, text in written[:_MOST_ROWS]:
        place = Place(sheet.name, a1(row, layout.EXPLANATION))
        line = lines.get(plain(text_of(sheet.cell(row, layout.WORDS))))
        number = text_of(sheet.cell(row, layout.NUMBER)).strip()
        if line is not None and plain(number).startswith(plain(line.rule.id)):
            found.append((line.check.rule, line.check.items, text, place))
        elif line is None and number and row != layout.free_header:
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
