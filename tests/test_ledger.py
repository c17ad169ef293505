"""The ledger and the coordinator's desk: append-only, decisions read back, two coordinators, killed runs."""

from __future__ import annotations

import contextlib
import datetime
import errno
import io
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.utils
import pytest

from tests.books import numbers_as_text
from tests.commands import answer, run, surroundings
from tests.forking import Forking
from tests.office import convert, requires_office
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from tests.soaking import first_of, only, soak
from toolkit import files
from toolkit.errors import ToolkitError
from toolkit.forms import load_form
from toolkit.season.ledger import LEDGER_FILE, Ledger, locked
from toolkit.season.ledger.lock import HOLDER_FILE, LOCK_FILE, SHARED_LOCK_FILE
from toolkit.season.ledger.store import _TABLES

FORM = load_form("2021")
YEAR = 2025
AS_OF = ("--as-of", "2026-02-06")
ONE, TWO, THREE = (code_of(BODIES[at][0]) for at in range(3))
REASON = "县政府办 2026-02-01 核实同意"
posix = pytest.mark.skipif(sys.platform == "win32", reason="forks and signals of POSIX")


def version(at: int, count: int, *, fails: bool = False) -> bytes:
    """Return a return of a body; ``count`` tells versions apart, a failing one breaks I1."""
    figures = sound(FORM, 60 + at, 8 + at, None) | {"t2.licensing.decisions": count}
    if fails:
        figures["t3.r1.natural"] = int(figures["t3.r1.natural"]) + 1
    return workbook(FORM, YEAR, BODIES[at], figures)


@pytest.fixture(scope="module")
def versions() -> Mapping[str, bytes]:
    """Return the returns of three bodies: one sound, one that fails I1, one in two versions."""
    return {
        "财政局.xlsx": version(0, 1), "财政局（又）.xlsx": version(0, 2), "教育局.xlsx": version(1, 1, fails=True),
        "公安局.xlsx": version(2, 1), "公安局（改）.xlsx": version(2, 2),
    }  # fmt: skip


