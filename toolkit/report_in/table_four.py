"""Table 四 in a published report: one row of figures under fifteen labels in three groups, under those of some groups, or alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from toolkit.answers import Filled
from toolkit.forms import Item, Table
from toolkit.report_in import left_out
from toolkit.report_in.blocks import Block, PublishedTable, TableCell, TextLine
from toolkit.report_in.column_heads import in_lines
from toolkit.report_in.labels import Vocabulary, fold
from toolkit.report_in.pasted_cells import FOLIO
from toolkit.report_in.placements import Placement, Placements, StrayFigure, figure_like, line_of
from toolkit.returns.numbers import understand


def headed(table: Table, grid: PublishedTable) -> Placements:
    """Find table 四, one row of figures under the labels of its groups; a table that was cut holds some of these."""
    out = Placements()
    top, bottom, groups, heads = _heads(table, grid)
    items = _items(table, groups)
    leaves = Vocabulary(line.label for line in table.columns)
    shown = [cell for cell in heads if leaves.of(cell.text) is not None]
    wanted = [item.column for item in items]
    if len(shown) > len(wanted) and len(shown) % len(wanted or shown) == 0:
        shown = shown[-len(wanted) :]  # heads that stand again on the next page
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
        out.strays += [StrayFigure(cell, left_out.NOT_STRAIGHT) for cell in rows[data[0]] if not cell.blank]
        out.strays += [
            StrayFigure(cell, left_out.NOT_STRAIGHT) for at in data[1:] for cell in rows[at] if figure_like(cell)
        ]
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
    named = list(dict.fromkeys(named)) if len(named) % len({*named} or {""}) == 0 else named
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
    extent = max(cell.last_column for row in grid.rows[: data[0]] for cell in row)
    if len(filled) != 1 or max(cell.last_column for cell in grid.rows[filled[0]]) > extent:
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


def alone(table: Table, blocks: Sequence[Block]) -> Sequence[TableCell]:
    """Return the one row of figures in the blocks of a part where it has as many as the table items, and can be nothing else.

    Beside it stand sentences and words made of the letters of the heads. Their order must be told by the heads, all there
    and from left to right, or by totals that are the sums of what stands before each; else none are returned.
    """
    rows: list[Sequence[TableCell]] = []
    words: list[Sequence[TableCell]] = []
    for row in _rows(blocks):
        if all(figure_like(cell) or cell.blank for cell in row) and any(map(figure_like, row)):
            rows.append(row)
        elif any(map(figure_like, row)):
            return ()
        else:
            words.append(row)
    cells = [cell for row in rows for cell in row]
    labels = [fold(one.text) for one in sorted(table.labels, key=lambda one: (one.first_column, one.first_row))]
    seen = Counter("".join(fold(cell.text) for row in words for cell in row))
    if len(cells) != len(table.items) or len(rows) not in (1, len(cells)) or seen - Counter("".join(labels)):
        return ()
    return cells if (len(rows) == 1 and in_lines(words, [labels], labels)) or _summed(table, cells) else ()


def _rows(blocks: Sequence[Block]) -> Iterator[Sequence[TableCell]]:
    """Yield the rows of grids, and lines cut at their spaces but for sentences and numbers of pages."""
    for block in blocks:
        if isinstance(block, TextLine):
            if not any(mark in block.text for mark in "。；，,") and FOLIO.fullmatch(block.text) is None:
                yield [TableCell(0, at, 0, at, text, block.where) for at, text in enumerate(block.text.split())]
        else:
            yield from (list(row) for _, row in groupby(block.cells, key=lambda cell: line_of(cell.where)))


def _summed(table: Table, cells: Sequence[TableCell]) -> bool:
    """Tell whether every total is the sum of the figures of its group."""
    sums: Counter[str] = Counter()
    for item, cell in zip(table.items, cells, strict=True):
        answer = understand(cell.text, kind=item.kind)
        if cell.mark or not isinstance(answer, Filled):
            return False
        sums[item.row] += int(answer.value) * (-1 if item.computed else 1)
    return not any(sums.values())
