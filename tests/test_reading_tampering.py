"""What people do to the form itself: each change is found at its cell, and no figure ends up in a wrong item."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.books import CODE, Paper, paper
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.excel_in import Cell, CellError
from toolkit.findings import Finding, Severity
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import SWITCH_TEXT
from toolkit.reading import ReadFile, read_book

T2, T3, T4 = "二、主动公开", "三、依申请公开", "四、复议诉讼"


def numbered(form_id: str = "2021") -> dict[str, int]:
    """Return another figure for every input, so that a figure in a wrong item shows."""
    return {code: 100 + at for at, code in enumerate(lay_out_inputs(form_id))}


def lay_out_inputs(form_id: str) -> tuple[str, ...]:
    """Return the inputs of a form."""
    return paper(form_id).layout.form.inputs


def sample() -> Paper:
    """Return a workbook with a different figure in every input."""
    return paper(figures=numbered())


def read(made: Paper) -> ReadFile:
    """Read a workbook as the file a.xlsx."""
    return read_book(made.book(), "a.xlsx")


def seen(reading: ReadFile) -> list[tuple[str, str | None, str | None]]:
    """Return code, sheet and cell of every finding."""
    return [(each.code, each.sheet, each.cell) for each in reading.findings]


def right(reading: ReadFile) -> set[str]:
    """Return the items whose figure is not their own; an item may be blank instead."""
    assert reading.ret is not None
    wanted = numbered(reading.ret.form.id)
    wrong = set()
    for code, answer in reading.ret.answers.items():
        if isinstance(answer, Filled) and answer.value != wanted[code]:
            wrong.add(code)
    return wrong


def blank(reading: ReadFile) -> set[str]:
    """Return the inputs that were read as blank."""
    assert reading.ret is not None
    return {code for code, answer in reading.ret.answers.items() if isinstance(answer, Blank)}


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_an_untouched_workbook_gives_its_figures_and_no_finding(form_id: str) -> None:
    """The near miss of every case below: nothing was changed, nothing is said."""
    reading = read(paper(form_id, 2020 if form_id == "2019" else 2024, figures=numbered(form_id)))
    assert (seen(reading), right(reading), blank(reading)) == ([], set(), set())


def unlock(made: Paper, sheet: str, place: tuple[int, int]) -> Paper:
    """Take the lock off a cell."""
    made.grids[sheet][place] = made.grids[sheet][place]._replace(locked=False)
    return made


def lock(made: Paper, sheet: str, place: tuple[int, int]) -> Paper:
    """Lock a cell."""
    made.grids[sheet][place] = made.grids[sheet][place]._replace(locked=True)
    return made


def formula(made: Paper, code: str, text: str, value: object) -> Paper:
    """Put a formula into the cell of an item."""
    sheet, row, column = made.layout.cell(code)
    made.grids[sheet][row, column] = Cell(value, text, made.layout.form.items[code].computed, text=str(value))  # type: ignore[arg-type]
    return made


CASES: list[tuple[str, Callable[[Paper], object], list[tuple[str, str | None, str | None]]]] = [
    ("a row label is reworded", lambda p: p.put(T3, "C11", "1.国家机密"), [("FORM_020", T3, "C11")]),
    ("a row label is deleted", lambda p: p.grids[T3].pop((10, 2)), [("FORM_020", T3, "C11")]),
    ("a column head is reworded", lambda p: p.put(T3, "E6", "企业"), [("FORM_020", T3, "E6")]),
    ("a group label is reworded", lambda p: p.put(T3, "B19", "（四）其他"), [("FORM_020", T3, "B19")]),
    ("the note is reworded", lambda p: p.put(T3, "A4", "备注"), [("FORM_027", T3, "A4")]),
    ("a caption is reworded", lambda p: p.put(T2, "A8", "第二十条"), [("FORM_027", T2, "A8")]),
    ("a row is inserted", lambda p: p.insert_rows(T3, 12), [("FORM_023", T3, "C13")]),
    ("rows are inserted above", lambda p: p.insert_rows(T3, 1, 2), [("FORM_023", T3, "A6")]),
    ("a column is inserted", lambda p: p.insert_columns(T3, 1), [("FORM_023", T3, "B4")]),
    ("a row is deleted", lambda p: p.insert_rows(T3, 13, -1), [("FORM_021", T3, None)]),
    ("a column is deleted", lambda p: p.insert_columns(T3, 6, -1), [("FORM_022", T3, None)]),
    ("a sheet is renamed", lambda p: p.rename(T4, "Sheet3"), [("FORM_011", "Sheet3", None)]),
    ("a sheet is deleted", lambda p: p.drop(T4), [("FORM_010", T4, None)]),
    ("a chapter is deleted", lambda p: p.drop("六、其他事项"), [("FORM_010", "六、其他事项", None)]),
    ("the cover is deleted", lambda p: p.drop("封面"), [("FORM_010", None, None), ("ID_001", None, None)]),
    ("the checks are deleted", lambda p: p.drop("校验"), [("FORM_014", None, None)]),
    ("a total is typed over", lambda p: p.put(T3, "J7", 5), [("FORM_030", T3, "J7")]),
    ("a total is deleted", lambda p: p.grids[T3].pop((6, 9)), [("FORM_034", T3, "J7")]),
    ("a total is replaced by a word", lambda p: p.put(T3, "J7", "若干"), [("FORM_035", T3, "J7")]),
    ("an unprotected sheet", lambda p: p.protected.update({T2: False}), [("FORM_013", T2, None)]),
    ("a total is unlocked", lambda p: unlock(p, T3, (6, 9)), [("FORM_042", T3, "J7")]),
    ("an input is locked", lambda p: lock(p, T3, (6, 3)), [("FORM_043", T3, "D7")]),
    ("a row is hidden", lambda p: p.hidden_rows.update({T3: frozenset({8, 400})}), [("FORM_044", T3, None)]),
    ("a figure beside the table", lambda p: p.put(T3, "L9", 77), [("FORM_045", T3, "L9")]),
    ("a figure far below", lambda p: p.put(T2, "B60", 77), [("FORM_045", T2, "B60")]),
    ("a text beside the table", lambda p: p.put(T3, "L9", "见附件"), [("FORM_046", T3, "L9")]),
    ("an additional sheet", lambda p: p.grids.update({"Sheet1": {(0, 0): Cell("数据", text="数据")}}),
     [("FORM_012", "Sheet1", "A1")]),
    ("the switch holds a word", lambda p: p.put(T2, "D3", "也许"), [("FORM_047", T2, "D3")]),
    ("an error value", lambda p: p.put(T2, "B6", CellError("#REF!")), [("VALUE_015", T2, "B6")]),  # type: ignore[arg-type]
    ("the year on the cover", lambda p: p.put("封面", "C11", 2023), [("ID_006", "封面", "C11")]),
    ("no body on the cover", lambda p: p.put("封面", "C9", None).put("封面", "C10", None), [("ID_001", "封面", "C9")]),
    ("no name on the cover", lambda p: p.put("封面", "C9", None), [("ID_007", "封面", "C9")]),
    ("no code on the cover", lambda p: p.put("封面", "C10", None), [("ID_008", "封面", "C10")]),
    ("a wrong code", lambda p: p.put("封面", "C10", CODE[:-1] + "7"), [("ID_003", "封面", "C10")]),
    ("no preparer", lambda p: p.put("封面", "C12", None), [("TEXT_003", "封面", "C12")]),
    ("a sub-heading is reworded", lambda p: p.put("一、总体情况", "A3", "主动公开情况"),
     [("TEXT_004", "一、总体情况", "A3")]),
    ("a name points at another item", lambda p: p.names.update({p.layout.names["t3.r1.natural"]: f"'{T3}'!$E$7"}),
     [("FORM_048", T3, "E7")]),
    ("a name points at another sheet", lambda p: p.names.update({p.layout.names["t3.r1.natural"]: f"'{T2}'!$B$6"}),
     [("FORM_048", T2, "B6")]),
    ("two names are exchanged", lambda p: p.names.update(
        {p.layout.names["t3.r1.natural"]: f"'{T3}'!$D$8", p.layout.names["t3.r2.natural"]: f"'{T3}'!$D$7"}),
     [("FORM_048", T3, "D7")]),
    ("whose code it is is reworded", lambda p: p.put("封面", "B10", "邮政编码"), [("FORM_020", "封面", "B10")]),
    ("whose name it is is deleted", lambda p: p.put("封面", "B9", None), [("FORM_020", "封面", "B9")]),
    ("a person's label is reworded", lambda p: p.put("封面", "B12", "制表"), [("FORM_027", "封面", "B12")]),
    ("the words of the switch are changed", lambda p: p.put(T2, "C3", "本表已填").put(T2, "D3", "是"),
     [("FORM_020", T2, "C3")]),
    ("a label is replaced by a figure", lambda p: p.put(T3, "C11", 5), [("FORM_020", T3, "C11")]),
    ("two sheets exchange their names", lambda p: p.rename(T2, "x").rename(T4, T2).rename("x", T4),
     [("FORM_011", T4, None), ("FORM_011", T2, None)]),
    ("the table is there twice", lambda p: p.grids.update({"副本": dict(p.grids[T3])}), [("FORM_012", "副本", "A1")]),
    ("a total of a sum adds other cells", lambda p: formula(p, "t4.review.total", "SUM(A7:C7)", 1),
     [("FORM_032", T4, "E7")]),
    ("a carrier disagrees", lambda p: p.names.update({"NIANBAO_YEAR": '"2023"'}), [("FORM_004", None, None)]),
    ("an unknown form", lambda p: p.put("_meta", "B4", "2031"), [("FORM_003", None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_change_is_found_at_its_cell(
    change: Callable[[Paper], object], expected: list[tuple[str, str | None, str | None]]
) -> None:
    """Each change gives its finding at its cell, and every figure that is read is that of its own item."""
    made = sample()
    change(made)
    reading = read(made)
    found = seen(reading)
    assert [each for each in expected if each not in found] == []
    if reading.ret is not None:
        assert right(reading) == set()


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("xls", "按照条例推进" * 43, ["A4"]),  # 258 characters, of which some programs keep 255
        ("xls", "按照条例推进" * 42 + "完成。", []),
        ("xls", "按照条例推进", []),
        ("xlsx", "按照条例推进" * 43, []),
    ],
)
def test_a_paragraph_that_an_xls_may_have_cut_off_is_named(kind: str, text: str, expected: list[str]) -> None:
    """A text of 255 characters that ends in the middle of a sentence was cut by the program that saved it."""
    made = sample().put("一、总体情况", "A4", text[:255])
    made.kind = kind
    found = [each for each in read(made).findings if each.code == "TEXT_005"]
    assert [each.cell for each in found] == expected


def test_no_row_with_its_label_is_taken_for_our_foot_line() -> None:
    """A format that shows no locks, zeros in the row and totals that a program dropped: the row is read all the same."""
    made = paper(default=0)
    made.kind, made.full = "xls", False
    totals = {made.layout.cell(code) for code, item in made.layout.form.items.items() if item.computed}
    for name, cells in made.grids.items():
        for at, cell in cells.items():
            lost = (name, *at) in totals
            cells[at] = cell._replace(locked=None, formula=None, **({"value": None, "text": ""} if lost else {}))
    answers = read(made).ret.answers  # type: ignore[union-attr]
    assert {code for code in made.layout.form.inputs if code.startswith("t3.") and answers.get(code) is None} == set()
    assert {answers[code] for code in made.layout.form.inputs if code.startswith("t3.")} == {Filled(0, "0")}


QUIET = ("a row is inserted", "rows are inserted above", "a column is inserted", "a sheet is renamed")


@pytest.mark.parametrize("name", QUIET)
def test_a_form_that_moved_as_a_whole_is_read_in_full(name: str) -> None:
    """Inserted rows and columns leave every figure readable and give nothing graver than information."""
    made = sample()
    next(case[1] for case in CASES if case[0] == name)(made)
    reading = read(made)
    assert (blank(reading), [each for each in reading.findings if each.severity is not Severity.INFO]) == (set(), [])


def test_a_deleted_row_leaves_only_its_own_items_blank() -> None:
    """The rows around a deleted one keep their figures."""
    reading = read(sample().insert_rows(T3, 13, -1))
    assert blank(reading) == {f"t3.r3_3_3.{column}" for column in
                              ("natural", "enterprise", "research", "nonprofit", "legal", "other")}  # fmt: skip


@pytest.mark.parametrize("row", range(4, 32))
@pytest.mark.parametrize("count", [-1, 1])
def test_no_inserted_or_deleted_row_misplaces_a_figure(row: int, count: int) -> None:
    """Wherever a row goes or comes, every figure is read for its own item or not at all."""
    reading = read(sample().insert_rows(T3, row, count))
    assert right(reading) == set()
    if count < 0 and row > 6:
        assert any(each.severity is Severity.ERROR for each in reading.findings)


@pytest.mark.parametrize("sheet", [T2, T4])
@pytest.mark.parametrize("row", range(4, 18))
@pytest.mark.parametrize("count", [-1, 1])
def test_no_row_change_misplaces_a_figure_of_the_other_tables(sheet: str, row: int, count: int) -> None:
    """The same for tables 二 and 四, whose column heads repeat."""
    assert right(read(sample().insert_rows(sheet, row, count))) == set()


@pytest.mark.parametrize("sheet", [T2, T3, T4])
@pytest.mark.parametrize("column", range(1, 16))
@pytest.mark.parametrize("count", [-1, 1])
def test_no_column_change_misplaces_a_figure(sheet: str, column: int, count: int) -> None:
    """Wherever a column goes or comes, every figure is read for its own item or not at all."""
    assert right(read(sample().insert_columns(sheet, column, count))) == set()


def shift_labels(made: Paper, columns: tuple[int, ...], first: int, step: int) -> None:
    """Move the labels of some columns up or down beside figures that stay."""
    cells = made.grids[T3]
    moved = {place: cells.pop(place) for place in list(cells) if place[1] in columns and place[0] >= first - 1}
    cells.update({(row + step, column): cell for (row, column), cell in moved.items()})


@pytest.mark.parametrize("step", [-1, 1, 2])
@pytest.mark.parametrize("columns", [(2,), (1, 2), (0, 1, 2)])
def test_labels_shifted_beside_their_figures_are_an_error(columns: tuple[int, ...], step: int) -> None:
    """Labels that moved without their figures never pass in silence: the return has an error."""
    made = sample()
    shift_labels(made, columns, 9, step)
    assert any(each.severity is Severity.ERROR for each in read(made).findings)


def test_exchanged_row_labels_are_followed_and_said() -> None:
    """Two exchanged rows are read by their labels, with a warning that names them."""
    made = sample()
    cells = made.grids[T3]
    for column in range(2, 10):
        cells[10, column], cells[12, column] = cells[12, column], cells[10, column]
    reading = read(made)
    assert right(reading) == set()
    assert blank(reading) == set()
    assert [each.code for each in reading.findings if each.code == "FORM_024"] == ["FORM_024"]


def test_exchanged_columns_are_followed_and_said() -> None:
    """Two exchanged columns are read by their heads."""
    made = sample()
    cells = made.grids[T3]
    for row in range(5, 31):
        cells[row, 5], cells[row, 6] = cells[row, 6], cells[row, 5]
    reading = read(made)
    assert right(reading) == set()
    assert blank(reading) == set()
    assert "FORM_024" in [each.code for each in reading.findings]


def test_exchanged_labels_above_a_block_put_no_figure_into_the_other_block() -> None:
    """Table 四: figures under an exchanged block label are not read, and that is an error."""
    made = sample().put(T4, "F5", "复议后起诉").put(T4, "K5", "未经复议直接起诉")
    reading = read(made)
    assert right(reading) == set()
    assert {each.split(".")[1] for each in blank(reading)} == {"suit_direct", "suit_after"}
    assert [each.code for each in reading.findings if each.severity is Severity.ERROR] == ["FORM_022", "FORM_022"]


def test_figures_in_a_row_of_ones_own_are_an_error_and_not_counted() -> None:
    """A row that someone added inside the table with figures is quoted, not added to anything."""
    made = sample().insert_rows(T3, 12)
    made.put(T3, "C12", "1-1.其他秘密").put(T3, "D12", 4)
    reading = read(made)
    assert ("FORM_025", T3, "D12") in seen(reading)
    assert right(reading) == set()
    assert reading.ret is not None
    assert [each.value for each in reading.ret.remarks] == ["1-1.其他秘密", "4"]


def test_text_in_an_added_row_is_no_error() -> None:
    """The near miss: an added row with words alone is quoted as text outside the form."""
    made = sample().insert_rows(T3, 12).put(T3, "C12", "（以下为不予公开）")
    codes = [each.code for each in read(made).findings]
    assert "FORM_046" in codes
    assert "FORM_025" not in codes


@pytest.mark.parametrize("text", ["填报人：另附说明", "注：本表有三处数据待核"])
def test_only_what_stands_close_below_a_table_is_taken_for_its_foot(text: str) -> None:
    """Words that begin like our note or signatures are ours within six rows below the table; further down they are quoted."""
    bottom = sample().layout.table("t4").bottom
    assert seen(read(sample().put(T4, f"A{bottom + 7}", text))) == []
    reading = read(sample().put(T4, f"A{bottom + 8}", text))
    assert seen(reading) == [("FORM_046", T4, f"A{bottom + 8}")]
    assert reading.ret is not None
    assert [each.value for each in reading.ret.remarks] == [text]


def test_a_total_typed_over_with_the_right_figure_is_a_warning() -> None:
    """The near miss of a wrong total: the formula is gone, the figure agrees."""
    made = sample()
    total = sum(numbered()[f"t3.r1.{column}"] for column in
                ("natural", "enterprise", "research", "nonprofit", "legal", "other"))  # fmt: skip
    reading = read(made.put(T3, "J7", total))
    assert seen(reading) == [("FORM_031", T3, "J7")]
    assert reading.ret is not None
    assert reading.ret.stated == {"t3.r1.total": Filled(total, str(total))}


@pytest.mark.parametrize(
    "text", ["SUM(D7:I7)", "sum( $D$7:$I$7 )", "D7+E7+F7+G7+H7+I7", "+SUM(D7:F7,G7:I7)", "SUM('三、依申请公开'!D7:I7)"]
)
def test_a_formula_that_adds_the_same_cells_is_the_same(text: str) -> None:
    """Spaces, case, dollars, quotes and the grouping of a sum do not count."""
    made = sample()
    total = made.grids[T3][6, 9].value
    assert seen(read(formula(made, "t3.r1.total", text, total))) == []


@pytest.mark.parametrize(
    "text", ["SUM(D7:H7)", "SUM(D7:I8)", "SUM(D7:I7)*1", "D7", "SUM(D7:I7)+1", "SUM(D7:I7)-D7", "615"]
)
def test_a_formula_that_adds_something_else_is_an_error(text: str) -> None:
    """A shorter, longer or otherwise different sum is named with the formula that belongs there."""
    made = sample()
    total = made.grids[T3][6, 9].value
    [found] = read(formula(made, "t3.r1.total", text, total)).findings
    assert (found.code, found.cell, "=SUM(D7:I7)" in found.remedy) == ("FORM_032", "J7", True)


def test_a_total_that_was_not_refreshed_is_information() -> None:
    """A cached result that is not the sum is named with both figures, and the sum counts."""
    made = sample()
    reading = read(formula(made, "t3.r1.total", "SUM(D7:I7)", 1))
    [found] = reading.findings
    assert (found.code, found.severity, found.actual) == ("FORM_033", Severity.INFO, "1")
    assert reading.ret is not None
    assert reading.ret.figures["t3.r1.total"] != 1


def test_a_total_without_a_cached_result_is_no_finding() -> None:
    """Openpyxl saves formulas without results; that is not the respondent's doing."""
    made = sample()
    assert seen(read(formula(made, "t3.r1.total", "SUM(D7:I7)", None))) == []


