"""The parts of a workbook put together into one return."""

from __future__ import annotations

from decimal import Decimal

from toolkit.answers import Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, finding, sorted_findings
from toolkit.forms import Form
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import CHECKS, COVER, DETAIL_SHEET
from toolkit.reading import remarks as around
from toolkit.reading.carriers import Carriers
from toolkit.reading.contributions import compared, contributions
from toolkit.reading.entries import Entries, read_inputs, read_totals
from toolkit.reading.explanations import read_explanations
from toolkit.reading.paragraphs import chapter_sheet, read_chapter
from toolkit.reading.positions import Located, locate
from toolkit.reading.recognition import table_sheet
from toolkit.reading.respondent import read_cover
from toolkit.reading.wording import plain
from toolkit.returns import CoverField, Paragraph, Place, Return


def read_return(form: Form, book: Book, said: Carriers, file: str, told_before: tuple[Finding, ...]) -> Return:
    """Read a workbook of a known form into a return; every finding of reading is in it, the gravest first."""
    layout = lay_out(form)
    cover = read_cover(_sheet(book, COVER.name), said, form.id, file)
    rollup = cover.identity.kind == "rollup"
    located, findings = _tables(layout, book, file)
    figures = Entries()
    remarks: list[CoverField] = []
    if rollup:
        findings += _details(form, located, figures, book, file)
    else:
        for found in located:
            read_inputs(found, figures, file)
            outside, told = around.strays(found, file)
            remarks += outside
            findings += [*told, *around.locks(found, file)]
    completed = form.complete(_values(form, figures))
    read_totals(form, located, figures, completed, full=book.full, file=file)
    taken = {COVER.name, *(found.sheet.name for found in located)}
    text, beside, about_text = _chapters(layout, book, taken, file, quiet=rollup)
    remarks += beside
    findings += about_text
    if not rollup:
        findings += around.redirected(layout, located, book, file)
        findings += around.additional(layout, book, taken, file)
        if book.sheet(CHECKS.name) is None:
            findings.append(finding("FORM_014", file=file, wanted=CHECKS.name))
    explanations, unclear = read_explanations(layout.checks, book, said.explanations, completed)
    remarks += unclear
    findings += around.quoted_remarks(unclear, file)
    return Return(
        form,
        cover.identity,
        figures.answers,
        figures.stated,
        figures.shown,
        frozenset(figures.declared),
        text,
        cover.fields,
        figures.places,
        explanations,
        tuple(remarks),
        sorted_findings([*told_before, *cover.findings, *findings, *figures.findings]),
        file,
        book.sha256,
    )


def _sheet(book: Book, name: str) -> Sheet | None:
    return book.sheet(name) or next((sheet for sheet in book.sheets if plain(sheet.name) == plain(name)), None)


def _values(form: Form, figures: Entries) -> dict[str, Number | None]:
    values: dict[str, Number | None] = {}
    for code in form.inputs:
        answer = figures.answers.get(code)
        values[code] = answer.value if isinstance(answer, Filled) else None if isinstance(answer, Unreadable) else 0
    return values


def _tables(layout: Layout, book: Book, file: str) -> tuple[list[Located], list[Finding]]:
    """Find every table and its cells; a table without a sheet is an error."""
    located: list[Located] = []
    findings: list[Finding] = []
    for table in layout.tables:
        sheet = table_sheet(table, book, [found.sheet.name for found in located])
        if sheet is None:
            findings.append(
                finding(
                    "FORM_010",
                    file=file,
                    sheet=table.sheet,
                    items=table.cells,
                    wanted=table.sheet,
                    part=table.table.title,
                )
            )
            continue
        if plain(sheet.name) != plain(table.sheet):
            findings.append(finding("FORM_011", file=file, sheet=sheet.name, wanted=table.sheet, name=sheet.name))
        found = locate(table, sheet, book, file)
        findings += found.findings
        located.append(found)
    return located, findings


def _details(form: Form, located: list[Located], figures: Entries, book: Book, file: str) -> list[Finding]:
    """Take a roll-up's figures from its details and compare them with what its tables show."""
    inside = contributions(book, form, file)
    shown: dict[str, tuple[str, str, Number]] = {}
    for found in located:
        for code, place in found.items.items():
            address = a1(*place)
            figures.places[code] = Place(found.sheet.name, address)
            value = found.sheet.cell(*place).value
            if isinstance(value, int | Decimal) and not isinstance(value, bool) and not form.items[code].computed:
                shown[code] = (found.sheet.name, address, value)
    if inside is None:
        return [finding("FORM_050", file=file, wanted=DETAIL_SHEET)]
    figures.answers.update(inside.totals)
    return [*inside.findings, *compared(form, inside, shown, file)]


def _chapters(
    layout: Layout, book: Book, taken: set[str], file: str, *, quiet: bool
) -> tuple[dict[str, tuple[Paragraph, ...]], list[CoverField], list[Finding]]:
    """Read the chapters; of a roll-up an empty chapter is no finding, its text is written later. Adds to ``taken``."""
    text: dict[str, tuple[Paragraph, ...]] = {}
    beside: list[CoverField] = []
    findings: list[Finding] = []
    for chapter in layout.chapters:
        sheet = chapter_sheet(chapter, book, taken)
        if sheet is None:
            findings.append(
                finding("FORM_010", file=file, sheet=chapter.sheet, wanted=chapter.sheet, part=chapter.part.title)
            )
            continue
        taken.add(sheet.name)
        paragraphs, strays, told = read_chapter(chapter, sheet, file)
        text[chapter.part.number] = paragraphs
        beside += strays
        findings += around.quoted_remarks(strays, file)
        findings += [each for each in told if not (quiet and each.code == "TEXT_001")]
    return text, beside, findings
