"""One grammar for 调整: what the formulas of the sheet take for a correction, the reader and the proof take, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace

from tests.office import recalculated, requires_office
from tests.rollups import FORM, SMALL, a_return, checked, code_of, merged, roster
from tests.soaking import soak
from tests.test_reasons import NONE, REASONS, listed
from toolkit.forms.sheets import ADJUSTMENT_ROWS, USABLE, LineFault
from toolkit.proving.accounts import claims
from toolkit.reading import read
from toolkit.returns import Adjustment, Region
from toolkit.returns.correction_grounds import is_ground
from toolkit.workbook.rollup import write_rollup

A, COUNT, MONEY, SLIP = code_of(1), "t3.r1.natural", "t2.fees.amount", "漏报 7 件，见登记簿"
Line = tuple[object, ...]

CASES: tuple[tuple[Line, str], ...] = (
    ((A, COUNT, 3, 10, SLIP, "张"), USABLE),
    ((A, COUNT, 10, 9, "笔误", None), USABLE),
    ((A.lower(), COUNT.upper(), 9, 8, "误把咨询计入", "张"), USABLE),
    ((A, MONEY, 0.1, 14.4, "收费票据漏录", "张"), USABLE),
    ((A, MONEY, Decimal("14.4"), 72701.2578, "依据《收费公示》", "张"), USABLE),
    ((A, "t3.r2.natural", 0, 1, "补录上年结转一件", "张"), USABLE),
    ((f"{A} ", COUNT, 8, 9, SLIP, "张"), LineFault.SPACES),
    ((A, f" {COUNT}", 8, 9, SLIP, "张"), LineFault.SPACES),
    ((A, f"\u00a0{COUNT}", 8, 9, SLIP, "张"), LineFault.NO_ITEM),
    ((code_of(9), COUNT, 8, 9, SLIP, "张"), LineFault.NO_BODY),
    (("样例1局", COUNT, 8, 9, SLIP, "张"), LineFault.NO_BODY),
    ((None, COUNT, 8, 9, SLIP, "张"), LineFault.NO_BODY),
    ((A, "ｔ３.ｒ１.natural", 8, 9, SLIP, "张"), LineFault.NO_ITEM),
    ((A, "t3.r1.total", 8, 9, SLIP, "张"), LineFault.NO_ITEM),
    ((A, None, 8, 9, SLIP, "张"), LineFault.NO_ITEM),
    ((A, COUNT, 8, "9件", SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, "8", 9, SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, 8, "９", SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, 8, "/", SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, 8, True, SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, 8, None, SLIP, "张"), LineFault.NO_FIGURE),
    ((A, "t3.r3_1.natural", None, 2, SLIP, "张"), LineFault.NO_FIGURE),
    ((A, COUNT, 8, -1, SLIP, "张"), LineFault.COUNT),
    ((A, COUNT, 8, 1.5, SLIP, "张"), LineFault.COUNT),
    ((A, COUNT, 8.5, 9, SLIP, "张"), LineFault.COUNT),
    ((A, COUNT, 8, 10**13, SLIP, "张"), LineFault.LARGE),
    ((A, COUNT, 8, 10**12, SLIP, "张"), LineFault.LARGE),
    ((A, MONEY, 72701.2578, 0.00001, SLIP, "张"), LineFault.MONEY),
    ((A, MONEY, 72701.2578, -0.5, SLIP, "张"), LineFault.MONEY),
    ((A, MONEY, 72701.2579, 1, SLIP, "张"), LineFault.OTHER),
    ((A, COUNT, 3, 9, SLIP, "张"), LineFault.OTHER),
    ((A, COUNT, 8, 9, None, "张"), LineFault.NO_GROUND),
    ((A, COUNT, 8, 9, " \u3000", "张"), LineFault.NO_GROUND),
    ((A, COUNT, 8, 9, "已电话核实，数据无误", "张"), LineFault.NO_REASON),
    ((A, COUNT, 8, 9, 7, "张"), LineFault.NO_REASON),
    ((None, None, None, None, None, "张"), LineFault.NO_BODY),
)
"""Lines of 调整, below each other, and what 核对 shows of them."""
OUTSIDE: Line = (A, COUNT, 8, 9, SLIP, "张")
"""A line below those that are prepared."""


def lines_written(folder: Path, lines: tuple[Line, ...]) -> Path:
    """Return a roll-up into whose 调整 lines were typed, and the last one below the prepared lines."""
    files = [checked(a_return(1, SMALL), "1.xlsx"), checked(a_return(2, SMALL), "2.xlsx")]
    rollup = merged(files, roster(1, 2), region=Region("样例县", code_of(99)))
    path = folder / "汇总.xlsx"
    path.write_bytes(write_rollup(rollup))
    book = openpyxl.load_workbook(path)
    for row, line in enumerate(lines, 2):
        typed(book["调整"], row, line)
    typed(book["调整"], ADJUSTMENT_ROWS + 4, OUTSIDE)
    book.save(path)
    return path


def typed(sheet: Any, row: int, line: Line) -> None:
    for column, value in enumerate(line, 1):
        sheet.cell(row, column).value = value


def verdicts(path: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Return for every line what the reader and the proof say, "" for one that counts."""
    got = read(path, name=path.name)
    by_reader = {int(each.cell[1:]): each.message for each in got.findings if each.code == "FORM_052" and each.cell}
    by_proof = {one.row: one.fault for one in claims(path).corrections}
    return by_reader, by_proof