@pytest.fixture(scope="module")
def begun(versions: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a season of three bodies after its first ``ledger``: passed, with errors, in conflict."""
    folder = tmp_path_factory.mktemp("begun") / "季"
    inbox = folder / "收件"
    inbox.mkdir(parents=True)
    (folder / "名录.xlsx").write_bytes(roster_of(3))
    for at, name in enumerate(("财政局.xlsx", "教育局.xlsx", "公安局.xlsx", "公安局（改）.xlsx")):
        (inbox / name).write_bytes(versions[name])
        os.utime(inbox / name, (1_769_000_000 + at, 1_769_000_000 + at))
    assert run("init", folder, "--year", str(YEAR), "--region", REGION).code == 0
    assert states(folder) == {ONE: "passed", TWO: "received", THREE: "received"}
    return folder


@pytest.fixture
def season(begun: Path, tmp_path: Path) -> Path:
    """Return a copy of that season."""
    return Path(shutil.copytree(begun, tmp_path / "季"))


def states(folder: Path) -> dict[str, str]:
    """Run ``ledger`` and return the state of every body."""
    return {each["code"]: each["state"] for each in answer("ledger", folder, *AS_OF)["bodies"]}


def of_file(folder: Path) -> dict[str, str]:
    """Run ``ledger`` and return the state of every file."""
    return {each["file"]: each["state"] for each in answer("ledger", folder, *AS_OF)["files"]}


def typed(folder: Path, code: str, **decisions: object) -> None:
    """Type decisions into a body's row of the desk and save it as another program does."""
    titles = {
        "adopt": "采用哪一份",
        "waive": "豁免规则",
        "why": "豁免理由",
        "handed": "已转达",
        "remind": "催报日期",
        "remark": "备注",
    }
    book = openpyxl.load_workbook(folder / "台账.xlsx")
    sheet = book["单位"]
    columns = {cell.value: cell.column for cell in sheet[4]}
    (row,) = [line[0].row for line in sheet.iter_rows(min_row=5) if line[1].value == code]
    for kind, value in decisions.items():
        sheet.cell(row, columns[titles[kind]]).value = value  # type: ignore[assignment]
    book.save(folder / "台账.xlsx")


def shown(folder: Path, code: str) -> dict[str, object]:
    """Return a body's row of the desk by its titles."""
    sheet = openpyxl.load_workbook(folder / "台账.xlsx")["单位"]
    titles = [cell.value for cell in sheet[4]]
    (line,) = [line for line in sheet.iter_rows(min_row=5, values_only=True) if line[1] == code]
    return {str(title): value for title, value in zip(titles, line, strict=False)}


def rows(folder: Path, table: str) -> list[tuple[Any, ...]]:
    """Return a table of the ledger without number, who and when."""
    with contextlib.closing(sqlite3.connect(folder / LEDGER_FILE)) as opened:
        return [tuple(row[3:]) for row in opened.execute(f"SELECT * FROM {table} ORDER BY id")]


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the whole ledger without number, who and when."""
    return {table: rows(folder, table) for table in _TABLES}


# The file.


@pytest.mark.parametrize("verb", ["UPDATE {0} SET who = 'x'", "DELETE FROM {0}"])
def test_rows_are_added_and_never_changed(tmp_path: Path, verb: str) -> None:
    """UPDATE and DELETE are refused in every table by the file itself; INSERT is not."""
    ledger = Ledger(tmp_path / LEDGER_FILE)
    for table in _TABLES:
        ledger.add(table)
    ledger.close()
    with contextlib.closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as opened:
        for table in _TABLES:
            with pytest.raises(sqlite3.DatabaseError, match="台账只增不改"):
                opened.execute(verb.format(table))
            opened.execute(f"INSERT INTO {table} (who) VALUES ('y')")


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    """What was added before a fault inside a transaction is not there; what was added outside one is."""
    ledger = Ledger(tmp_path / LEDGER_FILE)
    ledger.add("decision", code="a")

    def stopped() -> None:
        with ledger.transaction():
            ledger.add("decision", code="b")
            raise KeyError

    with pytest.raises(KeyError):
        stopped()
    assert [row["code"] for row in ledger.rows("decision")] == ["a"]
    ledger.close()


def _torn(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 100])


def _foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE cookies (name TEXT)")
        opened.commit()


def _newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("INSERT INTO season (name, value) VALUES ('schema', '2')")
        opened.commit()
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


HARMED: dict[str, tuple[Callable[[Path], object], str]] = {
    "torn": (_torn, "用不了"),
    "no database": (lambda path: path.write_bytes("不是数据库".encode() * 999), "用不了"),
    "foreign": (_foreign, "别的程序的数据库"),
    "newer": (_newer, "第 2 版"),
}


@pytest.mark.parametrize("name", HARMED)
@pytest.mark.parametrize("command", ["ledger", "init"])
def test_a_ledger_that_cannot_be_used_is_said_in_one_line(season: Path, name: str, command: str) -> None:
    """Torn, foreign, newer: status 2, one line with the file and a remedy, and the file stands as it was."""
    harm, words = HARMED[name]
    harm(season / LEDGER_FILE)
    before = (season / LEDGER_FILE).read_bytes()
    result = run(command, season)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert LEDGER_FILE in result.err
    assert "Traceback" not in result.err
    assert (season / LEDGER_FILE).read_bytes() == before


# Decisions on the desk.


def test_adopting_a_version_settles_a_conflict(season: Path) -> None:
    """采用哪一份 makes one version count and the other yield, run after run; clearing it brings the conflict back."""
    assert of_file(season)["公安局.xlsx"] == "conflict"
    typed(season, THREE, adopt="第2份", why="电话核实")
    for _ in range(2):
        assert of_file(season) == {
            "财政局.xlsx": "merged", "教育局.xlsx": "failing", "公安局.xlsx": "superseded", "公安局（改）.xlsx": "merged",
        }  # fmt: skip
        assert states(season)[THREE] == "passed"
        assert (shown(season, THREE)["采用哪一份"], shown(season, THREE)["豁免理由"]) == ("第2份", "电话核实")
    assert rows(season, "decision") == [(THREE, "adopt", "2", "电话核实")]
    typed(season, THREE, adopt=None, why=None)
    assert states(season)[THREE] == "received"
    assert of_file(season)["公安局.xlsx"] == "conflict"
    assert rows(season, "decision")[1:] == [(THREE, "adopt", "", "")]


def test_an_adopted_file_that_is_gone_is_told(season: Path) -> None:
    """The decision cannot be followed and a finding says so; with the file back it is followed again."""
    typed(season, THREE, adopt="第2份")
    assert "MERGE_012" not in run("ledger", season, *AS_OF).out
    aside = (season / "收件" / "公安局（改）.xlsx").rename(season / "改.xlsx")
    result = run("ledger", season, *AS_OF)
    assert "MERGE_012" in result.out
    assert BODIES[2][2] in result.out
    assert of_file(season)["公安局.xlsx"] == "merged"
    aside.rename(season / "收件" / "公安局（改）.xlsx")
    assert "MERGE_012" not in run("ledger", season, *AS_OF).out
    assert of_file(season)["公安局.xlsx"] == "superseded"


def test_the_desk_tells_when_and_as_what_a_file_came(season: Path) -> None:
    """Times are those of Beijing on every machine; a name that is the path is not said twice, another one is."""
    sheet = openpyxl.load_workbook(season / "台账.xlsx")["文件"]
    told_of = {line[1]: line for line in sheet.iter_rows(min_row=2, values_only=True)}
    assert told_of["财政局.xlsx"][8] == "2026-01-21 20:53"
    assert {line[2] for line in told_of.values()} == {None}
    collected = season.parent / "来.xlsx"
    collected.write_bytes(commented((season / "收件" / "财政局.xlsx").read_bytes(), 7))
    assert run("collect", season, collected).code == 0
    run("ledger", season, *AS_OF)
    sheet = openpyxl.load_workbook(season / "台账.xlsx")["文件"]
    assert {line[2] for line in sheet.iter_rows(min_row=2, values_only=True)} == {None, "来.xlsx"}
    assert numbers_as_text(season / "台账.xlsx") == []


def test_a_waiver_with_a_reason_lets_a_return_in(season: Path, tmp_path: Path) -> None:
    """豁免 I1 with a reason: the body is waived and merged, and the roll-up says so in three places."""
    typed(season, TWO, waive="i1", why=REASON)
    assert states(season)[TWO] == "waived"
    assert rows(season, "decision") == [(TWO, "waive", "I1", REASON)]
    assert shown(season, TWO)["豁免规则"] == "I1"
    out = tmp_path / "汇总.xlsx"
    merged = answer("merge", season, *AS_OF, "-o", out)
    assert merged["coverage"]["included"] == [{"code": TWO, "reason": f"豁免 I1：{REASON}"}]
    assert REASON in merged["coverage"]["statement"]
    assert [each["code"] for each in merged["findings"] if REASON in each["message"]] == ["MERGE_005"]
    book = openpyxl.load_workbook(out, read_only=True)
    saying = {
        sheet.title for sheet in book for line in sheet.iter_rows(values_only=True) if any(REASON in str(each) for each in line)
    }  # fmt: skip
    book.close()
    assert {"来源", "问题清单"} <= saying
    typed(season, TWO, waive=None, why=None)
    assert states(season)[TWO] == "received", "taken back"


def test_a_waiver_of_another_rule_is_not_enough(season: Path) -> None:
    """A waiver that covers not every error leaves the return out; 全部 covers all."""
    typed(season, TWO, waive="X2", why=REASON)
    assert states(season)[TWO] == "received"
    typed(season, TWO, waive="全部")
    assert states(season)[TWO] == "waived"


def test_a_waiver_without_a_reason_is_refused(season: Path) -> None:
    """Status 1, a finding at the cell of the reason, nothing recorded, and the text stays on the desk until it has one."""
    typed(season, TWO, waive="I1")
    for _ in range(2):
        result = run("ledger", season, *AS_OF)
        assert result.code == 1
        assert re.search(r"台账\.xlsx!单位!L\d+ LEDGER_003 ", result.err), result.err
        assert shown(season, TWO)["豁免规则"] == "I1"
    assert (rows(season, "decision"), states(season)[TWO]) == ([], "received")
    typed(season, TWO, why=REASON)
    assert run("ledger", season, *AS_OF).code == 0
    assert states(season)[TWO] == "waived"


def test_a_waiver_whose_reason_is_deleted_is_no_longer_in_force(season: Path) -> None:
    """The finding says that it is not in force, and it is not; with a reason again it is."""
    typed(season, TWO, waive="I1", why=REASON)
    assert states(season)[TWO] == "waived"
    typed(season, TWO, why=None)
    assert "LEDGER_003" in run("ledger", season, *AS_OF).err
    assert states(season)[TWO] == "received"
    assert shown(season, TWO)["豁免规则"] == "I1"
    typed(season, TWO, why=REASON)
    assert states(season)[TWO] == "waived"


REFUSED: dict[str, tuple[str, dict[str, object], str, str]] = {
    "unknown rule": (TWO, {"waive": "I99", "why": REASON}, "LEDGER_002", "I99"),
    "version that never came": (THREE, {"adopt": "第3份"}, "LEDGER_002", "第3份"),
    "version of a word": (THREE, {"adopt": "新的那份"}, "LEDGER_002", "新的那份"),
    "no such day": (ONE, {"remind": "2026-02-30"}, "LEDGER_002", "2026-02-30"),
    "a day in words": (ONE, {"remind": "上周三"}, "LEDGER_002", "上周三"),
    "an assurance": (TWO, {"waive": "I1", "why": "经办人核实无误"}, "LEDGER_003", "经办人核实无误"),
    "a reason for nothing": (ONE, {"why": REASON}, "LEDGER_004", REASON),
    "a formula": (THREE, {"adopt": "=1+1"}, "LEDGER_002", ""),
}


@pytest.mark.parametrize(
    "name",
    only((each for each in REFUSED if each != "a formula"), "unknown rule", "an assurance", "a reason for nothing"),
)
def test_what_is_not_understood_is_refused_and_stays(season: Path, name: str) -> None:
    """A finding with the cell, no decision, the text kept on the desk to be corrected; the next run says it again."""
    code, decisions, expected, text = REFUSED[name]
    typed(season, code, **decisions)
    for _ in range(2):
        result = run("ledger", season, *AS_OF)
        assert result.code == (0 if expected == "LEDGER_004" else 1)
        assert expected in result.err
        assert "台账.xlsx!单位!" in result.err
        assert text in [str(each) for each in shown(season, code).values()]
    assert rows(season, "decision") == []


@pytest.mark.parametrize(
    "value",
    first_of(
        ["2026年1月20日", datetime.date(2026, 1, 20), "2026-01-20", "2026/1/20", datetime.datetime(2026, 1, 20)], 2
    ),
)
def test_a_date_is_read_in_every_usual_spelling(season: Path, value: object) -> None:
    """Typed as text in four ways or as a date of Excel: the same day, recorded once."""
    typed(season, ONE, remind=value, remark="已电话催")
    result = run("ledger", season, *AS_OF)
    assert (result.code, "LEDGER_" in result.err) == (0, False)
    assert rows(season, "decision") == [(ONE, "remind", "2026-01-20", ""), (ONE, "remark", "已电话催", "")]
    assert shown(season, ONE)["催报日期"] == "2026-01-20"
    run("ledger", season, *AS_OF)
    assert len(rows(season, "decision")) == 2


@pytest.mark.parametrize("number", ["2", 2, "第 2 份", "２"])
def test_a_version_is_read_in_every_usual_spelling(season: Path, number: object) -> None:
    """The list's words, a bare number, full-width digits."""
    typed(season, THREE, adopt=number)
    assert of_file(season)["公安局（改）.xlsx"] == "merged"


def test_a_sorted_and_filtered_desk_is_read_by_its_codes(season: Path) -> None:
    """Rows in another order and hidden, a column moved aside: each decision still belongs to its body."""
    typed(season, THREE, adopt="第1份")
    typed(season, TWO, waive="I1", why=REASON)
    book = openpyxl.load_workbook(season / "台账.xlsx")
    sheet = book["单位"]
    last = max(line[0].row for line in sheet.iter_rows(min_row=5) if line[1].value)
    columns = max(cell.column for cell in sheet[4] if cell.value)
    assert sheet.auto_filter.ref == f"A4:{openpyxl.utils.get_column_letter(columns)}{last}", "what Excel sorts"
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=5, max_row=last)]
    for at, line in enumerate(reversed(lines), 5):
        for column, value in enumerate(line, 1):
            sheet.cell(at, column).value = value
        sheet.row_dimensions[at].hidden = at % 2 == 0
    book.save(season / "台账.xlsx")
    assert states(season) == {ONE: "passed", TWO: "waived", THREE: "passed"}
    assert sorted(rows(season, "decision")) == sorted([(THREE, "adopt", "1", ""), (TWO, "waive", "I1", REASON)])


