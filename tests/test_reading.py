"""A workbook that came back: its figures, its text, whose it is, what was explained, and a roll-up's details."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.books import CODE, Paper, Value, paper
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.cells import parse_a1
from toolkit.excel_in import Cell
from toolkit.excel_in.grid import EMPTY_RESULT
from toolkit.findings import Severity
from toolkit.forms.sheets import ADJUSTMENTS, CHECKS, DETAIL_SHEET, REVIEW
from toolkit.reading import ReadFile, read, read_book
from toolkit.reading.alignment import align, filled_in
from toolkit.reading.contributions import read_contributions
from toolkit.reading.summands import summands
from toolkit.reading.wording import plain
from toolkit.returns import Explanation, Place, Return, fingerprint

T2, T3 = "二、主动公开", "三、依申请公开"
ONE, SIX = "一、总体情况", "六、其他事项"


def got(made: Paper) -> Return:
    """Read a workbook that must give a return."""
    reading = read_book(made.book(), "a.xlsx")
    assert reading.ret is not None
    assert reading.ret.findings == reading.findings
    return reading.ret


def codes(reading: ReadFile | Return) -> list[str]:
    """Return the codes of the findings."""
    return [each.code for each in reading.findings]


@pytest.mark.parametrize(
    ("typed", "value", "code"),
    [
        (0, 0, None),
        (12, 12, None),
        ("１２", 12, "VALUE_001"),
        (" 1,234 ", 1234, "VALUE_001"),
        ("12件", 12, "VALUE_002"),
    ],
)
def test_counts_are_understood_as_clerks_type_them(typed: Value, value: int, code: str | None) -> None:
    """A figure is read, and every repair is a finding at its cell."""
    ret = got(
        paper(figures={"t3.r1.natural": typed}) if isinstance(typed, int) else paper().fill("t3.r1.natural", typed)
    )
    answer = ret.answers["t3.r1.natural"]
    assert isinstance(answer, Filled)
    assert answer.value == value
    assert [(each.code, each.cell) for each in ret.findings] == ([] if code is None else [(code, "D7")])


def test_money_is_a_decimal_and_its_unit_is_converted() -> None:
    """``251000元`` in a cell of 万元 is 25.1, and said."""
    ret = got(paper().fill("t2.fees.amount", "251000元"))
    assert ret.answers["t2.fees.amount"] == Filled(Decimal("25.1"), "251000元", "VALUE_002")


@pytest.mark.parametrize("typed", ["约5", "--253", "3或4", 2.5, -1])
def test_what_is_no_figure_is_unreadable_and_makes_its_totals_unknown(typed: Value | float) -> None:
    """An unreadable cell is an error, never a zero, and the totals it goes into are unknown."""
    value = Decimal(str(typed)) if isinstance(typed, float) else typed
    ret = got(paper().fill("t3.r1.natural", value))
    assert isinstance(ret.answers["t3.r1.natural"], Unreadable)
    assert ret.figures["t3.r1.total"] is None
    assert [each.severity for each in ret.findings] == [Severity.ERROR]


@pytest.mark.parametrize("mark", ["/", "—", "无"])
def test_a_mark_is_a_blank_with_a_note(mark: str) -> None:
    """A dash is not zero: blank, with its finding."""
    ret = got(paper().fill("t3.r1.natural", mark))
    assert ret.answers["t3.r1.natural"] == Blank(mark, "VALUE_003")
    assert codes(ret) == ["VALUE_003"]


def test_blank_cells_are_blank_without_a_finding() -> None:
    """Blanks are counted by the checks, not by reading."""
    ret = got(paper(default=None))
    assert set(ret.answers.values()) == {Blank()}
    assert codes(ret) == []


def test_every_item_knows_its_cell() -> None:
    """Inputs and totals have their places."""
    ret = got(paper())
    assert set(ret.places) == set(ret.form.items)
    assert ret.place("t3.r3_7.total") == Place(T3, "J30")


def test_totals_are_recomputed_and_shown_ones_kept() -> None:
    """The figures come from the inputs, what the file shows stands beside them."""
    ret = got(paper(figures={"t3.r1.natural": 4}))
    assert ret.figures["t3.r1.total"] == 4
    assert ret.shown["t3.r1.total"] == 4
    assert ret.stated == {}


def test_identity_and_cover_come_with_their_cells() -> None:
    """Of a blank the cover names the body; the carriers name form and year."""
    ret = got(paper())
    assert (ret.identity.code, ret.identity.name, ret.year, ret.identity.issued) == (CODE, "样例县财政局", 2024, False)
    assert ret.cover["preparer"].place == Place("封面", "C12")
    assert got(paper(kind="issued")).identity.issued


def test_a_code_is_read_in_any_width_and_case() -> None:
    """Full-width and lower-case codes and spaces inside are the same code."""
    wide = "".join(chr(ord(each) + 0xFEE0) for each in CODE.lower())
    ret = got(paper().put("封面", "C10", f" {wide[:9]} {wide[9:]}"))
    assert (ret.identity.code, codes(ret)) == (CODE, [])


@pytest.mark.parametrize(
    ("typed", "year", "code"),
    [(2024, 2024, None), ("2024年度", 2024, None), ("去年", None, "ID_005"), (None, None, "ID_004")],
)
def test_without_carriers_the_cover_tells_the_year(typed: Value, year: int | None, code: str | None) -> None:
    """A year that is none is an error, and never guessed."""
    made = paper().drop("_meta").put("封面", "C11", typed)
    made.names.clear()
    made.properties.clear()
    ret = got(made)
    assert ret.year == year
    assert [each for each in codes(ret) if each.startswith("ID_")] == ([] if code is None else [code])


@pytest.mark.parametrize(("cell", "text"), [("C9", "样例县财政局"), ("C10", CODE), ("C11", "2024"), ("C12", "甲")])
@pytest.mark.parametrize("marked", ["\u202d{}\u202c", "{}\u200e", "\ufeff{}", "{}\ufe0f", "\u00ad{}"])
def test_what_nobody_sees_on_the_cover_never_decides(cell: str, text: str, marked: str) -> None:
    """Name, code, year and persons are read without it, and it is said where it stood."""
    made = paper().drop("_meta").put("封面", cell, marked.format(text))
    made.names.clear()
    made.properties.clear()
    ret = got(made)
    plain = paper().drop("_meta")
    plain.names.clear()
    plain.properties.clear()
    assert ret.identity == got(plain).identity
    assert ret.cover == got(plain).cover
    assert [(each.cell, each.severity.value) for each in ret.findings if each.code == "ID_009"] == [(cell, "info")]
    assert sorted(codes(ret)) == sorted([*codes(got(plain)), "ID_009"])


def test_what_nobody_sees_in_a_label_never_decides() -> None:
    """Labels of tables and of the cover are found with it, without a finding."""
    made = paper()
    for name in (T3, "封面"):
        for place, cell in made.grids[name].items():
            if cell.locked and isinstance(cell.value, str):
                made.grids[name][place] = cell._replace(value=f"\u202d{cell.value[:1]}\u200b{cell.value[1:]}\ufe0f")
    assert codes(got(made)) == codes(got(paper()))


def test_a_year_that_became_a_date_is_said() -> None:
    """The finding says what the program did and to set the cell to Text first, with a year issued or without."""
    for shown in ("2024-1-1", "1905-7-16", "2024/1/1", "2024年1月1日"):
        for kind in ("blank", "issued"):
            ret = got(paper(kind=kind).put("封面", "C11", shown))
            (told,) = [each.message for each in ret.findings if each.code in ("ID_005", "ID_006")]
            assert "当成了日期" in told
            assert "“文本”" in told


def test_formulas_of_nothing_are_said_as_what_they_are() -> None:
    """A formula with an empty result has one, and a formula without words is a formula, not “=空”."""
    made = paper().fill("t3.r1.natural", 24).fill("t3.r1.enterprise", 1)
    cells = made.grids[T3]
    cells[parse_a1("D7")] = cells[parse_a1("D7")]._replace(formula="")
    cells[parse_a1("E7")] = cells[parse_a1("E7")]._replace(value=None, formula='IF(1=1,"")', text=EMPTY_RESULT)
    ret = got(made)
    messages = {each.code: each.message for each in ret.findings if each.code in ("FORM_040", "FORM_041")}
    assert "填的是公式，按保存时的结果 24 读取" in messages["FORM_040"]
    assert '填的是公式 =IF(1=1,"")，结果为空' in messages["FORM_041"]


def test_the_cover_is_read_by_its_labels_when_it_moved() -> None:
    """A row inserted on the cover loses nothing."""
    ret = got(paper().insert_rows("封面", 3).insert_columns("封面", 1))
    assert (ret.identity.code, ret.cover["phone"].value, codes(ret)) == (CODE, "0537-1234567", [])


def test_paragraphs_keep_their_head_and_cell() -> None:
    """Each row is a paragraph; a cell of several lines gives several."""
    made = paper().put(ONE, "A4", "第一段\n第二段").put(ONE, "A6", "第三段")
    assert [(each.head, each.text, each.place.cell) for each in got(made).text["一"]][:3] == [
        ("（一）主动公开", "第一段", "A4"),
        ("（一）主动公开", "第二段", "A4"),
        ("（一）主动公开", "第三段", "A6"),
    ]


def test_text_under_heads_that_moved_keeps_its_head() -> None:
    """Rows inserted into a chapter move the heads with their text."""
    made = paper(text="").insert_rows(ONE, 6, 3).put(ONE, "A48", "说明二")
    assert [(each.head, each.text) for each in got(made).text["一"]] == [("（二）依申请公开", "说明二")]


def test_an_empty_chapter_is_one_warning() -> None:
    """Three empty chapters, three warnings; one paragraph anywhere is enough."""
    made = paper(text="")
    assert codes(got(made)) == ["TEXT_001"] * 3
    assert codes(got(made.put(ONE, "A40", "有内容"))) == ["TEXT_001"] * 2


@pytest.mark.parametrize("left", ["（文字描述）", "该部分以表格形式报告，表格如下：", "(文字描述)"])
def test_prompts_left_in_the_text_are_named(left: str) -> None:
    """A prompt of the model is a warning at its cell, quoted with its sentence."""
    ret = got(paper().put(SIX, "A4", f"本部分。{left}"))
    assert [(each.code, each.sheet, each.cell) for each in ret.findings] == [("TEXT_002", SIX, "A4")]


def test_text_beside_a_chapter_is_kept_as_a_remark() -> None:
    """What stands in other columns is quoted, never dropped."""
    ret = got(paper().put(ONE, "C5", "另见附件"))
    assert [(each.value, each.place.cell) for each in ret.remarks] == [("另见附件", "C5")]
    assert codes(ret) == ["FORM_046"]


def checks_row(made: Paper, rule: str) -> int:
    """Return the row of the first check of a rule, counted from 1."""
    return next(line.row for line in made.layout.checks.lines if line.rule.id == rule) + 1


def test_an_explanation_beside_a_check_is_tied_to_its_figures() -> None:
    """A text in the column 说明 explains the figures beside it."""
    made = paper()
    ret = got(made.put(CHECKS.name, f"I{checks_row(made, 'C3')}", "上年案件本年审结"))
    [found] = ret.explanations
    assert (found.rule, found.text) == ("C3", "上年案件本年审结")
    assert found.fingerprint == fingerprint("C3", found.items, ret.figures)


def test_a_free_line_names_its_rule() -> None:
    """A free line below the checks gives a rule and a reason; one without a rule is quoted as a remark."""
    made = paper()
    row = made.layout.checks.free[0] + 1
    made.put(CHECKS.name, f"A{row}", "x5").put(CHECKS.name, f"I{row}", "机构合并")
    made.put(CHECKS.name, f"I{row + 1}", "没写编号")
    ret = got(made)
    assert [(each.rule, each.items, each.text) for each in ret.explanations] == [("X5", (), "机构合并")]
    assert [each.value for each in ret.remarks] == ["没写编号"]


def carried(made: Paper, *rows: tuple[str, str, str, str]) -> Paper:
    """Add carried explanations to ``_meta``."""
    made.put("_meta", "A20", "explanations")
    for at, row in enumerate(rows):
        for column, text in zip("ABCD", row, strict=True):
            made.put("_meta", f"{column}{21 + at}", text)
    return made


def test_a_carried_explanation_keeps_its_fingerprint_while_its_text_stands() -> None:
    """The text of an earlier round still explains the figures of that round, not today's."""
    made = paper()
    line = next(line for line in made.layout.checks.lines if line.rule.id == "C3")
    carried(made, ("C3", " ".join(line.check.items), "0123456789ab", "上年案件"))
    made.put(CHECKS.name, f"I{line.row + 1}", "上年案件")
    assert [(each.fingerprint, each.text) for each in got(made).explanations] == [("0123456789ab", "上年案件")]


