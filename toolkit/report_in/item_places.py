"""Where the items of a table stand in a published grid, told by labels; what is not certain has no place."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from toolkit.forms import Item, Table
from toolkit.report_in import left_out
from toolkit.report_in.blocks import PublishedTable, TableCell
from toolkit.report_in.column_heads import ColumnHeads, in_lines, in_sequence, straight
from toolkit.report_in.labels import LABELS, Vocabulary, fold, numbering, unnumbered
from toolkit.report_in.placements import LooseFigure, Placement, Placements, StrayFigure, figure_like, glued, line_of
from toolkit.report_in.table_four import headed


def find(table: Table, grid: PublishedTable) -> Placements:
    """Find the items of a table in a grid."""
    return _Matrix(table, grid).placements() if stubbed(table) else headed(table, grid)


def stubbed(table: Table) -> bool:
    """Tell whether a table has a label at the left of each row."""
    return any(label.role == "stub" for label in table.labels)


_FEW = 2  # A row of no more columns needs a head: a label with one figure may be prose
_ALIKE = 0.5
"""How alike a damaged label and the official one must be (as difflib counts) where its number does not tell."""
_SHORTENED = 3  # How ``Vocabulary.meant`` counts a label that is only begun


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

    def placements(self) -> Placements:
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
                if names.count(label) > 1 or not self._by_count(row, stub, items, rows):
                    self._headless(row, stub, items)
                else:
                    used.append(row)
                continue
            used += [row, *band.rows]
            if names.count(label) > 1:
                self._stray(row, stub, left_out.TWICE)
            else:
                self._row(row, stub, items, band, rows)
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
        doubtful = set()
        for row, band in bands.items():
            if band is not None:
                line = self.grid.rows[row]
                figures = [cell for cell in line[line.index(stubs[row]) + 1 :] if not cell.blank]
                unnamed = any(not band.names(cell) and (not band.complete or band.spans(cell)) for cell in figures)
                if unnamed or band.crowded(figures):
                    doubtful.add(band.rows)
        return doubtful

    def _labelled(self) -> dict[int, tuple[str, TableCell]]:
        """Return the rows that hold the label of a row: the label, and the last cell that tells it."""
        labelled: dict[int, tuple[str, TableCell]] = {}
        levels: dict[int, int] = {}
        for at, row in enumerate(self.grid.rows):
            if sum(not cell.blank and self.heads.of(cell.text) is not None for cell in row) > 1:
                continue
            for cell in row:
                meant = None if cell.blank or figure_like(cell) else self._stub(cell.text)
                if meant is not None:
                    labelled[at], levels[at] = (meant[0], cell), meant[1]
                elif at in labelled and not cell.blank:
                    break
        # 总计 alone may be the row （七）总计 or the head of a column: a looser reading counts where no stricter one is.
        best: dict[str, int] = {}
        for at, (label, _) in labelled.items():
            best[label] = min(levels[at], best.get(label, 9))
        kept = {at: row for at, row in labelled.items() if levels[at] == best[row[0]]}
        return dict(sorted((kept | self._mended(kept)).items()))

    def _mended(self, kept: Mapping[int, tuple[str, TableCell]]) -> dict[int, tuple[str, TableCell]]:
        """Return the rows with damaged labels: as many between two known ones as the form has, told by number or likeness."""
        official = list(self.by_row)
        mended: dict[int, tuple[str, TableCell]] = {}
        ends = [(-1, -1), *((at, official.index(label)) for at, (label, _) in kept.items())]
        for (before, above), (after, below) in pairwise(ends):
            lost = official[above + 1 : below]
            lines = [at for at in range(before + 1, after) if any(figure_like(cell) for cell in self.grid.rows[at])]
            if (
                above < 0
                or not lost
                or len(lines) != len(lost)
                or not {*lost}.isdisjoint(row[0] for row in kept.values())
            ):
                continue
            named = [
                next((cell for cell in reversed(self.grid.rows[at]) if not cell.blank and not figure_like(cell)), None)
                for at in lines
            ]
            if all(cell is not None and _resembles(cell.text, label) for cell, label in zip(named, lost, strict=True)):
                rows = zip(lines, lost, named, strict=True)
                mended |= {at: (label, cell) for at, label, cell in rows if cell is not None}
                self.out.mended += [(cell, label) for cell, label in zip(named, lost, strict=True) if cell is not None]
        return mended

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
            self.out.loose.append(LooseFigure(codes, StrayFigure(stub, left_out.GLUED)))
        line = self.grid.rows[row]
        after = [
            cell
            for cell in line[line.index(stub) + 1 :]
            if figure_like(cell) or any(map(str.isdigit, unnumbered(cell.text)))
        ]
        self.out.loose += [LooseFigure(codes, StrayFigure(cell, left_out.NO_HEADS)) for cell in after]

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
            elif any(not cell.blank for cell in self.grid.rows[above]):
                break
        cells: list[tuple[str | None, TableCell]] = []
        for at in range(top, bottom + 1):
            cells += [(self.heads.of(cell.text), cell) for cell in self.grid.rows[at] if not cell.blank]
        known = [(label, cell) for label, cell in cells if label in wanted]
        columns = {str(label): cell for label, cell in known}
        doubled = len(columns) < len(known)
        foreign = [cell for label, cell in cells if label not in wanted and self.groups.of(cell.text) is None]
        order = [label for label, _ in known]
        return ColumnHeads((top, bottom), {} if doubled else columns, foreign, order, wanted)

    def _heads_in(self, row: int, wanted: Sequence[str]) -> bool:
        return any(not cell.blank and self.heads.of(cell.text) in wanted for cell in self.grid.rows[row])

    def _by_count(
        self, row: int, stub: TableCell, items: Sequence[Item], rows: Container[int], band: ColumnHeads | None = None
    ) -> bool:
        """Place a row of just as many figures as the form has columns, where nothing above it speaks against their order."""
        line = self.grid.rows[row]
        cells = line[line.index(stub) + 1 :]
        heads = self._above(row, rows)
        sure = band is not None and band.complete
        counted = len(cells) == len(items) and (sure or all(figure_like(cell) or cell.blank for cell in cells))
        level = {(cell.row, cell.last_row) for cell in cells} <= {(row, row), (stub.row, stub.last_row)}
        known = len(items) > _FEW or bool(heads)
        if (
            not (counted and level and known)
            or self._glued(stub.text)
            or (band is None and all(cell.blank for cell in cells))
        ):
            return False
        sequences, wanted = self._sequences(items)
        written = "".join(cell.text for line in heads for cell in line)
        in_order = in_sequence(fold(written), sequences, wanted) or in_lines(heads, sequences[1:], wanted)
        if heads and not in_order:
            return False
        # The unit of money stands in its head.
        labels = {item.column: band.columns[item.column].text for item in items if band and item.column in band.columns}
        labels = {item.column: written for item in items if heads and item.kind == "money"} | labels
        if any(item.kind == "money" and item.column not in labels for item in items):
            return False
        for item, cell in zip(items, cells, strict=True):
            self.out.by_code[item.code] = Placement(cell, labels.get(item.column, item.column))
        return True

    def _above(self, row: int, rows: Container[int]) -> list[list[TableCell]]:
        """Return what stands between the nearest rows of the form above and their heads' first line, line by line."""
        at = row - 1
        while at >= 0 and (at in rows or not self._heads_at(at)):
            at -= 1
        lines: list[list[TableCell]] = []
        while at >= 0 and at not in rows:
            lines[:0] = [list(line) for _, line in groupby(self._heads_at(at), key=lambda cell: line_of(cell.where))]
            at -= 1
        return lines

    def _heads_at(self, row: int) -> list[TableCell]:
        """Return the cells of a row but for captions, notes and the labels of groups."""
        return [cell for cell in self.grid.rows[row] if not cell.blank and self.groups.of(cell.text) is None]

    def _sequences(self, items: Sequence[Item]) -> tuple[Sequence[Sequence[str]], Sequence[str]]:
        """Return the letters of the heads of a row, as one line and as the form has them, and those of its columns."""
        first = min(item.line for item in items)
        left = min(item.position for item in items)
        above = [
            one for one in self.table.labels if one.last_row < first and one.last_column >= left and one.role != "stub"
        ]
        bottom = max((label.last_row for label in above), default=-1)
        stubs = (label.last_row for label in self.table.labels if label.role == "stub")
        top = max((row for row in stubs if row < bottom), default=-1)
        heads = (
            one for one in self.table.labels if one.role != "stub" and top < one.first_row and one.last_row <= bottom
        )
        block = sorted(heads, key=lambda one: (one.first_row, one.first_column))
        across = sorted(block, key=lambda one: (one.first_column, one.first_row))
        columns = [fold(item.column) for item in items]
        return (columns, *([fold(label.text) for label in labels] for labels in (block, across))), columns

    def _row(self, row: int, stub: TableCell, items: Sequence[Item], band: ColumnHeads, rows: Container[int]) -> None:
        """Place the figures of a row: by the columns of the labels where the grid is straight, else by full count."""
        by_column = {item.column: item.code for item in items}
        if self._glued(stub.text):
            self.out.strays.append(StrayFigure(stub, left_out.GLUED))
            self._stray(row, stub, left_out.NOT_STRAIGHT)
            return
        cells = None if band.rows in self.doubtful else straight(self.grid, row, stub, band)
        if len(cells or ()) < len(items) and self._by_count(row, stub, items, rows, band):
            return
        if cells is None:
            line = self.grid.rows[row]
            if all(cell.blank for cell in line[line.index(stub) + 1 :]):
                self.out.empty |= {by_column[column] for column in band.columns}
            self._stray(row, stub, left_out.NOT_STRAIGHT if band.columns else left_out.NO_COLUMN)
            return
        for column, cell in cells.items():
            self.out.by_code[by_column[column]] = Placement(cell, band.columns[column].text)
        self._stray(row, stub, left_out.NO_COLUMN, list(cells.values()))

    def _stray(self, row: int, stub: TableCell, why: str, taken: Sequence[TableCell] = ()) -> None:
        line = self.grid.rows[row]
        for cell in line[line.index(stub) + 1 :]:
            if cell not in taken and not cell.blank and id(cell) not in self.strayed and LABELS.of(cell.text) is None:
                self.strayed.add(id(cell))
                self.out.strays.append(StrayFigure(cell, why))

    def _others(self, top: int, bottom: int, rows: Mapping[int, object], first: int) -> None:
        """Name the figures of rows within the table, or right below it, that the form has not."""
        while bottom + 1 < len(self.grid.rows) and self._more(bottom + 1):
            bottom += 1
            self.out.reach(bottom)
        for at in range(max(top, first), bottom + 1):
            if at not in rows:
                self.out.strays += [
                    StrayFigure(cell, left_out.NO_ROW) for cell in self.grid.rows[at] if figure_like(cell)
                ]

    def _more(self, row: int) -> bool:
        """Tell whether a row below the last known one goes on with figures."""
        line = self.grid.rows[row]
        known = any(self.heads.of(cell.text) or self.stubs.of(cell.text) for cell in line if not cell.blank)
        return not known and any(figure_like(cell) for cell in line)


def _resembles(text: str, label: str) -> bool:
    """Tell whether a text may be a label in which letters were lost: it has its number, or is like it."""
    number, own = numbering(text), numbering(label)
    alike = SequenceMatcher(None, fold(unnumbered(text)), fold(unnumbered(label))).ratio()
    return (
        number == own and (alike >= _ALIKE or (bool(number) and alike >= _ALIKE / 2))
        if number and own
        else alike >= _ALIKE
    )
