"""The season end to end on files: issue, return, reply, mend, merge, merge again one level up, prove; and the API."""

from __future__ import annotations

import datetime
import hashlib
import re
import shutil
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

import toolkit
from tests.books import numbers_as_text
from tests.commands import answer, worked
from tests.commands import run as command
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from tests.soaking import soak
from toolkit import reading
from toolkit.answers import Answer, Blank, Filled, Number
from toolkit.cells import a1
from toolkit.errors import ToolkitError
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import COVER
from toolkit.outputs import contract
from toolkit.returns import Checked, Identity, Return
from toolkit.run import Job, reply_folder, run
from toolkit.run.preceding import load_last_year
from toolkit.workbook import Filling, write
from toolkit.workbook.rosters import roster_bytes

FORM = load_form("2021")
COLUMNS = ("natural", "enterprise", "research", "nonprofit", "legal", "other")
DATE = datetime.date(2026, 2, 6)
REVIEW = "审核意见"


def roster_file(path: Path, rows: list[list[str]]) -> Path:
    path.write_bytes(roster_bytes(REGION, rows))
    return path


def row(number: str, predecessors: str = "", first: str = "", last: str = "") -> list[str]:
    """Return a row of the roster for a body of the samples."""
    _, short, name, level, counted = next(each for each in BODIES if each[0] == number)
    return [code_of(number), name, short, level, "", "是" if counted else "否", first, last, predecessors]


def checked(path: Path, **options: object) -> Checked:
    (one,) = run(Job((path,), **options)).checked  # type: ignore[arg-type]
    return one


def one_return(path: Path, **options: object) -> Return:
    ret = checked(path, **options).ret
    assert ret is not None
    return ret


def edit(path: Path, cells: Mapping[tuple[str, str], object], to: Path | None = None) -> Path:
    """Type values into a workbook as another program saves it."""
    book = openpyxl.load_workbook(path)
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value  # type: ignore[index]
    book.save(to or path)
    return to or path


def place(code: str) -> tuple[str, str]:
    layout = lay_out(FORM)
    return layout.cell(code)[0], layout.address(code)


def reviewed(path: Path, code: str) -> int:
    """Return the row of 审核意见 that tells of a code."""
    lines = shown(path, REVIEW)
    (found,) = [at for at, line in enumerate(lines, 1) if at > 3 and line[2] == code]
    return found


def shown(path: Path, sheet: str) -> list[tuple[object, ...]]:
    """Return the values of a sheet, line by line."""
    book = openpyxl.load_workbook(path, read_only=True)
    lines = list(book[sheet].iter_rows(values_only=True))
    book.close()
    return lines


def figures_of(path: Path) -> Mapping[str, Number | None]:
    return one_return(path).figures


BROKEN = sound(FORM, 2, 12, None)
BROKEN["t3.r1.natural"] = int(BROKEN["t3.r1.natural"]) + 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of workbooks: four sound ones, one with I1 broken, one with warnings alone; a roster."""
    folder = tmp_path_factory.mktemp("made")
    for at in range(4):
        data = workbook(FORM, 2025, BODIES[at], sound(FORM, 40 + at, 10 + at, None))
        (folder / f"{BODIES[at][1]}.xlsx").write_bytes(data)
    (folder / "空白.xlsx").write_bytes(write(Filling(FORM, 2025)))
    (folder / "坏.xlsx").write_bytes(workbook(FORM, 2025, BODIES[2], BROKEN))
    (folder / "疑.xlsx").write_bytes(
        workbook(
            FORM, 2025, BODIES[4], sound(FORM, 4, 12, None), typed={"t2.fees.amount": "14.4万元"},
            blank=("t2.rules.issued",),
        )
    )  # fmt: skip
    roster_file(folder / "名录.xlsx", [row(f"{at:02d}") for at in range(1, 6)])
    return folder


@pytest.fixture(scope="module")
def replied(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the replies to the faulty and the doubtful return."""
    folder = tmp_path_factory.mktemp("replied")
    given = tuple(made / name for name in ("坏.xlsx", "疑.xlsx"))
    done = run(Job(given, roster=made / "名录.xlsx"))
    assert len(reply_folder.write_replies(done.checked, folder, done.roster)) == 2
    return folder


def the_reply(folder: Path, number: str) -> Path:
    (path,) = [each for each in folder.glob("*.xlsx") if each.name.startswith(code_of(number))]
    return path


# The reply.


def test_a_reply_says_the_same_figures(made: Path, replied: Path) -> None:
    """A reply read again gives the figures, text and cover of the return it answers, and the round counted up."""
    for name, number in (("坏.xlsx", "03"), ("疑.xlsx", "05")):
        sent, back = one_return(made / name), one_return(the_reply(replied, number))
        assert back.figures == sent.figures
        assert back.identity == replace(sent.identity, round=1, issued=back.identity.issued)
        assert {key: [each.text for each in said] for key, said in back.text.items()} == {
            key: [each.text for each in said] for key, said in sent.text.items()
        }
        assert {key: each.value for key, each in back.cover.items()} == {
            key: each.value for key, each in sent.cover.items()
        }
        assert {code for code, each in back.answers.items() if isinstance(each, Blank)} == {
            code for code, each in sent.answers.items() if isinstance(each, Blank)
        }


