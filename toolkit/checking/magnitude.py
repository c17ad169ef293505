"""C4: yuan typed where the form asks for 万元, seen from the text, from last year or from bodies of the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from toolkit.answers import Filled, Number
from toolkit.checking.placing import place_of
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.returns import Return
from toolkit.returns.numbers import show

UNIT = 10_000
"""Yuan in a 万元."""
TIMES = 1_000
"""So many times what is usual makes another unit likelier than another year."""
FEWEST = 3
"""Bodies that must have an amount before others are compared with them."""
_CLOSE = Decimal("0.05")
"""A text rounds: 14万元 is 144000 yuan."""


def amounts(ret: Return) -> dict[str, Number]:
    """Return the amounts of money of a return other than zero that may be yuan: those of more than two decimals are not."""
    answers = ((code, ret.answers.get(code)) for code in ret.form.inputs if ret.form.items[code].kind == "money")
    filled = ((code, answer.value) for code, answer in answers if isinstance(answer, Filled))
    return {code: value for code, value in filled if value > 0 and value * 100 % 1 == 0}


def by_size(ret: Return, last: Return | None, of_text: Sequence[Finding]) -> list[Finding]:
    """Return the doubt of every amount that last year or a sentence of the text shows to be yuan."""
    before = {} if last is None or last.form.id != ret.form.id else last.last_figures
    doubts = []
    for code, value in amounts(ret).items():
        old = before.get(code)
        texts = [Decimal(one.actual) for one in of_text if one.code == "N5" and code in one.items and one.actual]
        stated = next((text for text in texts if text > 0 and abs(Decimal(value) / UNIT - text) <= _CLOSE * text), None)
        if stated is not None:
            doubts.append(_doubt(ret, code, value, phrase("size_text", amount=show(stated))))
        elif old is not None and 0 < old * TIMES <= value:
            doubts.append(_doubt(ret, code, value, phrase("size_last", amount=show(old))))
    return doubts


def by_peers(ret: Return, peers: Mapping[str, Sequence[Number]], level: str) -> list[Finding]:
    """Return the doubt of every amount that is out of all proportion to those of other bodies of the level."""
    doubts = []
    for code, value in amounts(ret).items():
        others = [Decimal(other) for other in peers.get(code, ())]
        if len(others) >= FEWEST and value >= TIMES * (usual := median(others)):
            ground = phrase("size_peers", count=len(others), level=level, amount=show(usual), most=show(max(others)))
            doubts.append(_doubt(ret, code, value, ground))
    return doubts


def without_followers(findings: Sequence[Finding], doubts: Sequence[Finding]) -> list[Finding]:
    """Return findings without what a doubt about the unit says already: a jump, and what the text says of it."""
    items = {one.items[0] for one in doubts}
    return [one for one in findings if not (one.code in ("X5", "N5") and one.items and one.items[0] in items)]


def _doubt(ret: Return, code: str, value: Number, ground: Wording) -> Finding:
    place, item = place_of(ret, code), ret.form.items[code].short
    made = finding(
        "C4", file=ret.file, items=(code,), item=item, value=show(value), yuan=show(Decimal(value) / UNIT),
        ground=ground,
    )  # fmt: skip
    return made.at(sheet=place.sheet, cell=place.cell)
