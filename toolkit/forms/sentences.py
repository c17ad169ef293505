"""A check in Chinese words, made from the same tree as its formula and its verdict."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.findings import phrase
from toolkit.forms.definition import Comparison, Item, Side, Table, Term

SIGNS = {"==": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞"}


def sentence(
    comparison: Comparison, guards: tuple[Comparison, ...], items: Mapping[str, Item], tables: tuple[Table, ...]
) -> str:
    """Return the sentence of a comparison, with its guards in front."""
    conditions = "且".join(_compared(guard, items, tables) for guard in guards)
    text = _compared(comparison, items, tables)
    return f"若{conditions}，则{text}" if conditions else text


def _compared(comparison: Comparison, items: Mapping[str, Item], tables: tuple[Table, ...]) -> str:
    left, right = comparison.left, comparison.right
    question = left.question or right.question
    if question is not None and question.function in ("faulty", "repeated"):
        title = next(table.title for table in tables if table.id == question.arguments[0])
        return str(phrase(question.function, table=title[:1]))
    terms = [*left.terms, *right.terms]
    rows = {items[term.item].row_code for term in terms}
    columns = {items[term.item].column_code for term in terms}
    names: dict[str, str] = {}
    place = ""
    for term in terms:
        row, column = items[term.item].short.split("·")
        if len(columns) == 1 and len(rows) > 1:
            names[term.item], place = row, f"{column}："
        elif len(rows) == 1 and len(columns) > 1:
            names[term.item], place = column, f"{row}："
        else:
            names[term.item] = items[term.item].short
    return f"{place}{_side(left, names)}{SIGNS[comparison.sign]}{_side(right, names)}"


def _side(side: Side, names: Mapping[str, str]) -> str:
    if side.question is not None:
        chapter, word = side.question.arguments[0], side.question.arguments[-1].partition("|")[0]
        return str(phrase(side.question.function, chapter=chapter, word=word))
    if not side.terms:
        return str(side.constant)
    shown = list(side.terms)
    if len(shown) > 6:
        return f"{_term(shown[0], names, True)}＋…＋{_term(shown[-1], names, True)}（共{len(shown)}项）"
    text = "".join(_term(term, names, at == 0) for at, term in enumerate(shown))
    return text if side.constant == 0 else f"{text}＋{side.constant}"


def _term(term: Term, names: Mapping[str, str], first: bool) -> str:
    name = phrase("last_year", name=names[term.item]) if term.last else names[term.item]
    size = abs(term.coefficient)
    text = name if size == 1 else f"{size}×{name}"
    if term.coefficient < 0:
        return f"－{text}"
    return text if first else f"＋{text}"