def test_a_reply_has_no_new_faults(made: Path, replied: Path) -> None:
    """Checking an unchanged reply finds the same rules broken and nothing about the workbook; the unit was mended."""
    again = checked(the_reply(replied, "03"))
    assert [(each.code, each.items, each.difference) for each in again.findings] == [
        (each.code, each.items, each.difference) for each in checked(made / "坏.xlsx").findings
    ]
    assert [each.code for each in checked(made / "疑.xlsx").findings] == ["VALUE_002", "BLANK_001"]
    assert [each.code for each in checked(the_reply(replied, "05")).findings] == ["BLANK_001"]


def test_the_faults_are_marked_in_a_reply(replied: Path) -> None:
    """The cells of a broken identity are coloured and commented, others are not, and 审核意见 names place and remedy."""
    book = openpyxl.load_workbook(the_reply(replied, "03"))
    sheet, cell = place("t3.r1.natural")
    marked, plain = book[sheet][cell], book[sheet][place("t3.r1.enterprise")[1]]
    assert marked.comment is not None
    assert "I1" in marked.comment.text
    assert plain.comment is None
    assert marked.fill.fgColor.rgb != plain.fill.fgColor.rgb
    assert marked.protection.locked is False
    told = [str(each) for line in book[REVIEW].iter_rows(values_only=True) for each in line if each is not None]
    assert "I1" in told
    top = openpyxl.load_workbook(the_reply(replied, "03"), data_only=True)[REVIEW]["A2"].value
    assert "轮退回：错误 1、存疑 " in top
    assert "报来的一份还有 1 处错误。" in top


def test_a_mended_fault_passes(replied: Path, tmp_path: Path) -> None:
    """The reply with the figure put right, as another program saves it, has no error and can be merged."""
    path = the_reply(replied, "03")
    # The text gives the same figure and is put right with it.
    (said,) = [each for each in one_return(path).text["一"] if "新收" in each.text]
    wrong = int(one_return(path).figures["t3.r1.total"] or 0)
    cells = {
        place("t3.r1.natural"): int(BROKEN["t3.r1.natural"]) - 1,
        (said.place.sheet, said.place.cell): said.text.replace(
            f"新收政府信息公开申请{wrong}件", f"新收政府信息公开申请{wrong - 1}件"
        ),
    }
    mended = edit(path, cells, tmp_path / "改好.xlsx")
    one = checked(mended)
    assert (one.verdict, one.findings) == ("pass", ())
    near = edit(path, {place("t3.r1.natural"): int(BROKEN["t3.r1.natural"]) - 2}, tmp_path / "没改好.xlsx")
    assert [each.code for each in checked(near).findings] == ["I1", "N1"]


def test_a_mended_reply_supersedes_what_it_answers(made: Path, replied: Path, tmp_path: Path) -> None:
    """Sent beside the first version, the mended reply counts: its round says that it is later, not its time."""
    received = tmp_path / "收到"
    received.mkdir()
    shutil.copy(made / "坏.xlsx", received / "z.xlsx")
    edit(the_reply(replied, "03"), {place("t3.r1.natural"): int(BROKEN["t3.r1.natural"]) - 1}, received / "a.xlsx")
    rollup = toolkit.merge(received, as_of=DATE)
    assert {each.file: each.state for each in rollup.files} == {"a.xlsx": "merged", "z.xlsx": "superseded"}


def test_explanations_live_through_two_rounds(replied: Path, tmp_path: Path) -> None:
    """A reason in 审核意见 is accepted, stays accepted in the next rounds, and lapses when its figures change."""
    first = tmp_path / "1.xlsx"
    reason = "本单位没有规章制定权，该格不适用"
    line = reviewed(the_reply(replied, "05"), "BLANK_001")
    edit(the_reply(replied, "05"), {(REVIEW, f"I{line}"): reason}, first)
    path = first
    for expected_round in (1, 2, 3):
        one = checked(path)
        assert one.ret is not None
        assert one.ret.identity.round == expected_round
        (found,) = one.findings
        assert (found.code, found.explained) == ("BLANK_001", reason)
        (kept,) = one.ret.explanations
        assert (kept.rule, kept.text, kept.items) == ("BLANK_001", reason, ("t2.rules.issued",))
        folder = tmp_path / str(expected_round)
        reply_folder.write_replies((one,), folder, None)
        path = the_reply(folder, "05")
    assert f"第 {expected_round + 1} 轮" in str(shown(path, REVIEW)[0][0])