def test_reader_and_proof_have_one_grammar(tmp_path: Path) -> None:
    """Every case is taken or refused alike; the reader says so with its row, in the words of the sheet."""
    path = lines_written(tmp_path, tuple(line for line, _ in CASES))
    by_reader, by_proof = verdicts(path)
    for row, (line, state) in enumerate(CASES, 2):
        assert (state in by_reader.get(row, "")) == (state != USABLE), (line, state, by_reader.get(row))
        assert (by_proof[row] == "") == (state == USABLE), (line, state, by_proof[row])
    assert LineFault.OUTSIDE in by_reader[ADJUSTMENT_ROWS + 4]
    assert by_proof[ADJUSTMENT_ROWS + 4].startswith(LineFault.OUTSIDE)
    findings = read(path, name=path.name).findings
    assert [each.message for each in findings if each.code == "FORM_055"] == [
        "“调整”表第 3 行没有写经办人；这一行已计入。"
    ]


GROUNDS = """
经核实无此项业务，应为 0|经核实无此项业务|无此业务|经查，本年未收到该类申请，应为 0|经核实，本单位无行政处罚权，应为0|电话核实：没有此项业务
经与填报单位核实，该单位不收费|财政局确认未收费|经核实，未发生|本年未发生|不属于该局职责|属县市场监管局职能，不应由该局填报|经核实，由市局办理
我局无执法权，核对属实|经核实，该单位已撤销|经核对原始登记簿，应为 12|与登记簿不符，改为登记簿的数|根据该局1月20日来函更正
见该局更正说明（2026年1月20日）|来电更正|经该局书面确认，上年结转件未列入|核实后更正：原表漏报|经核实有误|经核实，该局误填|小数点错位|把元当成万元填了
经核实，应填在下一行，填到了上一行|该局把上年数填到本年，应为 0|串格|抄错|手误|多打了一个 0|数字颠倒：21 写成 12|21 错写成 12|应为12，误为21|计算错误
汇总时加错|自然人与法人填反|公式被覆盖|填的是去年的数|已剔除重复件，经核实|未扣除撤回件|转办件不应计入
"""
NO_GROUNDS = """
应为 0|更正|更正为 5|按实际数更正|按实际数改|实际为 3|经核实应为 5|没有错报漏报，核实无误|核实无误，不存在误填|数据无误，没有漏填|因此没有漏报
经法院核实无误|已按政策要求核对|经核实无此问题|经核实，无此类错误|未发生任何差错|未发生错报漏报|行政许可无误|无行政许可差错|没有收费数据错误
没有业务问题|不存在行政处罚漏报|该局办公室核实|数据经市场监管局核实办理|由局办公室核实|计入无误|数据已更新|县里要求更正|以该局数为准
"""


