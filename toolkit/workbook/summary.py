"""审核汇总.xlsx: the coordinator's overview of one check – every file with its verdict, and every finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import Area
from toolkit.excel_out import Workbook, render
from toolkit.findings import Finding, Severity
from toolkit.returns import Checked
from toolkit.returns.file_states import VERDICTS
from toolkit.returns.revisions import Change, Revision
from toolkit.roster.tokens import trust_words
from toolkit.workbook import registers, styles
from toolkit.workbook.problems import list_problems
from toolkit.workbook.registers import ListColumns

SHEET = "总览"
TITLES = (
    "序号", "文件", "单位名称", "统一社会信用代码", "结论", "年度", "填报情况", "错误", "待填", "存疑", "已说明", "提示", "退回件",
)  # fmt: skip
_WIDTHS = (50, 250, 220, 170, 76, 60, 200, 56, 56, 56, 64, 56, 330)
REVISIONS = "修改对照"
_REVISION_TITLES = ("单位名称", "原文件", "新文件", "类别", "表", "单元格", "指标或问题", "原填", "现填", "差额")
_REVISION_WIDTHS = (170, 180, 180, 70, 130, 70, 330, 120, 120, 90)
PACKAGE = "表外内容"
_PACKAGE_TITLES = ("单位名称", "文件", "工作表", "单元格", "是什么", "怎样处理", "作者", "内容")
_PACKAGE_WIDTHS = (170, 180, 130, 70, 100, 150, 90, 460)
_ORDER = {"unreadable": 0, "fail": 1, "pass": 2}


def write_summary(
    checked: Sequence[Checked],
    replies: Mapping[str, str],
    revisions: Sequence[Revision] = (),
    notes: Sequence[Finding] = (),
) -> bytes:
    """Return the summary workbook: files in trouble first, then by name; ``replies`` names each file's reply.

    The sheet 修改对照 is written when ``revisions`` are given; ``notes`` are findings about last year's files.
    """
    book = Workbook(datetime(2000, 1, 1), title="审核汇总", structure_locked=False)
    sheet = book.sheet(SHEET)
    registers.columns(sheet, _WIDTHS)
    ordered = sorted(checked, key=lambda file: (_ORDER[file.verdict], file.file))
    verdicts = [file.verdict for file in ordered]
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, len(TITLES) - 1), "审核汇总", styles.title)
    sheet.row(1, 28, styles.plain)
    counts = "，".join(f"{words} {verdicts.count(key)}" for key, words in VERDICTS.items())
    trusted = trust_words(file.trust for file in ordered if file.ret is not None)
    sheet.merge(
        Area(1, 0, 1, len(TITLES) - 1),
        f"共 {len(ordered)} 个文件：{counts}。{trusted}逐条问题见“问题清单”。",
        styles.subtitle,
    )
    rows = [_row(at, file, replies) for at, file in enumerate(ordered, 1)]
    colours = {(at, 4): registers.good if file.verdict == "pass" else registers.bad for at, file in enumerate(ordered)}
    centred, text = registers.centred, registers.text
    formats = (centred, text, text, text, centred, centred, text, *[centred] * 5, registers.small)
    below = registers.table(sheet, 2, ListColumns(TITLES, _WIDTHS, formats), rows, special=colours)
    sheet.frozen = (3, 2)
    sheet.filter = Area(2, 0, max(below - 1, 3), len(TITLES) - 1)
    registers.finish(sheet, tab="#5B9BD5", rows=(2, 2), last=(max(below - 1, 3), len(TITLES) - 1), autofilter=True)
    names = {file.file: _name(file) for file in checked}
    list_problems(book, {*notes, *(one.at(file=file.file) for file in checked for one in file.findings)}, names)
    _list_packages(book, ordered)
    if revisions:
        _list_revisions(book, revisions)
    return render(book)


def _name(file: Checked) -> str:
    return "" if file.ret is None else file.ret.identity.name or file.ret.identity.code or ""


def _row(at: int, file: Checked, replies: Mapping[str, str]) -> tuple[str | Number, ...]:
    explained = [one for one in file.findings if one.severity is Severity.WARNING and one.explained is not None]
    status = file.status
    identity = None if file.ret is None else file.ret.identity
    year = "" if identity is None or identity.year is None else identity.year
    return (
        at, file.file, _name(file) or "（单位不明）", "" if identity is None else identity.code or "", VERDICTS[file.verdict], year,
        status.sentence, status.errors, status.missing, status.doubts, len(explained),
        sum(one.severity is Severity.INFO for one in file.findings),
        replies.get(file.file, "（没有可退回的年报，请见问题清单）"),
    )  # fmt: skip


def _list_packages(book: Workbook, files: Sequence[Checked]) -> None:
    """Write 表外内容: what the files hold beside the form and what became of it; no sheet where there is nothing."""
    rows = [
        (_name(file) or "（单位不明）", file.file, entry.place.sheet, entry.place.cell, entry.kind_words, entry.state_words,
         entry.author, entry.text)
        for file in files if file.ret is not None for entry in file.ret.package
    ]  # fmt: skip
    if rows:
        _list(book, PACKAGE, ListColumns(_PACKAGE_TITLES, _PACKAGE_WIDTHS), rows)


def _list_revisions(book: Workbook, revisions: Sequence[Revision]) -> None:
    """Write 修改对照: of each body and version the changed items, then the findings mended and new."""
    rows = [row for revision in revisions for row in _revised(revision)]
    text, centred = registers.text, registers.centred
    formats = (text, text, text, centred, text, centred, text, *[registers.right] * 3)
    _list(book, REVISIONS, ListColumns(_REVISION_TITLES, _REVISION_WIDTHS, formats), rows)


def _list(book: Workbook, name: str, described: ListColumns, rows: Sequence[Sequence[str | Number]]) -> None:
    """Write a sheet with its name as title and a list below it."""
    sheet = book.sheet(name)
    registers.columns(sheet, described.widths)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, len(described.titles) - 1), name, styles.title)
    below = registers.table(sheet, 1, described, rows)
    last = (max(below - 1, 2), len(described.titles) - 1)
    sheet.frozen = (2, 1)
    sheet.filter = Area(1, 0, *last)
    registers.finish(sheet, tab="#5B9BD5", rows=(1, 1), last=last, autofilter=True)


def _revised(revision: Revision) -> list[tuple[str | Number, ...]]:
    whose = (_name(revision.new) or "（单位不明）", revision.old.file, revision.new.file)
    rows: list[tuple[str | Number, ...]] = [(*whose, *_changed(change)) for change in revision.changes]
    for word, findings in (("已改正", revision.mended), ("新出现", revision.new_findings)):
        rows += [(*whose, word, *_problem(finding)) for finding in findings]
    return rows or [(*whose, "无改动", "", "", "", "", "", "")]


def _changed(change: Change) -> tuple[str | Number, ...]:
    before, after = change.before, change.after
    gap: str | Number = after.value - before.value if isinstance(before, Filled) and isinstance(after, Filled) else ""
    return (
        "改数" if not change.code.startswith("text.") else "改文字", change.sheet or "", change.cell or "",
        f"{change.row}·{change.column}", _side(before), _side(after), gap,
    )  # fmt: skip


def _problem(finding: Finding) -> tuple[str, ...]:
    return (finding.sheet or "", finding.cell or "", finding.message, "", "", "")


def _side(answer: Answer | None) -> str | Number:
    """Return a side, a figure as it is, all else in words; a blank, a figure and a text that is none are told apart."""
    if answer is None:
        return "（无此项）"
    if isinstance(answer, Filled):
        return answer.value
    if isinstance(answer, Unreadable):
        return answer.raw if len(answer.raw) <= 60 else answer.raw[:59] + "…"
    assert isinstance(answer, Blank)
    return "空白"