def test_a_rewritten_explanation_explains_the_figures_of_now() -> None:
    """Another text in its place replaces the carried one."""
    made = paper()
    line = next(line for line in made.layout.checks.lines if line.rule.id == "C3")
    carried(made, ("C3", " ".join(line.check.items), "0123456789ab", "上年案件"))
    ret = got(made.put(CHECKS.name, f"I{line.row + 1}", "新的原因"))
    assert [(each.fingerprint, each.text) for each in ret.explanations] == [
        (fingerprint("C3", line.check.items, ret.figures), "新的原因")
    ]


def test_a_cleared_explanation_is_gone() -> None:
    """A carried explanation whose line was cleared does not come back."""
    made = paper()
    line = next(line for line in made.layout.checks.lines if line.rule.id == "C3")
    assert got(carried(made, ("C3", " ".join(line.check.items), "0123456789ab", "上年案件"))).explanations == ()


def test_explanations_in_the_review_carry_code_and_items() -> None:
    """The column 说明 of 审核意见 is tied by the hidden columns of its row."""
    made = paper()
    made.grids[REVIEW.name] = {}
    made.put(REVIEW.name, "J4", "X5").put(REVIEW.name, "K4", "t3.r1.total").put(REVIEW.name, "I4", "机构合并")
    made.put(REVIEW.name, "J5", "X1").put(REVIEW.name, "K5", "t3.r2.natural")
    ret = got(made)
    assert ret.explanations == (
        Explanation("X5", ("t3.r1.total",), fingerprint("X5", ("t3.r1.total",), ret.figures), "机构合并",
                    Place(REVIEW.name, "I4")),
    )  # fmt: skip