def test_an_assurance_is_no_reason(replied: Path, tmp_path: Path) -> None:
    """核实无误 leaves the warning standing and is told; a blank is left to fill, whatever is said about it."""
    path = the_reply(replied, "05")
    line = reviewed(path, "BLANK_001")
    assured = edit(path, {(REVIEW, f"I{line}"): "经核实无误"}, tmp_path / "保证.xlsx")
    found = {each.code: each for each in checked(assured).findings}
    assert set(found) == {"BLANK_001", "EXPLAIN_001"}
    assert found["BLANK_001"].explained is None
    reasoned = edit(path, {(REVIEW, f"I{line}"): "本单位没有规章制定权"}, tmp_path / "理由.xlsx")
    for path, explained in ((assured, 0), (reasoned, 1)):
        rollup = toolkit.merge(path, as_of=DATE)
        assert (rollup.unexplained, rollup.unfilled) == (0, 1)
        assert sum(each.explained is not None for each in rollup.checked[0].findings) == explained


def test_an_explanation_lapses_with_its_figures(tmp_path: Path) -> None:
    """A jump explained once stays explained while its figure stands and lapses when the figure changes."""
    before = sound(FORM, 7, 12, None) | {"t2.licensing.decisions": 900}
    (tmp_path / "上年").mkdir()
    (tmp_path / "上年" / "a.xlsx").write_bytes(workbook(FORM, 2024, BODIES[0], before))
    last = Return(FORM, Identity("2021", 2024, code_of("01")), {key: Filled(value) for key, value in before.items()})
    now = sound(FORM, 8, 12, last) | {"t2.licensing.decisions": 90}
    (tmp_path / "今年.xlsx").write_bytes(workbook(FORM, 2025, BODIES[0], now))
    options = {"last_year": (tmp_path / "上年",)}
    one = checked(tmp_path / "今年.xlsx", **options)
    jumps = [each for each in one.findings if "t2.licensing.decisions" in each.items]
    assert [each.code for each in jumps] == ["X5"]
    reply_folder.write_replies((one,), tmp_path / "退回", None)
    path = the_reply(tmp_path / "退回", "01")
    (line,) = [at for at, each in enumerate(shown(path, REVIEW), 1) if each[10] == "t2.licensing.decisions"]
    edit(path, {(REVIEW, f"I{line}"): "许可事项划转至行政审批局办理"})
    told = checked(path, **options)
    assert [each.explained for each in told.findings if "t2.licensing.decisions" in each.items] == [
        "许可事项划转至行政审批局办理"
    ]
    reply_folder.write_replies((told,), tmp_path / "再退回", None)
    again = the_reply(tmp_path / "再退回", "01")
    assert [each.code for each in checked(again, **options).findings if each.code.startswith("EXPLAIN")] == []
    edit(again, {place("t2.licensing.decisions"): 80})
    codes = {each.code: each for each in checked(again, **options).findings if "t2.licensing.decisions" in each.items}
    assert set(codes) == {"X5", "EXPLAIN_003"}
    assert codes["X5"].explained is None


def test_two_files_of_one_body_get_two_replies(made: Path, tmp_path: Path) -> None:
    """Two different files of a body get two replies, told apart by the beginning of their sha256; equal ones get one."""
    received = tmp_path / "收到"
    received.mkdir()
    shutil.copy(made / "坏.xlsx", received / "一.xlsx")
    shutil.copy(made / "公安局.xlsx", received / "二.xlsx")
    shutil.copy(made / "公安局.xlsx", received / "三.xlsx")
    shutil.copy(made / "财政局.xlsx", received / "四.xlsx")
    done = run(Job((received,), roster=made / "名录.xlsx"))
    assert len(reply_folder.write_replies(done.checked, tmp_path / "退回", done.roster)) == 3
    marks = {hashlib.sha256((made / name).read_bytes()).hexdigest()[:6] for name in ("坏.xlsx", "公安局.xlsx")}
    assert {each.name for each in (tmp_path / "退回").iterdir()} == {
        "审核汇总.xlsx",
        f"{code_of('01')}_财政局_2025_第1轮审核.xlsx",
        *(f"{code_of('03')}_公安局_2025_第1轮审核_{mark}.xlsx" for mark in marks),
    }


@pytest.mark.parametrize("code", ["../../退回", "EVIL", "A" * 300])
def test_no_respondents_text_in_a_file_name(code: str, made: Path, tmp_path: Path) -> None:
    """What stands as name and code on a blank's cover does not get into the name of its reply, sound codes apart."""
    cells: dict[tuple[str, str], object] = {("封面", "C9"): "..\\..\\evil/名称", ("封面", "C10"): code}
    path = edit(made / "空白.xlsx", cells | {place("t2.rules.issued"): 0}, tmp_path / "填.xlsx")
    assert COVER.cells["code"] == (9, 2)
    folder = tmp_path / "里" / "退回"
    reply_folder.write_replies((checked(path),), folder, None)
    names = [each.name for each in folder.iterdir() if each.name != "审核汇总.xlsx"]
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:6]
    assert names == [f"无代码{mark}_2025_第1轮审核.xlsx"]
    assert {each.name for each in tmp_path.iterdir()} == {"填.xlsx", "里"}
    assert [each.name for each in (tmp_path / "里").iterdir()] == ["退回"]


