"""较上次汇总的变化: each changed total, body by body, adding up to the difference."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

import toolkit
from tests.commands import answer, run
from tests.rollups import FORM, a_return, checked, merged, roster
from tests.samples import BODIES, code_of, sound, workbook
from tests.soaking import soak
from toolkit.answers import Number
from toolkit.errors import ToolkitError, WorkbookError
from toolkit.merging.attribution import shifts
from toolkit.returns import Region, RollUp
from toolkit.workbook.rollup import write_rollup
from toolkit.workbook.rollup.changes import CHANGES_SHEET

ITEM = "t4.review.upheld"


def rolled(bodies: Mapping[int, Number], version: str = "1") -> RollUp:
    """Return the roll-up of bodies that each give a figure to one item."""
    files = [
        checked(a_return(at, {ITEM: value}), f"{at}.xlsx", sha256=f"{at}{value}{version}" * 8)
        for at, value in bodies.items()
    ]
    return merged(files, roster(1, 2, 3, 4), region=Region("样例县"))


def test_every_change_has_its_body() -> None:
    """Changed, new and gone bodies have their shares, an unchanged one has none; they add up to the difference."""
    shift, total = shifts(rolled({1: 5, 2: 7, 3: 1}), rolled({1: 6, 3: 1, 4: 9}))
    assert (total.item, total.last, total.now) == ("t4.review.total", 13, 16)
    assert total.shares == shift.shares
    assert (shift.item, shift.last, shift.now) == (ITEM, 13, 16)
    assert {(each.name, each.state, each.share) for each in shift.shares} == {
        ("样例1局", "改数", 1), ("样例2局", "不再计入", -7), ("样例4局", "新计入", 9),
    }  # fmt: skip


def test_equal_totals_hide_no_change() -> None:
    """Two bodies whose changes cancel out are both told; nothing changed gives nothing."""
    shift, _ = shifts(rolled({1: 5, 2: 7}), rolled({1: 6, 2: 6}))
    assert (shift.now - shift.last, sorted(each.share for each in shift.shares)) == (0, [-1, 1])
    assert shifts(rolled({1: 5}), rolled({1: 5}, "2")) == ()


def test_what_does_not_add_up_is_refused() -> None:
    """A total that nobody's figures explain and a roll-up of another year both stop the run."""
    old, new = rolled({1: 5}), rolled({1: 6})
    with pytest.raises(WorkbookError, match="不一致"):
        shifts(replace(old, figures={**old.figures, ITEM: 4}), new)
    with pytest.raises(ToolkitError, match="同一年度"):
        shifts(replace(old, year=2024), new)


def test_the_sheet_is_written_only_with_a_previous_rollup() -> None:
    """The sheet has a row for each share; without a previous roll-up there is none; the bytes are the same each time."""
    old, new = rolled({1: 5}), rolled({1: 8})
    book = load_workbook(io.BytesIO(write_rollup(new, old)))
    row = next(book[CHANGES_SHEET].iter_rows(min_row=3, max_row=3, values_only=True))
    assert row[1:6] == (5, 8, 3, "样例1局", "改数") and row[8:] == (3, "相符")
    assert CHANGES_SHEET not in load_workbook(io.BytesIO(write_rollup(new))).sheetnames
    assert write_rollup(new, old) == write_rollup(new, old)


@soak
def test_the_command_names_who_changed_a_total(tmp_path: Path) -> None:
    """``merge --previous`` compares with the last workbook: one body's new figure and a new body, and nothing else."""
    first, second = tmp_path / "一", tmp_path / "二"
    for folder in (first, second):
        folder.mkdir()
    figures = [sound(FORM, 90 + at, 10 + at, None) for at in range(3)]
    for at in (0, 1):
        (first / f"{at}.xlsx").write_bytes(workbook(FORM, 2025, BODIES[at], figures[at]))
    changed = figures[0] | {"t2.penalty.decisions": int(figures[0]["t2.penalty.decisions"]) + 5}
    for at, each in enumerate((changed, figures[1], figures[2])):
        (second / f"{at}.xlsx").write_bytes(workbook(FORM, 2025, BODIES[at], each))
    toolkit.merge(first, region="甲县", output=tmp_path / "上次.xlsx")
    argv = ["merge", second, "--region", "甲县", "--as-of", "2026-02-01", "-o", tmp_path / "本次.xlsx"]
    said = answer(*argv, "--previous", tmp_path / "上次.xlsx")
    (told,) = [each for each in said["changes"] if each["code"] == "t2.penalty.decisions"]
    assert told["after"] - told["before"] == sum(each["share"] for each in told["shares"])
    assert {(each["code"], each["state"], each["share"]) for each in told["shares"]} >= {(code_of("01"), "改数", 5)}
    assert "较上次汇总的变化" in openpyxl.load_workbook(tmp_path / "本次.xlsx").sheetnames
    assert answer(*argv, "--previous", tmp_path / "本次.xlsx")["changes"] == []
    wrong = run(*argv, "--previous", second / "0.xlsx")
    assert (wrong.code, "不能作为上次汇总" in wrong.err) == (2, True)
