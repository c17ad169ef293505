"""The sentences that the tables fill by themselves: what the template shows beside chapter 一 and a report can insert."""

from __future__ import annotations

from collections.abc import Mapping, Set

from toolkit.answers import Number, Unreadable
from toolkit.forms import Form, Phrase
from toolkit.returns import Return
from toolkit.returns.numbers import show

LABEL = "可直接引用的句子（随表格自动更新，不属于填报内容；引用时请复制后“选择性粘贴—数值”）"
"""What stands above the sentences on the sheet."""
UNFILLED = "（有关的表格填好后自动生成）"
"""What stands in place of a sentence while one of its items is blank."""
UNREADABLE = "（有关的表格里有不是数字的格，改正后自动生成）"
"""What stands in place of a sentence while a cell that goes into it holds no figure."""


def sentences(ret: Return) -> tuple[str, ...]:
    """Return the sentences that the tables of a return fill; one with a blank or unreadable item is left out.

    Blanks of a table that is declared zero are zeros; an item with some of its inputs filled counts the others as 0.
    """
    bad = {code for code in ret.form.inputs if isinstance(ret.answers.get(code), Unreadable)}
    texts = (sentence(ret.form, phrase, ret.year, ret.figures, ret.blanks, bad) for phrase in ret.form.phrases)
    return tuple(text for text in texts if text not in (UNFILLED, UNREADABLE))


def sentence(
    form: Form, phrase: Phrase, year: int | None, figures: Mapping[str, Number | None], blank: Set[str], bad: Set[str]
) -> str:
    """Return a sentence as its cell shows it: filled, UNFILLED or UNREADABLE."""
    if year is None:
        return UNFILLED
    if any(source in bad for code in phrase.items for source in form.sources(code)):
        return UNREADABLE
    if any(all(source in blank for source in form.sources(code)) for code in phrase.items):
        return UNFILLED
    return "".join(piece if isinstance(piece, str) else _figure(piece, year, figures) for piece in phrase.pieces)


def _figure(items: tuple[str, ...], year: int, figures: Mapping[str, Number | None]) -> str:
    total: Number = 0
    for code in items:
        total = total + (figures[code] or 0)
    return show(total) if items else str(year)
