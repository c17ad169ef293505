"""The roll-up workbook: live, balanced, readable one level up, and the same bytes for the same files."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.office import recalculated, requires_office
from tests.rollups import FORM, SMALL, YEAR, a_return, checked, code_of, error, merged, roster
from tests.soaking import soak
from toolkit.answers import Filled, Number, Unreadable
from toolkit.errors import WorkbookError
from toolkit.findings import finding
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.reading import read
from toolkit.returns import Adjustment, Checked, Region, RollUp
from toolkit.workbook.rollup import write_rollup
from toolkit.workbook.rollup.sums import Sums

CODE = code_of(99)


def rolled(files: list[Checked], numbers: tuple[int, ...] = (1, 2, 3), **options: Any) -> RollUp:
    return merged(files, roster(*numbers), region=Region("样例县", CODE), **options)


def three() -> list[Checked]:
    figures = [SMALL | {"t3.r1.natural": 10 * number, "t3.r4.natural": 10 * number - 2} for number in (1, 2, 3)]
    return [
        checked(a_return(number, each), f"{number}.xlsx", sha256=f"{number:064d}")
        for number, each in enumerate(figures, 1)
    ]


def opened(data: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def adjusted(rollup: RollUp, *changes: Adjustment) -> RollUp:
    figures: dict[str, Number | None] = dict(rollup.figures)
    for each in changes:
        figures[each.item] = figures[each.item] + each.new - each.old  # type: ignore[operator]
    whole = {code: value for code, value in rollup.form.complete(figures).items() if value is not None}
    return replace(rollup, adjustments=changes, figures=whole)


def shown(book: Any, code: str) -> object:
    sheet, row, column = lay_out(FORM).cell(code)
    return book[sheet].cell(row + 1, column + 1).value


CHANGE = Adjustment(code_of(2), "t3.r1.natural", 20, 25, "少报，已补录", "张")
AGAIN = Adjustment(code_of(2), "t3.r1.natural", 25, 24, "笔误", "张")


def test_the_same_rollup_gives_the_same_bytes() -> None:
    """The order of the files and the run do not show in the bytes; another date does."""
    assert write_rollup(rolled(three())) == write_rollup(rolled(three()[::-1]))
    later = merged(three(), roster(1, 2, 3), region=Region("样例县"), as_of="2026-02-02")
    assert write_rollup(later) != write_rollup(rolled(three()))


def test_it_is_a_return_one_level_up(tmp_path: Path) -> None:
    """Read back, it is the region's return with the sums, without a finding about its structure."""
    rollup = rolled(three())
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_rollup(rollup))
    got = read(path, name="汇总.xlsx")
    assert got.ret is not None
    identity = got.ret.identity
    assert (identity.kind, identity.code, identity.name, identity.year) == ("rollup", CODE, "样例县", YEAR)
    assert dict(got.ret.figures) == dict(rollup.figures)
    assert [each.code for each in got.findings if each.severity == "error"] == []
    assert got.ret.answers["t3.r1.natural"] == Filled(60, "60")
    above = merged(
        [Checked("汇总.xlsx", got.sha256, got.ret, got.findings)], region=Region("样例市"), as_of="2026-03-01"
    )
    assert above.figures == rollup.figures


def test_corrections_are_read_back(tmp_path: Path) -> None:
    """Corrections on 调整 are in the sums, on the sheet and in what is read back; the second builds on the first."""
    rollup = adjusted(rolled(three()), CHANGE, AGAIN)
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_rollup(rollup))
    assert shown(opened(path.read_bytes()), "t3.r1.natural") == 64
    got = read(path, name="汇总.xlsx")
    assert got.ret is not None
    assert got.ret.figures["t3.r1.natural"] == 64
    assert [each.code for each in got.findings if each.code.startswith("FORM_05")] == []


def test_figures_that_are_no_sum_are_refused() -> None:
    """A roll-up whose figures are not what its details add up to is never written."""
    rollup = rolled(three())
    wrong = replace(rollup, figures=dict(rollup.figures) | {"t3.r1.natural": 61})
    with pytest.raises(WorkbookError, match=r"t3\.r1\.natural"):
        write_rollup(wrong)


