"""Words that stood in last year's return, and totals that the text gives twice and differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.checking.text.data import Rules, Total
from toolkit.checking.text.passages import Sentence, view
from toolkit.checking.text.quantities import MONEY, PERCENT, TIME, Quantity
from toolkit.findings import Finding, finding
from toolkit.returns import Paragraph, Return
from toolkit.returns.numbers import show

REACH = 30


def check_repeats(ret: Return, last: Return, rules: Rules) -> Iterator[Finding]:
    """Return a finding for every chapter that says mostly what it said last year; the report year itself is no difference."""
    for number, paragraphs in ret.text.items():
        before = {_words(each, last.year) for each in last.text.get(number, ())}
        said = [(each, _words(each, ret.year)) for each in paragraphs]
        whole = sum(len(words) for _, words in said)
        same = [(each, words) for each, words in said if len(words) >= rules.repeats.shortest and words in before]
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
            rule=rules.repeats.rule,
            number=number,
            share=size * 100 // whole,
            sentence=text if len(text) <= REACH * 2 else text[: REACH * 2] + "…",
        )


def _words(paragraph: Paragraph, year: int | None) -> str:
    """Return the text of a paragraph with its report year taken out."""
    text = view(paragraph.text).text
    return text if year is None else text.replace(f"{year}年度", "本年").replace(f"{year}年", "本年")


def check_totals(ret: Return, sentences: Sequence[Sentence], rules: Rules) -> Iterator[Finding]:
    """Return the findings of totals that an earlier sentence gave differently."""
    for total in rules.totals:
        first: tuple[Sentence, Quantity, str] | None = None
        for sentence in sentences:
            for quantity, said in _given(sentence, total, rules):
                if first is None:
                    first = (sentence, quantity, said)
                elif quantity.unit == first[1].unit and quantity.value != first[1].value:
                    yield _told(ret, sentence, quantity, said, first, total)


def _given(sentence: Sentence, total: Total, rules: Rules) -> Iterator[tuple[Quantity, str]]:
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
        if total.unless is not None and total.unless.search(before):
            continue
        if not any(rules.vetoes[veto].search(before) for veto in total.vetoes):
            yield quantity, text[start : quantity.end]


def _told(
    ret: Return, sentence: Sentence, quantity: Quantity, said: str, first: tuple[Sentence, Quantity, str], total: Total
) -> Finding:
    earlier = first[0].paragraph.place.cell
    return finding(
        total.rule,
        file=ret.file,
        sheet=sentence.paragraph.place.sheet,
        cell=sentence.paragraph.place.cell,
        items=(first[0].code, sentence.code),
        expected=show(first[1].value),
        found=show(quantity.value),
        rule=total.rule,
        number=sentence.number,
        sentence=sentence.quoted(quantity.start, quantity.end),
        fault=f"“{said}”与第{first[0].number}部分 {earlier} 的“{first[2]}”不一致",
        fault_en=f"“{said}” differs from “{first[2]}” in {earlier} of chapter {first[0].number}",
    )
