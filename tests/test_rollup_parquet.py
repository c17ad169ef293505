"""The roll-up of many: the bodies' rows in a Parquet file beside the workbook, and everything that uses them."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

import toolkit
from tests.commands import run
from tests.office import recalculated, requires_office
from tests.rollups import FORM, SMALL, YEAR, a_return, checked, code_of, error, merged, roster
from tests.samples import COUNTY
from tests.soaking import soak
from toolkit import files, reading
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.errors import ToolkitError, WorkbookError
from toolkit.forms.layout import lay_out
from toolkit.merging.attribution import shifts
from toolkit.returns import Adjustment, Checked, Region, RollUp
from toolkit.run import Job, publication
from toolkit.run.earlier import previous_rollup
from toolkit.run.preceding import load_last_year
from toolkit.run.rollup_file import save_rollup
from toolkit.scale import parquet
from toolkit.workbook import rollup
from toolkit.workbook.rollup import listing, room, write_rollup

pq = pytest.importorskip("pyarrow.parquet")

SAMPLES = COUNTY / "2025"
SOUND = ("财政局", "教育局", "住建局")
"""Those of the sample county whose returns are merged and proved as they are."""
AS_OF = ("--as-of", "2026-02-06", "--region", "样例县", "--year", "2025")
ITEM = "t3.r1.natural"
BOOK, DETAILS = "汇总.xlsx", "汇总.明细.parquet"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sources and both roll-ups of them: 普通.xlsx, and 汇总.xlsx with its Parquet file."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "收件").mkdir()
    for name in SOUND:
        shutil.copy(SAMPLES / f"{name}2025年报.xlsx", folder / "收件")
    said = [
        run("merge", folder / "收件", *AS_OF, "-o", folder / name, "--format", fmt)
        for name, fmt in (("普通.xlsx", "text"), (BOOK, "parquet"))
    ]
    assert said[0].code == said[1].code == 0
    assert said[0].out == said[1].out
    assert str(folder / DETAILS) in said[1].err
    return folder


@pytest.fixture
def copied(county: Path, tmp_path: Path) -> Path:
    """Return a copy of both files of the roll-up, to be spoiled."""
    for name in (BOOK, DETAILS):
        shutil.copy(county / name, tmp_path)
    return tmp_path


def bodies(*numbers: int, add: int = 0, year: int = YEAR) -> RollUp:
    """Return a roll-up of small returns."""
    given = [
        checked(a_return(at, SMALL | {ITEM: 10 * at + add}, year=year), f"{at}.xlsx", sha256=f"{at + add:064x}")
        for at in numbers
    ]
    return merged(given, roster(1, 2, 3, 4), year=year, region=Region("样例县", code_of(99)))


def changed_book(path: Path, change: Callable[[Any], None]) -> None:
    """Change the values that a workbook shows (formulas become values)."""
    book = openpyxl.load_workbook(path, data_only=True)
    change(book)
    book.save(path)


def changed_rows(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> str:
    """Write the Parquet file again with other rows; returns its digest."""
    import pyarrow as pa

    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@soak
def test_both_ways_have_the_same_sums(county: Path) -> None:
    """The workbook with one row reads back as the one with all rows does; the file holds each body's exact figures."""
    one, two = (reading.read(county / name, name=name) for name in ("普通.xlsx", BOOK))
    assert one.ret is not None
    assert two.ret is not None
    assert dict(one.ret.figures) == dict(two.ret.figures)
    assert [each.code for each in two.findings] == [*(each.code for each in one.findings), "FORM_054"]
    table = pq.read_table(county / DETAILS)
    assert table.column_names == ["code", "name", "file", "sha256", *FORM.inputs, "unreadable", "round", "note"]
    assert {str(table.schema.field(code).type) for code in FORM.inputs} == {"int64", "decimal128(18, 4)"}
    said = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert {"form": "2021", "year": "2025", "region": "样例县", "as_of": "2026-02-06"}.items() <= said.items()
    rows = table.to_pylist()
    assert len(rows) == len(SOUND)
    for code in FORM.inputs:
        assert sum(row[code] or 0 for row in rows) == one.ret.figures[code]
    assert {row["file"]: row["sha256"] for row in rows} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (county / "收件").iterdir()
    }
    inside = {ret.identity.code: ret for ret in reading.returns_in(county / "普通.xlsx", name="普通.xlsx")}
    for row in rows:
        answers = inside[row["code"]].answers
        held = {code: answer.value for code, answer in answers.items() if isinstance(answer, Filled)}
        assert {code: row[code] for code in FORM.inputs if row[code] is not None} == held


