"""Who is expected to file: code, names over time, level, address, predecessors, in the roll-up or not."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from toolkit.cells import a1
from toolkit.errors import ToolkitError
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.roster.roster_sheet import REGION_WORD, REQUIRED_MARK, ROSTER

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
HEADER_ROWS = 10
"""How far down the header row is looked for."""

_BELOW_CITY = {
    "省": False, "市": False, "省级部门": False, "市级部门": False, "市级事业单位": False,
    "县": True, "乡镇": True, "街道": True, "县级部门": True, "县级事业单位": True, "垂直管理单位": None,
}  # fmt: skip
LEVELS: tuple[str, ...] = tuple(_BELOW_CITY)
_LEVEL_WORDS = {
    "部门": "县级部门",
    "区": "县",
    "县区": "县",
    "县(市、区)": "县",
    "乡": "乡镇",
    "镇": "乡镇",
    "事业单位": "县级事业单位",
}


class Respondent(Struct, frozen=True):
    """A body that files. ``valid_from`` and ``valid_to`` are report years, both included."""

    code: str
    name: str
    short: str
    level: str
    email: str
    in_rollup: bool
    valid_from: int | None
    valid_to: int | None
    predecessors: tuple[str, ...]

    def expected(self, year: int) -> bool:
        """Return True when the body files for the year."""
        return (self.valid_from is None or self.valid_from <= year) and (self.valid_to is None or year <= self.valid_to)


class Roster(Struct, frozen=True):
    """The bodies expected; one code may stand twice with names of different years."""

    region: str
    respondents: tuple[Respondent, ...]

    def expected(self, year: int) -> tuple[Respondent, ...]:
        """Return the bodies that file for a year, by code."""
        return tuple(sorted((each for each in self.respondents if each.expected(year)), key=lambda each: each.code))

    def by_code(self, code: str) -> Respondent | None:
        """Return the body of a code, the latest when names changed; None when there is none."""
        found = [each for each in self.respondents if each.code == code]
        return max(found, key=lambda each: each.valid_from or 0) if found else None

    def by_name(self, name: str) -> Respondent | None:
        """Return the one body of a name or short name (width and spaces do not matter), None for none or several."""
        wanted = folded(name)
        found = {each.code: each for each in self.respondents if wanted in (folded(each.name), folded(each.short))}
        return next(iter(found.values())) if len(found) == 1 and wanted else None


def folded(name: str) -> str:
    """Return a name for comparing: NFKC, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def below_city(level: str) -> bool | None:
    """Return True for a body below the city with districts, False for one at or above it, None where it is unknown."""
    return _BELOW_CITY.get(_level(level))


@lru_cache(256)
def _level(level: str) -> str:
    """Return the one word of a level; what is unknown comes back as it was."""
    return _LEVEL_WORDS.get(folded(level), folded(level))


