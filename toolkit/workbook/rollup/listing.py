"""The lists of the roll-up: 台账 (each body and file in one state), 问题清单 (each finding), 来源 (each source).

A list too long for a workbook is cut, and says so with the whole number. Where the bodies' rows are in a Parquet file,
what is merged stands there; a long 台账 then lists what somebody has to act upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from toolkit.cells import Area
from toolkit.excel_out import Page, Workbook, cell_format
from toolkit.findings import Finding, Severity
from toolkit.forms.sheets import ALL_BODIES, LEDGER_SHEET, PROBLEM_SHEET
from toolkit.merging import folded_breaks, rollups_below
from toolkit.returns import BODY_STATES, FILE_STATES, Checked, RollUp
from toolkit.returns.file_states import LATE
from toolkit.workbook import registers, styles
from toolkit.workbook.problems import list_problems
from toolkit.workbook.registers import ListColumns, words
from toolkit.workbook.rollup.sums import Sums

SOURCE_SHEET = "来源"
SOURCE_TITLES = ("序号", "文件", "sha256", "统一社会信用代码", "单位名称", "轮次", "备注")
MOST_LISTED = 10_000
"""Rows of 问题清单, and of each part of 台账 beside a Parquet file: some 600 characters of text each stay within the
8,000,000 that our own reader takes of a workbook."""

_CENTRED, _TEXT, _SMALL = registers.centred, registers.text, registers.small

T = TypeVar("T")

_GOOD = frozenset(BODY_STATES[state] for state in ("passed", "waived", "mended")) | {FILE_STATES["merged"]}
_QUIET = frozenset(
    (FILE_STATES["duplicate"], FILE_STATES["superseded"], FILE_STATES["not_in_rollup"], BODY_STATES["not_expected"])
)


def put_ledger(book: Workbook, sums: Sums) -> None:
    """Write 台账: the bodies first, then the files."""
    rollup = sums.rollup
    sheet = book.sheet(LEDGER_SHEET)
    widths = (56, 170, 240, 110, 130, 220, 280, 280)
    registers.columns(sheet, widths)
    titles = ("序号", "统一社会信用代码", "单位名称", "层级", "状态", "填报情况", "文件", "计入汇总")
    inside = frozenset(file.file for file in rollup.merged)
    bodies, rest = _listed(sums, rollup.bodies, lambda body: not inside.isdisjoint(body.files), "家")
    lower = {one.code: one.extent.words for one in rollups_below(rollup)}
    rows = [
        (at, body.code, body.name, body.level, body.words,
         "；".join(filter(None, (body.status, lower.get(body.code, "")))),
         "\n".join(body.files), "是" if body.in_rollup else "否")
        for at, body in enumerate(bodies, 1)
    ]  # fmt: skip
    heading = cell_format(font_name="黑体", font_size=13, text_wrap=True)
    sheet.row(0, 36, styles.plain)
    known, due = len(rollup.bodies), rollup.expected
    called = f"一、应报单位（{known} 家）" if due == known else f"一、名录上的单位（{known} 家，应报 {due} 家）"
    called = "一、收到的单位" if due is None else called
    sheet.merge(Area(0, 0, 0, 7), called + rest, heading)
    formats = (_CENTRED, _TEXT, _TEXT, _CENTRED, _CENTRED, _TEXT, _SMALL, _CENTRED)
    below = registers.table(sheet, 1, ListColumns(titles, widths, formats), rows, special=_coloured(book, rows))
    sheet.row(below + 1, 36, styles.plain)
    files, rest = _listed(sums, rollup.files, lambda file: file.file in inside, "个")
    titles = ("序号", "统一社会信用代码", "单位名称", "sha256", "状态", "填报情况", "文件", "原因")
    rows = [
        (at, file.code, file.name, file.sha256[:12], file.words, file.status, file.file, file.reason)
        for at, file in enumerate(files, 1)
    ]
    sheet.merge(Area(below + 1, 0, below + 1, 7), f"二、收到的文件（{len(rollup.files)} 个）{rest}", heading)
    formats = (_CENTRED, _TEXT, _TEXT, _SMALL, _CENTRED, _TEXT, _SMALL, _SMALL)
    last = registers.table(sheet, below + 2, ListColumns(titles, widths, formats), rows, special=_coloured(book, rows))
    sheet.frozen = (0, 3)
    registers.finish(sheet, tab="#A5A5A5", last=(last - 1, 7))


def _listed(sums: Sums, whole: Sequence[T], inside: Callable[[T], bool], unit: str) -> tuple[Sequence[T], str]:
    """Return what a part of 台账 lists, and what its heading says about the others.

    Beside a Parquet file too long a part leaves out what is merged, which stands there, then whatever is too much.
    """
    if sums.elsewhere is None or len(whole) <= MOST_LISTED:
        return whole, ""
    others = [entry for entry in whole if not inside(entry)]
    rest = (
        f"：已计入汇总的 {len(whole) - len(others)} {unit}在 {words(sums.elsewhere.name)}，"
        f"这里列其余 {len(others)} {unit}"
    )
    more = len(others) - MOST_LISTED
    return others[:MOST_LISTED], rest if more <= 0 else f"{rest}的前 {MOST_LISTED} {unit}，另有 {more} {unit}没有列出"


def _coloured(book: Workbook, rows: list[Any]) -> Mapping[tuple[int, int], Any]:
    """Return the formats of the states: what waits for somebody is red."""
    formats = {}
    for at, row in enumerate(rows):
        if row[4].removesuffix(LATE) in _GOOD:
            formats[at, 4] = registers.good
        elif row[4].removesuffix(LATE) not in _QUIET:
            formats[at, 4] = registers.bad
    return formats


class Problems(Struct, frozen=True):
    """The findings that 问题清单 lists, and how many there are in all."""

    listed: tuple[Finding, ...]
    whole: int

    @property
    def cut(self) -> str:
        """Return in words what is not listed, "" when all are."""
        if self.whole == len(self.listed):
            return ""
        return (
            f"共 {self.whole} 条，这里只列最重的 {len(self.listed)} 条，另有 {self.whole - len(self.listed)} 条没有列出"
        )


def problems(rollup: RollUp) -> Problems:
    """Return the findings of all files and of the roll-up; of too many the gravest, in the order of the files."""
    kept: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    whole = 0
    for problem in _findings(rollup):
        whole += 1
        if len(kept[problem.severity]) < MOST_LISTED:
            kept[problem.severity].append(problem)
    gravest = [problem for severity in sorted(kept, key=lambda one: one.rank) for problem in kept[severity]]
    return Problems(tuple(gravest[:MOST_LISTED]), whole)


def _findings(rollup: RollUp) -> Iterator[Finding]:
    """Yield every finding once, in the same order in every run; a break of the chain in the lines of its bodies, if they have them."""
    own = dict.fromkeys(rollup.findings)
    folded, more = folded_breaks(rollup)
    yield from (one for one in own if one not in folded)
    for checked in rollup.checked:
        here = (problem.at(file=checked.file) if not problem.file else problem for problem in checked.findings)
        for one in (one for one in dict.fromkeys(here) if one not in own):
            words = more.get((checked.file, one.rule or "", tuple(one.items)))
            yield one if words is None else replace(one, message=f"{one.message}{words}")


def put_problems(book: Workbook, rollup: RollUp, listed: Problems) -> None:
    """Write 问题清单: every finding of every file and of the roll-up, or the gravest and how many more there are."""
    names = {file.file: file.name or file.code for file in rollup.files}
    list_problems(book, listed.listed, names)
    if listed.cut:
        sheet = book.sheets[PROBLEM_SHEET]
        row = 1 + len(listed.listed)
        sheet.row(row, 36, styles.plain)
        sheet.merge(Area(row, 0, row, 8), f"{listed.cut}：用 nianbao check --format json 可以得到全部。", registers.bad)


def put_sources(book: Workbook, sums: Sums) -> None:
    """Write 来源: the files whose figures are on 明细, with the digest by which each can be known again."""
    sheet = book.sheet(SOURCE_SHEET)
    widths = (50, 300, 430, 170, 240, 50, 260)
    registers.columns(sheet, widths)
    if sums.elsewhere is None:
        rows = [
            (at, file.file, file.sha256, *_who(file), remark(sums.rollup, file))
            for at, file in enumerate(sums.rollup.merged, 1)
        ]
    else:
        note = "来源文件每家一行，连同 sha256、轮次、备注，都在这个 Parquet 文件里。"
        rows = [(1, sums.elsewhere.name, sums.elsewhere.sha256, ALL_BODIES, sums.pointer, 0, note)]
    formats = (_CENTRED, _TEXT, _SMALL, _TEXT, _TEXT, _CENTRED, _TEXT)
    last = registers.table(sheet, 0, ListColumns(SOURCE_TITLES, widths, formats), rows)
    sheet.frozen = (1, 0)
    page = Page(prints=False)
    registers.finish(sheet, tab="#A5A5A5", last=(max(last - 1, 1), len(widths) - 1), page=page)


def _who(file: Checked) -> tuple[str, str, int]:
    identity = None if file.ret is None else file.ret.identity
    return ("", "", 0) if identity is None else (identity.code or "", identity.name or "", identity.round)


def remark(rollup: RollUp, file: Checked) -> str:
    """Return what is to be known about a source: that it counts in spite of its errors, or as one of two."""
    code = _who(file)[0]
    notes = [f"有错误仍计入：{rollup.included[code]}"] if code in rollup.included else []
    notes += [one.extent.words for one in rollups_below(rollup) if one.file == file.file]
    notes += ["两份不一致，取这一份"] if file.file in rollup.preferred else []
    notes += [f"导入件，未经单位确认：{one.imported}" for one in rollup.files if one.imported and one.file == file.file]
    return "；".join(notes)
