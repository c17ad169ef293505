"""Every cell of a roll-up, changed one at a time: the proof finds it, or a person may type there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands import answer, run
from tests.office import convert, requires_office
from tests.rollups import FORM, YEAR, code_of
from tests.samples import BODIES, REGION, sound, workbook
from tests.samples import code_of as code_in
from tests.soaking import soak
from tests.test_proving import figures, sent
from toolkit import proving
from toolkit.answers import Unreadable
from toolkit.errors import ToolkitError
from toolkit.excel_in import open_book
from toolkit.findings import Severity
from toolkit.proving import Proof, prove, prove_claims
from toolkit.proving.accounts import claims_in, load
from toolkit.reading import read_book
from toolkit.run import verbs
from toolkit.run.examination import Examination
from toolkit.workbook.rosters import roster_bytes

pytestmark = soak
ADDED, TYPED_OVER, SHOWN = "formula +1", "value for formula", "shown"
"""What is done to a formula; of a constant another one takes the place."""


class County:
    """A roll-up of eight bodies, opened once, and the figures of its sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "年报"
        self.folder.mkdir()
        for number in range(1, 9):
            repaired = {"t2.fees.amount": Unreadable("14.4万元", "")} if number == 8 else {}
            sent(self.folder, number, "2021", figures("2021", number) | repaired)
        (self.folder / "1局 副本.xlsx").write_bytes((self.folder / "1局.xlsx").read_bytes())
        (self.folder / "通知.docx").write_bytes(b"PK\x05\x06" + bytes(18))
        self.path = folder / "汇总.xlsx"
        reasons = {code_of(number): "漏报 3 件，正在补正" for number in range(1, 9)}
        verbs.merge(self.folder, output=self.path, region="样例县", as_of=date(2026, 2, 1), include_failing=reasons)
        self.sources = {path.name: path for path in sorted(self.folder.iterdir())}
        self.book, self.formulas = load(self.path, values=True), load(self.path, values=False)
        read = {}

        def kept(work: Any, paths: list[Path], *, jobs: int) -> Iterator[Any]:
            for path in paths:
                read[path] = read[path] if path in read else work(path)
                yield path, read[path]

        self.kept = kept

    def proof(self) -> Proof:
        """Prove the opened workbook as it stands."""
        return prove_claims(claims_in(self.book, self.formulas, self.path), self.sources, self.path)

    def mutations(self) -> Iterator[tuple[str, str, str]]:
        """Yield sheet, cell and kind of every change to a cell that holds something."""
        for sheet in self.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value not in (None, ""):
                        kinds = (ADDED, TYPED_OVER, SHOWN) if cell.data_type == "f" else ("constant",)
                        yield from ((sheet.title, cell.coordinate, kind) for kind in kinds)

    def changed(self, name: str, place: str, kind: str) -> Proof:
        """Prove the workbook with one cell changed."""
        value, formula = self.book[name][place], self.formulas[name][place]
        before = value.value, formula.value
        other = before[0] + 1 if isinstance(before[0], int | float) else f"{before[0] or ''}改"
        if kind == ADDED:
            formula.value = f"{formula.value}+1"
        elif kind == TYPED_OVER:
            formula.value = before[0] if before[0] not in (None, "") else "改"
        else:
            value.value = other
            formula.value = other if kind != SHOWN else formula.value
        try:
            return self.proof()
        finally:
            value.value, formula.value = before

    def typed(self, name: str, place: str) -> bool:
        return not self.formulas[name][place].protection.locked


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("county"))


def test_the_county_is_proved(county: County) -> None:
    """Unchanged it is proved; what a text was read for, what 台账 leaves out and what it does not know is listed."""
    proof = prove(county.path, county.sources)
    assert (proof.proved, proof.returns, proof.unproved) == (True, 8, ())
    assert proof.repaired == (("8局.xlsx", "二、主动公开!B17 写的是“14.4万元”，按 14.4 计。"),)
    assert [file for file, _ in proof.left_out] == ["1局.xlsx", "通知.docx"]
    assert proof.not_in_rollup == ()


