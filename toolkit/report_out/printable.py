"""What respondents wrote as text fit for print: one line, nothing that steers a program or turns the reading."""

from __future__ import annotations

import unicodedata

from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.returns import Return
from toolkit.returns.numbers import show

_JOINERS = "\u200c\u200d"
"""The two invisible characters that belong to words; all others of their kind (bidi marks, tags) are left out."""


_LONGEST = 24
"""Characters of an unreadable cell that a draft shows; the finding quotes the rest."""


def printable(text: str) -> str:
    """Return the text as one line without control, format and non-characters; runs of white space become one space.

    Lone surrogates become ``?``. Full-width spaces stay, they are typed on purpose.
    """
    sound = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(
        " " if character in "\t\n\v\f\r\x85\u2028\u2029" else character for character in sound if _kept(character)
    )
    return " ".join(part for part in kept.split(" ") if part).strip()


def _kept(character: str) -> bool:
    if character in "\t\n\v\f\r\x85\u2028\u2029" or character in _JOINERS:
        return True
    if ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def figure(ret: Return, code: str) -> tuple[str, bool]:
    """Return what is printed in the cell of an item, and True when it is no figure.

    Zero is 0, a blank stays blank unless its table is declared zero; a total of nothing but blanks is blank too.
    """
    item = ret.form.items[code]
    if item.computed:
        value = ret.figures[code]
        if value is None:
            return "", True
        return ("" if _empty(ret, code) else show(value)), False
    answer: Answer = ret.answers.get(code, Blank())
    if isinstance(answer, Filled):
        return show(answer.value), False
    if isinstance(answer, Unreadable):
        raw = printable(answer.raw)
        return raw if len(raw) <= _LONGEST else raw[: _LONGEST - 1] + "…", True
    return ("0" if item.table in ret.declared else ""), False


def _empty(ret: Return, code: str) -> bool:
    """Tell whether every input behind a formula item is blank and not declared zero."""
    if code not in ret.form.formulas:
        return code in ret.blanks
    return all(_empty(ret, term.item) for term in ret.form.formulas[code].terms)
