"""Small returns, rosters and checked files for the tests of merging, the roll-up, its proof and exports."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.mutants import unzipped, zipped
from toolkit.answers import Answer, Filled, Number
from toolkit.findings import Finding, finding
from toolkit.forms import Form, load_form
from toolkit.merging import merge
from toolkit.returns import (
    Checked,
    Decisions,
    Identity,
    Paragraph,
    Place,
    Region,
    Return,
    RollUp,
    Standing,
    Waiver,
)
from toolkit.roster import Respondent, Roster, check_character

FORM = load_form("2021")
YEAR = 2025


def code_of(number: int) -> str:
    """Return a well-formed made-up code."""
    body = f"1199999950000{number:02d}0X"[:17]
    return body + check_character(body)


def a_return(
    number: int,
    figures: Mapping[str, Number],
    *,
    name: str | None = None,
    code: str | None = "",
    form: Form = FORM,
    year: int | None = YEAR,
    round: int = 0,
    kind: str = "return",
    declared: tuple[str, ...] = ("t2", "t3", "t4"),
    text: str = "",
    answers: Mapping[str, Answer] | None = None,
    file: str = "",
) -> Return:
    """Return one body's return; everything not given is blank and declared zero."""
    identity = Identity(
        form.id, year, code_of(number) if code == "" else code, f"样例{number}局" if name is None else name or None,
        round=round, kind=kind,
    )  # fmt: skip
    filled: dict[str, Answer] = {key: Filled(value) for key, value in figures.items()}
    paragraphs = {"六": (Paragraph(text, Place("六、其他事项", "A3")),)} if text else {}
    return Return(
        form, identity, filled | dict(answers or {}), declared=frozenset(declared), text=paragraphs, file=file or None
    )


def checked(ret: Return | None, file: str, *findings: Finding, sha256: str = "", modified: float = 0.0) -> Checked:
    """Return a checked file; its digest is made from its name unless it is given."""
    return Checked(file, sha256 or hashlib.sha256(file.encode("utf-8", "replace")).hexdigest(), ret, findings, modified)


def roster(*numbers: int, outside: tuple[int, ...] = ()) -> Roster:
    """Return a roster of bodies; those in ``outside`` are not in the roll-up."""
    return Roster("样例县", tuple(body(number, in_rollup=number not in outside) for number in (*numbers, *outside)))


def body(
    number: int, *, in_rollup: bool = True, last: int | None = None, predecessors: tuple[str, ...] = ()
) -> Respondent:
    """Return a body of the roster."""
    return Respondent(code_of(number), f"样例{number}局", "", "县级部门", "", in_rollup, None, last, predecessors)


def error(file: str = "") -> Finding:
    """Return an error about a file."""
    return finding("MERGE_001", file=file, name="", count=2, files="", differing="", standing="")


SMALL: dict[str, Number] = {
    "t3.r1.natural": 3,
    "t3.r3_1.natural": 2,
    "t3.r4.natural": 1,
    "t2.fees.amount": Decimal("0.1"),
}


def merged(
    files: Sequence[Checked],
    known: Roster | None = None,
    *,
    year: int = YEAR,
    as_of: str = "2026-02-01",
    region: Region = Region(),  # noqa: B008 – frozen
    prefer_newest: bool = False,
    include_failing: Mapping[str, str | Waiver] | None = None,
    standing: Mapping[str, Standing] | None = None,
    received: Mapping[str, float] | None = None,
) -> RollUp:
    """Merge files, with decisions as tests write them: a waiver may be its reason alone."""
    given = (include_failing or {}).items()
    waivers = {code: Waiver(waiver) if isinstance(waiver, str) else waiver for code, waiver in given}
    return merge(files, year, known, region, Decisions(prefer_newest, waivers, standing or {}, received or {}), as_of)


def save_values(book: Any, original: Path, path: Path) -> None:
    """Save a roll-up that was opened for its values, with the formulas of the original in their cells again."""
    import openpyxl

    book.save(path)
    formulas = openpyxl.load_workbook(original)
    parts = dict(unzipped(path.read_bytes()))
    for number, sheet in enumerate(book.worksheets, 1):
        old = formulas[sheet.title] if sheet.title in formulas.sheetnames else formulas.create_sheet()
        cells = {
            cell.coordinate: cell.value for row in old.iter_rows() for cell in row if cell.data_type == "f"
        }  # fmt: skip

        def again(match: re.Match[str], cells: Mapping[str, str] = cells, sheet: Any = sheet) -> str:
            place, style = match[1], match[2] or ""
            if place not in cells:
                return match[0]
            value = sheet[place].value
            kind = ' t="str"' if value is None or isinstance(value, str) else ""
            shown = "" if value is None else escape(str(value))
            return f'<c r="{place}"{style}{kind}><f>{escape(cells[place][1:])}</f><v>{shown}</v></c>'

        name = f"xl/worksheets/sheet{number}.xml"
        xml = parts[name].decode()
        parts[name] = re.sub(
            r'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?[^>]*?(?:/>|>.*?</c>)', again, xml, flags=re.DOTALL
        ).encode()
    path.write_bytes(zipped(list(parts.items())))
