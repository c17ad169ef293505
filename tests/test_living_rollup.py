"""The roll-up is a living document: what a person typed into it stands in the next one, or is named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.commands import answer, run
from tests.folder80 import PASSWORD, encrypted
from tests.rollups import FORM
from tests.samples import BODIES, code_of, sound, workbook
from tests.soaking import first_of, soak
from toolkit import read
from toolkit.returns import Return

ITEM = "t2.licensing.decisions"


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two returns and, beside it, their roll-up with a cover, a chapter and three lines of 调整."""
    folder = tmp_path_factory.mktemp("县") / "收件"
    folder.mkdir()
    figures = [sound(FORM, 90 + at, 10 + at, None) for at in range(2)]
    for at in (0, 1):
        (folder / f"{at}.xlsx").write_bytes(workbook(FORM, 2025, BODIES[at], figures[at]))
    out = folder.parent / "汇总.xlsx"
    assert run("merge", folder, "--region", "甲县", "-o", out).code == 0
    book = openpyxl.load_workbook(out)
    cover, chapter, change = book["封面"], book["一、总体情况"], book["调整"]
    cover["C12"] = "王五"
    chapter["A3"] = "全县工作平稳推进。"
    old = figures[0][ITEM]
    lines = (
        (code_of("01"), ITEM, old, int(old) + 3, "漏报 3 件，见来函", "张三"),
        (code_of("02"), ITEM, int(figures[1][ITEM]) + 50, 1, "漏报 5 件，见来函", "张三"),
        (code_of("01"), "t2.没有", "12件", None, "待核", None),
    )
    for row, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            change.cell(row, column).value = value
    book.save(out)
    return folder


def own(path: Path) -> Return:
    ret = read(path)[0].ret
    assert ret is not None
    return ret


def typed(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path, data_only=True)["调整"]
    return list(sheet.iter_rows(min_row=2, max_row=4, max_col=7, values_only=True))


@pytest.mark.parametrize("how", first_of(["same", "previous"]))
def test_what_a_person_typed_is_kept(season: Path, tmp_path: Path, how: str) -> None:
    """Merged again to the same file or with ``--previous``: cover, chapter and lines stand, what holds is counted."""
    first, out = season.parent / "汇总.xlsx", tmp_path / "汇总.xlsx"
    if how == "same":
        out.write_bytes(first.read_bytes())
    more = () if how == "same" else ("--previous", first)
    got = run("merge", season, "--region", "甲县", "-o", out, *more, "--format", "json", "--sources")
    assert got.code == 1
    lost = [one for one in got.json["findings"] if one["code"] == "MERGE_016"]
    assert [one["cell"] for one in lost] == ["A3", "A4"]
    before, after = own(first), own(out)
    assert after.cover["preparer"].value == "王五"
    assert [paragraph.text for paragraph in after.text["一"]] == ["全县工作平稳推进。"]
    assert typed(out) == [
        (*row[:6], state) for row, state in zip(typed(first), ("可用", "原值与明细不符", "没有这个指标"), strict=True)
    ]
    assert after.figures[ITEM] == before.figures[ITEM]
    assert [one.code for one in after.findings if one.code == "FORM_051"] == []
    (item,) = [item for item in got.json["items"] if item["code"] == ITEM]
    assert item["value"] == after.figures[ITEM]
    assert [(one["code"], one["change"], one["reason"]) for one in item["adjustments"]] == [
        (code_of("01"), 3, "漏报 3 件，见来函")
    ]
    for one in got.json["items"]:
        parts = [part["value"] or 0 for part in one["sources"]] + [part["change"] for part in one["adjustments"]]
        assert Decimal(one["value"]) == sum(map(Decimal, parts)), one["code"]
    assert "经调整 1 处；2 条调整不再成立、没有计入" in got.json["coverage"]["statement"]
    again = tmp_path / "再.xlsx"
    again.write_bytes(out.read_bytes())
    run("merge", season, "--region", "甲县", "-o", again, *more)
    assert again.read_bytes() == out.read_bytes()


