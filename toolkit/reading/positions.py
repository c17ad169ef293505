"""Where the items of a table stand on a stranger's sheet: by position when the labels agree, else by the labels.

A figure is taken only where its own row label and its own column label stand. Rows and columns may have been inserted,
deleted or exchanged; where a label is gone for good its items have no place, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from toolkit.cells import a1, parse_a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms import Item, Table
from toolkit.forms.definition import Label
from toolkit.forms.sheets import SWITCH_TEXT, TableLayout
from toolkit.reading.alignment import align, filled_in
from toolkit.reading.wording import plain, quoted, text_of, vocabulary_in

Cell = tuple[int, int]


class Located(Struct, frozen=True):
    """A table on its sheet: the place of every item and label that was found, and the box that they span.

    ``rows`` gives the row of the sheet for each row of the grid that was found. ``moved`` is True when anything stands
    elsewhere than the layout says.
    """

    layout: TableLayout
    sheet: Sheet
    items: Mapping[str, Cell]
    labels: frozenset[Cell]
    rows: Mapping[int, int]
    box: tuple[int, int, int, int]
    switch: Cell
    moved: bool
    findings: tuple[Finding, ...]

    @property
    def width(self) -> int:
        """Return the number of columns from the sheet's edge to the end of the table."""
        return self.box[3] + 1


def share(table: Table, sheet: Sheet) -> float:
    """Return the share of a table's labels that a sheet holds anywhere (0 to 1)."""
    words = frozenset(plain(label.text) for label in table.labels)
    return len(set(vocabulary_in(sheet, words).values())) / len(words)


def undisturbed(layout: TableLayout, sheet: Sheet) -> bool:
    """Tell whether every label stands where the layout has it."""
    cells = sheet.cells
    for place, text in layout.labels:
        cell = cells.get(place)
        if cell is None or (cell.value != text and plain(text_of(cell)) != plain(text)):
            return False
    return True


def locate(layout: TableLayout, sheet: Sheet, book: Book, file: str) -> Located:
    """Find every item of a table on a sheet that holds it."""
    if undisturbed(layout, sheet):
        labels = frozenset(place for place, _ in layout.labels)
        rows = {row: layout.top + row for row in range(layout.table.height)}
        box = (layout.top, layout.left, layout.bottom, layout.right)
        return Located(layout, sheet, layout.cells, labels, rows, box, layout.switch, False, ())
    return _Search(layout, sheet, book, file).located()