# Last year.


def last_year(number: str, form_id: str, year: int, answers: Mapping[str, Answer], declared: tuple[str, ...]) -> bytes:
    _, _, name, level, _ = next(each for each in BODIES if each[0] == number)
    return write(
        Filling(
            load_form(form_id), year, kind="issued", code=code_of(number), name=name, level=level, region=REGION,
            answers=answers, declared=frozenset(declared),
        )
    )  # fmt: skip


def carried_over(base: int) -> dict[str, Answer]:
    """Return figures whose 结转下年度 is base, base + 1, … by column."""
    return {f"t3.r4.{column}": Filled(base + at) for at, column in enumerate(COLUMNS)}


def issued(folder: Path, number: str) -> Return:
    (path,) = [each for each in folder.iterdir() if each.name.startswith(code_of(number))]
    return one_return(path)


@soak
def test_carry_over_is_prefilled_per_column(tmp_path: Path) -> None:
    """An issued template has last year's 结转下年度 as 上年结转 of each column, and nothing else; blanks fix nothing."""
    before = tmp_path / "2024"
    before.mkdir()
    answers = carried_over(1)
    del answers["t3.r4.legal"]
    (before / "a.xlsx").write_bytes(last_year("01", "2021", 2024, answers, ()))
    (before / "b.xlsx").write_bytes(last_year("02", "2021", 2024, {}, ("t3",)))
    known = roster_file(tmp_path / "名录.xlsx", [row("01"), row("02"), row("03")])
    written = toolkit.template(2025, tmp_path / "下发", roster=known, last_year=before)
    assert [each.name for each in written] == [f"{code_of(each[0])}_{each[1]}_2025年报.xlsx" for each in BODIES[:3]]
    got = {number: issued(tmp_path / "下发", number) for number in ("01", "02", "03")}
    filled = {
        number: {code: each.value for code, each in ret.answers.items() if isinstance(each, Filled)}
        for number, ret in got.items()
    }
    assert filled["01"] == {f"t3.r2.{column}": 1 + at for at, column in enumerate(COLUMNS) if column != "legal"}
    assert filled["02"] == {f"t3.r2.{column}": 0 for column in COLUMNS}
    assert filled["03"] == {}
    sheet, cell = place("t3.r2.natural")
    marked = openpyxl.load_workbook(written[0])[sheet][cell]
    assert "上一年度" in marked.comment.text
    assert marked.protection.locked is False
    assert got["01"].identity == Identity(
        "2021", 2025, code_of("01"), "样例县财政局", "县级部门", REGION, issued=got["01"].identity.issued
    )


def test_projects_of_last_year_are_prefilled(tmp_path: Path) -> None:
    """In the 2019 format 上一年项目数量 is last year's number and change together; where one is blank, nothing."""
    answers: dict[str, Answer] = {
        "t2.licensing.last_year": Filled(30), "t2.licensing.change": Filled(-4),
        "t2.services.last_year": Filled(7),
        "t2.penalty.last_year": Filled(0), "t2.penalty.change": Filled(5),
    }  # fmt: skip
    (tmp_path / "2019").mkdir()
    (tmp_path / "2019" / "a.xlsx").write_bytes(last_year("01", "2019", 2019, answers | carried_over(2), ()))
    known = roster_file(tmp_path / "名录.xlsx", [row("01")])
    toolkit.template(2020, tmp_path / "下发", roster=known, last_year=tmp_path / "2019")
    got = issued(tmp_path / "下发", "01")
    assert got.form.id == "2019"
    filled = {code: each.value for code, each in got.answers.items() if isinstance(each, Filled)}
    assert filled == {"t2.licensing.last_year": 26, "t2.penalty.last_year": 5} | {
        f"t3.r2.{column}": 2 + at for at, column in enumerate(COLUMNS)
    }
    # From the 2019 format to the 2021 format there are no projects any more; 上年结转 goes on.
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "a.xlsx").write_bytes(last_year("01", "2019", 2020, answers | carried_over(3), ()))
    toolkit.template(2021, tmp_path / "新格式", roster=known, last_year=tmp_path / "2020")
    changed = issued(tmp_path / "新格式", "01")
    assert changed.form.id == "2021"
    assert {code for code, each in changed.answers.items() if isinstance(each, Filled)} == {
        f"t3.r2.{column}" for column in COLUMNS
    }


