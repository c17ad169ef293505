"""``_核对``: what formulas note of every kind of entry is what the reader makes of it; the reader never looks there."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.office import recalculated, requires_office
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.excel_in import open_book
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import TALLY, EntryState
from toolkit.reading import read
from toolkit.workbook import Filling, write

S = EntryState
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
