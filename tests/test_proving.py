"""The proof: the same roll-up by other means, and everything that must keep it from being proved."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.office import convert, requires_office
from tests.rollups import YEAR, code_of, save_values
from tests.soaking import soak
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.errors import ToolkitError
from toolkit.forms import load_form
from toolkit.merging import merge
from toolkit.proving import Proof, prove, prove_claims
from toolkit.proving.accounts import claims_in, load
from toolkit.proving.label_search import item_cells
from toolkit.proving.plain_numbers import figure, worded
from toolkit.reading import read
from toolkit.returns import Adjustment, Checked, Region
from toolkit.returns.numbers import understand
from toolkit.run.earlier import corrected
from toolkit.workbook import Filling, write
from toolkit.workbook.rollup import write_rollup

Season = tuple[Path, dict[str, Path]]


def figures(form_id: str, seed: int) -> dict[str, Answer]:
    """Return a different figure for every input."""
    form = load_form(form_id)
    return {
        code: Filled(
            Decimal(seed * 10 + at) / 1000 if form.items[code].kind == "money"
            else -(seed + at) if form.items[code].kind == "signed"
            else seed * 100 + at
        )
        for at, code in enumerate(form.inputs)
    }  # fmt: skip


def sent(folder: Path, number: int, form_id: str, answers: dict[str, Answer]) -> Path:
    path = folder / f"{number}局.xlsx"
    year = YEAR if form_id == "2021" else 2019
    filling = Filling(
        load_form(form_id), year, kind="issued", code=code_of(number), name=f"样例{number}局", answers=answers
    )
    path.write_bytes(write(filling))
    return path


def rolled_up(
    folder: Path, paths: list[Path], form_id: str = "2021", adjustments: tuple[Adjustment, ...] = ()
) -> Season:
    """Merge files as they are, whatever their findings, and write the roll-up."""
    checked = []
    for path in paths:
        got = read(path, name=path.name)
        checked.append(Checked(path.name, got.sha256, got.ret, ()))
    year = YEAR if form_id == "2021" else 2019
    rollup = merge(checked, year, None, Region("样例县"), as_of="2026-02-01")
    assert len(rollup.merged) == len(paths)
    out = folder / "汇总.xlsx"
    rollup = replace(rollup, adjustments=adjustments, figures=corrected(rollup.form, rollup.figures, adjustments))
    out.write_bytes(write_rollup(rollup))
    return out, {path.name: path for path in paths}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Season:
    folder = tmp_path_factory.mktemp("county")
    return rolled_up(folder, [sent(folder, number, "2021", figures("2021", number)) for number in (1, 2)])


def changed(season: Season, folder: Path, change: Callable[[Any], None]) -> Proof:
    """Prove the roll-up after a change to the values it shows; its formulas stay."""
    book = openpyxl.load_workbook(season[0], data_only=True)
    change(book)
    path = folder / "改.xlsx"
    save_values(book, season[0], path)
    return prove(path, season[1])


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_labels_lead_to_the_right_cell(tmp_path: Path, form_id: str) -> None:
    """Every item of both formats is found by its labels alone, where the workbook defines its name."""
    path = sent(tmp_path, 1, form_id, {})
    book = openpyxl.load_workbook(path)
    found = item_cells(load_form(form_id), book.worksheets)
    assert set(found) == set(load_form(form_id).items)
    for code, (sheet, row, column) in found.items():
        ((title, reference),) = book.defined_names["NB_" + code.replace(".", "_")].destinations
        assert (title, reference.replace("$", "")) == (sheet, book[sheet].cell(row, column).coordinate)


def test_a_rollup_is_proved(county: Season) -> None:
    """Two returns with a figure in every input are proved, item by item."""
    proof = prove(*county)
    assert proof == Proof(True, 200, 2, (), (), ())


@soak
def test_the_older_format_is_proved_too(tmp_path: Path) -> None:
    """The 2019 format, with its signed counts and merged inputs, is read by the same search."""
    season = rolled_up(tmp_path, [sent(tmp_path, number, "2019", figures("2019", number)) for number in (1, 2)], "2019")
    assert prove(*season) == Proof(True, 198, 2, (), (), ())


@soak
def test_rows_that_moved_are_found(tmp_path: Path) -> None:
    """A row inserted above a table moves its labels; both readers follow them."""
    path = sent(tmp_path, 1, "2021", figures("2021", 1))
    book = openpyxl.load_workbook(path)
    sheet = book["四、复议诉讼"]
    merged = [str(each) for each in sheet.merged_cells.ranges]
    for each in merged:
        sheet.unmerge_cells(each)
    sheet.insert_rows(2)
    for each in merged:
        area = openpyxl.worksheet.cell_range.CellRange(each)
        if area.min_row > 1:
            area.shift(row_shift=1)
        sheet.merge_cells(area.coord)
    moved = item_cells(load_form("2021"), book.worksheets)["t4.review.upheld"]
    assert sheet.cell(moved[1], moved[2]).value == figures("2021", 1)["t4.review.upheld"].value  # type: ignore[union-attr]


def test_a_changed_total_is_a_difference(county: Season, tmp_path: Path) -> None:
    """One figure of a table changed by one is found at its item, with both numbers; the untouched copy is proved."""
    cell = item_cells(load_form("2021"), openpyxl.load_workbook(county[0]).worksheets)["t3.r1.natural"]

    def change(book: Any) -> None:
        book[cell[0]].cell(cell[1], cell[2]).value += 1

    proof = changed(county, tmp_path, change)
    assert not proof.proved
    assert [each.code for each in proof.differences] == ["t3.r1.natural"]
    assert int(proof.differences[0].rollup) == int(proof.differences[0].recomputed) + 1
    assert changed(county, tmp_path, lambda book: None).proved


def test_a_changed_detail_is_a_difference(county: Season, tmp_path: Path) -> None:
    """A figure of 明细 that is not the source's is found with the file it is claimed to come from."""

    def change(book: Any) -> None:
        book["明细"]["E3"].value += 5

    proof = changed(county, tmp_path, change)
    assert [(each.code, each.file) for each in proof.differences] == [("t2.rules.issued", "1局.xlsx")]


