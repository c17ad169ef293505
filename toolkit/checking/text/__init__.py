"""The text of a return against its tables, against itself and against last year's: findings N1 … N12, all warnings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from toolkit.checking.text.agreement import check_claims, check_statements, hits
from toolkit.checking.text.gaps import check_gaps, check_heads
from toolkit.checking.text.lists import check_lists
from toolkit.checking.text.passages import Sentence, sentences
from toolkit.checking.text.percents import check_percents
from toolkit.checking.text.quantities import Quantity
from toolkit.checking.text.repeats import check_repeats, check_totals
from toolkit.checking.text.rules import load_rules
from toolkit.checking.text.tablefigures import TableFigures
from toolkit.checking.text.years import check_years
from toolkit.findings import CATALOGUE, Entry, Finding
from toolkit.returns import Return

__all__ = ["check_text", "load_rules", "text_rules"]


MOST = 200
"""A text with more faults than that is no report; the rest of them is left out."""


def text_rules(form: str) -> tuple[Entry, ...]:
    """Return the rules without expression that apply to a form, in their order: of the text, and of amounts by their size."""
    rules = load_rules()
    return tuple(
        CATALOGUE[code]
        for code in CATALOGUE
        if code == "C4" or (code in rules.codes and (code != rules.heads.rule or form in rules.heads.forms))
    )


def check_text(ret: Return, last: Return | None = None) -> tuple[Finding, ...]:
    """Return the findings about the text of a return, in the order of the text, each once.

    Each quotes its sentence and has the cell of its paragraph; ``items`` are the items of the tables concerned and
    ``text.<chapter>.<digits>`` for the sentence, so that an explanation lapses when the words change. ``last`` is last
    year's return of the same body. What is blank or unreadable in the tables contradicts nothing.
    """
    return tuple(dict.fromkeys(islice(_findings(ret, last), MOST)))


def _findings(ret: Return, last: Return | None) -> Iterator[Finding]:
    rules = load_rules()
    text = sentences(ret, rules)
    figures, before = TableFigures(ret), None if last is None else TableFigures(last)
    previous: Sentence | None = None
    earlier: list[Quantity] = []
    for sentence in text:
        if previous is None or previous.paragraph is not sentence.paragraph:
            earlier = []
        understood = hits(sentence, rules, ret.year)
        yield from check_claims(sentence, understood, figures)
        yield from check_statements(sentence, rules, figures)
        yield from check_lists(ret, previous, sentence, rules)
        yield from check_percents(sentence, earlier, understood, (figures, before), rules)
        yield from check_years(ret, sentence, rules)
        yield from check_gaps(ret, sentence, rules)
        previous = sentence
        earlier = [*earlier, *sentence.quantities][-40:]
    yield from check_totals(ret, text, rules)
    yield from check_heads(ret, rules)
    if last is not None:
        yield from check_repeats(ret, last, rules)