class _Search:
    """The search for one table on one sheet whose labels are not all in place."""

    def __init__(self, layout: TableLayout, sheet: Sheet, book: Book, file: str) -> None:
        self.layout, self.sheet, self.book, self.file = layout, sheet, book, file
        self.table = layout.table
        self.words = frozenset(plain(label.text) for label in self.table.labels)
        self.known = vocabulary_in(sheet, self.words)
        self.findings: list[Finding] = []
        self.rows = self._rows()
        self.columns = self._columns()
        self.places: dict[Label, Cell] = {}
        self.lost: dict[Label, str] = {}
        self.exchanged: list[Label] = []

    def located(self) -> Located:
        """Run the search."""
        self._place_labels()
        items = self._items()
        taken = [*self.places.values(), *items.values()] or [(self.layout.top, self.layout.left)]
        box = (
            min(row for row, _ in taken),
            min(column for _, column in taken),
            max(row for row, _ in taken),
            max(column for _, column in taken),
        )
        self._tell_lost()
        self._tell_moved()
        switch = self._switch(box)
        return Located(
            self.layout, self.sheet, items, frozenset(self.places.values()), self.rows, box, switch, True,
            tuple(self.findings),
        )  # fmt: skip

    def _rows(self) -> dict[int, int]:
        """Map rows of the grid to rows of the sheet by the labels that begin in them."""
        there: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in self.known.items():
            there.setdefault(row, []).append((column, text))
        candidates = sorted(there)
        weights = [[self._row_weight(line, there[row]) for row in candidates] for line in range(self.table.height)]
        self.rows_found = {line: candidates[at] for line, at in align(weights).items()}
        return filled_in(self.rows_found, self.table.height)

    def _row_weight(self, line: int, there: list[tuple[int, str]]) -> float:
        weight, texts = 0.0, [text for _, text in there]
        for label in self.table.labels:
            if label.first_row == line and plain(label.text) in texts:
                texts.remove(plain(label.text))
                weight += 4 if label.role == "stub" else 2
                weight += 1 if (self.layout.left + label.first_column, plain(label.text)) in there else 0
        return weight

    def _columns(self) -> dict[int, int]:
        """Map columns of the grid to columns of the sheet by the labels that begin in them, in rows that are mapped."""
        candidates = sorted({column for _, column in self.known})
        weights = [[self._column_weight(at, column) for column in candidates] for at in range(self.table.width)]
        self.columns_found = {at: candidates[place] for at, place in align(weights).items()}
        return filled_in(self.columns_found, self.table.width)

    def _column_weight(self, at: int, column: int) -> float:
        return sum(
            2.0 + (column == self.layout.left + at) / 4
            for label in self.table.labels
            if label.first_column == at
            and label.first_row in self.rows
            and self.known.get((self.rows[label.first_row], column)) == plain(label.text)
        )

    def _expected(self, label: Label) -> Cell | None:
        row, column = self.rows.get(label.first_row), self.columns.get(label.first_column)
        return None if row is None or column is None else (row, column)

    def _place_labels(self) -> None:
        """Find every label: where the maps say, else its text left over elsewhere, else changed in place, else lost."""
        for label in self.table.labels:
            place = self._expected(label)
            if place is not None and self.known.get(place) == plain(label.text):
                self.places[label] = place
        matched = frozenset(self.places)
        free = {cell: text for cell, text in self.known.items() if cell not in set(self.places.values())}
        for label in sorted(self.table.labels, key=lambda each: each.role == "group"):
            if label in self.places:
                continue
            left = [cell for cell, text in free.items() if text == plain(label.text) and self._on_axis(label, cell)]
            place = self._expected(label)
            if len(left) == 1 and label.role in ("head", "stub"):
                self.places[label] = left[0]
                self.exchanged.append(label)
                del free[left[0]]
            elif len(left) == 1 and label.role == "group" and self._leads(label, left[0]):
                self.places[label] = left[0]
            elif left:
                self.lost[label] = "displaced"
            elif (
                place is None
                or place in self.known
                or place in self.places.values()
                or not self._certain(label, place, matched)
            ):
                self.lost[label] = "missing"
            else:
                self.places[label] = place
                self._tell_changed(label, place)

    def _certain(self, label: Label, place: Cell, matched: frozenset[Label]) -> bool:
        """Tell whether a place must be a label's although another text stands there.

        Between rows and columns that were found it is; beyond them only if something stands there, and the other
        labels of its row and column are not all gone too.
        """
        rows, columns = self.rows_found, self.columns_found
        if not rows or not columns:
            return False
        if min(rows) <= label.first_row <= max(rows) and min(columns) <= label.first_column <= max(columns):
            return True
        beside = [each for each in self.table.labels if each.first_row == label.first_row and each != label]
        above = [each for each in self.table.labels if each.first_column == label.first_column and each != label]
        left = all(not others or any(each in matched for each in others) for others in (beside, above))
        return left and text_of(self.sheet.cell(*place)).strip() != ""

    def _leads(self, group: Label, cell: Cell) -> bool:
        """Tell whether a group label whose own first row is gone now stands beside the first row left of its group."""
        rows = [
            place[0]
            for label, place in self.places.items()
            if label.role == "stub" and group.first_row <= label.first_row <= group.last_row
        ]
        return group.first_row not in self.rows and bool(rows) and cell[0] == min(rows)

    def _on_axis(self, label: Label, cell: Cell) -> bool:
        """Tell whether a head stands in its row, or a stub in its column: elsewhere a text is not this label."""
        if label.role == "head":
            return self.rows.get(label.first_row) == cell[0]
        if label.role == "stub" and self.table.stub_columns > 0:
            return self.columns.get(label.first_column) == cell[1]
        return True

    def _items(self) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        contradicted: dict[Label, list[str]] = {}
        for item in self.table.items:
            row, column = self._row_label(item), self._column_label(item)
            at_column = self.places.get(column)
            at_row = self._item_row(item, row)
            if at_row is None or at_column is None or row in self.lost:
                continue
            place = (at_row, at_column[1])
            if not self._under(row, item, place[1]):
                self.lost[row] = "displaced"
                continue
            group = self._contradiction(item, row)
            if group is not None:
                text = text_of(self.sheet.cell(*place))
                contradicted.setdefault(group, []).extend([f"{a1(*place)} {quoted(text)}"] if text else [])
            elif place not in self.places.values() and place not in found.values():
                found[item.code] = place
        for group, shown in contradicted.items():
            self.findings.append(
                finding("FORM_026", **self._at(self._expected(group)), wanted=group.text, quoted=_listed(shown))
            )
            self.lost.pop(group, None)
        return found

    def _under(self, label: Label, item: Item, column: int) -> bool:
        """Tell whether a column lies under the label of its row where that stands above (table 四)."""
        if label.first_row <= item.line <= label.last_row:
            return True
        left = self.places[label][1]
        return left <= column <= left + label.last_column - label.first_column + self._inserted(label)

    def _inserted(self, label: Label) -> int:
        """Return how many columns were inserted between the first and the last column under a label."""
        first, last = self.columns.get(label.first_column), self.columns.get(label.last_column)
        if first is None or last is None:
            return 0
        return max(0, last - first - (label.last_column - label.first_column))

    def _item_row(self, item: Item, label: Label) -> int | None:
        place = self.places.get(label)
        if label.first_row <= item.line <= label.last_row:
            return None if place is None else place[0] + item.line - label.first_row
        return self._named_row(item, self.rows.get(item.line))

    def _named_row(self, item: Item, row: int | None) -> int | None:
        """Return the row of a line that has no label of its own: below its heads, or where its defined names say.

        The names are believed only when nothing stands between the heads and the row that they give.
        """
        if row is None:
            return None
        cells = {self._named_cell(each.code) for each in self.table.items if each.line == item.line}
        named = {cell[0] for cell in cells if cell is not None}
        if len(named) == 1 and None not in cells:
            wanted = named.pop()
            if row < wanted <= row + 3 and not any(
                self.sheet.cell(between, column).value is not None
                for between in range(row, wanted)
                for column in self.columns.values()
            ):
                self.rows[item.line] = wanted
                return wanted
        return row

    def _named_cell(self, code: str) -> Cell | None:
        from_name = self.book.names.get("NB_" + code.replace(".", "_"), "")
        return _cell_of(from_name, self.sheet.name)

    def _contradiction(self, item: Item, row: Label) -> Label | None:
        """Return the group label that says that the item's row is not where its label says."""
        for group in self.table.labels:
            if group.role != "group" or not group.first_row <= item.line <= group.last_row:
                continue
            if self.lost.get(group) == "displaced":
                return group
            top, place = self.places.get(group), self.places.get(row)
            if top is not None and place is not None and place[0] < top[0] and row not in self.exchanged:
                return group
        return None

    def _row_label(self, item: Item) -> Label:
        """Return the label of an item's row: beside it, or (review and suits in one line) above it."""
        return next(
            label
            for label in self.table.labels
            if label.role in ("stub", "head")
            and label.text == item.row
            and (
                label.first_row <= item.line <= label.last_row
                or (label.last_row < item.line and label.first_column <= item.position <= label.last_column)
            )
        )

    def _column_label(self, item: Item) -> Label:
        above = [
            label
            for label in self.table.labels
            if label.role == "head"
            and label.text == item.column
            and label.last_row < item.line
            and label.first_column <= item.position <= label.last_column
        ]
        return max(above, key=lambda label: label.first_row)

    def _at(self, cell: Cell | None) -> dict[str, Any]:
        return {"file": self.file, "sheet": self.sheet.name, "cell": None if cell is None else a1(*cell)}

    def _tell_changed(self, label: Label, place: Cell) -> None:
        code = "FORM_027" if label.role in ("note", "caption") else "FORM_020"
        now = quoted(text_of(self.sheet.cell(*place)))
        items = [item.code for item in self.table.items if label in (self._row_label(item), self._column_label(item))]
        self.findings.append(
            finding(code, **self._at(place), items=items, wanted=label.text, name=now, expected=label.text, found=now)
        )

    def _tell_lost(self) -> None:
        for label in self.lost:
            place = self._expected(label)
            if label.role == "stub":
                items = [item.code for item in self.table.items if self._row_label(item) == label]
                self.findings.append(finding("FORM_021", **self._at(place), items=items, wanted=label.text))
            elif label.role == "head":
                items = [
                    item.code for item in self.table.items if label in (self._column_label(item), self._row_label(item))
                ]
                self.findings.append(finding("FORM_022", **self._at(place), items=items, wanted=label.text))
            else:
                now = "空" if place is None else quoted(text_of(self.sheet.cell(*place)))
                code = "FORM_020" if label.role == "group" else "FORM_027"
                self.findings.append(
                    finding(code, **self._at(place), wanted=label.text, name=now, expected=label.text, found=now)
                )

    def _tell_moved(self) -> None:
        named = [label for label in self.exchanged if label not in self.lost]
        if named:
            self.findings.append(
                finding(
                    "FORM_024", **self._at(self.places[named[0]]), names=_listed([label.text for label in named], "、")
                )
            )
        for label in sorted(self.places, key=lambda each: (each.first_row, each.first_column)):
            now = self.places[label]
            if label not in named and now != (self.layout.top + label.first_row, self.layout.left + label.first_column):
                self.findings.append(finding("FORM_023", **self._at(now), first=label.text, cell_now=a1(*now)))
                return

    def _switch(self, box: tuple[int, int, int, int]) -> Cell:
        """Return the cell of the switch: as far from the table's corner as it was, or right of its own words."""
        usual = (box[0] - 1, max(box[3], 0))
        if self.sheet.cell(*usual).value is not None:
            return usual
        words = [
            cell
            for cell, each in self.sheet.cells.items()
            if isinstance(each.value, str) and plain(each.value[:200]).startswith(plain(SWITCH_TEXT))
        ]
        if len(words) == 1:
            right = [
                cell
                for cell, each in self.sheet.cells.items()
                if cell[0] == words[0][0] and cell[1] > words[0][1] and each.value is not None
            ]
            if right:
                return min(right)
        return (max(usual[0], 0), usual[1])


def _cell_of(reference: str, sheet: str) -> Cell | None:
    """Return the single cell that a reference to the sheet names, or None."""
    name, _, cell = reference.rpartition("!")
    if name.strip("'").replace("''", "'") != sheet:
        return None
    try:
        return parse_a1(cell.split(":")[0])
    except ValueError:
        return None


def _listed(texts: list[str], joint: str = "；", most: int = 6) -> str:
    shown = joint.join(texts[:most])
    return (shown + (f" 等 {len(texts)} 处" if len(texts) > most else "")) or "无"