@soak
def test_a_row_without_a_source_is_unproved(county: Season, tmp_path: Path) -> None:
    """A row added to 明细, and one taken out, keep the roll-up from being proved."""

    def add(book: Any) -> None:
        book["明细"]["A9"] = "X"
        book["明细"]["E9"] = 0

    assert [reason for _, reason in changed(county, tmp_path, add).unproved] == ["明细中有这一行，来源中没有列出。"]
    taken = changed(county, tmp_path, lambda book: book["明细"].delete_rows(3))
    assert not taken.proved
    assert taken.unproved == (("1局.xlsx", "明细中没有这个文件的一行。"),)


@soak
def test_corrections_are_added_and_listed(county: Season, tmp_path: Path) -> None:
    """A complete line of 调整 belongs to the sum and is listed; one with a wrong old value is not proved."""
    old = figures("2021", 1)["t3.r1.natural"].value  # type: ignore[union-attr]

    def correct(book: Any, said: int) -> None:
        for at, value in enumerate((code_of(1), "t3.r1.natural", said, old + 7, "电话核实，漏报 7 件", "张"), 1):
            book["调整"].cell(2, at).value = value

    line = Adjustment(code_of(1), "t3.r1.natural", old, old + 7, "电话核实，漏报 7 件", "张")
    again = tmp_path / "again"
    again.mkdir()
    written = openpyxl.load_workbook(rolled_up(again, [*county[1].values()], adjustments=(line,))[0], data_only=True)
    formulas = openpyxl.load_workbook(county[0])
    at, lower = ([cell.value for cell in book["汇总说明"]["A"]].index("指标") for book in (formulas, written))
    lower -= at

    def whole(book: Any) -> None:
        """Let every formula show what it shows where the line was written with the roll-up: it is recalculated."""
        correct(book, old)
        for sheet in formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in (cell for cell in row if cell.data_type == "f"):
                    other = written[sheet.title].cell(cell.row + lower * (sheet.title == "汇总说明"), cell.column)
                    book[sheet.title][cell.coordinate].value = other.value

    proof = changed(county, tmp_path, whole)
    assert proof.unproved == ()
    assert len(proof.adjusted) == 1
    assert {"封面", "校验", "_核对"} < set(proof.uncompared)
    assert prove(*county).uncompared == ()
    assert "电话核实，漏报 7 件" in proof.adjusted[0]
    book = load(county[0], values=True)
    whole(book)
    correct(formulas, old)
    for name, place, other in (
        ("汇总说明", f"C{at + 2}", 1), ("汇总说明", f"E{at + 2}", 0), ("图表", "B36", 1), ("校验", "E40", 1), ("校验", "G40", "改"),
        ("封面", "B17", "校验码：0000-0000"), ("一、总体情况", "C8", "2025年作出行政许可处理决定1件"),
    ):  # fmt: skip
        before, book[name][place].value = book[name][place].value, other
        proof = prove_claims(claims_in(book, formulas, county[0]), county[1], county[0])
        assert [words for _, words in proof.unproved if f"{name}!{place}" in words], place
        book[name][place].value = before
    wrong = changed(county, tmp_path, lambda book: correct(book, old + 1))
    assert not wrong.proved
    assert wrong.differences == ()
    assert "原值与明细" in wrong.unproved[0][1]