def rolled(rows: int = 2) -> Paper:
    """Return a roll-up of bodies with 1, 2, … in every input."""
    made = paper(kind="rollup", default=sum(range(1, rows + 1)), text="")
    inputs = made.layout.form.inputs
    grid = {(1, at): Cell(key, text=key) for at, key in enumerate(("code", "name", "file", "sha256", *inputs))}
    for row in range(rows):
        fixed = (f"C{row}", f"单位{row}", f"{row}.xlsx", "ab")
        grid |= {(2 + row, at): Cell(text, text=text) for at, text in enumerate(fixed)}
        grid |= {(2 + row, 4 + at): Cell(row + 1, text=str(row + 1)) for at in range(len(inputs))}
    made.grids[DETAIL_SHEET] = grid
    titles = ("单位代码", "指标代码", "原值", "新值", "理由", "经办人")
    made.grids[ADJUSTMENTS.name] = {(0, at): Cell(text, text=text) for at, text in enumerate(titles)}
    return made


def adjust(made: Paper, row: int, *values: Value) -> Paper:
    """Write a row of the sheet 调整."""
    for column, value in zip("ABCDEF", values, strict=True):
        made.put(ADJUSTMENTS.name, f"{column}{row}", value)
    return made


def test_an_adjustment_that_only_assures_is_not_counted() -> None:
    """经核实无误 is no ground for another figure: the line does not count, and what it lacks is said."""
    ret = got(adjust(rolled(), 2, "C1", "t3.r1.natural", 2, 7, "经核实无误", "丁"))
    assert ret.answers["t3.r1.natural"] == Filled(3, "3")
    (found,) = [each for each in ret.findings if each.code == "FORM_052"]
    assert "没有原因" in found.message


