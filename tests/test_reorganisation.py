"""Reorganisation as flows: who took over from whom, by what the roster says, and what of it cannot be."""

from __future__ import annotations

import pickle

import pytest
from msgspec.structs import replace

from tests.builders import a_return
from tests.test_roster import TITLES, a_row, code_of
from toolkit.forms import load_form
from toolkit.returns import Decisions, ReadFile, Return
from toolkit.returns.last_year import LastYear
from toolkit.roster import Roster, roster_from_rows
from toolkit.run.examination import Examination
from toolkit.run.sharing import judged_together
from toolkit.workbook.issuing import fillings

YEAR = 2025
A, B, C, D, E = (code_of(number) for number in range(1, 6))
NAMES = dict(zip((A, B, C, D, E), "甲乙丙丁戊", strict=True))


def known(*rows: tuple[str, str, str, str]) -> tuple[Roster, list[str]]:
    """Return the roster of rows (code, first year, last year, predecessors), and the codes of its findings."""
    bodies = [
        a_row(number, code=code, name=f"{NAMES[code]}局", valid_from=first, valid_to=last, predecessors=old)
        for number, (code, first, last, old) in enumerate(rows, 11)
    ]
    roster, found = roster_from_rows([list(TITLES), *bodies], file="名录.xlsx", sheet="名录")
    return roster, [f"{one.code} {one.cell}" for one in found]


def groups(roster: Roster, year: int = YEAR) -> list[str]:
    """Return what became of the bodies, those apart that merely stay: 丙→丁戊 split."""
    return [
        f"{''.join(NAMES.get(code, '？') for code in one.old)}→{''.join(NAMES[code] for code in one.new)} {one.kind}"
        + (" loose" if one.loose else "")
        for one in roster.successions(year)
        if one.kind != "same"
    ]


