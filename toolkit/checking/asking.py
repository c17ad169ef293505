"""Answers to the questions that rules ask of a whole return: faulty, repeated, mentions, fee."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.answers import Number, Unreadable
from toolkit.checking.fees import fee
from toolkit.forms.definition import Question
from toolkit.returns import Return
from toolkit.returns.numbers import not_found

ALIKE = 5
"""How many figures other than zero must agree before two tables are called the same: small bodies repeat zeros."""


def asker(ret: Return, last: Return | None) -> Callable[[Question], Number | None]:
    """Return the function that answers a rule's question about one return."""

    def answer(question: Question) -> Number | None:
        if question.function == "faulty":
            # What an import did not find waits to be filled: it is no entry that anybody got wrong.
            entries = (ret.answers.get(code) for code in question.items)
            return sum(1 for entry in entries if isinstance(entry, Unreadable) and entry != not_found())
        if question.function == "repeated":
            return None if last is None else int(_repeated(ret, last, question.items))
        text = "\n".join(paragraph.text for paragraph in ret.text.get(question.arguments[0], ()))
        if question.function == "mentions":
            return int(any(word in text for word in question.arguments[1].split("|")))
        return fee(text, ret.year)

    return answer


def _repeated(ret: Return, last: Return, items: tuple[str, ...]) -> bool:
    """Tell whether all inputs of a table equal last year's, enough of them other than zero."""
    if ret.form.id != last.form.id:
        return False
    inputs = [code for code in items if not ret.form.items[code].computed]
    pairs = [(ret.figures[code], last.figures[code]) for code in inputs]
    if any(now is None or now != before for now, before in pairs):
        return False
    return sum(1 for now, _ in pairs if now != 0) >= ALIKE
