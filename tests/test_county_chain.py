"""The county's chain on every surface: the roll-up's sheet, JSON and text, with 调整, roll-ups as last year, a city."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.commands import answer, run
from tests.rollups import SMALL, a_return, checked, code_of
from tests.rollups import merged as rolled_up
from tests.samples import BODIES, sound, workbook
from tests.soaking import first_of, soak
from tests.test_independent_cases import CASES, CODES, last_of
from tests.test_independent_cases import merged as settled
from tests.test_reorganisation import known
from toolkit import merging
from toolkit.findings import Severity, finding
from toolkit.forms import load_form
from toolkit.outputs.contract import merge_json
from toolkit.returns import Adjustment, Region, Return
from toolkit.returns.last_year import LastYear
from toolkit.workbook.rollup import write_rollup

FORM = load_form("2021")


@pytest.mark.parametrize(
    "name", first_of(["ended with cases", "nothing", "nothing, wrong and merged", "split, both take all"])
)
def test_sheet_and_json_say_what_the_chain_is(name: str) -> None:
    """汇总说明 has the sentences that ``merge`` prints; JSON has the sums of both kinds and the bodies by code."""
    case = CASES[name]
    _, rollup = settled(known(*case.rows)[0], last_of(case.before), case.now, case.waived)
    sheet = openpyxl.load_workbook(io.BytesIO(write_rollup(rollup)), read_only=True)["汇总说明"]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    words = [f"与上年衔接：{words}" for words in merging.chain_words(rollup)]
    assert words
    assert [cell for cell in cells if cell.startswith("与上年衔接")] == words
    said = merge_json(rollup, Path("汇总.xlsx"), details=None, previous=None, sources=False)
    link = next(one for one in said["chain"] if one["item"] == "t3.r2.total")
    (whole, inside, *_) = case.county
    assert (link["all"]["expected"], link["all"]["found"]) == whole
    assert (link["merged"]["expected"], link["merged"]["found"]) == inside
    assert "、".join(one["name"] for one in link["broken"]) == case.county[2]
    assert all(set(one["codes"]) <= set(CODES.values()) for one in link["broken"])


def test_a_body_is_named_with_its_columns_and_its_reason() -> None:
    """Who breaks the chain is named with each column; a reason stands beside it, and all explained it is no doubt."""
    roster = known(*CASES["nothing"].rows)[0]
    _, rollup = settled(roster, last_of({"a": 3, "b": 1}), {"a": 5, "b": 1}, "a")
    (said,) = [one for one in rollup.findings if one.code == "MERGE_017"]
    assert (said.expected, said.actual, said.difference, said.severity) == ("4", "6", "2", "warning")
    assert "甲局（自然人 应为 3、填 5）" in said.message
    stock = a_return(1, {"t2.normative.in_force": 12})
    items = next(one.items for one in FORM.rule("X2").checks if one.items[0] == "t2.normative.in_force")
    why = finding("X2", items=items, severity=Severity.WARNING, head="", left="", right="", gap="")
    explained = replace(why, rule="X2", explained="清理废止 3 件")
    last = LastYear({(code_of(1), 2024): a_return(1, {"t2.normative.in_force": 15}, year=2024)})
    rollup = merging.continuing(rolled_up([checked(stock, "a.xlsx", explained)]), last, None)
    (said,) = [one for one in rollup.findings if one.code == "MERGE_017"]
    assert (said.severity, said.difference) == ("info", "-3")
    assert "样例1局（应为 15、填 12，已说明：清理废止 3 件）" in said.message


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("nothing, wrong and merged", ["X1 甲局"]),
        ("split, both take all", ["X1 丁局", "X1 戊局"]),
        ("ended with cases", ["MERGE_017 "]),
    ],
)
def test_a_break_stands_once_among_the_problems(name: str, lines: list[str]) -> None:
    """问题清单 has a break in the lines of its bodies, with the sum of the whole, or in one of its own."""
    case = CASES[name]
    _, rollup = settled(known(*case.rows)[0], last_of(case.before), case.now, case.waived)
    sheet = openpyxl.load_workbook(io.BytesIO(write_rollup(rollup)), read_only=True)["问题清单"]
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[5] in ("X1", "MERGE_017")]
    assert [f"{row[5]} {row[0] if row[5] == 'X1' else ''}" for row in rows] == lines
    (_, inside, *_) = case.county
    sums = f"按上年应为 {inside[0]}，本年 {inside[1]}，差额 {inside[1] - inside[0]}"
    assert all(sums in str(row[6]) for row in rows)


def test_what_is_corrected_counts() -> None:
    """A line of 调整 that mends a body mends the chain; one of the whole is a share of its own."""
    roster = known(*CASES["nothing"].rows)[0]
    _, rollup = settled(roster, last_of({"a": 3, "b": 1}), {"a": 5, "b": 1}, "a")
    mended = merging.chained(
        replace(rollup, adjustments=(Adjustment(CODES["a"], "t3.r2.natural", 5, 3, "错填", "张"),))
    )
    assert not [one for one in mended.findings if one.code == "MERGE_017"]
    whole = merging.chained(replace(rollup, adjustments=(Adjustment("全部", "t3.r2.natural", 6, 4, "错填", "张"),)))
    link = next(one for one in whole.chain if one.check.items == ("t3.r2.natural",))
    assert (link.sums(merged=True), [one.carried.name for one in link.broken]) == ((4, 4), ["甲局", "全部"])


def test_a_blank_is_not_a_zero() -> None:
    """A body that left 上年结转 blank has no figure; that is said, and 0 is not put in its mouth."""
    last = LastYear({(code_of(1), 2024): a_return(1, {"t3.r4.natural": 2}, year=2024)})
    blank = a_return(1, {"t3.r1.natural": 3}, declared=("t2", "t4"))
    rollup = merging.continuing(rolled_up([checked(blank, "a.xlsx")]), last, None)
    assert "自然人 应为 2，没有数" in merging.chain_words(rollup)[0]
    assert "填 0" not in merging.chain_words(rollup)[0]


def test_where_nothing_can_be_compared_nothing_agrees() -> None:
    """A chain in which last year decides nothing of anybody is not called equal."""
    rollup = merging.continuing(rolled_up([checked(a_return(1, {"t3.r2.natural": 2}), "a.xlsx")]), LastYear({}), None)
    assert str(merging.chain_words(rollup)[0]).startswith("上年结转·总计：没有可以与上年比对的单位；")


def whole_of(number: int, bodies: tuple[int, ...], carried: int) -> list[tuple[str, Return]]:
    """Return a roll-up of last year and its bodies' rows, as they stand in one file."""
    file = f"汇总{number}.xlsx"
    rows = [a_return(at, {"t3.r4.natural": carried}, year=2024, file=file) for at in bodies]
    own = a_return(number, {"t3.r4.natural": carried * len(bodies)}, year=2024, kind="rollup", file=file)
    return [(ret.identity.code or "", ret) for ret in (*rows, own)]


