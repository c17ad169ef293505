"""问题清单: every finding, by body, file and place; the roll-up and the coordinator's summary share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.cells import Area
from toolkit.excel_out import Workbook
from toolkit.findings import Finding
from toolkit.forms.sheets import PROBLEM_SHEET
from toolkit.returns.status import level_of, own_lines
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import ListColumns

_CENTRED, _TEXT, _SMALL = registers.centred, registers.text, registers.small


def list_problems(book: Workbook, findings: Iterable[Finding], names: Mapping[str, str]) -> None:
    """Write 问题清单: findings by body, file, severity, sheet, cell and code; ``names`` gives the body of each file."""
    sheet = book.sheet(PROBLEM_SHEET)
    widths = (170, 170, 110, 60, 60, 90, 340, 340, 200)
    registers.columns(sheet, widths)
    titles = ("单位", "文件", "工作表", "单元格", "级别", "代码", "问题", "怎么改", "说明")
    listed = sorted(own_lines(findings), key=lambda finding: _order(finding, names))
    rows = [
        (_whose(finding, names), finding.file or "", finding.sheet or "", finding.cell or "", level_of(finding),
         finding.code, finding.message, finding.remedy, finding.explained or "")
        for finding in listed
    ]  # fmt: skip
    severe = {(at, 4): styles.coloured(level_of(finding)) for at, finding in enumerate(listed)}
    formats = (_TEXT, _SMALL, _TEXT, _CENTRED, _CENTRED, _CENTRED, _TEXT, _TEXT, _TEXT)
    last = registers.table(sheet, 0, ListColumns(titles, widths, formats), rows, special=severe)
    sheet.filter = Area(0, 0, max(last - 1, 1), len(titles) - 1)
    sheet.frozen = (1, 1)
    registers.finish(sheet, tab="#ED7D31", rows=(0, 0), last=(max(last - 1, 1), len(titles) - 1), autofilter=True)


def _whose(finding: Finding, names: Mapping[str, str]) -> str:
    if finding.code.startswith("LAST_"):  # of a file that may be called as one of this year's
        return "（上年的材料）"
    return names.get(finding.file or "") or ("（单位不明）" if finding.file else "（本次汇总）")


def _order(finding: Finding, names: Mapping[str, str]) -> tuple[object, ...]:
    whose = _whose(finding, names)
    return (
        whose.startswith("（"), whose, finding.file or "", finding.severity.rank, finding.sheet or "",
        _cell_order(finding.cell or ""), finding.code, finding.message,
    )  # fmt: skip


def _cell_order(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    return (int(digits) if digits else 0, len(letters), letters)
