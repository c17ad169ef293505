"""较上次汇总的变化: every changed total, attributed to the bodies and versions that changed it."""

from __future__ import annotations

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import Page, Workbook
from toolkit.merging.attribution import Share, Shift, shifts
from toolkit.returns import RollUp
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import ListColumns

CHANGES_SHEET = "较上次汇总的变化"
MOST_SHARES = 20_000
"""Rows of the sheet: as many as somebody may look through, 1,000,000 characters of text."""
_TITLES = ("指标", "上次汇总", "本次汇总", "差额", "单位名称", "情形", "上次文件", "本次文件", "占差额", "核对")
_WIDTHS = (250, 84, 84, 76, 170, 60, 180, 180, 76, 60)


def put_changes(book: Workbook, previous: RollUp, current: RollUp) -> None:
    """Write the sheet: one row for each share, the total it belongs to beside it.

    Of too many shares the largest of every total stand there, and the rest of it in one row.
    """
    changed = shifts(previous, current)
    most = None if sum(len(shift.shares) for shift in changed) <= MOST_SHARES else MOST_SHARES // len(changed)
    rows: list[tuple[str | Number, ...]] = []
    for shift in changed:
        shown, rest = _shown(shift, most)
        lines: list[tuple[str | Number, ...]] = [
            (share.name, share.state, share.before, share.after, share.share) for share in shown
        ]
        if rest:
            lines.append((f"其余 {len(rest)} 家合计", "没有列出", "", "", sum(share.share for share in rest)))
        for at, line in enumerate(lines, 1):
            whole = (shift.label, shift.last, shift.now, shift.now - shift.last)
            rows.append((*whole, *line, "相符" if at == len(lines) else ""))
    sheet = book.sheet(CHANGES_SHEET)
    registers.columns(sheet, _WIDTHS)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, len(_TITLES) - 1), CHANGES_SHEET, styles.title)
    right, text = registers.number("money"), registers.text
    formats = (text, right, right, right, text, registers.centred, text, text, right, registers.centred)
    below = registers.table(
        sheet, 1, ListColumns(_TITLES, _WIDTHS, formats), rows or [("各项汇总数都没有变化", *[""] * 9)]
    )
    sheet.frozen = (2, 1)
    registers.finish(sheet, tab="#5B9BD5", last=(below - 1, len(_TITLES) - 1), page=Page(prints=False))


def _shown(shift: Shift, most: int | None) -> tuple[list[Share], list[Share]]:
    """Return the shares that are listed, in the order of the bodies, and the others."""
    if most is None or len(shift.shares) <= most:
        return list(shift.shares), []
    sizes: list[Number] = [max(share.share, -share.share) for share in shift.shares]
    order = sorted(range(len(sizes)), key=lambda at: (-sizes[at], at))
    listed = set(order[:most])
    parts: tuple[list[Share], list[Share]] = ([], [])
    for at, share in enumerate(shift.shares):
        parts[at not in listed].append(share)
    return parts
