"""Reorganisation as flows: who took over from whom, by what the roster says, and what of it cannot be."""

from __future__ import annotations

import pickle

import pytest

from tests.test_roster import TITLES, a_row, code_of
from toolkit.roster import Roster, roster_from_rows

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
    assert not [one for one in found if not one.startswith(("ROSTER_031", "ROSTER_033"))]
    assert ("ROSTER_031" in "".join(found)) == any(one.endswith("loose") for one in expected)
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


@pytest.mark.parametrize(
    ("notes", "marked"),
    [(("", ""), True), (("（部分）", ""), True), (("", "(部分)"), True), (("（部分）", "（部分）"), False)],
)
def test_several_heirs_are_named_unless_each_has_a_part(notes: tuple[str, str], marked: bool) -> None:
    """That a body is read as split is said in the check of the roster, at the last heir, where it might be a slip."""
    heirs = [(code, "2025", "", f"{C}{note}") for code, note in zip((D, E), notes, strict=True)]
    roster, found = known((C, "", "2024", ""), *heirs)
    assert found == (["ROSTER_033 I4"] if marked else [])
    assert groups(roster) == ["丙→丁戊 split"]


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