FLOWS = [
    ("nothing", [(A, "", "", ""), (B, "", "", "")], []),
    ("another name", [(A, "", "2024", ""), (A, "2025", "", "")], []),
    ("another code", [(A, "", "2024", ""), (B, "2025", "", A)], ["甲→乙 renamed"]),
    ("another code, the old row gone", [(B, "2025", "", A)], ["甲→乙 renamed"]),
    ("absorbed", [(A, "", "2024", ""), (D, "", "", A)], ["甲丁→丁 absorbed"]),
    ("absorbed, the old row gone", [(D, "", "", f"{A}（2025）")], ["甲丁→丁 absorbed"]),
    ("two absorbed", [(A, "", "2024", ""), (B, "", "2024", ""), (D, "", "", f"{A}、{B}")], ["甲乙丁→丁 absorbed"]),
    ("merged", [(A, "", "2024", ""), (B, "", "2024", ""), (C, "2025", "", f"{A},{B}")], ["甲乙→丙 merged"]),
    ("split", [(C, "", "2024", ""), (D, "2025", "", C), (E, "2025", "", C)], ["丙→丁戊 split"]),
    (
        "split in parts",
        [(C, "", "2024", ""), (D, "2025", "", f"{C}（部分）"), (E, "2025", "", f"{C}(部分)")],
        ["丙→丁戊 split"],
    ),
    ("split between old ones", [(C, "", "2024", ""), (D, "", "", C), (E, "", "", C)], ["丙丁戊→丁戊 moved"]),
    ("a part becomes a body", [(C, "", "", ""), (D, "2025", "", f"{C}（部分）")], ["丙→丙丁 split"]),
    ("a part moves", [(C, "", "", ""), (D, "", "", f"{C}（2025，部分）")], ["丙丁→丙丁 moved"]),
    (
        "parts of two, and one absorbed",
        [(A, "", "2024", ""), (B, "", "", ""), (C, "", "", ""), (D, "", "", f"{A}；{B}（2025年起部分） {C} (部分,2025)")],
        ["甲乙丙丁→乙丙丁 moved"],
    ),
    ("ended", [(A, "", "2024", ""), (B, "", "", "")], ["甲→ ended"]),
    ("founded", [(A, "", "", ""), (B, "2025", "", "")], ["→乙 founded"]),
    ("ended, the rest open", [(A, "", "2024", ""), (D, "", "", f"{A}（部分）")], ["甲丁→丁 absorbed loose"]),
    ("a part of a stranger", [(D, "", "", f"{E}（2025部分）")], ["丁戊→丁 absorbed loose"]),
    ("two apart", [(A, "", "2024", ""), (B, "2025", "", A), (C, "", "2024", ""), (D, "2025", "", C)],
     ["甲→乙 renamed", "丙→丁 renamed"]),
    ("another year", [(A, "", "2023", ""), (D, "", "", A)], []),
    ("a later year", [(A, "", "", ""), (D, "", "", f"{A}（2026，部分）")], []),
    ("a part long before the end", [(C, "", "2026", ""), (D, "2025", "", f"{C}（部分）")], ["丙→丙丁 split"]),
    ("back again", [(A, "", "2020", ""), (B, "2021", "2024", A), (A, "2025", "", B)], ["乙→甲 renamed"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in FLOWS], ids=[case[0] for case in FLOWS])
def test_what_a_roster_says_became_of_bodies(rows: list[tuple[str, str, str, str]], expected: list[str]) -> None:
    """Who stayed and who took over from whom hang together; every body of either year is in one group."""
    roster, found = known(*rows)
    assert sorted(groups(roster)) == sorted(expected)
    assert not [one for one in found if not one.startswith("ROSTER_031")]
    assert bool(found) == any(one.endswith("loose") for one in expected)
    assert len(roster.stories) >= len([one for one in expected if "founded" not in one])
    everybody = [code for one in roster.successions(YEAR) for code in one.new]
    assert sorted(everybody) == sorted({body.code for body in roster.expected(YEAR)})
    assert groups(pickle.loads(pickle.dumps(roster))) == groups(roster)


def test_a_chain_of_two_years_is_two_flows() -> None:
    """A body that took one over and was taken over the year after inherits in the one year, bequeaths in the other."""
    roster, found = known((A, "", "2023", ""), (B, "2024", "2024", A), (C, "2025", "", B))
    assert found == []
    assert [groups(roster, year) for year in (2023, 2024, 2025, 2026)] == [[], ["甲→乙 renamed"], ["乙→丙 renamed"], []]


def test_what_happened_is_said_in_words() -> None:
    """The check of a roster tells how it was understood, so that a slip is seen before a template goes out."""
    roster, _ = known(
        (A, "", "2024", ""), (B, "", "", A), (C, "", "2024", ""), (D, "2025", "", C), (E, "2025", "", C)
    )  # fmt: skip
    assert list(roster.stories) == ["2025 年度：甲局并入乙局", "2025 年度：丙局分设为丁局、戊局"]
    assert roster.stories[1].en == "2025: 丙局 was split into 丁局、戊局"


FAULTS = [
    ("no year", [(D, "", "", A)], "ROSTER_026 I2"),
    ("no year of a part", [(C, "", "", ""), (D, "", "", f"{C}（部分）")], "ROSTER_026 I3"),
    ("still files", [(A, "", "", ""), (D, "2025", "", A)], "ROSTER_027 I3"),
    ("ends too late", [(A, "", "2025", ""), (D, "", "", f"{A}（2025）")], "ROSTER_027 I3"),
    ("begins too late", [(A, "", "2023", ""), (D, "2025", "", A)], "ROSTER_028 I3"),
    ("ended long ago", [(A, "", "2022", ""), (D, "", "", f"{A}（2025）")], "ROSTER_028 I3"),
    ("no body yet", [(A, "2026", "", ""), (D, "", "", f"{A}（2025，部分）")], "ROSTER_028 I3"),
    ("each other", [(C, "", "", f"{D}（2025，部分）"), (D, "", "", f"{C}（2025，部分）")], "ROSTER_029 I2"),
    (
        "a circle of three",
        [(C, "", "", f"{E}（2025部分）"), (D, "", "", f"{C}（2025部分）"), (E, "", "", f"{D}（2025部分）")],
        "ROSTER_029 I2",
    ),
    ("itself", [(D, "2025", "", D)], "ROSTER_032 I2"),
    ("another word", [(A, "", "2024", ""), (D, "", "", f"{A}（原科室）")], "ROSTER_025 I3"),
]


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_what_cannot_be_is_refused(rows: list[tuple[str, str, str, str]], expected: str) -> None:
    """Years that do not meet, circles and words that nobody understands are one finding at the cell."""
    assert known(*rows)[1] == [expected]


def last_of(**carried: int) -> LastYear:
    """Return last year's returns of bodies, with what natural persons' cases each carried on."""
    codes = dict(zip("abcde", (A, B, C, D, E), strict=True))
    made = {
        codes[key]: a_return({"t3.r1.natural": 9, "t3.r4.natural": many}, year=2024) for key, many in carried.items()
    }
    return LastYear({(code, 2024): named(ret, code) for code, ret in made.items()})


def named(ret: Return, code: str) -> Return:
    return replace(ret, identity=replace(ret.identity, code=code, name=f"{NAMES[code]}局"))


def together(roster: Roster, last: LastYear, **taken: int) -> list[str]:
    """Return the X1 and ID_023 of this year's returns as they are found body by body and together."""
    codes, found = dict(zip("abcde", (A, B, C, D, E), strict=True)), []
    examination = Examination(YEAR, roster, last)
    files = []
    for key, many in taken.items():
        ret = named(a_return({"t3.r1.natural": 9, "t3.r2.natural": many, "t3.r4.natural": 9 + many}), codes[key])
        files.append(examination.judged(ReadFile(f"{key}.xlsx", key, ret, ())))
    for file in judged_together(files, YEAR, roster, last, Decisions()):
        found += [f"{file.file[0]} {one.code} {one.severity}" for one in file.findings if one.code in ("X1", "ID_023")]
    return found


ABSORBED = ((A, "", "2024", ""), (D, "", "", A))
MERGED = ((A, "", "2024", ""), (B, "", "2024", ""), (C, "2025", "", f"{A}、{B}"))
SPLIT = ((C, "", "2024", ""), (D, "2025", "", C), (E, "2025", "", C))
MOVED = ((D, "", "", ""), (E, "", "", f"{D}（2025，部分）"))
RENAMED = ((A, "", "2024", ""), (B, "2025", "", A))
CHAINS = [
    ("absorbed", ABSORBED, {"a": 3, "d": 5}, {"d": 8}, []),
    ("absorbed, its own alone", ABSORBED, {"a": 3, "d": 5}, {"d": 5}, ["d X1 error"]),
    ("absorbed, not there", ABSORBED, {"d": 5}, {"d": 5}, ["d ID_023 info"]),
    ("merged", MERGED, {"a": 3, "b": 5}, {"c": 8}, []),
    ("merged, wrong", MERGED, {"a": 3, "b": 5}, {"c": 7}, ["c X1 error"]),
    ("split", SPLIT, {"c": 8}, {"d": 3, "e": 5}, []),
    ("split, wrong", SPLIT, {"c": 8}, {"d": 8, "e": 8}, ["d X1 warning", "e X1 warning"]),
    ("split, one missing", SPLIT, {"c": 8}, {"d": 3}, ["d ID_023 info"]),
    ("a part", MOVED, {"d": 8, "e": 1}, {"d": 3, "e": 6}, []),
    ("a part, wrong", MOVED, {"d": 8, "e": 1}, {"d": 8, "e": 6}, ["d X1 warning", "e X1 warning"]),
    ("renamed", RENAMED, {"a": 3}, {"b": 3}, []),
    ("renamed, wrong", RENAMED, {"a": 3}, {"b": 0}, ["b X1 error"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "before", "now", "expected"), [one[1:] for one in CHAINS], ids=[one[0] for one in CHAINS]
)
def test_the_chain_holds_for_sums(
    rows: tuple[tuple[str, str, str, str], ...], before: dict[str, int], now: dict[str, int], expected: list[str]
) -> None:
    """One body that has it all answers for the sum; of several each is asked, and a body that is missing is said."""
    assert together(known(*rows)[0], last_of(**before), **now) == expected


@pytest.mark.parametrize(
    ("rows", "before", "expected"),
    [
        (ABSORBED, {"a": 3, "d": 5}, {"丁局": 8}),
        (MERGED, {"a": 3, "b": 5}, {"丙局": 8}),
        (SPLIT, {"c": 8}, {"丁局": None, "戊局": None}),
        (SPLIT, {"c": 0}, {"丁局": 0, "戊局": 0}),
        (MOVED, {"d": 8, "e": 1}, {"丁局": None, "戊局": None}),
        (RENAMED, {"a": 3}, {"乙局": 3}),
    ],
)
def test_what_is_certain_is_prefilled(
    rows: tuple[tuple[str, str, str, str], ...], before: dict[str, int], expected: dict[str, int | None]
) -> None:
    """What is shared is filled in nowhere, unless there is nothing to share; the sheet names who shares it."""
    made = [one for _, one in fillings(load_form("2021"), YEAR, known(*rows)[0], last_of(**before))]
    assert {one.name: getattr(one.answers.get("t3.r2.natural"), "value", None) for one in made} == expected
    assert all((one.sharers != "") == (len(expected) > 1) for one in made)
