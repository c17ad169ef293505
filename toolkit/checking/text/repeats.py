"""Words that stood in last year's return, and totals that the text gives twice and differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from toolkit.checking.text.passages import Sentence, finding_in, normalised
from toolkit.checking.text.quantities import MONEY, PERCENT, TIME, Quantity
from toolkit.checking.text.rules import Rules, Total
from toolkit.findings import Finding, finding, phrase
from toolkit.returns import Paragraph, Return
from toolkit.returns.numbers import show

REACH = 30


def check_repeats(ret: Return, last: Return, rules: Rules) -> Iterator[Finding]:
    """Return a finding for every chapter that says mostly what it said last year; the report year itself is no difference."""
    for number, paragraphs in ret.text.items():
        before = {_words(paragraph, last.year) for paragraph in last.text.get(number, ())}
        words = ((paragraph, _words(paragraph, ret.year)) for paragraph in paragraphs)
        now = [pair for pair in words if not rules.repeats.statutory.search(pair[1])]
        whole = sum(len(words) for _, words in now)
        same = [pair for pair in now if len(pair[1]) >= rules.repeats.shortest and pair[1] in before]
        size = sum(len(words) for _, words in same)
        if not same or size < rules.repeats.least or size * 100 < whole * rules.repeats.share:
            continue
        place = same[0][0].place
        text = " ".join(same[0][0].text.split())
        yield finding(
            rules.repeats.rule,
            file=ret.file,
            sheet=place.sheet,
            cell=place.cell,
            items=(f"text.{number}",),
            number=number,
            share=size * 100 // whole,
            sentence=text if len(text) <= REACH * 2 else text[: REACH * 2] + "…",
        )


def _words(paragraph: Paragraph, year: int | None) -> str:
    """Return the text of a paragraph with its report year taken out."""
    text = normalised(paragraph.text).text
    return text if year is None else text.replace(f"{year}年度", "本年").replace(f"{year}年", "本年")


class _Mention(Struct, frozen=True):
    """A total where the text gives it, in its words."""

    sentence: Sentence
    quantity: Quantity
    words: str


def check_totals(ret: Return, text: Sequence[Sentence], rules: Rules) -> Iterator[Finding]:
    """Return the findings of totals that an earlier sentence gave differently."""
    for total in rules.totals:
        first: _Mention | None = None
        for sentence in text:
            for mention in _mentions(sentence, total, rules):
                quantity = mention.quantity
                if first is None:
                    first = mention
                elif quantity.unit == first.quantity.unit and quantity.value != first.quantity.value:
                    yield _contradiction(ret, first, mention, total)


def _mentions(sentence: Sentence, total: Total, rules: Rules) -> Iterator[_Mention]:
    text = sentence.text
    for at, quantity in enumerate(sentence.quantities):
        if quantity.about or quantity.unit in (MONEY, PERCENT, TIME, ""):
            continue
        since = max(sentence.quantities[at - 1].end if at else 0, quantity.start - REACH)
        start = max(since, 1 + max(text.rfind(stop, since, quantity.start) for stop in "，。；：（）"))
        before = text[start : quantity.start]
        ends = [match.end() for pattern in total.words for match in pattern.finditer(before)]
        if not ends or len(before) - max(ends) > 4 or not total.markers.search(before):
            continue
        if not rules.narrowed(total, before):
            yield _Mention(sentence, quantity, text[start : quantity.end])


def _contradiction(ret: Return, first: _Mention, second: _Mention, total: Total) -> Finding:
    sentence, quantity = second.sentence, second.quantity
    cell = first.sentence.paragraph.place.cell
    return finding_in(
        ret,
        sentence,
        total.rule,
        sentence.quoted(quantity.start, quantity.end),
        (first.sentence.code, sentence.code),
        expected=show(first.quantity.value),
        actual=show(quantity.value),
        fault=phrase("said_twice", words=second.words, number=first.sentence.number, cell=cell, other=first.words),
    )
