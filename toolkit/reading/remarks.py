"""What was written where nothing is asked: quoted in findings and kept as remarks, never counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.cells import a1
from toolkit.excel_in import Cell, Sheet
from toolkit.findings import Finding, Wording, finding
from toolkit.forms.sheets import BODY_LINE, FOOT_ROWS, FOOT_WORDS, SWITCH_TEXT
from toolkit.reading.own_words import begins, is_hollow, is_own
from toolkit.reading.positions import Positions
from toolkit.reading.summands import summands
from toolkit.reading.wording import note, plain, quoted, text_of, written
from toolkit.returns import CoverField

Address = tuple[int, int]

_BEGINNING = 200
"""Characters of a text that tell whether it begins with a figure."""
_MOST_REMARKS = 200
_SUMMED = 4
"""So many cells every total adds up."""


def strays(table: Positions, file: str) -> tuple[tuple[CoverField, ...], tuple[Finding, ...]]:
    """Return what stands on a table's sheet outside its cells, and the findings that quote it; nothing is counted.

    Figures in a row inside the table that the form does not have are an error: somebody meant them to count.
    """
    top, left, bottom, right = table.box
    taken = set(table.items.values()) | table.labels | {table.switch}
    known_rows = set(table.rows.values())
    gaps, widest = len(table.items) < len(table.layout.cells), left + table.layout.right
    inserted: dict[int, list[Address]] = {}
    outside: list[Address] = []
    for place, cell in table.sheet.cells.items():
        if place in taken or (cell.value is None and cell.formula is None) or not text_of(cell).strip():
            continue
        row, column = place
        if gaps and top <= row <= bottom + 1 and column <= max(right + 1, widest) and _is_total(cell, table.sheet.name):
            continue
        if top < row <= bottom and left <= column <= right and row not in known_rows:
            inserted.setdefault(row, []).append(place)
        elif (top <= row <= bottom and left <= column <= right) or not _is_ours(table, place, cell):
            outside.append(place)
    remarks = sorted({*outside, *(place for places in inserted.values() for place in places)})
    findings: list[Finding] = []
    for row, places in sorted(inserted.items()):
        if _numeric(table.sheet, places):
            findings.append(_inserted_row(table.sheet, row, sorted(places), file))
        else:
            outside += places
    if outside:
        findings.append(_outside(table.sheet, sorted(outside), file))
    return tuple(written(table.sheet, place) for place in remarks[:_MOST_REMARKS]), tuple(findings)


def _is_total(cell: Cell, sheet: str) -> bool:
    """Tell whether a cell of a row or column that has lost its label holds a total, as far as the format tells."""
    if cell.locked is None:
        return cell.value == 0
    return cell.formula is not None and (cell.locked or len(summands(cell.formula, sheet) or ()) >= _SUMMED)


def _inserted_row(sheet: Sheet, row: int, places: Sequence[Address], file: str) -> Finding:
    figures = [place for place in places if not isinstance(sheet.cell(*place).value, str)]
    figures = figures or [place for place in places if _numeric(sheet, [place])]
    names = [text_of(sheet.cell(*place)) for place in places if place not in figures]
    name = quoted(names[0] if names else "")
    return note("FORM_025", sheet, file, figures[0], row=row + 1, name=name, quoted=_quoted(sheet, figures))


def _outside(sheet: Sheet, places: Sequence[Address], file: str) -> Finding:
    code = "FORM_045" if _numeric(sheet, places) else "FORM_046"
    return note(code, sheet, file, places[0], name=sheet.name, count=len(places), quoted=_quoted(sheet, places))


def _numeric(sheet: Sheet, places: Iterable[Address]) -> bool:
    """Tell whether any of the cells holds a figure, or a text that begins with a digit."""
    values = [sheet.cell(*place).value for place in places]
    return any(not isinstance(value, str) or plain(value[:_BEGINNING])[:1].isdigit() for value in values)


def _is_ours(table: Positions, place: Address, cell: Cell) -> bool:
    """Tell whether a cell outside the grid holds what we wrote there: title lines above, note and signatures below."""
    top, left, bottom, right = table.box
    row, column = place
    right = max(right, left + table.layout.right)
    if is_own(cell):
        return True
    words = plain(text_of(cell)[:_BEGINNING])
    if row < top:
        unit = plain(table.layout.table.unit)
        lines = words == plain(table.layout.table.title) or begins(words, (BODY_LINE, SWITCH_TEXT))
        return lines or ("年度" in words and unit in words) or (column <= right and is_hollow(cell))
    if not bottom < row <= bottom + FOOT_ROWS or column > right:
        return False
    # Programs show the texts that our formulas give there as 0: LibreOffice in an .xls, others everywhere.
    return is_hollow(cell) or begins(words, FOOT_WORDS)


def _quoted(sheet: Sheet, places: Sequence[Address]) -> str:
    return Wording.some([f"{a1(*place)}“{quoted(text_of(sheet.cell(*place)), 30)}”" for place in places])


def quoted_remarks(remarks: Sequence[CoverField], file: str) -> tuple[Finding, ...]:
    """Return the finding that quotes text which stands where nothing was asked, e.g. an explanation of no rule."""
    if not remarks:
        return ()
    sheet, cell = remarks[0].place.sheet, remarks[0].place.cell
    texts = Wording.some([f"{remark.place.cell}“{quoted(remark.value, 30)}”" for remark in remarks])
    return (finding("FORM_046", file=file, sheet=sheet, cell=cell, name=sheet, count=len(remarks), quoted=texts),)
