"""Explanations are records: no sequence of edits and replies loses the last accepted text, and one place shows it."""

from __future__ import annotations

import copy
import io
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.samples import BODIES, code_of, sound, workbook
from tests.soaking import soak
from toolkit import reading
from toolkit.answers import Filled, Number
from toolkit.checking import check
from toolkit.findings import Finding
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS, REVIEW
from toolkit.outputs.contract import return_json
from toolkit.returns import Checked, Identity, Return
from toolkit.returns.last_year import Before
from toolkit.workbook.reply import by_body, remembering, reply

FORM = load_form("2021")
BEFORE = {**sound(FORM, 7, 12, None), "t2.licensing.decisions": 900, "t2.penalty.decisions": 800}
LAST = Return(FORM, Identity("2021", 2024, code_of("01")), {code: Filled(value) for code, value in BEFORE.items()})
NOW: Mapping[str, Number] = {
    **sound(FORM, 8, 12, LAST), "t2.licensing.decisions": 90, "t2.penalty.decisions": 80, "t2.normative.issued": 5,
    "t2.normative.repealed": 0, "t2.normative.in_force": 5,
}  # fmt: skip
JUMPS = {"t2.licensing.decisions": "X5", "t2.penalty.decisions": "X5", "t2.normative.issued": "I7"}
"""The doubts of the return by their first item; I7 is on 校验 too."""
A, B, C = "许可事项划转至行政审批局", "综合执法大队统一处罚", "以前年度文件已全部废止"
VACUOUS = "经办人核实无误"


class Clerk:
    """One return on its way back and forth: the workbook as it lies before the clerk, and its last check."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files, self.rounds = folder, list[Checked](), list[bytes]()
        self.data = workbook(FORM, 2025, BODIES[0], NOW)
        self.opened: tuple[bytes, Any] = (b"", None)
        self.sent()

    def sent(self) -> Checked:
        """Send the workbook: it is read and checked."""
        path = self.folder / "报.xlsx"
        path.write_bytes(self.data)
        file = reading.read(path, name="报.xlsx")
        assert file.ret is not None
        self.now = replace(
            Checked.of(file), findings=check(file.ret, last=LAST, level="县级部门"), modified=len(self.files)
        )
        self.files.append(self.now)
        return self.now

    def returned(self) -> None:
        """Take the reply to what was sent last for the workbook."""
        self.rounds.append(self.data)
        data = reply(remembering(self.now, by_body(self.files)[code_of("01")]), before=Before(LAST))
        assert data is not None
        self.data = data

    @property
    def book(self) -> openpyxl.Workbook:
        """Return the workbook as it lies there, opened once."""
        if self.opened[0] is not self.data:
            self.opened = (self.data, openpyxl.load_workbook(io.BytesIO(self.data)))
        return self.opened[1]

    def typed(self, cells: Mapping[tuple[str, str], object]) -> None:
        """Type into cells, as another program saves them."""
        book = self.book
        for (sheet, cell), value in cells.items():
            book[sheet][cell] = value
        target = io.BytesIO()
        book.save(target)
        self.data = target.getvalue()
        self.opened = (self.data, book)

    def line(self, item: str) -> tuple[str, str]:
        """Return the cell of 审核意见 for the explanation of the doubt about an item."""
        sheet = self.book[REVIEW.name]
        at = REVIEW.column("items") + 1
        row = next(
            row
            for row in range(1, 200)
            if item in str(sheet.cell(row, at).value or "").split() and sheet.cell(row, at - 1).value == JUMPS[item]
        )
        return REVIEW.name, REVIEW.a1(row - 1, "explanation")

    def figure(self, item: str, value: Number) -> None:
        """Type a figure."""
        sheet, row, column = lay_out(FORM).cell(item)
        self.typed({(sheet, f"{chr(65 + column)}{row + 1}"): value})

    def explains(self, item: str, text: str | None) -> None:
        """Write a text beside the doubt about an item."""
        self.typed({self.line(item): text})

    def about(self, item: str) -> Finding | None:
        """Return the doubt about an item."""
        return next((one for one in self.now.findings if one.code == JUMPS[item] and item in one.items), None)

    def visible(self) -> str:
        """Return all that the sheets show."""
        book, hidden = self.book, (REVIEW.name, REVIEW.column("carried") + 1)
        return "\n".join(
            str(cell.value)
            for name in (REVIEW.name, CHECKS.name)
            for row in book[name].iter_rows()
            for cell in row
            if cell.value is not None and (name, cell.column) != hidden
        )

    def states(self) -> list[tuple[str, str]]:
        """Return the text and the state of every explanation, as ``read`` tells them."""
        assert self.now.ret is not None
        listed = return_json(self.now, self.now.ret)["explanations"]
        assert all(one["accepted"] == (one["state"] == "accepted") for one in listed)
        return [(one["text"], one["state"]) for one in listed]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Clerk:
    """Return a clerk whose return has come back once."""
    clerk = Clerk(tmp_path_factory.mktemp("begun"))
    assert all(clerk.about(item) is not None for item in JUMPS)
    clerk.returned()
    return clerk


@pytest.fixture
def clerk(begun: Clerk, tmp_path: Path) -> Clerk:
    """Return such a clerk of a test's own."""
    clerk = copy.copy(begun)
    clerk.folder, clerk.files, clerk.rounds = tmp_path, [*begun.files], [*begun.rounds]
    clerk.opened = (b"", None)
    return clerk