def test_a_roll_up_is_a_return_of_the_sums_of_its_details() -> None:
    """The tables' own figures are compared, the details count."""
    ret = got(rolled())
    assert (ret.identity.kind, codes(ret)) == ("rollup", [])
    assert ret.figures["t3.r1.total"] == 18


def test_a_difference_names_the_row_that_corrects_the_cell() -> None:
    """A table that was not recalculated after a correction, or counts one that cannot be used, leads to its row."""
    for old in (2, 1):
        ret = got(adjust(rolled(), 2, "C1", "t3.r1.natural", old, 7, "漏报 5 件", "丁").fill("t3.r1.natural", 4))
        found = next(each for each in ret.findings if each.code == "FORM_051")
        assert "“调整”第 2 行" in found.message


def test_a_typed_over_cell_of_a_roll_up_is_found() -> None:
    """A figure that its details do not add up to is an error with the difference."""
    ret = got(rolled().fill("t3.r1.natural", 5))
    found = next(each for each in ret.findings if each.code == "FORM_051")
    assert (found.cell, found.expected, found.actual, found.difference) == ("D7", "3", "5", "2")
    assert ret.answers["t3.r1.natural"] == Filled(3, "3")


def test_adjustments_are_added() -> None:
    """A correction of one body's figure changes the sum by the difference."""
    ret = got(adjust(rolled(), 2, "C1", "t3.r1.natural", 2, 7, "漏报", "丁").fill("t3.r1.natural", 8))
    assert ret.answers["t3.r1.natural"] == Filled(8, "8")
    assert [each for each in codes(ret) if each == "FORM_051"] == []


