"""The shipped samples: as their writer makes them, each body in its state, each fault found, and the real return."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests import samples
from tests.commands import answer, worked
from tests.samples import BODIES, COUNTY, FOLDER, REGION, SEED, code_of
from tests.soaking import soak
from toolkit.answers import Blank, Filled
from toolkit.findings import Finding, Severity
from toolkit.merging import coverage
from toolkit.returns import Checked, RollUp
from toolkit.run import Job, Outcome, run, sources
from toolkit.run.demonstration import AS_OF

REAL = FOLDER / "真实-2019"

# What each file of 2025 stands for: its verdict, its state, and the findings it must have, all errors among them.
FILES: dict[str, tuple[str, str, frozenset[str]]] = {
    "财政局2025年报.xlsx": ("pass", "merged", frozenset()),
    "财政局年报(最终)(1).xlsx": ("pass", "duplicate", frozenset()),
    "教育局2025年报.xlsx": ("pass", "merged", frozenset()),
    "公安局2025年报.xlsx": ("fail", "failing", frozenset({"I1"})),
    "自然资源局2025年报.xlsx": ("fail", "failing", frozenset({"X1"})),
    "卫健局2025年报.xlsx": (
        "pass",
        "merged",
        frozenset({"VALUE_001", "VALUE_002", "VALUE_003", "BLANK_001", "X5"}),
    ),
    "住建局2025年报.xlsx": ("fail", "failing", frozenset({"X2"})),
    "农业农村局2025年报.xlsx": ("pass", "conflict", frozenset()),
    "农业农村局2025年报（改）.xlsx": ("pass", "conflict", frozenset()),
    "城关镇2025年报.xlsx": ("fail", "failing", frozenset({"C2"})),
    "东河乡2025年报.xlsx": ("fail", "failing", frozenset({"BLANK_002"})),
    "西山镇2025年报.xlsx": ("pass", "merged", frozenset()),
    "市场监管局2025年报.xlsx": ("fail", "wrong_year", frozenset({"ID_021"})),
    "司法局2025年报.xlsx": ("fail", "failing", frozenset({"VALUE_010"})),
    "气象局2025年报.xlsx": ("pass", "not_in_rollup", frozenset()),
    "交易中心2025年报.xlsx": ("pass", "merged", frozenset()),
}

BODY_STATES = {
    "财政局": "passed", "教育局": "passed", "公安局": "received", "自然资源局": "received", "卫健局": "passed",
    "住建局": "received", "农业农村局": "received", "城关镇": "received", "东河乡": "received", "西山镇": "passed",
    "市场监管局": "missing", "司法局": "received", "统计局": "missing", "气象局": "passed", "交易中心": "passed",
}  # fmt: skip


@pytest.fixture(scope="module")
def done() -> Outcome:
    """Return the county's season of 2025, read and checked against its roster and last year."""
    return run(Job((COUNTY / "2025",), "merge", 2025, COUNTY / "名录.xlsx", (COUNTY / "2024",), as_of=AS_OF))


@pytest.fixture(scope="module")
def rollup(done: Outcome) -> RollUp:
    assert done.rollup is not None
    return done.rollup


@pytest.fixture(scope="module")
def real() -> Checked:
    (one,) = run(Job((REAL,))).checked
    return one


def one(done: Outcome, file: str) -> Checked:
    (found,) = [each for each in done.checked if each.file == file]
    return found


def only(checked: Checked, code: str) -> Finding:
    """Return the one finding of a code."""
    (found,) = [each for each in checked.findings if each.code == code]
    return found


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


