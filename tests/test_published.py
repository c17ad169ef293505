"""The rules against real published reports: every fault of theirs that tables can show is found, nothing else is.

The figures come from a folder that is not part of the project: NIANBAO_PUBLISHED names it, its folder ``returns`` has
one JSON a report. Every report is named here with its faults; one that is added or changed fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import APPLICANTS, of_code
from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.checking import check
from toolkit.findings import Finding, Severity
from toolkit.forms import Check, Form, Verdict, View, judge, load_form
from toolkit.returns import Identity, Paragraph, Place, Return
from toolkit.returns.numbers import finding_of, understand

TEXT = "a sentence of the text, or a comparison with one: no rule of tables reads text"
LABEL = "an edited label: no figure is wrong, the reader finds the row by what is left of it"
UNIT = "a bare number is what the cell takes; the label of our table says 万元 and nothing tells that 元 was meant"


@dataclass(frozen=True)
class Fault:
    """The finding that a published fault must give, at these items."""

    code: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A published report: its level, and for every fault the finding expected or why no rule of tables sees it."""

    level: str
    faults: Mapping[str, Fault | str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    """Rows of its table 二 that the official form has not."""
    typed: bool = True
    """Whether any cell of its tables was seen."""


REPORTS: dict[str, Report] = {
    "baokang-agri-2021": Report(
        "县级部门",
        {
            "LABEL_EDITED": LABEL,
            "BLANK_CELLS": Fault("BLANK_001", ("t2.licensing.decisions",)),
            "TEXT_TABLE_DIFF_SCOPE": TEXT,
        },
    ),
    "beijing-tongzhou-bureau-2019": Report(
        "县级部门",
        {
            # The column itself cannot be known to be wrong; the plus sign of the cell is what is told.
            "WRONG_COLUMN": Fault("VALUE_001", ("t2.services.last_year",)),
            "BAD_NUMBER": Fault("VALUE_010", ("t2.penalty.change",)),
            "LABEL_EDITED": LABEL,
            "UNIT_IN_CELL": Fault("VALUE_002", ("t2.procurement.amount",)),
        },
    ),
    "changchun-office-2024": Report("市级部门", typed=False),
    "changchun-veterans-2023": Report("市级部门", {"TEXT_TABLE_MISMATCH": TEXT}),
    "fixture-2019-t2": Report(
        "", {"FORMAT_CONFUSION": "a fault of the program that read the report, not of its figures"}
    ),
    "fushun-district-2025": Report("县", typed=False),
    "gaoping-office-2023": Report("县级部门", typed=False),
    "guangzhou-sasac-2020": Report("市级部门"),
    "hangzhou-office-2024": Report("市级部门", typed=False),
    "hanyang-office-2022": Report(
        "县级部门", {"LABEL_EDITED": LABEL, "BLANK_CELLS": Fault("BLANK_001", ("t2.rules.in_force",))}
    ),
    "huichang-zhongcun-2020": Report("乡镇", {"UNIT_MISSING": UNIT}),
    "jiaxian-xizhen-2022": Report(
        "乡镇",
        {
            "OBSOLETE_FORMAT": "the form of a workbook and its year are compared when it is read, before any rule",
            "ALL_BLANK": Fault("BLANK_002", ()),
        },
    ),
    "kazuo-office-2025": Report("县级部门", typed=False),
    "linxia-city-office-2025": Report("县级部门", typed=False),
    "longgang-dept-2024": Report("县级部门"),
    "nileke-town-2023": Report("乡镇", {"NO_AUTHORITY": Fault("C2", ("t2.rules.in_force",)), "PLACEHOLDER_LEFT": TEXT}),
    "park-missing-number-2024": Report("县级事业单位", {"MISSING_NUMBER": TEXT}, typed=False),
    "pingwu-stats-2021": Report("县级部门", {"STALE_OR_FUTURE_YEAR": TEXT}),
    "qindu-2024": Report("县", typed=False),
    "stats-bureau-slash-2023": Report(
        "县级部门",
        {
            "PLACEHOLDER_VALUE": Fault("VALUE_003", ("t2.rules.issued", "t2.rules.repealed", "t2.rules.in_force")),
            "BLANK_CELLS": Fault("BLANK_001", tuple(f"t3.{row}.{each}" for row in ("r1", "r2") for each in APPLICANTS)),
        },
    ),
    "suqian-2023": Report("市"),
    "suqian-2024": Report("市", {"TEXT_PERCENT": TEXT, "TEXT_TABLE_DIFF_SCOPE": TEXT}),
    "tianmen-tuoshi-2020": Report("乡镇", {"TEXT_SUM": TEXT}),
    "unknown-bureau-jian4": Report(
        "县级部门", {"TEXT_IN_NUMBER": Fault("VALUE_002", ("t2.licensing.change",)), "UNIT_MISSING": UNIT}
    ),
    "wanyuan-2025": Report("县", {"TEXT_TABLE_MISMATCH": TEXT}, typed=False),
    "wuchang-approval-2025": Report("县级部门", {"STALE_YEAR": TEXT}, typed=False),
    "wuhan-eeb-2020": Report("市级部门", {"LABEL_EDITED": LABEL}, also=("其他主动公开文件（湖北加行）",)),
    "wuqi-zhouwan-2021": Report("乡镇", {"BAD_PERIOD": TEXT, "HEADING_TYPO": TEXT}, typed=False),
    "xining-chengzhong-2024": Report("县", typed=False),
    "xiongxian-township-2019": Report("乡镇"),
    "yanbian-xinjiu-2021": Report("乡镇", {"LABEL_EDITED": LABEL}),
    "yanzhou-branch-2025": Report("县级事业单位", typed=False),
    "yueyang-nanhu-2019": Report("县级部门"),
    "yuhang-2023": Report("县", typed=False),
    "yuhang-2024": Report("县", typed=False),
    "yuhang-devreform-2022": Report("县级部门", {"OBSOLETE_BASIS": TEXT}, typed=False),
    "yuhang-office-2024": Report("县级部门", typed=False),
    "zibo-zhongbu-2020": Report("乡镇", {"BAD_DATE": TEXT}),
}
TYPED = [name for name, report in REPORTS.items() if report.typed]
COMPLETE = ["suqian-2023", "suqian-2024"]


def raw_of(published: Path, name: str) -> dict[str, Any]:
    return json.loads((published / "returns" / f"{name}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def codes_of(form: Form, table: str, row: str) -> dict[str, str]:
    """Return the item codes of a published row by the published name of the column; none for a row of no form."""
    of = form.table({"二": "t2", "三": "t3", "四": "t4"}[table])
    wanted = "r" + row[1:].replace(".", "_") if table == "三" else next((e.code for e in of.rows if e.label == row), "")
    return {item.column.partition("（")[0]: item.code for item in of.items if item.row_code == wanted}


def cells_of(form: Form, raw: Mapping[str, Any], also: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Return the published cells as (item code, what stood in it); a row or column of no form raises KeyError."""
    for table, rows in raw.get("cells", {}).items():
        for row, cells in rows.items():
            for column, value in cells.items():
                if row not in also:
                    yield codes_of(form, table, row)[column.partition("（")[0]], value


def understood(value: Any, kind: str) -> Answer:
    """Return a published cell as the reader would take it from a workbook."""
    return understand(Decimal(str(value)) if isinstance(value, float) else value, kind=kind)


def typed(published: Path, name: str) -> Return:
    """Return a published report as if its cells had been typed; its totals stand where formulas would be."""
    raw = raw_of(published, name)
    form = load_form(raw["format"][:4])
    answers: dict[str, Answer] = {}
    stated: dict[str, Answer] = {}
    findings: list[Finding] = []
    for code, value in cells_of(form, raw, REPORTS[name].also):
        item = form.items[code]
        answer = understood(value, item.kind)
        if item.computed:
            if not isinstance(answer, Blank):
                stated[code] = answer
            continue
        answers[code] = answer
        told = finding_of(answer, label=item.short, kind=item.kind, item=code)
        findings += [told] if told is not None else []
    fees = [said["text"] for said in raw["narrative_numbers"] if "信息处理费" in said["text"]]
    text = {"六": tuple(Paragraph(said, Place("", "")) for said in fees)}
    return Return(form, Identity(form.id, raw["year"]), answers, stated=stated, text=text, findings=tuple(findings))


def checked(published: Path, name: str) -> tuple[Return, tuple[Finding, ...]]:
    ret = typed(published, name)
    return ret, check(ret, level=REPORTS[name].level or None)


def judged_by(ret: Return, one: Finding) -> list[Check]:
    return [each for rule in ret.form.rules for each in rule.checks if (each.rule, each.items) == (one.rule, one.items)]


def errors(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.severity is Severity.ERROR]


def changed(ret: Return, code: str, by: int) -> Return:
    """Return the return with one input changed by so much; its typed totals are forgotten."""
    return replace(ret, answers={**ret.answers, code: Filled((ret.figures[code] or 0) + by)}, stated={})


def test_every_report_is_named_here(published: Path) -> None:
    """The table above names every report of the folder and each of its published faults, and no other."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in published.glob("returns/*.json")}
    assert set(found) == set(REPORTS)
    for name, raw in found.items():
        assert set(REPORTS[name].faults) == {fault["code"] for fault in raw["published_errors"]}, name
        assert REPORTS[name].typed == bool(raw.get("cells")), name


@pytest.mark.parametrize("name", TYPED)
def test_the_published_faults_are_found(published: Path, name: str) -> None:
    """Each fault that stands in the tables gives its finding, and the items of the finding are those at fault."""
    _, findings = checked(published, name)
    for fault, expected in REPORTS[name].faults.items():
        if isinstance(expected, Fault):
            items = {item for each in of_code(findings, expected.code) for item in each.items}
            assert of_code(findings, expected.code), fault
            assert set(expected.items) <= items, fault


@pytest.mark.parametrize("name", TYPED)
def test_figures_without_a_fault_are_left_alone(published: Path, name: str) -> None:
    """No error but the named ones; what breaks because only a part of the report was seen is still 待填 on the sheet."""
    ret, findings = checked(published, name)
    named = {fault.code for fault in REPORTS[name].faults.values() if isinstance(fault, Fault)}
    for each in errors(findings):
        if each.code in named:
            continue
        (own,) = judged_by(ret, each)
        assert any(code not in ret.answers for code, _ in own.inputs), each.message
        judged = judge(own, View(ret.figures, ret.blanks, {}, None, lambda _: 0))
        assert judged is not None
        assert judged.verdict is Verdict.PENDING, each.message


@pytest.mark.parametrize("name", TYPED)
def test_unreadable_cells_are_only_the_named_ones(published: Path, name: str) -> None:
    """Whatever stands in a published cell is read, or it is the fault that was published."""
    ret = typed(published, name)
    named = {item for fault in REPORTS[name].faults.values() if isinstance(fault, Fault) for item in fault.items}
    assert {code for code, answer in ret.answers.items() if isinstance(answer, Unreadable)} <= named


@pytest.mark.parametrize("name", COMPLETE)
def test_complete_reports_are_sound(published: Path, name: str) -> None:
    """A complete report has no finding at all, all 200 items seen, and its published totals are the recomputed ones."""
    ret, findings = checked(published, name)
    assert findings == ()
    assert len(ret.answers) + len(ret.stated) == 200
    assert {code: answer.value for code, answer in ret.stated.items() if isinstance(answer, Filled)} == {
        code: ret.figures[code] for code in ret.form.items if ret.form.items[code].computed
    }


@pytest.mark.parametrize(("name", "yuan"), [("suqian-2023", 2950), ("suqian-2024", 2230)])
def test_the_fees_of_the_text_are_read(published: Path, name: str, yuan: int) -> None:
    """The yuan of 信息处理费 are taken from the real sentence; a table that states less money gets a warning."""
    ret = typed(published, name)
    less = Decimal(yuan - 1) / 10_000
    short = replace(ret, answers={**ret.answers, "t2.fees.amount": Filled(less)})
    (found,) = check(short, level="市")
    assert (found.code, found.severity, found.items) == ("C1", Severity.WARNING, ("t2.fees.amount",))
    assert str(yuan) in found.message
    assert of_code(check(replace(ret, text={}), level="市"), "C1")[0].items == ("t3.r3_6_2.total",)


def test_the_chains_of_a_real_city_hold(published: Path) -> None:
    """From 2023 to 2024 all seven columns of 结转 and both stocks of 现行有效 continue: no error, and no chain is left out."""
    old, new = typed(published, "suqian-2023"), typed(published, "suqian-2024")
    assert errors(check(new, last=old, level="市")) == []
    view = View(new.figures, frozenset(), {}, old.figures, lambda _: 0)
    for rule, count in (("X1", 7), ("X2", 2)):
        verdicts = [judge(each, view) for each in new.form.rule(rule).checks]
        assert [each.holds for each in verdicts if each is not None] == [True] * count


@pytest.mark.parametrize("column", APPLICANTS)
def test_a_broken_carry_over_is_found(published: Path, column: str) -> None:
    """One case more in last year's 结转下年度, or in this year's 上年结转, breaks the chain in that column, told once."""
    old, new = typed(published, "suqian-2023"), typed(published, "suqian-2024")
    before = check(new, last=changed(old, f"t3.r4.{column}", 1), level="市")
    assert [(each.code, each.items) for each in errors(before)] == [("X1", (f"t3.r2.{column}",))]
    assert before[0].difference == "-1"
    after = check(changed(new, f"t3.r2.{column}", 1), last=old, level="市")
    assert {(each.code, each.items[0]) for each in errors(after)} == {
        ("X1", f"t3.r2.{column}"), ("I1", f"t3.r1.{column}"),
    }  # fmt: skip


@pytest.mark.parametrize("row", ["rules", "normative"])
def test_a_broken_stock_is_found(published: Path, row: str) -> None:
    """One document more in force, last year or this year, breaks the stock of its row alone."""
    old, new = typed(published, "suqian-2023"), typed(published, "suqian-2024")
    code = f"t2.{row}.in_force"
    for findings in (
        check(new, last=changed(old, code, 1), level="市"),
        check(changed(new, code, 1), last=old, level="市"),
    ):
        assert [(each.code, each.items[0]) for each in errors(findings)] == [("X2", code)]


def test_a_change_of_any_cell_of_table_three_is_found(published: Path) -> None:
    """Any input of table 三 one higher, or one lower where it can be, unbalances its column, and only that is told."""
    sound = typed(published, "suqian-2024")
    inputs = [item for item in sound.form.table("t3").items if not item.computed]
    assert len(inputs) == 24 * 6
    for item in inputs:
        value: Number = sound.figures[item.code] or 0
        for by in (1, -1) if value > 0 else (1,):
            found = errors(check(changed(sound, item.code, by), level="市"))
            assert [(each.code, each.items[0]) for each in found] == [("I1", f"t3.r1.{item.column_code}")], item.code
            assert found[0].difference in ("1", "-1")


def test_more_reviews_than_applications_is_asked_about(published: Path) -> None:
    """The district whose text tells of 144 reviews and 133 applications gets a warning, not an error."""
    told = " ".join(each["text"] for each in raw_of(published, "qindu-2024")["narrative_numbers"])
    assert all(number in told for number in ("122件", "上年结转11件", "126件", "7件", "复议144件", "120件"))
    form = load_form("2021")
    figures: dict[str, Number] = dict.fromkeys(form.inputs, 0) | {
        "t3.r1.natural": 122, "t3.r2.natural": 11, "t3.r3_1.natural": 126, "t3.r4.natural": 7,
        "t4.review.upheld": 120, "t4.review.pending": 24,
    }  # fmt: skip
    ret = Return(form, Identity("2021", 2024), {code: Filled(value) for code, value in figures.items()})
    (found,) = check(ret, level="县")
    assert (found.code, found.severity, found.actual, found.expected) == ("C3", Severity.WARNING, "144", "133")
