"""Warnings about the text are explained like the others: beside them in the reply, for one sentence, for its figures."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.commands import run
from tests.samples import BODIES, REGION, code_of
from tests.test_narrative import SHEET, a_text
from toolkit import reading
from toolkit.answers import Filled
from toolkit.checking import check
from toolkit.checking.text import check_text
from toolkit.findings import Finding, Severity
from toolkit.forms.sheets import CHECKS, REVIEW
from toolkit.returns import Checked, Explanation, Return, fingerprint
from toolkit.workbook import Filling, Text, write
from toolkit.workbook.reply import reply

HEAD = "（二）依申请公开"
REASON = "另有一件为口头申请，未计入文字"


def checked(ret: Return) -> tuple[Finding, ...]:
    """Check a return with its text, as a season does."""
    return check(ret, level="县级部门", also=check_text(ret))


def told(ret: Return) -> list[tuple[str, str | None]]:
    """Return the findings about applications in the text, and whether an explanation has lapsed."""
    return [(each.code, each.explained) for each in checked(ret) if each.code in ("N1", "EXPLAIN_001", "EXPLAIN_003")]


def test_a_reason_explains_its_sentence_alone() -> None:
    """A reason given for one sentence explains that one; it lapses with the figures and is gone with the words."""
    said = "共收到政府信息公开申请94件。|共受理政府信息公开申请93件。"
    ret = a_text(said, HEAD)
    one, two = [each for each in check_text(ret) if each.code == "N1"]
    assert one.items != two.items
    known = (Explanation("N1", one.items, fingerprint("N1", one.items, ret.figures), REASON),)
    assert told(replace(ret, explanations=known)) == [("N1", REASON), ("N1", None)]
    figures = {**ret.answers, "t3.r1.natural": Filled(82)}
    lapsed = replace(ret, answers=figures, explanations=known)
    assert told(lapsed) == [("N1", None), ("N1", None), ("EXPLAIN_003", None)]
    words = a_text(said.replace("94件", "92件"), HEAD)
    assert told(replace(words, explanations=known)) == [("N1", None), ("N1", None)]


def test_a_reason_for_the_rule_explains_all_and_an_assurance_nothing() -> None:
    """A reason written in a free line of 校验 concerns every finding of its rule; 核实无误 is no reason."""
    ret = a_text("共收到政府信息公开申请94件。|共受理政府信息公开申请93件。", HEAD)
    assert told(replace(ret, explanations=(Explanation("N1", (), "", REASON),))) == [("N1", REASON), ("N1", REASON)]
    assured = replace(ret, explanations=(Explanation("N1", (), "", "经核实无误"),))
    assert told(assured) == [("N1", None), ("N1", None), ("EXPLAIN_001", None)]
    assert told(replace(ret, explanations=(Explanation("N2", (), "", REASON),))) == [("N1", None), ("N1", None)]


def test_a_text_warning_keeps_no_return_out() -> None:
    """What the text says wrong is never an error: the verdict is pass, explained or not."""
    ret = a_text("共收到政府信息公开申请94件。|2024年，我局公开信息共计条。", HEAD)
    findings = checked(ret)
    assert {each.code for each in findings} >= {"N1", "N8", "N9"}
    assert all(each.severity is not Severity.ERROR for each in findings)
    assert Checked("一.xlsx", "", ret, findings).verdict == "pass"


def sent(path: Path) -> Path:
    """Write the workbook of a body whose text says 94 where its table says 95."""
    like = a_text("", HEAD)
    number, _, name, level, _ = BODIES[0]
    data = write(
        Filling(
            like.form, 2025, kind="issued", code=code_of(number), name=name, level=level, region=REGION,
            answers=like.answers,
            text={"一": (Text(HEAD, "扎实做好依申请公开。"), Text(HEAD, "共收到政府信息公开申请94件。"))},
        )
    )  # fmt: skip
    path.write_bytes(data)
    return path


def read(path: Path) -> Return:
    ret = reading.read(path, name=path.name).ret
    assert ret is not None
    return ret


def answered(path: Path, to: Path, sheet: str, cells: dict[str, str]) -> Path:
    """Type texts into a workbook as another program saves it."""
    book = openpyxl.load_workbook(path)
    for cell, text in cells.items():
        book[sheet][cell] = text
    book.save(to)
    return to


def n1(ret: Return) -> Finding:
    (one,) = [each for each in checked(ret) if each.code == "N1"]
    return one


def test_a_reason_in_the_reply_lives_through_the_rounds(tmp_path: Path) -> None:
    """The reply lists the sentence; a reason typed beside it explains it in the next round and in the one after."""
    ret = read(sent(tmp_path / "一.xlsx"))
    one = n1(ret)
    wanted = [each.place.cell for each in ret.text["一"] if "94件" in each.text]
    assert (one.sheet, [one.cell]) == (SHEET, wanted)
    path = tmp_path / "一.xlsx"
    for round_ in (1, 2, 3):
        ret = read(path)
        assert ret.identity.round == round_ - 1
        assert n1(ret).explained == (None if round_ == 1 else REASON)
        data = reply(Checked(path.name, "", ret, checked(ret)))
        assert data is not None
        path = tmp_path / f"{round_}.xlsx"
        path.write_bytes(data)
        if round_ == 1:
            book = openpyxl.load_workbook(path)
            (row,) = [cells[0].row for cells in book[REVIEW.name].iter_rows() if cells[2].value == "N1"]
            path = answered(path, tmp_path / "说明.xlsx", REVIEW.name, {f"I{row}": REASON})


def test_a_reason_can_be_given_with_the_first_submission(tmp_path: Path) -> None:
    """A clerk who knows the rule writes N1 and the reason in a free line of 校验."""
    path = sent(tmp_path / "一.xlsx")
    book = openpyxl.load_workbook(path)
    rows = [cells[0].row for cells in book[CHECKS.name].iter_rows() if not cells[0].protection.locked]
    assert rows
    path = answered(path, tmp_path / "二.xlsx", CHECKS.name, {f"A{rows[-1]}": "N1", f"I{rows[-1]}": REASON})
    assert n1(read(path)).explained == REASON


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rules_are_listed_and_explained(lang: str) -> None:
    """``rules`` lists every N rule of its form after the others, ``explain`` gives its ground and remedy."""

    def out(*arguments: str) -> str:
        ended = run(*arguments, "--lang", lang)
        assert ended.code == 0, ended.err
        return ended.out

    new, old = out("rules", "--form", "2021"), out("rules", "--form", "2019")
    for at in range(1, 13):
        assert f"\nN{at}\t" in new
        assert (f"\nN{at}\t" in old) == (at != 10)
    said = out("explain", "n3")
    assert "N3" in said
    assert "均获维持" in said