def test_every_body_and_file_stands_in_the_ledger() -> None:
    """台账 has each body and each file once, with its state in Chinese; 问题清单 every finding; 来源 every source."""
    files = [
        checked(a_return(1, SMALL), "a.xlsx"),
        checked(a_return(2, SMALL), "b.xlsx", error("b.xlsx")),
        checked(None, "=通知.docx", finding("FILE_011", file="=通知.docx")),
    ]
    book = opened(write_rollup(rolled(files)))
    ledger = [[cell for cell in row if cell] for row in book["台账"].iter_rows(values_only=True)]
    bodies = {
        row[2]: row[4]
        for row in ledger
        if len(row) > 4 and row[1] in {code_of(1), code_of(2), code_of(3)} and row[-1] == "是"
    }
    assert bodies == {"样例1局": "已通过", "样例2局": "已收到", "样例3局": "未报"}
    words = [cell for row in ledger for cell in row]
    assert words.count("=通知.docx") == 1
    assert "不是本系统的表" in words
    problems = [row[5] for row in book["问题清单"].iter_rows(min_row=2, values_only=True) if row[5]]
    assert sorted(problems) == ["FILE_011", "MERGE_001"]
    assert [row[1] for row in book["来源"].iter_rows(min_row=2, values_only=True) if row[1]] == ["a.xlsx"]


def test_the_statement_says_what_is_missing() -> None:
    """汇总说明 comes first, is the only sheet selected, and states coverage, the missing bodies and the balance."""
    book = opened(write_rollup(rolled(three()[:2])))
    assert book.sheetnames[0] == "汇总说明"
    assert book.active.title == "汇总说明"
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == ["汇总说明"]
    words = "\n".join(
        str(cell) for row in book["汇总说明"].iter_rows(values_only=True) for cell in row if cell is not None
    )
    assert "2/3 已报，1 家未报\n样例3局" in words
    assert f"样例3局（{code_of(3)}）" in words
    assert "截至 2026-02-01" in words
    assert "收到文件 2 个 ＝ 已汇总 2。" in words


def test_blanks_stay_blank_in_the_details() -> None:
    """A blank is a blank, one declared zero is 0, an unreadable cell is blank with its text in a note."""
    files = [
        checked(a_return(1, SMALL, declared=()), "a.xlsx"),
        checked(a_return(2, SMALL), "b.xlsx"),
        checked(a_return(3, SMALL, answers={"t2.rules.issued": Unreadable("约5", "VALUE_012")}), "c.xlsx", error()),
    ]
    rollup = rolled(files, include_failing={code_of(3): "已核实"})
    sheet = opened(write_rollup(rollup))["明细"]
    column = Sums(rollup).column["t2.rules.issued"] + 1
    assert sheet.cell(2, column).value == "t2.rules.issued"
    assert [sheet.cell(row, column).value for row in (3, 4, 5)] == [None, 0, None]
    assert "约5" in sheet.cell(5, column).comment.text


def test_only_corrections_are_unlocked_among_the_accounts() -> None:
    """Every sheet is protected; of the accounting sheets 调整 alone has cells to type into, in its six columns."""
    book = opened(write_rollup(rolled(three())))
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    for name in ("汇总说明", "明细", "台账", "问题清单", "来源", "图表"):
        open_cells = [cell.coordinate for row in book[name].iter_rows() for cell in row if not cell.protection.locked]
        assert open_cells == [], name
    columns = {cell.column for row in book["调整"].iter_rows() for cell in row if not cell.protection.locked}
    assert columns == {1, 2, 3, 4, 5, 6}


def test_charts_are_native_and_described() -> None:
    """Three charts with Chinese titles; the bars are the bodies with most applications, at most fifteen."""
    many = [checked(a_return(number, {"t3.r1.natural": number}), f"{number:02d}.xlsx") for number in range(1, 21)]
    rollup = rolled(many, tuple(range(1, 21)))
    data = write_rollup(rollup)
    sheet = opened(data)["图表"]
    assert len(sheet._charts) == 3
    names = [row[6] for row in sheet.iter_rows(min_row=36, values_only=True) if row[6]]
    assert names == [f"样例{number}局" for number in range(20, 5, -1)]


