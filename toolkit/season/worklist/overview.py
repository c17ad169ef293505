"""台账.xlsx, the coordinator's worklist: every body and file in its state, and the cells in which decisions are typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct

from toolkit import merging
from toolkit.answers import Number
from toolkit.cells import Area, Column, ListSheet
from toolkit.excel_out import Format, Workbook, Worksheet, line_height, render, wrapped_lines
from toolkit.findings import CATALOGUE, Finding
from toolkit.mail import PostState
from toolkit.merging.versions import beijing
from toolkit.returns import BodyState, FileState, RollUp
from toolkit.season.ledger import ASK, IMPORTED, Ledger, assigned, in_force
from toolkit.season.matters import WAYS, Matter
from toolkit.season.worklist.columns import (
    ASSIGNED,
    BODIES,
    CENTRED,
    DECISIONS,
    FILES,
    HANDED,
    HINTS,
    HISTORY,
    ODDITIES,
    POSTS,
    SMALL,
    TITLES,
    version_text,
)  # fmt: skip
from toolkit.season.worklist.instructions import WrongEntry
from toolkit.workbook import registers, styles
from toolkit.workbook.problems import list_problems
from toolkit.workbook.registers import ListColumns, words

_HOW = "黄色格可填：填好保存并关闭，再来一轮（nianbao season，或双击 收表）就会读入、记账并保留。"
_GOOD = frozenset(("passed", "mended", "waived", "merged"))
_QUIET = frozenset(("not_expected", "duplicate", "superseded", "not_in_rollup"))


class Worklist(Struct, frozen=True):
    """What the worklist shows besides the ledger's rows: this run's roll-up and findings, refused texts, matters by body."""

    rollup: RollUp
    deadline: str
    refused: Mapping[tuple[str, str], WrongEntry]
    findings: Sequence[Finding]
    matters: Mapping[str, Matter]

    @property
    def title(self) -> str:
        """Return the name of the year's work."""
        return f"{self.rollup.year} 年度政府信息公开年报台账"


def worklist_bytes(ledger: Ledger, worklist: Worklist) -> bytes:
    """Return the workbook; the same ledger and the same run give the same bytes."""
    book = Workbook(datetime(2000, 1, 1), title=f"{worklist.rollup.region}{worklist.title}", structure_locked=False)
    _bodies(book, ledger, worklist)
    called = {body.code: body.name for body in worklist.rollup.bodies if body.name}
    special = _state_looks(FILES, worklist.rollup.files)
    write_list(book, FILES, _file_rows(ledger, worklist.rollup.files, called), special)
    names = {file.file: file.name or file.code for file in worklist.rollup.files}
    of_files = (problem.at(file=file.file) for file in worklist.rollup.checked for problem in file.findings)
    list_problems(book, {*worklist.findings, *of_files}, names)
    write_list(book, POSTS, _post_rows(ledger, called))
    write_list(book, HISTORY, _history_rows(ledger, called))
    oddities = _oddity_rows(ledger, called)
    if oddities:
        write_list(book, ODDITIES, oddities)
    return render(book)


def write_list(
    book: Workbook,
    layout: ListSheet,
    rows: Sequence[Sequence[str | Number]],
    special: Mapping[tuple[int, int], Format] | None = None,
    tab: str = "#A5A5A5",
) -> None:
    """Write a sheet that is one list, for reading and filtering; ``special`` gives the format of single cells."""
    sheet = book.sheet(layout.name)
    end, last = max(_write_table(sheet, layout, rows, special), 1), len(layout.columns) - 1
    sheet.filter = Area(0, 0, end, last)
    sheet.frozen = (1, 0)
    registers.finish(sheet, tab=tab, rows=(0, 0), last=(end, last), autofilter=True)


