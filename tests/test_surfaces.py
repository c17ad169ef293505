"""One verdict on every surface: what check, letter, 台账, roll-up and the sheet itself say of one return is the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.office import computed, requires_office
from tests.soaking import only, soak
from tests.surfaces import FORM, REASON, YEAR, Body, Case, Told, season, sentence_of_sheet, typed
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS, REVIEW
from toolkit.returns.file_states import VERDICTS
from toolkit.returns.last_year import before
from toolkit.run import Job, run
from toolkit.workbook import write
from toolkit.workbook.reply import reply

READY = "可以上报"
DOUBT = "可以上报，另有 1 处存疑待说明"
ERROR = "还有 1 处错误"
MISSING = "还有 1 格待填"
UNSURE = "还有 1 格待确认"
STOCK = "文件专项清理，宣布失效的 2 件上年误报为废止"
TABLES = {table.id: [item.code for item in table.inputs] for table in FORM.tables}
NATURAL, ENTERPRISE = "t3.r1.natural", "t3.r1.enterprise"


def _plus(body: Body, code: str, more: int) -> int:
    return int(body.figures[code]) + more


def _without(body: Body, *tables: str) -> bytes:
    return body.sound(**{code: None for table in tables for code in TABLES[table]})


def _declared(body: Body, *, marks: bool = False) -> bytes:
    """Return a return without cases of table 四, which last year did not have either, declared zero."""
    zeros = dict.fromkeys(TABLES["t4"])
    data = write(body.filled(figures=zeros, declared=frozenset(("t4",))))
    return typed(data, [(code, "/") for code in TABLES["t4"]] if marks else [])


def _replied(body: Body, data: bytes, folder: Path, *mended: tuple[str, object], reason: str = "") -> bytes:
    """Return our reply to a return, with cells mended and a reason beside every doubt."""
    path = folder / f"{body.number}.xlsx"
    path.write_bytes(data)
    done = run(Job((path,), year=YEAR, last_year=(folder / "上年",)))
    (checked,) = done.checked
    assert checked.ret is not None
    back = reply(checked, before=before(done.last_year, checked.ret, None))
    assert back is not None
    rows = range(REVIEW.first_row + 1, REVIEW.first_row + 1 + len(checked.findings))
    notes = {(REVIEW.name, f"I{row}"): reason for row in rows} if reason else {}
    return typed(back, mended, notes)


def _jump(body: Body) -> bytes:
    return body.sound(**{"t2.licensing.decisions": _plus(body, "t2.licensing.decisions", 40_000)})


def _stock(body: Body, reason: str = "", *, free: bool = False) -> bytes:
    """Return a return whose 现行有效 is two more than last year's leads to, explained in its line of 校验 or in a free one."""
    checks, item = lay_out(FORM).checks, "t2.normative.in_force"
    row = next(line.row for line in checks.lines if (line.check.rule, line.check.items[0]) == ("X2", item))
    notes = {(CHECKS.name, CHECKS.a1(checks.free[0] if free else row, "explanation")): reason} if reason else {}
    notes |= {(CHECKS.name, CHECKS.a1(checks.free[0], "number")): "X2"} if free else {}
    return typed(body.sound(**{item: _plus(body, item, 2)}), [], notes)


def _two_errors(body: Body, *mended: str) -> bytes:
    """Return a return whose text is that of its figures once some cells are mended."""
    wrong = {NATURAL: _plus(body, NATURAL, 1), ENTERPRISE: _plus(body, ENTERPRISE, 2)}
    right = {code: figure for code, figure in wrong.items() if code not in mended}
    return write(replace(body.filled(figures=wrong), text=body.filled(figures=right).text))


