"""Whatever is done to a workbook: reading never raises, and a figure is never put into another item."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import Paper, paper
from tests.soaking import soak
from toolkit.answers import Filled
from toolkit.cells import a1
from toolkit.excel_in import Cell, CellError
from toolkit.reading import read_book

SHEETS = ("二、主动公开", "三、依申请公开", "四、复议诉讼")


def numbered() -> Paper:
    """Return a workbook with another figure in every input."""
    inputs = paper().layout.form.inputs
    return paper(figures={code: 1000 + at for at, code in enumerate(inputs)})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["row", "column", "clear"]),
        st.integers(1, 34),
        st.integers(1, 16),
        st.sampled_from([-2, -1, 1, 2]),
    ),
    min_size=1,
    max_size=4,
)


def misplaces_nothing(sheet: str, steps: list[tuple[str, int, int, int]]) -> None:
    """Assert that each figure is read for its own item or not at all, whatever rows, columns and cells come and go."""
    made = numbered()
    for what, row, column, count in steps:
        if what == "row":
            made.insert_rows(sheet, row, count)
        elif what == "column":
            made.insert_columns(sheet, column, count)
        else:
            made.grids[sheet].pop((row - 1, column - 1), None)
    reading = read_book(made.book(), "a.xlsx")
    assert reading.ret is not None
    wanted = {code: 1000 + at for at, code in enumerate(made.layout.form.inputs)}
    wrong = {
        code: answer.value
        for code, answer in reading.ret.answers.items()
        if isinstance(answer, Filled) and answer.value != wanted[code]
    }
    assert wrong == {}


FORMULAS = st.sampled_from([None, "SUM(A1)", "x("])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from([CellError("#REF!"), "总计", "其他", "（七）总计", "2021", "是", Decimal("1E+300")]),
)


EDITS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 40), st.integers(0, 18), VALUES, FORMULAS),
    max_size=12,
)


def is_read(edits: list[tuple[int, int, int, object, str | None]]) -> None:
    """Assert that any value in any cell gives a reading, and that every finding names an A1 cell of the file or none."""
    made = paper()
    names = list(made.grids)
    for at, row, column, value, formula in edits:
        made.grids[names[at]][row, column] = Cell(value, formula, None, text=str(value))  # type: ignore[arg-type]
    reading = read_book(made.book(), "a.xlsx")
    cells = {a1(row, column) for row in range(60) for column in range(40)}
    assert {each.cell for each in reading.findings} - cells - {None} == set()


@settings(max_examples=30)
@given(sheet=st.sampled_from(SHEETS), steps=STEPS)
def test_no_sequence_of_changes_misplaces_a_figure(sheet: str, steps: list[tuple[str, int, int, int]]) -> None:
    """Rows and columns come and go, cells are cleared: each figure is read for its own item or not at all."""
    misplaces_nothing(sheet, steps)


@soak
@settings(max_examples=400)
@given(sheet=st.sampled_from(SHEETS), steps=STEPS)
def test_no_long_series_of_changes_misplaces_a_figure(sheet: str, steps: list[tuple[str, int, int, int]]) -> None:
    """The same, many times over."""
    misplaces_nothing(sheet, steps)


@settings(max_examples=30)
@given(edits=EDITS)
def test_reading_never_raises(edits: list[tuple[int, int, int, object, str | None]]) -> None:
    """Any value in any cell of any sheet gives a reading, and every finding names an A1 cell of the file or none."""
    is_read(edits)


@soak
@settings(max_examples=400)
@given(edits=EDITS)
def test_reading_never_raises_in_a_long_series(edits: list[tuple[int, int, int, object, str | None]]) -> None:
    """The same, many times over."""
    is_read(edits)
