"""A published report (HTML, docx, PDF, text, hand-made table) → one return, each figure with the place it was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cache
from pathlib import Path

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.excel_in import CellError
from toolkit.findings import Finding, finding, sorted_findings
from toolkit.forms import FORM_IDS, Form, form_for_year, load_form
from toolkit.numbers import finding_of, show, understand
from toolkit.published.blocks import Block, Grid, Line, Square, lines_of
from toolkit.published.chapters import Chapters, read_chapters
from toolkit.published.found import Found, Spot
from toolkit.published.labels import Vocabulary, notes_of
from toolkit.published.opening import blocks_of
from toolkit.published.places import find
from toolkit.records import record

__all__ = ["Figure", "Published", "Table", "Unplaced", "published"]


@record
class Figure:
    """What was found for one item, as it stands in the report, and where."""

    code: str
    answer: Answer
    raw: str
    where: str


@record
class Unplaced:
    """A figure of a table that belongs to no item with certainty: where it stands and why it was left out."""

    table: str
    raw: str
    where: str
    why: str


@record
class Table:
    """How sure the reading of one table is: items expected, with a figure, blank, not found, and figures not placed.

    ``expected`` = ``found`` + ``blank`` + ``missing``; totals count as items.
    """

    id: str
    title: str
    expected: int
    found: int
    blank: int
    missing: int
    not_placed: int


@record(slots=False)
class Published:
    """What a published report holds.

    ``figures`` are the inputs, ``totals`` the published totals: never stored, only compared with what the inputs add up
    to. ``text`` is by part: (sub-heading, paragraph, where).
    """

    form: Form
    year: int
    name: str
    kind: str
    figures: Mapping[str, Figure]
    totals: Mapping[str, Figure]
    not_placed: tuple[Unplaced, ...]
    tables: tuple[Table, ...]
    text: Mapping[str, tuple[tuple[str, str, str], ...]]
    findings: tuple[Finding, ...]
    recomputed: Mapping[str, Number | None] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Answer]:
        """Return the answers of the inputs that were found."""
        return {code: each.answer for code, each in self.figures.items()}


def published(path: Path, *, year: int, name: str) -> Published:
    """Read a published report of a year. ``name`` is what outputs call the file.

    What cannot be read at all raises ``excel_in.Refused``; a report in which no table of the form is found still gives
    its text, with findings.
    """
    kind, blocks = blocks_of(path)
    form, told = _form(blocks, year, name)
    gathered = _Gathered(form, name)
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            lines.append(block)
        else:
            lines += gathered.take(block)
    chapters = read_chapters(form, lines)
    findings = [*told, *gathered.findings(), *_about(chapters, form, year, name)]
    recomputed = form.complete({code: gathered.value(code) for code in form.inputs})
    findings += _totals(form, gathered.totals, recomputed, name)
    return Published(
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
    )


class _Gathered:
    """The figures of all grids of a report; one that stands twice with different figures is none."""

    def __init__(self, form: Form, file: str) -> None:
        self.form, self.file = form, file
        self.figures: dict[str, Figure] = {}
        self.totals: dict[str, Figure] = {}
        self.empty: set[str] = set()
        self.not_placed: list[Unplaced] = []
        self.twice: list[str] = []

    def take(self, grid: Grid) -> Iterable[Line]:
        """Take the figures of a grid and return the rows that belong to no table as lines of text."""
        used: set[int] = set()
        for table in self.form.tables:
            found = find(table, grid)
            if found.rows is not None:
                used |= set(range(found.rows[0], found.rows[1] + 1))
            self._add(table.title, found)
        return [line for at, row in enumerate(grid.rows) if at not in used for line in lines_of(row)]

    def _add(self, title: str, found: Found) -> None:
        self.empty |= found.empty
        for stray in found.strays:
            square = stray.square
            self.not_placed.append(Unplaced(title, square.text.strip(), square.where, stray.why))
        for code, spot in found.spots.items():
            figure = self._figure(code, spot)
            known = self.figures.get(code) or self.totals.get(code)
            if code in self.twice:
                self._drop(title, figure)
            elif known is None:
                (self.totals if self.form.items[code].computed else self.figures)[code] = figure
            elif known.answer != figure.answer:
                self.twice.append(code)
                self.figures.pop(code, None)
                self.totals.pop(code, None)
                self._drop(title, known)
                self._drop(title, figure)

    def _drop(self, title: str, figure: Figure) -> None:
        if not isinstance(figure.answer, Blank):
            self.not_placed.append(Unplaced(title, figure.raw, figure.where, "同一格在报告里有两个不同的数"))

    def _figure(self, code: str, spot: Spot) -> Figure:
        raw = spot.square.text.strip()
        return Figure(code, answer_of(spot.square, self.form.items[code].kind, spot.head), raw, spot.square.where)

    def value(self, code: str) -> Number | None:
        """Return an input as it counts: blank as 0, unreadable None."""
        figure = self.figures.get(code)
        if figure is None or isinstance(figure.answer, Blank):
            return 0
        return figure.answer.value if isinstance(figure.answer, Filled) else None

    def sureness(self) -> tuple[Table, ...]:
        """Return how sure the reading is, table by table."""
        counted = []
        for table in self.form.tables:
            codes = [item.code for item in table.items]
            held = [self.figures.get(code) or self.totals.get(code) for code in codes]
            filled = sum(each is not None and not isinstance(each.answer, Blank) for each in held)
            blank = sum(
                (each is None and code in self.empty and code not in self.twice)
                or (each is not None and isinstance(each.answer, Blank))
                for code, each in zip(codes, held, strict=True)
            )
            strays = sum(each.table == table.title for each in self.not_placed)
            missing = len(codes) - filled - blank
            counted.append(Table(table.id, table.title, len(codes), filled, blank, missing, strays))
        return tuple(counted)

    def findings(self) -> list[Finding]:
        """Return what must be said of tables that are not there, cells not found, figures not placed or converted."""
        found: list[Finding] = []
        for figure in self.figures.values():
            item = self.form.items[figure.code]
            told = finding_of(figure.answer, label=item.short, kind=item.kind, item=item.code, file=self.file)
            # Harmless spellings and marks for nothing stand on 导入情况; what is no number is said of its cell.
            if told is not None and told.code == "VALUE_002":
                found.append(told)
        for table in self.sureness():
            if table.missing == table.expected:
                found.append(finding("IMPORT_001", file=self.file, table=table.title))
            elif table.missing:
                found.append(finding("IMPORT_002", file=self.file, table=table.title, count=table.missing))
        for each in self.not_placed:
            found.append(
                finding(
                    "IMPORT_003", file=self.file, table=each.table, where=each.where, raw=_short(each.raw),
                    found=_short(each.raw), why=each.why,
                )
            )  # fmt: skip
        return found


def answer_of(square: Square, kind: str, head: str) -> Answer:
    """Return the answer in a published cell; a text of nothing but digits is that number, not a repaired one.

    Where the label of the column gives another unit than 万元 for money, or any for a count, the figure is read in it
    or not at all.
    """
    if square.typed is not None and not isinstance(square.typed.value, str):
        value = square.typed.value
        error = value.text if isinstance(value, CellError) else None
        answer = understand(
            None if isinstance(value, CellError) else value, kind=kind, error=error, date=square.typed.date
        )
    else:
        text = square.text.strip()
        plain = text.isascii() and text.isdigit() and len(text) < 13 and (text == "0" or text[0] != "0")
        answer = understand(int(text) if plain else text, kind=kind)
    unit = _unit(head)
    if unit is None or not isinstance(answer, Filled) or (kind == "money" and unit == "万元"):
        return answer
    if kind == "money" and unit == "元" and _bare(square.text):
        return understand(f"{show(answer.value)}元", kind=kind)
    if kind == "money":
        return answer if not _bare(square.text) else Unreadable(square.text.strip(), "VALUE_010")
    return Unreadable(square.text.strip(), "VALUE_010")


def _unit(head: str) -> str | None:
    """Return the unit that changes what a bare figure means: of money any, of counts 万、百、千."""
    notes = notes_of(head).replace(" ", "")
    for unit in ("万元", "亿元", "千元", "百元", "元", "万件", "千件", "百件"):
        if unit in notes:
            return unit
    return None


def _bare(text: str) -> bool:
    return not any(each.isalpha() for each in text)


def _form(blocks: Sequence[Block], year: int, file: str) -> tuple[Form, list[Finding]]:
    """Return the form whose own labels stand in the tables; without any, that of the year."""
    expected = form_for_year(year)
    seen: dict[str, set[str]] = {}
    for form_id in FORM_IDS:
        own = _own_labels(form_id)
        texts = (square.text for block in blocks if isinstance(block, Grid) for square in block.squares)
        seen[form_id] = {label for label in map(own.of, texts) if label is not None}
    best = max(FORM_IDS, key=lambda each: (len(seen[each]), each == expected.id))
    others = [each for each in FORM_IDS if each != best and seen[each]]
    if not seen[best]:
        return expected, [finding("IMPORT_004", file=file, form=expected.id)]
    form = load_form(best)
    findings = []
    if others:
        named = "、".join(sorted(label for each in others for label in seen[each])[:4])
        findings.append(finding("IMPORT_005", file=file, form=form.id, other="、".join(others), labels=named))
    return form, findings


@cache
def _own_labels(form_id: str) -> Vocabulary:
    """Return the labels that only one form has and no variant of another form's has."""
    own = load_form(form_id)
    rest = Vocabulary(
        label.text for each in FORM_IDS if each != form_id for table in load_form(each).tables for label in table.labels
    )
    return Vocabulary(label.text for table in own.tables for label in table.labels if rest.of(label.text) is None)


def _about(chapters: Chapters, form: Form, year: int, file: str) -> list[Finding]:
    """Return what must be said of the title and of parts that were not found."""
    found = []
    if chapters.year is not None and chapters.year != year:
        found.append(finding("IMPORT_006", file=file, stated=chapters.year, wanted=year))
    for part in form.chapters:
        if part.number not in chapters.headings:
            found.append(finding("IMPORT_007", file=file, number=part.number, title=part.title))
    return found


def _totals(
    form: Form, totals: Mapping[str, Figure], recomputed: Mapping[str, Number | None], file: str
) -> list[Finding]:
    """Compare the published totals with what the published parts add up to."""
    found = []
    for code, figure in totals.items():
        right = recomputed[code]
        if isinstance(figure.answer, Blank) or right is None:
            continue
        stated = show(figure.answer.value) if isinstance(figure.answer, Filled) else _short(figure.raw)
        if not isinstance(figure.answer, Filled) or figure.answer.value != right:
            found.append(
                finding(
                    "IMPORT_008", file=file, items=(code,), label=form.items[code].short, where=figure.where,
                    stated=stated, right=show(right), found=stated, expected=show(right),
                )
            )  # fmt: skip
    return found


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:40] + "…"