def cases(folder: Path) -> Mapping[str, Case]:
    """Return the thirty cases by their name."""
    return {
        "sound": Case(lambda b: b.sound(), READY),
        "balance": Case(lambda b: b.sound(**{NATURAL: _plus(b, NATURAL, 1)}), ERROR, "fail", counts=(1, 0, 0)),
        "two balances": Case(_two_errors, "还有 2 处错误", "fail", counts=(2, 0, 0)),
        "chain": Case(
            lambda b: b.sound(**{"t3.r2.legal": 3, "t3.r4.legal": int(b.figures["t3.r4.legal"]) + 3}),
            ERROR, "fail", counts=(1, 0, 0),
        ),
        "stock": Case(_stock, ERROR, "fail", counts=(1, 0, 0)),
        "stock explained": Case(lambda b: _stock(b, STOCK), READY),
        "stock explained apart": Case(lambda b: _stock(b, STOCK, free=True), READY),
        "stock without figures": Case(lambda b: _stock(b, "专项清理后废止"), ERROR, "fail", counts=(1, 0, 0)),
        "stock assured": Case(lambda b: _stock(b, "核实无误，共2件"), ERROR, "fail", counts=(1, 0, 0)),
        # That an assurance in other words is none is the check's to tell.
        "stock assured at length": Case(
            lambda b: _stock(b, "经李局长过目，共2件"), ERROR, "fail", sheet=READY, counts=(1, 0, 0)
        ),
        "doubt assured": Case(
            lambda b: _replied(b, b.sound(**{"t4.suit_direct.upheld": 90}), folder, reason="经办人核实无误"),
            "可以上报，另有 2 处存疑待说明", sheet="第 1 轮退回：错误 0、存疑 2，还有 2 处未改", counts=(0, 0, 2),
        ),
        "stock explained in the reply": Case(lambda b: _replied(b, _stock(b), folder, reason=STOCK), READY),
        "stock still unexplained": Case(
            lambda b: _replied(b, _stock(b), folder, reason="专项清理后废止"), ERROR, "fail",
            sheet="第 1 轮退回：错误 1、存疑 0，还有 1 处未改", counts=(1, 0, 0),
        ),
        "stock of another figure": Case(
            lambda b: _replied(b, _stock(b, STOCK), folder, ("t2.normative.in_force", _plus(b, "t2.normative.in_force", 5))),
            "还有 1 处错误，另有 1 处存疑待说明", "fail", sheet=ERROR, counts=(1, 0, 1),
        ),
        "rules below city": Case(lambda b: b.sound(**{"t2.rules.issued": 1, "t2.rules.in_force": 1}), "还有 2 处错误，另有 1 处存疑待说明", "fail",
                                 counts=(2, 0, 1)),
        "pending gone": Case(
            lambda b: b.sound(**{code: 0 for code in TABLES["t4"] if ".review." in code}), DOUBT, counts=(0, 0, 1)
        ),
        # More than there are applications (C3, on the sheet) and many times last year's (X5, of the check alone).
        "many suits": Case(
            lambda b: b.sound(**{"t4.suit_direct.upheld": 90}), "可以上报，另有 2 处存疑待说明", sheet=DOUBT, counts=(0, 0, 2)
        ),
        "jump": Case(_jump, DOUBT, sheet=READY, counts=(0, 0, 1)),
        "sentence": Case(
            lambda b: write(replace(b.filled(), text=b.filled(figures={"t2.normative.issued": 77}).text)),
            DOUBT, sheet=READY, counts=(0, 0, 1),
        ),
        "blank": Case(lambda b: b.sound(**{"t2.penalty.decisions": None}), MISSING, counts=(0, 1, 0)),
        "blank table": Case(lambda b: _without(b, "t4"), "还有 12 格待填", counts=(0, 12, 0)),
        "declared": Case(_declared, DOUBT, counts=(0, 0, 1)),
        "marks declared": Case(lambda b: _declared(b, marks=True), DOUBT, sheet=None, counts=(0, 0, 1)),
        "one row begun": Case(
            lambda b: b.sound(**{code: None for code in TABLES["t3"] if code != NATURAL}),
            "还有 143 格待填", "fail", sheet=None, counts=(0, 143, 0),
        ),
        "untouched": Case(lambda b: write(b.issued), "尚未开始填写", "fail", counts=(0, 173, 0)),
        "cover alone": Case(
            lambda b: write(replace(b.issued, cover=b.filled().cover)), "还有 169 格待填", "fail", counts=(0, 169, 0)
        ),
        "chapters alone": Case(
            lambda b: write(replace(b.issued, text=b.filled().text, cover=b.filled().cover)),
            "还有 166 格待填", "fail", sheet=None, counts=(0, 166, 0),
        ),
        "only marks": Case(
            lambda b: typed(write(b.issued), [(code, "/") for code in FORM.inputs]),
            "还有 173 格待填", "fail", sheet=None, counts=(0, 173, 0),
        ),
        "with a unit": Case(lambda b: b.typed((NATURAL, f"{b.figures[NATURAL]}件")), DOUBT, sheet=UNSURE, counts=(0, 0, 1)),
        "full width": Case(lambda b: b.typed(("t2.coercion.decisions", "３")), READY, sheet=UNSURE),
        "about": Case(lambda b: b.typed(("t2.coercion.decisions", "约5")), ERROR, "fail", sheet=UNSURE, counts=(1, 0, 0)),
        "date": Case(lambda b: b.typed(("t2.coercion.decisions", date(2026, 3, 5))), ERROR, "fail", counts=(1, 0, 0)),
        "logical": Case(lambda b: b.typed(("t2.coercion.decisions", True)), ERROR, "fail", counts=(1, 0, 0)),
        "error value": Case(lambda b: b.typed(("t2.coercion.decisions", "#DIV/0!")), ERROR, "fail", counts=(1, 0, 0)),
        "fractions": Case(
            lambda b: b.typed(*((code, 1.5) for code in TABLES["t4"][:5])), "还有 5 处错误", "fail", counts=(5, 0, 0)
        ),
        "person": Case(lambda b: write(b.filled(cover={"preparer": "甲", "reviewer": "乙", "head": "丙"})), MISSING,
                       counts=(0, 1, 0)),
        "chapter": Case(
            lambda b: write(b.filled(text={k: v for k, v in b.filled().text.items() if k != "五"})), MISSING,
            counts=(0, 1, 0),
        ),
        "explained": Case(lambda b: _replied(b, _jump(b), folder, reason=REASON), READY),
        "half mended": Case(
            lambda b: _replied(b, _two_errors(b, NATURAL), folder, (NATURAL, b.figures[NATURAL])), ERROR, "fail",
            sheet="第 1 轮退回：错误 2、存疑 1，还有 1 处未改", counts=(1, 0, 0),
        ),
        "mended": Case(
            lambda b: _replied(b, _two_errors(b, NATURAL, ENTERPRISE), folder, *((c, b.figures[c]) for c in (NATURAL, ENTERPRISE))), READY
        ),
        "old file mended": Case(
            lambda b: {"": b.sound(), "（退回件）": _replied(b, _two_errors(b), folder)}, READY
        ),
        "wrong year": Case(lambda b: write(replace(b.filled(), year=YEAR - 1)), ERROR, "fail", sheet=None,
                           counts=(1, 0, 0)),
        "not a workbook": Case(lambda _: b"none of ours", "无法读取", "unreadable", sheet=None),
    }  # fmt: skip


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return what every surface says of a season of the cases that this session asks about."""
    folder = tmp_path_factory.mktemp("surfaces")
    asked = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    return season(folder / "季", {name: case for name, case in cases(folder).items() if name in asked})


CASES = cases(Path())
QUICK = ("two balances", "jump", "stock explained", "untouched", "about", "wrong year")
NAMES = only((name for name in CASES if name != "not a workbook"), *QUICK)


def _file(told: Told, name: str) -> str:
    return next(file for file in told.check if file.rpartition(".")[0] == name)


@pytest.mark.parametrize("name", only(CASES, *QUICK))
def test_check_says_what_is_the_matter(told: Told, name: str) -> None:
    """The sentence, the verdict and the counts are what the case must come to, and the parts add up to them."""
    case, said = CASES[name], told.check[_file(told, name)]
    status = said["status"]
    assert (status["sentence"], said["verdict"]) == (case.sentence, case.verdict), said["findings"]
    assert (status["errors"], status["missing"], status["doubts"]) == case.counts
    for key, of_parts in (("errors", "broken"), ("missing", "missing"), ("doubts", "doubts")):
        assert status[key] == sum(part[of_parts] for part in status["parts"])
    assert status["ready"] == status["sentence"].startswith(READY)
    if said["verdict"] == "fail":
        assert not status["ready"]


@pytest.mark.parametrize("name", only(CASES, *QUICK))
def test_the_text_says_the_same_in_one_line(told: Told, name: str) -> None:
    """The line of a file gives its verdict, its body and the sentence."""
    case, file = CASES[name], _file(told, name)
    who = told.bodies[name].name if case.verdict != "unreadable" else "—"
    assert f"{VERDICTS[case.verdict]} {file} {who}：{case.sentence}\n" in told.text


@pytest.mark.parametrize("name", NAMES)
def test_the_worklist_and_the_rollup_say_the_same(told: Told, name: str) -> None:
    """台账.xlsx says it of the body and of the file, the roll-up of the file, in the same words."""
    case, file, body = CASES[name], _file(told, name), told.bodies[name]
    said = told.lists
    assert said["worklist", "files"][file] == [case.sentence]
    assert case.sentence in said["rollup", "files"][file]
    if name not in ("old file mended", "wrong year"):
        assert said["worklist", "bodies"][body.name] == [case.sentence]
        assert said["rollup", "bodies"][body.name] == [case.sentence] * 2
        (state,) = said["worklist", "states"][body.name]
        assert (state.removesuffix("（迟报）") in ("已通过", "已更正")) == (case.verdict == "pass")


@pytest.mark.parametrize("name", NAMES)
def test_the_letter_says_the_same(told: Told, name: str) -> None:
    """A return with anything left to do is told the sentence and what to do; only one with nothing left needs no other."""
    if name == "old file mended":
        return
    case = CASES[name]
    kind, text = told.letter(name)
    left = case.sentence != READY
    assert kind == ("退回信" if case.verdict == "fail" else "回执信")
    assert ("不必再报" in text) == (not left)
    assert ("已通过审核" in text) == (case.verdict == "pass")
    # A file of another year is not to be mended: its letter says which year is wanted and brings that year's form.
    assert (f"{case.sentence}。" in text) == (left and name != "wrong year")
    assert ("不能作为 2025 年度年报" in text) == (name == "wrong year")
    assert not re.search("不符|未填", text.partition("1. [")[0])
    if name in ("balance", "two balances", "half mended"):
        assert "左边" in text
        assert "原填" not in text


@requires_office
@pytest.mark.office
@pytest.mark.parametrize("of", ["quick", pytest.param("others", marks=soak)])
def test_the_sheet_says_the_same(told: Told, tmp_path: Path, of: str) -> None:
    """校验 of the workbook as it was sent, computed anew, says the same sentence as far as it can know."""
    asked = [name for name in told.bodies if CASES[name].sheet is not None]
    paths, shown = [], {}
    for at, name in enumerate(asked):
        paths.append(tmp_path / f"{at}.xlsx")
        paths[-1].write_bytes((told.folder / "收件" / _file(told, name)).read_bytes())
    for name, book in zip(asked, computed(paths, tmp_path / "anew"), strict=True):
        # A reply of which every line is done calls it 报回.
        shown[name] = sentence_of_sheet(book).replace("已全部处理，可以报回", READY)
    assert shown == {name: CASES[name].sheet or CASES[name].sentence for name in asked}


@soak
@requires_office
@pytest.mark.office
def test_the_form_of_2019_says_the_same(tmp_path: Path) -> None:
    """Check, 台账, roll-up and the sheet itself say one sentence of a return of the older format, too."""
    projects = "t2.licensing.last_year"
    cases = {
        "sound": Case(lambda b: b.sound(), READY),
        "balance": Case(lambda b: b.sound(**{NATURAL: _plus(b, NATURAL, 1)}), ERROR, "fail"),
        "blank": Case(lambda b: b.sound(**{"t2.coercion.decisions": None}), MISSING),
        "projects": Case(lambda b: b.sound(**{projects: _plus(b, projects, 3)}), DOUBT),
    }
    told = season(tmp_path / "季", cases, load_form("2019"), 2020)
    sent = [tmp_path / "季" / "收件" / f"{name}.xlsx" for name in cases]
    for name, book in zip(cases, computed(sent, tmp_path / "anew"), strict=True):
        case, file = cases[name], f"{name}.xlsx"
        shown = told.check[file]["status"]["sentence"], sentence_of_sheet(book), *told.lists["worklist", "files"][file]
        assert shown == (case.sentence,) * 3
        assert told.check[file]["verdict"] == case.verdict
        assert case.sentence in told.lists["rollup", "files"][file]
