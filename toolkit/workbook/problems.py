"""问题清单: every finding, by body, file and place; the roll-up and the coordinator's summary share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.cells import Area
from toolkit.excel_out import Workbook
from toolkit.findings import Finding
from toolkit.forms.sheets import PROBLEM_SHEET
from toolkit.workbook import grids, styles
from toolkit.workbook.grids import ListColumns


def list_problems(book: Workbook, findings: Iterable[Finding], names: Mapping[str, str]) -> None:
    """Write 问题清单: findings by body, file, severity, sheet, cell and code; ``names`` gives the body of each file."""
    sheet = book.sheet(PROBLEM_SHEET)
    widths = (170, 170, 110, 60, 60, 90, 340, 340, 200)
    grids.columns(sheet, widths)
    titles = ("单位", "文件", "工作表", "单元格", "级别", "代码", "问题", "怎么改", "说明")
    told = sorted(findings, key=lambda each: _order(each, names))
    rows = [
        (names.get(each.file or "", "") or "（单位不明）", each.file or "", each.sheet or "", each.cell or "",
         each.severity.zh, each.code, each.message, each.remedy, each.explained or "")
        for each in told
    ]  # fmt: skip
    severe = {(at, 4): styles.coloured(each.severity) for at, each in enumerate(told)}
    formats = (
        grids.text,
        grids.small,
        grids.text,
        grids.centred,
        grids.centred,
        grids.centred,
        grids.text,
        grids.text,
        grids.text,
    )
    last = grids.table(sheet, 0, ListColumns(titles, widths, formats), rows, special=severe)
    sheet.filter = Area(0, 0, max(last - 1, 1), len(titles) - 1)
    sheet.frozen = (1, 1)
    grids.finish(sheet, tab="#ED7D31", rows=(0, 0), last=(max(last - 1, 1), len(titles) - 1), autofilter=True)


def _order(each: Finding, names: Mapping[str, str]) -> tuple[object, ...]:
    return (
        names.get(each.file or "", "") or "\uffff", each.file or "", each.severity.rank, each.sheet or "",
        _cell_order(each.cell or ""), each.code, each.message,
    )  # fmt: skip


def _cell_order(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    return (int(digits) if digits else 0, len(letters), letters)
