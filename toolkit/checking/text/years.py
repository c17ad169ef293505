"""Years and periods that cannot be those of the report: left from last year's text, ahead of it, or impossible."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.checking.text.data import Rules, Years
from toolkit.checking.text.passages import Sentence
from toolkit.findings import Finding, finding
from toolkit.returns import Return

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNTIL = "。；"


def check_years(ret: Return, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings about the years and dates of a sentence; a number of pieces such as 2025件 is no year."""
    told: list[tuple[int, int]] = []
    for start, end, fault, fault_en in _faults(ret, sentence, rules.years):
        if any(start < other[1] and end > other[0] for other in told):
            continue
        told.append((start, end))
        yield finding(
            rules.years.rule,
            file=ret.file,
            sheet=sentence.paragraph.place.sheet,
            cell=sentence.paragraph.place.cell,
            items=(sentence.code,),
            found=sentence.whole.text[start:end],
            rule=rules.years.rule,
            number=sentence.number,
            sentence=sentence.quoted_whole(start, end),
            fault=fault,
            fault_en=fault_en,
        )


_Fault = tuple[int, int, str, str]


def _faults(ret: Return, sentence: Sentence, rules: Years) -> Iterator[_Fault]:
    text = sentence.whole.text
    for match in rules.slip.finditer(text):
        yield match.start(), match.end(), f"“{match[0]}”不是年份", f"“{match[0]}” is no year"
    year = ret.year
    if year is not None:
        yield from _periods(text, rules, year)
    for match in rules.date.finditer(text):
        month, day = int(match["month"]), int(match["day"])
        if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
            yield match.start(), match.end(), f"没有“{match[0]}”这一天", f"there is no day “{match[0]}”"
    if year is None:
        return
    if ret.form.id in rules.basis_forms:
        for match in rules.basis.finditer(text):
            yield (
                match.start(), match.end(),
                f"编制依据“{match[0]}”已停用，现行格式依据是{ret.form.notice}",
                f"the basis “{match[0]}” is no longer in force; it is {ret.form.notice}",
            )  # fmt: skip
    yield from _stale(text, rules, year)


def _periods(text: str, rules: Years, year: int) -> Iterator[_Fault]:
    """Return periods of the report that are not the first to the last day of its year."""
    for match in rules.period.finditer(text):
        around = text[max(0, match.start() - 20) : match.end() + 8]
        whole = match["first_month"] in ("1", "01") and match["first_day"] in ("1", "01")
        if not (rules.period_of.search(around) or whole) or rules.period_unless.search(around):
            continue
        last = match["last"] or match["first"]
        days = [match["first_month"], match["first_day"], match["last_month"], match["last_day"]]
        if (match["first"], last) == (str(year), str(year)) and [int(each) for each in days] == [1, 1, 12, 31]:
            continue
        if not rules.period_of.search(around) and [int(each) for each in days] != [1, 1, 12, 31]:
            continue
        yield (
            match.start(), match.end(),
            f"期间“{match[0]}”不是 {year} 年 1 月 1 日至 12 月 31 日", f"the period “{match[0]}” is not the year {year}",
        )  # fmt: skip


def _stale(text: str, rules: Years, year: int) -> Iterator[_Fault]:
    opening = rules.opening.search(text)
    if opening is not None and int(opening["year"]) != year:
        first = min((at for at in (text.find(each) for each in _UNTIL) if at >= 0), default=len(text))
        if not rules.opening_unless.search(text[:first]) and str(year) not in text[:first]:
            start, end = opening.span("year")
            yield (
                start, end + 1,
                f"这是 {year} 年度的年报，这里却从 {opening['year']} 年说起", f"the report is for {year}, not {opening['year']}",
            )  # fmt: skip
    title = rules.title.search(text)
    if title is not None and int(title["year"]) != year:
        start, end = title.span("year")
        yield (
            start,
            end + 1,
            f"标题写的是 {title['year']} 年，年报是 {year} 年度的",
            f"the title says {title['year']}, not {year}",
        )
    done = rules.done.search(text)
    for match in rules.later.finditer(text) if done is not None else ():
        if (
            done is not None
            and match.start() >= done.end()
            and match.start() - done.end() <= 40
            and int(match["year"]) >= year
        ):
            yield (
                match.start(), match.end(),
                f"{year} 年内还不可能公开“{match[0]}”，年份疑有误", f"“{match[0]}” cannot have been published within {year}",
            )  # fmt: skip