@soak
def test_a_successor_inherits_the_sum(tmp_path: Path) -> None:
    """A body made of two inherits the sum of both; where one of them sent nothing, nothing is prefilled."""
    before = tmp_path / "2024"
    before.mkdir()
    (before / "a.xlsx").write_bytes(last_year("01", "2021", 2024, carried_over(1), ()))
    (before / "b.xlsx").write_bytes(last_year("02", "2021", 2024, carried_over(10), ()))
    (before / "c.xlsx").write_bytes(last_year("03", "2021", 2024, carried_over(1), ()))
    both, lacking = f"{code_of('01')} {code_of('02')}", f"{code_of('03')} {code_of('06')}"
    gone = [row(number, last="2024") for number in ("01", "02", "03", "06")]
    known = roster_file(
        tmp_path / "名录.xlsx", [row("04", both, first="2025"), row("05", lacking, first="2025"), *gone]
    )
    written = toolkit.template(2025, tmp_path / "下发", roster=known, last_year=before)
    assert len(written) == 2
    got = issued(tmp_path / "下发", "04")
    assert {code: got.figures[code] for code in (f"t3.r2.{each}" for each in COLUMNS)} == {
        f"t3.r2.{column}": 11 + 2 * at for at, column in enumerate(COLUMNS)
    }
    assert not any(isinstance(each, Filled) for each in issued(tmp_path / "下发", "05").answers.values())


@soak
def test_last_year_from_a_roll_up(tmp_path: Path) -> None:
    """Last year's roll-up serves as well as last year's returns: every body's row of 明细, declared zeros included."""
    before = tmp_path / "2024"
    before.mkdir()
    old = {number: sound(FORM, 60 + int(number), 12, None) for number in ("01", "02")}
    for number, figures in old.items():
        body = BODIES[int(number) - 1]
        (before / f"{number}.xlsx").write_bytes(workbook(FORM, 2024, body, figures))
    quiet = workbook(
        FORM, 2024, BODIES[9], dict.fromkeys(FORM.inputs, 0), blank=("t2", "t3", "t4"), declared=("t2", "t3", "t4")
    )
    (before / "10.xlsx").write_bytes(quiet)
    toolkit.merge(before, as_of=DATE, region=REGION, output=tmp_path / "汇总2024.xlsx")
    known = roster_file(tmp_path / "名录.xlsx", [row("01"), row("02"), row("10")])
    toolkit.template(2025, tmp_path / "一", roster=known, last_year=before)
    toolkit.template(2025, tmp_path / "二", roster=known, last_year=tmp_path / "汇总2024.xlsx")
    for number in ("01", "02", "10"):
        one, two = issued(tmp_path / "一", number), issued(tmp_path / "二", number)
        filled = {code: each.value for code, each in one.answers.items() if isinstance(each, Filled)}
        assert filled == {code: each.value for code, each in two.answers.items() if isinstance(each, Filled)}
        assert set(filled) == {f"t3.r2.{column}" for column in COLUMNS}
        if number in old:
            assert filled == {f"t3.r2.{column}": old[number][f"t3.r4.{column}"] for column in COLUMNS}
    # The chain is checked from either in the same way.
    figures = sound(FORM, 70, 12, None)
    path = tmp_path / "今年.xlsx"
    path.write_bytes(workbook(FORM, 2025, BODIES[0], figures | {"t2.normative.in_force": 999}))
    one, two = (checked(path, last_year=(where,)) for where in (before, tmp_path / "汇总2024.xlsx"))
    assert [(each.code, each.items, each.difference) for each in one.findings] == [
        (each.code, each.items, each.difference) for each in two.findings
    ]
    assert "X2" in {each.code for each in one.findings}


def test_a_lost_file_of_last_year_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file of last year that takes too long has no returns, and that is said; one that is read says nothing."""
    before = tmp_path / "2024"
    before.mkdir()
    for number in ("01", "02"):
        (before / f"{number}.xlsx").write_bytes(last_year(number, "2021", 2024, carried_over(1), ()))
    assert len(next(iter(reading.returns_each([(before / "01.xlsx", "01.xlsx")])))[1]) == 1
    assert caplog.messages == []
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    with pytest.raises(ToolkitError, match="没有可用的上一年度年报"):
        load_last_year((before,), 2025)
    assert [message.partition("：")[0] for message in caplog.messages] == ["01.xlsx", "02.xlsx"]
    assert all("没有用来对照" in message for message in caplog.messages)


def test_prefilling_refuses_what_it_cannot_use(tmp_path: Path, made: Path) -> None:
    """Last year's figures belong to a body: without a roster, or with files of another year, template refuses."""
    with pytest.raises(ToolkitError, match="名录"):
        toolkit.template(2026, tmp_path / "下发", last_year=made / "财政局.xlsx")
    with pytest.raises(ToolkitError, match="2025"):
        toolkit.template(2025, tmp_path / "下发", roster=made / "名录.xlsx", last_year=made / "财政局.xlsx")
    assert not (tmp_path / "下发").exists()


# One level up.


