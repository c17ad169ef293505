"""Sentences that give a figure which a table holds too: which figure is meant, and whether it agrees."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from toolkit.checking.text.data import Claim, Reading, Rules, Statement
from toolkit.checking.text.figures import Figures
from toolkit.checking.text.passages import Sentence
from toolkit.checking.text.quantities import PERCENT, TIME, Quantity
from toolkit.findings import Finding, finding
from toolkit.returns import Return
from toolkit.returns.numbers import show

REACH = 40
"""How many characters before a number its words may stand, and half as many after it."""

NEAR = 8
"""How many numbers to either side are looked at for one that is no date."""

_STOPS = "，。；：（）！？"
_JOINED = re.compile("(?:和|及|、|与|或|以及|并|并且|、并|或者|)")
_YEAR = re.compile("(?<![0-9])(20[0-9]{2})年")


class Hit(Struct, frozen=True):
    """A number that was understood: the claim, the readings that it may have, and the words that say so."""

    claim: Claim
    quantity: Quantity
    readings: tuple[Reading, ...]
    start: int
    end: int
    part: bool = False


class _Found(Struct, frozen=True):
    claim: Claim
    start: int
    end: int


def hits(sentence: Sentence, rules: Rules, year: int | None) -> tuple[Hit, ...]:
    """Return the numbers of a sentence that say what tables say."""
    found: list[Hit] = []
    for at, quantity in enumerate(sentence.quantities):
        if quantity.unit not in (TIME, PERCENT, "") and not quantity.about:
            hit = _hit(sentence, at, found[-1].end if found else 0, rules, year)
            found += [hit] if hit is not None else []
    return tuple(found)


def _hit(sentence: Sentence, at: int, taken: int, rules: Rules, year: int | None) -> Hit | None:
    text, quantity = sentence.text, sentence.quantities[at]
    # A year or a date may stand between a number and its words: 结转至2026年.
    since = max(next((each.end for each in _back(sentence, at) if each.unit != TIME), 0), taken)
    until = next((each.start for each in sentence.quantities[at + 1 : at + NEAR] if each.unit != TIME), len(text))
    start = _start(text, since, quantity.start, rules)
    before, after = text[start : quantity.start], text[quantity.end : min(until, quantity.end + REACH // 2)]
    after = after[: _stop(after)]
    topic = _topic(sentence, start, quantity, len(after))
    claims = [
        each
        for each in rules.claims
        if topic in each.topics and quantity.unit in each.units and (sentence.ours or not each.context)
    ]
    named = _named(claims, before)
    clause = text[_clause_start(text, start) : quantity.end + len(after)]
    if named:
        last = named[-1]
        if rules.gaps_of[last.claim.id].fullmatch(before[last.end :]) is None:
            return None
        joined = _joined(named, before)
        readings, first, words_end = _readings(joined), joined[0].start, 0
        part = any(each.claim.part for each in joined)
        meant = [each.claim for each in joined]
    elif rules.lead.fullmatch(before.strip("，、")):
        behind = [(match.end(), each) for each in claims for match in [_behind(each, after)] if match is not None]
        if not behind:
            return None
        words_end, claim = max(behind, key=lambda pair: pair[0])
        last, readings, first, part = _Found(claim, 0, 0), claim.readings, len(before), claim.part
        meant = [claim]
    else:
        return None
    if any(each.never is not None and each.never.search(text) for each in meant):
        return None
    if _vetoed(last.claim, clause, rules, year):
        return None
    return Hit(last.claim, quantity, readings, start + first, quantity.end + words_end, part)


def _back(sentence: Sentence, at: int) -> Iterator[Quantity]:
    """Return the numbers right before one, the nearest first."""
    return (sentence.quantities[place] for place in range(at - 1, max(-1, at - NEAR), -1))


def _start(text: str, since: int, end: int, rules: Rules) -> int:
    """Return where the words before a number begin; a clause of mere fillers is joined with the one before it."""
    floor = max(since, end - REACH)
    start = max(floor, 1 + max(text.rfind(stop, floor, end) for stop in _STOPS))
    own = text[start:end]
    if start > floor and text[start - 1] in "，：" and _only(own, rules.fillers):
        joined = max(floor, 1 + max(text.rfind(stop, floor, start - 1) for stop in _STOPS))
        # What stands right after another number belongs to that one.
        start = joined if joined < start - 1 and (joined > since or since == 0) else start
    return start


def _only(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text is put together from words."""
    for _ in range(4):
        word = max((each for each in words if text.startswith(each)), key=len, default="")
        text = text[len(word) :]
    return text == ""


def _stop(text: str) -> int:
    return min((at for at, each in enumerate(text) if each in _STOPS), default=len(text))


def _clause_start(text: str, start: int) -> int:
    floor = max(0, start - REACH)
    return max(floor, 1 + max(text.rfind(stop, floor, start) for stop in "，。；（）"))


def _topic(sentence: Sentence, start: int, quantity: Quantity, after: int) -> str:
    """Return what a number is about: the nearest topic before it in its clause, after it, or before its clause."""
    at = bisect_left(sentence.topics, (quantity.start, ""))
    if at and sentence.topics[at - 1][0] >= start:
        return sentence.topics[at - 1][1]
    if at < len(sentence.topics) and quantity.end <= sentence.topics[at][0] < quantity.end + after:
        return sentence.topics[at][1]
    return sentence.topics[at - 1][1] if at else sentence.topic


def _named(claims: Sequence[Claim], before: str) -> list[_Found]:
    """Return the words found before a number in their order; one that lies within a longer one is not counted."""
    found = [
        _Found(claim, match.start(), match.end())
        for claim in claims
        for pattern in claim.words
        for match in pattern.finditer(before)
    ]
    kept: list[_Found] = []
    for each in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda one: one.start)


