"""Bodies that were reorganised, each case right and wrong: what is prefilled, found, merged, and said of the county."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import NamedTuple

import openpyxl
import pytest
from msgspec.structs import replace

from tests.builders import a_return
from tests.test_reorganisation import NAMES, A, B, C, D, E, known
from toolkit import merging
from toolkit.forms import load_form
from toolkit.returns import Decisions, ReadFile, Return, RollUp, Waiver
from toolkit.returns.last_year import LastYear
from toolkit.roster import Roster
from toolkit.run.examination import Examination
from toolkit.run.sharing import judged_together
from toolkit.workbook import write
from toolkit.workbook.issuing import fillings

YEAR = 2025
CODES = dict(zip("abcde", (A, B, C, D, E), strict=True))


def named(ret: Return, code: str) -> Return:
    return replace(ret, identity=replace(ret.identity, code=code, name=f"{NAMES[code]}局"))


def last_of(carried: Mapping[str, int | None]) -> LastYear:
    """Return last year's returns of bodies, with what natural persons' cases each carried on (None: left blank)."""
    made = {}
    for key, many in carried.items():
        ret = a_return(
            {"t3.r1.natural": 9} | ({"t3.r4.natural": many} if many is not None else {}),
            year=2024,
            fill=None if many is None else 0,
        )
        made[CODES[key], 2024] = named(ret, CODES[key])
    return LastYear(made)


def merged(roster: Roster | None, last: LastYear, now: Mapping[str, int], waived: str = "") -> tuple[list[str], RollUp]:
    """Return the findings of the chain, file by file, and the roll-up of the returns, those of ``waived`` bodies too."""
    examination, files = Examination(YEAR, roster, last), []
    for key, many in now.items():
        ret = named(a_return({"t3.r1.natural": 9, "t3.r2.natural": many, "t3.r4.natural": 9 + many}), CODES[key])
        files.append(examination.judged(ReadFile(f"{key}.xlsx", key, ret, ())))
    decisions = Decisions(waivers={CODES[key]: Waiver("会商") for key in waived})
    checked = judged_together(files, YEAR, roster, last, decisions)
    found = [
        f"{file.file[0]} {one.code} {one.severity}" for file in checked for one in file.findings if one.code in CHAIN
    ]
    return list(dict.fromkeys(found)), merging.continuing(
        merging.merge(checked, YEAR, roster, decisions=decisions), last, roster
    )


CHAIN = ("X1", "ID_020", "ID_023")


class Case(NamedTuple):
    """What a roster says, what was carried over and taken over, and what follows.

    ``filled`` is what stands in 上年结转 of every template; ``county`` last year's and this year's sum of all bodies, of
    those merged, the bodies that break it, that are not merged, of which last year decides nothing.
    """

    rows: tuple[tuple[str, str, str, str], ...]
    before: dict[str, int | None]
    now: dict[str, int]
    filled: dict[str, int | None]
    found: list[str]
    county: tuple[tuple[int, int], tuple[int, int], str, str, str]
    waived: str = ""


STAYS = ((A, "", "", ""), (B, "", "", ""))
ABSORBED = ((A, "", "2024", ""), (D, "", "", A))
MERGED = ((A, "", "2024", ""), (B, "", "2024", ""), (C, "2025", "", f"{A}、{B}"))
SPLIT = ((C, "", "2024", ""), (D, "2025", "", f"{C}（部分）"), (E, "2025", "", f"{C}（部分）"))
MOVED = ((D, "", "", ""), (E, "", "", f"{D}（2025，部分）"))
RENAMED = ((A, "", "2024", ""), (B, "2025", "", A))
ENDED = ((A, "", "2024", ""), (B, "", "", ""))
FOUNDED = ((A, "", "", ""), (B, "2025", "", ""))
CASES = {
    "nothing": Case(STAYS, {"a": 3, "b": 1}, {"a": 3, "b": 1}, {"甲局": 3, "乙局": 1}, [], ((4, 4), (4, 4), "", "", "")),
    "nothing, wrong": Case(
        STAYS, {"a": 3, "b": 1}, {"a": 5, "b": 1}, {"甲局": 3, "乙局": 1}, ["a X1 error"], ((4, 6), (1, 1), "", "甲局", "")
    ),
    "nothing, wrong and merged": Case(
        STAYS, {"a": 3, "b": 1}, {"a": 5, "b": 1}, {"甲局": 3, "乙局": 1}, ["a X1 error"], ((4, 6), (4, 6), "甲局", "", ""), "a"
    ),
    "nothing, one is missing": Case(
        STAYS, {"a": 3, "b": 1}, {"a": 3}, {"甲局": 3, "乙局": 1}, [], ((4, 3), (3, 3), "", "乙局", "")
    ),
    "nothing, two wrongs": Case(
        STAYS, {"a": 3, "b": 1}, {"a": 1, "b": 3}, {"甲局": 3, "乙局": 1}, ["a X1 error", "b X1 error"],
        ((4, 4), (4, 4), "甲局、乙局", "", ""), "ab",
    ),
    "last year is blank": Case(
        STAYS, {"a": 3, "b": None}, {"a": 3, "b": 1}, {"甲局": 3, "乙局": None}, ["b X1 warning"], ((3, 3), (3, 3), "", "", "乙局")
    ),
    "last year is not there": Case(
        STAYS, {"a": 3}, {"a": 3, "b": 1}, {"甲局": 3, "乙局": None}, ["b ID_020 info"], ((3, 3), (3, 3), "", "", "乙局")
    ),
    "absorbed": Case(ABSORBED, {"a": 3, "d": 5}, {"d": 8}, {"丁局": 8}, [], ((8, 8), (8, 8), "", "", "")),
    "absorbed, its own alone": Case(
        ABSORBED, {"a": 3, "d": 5}, {"d": 5}, {"丁局": 8}, ["d X1 error"], ((8, 5), (0, 0), "", "丁局", "")
    ),
    "absorbed, not there": Case(
        ABSORBED, {"d": 5}, {"d": 5}, {"丁局": None}, ["d ID_023 info"], ((0, 0), (0, 0), "", "", "丁局")
    ),
    "merged": Case(MERGED, {"a": 3, "b": 5}, {"c": 8}, {"丙局": 8}, [], ((8, 8), (8, 8), "", "", "")),
    "merged, wrong": Case(MERGED, {"a": 3, "b": 5}, {"c": 7}, {"丙局": 8}, ["c X1 error"], ((8, 7), (0, 0), "", "丙局", "")),
    "split": Case(SPLIT, {"c": 8}, {"d": 3, "e": 5}, {"丁局": None, "戊局": None}, [], ((8, 8), (8, 8), "", "", "")),
    "split, nothing to share": Case(SPLIT, {"c": 0}, {"d": 0, "e": 0}, {"丁局": 0, "戊局": 0}, [], ((0, 0), (0, 0), "", "", "")),
    "split, both take all": Case(
        SPLIT, {"c": 8}, {"d": 8, "e": 8}, {"丁局": None, "戊局": None}, ["d X1 warning", "e X1 warning"],
        ((8, 16), (8, 16), "丁局、戊局", "", ""),
    ),
    "split, one missing": Case(
        SPLIT, {"c": 8}, {"d": 3}, {"丁局": None, "戊局": None}, ["d ID_023 info"], ((8, 3), (0, 0), "", "丁局、戊局", "")
    ),
    "a part": Case(MOVED, {"d": 8, "e": 1}, {"d": 3, "e": 6}, {"丁局": None, "戊局": None}, [], ((9, 9), (9, 9), "", "", "")),
    "a part, wrong": Case(
        MOVED, {"d": 8, "e": 1}, {"d": 8, "e": 6}, {"丁局": None, "戊局": None}, ["d X1 warning", "e X1 warning"],
        ((9, 14), (9, 14), "丁局、戊局", "", ""),
    ),
    "renamed": Case(RENAMED, {"a": 3}, {"b": 3}, {"乙局": 3}, [], ((3, 3), (3, 3), "", "", "")),
    "renamed, wrong": Case(RENAMED, {"a": 3}, {"b": 0}, {"乙局": 3}, ["b X1 error"], ((3, 0), (0, 0), "", "乙局", "")),
    "ended": Case(ENDED, {"a": 0, "b": 1}, {"b": 1}, {"乙局": 1}, [], ((1, 1), (1, 1), "", "", "")),
    "ended with cases": Case(ENDED, {"a": 3, "b": 1}, {"b": 1}, {"乙局": 1}, [], ((4, 1), (4, 1), "甲局", "", "")),
    "ended, taken by another": Case(
        ENDED, {"a": 3, "b": 1}, {"b": 4}, {"乙局": 1}, ["b X1 error"], ((4, 4), (3, 0), "甲局", "乙局", "")
    ),
    "nobody knows it": Case(STAYS, {"a": 3, "b": 1, "e": 2}, {"a": 3, "b": 1}, {"甲局": 3, "乙局": 1}, [], ((6, 4), (6, 4), "戊局", "", "")),
    "founded": Case(FOUNDED, {"a": 3}, {"a": 3, "b": 0}, {"甲局": 3, "乙局": None}, ["b ID_020 info"], ((3, 3), (3, 3), "", "", "")),
    "founded with cases": Case(
        FOUNDED, {"a": 3}, {"a": 3, "b": 2}, {"甲局": 3, "乙局": None}, ["b ID_020 info"], ((3, 5), (3, 5), "乙局", "", "")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_surface_follows_the_roster(case: Case) -> None:
    """What is certain is prefilled, each return is judged by it, and the county's chain says the same in sums and names."""
    roster, last = known(*case.rows)[0], last_of(case.before)
    made = [one for _, one in fillings(load_form("2021"), YEAR, roster, last)]
    assert {one.name: getattr(one.answers.get("t3.r2.natural"), "value", None) for one in made} == case.filled
    shared = any(one.shared for one in roster.successions(YEAR))
    assert all((one.sharers != "") == shared for one in made)
    found, rollup = merged(roster, last, case.now, case.waived)
    assert found == case.found
    link = next(one for one in rollup.chain if one.check.items[0] == "t3.r2.natural")
    names = ("、".join(one.carried.name for one in part) for part in (link.broken, link.waiting, link.undecided))
    assert (link.sums(merged=False), link.sums(merged=True), *names) == case.county
    lines = [str(words) for words in merging.chain_words(rollup) if words.startswith("上年结转")]
    assert all(one.carried.name in lines[0] for part in (link.broken, link.waiting, link.undecided) for one in part)
    told = [one.severity for one in rollup.findings if one.code == "MERGE_017"]
    assert told == (["warning"] if link.broken else [])


