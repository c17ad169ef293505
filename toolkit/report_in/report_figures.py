"""The figures of all grids of a report, and what must be said of those that have no place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.excel_in import CellError
from toolkit.findings import Finding, Wording, finding
from toolkit.forms import Form
from toolkit.forms.definition import Part
from toolkit.report_in import left_out
from toolkit.report_in.blocks import PublishedTable, TableCell, TextLine, lines_of
from toolkit.report_in.item_places import find, stubbed
from toolkit.report_in.labels import notes_of
from toolkit.report_in.placements import LooseFigure, Placement, Placements, StrayFigure, figure_like, place_words
from toolkit.report_in.published_report import Certainty, Figure, Unplaced, in_form
from toolkit.report_in.table_four import alone
from toolkit.returns.looks import LOOKS, as_seen
from toolkit.returns.numbers import PLACES, finding_of, quoted, show, understand

_PLAIN = re.compile(
    r"^\s*[（(]?[一二三四五六七八九十0-9]{1,2}[)）、.．]|20[0-9]{2}\s*年度?|[0-9]{1,2}\s*月(?:[0-9]{1,2}\s*日)?|^\s*(?:[-—–·]\s*[0-9]{1,3}\s*[-—–·]|第\s*[0-9]{1,3}\s*页)\s*$"
)
"""Digits of a line that are no figures: its number, a year, a date, the number of a page."""


def figures_in(text: str) -> bool:
    """Tell whether a line holds digits that may be figures of a table."""
    return any(character.isdigit() for character in _PLAIN.sub("", text))


_MONEY = re.compile("[十百千万亿美港欧日英]*元")
_MULTIPLE = re.compile("[十百千万亿]*[百千万亿][件次宗起例份]")
SHOWN = 8  # How many rows a finding lists
TO_THE_FEN = 6  # Decimals of an amount in 万元 that is given to the fen
FOREIGN_UNIT = "IMPORT_015"
"""What is said of a figure whose column has a unit that the form does not use: its report is not imported."""


class ReportFigures:
    """The figures of all grids of a report; one that stands twice with different figures is none."""

    def __init__(self, form: Form, file: str) -> None:
        self.form, self.file = form, file
        self.figures: dict[str, Figure] = {}
        self.totals: dict[str, Figure] = {}
        self.empty: set[str] = set()
        self.not_placed: list[Unplaced] = []
        self.twice: list[str] = []
        self.mended: dict[str, tuple[str, str]] = {}
        self.loose: list[tuple[str, LooseFigure]] = []
        self.named: dict[int, TableCell] = {}
        self.placed: set[int] = set()
        self.foreign: dict[str, tuple[Figure, str]] = {}
        self.unused: list[PublishedTable] = []
        self.annexed: list[PublishedTable] = []

    def take(self, grid: PublishedTable) -> Iterable[TextLine]:
        """Take the figures of a grid and return the rows that belong to no table as lines of text."""
        used: dict[int, str] = {}
        for table in self.form.tables:
            placements = find(table, grid)
            if placements.rows is not None:
                used |= dict.fromkeys(range(placements.rows[0], placements.rows[1] + 1), table.title)
            self._add(table.title, placements)
        if not used:
            self.unused.append(grid)
        for at, title in sorted(used.items()):
            row = grid.rows[at]
            if self.placed.isdisjoint(map(id, row)):
                left = [cell for cell in row if figure_like(cell) or figures_in(cell.text)]
                self._add(title, Placements(strays=[StrayFigure(cell, left_out.NO_ROW) for cell in left]))
        return [line for at, row in enumerate(grid.rows) if at not in used for line in lines_of(row)]

    def take_annexed(self, grids: Sequence[PublishedTable]) -> None:
        """Take the figures of annexed grids for tables of which the report itself shows nothing; name the other grids."""
        bare = [table for table, sure in zip(self.form.tables, self.sureness(), strict=True) if sure.nothing]
        for grid in grids:
            taken = False
            for table in bare:
                placements = find(table, grid)
                taken = taken or bool(placements.by_code or placements.empty)
                self._add(table.title, placements)
            if not taken and any(map(figure_like, grid.cells)):
                self.annexed.append(grid)

    def take_alone(self, part: Part, blocks: Sequence[PublishedTable | TextLine]) -> bool:
        """Take the one row of figures below the heading of a part whose table was not found; tell whether there is one."""
        table = None if part.table is None else self.form.table(part.table)
        if table is None or stubbed(table) or any(item.code in self.figures for item in table.items):
            return False
        cells = alone(table, blocks)
        own = {(cell.seen, cell.where) for cell in cells}
        self.not_placed = [figure for figure in self.not_placed if (figure.raw, figure.where) not in own]
        by_code = {item.code: Placement(cell, item.column) for item, cell in zip(table.items, cells, strict=False)}
        self._add(table.title, Placements(by_code))
        return bool(cells)

    def take_rest(self, parts: Mapping[str, Sequence[PublishedTable | TextLine]]) -> None:
        """Name what is left: figures of rows without heads, and where something of a table is missing all that may be its own."""
        placed = self.figures.keys() | self.totals.keys() | set(self.twice)
        for title, loose in self.loose:
            if not loose.codes & placed:
                self._name(title, loose.stray)
        for table, sure in zip(self.form.tables, self.sureness(), strict=True):
            for block in parts.get(table.part, ()):
                if isinstance(block, TextLine):
                    if (sure.missing or sure.filled == 0) and figures_in(block.text):
                        self.not_placed.append(Unplaced(table.title, block.text, block.where, left_out.NO_SHAPE))
                elif sure.missing or sure.filled == 0:
                    for cell in filter(figure_like, block.cells):
                        self._name(table.title, StrayFigure(cell, left_out.NO_SHAPE))

    def _name(self, title: str, stray: StrayFigure) -> None:
        """List a figure once."""
        cell = stray.cell
        if id(cell) not in self.named:
            self.named[id(cell)] = cell
            self.not_placed.append(Unplaced(title, cell.seen, cell.where, stray.why))

    def _add(self, title: str, placements: Placements) -> None:
        self.empty |= placements.empty
        self.mended |= {cell.where: (cell.text, label) for cell, label in placements.mended}
        self.loose += [(title, figure) for figure in placements.loose]
        self.placed |= {id(figure.stray.cell) for figure in placements.loose}
        for stray in placements.strays:
            self._name(title, stray)
        self.placed |= {id(spot.cell) for spot in placements.by_code.values()}
        for code, spot in placements.by_code.items():
            if spot.cell.mark:
                self._name(title, StrayFigure(spot.cell, left_out.MARKED))
                self.twice.append(code)
                self.figures.pop(code, None)
                self.totals.pop(code, None)
                continue
            figure = self._figure(code, spot)
            known = self.figures.get(code) or self.totals.get(code)
            if code in self.twice:
                self._drop(title, figure)
            elif known is None:
                (self.totals if self.form.items[code].computed else self.figures)[code] = figure
            elif not _same(known.answer, figure.answer):
                self.twice.append(code)
                self.figures.pop(code, None)
                self.totals.pop(code, None)
                self._drop(title, known)
                self._drop(title, figure)

    def _drop(self, title: str, figure: Figure) -> None:
        if not isinstance(figure.answer, Blank):
            self.not_placed.append(Unplaced(title, figure.raw, figure.where, left_out.TWO_FIGURES))

    def _figure(self, code: str, spot: Placement) -> Figure:
        kind = self.form.items[code].kind
        answer = answer_of(spot.cell, kind, spot.head)
        if isinstance(answer, Unreadable) and answer.reason == "VALUE_013":
            exact = answer_of(spot.cell, kind, spot.head, places=TO_THE_FEN)
            answer = replace(exact, repair="IMPORT_019") if isinstance(exact, Filled) else answer
        figure = Figure(code, answer, spot.cell.text.strip(), spot.cell.where)
        if isinstance(answer, Unreadable) and answer.reason == FOREIGN_UNIT:
            self.foreign[code] = figure, spot.head
        return figure

    def missing(self, code: str) -> bool:
        """Tell whether an item was not found, not even blank."""
        known = code in self.figures or code in self.totals
        return not known and (code not in self.empty or code in self.twice)

    def value(self, code: str) -> Number | None:
        """Return an input as it counts: blank as 0, unreadable or not found None."""
        figure = self.figures.get(code)
        if figure is None:
            return None if self.missing(code) else 0
        if isinstance(figure.answer, Blank):
            return 0
        return figure.answer.value if isinstance(figure.answer, Filled) else None

    def sureness(self) -> tuple[Certainty, ...]:
        """Return how sure the reading is, table by table."""
        counted = []
        for table in self.form.tables:
            codes = [item.code for item in table.items]
            figures = [self.figures.get(code) or self.totals.get(code) for code in codes]
            filled = sum(figure is not None and not isinstance(figure.answer, Blank) for figure in figures)
            strays = sum(unplaced.table == table.title for unplaced in self.not_placed)
            missing = sum(map(self.missing, codes))
            blank = len(codes) - filled - missing
            counted.append(Certainty(table.id, table.title, len(codes), filled, blank, missing, strays))
        return tuple(counted)

    def findings(self) -> list[Finding]:
        """Return what must be said of tables that are not there, cells not found, figures not placed or converted."""
        findings: list[Finding] = []
        for figure in self.figures.values():
            item = self.form.items[figure.code]
            # Harmless spellings and marks for nothing stand on 导入情况; what is no number is said of its cell.
            converted = isinstance(figure.answer, Filled) and figure.answer.repair == "VALUE_002"
            if converted or (isinstance(figure.answer, Unreadable) and figure.answer.reason in LOOKS):
                about = finding_of(figure.answer, label=item.short, kind=item.kind, item=item.code)
                sheet, _, cell = ("", "", "") if converted else figure.where.rpartition("!")
                findings += [] if about is None else [about.at(file=self.file, sheet=sheet or None, cell=cell or None)]
            if isinstance(figure.answer, Filled) and figure.answer.repair == "IMPORT_019":
                value = Decimal(figure.answer.value)
                findings.append(
                    finding(
                        "IMPORT_019", file=self.file, items=(figure.code,), label=item.short, raw=quoted(figure.raw),
                        yuan=show(value * 10_000), where=place_words(figure.where), value=show(in_form(value)),
                    )
                )  # fmt: skip
        findings += self._foreign()
        for table, sure in zip(self.form.tables, self.sureness(), strict=True):
            if sure.nothing:
                findings.append(finding("IMPORT_001", file=self.file, table=table.title))
            elif sure.missing:
                lost = [item for item in table.items if self.missing(item.code)]
                rows = Counter(item.short.partition("·")[0] for item in lost)
                whole = Counter(item.short.partition("·")[0] for item in table.items)
                parts = [
                    row if n == whole[row] else Wording(f"{row} {n} 格", f"{row} ({n})") for row, n in rows.items()
                ]
                listed = Wording.some(parts, "、", most=SHOWN, unit="行")
                codes = [item.code for item in lost]
                findings.append(
                    finding("IMPORT_002", file=self.file, items=codes, table=table.title, count=len(lost), rows=listed)
                )
        if self.mended:
            pairs = [
                Wording(f"“{(was := quoted(text))}”当作“{label}”", f"“{was}” as “{label}”")
                for text, label in self.mended.values()
            ]
            findings.append(
                finding(
                    "IMPORT_018",
                    file=self.file,
                    count=len(pairs),
                    labels=Wording.some(pairs, "、", most=SHOWN, unit="行"),
                )
            )
        for grid in self.annexed:
            findings.append(finding("IMPORT_013", file=self.file, where=place_words(grid.where)))
        causes: dict[tuple[str, str], list[Unplaced]] = {}
        for unplaced in self.not_placed:
            causes.setdefault((unplaced.table, unplaced.why), []).append(unplaced)
        for (title, why), strays in causes.items():
            lines: dict[str, list[str]] = {}
            for stray in strays:
                lines.setdefault(stray.line, []).append(quoted(stray.raw))
            placed = [(place_words(line), "、".join(figures)) for line, figures in lines.items()]
            cells = [Wording(f"{line}：{figures}", f"{line.en}: {figures}") for line, figures in placed]
            raw = Wording.some(cells, most=SHOWN, unit="行")
            findings.append(
                finding(
                    "IMPORT_003", file=self.file, actual=quoted(strays[0].raw), table=title, count=len(strays), why=why,
                    raw=raw,
                )
            )  # fmt: skip
        return findings

    def _foreign(self) -> list[Finding]:
        """Name the columns in units that the form does not use, each by the first of its figures."""
        units: dict[str, Finding] = {}
        for code, (figure, head) in self.foreign.items():
            item = self.form.items[code]
            units.setdefault(
                head,
                finding(
                    FOREIGN_UNIT, file=self.file, items=(code,), actual=quoted(figure.raw), label=item.short,
                    unit=unit_of(head, item.kind), raw=quoted(figure.raw), where=place_words(figure.where),
                    official="万元" if item.kind == "money" else "件",
                ),
            )  # fmt: skip
        return list(units.values())


def _same(one: Answer, other: Answer) -> bool:
    """Tell whether two cells show the same figure, however it is spelt."""
    if isinstance(one, Filled) and isinstance(other, Filled):
        return one.value == other.value
    return one == other


def answer_of(cell: TableCell, kind: str, head: str, places: int = PLACES) -> Answer:
    """Return the answer in a published cell; a text of nothing but digits is that number, not a repaired one.

    A figure under 元 is converted; one under any other unit that the form does not use is unreadable by IMPORT_015,
    unless it brings its own: 14.4万元, or is 0 in whatever unit.
    """
    if cell.typed is not None and not isinstance(cell.typed.value, str):
        value = cell.typed.value
        error = value.text if isinstance(value, CellError) else None
        value = None if isinstance(value, CellError) else value
        answer = understand(value, kind=kind, error=error, date=cell.typed.date, shown=cell.typed.text, places=places)
    else:
        text = cell.text.strip()
        plain = text.isascii() and text.isdigit() and len(text) < 13 and (text == "0" or text[0] != "0")
        answer = understand(int(text) if plain else text, kind=kind, places=places)
    if cell.typed is not None:
        answer = as_seen(cell.typed.look, None if cell.typed.date else cell.typed.value, answer, kind)
        if cell.typed.look is not None and cell.typed.look.hidden and isinstance(answer, Filled):
            answer = Unreadable("看不见", "VALUE_018", None, show(answer.value))
    unit = unit_of(head, kind)
    if unit in ("", "万元") or not isinstance(answer, Filled) or answer.value == 0:
        return answer
    if kind == "money" and any(character.isalpha() for character in cell.text):
        return answer
    if unit == "元":
        return understand(f"{show(answer.value)}元", kind=kind, places=places)
    return Unreadable(cell.text.strip(), FOREIGN_UNIT)


def unit_of(head: str, kind: str) -> str:
    """Return the unit in the notes of a column's label that says what its figures mean, "" for none.

    Of money it is any in 元, of counts one that multiplies: 万件, 千件.
    """
    unit = (_MONEY if kind == "money" else _MULTIPLE).search("".join(notes_of(head).split()))
    return "" if unit is None else unit[0]
