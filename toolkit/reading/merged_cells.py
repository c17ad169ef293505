"""Inputs under merged cells: nobody can say whose figure stands there, so one finding says "merged" and none is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from toolkit.answers import Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Cell, Sheet
from toolkit.findings import Finding, Wording
from toolkit.forms import Item
from toolkit.reading.positions import Positions
from toolkit.reading.wording import note, quoted, text_of
from toolkit.returns.numbers import show

_LARGE = 400
"""Cells of a merge above which the items are looked through instead."""
Box = tuple[int, int, int, int]
Place = tuple[int, int]


def merged_inputs(table: Positions, file: str) -> tuple[Mapping[str, Unreadable], Sequence[Finding]]:
    """Return the inputs of a table that share a merged cell or lie under one, with a finding (FORM_049) for each merge.

    An input may itself be merged over cells that are nobody's; its figure then is its own.
    """
    sheet, answers, findings = table.sheet, dict[str, Unreadable](), list[Finding]()
    boxes = _boxes(tuple(table.items.values()), sheet.merges)
    if not boxes:
        return answers, findings
    items = {item.code: item for item in table.layout.table.items}
    owners = {place: items[code] for code, place in table.items.items()}
    for box, covered in boxes:
        inputs = [place for place in covered if not owners[place].computed]
        if not inputs:
            continue
        values = [text for place in sorted({box[:2], *inputs}) if (text := _shown(sheet.cell(*place)))]
        raw = quoted("、".join(values)) if values else ""
        answers |= {owners[place].code: Unreadable(raw, "FORM_049") for place in inputs}
        findings.append(_finding(sheet, file, box, [owners[place] for place in inputs], raw))
    return answers, findings


@lru_cache(64)
def _boxes(places: Sequence[Place], merges: Sequence[Box]) -> Sequence[tuple[Box, Sequence[Place]]]:
    """Return the merges that cover one of the places but as their top left alone, each with those it covers.

    The sheets of one template have the same places and merges.
    """
    known = frozenset(places)
    covering = [(box, tuple(_covered(box, known))) for box in merges]
    return tuple((box, covered) for box, covered in covering if covered and covered != (box[:2],))


def _shown(cell: Cell) -> str:
    value = cell.value
    return (
        show(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and not cell.date
        else text_of(cell).strip()
    )


def _covered(box: Box, places: frozenset[Place]) -> Iterator[Place]:
    """Yield those of the places that a merge covers, in order."""
    top, left, bottom, right = box
    if (bottom - top + 1) * (right - left + 1) > _LARGE:
        yield from sorted(place for place in places if top <= place[0] <= bottom and left <= place[1] <= right)
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) in places:
                yield row, column


def _finding(sheet: Sheet, file: str, box: Box, items: Sequence[Item], raw: str) -> Finding:
    return note(
        "FORM_049", sheet, file, box[:2], items=tuple(item.code for item in items), actual=raw,
        cells=f"{a1(*box[:2])}:{a1(*box[2:])}", label=Wording.some([item.short for item in items], "”“", unit="项"),
        raw=raw or "空",
    )  # fmt: skip
