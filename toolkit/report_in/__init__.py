"""A published report (HTML, docx, PDF, text, hand-made table) → one return, each figure with the place it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path

from toolkit.answers import Blank, Filled, Number
from toolkit.findings import Finding, Wording, finding, sorted_findings
from toolkit.forms import Form, form_for_year, form_ids, load_form
from toolkit.report_in.blocks import Block, PublishedTable, TextLine
from toolkit.report_in.labels import Vocabulary
from toolkit.report_in.placements import place_words
from toolkit.report_in.published_file import blocks_of
from toolkit.report_in.published_report import Certainty, Figure, PublishedReport, Unplaced
from toolkit.report_in.report_chapters import Chapters, read_chapters
from toolkit.report_in.report_extent import joined, of_year, parted
from toolkit.report_in.report_figures import FOREIGN_UNIT, ReportFigures
from toolkit.returns.numbers import quoted, show

__all__ = ["FOREIGN_UNIT", "Certainty", "Figure", "PublishedReport", "Unplaced", "read_report"]


_SHOWN = 5  # How many lines a finding quotes


def read_report(path: Path, *, year: int, name: str) -> PublishedReport:
    """Read a published report of a year. ``name`` is what outputs call the file.

    What cannot be read at all raises ``excel_in.Refused``; a report in which no table of the form is found still gives
    its text, with findings.
    """
    kind, blocks = blocks_of(path)
    kept, others = of_year(blocks, year)
    blocks = joined(kept)
    form, findings = _form(blocks, year, name)
    findings += [finding("IMPORT_012", file=name, year=other) for other in others]
    gathered = ReportFigures(form, name)
    body, annexed = parted(form, blocks)
    lines, seats, rows = _flow(gathered, body)
    gathered.take_annexed(annexed)
    chapters = read_chapters(form, lines)
    alone = {part.number for part in form.parts if gathered.take_alone(part, _below(part.number, chapters, seats))}
    gathered.take_rest(_rest(form, gathered, chapters, [*seats, *rows]))
    listed = {(figure.raw, figure.where) for figure in gathered.not_placed}
    listed |= {(line.text, line.where) for at, line in enumerate(lines) if chapters.parts[at] in alone}
    chapters.left = [line for line in chapters.left if (line.text, line.where) not in listed]
    findings = [*findings, *gathered.findings(), *_about(chapters, form, year, name)]
    recomputed = form.complete({code: gathered.value(code) for code in form.inputs})
    findings += _totals(form, gathered.totals, recomputed, name)
    return PublishedReport(
        form,
        year,
        chapters.name,
        kind,
        gathered.figures,
        gathered.totals,
        tuple(gathered.not_placed),
        gathered.sureness(),
        {number: tuple(paragraphs) for number, paragraphs in chapters.text.items()},
        sorted_findings(findings),
        recomputed,
        tuple(code for code in form.inputs if gathered.missing(code)),
        tuple(chapters.left),
    )


Seat = tuple[int, Block]
"""The place of a block among the lines of a report, and the block."""


def _flow(gathered: ReportFigures, blocks: Sequence[Block]) -> tuple[list[TextLine], list[Seat], list[Seat]]:
    """Take the figures of a report and return its lines, and with their places among them its blocks and the other rows of its tables."""
    lines: list[TextLine] = []
    seats: list[Seat] = []
    rows: list[Seat] = []
    for block in blocks:
        taken = [block] if isinstance(block, TextLine) else list(gathered.take(block))
        seats.append((len(lines), block))
        if isinstance(block, PublishedTable) and block not in gathered.unused:
            rows += enumerate(taken, len(lines))
        lines += taken
    return lines, seats, rows


def _below(number: str, chapters: Chapters, seats: Sequence[Seat]) -> list[Block]:
    """Return the blocks that stand below the heading of a part."""
    parts = ["", *chapters.parts]
    lines = [(at, block) for at, block in seats if at not in chapters.headings or not isinstance(block, TextLine)]
    return [block for at, block in lines if parts[at + isinstance(block, TextLine)] == number]


def _rest(form: Form, gathered: ReportFigures, chapters: Chapters, seats: Sequence[Seat]) -> dict[str, list[Block]]:
    """Return by part what may hold figures of its table: a grid by its labels or the heading above it, a line by that."""
    words = {table.part: Vocabulary([line.label for line in (*table.rows, *table.columns)]) for table in form.tables}
    rest: dict[str, list[Block]] = {}
    for at, block in seats:
        if isinstance(block, TextLine):
            if at not in chapters.headings and at not in chapters.carried:
                rest.setdefault(chapters.parts[at], []).append(block)
            continue
        if block not in gathered.unused:
            continue
        seen = {part: sum(own.of(cell.text) is not None for cell in block.cells) for part, own in words.items()}
        best = max(seen, key=lambda part: seen[part])
        part = best if seen[best] > 1 else chapters.parts[at - 1] if at else ""
        rest.setdefault(part, []).append(block)
    return rest


def _form(blocks: Sequence[Block], year: int, file: str) -> tuple[Form, list[Finding]]:
    """Return the form whose own labels stand in the tables; without any, that of the year."""
    expected = form_for_year(year)
    texts = [cell.text for block in blocks if isinstance(block, PublishedTable) for cell in block.cells]
    own = {
        (one, other): {label for label in map(_own_labels(one, other).of, texts) if label is not None}
        for one, other in permutations(form_ids(), 2)
    }
    best = expected.id
    for one in form_ids():
        if one != best and len(own[one, best]) > len(own[best, one]):
            best = one
    others = [one for one in form_ids() if one != best and own[one, best]]
    if not any(own[one, other] for one, other in own if one == best):
        return expected, [finding("IMPORT_004", file=file, form=expected.id)]
    form = load_form(best)
    findings = []
    if others:
        named = "、".join(sorted(label for one in others for label in own[one, best])[:4])
        findings.append(finding("IMPORT_005", file=file, form=form.id, other="、".join(others), labels=named))
    return form, findings


@cache
def _own_labels(form_id: str, other: str) -> Vocabulary:
    """Return the labels that a form has and another has not, nor a variant of one."""
    own, rest = ([label.text for table in load_form(one).tables for label in table.labels] for one in (form_id, other))
    known = Vocabulary(rest)
    return Vocabulary(label for label in own if known.of(label) is None)


def _about(chapters: Chapters, form: Form, year: int, file: str) -> list[Finding]:
    """Return what must be said of the title and of parts that were not found."""
    findings = []
    if chapters.year is not None and chapters.year != year:
        findings.append(finding("IMPORT_006", file=file, stated=chapters.year, wanted=year))
    for heading in chapters.headings.values():
        where, words = place_words(heading.line.where), quoted(heading.line.text)
        if heading.official and heading.read:
            findings.append(finding("IMPORT_009", file=file, heading=words, where=where, official=heading.official))
        elif not heading.read:
            ends = f"“{form.parts[-1].number}、{form.parts[-1].title}”"
            until = Wording(f"到{ends}为止的 {len(form.parts)} 个部分", f"the {len(form.parts)} parts up to {ends}")
            findings.append(finding("IMPORT_010", file=file, heading=words, where=where, official=until))
    for number, prompt, place in chapters.prompts:
        findings.append(finding("IMPORT_011", file=file, number=number, prompt=prompt, where=place_words(place)))
    for part in form.chapters:
        if not chapters.has(part.number):
            findings.append(finding("IMPORT_007", file=file, number=part.number, title=part.title))
    if chapters.asides:
        count, numbers = sum(map(len, chapters.asides.values())), "、".join(chapters.asides)
        findings.append(finding("IMPORT_016", file=file, count=count, number=numbers, first=form.parts[0].number))
    if chapters.left:
        shown = Wording.some([f"“{quoted(line.text)}”" for line in chapters.left], "、", most=_SHOWN, unit="")
        findings.append(finding("IMPORT_017", file=file, count=len(chapters.left), texts=shown))
    if chapters.opening:
        first = form.parts[0]
        findings.append(finding("IMPORT_014", file=file, count=chapters.opening, number=first.number))
    return findings


def _totals(
    form: Form, totals: Mapping[str, Figure], recomputed: Mapping[str, Number | None], file: str
) -> list[Finding]:
    """Compare the published totals with what the published parts add up to."""
    findings = []
    for code, figure in totals.items():
        right = recomputed[code]
        if isinstance(figure.answer, Blank) or right is None:
            continue
        stated = show(figure.answer.value) if isinstance(figure.answer, Filled) else quoted(figure.raw)
        if not isinstance(figure.answer, Filled) or figure.answer.value != right:
            findings.append(
                finding(
                    "IMPORT_008", file=file, items=(code,), label=form.items[code].short, where=figure.where,
                    stated=stated, right=show(right), actual=stated, expected=show(right),
                )
            )  # fmt: skip
    return findings
