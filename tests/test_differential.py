"""Every cell of our own workbooks, as we, openpyxl and LibreOffice wrote them, is what other readers see."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.commands import run
from tests.mutants import ROOT, SAVED
from tests.office import convert, requires_office
from tests.soaking import only, soak
from tests.test_excel_in_values import agree
from toolkit.excel_in import Book, CellError, open_book
from toolkit.excel_in.grid import Value
from toolkit.forms.sheets import TALLY

OURS = [
    *sorted((ROOT / "blank_templates").glob("*.xlsx")),
    *sorted((ROOT / "filled").rglob("*2025年报.xlsx"))[2:4],
    *sorted((ROOT / "filled" / "真实-2019").glob("*.xlsx"))[:1],
    SAVED / "issued.xlsx",
    SAVED / "rollup.xlsx",
]


def same_frame(path: Path) -> None:
    """Assert that merges, sheet states and hidden rows are what openpyxl says."""
    theirs = openpyxl.load_workbook(path)
    for sheet in (sheet for sheet in open_book(path).sheets if sheet.name != TALLY.name):
        other = theirs[sheet.name]
        merges = {(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in other.merged_cells.ranges}
        assert set(sheet.merges) == merges, f"{path.name} {sheet.name}"
        assert sheet.state == other.sheet_state, f"{path.name} {sheet.name}"
        assert sheet.protected == bool(other.protection.sheet), f"{path.name} {sheet.name}"
        rows = other.row_dimensions.items()
        hidden = {row - 1 for row, each in rows if each.hidden or (each.height is not None and each.height < 1)}
        assert sheet.hidden_rows == hidden, f"{path.name} {sheet.name}"


@pytest.mark.parametrize(
    "path",
    only([*OURS, SAVED / "openpyxl.xlsx", SAVED / "libreoffice.xlsx"], SAVED / "openpyxl.xlsx", *OURS[:1]),
    ids=lambda p: p.name,
)
def test_every_cell_is_what_openpyxl_sees(path: Path) -> None:
    """Values, formulas, locks, merges, states and hidden rows agree, whichever program wrote the workbook."""
    assert agree(path) > 400
    same_frame(path)


def plain(value: Value) -> object:
    """Return a value as it must be the same in every file format: an error is an error, whatever it is called."""
    if isinstance(value, CellError):
        return "error"
    return Decimal(value) if isinstance(value, int) else value


def values(book: Book) -> dict[tuple[str, int, int], object]:
    """Return every filled cell of a workbook; ``_核对`` repeats the others in formulas and is not read from every format."""
    sheets = [sheet for sheet in book.sheets if sheet.name != TALLY.name]
    return {(s.name, *at): plain(c.value) for s in sheets for at, c in s.cells.items() if c.value is not None}


def differing(source: Path, made: Path) -> dict[tuple[str, int, int], tuple[object, object]]:
    """Return the cells that differ between a workbook and what LibreOffice made of it.

    One loss is LibreOffice's own, and xlrd and calamine see it alike: in .xls it stores 0 for a formula's text.
    """
    before, after = open_book(source), open_book(made)
    ours, theirs = values(before), values(after)
    if after.kind == "xls":
        for sheet in before.sheets:
            for at, cell in sheet.cells.items():
                key = (sheet.name, *at)
                if cell.formula is not None and isinstance(cell.value, str) and theirs.get(key) == 0:
                    theirs[key] = cell.value
    assert len(ours) > 300
    return {at: (ours.get(at), theirs.get(at)) for at in ours | theirs if ours.get(at) != theirs.get(at)}


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_saved_by_libreoffice_holds_the_same_cells(kind: str) -> None:
    """A return that LibreOffice saved holds what it held before, cell by cell."""
    assert differing(SAVED / "returned.xlsx", SAVED / f"libreoffice.{kind}") == {}


@soak
@requires_office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_libreoffice_sees_the_same_cells(tmp_path: Path, kind: str) -> None:
    """Blank, filled, issued and rolled-up workbooks of both forms keep every value when LibreOffice saves them."""
    copies = []
    for number, path in enumerate(OURS):
        copy = tmp_path / f"w{number}.xlsx"
        copy.write_bytes(path.read_bytes())
        copies.append(copy)
    for source, made in zip(OURS, convert(copies, kind, tmp_path / "made"), strict=True):
        assert differing(source, made) == {}, source.name


@pytest.mark.skipif(
    "NIANBAO_WORKBOOKS" not in os.environ, reason="NIANBAO_WORKBOOKS names no folder of third-party workbooks"
)
def test_every_third_party_workbook_is_in_the_answer() -> None:
    """``check FOLDER --year Y --format json`` names every workbook of the folder; without a year, mixed years stop it."""
    folder = Path(os.environ["NIANBAO_WORKBOOKS"])
    named = {p.name for p in folder.rglob("*") if p.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods", ".et")}
    named = {name for name in named if not name.startswith(("~$", "."))}
    said = json.dumps(run("check", folder, "--year", "2025", "--format", "json").json, ensure_ascii=False)
    assert named
    assert {name for name in named if name not in said} == set()
