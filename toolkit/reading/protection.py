"""What was done to a workbook's make-up: lifted locks, names that point elsewhere, additional sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from toolkit.cells import a1, parse_a1
from toolkit.excel_in import Book
from toolkit.findings import Finding, Wording, finding
from toolkit.forms import form_ids, load_form
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import GUIDE, OUR_SHEETS, REVIEW, TALLY
from toolkit.reading.positions import Positions
from toolkit.reading.sheet_search import list_places
from toolkit.reading.wording import note, text_of


def locks(table: Positions, file: str) -> tuple[Finding, ...]:
    """Return what was done to the protection of a table's sheet; silent where the format cannot tell."""
    sheet = table.sheet
    findings: list[Finding] = []
    if sheet.protected is False:
        findings.append(note("FORM_013", sheet, file, name=sheet.name))
    items = {item.code: item for item in table.layout.table.items}
    computed = [at for code, at in table.items.items() if items[code].computed]
    totals = [at for at in computed if sheet.cell(*at).locked is False]
    # All of them are unlocked by ourselves, so that a whole table can be pasted.
    if totals and len(totals) < len(computed):
        cells = Wording.some([a1(*at) for at in totals], "、", unit="格")
        findings.append(note("FORM_042", sheet, file, totals[0], name=sheet.name, cells=cells))
    inputs = [at for code, at in table.items.items() if not items[code].computed and sheet.cell(*at).locked is True]
    if inputs and sheet.protected:
        cells = Wording.some([a1(*at) for at in inputs], "、", unit="")
        findings.append(note("FORM_043", sheet, file, inputs[0], name=sheet.name, count=len(inputs), cells=cells))
    return tuple(findings)


@cache
def _references(form_id: str) -> dict[str, str]:
    """Return where the names of a form in use point as our writer puts them: most files hold just these."""
    layout = lay_out(load_form(form_id))
    return {code: layout.reference(code) for code in layout.names}


def redirected(layout: Layout, tables: Sequence[Positions], book: Book, file: str) -> tuple[Finding, ...]:
    """Return a finding for each sheet whose items' names point at the cells of other items.

    A name that is gone or points nowhere is no finding: programs drop names, and deleted rows are told by their labels.
    """
    at_home = {code for table in tables if not table.moved for code in table.items}
    usual = _references(layout.form.id) if layout.form.id in form_ids() else {}
    unlike = [
        (code, name)
        for code, name in layout.names.items()
        if code not in at_home or book.names.get(name) != usual.get(code)
    ]
    if not unlike:
        return ()
    owners = {(table.sheet.name, place): code for table in tables for code, place in table.items.items()}
    codes = set(owners.values())
    elsewhere: dict[str, list[tuple[tuple[int, int], str]]] = {}
    for code, name in unlike:
        sheet, _, reference = book.names.get(name, "").rpartition("!")
        sheet = sheet.removeprefix("$").strip("'").replace("''", "'")
        try:
            place = parse_a1(reference)
        except ValueError:
            continue
        if owners.get((sheet, place), code) != code and code in codes:
            elsewhere.setdefault(sheet, []).append((place, f"{name} → {a1(*place)}"))
    return tuple(
        finding(
            "FORM_048", file=file, sheet=sheet, cell=a1(*min(names)[0]), name=sheet, count=len(names),
            quoted=Wording.some([words for _, words in sorted(names)], unit="个"),
        )
        for sheet, names in elsewhere.items()
    )  # fmt: skip


def form_sheets(layout: Layout, taken: Iterable[str]) -> set[str]:
    """Return the names of the sheets that are read or ours; one with a name of ours that is neither is additional."""
    taken = set(taken)
    read = {*layout.sheets, REVIEW.name} - {TALLY.name, GUIDE.name}
    return {*taken, *OUR_SHEETS} - (read - taken)


def additional(layout: Layout, book: Book, taken: Iterable[str], file: str) -> tuple[Finding, ...]:
    """Return a finding for each sheet with content that is none of the form's."""
    ours = {*form_sheets(layout, taken), *(place.sheet.name for place in list_places(GUIDE, book))}
    findings: list[Finding] = []
    for sheet in book.sheets:
        filled = [] if sheet.name in ours else [place for place, cell in sheet.cells.items() if text_of(cell).strip()]
        if filled:
            findings.append(note("FORM_012", sheet, file, min(filled), name=sheet.name))
    return tuple(findings)
