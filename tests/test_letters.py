"""Letters: what each kind says, in which order, how safe and how short it is."""

from __future__ import annotations

import builtins
import io
import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

import toolkit
from tests.conftest import FILLED
from tests.rollups import SMALL, a_return, checked
from tests.samples import BODIES, sound, workbook
from toolkit.errors import ToolkitError
from toolkit.findings import Finding, Severity
from toolkit.forms import load_form
from toolkit.outputs.letters import (
    SENTENCE,
    Addressee,
    Letter,
    Letterhead,
    Sender,
    Submission,
    draft,
    receipt,
    reminder,
    returned,
)
from toolkit.outputs.letters.points import points_of, quoted
from toolkit.returns import Checked, checksum
from toolkit.workbook.reply import reply

TO = Addressee("样例1局", "119999995000010010", 2025)
BY = Sender("样例县政务公开办", "0000-1234567")
DUE, TODAY = date(2026, 1, 20), date(2026, 1, 15)
HEAD = Letterhead(TO, BY, DUE, TODAY)
SENT = Submission("年报.xlsx")


def one(at: int, severity: Severity = Severity.ERROR, **parts: Any) -> Finding:
    """Return a finding with every part distinct."""
    given = {"sheet": "表三", "cell": f"D{at}", "actual": f"{at}01", "expected": f"{at}02"} | parts
    return Finding("I1", severity, f"第{at}个问题", f"第{at}个改法", **given)


def back(*findings: Finding, name: str = "年报.xlsx", **parts: Any) -> Letter:
    """Return the letter about a file with these findings."""
    parts = {"reply_name": "退回.xlsx"} | parts
    return returned(HEAD, checked(a_return(1, SMALL), name, *findings), Submission(name), **parts)


def both(letter: Letter) -> tuple[str, str]:
    return letter.text, unescape(letter.html)


def test_each_finding_says_where_what_and_how() -> None:
    """Cell, what is there, what should be and what to do of each finding are in the text and in the HTML."""
    for said in both(back(one(11), one(12, Severity.WARNING))):
        for at in (11, 12):
            for part in (f"“表三”表 D{at}", f"第{at}个问题", f"{at}01", f"{at}02", f"第{at}个改法"):
                assert part in said
        for part in (
            "年报.xlsx",
            "退回.xlsx",
            "2026 年 1 月 20 日（还有 5 天）",
            "0000-1234567",
            "样例县政务公开办",
            "第 1 次报送",
        ):
            assert part in said


def test_errors_come_first_and_what_needs_nothing_is_only_counted() -> None:
    """Errors stand before open warnings; explained warnings and infos are counted, not told."""
    given = (one(21, Severity.INFO), one(22, Severity.WARNING), one(23), one(24, Severity.WARNING, explained="属实"))
    for said in both(back(*given)):
        assert said.index("第23个问题") < said.index("第22个问题")
        assert "第21个问题" not in said and "第24个问题" not in said
        assert "提示 1 条" in said and "存疑 1 处已说明" in said and "还有 1 处错误，另有 1 处存疑待说明" in said


def test_twelve_findings_are_listed_and_the_rest_counted() -> None:
    """Twelve findings are all told; of nineteen, seven are counted."""
    assert "其余" not in back(*(one(at) for at in range(10, 22))).text
    for said in both(back(*(one(at) for at in range(10, 29)))):
        assert "其余 7 处见退回件“审核意见”表" in said
        assert "第21个问题" in said and "第22个问题" not in said


def test_what_they_wrote_is_data() -> None:
    """Markup is escaped, control and direction characters go, and no address can become a link."""
    bad = "<img src=x>\u202e\x1b[31m http://a.example.com/x www.b.cn me@c.cn"
    letter = back(one(11, actual=bad, message_en=""), name=f"{bad}.xlsx")
    assert "<img" not in letter.html and "&lt;img" in letter.html
    for said in (letter.text, letter.html, letter.subject, letter.sentence):
        for part in ("\u202e", "\x1b", "http://", "www.b", "me@", "<a "):
            assert part not in said
    assert reminder(Letterhead(TO, replace(BY, contact="xxgk@a.cn"), DUE, TODAY)).text.count("xxgk@a.cn") == 1
    assert quoted("www.163.com 1.xlsx.cn", 40) == "www．163．com 1．xlsx．cn"
    assert quoted("年报A.xlsx 3.5", 40) == "年报A.xlsx 3.5"
    assert quoted("一" * 41, 40) == "一" * 39 + "…" and quoted("一" * 40, 40) == "一" * 40


def test_nothing_comes_from_outside() -> None:
    """The HTML has no link, picture, script, style sheet or address of another machine."""
    for part in ("href", "src=", "<script", "<style", "<link", "url(", "http"):
        assert part not in back(one(11)).html


def test_a_file_that_held_no_return_is_asked_for_again() -> None:
    """Without a returned workbook the letter asks for the template and speaks of no attachment."""
    whole = Finding("FILE_001", Severity.ERROR, "打不开", "另存为 xlsx")
    letter = returned(HEAD, checked(None, "a.xlsx", whole), SENT, reply_name=None)
    assert "整个文件" in letter.text and "重新填写" in letter.text and "附件" not in letter.text


