"""The forms: what ships, what a form file may say, the grammar of rules, and the verdict on a single check."""

from __future__ import annotations

import contextlib
import copy
import pickle
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import APPLICANTS, a_return, a_view
from toolkit.answers import Number
from toolkit.errors import DefinitionError, ToolkitError
from toolkit.findings import Severity
from toolkit.forms import Check, Form, Verdict, form_for_year, judge, load, load_form, load_form_file
from toolkit.forms.expression import Call, ExpressionError, Name, Span, Summand, Tree, parse

FORMS = ("2019", "2021")


def text_of(form: str) -> str:
    return resources.files("toolkit.forms").joinpath(f"form_{form}.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as refused:
        load.parse_form(text, "eigen.toml")
    return refused.value.faults


def check_of(form: Form, key: str) -> Check:
    (found,) = [each for rule in form.rules for each in rule.checks if each.key == key]
    return found


WORDS = """{ severity = "warn", title = "存量", message = "{left}", remedy = "请核对。", title_en = "stock", \
message_en = "{left}", remedy_en = "Check." }"""


# ---- what ships


@pytest.mark.parametrize(
    ("form", "counts"), [("2019", {"t2": 22, "t3": 161, "t4": 15}), ("2021", {"t2": 10, "t3": 175, "t4": 15})]
)
def test_the_forms_have_their_items(form: str, counts: dict[str, int]) -> None:
    """198 items in the format of 2019, 200 in that of 2021, 166 of them typed in either."""
    of = load_form(form)
    assert {table.id: len(table.items) for table in of.tables} == counts
    assert len(of.items) == sum(counts.values())
    assert len(of.inputs) == 166
    computed = {code for code, item in of.items.items() if item.computed}
    rows = [line.code for line in of.table("t3").rows]
    assert computed == (
        {f"t3.{row}.total" for row in rows}
        | {f"t3.r3_7.{each}" for each in APPLICANTS}
        | {f"t4.{row}.total" for row in ("review", "suit_direct", "suit_after")}
    )


def test_carried_over_cases_are_typed() -> None:
    """结转下年度 is an input: computed, the statutory identity could never fail."""
    for form in FORMS:
        assert not any(load_form(form).items[f"t3.r4.{each}"].computed for each in APPLICANTS)


def test_kinds_of_items() -> None:
    """Money only where the form asks for 万元, signed only 本年增/减, counts elsewhere."""
    kinds = {form: {code: item.kind for code, item in load_form(form).items.items()} for form in FORMS}
    assert [code for code, kind in kinds["2021"].items() if kind != "count"] == ["t2.fees.amount"]
    assert {code for code, kind in kinds["2019"].items() if kind == "money"} == {"t2.procurement.amount"}
    signed = {code for code, kind in kinds["2019"].items() if kind == "signed"}
    assert signed == {f"t2.{row}.change" for row in ("licensing", "services", "penalty", "coercion", "fees")}


def test_the_contracted_rules_are_there() -> None:
    """Each format has the rules that its figures can have, with the severities they were given."""
    severities = {form: {rule.id: rule.severity.value for rule in load_form(form).rules} for form in FORMS}
    shared = {f"I{at}": "error" for at in range(1, 6)} | {"X1": "error"}
    shared |= {"C3": "warning", "X4": "warning", "X5": "warning"}
    assert severities["2019"] == shared | {"C2": "warning", "I6": "error", "X3": "warning"}
    assert severities["2021"] == shared | {"C2": "error", "I7": "warning", "X2": "error", "C1": "warning"}


def test_every_rule_says_why_and_what_to_do() -> None:
    """Ground, remedy and title are there for each, and each check has its own key and sentence."""
    for form in FORMS:
        checks = [check for rule in load_form(form).rules for check in rule.checks]
        entries = [rule.entry for rule in load_form(form).rules]
        assert all(entry.ground and entry.remedy and entry.title for entry in entries)
        assert len({check.key for check in checks}) == len(checks)
        assert all(check.words for check in checks)


def test_sentences() -> None:
    """A check reads as a clerk would say it: the column named once, long sums shortened, conditions in front."""
    form = load_form("2021")
    assert check_of(form, "I1.t3.natural").words == "自然人：本年新收＋上年结转＝办理结果总计＋结转下年度"
    assert check_of(form, "I2.t3.legal").words.endswith("＝（一）予以公开＋…＋（六）3.其他（共21项）")
    assert check_of(form, "X2.t2.rules").words == "规章：现行有效件数＝上年度现行有效件数＋本年制发件数－本年废止件数"
    words = [check.words for id_ in FORMS for rule in load_form(id_).rules for check in rule.checks]
    assert not [text for text in words if any(sign in text for sign in "≠≥≤＞＜") or text.startswith("若")]
    assert check_of(form, "I7.t2.normative").words.startswith("行政规范性文件：现行有效件数应含以前年度的存量")


@pytest.mark.parametrize(("year", "form"), [(2019, "2019"), (2020, "2019"), (2021, "2021"), (2026, "2021")])
def test_the_form_of_a_year(year: int, form: str) -> None:
    """Two years used the first format, all later ones use the second."""
    assert form_for_year(year).id == form


def test_no_form_before_2019_and_no_other_form() -> None:
    """A year before the unified format and a form that does not ship stop the run with the next step."""
    with pytest.raises(ToolkitError, match="2018"):
        form_for_year(2018)
    with pytest.raises(ToolkitError, match="2024"):
        load_form("2024")


def test_a_shipped_form_travels_by_name() -> None:
    """Pickled, a form is a few bytes, and arrives as the very same object."""
    for form in FORMS:
        parcel = pickle.dumps(load_form(form))
        assert len(parcel) < 100
        assert pickle.loads(parcel) is load_form(form)


def test_a_return_arrives_with_its_figures() -> None:
    """A pickled return has its derived figures again on the other side."""
    ret = a_return({"t3.r1.natural": 3, "t2.fees.amount": Decimal("0.5")})
    there = pickle.loads(pickle.dumps(ret))
    assert there == ret
    assert dict(there.figures) == dict(ret.figures)


def test_totals_are_computed() -> None:
    """Formula items follow from the inputs, in whatever order they depend on each other; unreadable parts make None."""
    form = load_form("2021")
    whole = form.complete({"t3.r3_1.natural": 2, "t3.r3_6_3.natural": 3, "t3.r3_2.legal": 4, "t4.review.pending": 1})
    assert (whole["t3.r3_7.natural"], whole["t3.r3_7.total"], whole["t3.r3_1.total"]) == (5, 9, 2)
    assert whole["t4.review.total"] == 1
    assert list(whole) == list(form.items)
    unknown = form.complete({"t3.r3_1.natural": None})
    assert [code for code, value in unknown.items() if value is None] == [
        "t3.r3_1.natural", "t3.r3_1.total", "t3.r3_7.natural", "t3.r3_7.total",
    ]  # fmt: skip


# ---- the grammar


def test_an_expression_becomes_a_tree() -> None:
    """Sums, coefficients, last year's figures, spans, texts and calls are the whole grammar."""
    assert parse("a - 2*last.b.c + 3 <= sum(r1 .. r2, x)") == Tree(
        (
            Summand(Decimal(1), Name("a", False)),
            Summand(Decimal(-2), Name("b.c", True)),
            Summand(Decimal(3), None),
        ),
        "<=",
        (Summand(Decimal(1), Call("sum", (Span(Name("r1", False), Name("r2", False)), Name("x", False)))),),
    )
    assert parse("-x == 0").left == (Summand(Decimal(-1), Name("x", False)),)
    assert parse("mentions('六', '费') >= 1").left[0].of == Call("mentions", ("六", "费"))


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a = b", "a == b == c", "a ==", "== b", "a ** 2 == b", "a * b == c", "a / b == 1", "(a + b) == c",
        "a == b if c", "__import__('os').system('x') == 0", "a == sum(b", "a == sum(b ..)", "a == 'x", "a[0] == 1",
        "a == 1e5", "a & b == 1", "a == b; c", "a == +b", "sum(, a) == 0",
    ],
)  # fmt: skip
def test_what_is_outside_the_grammar_is_refused(text: str) -> None:
    """Nothing else is an expression, least of all Python."""
    with pytest.raises(ExpressionError):
        parse(text)


