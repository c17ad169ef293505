"""较上次汇总的变化: every changed total, attributed to the bodies and versions that changed it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.errors import ToolkitError, WorkbookError
from toolkit.excel_out import Workbook
from toolkit.returns import Checked, RollUp
from toolkit.returns.numbers import show
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import ListColumns

CHANGES_SHEET = "较上次汇总的变化"
MOST_SHARES = 20_000
"""Rows of the sheet: as many as somebody may look through, 1,000,000 characters of text."""
_TITLES = ("指标", "上次汇总", "本次汇总", "差额", "单位名称", "情形", "上次文件", "本次文件", "占差额", "核对")
_WIDTHS = (250, 84, 84, 76, 170, 60, 180, 180, 76, 60)


class Share(Struct, frozen=True):
    """What one body did to a total; a file is "" in the roll-up that has none of the body."""

    code: str
    name: str
    state: str
    before: str
    after: str
    share: Number


class Shift(Struct, frozen=True):
    """One changed total; the shares add up to ``now`` minus ``last``."""

    item: str
    label: str
    last: Number
    now: Number
    shares: tuple[Share, ...]


def shifts(previous: RollUp, current: RollUp) -> tuple[Shift, ...]:
    """Return every changed input total with its shares, in the order of the form.

    Another form or year raises ToolkitError; shares that do not add up to the difference raise WorkbookError.
    """
    if (previous.form.id, previous.year) != (current.form.id, current.year):
        raise ToolkitError(
            f"上次汇总是 {previous.year} 年度的，本次是 {current.year} 年度的，不能对照。",
            "请用 --previous 指定同一年度的上次汇总表。",
            english="The previous roll-up is of another year or form.",
        )
    olds, news = _bodies(previous), _bodies(current)
    keys = sorted(
        {*olds, *news, *(adjustment.code for rollup in (previous, current) for adjustment in rollup.adjustments)}
    )
    inputs = current.form.inputs
    shares: dict[str, list[Share]] = {item: [] for item in inputs}
    for key in keys:
        old, new = olds.get(key), news.get(key)
        before, after = _amounts(key, old, previous), _amounts(key, new, current)
        for item, last, now in zip(inputs, before, after, strict=True):
            if now != last:
                shares[item].append(_share(key, old, new, now - last))
    changed = []
    for item in inputs:
        last, now = previous.figures[item], current.figures[item]
        if sum(share.share for share in shares[item]) != now - last:
            raise WorkbookError(
                f"{item} 的变化 {show(now - last)} 与各单位相加 {show(sum(share.share for share in shares[item]))} 不一致。",
                "请核对上次汇总表是否被改过；没有改过的，请把所用的文件和命令告诉开发者。",
            )
        if shares[item]:
            parts = current.form.items[item]
            changed.append(Shift(item, f"{parts.row}·{parts.column}", last, now, tuple(shares[item])))
    return tuple(changed)


def put_changes(book: Workbook, previous: RollUp, current: RollUp) -> None:
    """Write the sheet: one row for each share, the total it belongs to beside it.

    Of too many shares the largest of every total stand there, and the rest of it in one row.
    """
    changed = shifts(previous, current)
    most = None if sum(len(shift.shares) for shift in changed) <= MOST_SHARES else MOST_SHARES // len(changed)
    rows: list[tuple[str, ...]] = []
    for shift in changed:
        shown, rest = _shown(shift, most)
        lines = [(share.name, share.state, share.before, share.after, show(share.share)) for share in shown]
        if rest:
            lines.append((f"其余 {len(rest)} 家合计", "没有列出", "", "", show(sum(share.share for share in rest))))
        for at, line in enumerate(lines, 1):
            whole = (shift.label, show(shift.last), show(shift.now), show(shift.now - shift.last))
            rows.append((*whole, *line, "相符" if at == len(lines) else ""))
    sheet = book.sheet(CHANGES_SHEET)
    registers.columns(sheet, _WIDTHS)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, len(_TITLES) - 1), CHANGES_SHEET, styles.title)
    right, text = registers.right, registers.text
    formats = (text, right, right, right, text, registers.centred, text, text, right, registers.centred)
    below = registers.table(
        sheet, 1, ListColumns(_TITLES, _WIDTHS, formats), rows or [("各项汇总数都没有变化", *[""] * 9)]
    )
    sheet.frozen = (2, 1)
    registers.finish(sheet, tab="#5B9BD5", rows=(1, 1), last=(below - 1, len(_TITLES) - 1))


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


def _bodies(rollup: RollUp) -> Mapping[str, Checked]:
    return {_key(file): file for file in rollup.merged}


def _key(file: Checked) -> str:
    assert file.ret is not None
    return file.ret.identity.code or file.ret.identity.name or file.file


def _share(key: str, old: Checked | None, new: Checked | None, value: Number) -> Share:
    side = old if new is None else new
    if old is not None and new is not None:
        state = "改数" if old.sha256 != new.sha256 else "调整"
    else:
        state = "新计入" if new is not None else "不再计入" if old is not None else "调整"
    name = key if side is None or side.ret is None else side.ret.identity.name or key
    return Share(key, name, state, _version(old), _version(new), value)


def _amounts(key: str, side: Checked | None, rollup: RollUp) -> list[Number]:
    """Return what a body gave to every total, the coordinator's adjustments included."""
    inputs = rollup.form.inputs
    amounts = [0] * len(inputs) if side is None or side.ret is None else side.ret.amounts
    total: list[Number] = [0 if amount is None else amount for amount in amounts]
    for adjustment in rollup.adjustments:
        if adjustment.code == key:
            at = inputs.index(adjustment.item)
            total[at] = total[at] + adjustment.new - adjustment.old
    return total


def _version(side: Checked | None) -> str:
    if side is None or side.ret is None:
        return ""
    return side.file + (f"（第 {side.ret.identity.round} 轮）" if side.ret.identity.round else "")