@soak
def test_every_line_keeps_its_own(clerk: Clerk) -> None:
    """Two doubts of one rule and one that is on 校验 are explained each by its own text, round after round."""
    texts = dict(zip(JUMPS, (A, B, C), strict=True))
    for item, text in texts.items():
        clerk.explains(item, text)
    for _ in range(2):
        clerk.sent()
        assert {item: one.explained for item in JUMPS if (one := clerk.about(item))} == texts
        clerk.returned()
        assert all(clerk.visible().count(text) == 1 for text in texts.values())
    sheet = clerk.book[CHECKS.name]
    lines = [line for line in lay_out(FORM).checks.lines if line.rule.id == "I7"]
    (row,) = [line.row for line in lines if "t2.normative.issued" in line.check.items]
    mirror = sheet.cell(row + 1, CHECKS.column("explanation") + 1)
    at = int(clerk.line("t2.normative.issued")[1][1:]) - 1
    source, carried, state = (REVIEW.reference(at, code) for code in ("explanation", "carried", "state"))
    # What was carried stands for the figures that were reviewed alone.
    lapsed = f'OR({source}="",AND({state}="已改，待复核",EXACT({source},{carried})))'
    assert (mirror.value, mirror.protection.locked) == (f'=IF({lapsed},"",{source})', True)


def test_an_assurance_never_replaces_a_reason(clerk: Clerk) -> None:
    """The reason stays in force and in its cell; the assurance is quoted, and not again in the round after."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.sent()
    clerk.returned()
    clerk.explains(item, VACUOUS)
    clerk.sent()
    assert clerk.states() == [(VACUOUS, "refused"), (A, "accepted")]
    (fault,) = [one for one in clerk.now.findings if one.code == "EXPLAIN_001"]
    assert (one := clerk.about(item)) and one.explained == A
    assert A in fault.message
    clerk.returned()
    clerk.sent()
    assert clerk.states() == [(A, "accepted")]


def test_what_lapsed_is_shown_and_confirmed(clerk: Clerk) -> None:
    """With another figure the text stands beside its cell as lapsed; 仍适用 puts it in force for the figure of now."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.sent()
    clerk.returned()
    clerk.figure(item, 60)
    clerk.sent()
    assert clerk.states() == [(A, "lapsed")]
    clerk.returned()
    sheet, cell = clerk.line(item)
    assert clerk.book[sheet][cell].value is None
    assert f"【原说明，已失效：{A}】" in clerk.visible()
    lapsed = clerk.data
    for word in ("仍适用", " 仍适用。", "原说明仍适用", "“仍然适用”"):
        clerk.data = lapsed
        clerk.explains(item, word)
        clerk.sent()
        assert clerk.states() == [(A, "accepted")]
    clerk.returned()
    clerk.figure(item, 90)
    clerk.sent()
    assert clerk.states() == [(A, "lapsed")]
    clerk.data = lapsed
    clerk.figure(item, 90)
    clerk.sent()
    assert clerk.states() == [(A, "accepted")]


