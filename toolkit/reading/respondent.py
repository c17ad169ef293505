"""The cover: its fields, and whose return it is when the carriers inside the workbook are heard too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from toolkit.cells import a1, invisible, parse_a1, visible
from toolkit.excel_in import Sheet
from toolkit.findings import Finding, Severity, Wording, finding, phrase
from toolkit.forms.sheets import COVER, REPORTED, REPORTED_TITLE
from toolkit.reading.carriers import Carriers
from toolkit.reading.wording import note, plain, quoted, text_of, vocabulary_in
from toolkit.returns import CoverField, Identity, Place
from toolkit.roster import code_fault

PERSONS = ("preparer", "reviewer", "head", "phone")
_REACH = 4
_DAY = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}")


class Cover(Struct, frozen=True):
    """The fields of the cover and the identity that follows."""

    fields: Mapping[str, CoverField]
    identity: Identity
    findings: tuple[Finding, ...]


def cover_fields(sheet: Sheet | None) -> dict[str, CoverField]:
    """Return every field of the cover with its cell: in its place, or to the right of its label elsewhere."""
    fields: dict[str, CoverField] = {}
    if sheet is None:
        return fields
    keys = {plain(label): key for key, label in (*COVER.fields, (REPORTED, REPORTED_TITLE))}
    labels: dict[str, list[tuple[int, int]]] = {}
    for place, text in vocabulary_in(sheet, frozenset(keys)).items():
        labels.setdefault(keys[text], []).append(place)
    others = {place for places in labels.values() for place in places}
    for key in keys.values():
        usual, places = COVER.label_cell(key), labels.get(key, [])
        row, column = COVER.cells.get(key, COVER.reported)
        text = text_of(sheet.cell(row, column))
        if usual in places:
            beside = text_of(sheet.cell(row, column + 1))
            column += 1 if not text.strip() and beside.strip() else 0
        elif len(places) == 1:
            row, column = places[0][0], _value_column(sheet, *places[0])
        text = "" if usual in others and not places else text_of(sheet.cell(row, column))
        fields[key] = CoverField(visible(text).strip(), Place(sheet.name, a1(row, column)))
    if not labels.get(REPORTED) or not fields[REPORTED].value:
        del fields[REPORTED]
    return fields


def _value_column(sheet: Sheet, row: int, label: int) -> int:
    filled = [column for column in range(label + 1, label + 1 + _REACH) if sheet.cell(row, column).value is not None]
    return filled[0] if filled else label + 1


def _filled(sheet: Sheet) -> int:
    return sum(field.value != "" for field in cover_fields(sheet).values())


def read_cover(sheets: Sequence[Sheet], carriers: Carriers, form_id: str, file: str) -> Cover:
    """Read the cover and settle identity: an issued workbook keeps its body, a blank asks the cover.

    Of several covers the one with the most fields filled is read, the first of those; the others are compared with it.
    """
    ranked = sorted(sheets, key=_filled, reverse=True) if len(sheets) > 1 else sheets
    sheet = ranked[0] if ranked else None
    cover = _Reader(sheet, carriers, file)
    values = carriers.values
    rollup = values.get("kind") == "rollup"
    fixed = "code" in values or "name" in values
    if sheet is None:
        cover.findings.append(finding("FORM_010", file=file, wanted=COVER.name, part=COVER.name))
    elif not rollup:
        cover.check_labels(sheet, fixed=fixed)
    if sheet is not None:
        cover.note_invisible(sheet)
        cover.compare(sheet, ranked[1:])
    year = cover.year()
    code = sound_code(cover.value("code"))
    name = unicodedata.normalize("NFC", cover.value("name"))
    if fixed:
        cover.check_unchanged(code, name)
        code, name = values.get("code", code), values.get("name", name)
    cover.check_body(code, name, checked=not rollup)
    if not rollup:
        cover.check_persons()
    identity = Identity(
        form_id, year, code or None, name or None, values.get("level"), values.get("region"),
        "rollup" if rollup else "return", carriers.number("round") or 0, fixed, values.get("token", ""),
        values.get("coverage", ""), values.get("uncounted", ""), values.get("late", ""),
    )  # fmt: skip
    return Cover(cover.fields, identity, tuple(cover.findings))


class _Reader:
    """The cover of one workbook, and what is amiss with it."""

    def __init__(self, sheet: Sheet | None, carriers: Carriers, file: str) -> None:
        self.fields = cover_fields(sheet)
        self.carriers = carriers
        self.file = file
        self.findings: list[Finding] = []

    def value(self, key: str) -> str:
        return self.fields[key].value if key in self.fields else ""

    def _note(self, code: str, key: str, **params: Any) -> None:
        place = self.fields[key].place if key in self.fields else None
        sheet, cell = (None, None) if place is None else (place.sheet, place.cell)
        self.findings.append(finding(code, file=self.file, sheet=sheet, cell=cell, **params))

    def check_labels(self, sheet: Sheet, *, fixed: bool) -> None:
        """Note each field without its label: an error where the field says whose return it is."""
        for key, label in COVER.fields:
            place = COVER.label_cell(key)
            text = text_of(sheet.cell(*place))
            if self.fields[key].place.cell == a1(*COVER.cells[key]) and plain(text) != plain(label):
                code = "FORM_020" if key in ("name", "code", "year") and not fixed else "FORM_027"
                self.findings.append(note(code, sheet, self.file, place, wanted=label, name=quoted(text)))

    def note_invisible(self, sheet: Sheet) -> None:
        """Note each field in which characters stood that nobody sees."""
        for key, label in COVER.fields:
            marks = invisible(text_of(sheet.cell(*parse_a1(self.fields[key].place.cell))))
            if marks and self.value(key):
                self._note("ID_009", key, label=label, marks=marks, now=quoted(self.value(key)))

    def compare(self, sheet: Sheet, copies: Iterable[Sheet]) -> None:
        """Note each other cover: one that says the same or nothing, or one that says something else, with both."""
        for copy in copies:
            others = cover_fields(copy)
            differing = [
                (key, label) for key, label in COVER.fields
                if others[key].value and plain(others[key].value) != plain(self.value(key))
            ]  # fmt: skip
            if not differing:
                how = phrase("copy_same")
                self.findings.append(note("FORM_015", copy, self.file, name=copy.name, wanted=sheet.name, how=how))
                continue
            values = Wording.some(
                [f"{label}“{quoted(self.value(key))}”与“{quoted(others[key].value)}”" for key, label in differing]
            )
            vital = any(key in ("name", "code", "year") for key, _ in differing)
            place = parse_a1(others[differing[0][0]].place.cell)
            severity = None if vital else Severity.WARNING
            self.findings.append(
                note("FORM_016", copy, self.file, place, name=copy.name, wanted=sheet.name, values=values,
                     severity=severity)
            )  # fmt: skip

    def year(self) -> int | None:
        """Return the year that the workbook was issued for, else the one on the cover."""
        issued, shown = self.carriers.number("year"), self.value("year")
        text = "".join(unicodedata.normalize("NFKC", shown).split())
        match = re.fullmatch(r"(20[0-9]{2})(?:\.0+)?(?:年|年度)?", text)
        stated = None if match is None else int(match[1])
        why = phrase("year_date") if _DAY.match(text) else ""
        if issued is not None and text and stated != issued:
            self._note("ID_006", "year", issued=issued, now=quoted(shown), actual=shown, expected=str(issued), why=why)
        elif issued is None and stated is None and text:
            self._note("ID_005", "year", now=quoted(shown), actual=shown, why=why)
        elif issued is None and stated is None:
            self._note("ID_004", "year")
        return stated if issued is None else issued

    def check_unchanged(self, code: str, name: str) -> None:
        """Note each field of the body that is not what the workbook was issued with."""
        values = self.carriers.values
        issued = values.get("name") or values.get("code") or "另一个单位"
        for key, word, now in (("name", "单位名称", name), ("code", "统一社会信用代码", code)):
            wanted = values.get(key, "")
            if wanted and now and plain(now) != plain(wanted):
                fault = code_fault(now) if key == "code" else None
                why = phrase("code_why", fault=fault) if fault is not None else ""
                self._note(
                    "ID_002", key, issued=issued, field=word, now=quoted(now), actual=now, expected=wanted, why=why
                )

    def check_body(self, code: str, name: str, *, checked: bool) -> None:
        """Note what is wrong with the name and code of the body; a roll-up's region may have a code of its own kind."""
        if not code and not name:
            self._note("ID_001", "name")
        elif not code:
            self._note("ID_008", "code", name=name)
        elif not name:
            self._note("ID_007", "name", stated=code)
        fault = code_fault(code) if code and checked else None
        if fault is not None:
            self._note("ID_003", "code", now=quoted(code), actual=code, reason=fault)

    def check_persons(self) -> None:
        """Note each person who is not named."""
        for key, label in COVER.fields:
            if key in PERSONS and key in self.fields and not self.fields[key].value:
                self._note("TEXT_003", key, label=label)


def sound_code(text: str) -> str:
    """Return a code as it is compared: half width, upper case, without spaces and what nobody sees."""
    return "".join(unicodedata.normalize("NFKC", visible(text)).split()).upper()
