"""Last year is one object: prefill, rules, annex and the county's chain take the same figure from whatever it is kept in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

import toolkit
from tests.commands import answer, run
from tests.samples import BODIES, code_of, roster_of
from tests.soaking import only
from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.errors import ToolkitError
from toolkit.forms import load_form
from toolkit.season import initiate
from toolkit.season.folder import opened_ledger
from toolkit.season.ledger import Decision, record_decisions
from toolkit.workbook import Filling, write

FORM = load_form("2021")
CODE, NAME = code_of(BODIES[0][0]), BODIES[0][2]
CARRIED, DECIDED = "t3.r4.natural", "t2.licensing.decisions"
KEEPS: dict[str, Number] = {"t3.r1.natural": 9, "t3.r3_1.natural": 6, CARRIED: 3, DECIDED: 30}
OTHER = KEEPS | {"t3.r3_1.natural": 4, CARRIED: 5}


def book(figures: Mapping[str, Number | Answer], *, year: int = 2024, turn: int = 0) -> bytes:
    """Return a body's workbook in which everything else is a typed zero."""
    answers: dict[str, Answer] = {code: Filled(0) for code in FORM.inputs}
    for code, value in figures.items():
        answers[code] = Filled(value) if isinstance(value, int) else value
    kind = "reply" if turn else "issued"
    filled = Filling(
        FORM, year, kind=kind, code=CODE, name=NAME, level="县级部门", region="样例县", round=turn, answers=answers
    )
    return write(filled)


def single(place: Path) -> Path:
    (place / "甲.xlsx").write_bytes(book(KEEPS))
    return place


def rounds(place: Path) -> Path:
    """Put two rounds there: the later one counts, whatever the names."""
    (place / "最终.xlsx").write_bytes(book(OTHER))
    (place / "甲.xlsx").write_bytes(book(KEEPS, turn=1))
    return place


def conflict(place: Path) -> Path:
    (place / "甲.xlsx").write_bytes(book(KEEPS))
    (place / "乙.xlsx").write_bytes(book(OTHER))
    return place


def strays(place: Path) -> Path:
    """Put a file of another year and one of nobody there, which count for nothing."""
    (place / "旧.xlsx").write_bytes(book(OTHER, year=2023))
    (place / "附件.xlsx").write_bytes(b"PK no workbook")
    return single(place)


def blank(place: Path) -> Path:
    (place / "甲.xlsx").write_bytes(book(KEEPS | {CARRIED: Blank()}))
    return place


def unreadable(place: Path) -> Path:
    (place / "甲.xlsx").write_bytes(book(KEEPS | {CARRIED: Unreadable("若干", "")}))
    return place


def rolled_up(place: Path) -> Path:
    """Keep the roll-up alone."""
    toolkit.merge(single(place), output=place.parent / "汇总2024.xlsx", as_of=None, region="样例县")
    return place.parent / "汇总2024.xlsx"


def beside(place: Path) -> Path:
    """Keep the roll-up beside the files that it was merged from."""
    toolkit.merge(single(place), output=place / "汇总2024.xlsx", as_of=None, region="样例县")
    return place


def season(place: Path) -> Path:
    """Keep a season: two versions, of which its ledger adopted one; what lies in 退回 is no return."""
    roster = place.parent / "名录2024.xlsx"
    roster.write_bytes(roster_of(1))
    folder = initiate(place, {"year": "2024", "region": "样例县"}, roster=roster)
    conflict(folder.inbox)
    (folder.replies / "退.xlsx").write_bytes(book(OTHER, turn=1))
    assert run("ledger", place).code in (0, 1)
    digest = hashlib.sha256((folder.inbox / "甲.xlsx").read_bytes()).hexdigest()
    with opened_ledger(folder) as ledger:
        number = ledger.value("version", "number", sha256=digest)
        record_decisions(ledger, [Decision(CODE, "adopt", str(number), "来电确认")])
    return place


class Case(NamedTuple):
    """How last year is kept, what of it is known, and the findings about its files."""

    known: int | None
    jumps: bool
    notes: list[str]
    lacks: str = ""


CASES = {
    single: Case(3, True, []),
    rounds: Case(3, True, ["LAST_002"]),
    conflict: Case(None, True, ["LAST_001"], "几份说法不一（5、3）"),
    strays: Case(3, True, ["LAST_002", "LAST_002"]),
    blank: Case(None, True, [], "空白"),
    unreadable: Case(None, True, [], "填的是“若干”，读不懂"),
    rolled_up: Case(3, True, []),
    beside: Case(3, True, []),
    season: Case(3, True, ["LAST_002"]),
}


