"""Figures that are there and that nobody sees: hidden rows and columns, formats and fonts that show nothing."""

from __future__ import annotations

from toolkit.cells import a1
from toolkit.findings import Finding, Wording
from toolkit.reading.positions import Positions
from toolkit.reading.wording import note


def unseen_figures(table: Positions, file: str) -> tuple[Finding, ...]:
    """Return a finding (FORM_044) that lists the figures of a table that are read and not seen."""
    sheet = table.sheet
    get, rows, columns = sheet.cells.get, sheet.hidden_rows, sheet.hidden_columns
    filled = [(place, cell) for place in table.items.values() if (cell := get(place)) is not None]
    unseen = [place for place, cell in filled if cell.look is not None and cell.look.hidden]
    if rows or columns:
        hidden = (place for place, cell in filled if place[0] in rows or place[1] in columns)
        unseen = sorted({*unseen, *hidden})
    unseen = [place for place in unseen if sheet.cells[place].value is not None]
    if not unseen:
        return ()
    cells = Wording.some([a1(*place) for place in sorted(unseen)], "、", unit="格")
    return (note("FORM_044", sheet, file, count=len(unseen), cells=cells),)