STOCK, DECIDED, PENDING, REVIEWED = (
    "t2.normative.in_force", "t2.licensing.decisions", "t4.review.pending", "t4.review.upheld",
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "before", "now", "expected"),
    [
        (ABSORBED, {"a": {STOCK: 10}, "d": {STOCK: 5}}, {"d": {STOCK: 15}}, []),
        (ABSORBED, {"a": {STOCK: 10}, "d": {STOCK: 5}}, {"d": {STOCK: 5}}, ["d X2 error"]),
        (ABSORBED, {"a": {PENDING: 1}, "d": {PENDING: 2}}, {"d": {REVIEWED: 3}}, []),
        (ABSORBED, {"a": {PENDING: 1}, "d": {PENDING: 2}}, {"d": {REVIEWED: 2}}, ["d X4 warning"]),
        (ABSORBED, {"a": {DECIDED: 20}, "d": {DECIDED: 20}}, {"d": {DECIDED: 100}}, []),
        (ABSORBED, {"a": {DECIDED: 20}, "d": {DECIDED: 20}}, {"d": {DECIDED: 130}}, ["d X5 warning"]),
        (SPLIT, {"c": {STOCK: 15}}, {"d": {STOCK: 5}, "e": {STOCK: 10}}, []),
        (SPLIT, {"c": {STOCK: 15}}, {"d": {STOCK: 15}, "e": {STOCK: 15}}, ["d X2 warning", "e X2 warning"]),
        (SPLIT, {"c": {PENDING: 2}}, {"d": {REVIEWED: 1}, "e": {REVIEWED: 1}}, []),
        (SPLIT, {"c": {PENDING: 2}}, {"d": {REVIEWED: 1}, "e": {}}, ["d X4 warning", "e X4 warning"]),
        (SPLIT, {"c": {DECIDED: 60}}, {"d": {DECIDED: 20}, "e": {DECIDED: 40}}, []),
        (SPLIT, {"c": {DECIDED: 60}}, {"d": {DECIDED: 10}, "e": {DECIDED: 9}}, ["d X5 warning", "e X5 warning"]),
        (ENDED, {"a": {STOCK: 10}, "b": {STOCK: 5}}, {"b": {STOCK: 5}}, []),
    ],
)
def test_every_rule_of_last_year_looks_at_the_sums(
    rows: tuple[tuple[str, str, str, str], ...], before: dict[str, dict[str, int]], now: dict[str, dict[str, int]],
    expected: list[str],
) -> None:  # fmt: skip
    """Stock, pending cases and jumps of reorganised bodies are those of their sums, as what is carried over is."""
    roster, full = known(*rows)[0], {"t3.r1.natural": 9, "t3.r3_1.natural": 9}
    last = LastYear(
        {(CODES[key], 2024): named(a_return(full | own, year=2024), CODES[key]) for key, own in before.items()}
    )
    examination = Examination(YEAR, roster, last)
    files = [
        examination.judged(ReadFile(f"{key}.xlsx", key, named(a_return(full | own), CODES[key]), ()))
        for key, own in now.items()
    ]
    checked = judged_together(files, YEAR, roster, last, Decisions())
    found = [
        f"{file.file[0]} {one.code} {one.severity}" for file in checked for one in file.findings if one.code[0] == "X"
    ]
    assert found == expected
    link = next(
        one for one in merging.continuing(merging.merge(checked, YEAR, roster), last, roster).chain
        if one.check.items[0] == STOCK
    )  # fmt: skip
    sums = [sum(own.get(STOCK, 0) for own in year.values()) for year in (before, now)]
    assert link.sums(merged=False) == (sums[0], sums[1])


def test_what_is_to_be_shared_can_be_seen() -> None:
    """Last year's figures beside a row run over empty cells: wrapped in a column of their own they would be cut off."""
    made = next(one for _, one in fillings(load_form("2021"), YEAR, known(*SPLIT)[0], last_of({"c": 8})))
    book = openpyxl.load_workbook(io.BytesIO(write(made)))
    cells = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("上年：")
    ]
    assert "上年：自然人 8、总计 8、其余 0（丙局上年的数，由丁局、戊局分担）" in {cell.value for cell in cells}
    assert not any(cell.alignment.wrap_text or cell.offset(0, 1).value for cell in cells)
