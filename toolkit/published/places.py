"""Where the items of a table stand in a published grid, told by labels; what is not certain has no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from toolkit.forms import Item, Table
from toolkit.published.blocks import Grid, Square
from toolkit.published.labels import LONGEST, Vocabulary


@dataclass(frozen=True, slots=True)
class Spot:
    """The cell in which an item was found, with the text of its column's label and how it was told."""

    square: Square
    head: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A figure that belongs to no item with certainty, and why (Chinese)."""

    square: Square
    why: str


@dataclass
class Found:
    """What one grid shows of one table.

    ``empty`` are the items of rows in which nothing stands at all, ``rows`` is the range of rows that the table takes up.
    """

    spots: dict[str, Spot] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    strays: list[Stray] = field(default_factory=list)
    rows: tuple[int, int] | None = None

    def reach(self, *rows: int) -> None:
        """Widen the range of rows."""
        known = rows if self.rows is None else (*self.rows, *rows)
        self.rows = (min(known), max(known))


Columns = Mapping[str, Square]
"""The label of a column → the cell that holds it."""

NO_COLUMN = "这一列的表头认不出"
NOT_STRAIGHT = "这一行的格数与表头对不上，分不清各属哪一列"
TWO_IN_ONE = "这一列里有不止一个数"
NO_ROW = "这一行的项目名称不是表式里的"
TWICE = "同一个项目出现两行"


def find(table: Table, grid: Grid) -> Found:
    """Find the items of a table in a grid."""
    return _Matrix(table, grid).found() if any(each.role == "stub" for each in table.labels) else _headed(table, grid)


class _Matrix:
    """A table with a label at the left of each row: tables 二 and 三."""

    def __init__(self, table: Table, grid: Grid) -> None:
        self.table, self.grid = table, grid
        self.stubs = Vocabulary(line.label for line in table.rows)
        self.heads = Vocabulary(line.label for line in table.columns)
        self.by_row: dict[str, list[Item]] = {}
        for item in table.items:
            self.by_row.setdefault(item.row, []).append(item)
        self.out = Found()

    def found(self) -> Found:
        rows = self._labelled()
        if not rows:
            return self.out
        first = min(rows)
        names = [label for label, _ in rows.values()]
        used: list[int] = []
        for row, (label, stub) in rows.items():
            items = self.by_row[label]
            band = self._band(row, items, [each for each in rows if each < row])
            if band is None:
                continue
            used += [row, *band.rows]
            if names.count(label) > 1:
                self._stray(row, stub, TWICE)
            else:
                self._row(row, stub, items, band)
        if not used:
            return self.out
        self.out.reach(*used)
        self._others(min(used), max(used), rows, first)
        return self.out

    def _labelled(self) -> dict[int, tuple[str, Square]]:
        """Return the rows that hold the label of a row: the label, and the last cell that tells it."""
        found: dict[int, tuple[str, Square]] = {}
        levels: dict[int, int] = {}
        for at, row in enumerate(self.grid.rows):
            if sum(not each.blank and self.heads.of(each.text) is not None for each in row) > 1:
                continue
            for square in row:
                meant = None if square.blank or _figure_like(square) else self.stubs.meant(square.text)
                if meant is not None:
                    found[at], levels[at] = (meant[0], square), meant[1]
                elif at in found and not square.blank:
                    break
        # 总计 alone may be the row （七）总计 or the head of a column: a looser reading counts where no stricter one is.
        best: dict[str, int] = {}
        for at, (label, _) in found.items():
            best[label] = min(levels[at], best.get(label, 9))
        return {at: each for at, each in found.items() if levels[at] == best[each[0]]}

    def _band(self, row: int, items: Sequence[Item], others: Sequence[int]) -> _Band | None:
        """Return the labels of the columns that belong to a row: the nearest above it that name any of its columns."""
        wanted = [item.column for item in items]
        bottom = row - 1
        while bottom >= 0 and (bottom in others or not self._heads_in(bottom, wanted)):
            bottom -= 1
        if bottom < 0:
            return None
        top = above = bottom
        while above >= 1 and above - 1 not in others:
            above -= 1
            if self._heads_in(above, wanted):
                top = above
            elif any(not each.blank for each in self.grid.rows[above]):
                break
        squares: list[tuple[str | None, Square]] = []
        for at in range(top, bottom + 1):
            squares += [(self.heads.of(each.text), each) for each in self.grid.rows[at] if not each.blank]
        known = [(label, each) for label, each in squares if label in wanted]
        columns = {str(label): each for label, each in known}
        doubled = len(columns) < len(known)
        grouped = {label.text for label in self.table.labels if label.role in ("head", "note", "caption", "group")}
        groups = Vocabulary(grouped - {line.label for line in self.table.columns})
        foreign = [each for label, each in squares if label not in wanted and groups.of(each.text) is None]
        order = [label for label, _ in known]
        return _Band((top, bottom), {} if doubled else columns, foreign, order, wanted)

    def _heads_in(self, row: int, wanted: Sequence[str]) -> bool:
        return any(not each.blank and self.heads.of(each.text) in wanted for each in self.grid.rows[row])

    def _row(self, row: int, stub: Square, items: Sequence[Item], band: _Band) -> None:
        """Place the figures of a row: by the columns of the labels where the grid is straight, else by full count."""
        by_column = {item.column: item.code for item in items}
        cells = _straight(self.grid, row, stub, band)
        if cells is None:
            cells = _counted(self.grid, row, stub, band)
        if cells is None:
            line = self.grid.rows[row]
            if all(each.blank for each in line[line.index(stub) + 1 :]):
                self.out.empty |= {by_column[column] for column in band.columns}
            self._stray(row, stub, NOT_STRAIGHT if band.columns else NO_COLUMN)
            return
        for column, square in cells.items():
            if isinstance(square, Square):
                self.out.spots[by_column[column]] = Spot(square, band.columns[column].text)
            else:
                self.out.strays += [Stray(each, TWO_IN_ONE) for each in square if not each.blank]
        taken = [each for each in cells.values() if isinstance(each, Square)]
        self._stray(row, stub, NO_COLUMN, taken)

    def _stray(self, row: int, stub: Square, why: str, taken: Sequence[Square] = ()) -> None:
        after = False
        for each in self.grid.rows[row]:
            if after and each not in taken and not each.blank and each not in [one.square for one in self.out.strays]:
                self.out.strays.append(Stray(each, why))
            after = after or each is stub

    def _others(self, top: int, bottom: int, rows: Mapping[int, object], first: int) -> None:
        """Name the figures of rows within the table, or right below it, that the form has not."""
        while bottom + 1 < len(self.grid.rows) and self._more(bottom + 1):
            bottom += 1
            self.out.reach(bottom)
        for at in range(max(top, first), bottom + 1):
            if at not in rows:
                self.out.strays += [Stray(each, NO_ROW) for each in self.grid.rows[at] if _figure_like(each)]

    def _more(self, row: int) -> bool:
        """Tell whether a row below the last known one goes on with figures."""
        line = self.grid.rows[row]
        known = any(self.heads.of(each.text) or self.stubs.of(each.text) for each in line if not each.blank)
        return not known and any(_figure_like(each) for each in line)


@dataclass(frozen=True)
class _Band:
    """The labels over the columns of a row.

    ``rows`` is where they stand, ``foreign`` what else is written there, ``order`` the labels as they follow each
    other in the document, ``wanted`` the labels of the form in their order.
    """

    span: tuple[int, int]
    columns: Columns
    foreign: Sequence[Square]
    order: Sequence[str | None]
    wanted: Sequence[str]

    @property
    def rows(self) -> tuple[int, int]:
        """Return the first and last row of the labels."""
        return self.span

    @property
    def in_order(self) -> bool:
        """Tell whether the columns stand one beside the other as the form has them."""
        found = [self.columns[label] for label in self.wanted if label in self.columns]
        return bool(found) and all(a.last_column < b.column for a, b in pairwise(found))


def _straight(grid: Grid, row: int, stub: Square, band: _Band) -> dict[str, Square | Sequence[Square]] | None:
    """Return the cell under each label, or None when the row is not one of a grid whose columns can be trusted."""
    if not band.in_order:
        return None
    heads = list(band.columns.values())
    first, last = min(each.column for each in heads), max(each.last_column for each in heads)
    if stub.last_column >= first:
        return None
    between = grid.across(row, stub.last_column + 1, first - 1) if stub.last_column + 1 < first else ()
    if any(each is not None and not each.blank for each in between):
        return None
    spans = {label: (each.column, each.last_column) for label, each in band.columns.items()}
    foreign = [(each.column, each.last_column) for each in band.foreign]
    found: dict[str, Square | Sequence[Square]] = {}
    for label, (left, right) in spans.items():
        under = grid.across(row, left, right)
        if None in under:
            return None
        squares = [each for each in under if each is not None]
        filled = [each for each in squares if not each.blank] or squares[:1]
        for square in filled:
            if (square.row, square.last_row) not in ((row, row), (stub.row, stub.last_row)) and not square.blank:
                return None
            if not (left <= square.column and square.last_column <= right) and _touches(square, spans, label, foreign):
                return None
        found[label] = filled[0] if len(filled) == 1 else filled
    beyond = grid.across(row, last + 1, grid.width - 1) if last + 1 < grid.width else ()
    over = [each for each in beyond if each is not None and not each.blank]
    if any(not any(a <= each.last_column and each.column <= b for a, b in foreign) for each in over):
        return None
    return found


def _touches(
    square: Square, spans: Mapping[str, tuple[int, int]], label: str, foreign: Sequence[tuple[int, int]]
) -> bool:
    """Tell whether a cell reaches under another label than its own."""
    others = [span for name, span in spans.items() if name != label] + list(foreign)
    return any(a <= square.last_column and square.column <= b for a, b in others)


def _counted(grid: Grid, row: int, stub: Square, band: _Band) -> dict[str, Square | Sequence[Square]] | None:
    """Return the cells of a row in their order, if it has just as many as the form and the labels are the form's."""
    if band.foreign or sorted(map(str, band.order)) != sorted(band.wanted) or len(band.columns) != len(band.wanted):
        return None
    line = list(grid.rows[row])
    cells = line[line.index(stub) + 1 :]
    if len(cells) != len(band.wanted):
        return None
    heads = [band.columns[label] for label in band.wanted]
    if any(
        not each.blank and _size(each) not in ((1, 1), (1, _size(head)[1]))
        for each, head in zip(cells, heads, strict=True)
    ):
        return None
    # Labels in a row of one level stand in the form's order; with a level below, those that span it come first.
    official = [label for label in band.wanted if label in band.order]
    if list(band.order) != official and not _levelled(band):
        return None
    return dict(zip(band.wanted, cells, strict=True))