def test_a_formula_in_an_input_is_read_with_a_warning() -> None:
    """The cached result counts, the formula is named."""
    made = sample()
    value = numbered()["t3.r1.natural"]
    reading = read(formula(made, "t3.r1.natural", "50+50", value))
    assert [each.code for each in reading.findings] == ["FORM_040"]
    assert right(reading) == set()


def test_a_formula_in_an_input_without_a_result_is_unreadable() -> None:
    """Without a result there is no figure, and it is no blank either."""
    reading = read(formula(sample(), "t3.r1.natural", "A1*2", None))
    assert reading.ret is not None
    assert isinstance(reading.ret.answers["t3.r1.natural"], Unreadable)
    assert ("FORM_041", T3, "D7") in seen(reading)


@pytest.mark.parametrize(("typed", "on"), [("是", True), ("√", True), ("y", True), (" 是 ", True), ("否", False)])
def test_the_switch_declares_the_blanks_of_its_table_zero(typed: str, on: bool) -> None:
    """Only a clear yes declares anything; a no is no finding."""
    made = paper(default=None).put(T2, "D3", typed)
    reading = read(made)
    assert reading.ret is not None
    assert reading.ret.declared == (frozenset({"t2"}) if on else frozenset())
    assert seen(reading) == []


def test_the_switch_is_found_when_rows_were_inserted_above() -> None:
    """The switch moves with its table."""
    made = paper(default=None).put(T2, "D3", "是").insert_rows(T2, 1, 2)
    assert made.grids[T2][4, 2].value == SWITCH_TEXT
    reading = read(made)
    assert reading.ret is not None
    assert reading.ret.declared == frozenset({"t2"})