def check_character(body: str) -> str:
    """Return the 18th character for the first 17 of a code (GB 32100-2015: weights modulo 31)."""
    total = sum(ALPHABET.index(each) * weight for each, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def code_fault(code: str) -> Wording | None:
    """Return what is wrong with a 统一社会信用代码, or None when it is well-formed (GB 32100-2015)."""
    if len(code) != 18:
        return phrase("code_length", count=len(code))
    wrong = [character for character in code if character not in ALPHABET]
    if wrong:
        return phrase("code_characters", characters="、".join(dict.fromkeys(wrong)))
    right = check_character(code[:17])
    return None if code[17] == right else phrase("code_check", right=right, last=code[17])


def roster_from_csv(path: Path) -> tuple[Roster, tuple[Finding, ...]]:
    """Read a roster from csv, UTF-8 or GB18030; a file that is neither raises ToolkitError."""
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise ToolkitError(
            f"名录 {path} 打不开（{fault.strerror}）。",
            "请核对路径和权限。",
            english=f"Cannot open the roster {path} ({fault.strerror}).",
        ) from fault
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as fault:
            raise ToolkitError(
                f"名录 {path} 不是完好的 csv（{fault}）。",
                "请另存为 .xlsx，或重新导出 csv。",
                english=f"The roster {path} is no sound csv ({fault}); save it as .xlsx.",
            ) from fault
        return roster_from_rows(rows, file=path.name, sheet="")
    raise ToolkitError(
        f"名录 {path} 的编码无法识别。",
        "请另存为 UTF-8 编码的 csv，或用 .xlsx。",
        english=f"The encoding of {path} is unknown; save it as UTF-8 csv or .xlsx.",
    )


def roster_from_rows(rows: Sequence[Sequence[str]], *, file: str, sheet: str) -> tuple[Roster, tuple[Finding, ...]]:
    """Read a roster from rows of texts: the header row is found by its titles, columns may stand in any order.

    Every fault is a finding with its cell; the rows at fault are left out of the roster.
    """
    return _Rows(rows, file, sheet).read()


class _Rows:
    def __init__(self, rows: Sequence[Sequence[str]], file: str, sheet: str) -> None:
        self.rows = rows
        self.file = file
        self.sheet = sheet
        self.findings: list[Finding] = []
        self.at: dict[str, int] = {}

    def read(self) -> tuple[Roster, tuple[Finding, ...]]:
        header = self._header()
        if header is None:
            self._note("ROSTER_001", 0, 0, {})
            return Roster("", ()), tuple(self.findings)
        for column in ROSTER.columns:
            if column.required and column.code not in self.at:
                self._note("ROSTER_002", header, 0, {"column": column.title})
        if self.findings:
            return Roster("", ()), tuple(self.findings)
        found: list[tuple[int, Respondent]] = []
        for row in range(header + 1, len(self.rows)):
            if any(str(text).strip() for text in self.rows[row]):
                body = self._respondent(row)
                if body is not None:
                    found.append((row, body))
        kept = self._single(found)
        return Roster(self._region(header), tuple(kept)), tuple(self.findings)

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

    def _written(self, row: int, field: str) -> str:
        """Return the text of a cell as it stands: names keep their own brackets and digits."""
        column = self.at.get(field)
        texts = self.rows[row]
        return "" if column is None or column >= len(texts) else str(texts[column]).strip()

    def _text(self, row: int, field: str) -> str:
        return unicodedata.normalize("NFKC", self._written(row, field)).strip()

    def _note(self, entry: str, row: int, at: int, params: Mapping[str, object]) -> None:
        place = {"file": self.file, "sheet": self.sheet or None, "cell": a1(row, at)}
        self.findings.append(finding(entry, **place, **params))  # type: ignore[arg-type]

    def _fault(self, entry: str, row: int, field: str, **params: object) -> None:
        self._note(entry, row, self.at.get(field, 0), params)

    def _respondent(self, row: int) -> Respondent | None:
        before = len([each for each in self.findings if each.code != "ROSTER_030"])
        for column in ROSTER.columns:
            if column.required and not self._text(row, column.code):
                self._fault("ROSTER_003", row, column.code, column=column.title)
        code = self._text(row, "code").upper().replace(" ", "")
        self._code(row, "code", code)
        level = _level(self._text(row, "level"))
        if level and level not in LEVELS:
            self._fault("ROSTER_021", row, "level", level=level, levels="、".join(LEVELS))
        email = self._text(row, "email")
        if email and _EMAIL.fullmatch(email) is None:
            self._fault("ROSTER_020", row, "email", email=email)
        elif not email:
            self._fault("ROSTER_030", row, "email")
        counted = self._text(row, "in_rollup")
        if counted and counted not in ("是", "否"):
            self._fault("ROSTER_022", row, "in_rollup", value=counted)
        first, last = self._year(row, "valid_from"), self._year(row, "valid_to")
        if first is not None and last is not None and first > last:
            self._fault("ROSTER_024", row, "valid_from", first=first, last=last)
        predecessors = tuple(
            each for each in re.split(r"[、,，;；\s]+", self._text(row, "predecessors").upper()) if each
        )
        for old in predecessors:
            self._code(row, "predecessors", old)
        if len([each for each in self.findings if each.code != "ROSTER_030"]) > before:
            return None
        name, short = self._written(row, "name"), self._written(row, "short")
        return Respondent(code, name, short, level, email, counted == "是", first, last, predecessors)

    def _code(self, row: int, field: str, code: str) -> None:
        fault = code_fault(code) if code else None
        if fault is not None:
            self._fault("ROSTER_010", row, field, wrong=code, fault=fault)

    def _year(self, row: int, field: str) -> int | None:
        text = self._text(row, field).removesuffix("年").removesuffix(".0")
        if not text:
            return None
        if re.fullmatch(r"20[0-9]{2}", text) is None:
            title = next(column.title for column in ROSTER.columns if column.code == field)
            self._fault("ROSTER_023", row, field, column=title, value=text)
            return None
        return int(text)

    def _single(self, found: Sequence[tuple[int, Respondent]]) -> list[Respondent]:
        """Return the bodies whose code and name stand once in every year; the others are findings."""
        kept: list[Respondent] = []
        by_code: dict[str, list[tuple[int, Respondent]]] = {}
        by_name: dict[str, list[tuple[int, Respondent]]] = {}
        for row, body in found:
            alike, namesakes = by_code.setdefault(body.code, []), by_name.setdefault(folded(body.name), [])
            clash = next((pair for pair in alike if _overlap(pair[1], body)), None)
            named = next((pair for pair in namesakes if pair[1].code != body.code and _overlap(pair[1], body)), None)
            if clash is not None:
                self._fault("ROSTER_011", row, "code", twice=body.code, other=clash[0] + 1)
            elif named is not None:
                self._fault("ROSTER_012", row, "name", name=body.name, other=named[0] + 1)
            else:
                kept.append(body)
                alike.append((row, body))
                namesakes.append((row, body))
        return kept


def _overlap(one: Respondent, other: Respondent) -> bool:
    first = max(one.valid_from or 0, other.valid_from or 0)
    last = min(one.valid_to or 9999, other.valid_to or 9999)
    return first <= last
