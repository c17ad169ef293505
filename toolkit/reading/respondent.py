"""The cover: its fields, and whose return it is when the carriers inside the workbook are heard too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from toolkit.cells import a1
from toolkit.excel_in import Sheet
from toolkit.findings import Finding, finding
from toolkit.forms.sheets import COVER
from toolkit.reading.carriers import Carriers
from toolkit.reading.wording import plain, quoted, text_of
from toolkit.returns import CoverField, Identity, Place
from toolkit.roster import code_fault

PERSONS = ("preparer", "reviewer", "head", "phone")
_REACH = 4


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
    for key, label in COVER.fields:
        row, column = COVER.cells[key]
        if plain(text_of(sheet.cell(*COVER.label_cell(key)))) != plain(label):
            labels = [
                place
                for place, cell in sheet.cells.items()
                if isinstance(cell.value, str) and len(cell.value) < 40 and plain(cell.value) == plain(label)
            ]
            if len(labels) == 1:
                row, column = labels[0][0], _value_column(sheet, *labels[0])
        fields[key] = CoverField(text_of(sheet.cell(row, column)).strip(), Place(sheet.name, a1(row, column)))
    return fields


def _labels(sheet: Sheet, fields: Mapping[str, CoverField], file: str, *, fixed: bool) -> list[Finding]:
    """Return a finding for each field without its label: an error where the field says whose return it is."""
    findings: list[Finding] = []
    for key, label in COVER.fields:
        place = COVER.label_cell(key)
        text = text_of(sheet.cell(*place))
        if fields[key].place.cell == a1(*COVER.cells[key]) and plain(text) != plain(label):
            code = "FORM_020" if key in ("name", "code", "year") and not fixed else "FORM_027"
            findings.append(
                finding(code, file=file, sheet=sheet.name, cell=a1(*place), wanted=label, name=quoted(text))
            )
    return findings


def _value_column(sheet: Sheet, row: int, label: int) -> int:
    filled = [column for column in range(label + 1, label + 1 + _REACH) if sheet.cell(row, column).value is not None]
    return filled[0] if filled else label + 1


def read_cover(sheet: Sheet | None, carriers: Carriers, form_id: str, file: str) -> Cover:
    """Read the cover and settle identity: an issued workbook keeps its body, a blank asks the cover."""
    fields = cover_fields(sheet)
    findings: list[Finding] = []
    kind = carriers.values.get("kind", "")
    fixed = "code" in carriers.values or "name" in carriers.values
    if sheet is None:
        findings.append(finding("FORM_010", file=file, wanted=COVER.name, part="封面"))
    elif kind != "rollup":
        findings += _labels(sheet, fields, file, fixed=fixed)
    year, about_year = _year(fields.get("year"), carriers.number("year"), file)
    findings += about_year
    code = sound_code(_value(fields, "code"))
    name = unicodedata.normalize("NFC", _value(fields, "name"))
    if fixed:
        findings += _changed(fields, carriers, code, name, file)
        code, name = carriers.values.get("code", code), carriers.values.get("name", name)
    findings += _identified(fields, code, name, file, checked=kind != "rollup")
    identity = Identity(
        form_id,
        year,
        code or None,
        name or None,
        carriers.values.get("level"),
        carriers.values.get("region"),
        "rollup" if kind == "rollup" else "return",
        carriers.number("round") or 0,
        fixed,
        carriers.values.get("token", ""),
    )
    if kind != "rollup":
        findings += _persons(fields, file)
    return Cover(fields, identity, tuple(findings))


def sound_code(text: str) -> str:
    """Return a code as it is compared: half width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _value(fields: Mapping[str, CoverField], key: str) -> str:
    return fields[key].value if key in fields else ""


def _at(field: CoverField | None, file: str) -> dict[str, Any]:
    if field is None:
        return {"file": file}
    return {"file": file, "sheet": field.place.sheet, "cell": field.place.cell}


def _year(field: CoverField | None, carried: int | None, file: str) -> tuple[int | None, list[Finding]]:
    text = "" if field is None else "".join(unicodedata.normalize("NFKC", field.value).split())
    match = re.fullmatch(r"(20[0-9]{2})(?:\.0+)?(?:年|年度)?", text)
    stated = None if match is None else int(match[1])
    place = _at(field, file)
    shown = "" if field is None else field.value
    if carried is not None:
        if text and stated != carried:
            return carried, [
                finding("ID_006", **place, issued=carried, now=quoted(shown), actual=shown, expected=str(carried))
            ]
        return carried, []
    if stated is not None:
        return stated, []
    if text:
        return None, [finding("ID_005", **place, now=quoted(shown), actual=shown)]
    return None, [finding("ID_004", **place)]


def _changed(fields: Mapping[str, CoverField], carriers: Carriers, code: str, name: str, file: str) -> list[Finding]:
    """Return a finding for each field of the body that is not what the workbook was issued with."""
    issued = carriers.values.get("name") or carriers.values.get("code") or "另一个单位"
    findings: list[Finding] = []
    for key, word, now in (("name", "单位名称", name), ("code", "统一社会信用代码", code)):
        wanted = carriers.values.get(key, "")
        same = plain(now) == plain(wanted)
        if wanted and now and not same:
            place = _at(fields.get(key), file)
            findings.append(
                finding("ID_002", **place, issued=issued, field=word, now=quoted(now), actual=now, expected=wanted)
            )
    return findings


def _identified(fields: Mapping[str, CoverField], code: str, name: str, file: str, *, checked: bool) -> list[Finding]:
    """Return what is wrong with the name and code of the body; a roll-up's region may have a code of its own kind."""
    if not code and not name:
        return [finding("ID_001", **_at(fields.get("name"), file))]
    if not code:
        return [finding("ID_008", **_at(fields.get("code"), file), name=name)]
    findings: list[Finding] = []
    if not name:
        findings.append(finding("ID_007", **_at(fields.get("name"), file), stated=code))
    fault = code_fault(code) if checked else None
    if fault is not None:
        findings.append(finding("ID_003", **_at(fields.get("code"), file), now=quoted(code), actual=code, reason=fault))
    return findings


def _persons(fields: Mapping[str, CoverField], file: str) -> list[Finding]:
    labels = dict(COVER.fields)
    return [
        finding("TEXT_003", **_at(fields[key], file), label=labels[key])
        for key in PERSONS
        if key in fields and not fields[key].value
    ]
