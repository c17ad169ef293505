"""The lists of the roll-up: 台账 (each body and file in one state), 问题清单 (each finding), 来源 (each source)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.layout import LEDGER_SHEET
from toolkit.returns import BODY_STATES, FILE_STATES, RollUp
from toolkit.workbook.grids import Grids
from toolkit.workbook.problems import list_problems

SOURCE_SHEET = "来源"
SOURCE_TITLES = ("序号", "文件", "sha256", "统一社会信用代码", "单位名称", "轮次", "备注")

_GOOD = frozenset(BODY_STATES[each] for each in ("passed", "waived", "mended")) | {FILE_STATES["merged"]}
_QUIET = frozenset(
    (FILE_STATES["duplicate"], FILE_STATES["superseded"], FILE_STATES["not_in_rollup"], BODY_STATES["not_expected"])
)


def put_ledger(grids: Grids, rollup: RollUp) -> None:
    """Write 台账: the bodies first, then the files."""
    sheet = grids.book.sheet(LEDGER_SHEET)
    widths = (56, 170, 240, 110, 130, 280, 280)
    grids.columns(sheet, widths)
    titles = ("序号", "统一社会信用代码", "单位名称", "层级", "状态", "文件", "计入汇总")
    rows = [
        (str(at), each.code, each.name, each.level, BODY_STATES[each.state], "\n".join(each.files),
         "是" if each.in_rollup else "否")
        for at, each in enumerate(rollup.bodies, 1)
    ]  # fmt: skip
    heading = grids.book.format(font_name="黑体", font_size=13)
    sheet.row(0, 36, grids.plain)
    sheet.merge(
        0, 0, 0, 6, f"一、应报单位（{len(rows)} 家）" if rollup.expected is not None else "一、收到的单位", heading
    )
    formats = (grids.centred, grids.text, grids.text, grids.centred, grids.centred, grids.small, grids.centred)
    below = grids.table(sheet, 1, titles, rows, widths, formats, special=_coloured(grids, rows))
    sheet.row(below + 1, 36, grids.plain)
    sheet.merge(below + 1, 0, below + 1, 6, f"二、收到的文件（{len(rollup.files)} 个）", heading)
    titles = ("序号", "统一社会信用代码", "单位名称", "sha256", "状态", "文件", "原因")
    rows = [
        (str(at), each.code, each.name, each.sha256[:12], FILE_STATES[each.state], each.file, each.reason)
        for at, each in enumerate(rollup.files, 1)
    ]
    formats = (grids.centred, grids.text, grids.text, grids.small, grids.centred, grids.small, grids.small)
    last = grids.table(sheet, below + 2, titles, rows, widths, formats, special=_coloured(grids, rows))
    sheet.freeze(0, 3)
    grids.finish(sheet, tab="#A5A5A5", last=(last - 1, 6))


def _coloured(grids: Grids, rows: list[Any]) -> Mapping[tuple[int, int], Any]:
    """Return the formats of the states: what waits for somebody is red."""
    found = {}
    for at, row in enumerate(rows):
        if row[4] in _GOOD:
            found[at, 4] = grids.good
        elif row[4] not in _QUIET:
            found[at, 4] = grids.bad
    return found


def put_problems(grids: Grids, rollup: RollUp) -> None:
    """Write 问题清单: every finding of every file and of the roll-up."""
    names = {each.file: each.name or each.code for each in rollup.files}
    found = [
        each.at(file=checked.file) if not each.file else each for checked in rollup.checked for each in checked.findings
    ]
    list_problems(grids, {*found, *rollup.findings}, names)


def put_sources(grids: Grids, rollup: RollUp) -> None:
    """Write 来源: the files whose figures are on 明细, with the digest by which each can be known again."""
    sheet = grids.book.sheet(SOURCE_SHEET)
    widths = (50, 300, 430, 170, 240, 50, 260)
    grids.columns(sheet, widths)
    rows = []
    for at, each in enumerate(rollup.merged, 1):
        identity = None if each.ret is None else each.ret.identity
        code, name = ("", "") if identity is None else (identity.code or "", identity.name or "")
        notes = [f"有错误仍计入：{rollup.included[code]}"] if code in rollup.included else []
        notes += ["两份中取较新的一份"] if each.file in rollup.preferred else []
        rows.append(
            (str(at), each.file, each.sha256, code, name, str(identity.round if identity else 0), "；".join(notes))
        )
    formats = (grids.centred, grids.text, grids.small, grids.text, grids.text, grids.centred, grids.text)
    last = grids.table(sheet, 0, SOURCE_TITLES, rows, widths, formats)
    sheet.freeze(1, 0)
    grids.finish(sheet, tab="#A5A5A5", rows=(0, 0), last=(max(last - 1, 1), len(widths) - 1))