def _size(square: Square) -> tuple[int, int]:
    return square.last_row - square.row + 1, square.last_column - square.column + 1


def _levelled(band: _Band) -> bool:
    """Tell whether the labels follow each other as in the two levels of table 三: 自然人、总计, and below 商业企业 … 其他."""
    return list(band.order) == [band.wanted[0], band.wanted[-1], *band.wanted[1:-1]]


def _figure_like(square: Square) -> bool:
    """Tell whether a cell holds a figure rather than words."""
    text = square.text.strip()
    return 0 < len(text) < LONGEST and any(each.isdigit() for each in text) and not any(map(_wordy, text))


def _wordy(character: str) -> bool:
    return character.isalpha() and character not in "万亿千元件条项个次份减增负人民币整"


def _headed(table: Table, grid: Grid) -> Found:
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
    if not complete or shown_groups != [line.label for line in table.rows] or not data:
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
        out.strays += [Stray(each, NOT_STRAIGHT) for at in data for each in rows[at] if _figure_like(each)]
        return out
    out.reach(cells[0].row)
    for item, square in zip(table.items, cells, strict=True):
        out.spots[item.code] = Spot(square, item.column)
    return out


def _alone(grid: Grid, data: Sequence[int]) -> bool:
    """Tell whether only the first of the rows below the labels holds figures."""
    return not any(_figure_like(each) for at in data[1:] for each in grid.rows[at])


def _under(grid: Grid, data: Sequence[int], heads: Sequence[Square]) -> list[Square] | None:
    """Return the cells right below the labels, each below one; None when they are not so, or two rows are filled."""
    filled = [at for at in data if any(_figure_like(each) for each in grid.rows[at])] or list(data[:1])
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
        if _figure_like(each) and (each.last_column < span[0] or each.column > span[1])
    ]
    return None if outside else found
