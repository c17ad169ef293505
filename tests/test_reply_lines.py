"""The lines of a reply follow what is done about them: state, sentence, colours, links, as LibreOffice computes them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.commands import worked
from tests.office import recalculated, requires_office
from tests.samples import BODIES, sound, workbook
from tests.soaking import soak
from toolkit.cells import a1
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS, COVER, REVIEW, REVIEW_LINK
from toolkit.returns.last_year import before as before_of
from toolkit.run import Job, run
from toolkit.workbook.reply import reply

FORM = load_form("2021")
LAYOUT = lay_out(FORM)
WHO = BODIES[0]
REASON = "其中 987 件为信访部门转来的投诉举报，不计入表三。"
SAID = "本年收到政府信息公开申请999件，均已按期答复。"
BAD, ODD, WRONG = "t2.licensing.decisions", "t3.r1.natural", "t4.review.upheld"


def place(code: str) -> tuple[str, str]:
    """Return the sheet and cell of an item."""
    return LAYOUT.cell(code)[0], LAYOUT.address(code)


def first() -> bytes:
    """Return a workbook with a text, a column that does not balance, a blank, and a chapter that says another number."""
    figures = sound(FORM, 81, 12, None)
    figures[ODD] = int(figures[ODD]) + 1
    del figures[WRONG]
    book = openpyxl.load_workbook(io.BytesIO(workbook(FORM, 2025, WHO, figures)))
    sheet, cell = place(BAD)
    book[sheet][cell] = "约60件吧"
    for (cell,) in book[LAYOUT.chapter("一").sheet].iter_rows(max_col=1):
        if "新收" in str(cell.value):
            cell.value = SAID
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def replied(path: Path, folder: Path) -> Path:
    """Return the reply to a file."""
    inbox = folder / "收"
    inbox.mkdir(parents=True)
    (inbox / "一.xlsx").write_bytes(path.read_bytes())
    worked("check", inbox, "--year", "2025", "-o", folder / "退")
    (reply,) = [one for one in (folder / "退").glob("*.xlsx") if "轮审核" in one.name]
    return reply


def edited(path: Path, **versions: dict[tuple[str, str], Any]) -> list[Path]:
    """Return versions of a workbook with cells typed over, recalculated and saved by LibreOffice."""
    targets = []
    for name, cells in versions.items():
        book = openpyxl.load_workbook(path)
        for (sheet, cell), value in cells.items():
            book[sheet][cell] = value
        targets.append(path.parent / f"{name}.xlsx")
        book.save(targets[-1])
    return recalculated(targets, path.parent / "anew")


class Shown:
    """What a workbook shows: its sentences and the lines of 审核意见."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path, data_only=True)
        sheet = self.book[REVIEW.name]
        titles = {str(cell.value): cell.column for cell in sheet[REVIEW.header_row + 1] if cell.value}
        self.lines = {}
        for row in range(REVIEW.first_row + 1, sheet.max_row + 1):
            if isinstance(sheet.cell(row, 1).value, int):
                values = {title: sheet.cell(row, column).value for title, column in titles.items()}
                self.lines[row] = values
        self.sentence = self.book[CHECKS.name]["A2"].value
        self.cover = next(
            str(cell.value)
            for row in self.book[COVER.name].iter_rows()
            for cell in row
            if "填报情况" in str(cell.value)
        )
        self.top = str(sheet["A2"].value)

    def states(self, code: str) -> list[str]:
        """Return the states of the lines of a code."""
        return [line["状态"] for line in self.lines.values() if line["代码"] == code]

    def row(self, code: str) -> int:
        """Return the row of the first line of a code."""
        return next(row for row, line in self.lines.items() if line["代码"] == code)

    def back(self, at: tuple[str, str]) -> str:
        """Return what the link in the row of a cell says of its lines."""
        row = self.book[at[0]][at[1]].row
        (link,) = [str(cell.value) for cell in self.book[at[0]][row] if str(cell.value).startswith(REVIEW_LINK)]
        return link.rpartition("：")[2]

    @property
    def sentences(self) -> set[str]:
        """Return what cover, 审核意见 and 校验 say: one sentence."""
        return {self.sentence, self.cover.partition("：")[2], self.top.partition("。")[0]}