def reasons_written(folder: Path, reasons: list[str]) -> Path:
    """Return a roll-up whose lines of 调整 change nothing, with one reason each."""
    folder.mkdir()
    path = folder / "汇总.xlsx"
    rollup = merged([checked(a_return(1, SMALL), "1.xlsx")], roster(1), region=Region("样例县", code_of(99)))
    many = tuple(Adjustment(A, COUNT, 3, 3, reason, "张") for reason in reasons)
    path.write_bytes(write_rollup(replace(rollup, adjustments=many)))
    return path


@soak
def test_the_ground_of_a_correction(tmp_path: Path) -> None:
    """Reader and proof take what a coordinator writes who knows why, also beside an assurance, and no assurance alone."""
    for text in listed(GROUNDS):
        assert is_ground(text) and is_ground(f"{text}。") and is_ground(f"（{text}）"), text
    reasons = [*listed(GROUNDS), *listed(NO_GROUNDS)]
    by_reader, by_proof = verdicts(reasons_written(tmp_path / "x", reasons))
    for row, reason in enumerate(reasons, 2):
        expected = reason in listed(GROUNDS)
        assert (row not in by_reader, by_proof[row] == "") == (expected, expected), reason


@soak
@requires_office
def test_the_sheet_has_the_same_grammar(tmp_path: Path) -> None:
    """LibreOffice shows of every case what the table says, and the tables count what the reader counts."""
    reasons = [*listed(NONE), *listed(REASONS), *listed(GROUNDS), *listed(NO_GROUNDS)]
    lines = tuple(line for line, _ in CASES)
    path = lines_written(tmp_path, lines)
    other = reasons_written(tmp_path / "reasons", reasons)
    other = other.rename(other.with_name("汇总2.xlsx"))
    again, reasoned = recalculated([path, other], tmp_path / "new")
    sheet = openpyxl.load_workbook(again, data_only=True)["调整"]
    assert [sheet.cell(row, 7).value for row in range(2, 2 + len(CASES))] == [state for _, state in CASES]
    assert [each.code for each in read(again, name="汇总.xlsx").findings if each.code == "FORM_051"] == []
    sheet = openpyxl.load_workbook(reasoned, data_only=True)["调整"]
    shown = [sheet.cell(row, 7).value == USABLE for row in range(2, 2 + len(reasons))]
    assert shown == [is_ground(reason) for reason in reasons]


def test_grounds_are_reasons() -> None:
    """What the simpler rule takes for a ground is a reason by the full one, and assurances are none."""
    assert [text for text in listed(NONE) if is_ground(text)] == []
    assert [text for text in listed(NONE) if is_ground(f"经核实，{text}") or is_ground(f"{text}，请审核")] == []
    refused = [text for text in listed(REASONS) if not is_ground(text)]
    assert refused == ["System upgrade lost the counter in May", "省级部门统一制定", "申请人要求查询个人档案较多"]
    for text in (
        "漏报",
        "笔误",
        "少报，已补录",
        "县政府办 2026-02-01 核实同意",
        "电话核实，漏报 7 件",
        "见县政办〔2024〕12号",
        "疫情期间申请减少",
    ):
        assert is_ground(text), text


def test_many_corrections_have_lines(tmp_path: Path) -> None:
    """A roll-up that comes with more corrections than 调整 usually has gets lines for them and for more."""
    files = [checked(a_return(1, SMALL), "1.xlsx")]
    changes = tuple(Adjustment(A, COUNT, 3 + at, 4 + at, SLIP, "张") for at in range(50))
    rollup = merged(files, roster(1), region=Region("样例县", code_of(99)))
    figures = {code: value + 50 if code in (COUNT, "t3.r1.total") else value for code, value in rollup.figures.items()}
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_rollup(replace(rollup, adjustments=changes, figures=FORM.complete(figures))))
    by_reader, by_proof = verdicts(path)
    assert by_reader == {}
    assert set(by_proof.values()) == {""}
    assert read(path, name=path.name).ret.figures[COUNT] == 53  # type: ignore[union-attr]