@soak
@requires_office
def test_a_desk_that_another_program_saved_says_the_same(season: Path, tmp_path: Path) -> None:
    """LibreOffice saves the desk: no decision is made of it, and those that stand on it stay."""
    typed(season, THREE, adopt="第2份", remind=datetime.date(2026, 1, 20))
    typed(season, TWO, waive="I1", why=REASON)
    run("ledger", season, *AS_OF)
    before = rows(season, "decision")
    (saved,) = convert([season / "台账.xlsx"], "xlsx", tmp_path / "存")
    shutil.copyfile(saved, season / "台账.xlsx")
    assert states(season) == {ONE: "passed", TWO: "waived", THREE: "passed"}
    assert rows(season, "decision") == before
    (saved,) = convert([season / "台账.xlsx"], "xlsx", tmp_path / "再存")
    shutil.copyfile(saved, season / "台账.xlsx")
    typed(season, THREE, adopt=None)
    assert states(season)[THREE] == "received"


def _renamed(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book["单位"].title = "我的单位"
    book.save(path)


def _headless(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book["单位"]["B4"].value = "代码"
    book.save(path)


@pytest.mark.parametrize(
    "harm", [_renamed, _headless, lambda path: path.write_bytes(b"PK\x03\x04 torn"), lambda path: path.write_bytes(b"")]
)
def test_a_desk_that_is_not_recognised_is_not_written_over(season: Path, harm: Callable[[Path], object]) -> None:
    """What may have been typed on it is kept: the finding says to rename it, and once it is, a new one is written."""
    typed(season, THREE, adopt="第2份")
    harm(season / "台账.xlsx")
    before = (season / "台账.xlsx").read_bytes()
    result = run("ledger", season, *AS_OF)
    assert result.code == 1
    assert "LEDGER_001" in result.err
    assert (season / "台账.xlsx").read_bytes() == before
    (season / "台账.xlsx").rename(season / "旧台账.xlsx")
    assert run("ledger", season, *AS_OF).code == 0
    assert shown(season, THREE)["状态"] == "已收到"


def test_a_desk_that_is_open_is_written_beside(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel holds 台账.xlsx: it stands, 台账_1.xlsx is said, and the next run warns that this one is not read."""
    before = (season / "台账.xlsx").read_bytes()
    (season / "收件" / "公安局（改）.xlsx").unlink()
    real = os.replace

    def open_in_excel(source: Path, target: Path) -> None:
        if Path(target).name == "台账.xlsx":
            raise PermissionError(errno.EACCES, "open")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(files, "PAUSE", 0)
        patched.setattr(files.os, "replace", open_in_excel)
        result = run("ledger", season, *AS_OF)
    assert result.code == 0
    assert "台账_1.xlsx" in result.err
    assert (season / "台账.xlsx").read_bytes() == before
    assert (season / "台账_1.xlsx").is_file()
    later = run("ledger", season, *AS_OF)
    assert (later.code, "LEDGER_007" in later.err) == (0, True)
    (season / "台账_1.xlsx").unlink()
    assert "LEDGER_007" not in run("ledger", season, *AS_OF).err


def test_a_decision_far_down_the_worklist_is_read(season: Path) -> None:
    """A row that was moved past row 2,000 is read like any other: no decision is lost in silence."""
    typed(season, THREE, adopt="第2份")
    book = openpyxl.load_workbook(season / "台账.xlsx")
    sheet = book["单位"]
    (row,) = [line[0].row for line in sheet.iter_rows(min_row=5) if line[1].value == THREE]
    sheet.move_range(f"A{row}:{openpyxl.utils.get_column_letter(sheet.max_column)}{row}", rows=5_000)
    book.save(season / "台账.xlsx")
    assert states(season)[THREE] == "passed"
    assert rows(season, "decision") == [(THREE, "adopt", "2", "")]


def test_a_reminder_by_hand_is_counted_once(season: Path) -> None:
    """Neither a corrected date nor one that was taken back is another reminder; without any the letter is the first."""
    (season / "收件" / "财政局.xlsx").unlink()
    assert run("init", season, "--deadline", "2026-01-31").code == 0

    def reminded() -> str:
        return run("reply", season, "--kind", "催报", *AS_OF).out

    for day, words in (
        (None, "：提醒，"),
        ("2026-01-20", "：再次提醒，"),
        ("2026-01-21", "：再次提醒，"),
        (None, "：提醒，"),
    ):
        typed(season, ONE, remind=day)
        assert words in reminded()


def test_a_formula_on_the_desk_is_no_decision(season: Path) -> None:
    """A cell with a formula that nobody has computed has no value; it decides nothing."""
    typed(season, THREE, adopt="=1+1")
    run("ledger", season, *AS_OF)
    assert (rows(season, "decision"), states(season)[THREE]) == ([], "received")


def test_an_old_file_mended_after_its_reply_is_asked_about(season: Path) -> None:
    """The reply comes back unmended, the old file mended: neither is dropped; finding, worklist and letter name both."""
    assert run("init", season, "--deadline", "2026-01-31").code == 0
    assert run("reply", season, *AS_OF).code == 0
    (workbook,) = (season / "退回").glob(f"{TWO}*.xlsx")

    def changed(path: Path, target: Path, item: str, step: int) -> None:
        book = openpyxl.load_workbook(path)
        sheet, cell = next(book.defined_names[item].destinations)
        book[sheet][cell] = book[sheet][cell].value + step
        book.save(target)

    inbox = season / "收件"
    changed(workbook, inbox / "退回件.xlsx", "NB_t3_r1_legal", 7)
    changed(inbox / "教育局.xlsx", inbox / "教育局.xlsx", "NB_t3_r1_natural", -1)
    assert {name: of_file(season)[name] for name in ("教育局.xlsx", "退回件.xlsx")} == dict.fromkeys(
        ("教育局.xlsx", "退回件.xlsx"), "conflict"
    )
    assert "MERGE_013" in run("ledger", season, *AS_OF).out
    assert run("reply", season, *AS_OF).code == 0
    (letter,) = (season / "退回").glob(f"{TWO}*信.txt")
    text = letter.read_text("utf-8")
    asked = ("教育局.xlsx", "退回件.xlsx", "以哪一份为准", "可以上报", "处错误", "第 2 份", "第 3 份", "D7")
    assert letter.name.endswith("问询信.txt")
    assert all(word in text for word in asked), text
    book = openpyxl.load_workbook(season / "台账.xlsx")
    reasons = [
        str(row) for row in book["文件"].iter_rows(values_only=True) if "不一致" in str(row) and "教育" in str(row)
    ]
    assert len(reasons) == 2


# What was accepted.


def test_an_accepted_return_is_not_replaced_in_silence(
    season: Path, versions: Mapping[str, bytes], tmp_path: Path
) -> None:
    """After ``merge`` a different file waits as a conflict with MERGE_011, until a decision adopts it."""
    out = tmp_path / "汇总.xlsx"
    run("merge", season, *AS_OF, "-o", out)
    assert [(row[0], row[2]) for row in rows(season, "accepted")] == [(ONE, 1)]
    first = out.read_bytes()
    (season / "收件" / "0 财政局（又）.xlsx").write_bytes(versions["财政局（又）.xlsx"])
    merged = answer("merge", season, *AS_OF, "-o", out)
    assert [each["code"] for each in merged["findings"] if "财政局" in each["message"]] == ["MERGE_011"]
    found = of_file(season)
    assert (found["财政局.xlsx"], found["0 财政局（又）.xlsx"]) == ("merged", "conflict")
    typed(season, ONE, adopt="第2份", why=REASON)
    found = of_file(season)
    assert (found["财政局.xlsx"], found["0 财政局（又）.xlsx"]) == ("superseded", "merged")
    run("merge", season, *AS_OF, "-o", out)
    assert [(row[0], row[2]) for row in rows(season, "accepted")] == [(ONE, 1), (ONE, 2)]
    assert out.read_bytes() != first


def test_the_same_file_again_is_no_other_version(season: Path, versions: Mapping[str, bytes], tmp_path: Path) -> None:
    """An accepted return that comes again under another name is a duplicate and asks for no decision."""
    run("merge", season, *AS_OF, "-o", tmp_path / "汇总.xlsx")
    (season / "收件" / "0 财政局.xlsx").write_bytes(versions["财政局.xlsx"])
    assert sorted(of_file(season)[name] for name in ("财政局.xlsx", "0 财政局.xlsx")) == ["duplicate", "merged"]
    assert "MERGE_011" not in run("ledger", season, *AS_OF).out


# Several people.


def test_a_stale_desk_takes_no_decision_of_another_back(season: Path) -> None:
    """Saved over the new desk, one opened before adds what was typed on it; what it never showed is not cleared."""
    stale = shutil.copyfile(season / "台账.xlsx", season.parent / "台账.xlsx")
    typed(season, THREE, adopt="第2份")
    assert states(season)[THREE] == "passed"
    shutil.copyfile(stale, season / "台账.xlsx")
    typed(season, THREE, remark="已问")
    assert states(season)[THREE] == "passed"
    assert (shown(season, THREE)["采用哪一份"], shown(season, THREE)["备注"]) == ("第2份", "已问")
    assert rows(season, "decision") == [(THREE, "adopt", "2", ""), (THREE, "remark", "已问", "")]


def commented(data: bytes, number: int) -> bytes:
    """Return the same workbook in other bytes: its zip has a comment."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as opened:
        opened.comment = str(number).encode()
    return stream.getvalue()


def _started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit", "ledger", str(folder), *AS_OF, "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env=surroundings(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("share", "rounds"), [(False, 1), *(pytest.param(share, 5, marks=soak) for share in (False, True))]
)
def test_two_coordinators_lose_nothing(season: Path, versions: Mapping[str, bytes], share: bool, rounds: int) -> None:
    """Two processes run ``ledger`` at once, again and again, while files come: one waits, and nothing is lost or twice."""
    if share:
        (season / "共享盘").write_bytes(b"")
    for at in range(rounds):
        (season / "收件" / f"财政局 {at}.xlsx").write_bytes(commented(versions["财政局.xlsx"], at))
        both = [_started(season), _started(season)]
        said = [each.communicate(timeout=120) for each in both]
        assert [each.returncode for each in both] == [0, 0], said
        assert said[0][0] == said[1][0]
    keys = [(row[0], row[1]) for row in rows(season, "arrival")]
    assert len(keys) == len(set(keys)) == 4 + rounds
    numbers = [(row[0], row[1]) for row in rows(season, "version")]
    assert len(numbers) == len(set(numbers))
    assert not (season / HOLDER_FILE).exists()
    assert not (season / SHARED_LOCK_FILE).exists()


def test_a_held_season_is_waited_for_and_then_named(season: Path) -> None:
    """While somebody holds the season another run ends with who has it since when; afterwards it goes through."""
    with locked(season):
        with pytest.raises(ToolkitError, match="另一个命令正在使用") as refused, locked(season, wait=0.2):
            pass
        assert "自 20" in str(refused.value)
    with locked(season, wait=0.2):
        pass


def test_a_stale_lock_on_a_share_is_shown_and_not_broken(season: Path) -> None:
    """A lock file left on a share is named with how to remove it and stays; removed, the season is free."""
    (season / "共享盘").write_bytes(b"")
    (season / SHARED_LOCK_FILE).write_bytes(b"")
    with pytest.raises(ToolkitError) as refused, locked(season, wait=0.3):
        pass
    assert "确认它早已中断" in refused.value.remedy
    assert str(season / SHARED_LOCK_FILE) in refused.value.remedy
    assert (season / SHARED_LOCK_FILE).exists()
    (season / SHARED_LOCK_FILE).unlink()
    with locked(season, wait=0.3):
        assert (season / SHARED_LOCK_FILE).exists()
    assert not (season / SHARED_LOCK_FILE).exists()


def test_the_lock_of_a_local_disk_holds_nobody_up(season: Path) -> None:
    """What a local run or a dead one leaves is no lock: not for the next run, nor once the folder is on a share."""
    (season / LOCK_FILE).write_bytes(b"")
    with locked(season, wait=0.3):
        pass
    (season / LOCK_FILE).write_bytes(b"")
    (season / "共享盘").write_bytes(b"")
    with locked(season, wait=0.3):
        pass


# Killed runs.

PARTS, KILLS = 8, 20
"""In how many parts the steps of a run are gone through, and how many drawn calls it is killed at besides."""


@pytest.fixture(scope="module")
def server() -> Iterator[Forking]:
    """Return the interpreter whose forks are killed."""
    forking = Forking()
    yield forking
    forking.close()


def _to_do(folder: Path, versions: Mapping[str, bytes]) -> None:
    """Leave a season with something of everything to write: a file that is new, decisions on the desk."""
    (folder / "收件" / "0 财政局（又）.xlsx").write_bytes(versions["财政局（又）.xlsx"])
    os.utime(folder / "收件" / "0 财政局（又）.xlsx", (1_769_000_100, 1_769_000_100))
    typed(folder, TWO, waive="I1", why=REASON)
    typed(folder, THREE, adopt="第2份", remind="2026-01-20", remark="问过")


def _left(folder: Path) -> tuple[dict[str, list[tuple[Any, ...]]], list[list[list[object]]], set[str]]:
    """Return the ledger, the desk's cells (but for the times of decisions) and the names of what lies there."""
    book = openpyxl.load_workbook(folder / "台账.xlsx")
    cells = [
        [[cell for at, cell in enumerate(line) if sheet.title != "决定记录" or at not in (0, 5)]
         for line in sheet.iter_rows(values_only=True)]
        for sheet in book
    ]  # fmt: skip
    usual = {LOCK_FILE, HOLDER_FILE, f"{LEDGER_FILE}-wal", f"{LEDGER_FILE}-shm"}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name not in usual}
    return everything(folder), cells, names


@dataclass
class Undisturbed:
    """A season with something to do, what is left of it by a run that nothing stops, and how long that run is."""

    prepared: Path
    left: tuple[dict[str, list[tuple[Any, ...]]], list[list[list[object]]], set[str]]
    steps: int
    calls: int


@pytest.fixture(scope="module")
def undisturbed(
    begun: Path, versions: Mapping[str, bytes], server: Forking, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """Run ``ledger`` once without being stopped, and count its steps and calls."""
    folder = tmp_path_factory.mktemp("undisturbed")
    prepared = Path(shutil.copytree(begun, folder / "备" / "季"))
    _to_do(prepared, versions)
    whole = Path(shutil.copytree(prepared, folder / "整" / "季"))
    first = shutil.copytree(prepared, folder / "先" / "季")
    server.run("ledger", first, *AS_OF, remember=True)  # the server knows the modules and forms from here on
    status, steps, calls = server.counted("ledger", whole, *AS_OF, die_at_call=-1)
    assert status == 0
    return Undisturbed(prepared, _left(whole), steps, calls)


def killed_and_mended(usual: Undisturbed, server: Forking, folder: Path, **at: int) -> tuple[bool, bool]:
    """Kill a run and run again: ledger and desk as after an undisturbed run, inputs untouched.

    A killed run left whole transactions or none: what it wrote is a beginning of what an undisturbed run writes.
    Returns whether it was killed, and that after its first transaction.
    """
    season = Path(shutil.copytree(usual.prepared, folder / "季"))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (season / "收件").iterdir()}
    killed = server.run("ledger", season, *AS_OF, **at) == -signal.SIGKILL
    left = everything(season)
    for table, lines in left.items():
        assert usual.left[0][table][: len(lines)] == lines, (at, table)
    assert server.run("ledger", season, *AS_OF) == 0, at
    assert _left(season) == usual.left, at
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (season / "收件").iterdir()} == before
    shutil.rmtree(folder)
    return killed, killed and len(left["decision"]) > 0


@soak
@posix
@pytest.mark.parametrize("part", range(PARTS))
def test_kill_9_at_each_write_leaves_the_season_as_it_should_be(
    undisturbed: Undisturbed, server: Forking, tmp_path: Path, part: int
) -> None:
    """Killed right before each step on the disk and each change of the ledger in turn, and run again: nothing is lost."""
    came = [killed_and_mended(undisturbed, server, tmp_path / str(at), die_at=at)
            for at in range(part, undisturbed.steps, PARTS)]  # fmt: skip
    assert all(killed for killed, _ in came)
    assert any(halfway for _, halfway in came), "no run was killed after its first transaction"


@posix
@soak
def test_kill_9_at_any_call_leaves_the_season_as_it_should_be(
    undisturbed: Undisturbed, server: Forking, tmp_path: Path
) -> None:
    """The same at drawn calls, half of them where the ledger and the desk are written: at the end of a run."""
    draw = random.Random(34)
    for at in range(KILLS):
        call = int(undisturbed.calls * (draw.random() if at % 2 else draw.uniform(0.75, 1.0)))
        killed_and_mended(undisturbed, server, tmp_path / str(at), die_at_call=call)