def row_inserted(data: bytes) -> bytes:
    """Return a workbook with figures in a row of its own inside table 三, and a cover that lacks the telephone."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    table = LAYOUT.table("t3")
    sheet, row = book[table.sheet], table.top + 4
    labels = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=row, max_row=sheet.max_row)]
    for box in [box for box in sheet.merged_cells.ranges if box.max_row >= row]:
        sheet.unmerge_cells(str(box))
    for at, line in enumerate([["其他", None, None, 5], *labels], row):
        for column, value in enumerate(line, 1):
            sheet.cell(at, column).value = value
    row, column = COVER.cells["phone"]
    book[COVER.name].cell(row + 1, column + 1).value = None
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_every_marked_cell_leads_back_to_its_line(tmp_path: Path) -> None:
    """A line links to its cell, on the cover too, and in the cell's row a link leads back, beside last year's figures."""
    figures, before = sound(FORM, 81, 12, None), sound(FORM, 80, 12, None)
    for item in ("t3.r2.natural", "t2.normative.in_force"):
        figures[item] = int(figures[item]) + 30
    book = openpyxl.load_workbook(io.BytesIO(workbook(FORM, 2025, WHO, figures)))
    row, column = COVER.cells["phone"]
    book[COVER.name].cell(row + 1, column + 1).value = None
    book.save(tmp_path / "一.xlsx")
    (tmp_path / "上年").mkdir()
    (tmp_path / "上年" / "上.xlsx").write_bytes(workbook(FORM, 2024, WHO, before))
    done = run(Job((tmp_path / "一.xlsx",), year=2025, last_year=(tmp_path / "上年",)))
    (checked,) = done.checked
    assert checked.ret is not None
    data = reply(checked, before=before_of(done.last_year, checked.ret, None))
    assert data is not None
    (tmp_path / "退.xlsx").write_bytes(data)
    shown = Shown(tmp_path / "退.xlsx")
    assert {"X1", "X2", "I1", "TEXT_003"} <= {line["代码"] for line in shown.lines.values()}
    for row, line in shown.lines.items():
        assert line["状态"] == "未改"
        sheet, _, cell = str(shown.book[REVIEW.name].cell(row, 4).hyperlink.location).replace("'", "").partition("!")
        beside = [str(one.value) for one in shown.book[sheet][shown.book[sheet][cell].row]]
        assert any(text.startswith(REVIEW_LINK) for text in beside), line
        assert (sheet == COVER.name) == (line["代码"] == "TEXT_003")


def test_an_error_that_no_cell_shows_keeps_the_reply_back(tmp_path: Path) -> None:
    """Figures of a row that is gone are to be answered in 说明: the line is open to write in, and 可以报回 waits for it."""
    sent = tmp_path / "一.xlsx"
    sent.write_bytes(row_inserted(workbook(FORM, 2025, WHO, sound(FORM, 81, 12, None))))
    shown = Shown(replied(sent, tmp_path / "1"))
    row = shown.row("FORM_025")
    assert (shown.lines[row]["级别"], shown.lines[row]["状态"]) == ("●错误", "请核对")
    answer = shown.book[REVIEW.name].cell(row, REVIEW.column("explanation") + 1)
    assert not answer.protection.locked
    assert "在此之前不能报回" in shown.lines[row]["怎么改"]
    assert shown.sentence.startswith("第 1 轮退回：错误 ")


@soak
@requires_office
@pytest.mark.office
def test_it_is_answered_in_a_word(tmp_path: Path) -> None:
    """Everything else done, the sentence asks for the one line; a word beside it, and the reply can go back."""
    sent = tmp_path / "一.xlsx"
    sent.write_bytes(row_inserted(workbook(FORM, 2025, WHO, sound(FORM, 81, 12, None))))
    reply = replied(sent, tmp_path / "1")
    rows = [row for row, line in Shown(reply).lines.items() if line["状态"] == "请核对"]
    phone: dict[tuple[str, str], Any] = {(COVER.name, a1(*COVER.cells["phone"])): "0000-1"}
    last = {(REVIEW.name, f"I{row}"): "已处理" for row in rows}
    waiting, done = map(Shown, edited(reply, waiting=phone, done=phone | last))
    assert waiting.sentence.endswith("处请核对")
    assert done.sentence == "已全部处理，可以报回"


@soak
@requires_office
@pytest.mark.office
def test_three_rounds_as_a_clerk_does_them(tmp_path: Path) -> None:
    """Half is mended, half of the doubts explained: states and the one sentence follow, and the next reply goes on."""
    sent = tmp_path / "一.xlsx"
    sent.write_bytes(first())
    reply = replied(sent, tmp_path / "1")
    before = Shown(reply)
    assert before.book.active.title == REVIEW.name
    assert before.sentences == {"第 1 轮退回：错误 2、存疑 1、待填 1，还有 4 处未改"}
    assert {line["状态"] for line in before.lines.values() if line["级别"] != "提示"} == {"未改"}
    assert [line["级别"] for line in before.lines.values()][:4] == ["●错误", "●错误", "□待填", "▲存疑"]
    (balance,) = [line for line in before.lines.values() if line["代码"] == "I1"]
    assert str(balance["审核时的数"]).startswith("左边 ")
    assert all(word in str(balance["审核时的数"]) for word in ("右边 ", "差额 1", "可改 D7"))

    sheet, cell = place(ODD)
    right, why = int(before.book[sheet][cell].value) - 1, (REVIEW.name, f"I{before.row('N1')}")
    explained, half = edited(reply, explained={why: REASON}, half={place(ODD): right, why: REASON})
    shown = Shown(explained)
    assert shown.book.active.title == REVIEW.name
    assert (shown.states("N1"), shown.states("I1")) == (["已说明"], ["未改"])
    assert shown.sentences == {"第 1 轮退回：错误 2、存疑 1、待填 1，还有 3 处未改"}
    shown = Shown(half)
    states = [shown.states(code) for code in ("I1", "VALUE_010", "BLANK_001")]
    assert states == [["已改，待复核"], ["未改"], ["未改"]]
    assert shown.sentences == {"第 1 轮退回：错误 2、存疑 1、待填 1，还有 2 处未改"}
    assert {shown.back(place(code)) for code in (ODD, BAD)} == {"已处理", "未改"}

    second = replied(half, tmp_path / "2")
    again = Shown(second)
    assert again.sentences == {"第 2 轮退回：错误 1、存疑 0、待填 1，还有 2 处未改"}
    assert again.states("N1") == ["已说明"]
    mended = {place(BAD): 60, place(WRONG): 0}
    whole, broken = edited(second, whole=mended, broken=mended | {place(ODD): right + 5})
    done = Shown(whole)
    assert done.sentences == {"已全部处理，可以报回"}
    assert {*done.states("VALUE_010"), *done.states("BLANK_001")} == {"已改，待复核"}
    assert Shown(broken).sentence.startswith("退回的已全部处理，还有 ")
    third = Shown(replied(whole, tmp_path / "3"))
    assert third.sentence == "可以上报"
