"""What a recalculated roll-up shows beside its tables, computed anew: 汇总说明, 图表, 校验, 校验码, sentences; and who it says it is.

Once somebody typed into 调整 the marks of the results no longer hold, whatever is right; then these are compared instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any

from toolkit.findings import phrase
from toolkit.forms import Form
from toolkit.forms.definition import Side
from toolkit.proving.accounts import header_of, pairs, text_in
from toolkit.proving.plain_numbers import in_words
from toolkit.proving.source_figures import identity
from toolkit.returns import checksum
from toolkit.returns.derived_sentences import sentence
from toolkit.returns.seals import formula_text

_SUMS = ("汇总说明", "图表")
_PLACE = r"(?:[^!+\-*/(),=:]+!)?[A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?"
_CORRECTED = re.compile(rf"SUMPRODUCT\(\(({_PLACE})=({_PLACE})\)\*({_PLACE})\)")
_NAMED, _CLOSE = 3, Decimal("0.00005")
Totals = Mapping[str, Decimal]


def contradictions_shown(book: Any, formulas: Any, form: Form, totals: Totals) -> list[str]:
    """Return in Chinese the results that are not what the figures come to, the first ones and how many there are in all."""
    wrong = list(_contradictions(book, formulas, form, totals))
    return wrong if len(wrong) <= _NAMED else [*wrong[:_NAMED], phrase("shown_more", count=len(wrong))]


def _contradictions(book: Any, formulas: Any, form: Form, totals: Totals) -> Iterator[str]:
    for name in _SUMS:
        for row in formulas[name].iter_rows() if name in formulas.sheetnames else ():
            for cell in row:
                value = _computed(book, name, str(cell.value)) if cell.data_type == "f" else None
                if value is not None:
                    yield from _differs(book[name][cell.coordinate], value)
    yield from _identities(book, form, totals)
    year, codes = int(pairs(book).get("year", "0")), identity(book).get("code", frozenset(("",)))
    sentences = {sentence(form, phrase, year, totals, frozenset(), frozenset()) for phrase in form.phrases}
    numbers = {f"校验码：{checksum(form, totals, year, code)}" for code in codes}
    yield from _texts(book, formulas, "封面", "校验码：", numbers)
    for name in (name for name in formulas.sheetnames if name.startswith("一、")):
        yield from _texts(book, formulas, name, "", sentences)


def _texts(book: Any, formulas: Any, name: str, head: str, wanted: Set[str]) -> Iterator[str]:
    """Compare the texts of formulas that begin so with those that they may be; the body's name is a person's to type."""
    for cell in (cell for row in formulas[name].iter_rows() for cell in row if cell.data_type == "f"):
        shown = text_in(book[name][cell.coordinate].value)
        if shown.startswith(head) and not shown.startswith("填报单位：") and shown not in wanted:
            yield phrase("shown_elsewhere", at=f"{name}!{cell.coordinate}", shown=shown[:40])


def _differs(cell: Any, value: Decimal) -> Iterator[str]:
    number = _number(cell.value)
    if number is None or abs(number - value) > _CLOSE:
        at = f"{cell.parent.title}!{cell.coordinate}"
        yield phrase("shown_apart", at=at, shown=in_words(cell.value), value=in_words(value))


def _identities(book: Any, form: Form, totals: Totals) -> Iterator[str]:
    """Compare both sides, difference and verdict of every identity of one year on 校验, its line known by its words."""
    if "校验" not in book.sheetnames:
        return
    sheet = book["校验"]
    top, at = header_of(sheet, ("审核内容", "左边", "右边", "差额", "结论"), rows=sheet.max_row)
    checks = {check.words: check for rule in form.rules for check in rule.checks if rule.on_sheet}
    for row in sheet.iter_rows(min_row=top + 1):
        check = checks.get(str(row[at["审核内容"]].value or ""))
        if check is None or check.comparison.sign != "==" or check.guards or check.needs_last or check.question:
            continue
        left, right = (_side(side, totals) for side in (check.comparison.left, check.comparison.right))
        for title, value in (("左边", left), ("右边", right), ("差额", left - right)):
            yield from _differs(row[at[title]], value)
        verdict = str(row[at["结论"]].value or "")
        if (verdict == "通过") != (left == right):
            name = "shown_equal" if left == right else "shown_unequal"
            yield phrase(name, at=row[at["结论"]].coordinate, verdict=verdict)


def _side(side: Side, totals: Totals) -> Decimal:
    return sum((totals[term.item] * term.coefficient for term in side.terms), Decimal(side.constant))


def _computed(book: Any, sheet: str, formula: str) -> Decimal | None:
    """Return what a sum of cells comes to, None for a formula that is more than that."""

    def written(place: str) -> str:
        return "+".join(str(_number(cell.value)) for cell in _area(book, sheet, place))

    def corrected(match: re.Match[str]) -> str:
        items, asked, changes = (list(_area(book, sheet, place)) for place in match.groups())
        item = str(asked[0].value or "").lower()
        return str(sum((_number(change.value) or 0 for one, change in zip(items, changes, strict=False)
                        if str(one.value or "").lower() == item), Decimal(0)))  # fmt: skip

    text = _CORRECTED.sub(corrected, formula_text(formula))
    text = re.sub(_PLACE, lambda place: written(place[0]), text)
    text = re.sub(r"(?<!-)SUM\(([^()]*)\)", lambda summed: summed[1].replace(",", "+"), text)
    text = re.sub(r"ROUND\(([^()]*),4\)", r"\1", text).replace("+-", "-").replace("--", "+")
    return sum(map(Decimal, re.findall(r"[-+]?[0-9.]+", text)), Decimal(0)) if re.fullmatch("[-+0-9.]+", text) else None


def _area(book: Any, sheet: str, place: str) -> Iterator[Any]:
    name, _, area = place.rpartition("!")
    known = {title.upper(): title for title in book.sheetnames}
    cells = book[known.get(name, sheet)][area]
    return (cell for row in cells for cell in row) if isinstance(cells, tuple) else iter((cells,))


def _number(value: object) -> Decimal | None:
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(f"{value:.15g}")


def carriers_apart(formulas: Any, cells: Mapping[str, tuple[str, int, int]]) -> Iterator[str]:
    """Yield in Chinese what document properties and defined names say otherwise than ``_meta`` and the labels."""
    meta = pairs(formulas)
    stated = [("carried_property", prop.name.removeprefix("nianbao."), str(prop.value)) for prop in formulas.custom_doc_props.props
              if prop.name.startswith("nianbao.")]  # fmt: skip
    names = {name.upper(): text for name, text in formulas.defined_names.items()}
    stated += [("carried_name", name.removeprefix("NIANBAO_").lower(), str(text.attr_text).strip('"').replace('""', '"'))
               for name, text in names.items() if name.startswith("NIANBAO_")]  # fmt: skip
    for carrier, key, text in stated:
        if re.sub(r"\.0$", "", text) != meta.get(key, ""):
            yield phrase(carrier, key=key, text=text[:60], meta=meta.get(key, "")[:60])
    for code, (sheet, row, column) in cells.items():
        name = names.get(f"NB_{code.replace('.', '_')}".upper())
        place = f"{sheet}!{formulas[sheet].cell(row, column).coordinate}"
        if name is not None and formula_text(str(name.attr_text)) != formula_text(place):
            yield phrase("carried_place", name=name.name, now=name.attr_text, place=place)