@soak
def test_the_samples_are_what_their_writer_makes(tmp_path: Path) -> None:
    """Every shipped workbook equals, part by part, the one that tests/samples.py writes now, and none is left over."""
    samples.county(tmp_path / "样例县")
    samples.seed(tmp_path / "真实-2019")
    samples.blanks(tmp_path / "空白表")
    made = {each.relative_to(tmp_path).as_posix(): each for each in tmp_path.rglob("*.xlsx")}
    shipped = {each.relative_to(FOLDER).as_posix(): each for each in FOLDER.rglob("*.xlsx")}
    shipped |= {f"空白表/{each.name}": each for each in samples.BLANKS.glob("*.xlsx")}
    assert set(made) == set(shipped)
    different = [
        f"{name}!{part}"
        for name, path in made.items()
        for new, old in [(parts(path), parts(shipped[name]))]
        for part in sorted(new.keys() | old.keys())
        if new.get(part) != old.get(part)
    ]
    assert not different, "run `python -m tests.samples`"


def test_the_roster_is_sound_and_complete() -> None:
    """The roster names every body of the county and says which is not in the roll-up; it lacks addresses alone."""
    roster, findings = sources.read_roster(COUNTY / "名录.xlsx")
    assert [(each.code, each.severity) for each in findings] == [("ROSTER_030", Severity.WARNING)] * len(BODIES)
    assert roster.region == REGION
    assert {each.short: each.in_rollup for each in roster.respondents} == {each[1]: each[4] for each in BODIES}


def test_last_year_is_sound() -> None:
    """The returns of 2024 have no error and no warning: whatever is found in 2025 is the fault put there."""
    checked = run(Job((COUNTY / "2024",))).checked
    assert len(checked) == len(BODIES)
    assert {
        each.file: [one.code for one in each.findings if one.severity is not Severity.INFO] for each in checked
    } == {each.file: [] for each in checked}


def test_every_file_has_its_verdict_and_exactly_its_findings(done: Outcome) -> None:
    """Each file of 2025 has the verdict and the codes it stands for; a sound one has none at all."""
    assert {each.file: each.verdict for each in done.checked} == {name: each[0] for name, each in FILES.items()}
    found = {each.file: frozenset(one.code for one in each.findings) for each in done.checked}
    assert found == {name: each[2] for name, each in FILES.items()}


def test_every_file_has_its_state(rollup: RollUp) -> None:
    """Each file of 2025 is in exactly the state it stands for."""
    assert {each.file: each.state for each in rollup.files} == {name: each[1] for name, each in FILES.items()}
    assert len(rollup.files) == len(FILES)


def test_every_body_has_its_state(rollup: RollUp) -> None:
    """Each body of the roster is in exactly one state, with the files it sent."""
    shorts = {code_of(number): short for number, short, *_ in BODIES}
    assert {shorts[each.code]: each.state for each in rollup.bodies} == BODY_STATES
    assert len(rollup.bodies) == len(BODIES)
    for each in rollup.bodies:
        assert set(each.files) == {name for name in FILES if name.startswith(shorts[each.code])}
    assert {shorts[each.code] for each in rollup.bodies if not each.in_rollup} == {"气象局"}


def test_the_coverage_says_it(rollup: RollUp) -> None:
    """The coverage names who is missing, what was left out and why, and how many warnings are unexplained."""
    said = coverage(rollup)
    for words in (
        "13/15 已报，2 家未报：样例县市场监督管理局、样例县统计局",
        "已汇总 5 份",
        "6 份有错误未计入",
        "1 份带未说明的存疑",
    ):
        assert words in said
    assert rollup.expected == 15


def test_the_figures_are_those_of_the_merged(rollup: RollUp) -> None:
    """Every figure of the county is the sum of the five merged returns; the body outside the roll-up adds nothing."""
    assert {each.file for each in rollup.merged} == {name for name, each in FILES.items() if each[1] == "merged"}
    for code in rollup.form.inputs:
        assert rollup.figures[code] == sum(
            each.ret.figures[code] or 0 for each in rollup.merged if each.ret is not None
        )
    assert rollup.figures["t3.r1.total"] > 0


# What each fault stands for.


def test_a_lost_application_breaks_i1(done: Outcome) -> None:
    """公安局: I1 in the column of natural persons, both sides one apart, with the single cells that would mend it."""
    found = only(one(done, "公安局2025年报.xlsx"), "I1")
    assert found.severity is Severity.ERROR
    assert {"t3.r1.natural", "t3.r2.natural", "t3.r4.natural"} <= set(found.items)
    assert not any(item.endswith((".enterprise", ".total")) for item in found.items)
    assert abs(int(str(found.actual)) - int(str(found.expected))) == 1
    assert found.difference in ("1", "-1")
    assert found.hint