@pytest.mark.parametrize("make", only(CASES, conflict), ids=lambda make: make.__name__)
def test_every_surface_takes_the_same_figure(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """What is known is prefilled, compared and printed; what is not is a warning that names last year's return."""
    case, place = CASES[make], tmp_path / "上年"
    place.mkdir()
    last, roster = make(place), tmp_path / "名录.xlsx"
    roster.write_bytes(roster_of(1))
    now = tmp_path / "今年.xlsx"
    now.write_bytes(
        book({"t3.r2.natural": 4, "t3.r3_1.natural": 4, DECIDED: 100}, year=2025)
    )  # one more than was carried over, and more than thrice
    known = ("--roster", roster, "--last-year", last)

    assert run("template", "--year", 2025, *known, "-o", tmp_path / "空白表").code == 0
    (made,) = (tmp_path / "空白表").iterdir()
    (issued,) = (one for one in answer("read", made)["returns"][0]["items"] if one["code"] == "t3.r2.natural")
    assert (issued["state"], issued["value"]) == ("blank" if case.known is None else "filled", case.known)

    said = answer("check", now, *known)
    (file,) = said["files"]
    (chained,) = [one for one in file["findings"] if one["code"] == "X1" and one["items"][0] == "t3.r2.natural"]
    assert (chained["severity"], chained["expected"]) == (("warning", None) if case.known is None else ("error", "3"))
    assert case.lacks in chained["message"]
    assert [one["code"] for one in file["findings"] if one["code"] == "X5"] == ["X5"] * case.jumps
    assert [one["code"] for one in said["findings"]] == case.notes

    run("check", now, *known, "-o", tmp_path / "退回")
    listed = openpyxl.load_workbook(tmp_path / "退回" / "审核汇总.xlsx")["问题清单"].iter_rows(values_only=True)
    assert [(row[0], row[5]) for row in listed if str(row[5]).startswith("LAST_")] == [
        ("（上年的材料）", code) for code in case.notes
    ]

    page = tmp_path / "报告.html"
    assert run("publish", now, "--annex", "--draft", *known, "-o", page).code in (0, 1)
    annex = page.read_text(encoding="utf-8").partition("与上年对比")[2]
    row = annex[annex.index("结转下年度") if "结转下年度" in annex else 0 :][:900]
    assert (">3<" in row) == (case.known is not None), re.sub("<[^>]*>", " ", row)

    argv = (
        "merge",
        now,
        *known,
        "--include-failing",
        f"{CODE}=会商决定先计入，来函 3 号",
        "-o",
        tmp_path / "汇总.xlsx",
    )
    merged = answer(*argv)
    (link,) = [one for one in merged["chain"] if one["item"] == "t3.r2.natural"]
    assert link["merged"]["expected"] == (case.known or 0)
    assert [one["name"] for one in link["undecided"]] == [NAME] * (case.known is None)
    assert [one["code"] for one in merged["findings"] if one["code"].startswith("LAST")] == case.notes


def test_a_season_is_never_taken_without_its_ledger(tmp_path: Path) -> None:
    """Be it this year's or last year's, what its ledger decided holds for the commands; else one line says where it does."""
    place = tmp_path / "季"
    place.mkdir()
    season(place)
    other = tmp_path / "别处"
    other.mkdir()
    single(other)
    merged = answer("merge", place / "收件", "-o", tmp_path / "汇总.xlsx")
    assert [one["file"] for one in merged["coverage"]["superseded"]] == ["乙.xlsx"]
    said = run("merge", place / "收件", other, "-o", tmp_path / "两处.xlsx")
    assert (said.code, "台账" in said.err, (tmp_path / "两处.xlsx").exists()) == (2, True, False)
    for refused in (
        lambda: toolkit.merge(place, as_of=None),
        lambda: toolkit.check(place / "收件"),
        lambda: toolkit.check(other, year=2025, last_year=place),
        lambda: toolkit.template(2025, tmp_path / "空白", roster=place / "名录.xlsx", last_year=place),
    ):
        with pytest.raises(ToolkitError, match="台账"):
            refused()
    assert len(toolkit.read(place / "收件")) == 2
    assert run("check", place / "收件" / "甲.xlsx").code == 0