def _joined(named: list[_Found], before: str) -> list[_Found]:
    """Return the last word with those that a conjunction joins to it."""
    kept = [named[-1]]
    for each in reversed(named[:-1]):
        if _JOINED.fullmatch(before[each.end : kept[0].start].removeprefix("的").removesuffix("提起")) is None:
            break
        kept.insert(0, each)
    return kept


def _readings(joined: list[_Found]) -> tuple[Reading, ...]:
    """Return what joined words may mean: the sum of outcomes, or either of two verbs."""
    if len(joined) == 1:
        return joined[0].claim.readings
    if all(each.claim.adds for each in joined):
        firsts = [each.claim.readings[0] for each in joined]
        items = tuple(dict.fromkeys(item for each in firsts for item in each.items))
        return (Reading("＋".join(dict.fromkeys(each.name for each in firsts)), items),)
    return tuple(dict.fromkeys(reading for each in joined for reading in each.claim.readings))


def _behind(claim: Claim, after: str) -> re.Match[str] | None:
    text = after[1:] if after[:1] in "为系是" else after
    matches = [match for pattern in claim.after for match in [pattern.match(text)] if match is not None]
    return max(matches, key=lambda one: one.end(), default=None)


def _vetoed(claim: Claim, clause: str, rules: Rules, year: int | None) -> bool:
    if any(rules.vetoes[veto].search(clause) for veto in claim.vetoes):
        return True
    if claim.unless is not None and claim.unless.search(clause):
        return True
    return not claim.any_year and year is not None and any(each != str(year) for each in _YEAR.findall(clause))


def check_claims(ret: Return, sentence: Sentence, found: Sequence[Hit], figures: Figures) -> Iterator[Finding]:
    """Return the findings of the numbers that agree with no reading.

    A smaller number that follows one that agrees, in words of as many meanings, may be a part of it: 收到5件，受理4件.
    """
    agreed: dict[str, Decimal] = {}
    for hit in found:
        if len(hit.readings) > 1 and _agrees(ret, hit, figures):
            agreed[hit.claim.id] = hit.quantity.value
        if hit.claim.id in agreed and hit.quantity.value <= agreed[hit.claim.id]:
            continue
        known: dict[str, tuple[Decimal, tuple[str, ...]]] = {}
        undecided = False
        for reading in hit.readings:
            items = reading.of(ret.form)
            value = figures.total(items)
            if items and value is None:
                undecided = True
            elif value is not None:
                known[reading.name] = (value, items)
        if not known or undecided or any(hit.quantity.is_(value) for value, _ in known.values()):
            continue
        if hit.part and any(hit.quantity.value < value for value, _ in known.values()):
            continue
        first = next(iter(known.values()))[0]
        value = hit.quantity.value
        yield finding(
            hit.claim.rule,
            file=ret.file,
            sheet=sentence.paragraph.place.sheet,
            cell=sentence.paragraph.place.cell,
            items=(*dict.fromkeys(item for _, items in known.values() for item in items), sentence.code),
            expected=show(first),
            found=show(value),
            difference=show(value - first),
            rule=hit.claim.rule,
            number=sentence.number,
            sentence=sentence.quoted(hit.start, hit.end),
            said=sentence.text[hit.start : hit.end],
            known="，".join(f"{name} {show(one)}" for name, (one, _) in known.items()),
            known_en=", ".join(f"{'+'.join(items[:3])} = {show(one)}" for one, items in known.values()),
        )


def _agrees(ret: Return, hit: Hit, figures: Figures) -> bool:
    values = (figures.total(reading.of(ret.form)) for reading in hit.readings)
    return any(value is not None and hit.quantity.is_(value) for value in values)


def check_statements(ret: Return, sentence: Sentence, rules: Rules, figures: Figures) -> Iterator[Finding]:
    """Return the findings of what a sentence excludes without a number: 未收到申请, 均获维持."""
    text = sentence.whole.text
    for each in rules.statements:
        if each.context and not sentence.ours:
            continue
        match = each.pattern.search(text)
        if match is None or not _holds_here(each, sentence, match, rules):
            continue
        items = each.of(ret.form)
        value = figures.total(items)
        if value is None or value == 0:
            continue
        there = [code for code in items if ret.figures[code]]
        yield finding(
            each.rule,
            file=ret.file,
            sheet=sentence.paragraph.place.sheet,
            cell=sentence.paragraph.place.cell,
            items=(*there, sentence.code),
            expected=show(value),
            found=each.said,
            rule=each.rule,
            number=sentence.number,
            sentence=sentence.quoted_whole(match.start(), match.end()),
            said=each.said,
            known="，".join(f"{ret.form.items[code].short} {show(ret.figures[code] or 0)}" for code in there),
            known_en=", ".join(f"{code} = {show(ret.figures[code] or 0)}" for code in there),
        )


def _holds_here(each: Statement, sentence: Sentence, match: re.Match[str], rules: Rules) -> bool:
    text = sentence.whole.text
    floor = max(0, match.start() - REACH)
    begin = max(floor, 1 + max(text.rfind(stop, floor, match.start()) for stop in "，。；"))
    clause = text[begin : match.end() + _stop(text[match.end() : match.end() + REACH])]
    if each.unless is not None and each.unless.search(clause):
        return False
    if not each.topics:
        return True
    topics = [topic for at, topic in rules.topics_in(text) if at < match.end()]
    return (topics[-1] if topics else sentence.topic) in each.topics
