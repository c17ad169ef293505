"""Faults of one cause are one line, which knows each of them; those of several causes stay apart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

from tests.books import paper
from tests.builders import BALANCED, codes, of_code
from toolkit.checking import check, of_other_year
from toolkit.findings import Finding, finding
from toolkit.forms import load_form
from toolkit.forms.layout import TableLayout, lay_out
from toolkit.reading import read_book
from toolkit.returns.status import own_lines
from toolkit.workbook.reply import filling

LAYOUT = lay_out(load_form("2021"))
INPUTS = [item.code for item in LAYOUT.form.table("t3").inputs]


def judged(values: Mapping[str, Any], *, declared: bool = False, without: str = "") -> tuple[Finding, ...]:
    """Return what is found in a return whose cells hold these values, one of its sheets missing."""
    made = paper(figures=BALANCED)
    for code, value in values.items():
        made.fill(code, value)
    if declared:
        made.put(LAYOUT.table("t3").sheet, "J3", "是")
    if without:
        del made.grids[without]
    ret = read_book(made.book(), "a.xlsx").ret
    assert ret is not None
    return check(ret)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("/", "VALUE_003"),
        ("无", "VALUE_003"),
        ("３", "VALUE_001"),
        ("3件", "VALUE_002"),
        ("约 3", "VALUE_010"),
        (True, "VALUE_017"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 9, len(INPUTS)])
def test_equal_faults_of_a_table_are_one_line(typed: Any, code: str, count: int) -> None:
    """However many cells say the same, there is one line with all of them, and each has a finding of its own in it."""
    cells = INPUTS[:count]
    (line,) = of_code(judged(dict.fromkeys(cells, typed)), code)
    assert line.items == tuple(cells)
    assert [single.items for single in line.singles] == [(item,) for item in cells]
    assert (f"同样的还有 {count - 1} 格" in line.message) is (count > 1)
    assert all(LAYOUT.address(item) in line.message for item in cells[1:8])


def test_unequal_faults_stay_apart_until_they_are_many() -> None:
    """Eight cells of one kind with eight texts are eight lines; a ninth makes them one, which quotes them."""
    texts = {code: f"约 {at}" for at, code in enumerate(INPUTS[:9])}
    assert len(of_code(judged(dict(islice(texts.items(), 8))), "VALUE_010")) == 8
    (line,) = of_code(judged(texts), "VALUE_010")
    assert all(f"{LAYOUT.address(code)}“{text}”" in line.message for code, text in islice(texts.items(), 1, 9))


@pytest.mark.parametrize("mark", ["/", "无", "—"])
def test_a_cell_with_a_mark_is_one_line(mark: str) -> None:
    """What a mark stands for is told with the blanks of its table: check, reply and lists have one line of it, JSON both."""
    findings = judged({"t3.r1.natural": mark, "t4.review.upheld": ""})
    assert {"VALUE_003", "BLANK_001"} <= {*codes(findings)}
    lines = [one for one in own_lines(findings) if one.code in ("VALUE_003", "BLANK_001")]
    assert [(one.code, one.items) for one in lines] == [
        ("BLANK_001", ("t3.r1.natural",)), ("BLANK_001", ("t4.review.upheld",))
    ]  # fmt: skip
    assert f"“{mark}”（1 格）" in lines[0].message
    assert "“" not in lines[1].message.partition("”有 1 格")[2]


def test_tables_are_apart() -> None:
    """The same mark in two tables is a line of each."""
    lines = of_code(judged({"t3.r1.natural": "/", "t3.r2.natural": "/", "t4.review.upheld": "/"}), "VALUE_003")
    assert [len(line.items) for line in lines] == [2, 1]


def test_a_mark_in_a_table_declared_zero_is_that_zero() -> None:
    """Nobody is asked about ``/`` where the blanks are declared zero, and nothing says that it is none."""
    findings = judged(dict.fromkeys(INPUTS, "/"), declared=True)
    (line,) = of_code(findings, "VALUE_005")
    assert line.severity == "info"
    assert len(line.items) == len(INPUTS)
    assert not {"VALUE_003", "BLANK_001"} & {*codes(findings)}


def test_every_marked_cell_has_its_own_note() -> None:
    """In the reply the note of a cell speaks of that cell, though the line in 审核意见 is about all of them."""
    made = paper(figures=BALANCED)
    for code in INPUTS[:3]:
        made.fill(code, "3件")
    ret = read_book(made.book(), "a.xlsx").ret
    assert ret is not None
    marks = filling(ret, check(ret)).marks
    assert all(LAYOUT.form.items[code].short in marks[code].note for code in INPUTS[:3])
    assert not any("同样的还有" in mark.note for mark in marks.values())


def test_an_empty_form_is_one_line() -> None:
    """What a form lacks in which nothing is filled is one matter: its chapters and cover fields are part of it."""
    ret = read_book(paper(default=None, text="").book(), "a.xlsx").ret
    assert ret is not None
    (line,) = check(ret)
    assert {single.code for single in line.singles} == {"BLANK_002", "TEXT_001"}


@pytest.mark.parametrize("table", LAYOUT.tables, ids=lambda table: table.table.id)
def test_what_rests_on_a_missing_sheet_is_part_of_it(table: TableLayout) -> None:
    """No rule and no count of blanks speaks of a table that is not there."""
    findings = judged({}, without=table.sheet)
    (line,) = of_code(findings, "FORM_010")
    assert any(single.code == "BLANK_001" for single in line.singles)
    missing = {*line.items}
    assert not any(missing & {*other.items} for other in findings if other is not line)


def test_a_file_of_another_year_has_one_line() -> None:
    """All that is wrong inside it is part of ID_021; what is wrong with the file or whose it is stays."""
    stray = finding("ID_021", stated=2023, wanted=2024)
    doubt = finding("ID_001")
    line, other = of_other_year([stray, *judged({"t3.r1.natural": "约 3"}), doubt])
    assert [line.code, other.code] == ["ID_021", "ID_001"]
    assert "VALUE_010" in codes(line.singles)