def _write_table(
    sheet: Worksheet,
    layout: ListSheet,
    rows: Sequence[Sequence[str | Number]],
    special: Mapping[tuple[int, int], Format] | None = None,
) -> int:
    """Write the columns, titles and rows of a list; returns the number of its last row."""
    registers.columns(sheet, [column.width for column in layout.titled])
    for at, column in enumerate(layout.columns):
        if column.hidden:
            sheet.column(at, at, column.width, styles.plain, hidden=True)
    titles = [column.title for column in layout.columns]
    # What is hidden makes no row taller, small type a little less so.
    widths = [10**6 if column.hidden else column.width * (5 + (column.code in SMALL)) // 5 for column in layout.columns]
    described = ListColumns(titles, widths, [_look(column) for column in layout.columns])
    return registers.table(sheet, layout.header_row, described, rows, special=special or {}) - 1


def _look(column: Column) -> Format:
    if column.owner:
        return registers.typed
    small = column.hidden or column.code in SMALL
    return registers.small if small else registers.centred if column.code in CENTRED else registers.text


def _state_looks(layout: ListSheet, states: Sequence[BodyState | FileState]) -> dict[tuple[int, int], Format]:
    """Return the formats of the cells that hold a state which is good, or asks for something."""
    column = layout.column("state")
    return {
        (row, column): registers.good if state.state in _GOOD else registers.bad
        for row, state in enumerate(states)
        if state.state not in _QUIET
    }


def _bodies(book: Workbook, ledger: Ledger, worklist: Worklist) -> None:
    sheet = book.sheet(BODIES.name)
    facts, decided = _Facts(ledger, worklist), in_force(ledger)
    for code, kind in [place for place in decided if place[1] == "handed"]:
        if decided[code, "letter"] != facts.letter(code):  # another letter is on the table now
            del decided[code, kind]
    rows: list[tuple[str | Number, ...]] = [
        (
            number,
            *facts.of(body),
            *(_typed(worklist.refused, decided, body.code, kind) for kind in TITLES),
            *(decided.get((body.code, kind), "") for kind in TITLES),
            facts.letter(body.code),
        )
        for number, body in enumerate(worklist.rollup.bodies, 1)
    ]
    width, first = sum(column.width for column in BODIES.titled), BODIES.column(DECISIONS[0].code)
    head, last = BODIES.header_row, BODIES.last
    end = head + max(1, len(rows))
    sheet.row(0, 40, styles.plain)
    sheet.merge(Area(0, 0, 0, last), f"{words(worklist.rollup.region)} {worklist.title}", styles.title)
    deadline = f"报送截止 {worklist.deadline}。" if worklist.deadline else ""
    counts = "；".join(what for what, _ in merging.covered(worklist.rollup))
    note = f"{_HOW}\n{deadline}{words(counts)}。"
    # The rows above the table are frozen: they leave room for it, and who is silent can be filtered in it.
    sheet.row(1, 10 + line_height(9.5) * min(wrapped_lines(note, width, 9.5), 6), styles.plain)
    sheet.merge(Area(1, 0, 1, last), note, styles.note)
    sheet.row(2, 30, styles.plain)
    sheet.merge(Area(2, 0, 2, first - 1), "收到的情况（自动）", registers.head)
    sheet.merge(Area(2, first, 2, last), "经办人的决定（填写）", registers.head)
    special = _state_looks(BODIES, worklist.rollup.bodies)
    at = {body.code: row for row, body in enumerate(worklist.rollup.bodies)}
    for code, kind in worklist.refused:
        if code in at:
            special |= {
                (at[code], BODIES.column(kind)): registers.wrong,
                (at[code], BODIES.column("matter")): registers.bad,
            }
    _write_table(sheet, BODIES, rows, special)
    made = {row["code"] for row in ledger.rows("reply", kind=IMPORTED)}
    bodies = worklist.rollup.bodies
    _hints(sheet, head + 1, end, [facts.numbers(body.code) for body in bodies], [body.code in made for body in bodies])
    # What was there must move with its row when rows are sorted.
    sheet.filter = Area(head, 0, end, len(BODIES.columns) - 1)
    sheet.frozen = (head + 1, 3)
    registers.finish(sheet, tab="#1F4E79", rows=(head, head), last=(end, last), autofilter=True)
    sheet.cursor, sheet.zoom = (head + 1, first), 90
    book.opens_on = sheet.name


def _typed(
    refused: Mapping[tuple[str, str], WrongEntry], decided: Mapping[tuple[str, str], str], code: str, kind: str
) -> str:
    """Return what stands in a cell to decide in: a text that was refused, else the decision in force."""
    value = decided.get((code, kind), "")
    if (code, kind) in refused:
        return refused[code, kind].text
    return version_text(value) if kind == "adopt" and value.isdigit() else value


def _hints(sheet: Worksheet, first: int, end: int, versions: Sequence[Sequence[int]], imports: Sequence[bool]) -> None:
    """Put the hints beside the cells to decide in, and the list of its versions beside each body that has some."""
    for kind, (title, message) in HINTS.items():
        at, hint = BODIES.column(kind), {"input_title": title, "input_message": message}
        if kind == "adopt":
            for row, numbers in enumerate(versions, first):
                if numbers or imports[row - first]:
                    choices = {
                        "validate": "list", "source": [*map(version_text, numbers), *[ASK] * (len(numbers) > 1),
                                                       *[IMPORTED] * imports[row - first]], **hint,
                        "error_title": "没有这一份", "error_message": "请从列表中选。",
                    }  # fmt: skip
                    sheet.validate(Area(row, at, row, at), choices)
        elif kind == "handed":
            sheet.validate(Area(first, at, end, at), {"validate": "list", "source": list(HANDED), **hint})
        else:
            sheet.validate(Area(first, at, end, at), {"validate": "any", **hint})


class _Facts:
    """What the ledger knows about each body, in words."""

    def __init__(self, ledger: Ledger, worklist: Worklist) -> None:
        self.versions = _by_code(ledger, "version")
        self.names = {row["sha256"]: row["name"] for row in ledger.rows("arrival")}
        self.sentences = {file.sha256: file.status for file in worklist.rollup.files}
        files = sorted(worklist.rollup.files, key=lambda file: file.state != "duplicate")
        self.words = {file.sha256: file.words for file in files}
        self.states = {file.sha256: file.state for file in files}  # of equal ones the one that is no duplicate
        self.messages = {code: list({row["key"]: row for row in rows}.values())
                         for code, rows in _by_code(ledger, "message").items()}  # fmt: skip
        self.matters, self.refused = worklist.matters, worklist.refused

    def letter(self, code: str) -> str:
        """Return the key of the letter to a body."""
        return self.matters[code].key if code in self.matters else ""

    def numbers(self, code: str) -> list[int]:
        """Return the numbers of the newest versions of a body that can be chosen."""
        return [row["number"] for row in self.versions.get(code, [])[-20:]]

    def of(self, body: BodyState) -> tuple[str, ...]:
        """Return the texts of a body's row after its number."""
        versions = self.versions.get(body.code, [])
        counted = next((row for row in reversed(versions) if self.states.get(row["sha256"]) == "merged"), None)
        shown = counted or (versions[-1] if versions else None)
        status = "" if shown is None else self.sentences.get(shown["sha256"], "")
        files = "\n".join(self._version(row) for row in versions[-5:]) or "\n".join(body.files[:3])
        matter = self.matters.get(body.code)
        contact, about = ("", "") if matter is None else (f"{matter.contact}\n{matter.phone}".strip(), matter.about)
        if matter is not None and matter.kind in ("wrong_year", "confirm"):
            status = about
        if matter is not None and not files and matter.file:
            files = f"（{self.words[matter.sha256]}）{matter.file.rpartition('/')[2]}"
        return (
            body.code, body.name, body.words, files, status or about, contact, self._posted(body.code),
            self._next(body.code),
        )  # fmt: skip

    def _next(self, code: str) -> str:
        """Return what comes next for a body: what is wrong on its row, else its matter and how that goes on."""
        wrong = dict.fromkeys(entry.why for (body, _), entry in self.refused.items() if body == code)
        matter = self.matters.get(code)
        return "\n".join(wrong) or ("" if matter is None else f"{WAYS[matter.way]}：{matter.words}")

    def _version(self, row: Any) -> str:
        state = self.states.get(row["sha256"])
        word = "文件已不在收件夹" if state is None else self.words[row["sha256"]]
        return f"{version_text(row['number'])}（{word}）{self.names.get(row['sha256'], '')}"

    def _posted(self, code: str) -> str:
        """Return the last letters that went, or were to go, to a body."""
        rows = self.messages.get(code, [])[-3:]
        return "\n".join(f"{row['key'].split('/')[1]} {row['at'][:10]} {_mailed(row)}" for row in rows)


def _by_code(ledger: Ledger, table: str) -> dict[str, list[Any]]:
    rows = sorted(ledger.rows(table), key=itemgetter("code"))
    return {code: list(group) for code, group in groupby(rows, itemgetter("code"))}


def _mailed(message: Any) -> str:
    """Return what became of a message; one that was being sent when its run ended may be gone."""
    state = PostState(message["state"])
    if state is PostState.HANDED:
        return str(message["detail"])
    return f"邮件{(PostState.UNKNOWN if state is PostState.SENDING else state).zh}"


def _file_rows(ledger: Ledger, files: Sequence[FileState], called: Mapping[str, str]) -> list[tuple[str | Number, ...]]:
    arrivals = {row["sha256"]: row for row in ledger.rows("arrival")}
    numbers = {row["sha256"]: row["number"] for row in ledger.rows("version")}
    known = assigned(ledger)
    rows: list[tuple[str | Number, ...]] = []
    for at, file in enumerate(files, 1):
        came = arrivals.get(file.sha256)
        sender, when, name = ("", "", "") if came is None else (came["sender"], came["sent_at"], came["name"])
        rows.append(
            (at, file.file, "" if name == file.file else name, file.name or file.code or "（单位不明）",
             numbers.get(file.sha256, ""), file.words, file.reason, file.status,
             _beijing(when), sender, file.sha256[:12], *[called.get(known.get(file.sha256, ""), "")] * 2)
        )  # fmt: skip
    return rows


def _beijing(moment: str) -> str:
    """Return a moment that the ledger holds in UTC as the clocks here show it."""
    return beijing(datetime.fromisoformat(moment).timestamp()) if moment else ""


def _noted(row: Any) -> str:
    """Return when a row was added, by the clock of the machine that added it."""
    return str(row["at"][:19].replace("T", " "))


def _post_rows(ledger: Ledger, called: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return what was written and what became of each letter; a letter goes by the file that was written for it."""
    rows = [(row, *row["file"].partition("|")) for row in ledger.rows("reply")]
    files = {(row["code"], row["kind"], row["sha256"][:16]): name for row, name, _, _ in rows}
    replies = [
        (_noted(row), called.get(row["code"], row["code"]), f"写好{row['kind']}" if name else row["kind"], name,
         f"第 {row['round']} 轮" if row["round"] else read)
        for row, name, _, read in rows if name or read
    ]  # fmt: skip
    messages = [
        (_noted(row), called.get(row["code"], row["code"]), f"{row['key'].split('/')[1]} {_mailed(row)}",
         files.get(tuple(row["key"].split("/")), row["key"]), row["detail"])
        for row in ledger.newest("message", "key").values()  # what became of it, not what it was meanwhile
    ]  # fmt: skip
    return sorted(replies + messages)


def _history_rows(ledger: Ledger, called: Mapping[str, str]) -> list[tuple[str, ...]]:
    return [
        (
            _noted(row),
            called.get(row["code"], row["code"]),
            TITLES.get(row["kind"], ASSIGNED),
            called.get(row["value"], row["value"]) or "（取消）",
            row["reason"],
            row["who"],
        )
        for row in ledger.rows("decision")
    ]


def _oddity_rows(ledger: Ledger, called: Mapping[str, str]) -> list[tuple[str, ...]]:
    known = assigned(ledger)
    return [
        (
            _beijing(row["sent_at"]),
            row["sender"],
            row["name"] or row["source"],
            f"{CATALOGUE[row['code']].title}（{row['code']}）",
            row["about"],
            *[called.get(known.get(row["sender"].lower(), ""), "")] * 2,
        )
        for row in ledger.rows("oddity")
    ]
