"""Answers to the questions that rules ask of a whole return: faulty, repeated, mentions, fee."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from toolkit.answers import Number, Unreadable
from toolkit.forms.definition import Question
from toolkit.returns import Return

ALIKE = 5
"""How many figures other than zero must agree before two tables are called the same: small bodies repeat zeros."""

NEAR = 40
"""How many characters after 信息处理费 the yuan may begin."""

_FEE = "信息处理费"
_YUAN = re.compile(r"(?P<between>.*?)(?P<number>[0-9][0-9,，]*(?:\.[0-9]+)?)[ \u00a0\u3000]*(?P<unit>亿|万)?元")
_SENTENCE = re.compile("[。；;\n]")
_CLAUSE = re.compile("[，,]")
_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")
_GROUPS = re.compile(r"(?<=[0-9])[ \u00a0\u3000]+(?=[0-9]{3}(?![0-9]))")
_NONE_TAKEN = re.compile("(?:未|没有|不|免)(?:收|征|产生|发生|涉及)|减免|无$")
"""Before the words or after them: no fee was taken, and the yuan that follow are of something else."""
_RATE = re.compile("标准|每[件页单份]")


def asker(ret: Return, last: Return | None) -> Callable[[Question], Number | None]:
    """Return the function that answers a rule's question about one return."""

    def answer(question: Question) -> Number | None:
        if question.function == "faulty":
            return sum(1 for code in question.items if isinstance(ret.answers.get(code), Unreadable))
        if question.function == "repeated":
            return None if last is None else int(_repeated(ret, last, question.items))
        text = "\n".join(paragraph.text for paragraph in ret.text.get(question.arguments[0], ()))
        if question.function == "mentions":
            return int(question.arguments[1] in text)
        return fee(text)

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


def fee(text: str) -> Number:
    """Return the yuan of 信息处理费 that a text says were taken; rates, and yuan beside a fee not taken, are none."""
    total = Decimal(0)
    for sentence in _SENTENCE.split(_GROUPS.sub("", text.translate(_DIGITS))):
        before, *rest = sentence.split(_FEE)
        for after in rest:
            match = _YUAN.match(after[: 2 * NEAR])
            clause, before = _CLAUSE.split(before[-NEAR:])[-1], after
            if match is None or len(match["between"]) > NEAR or _RATE.search(match["between"]):
                continue
            if _NONE_TAKEN.search(clause) or _NONE_TAKEN.search(match["between"]):
                continue
            factor = {"万": 10_000, "亿": 100_000_000}.get(match["unit"], 1)
            total += Decimal(re.sub("[,，]", "", match["number"])) * factor
    return int(total) if total == total.to_integral_value() else total
