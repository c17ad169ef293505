"""Real published reports, typed into the form: their faults are found where tables can show them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import cells_of, changed, reports, typed
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.checking import check
from toolkit.findings import Severity
from toolkit.forms import Verdict, View, form_for_year, judge, load_form

NARRATIVE = "only figures of the text were seen: there is no table to check"
EDITED = "a label cannot be edited in our template; in what comes back it is FORM_020"
TEXT = "a fault of the text against itself or the tables: no rule of tables can see it"

# report: level, then fault → (code, item) that is expected, or the reason why no rule of tables can see it
EXPECTED: dict[str, tuple[str | None, dict[str, tuple[str, str] | str]]] = {
    "baokang-agri-2021": (
        "县级部门",
        {
            "LABEL_EDITED": EDITED,
            "BLANK_CELLS": ("BLANK_001", "t2.licensing.decisions"),
            "TEXT_TABLE_DIFF_SCOPE": TEXT,
        },
    ),
    "beijing-tongzhou-bureau-2019": (
        "县级部门",
        {
            "WRONG_COLUMN": "22 in the wrong column is a whole number like any other",
            "BAD_NUMBER": ("VALUE_010", "t2.penalty.change"),
            "LABEL_EDITED": EDITED,
            "UNIT_IN_CELL": ("VALUE_002", "t2.procurement.amount"),
        },
    ),
    "changchun-office-2024": (None, {}),
    "changchun-veterans-2023": ("市级部门", {"TEXT_TABLE_MISMATCH": TEXT}),
    "fixture-2019-t2": (None, {"FORMAT_CONFUSION": "a fault of the program that read it, not of the report"}),
    "fushun-district-2025": (None, {}),
    "gaoping-office-2023": (None, {}),
    "guangzhou-sasac-2020": ("市级部门", {}),
    "hangzhou-office-2024": (None, {}),
    "hanyang-office-2022": (
        "县级部门",
        {"LABEL_EDITED": EDITED, "BLANK_CELLS": ("BLANK_001", "t2.rules.in_force")},
    ),
    "huichang-zhongcun-2020": (
        "乡镇",
        {"UNIT_MISSING": "8040 without a unit is a sound number; our label fixes the unit 万元"},
    ),
    "jiaxian-xizhen-2022": (
        "乡镇",
        {
            "OBSOLETE_FORMAT": "our template of a year exists in one format only; a stranger's is ID_022 (see below)",
            "ALL_BLANK": ("BLANK_002", ""),
        },
    ),
    "kazuo-office-2025": (None, {}),
    "linxia-city-office-2025": (None, {}),
    "longgang-dept-2024": ("县级部门", {}),
    "nileke-town-2023": (
        "乡镇",
        {"NO_AUTHORITY": ("C2", "t2.rules.in_force"), "PLACEHOLDER_LEFT": "left in parts that are tables in ours"},
    ),
    "park-missing-number-2024": (None, {"MISSING_NUMBER": TEXT}),
    "pingwu-stats-2021": ("县级部门", {"STALE_OR_FUTURE_YEAR": TEXT}),
    "qindu-2024": (None, {}),
    "stats-bureau-slash-2023": (
        "县级部门",
        {"PLACEHOLDER_VALUE": ("VALUE_003", "t2.rules.issued"), "BLANK_CELLS": ("BLANK_001", "t3.r1.natural")},
    ),
    "suqian-2023": ("市", {}),
    "suqian-2024": ("市", {"TEXT_PERCENT": TEXT, "TEXT_TABLE_DIFF_SCOPE": TEXT}),
    "tianmen-tuoshi-2020": ("乡镇", {"TEXT_SUM": TEXT}),
    "unknown-bureau-jian4": (
        "县级部门",
        {
            "TEXT_IN_NUMBER": ("VALUE_002", "t2.licensing.change"),
            "UNIT_MISSING": "52.15 without a unit is a sound number; our label fixes the unit 万元",
        },
    ),
    "wanyuan-2025": (None, {"TEXT_TABLE_MISMATCH": TEXT}),
    "wuchang-approval-2025": (None, {"STALE_YEAR": TEXT}),
    "wuhan-eeb-2020": ("市级部门", {"LABEL_EDITED": EDITED}),
    "wuqi-zhouwan-2021": ("乡镇", {"BAD_PERIOD": TEXT, "HEADING_TYPO": TEXT}),
    "xining-chengzhong-2024": (None, {}),
    "xiongxian-township-2019": ("乡镇", {}),
    "yanbian-xinjiu-2021": ("乡镇", {"LABEL_EDITED": EDITED}),
    "yanzhou-branch-2025": (None, {}),
    "yueyang-nanhu-2019": ("县级部门", {}),
    "yuhang-2023": (None, {}),
    "yuhang-2024": (None, {}),
    "yuhang-devreform-2022": (None, {"OBSOLETE_BASIS": TEXT}),
    "yuhang-office-2024": (None, {}),
    "zibo-zhongbu-2020": ("乡镇", {"BAD_DATE": TEXT}),
}


def test_the_table_names_every_report_and_every_published_fault(published: Path) -> None:
    """No report and no fault of the folder is forgotten here, and none is made up."""
    known = {name: {each["code"] for each in report["published_errors"]} for name, report in reports(published).items()}
    assert {name: set(faults) for name, (_, faults) in EXPECTED.items()} == known


@pytest.mark.parametrize("name", EXPECTED)
def test_faults_are_found_and_sound_figures_left_alone(published: Path, name: str) -> None:
    """Each fault that tables can show is found at its item; no figure without a fault gets an error."""
    report = reports(published)[name]
    level, faults = EXPECTED[name]
    if not report["cells"]:
        assert all(isinstance(each, str) for each in faults.values()), NARRATIVE
        return
    ret, _ = typed(report)
    findings = check(ret, level=level)
    wanted = {each for each in faults.values() if isinstance(each, tuple)}
    for code, item in wanted:
        assert any(each.code == code and (not item or item in each.items) for each in findings), (code, item)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    unseen = {code for code, answer in ret.answers.items() if isinstance(answer, Blank)} | (
        set(ret.form.inputs) - set(ret.answers)
    )
    for each in errors:
        if any(each.code == code and (not item or item in each.items) for code, item in wanted):
            continue
        # What was not seen of the report is blank here: the sheet then says 待填, not 不通过.
        checks = [found for rule in ret.form.rules for found in rule.checks if rule.id == each.code]
        own = next((found for found in checks if found.items == each.items), None)
        assert own is not None, each
        assert {code for code, _ in own.inputs} & unseen, each
        judged = judge(own, View(ret.figures, ret.blanks, {}, None, lambda _: None))
        assert judged is not None
        assert judged.verdict is Verdict.PENDING or any(
            isinstance(ret.answers.get(code), Unreadable) for code, _ in own.inputs
        ), each


def test_the_old_format_is_not_used_for_a_later_year() -> None:
    """The report year 2022 has the 2021 format; the 2019 format does not take it."""
    assert form_for_year(2022).id == "2021"
    assert not load_form("2019").uses(2022)


@pytest.mark.parametrize("name", ["suqian-2023", "suqian-2024"])
def test_published_totals_are_the_recomputed_ones(published: Path, name: str) -> None:
    """Every total of a complete report equals what its parts add up to; nothing is left blank."""
    ret, totals = typed(reports(published)[name])
    assert set(totals) == set(ret.form.formulas)
    assert {code: answer.value for code, answer in totals.items() if isinstance(answer, Filled)} == {
        code: ret.figures[code] for code in totals
    }
    assert len(cells_of(reports(published)[name])) == 200
    assert ret.blanks == frozenset()


def test_the_chains_of_a_real_city_hold_in_every_column(published: Path) -> None:
    """2024 follows 2023: no error, X1 and X2 hold."""
    known = reports(published)
    old, new = typed(known["suqian-2023"])[0], typed(known["suqian-2024"])[0]
    for ret, last in ((old, None), (new, old)):
        found = check(ret, last=last, level="市")
        assert [each for each in found if each.severity is Severity.ERROR] == []
        assert not {"X1", "X2"} & {each.code for each in found}


@pytest.mark.parametrize("side", ["older", "newer"])
@pytest.mark.parametrize("column", ["natural", "enterprise", "research", "nonprofit", "legal", "other"])
def test_a_changed_carry_over_breaks_the_chain_in_its_column(published: Path, side: str, column: str) -> None:
    """One more left over last year, or carried in this year, is X1 in that column and in no other."""
    known = reports(published)
    old, new = typed(known["suqian-2023"])[0], typed(known["suqian-2024"])[0]
    if side == "older":
        old = changed(old, **{f"t3__r4__{column}": (old.figures[f"t3.r4.{column}"] or 0) + 1})
    else:
        new = changed(new, **{f"t3__r2__{column}": (new.figures[f"t3.r2.{column}"] or 0) + 1})
    chains = [each.items for each in check(new, last=old, level="市") if each.code == "X1"]
    assert chains == [(f"t3.r2.{column}",)]


@pytest.mark.parametrize("side", ["older", "newer"])
@pytest.mark.parametrize("row", ["rules", "normative"])
def test_a_changed_stock_breaks_the_chain_of_its_row(published: Path, side: str, row: str) -> None:
    """One document more in force, last year or this year, is X2 in that row."""
    known = reports(published)
    old, new = typed(known["suqian-2023"])[0], typed(known["suqian-2024"])[0]
    code = f"t2.{row}.in_force"
    if side == "older":
        old = changed(old, **{code.replace(".", "__"): (old.figures[code] or 0) + 1})
    else:
        new = changed(new, **{code.replace(".", "__"): (new.figures[code] or 0) + 1})
    assert [each.items[0] for each in check(new, last=old, level="市") if each.code == "X2"] == [code]


def test_any_figure_of_table_three_changed_by_one_is_found_in_its_column(published: Path) -> None:
    """Each input of a sound return, one more or (where it can) one less, breaks I1 in its own column alone."""
    ret, _ = typed(reports(published)["suqian-2023"])
    tried = 0
    for item in ret.form.table("t3").inputs:
        for step in (1, -1):
            value = (ret.figures[item.code] or 0) + step
            if value < 0:
                continue
            found = [
                each
                for each in check(changed(ret, **{item.code.replace(".", "__"): value}), level="市")
                if each.code == "I1"
            ]
            assert [each.items[0] for each in found] == [f"t3.r1.{item.column_code}"], item.code
            tried += 1
    assert tried > 150
