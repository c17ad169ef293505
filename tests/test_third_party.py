"""Workbooks that other programs wrote: our reading of every cell against openpyxl's and LibreOffice's."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.worksheet._reader as openpyxl_reader
import pytest
from msgspec import Struct

from tests.npm import Job, fetched, requires_npm, saved_again
from tests.office import convert, requires_office
from tests.soaking import soak
from tests.test_excel_in_values import opened, zipped
from tests.third_party import FAR, ROWS, by_hand, library, strict
from toolkit.excel_in import Cell, CellError, Refused, Sheet, open_book
from toolkit.excel_in.grid import unescape

Place = tuple[str, int, int]


class Compared(Struct, frozen=True):
    """One cell as we read it, and what another program reads there; ``covered``: a merge lies over it."""

    kind: str
    cell: Cell
    theirs: object
    covered: bool
    linked: bool


def plain(value: object) -> object:
    """Return a value as it is compared: numbers to 15 digits, an empty text as blank, errors with their name."""
    if isinstance(value, CellError):
        return ("error", value.text)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value if value != "" else None
    return Decimal(f"{float(value):.15g}")


def serial(text: str) -> Decimal | None:
    """Return the days that a date or a duration of an .ods stands for."""
    clock = re.fullmatch(r"PT([0-9]+)H([0-9]+)M([0-9.]+)S", text)
    if clock is not None:
        hours, minutes, seconds = map(Decimal, clock.groups())
        return (hours * 3600 + minutes * 60 + seconds) / 86_400
    try:
        since = datetime.fromisoformat(text) - datetime(1899, 12, 30)
    except ValueError:
        return None
    return Decimal(since.days) + Decimal(since.seconds) / 86_400


def same_day(one: Compared) -> bool:
    """Tell whether an .ods states the date that is a number of days elsewhere, in either date system."""
    days = serial(one.cell.value) if one.cell.date and isinstance(one.cell.value, str) else None
    if days is None or not isinstance(one.theirs, Decimal):
        return False
    return any(abs(days - shift - one.theirs) < Decimal("1e-8") for shift in (0, 1462))


def text_but(change: Callable[[str], str]) -> Callable[[Compared], bool]:
    """Return a test whether two texts are the same after a change."""
    return lambda one: (
        isinstance(one.cell.value, str) and isinstance(one.theirs, str) and change(one.cell.value) == change(one.theirs)
    )


BY_OPENPYXL: Mapping[str, Callable[[Compared], bool]] = {
    "openpyxl leaves _x000D_ as it is stored": lambda one: (
        isinstance(one.cell.value, str)
        and isinstance(one.theirs, str)
        and unescape(one.theirs) in (one.cell.value, unescape(one.cell.value))
    ),
    "openpyxl leaves nothing under a merge": lambda one: one.covered and one.theirs is None,
    "openpyxl takes the target of a link for the value of a blank cell": lambda one: (
        one.linked and one.cell.value is None
    ),
}
BY_LIBREOFFICE: Mapping[str, Callable[[Compared], bool]] = {
    **BY_OPENPYXL,
    "LibreOffice works out formulas anew": lambda one: one.cell.formula is not None,
    "LibreOffice ends lines with a line feed": text_but(lambda text: text.replace("\r\n", "\n").replace("\r", "\n")),
    "LibreOffice drops a tabulator from an .ods": text_but(lambda text: text.replace("\t", "")),
    "an .ods states dates as dates": same_day,
    "a date in an .ods that is none is 0 to LibreOffice, and to us its words": lambda one: (
        one.cell.date and isinstance(one.cell.value, str) and serial(one.cell.value) is None and one.theirs == 0
    ),
    "LibreOffice rounds times of day to what their seconds are": lambda one: (
        one.cell.date
        and isinstance(one.cell.value, int | Decimal)
        and isinstance(one.theirs, Decimal)
        and abs(one.cell.value - one.theirs) < Decimal("1e-9")
    ),
    "LibreOffice stores 0 in an .xls for the text of a formula and for a table of several operations": lambda one: (
        one.kind == "xls" and one.cell.value == 0 and not isinstance(one.theirs, Decimal)
    ),
    "LibreOffice calls errors otherwise in an .xls": lambda one: (
        one.kind == "xls" and isinstance(one.cell.value, CellError) and isinstance(one.theirs, tuple)
    ),
}
"""The only differences there may be, each with its reason."""


@pytest.fixture(autouse=True)
def _numbers_stay_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let openpyxl give the number that a date is."""
    monkeypatch.setattr(openpyxl_reader, "from_excel", lambda value, *_, **__: value)
    monkeypatch.setattr(openpyxl_reader, "from_ISO8601", lambda value: value)


def read_by_openpyxl(path: Path) -> tuple[dict[Place, object], set[Place]]:
    """Return what openpyxl reads in every cell, and the cells that are linked."""
    values: dict[Place, object] = {}
    linked: set[Place] = set()
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        cells: dict[tuple[int, int], Any] = sheet._cells  # an iteration would make a billion of them
        for (row, column), cell in cells.items():
            place = (sheet.title, row - 1, column - 1)
            values[place] = ("error", cell.value) if cell.data_type == "e" else plain(cell.value)
            if getattr(cell, "hyperlink", None) is not None:
                linked.add(place)
    return values, linked