def verdict(county: County, name: str, place: str, kind: str) -> str:
    """Return what the proof says of one change: not proved, or proved of a cell that a person may type."""
    try:
        proof = county.changed(name, place, kind)
    except ToolkitError:
        return "not proved"
    return "typed" if proof.proved and county.typed(name, place) else "proved" if proof.proved else "not proved"


def test_every_changed_cell_is_found(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, a figure, a formula and what it shows, on every sheet: changed alone it is found, or it may be typed."""
    monkeypatch.setattr(proving, "results", county.kept)
    assert county.proof().proved
    firsts = {(name, kind): (name, place, kind) for name, place, kind in county.mutations()}
    for change in (*firsts.values(), *list(county.mutations())[::48]):
        assert verdict(county, *change) in ("not proved", "typed"), change


CHECKED = {
    "汇总说明": "", "封面": "error", "一、总体情况": "info", "二、主动公开": "error warning", "三、依申请公开": "error warning info",
    "四、复议诉讼": "error info", "五、问题与改进": "", "六、其他事项": "", "校验": "info", "填报说明": "", "_meta": "error info",
    "明细": "error", "各单位主要数": "", "调整": "", "台账": "", "问题清单": "", "来源": "", "图表": "",
}  # fmt: skip
"""What ``check`` says of a changed cell of each sheet beside nothing at all, which it says where it reads nothing."""


@pytest.mark.parametrize("step", [1_200, pytest.param(24, marks=soak)])
def test_check_says_what_it_reads_of_a_changed_cell(county: County, step: int) -> None:
    """A changed cell that makes another return of the roll-up has a finding; the table says of which sheets and how grave."""
    book, examination = open_book(county.path), Examination(YEAR)

    def judged() -> tuple[set[tuple[str, str]], tuple[object, ...]]:
        file = examination.judged(read_book(book, county.path.name))
        assert file.ret is not None
        taken = file.ret.identity, file.ret.stands, file.ret.text, file.ret.explanations
        return {(one.severity.value, one.message) for one in file.findings}, (*taken, file.ret.cover)

    findings, before = judged()
    cells = [
        (sheet, at) for sheet in book.sheets for at, cell in sorted(sheet.cells.items()) if cell.value not in (None, "")
    ]
    for sheet, at in cells[::step]:
        cell = sheet.cells[at]
        other = cell.value + 1 if isinstance(cell.value, int | Decimal) else f"{cell.value}改"
        sheet.cells[at] = cell._replace(value=other, text=str(other))  # type: ignore[index]
        more, after = judged()
        sheet.cells[at] = cell  # type: ignore[index]
        grave = min((Severity(severity) for severity, _ in more - findings), key=lambda one: one.rank, default=None)
        assert grave is None or grave.value in CHECKED[sheet.name].split(), (sheet.name, at, grave)
        assert grave is not None or after == before, (sheet.name, at)


def test_every_file_of_the_folder_has_its_place(county: County, tmp_path: Path) -> None:
    """A return that came later, or changed, is unproved and named; what is no return is named; the unread says what to do."""
    later = sent(tmp_path, 9, "2021", figures("2021", 9))
    notes = tmp_path / "说明.txt"
    notes.write_text("x", encoding="utf-8")
    legacy = tmp_path / "旧.xls"
    legacy.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    proof = prove(county.path, county.sources | {path.name: path for path in (later, notes, legacy)})
    assert not proof.proved
    assert [file for file, reason in proof.unproved if "不在这次汇总里" in reason] == ["9局.xlsx", "旧.xls"]
    assert set(proof.not_in_rollup) == {"9局.xlsx", "说明.txt", "旧.xls"}
    assert prove(county.path, county.sources | {later.name: later}, whole=False).proved


def test_another_body_is_found(county: County, tmp_path: Path) -> None:
    """A row of 明细 and 来源 that names another body than its file does is unproved, were the seal broken or not."""
    for sheet in ("明细", "来源"):
        for row in county.book[sheet].iter_rows():
            for cell in row:
                cell.value = code_of(77) if cell.value == code_of(3) else cell.value
    reasons = [reason for file, reason in county.proof().unproved if file == "3局.xlsx"]
    for sheet in ("明细", "来源"):
        for row in county.book[sheet].iter_rows():
            for cell in row:
                cell.value = code_of(3) if cell.value == code_of(77) else cell.value
    assert any(f"汇总表写的是 {code_of(77)}" in reason for reason in reasons)


@soak
@requires_office
def test_every_kind_of_body_and_file_has_its_words(tmp_path: Path) -> None:
    """Bodies waived, not counted, not expected, with errors or missing; replies, .xls copies and imported returns."""
    folder, known, out = tmp_path / "收件", tmp_path / "名录.xlsx", tmp_path / "汇总.xlsx"
    folder.mkdir()
    rows = [[code_in(at), name, "", level, "", "是", "", "", ""] for at, _, name, level, _ in BODIES[:8]]
    rows[2][5], rows[3][7] = "否", "2024"
    known.write_bytes(roster_bytes(REGION, rows))
    for at in range(7):
        typed = sound(FORM, 60 + at, 8 + at, None)
        typed["t3.r1.natural"] = int(typed["t3.r1.natural"]) + (at in (1, 4))
        (folder / f"{at}.xlsx").write_bytes(workbook(FORM, YEAR, BODIES[at], typed))
    run("check", folder / "6.xlsx", "-o", tmp_path / "退回")
    reply = next(path for path in (tmp_path / "退回").iterdir() if path.name.startswith("119"))
    (folder / "6轮.xlsx").write_bytes(reply.read_bytes())
    convert([folder / "0.xlsx"], "xls", folder)
    run("publish", folder / "5.xlsx", "--draft", "-o", tmp_path / "报告.html")
    run("import", tmp_path / "报告.html", "--year", YEAR, "--code", code_in(BODIES[5][0]), "-o", folder / "导入.xlsx")
    (folder / "5.xlsx").unlink()
    waived = f"{code_in(BODIES[1][0])}=会商决定先计入，来函 3 号"
    run("merge", folder, "--roster", known, "--region", REGION, "--include-failing", waived, "-o", out)
    got = answer("prove", out, folder)
    assert (got["proved"], got["returns"], got["unproved"], got["not_in_rollup"]) == (True, 4, [], [])
    said = {one["file"]: one["reason"] for one in got["left_out"]}
    about = {
        "0.xls": "重复件：与“0.xlsx”内容相同", "2.xlsx": "不计入汇总：名录写明不计入汇总", "3.xlsx": "名录中没有：",
        "4.xlsx": "有错误，未计入：还有 1 处错误（I1）", "6.xlsx": "重复件：与“6轮.xlsx”内容相同",
        BODIES[2][2]: "已通过，按名录不计入汇总", BODIES[3][2]: "不要求报送，没有计入", BODIES[4][2]: "已收到，没有计入",
        BODIES[7][2]: "未报，没有计入",
    }  # fmt: skip
    assert {name: words for name, words in said.items() if not words.startswith(about.get(name, "?"))} == {}
    assert said.keys() == about.keys()
    assert load(out, values=True)["台账"]["A1"].value == "一、名录上的单位（8 家，应报 7 家）"
    assert got["coverage"] == [f"{REGION}：阶段性汇总（4/6），没有计入：{BODIES[4][2]}、{BODIES[7][2]}"]
    (folder / "0.xlsx").unlink()
    run("merge", folder, "--roster", known, "--region", REGION, "--include-failing", waived, "-o", out)
    (alone,) = answer("prove", out, folder)["unproved"]
    assert alone["file"] == "0.xls" and "另存为 .xlsx" in alone["reason"]