@pytest.mark.parametrize(
    ("now", "expected", "waiting"),
    [
        ((1, 2), (4, 4), ""),  # a county: its bodies, and not itself
        ((1,), (4, 2), "样例2局"),  # one of them has not come yet, as far as is known without a roster
        ((50, 51), (8, 8), ""),  # a city: its counties, and not their bodies
        ((50,), (8, 4), "样例51局"),
    ],
)
def test_a_roll_up_of_last_year_counts_once(now: tuple[int, ...], expected: tuple[int, int], waiting: str) -> None:
    """Last year's roll-up is its bodies for a county and one body for a city, never both."""
    rows = whole_of(50, (1, 2), 2) + (whole_of(51, (11, 12), 2) if now[0] > 2 else [])
    last = LastYear({(code, 2024): ret for code, ret in rows})
    size = 4 if now[0] > 2 else 2
    files = [checked(a_return(at, {"t3.r2.natural": size}), f"{at}.xlsx") for at in now]
    region = Region() if now[0] > 2 else Region("样例50局", code_of(50))
    rollup = merging.continuing(rolled_up(files, region=region), last, None)
    link = next(one for one in rollup.chain if one.check.items == ("t3.r2.natural",))
    assert (link.sums(merged=False), "、".join(one.carried.name for one in link.waiting)) == (expected, waiting)


def test_a_partial_county_is_named_as_such() -> None:
    """Where a county's roll-up is partial, the city's chain says so beside its figures."""
    own = a_return(50, {"t3.r2.natural": 1}, kind="rollup")
    own = replace(own, identity=replace(own.identity, coverage="1/2", uncounted="样例2局"))
    last = LastYear({(code_of(50), 2024): a_return(50, {"t3.r4.natural": 2}, year=2024, kind="rollup")})
    rollup = merging.continuing(rolled_up([checked(own, "甲县.xlsx")]), last, None)
    assert "样例50局（自然人 应为 2、填 1，是阶段性汇总（1/2））" in merging.chain_words(rollup)[0]


def test_without_last_year_nothing_is_said() -> None:
    """A roll-up that nothing was compared with has no chain."""
    rollup = rolled_up([checked(a_return(1, SMALL), "a.xlsx")])
    assert (rollup.chain, merging.chain_words(rollup)) == ((), ())
    assert merge_json(rollup, Path(), details=None, previous=None, sources=False)["chain"] == []


@soak
def test_merge_states_it(tmp_path: Path) -> None:
    """On the command line: the sentences stand before the coverage, the doubt in 问题清单, and the roll-up is proved."""
    before, now, out = tmp_path / "2024", tmp_path / "收件", tmp_path / "汇总.xlsx"
    before.mkdir()
    now.mkdir()
    for at in range(3):
        figures = sound(FORM, 60 + at, 12, None)
        (before / f"{at}.xlsx").write_bytes(workbook(FORM, 2024, BODIES[at], figures))
        if at < 2:
            old = a_return(at, figures, year=2024)
            more = {"t3.r2.natural": 9, "t3.r3_1.natural": 9} if at else {}
            (now / f"{at}.xlsx").write_bytes(workbook(FORM, 2025, BODIES[at], sound(FORM, 70 + at, 12, old) | more))
    code = run("roster", "-o", tmp_path / "名录.xlsx").code
    assert code == 0
    argv = ("merge", now, "--last-year", before, "-o", out)
    said = answer(*argv)
    assert {one["item"] for one in said["chain"]} > {"t3.r2.total", "t2.normative.in_force"}
    text = run(*argv).out.splitlines()
    (stock,) = (line for line in text if line.startswith("与上年衔接：行政规范性文件·现行有效件数"))
    assert BODIES[2][2] in stock
    assert answer("prove", out, now)["proved"]