def covered(sheet: Sheet | None, row: int, column: int) -> bool:
    """Tell whether a merge lies over a cell."""
    return sheet is not None and any(
        top <= row <= bottom and left <= column <= right and (row, column) != (top, left)
        for top, left, bottom, right in sheet.merges
    )


def differing(
    path: Path, judged: Path, allowed: Mapping[str, Callable[[Compared], bool]]
) -> dict[Place, tuple[object, object]]:
    """Return the cells of a workbook that we read otherwise than openpyxl reads ``judged``, but what is allowed."""
    book, (theirs, linked) = open_book(path), read_by_openpyxl(judged)
    ours = {(sheet.name, *at): cell for sheet in book.sheets for at, cell in sheet.cells.items()}
    assert any(cell.value is not None for cell in ours.values())
    found: dict[Place, tuple[object, object]] = {}
    for place in ours.keys() | theirs.keys():
        cell, their = ours.get(place, Cell(None)), theirs.get(place)
        if plain(cell.value) != their:
            over = covered(book.sheet(place[0]), *place[1:])
            one = Compared(book.kind, cell, their, over, place in linked)
            if not any(test(one) for test in allowed.values()):
                found[place] = (cell.value, their)
    return found


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Return the workbooks of other programs as files."""
    folder = tmp_path_factory.mktemp("theirs")
    for name, data in library().items():
        (folder / f"{name}.xlsx").write_bytes(data)
    (folder / "far.xlsx").write_bytes(zipped(by_hand(FAR)))
    return sorted(folder.iterdir())


def test_every_cell_is_what_openpyxl_reads(books: Sequence[Path]) -> None:
    """Numbers, texts, truth values, errors and blanks agree cell by cell, whoever wrote the workbook."""
    assert {path.name: found for path in books if (found := differing(path, path, BY_OPENPYXL))} == {}


def test_the_strict_namespace_is_read_as_the_usual_one(tmp_path: Path) -> None:
    """Strict Office Open XML has the same cells."""
    members = by_hand(ROWS)
    assert opened(strict(members), tmp_path).sheets == opened(zipped(members), tmp_path).sheets


def read_by_libreoffice(
    paths: Sequence[Path], folder: Path
) -> Iterator[tuple[Path, dict[Place, tuple[object, object]]]]:
    """Yield what we read otherwise than LibreOffice, which saves each workbook as xlsx for openpyxl to read."""
    for path, made in zip(paths, convert(paths, "xlsx", folder), strict=True):
        yield path, differing(path, made, BY_LIBREOFFICE)


@soak
@requires_office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_every_cell_is_what_libreoffice_reads(books: Sequence[Path], tmp_path: Path, kind: str) -> None:
    """The same workbooks as they are, and as LibreOffice itself writes them in each format."""
    near = [path for path in books if path.stem != "far"]
    made = near if kind == "xlsx" else convert(near, kind, tmp_path / kind)
    assert {path.name: found for path, found in read_by_libreoffice(made, tmp_path / "read") if found} == {}
    if kind == "xlsx":
        again = [tmp_path / "read" / path.name for path in near]
        assert {path.name: found for path in again if (found := differing(path, path, BY_OPENPYXL))} == {}


@soak
@requires_npm
def test_every_cell_that_sheetjs_and_exceljs_write_is_what_openpyxl_reads(
    books: Sequence[Path], tmp_path: Path
) -> None:
    """The same workbooks as SheetJS and exceljs write them."""
    jobs: list[Job] = [
        (program, path, tmp_path / f"{program}.{path.name}", "xlsx")
        for path in books if path.stem != "far" for program in ("exceljs", "sheetjs", "sheetjs-whole")
        if (program, path.stem) != ("exceljs", "by hand")  # it knows no row without a number
    ]  # fmt: skip
    saved_again(jobs, fetched(tmp_path))
    assert {made.name: found for _, _, made, _ in jobs if (found := differing(made, made, BY_OPENPYXL))} == {}


@soak
@requires_office
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.skipif(
    "NIANBAO_WORKBOOKS" not in os.environ, reason="NIANBAO_WORKBOOKS names no folder of third-party workbooks"
)
def test_every_cell_of_a_folder_is_what_others_read(tmp_path: Path) -> None:
    """Every workbook of the folder that we read and whose pivot tables LibreOffice does not lay out anew."""
    readable: list[Path] = []
    for at, path in enumerate(sorted(Path(os.environ["NIANBAO_WORKBOOKS"]).rglob("*.*"))):
        if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls", ".ods", ".et") or _has_pivot(path):
            continue
        try:
            open_book(path)
        except Refused:
            continue
        readable.append(tmp_path / f"{at:04}-{path.name}")
        readable[-1].write_bytes(path.read_bytes())
    found = {path.name: cells for path, cells in read_by_libreoffice(readable, tmp_path / "read") if cells}
    for path in readable:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            try:
                cells = differing(path, path, BY_OPENPYXL)
            except (KeyError, ValueError, TypeError):  # openpyxl does not open it
                continue
            found |= {f"{path.name} by openpyxl": cells} if cells else {}
    assert readable
    assert found == {}


def _has_pivot(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("pivottable" in name.lower() for name in archive.namelist())