@given(st.text(alphabet="ab.1 +-*=<>!()'，,last_sum\n", max_size=40) | st.text(max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Whatever stands in a form file as an expression is a tree or an ExpressionError."""
    with contextlib.suppress(ExpressionError):
        assert isinstance(parse(text), Tree)


# ---- strict loading


def test_every_fault_is_told_at_once() -> None:
    """A misspelt key with the nearest one, a missing key and a wrong kind are one refusal, each with its path."""
    text = text_of("2021").replace('number = "五"', 'nummer = "五"').replace('kind = "money"', 'kind = "euro"')
    faults = faults_of(text.replace('notice = "', 'notices = "', 1))
    assert any(each.startswith("notices: unknown key") and "'notice'" in each for each in faults)
    assert "missing key 'notice'" in " ".join(faults)
    assert any(each.startswith("parts[4].nummer: unknown key") for each in faults)
    assert any("blocks[3].columns[0].kind: unknown kind 'euro'" in each for each in faults)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("r1 + r2 == r3_7 + r4", "r1 + r2 == r3_7 + r5", "names no item of the form"),
        ("r1 + r2 == r3_7 + r4", "r1 + r2 = r3_7 + r4", "rules[2] I1.expression"),
        ("faulty() == 0", "guess() == 0", "guess"),
        ("mentions('六', '信息处理费|收费通知') >= 1", "mentions('六') >= 1", "mentions"),
        ("sum(r3_1 .. r3_6_3)", "sum(r3_1 .. r3_9)", "names no item"),
        ('over = ["t3.r1.total"', 'over = ["t3.r1.sum"', "t3.r1.sum"),
        ('rows = ["rules", "normative"]', 'rows = ["rules", "normal"]', "unknown row 'normal'"),
        ('level = "without_rules"', 'level = "below_town"', "unknown level 'below_town'"),
        ('id = "I7"', f'id = "I7"\nwords = {WORDS}', "unknown severity 'warn'"),
        ('id = "I7"', 'id = "I9"', "the catalogue has no words for it"),
        ('per = "column"', 'per = "cell"', "unknown table 't3' or per 'cell'"),
        ('table = "t4"\nper', 'table = "t5"\nper', "unknown table 't5'"),
        ('table = "t2"\n\n', 'table = "t9"\n\n', "unknown table 't9'"),
        ('at = "A3", label = "规章"', 'at = "A4", label = "规章"', "lies over"),
        ('at = "A3", label = "规章"', 'at = "3A", label = "规章"', "not a range of cells"),
        ('code = "rules", at', 'code = "normative", at', "item t2.normative.issued: defined twice"),
        ('code = "rules", at', 'code = "rules 1", at', "not a name"),
        ("widths = [220, 150, 150, 150]", "widths = [220, 150, 150]", "3 widths for 4 columns"),
        ("head_rows = 3", 'head_rows = "3"', "head_rows: wrong type"),
        ("heads = []", 'heads = "x"', "heads: wrong type"),
        ('id = "I2"', 'id = "I3"', "rule I3: defined twice"),
        ("r2 == last.r4", "r2 == r4 + last.r4 + 'x'", "rules[6] X1.expression"),
        ("r3_7 == sum(r3_1 .. r3_6_3)", "r3_7 == sum(r3_6_3 .. r3_1)", "I2: r3_6_3 .. r3_1 runs backwards"),
        ("r3_7 == sum(r3_1 .. r3_6_3)", "r3_7 == sum(r3_1 .. last.r3_6_3)", "put last. in front of the first"),
        ("r3_7 == sum(r3_1 .. r3_6_3)", "r3_7 == sum()", "sum() of nothing"),
        ("r3_7 == sum(r3_1 .. r3_6_3)", "r3_7 <= sum(r3_1 .. r3_6_3)", "rules[1] I2.computes"),
        ("total == upheld + corrected", "2 * total == upheld + corrected", "rules[3] I4.computes"),
        ("total == upheld + corrected", "total + 1 == upheld + corrected", "rules[3] I4.computes"),
        ("total == upheld + corrected", "total == last.upheld + corrected", "rules[3] I4.computes"),
        ("total == upheld + corrected + other + pending", "total == faulty()", "rules[3] I4.computes"),
        ("t4.review.total <= t3.r1.total", "t4.review.total <= sum(r1 .. r2)", "needs a rule per row or per column"),
        (">= fee('六')", ">= fee('六') + t4.review.total", "fee() stands alone"),
        (">= fee('六')", ">= 2 * fee('六')", "fee() stands alone"),
        ('variant = "unpaid"', "", None),
    ],
)
def test_a_slip_in_a_form_file_is_refused(old: str, new: str, told: str | None) -> None:
    """Each slip is named where it is; what is merely another choice loads."""
    text = text_of("2021")
    assert old in text
    if told is None:
        assert load.parse_form(text.replace(old, new, 1), "eigen.toml").id == "2021"
        return
    assert any(told in each for each in faults_of(text.replace(old, new, 1))), faults_of(text.replace(old, new, 1))


def test_rules_that_no_sheet_can_show_stay_off_it() -> None:
    """A rule about the text or a whole table of last year cannot be put on the sheet 校验."""
    for rule in ("X5", "C1"):
        first = 'variant = "repeat"' if rule == "X5" else 'id = "C1"'
        head, _, tail = text_of("2021").partition(first)
        text = head + first + tail.replace("on_sheet = false", "on_sheet = true", 1)
        assert any(each.startswith(f"rules {rule}.on_sheet") for each in faults_of(text))


def test_a_cycle_of_formulas_is_refused() -> None:
    """Totals that need each other are named in their circle."""
    rule = text_of("2021").partition('id = "I4"')
    text = rule[0] + rule[1] + rule[2].replace("upheld + corrected + other + pending", "upheld + total", 1)
    assert any("a cycle of formulas: t4.review.total → t4.review.total" in each for each in faults_of(text))


def test_what_is_no_toml_is_refused() -> None:
    """Broken TOML and an empty file are refusals like any other."""
    assert "不是合法的 TOML" in faults_of("a = ")[0]
    assert any("tables" in each for each in faults_of(""))


@pytest.mark.parametrize("bad", ["x", -7, [], {}, True, [1], ["x"], [{}], 1.5, None])
def test_no_value_of_a_wrong_type_stops_the_loader_otherwise(bad: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands at a place of the file (None: nothing), the loader loads it or refuses with paths."""
    whole = tomli.loads(text_of("2021"))
    places = list(_places(whole, ()))
    tried = 0
    for place in places[:: len(places) // 80]:
        spoiled = copy.deepcopy(whole)
        into: Any = spoiled
        for step in place[:-1]:
            into = into[step]
        if bad is None:
            del into[place[-1]]
        else:
            into[place[-1]] = bad
        monkeypatch.setattr(tomli, "loads", lambda _, spoiled=spoiled: spoiled)
        with contextlib.suppress(DefinitionError):
            load.parse_form("", "eigen.toml")
        tried += 1
    assert tried >= 80


def _places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in pairs for found in [(*path, key), *_places(each, (*path, key))]]


def test_a_form_of_ones_own(tmp_path: Path) -> None:
    """A new official format is a new data file: another file with one row more has its items and checks."""
    more = '{ code = "r5", at = "A29:C29", label = "五、另行统计", short = "另行统计" },\n]'
    head, _, tail = text_of("2021").partition('code = "r4"')
    path = tmp_path / "form_2027.toml"
    path.write_text(
        f'{head}code = "r4"{tail.replace("]", more, 1)}'.replace('id = "2021"', 'id = "2027"', 1), encoding="utf-8"
    )
    form = load_form_file(path)
    assert (form.id, len(form.items)) == ("2027", 207)
    assert form.items["t3.r5.total"].computed


# ---- the verdict (all blank, some blank, filled; holds, breaks, cannot be told)

I1 = ("t3.r1.natural", "t3.r2.natural", "t3.r3_1.natural", "t3.r4.natural")
REST = tuple(code for code, _ in check_of(load_form("2021"), "I1.t3.natural").inputs if code not in I1)


@pytest.mark.parametrize(
    ("figures", "blank", "verdict", "holds"),
    [
        ((5, 1, 4, 2), (), Verdict.PASS, True),
        ((5, 1, 4, 1), (), Verdict.FAIL, False),
        ((5, 1, 4, 2), REST, Verdict.PENDING, True),
        # 新收 is one more than told of so far: a blank result or 结转 can still mend it.
        ((5, 1, 4, 1), REST, Verdict.PENDING, False),
        ((5, 1, 4, 0), (*REST, I1[3]), Verdict.PENDING, False),
        # More was done than came in, and every blank would only add to what was done: it breaks whatever they become.
        ((5, 1, 4, 3), REST, Verdict.FAIL, False),
        ((0, 1, 4, 3), (*REST, I1[0]), Verdict.PENDING, False),
        ((0, 0, 0, 0), (*REST, *I1), Verdict.PENDING, True),
        ((None, 1, 4, 2), (), Verdict.UNDECIDED, None),
        ((None, 1, 4, 2), REST, Verdict.UNDECIDED, None),
    ],
)
def test_the_verdict_table(
    figures: tuple[int | None, ...], blank: tuple[str, ...], verdict: Verdict, holds: bool | None
) -> None:
    """通过, 不通过 and 待填 as the design has them; an unreadable operand never passes."""
    form = load_form("2021")
    judged = judge(check_of(form, "I1.t3.natural"), a_view(form, dict(zip(I1, figures, strict=True)), blank=blank))
    assert judged is not None
    assert (judged.verdict, judged.holds) == (verdict, holds)


@pytest.mark.parametrize(
    ("sign", "left", "right", "blank", "verdict"),
    [
        ("<", 5, 5, "right", Verdict.PENDING),
        ("<", 5, 5, "left", Verdict.FAIL),
        ("<=", 6, 5, "right", Verdict.PENDING),
        ("<=", 6, 5, "left", Verdict.FAIL),
        (">", 5, 5, "left", Verdict.PENDING),
        (">", 5, 5, "right", Verdict.FAIL),
        (">=", 5, 6, "left", Verdict.PENDING),
        (">=", 5, 6, "right", Verdict.FAIL),
        ("!=", 5, 5, "left", Verdict.PENDING),
        ("!=", 5, 5, "right", Verdict.PENDING),
    ],
)
def test_what_blanks_can_still_mend(sign: str, left: int, right: int, blank: str, verdict: Verdict) -> None:
    """A broken comparison is 待填 where a blank on the right side can still mend it, else 不通过, also when sides are equal."""
    cells = {"left": ("t4.review.corrected", "t4.review.upheld"), "right": ("t4.review.other", "t4.review.pending")}
    text = text_of("2021").replace(
        "t4.review.total <= t3.r1.total + t3.r2.total",
        f"t4.review.upheld + t4.review.corrected {sign} t4.review.other + t4.review.pending",
    )
    form = load.parse_form(text, "eigen.toml")
    (check,) = [each for each in form.rule("C3").checks if set(each.items) <= {f for c in cells.values() for f in c}]
    figures: dict[str, Number | None] = {cells["left"][1]: left, cells["right"][1]: right}
    judged = judge(check, a_view(form, figures, blank=(cells[blank][0],)))
    assert judged is not None
    assert (judged.verdict, judged.holds) == (verdict, False)


def test_a_guard_that_does_not_hold_spares_the_figures() -> None:
    """A rule under a condition says nothing where the condition is not met, and is undecided where it cannot be told."""
    form = load_form("2021")
    check = check_of(form, "I7.t2.rules")
    codes = ("t2.rules.issued", "t2.rules.repealed", "t2.rules.in_force")
    for figures, holds in (((5, 0, 5), False), ((5, 1, 5), True), ((0, 0, 0), True), ((None, 0, 5), None)):
        judged = judge(check, a_view(form, dict(zip(codes, figures, strict=True))))
        assert judged is not None
        assert judged.holds is holds


def test_last_years_figures() -> None:
    """Without last year's return its rules are not asked; with an unreadable figure there they are undecided."""
    form = load_form("2021")
    check = check_of(form, "X1.t3.natural")
    assert judge(check, a_view(form, {})) is None
    for before, holds in ((3, True), (2, False), (None, None)):
        judged = judge(check, a_view(form, {"t3.r2.natural": 3}, last={"t3.r4.natural": before}))
        assert judged is not None
        assert judged.holds is holds


def test_a_question_without_an_answer_is_undecided() -> None:
    """What cannot be told of the whole return never passes."""
    form = load_form("2021")
    for answer, holds in ((0, True), (1, False), (None, None)):
        judged = judge(check_of(form, "I5.t2"), a_view(form, {}, answer=answer))
        assert judged is not None
        assert judged.holds is holds
        verdicts = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNDECIDED}
        assert judged.verdict is verdicts[holds]


def test_years_of_rules() -> None:
    """The stock of documents is asked for from 2022 on, and of a return whose year is not known."""
    rule = load_form("2021").rule("X2")
    assert [rule.applies(year) for year in (2021, 2022, 2030, None)] == [False, True, True, True]
    assert rule.severity is Severity.ERROR
    with pytest.raises(KeyError):
        load_form("2021").rule("Z9")
    with pytest.raises(KeyError):
        load_form("2021").table("t5")