@soak
def test_a_line_that_lapsed_is_mended_or_deleted(season: Path, tmp_path: Path) -> None:
    """Of a lapsed line merge, check and proof name the row and what to do; done, and merged again, the roll-up is proved."""
    out = tmp_path / "汇总.xlsx"
    out.write_bytes((season.parent / "汇总.xlsx").read_bytes())
    argv = ("merge", season, "--region", "甲县", "-o", out)
    lost = [one for one in answer(*argv)["findings"] if one["code"] == "MERGE_016"]
    assert ["把原值改为明细中现在的数" in one["remedy"] for one in lost] == [True, True]
    unproved = [one["reason"] for one in answer("prove", out, season)["unproved"]]
    assert [reason[:4] for reason in unproved] == ["调整!3", "调整!4"]
    assert all("删去这一行" in reason for reason in unproved)
    assert [one["cell"] for one in answer("check", out)["files"][0]["findings"] if one["code"] == "FORM_052"] == [
        "A3",
        "A4",
    ]
    book = openpyxl.load_workbook(out)
    book["调整"]["C3"], book["调整"]["D3"] = (
        own(season / "1.xlsx").figures[ITEM],
        own(season / "1.xlsx").figures[ITEM] + 5,
    )
    for cell in book["调整"][4][:7]:
        cell.value = None
    book.save(out)
    assert [one for one in answer(*argv)["findings"] if one["code"] == "MERGE_016"] == []
    proof = answer("prove", out, season)
    assert (proof["proved"], len(proof["adjusted"])) == (True, 2)


@soak
def test_corrections_of_the_whole_are_kept_beside_parquet(season: Path, tmp_path: Path) -> None:
    """Where the bodies' rows are in a Parquet file a line of 全部 stands again, and lapses when the rows return to 明细."""
    out = tmp_path / "汇总.xlsx"
    run("merge", season, "--region", "甲县", "-o", out, "--format", "parquet")
    book, old = openpyxl.load_workbook(out), own(out).figures[ITEM] or 0
    line = ("全部", ITEM, old, old + 3, "甲局漏报 3 件，见来函", "张三")
    for column, value in enumerate(line, 1):
        book["调整"].cell(2, column).value = value
    book.save(out)
    run("merge", season, "--region", "甲县", "-o", out, "--format", "parquet")
    assert (typed(out)[0], own(out).figures[ITEM]) == ((*line, "可用"), old + 3)
    assert run("prove", out, season).code == 0
    got = run("merge", season, "--region", "甲县", "-o", tmp_path / "新.xlsx", "--previous", out, "--format", "json")
    assert [one["cell"] for one in got.json["findings"] if one["code"] == "MERGE_016"] == ["A2"]
    assert (typed(tmp_path / "新.xlsx")[0], own(tmp_path / "新.xlsx").figures[ITEM]) == (
        (*line, "明细没有这个单位"),
        old,
    )
    assert run("prove", tmp_path / "新.xlsx", season).code == 1


def test_another_workbook_is_not_overwritten(season: Path, tmp_path: Path) -> None:
    """A return in the place of the output stops the run and stays as it is."""
    out = tmp_path / "汇总.xlsx"
    out.write_bytes((season / "0.xlsx").read_bytes())
    said = run("merge", season, "-o", out)
    assert (said.code, "没有覆盖" in said.err) == (2, True)
    assert out.read_bytes() == (season / "0.xlsx").read_bytes()
    assert answer("merge", season, "-o", tmp_path / "新.xlsx")["coverage"]["merged"] == 2


@soak
def test_a_rollup_with_a_password_is_kept_too(season: Path, tmp_path: Path) -> None:
    """What stands in an encrypted output or previous roll-up is kept with its password; without one nothing is written."""
    first = (season.parent / "汇总.xlsx").read_bytes()
    out, known = tmp_path / "汇总.xlsx", tmp_path / "密码.txt"
    locked = encrypted(first)
    out.write_bytes(locked)
    known.write_text(PASSWORD, encoding="utf-8")
    for more in ((), ("--previous", out)):
        for target in (out, tmp_path / "新.xlsx")[: 1 + bool(more)]:
            refused = run("merge", season, "-o", target, *more)
            assert refused.code == 2 and "--password-file" in refused.err and "密码" in refused.err
    assert out.read_bytes() == locked
    assert not (tmp_path / "新.xlsx").exists()
    assert "打开密码" in run("prove", out, season).err
    got = run("merge", season, "-o", tmp_path / "新.xlsx", "--previous", out, "--password-file", known)
    assert got.code == 1 and "不带密码" in got.err
    run("merge", season, "-o", out, "--password-file", known)
    for path in (tmp_path / "新.xlsx", out):
        assert own(path).cover["preparer"].value == "王五"
        assert [row[0] for row in typed(path)] == [code_of("01"), code_of("02"), code_of("01")]