def test_a_lapsed_text_is_never_put_back_over_a_newer_one(clerk: Clerk) -> None:
    """The figure of the first text comes back after a second one: the second is shown as lapsed, the first is past."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.sent()
    clerk.returned()
    clerk.figure(item, 60)
    clerk.explains(item, B)
    clerk.sent()
    assert clerk.states() == [(B, "accepted")]
    clerk.returned()
    clerk.figure(item, 90)
    clerk.sent()
    assert clerk.states() == [(B, "lapsed")]
    clerk.returned()
    assert B in clerk.visible()
    assert A not in clerk.visible()


def test_a_cleared_text_is_shown_to_be_confirmed(clerk: Clerk) -> None:
    """What was cleared explains nothing and stands beside its cell."""
    item = "t2.normative.issued"
    clerk.explains(item, C)
    clerk.sent()
    clerk.returned()
    clerk.explains(item, None)
    clerk.sent()
    assert clerk.states() == []
    assert (one := clerk.about(item)) and one.weighs
    clerk.returned()
    clerk.sent()
    assert (one := clerk.about(item)) and one.weighs
    clerk.explains(item, "仍适用")
    clerk.sent()
    assert clerk.states() == [(C, "accepted")]


@soak
def test_a_rule_alone_explains_those_that_have_none(clerk: Clerk) -> None:
    """A free line X5 explains the doubts of X5 without a text; in the reply each has it, and 仍适用 works there too."""
    first, second = "t2.licensing.decisions", "t2.penalty.decisions"
    clerk.explains(first, A)
    free = lay_out(FORM).checks.free[0] + 1
    clerk.typed({(CHECKS.name, f"A{free}"): "x5", (CHECKS.name, f"I{free}"): B})
    clerk.sent()
    assert [one.explained for item in (first, second) if (one := clerk.about(item))] == [A, B]
    clerk.returned()
    assert (clerk.visible().count(A), clerk.visible().count(B)) == (1, 1)
    clerk.figure(first, 60)
    clerk.figure(second, 50)
    clerk.sent()
    clerk.returned()
    clerk.typed({(CHECKS.name, f"A{free}"): "X5", (CHECKS.name, f"I{free}"): "仍适用"})
    clerk.sent()
    assert [one.explained for item in (first, second) if (one := clerk.about(item))] == [A, B]


def test_a_doubt_that_is_gone_keeps_its_text(clerk: Clerk) -> None:
    """A mended figure leaves the text below the list; with the figure it comes back into force."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.figure(item, 900)
    clerk.sent()
    clerk.returned()
    assert clerk.about(item) is None
    assert A in clerk.visible()
    clerk.figure(item, 60)
    clerk.sent()
    clerk.returned()
    assert f"【原说明，已失效：{A}】" in clerk.visible()


def test_an_old_round_is_answered_with_what_was_written_since(clerk: Clerk) -> None:
    """The first file once more: its reply shows, to be confirmed, what the body wrote in a later round."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.sent()
    clerk.data = clerk.rounds[0]
    clerk.sent()
    assert (one := clerk.about(item)) and one.weighs
    clerk.returned()
    assert f"【原说明，已失效：{A}】" in clerk.visible()
    clerk.explains(item, "仍适用")
    clerk.sent()
    assert clerk.states() == [(A, "accepted")]


def test_a_reply_of_an_earlier_toolkit_is_read_as_it_was(clerk: Clerk) -> None:
    """Without the state of what it carries, a text that stands is the carried one, also where its figure changed."""
    item = "t2.licensing.decisions"
    clerk.explains(item, A)
    clerk.sent()
    clerk.returned()
    book = clerk.book
    (row,) = [cells[0].row for cells in book["_meta"].iter_rows() if cells[3].value == A]
    clerk.typed({("_meta", f"E{row}"): None})
    clerk.figure(item, 60)
    clerk.sent()
    assert clerk.states() == [(A, "lapsed")]


@soak
@pytest.mark.parametrize("seed", range(12))
def test_no_sequence_of_edits_loses_the_last_accepted_text(clerk: Clerk, seed: int) -> None:
    """Texts edited, cleared, copied, confirmed, figures changed and back, rounds sent again: it is there, in force or lapsed."""
    chance = random.Random(seed)
    last: dict[str, str] = {}
    for step in range(8):
        item = chance.choice([*JUMPS])
        move = chance.choice(("reason", "reason", "vacuous", "clear", "figure", "back", "copy", "still", "old"))
        doubtful = [other for other in JUMPS if clerk.about(other) is not None]
        if move == "figure":
            clerk.figure(item, int(NOW[item]) + chance.choice((-2, 1, 700)))
        elif move == "back":
            clerk.figure(item, NOW[item])
        elif move == "old":
            clerk.data = chance.choice(clerk.rounds)
        elif item in doubtful:
            text = {
                "reason": f"第{step}次改革，划转{step + 1}件",
                "vacuous": VACUOUS,
                "still": "仍适用",
                "clear": None,
            }.get(move)
            if move == "copy":
                other = chance.choice(doubtful)
                text = clerk.book[REVIEW.name][clerk.line(other)[1]].value
            clerk.explains(item, text)
        clerk.sent()
        for code in JUMPS:
            one = clerk.about(code)
            if one is not None and one.explained:
                last[code] = one.explained
        clerk.returned()
        shown = clerk.visible()
        assert all(text in shown for text in last.values()), (move, item, last)
