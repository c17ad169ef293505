"""Where the items of a table stand in a read_report grid, told by labels; what is not certain has no place."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from toolkit.forms import Item, Table
from toolkit.report_in.blocks import PublishedTable, TableCell
from toolkit.report_in.column_heads import ColumnHeads, counted, straight
from toolkit.report_in.labels import Vocabulary
from toolkit.report_in.placements import (
    GLUED,
    NO_COLUMN,
    NO_HEADS,
    NO_ROW,
    NOT_STRAIGHT,
    TWICE,
    LooseFigure,
    Placement,
    Placements,
    StrayFigure,
    figure_like,
    glued,
)  # fmt: skip
from toolkit.report_in.table_four import headed


def find(table: Table, grid: PublishedTable) -> Placements:
    """Find the items of a table in a grid."""
    if any(each.role == "stub" for each in table.labels):
        return _Matrix(table, grid).found()
    return headed(table, grid)


_SHORTENED = 3
"""How ``Vocabulary.meant`` counts a label that is only begun."""


class _Matrix:
    """A table with a label at the left of each row: tables 二 and 三."""

    def __init__(self, table: Table, grid: PublishedTable) -> None:
        self.table, self.grid = table, grid
        self.stubs = Vocabulary(line.label for line in table.rows)
        self.heads = Vocabulary(line.label for line in table.columns)
        grouped = {label.text for label in table.labels if label.role in ("head", "note", "caption", "group")}
        self.groups = Vocabulary(grouped - {line.label for line in table.columns})
        self.by_row: dict[str, list[Item]] = {}
        for item in table.items:
            self.by_row.setdefault(item.row, []).append(item)
        self.out = Placements()
        self.doubtful: set[tuple[int, int]] = set()
        self.strayed: set[int] = set()

    def found(self) -> Placements:
        rows = self._labelled()
        if not rows:
            return self.out
        first = min(rows)
        names = [label for label, _ in rows.values()]
        used: list[int] = []
        bands = {row: self._band(row, self.by_row[label], rows) for row, (label, _) in rows.items()}
        self.doubtful = self._doubtful({row: stub for row, (_, stub) in rows.items()}, bands)
        for row, (label, stub) in rows.items():
            items, band = self.by_row[label], bands[row]
            if band is None:
                self._headless(row, stub, items)
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

    def _doubtful(
        self, stubs: Mapping[int, TableCell], bands: Mapping[int, ColumnHeads | None]
    ) -> set[tuple[int, int]]:
        """Return the labels (by their rows) that name too few columns: figures between them stand under none, or two under one.

        What stands beside a full set of labels is a remark and no reason to doubt the others.
        """
        found = set()
        for row, band in bands.items():
            if band is not None:
                line = self.grid.rows[row]
                figures = [each for each in line[line.index(stubs[row]) + 1 :] if not each.blank]
                unnamed = any(not band.names(each) and (not band.complete or band.spans(each)) for each in figures)
                if unnamed or band.crowded(figures):
                    found.add(band.rows)
        return found

    def _labelled(self) -> dict[int, tuple[str, TableCell]]:
        """Return the rows that hold the label of a row: the label, and the last cell that tells it."""
        found: dict[int, tuple[str, TableCell]] = {}
        levels: dict[int, int] = {}
        for at, row in enumerate(self.grid.rows):
            if sum(not each.blank and self.heads.of(each.text) is not None for each in row) > 1:
                continue
            for square in row:
                meant = None if square.blank or figure_like(square) else self._stub(square.text)
                if meant is not None:
                    found[at], levels[at] = (meant[0], square), meant[1]
                elif at in found and not square.blank:
                    break
        # 总计 alone may be the row （七）总计 or the head of a column: a looser reading counts where no stricter one is.
        best: dict[str, int] = {}
        for at, (label, _) in found.items():
            best[label] = min(levels[at], best.get(label, 9))
        return {at: each for at, each in found.items() if levels[at] == best[each[0]]}

    def _stub(self, text: str) -> tuple[str, int] | None:
        """Return the label of a row that a text means, also where a figure is glued to it."""
        bare = glued(text)
        meant = None if bare is None else self.stubs.meant(bare)
        return meant if meant is not None and meant[1] < _SHORTENED else self.stubs.meant(text)

    def _glued(self, text: str) -> bool:
        """Tell whether a figure is glued to the label of a row: no official one ends with a digit."""
        bare = glued(text)
        return bare is not None and self.stubs.of(bare) is not None

    def _headless(self, row: int, stub: TableCell, items: Sequence[Item]) -> None:
        """Name the figures of a row over which no heads stand."""
        codes = frozenset(item.code for item in items)
        if self._glued(stub.text):
            self.out.loose.append(LooseFigure(codes, StrayFigure(stub, GLUED)))
        line = self.grid.rows[row]
        after = [each for each in line[line.index(stub) + 1 :] if figure_like(each)]
        self.out.loose += [LooseFigure(codes, StrayFigure(each, NO_HEADS)) for each in after]

    def _band(self, row: int, items: Sequence[Item], others: Container[int]) -> ColumnHeads | None:
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
        squares: list[tuple[str | None, TableCell]] = []
        for at in range(top, bottom + 1):
            squares += [(self.heads.of(each.text), each) for each in self.grid.rows[at] if not each.blank]
        known = [(label, each) for label, each in squares if label in wanted]
        columns = {str(label): each for label, each in known}
        doubled = len(columns) < len(known)
        foreign = [each for label, each in squares if label not in wanted and self.groups.of(each.text) is None]
        order = [label for label, _ in known]
        return ColumnHeads((top, bottom), {} if doubled else columns, foreign, order, wanted)

    def _heads_in(self, row: int, wanted: Sequence[str]) -> bool:
        return any(not each.blank and self.heads.of(each.text) in wanted for each in self.grid.rows[row])

    def _row(self, row: int, stub: TableCell, items: Sequence[Item], band: ColumnHeads) -> None:
        """Place the figures of a row: by the columns of the labels where the grid is straight, else by full count."""
        by_column = {item.column: item.code for item in items}
        if self._glued(stub.text):
            self.out.strays.append(StrayFigure(stub, GLUED))
            self._stray(row, stub, NOT_STRAIGHT)
            return
        cells = None if band.rows in self.doubtful else straight(self.grid, row, stub, band)
        if cells is None:
            cells = counted(self.grid, row, stub, band)
        if cells is None:
            line = self.grid.rows[row]
            if all(each.blank for each in line[line.index(stub) + 1 :]):
                self.out.empty |= {by_column[column] for column in band.columns}
            self._stray(row, stub, NOT_STRAIGHT if band.columns else NO_COLUMN)
            return
        for column, square in cells.items():
            self.out.spots[by_column[column]] = Placement(square, band.columns[column].text)
        self._stray(row, stub, NO_COLUMN, list(cells.values()))

    def _stray(self, row: int, stub: TableCell, why: str, taken: Sequence[TableCell] = ()) -> None:
        line = self.grid.rows[row]
        for each in line[line.index(stub) + 1 :]:
            if each not in taken and not each.blank and id(each) not in self.strayed:
                self.strayed.add(id(each))
                self.out.strays.append(StrayFigure(each, why))

    def _others(self, top: int, bottom: int, rows: Mapping[int, object], first: int) -> None:
        """Name the figures of rows within the table, or right below it, that the form has not."""
        while bottom + 1 < len(self.grid.rows) and self._more(bottom + 1):
            bottom += 1
            self.out.reach(bottom)
        for at in range(max(top, first), bottom + 1):
            if at not in rows:
                self.out.strays += [StrayFigure(each, NO_ROW) for each in self.grid.rows[at] if figure_like(each)]

    def _more(self, row: int) -> bool:
        """Tell whether a row below the last known one goes on with figures."""
        line = self.grid.rows[row]
        known = any(self.heads.of(each.text) or self.stubs.of(each.text) for each in line if not each.blank)
        return not known and any(figure_like(each) for each in line)