def test_a_carry_over_that_does_not_agree_breaks_x1(done: Outcome) -> None:
    """自然资源局: X1 in the column of natural persons, two apart; I1 holds."""
    found = only(one(done, "自然资源局2025年报.xlsx"), "X1")
    assert "t3.r2.natural" in found.items
    assert found.difference in ("2", "-2")
    assert (found.sheet, found.cell) == ("三、依申请公开", "D8")


def test_what_clerks_type_is_understood_and_said(done: Outcome) -> None:
    """卫健局: the unit and the full-width digits are read, the slash is blank and not zero, each is said."""
    checked = one(done, "卫健局2025年报.xlsx")
    assert checked.ret is not None
    assert str(checked.ret.figures["t2.fees.amount"]) == "14.4"
    assert checked.ret.figures["t2.coercion.decisions"] == 10
    assert isinstance(checked.ret.answers["t2.rules.issued"], Blank)
    assert checked.ret.blanks == {"t2.rules.issued"}
    assert only(checked, "VALUE_002").items == ("t2.fees.amount",)
    assert only(checked, "VALUE_001").items == ("t2.coercion.decisions",)
    assert only(checked, "VALUE_003").items == ("t2.rules.issued",)


def test_a_stock_that_does_not_follow_breaks_x2(done: Outcome) -> None:
    """住建局: X2 at the normative documents in force, five apart."""
    found = only(one(done, "住建局2025年报.xlsx"), "X2")
    assert "t2.normative.in_force" in found.items
    assert found.difference in ("5", "-5")


def test_two_versions_are_a_conflict(rollup: RollUp) -> None:
    """农业农村局: one finding names both files and the one figure that differs."""
    (found,) = [each for each in rollup.findings if each.code == "MERGE_001"]
    assert found.items == ("t2.licensing.decisions",)
    assert "农业农村局2025年报.xlsx" in found.message
    assert "农业农村局2025年报（改）.xlsx" in found.message


def test_a_township_has_no_regulations(done: Outcome) -> None:
    """城关镇: C2 at the regulations in force, an error because the level is known."""
    found = only(one(done, "城关镇2025年报.xlsx"), "C2")
    assert found.severity is Severity.ERROR
    assert found.items == ("t2.rules.in_force",)


def test_nothing_filled_is_one_error(done: Outcome) -> None:
    """东河乡: one error for the whole return, not one a table, of which the three empty chapters are part."""
    checked = one(done, "东河乡2025年报.xlsx")
    nothing = only(checked, "BLANK_002")
    assert nothing.severity is Severity.ERROR
    assert [single.code for single in nothing.singles].count("TEXT_001") == 3


def test_declared_zeros_are_no_blanks(done: Outcome) -> None:
    """西山镇: tables declared zero have blank cells, no blank finding, and count as nothing."""
    checked = one(done, "西山镇2025年报.xlsx")
    assert checked.ret is not None
    assert checked.ret.declared == {"t3", "t4"}
    assert isinstance(checked.ret.answers["t3.r1.natural"], Blank)
    assert checked.ret.blanks == frozenset()
    assert checked.findings == ()


def test_last_years_file_is_of_the_wrong_year(done: Outcome) -> None:
    """市场监管局: the file says 2024 inside whatever its name says, and is no fault of its figures."""
    checked = one(done, "市场监管局2025年报.xlsx")
    assert checked.ret is not None
    assert checked.ret.year == 2024
    assert "2024" in only(checked, "ID_021").message


def test_a_word_is_no_number(done: Outcome) -> None:
    """司法局: 约60 is not taken for 60; the figure is unknown and the finding quotes it."""
    checked = one(done, "司法局2025年报.xlsx")
    assert checked.ret is not None
    assert checked.ret.figures["t2.penalty.decisions"] is None
    assert "约60" in only(checked, "VALUE_010").message


