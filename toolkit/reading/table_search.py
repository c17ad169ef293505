"""The items of a table on a stranger's sheet: by position when the labels agree, else by the labels.

A figure is taken only where its own row label and its own column label stand. Rows and columns may have been inserted,
deleted or exchanged; where a label is gone for good its items have no place, and a finding says so.
"""

from __future__ import annotations

from typing import Any

from toolkit.cells import a1, parse_a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, Wording
from toolkit.forms import Item
from toolkit.forms.definition import Label
from toolkit.forms.layout import TableLayout, defined_name
from toolkit.forms.sheets import SWITCH_TEXT
from toolkit.reading.grid_lines import grid_lines
from toolkit.reading.label_places import column_label, place_labels, row_label
from toolkit.reading.positions import Cell, Positions, as_laid_out, is_foot, undisturbed
from toolkit.reading.wording import note, plain, quoted, text_of, vocabulary_in


def locate(layout: TableLayout, sheet: Sheet, book: Book, file: str) -> Positions:
    """Find every item of a table on a sheet that holds it."""
    if undisturbed(layout, sheet):
        return as_laid_out(layout, sheet)
    return _Search(layout, sheet, book, file).run()


class _Search:
    """The search for one table on one sheet whose labels are not all in place."""

    def __init__(self, layout: TableLayout, sheet: Sheet, book: Book, file: str) -> None:
        self.layout, self.sheet, self.book, self.file = layout, sheet, book, file
        self.table = layout.table
        words = vocabulary_in(sheet, frozenset(plain(label.text) for label in self.table.labels))
        self.lines = grid_lines(layout, words)
        self.labels = place_labels(self.table, sheet, words, self.lines)
        self.places, self.lost = self.labels.places, self.labels.lost
        self.findings: list[Finding] = []

    def run(self) -> Positions:
        self._note_changed()
        items = self._items()
        taken = [*self.places.values(), *items.values()] or [(self.layout.top, self.layout.left)]
        box = (
            min(row for row, _ in taken),
            min(column for _, column in taken),
            max(row for row, _ in taken),
            max(column for _, column in taken),
        )
        self._note_lost()
        self._note_moved()
        labels = frozenset(self.places.values())
        switch = _switch(self.sheet, box)
        findings = tuple(self.findings)
        return Positions(self.layout, self.sheet, items, labels, self.lines.rows, box, switch, True, findings)

    def _items(self) -> dict[str, Cell]:
        items: dict[str, Cell] = {}
        contradicted: dict[Label, list[str]] = {}
        for item in self.table.items:
            row, column = row_label(self.table, item), self.places.get(column_label(self.table, item))
            line = self._item_row(item, row)
            if line is None or column is None or row in self.lost:
                continue
            place = (line, column[1])
            if not self._under(row, item, place[1]):
                self.lost[row] = "displaced"
                continue
            group = self._contradiction(item, row)
            if group is not None:
                text = text_of(self.sheet.cell(*place))
                contradicted.setdefault(group, []).extend([f"{a1(*place)} {quoted(text)}"] if text else [])
            elif place not in self.places.values() and place not in items.values():
                items[item.code] = place
        self._drop_notes(items)
        for group, texts in contradicted.items():
            self._note(
                "FORM_026",
                self.lines.expected(group),
                wanted=group.text,
                quoted=Wording.some(texts) or Wording("无", "nothing"),
            )
            self.lost.pop(group, None)
        return items

    def _drop_notes(self, items: dict[str, Cell]) -> None:
        """Take the rows out where our own note or signatures stand: the form's row above them is gone."""
        for row in sorted({place[0] for place in items.values()}):
            codes = [item for item in self.table.items if items.get(item.code, (-1, -1))[0] == row]
            label = self.places.get(row_label(self.table, codes[0]))
            labelled = label is not None and label[0] == row
            if labelled or not is_foot(self.sheet, {item: items[item.code] for item in codes}):
                continue
            places = [items.pop(item.code) for item in codes]
            self._note("FORM_021", min(places), items=[item.code for item in codes], wanted=codes[0].row)

    def _under(self, label: Label, item: Item, column: int) -> bool:
        """Tell whether a column lies under the label of its row where that stands above (table 四)."""
        if label.first_row <= item.line <= label.last_row:
            return True
        left = self.places[label][1]
        return left <= column <= left + label.last_column - label.first_column + self._inserted(label)

    def _inserted(self, label: Label) -> int:
        """Return how many columns were inserted between the first and the last column under a label."""
        first, last = self.lines.columns.get(label.first_column), self.lines.columns.get(label.last_column)
        if first is None or last is None:
            return 0
        return max(0, last - first - (label.last_column - label.first_column))

    def _item_row(self, item: Item, label: Label) -> int | None:
        place = self.places.get(label)
        if label.first_row <= item.line <= label.last_row:
            return None if place is None else place[0] + item.line - label.first_row
        return self._named_row(item, self.lines.rows.get(item.line))

    def _named_row(self, item: Item, row: int | None) -> int | None:
        """Return the row of a line that has no label of its own: below its heads, or where its defined names say.

        The names are believed only when nothing stands between the heads and the row that they give.
        """
        if row is None:
            return None
        cells = {self._named_cell(other.code) for other in self.table.items if other.line == item.line}
        named = {cell[0] for cell in cells if cell is not None}
        if len(named) == 1 and None not in cells:
            wanted = named.pop()
            if row < wanted <= row + 3 and not any(
                self.sheet.cell(between, column).value is not None
                for between in range(row, wanted)
                for column in self.lines.columns.values()
            ):
                self.lines.rows[item.line] = wanted
                return wanted
        return row

    def _named_cell(self, code: str) -> Cell | None:
        return _cell_of(self.book.names.get(defined_name(code), ""), self.sheet.name)

    def _contradiction(self, item: Item, row: Label) -> Label | None:
        """Return the group label that says that the item's row is not where its label says."""
        for group in self.table.labels:
            if group.role != "group" or not group.first_row <= item.line <= group.last_row:
                continue
            if self.lost.get(group) == "displaced":
                return group
            top, place = self.places.get(group), self.places.get(row)
            if top is not None and place is not None and place[0] < top[0] and row not in self.labels.exchanged:
                return group
        return None

    def _note(self, code: str, cell: Cell | None, **params: Any) -> None:
        self.findings.append(note(code, self.sheet, self.file, cell, **params))

    def _items_of(self, label: Label) -> list[str]:
        """Return the items in the row or column of a label."""
        return [
            item.code
            for item in self.table.items
            if label in (row_label(self.table, item), column_label(self.table, item))
        ]

    def _note_changed(self) -> None:
        for label in self.labels.changed:
            place = self.places[label]
            code = "FORM_027" if label.role in ("note", "caption") else "FORM_020"
            now = quoted(text_of(self.sheet.cell(*place)))
            items = self._items_of(label)
            self._note(code, place, items=items, wanted=label.text, name=now, expected=label.text, actual=now)

    def _note_lost(self) -> None:
        for label in self.lost:
            place = self.lines.expected(label)
            if label.role == "stub":
                items = [item.code for item in self.table.items if row_label(self.table, item) == label]
                self._note("FORM_021", place, items=items, wanted=label.text)
            elif label.role == "head":
                self._note("FORM_022", place, items=self._items_of(label), wanted=label.text)
            else:
                now = "空" if place is None else quoted(text_of(self.sheet.cell(*place)))
                code = "FORM_020" if label.role == "group" else "FORM_027"
                self._note(code, place, wanted=label.text, name=now, expected=label.text, actual=now)

    def _note_moved(self) -> None:
        exchanged = [label for label in self.labels.exchanged if label not in self.lost]
        if exchanged:
            names = Wording.some([label.text for label in exchanged], "、")
            self._note("FORM_024", self.places[exchanged[0]], names=names)
        for label in sorted(self.places, key=lambda label: (label.first_row, label.first_column)):
            now = self.places[label]
            usual = (self.layout.top + label.first_row, self.layout.left + label.first_column)
            if label not in exchanged and now != usual:
                self._note("FORM_023", now, first=label.text, cell_now=a1(*now))
                return


def _switch(sheet: Sheet, box: tuple[int, int, int, int]) -> Cell:
    """Return the cell of the switch: as far from the table's corner as it was, or right of its own words."""
    usual = (box[0] - 1, max(box[3], 0))
    if sheet.cell(*usual).value is not None:
        return usual
    words = [
        place
        for place, cell in sheet.cells.items()
        if isinstance(cell.value, str) and plain(cell.value[:200]).startswith(plain(SWITCH_TEXT))
    ]
    if len(words) == 1:
        right = [
            place
            for place, cell in sheet.cells.items()
            if place[0] == words[0][0] and place[1] > words[0][1] and cell.value is not None
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
