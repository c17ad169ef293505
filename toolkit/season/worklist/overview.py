"""台账.xlsx, the coordinator's worklist: every body and file in its state, and the cells in which decisions are typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec import Struct, field

from toolkit.excel_out import Sheet, Workbook, line_height, wrapped_lines
from toolkit.findings import Finding
from toolkit.returns import BODY_STATES, FILE_STATES, BodyState, Checked, FileState
from toolkit.season.ledger.decisions import ALL, KINDS, in_force
from toolkit.season.ledger.store import Ledger
from toolkit.workbook.grids import Grids, words
from toolkit.workbook.problems import list_problems

WORKLIST_FILE = "台账.xlsx"
BODY_SHEET, FILE_SHEET, POST_SHEET, HISTORY_SHEET, ODD_SHEET = "单位", "文件", "往来", "决定记录", "其他来件"
CODE_TITLE = "统一社会信用代码"
WAS = "原"
"""Before the title of a hidden column: what the cell held when the worklist was written."""
_HOW = "黄色格可填：填好保存并关闭，再运行 nianbao ledger（或 check、merge）就会读入、记账并保留。"
_HEAD = 3
_TITLES = ("序号", CODE_TITLE, "单位名称", "层级", "状态", "来过的表", "错误", "存疑", "往来")
_WIDTHS = (44, 158, 210, 84, 76, 330, 48, 48, 190)
_TYPED = {"adopt": 84, "waive": 110, "why": 220, "remind": 92, "remark": 180}
_BEIJING = timezone(timedelta(hours=8))
_GOOD = frozenset(("passed", "mended", "waived", "merged"))
_QUIET = frozenset(("not_expected", "duplicate", "superseded", "not_in_rollup"))


class Worklist(Struct, frozen=True):
    """What the worklist shows besides the ledger's rows: this run's states and findings, and texts that were refused."""

    region: str
    year: int
    deadline: str
    bodies: Sequence[BodyState]
    files: Sequence[FileState]
    checked: Sequence[Checked]
    coverage: str
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


def worklist_bytes(ledger: Ledger, worklist: Worklist) -> bytes:
    """Return the workbook; the same ledger and the same run give the same bytes."""
    book = Workbook(
        datetime(2000, 1, 1), title=f"{worklist.region}{worklist.year} 年度政府信息公开年报台账", structure_locked=False
    )
    grids = Grids(book)
    _bodies(grids, ledger, worklist)
    _files(grids, ledger, worklist)
    names = {each.file: each.name or each.code for each in worklist.files}
    list_problems(
        grids,
        {*worklist.findings, *(one.at(file=each.file) for each in worklist.checked for one in each.findings)},
        names,
    )
    _posts(grids, ledger)
    _history(grids, ledger)
    if ledger.rows("oddity"):
        _oddities(grids, ledger)
    return book.bytes()


def _bodies(grids: Grids, ledger: Ledger, worklist: Worklist) -> None:
    sheet = grids.book.sheet(BODY_SHEET)
    widths = (*_WIDTHS, *_TYPED.values())
    grids.columns(sheet, widths)
    last = len(widths) - 1
    first = len(_WIDTHS)
    hidden = last + 1
    sheet.column(hidden, hidden + len(KINDS) - 1, 60, grids.plain, hidden=True)
    sheet.row(0, 40, grids.plain)
    sheet.merge(0, 0, 0, last, f"{words(worklist.region)} {worklist.year} 年度政府信息公开年报台账", grids.styles.title)
    deadline = f"报送截止 {worklist.deadline}。" if worklist.deadline else ""
    note = f"{_HOW}\n{deadline}{words(worklist.coverage)}"
    # The rows above the table are frozen: they leave room for it, and who is silent can be filtered in it.
    sheet.row(1, 10 + line_height(9.5) * min(wrapped_lines(note, sum(widths), 9.5), 6), grids.plain)
    sheet.merge(1, 0, 1, last, note, grids.styles.note)
    sheet.row(2, 30, grids.plain)
    sheet.merge(2, 0, 2, first - 1, "收到的情况（自动）", grids.head)
    sheet.merge(2, first, 2, last, "经办人的决定（填写）", grids.head)
    sheet.row(_HEAD, 30, grids.plain)
    for at, title in enumerate((*_TITLES, *KINDS.values(), *(f"{WAS}{title}" for title in KINDS.values()))):
        sheet.text(_HEAD, at, title, grids.head)
    facts, decided = _Facts(ledger, worklist), in_force(ledger)
    for number, body in enumerate(worklist.bodies, 1):
        _body(sheet, grids, _HEAD + number, (str(number), *facts.of(body)), body, decided, worklist.refused)
    end = _HEAD + max(1, len(worklist.bodies))
    _validate(sheet, first, end, facts, worklist.bodies)
    sheet.filter(_HEAD, 0, end, hidden + len(KINDS) - 1)  # what was there must move with its row when rows are sorted
    sheet.freeze(_HEAD + 1, 3)
    grids.finish(sheet, tab="#1F4E79", rows=(_HEAD, _HEAD), last=(end, last), autofilter=True)
    sheet.select(_HEAD + 1, first)
    sheet.activate()


def _body(
    sheet: Sheet,
    grids: Grids,
    row: int,
    texts: Sequence[str],
    body: BodyState,
    decided: Mapping[tuple[str, str], str],
    refused: Mapping[tuple[str, str], str],
) -> None:
    """Write one body: what is known, the cells to decide in, and beside them what they held when written."""
    formats = (grids.centred, grids.small, grids.text, grids.centred, grids.centred, grids.text, grids.centred,
               grids.centred, grids.small)  # fmt: skip
    cells = [words(text) for text in texts]
    typed = [words(refused.get((body.code, kind), _shown(kind, decided.get((body.code, kind), "")))) for kind in KINDS]
    widths = (*_WIDTHS, *_TYPED.values())
    lines = max(wrapped_lines(text, widths[at] - 18, 9.5) for at, text in enumerate((*cells, *typed)))
    sheet.row(row, 10 + line_height(9.5) * min(max(lines, 1), 12), grids.plain)
    for at, text in enumerate(cells):
        special = grids.good if body.state in _GOOD else grids.bad if body.state not in _QUIET else None
        sheet.text(row, at, text, special if at == 4 and special is not None else formats[at])
    for at, (kind, text) in enumerate(zip(KINDS, typed, strict=True), len(_WIDTHS)):
        sheet.text(row, at, text, grids.typed)
        sheet.text(row, at + len(KINDS), words(decided.get((body.code, kind), "")), grids.small)


def _shown(kind: str, value: str) -> str:
    return f"第{value}份" if kind == "adopt" and value else value


class _Facts:
    """What the ledger knows about each body, in words."""

    def __init__(self, ledger: Ledger, worklist: Worklist) -> None:
        self.versions: dict[str, list[Any]] = {}
        for row in ledger.rows("version"):
            self.versions.setdefault(row["code"], []).append(row)
        self.paths = {row["sha256"]: row["name"] for row in ledger.rows("arrival")}
        self.judged = ledger.newest("judgement", "sha256")
        self.states = {each.sha256: each.state for each in worklist.files if each.state != "duplicate"}
        self.replies: dict[str, list[Any]] = {}
        for row in ledger.rows("reply"):
            self.replies.setdefault(row["code"], []).append(row)
        self.messages = {row["code"]: row for row in ledger.rows("message")}

    def of(self, body: BodyState) -> tuple[str, ...]:
        """Return the texts of a body's row after its number."""
        versions = self.versions.get(body.code, [])
        counted = next((row for row in reversed(versions) if self.states.get(row["sha256"]) == "merged"), None)
        shown = counted or (versions[-1] if versions else None)
        judged = None if shown is None else self.judged.get(shown["sha256"])
        came = "\n".join(self._version(row) for row in versions[-5:])
        files = came or "\n".join(body.files[:3])
        errors, warnings = ("", "") if judged is None else (str(judged["errors"]), str(judged["warnings"]))
        return (
            body.code,
            body.name,
            body.level,
            BODY_STATES[body.state],
            files,
            errors,
            warnings,
            self._posted(body.code),
        )

    def _version(self, row: Any) -> str:
        state = self.states.get(row["sha256"])
        word = FILE_STATES[state] if state is not None else "文件已不在收件夹"
        return f"第{row['number']}份（{word}）{self.paths.get(row['sha256'], '')}"

    def _posted(self, code: str) -> str:
        lines = [f"{row['kind']} {row['at'][:10]}" for row in self.replies.get(code, [])[-3:]]
        message = self.messages.get(code)
        return "\n".join(
            [*lines, *([f"邮件{_SENT.get(message['state'], message['state'])}"] if message is not None else [])]
        )