# The real return of 2019.


def test_the_real_return_has_its_eight_figures(real: Checked) -> None:
    """The eight typed figures are filled, 13 and 14.4 万元 among them; every other input is blank, not zero."""
    assert real.ret is not None
    filled = {code: answer.value for code, answer in real.ret.answers.items() if isinstance(answer, Filled)}
    assert {code: str(value) for code, value in filled.items()} == {
        code: str(value) for code, value in SEED.items()
    } | {"t2.procurement.amount": "14.4"}
    assert len(filled) == 8
    assert filled["t2.procurement.projects"] == 13
    assert real.ret.answers["t2.procurement.amount"].raw == "14.4万元"  # type: ignore[union-attr]
    others = [code for code in real.ret.form.inputs if code not in filled]
    assert all(isinstance(real.ret.answers.get(code, Blank()), Blank) for code in others)
    assert real.ret.declared == frozenset()


def test_the_real_return_agrees_with_what_was_published(real: Checked, published: Path) -> None:
    """Cell by cell the return has the published figures, and its six published totals equal the recomputed ones."""
    assert real.ret is not None
    cells = json.loads((published / "seed-2019.cells.json").read_text(encoding="utf-8"))["cells"]
    items = list(real.ret.form.items.values())
    assert len(cells) == len(items) == 198
    totals = 0
    for cell, item in zip(cells, items, strict=True):
        if item.table == "t2":
            assert (cell["row"], cell["column"]) == (item.row, item.column)
        assert cell["column"].endswith(item.column)
        if cell["value"] is None:
            continue
        if item.computed:
            assert cell["value"] == real.ret.figures[item.code] == 0
            totals += 1
            continue
        answer = real.ret.answers[item.code]
        assert isinstance(answer, Filled), item.code
        assert str(answer.value) == str(cell["value"]).removesuffix("万元")
    assert totals == 6
    empty = {item.code for cell, item in zip(cells, items, strict=True) if cell["value"] is None and not item.computed}
    assert empty == real.ret.blanks


def test_the_real_return_is_answered(real: Checked) -> None:
    """Its blanks are said once a table, the blank row beside a zero and the six of 上年结转 by name; none is an error."""
    assert real.verdict == "pass"
    assert real.ret is not None
    blanks = {each.sheet: each for each in real.findings if each.code == "BLANK_001"}
    assert {name: len(each.items) for name, each in blanks.items()} == {
        "二、主动公开": 14,
        "三、依申请公开": 132,
        "四、复议诉讼": 12,
    }
    assert {code for each in blanks.values() for code in each.items} == real.ret.blanks
    assert "行政强制" in blanks["二、主动公开"].message
    assert "行政处罚" not in blanks["二、主动公开"].message
    carried = {code for code in blanks["三、依申请公开"].items if code.startswith("t3.r2.")}
    assert len(carried) == 6
    assert "上年结转" in blanks["三、依申请公开"].message


def test_the_prompt_left_in_a_chapter_is_found(real: Checked) -> None:
    """（文字描述） in chapter six is the prompt of the form and not a text; chapter five is empty."""
    left = only(real, "TEXT_002")
    assert (left.sheet, left.cell) == ("六、其他事项", "A3")
    assert "（文字描述）" in left.message
    assert only(real, "TEXT_001").sheet == "五、问题与改进"
    assert {each.code for each in real.findings} == {"BLANK_001", "TEXT_001", "TEXT_002", "TEXT_003", "VALUE_002"}


def test_the_county_is_proved(tmp_path: Path) -> None:
    """A body that files for itself is on 台账 as passed and in no roll-up: it is left out with that reason, no doubt."""
    county, out = COUNTY, tmp_path / "汇总.xlsx"
    worked("merge", county / "2025", "--roster", county / "名录.xlsx", "--last-year", county / "2024", "-o", out)
    proof = answer("prove", out, county / "2025")
    assert (proof["proved"], proof["unproved"]) == (True, [])
    assert "已通过，按名录不计入汇总。" in {one["reason"] for one in proof["left_out"]}