def test_a_receipt_carries_the_check_mark() -> None:
    """The receipt has 校验码, file, time, version and the warnings that stand explained."""
    ret = a_return(1, SMALL)
    got = checked(ret, "年报.xlsx", one(1, Severity.WARNING, explained="属实"))
    letter = receipt(HEAD, got, Submission("年报.xlsx", version=2), at=datetime(2026, 1, 15, 9, 5))
    mark = checksum(ret.form, ret.figures, ret.year, ret.identity.code)
    for said in both(letter):
        for part in (mark, "年报.xlsx", "2026 年 1 月 15 日 09:05", "第 2 次报送", "存疑 1 处已说明", "已通过审核"):
            assert part in said
    assert mark in letter.sentence and letter.kind == "回执"


def test_each_kind_is_refused_where_another_is_due() -> None:
    """A failing file gets no receipt, a clean one is not returned; neither happens in silence."""
    clean, failing = checked(a_return(1, SMALL), "a.xlsx"), checked(a_return(1, SMALL), "a.xlsx", one(1))
    for got in (failing, Checked("a.xlsx", "0", None, ())):
        with pytest.raises(ToolkitError, match="没有通过"):
            receipt(HEAD, got, SENT, at=datetime(2026, 1, 15))
    with pytest.raises(ToolkitError, match="回执"):
        returned(HEAD, clean, SENT, reply_name="x.xlsx")


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 1, 19), "还有 1 天"), (DUE, "今天到期"), (date(2026, 1, 21), "已逾期 1 天")]
)
def test_a_reminder_counts_the_days(day: date, words: str) -> None:
    """Days left, the day itself and days overdue are told everywhere."""
    letter = reminder(Letterhead(TO, BY, DUE, day))
    for said in (letter.subject, letter.sentence, *both(letter)):
        assert words in said


def test_later_reminders_are_worded_more_firmly() -> None:
    """The second and third reminder say that they are; a zeroth is refused."""
    texts = [reminder(HEAD, time=at).text for at in (1, 2, 3, 4)]
    assert (
        "此前" not in texts[0]
        and "已提醒过一次" in texts[1]
        and "已提醒 2 次" in texts[2]
        and "已提醒 3 次" in texts[3]
    )
    with pytest.raises(ValueError, match="from 1"):
        reminder(HEAD, time=0)


def test_the_sentence_is_one_short_line() -> None:
    """However long names and places are, the sentence has at most 120 characters and no line break."""
    long = replace(TO, name="很长的单位名称\n" * 20)
    head = Letterhead(long, Sender("办公室" * 30, "电话" * 40), DUE, TODAY)
    got = checked(a_return(1, SMALL), "甲" * 90, *(one(at, sheet="表" * 60) for at in range(130)))
    for letter in (
        returned(head, got, SENT, reply_name="x.xlsx"),
        receipt(head, checked(a_return(1, SMALL), "a.xlsx"), SENT, at=datetime(2026, 1, 15, 9)),
        reminder(head, time=3),
    ):
        assert len(letter.sentence) <= SENTENCE and "\n" not in letter.sentence + letter.subject


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Jinja2 the run stops with the command that installs it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "jinja2":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    draft.html_template.cache_clear()
    with pytest.raises(ToolkitError, match=r"nianbao\[mail\]"):
        reminder(HEAD)


def faulty(folder: Path) -> Path:
    """Write returns with one fault each: in a sum, a text, a blank, a negative, a part of one, money too fine."""
    form, body = load_form("2021"), BODIES[0]
    figures = sound(form, 5, 40, None)
    more = int(figures.get("t3.r1.natural") or 0) + 1
    ways: dict[str, dict[str, Any]] = {
        "和": {"figures": figures | {"t3.r1.natural": more}}, "空": {"blank": ("t2.rules.issued", "t4")},
        **{text: {"typed": {"t2.licensing.decisions": text}} for text in ("约12件多", "-3", "24.5", "2026-3-5")},
        "钱": {"typed": {"t2.fees.amount": "1.23456"}},
    }  # fmt: skip
    for name, way in ways.items():
        (folder / f"{name}.xlsx").write_bytes(workbook(form, 2025, body, **({"figures": figures} | way)))
    return folder


@pytest.mark.parametrize("place", ["county", "faulty"])
def test_every_figure_of_a_letter_stands_in_the_reply(place: str, tmp_path: Path) -> None:
    """What a letter counts, adds and compares is on 审核意见 of the workbook that goes with it: one truth for its reader."""
    county = FILLED / "样例县"
    options = {"last_year": county / "2024"} if place == "county" else {}
    count = 0
    for file in toolkit.check(county / "2025" if options else faulty(tmp_path), **options):
        points = points_of(file, in_reply=True)
        data = reply(file) if points else None
        if data is None:
            continue
        sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["审核意见"]
        text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
        for point in points:
            count += 1
            assert [pair for pair in point.figures if f"{pair[0]} {pair[1]}" not in text] == [], (file.file, point)
            numbers = re.findall(r"\d+(?:\.\d+)?", point.message + point.remedy)
            assert [one for one in numbers if not re.search(rf"(?<![\d.]){one}(?!\d)", text)] == [], (file.file, point)
    assert count >= 7