def test_the_same_files_give_the_same_bytes(county: Path, tmp_path: Path) -> None:
    """Whatever the order of the files, through the API too, both files are byte by byte the same."""
    given = [tmp_path / f"{at}" for at in range(len(SOUND))]
    for folder, path in zip(given, sorted((county / "收件").iterdir(), reverse=True), strict=True):
        folder.mkdir()
        shutil.copy(path, folder)
    toolkit.merge(
        given, year=2025, region="样例县", as_of=datetime.date(2026, 2, 6), output=tmp_path / BOOK,
        details_as_parquet=True,
    )  # fmt: skip
    for name in (BOOK, DETAILS):
        assert (tmp_path / name).read_bytes() == (county / name).read_bytes()


def test_json_names_the_file(county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``details`` is the Parquet file that too many bodies went to; without one there is no such key."""
    argv = ("merge", county / "收件", *AS_OF, "-o", tmp_path / BOOK, "--format", "json")
    told = json.loads(run(*argv).out)
    assert ("details" in told, told["output"], (tmp_path / DETAILS).exists()) == (False, str(tmp_path / BOOK), False)
    monkeypatch.setitem(room.ROOM, "places", 1)
    assert json.loads(run(*argv).out) == told | {"details": str(tmp_path / DETAILS)}


def test_one_row_points_to_the_file(county: Path) -> None:
    """明细 has one row: 全部, a relative link, name and digest of the file; 来源 refers to it; 汇总说明 says it in words."""
    book = openpyxl.load_workbook(county / BOOK, data_only=True)
    digest = hashlib.sha256((county / DETAILS).read_bytes()).hexdigest()
    detail = book["明细"]
    assert [cell.value for cell in detail[3][:4]] == ["全部", f"见 {DETAILS}（3 家）", DETAILS, digest]
    assert detail.max_row == 3
    assert detail["B3"].hyperlink.target == DETAILS
    assert [row[1:3] for row in book["来源"].iter_rows(min_row=2, values_only=True)] == [(DETAILS, digest)]
    words = "\n".join(str(cell) for row in book["汇总说明"].iter_rows(values_only=True) for cell in row if cell)
    assert f"3 家，每家一行，在同一文件夹的 {DETAILS}" in words
    usual = openpyxl.load_workbook(county / "普通.xlsx", data_only=True)
    first, second = ([row[6:] for row in one["图表"].iter_rows(min_row=36, values_only=True)] for one in (usual, book))
    assert first == second
    assert [[cell.value for cell in row] for row in usual["台账"]] == [
        [cell.value for cell in row] for row in book["台账"]
    ]


@soak
@requires_office
def test_libreoffice_has_the_same_tables(county: Path, copied: Path, tmp_path: Path) -> None:
    """LibreOffice computes the tables from the one row and the corrections of the whole; a body's code is told off."""
    book = openpyxl.load_workbook(copied / BOOK)
    whole = sum(row[ITEM] for row in pq.read_table(copied / DETAILS).to_pylist())
    body = pq.read_table(copied / DETAILS).column("code")[0].as_py()
    for at, line in enumerate((("全部", ITEM, whole, whole + 7, "教育局少报 7 件"), (body, ITEM, whole, 1, "x")), 2):
        for column, value in enumerate(line, 1):
            book["调整"].cell(at, column).value = value
    book.save(copied / "改.xlsx")
    made, corrected = recalculated([copied / BOOK, copied / "改.xlsx"], tmp_path / "new")
    opened = [openpyxl.load_workbook(path, data_only=True) for path in (county / "普通.xlsx", made, corrected)]

    def shown(code: str) -> list[Any]:
        sheet, row, column = lay_out(FORM).cell(code)
        return [each[sheet].cell(row + 1, column + 1).value or 0 for each in opened]

    for code in FORM.items:
        one, two, three = shown(code)
        assert one == two, code
        assert three - two == (7 if code in (ITEM, "t3.r1.total") else 0), code
    assert [opened[2]["调整"].cell(row, 7).value for row in (2, 3)] == ["可用", "单位代码应为“全部”"]
    got = reading.read(corrected, name="改.xlsx")
    assert got.ret is not None
    assert got.ret.figures[ITEM] == whole + 7
    (told,) = [each for each in got.findings if each.code == "FORM_052"]
    assert DETAILS in told.message
    assert "“全部”" in told.message
    shutil.copy(corrected, copied / BOOK)
    proof = toolkit.prove(copied / BOOK, county / "收件")
    assert (proof.differences, len(proof.adjusted)) == ((), 2)
    assert [reason for _, reason in proof.unproved if "单位或指标不在明细中" not in reason] == []
    # Compared with, the correction stays one of the whole, and none of a body's.
    last = previous_rollup(copied / BOOK, year=2025)
    assert last.figures[ITEM] == whole + 7
    assert [(each.code, each.item, each.new - each.old) for each in last.adjustments] == [("全部", ITEM, 7)]


def test_it_is_proved_from_its_sources(county: Path) -> None:
    """Both ways are proved from the same files, and with the file beside it among them."""
    for where in (county / "收件", county):
        proof = toolkit.prove(county / BOOK, where)
        assert (proof.proved, proof.returns, proof.items) == (True, len(SOUND), 200)


@soak
def test_what_was_changed_is_not_proved(county: Path, copied: Path) -> None:
    """A missing file, other bytes, another figure and a changed sum: each is told, none is proved."""

    def dearer(rows: list[dict[str, Any]]) -> None:
        rows[0][ITEM] += 1

    def named(digest: str) -> Callable[[Any], None]:
        def change(book: Any) -> None:
            book["明细"]["D3"] = book["来源"]["C2"] = digest

        return change

    def summed(book: Any) -> None:
        book["明细"].cell(3, 5 + list(FORM.inputs).index(ITEM)).value += 1

    digest = changed_rows(copied / DETAILS, dearer)
    proof = toolkit.prove(copied / BOOK, county / "收件")
    assert (proof.proved, proof.returns, proof.differences) == (False, 0, ())
    assert [(file, "sha256" in reason) for file, reason in proof.unproved] == [(DETAILS, True)]
    # Named by its new digest, the rows are no longer what the sources say, and no longer add up to the one row.
    changed_book(copied / BOOK, named(digest))
    proof = toolkit.prove(copied / BOOK, county / "收件")
    assert {(each.code, each.file) for each in proof.differences} == {
        (ITEM, f"{BOOK}!明细"), (ITEM, pq.read_table(copied / DETAILS).to_pylist()[0]["file"]),
    }  # fmt: skip
    changed_book(copied / BOOK, lambda book: named("0" * 64)(book) or book["来源"].delete_rows(2))
    assert "不一致" in toolkit.prove(copied / BOOK, county / "收件").unproved[0][1]
    for name in (BOOK, DETAILS):
        shutil.copy(county / name, copied)
    changed_book(copied / BOOK, summed)
    (only,) = toolkit.prove(copied / BOOK, county / "收件").differences
    assert (only.code, only.file, int(only.rollup) - int(only.recomputed)) == (ITEM, f"{BOOK}!明细", 1)
    shutil.copy(county / BOOK, copied)
    (copied / DETAILS).unlink()
    proof = toolkit.prove(copied / BOOK, county / "收件")
    assert (proof.proved, proof.returns) == (False, 0)
    assert [(file, "旁边" in reason) for file, reason in proof.unproved] == [(DETAILS, True)]
    said = run("prove", copied / BOOK, county / "收件")
    assert (said.code, "放回汇总表所在的文件夹" in said.out) == (1, True)


def test_one_level_up_takes_the_sum(county: Path, copied: Path) -> None:
    """The city reads the workbook alone; the Parquet file beside it is passed over and said, a stranger's is not."""
    (copied / "别的.明细.parquet").write_text("不是 Parquet", encoding="utf-8")
    made = run(
        "merge", copied, "--year", "2025", "--region", "样例市", "-o", copied / "市" / "x.xlsx", "--format", "json"
    )
    assert made.code == 2  # the folder is not there
    made = run("merge", copied, "--year", "2025", "--region", "样例市", "-o", county / "市.xlsx", "--format", "json")
    told = json.loads(made.out)
    assert {each["file"]: each["state"] for each in told["coverage"]["excluded"]} == {"别的.明细.parquet": "not_ours"}
    ours = reading.read(county / BOOK, name=BOOK).ret
    assert ours is not None
    assert {each["code"]: Decimal(each["value"]) for each in told["items"]} == dict(ours.figures)
    assert f"{DETAILS} FILE_093" in made.err
    (county / "市.xlsx").unlink()


@soak
def test_last_year_is_compared_body_by_body(county: Path, tmp_path: Path) -> None:
    """Last year's figures of every body come from the file: the same as from 明细, and the region's own as well."""
    one, two = (load_last_year([county / name], 2026) for name in ("普通.xlsx", BOOK))
    assert one is not None
    assert two is not None
    assert set(one.returns) == set(two.returns)
    assert len(two.returns) == len(SOUND) + 1  # the region itself, known by its name
    for key, ret in one.returns.items():
        assert dict(two.returns[key].figures) == dict(ret.figures)
    made = bodies(1, 2)
    save_rollup(tmp_path / BOOK, made, as_parquet=True)
    found = load_last_year([tmp_path], 2026)
    assert found is not None
    assert {code: ret.figures[ITEM] for (code, _), ret in found.returns.items()} == {
        code_of(1): 10, code_of(2): 20, code_of(99): 30,
    }  # fmt: skip


def test_last_year_without_the_file_stops_the_run(county: Path, copied: Path, tmp_path: Path) -> None:
    """A file that is missing or another stops with the next step; a roll-up of another year does not need its file."""
    shutil.copy(county / "普通.xlsx", tmp_path / "别.parquet")
    (copied / DETAILS).write_bytes(b"PAR1" + b"0" * 100)
    with pytest.raises(ToolkitError, match="sha256 不符"):
        load_last_year([copied / BOOK], 2026)
    (copied / DETAILS).unlink()
    with pytest.raises(ToolkitError, match=f"在 {DETAILS}，它旁边没有"):
        load_last_year([copied / BOOK], 2026)
    with pytest.raises(ToolkitError, match="没有可用的上一年度"):
        load_last_year([copied / BOOK], 2025)
    said = run("check", county / "收件", "--last-year", copied / BOOK, "--year", "2026")
    assert (said.code, said.out, "放回汇总表所在的文件夹" in said.err) == (2, "", True)
    with pytest.raises(ToolkitError, match="旁边没有"):
        previous_rollup(copied / BOOK, year=2025)
    # A path is no name: the file of another folder is not looked for.
    changed_book(copied / BOOK, lambda book: book["明细"].cell(3, 3, f"../{county.name}/{DETAILS}"))
    with pytest.raises(ToolkitError, match="旁边没有"):
        load_last_year([copied / BOOK], 2026)


def test_blank_zero_and_unreadable_stay_three_things(tmp_path: Path) -> None:
    """A blank is null, one declared zero is 0, an unreadable cell is null and named with its text; so they come back."""
    given = [
        checked(a_return(1, {ITEM: 1}, declared=()), "a.xlsx"),
        checked(a_return(2, {ITEM: 1, "t2.fees.amount": Decimal("0.1")}, round=2), "b.xlsx"),
        checked(a_return(3, SMALL, answers={"t2.rules.issued": Unreadable("=约5", "VALUE_012")}), "c.xlsx", error()),
    ]
    made = merged(given, roster(1, 2, 3), include_failing={code_of(3): "已核实"})
    save_rollup(tmp_path / BOOK, made, as_parquet=True)
    rows = pq.read_table(tmp_path / DETAILS).to_pylist()
    assert [row["t2.rules.issued"] for row in rows] == [None, 0, None]
    assert [row["unreadable"] for row in rows] == [[], [], ["t2.rules.issued==约5"]]
    assert [(row["round"], row["note"]) for row in rows] == [(0, ""), (2, ""), (0, "有错误仍计入：已核实")]
    *pointers, own = reading.returns_in(tmp_path / BOOK, name=BOOK)
    assert [(each.identity.kind, each.file) for each in pointers] == [("details", DETAILS)]
    assert own.figures["t2.fees.amount"] == Decimal("0.2")
    back = list(parquet.bodies(pointers[0], tmp_path / BOOK, BOOK))
    assert [ret.answers["t2.rules.issued"] for ret in back] == [
        Blank(), Filled(0), Unreadable("=约5", "VALUE_010"),
    ]  # fmt: skip
    assert [str(ret.figures["t2.fees.amount"]) for ret in back] == ["0", "0.1", "0.1"]
    assert [ret.identity.round for ret in back] == [0, 2, 0]


def test_changes_are_attributed_through_the_file(tmp_path: Path) -> None:
    """What changed since a roll-up with a Parquet file is told body by body, as since one without."""
    old, new = bodies(1, 2, 3), replace(bodies(1, 3, 4), findings=())
    new = replace(new, merged=(*new.merged[:1], *bodies(3, 4, add=5).merged))
    new = replace(new, figures=dict(FORM.complete({
        code: sum(each.ret.figures[code] or 0 for each in new.merged if each.ret) for code in FORM.inputs
    })))  # fmt: skip
    save_rollup(tmp_path / BOOK, old, as_parquet=True)
    (tmp_path / "普通.xlsx").write_bytes(write_rollup(old))
    one, two = (shifts(previous_rollup(tmp_path / name, year=YEAR), new) for name in ("普通.xlsx", BOOK))
    assert one == two
    (shift,) = [each for each in two if each.item == ITEM]
    assert {(each.code, each.state, each.share) for each in shift.shares} == {
        (code_of(2), "不再计入", -20), (code_of(3), "改数", 5), (code_of(4), "新计入", 45),
    }  # fmt: skip


def test_a_long_list_of_changes_still_balances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many shares the largest are listed, the others stand in one row, and every total is still explained."""
    monkeypatch.setattr("toolkit.workbook.rollup.changes.MOST_SHARES", 6)
    old, new = bodies(1, 2, 3, 4), bodies(1, 2, 3, 4, add=5)
    figures = dict(new.figures)
    assert figures[ITEM] - old.figures[ITEM] == 20
    sheet = opened(write_rollup(new, old))["较上次汇总的变化"]
    rows = [row for row in sheet.iter_rows(min_row=3, values_only=True) if row[0]]
    assert len(rows) == 8  # of the item, then of its total
    rows = rows[:4]
    assert [row[4] for row in rows] == ["样例1局", "样例2局", "样例3局", "其余 1 家合计"]
    assert [row[9] for row in rows] == [None, None, None, "相符"]
    assert sum(int(row[8]) for row in rows) == int(rows[0][3]) == 20
    monkeypatch.setattr("toolkit.workbook.rollup.changes.MOST_SHARES", 8)
    sheet = opened(write_rollup(new, old))["较上次汇总的变化"]
    assert [row[4] for row in sheet.iter_rows(min_row=3, values_only=True) if row[0]][-1] == "样例4局"


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


@soak
def test_long_lists_are_cut_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list past its limit leaves out what the file holds, then says how many more there are; one below does not."""
    given = [checked(a_return(at, SMALL), f"{at}.xlsx") for at in (1, 2)]
    given += [checked(a_return(at, SMALL), f"{at}.xlsx", error(f"{at}.xlsx")) for at in (3, 4, 5)]
    made = merged(given, roster(1, 2, 3, 4, 5), region=Region("样例县"))

    def headings() -> list[str]:
        save_rollup(tmp_path / BOOK, made, as_parquet=True)
        book = openpyxl.load_workbook(tmp_path / BOOK)
        told = [str(row[0]) for row in book["台账"].iter_rows(values_only=True) if str(row[0])[:2] in ("一、", "二、")]
        problems = [row for row in book["问题清单"].iter_rows(min_row=2, values_only=True) if row[0]]
        return [*told, str(problems[-1][0])]

    for most, said in (
        (5, ["一、应报单位（5 家）", "二、收到的文件（5 个）", "样例5局"]),
        (3, [f"一、应报单位（5 家）：已计入汇总的 2 家在 {DETAILS}，这里列其余 3 家",
             f"二、收到的文件（5 个）：已计入汇总的 2 个在 {DETAILS}，这里列其余 3 个", "样例5局"]),
        (2, [f"一、应报单位（5 家）：已计入汇总的 2 家在 {DETAILS}，这里列其余 3 家的前 2 家，另有 1 家没有列出",
             f"二、收到的文件（5 个）：已计入汇总的 2 个在 {DETAILS}，这里列其余 3 个的前 2 个，另有 1 个没有列出",
             "共 3 条，这里只列最重的 2 条，另有 1 条没有列出：用 nianbao check --format json 可以得到全部。"]),
    ):  # fmt: skip
        monkeypatch.setattr(listing, "MOST_LISTED", most)
        assert headings() == said
    words = [str(row[0]) for row in openpyxl.load_workbook(tmp_path / BOOK)["汇总说明"].iter_rows(values_only=True)]
    assert "问题清单：共 3 条，这里只列最重的 2 条，另有 1 条没有列出。" in words
    monkeypatch.setattr(listing, "MOST_LISTED", 2)
    save_rollup(tmp_path / "全.xlsx", made)  # without a Parquet file 台账 is never cut
    assert openpyxl.load_workbook(tmp_path / "全.xlsx")["台账"].max_row > 12


def test_too_many_bodies_go_to_parquet_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What our reader would not take back goes to the file, and that is said; what it takes stays in the workbook."""
    made = bodies(1, 2, 3)
    for what, needed in room.demand(made).items():
        monkeypatch.setitem(room.ROOM, what, needed)
        assert not room.crowded(made)
        monkeypatch.setitem(room.ROOM, what, needed - 1)
        assert room.crowded(made)
        monkeypatch.setitem(room.ROOM, what, needed)
    assert room.crowded(made, compared=True)
    with caplog.at_level(logging.WARNING):
        assert save_rollup(tmp_path / BOOK, made).details is None
        assert caplog.messages == []
        monkeypatch.setitem(room.ROOM, "places", 1)
        assert save_rollup(tmp_path / BOOK, made).details == tmp_path / DETAILS
        assert "3 家的明细一本汇总表放不下" in caplog.messages[0]
        caplog.clear()
        monkeypatch.setitem(room.ROOM, "places", 1_000_000)
        assert save_rollup(tmp_path / BOOK, made).details is None
    assert "以前某次汇总的各单位明细" in caplog.messages[0]


def test_ten_thousand_bodies_stay_in_the_workbook() -> None:
    """10,000 bodies without findings have room by the limits as they are, 10,500 have not."""
    (one,) = bodies(1).merged
    states = bodies(1)

    def of(count: int) -> RollUp:
        return replace(states, merged=(one,) * count, bodies=states.bodies[:1] * count, files=states.files[:1] * count)

    found = [room.crowded(of(count)) for count in (10_000, 10_500)]
    assert found == [False, True]


def test_without_pyarrow_nothing_is_written(tmp_path: Path, county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option is refused before anything is read, the automatic way before anything is written; proofs say it too."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = run("merge", tmp_path / "没有", *AS_OF, "-o", tmp_path / BOOK, "--format", "parquet")
    assert said.code == 2
    assert 'pip install "nianbao[cluster]"' in said.err or "找不到" in said.err
    with pytest.raises(ToolkitError, match="没有安装 pyarrow"):
        toolkit.merge(tmp_path / "没有", output=tmp_path / BOOK, details_as_parquet=True)
    monkeypatch.setitem(room.ROOM, "places", 1)
    with pytest.raises(ToolkitError, match="放不下") as told:
        save_rollup(tmp_path / BOOK, bodies(1))
    assert 'pip install "nianbao[cluster]"' in str(told.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ToolkitError, match="没有安装 pyarrow，不能读取"):
        load_last_year([county / BOOK], 2026)
    assert reading.read(county / BOOK, name=BOOK).ret is not None  # one level up needs no pyarrow


@pytest.fixture
def old_pair(tmp_path: Path) -> tuple[Path, RollUp]:
    """Return a written roll-up with its file, and a newer one to be written over it."""
    save_rollup(tmp_path / BOOK, bodies(1, 2), as_parquet=True)
    return tmp_path / BOOK, bodies(1, 2, 3)


@soak
def test_a_stop_between_the_two_moves_is_noticed(
    old_pair: tuple[Path, RollUp], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before the first move the old pair stands; between the two the old workbook says that the file is another."""
    path, newer = old_pair
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    real = os.replace

    def stopped_at(count: int) -> None:
        moves: list[object] = []

        def replace_(source: object, target: object) -> None:
            moves.append(target)
            if len(moves) == count:
                raise KeyboardInterrupt
            real(source, target)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "replace", replace_)
        with pytest.raises(KeyboardInterrupt):
            save_rollup(path, newer, as_parquet=True)
        monkeypatch.setattr(os, "replace", real)

    stopped_at(1)
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before
    stopped_at(2)
    assert path.read_bytes() == before[BOOK]
    assert {each.name for each in path.parent.iterdir()} == {BOOK, DETAILS}
    with pytest.raises(ToolkitError, match="sha256 不符"):
        load_last_year([path], YEAR + 1)
    save_rollup(path, newer, as_parquet=True)
    found = load_last_year([path], YEAR + 1)
    assert found is not None
    assert (code_of(3), YEAR) in found.returns