@pytest.fixture(scope="module")
def counties(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the roll-ups of two counties, of two returns each, and their sources beside."""
    folder = tmp_path_factory.mktemp("counties")
    for name, files, number in (("甲县", ("财政局", "教育局"), "91"), ("乙县", ("公安局", "自然资源局"), "92")):
        received = folder / name
        received.mkdir()
        for each in files:
            shutil.copy(made / f"{each}.xlsx", received)
        toolkit.merge(
            received, as_of=DATE, region=name, region_code=code_of(number), region_level="县",
            output=folder / f"{name}汇总.xlsx",
        )  # fmt: skip
    return folder


def test_a_roll_up_is_a_return_one_level_up(counties: Path, made: Path, tmp_path: Path) -> None:
    """Two county roll-ups merge into the city's: its figures are the sums of all four returns, and it reads back."""
    both = [counties / "甲县汇总.xlsx", counties / "乙县汇总.xlsx"]
    for path in both:
        one = checked(path)
        assert one.ret is not None
        assert one.ret.identity.kind == "rollup"
        assert [each.code for each in one.findings if each.severity.value == "error"] == []
    city = toolkit.merge(both, as_of=DATE, region="样例市", region_level="市", output=tmp_path / "市.xlsx")
    assert len(city.merged) == 2
    sources = [figures_of(made / f"{each[1]}.xlsx") for each in BODIES[:4]]
    for code in FORM.items:
        assert city.figures[code] == sum((each[code] or 0 for each in sources), Decimal(0)), code
    back = one_return(tmp_path / "市.xlsx")
    assert dict(back.figures) == dict(city.figures)
    assert (back.identity.kind, back.identity.name, back.identity.level) == ("rollup", "样例市", "市")
    assert toolkit.prove(tmp_path / "市.xlsx", both).proved
    assert numbers_as_text(tmp_path / "市.xlsx") == []


# The proof.


def patched(path: Path, sheet: str, cell: str, to: Path) -> Path:
    """Add one to the number that a cell holds and leave every other byte of the workbook's parts alone."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    text, count = re.subn(
        rf'(<c r="{cell}"[^>]*>(?:<f>[^<]*</f>)?<v>)([0-9]+)(</v>)',
        lambda found: f"{found[1]}{int(found[2]) + 1}{found[3]}",
        parts[part].decode(),
    )
    assert count == 1
    parts[part] = text.encode()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return to


def test_a_sound_roll_up_is_proved(counties: Path) -> None:
    """Two sound returns and their roll-up: every figure is proved, nothing is left unproved."""
    proof = toolkit.prove(counties / "甲县汇总.xlsx", counties / "甲县")
    assert (proof.proved, proof.returns, proof.items) == (True, 2, 200)
    assert (proof.differences, proof.unproved, proof.adjusted) == ((), (), ())


@pytest.mark.parametrize("code", ["t3.r1.natural", "t3.r1.total"])
def test_a_changed_figure_of_the_roll_up_is_not_proved(code: str, counties: Path, tmp_path: Path) -> None:
    """One more in a single cell of the roll-up's tables, input or total, is found, by its item."""
    other = patched(counties / "甲县汇总.xlsx", *place(code), tmp_path / "改.xlsx")
    proof = toolkit.prove(other, counties / "甲县")
    assert not proof.proved
    assert code in {each.code for each in proof.differences}


def test_a_changed_detail_of_the_roll_up_is_not_proved(counties: Path, tmp_path: Path) -> None:
    """One more in a single cell of 明细 is found: the row no longer says what its source says."""
    path = counties / "甲县汇总.xlsx"
    cell = a1(2, shown(path, "明细")[1].index("t2.licensing.decisions"))
    other = patched(path, "明细", cell, tmp_path / "改.xlsx")
    proof = toolkit.prove(other, counties / "甲县")
    assert not proof.proved


def test_a_changed_source_is_not_proved(counties: Path, tmp_path: Path) -> None:
    """One more in a single cell of a source is found; the source as it was is proved again."""
    received = tmp_path / "甲县"
    shutil.copytree(counties / "甲县", received)
    assert toolkit.prove(counties / "甲县汇总.xlsx", received).proved
    patched(counties / "甲县" / "教育局.xlsx", *place("t2.licensing.decisions"), received / "教育局.xlsx")
    proof = toolkit.prove(counties / "甲县汇总.xlsx", received)
    assert not proof.proved


@soak
def test_a_missing_source_is_not_proved(counties: Path, tmp_path: Path) -> None:
    """A source that is not there leaves its row unproved and named."""
    received = tmp_path / "甲县"
    received.mkdir()
    shutil.copy(counties / "甲县" / "财政局.xlsx", received)
    proof = toolkit.prove(counties / "甲县汇总.xlsx", received)
    assert not proof.proved
    assert "教育局.xlsx" in str(proof.unproved) + str(proof.differences)


# The API.


@soak
def test_the_api_equals_the_commands(made: Path, tmp_path: Path) -> None:
    """The verbs of the package give what the commands of the same name give, to the byte where they write files."""
    received = tmp_path / "收到"
    received.mkdir()
    for name in ("财政局.xlsx", "坏.xlsx", "疑.xlsx"):
        shutil.copy(made / name, received)
    known = made / "名录.xlsx"

    assert worked("read", received).json == contract.read_json(toolkit.read(received))

    listed = answer("check", received, "--roster", known)["files"]
    assert listed == [contract.checked_json(each) for each in toolkit.check(received, roster=known)]

    options = ("--roster", known, "--as-of", DATE.isoformat(), "--region", "某县", "--format", "json", "--sources")
    one, two = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    said = worked("merge", received, "-o", one, *options).json
    rollup = toolkit.merge(received, roster=known, as_of=DATE, region="某县", output=two)
    assert said == contract.merge_json(rollup, one, details=None, previous=None, sources=True)
    assert one.read_bytes() == two.read_bytes()

    proof = toolkit.prove(two, received)
    assert worked("prove", one, received, "--format", "json").json == contract.proof_json(proof)

    (blank,) = toolkit.template(2026, tmp_path / "空白1")
    (path,) = worked("template", "--year", "2026", "-o", tmp_path / "空白2").out.splitlines()
    assert Path(path).read_bytes() == blank.read_bytes()
    assert Path(path).name == blank.name


def test_the_api_takes_text_paths_and_refuses_alike(made: Path, tmp_path: Path) -> None:
    """Paths may be text or Path, one or many; what the commands refuse with status 2 raises ToolkitError."""
    one = toolkit.read(str(made / "财政局.xlsx"))
    assert one == toolkit.read([made / "财政局.xlsx"])
    assert one[0].ret is not None
    assert one[0].ret.identity.name == "样例县财政局"
    with pytest.raises(ToolkitError, match="找不到"):
        toolkit.check(tmp_path / "没有")
    with pytest.raises(ToolkitError, match="2021 年格式"):
        toolkit.template(2026, tmp_path, form="2019")
    with pytest.raises(ToolkitError, match="没有可以汇总"):
        toolkit.merge(made / "坏.xlsx", as_of=DATE)
    with pytest.raises(AttributeError, match="publish_everything"):
        _ = toolkit.publish_everything
    assert toolkit.load_form("2019").id == "2019"


@soak
def test_a_return_of_another_year_gets_this_years_template(tmp_path: Path) -> None:
    """Nothing in it is to be mended: no reply is made of it, the year's template is, with what last year fixes."""
    received = tmp_path / "收到"
    received.mkdir()
    old = sound(FORM, 7, 12, None)
    (received / "旧.xlsx").write_bytes(workbook(FORM, 2024, BODIES[0], old))
    (received / "旧又.xlsx").write_bytes(workbook(FORM, 2024, BODIES[1], old))
    (received / "新.xlsx").write_bytes(workbook(FORM, 2025, BODIES[1], sound(FORM, 8, 12, None)))
    (tmp_path / "名录.xlsx").write_bytes(roster_of(2))
    for roster in ((), ("--roster", tmp_path / "名录.xlsx")):
        out = tmp_path / f"退回{len(roster)}"
        ended = command("check", received, "--year", "2025", *roster, "-o", out)
        assert ended.code == 1, ended.err
        names = {path.name for path in out.glob("*.xlsx")}
        assert not any("2024" in name for name in names), names
        (name,) = [name for name in names if name.startswith(code_of("01"))]
        assert name.endswith("2025年报.xlsx")
        ret = one_return(out / name)
        assert (ret.identity.code, ret.year, ret.identity.round, ret.identity.issued) == (code_of("01"), 2025, 0, True)
        assert ret.answers["t3.r2.natural"] == Filled(int(old["t3.r4.natural"]), str(old["t3.r4.natural"]))
        assert isinstance(ret.answers["t3.r1.natural"], Blank)
        assert len([other for other in names if other.startswith(code_of("02"))]) == 1
        assert name in str(shown(out / "审核汇总.xlsx", openpyxl.load_workbook(out / "审核汇总.xlsx").sheetnames[0]))


def test_the_letter_about_another_year_brings_this_years_template(tmp_path: Path) -> None:
    """The letter says of which year the file is and what is attached; it asks for nothing in the old file."""
    season = tmp_path / "季"
    inbox = season / "收件"
    inbox.mkdir(parents=True)
    (season / "名录.xlsx").write_bytes(roster_of(1))
    (inbox / "旧.xlsx").write_bytes(workbook(FORM, 2024, BODIES[0], sound(FORM, 7, 12, None)))
    assert command("init", season, "--year", "2025", "--deadline", "2026-01-31").code == 0
    assert command("reply", season, "--as-of", "2026-01-20").code == 0
    (letter,) = (season / "退回").glob("*退回信.txt")
    text = letter.read_text("utf-8")
    (attached,) = (season / "退回").glob(f"{code_of('01')}*.xlsx")
    assert all(word in text for word in ("2024 年度", "2025 年度", attached.name, "空白年报表")), text
    assert "改正" not in text
    assert one_return(attached).year == 2025


def test_a_report_in_another_form_counts_once_it_is_confirmed(made: Path, tmp_path: Path) -> None:
    """A web page becomes a workbook to confirm: named on 台账, sent to its body, counted by a reason alone."""
    season = tmp_path / "季"
    roster_file(tmp_path / "名录.xlsx", [row("01"), row("02")])
    assert command("init", season, "--year", "2025", "--roster", tmp_path / "名录.xlsx").code == 0
    inbox = season / "收件"
    assert command("publish", made / "财政局.xlsx", "-o", inbox / "年报.html").code == 0
    before = (inbox / "年报.html").read_bytes()
    assert command("reply", season, "--as-of", "2026-01-20").code == 0
    (letter,) = (season / "退回").glob(f"{code_of('01')}*信.txt")
    text = letter.read_text("utf-8")
    (workbook,) = (season / "导入").glob("*.xlsx")
    assert all(word in text for word in ("年报.html", workbook.name, "200/200", "还没有计入"))
    assert one_return(workbook).identity.code == code_of("01")
    assert {line[5] for line in shown(season / "台账.xlsx", "文件")[1:]} == {"导入，待确认"}
    sure = "由“年报.html”转填，读到 200/200 格"
    body = shown(season / "台账.xlsx", "单位")[4]
    assert (body[3], body[5], "已照着转填" in str(shown(season / "台账.xlsx", "问题清单"))) == (
        "未报（导入，待确认）", sure, True,
    )  # fmt: skip

    def adopted(why: str | None) -> int:
        book = openpyxl.load_workbook(season / "台账.xlsx")
        sheet = book["单位"]
        columns = {cell.value: cell.column for cell in sheet[4]}
        sheet.cell(5, columns["采用哪一份"]).value = "导入件"
        sheet.cell(5, columns["豁免理由"]).value = why
        book.save(season / "台账.xlsx")
        done = command("ledger", season, "--as-of", "2026-01-20", "--format", "json")
        return sum(each["state"] == "merged" for each in done.json["files"])

    assert adopted(None) == 0
    assert adopted("县政府办 2026-01-19 电话核实同意") == 1
    assert command("merge", season, "-o", tmp_path / "汇总.xlsx", "--as-of", "2026-01-20").code == 0
    assert sure in str(shown(tmp_path / "汇总.xlsx", "来源")[1][6]), (
        "it counts, and that it is unconfirmed is said beside it"
    )
    assert "1 份导入件未经单位确认仍计入" in str(shown(tmp_path / "汇总.xlsx", "汇总说明"))
    assert "导入，待确认" not in str(shown(season / "台账.xlsx", "文件"))
    assert (inbox / "年报.html").read_bytes() == before


def test_a_report_of_another_year_is_not_imported(made: Path, tmp_path: Path) -> None:
    """Last year's page is nobody's return of this year: its body is asked for this one, and told why."""
    season = tmp_path / "季"
    roster_file(tmp_path / "名录.xlsx", [row("01"), row("02")])
    assert command("init", season, "--year", "2025", "--roster", tmp_path / "名录.xlsx").code == 0
    page = season / "收件" / "年报.html"
    assert command("publish", made / "财政局.xlsx", "-o", page).code == 0
    page.write_text(page.read_text("utf-8").replace("2025", "2024"), encoding="utf-8")
    assert command("reply", season, "--as-of", "2026-01-20").code == 0
    (letter,) = (season / "退回").glob(f"{code_of('01')}*信.txt")
    assert "报告标题写的是 2024 年，不是 2025 年" in letter.read_text("utf-8")
    assert list((season / "导入").glob("*.xlsx")) == []


def test_a_file_and_a_sender_are_assigned_on_the_worklist(made: Path, tmp_path: Path) -> None:
    """A return that states no body counts for the one it is assigned to, by name; a wrong name is told; clearing undoes it."""
    season = tmp_path / "季"
    roster_file(tmp_path / "名录.xlsx", [row("01"), row("02")])
    assert command("init", season, "--year", "2025", "--roster", tmp_path / "名录.xlsx").code == 0
    (season / "收件" / "无名.xlsx").write_bytes((made / "空白.xlsx").read_bytes())
    edit(season / "收件" / "无名.xlsx", {place(code): 0 for code in FORM.inputs})
    name = next(each[2] for each in BODIES if each[0] == "01")

    def states(typed: str | None) -> tuple[str, str]:
        if typed is not None:
            book = openpyxl.load_workbook(season / "台账.xlsx")
            sheet = book["文件"]
            column = next(cell.column for cell in sheet[1] if cell.value == "归属单位")
            sheet.cell(2, column).value = typed
            book.save(season / "台账.xlsx")
        done = command("ledger", season, "--as-of", "2026-01-20", "--format", "json")
        return done.json["files"][0]["state"], done.err

    assert states(None)[0] == "no_identity"
    state, told = states("没有的局")
    assert (state, "LEDGER_002" in told) == ("no_identity", True)
    assert states(name)[0] in ("merged", "failing")
    assert shown(season / "台账.xlsx", "文件")[1][11] == name
    assert states("")[0] == "no_identity"