@soak
def test_what_the_workbook_says_of_itself_agrees(county: Season, tmp_path: Path) -> None:
    """Document properties and names that say otherwise than ``_meta`` and the labels keep it from being proved."""

    def properties(book: Any) -> None:
        book.custom_doc_props["nianbao.year"].value = "2024"

    def names(book: Any) -> None:
        book.defined_names["NIANBAO_REGION"].attr_text = '"外县"'
        book.defined_names["NB_t3_r1_natural"].attr_text = "'三、依申请公开'!$E$7"

    assert [words for _, words in changed(county, tmp_path, properties).unproved] == [
        "文档属性里的 year 是“2024”，隐藏表 _meta 里是“2025”。"
    ]
    assert [words.split("，")[0] for _, words in changed(county, tmp_path, names).unproved] == [
        "名称里的 region 是“外县”", "名称 NB_t3_r1_natural 指向 '三、依申请公开'!$E$7",
    ]  # fmt: skip


@soak
def test_sources_are_known_by_their_bytes(county: Season, tmp_path: Path) -> None:
    """A renamed source is found by its digest; a missing or changed one is unproved and named."""
    rollup, sources = county
    renamed = {("新名.xlsx" if name == "1局.xlsx" else name): path for name, path in sources.items()}
    assert prove(rollup, renamed).proved
    missing = prove(rollup, {name: path for name, path in sources.items() if name != "2局.xlsx"})
    assert (missing.proved, missing.returns) == (False, 1)
    assert missing.unproved == (("2局.xlsx", "所给的文件中没有这个文件。"),)
    assert missing.differences == ()
    other = tmp_path / "2局.xlsx"
    other.write_bytes(sources["2局.xlsx"].read_bytes() + b"\0")
    touched = prove(rollup, sources | {"2局.xlsx": other})
    assert [file for file, _ in touched.unproved] == ["2局.xlsx"]
    assert "sha256" in touched.unproved[0][1]