def test_punctuation_and_width_of_labels_do_not_count() -> None:
    """A program that swaps quotes, brackets or spaces changes no label."""
    made = sample()
    made.put(T3, "C13", '3．危及"三安全一稳定"').put(T3, "B9", "(一) 予以公开").put(T3, "E6", "商业\n企业")
    assert seen(read(made)) == []


def test_an_issued_workbook_keeps_its_body() -> None:
    """A cover changed to another body is an error; identity stays with whom it was issued to."""
    made = paper(kind="issued").put("封面", "C9", "样例县教育局")
    reading = read(made)
    assert ("ID_002", "封面", "C9") in seen(reading)
    assert reading.ret is not None
    assert reading.ret.identity.name == "样例县财政局"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p: p.put("封面", "C10", "12370830MB28439064"), [("ID_002", "封面", "C10")]),
        (lambda p: p.put("封面", "C11", 2023), [("ID_006", "封面", "C11")]),
        (lambda p: p.properties.update({"nianbao.code": "12370830MB28439064"}), [("FORM_004", None, None)]),
        (lambda p: p.properties.update({"nianbao.name": "样例县教育局"}) or p.names.update({"NIANBAO_NAME": '"样例县教育局"'}),
         [("FORM_004", None, None)]),
        (lambda p: p.properties.update({"nianbao.form": "2019"}), [("FORM_004", None, None)]),
        (lambda p: p.properties.update({"nianbao.year": "2023"}), [("FORM_004", None, None)]),
        (lambda p: p.put("_meta", "B4", "2019"), [("FORM_004", None, None)]),
    ],
    ids=["code", "year", "code in the properties", "name in the properties", "form in the properties",
         "year in the properties", "form in the hidden sheet"],
)  # fmt: skip
def test_an_issued_workbook_that_says_it_is_anothers_is_an_error(
    change: Callable[[Paper], object], expected: list[tuple[str, str | None, str | None]]
) -> None:
    """Another body, year or form on the cover or in one of the carriers is named, and is an error."""
    made = paper(kind="issued")
    change(made)
    found = read(made).findings
    wanted = [each for each in found if (each.code, each.sheet, each.cell) in expected]
    assert [each.severity for each in wanted[:1]] == [Severity.ERROR]


