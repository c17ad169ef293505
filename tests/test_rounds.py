"""Three rounds with a body: what is explained stays so, what is mended vanishes, the rest stays; decisions survive."""

from __future__ import annotations

import os
import shutil
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from tests.books import numbers_as_text
from tests.commands import answer, run, worked
from tests.samples import BODIES, code_of, roster_of, sound, workbook
from tests.soaking import soak
from toolkit.forms import load_form
from toolkit.season.ledger import Ledger

FORM = load_form("2021")
WHO = BODIES[0]
CODE = code_of(WHO[0])
REASON = "当年一次性清理历史案件，已由局长办公会确认。"


def first_return() -> bytes:
    """Return a workbook with one error, and two blanks that are warnings of two tables."""
    figures = sound(FORM, 81, 12, None)
    figures["t3.r1.natural"] = int(figures["t3.r1.natural"]) + 1
    for item in ("t2.penalty.decisions", "t4.review.upheld"):
        del figures[item]
    return workbook(FORM, 2025, WHO, figures)


def told(folder: Path, file: str) -> dict[str, object]:
    """Return the findings that weigh, by code and items, with their explanation."""
    (one,) = [each for each in answer("check", folder, "--year", "2025")["files"] if str(each["file"]).endswith(file)]
    found: dict[str, object] = {}
    for each in one["findings"]:  # type: ignore[attr-defined]
        if each["severity"] != "info":
            found[f"{each['code']} {' '.join(each['items'][:2])}"] = each["explained"]
    return found


def edit(path: Path, target: Path, cells: dict[str, object], reasons: dict[str, str]) -> None:
    """Fill a reply: items by code, reasons on 审核意见 by the code of a finding and a word of its message."""
    book = openpyxl.load_workbook(path)
    for item, value in cells.items():
        sheet, cell = next(book.defined_names["NB_" + item.replace(".", "_")].destinations)
        book[sheet][cell] = value
    review = book["审核意见"]
    for row in review.iter_rows():
        line = " ".join(str(each.value) for each in row if each.value is not None)
        for word, reason in reasons.items():
            if word in line and ("存疑" in line or "待填" in line):
                review.cell(row[0].row, 9).value = reason
    book.save(target)


@soak
@pytest.mark.parametrize("season", [False, True])
def test_three_rounds(season: bool, tmp_path: Path) -> None:
    """Explained stays explained while its figures stay, lapses when they change; mended is gone, unexplained stays."""
    roster = tmp_path / "名录.xlsx"
    roster.write_bytes(roster_of(2))
    root = tmp_path / "季"
    inbox = root / "收件"
    if season:
        made = run("init", root, "--year", "2025", "--roster", roster)
        assert made.code == 0, made.err
    else:
        inbox.mkdir(parents=True)
    (inbox / "一.xlsx").write_bytes(first_return())
    first = told(inbox, "一.xlsx")
    error = next(key for key in first if key.startswith("I1"))
    blanks = [key for key in first if key.startswith("BLANK_001")]
    assert len(blanks) == 2
    assert set(first.values()) == {None}

    worked("check", inbox, "--year", "2025", "-o", tmp_path / "退1")
    (reply,) = (tmp_path / "退1").glob(f"{CODE}*.xlsx")
    book = openpyxl.load_workbook(reply)
    sheet, cell = next(book.defined_names["NB_t3_r1_natural"].destinations)
    right = book[sheet][cell].value - 1
    edit(reply, inbox / "二.xlsx", {"t3.r1.natural": right}, {"主动公开": REASON})
    second = told(inbox, "二.xlsx")
    assert error not in second
    explained = [key for key in blanks if second.get(key) == REASON]
    assert len(explained) == 1
    (left,) = set(blanks) - set(explained)
    assert second[left] is None

    if season:
        desk = openpyxl.load_workbook(root / "台账.xlsx")
        titles = {str(each.value): each.column for each in desk["单位"][4]}
        for row in desk["单位"].iter_rows(min_row=5):
            if row[titles["统一社会信用代码"] - 1].value == CODE:
                row[titles["备注"] - 1].value = "已电话沟通"
        desk.save(root / "台账.xlsx")

    worked("check", inbox, "--year", "2025", "-o", tmp_path / "退2")
    assert "修改对照" in openpyxl.load_workbook(tmp_path / "退2" / "审核汇总.xlsx").sheetnames
    assert numbers_as_text(tmp_path / "退2" / "审核汇总.xlsx") == []
    (reply,) = (tmp_path / "退2").glob(f"{CODE}*第2轮*.xlsx")
    shutil.copy(reply, inbox / "三.xlsx")
    third = told(inbox, "三.xlsx")
    assert (third[explained[0]], third[left]) == (REASON, None)
    assert error not in third
    blank = "t2.penalty.decisions" if "t2" in explained[0] else "t4.review.upheld"
    edit(reply, inbox / "三.xlsx", {blank: 3}, {})
    mended = told(inbox, "三.xlsx")
    assert explained[0] not in mended
    assert mended[left] is None
    if season:
        worked("ledger", root)
        desk = openpyxl.load_workbook(root / "台账.xlsx")
        titles = {str(each.value): each.column for each in desk["单位"][4]}
        (mine,) = [
            row for row in desk["单位"].iter_rows(min_row=5) if row[titles["统一社会信用代码"] - 1].value == CODE
        ]
        assert (mine[titles["备注"] - 1].value, mine[titles["状态"] - 1].value) == ("已电话沟通", "已更正（迟报）")


