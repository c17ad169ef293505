"""Small returns, rosters and checked files for the tests of merging, the roll-up, its proof and exports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

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
) -> RollUp:
    """Merge files, with decisions as tests write them: a waiver may be its reason alone."""
    given = (include_failing or {}).items()
    waivers = {code: Waiver(waiver) if isinstance(waiver, str) else waiver for code, waiver in given}
    return merge(files, year, known, region, Decisions(prefer_newest, waivers, standing or {}), as_of)
