"""Figures that are there and that nobody sees: hidden rows and columns, formats and fonts that show nothing."""

from __future__ import annotations

from toolkit.cells import a1
from toolkit.findings import Finding
from toolkit.reading.positions import Positions
from toolkit.reading.wording import note, some_of


def unseen_figures(table: Positions, file: str) -> tuple[Finding, ...]:
    """Return a finding (FORM_044) that lists the figures of a table that are read and not seen."""
    sheet = table.sheet
    unseen = []
    for place in table.items.values():
        cell = sheet.cells.get(place)
        if cell is None or cell.value is None:
            continue
        if (
            place[0] in sheet.hidden_rows
            or place[1] in sheet.hidden_columns
            or (cell.look is not None and cell.look.hidden)
        ):
            unseen.append(place)
    if not unseen:
        return ()
    cells = some_of([a1(*place) for place in sorted(unseen)], "、", unit="格")
    return (note("FORM_044", sheet, file, count=len(unseen), cells=cells),)
