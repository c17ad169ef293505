"""The text of a return against its tables, against itself and against last year's: findings N1 … N12, all warnings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from toolkit.checking.text.claims import check_claims, check_statements, hits
from toolkit.checking.text.data import load_rules
from toolkit.checking.text.figures import Figures
from toolkit.checking.text.gaps import check_gaps, check_heads
from toolkit.checking.text.lists import check_lists
from toolkit.checking.text.passages import Sentence, sentences
from toolkit.checking.text.percents import check_percents
from toolkit.checking.text.quantities import Quantity
from toolkit.checking.text.repeats import check_repeats, check_totals
from toolkit.checking.text.years import check_years
from toolkit.findings import CATALOGUE, Entry, Finding
from toolkit.returns import Return

__all__ = ["TextRule", "check_text", "load_rules", "text_rules"]


MOST = 200
"""A text with more faults than that is no report; the rest of them is not told."""


class TextRule(Struct, frozen=True):
    """A rule about the text, as people look it up: its entry of the catalogue and what it rests on."""

    entry: Entry
    ground: str


def text_rules(form: str) -> tuple[TextRule, ...]:
    """Return the rules about the text that apply to a form, in their order."""
    rules = load_rules()
    applying = [code for code in rules.grounds if code != rules.heads.rule or form in rules.heads.forms]
    return tuple(TextRule(CATALOGUE[code], rules.grounds[code]) for code in applying)


def check_text(ret: Return, last: Return | None = None) -> tuple[Finding, ...]:
    """Return the findings about the text of a return, in the order of the text, each once.

    Each quotes its sentence and has the cell of its paragraph; ``items`` are the items of the tables concerned and
    ``text.<chapter>.<digits>`` for the sentence, so that an explanation lapses when the words change. ``last`` is last
    year's return of the same body. What is blank or unreadable in the tables contradicts nothing.
    """
    return tuple(dict.fromkeys(islice(_findings(ret, last), MOST)))


def _findings(ret: Return, last: Return | None) -> Iterator[Finding]:
    rules = load_rules()
    said = sentences(ret, rules)
    figures, before = Figures(ret), None if last is None else Figures(last)
    previous: Sentence | None = None
    earlier: list[Quantity] = []
    for sentence in said:
        if previous is None or previous.paragraph is not sentence.paragraph:
            earlier = []
        found = hits(sentence, rules, ret.year)
        yield from check_claims(ret, sentence, found, figures)
        yield from check_statements(ret, sentence, rules, figures)
        yield from check_lists(ret, previous, sentence, rules)
        yield from check_percents(ret, before, figures, earlier, sentence, found, rules)
        yield from check_years(ret, sentence, rules)
        yield from check_gaps(ret, sentence, rules)
        previous = sentence
        earlier = [*earlier, *sentence.quantities][-40:]
    yield from check_totals(ret, said, rules)
    yield from check_heads(ret, rules)
    if last is not None:
        yield from check_repeats(ret, last, rules)
