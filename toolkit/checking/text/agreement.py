"""Sentences that give a figure which a table holds too: which figure is meant, and whether it agrees."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from toolkit.checking.text.passages import Sentence, finding_in
from toolkit.checking.text.quantities import PERCENT, TIME, Quantity
from toolkit.checking.text.rules import YEAR, Claim, Meaning, Rules, Statement
from toolkit.checking.text.tablefigures import TableFigures
from toolkit.findings import Finding, Wording
from toolkit.returns.numbers import show

REACH = 40
"""How many characters before a number its words may stand, and half as many after it."""

NEAR = 8
"""How many numbers to either side are looked at for one that is no date."""

_STOPS = "，。；：（）！？"
_LINK = re.compile("(?:(?:政府信息公开)?申请|(?:行政复议|行政诉讼|复议|诉讼)(?:案件)?|案件)?[为系是]?|")
_JOINED = re.compile("(?:和|及|、|与|或|以及|并|并且|、并|或者|)")
_YEAR = re.compile("(?<![0-9])(20[0-9]{2})年")
_YEAR_BEFORE = re.compile("(?:^|[，；：）])(?:自|从)?(20[0-9]{2})年度?(?:全年|期间|以来)?，")


class Hit(Struct, frozen=True):
    """A number that was understood: the claim, what it may mean, and the words that say so."""

    claim: Claim
    quantity: Quantity
    meanings: tuple[Meaning, ...]
    start: int
    end: int
    part: bool = False


class _Named(Struct, frozen=True):
    claim: Claim
    start: int
    end: int


def hits(sentence: Sentence, rules: Rules, year: int | None) -> tuple[Hit, ...]:
    """Return the numbers of a sentence that say what tables say."""
    understood: list[Hit] = []
    for at, quantity in enumerate(sentence.quantities):
        if quantity.unit not in (TIME, PERCENT, "") and not quantity.about:
            hit = _hit(sentence, at, understood[-1].end if understood else 0, rules, year)
            understood += [hit] if hit is not None else []
    return tuple(understood)


def _hit(sentence: Sentence, at: int, taken: int, rules: Rules, year: int | None) -> Hit | None:
    text, quantity = sentence.text, sentence.quantities[at]
    # A year or a date may stand between a number and its words: 结转至2026年.
    since = max(next((number.end for number in _back(sentence, at) if number.unit != TIME), 0), taken)
    behind = sentence.quantities[at + 1 : at + NEAR]
    until = next((number.start for number in behind if number.unit != TIME), len(text))
    start = _start(text, since, quantity.start, rules)
    before, after = text[start : quantity.start], text[quantity.end : min(until, quantity.end + REACH // 2)]
    after = after[: _stop(after)]
    topic = _topic(sentence, start, quantity, len(after))
    claims = [
        claim
        for claim in rules.claims
        if topic in claim.topics and quantity.unit in rules.units_of[claim.id] and (sentence.ours or not claim.context)
    ]
    named = _named(claims, before)
    clause = text[_clause_start(text, start) : quantity.end] + after.partition("、")[0]
    if named:
        last = named[-1]
        if rules.gaps_of[last.claim.id].fullmatch(before[last.end :]) is None:
            return None
        joined = _joined(named, before)
        meanings, first, words_end = _meanings(joined), joined[0].start, 0
        part = any(words.claim.part for words in joined)
        meant = [words.claim for words in joined]
    elif rules.lead.fullmatch(before.strip("，、")):
        matches = [(match.end(), claim) for claim in claims for match in [_behind(claim, after)] if match is not None]
        if not matches:
            return None
        words_end, claim = max(matches, key=lambda pair: pair[0])
        last, meanings, first, part = _Named(claim, 0, 0), claim.meanings, len(before), claim.part
        meant = [claim]
    else:
        return None
    if any(claim.never is not None and claim.never.search(text) for claim in meant):
        return None
    if rules.narrowed(last.claim, clause, _beside(sentence, clause, start, rules, year)):
        return None
    several = last.claim.scope == "share" and any(
        len(meaning.items) > 1 or "*" in meaning.items[0] for meaning in meanings
    )
    part = part or (several and rules.facets["ground"].search(text[since : start + first]) is not None)
    return Hit(last.claim, quantity, meanings, start + first, quantity.end + words_end, part)


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
        word = max((word for word in words if text.startswith(word)), key=len, default="")
        text = text[len(word) :]
    return text == ""


def _stop(text: str) -> int:
    return min((at for at, mark in enumerate(text) if mark in _STOPS), default=len(text))


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


def _named(claims: Sequence[Claim], before: str) -> list[_Named]:
    """Return the known words before a number in their order; one that lies within a longer one is not counted."""
    named = [
        _Named(claim, match.start(), match.end())
        for claim in claims
        for pattern in claim.words
        for match in pattern.finditer(before)
    ]
    kept: list[_Named] = []
    for words in sorted(named, key=lambda one: (one.start - one.end, one.start)):
        if all(words.end <= other.start or words.start >= other.end for other in kept):
            kept.append(words)
    return sorted(kept, key=lambda one: one.start)


def _joined(named: list[_Named], before: str) -> list[_Named]:
    """Return the last word with those that a conjunction joins to it."""
    kept = [named[-1]]
    for words in reversed(named[:-1]):
        if _JOINED.fullmatch(before[words.end : kept[0].start].removeprefix("的").removesuffix("提起")) is None:
            break
        kept.insert(0, words)
    return kept


def _meanings(joined: list[_Named]) -> tuple[Meaning, ...]:
    """Return what joined words may mean: the sum of outcomes, or either of two verbs."""
    if len(joined) == 1:
        return joined[0].claim.meanings
    # 依申请公开予以公开和部分公开: what stands before the outcomes that are added is their subject.
    adding = [words for words in joined if words.claim.adds]
    if joined[-len(adding) :] == adding and len(adding) > 1:
        firsts = [words.claim.meanings[0] for words in adding]
        items = tuple(dict.fromkeys(item for meaning in firsts for item in meaning.items))
        return (Meaning("＋".join(dict.fromkeys(meaning.name for meaning in firsts)), items),)
    return tuple(dict.fromkeys(meaning for words in joined for meaning in words.claim.meanings))


def _behind(claim: Claim, after: str) -> re.Match[str] | None:
    starts = {0, len(after) - len(_LINK.sub("", after, count=1))}
    matches = [
        match for pattern in claim.after for at in starts for match in [pattern.match(after, at)] if match is not None
    ]
    return max(matches, key=lambda one: one.end(), default=None)


def _beside(sentence: Sentence, clause: str, start: int, rules: Rules, year: int | None) -> set[str]:
    """Return the facets of a clause that its words alone do not show: whose it is in a county, and another year."""
    before = sentence.text[:start]
    facets = {"whose"} if rules.facets["asked"].search(before, max(0, start - REACH)) else set()
    facets |= {"past"} if rules.facets["since"].search(before, max(0, start - REACH)) else set()
    facets |= {"elsewhere"} if rules.facets["elsewhere"].search(sentence.text, start) else set()
    if rules.facets["wide"].search(clause):
        facets.add("wide" if sentence.wide else "whose")
    years = _YEAR.findall(clause) or (_YEAR if "当年" in clause else _YEAR_BEFORE).findall(before)[-1:]
    return facets | ({YEAR} if year is not None and any(other != str(year) for other in years) else set())


def check_claims(sentence: Sentence, understood: Sequence[Hit], figures: TableFigures) -> Iterator[Finding]:
    """Return the findings of the numbers that agree with no meaning they may have.

    A smaller number that follows one that agrees, in words of as many meanings, may be a part of it: 收到5件，受理4件.
    """
    ret = figures.ret
    agreed: dict[str, Decimal] = {}
    for hit in understood:
        number = hit.quantity.value
        if len(hit.meanings) > 1 and _agrees(hit, figures):
            agreed[hit.claim.id] = number
        if hit.claim.id in agreed and number <= agreed[hit.claim.id]:
            continue
        known: dict[str, tuple[Decimal, tuple[str, ...]]] = {}
        undecided = False
        for meaning in hit.meanings:
            items = meaning.of(ret.form)
            value = figures.total(items)
            if items and value is None:
                undecided = True
            elif value is not None:
                known[meaning.name] = (value, items)
        if not known or undecided or any(hit.quantity.is_(value) for value, _ in known.values()):
            continue
        if hit.part and any(number < value for value, _ in known.values()):
            continue
        first = next(iter(known.values()))[0]
        yield finding_in(
            ret,
            sentence,
            hit.claim.rule,
            sentence.quoted(hit.start, hit.end),
            (*dict.fromkeys(item for _, items in known.values() for item in items), sentence.code),
            expected=show(first),
            actual=show(number),
            difference=show(number - first),
            words=sentence.text[hit.start : hit.end],
            known=Wording(
                "，".join(f"{name} {show(value)}" for name, (value, _) in known.items()),
                ", ".join(f"{'+'.join(items[:3])} = {show(value)}" for value, items in known.values()),
            ),
        )


def _agrees(hit: Hit, figures: TableFigures) -> bool:
    values = (figures.total(meaning.of(figures.ret.form)) for meaning in hit.meanings)
    return any(value is not None and hit.quantity.is_(value) for value in values)


def check_statements(sentence: Sentence, rules: Rules, figures: TableFigures) -> Iterator[Finding]:
    """Return the findings of what a sentence excludes without a number: 未收到申请, 均获维持."""
    ret, text = figures.ret, sentence.whole.text
    for statement in rules.exclusions:
        if statement.context and not sentence.ours:
            continue
        match = statement.pattern.search(text)
        if match is None or not _holds_here(statement, sentence, match, rules, ret.year):
            continue
        items = statement.of(ret.form)
        value = figures.total(items)
        if value is None or value == 0:
            continue
        there = {code: show(ret.figures[code] or 0) for code in items if ret.figures[code]}
        yield finding_in(
            ret,
            sentence,
            statement.rule,
            sentence.quoted_whole(match.start(), match.end()),
            (*there, sentence.code),
            expected=show(value),
            actual=statement.words,
            words=statement.words,
            known=Wording(
                "，".join(f"{ret.form.items[code].short} {figure}" for code, figure in there.items()),
                ", ".join(f"{code} = {figure}" for code, figure in there.items()),
            ),
        )


def _holds_here(statement: Statement, sentence: Sentence, match: re.Match[str], rules: Rules, year: int | None) -> bool:
    text = sentence.whole.text
    floor = max(0, match.start() - REACH)
    begin = max(floor, 1 + max(text.rfind(stop, floor, match.start()) for stop in "，。；"))
    clause = text[begin : match.end() + _stop(text[match.end() : match.end() + REACH])]
    years = _YEAR.findall(text[: match.end()])
    another = {YEAR} if years and str(year) not in years else set()
    if rules.narrowed(statement, clause, another):
        return False
    if not statement.topics:
        return True
    topics = [topic for at, topic in rules.topics_in(text) if at < match.end()]
    return (topics[-1] if topics else sentence.topic) in statement.topics
