"""The parts of a workbook put together into one return."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from toolkit.answers import Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, finding, phrase, sorted_findings
from toolkit.forms import Form
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import CHECKS, COVER, DETAIL_SHEET, META, REVIEW
from toolkit.reading.carriers import Carriers
from toolkit.reading.contributions import differences, read_contributions, totals
from toolkit.reading.corrections import read_corrections
from toolkit.reading.entries import Entries, read_inputs, read_totals
from toolkit.reading.explanations import read_explanations
from toolkit.reading.our_notes import sentences_of
from toolkit.reading.package import about_package, account
from toolkit.reading.paragraphs import chapter_sheet, read_chapter
from toolkit.reading.positions import Positions, table_sheet
from toolkit.reading.protection import additional, form_sheets, locks, redirected
from toolkit.reading.remarks import quoted_remarks, strays
from toolkit.reading.respondent import read_cover
from toolkit.reading.sheet_search import ListPlace, cover_sheets, list_places, meta_sheets
from toolkit.reading.table_search import locate
from toolkit.reading.unseen_cells import unseen_figures
from toolkit.reading.wording import note, plain
from toolkit.returns import CoverField, Paragraph, Place, Return


def read_return(form: Form, book: Book, carriers: Carriers, file: str, earlier: Sequence[Finding]) -> Return:
    """Read a workbook of a known form into a return; every finding of reading is in it, the gravest first.

    ``earlier`` are the findings about the file as a whole.
    """
    layout = lay_out(form)
    covers, checks, reviews = cover_sheets(book), list_places(CHECKS, book), list_places(REVIEW, book)
    cover = read_cover(covers, carriers, form.id, file)
    rollup = cover.identity.kind == "rollup"
    tables, findings = _tables(layout, book, file)
    entries = Entries()
    remarks: list[CoverField] = []
    if rollup:
        findings += _rollup(form, tables, entries, book, file)
    else:
        for table in tables:
            read_inputs(table, entries, file)
            outside, about_outside = strays(table, file)
            remarks += outside
            findings += [*about_outside, *locks(table, file), *unseen_figures(table, file)]
    completed = form.complete(_values(form, entries))
    read_totals(form, tables, entries, completed, full=book.full, file=file)
    listed = [place.sheet for place in (*checks, *reviews)]
    taken = {sheet.name for sheet in (*covers, *listed, *(sheet for sheet, _ in meta_sheets(book)))}
    taken |= {table.sheet.name for table in tables}
    text, beside, about_text = _chapters(layout, book, taken, file, quiet=rollup)
    remarks += beside
    findings += about_text
    if not rollup:
        findings += [*redirected(layout, tables, book, file), *additional(layout, book, taken, file)]
        if not checks:
            findings.append(finding("FORM_014", file=file, wanted=CHECKS.name))
    boxed = {about.sheet or "" for about in about_text if about.code == "FORM_062"}
    ours = None if rollup else form_sheets(layout, taken)
    package = account(book, ours, boxed, sentences_of(reviews))
    findings += about_package(package, tables, taken, file)
    findings += _renamed(covers, checks, reviews, book, file)
    explanations, past, unclear = read_explanations(layout.checks, checks, reviews, carriers.explanations, completed)
    remarks += unclear
    findings += quoted_remarks(unclear, file)
    return Return(
        form, cover.identity, entries.answers, entries.stated, entries.shown, frozenset(entries.declared), text,
        cover.fields, entries.places, {code: figure for code,
        figure in carriers.prefilled.items() if code in entries.answers}, explanations, past, tuple(remarks),
        package, tuple(carriers.values.get("lineage", "").split()), sorted_findings([*earlier, *cover.findings,
        *findings, *entries.findings]), file, book.sha256,
    )  # fmt: skip


def _renamed(
    covers: Sequence[Sheet], checks: Sequence[ListPlace], reviews: Sequence[ListPlace], book: Book, file: str
) -> list[Finding]:
    """Return a finding for each sheet of ours that has another name, and for the copies that were read with it."""
    listed = ((listing.name, [place.sheet for place in places]) for listing, places in
              ((CHECKS, checks), (REVIEW, reviews)))  # fmt: skip
    findings: list[Finding] = []
    for name, sheets in ((COVER.name, covers), *listed, (META.name, [sheet for sheet, _ in meta_sheets(book)])):
        for sheet in sheets[:1]:
            if plain(sheet.name) != plain(name):
                findings.append(note("FORM_011", sheet, file, wanted=name, name=sheet.name))
        for copy in sheets[1:] if name != COVER.name else ():
            how = phrase("copy_read")
            findings.append(note("FORM_015", copy, file, name=copy.name, wanted=sheets[0].name, how=how))
    return findings


def _values(form: Form, entries: Entries) -> dict[str, Number | None]:
    values: dict[str, Number | None] = {}
    for code in form.inputs:
        answer = entries.answers.get(code)
        values[code] = answer.value if isinstance(answer, Filled) else None if isinstance(answer, Unreadable) else 0
    return values


def _tables(layout: Layout, book: Book, file: str) -> tuple[list[Positions], list[Finding]]:
    """Find every table and its cells; a table without a sheet is an error."""
    tables: list[Positions] = []
    findings: list[Finding] = []
    for table in layout.tables:
        wanted = table.sheet
        sheet = table_sheet(table, book, [other.sheet.name for other in tables])
        if sheet is None:
            title = table.table.title
            findings.append(finding("FORM_010", file=file, sheet=wanted, items=table.cells, wanted=wanted, part=title))
            continue
        if plain(sheet.name) != plain(wanted):
            findings.append(finding("FORM_011", file=file, sheet=sheet.name, wanted=wanted, name=sheet.name))
        tables.append(locate(table, sheet, book, file))
        findings += tables[-1].findings
    return tables, findings


def _rollup(form: Form, tables: Sequence[Positions], entries: Entries, book: Book, file: str) -> list[Finding]:
    """Take a roll-up's figures from its details and compare them with what its tables show."""
    shown: dict[str, tuple[str, str, Number]] = {}
    for table in tables:
        for code, place in table.items.items():
            address = a1(*place)
            entries.places[code] = Place(table.sheet.name, address)
            value = table.sheet.cell(*place).value
            if isinstance(value, int | Decimal) and not isinstance(value, bool) and not form.items[code].computed:
                shown[code] = (table.sheet.name, address, value)
    contributions = read_contributions(book, form, file)
    if contributions is None:
        return [finding("FORM_050", file=file, wanted=DETAIL_SHEET)]
    corrections, about_corrections, lines = read_corrections(book, form, contributions.rows, file)
    entries.answers.update(totals(form, contributions.rows, corrections))
    return [*contributions.findings, *about_corrections, *differences(form, entries.answers, shown, lines, file)]


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
            wanted = chapter.sheet
            findings.append(finding("FORM_010", file=file, sheet=wanted, wanted=wanted, part=chapter.part.title))
            continue
        taken.add(sheet.name)
        if plain(sheet.name) != plain(chapter.sheet):
            findings.append(note("FORM_011", sheet, file, wanted=chapter.sheet, name=sheet.name))
        paragraphs, remarks, about_text = read_chapter(chapter, sheet, file, short=book.kind == "xls")
        text[chapter.part.number] = paragraphs
        beside += remarks
        findings += quoted_remarks(remarks, file)
        findings += [remark for remark in about_text if not (quiet and remark.code == "TEXT_001")]
    return text, beside, findings
