"""Years and periods that cannot be those of the report: left from last year's text, ahead of it, or impossible."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.checking.text.passages import Sentence, finding_in
from toolkit.checking.text.rules import Rules, Years
from toolkit.findings import Finding, Wording, phrase
from toolkit.returns import Return

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNTIL = "。；"
_WHOLE_YEAR = [1, 1, 12, 31]


def check_years(ret: Return, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings about the years and dates of a sentence; a number of pieces such as 2025件 is no year."""
    spans: list[tuple[int, int]] = []
    for start, end, fault in _faults(ret, sentence.whole.text, rules.years):
        if any(start < span[1] and end > span[0] for span in spans):
            continue
        spans.append((start, end))
        quote, words = sentence.quoted_whole(start, end), sentence.whole.text[start:end]
        yield finding_in(ret, sentence, rules.years.rule, quote, actual=words, fault=fault)


_Fault = tuple[int, int, Wording]


def _faults(ret: Return, text: str, rules: Years) -> Iterator[_Fault]:
    for match in rules.slip.finditer(text):
        yield match.start(), match.end(), phrase("year_slip", words=match[0])
    year = ret.year
    if year is not None:
        yield from _periods(text, rules, year)
    for match in rules.date.finditer(text):
        month, day = int(match["month"]), int(match["day"])
        if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
            yield match.start(), match.end(), phrase("year_no_day", words=match[0])
    if year is None:
        return
    if ret.form.id in rules.basis_forms:
        for match in rules.basis.finditer(text):
            yield match.start(), match.end(), phrase("year_basis", words=match[0], notice=ret.form.notice)
    yield from _stale(text, rules, year)


def _periods(text: str, rules: Years, year: int) -> Iterator[_Fault]:
    """Return periods of the report that are not the first to the last day of its year."""
    for match in rules.period.finditer(text):
        around = text[max(0, match.start() - 20) : match.end() + 8]
        whole = match["first_month"] in ("1", "01") and match["first_day"] in ("1", "01")
        if not (rules.period_of.search(around) or whole) or rules.period_unless.search(around):
            continue
        last = match["last"] or match["first"]
        days = [int(match[name]) for name in ("first_month", "first_day", "last_month", "last_day")]
        if (match["first"], last) == (str(year), str(year)) and days == _WHOLE_YEAR:
            continue
        if not rules.period_of.search(around) and days != _WHOLE_YEAR:
            continue
        yield match.start(), match.end(), phrase("year_period", words=match[0], year=year)


def _stale(text: str, rules: Years, year: int) -> Iterator[_Fault]:
    opening = rules.opening.search(text)
    if opening is not None and int(opening["year"]) != year:
        first = min((at for at in (text.find(stop) for stop in _UNTIL) if at >= 0), default=len(text))
        if not rules.opening_unless.search(text[:first]) and str(year) not in text[:first]:
            start, end = opening.span("year")
            yield start, end + 1, phrase("year_opening", year=year, other=opening["year"])
    title = rules.title.search(text)
    if title is not None and int(title["year"]) != year:
        start, end = title.span("year")
        yield start, end + 1, phrase("year_title", year=year, other=title["year"])
    deadline = rules.deadline.search(text)
    if deadline is not None and int(deadline["year"]) <= int(deadline["report"]):
        yield deadline.start(), deadline.end(), phrase("year_deadline", words=deadline[0], report=deadline["report"])
    done = rules.done.search(text)
    for match in rules.later.finditer(text) if done is not None else ():
        if done is not None and 0 <= match.start() - done.end() <= 40 and int(match["year"]) >= year:
            yield match.start(), match.end(), phrase("year_later", year=year, words=match[0])
