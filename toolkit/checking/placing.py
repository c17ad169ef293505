"""Where an item stands: the cell that reading found, else that of the form's own layout."""

from __future__ import annotations

from toolkit.forms.layout import lay_out
from toolkit.returns import Place, Return


def place_of(ret: Return, code: str) -> Place:
    """Return the sheet and the cell of an item."""
    place = ret.place(code)
    if place is not None:
        return place
    layout = lay_out(ret.form)
    return Place(layout.cell(code)[0], layout.address(code))
