"""Table 四 in a published grid: one row of figures under fifteen labels in three groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from toolkit.forms import Table
from toolkit.published.blocks import Grid, Square
from toolkit.published.found import NOT_STRAIGHT, Found, Spot, Stray, figure_like
from toolkit.published.labels import Vocabulary


def headed(table: Table, grid: Grid) -> Found:
    """Find table 四: one row of figures under fifteen labels in three groups."""
    out = Found()
    groups = Vocabulary(line.label for line in table.rows)
    leaves = Vocabulary(line.label for line in table.columns)
    upper = Vocabulary([each.text for each in table.labels])
    rows = grid.rows
    named = {at: [groups.of(each.text) for each in row if not each.blank] for at, row in enumerate(rows)}
    starts = [at for at, labels in named.items() if table.rows[0].label in labels]
    if not starts:
        return out
    top = starts[0]
    bottom = at = top
    while at + 1 < len(rows) and all(each.blank or upper.of(each.text) is not None for each in rows[at + 1]):
        at += 1
        bottom = at if any(not each.blank for each in rows[at]) else bottom
    heads = [each for row in rows[top : bottom + 1] for each in row if not each.blank]
    shown_leaves = [each for each in heads if leaves.of(each.text) is not None]
    shown_groups = [label for label, _ in groupby(filter(None, (groups.of(each.text) for each in heads)))]
    wanted = [item.column for item in table.items]
    out.reach(top, bottom)
    data = [at for at in range(bottom + 1, min(len(rows), bottom + 4)) if rows[at]]
    complete = sorted(str(leaves.of(each.text)) for each in shown_leaves) == sorted(wanted)
    if not complete or shown_groups != [line.label for line in table.rows]:
        return out
    if not data:
        out.empty |= {item.code for item in table.items}
        return out
    ordered = sorted(shown_leaves, key=lambda each: each.column)
    straight = [leaves.of(each.text) for each in ordered] == wanted and all(
        a.last_column < b.column for a, b in pairwise(ordered)
    )
    in_line = [leaves.of(each.text) for each in shown_leaves] == wanted
    cells = _under(grid, data, ordered) if straight else None
    if cells is None and in_line and len(rows[data[0]]) == len(wanted):
        cells = list(rows[data[0]]) if _alone(grid, data) else None
    if cells is None:
        out.reach(data[0])
        out.strays += [Stray(each, NOT_STRAIGHT) for each in rows[data[0]] if not each.blank]
        out.strays += [Stray(each, NOT_STRAIGHT) for at in data[1:] for each in rows[at] if figure_like(each)]
        return out
    out.reach(cells[0].row)
    for item, square in zip(table.items, cells, strict=True):
        out.spots[item.code] = Spot(square, item.column)
    return out


def _alone(grid: Grid, data: Sequence[int]) -> bool:
    """Tell whether only the first of the rows below the labels holds figures."""
    return not any(figure_like(each) for at in data[1:] for each in grid.rows[at])


def _under(grid: Grid, data: Sequence[int], heads: Sequence[Square]) -> list[Square] | None:
    """Return the cells right below the labels, each below one; None when they are not so, or two rows are filled."""
    filled = [at for at in data if any(figure_like(each) for each in grid.rows[at])] or list(data[:1])
    if len(filled) != 1:
        return None
    found: list[Square] = []
    for head in heads:
        across = grid.across(filled[0], head.column, head.last_column)
        squares = [each for each in across if each is not None and not each.blank] or [
            each for each in across[:1] if each is not None
        ]
        if None in across or len(squares) != 1 or squares[0] in found:
            return None
        found.append(squares[0])
    span = (heads[0].column, heads[-1].last_column)
    outside = [
        each
        for each in grid.rows[filled[0]]
        if figure_like(each) and (each.last_column < span[0] or each.column > span[1])
    ]
    return None if outside else found