@pytest.mark.parametrize(
    "row",
    [
        ("C9", "t3.r1.natural", 2, 7, "漏报", "丁"),
        ("C1", "t3.r1.total", 2, 7, "漏报", "丁"),
        ("C1", "t3.r1.natural", 3, 7, "漏报", "丁"),
        ("C1", "t3.r1.natural", 2, "七", "漏报", "丁"),
        ("C1", "t3.r1.natural", 2, 7, None, "丁"),
    ],
)
def test_an_unusable_adjustment_is_an_error_and_not_counted(row: tuple[Value, ...]) -> None:
    """Unknown body or item, a wrong old value, no figure, no reason: named by its row, nothing is added."""
    ret = got(adjust(rolled(), 2, *row))
    assert [(each.code, each.cell) for each in ret.findings] == [("FORM_052", "A2")]
    assert ret.answers["t3.r1.natural"] == Filled(3, "3")


def test_an_unreadable_detail_is_an_error() -> None:
    """A word in 明细 names body and item."""
    made = rolled().put(DETAIL_SHEET, "E3", "若干")
    assert "FORM_053" in codes(got(made))


def test_a_roll_up_without_details_is_not_believed() -> None:
    """Without 明细 no figure is taken from the tables."""
    ret = got(rolled().drop(DETAIL_SHEET))
    assert "FORM_050" in codes(ret)
    assert ret.answers == {}


def test_the_bodies_of_a_roll_up_can_be_had_one_by_one() -> None:
    """Next year's checks chain to the row of each body."""
    made = rolled()
    inside = read_contributions(made.book(), made.layout.form, "a.xlsx")
    assert inside is not None
    assert [(row.code, row.answers["t3.r1.natural"]) for row in inside.rows] == [
        ("C0", Filled(1, "1")),
        ("C1", Filled(2, "2")),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"%PDF-1.4", "年报".encode(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_workbook_gives_one_finding(tmp_path: Path, content: bytes) -> None:
    """No content raises; the file has its digest and one finding."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    reading = read(path, name="甲/a.xlsx")
    assert reading.ret is None
    assert [each.file for each in reading.findings] == ["甲/a.xlsx"]
    assert len(reading.sha256) == 64


def test_a_missing_file_gives_one_finding(tmp_path: Path) -> None:
    """A file that vanished between listing and reading stops nothing."""
    reading = read(tmp_path / "a.xlsx", name="a.xlsx")
    assert (reading.ret, len(reading.findings), reading.sha256) == (None, 1, "")


def test_labels_are_compared_by_letters_and_digits() -> None:
    """Width, spaces, brackets and punctuation do not count; digits and letters do."""
    assert plain("（一） 予以公开") == plain("(一)予以公开")
    assert plain("1.其他") != plain("2.其他")


@pytest.mark.parametrize(
    ("formula", "cells"),
    [
        ("SUM(A1:A3)", ((0, 0), (1, 0), (2, 0))),
        ("a1 + $B$2", ((0, 0), (1, 1))),
        ("SUM(A1,B2)", ((0, 0), (1, 1))),
        ("SUM(A1:A2)-A3", None),
        ("SUM(A1:A2)*2", None),
        ("S+A1", None),
        ("SUM(SUM(A1))", None),
        ("SUM()", None),
        ("", None),
        ("SUM(A1:XFD1048576)", None),
        ("其他!A1", None),
    ],
)
def test_formulas_are_the_cells_they_add_up(formula: str, cells: tuple[tuple[int, int], ...] | None) -> None:
    """Only plain sums of the sheet's own cells are known; anything else is no sum."""
    assert summands(formula, "表") == cells


def test_alignment_keeps_order_and_takes_the_greatest_weight() -> None:
    """Pairs never cross; a line without weight stays unpaired."""
    assert align([[0, 3, 0], [2, 0, 0], [0, 0, 1]]) == {0: 1, 2: 2}
    assert filled_in({0: 1, 2: 3}, 4) == {0: 1, 1: 2, 2: 3, 3: 4}
    assert filled_in({0: 1, 2: 5}, 3) == {0: 1, 2: 5}