_SENT = {"planned": "待发", "sending": "不明", "sent": "已发", "refused": "被拒收", "unknown": "不明"}


def _validate(sheet: Sheet, first: int, end: int, facts: _Facts, bodies: Sequence[BodyState]) -> None:
    for number, body in enumerate(bodies, 1):
        choices = [f"第{row['number']}份" for row in facts.versions.get(body.code, [])[-20:]]
        if choices:
            sheet.validation(
                _HEAD + number, first, _HEAD + number, first,
                {"validate": "list", "source": choices, "input_title": "采用哪一份",
                 "input_message": "几份不一致，或已通过的又来了一份时，在此选定。清空即取消。",
                 "error_title": "没有这一份", "error_message": "请从列表中选。"},
            )  # fmt: skip
    prompts = {
        1: ("豁免规则", f"错误经核实可以接受的，写规则或代码，如 I1 X2；全部接受写“{ALL}”。必须同时写理由。"),
        2: ("理由", "谁、什么时候、凭什么同意。会写进汇总表。"),
        3: ("催报日期", "已经催过的，写日期，如 2026-01-20。"),
    }
    for at, (title, message) in prompts.items():
        sheet.validation(
            _HEAD + 1, first + at, end, first + at,
            {"validate": "any", "input_title": title, "input_message": message},
        )  # fmt: skip


