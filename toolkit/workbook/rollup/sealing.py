"""The seal of the roll-up, on ``_meta``: marks of all that nobody may change, so that the proof names what was changed."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.excel_out import CellContent, Workbook, Worksheet
from toolkit.forms.sheets import ADJUSTMENTS, META
from toolkit.returns.seals import FIXED, PART, RESULTS, SEAL, TYPED, WHOLE, fixed_text, mark, shown_text, whole_mark
from toolkit.workbook import styles
from toolkit.workbook.rollup.sums import Sums


def put_seal(book: Workbook, sums: Sums) -> None:
    """Write the marks of every sheet behind what ``_meta`` holds; the figures on 明细 are proved by themselves."""
    meta = book.sheets[META.name]
    typed: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
    sealed: list[tuple[str, str, str]] = []
    for at, sheet in enumerate(book.sheets.values()):
        fixed: dict[int, list[tuple[int, str]]] = {}
        results: dict[int, list[tuple[int, str]]] = {}
        for row, column, cell in _cells(sheet, sums):
            if cell.format is None or not dict(cell.format.properties)["locked"]:
                place = f"{sheet.name}!{row},{column}={fixed_text(cell.value)}"
                typed[sheet.name == ADJUSTMENTS.name] += [(at, place)] if cell.value is not None else []
                continue
            fixed.setdefault(row, []).append((column, fixed_text(cell.value, cell.formula)))
            if cell.formula:
                results.setdefault(row, []).append((column, shown_text(cell.value)))
        for row in (row for row, height in sheet.rows.items() if height.hidden):
            fixed.setdefault(row, []).append((-1, "hidden"))
        for kind, rows in ((FIXED, fixed), (RESULTS, results)):
            marks = [f"{row + 1}:{mark(cells)}" for row, cells in sorted(rows.items()) if mark(cells)]
            parts = [marks[first : first + PART] for first in range(0, len(marks), PART)] or [[]]
            sealed += [(sheet.name, kind, " ".join(part)) for part in parts]
    sealed += [(name, TYPED, mark(typed[own])) for name, own in ((ADJUSTMENTS.name, True), ("", False))]
    sealed.append(("", WHOLE, whole_mark(sealed)))
    row = 1 + max(row for row, _ in meta.cells)
    for line in ((SEAL, "", ""), *sealed):
        for code, text in zip(("key", "value", "text"), line, strict=True):
            if text:
                meta.text(row, META.column(code), text, styles.plain)
        row += 1


def _cells(sheet: Worksheet, sums: Sums) -> Iterator[tuple[int, int, CellContent]]:
    """Yield every cell with its place; of the bodies' rows on 明细 what stands behind the figures.

    What stands before them is compared with 来源, the figures with the files.
    """
    proved = sums.last_column if sheet.name == sums.sheet.name else -1
    for (row, column), cell in sheet.cells.items():
        if (cell.value is not None or cell.formula) and (row < sums.sheet.first_row or column > proved):
            yield row, column, cell
    for block in sheet.blocks:
        for row, line in enumerate(block.rows, block.first_row):
            for column, (value, fmt) in enumerate(zip(line.values, line.formats, strict=True)):
                if value is not None and value != "" and column > proved:
                    yield row, column, CellContent(value if isinstance(value, str) else float(value), fmt)