def test_a_file_held_open_is_named_as_it_went(old_pair: tuple[Path, RollUp], monkeypatch: pytest.MonkeyPatch) -> None:
    """The Parquet file that cannot be replaced (Windows) is written beside, and the workbook names that one."""
    path, newer = old_pair
    real = os.replace

    def held(source: object, target: object) -> None:
        if str(target).endswith(DETAILS):
            raise PermissionError(13, "held open")
        real(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(files, "PAUSE", 0)
    saved = save_rollup(path, newer, as_parquet=True)
    assert saved.details == path.with_name("汇总.明细_1.parquet")
    pointer, _ = reading.returns_in(path, name=BOOK)
    assert [ret.figures[ITEM] for ret in parquet.bodies(pointer, path, BOOK)] == [10, 20, 30]


def test_corrections_of_the_whole_are_no_bodys(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Last year's corrections of the whole change the region's figure, no body's, and that is said."""
    change = Adjustment("全部", ITEM, 30, 33, "样例2局少报 3 件", "张")
    made = bodies(1, 2)
    whole = FORM.complete(dict(made.figures) | {ITEM: 33})
    made = replace(made, adjustments=(change,), figures=whole)
    with caplog.at_level(logging.WARNING):
        save_rollup(tmp_path / BOOK, made, as_parquet=True)
        found = load_last_year([tmp_path / BOOK], YEAR + 1)
    assert found is not None
    assert [found.returns[code_of(at), YEAR].figures[ITEM] for at in (1, 2, 99)] == [10, 20, 33]
    assert [("写在合计上" in each) for each in caplog.messages] == [True]
    body = replace(change, code=code_of(2), old=20, new=23)
    with pytest.raises(WorkbookError, match="各单位明细不在汇总表里"):
        save_rollup(tmp_path / BOOK, replace(made, adjustments=(body,)), as_parquet=True)


def test_the_report_names_the_bodies_of_the_file(tmp_path: Path) -> None:
    """The annex 汇总范围 lists the bodies whose rows are in the file."""
    save_rollup(tmp_path / BOOK, bodies(1, 2), as_parquet=True)
    report, _ = publication.report_of(Job((tmp_path / BOOK,)), publication.Content(draft=True, coverage=True))
    assert "样例1局、样例2局" in str(report)


def test_figures_that_fit_no_column_are_refused(tmp_path: Path) -> None:
    """More than four decimal places, which no reader of ours gives, are not rounded; the edge of both kinds fits."""
    edge = {"t2.fees.amount": Decimal("12345678901234.5678"), ITEM: 10**12}
    for figures, fine in ((edge, True), ({"t2.fees.amount": Decimal("0.00001")}, False), ({ITEM: 2**63}, False)):
        made = merged([checked(a_return(1, figures), "1.xlsx")])
        row = parquet.Row(made.merged[0].ret, "1.xlsx", "0" * 64, "")  # type: ignore[arg-type]
        with (tmp_path / "x.parquet").open("wb") as file:
            if fine:
                parquet.put_rows(file, FORM, [row], {})
            else:
                with pytest.raises(WorkbookError, match="写不进 Parquet"):
                    parquet.put_rows(file, FORM, [row], {})
        if fine:
            (held,) = pq.read_table(tmp_path / "x.parquet").to_pylist()
            assert {code: held[code] for code in figures} == figures


def test_many_rows_go_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are written in groups of some thousand, and all come back in their order."""
    monkeypatch.setattr(parquet, "BATCH", 2)
    made: RollUp = bodies(1, 2, 3, 4)
    save_rollup(tmp_path / BOOK, made, as_parquet=True)
    assert pq.ParquetFile(tmp_path / DETAILS).num_row_groups == 2
    pointer, _ = reading.returns_in(tmp_path / BOOK, name=BOOK)
    back: list[Checked] = [
        Checked(ret.file or "", ret.sha256 or "", ret, ()) for ret in parquet.bodies(pointer, tmp_path / BOOK, BOOK)
    ]
    assert [(each.file, each.sha256) for each in back] == [(each.file, each.sha256) for each in made.merged]
    assert rollup.Sums(replace(made, merged=tuple(back))).added == rollup.Sums(made).added
