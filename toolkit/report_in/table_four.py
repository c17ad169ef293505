"""Table 四 in a published grid: one row of figures under fifteen labels in three groups, or under those of some groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from toolkit.forms import Item, Table
from toolkit.report_in.blocks import PublishedTable, TableCell
from toolkit.report_in.labels import Vocabulary
from toolkit.report_in.placements import NOT_STRAIGHT, Placement, Placements, StrayFigure, figure_like


def headed(table: Table, grid: PublishedTable) -> Placements:
    """Find table 四, one row of figures under the labels of its groups; a table that was cut holds some of these."""
    out = Placements()
    top, bottom, groups, heads = _heads(table, grid)
    items = _items(table, groups)
    leaves = Vocabulary(line.label for line in table.columns)
    shown = [cell for cell in heads if leaves.of(cell.text) is not None]
    wanted = [item.column for item in items]
    if not items or sorted(str(leaves.of(cell.text)) for cell in shown) != sorted(wanted):
        return out
    out.reach(top, bottom)
    rows = grid.rows
    data = [at for at in range(bottom + 1, min(len(rows), bottom + 4)) if rows[at]]
    if not data:
        out.empty |= {item.code for item in items}
        return out
    ordered = sorted(shown, key=lambda cell: cell.column)
    straight = [leaves.of(cell.text) for cell in ordered] == wanted and all(
        a.last_column < b.column for a, b in pairwise(ordered)
    )
    in_line = [leaves.of(cell.text) for cell in shown] == wanted
    cells = _under(grid, data, ordered) if straight else None
    if cells is None and in_line and len(rows[data[0]]) == len(wanted):
        cells = None if any(figure_like(cell) for at in data[1:] for cell in rows[at]) else list(rows[data[0]])
    if cells is None:
        out.reach(data[0])
        out.strays += [StrayFigure(cell, NOT_STRAIGHT) for cell in rows[data[0]] if not cell.blank]
        out.strays += [StrayFigure(cell, NOT_STRAIGHT) for at in data[1:] for cell in rows[at] if figure_like(cell)]
        return out
    out.reach(cells[0].row)
    for item, cell in zip(items, cells, strict=True):
        out.by_code[item.code] = Placement(cell, item.column)
    return out


def _heads(table: Table, grid: PublishedTable) -> tuple[int, int, list[str], list[TableCell]]:
    """Return the first and last row of the labels, the groups in their order, and the cells of the labels."""
    groups = Vocabulary(line.label for line in table.rows)
    upper = Vocabulary([label.text for label in table.labels])
    rows = grid.rows
    top = next(
        (at for at, row in enumerate(rows) if any(not cell.blank and groups.of(cell.text) for cell in row)), None
    )
    if top is None:
        return 0, 0, [], []
    bottom = at = top
    while at + 1 < len(rows) and all(cell.blank or upper.of(cell.text) is not None for cell in rows[at + 1]):
        at += 1
        bottom = at if any(not cell.blank for cell in rows[at]) else bottom
    heads = [cell for row in rows[top : bottom + 1] for cell in row if not cell.blank]
    named = [label for label, _ in groupby(filter(None, (groups.of(cell.text) for cell in heads)))]
    return top, bottom, named, heads


def _items(table: Table, groups: Sequence[str]) -> list[Item]:
    """Return the items of groups that stand once each and in the order of the form; else none."""
    official = [line.label for line in table.rows]
    if list(groups) != [label for label in official if label in groups]:
        return []
    return [item for item in table.items if item.row in groups]


def _under(grid: PublishedTable, data: Sequence[int], heads: Sequence[TableCell]) -> list[TableCell] | None:
    """Return the cells right below the labels, each below one; None when they are not so, or two rows are filled."""
    filled = [at for at in data if any(figure_like(cell) for cell in grid.rows[at])] or list(data[:1])
    if len(filled) != 1:
        return None
    below: list[TableCell] = []
    for head in heads:
        across = grid.across(filled[0], head.column, head.last_column)
        cells = [cell for cell in across if cell is not None and not cell.blank] or [
            cell for cell in across[:1] if cell is not None
        ]
        if None in across or len(cells) != 1 or cells[0] in below:
            return None
        below.append(cells[0])
    span = (heads[0].column, heads[-1].last_column)
    outside = [
        cell
        for cell in grid.rows[filled[0]]
        if figure_like(cell) and (cell.last_column < span[0] or cell.column > span[1])
    ]
    return None if outside else below
