"""``_核对``: what formulas note of every kind of entry is what the reader makes of it; the reader never looks there."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office import recalculated, requires_office
from tests.soaking import soak
from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.excel_in import open_book
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import TALLY, EntryState
from toolkit.reading import read
from toolkit.returns import checksum
from toolkit.returns.check_number import weights
from toolkit.workbook import Filling, write

S = EntryState
BODIES = ("12370830684820666X", "11330100MB1234567E")
ENTRIES: Mapping[str, tuple[Any, str, EntryState]] = {
    "figure": (12, "General", S.FIGURE),
    "nothing": (None, "General", S.BLANK),
    "spaces": ("  ", "General", S.BLANK),
    "slash": ("/", "General", S.TEXT),
    "none": ("无", "General", S.TEXT),
    "with a unit": ("12件", "General", S.TEXT),
    "full width": ("３", "General", S.TEXT),
    "about": ("约5", "General", S.TEXT),
    "date": (date(2026, 3, 5), "yyyy-mm-dd", S.DATED),
    "Chinese date": (date(2026, 3, 5), 'yyyy"年"m"月"d"日"', S.DATED),
    "time": (time(12, 30), "h:mm", S.DATED),
    "percentage": (5, "0%", S.DATED),
    "yes": (True, "General", S.NO_NUMBER),
    "error": ("#DIV/0!", "General", S.NO_NUMBER),
    "fraction": (1.5, "General", S.FRACTION),
    "negative": (-3, "General", S.NEGATIVE),
    "large": (10**12, "General", S.LARGE),
    "rounded": (72701.257800000007, "#,##0.####", S.FIGURE),
    "five decimals": (0.12345, "General", S.FRACTION),
    "signed": (-3, "General", S.FIGURE),
}


def placed(form_id: str) -> dict[str, str]:
    """Return an input for every entry: of money, of changes, of counts."""
    items = load_form(form_id).items
    of_kind = {kind: [code for code, item in items.items() if item.kind == kind and not item.computed] for kind in
               ("count", "money", "signed")}  # fmt: skip
    kinds = {"rounded": "money", "five decimals": "money", "signed": "signed"}
    return {what: of_kind[kinds.get(what, "count")].pop() for what in ENTRIES if of_kind[kinds.get(what, "count")]}


def typed(form_id: str, path: Path) -> None:
    """Write a blank into which every entry was typed."""
    form = load_form(form_id)
    book = openpyxl.load_workbook(io.BytesIO(write(Filling(form, 2020 if form_id == "2019" else 2026))))
    for what, code in placed(form_id).items():
        value, style, _ = ENTRIES[what]
        sheet, row, column = lay_out(form).cell(code)
        cell = book[sheet].cell(row + 1, column + 1)
        cell.value, cell.number_format = value, style
        cell.data_type = "e" if value == "#DIV/0!" else cell.data_type
    book.save(path)


@soak
@requires_office
@pytest.mark.office
def test_every_kind_of_entry_is_noted_as_the_reader_takes_it(tmp_path: Path) -> None:
    """What is no figure to the reader is none on the sheet; a text is neither a figure nor a fault there."""
    paths = [tmp_path / f"{form_id}.xlsx" for form_id in ("2021", "2019")]
    for path in paths:
        typed(path.stem, path)
    for path, anew in zip(paths, recalculated(paths, tmp_path / "anew"), strict=True):
        layout, shown = lay_out(load_form(path.stem)), openpyxl.load_workbook(anew, data_only=True)[TALLY.name]
        ret = read(path, name=path.name).ret
        assert ret is not None
        for what, code in placed(path.stem).items():
            state, answer = ENTRIES[what][2], ret.answers[code]
            assert shown.cell(layout.tally[code] + 1, TALLY.column("state") + 1).value == state, what
            if state is not S.TEXT:
                kinds = {S.FIGURE: Filled, S.BLANK: Blank}
                assert isinstance(answer, kinds.get(state, Unreadable)), what
        last = shown.cell(TALLY.first_row + len(layout.tally), TALLY.column("number") + 1).value
        assert last == sum(ENTRIES[what][2] > S.ZERO for what in placed(path.stem))


def test_the_reader_never_looks_at_it(tmp_path: Path) -> None:
    """Whatever stands there is neither read nor a finding."""
    book = openpyxl.load_workbook(io.BytesIO(write(Filling(load_form("2021"), 2026))))
    book[TALLY.name]["B2"], book[TALLY.name]["Z90"] = "一、本年新收政府信息公开申请数量", 12
    book.save(tmp_path / "a.xlsx")
    sheet = open_book(tmp_path / "a.xlsx").sheet(TALLY.name)
    assert sheet is not None
    assert (sheet.state, dict(sheet.cells)) == ("veryHidden", {})
    findings = read(tmp_path / "a.xlsx", name="a.xlsx").findings
    assert not [one for one in findings if one.sheet == TALLY.name or one.code == "FORM_012"]


@settings(max_examples=60)
@given(data=st.data(), form_id=st.sampled_from(["2021", "2019"]))
def test_no_two_figures_share_a_check_number(data: st.DataObject, form_id: str) -> None:
    """A figure that changes, two that change places, another body or year: each gives another 校验码."""
    form = load_form(form_id)
    counts = [code for code in form.inputs if form.items[code].kind == "count"]
    amount = st.integers(0, 99_999_988)
    figures: dict[str, Number | None] = {code: data.draw(st.sampled_from((0, 1, 2, 7))) for code in form.inputs}
    one, two = data.draw(st.permutations(counts))[:2]
    figures |= {one: data.draw(amount), two: data.draw(amount)}
    mark = checksum(form, figures, 2025, BODIES[0])
    assert re.fullmatch("[0-9]{4}-[0-9]{4}", mark)
    other = data.draw(amount.filter(lambda value: value != figures[one]))
    assert checksum(form, figures | {one: other}, 2025, BODIES[0]) != mark
    if figures[one] != figures[two]:
        assert checksum(form, figures | {one: figures[two], two: figures[one]}, 2025, BODIES[0]) != mark
    assert len({checksum(form, figures, year, code) for year in (2024, 2025) for code in (*BODIES, None)}) == 6
    assert len(set(weights(form).values())) == len(form.inputs)


@pytest.mark.parametrize("kind", ["blank", "issued", "reply"])
def test_the_check_number_on_paper_is_that_of_the_receipt(tmp_path: Path, kind: str) -> None:
    """Cover and tables show what is worked out from the return that is read; a blank has one too."""
    form = load_form("2021")
    answers = {code: Filled(at) for at, code in enumerate(form.inputs) if form.items[code].kind == "count"}
    made = Filling(form, 2026, kind=kind, code=BODIES[0], name="甲局", cover={"code": BODIES[0]}, answers=answers)
    (tmp_path / "a.xlsx").write_bytes(write(made))
    ret = read(tmp_path / "a.xlsx", name="a.xlsx").ret
    assert ret is not None
    mark = f"校验码：{checksum(form, ret.figures, ret.year, ret.identity.code)}"
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    sheets = ["封面", *(table.sheet for table in lay_out(form).tables)]
    assert [any(cell.value == mark for row in book[name] for cell in row) for name in sheets] == [True] * 4
    assert not [remark for remark in ret.remarks if "校验码" in remark.value]


def test_last_year_stands_beside_its_row_and_is_nobody_elses(tmp_path: Path) -> None:
    """An issued workbook shows what last year said; read back it is neither a figure nor a remark, unless more is written."""
    form = load_form("2021")
    last: dict[str, Number | None] = dict.fromkeys(form.items, 0) | {
        "t2.normative.in_force": 22,
        "t4.review.pending": None,
    }
    made = Filling(form, 2026, kind="issued", code=BODIES[0], name="甲局", level="县级部门", last_year=last)
    book = openpyxl.load_workbook(io.BytesIO(write(made)))
    assert book["二、主动公开"]["E7"].value == "上年：22"
    assert book["四、复议诉讼"]["P7"].value == "上年：行政复议 不详、其余 0"
    book.save(tmp_path / "a.xlsx")
    ret = read(tmp_path / "a.xlsx", name="a.xlsx").ret
    assert ret is not None
    assert ret.remarks == ()
    book["二、主动公开"]["E7"].value = "上年：应为 21"
    book.save(tmp_path / "a.xlsx")
    ret = read(tmp_path / "a.xlsx", name="a.xlsx").ret
    assert ret is not None
    assert [remark.value for remark in ret.remarks] == ["上年：应为 21"]