def test_names_that_moved_with_their_cells_or_are_gone_are_no_finding() -> None:
    """The near misses of a redirected name: no name, a broken one, one that is no reference, one in other spelling."""
    made = sample()
    names = made.layout.names
    del made.names[names["t3.r1.natural"]]
    made.names[names["t3.r1.enterprise"]] = "#REF!"
    made.names[names["t3.r1.research"]] = '"5"'
    made.names[names["t3.r1.legal"]] = f"${T3}!H7"
    assert seen(read(made)) == []


@pytest.mark.parametrize("kept", ["meta", "properties", "names"])
def test_any_one_carrier_is_enough(kept: str) -> None:
    """Identity survives when two of the three carriers are gone."""
    made = paper(kind="issued")
    if kept != "meta":
        made.drop("_meta")
    if kept != "properties":
        made.properties.clear()
    if kept != "names":
        made.names.clear()
    reading = read(made)
    assert reading.ret is not None
    assert seen(reading) == []
    assert (reading.ret.identity.form, reading.ret.identity.year, reading.ret.identity.code) == ("2021", 2024, CODE)


@pytest.mark.parametrize(("form_id", "year"), [("2019", 2019), ("2021", 2024)])
def test_without_any_carrier_the_form_is_known_by_its_labels(form_id: str, year: int) -> None:
    """All three carriers gone: the labels tell the form, the cover body and year, and a warning says so."""
    made = paper(form_id, year).drop("_meta")
    made.properties.clear()
    made.names.clear()
    reading = read(made)
    assert reading.ret is not None
    assert (reading.ret.form.id, reading.ret.year) == (form_id, year)
    assert [each.code for each in reading.findings] == ["FORM_002"]


