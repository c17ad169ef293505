"""The rows of 名录.xlsx or of a csv → Roster; every fault is a finding with its cell."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.cells import a1, invisible, visible
from toolkit.findings import Finding, Wording, fault, finding
from toolkit.roster.bodies import LEVELS, Respondent, Roster, folded, level_word
from toolkit.roster.credit_codes import code_fault
from toolkit.roster.reorganisation import circle
from toolkit.roster.roster_sheet import REGION_WORD, REQUIRED_MARK, ROSTER

HEADER_ROWS = 10
"""How far down the header row is looked for."""
YES, NO = "是", "否"
_PREDECESSOR = re.compile(r"([^\s、,;()]+)\s*(?:\(([^()]*)\))?")
_NOTE = re.compile("(?P<part>部分)?[,、;]?(?P<year>20[0-9]{2})?(?:年度?)?起?[,、;]?(?P<also>部分)?(?:职能)?")
"""What may stand behind a predecessor's code: the year, and that it was a part."""
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def roster_from_csv(path: Path) -> tuple[Roster, tuple[Finding, ...]]:
    """Read a roster from csv, UTF-8 or GB18030; a file that is neither raises ToolkitError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise fault("ROSTER_UNREADABLE", path=path, why=error.strerror) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as error:
            raise fault("ROSTER_CSV_BROKEN", path=path, why=error) from error
        return roster_from_rows(rows, file=path.name, sheet="")
    raise fault("ROSTER_ENCODING_UNKNOWN", path=path)


def roster_from_rows(rows: Sequence[Sequence[str]], *, file: str, sheet: str) -> tuple[Roster, tuple[Finding, ...]]:
    """Read a roster from rows of texts: the header row is found by its titles, columns may stand in any order.

    Every fault is a finding with its cell; the rows at fault are left out of the roster.
    """
    return _RosterReader(rows, file, sheet).read()


class _RosterReader:
    def __init__(self, rows: Sequence[Sequence[str]], file: str, sheet: str) -> None:
        self.rows = rows
        self.file, self.sheet = file, sheet or None
        self.findings: list[Finding] = []
        self.at: dict[str, int] = {}

    def read(self) -> tuple[Roster, tuple[Finding, ...]]:
        header = self._header()
        if header is None:
            self._note("ROSTER_001", 0)
            return Roster("", ()), tuple(self.findings)
        for column in ROSTER.columns:
            if column.required and column.code not in self.at:
                self._note("ROSTER_002", header, column=column.title)
        if self.findings:
            return Roster("", ()), tuple(self.findings)
        bodies: list[tuple[int, Respondent]] = []
        for row in range(header + 1, len(self.rows)):
            if any(str(text).strip() for text in self.rows[row]):
                body = self._respondent(row)
                if body is not None:
                    bodies.append((row, body))
        roster = Roster(self._region(header), tuple(self._single(bodies)))
        self._reorganised(roster, {id(body): row for row, body in bodies})
        return roster, tuple(self.findings)

    def _header(self) -> int | None:
        for row, texts in enumerate(self.rows[:HEADER_ROWS]):
            titles = {folded(str(text)).rstrip(f"{REQUIRED_MARK}＊"): at for at, text in enumerate(texts)}
            at = {
                column.code: titles[folded(column.title)] for column in ROSTER.columns if folded(column.title) in titles
            }
            if "code" in at and "name" in at:
                self.at = at
                return row
        return None

    def _region(self, header: int) -> str:
        for texts in self.rows[:header]:
            for text in texts:
                match = re.match(rf"\s*{REGION_WORD[:-1]}[:：]\s*(\S+)", str(text))
                if match is not None and not match[1].startswith("（"):
                    return match[1]
        return ""

    def _written(self, row: int, column: str) -> str:
        """Return the text of a cell as it stands: names keep their own brackets and digits."""
        at = self.at.get(column)
        texts = self.rows[row]
        return "" if at is None or at >= len(texts) else visible(str(texts[at])).strip()

    def _text(self, row: int, column: str) -> str:
        return unicodedata.normalize("NFKC", self._written(row, column)).strip()

    def _note(self, code: str, row: int, at: str = "", **params: Any) -> None:
        """Note a fault at a cell: of a column by its code, else the first of the row."""
        cell = a1(row, self.at.get(at, 0))
        self.findings.append(finding(code, file=self.file, sheet=self.sheet, cell=cell, **params))

    @property
    def _faults(self) -> int:
        """Return how many findings keep a row out; a missing address and what nobody sees do not."""
        return sum(finding.code not in ("ROSTER_013", "ROSTER_030") for finding in self.findings)

    def _respondent(self, row: int) -> Respondent | None:
        before = self._faults
        for column in ROSTER.columns:
            text = self._text(row, column.code)
            if column.required and not text:
                self._note("ROSTER_003", row, column.code, column=column.title)
            at = self.at.get(column.code, len(self.rows[row]))
            marks = invisible(str(self.rows[row][at])) if at < len(self.rows[row]) else ""
            if marks and text:
                self._note("ROSTER_013", row, column.code, column=column.title, marks=marks, value=text)
        code = self._text(row, "code").upper().replace(" ", "")
        self._code(row, "code", code)
        level = level_word(self._text(row, "level"))
        if level and level not in LEVELS:
            self._note("ROSTER_021", row, "level", level=level, levels="、".join(LEVELS))
        email = self._text(row, "email")
        if email and _EMAIL.fullmatch(email) is None:
            self._note("ROSTER_020", row, "email", email=email)
        elif not email:
            self._note("ROSTER_030", row, "email")
        counted = self._text(row, "in_rollup")
        if counted and counted not in (YES, NO):
            self._note("ROSTER_022", row, "in_rollup", value=counted)
        first, last = self._year(row, "valid_from"), self._year(row, "valid_to")
        if first is not None and last is not None and first > last:
            self._note("ROSTER_024", row, "valid_from", first=first, last=last)
        olds, partly, since = self._predecessors(row)
        if self._faults > before:
            return None
        name, short = self._written(row, "name"), self._written(row, "short")
        contact, phone = self._written(row, "contact"), self._text(row, "phone")
        return Respondent(
            code, name, short, level, email, counted == YES, first, last, olds, partly, since, contact, phone
        )

    def _predecessors(self, row: int) -> tuple[tuple[str, ...], frozenset[str], dict[str, int]]:
        """Return the codes taken over from, those of which only a part, and the years that stand behind them."""
        olds: dict[str, None] = {}
        partly, since = set[str](), dict[str, int]()
        for old, note in _PREDECESSOR.findall(self._text(row, "predecessors").upper()):
            self._code(row, "predecessors", old)
            olds[old] = None
            words = _NOTE.fullmatch(note)
            if words is None:
                self._note("ROSTER_025", row, "predecessors", value=f"{old}（{note}）", note=note)
                continue
            if words["year"]:
                since[old] = int(words["year"])
            if words["part"] or words["also"]:
                partly.add(old)
        return tuple(olds), frozenset(partly), since

    def _code(self, row: int, column: str, code: str) -> None:
        fault = code_fault(code) if code else None
        if fault is not None:
            self._note("ROSTER_010", row, column, wrong=code, fault=fault)

    def _year(self, row: int, column: str) -> int | None:
        text = self._text(row, column).removesuffix("年").removesuffix(".0")
        if not text:
            return None
        if re.fullmatch(r"20[0-9]{2}", text) is None:
            self._note("ROSTER_023", row, column, column=ROSTER.columns[ROSTER.column(column)].title, value=text)
            return None
        return int(text)

    def _single(self, bodies: Sequence[tuple[int, Respondent]]) -> list[Respondent]:
        """Return the bodies whose code and name stand once in every year; the others are findings."""
        kept: list[Respondent] = []
        by_code: dict[str, list[tuple[int, Respondent]]] = {}
        by_name: dict[str, list[tuple[int, Respondent]]] = {}
        for row, body in bodies:
            alike, namesakes = by_code.setdefault(body.code, []), by_name.setdefault(folded(body.name), [])
            clash = next((pair for pair in alike if pair[1].overlaps(body)), None)
            named = next((pair for pair in namesakes if pair[1].code != body.code and pair[1].overlaps(body)), None)
            if clash is not None:
                self._note("ROSTER_011", row, "code", twice=body.code, other=clash[0] + 1)
            elif named is not None:
                self._note("ROSTER_012", row, "name", name=body.name, other=named[0] + 1)
            else:
                kept.append(body)
                alike.append((row, body))
                namesakes.append((row, body))
        return kept

    def _reorganised(self, roster: Roster, rows: Mapping[int, int]) -> None:
        """Note what cannot be in who took over from whom."""
        for body in roster.respondents:
            for old in body.predecessors:
                self._takes_over(roster, body, old, rows[id(body)])
        for year in sorted({one.year for one in roster.transfers}):
            around = circle([one for one in roster.transfers if one.year == year and one.old != one.new])
            row = next((rows[id(body)] for body in roster.respondents if body.code in around), 0)
            if around:
                self._note("ROSTER_029", row, "predecessors", year=year, names=roster.called(around, year))

        for old, year in dict.fromkeys((one.old, one.year) for one in roster.transfers if not one.partly):
            heirs = {one.new: one for one in roster.transfers if (one.old, one.year) == (old, year)}
            if len(heirs) > 1 and all(body.code != old for body in roster.expected(year)):
                last = max(
                    rows[id(body)] for body in roster.respondents if body.code in heirs and old in body.predecessors
                )
                names = roster.called(heirs, year)
                self._note(
                    "ROSTER_033", last, "predecessors", old=roster.called([old], year - 1), year=year, names=names
                )

    def _takes_over(self, roster: Roster, body: Respondent, old: str, row: int) -> None:
        year, known = roster.year_of(body, old), roster.by_code(old) is not None
        if old == body.code or year is None:
            code = "ROSTER_026" if old != body.code else "ROSTER_032"
            self._note(code, row, "predecessors", name=body.name, old=old)
            return
        before, now = ({one.code for one in roster.expected(at)} for at in (year - 1, year))
        group, called = roster.succession(body.code, year), roster.called([old], year - 1)
        names: dict[str, Any] = {"name": body.name, "old": called, "year": year, "before": year - 1}
        if body.code not in now or (known and old not in before):
            who, at = (called, year - 1) if body.code in now else (body.name, year)
            self._note("ROSTER_028", row, "predecessors", silent=Wording(f"{who} {at}", f"{who} in {at}"), **names)
        elif known and old in now and old not in body.partly:
            self._note("ROSTER_027", row, "predecessors", taken=old, **names)
        elif group is not None and group.loose and old in body.partly and old not in now:
            self._note("ROSTER_031", row, "predecessors", **names)
