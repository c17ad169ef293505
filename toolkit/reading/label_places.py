"""Where every label of a table stands on a stranger's sheet, which were changed or exchanged, which are gone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from toolkit.excel_in import Sheet
from toolkit.forms import Item, Table
from toolkit.forms.definition import Label
from toolkit.reading.grid_lines import GridLines
from toolkit.reading.own_words import is_hollow, is_note
from toolkit.reading.positions import Cell
from toolkit.reading.wording import plain


class LabelPlaces(Struct):
    """Places of labels; ``lost`` says of the others "missing" or "displaced".

    ``exchanged`` lists labels that stand elsewhere in their row or column, ``changed`` those whose words were changed.
    """

    places: dict[Label, Cell] = field(default_factory=dict)
    lost: dict[Label, str] = field(default_factory=dict)
    exchanged: list[Label] = field(default_factory=list)
    changed: list[Label] = field(default_factory=list)


def place_labels(table: Table, sheet: Sheet, words: Mapping[Cell, str], lines: GridLines) -> LabelPlaces:
    """Find every label: where the lines say, else its text left over elsewhere, else changed in place, else lost."""
    result = LabelPlaces()
    for label in table.labels:
        place = lines.expected(label)
        if place is not None and words.get(place) == plain(label.text):
            result.places[label] = place
    matched = frozenset(result.places)
    taken = set(result.places.values())
    free = {cell: text for cell, text in words.items() if cell not in taken}
    for label in sorted(table.labels, key=lambda label: label.role == "group"):
        if label in result.places:
            continue
        left = [
            cell for cell, text in free.items() if text == plain(label.text) and _on_axis(table, label, cell, lines)
        ]
        place = lines.expected(label)
        if len(left) == 1 and label.role in ("head", "stub"):
            result.places[label] = left[0]
            result.exchanged.append(label)
            del free[left[0]]
        elif len(left) == 1 and label.role == "group" and _leads(label, left[0], result.places, lines):
            result.places[label] = left[0]
        elif left:
            result.lost[label] = "displaced"
        elif place is None or place in words or place in result.places.values():
            result.lost[label] = "missing"
        elif lines.between(label) or (_may_be_label(sheet, place) and _accompanied(table, label, matched, lines)):
            result.places[label] = place
            result.changed.append(label)
        else:
            result.lost[label] = "missing"
    return result


def _may_be_label(sheet: Sheet, place: Cell) -> bool:
    """Tell whether a cell holds a text that may be a label with other words, not our signatures or the 0 left of them."""
    cell = sheet.cell(*place)
    return not is_hollow(cell) and not is_note(cell)


def _accompanied(table: Table, label: Label, matched: frozenset[Label], lines: GridLines) -> bool:
    """Tell whether the other labels of a label's row and column are not all gone, so that a text there may be its own.

    Between rows and columns that are labelled a place is certain; beyond them only so, and if something stands there.
    """
    if not lines.labelled_rows or not lines.labelled_columns:
        return False
    beside = [other for other in table.labels if other.first_row == label.first_row and other != label]
    above = [other for other in table.labels if other.first_column == label.first_column and other != label]
    return all(not others or any(other in matched for other in others) for others in (beside, above))


def _leads(group: Label, cell: Cell, places: Mapping[Label, Cell], lines: GridLines) -> bool:
    """Tell whether a group label whose own first row is gone now stands beside the first row left of its group."""
    rows = [
        place[0]
        for label, place in places.items()
        if label.role == "stub" and group.first_row <= label.first_row <= group.last_row
    ]
    return group.first_row not in lines.rows and bool(rows) and cell[0] == min(rows)


def _on_axis(table: Table, label: Label, cell: Cell, lines: GridLines) -> bool:
    """Tell whether a head stands in its row, or a stub in its column: elsewhere a text is not this label."""
    if label.role == "head":
        return lines.rows.get(label.first_row) == cell[0]
    if label.role == "stub" and table.stub_columns > 0:
        return lines.columns.get(label.first_column) == cell[1]
    return True


def row_label(table: Table, item: Item) -> Label:
    """Return the label of an item's row: beside it, or (review and suits in one line) above it."""
    return next(
        label
        for label in table.labels
        if label.role in ("stub", "head")
        and label.text == item.row
        and (
            label.first_row <= item.line <= label.last_row
            or (label.last_row < item.line and label.first_column <= item.position <= label.last_column)
        )
    )


def column_label(table: Table, item: Item) -> Label:
    """Return the label of an item's column: the nearest head above it."""
    above = [
        label
        for label in table.labels
        if label.role == "head"
        and label.text == item.column
        and label.last_row < item.line
        and label.first_column <= item.position <= label.last_column
    ]
    return max(above, key=lambda label: label.first_row)
