"""Percentages: a share of a number that the text gives, and a growth on what it or last year's return gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from toolkit.checking.text.agreement import Hit
from toolkit.checking.text.passages import Sentence, finding_in
from toolkit.checking.text.quantities import MONEY, PERCENT, TIME, Quantity
from toolkit.checking.text.rules import Rules
from toolkit.checking.text.tablefigures import TableFigures
from toolkit.findings import Finding, Wording
from toolkit.returns.numbers import show

MOST = 40
"""How many numbers before a percentage may be what it is a share of."""
GROWTH_REACH = 24
"""How many characters may stand between a number and its growth."""


Years = tuple[TableFigures, TableFigures | None]
"""The tables of this year, and those of last year where they are at hand."""


def check_percents(
    sentence: Sentence, earlier: Sequence[Quantity], understood: Sequence[Hit], years: Years, rules: Rules
) -> Iterator[Finding]:
    """Return the findings of the percentages of a sentence; ``earlier`` are the numbers before it in its paragraph."""
    here, figures = sentence.quantities, years[0]
    sums, hits = _sums(here), {hit.quantity: hit for hit in understood}
    for at, percent in enumerate(here):
        if percent.unit != PERCENT or percent.about or not at:
            continue
        part = here[at - 1]
        words = sentence.text[part.end : percent.start]
        if part.unit in (PERCENT, TIME) or part.about:
            continue
        if rules.percents.share.fullmatch(words):
            known = _shares(part, [*earlier, *here[max(0, at - MOST) : at - 1], *sums], part in hits, figures)
        else:
            known = _growths(sentence, at, hits.get(part), years, rules)
        if known and not any(_rounds(value, percent) for value in known.values()):
            shown = [(way, f"{round(value, 2)}%") for way, value in list(known.items())[:4]]
            yield finding_in(
                figures.ret,
                sentence,
                rules.percents.rule,
                sentence.quoted(part.start, percent.end),
                expected=shown[0][1],
                actual=f"{show(percent.value)}%",
                words=sentence.text[part.start : percent.end],
                known=Wording(
                    "，".join(f"{way} {value}" for way, value in shown), ", ".join(value for _, value in shown)
                ),
            )


def _rounds(value: Decimal, percent: Quantity) -> bool:
    """Tell whether a value gives the percentage, rounded or cut off at its last digit."""
    half = percent.slack or Decimal("0.5")
    return -half <= value - percent.value < 2 * half


def _sums(here: Sequence[Quantity]) -> list[Quantity]:
    """Return the sum of all numbers of the sentence that a percentage follows, as one more possible base."""
    parts = [one for one, two in pairwise(here) if two.unit == PERCENT and one.unit not in (PERCENT, TIME)]
    if len(parts) < 2:
        return []
    whole = sum((part.value for part in parts), Decimal(0))
    return [Quantity(0, 0, whole, parts[0].unit, Decimal(0), False)]


def _shares(part: Quantity, earlier: Sequence[Quantity], understood: bool, figures: TableFigures) -> dict[str, Decimal]:
    """Return the shares that a number can be; empty where there is nothing that it can be a share of."""
    bases = [
        number.value
        for number in earlier[-MOST - 1 :]
        if number.unit not in (PERCENT, TIME) and (number.unit == MONEY) is (part.unit == MONEY) and number.value > 0
    ]
    if understood:
        for codes in (("t3.r1.total",), ("t3.r1.total", "t3.r2.total"), ("t3.r3_7.total",)):
            value = figures.total(codes)
            bases += [value] if value is not None and value > 0 else []
    bases = [base for base in bases if base >= part.value]
    return {f"{show(part.value)}÷{show(base)}＝": part.value * 100 / base for base in reversed(bases)}


def _growths(sentence: Sentence, at: int, hit: Hit | None, years: Years, rules: Rules) -> dict[str, Decimal]:
    """Return the growths that can be meant: by a number beside it, or on last year's figure of the same item."""
    here, (figures, last) = sentence.quantities, years
    percent, part = here[at], here[at - 1]
    words = sentence.text[part.end : percent.start]
    sign = 1 if rules.percents.up.search(words) else -1 if rules.percents.down.search(words) else 0
    if not sign or len(words) > GROWTH_REACH or "占" in words:
        return {}
    by = _by(sentence, at - 1, rules)
    if by is not None:
        now, step = by
        # 比2024年的97件增加15件: the number before the step is the one that it is compared with.
        base = rules.percents.compared.search(sentence.text[max(0, now.start - 10) : now.start]) is not None
        before = now.value if base else now.value - sign * step.value
        if before <= 0 or now.about or step.about:
            return {}
        return {f"{show(step.value)}÷{show(before)}＝": step.value * 100 / before}
    if hit is None or last is None or not rules.percents.compared.search(words):
        return {}
    known: dict[str, Decimal] = {}
    for meaning in hit.meanings:
        now_, before_ = figures.total(meaning.of(figures.ret.form)), last.total(meaning.of(last.ret.form))
        for value in (now_, part.value):
            if value is not None and before_ is not None and before_ > 0:
                way = f"{meaning.name}由 {show(before_)} 到 {show(value)}："
                known[way] = sign * (value - before_) * 100 / before_
    return known


def _by(sentence: Sentence, at: int, rules: Rules) -> tuple[Quantity, Quantity] | None:
    """Return the number and its step in 22050件，较2024年增加3722件，增长20.31%; None where there is no step."""
    here, step = sentence.quantities, sentence.quantities[at]
    lead = sentence.text[max(0, step.start - 10) : step.start]
    if not (rules.percents.up.search(lead) or rules.percents.down.search(lead)):
        return None
    before = [number for number in here[max(0, at - 4) : at] if number.unit not in (TIME, PERCENT)]
    if not before or before[-1].unit != step.unit or step.start - before[-1].end > GROWTH_REACH:
        return None
    return before[-1], step
