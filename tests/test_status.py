"""How a return stands is one value: the line of each part, one sentence, and what counts as an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import a_return, codes
from toolkit import checking, reading
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.checking.text import check_text
from toolkit.findings import Finding, finding
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.returns import Return
from toolkit.returns.status import PartStatus, Status, status_of
from toolkit.workbook import Filling, write
from toolkit.workbook.issuing import carried
from toolkit.workbook.reply import filling


def _read(data: bytes, folder: Path) -> Return:
    (folder / "a.xlsx").write_bytes(data)
    ret = reading.read(folder / "a.xlsx", name="a.xlsx").ret
    assert ret is not None
    return ret


def _checked(ret: Return) -> tuple[Finding, ...]:
    return checking.check(ret, level="县", also=check_text(ret, None))


def _issued() -> Filling:
    form = load_form("2021")
    answers = carried(form, a_return({"t3.r4.natural": 3}, year=2024))
    return Filling(
        form, 2025, kind="issued", code="11330100MB1234567T", name="甲局", answers=answers, prefilled=frozenset(answers)
    )


@pytest.mark.parametrize(
    ("part", "zh", "en"),
    [
        (PartStatus("三"), "完成", "complete"),
        (PartStatus("三", 2), "缺 2", "2 to fill"),
        (PartStatus("三", 2, 1, 3), "缺 2 · 不符 1 · 待说明 3", "2 to fill · 1 wrong · 3 to explain"),
        (PartStatus("三", unsure=1), "待确认 1", "1 to confirm"),
    ],
)
def test_a_part_is_done_or_says_what_is_left(part: PartStatus, zh: str, en: str) -> None:
    """What is missing, wrong and to be explained stands in one line."""
    assert (part.words, part.words.en) == (zh, en)


@pytest.mark.parametrize(
    ("status", "zh", "ready", "settled"),
    [
        (Status((PartStatus("三"),)), "可以上报", True, True),
        (Status((PartStatus("三", doubts=2),)), "可以上报，另有 2 处存疑待说明", True, False),
        (Status((PartStatus("三", 4, 1), PartStatus("四", 1))), "还有 1 处错误、5 格待填", False, False),
        (Status((PartStatus("三", 4),)), "还有 4 格待填", False, False),
        (Status((PartStatus("三", 0, 2, 1),)), "还有 2 处错误，另有 1 处存疑待说明", False, False),
        (Status((PartStatus("三", unsure=2),)), "还有 2 格待确认", False, False),
        (Status((PartStatus("三", 9),), started=False), "尚未开始填写", False, False),
        (Status((), readable=False), "无法读取", False, False),
    ],
)
def test_one_sentence_says_how_the_whole_stands(status: Status, zh: str, ready: bool, settled: bool) -> None:
    """It can be filed only without an error and with nothing left to fill."""
    assert (status.sentence, status.ready, status.settled) == (zh, ready, settled)
    assert status.sentence.en


def test_what_is_missing_is_counted_by_cells_and_not_as_a_doubt(tmp_path: Path) -> None:
    """A blank form has every input, field of the cover and chapter to fill, and nothing is started."""
    ret = _read(write(Filling(load_form("2021"), 2025)), tmp_path)
    status = status_of(ret, _checked(ret))
    counts = {part.part: part.missing for part in status.parts}
    tables = {table.part: len(table.inputs) for table in ret.form.tables}
    assert counts == tables | {"封面": 6, "一": 1, "五": 1, "六": 1, "校验": 0}
    assert (status.errors, status.doubts, status.started) == (0, 0, False)
    assert tuple(part.part for part in status.parts) == tuple(lay_out(ret.form).parts)


def test_an_untouched_prefill_is_no_answer(tmp_path: Path) -> None:
    """An issued workbook that nobody touched fails as an empty one does, and its reply carries the prefill as one."""
    ret = _read(write(_issued()), tmp_path)
    assert ret.prefilled["t3.r2.natural"] == 3
    assert ret.blanks == frozenset(ret.form.inputs)
    findings = _checked(ret)
    assert "BLANK_002" in codes(findings)
    assert "I1" not in codes(findings)
    assert status_of(ret, findings).sentence == "尚未开始填写"
    back = filling(ret, findings)
    assert back.prefilled == ret.untouched == frozenset(ret.prefilled)
    again = _read(write(back), tmp_path)
    assert (again.prefilled, again.blanks) == (ret.prefilled, ret.blanks)


def test_a_prefill_is_an_answer_once_its_table_has_another_or_is_declared(tmp_path: Path) -> None:
    """One figure beside it, even one that is no figure, confirms it; a changed prefill is an answer itself."""
    ret = _read(write(_issued()), tmp_path)
    prefilled = frozenset(ret.prefilled)
    for answer in (Filled(5), Unreadable("约5", "VALUE_010")):
        begun = replace(ret, answers={**ret.answers, "t3.r1.natural": answer})
        assert not begun.blanks & prefilled
        assert "BLANK_002" not in codes(_checked(begun))
    assert replace(ret, answers={**ret.answers, "t2.rules.issued": Filled(5)}).blanks >= prefilled
    assert replace(ret, answers={**ret.answers, "t3.r1.natural": Blank("/")}).blanks >= prefilled
    assert not replace(ret, declared=frozenset(("t3",))).blanks & prefilled
    changed = replace(ret, answers={**ret.answers, "t3.r2.natural": Filled(4)})
    assert changed.untouched == prefilled - {"t3.r2.natural"}
    assert not changed.blanks & prefilled


def test_a_rule_that_blanks_may_mend_waits_for_them() -> None:
    """It is an error among the findings, and no error of the sentence: filling may mend it."""
    ret = a_return({"t3.r1.natural": 5}, fill=None)
    findings = _checked(ret)
    waiting = {one.rule for one in findings if one.waits}
    assert "I1" in waiting
    status = status_of(ret, findings)
    assert (status.errors, status.missing - len(ret.blanks)) == (0, sum(code == "TEXT_001" for code in codes(findings)))
    whole = a_return({"t3.r1.natural": 5})
    broken = [one for one in _checked(whole) if one.rule == "I1"]
    assert broken
    assert not any(one.waits for one in broken)


def test_a_finding_counts_under_the_part_of_its_sheet_also_when_that_was_renamed(tmp_path: Path) -> None:
    """Also where only what merging needs was kept of the return."""
    ret = _read(write(_issued()), tmp_path)
    places = {code: replace(place, sheet="Sheet3") for code, place in ret.places.items() if code.startswith("t3")}
    moved = replace(ret, places={**ret.places, **places})
    about = finding("FORM_042", sheet="Sheet3", name="Sheet3", cells="D9")
    for kept in (moved, moved.light):
        assert {part.part: part.doubts for part in status_of(kept, [about]).parts if part.doubts} == {"三": 1}
