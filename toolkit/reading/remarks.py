"""What stands around and between the cells of the form: strays, lifted locks, hidden rows, additional sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from toolkit.cells import a1, column_letters, parse_a1
from toolkit.excel_in import Book, Cell, Sheet
from toolkit.findings import Finding, finding
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import (
    ADJUSTMENTS,
    CHECKS,
    COVER,
    DETAIL_SHEET,
    FOOT_WORDS,
    IMPORT_SHEET,
    LEDGER_SHEET,
    META,
    PROBLEM_SHEET,
    REVIEW,
    TABLE_NOTES,
)
from toolkit.reading.positions import Located
from toolkit.reading.wording import plain, quoted, text_of
from toolkit.returns import CoverField, Place

OURS = (
    COVER.name, CHECKS.name, REVIEW.name, META.name, DETAIL_SHEET, ADJUSTMENTS.name, LEDGER_SHEET, PROBLEM_SHEET,
    IMPORT_SHEET,
)  # fmt: skip
_BEGINNING = 200
"""Characters of a text that tell whether it begins with a figure."""
_SHOWN = 6
_MOST_REMARKS = 200
_FOOT = 6
"""Our own notes and signature line stand within so many rows below a table."""


def strays(found: Located, file: str) -> tuple[tuple[CoverField, ...], tuple[Finding, ...]]:
    """Return what stands on a table's sheet outside its cells, and the findings that quote it; nothing is counted.

    Figures in a row inside the table that the form does not have are an error: somebody meant them to count.
    """
    top, left, bottom, right = found.box
    taken = set(found.items.values()) | found.labels | {found.switch}
    known_rows = set(found.rows.values())
    inside: dict[int, list[tuple[int, int]]] = {}
    outside: list[tuple[int, int]] = []
    for place, cell in found.sheet.cells.items():
        if place in taken or (cell.value is None and cell.formula is None) or not text_of(cell).strip():
            continue
        row, column = place
        if top <= row <= bottom and left <= column <= right:
            between = row not in known_rows and row > top
            if between:
                inside.setdefault(row, []).append(place)
            else:
                outside.append(place)
        elif not _ours(found, place, cell):
            outside.append(place)
    findings = [each for row in sorted(inside) for each in _inserted(found, row, sorted(inside[row]), file)]
    outside += [place for row, places in inside.items() if not _numeric(found.sheet, places) for place in places]
    outside.sort()
    if outside:
        code = "FORM_045" if _numeric(found.sheet, outside) else "FORM_046"
        findings.append(
            finding(
                code, file=file, sheet=found.sheet.name, cell=a1(*outside[0]), name=found.sheet.name,
                count=len(outside), quoted=_quoted(found.sheet, outside),
            )
        )  # fmt: skip
    remarks = sorted({*outside, *(place for places in inside.values() for place in places)})
    return tuple(_remark(found.sheet, place) for place in remarks[:_MOST_REMARKS]), tuple(findings)


def _inserted(found: Located, row: int, places: Sequence[tuple[int, int]], file: str) -> list[Finding]:
    if not _numeric(found.sheet, places):
        return []
    figures = [place for place in places if not isinstance(found.sheet.cell(*place).value, str)]
    figures = figures or [place for place in places if _numeric(found.sheet, [place])]
    names = [text_of(found.sheet.cell(*place)) for place in places if place not in figures]
    return [
        finding(
            "FORM_025", file=file, sheet=found.sheet.name, cell=a1(*figures[0]), row=row + 1,
            name=quoted(names[0] if names else ""), quoted=_quoted(found.sheet, figures),
        )
    ]  # fmt: skip


def _numeric(sheet: Sheet, places: Iterable[tuple[int, int]]) -> bool:
    """Tell whether any of the cells holds a figure, or a text that begins with a digit."""
    values = [sheet.cell(*place).value for place in places]
    return any(not isinstance(value, str) or plain(value[:_BEGINNING])[:1].isdigit() for value in values)


def _ours(found: Located, place: tuple[int, int], cell: Cell) -> bool:
    """Tell whether a cell outside the grid holds what we wrote there: title lines above, note and signatures below."""
    top, _, bottom, right = found.box
    row, column = place
    if row < top:
        return column <= right and row >= top - found.layout.top
    if not bottom < row <= bottom + _FOOT or column > right:
        return False
    if cell.formula is None and cell.locked is None and cell.value == 0 and row <= bottom + 2:
        # An .xls shows the texts that our formulas give there as 0.
        return True
    words = plain(text_of(cell))
    return any(words.startswith(plain(each)) for each in (*TABLE_NOTES, *FOOT_WORDS))


def _remark(sheet: Sheet, place: tuple[int, int]) -> CoverField:
    return CoverField(text_of(sheet.cell(*place)).strip(), Place(sheet.name, a1(*place)))


def _quoted(sheet: Sheet, places: Sequence[tuple[int, int]]) -> str:
    shown = "；".join(f"{a1(*place)} {quoted(text_of(sheet.cell(*place)), 30)}" for place in places[:_SHOWN])
    return shown + (f" 等 {len(places)} 处" if len(places) > _SHOWN else "")


def locks(found: Located, file: str) -> tuple[Finding, ...]:
    """Return what was done to the protection of a table's sheet; silent where the format cannot tell."""
    sheet = found.sheet
    findings: list[Finding] = []
    if sheet.protected is False:
        findings.append(finding("FORM_013", file=file, sheet=sheet.name, name=sheet.name))
    items = {item.code: item for item in found.layout.table.items}
    totals = [at for code, at in found.items.items() if items[code].computed and sheet.cell(*at).locked is False]
    if totals:
        cells = "、".join(a1(*at) for at in totals[:_SHOWN]) + (f" 等 {len(totals)} 格" if len(totals) > _SHOWN else "")
        findings.append(
            finding("FORM_042", file=file, sheet=sheet.name, cell=a1(*totals[0]), name=sheet.name, cells=cells)
        )
    inputs = [at for code, at in found.items.items() if not items[code].computed and sheet.cell(*at).locked is True]
    if inputs and sheet.protected:
        cells = "、".join(a1(*at) for at in inputs[:_SHOWN])
        place = a1(*inputs[0])
        findings.append(
            finding(
                "FORM_043", file=file, sheet=sheet.name, cell=place, name=sheet.name, count=len(inputs), cells=cells
            )
        )
    hidden = [str(row + 1) for row in sorted({at[0] for at in found.items.values()} & sheet.hidden_rows)]
    hidden += [
        column_letters(column) for column in sorted({at[1] for at in found.items.values()} & sheet.hidden_columns)
    ]
    if hidden:
        findings.append(finding("FORM_044", file=file, sheet=sheet.name, rows="、".join(hidden[:20])))
    return tuple(findings)


