"""Eighty files in the ways of real folders: every file and every body in its one state, run after run."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.commands import answer, digests, worked
from tests.folder80 import AS_OF, REASON, REGION, REGION_CODE, SOUND, YEAR, Folder80, build, code
from tests.office import SOFFICE
from tests.soaking import soak
from toolkit.merging import EXCLUDED

pytestmark = soak
LEFT_OUT = 0 if SOFFICE is not None else 3
"""The files that LibreOffice saves."""


def dump(folder: Path) -> str:
    """Return everything in a season's ledger as SQL text."""
    with contextlib.closing(sqlite3.connect(folder / "台账.db")) as opened:
        return "\n".join(opened.iterdump())


def begin(folder: Path) -> None:
    worked(
        "init", folder, "--year", str(YEAR), "--region", REGION, "--region-code", REGION_CODE,
        "--deadline", "2026-01-31",
    )  # fmt: skip


@dataclass
class Told:
    """What the commands said and left, in the order in which they ran."""

    folder: Path
    made: Folder80
    before: dict[str, tuple[str, int]]
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    dumps: list[str] = field(default_factory=list)
    desks: list[bytes] = field(default_factory=list)
    rollups: list[bytes] = field(default_factory=list)

    def noted(self) -> None:
        """Note what the ledger holds and what the desk shows."""
        self.dumps.append(dump(self.folder))
        self.desks.append((self.folder / "台账.xlsx").read_bytes())


def again(told80: Told, time: str) -> None:
    """Run ledger, check and merge, and note what they said and left."""
    out = told80.folder.parent / "汇总.xlsx"
    told80.said[f"ledger {time}"] = answer("ledger", told80.folder, "--as-of", AS_OF)
    told80.noted()
    told80.said[f"check {time}"] = answer("check", told80.folder, "-o", told80.folder.parent / "退回")
    told80.noted()
    told80.said[f"merge {time}"] = answer("merge", told80.folder, "--as-of", AS_OF, "-o", out)
    told80.noted()
    told80.rollups.append(out.read_bytes())


