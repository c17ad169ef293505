"""较上次汇总的变化: every changed total, attributed to the bodies and versions that changed it."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.answers import Number
from toolkit.errors import ToolkitError, WorkbookError
from toolkit.numbers import show
from toolkit.records import record
from toolkit.returns import Checked, RollUp
from toolkit.workbook.grids import Grids

CHANGES_SHEET = "较上次汇总的变化"
_TITLES = ("指标", "上次汇总", "本次汇总", "差额", "单位名称", "情形", "上次文件", "本次文件", "占差额", "核对")
_WIDTHS = (250, 84, 84, 76, 170, 60, 180, 180, 76, 60)


@record
class Share:
    """What one body did to a total; a file is "" in the roll-up that has none of the body."""

    code: str
    name: str
    state: str
    before: str
    after: str
    share: Number


@record
class Shift:
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
    keys = sorted({*olds, *news, *(each.code for rollup in (previous, current) for each in rollup.adjustments)})
    found = []
    for item in current.form.inputs:
        last, now = previous.figures[item], current.figures[item]
        shares = tuple(
            each
            for key in keys
            if (each := _share(item, key, olds.get(key), news.get(key), previous, current)).share != 0
        )
        if sum(each.share for each in shares) != now - last:
            raise WorkbookError(
                f"{item} 的变化 {show(now - last)} 与各单位相加 {show(sum(each.share for each in shares))} 不一致。",
                "请核对上次汇总表是否被改过；没有改过的，请把所用的文件和命令告诉开发者。",
            )
        if shares:
            parts = current.form.items[item]
            found.append(Shift(item, f"{parts.row}·{parts.column}", last, now, shares))
    return tuple(found)


def put_changes(grids: Grids, previous: RollUp, current: RollUp) -> None:
    """Write the sheet: one row for each share, the total it belongs to beside it."""
    rows: list[tuple[str, ...]] = [
        (
            *(shift.label, show(shift.last), show(shift.now), show(shift.now - shift.last)),
            *(each.name, each.state, each.before, each.after, show(each.share)),
            "相符" if each is shift.shares[-1] else "",
        )
        for shift in shifts(previous, current)
        for each in shift.shares
    ]
    sheet = grids.book.sheet(CHANGES_SHEET)
    grids.columns(sheet, _WIDTHS)
    sheet.row(0, 44, grids.plain)
    sheet.merge(0, 0, 0, len(_TITLES) - 1, CHANGES_SHEET, grids.styles.title)
    right, text = grids.right, grids.text
    formats = (text, right, right, right, text, grids.centred, text, text, right, grids.centred)
    below = grids.table(sheet, 1, _TITLES, rows or [("各项汇总数都没有变化", *[""] * 9)], _WIDTHS, formats)
    sheet.freeze(2, 1)
    grids.finish(sheet, tab="#5B9BD5", rows=(1, 1), last=(below - 1, len(_TITLES) - 1))


def _bodies(rollup: RollUp) -> Mapping[str, Checked]:
    return {_key(each): each for each in rollup.merged}


def _key(each: Checked) -> str:
    assert each.ret is not None
    return each.ret.identity.code or each.ret.identity.name or each.file


def _share(item: str, key: str, old: Checked | None, new: Checked | None, before: RollUp, after: RollUp) -> Share:
    side = old if new is None else new
    if old is not None and new is not None:
        state = "改数" if old.sha256 != new.sha256 else "调整"
    else:
        state = "新计入" if new is not None else "不再计入" if old is not None else "调整"
    name = key if side is None or side.ret is None else side.ret.identity.name or key
    value = _value(item, key, new, after) - _value(item, key, old, before)
    return Share(key, name, state, _version(old), _version(new), value)


def _value(item: str, key: str, side: Checked | None, rollup: RollUp) -> Number:
    """Return what a body gave to a total, the coordinator's adjustments included."""
    figure = None if side is None or side.ret is None else side.ret.figures[item]
    given: Number = 0 if figure is None else figure
    return given + sum(each.new - each.old for each in rollup.adjustments if (each.code, each.item) == (key, item))


def _version(side: Checked | None) -> str:
    if side is None or side.ret is None:
        return ""
    return side.file + (f"（第 {side.ret.identity.round} 轮）" if side.ret.identity.round else "")