def test_a_workbook_of_somebody_else_is_not_ours() -> None:
    """A workbook without a mark or a table of ours is refused with what to do."""
    made = paper()
    made.grids = {"Sheet1": {(0, 0): Cell("工资表", text="工资表"), (3, 3): Cell(Decimal("1.5"), text="1.5")}}
    made.properties.clear()
    made.names.clear()
    reading = read(made)
    assert reading.ret is None
    assert [each.code for each in reading.findings] == ["FORM_001"]


def test_a_format_that_hides_locks_and_formulas_says_so_and_tells_no_tampering() -> None:
    """An .xls carries no formulas for us: a total is then no typed-over total."""
    made = sample()
    made.full, made.kind = False, "xls"
    for cells in made.grids.values():
        for place, cell in cells.items():
            cells[place] = cell._replace(formula=None, locked=None)
    made.protected = dict.fromkeys(made.grids, None)  # type: ignore[arg-type]
    assert seen(read(made)) == [("FILE_091", None, None)]


def test_every_finding_names_the_file() -> None:
    """No finding of reading is without the name of its file."""
    made = sample()
    for _, change, _ in CASES[:8]:
        change(made)
    assert {each.file for each in read(made).findings} == {"a.xlsx"}


def test_findings_speak_both_languages() -> None:
    """Every finding that the cases give has its four texts."""
    found: list[Finding] = []
    for _, change, _ in CASES:
        made = sample()
        change(made)
        found += read(made).findings
    assert [each.code for each in found if not all((each.message, each.remedy, each.message_en, each.remedy_en))] == []


def test_the_layout_is_shared() -> None:
    """The builder of these tests stands on the layout that writer and reader share."""
    assert paper().layout is lay_out(paper().layout.form)