@cache
def _references(form_id: str) -> dict[str, str]:
    """Return where the names of a shipped form point as our writer puts them: most files hold just these."""
    layout = lay_out(load_form(form_id))
    return {code: layout.reference(code) for code in layout.names}


def redirected(layout: Layout, located: Sequence[Located], book: Book, file: str) -> tuple[Finding, ...]:
    """Return a finding for each sheet whose items' names point at the cells of other items.

    A name that is gone or points nowhere is no finding: programs drop names, and deleted rows are told by their labels.
    """
    elsewhere: dict[str, list[tuple[tuple[int, int], str]]] = {}
    at_home = {code for found in located if not found.moved for code in found.items}
    usual = _references(layout.form.id) if layout.form.id in FORM_IDS else {}
    names = book.names
    unlike = [
        (code, name) for code, name in layout.names.items() if code not in at_home or names.get(name) != usual.get(code)
    ]
    if not unlike:
        return ()
    owners = {(found.sheet.name, place): code for found in located for code, place in found.items.items()}
    for code, name in unlike:
        sheet, _, reference = book.names.get(name, "").rpartition("!")
        sheet = sheet.removeprefix("$").strip("'").replace("''", "'")
        try:
            place = parse_a1(reference)
        except ValueError:
            continue
        if owners.get((sheet, place), code) != code and code in owners.values():
            elsewhere.setdefault(sheet, []).append((place, f"{name} → {a1(*place)}"))
    return tuple(
        finding(
            "FORM_048", file=file, sheet=sheet, cell=a1(*min(found)[0]), name=sheet, count=len(found),
            quoted="；".join(words for _, words in sorted(found)[:_SHOWN])
            + (f" 等 {len(found)} 个" if len(found) > _SHOWN else ""),
        )
        for sheet, found in elsewhere.items()
    )  # fmt: skip


def additional(layout: Layout, book: Book, taken: Iterable[str], file: str) -> tuple[Finding, ...]:
    """Return a finding for each sheet with content that is none of the form's."""
    ours = {*taken, *OURS, *layout.sheets}
    findings: list[Finding] = []
    for sheet in book.sheets:
        filled = [] if sheet.name in ours else [place for place, cell in sheet.cells.items() if text_of(cell).strip()]
        if filled:
            cell = a1(*min(filled))
            findings.append(finding("FORM_012", file=file, sheet=sheet.name, cell=cell, name=sheet.name))
    return tuple(findings)


def quoted_remarks(remarks: Sequence[CoverField], file: str) -> tuple[Finding, ...]:
    """Return the finding that quotes text which stands where nothing was asked, e.g. an explanation of no rule."""
    if not remarks:
        return ()
    first = remarks[0].place
    shown = "；".join(f"{each.place.cell} {quoted(each.value, 30)}" for each in remarks[:_SHOWN])
    return (
        finding(
            "FORM_046", file=file, sheet=first.sheet, cell=first.cell, name=first.sheet, count=len(remarks),
            quoted=shown + (f" 等 {len(remarks)} 处" if len(remarks) > _SHOWN else ""),
        ),
    )  # fmt: skip
