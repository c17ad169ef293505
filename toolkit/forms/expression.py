"""The text of a rule → a small tree. Nothing is ever evaluated by Python's own ``eval``.

Grammar::

    rule       = side ("==" | "!=" | "<=" | ">=" | "<" | ">") side
    side       = ["-"] term (("+" | "-") term)*
    term       = [number "*"] (name | call) | number
    call       = word "(" [argument ("," argument)*] ")"
    argument   = name [".." name] | text
    name       = word ("." word)*         (``last.`` in front means last year's return, ``known.`` the same where it is known, else 0)

Rules are linear by construction: that is what lets one expression become the formula on the sheet, the exact verdict
and the sentence, and tells what a blank cell could still change.
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<op>==|!=|<=|>=|\.\.|[<>+*(),-])"
    r"|(?P<text>'[^']*')|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*))"
)
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")


class ExpressionError(ValueError):
    """Refuse the text of a rule; the message says where it goes wrong."""


class Name(Struct, frozen=True):
    """A name of the form, as written; ``last`` when it means last year's figure, ``known`` when that may be missing."""

    path: str
    last: bool
    known: bool = False


class Span(Struct, frozen=True):
    """All names of one axis from ``first`` to ``last`` in the order of the form."""

    first: Name
    last: Name


class Call(Struct, frozen=True):
    """A function of the return: ``sum``, ``faulty``, ``repeated``, ``mentions`` or ``fee``."""

    function: str
    arguments: tuple[Name | Span | str, ...]


class Summand(Struct, frozen=True):
    """One summand of a side: a coefficient and what it multiplies (None: the coefficient itself)."""

    coefficient: Decimal
    of: Name | Call | None


class Tree(Struct, frozen=True):
    """A comparison of two sums."""

    left: tuple[Summand, ...]
    comparison: str
    right: tuple[Summand, ...]


def parse(text: str) -> Tree:
    """Parse the text of a rule; anything outside the grammar raises ExpressionError."""
    return _Parser(text).tree()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ExpressionError(f"第 {at + 1} 个字符起看不懂：{text[at : at + 10]!r}")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind]))
            at = match.end()
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, *wanted: str) -> str:
        kind, text = self.peek()
        if kind not in wanted and text not in wanted:
            raise ExpressionError(f"此处应为 {' 或 '.join(wanted)}，却是 {text or '结尾'!r}（{self.text!r}）")
        self.at += 1
        return text

    def tree(self) -> Tree:
        left = self.side()
        comparison = self.take(*COMPARISONS)
        right = self.side()
        if self.peek()[0] != "end":
            raise ExpressionError(f"多出来的内容：{self.peek()[1]!r}")
        return Tree(left, comparison, right)

    def side(self) -> tuple[Summand, ...]:
        sign = Decimal(1)
        if self.peek()[1] == "-":
            self.take("-")
            sign = Decimal(-1)
        parts = [self.term(sign)]
        while self.peek()[1] in ("+", "-"):
            sign = Decimal(1) if self.take("+", "-") == "+" else Decimal(-1)
            parts.append(self.term(sign))
        return tuple(parts)

    def term(self, sign: Decimal) -> Summand:
        kind, _ = self.peek()
        if kind == "number":
            number = sign * Decimal(self.take("number"))
            if self.peek()[1] != "*":
                return Summand(number, None)
            self.take("*")
            sign = number
        name = self.name()
        if self.peek()[1] == "(":
            return Summand(sign, self.call(name))
        return Summand(sign, name)

    def name(self) -> Name:
        path = self.take("name")
        if path.startswith("known."):
            return Name(path[6:], True, True)
        return Name(path[5:], True) if path.startswith("last.") else Name(path, False)

    def call(self, name: Name) -> Call:
        arguments: list[Name | Span | str] = []
        self.take("(")
        while self.peek()[1] != ")":
            if arguments:
                self.take(",")
            if self.peek()[0] == "text":
                arguments.append(self.take("text")[1:-1])
                continue
            first = self.name()
            if self.peek()[1] == "..":
                self.take("..")
                arguments.append(Span(first, self.name()))
            else:
                arguments.append(first)
        self.take(")")
        return Call(name.path, tuple(arguments))