@soak
def test_the_newest_goes_by_the_time_of_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--prefer newest`` takes what the ledger or the mail got last, whatever the files' own times, and says by what."""
    folder, sound_one = tmp_path / "季", sound(FORM, 81, 12, None)
    inbox = folder / "收件"
    inbox.mkdir(parents=True)
    (folder / "名录.xlsx").write_bytes(roster_of(1))
    assert run("init", folder, "--year", "2025", "--region", "样例县").code == 0

    def book(count: int) -> bytes:
        return workbook(FORM, 2025, WHO, sound_one | {"t2.licensing.decisions": count})

    def arrives(name: str, count: int, modified: int, seen: str) -> None:
        (inbox / name).write_bytes(book(count))
        os.utime(inbox / name, (modified, modified))
        monkeypatch.setattr(Ledger, "now", lambda _: f"2026-{seen}:00+08:00")
        worked("ledger", folder)

    def taken(at: int) -> str:
        """Merge a copy of the season, so that nothing is accepted in it, and return what was taken and why."""
        copy = Path(shutil.copytree(folder, tmp_path / f"{at}"))
        found = answer("merge", copy, "--prefer", "newest", "-o", copy / "汇总.xlsx")["findings"]
        (message,) = [one["message"] for one in found if one["code"] == "MERGE_002"]
        return str(message).partition("取")[2]

    arrives("早.xlsx", 1, 1_770_000_000, "01-10T09:00")
    arrives("晚.xlsx", 2, 1_760_000_000, "01-20T09:30")
    assert taken(1) == "“晚.xlsx”（按台账或邮件的收到时间在后：2026-01-20 09:30:00）。"
    letter = EmailMessage()
    letter["From"], letter["Date"], letter["Message-ID"] = (
        "a@example.cn",
        "Mon, 05 Jan 2026 10:00:00 +0800",
        "<1@example.cn>",
    )
    letter.add_attachment(book(3), maintype="application", subtype="octet-stream", filename="信.xlsx")
    (tmp_path / "信.eml").write_bytes(letter.as_bytes())
    monkeypatch.setattr(Ledger, "now", lambda _: "2026-01-25T09:30:00+08:00")
    worked("collect", folder, tmp_path / "信.eml")
    assert taken(2).startswith("“晚.xlsx”（按台账或邮件的收到时间在后：2026-01-20 09:30:00）")
    (inbox / "新.xlsx").write_bytes(book(4))
    os.utime(inbox / "新.xlsx", (1_700_000_000, 1_700_000_000))
    assert taken(3) == "“新.xlsx”（台账里还没有，这次新到）。"
    (inbox / "又.xlsx").write_bytes(book(5))
    os.utime(inbox / "又.xlsx", (1_700_000_900, 1_700_000_900))
    assert taken(4).startswith("“又.xlsx”（收到时间分不出先后，按文件的修改时间在后：")