@soak
def test_repaired_texts_are_read_by_a_rule_of_its_own(tmp_path: Path) -> None:
    """A text that can mean one figure is proved by the proof's own reading, and listed; any other is unproved."""
    answers = figures("2021", 1) | {
        "t2.fees.amount": Unreadable("14.4万元", ""),
        "t3.r1.natural": Unreadable("12件", ""),
    }
    season = rolled_up(tmp_path, [sent(tmp_path, 1, "2021", answers), sent(tmp_path, 2, "2021", figures("2021", 2))])
    proof = prove(*season)
    assert (proof.proved, proof.returns, proof.items, proof.differences) == (True, 2, 200, ())
    assert [file for file, _ in proof.repaired] == ["1局.xlsx", "1局.xlsx"]
    assert "“14.4万元”，按 14.4 计" in proof.repaired[0][1]
    other = tmp_path / "other"
    other.mkdir()
    answers |= {"t3.r1.natural": Unreadable("约5", "")}
    proof = prove(*rolled_up(other, [sent(other, 1, "2021", answers)]))
    assert (proof.proved, proof.returns) == (False, 0)
    assert "约5" in proof.unproved[0][1]


@pytest.mark.parametrize("kind", ["count", "signed", "money"])
def test_its_rule_agrees_with_the_reader(kind: str) -> None:
    """Whatever both sides read of a text is the same figure, and neither reads what has two meanings."""
    numbers = ("0", "3", "12", "007", "1,234", "1,23", "1 234", "12 34", "12\n34", "３", "１２．５", "+5", "-5", "－５", "−5", "²", "14.4",
               "0.00005", "1e3", "10000000000000", "约5", "5左右", "增5", "减5", "增加5", "减少-5", "", "/", "无", "——", "N/A", "零", "三")  # fmt: skip
    units = ("", "件", " 件", "件次", "万", "万件", "元", "万元", "亿元", "千元", "元整", "%", "人", "件件")
    for text in (number + unit for number in numbers for unit in units):
        answer = understand(text, kind=kind)
        read = answer.value if isinstance(answer, Filled) else Decimal(0) if isinstance(answer, Blank) else None
        assert worded(text, kind) == read, text


@soak
def test_formulas_without_a_result_are_unproved(tmp_path: Path) -> None:
    """An input that holds a formula nobody has computed is no blank: the file is unproved and the cell named."""
    path = sent(tmp_path, 1, "2021", figures("2021", 1))
    sheet, row, column = item_cells(load_form("2021"), openpyxl.load_workbook(path).worksheets)["t2.rules.issued"]
    book = openpyxl.load_workbook(path)
    book[sheet].cell(row, column).value = "=1+2"
    book.save(path)
    proof = prove(*rolled_up(tmp_path, [path]))
    assert (proof.proved, proof.differences) == (False, ())
    assert [file for file, _ in proof.unproved] == ["1局.xlsx"]
    assert "没有结果的公式" in proof.unproved[0][1]


def test_what_is_no_rollup_is_refused(tmp_path: Path) -> None:
    """A return, a text file and a missing file stop the proof with one line."""
    path = sent(tmp_path, 1, "2021", {})
    text = tmp_path / "a.xlsx"
    text.write_text("x", encoding="utf-8")
    for each in (path, text, tmp_path / "none.xlsx"):
        with pytest.raises(ToolkitError):
            prove(each, {})


@soak
@requires_office
def test_old_excel_files_are_unproved(tmp_path: Path) -> None:
    """What openpyxl cannot read (.xls) is merged but not proved."""
    path = sent(tmp_path, 1, "2021", figures("2021", 1))
    (old,) = convert([path], "xls", tmp_path)
    proof = prove(*rolled_up(tmp_path, [old]))
    assert (proof.proved, proof.returns, proof.differences) == (False, 0, ())
    assert [file for file, _ in proof.unproved] == ["1局.xls"]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "count", 0),
        (3, "count", 3),
        (3.0, "count", 3),
        (72701.257800000007, "money", Decimal("72701.2578")),
        (-2, "signed", -2),
        (-2, "count", None),
        (2.5, "count", None),
        (0.12345, "money", None),
        ("12", "count", None),
        ("/", "count", None),
        (True, "count", None),
        (float("inf"), "money", None),
    ],
)
def test_only_plain_numbers_count(value: object, kind: str, expected: object) -> None:
    """Numbers of the kind and blanks are taken, nothing else."""
    assert figure(value, kind) == expected