def _files(grids: Grids, ledger: Ledger, worklist: Worklist) -> None:
    sheet = grids.book.sheet(FILE_SHEET)
    widths = (44, 250, 220, 200, 60, 150, 250, 130, 190, 110)
    titles = ("序号", "文件", "原名", "单位", "第几份", "状态", "原因", "收到时间", "发件人", "sha256")
    grids.columns(sheet, widths)
    arrivals = {row["sha256"]: row for row in ledger.rows("arrival")}
    numbers = {row["sha256"]: row["number"] for row in ledger.rows("version")}
    rows = []
    for at, each in enumerate(worklist.files, 1):
        came = arrivals.get(each.sha256)
        sender, when, name = ("", "", "") if came is None else (came["sender"], came["sent_at"], came["name"])
        rows.append(
            (str(at), each.file, "" if name == each.file else name, each.name or each.code or "（单位不明）", str(numbers.get(each.sha256, "")),
             FILE_STATES[each.state], each.reason, _beijing(when), sender, each.sha256[:12])
        )  # fmt: skip
    special = {
        (at, 5): grids.good if each.state in _GOOD else grids.bad
        for at, each in enumerate(worklist.files)
        if each.state not in _QUIET
    }
    formats = (grids.centred, grids.text, grids.text, grids.text, grids.centred, grids.centred, grids.text,
               grids.small, grids.small, grids.small)  # fmt: skip
    last = grids.table(sheet, 0, titles, rows, widths, formats, special=special)
    _end(grids, sheet, last, len(widths))


def _beijing(moment: str) -> str:
    """Return a moment that the ledger holds in UTC as the clocks here show it, the same on every machine."""
    return "" if moment == "" else f"{datetime.fromisoformat(moment).astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def _posts(grids: Grids, ledger: Ledger) -> None:
    sheet = grids.book.sheet(POST_SHEET)
    widths = (150, 170, 90, 330, 330)
    grids.columns(sheet, widths)
    rows = [
        (row["at"][:19].replace("T", " "), row["code"], row["kind"], row["file"], f"第 {row['round']} 轮")
        for row in ledger.rows("reply")
    ]
    rows += [
        (row["at"][:19].replace("T", " "), row["code"], f"邮件{_SENT.get(row['state'], row['state'])}", row["key"],
         row["detail"])
        for row in ledger.rows("message")
    ]  # fmt: skip
    formats = (grids.small, grids.small, grids.centred, grids.small, grids.text)
    last = grids.table(sheet, 0, ("时间", CODE_TITLE, "事项", "文件或邮件", "说明"), sorted(rows), widths, formats)
    _end(grids, sheet, last, len(widths))


def _history(grids: Grids, ledger: Ledger) -> None:
    sheet = grids.book.sheet(HISTORY_SHEET)
    widths = (150, 170, 110, 200, 300, 160)
    grids.columns(sheet, widths)
    rows = [
        (row["at"][:19].replace("T", " "), row["code"], KINDS.get(row["kind"], row["kind"]), row["value"] or "（取消）",
         row["reason"], row["who"])
        for row in ledger.rows("decision")
    ]  # fmt: skip
    titles = ("时间", CODE_TITLE, "决定", "内容", "理由", "谁")
    last = grids.table(
        sheet, 0, titles, rows, widths, (grids.small, grids.small, grids.centred, grids.text, grids.text, grids.small)
    )
    _end(grids, sheet, last, len(widths))


def _oddities(grids: Grids, ledger: Ledger) -> None:
    sheet = grids.book.sheet(ODD_SHEET)
    widths = (150, 220, 250, 330, 330)
    grids.columns(sheet, widths)
    rows = [
        (_beijing(row["sent_at"]), row["sender"], row["name"] or row["source"], row["code"], row["about"])
        for row in ledger.rows("oddity")
    ]
    titles = ("时间", "发件人", "来件", "代码", "怎么办")
    last = grids.table(
        sheet, 0, titles, rows, widths, (grids.small, grids.small, grids.text, grids.centred, grids.text)
    )
    _end(grids, sheet, last, len(widths))


def _end(grids: Grids, sheet: Sheet, below: int, width: int) -> None:
    last = max(below - 1, 1)
    sheet.filter(0, 0, last, width - 1)
    sheet.freeze(1, 0)
    grids.finish(sheet, tab="#A5A5A5", rows=(0, 0), last=(last, width - 1), autofilter=True)