def test_no_returns_and_endless_texts_are_written() -> None:
    """A roll-up of nothing, a very long name and one with odd characters do not break the workbook."""
    assert shown(opened(write_rollup(rolled([]))), "t3.r1.natural") == 0
    odd = a_return(1, SMALL, name="局" * 40_000)
    files = [checked(odd, "\udce4\x01.xlsx", finding("FILE_020", why="x" * 50_000))]
    rollup = merged(files, include_failing={code_of(1): "理由"})
    assert len(rollup.merged) == 1
    assert opened(write_rollup(rollup))["来源"]["B2"].value is not None


@soak
@requires_office
def test_libreoffice_agrees_with_every_formula(tmp_path: Path) -> None:
    """Recalculated by LibreOffice, every formula of the roll-up of both formats has the value we wrote."""
    money = [SMALL | {"t2.fees.amount": Decimal(text)} for text in ("0.1", "0.2", "72701.2578")]
    files = [checked(a_return(number, figures), f"{number}.xlsx") for number, figures in enumerate(money, 1)]
    old = load_form("2019")
    change = Adjustment(code_of(1), "t3.r1.natural", 3, 5, "漏报", "张")
    before = merged(
        [checked(a_return(1, {"t2.licensing.change": -4}, form=old, year=2019), "a.xlsx")],
        year=2019, region=Region("样例县"), as_of="2020-02-01",
    )  # fmt: skip
    paths = []
    for name, rollup in (("a", adjusted(rolled(files), change)), ("b", before)):
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(write_rollup(rollup))
    for path, again in zip(paths, recalculated(paths, tmp_path / "new"), strict=True):
        formulas, ours, theirs = (
            opened(path.read_bytes(), values=False),
            opened(path.read_bytes()),
            opened(again.read_bytes()),
        )
        compared = 0
        for sheet in formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    mine, other = ours[sheet.title][cell.coordinate].value, theirs[sheet.title][cell.coordinate].value
                    assert (mine or 0) == (other or 0), f"{path.name} {sheet.title}!{cell.coordinate} {cell.value}"
                    compared += 1
        assert compared > 400


@soak
@requires_office
def test_only_usable_corrections_count(tmp_path: Path) -> None:
    """On the sheet a line counts when body, item, old value and reason are right; each fault is named."""
    book = opened(write_rollup(rolled(three())), values=False)
    lines = [
        (code_of(2), "t3.r1.natural", 20, 25, "少报，补录"),
        (code_of(2), "t3.r1.natural", 25, 24, "笔误"),
        (code_of(9), "t3.r1.natural", 0, 1, "漏报"),
        (code_of(1), "t3.r1.total", 0, 1, "漏报"),
        (code_of(1), "t3.r1.natural", 11, 12, "漏报"),
        (code_of(1), "t3.r1.natural", 10, "十二", "漏报"),
        (code_of(1), "t3.r1.natural", 10, 12, None),
        (code_of(1), "t3.r1.natural", 10, 12, "已电话核实，数据无误"),
    ]
    for at, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            book["调整"].cell(at, column).value = value
    path = tmp_path / "改.xlsx"
    book.save(path)
    (again,) = recalculated([path], tmp_path / "new")
    sheet = opened(again.read_bytes())
    assert [sheet["调整"].cell(row, 7).value for row in range(2, 10)] == [
        "可用", "可用", "明细没有这个单位", "没有这个指标", "原值与明细不符", "原值新值应为数", "请写理由", "理由只说核对过",
    ]  # fmt: skip
    assert shown(sheet, "t3.r1.natural") == 64
    assert shown(sheet, "t3.r1.total") == 64


@soak
def test_the_list_of_problems_never_outgrows_our_own_reader(tmp_path: Path) -> None:
    """More findings than fit are cut to 10,000 of some 600 characters, the gravest; so the city can read the roll-up."""
    files, most, of_each = three(), 10_000, 4_700
    problems = tuple(
        replace(finding("FORM_013", name="封面"), message=f"第 {at} 条：{'原文' * 230}", remedy="请核对后改正。" * 15)
        for at in range(of_each)
    )
    rollup = rolled([replace(file, findings=(*file.findings, *problems)) for file in files])
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_rollup(rollup))
    listed = openpyxl.load_workbook(path, read_only=True)["问题清单"]
    assert listed.max_row == 1 + most + 1, "the titles, what is listed, how many more there are"
    assert [problem.code for problem in read(path, name=path.name).findings if problem.code.startswith("FILE_")] == []
    assert read(path, name=path.name).ret is not None
