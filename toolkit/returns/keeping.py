"""How many returns are kept and passed between processes: answers in the order of the form, equal ones once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from functools import lru_cache

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.forms import Form

BLANK = Blank()

_count = lru_cache(4096)(Filled)
"""A filled count: most are small, and ten thousand returns share them."""


def kept_answers(form: Form, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answer to every input of a form without what only says how a figure was read (its text, its repair).

    An input that is not among the answers is blank.
    """
    return {code: _kept(answers.get(code, BLANK)) for code in form.inputs}


def _kept(answer: Answer) -> Answer:
    if isinstance(answer, Unreadable):
        return answer
    return _filled(answer.value) if isinstance(answer, Filled) else BLANK


def _filled(value: Number) -> Filled:
    return Filled(value) if isinstance(value, Decimal) else _count(value)


def unanswered(form: Form, answers: Mapping[str, Answer], declared: Set[str], untouched: Set[str]) -> frozenset[str]:
    """Return the inputs without an answer: blanks, and prefills that nobody touched in a table without any answer.

    ``untouched`` are the inputs that show what was put in for them; they are answers once the table has another one
    around them. In a table whose blanks are ``declared`` zero everything is answered.
    """
    items = form.items
    open_ = [code for code in form.inputs if items[code].table not in declared]
    blank = {code for code in open_ if isinstance(answers.get(code, BLANK), Blank)}
    if not untouched:
        return frozenset(blank)
    begun = {items[code].table for code in open_ if code not in blank and code not in untouched}
    return frozenset(code for code in open_ if code in blank or (code in untouched and items[code].table not in begun))


def listed(form: Form, answers: Mapping[str, Answer]) -> list[Answer | Number | None]:
    """Return answers in the order of the form: a figure alone for one that was read as it stood, None for none."""
    return [
        answer.value if isinstance(answer, Filled) and answer.raw == "" and answer.repair is None else answer
        for answer in map(answers.get, form.inputs)
    ]


def unlisted(form: Form, answers: Sequence[Answer | Number | None]) -> dict[str, Answer]:
    """Return the answers that were ``listed``."""
    return {
        code: _filled(answer) if isinstance(answer, int | Decimal) else answer
        for code, answer in zip(form.inputs, answers, strict=True)
        if answer is not None
    }