@pytest.fixture(scope="module")
def told80(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Build the folder once, and run ledger, check and merge."""
    base = tmp_path_factory.mktemp("eighty")
    folder = base / "2025年报"
    made = build(folder, base / "scratch")
    told80 = Told(folder, made, digests(made.inbox))
    begin(folder)
    again(told80, "first")
    return told80


def states(said: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["file"]: (each["state"], each["code"]) for each in said["files"]}


def test_there_are_eighty_files_and_82_bodies(told80: Told) -> None:
    """The folder is what it claims to be: eighty files, four of them skipped for their names, against 82 bodies."""
    assert len(told80.before) == 80 - LEFT_OUT
    assert len(told80.made.files) + len(told80.made.skipped) == 80 - LEFT_OUT
    assert len(told80.made.bodies) == 82
    wanted = {state for state, _ in told80.made.files.values()}
    assert wanted == {
        "merged", "failing", "duplicate", "superseded", "conflict", "not_in_rollup", "not_on_roster", "no_identity",
        "wrong_year", "wrong_form", "not_ours", "unreadable",
    }  # fmt: skip


def test_every_file_is_in_its_state(told80: Told) -> None:
    """After ``nianbao ledger`` each file has exactly the state, the body and the gist of the reason it must have."""
    said = told80.said["ledger first"]
    found = states(said)
    assert len(said["files"]) == len(found)
    assert found == {name: (state, told80.made.names[name]) for name, (state, _) in told80.made.files.items()}
    reasons = {each["file"]: each["reason"] for each in said["files"]}
    assert {name: reasons[name] for name, (_, gist) in told80.made.files.items() if gist not in reasons[name]} == {}
    assert {name for name, (state, _) in told80.made.files.items() if not reasons[name]} == {
        name for name, (state, _) in told80.made.files.items() if state == "merged"
    }


def test_every_body_is_in_its_state(told80: Told) -> None:
    """Each of the 82 bodies stands once and in its state; the coverage counts what it must."""
    said = told80.said["ledger first"]
    found = {each["code"]: each["state"] for each in said["bodies"]}
    assert len(said["bodies"]) == 82
    assert found == told80.made.bodies
    coverage = said["coverage"]
    assert coverage["expected"] == 81
    assert {each["code"] for each in coverage["missing"]} == {key for key, each in found.items() if each == "missing"}
    assert coverage["merged"] == sum(state == "merged" for state, _ in told80.made.files.values())
    assert [each["code"] for each in coverage["conflicts"]] == [code("凤台")]
    # One mended a figure but not its sentence; two have a blank, which the reason of one does not fill.
    assert (coverage["unexplained"], coverage["unfilled"]) == (1, 2)


def test_skipped_files_are_told(told80: Told) -> None:
    """Lock files and what systems leave are skipped with a word, not lost and not judged."""
    skipped = {each["file"] for each in told80.said["check first"]["skipped"]}
    assert skipped == set(told80.made.skipped)


def test_check_and_merge_agree_with_the_ledger(told80: Told) -> None:
    """The verdict of ``check`` and the coverage of ``merge`` say of every file what the ledger says."""
    found = states(told80.said["ledger first"])
    verdicts = {each["file"]: each["verdict"] for each in told80.said["check first"]["files"]}
    assert set(verdicts) == set(found)
    assert {file for file, each in verdicts.items() if each == "unreadable"} == {
        file for file, (state, _) in found.items() if state in ("not_ours", "unreadable")
    }
    assert all(verdicts[file] == "pass" for file, (state, _) in found.items() if state == "merged")
    assert all(verdicts[file] == "fail" for file, (state, _) in found.items() if state == "failing")
    merged = told80.said["merge first"]["coverage"]
    assert {each["file"]: each["state"] for each in merged["excluded"]} == {
        file: state for file, (state, _) in found.items() if state in EXCLUDED
    }
    assert merged == told80.said["ledger first"]["coverage"]


def test_check_explains_what_the_body_explained(told80: Told) -> None:
    """The reason stands with the warning of the body that gave it, and with no other."""
    explained = {
        each["file"]: [one["explained"] for one in each["findings"] if one["code"] == "BLANK_001"]
        for each in told80.said["check first"]["files"]
    }
    assert explained["双河 存疑.xlsx"] == [REASON]
    assert explained["大营 存疑.xlsx"] == [None]


def test_a_second_run_changes_nothing(told80: Told) -> None:
    """The three commands run again leave the same ledger, the same 台账.xlsx and the same 汇总.xlsx, byte for byte."""
    again(told80, "second")
    ledger_first, _, merge_first, *second = told80.dumps
    assert ledger_first != merge_first, "what the roll-up took is noted"
    assert second == [merge_first] * 3
    # Of these check alone has no --as-of: what it says of the days to the deadline is today's.
    assert told80.desks[3::2] == [told80.desks[2]] * 2
    assert told80.rollups[0] == told80.rollups[1]
    for command in ("ledger", "check", "merge"):
        assert told80.said[f"{command} first"] == told80.said[f"{command} second"], command
    assert worked("ledger", told80.folder, "--as-of", AS_OF, "--format", "sql").out == merge_first + "\n"


def test_nothing_that_came_was_touched(told80: Told) -> None:
    """After all these runs every file of 收件 has its bytes and its time, and no other file is there."""
    assert digests(told80.made.inbox) == told80.before


def test_the_desk_shows_every_body_and_file(told80: Told) -> None:
    """台账.xlsx lists the 82 bodies and the files, each with the word of its state."""
    book = openpyxl.load_workbook(told80.folder / "台账.xlsx")
    rows = [line for line in book["单位"].iter_rows(min_row=5, values_only=True) if line[0]]
    assert [line[1] for line in rows] == sorted(told80.made.bodies)
    words = {line[1]: line[3] for line in rows}
    assert (words[code("凤台")], words[code("金沙")], words[code("银坪")]) == ("已收到", "已更正", "已收到")
    files = [line for line in book["文件"].iter_rows(min_row=2, values_only=True) if line[0]]
    assert {line[1] for line in files} == set(told80.made.files)


def test_neither_order_nor_time_matters(told80: Told, tmp_path: Path) -> None:
    """The same files put there backwards and with their times reversed: the same states, the same 汇总.xlsx."""
    folder = tmp_path / "2025年报"
    (folder / "收件").mkdir(parents=True)
    shutil.copyfile(told80.folder / "名录.xlsx", folder / "名录.xlsx")
    names = sorted(told80.before, reverse=True)
    for at, name in enumerate(names):
        target = folder / "收件" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(told80.made.inbox / name, target)
        times = 1_760_000_000 + 3600 * at
        os.utime(target, (times, times))
    begin(folder)
    said = answer("merge", folder, "--as-of", AS_OF, "-o", tmp_path / "汇总.xlsx")
    assert said["coverage"] == told80.said["merge first"]["coverage"]
    assert (tmp_path / "汇总.xlsx").read_bytes() == told80.rollups[0]
    again = answer("ledger", folder, "--as-of", AS_OF)
    assert {key: again[key] for key in ("bodies", "files")} == {
        key: told80.said["ledger first"][key] for key in ("bodies", "files")
    }


def test_what_was_mended_by_hand_changes_only_its_own(told80: Told, tmp_path: Path) -> None:
    """A zip collected and a conflict taken away: three bodies get another state and nobody else."""
    folder = tmp_path / "2025年报"
    shutil.copytree(told80.folder, folder)
    collected = worked("collect", folder, folder / "收件" / "红旗清水两镇年报.zip")
    assert collected.code == 0, collected.err
    (folder / "收件" / "凤台镇年报（改）.xlsx").unlink()
    said = answer("ledger", folder, "--as-of", AS_OF)
    found = {each["code"]: each["state"] for each in said["bodies"]}
    changed = {key: state for key, state in found.items() if told80.made.bodies[key] != state}
    assert changed == {code("红旗"): "passed", code("清水"): "passed", code("凤台"): "passed"}
    assert all(each in found for each in map(code, SOUND))
