"""Form files: strict loading with every fault at once, the grammar of rules, the verdict table, years."""

from __future__ import annotations

import pickle
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.figures import made
from toolkit.answers import Unreadable
from toolkit.errors import DefinitionError, ToolkitError
from toolkit.forms import FORM_IDS, Verdict, View, form_for_year, judge, load_form
from toolkit.forms.definition import Question
from toolkit.forms.expression import ExpressionError, parse
from toolkit.forms.load import parse_form


def source(form: str) -> str:
    return resources.files("toolkit.forms").joinpath(f"form_{form}.toml").read_text(encoding="utf-8")


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as raised:
        parse_form(text, "x.toml")
    return raised.value.faults


@pytest.mark.parametrize(("form", "items", "tables"), [("2019", 198, (22, 161, 15)), ("2021", 200, (10, 175, 15))])
def test_both_formats_have_their_items(form: str, items: int, tables: tuple[int, ...]) -> None:
    """198 and 200 items by table; the totals of tables 三 and 四 are computed, 结转下年度 is typed."""
    loaded = load_form(form)
    assert len(loaded.items) == items
    assert tuple(len(table.items) for table in loaded.tables) == tables
    computed = {code for code, item in loaded.items.items() if item.computed}
    assert computed == {code for code in loaded.items if code.endswith(".total") or code.startswith("t3.r3_7.")}
    assert computed == set(loaded.formulas)
    assert not any(code.startswith("t3.r4.") and not code.endswith("total") for code in computed)


@pytest.mark.parametrize(("year", "form"), [(2019, "2019"), (2020, "2019"), (2021, "2021"), (2026, "2021")])
def test_the_year_says_which_format(year: int, form: str) -> None:
    """2019 and 2020 have the trial format, later years that of 2021."""
    assert form_for_year(year).id == form


def test_years_before_the_unified_format_are_refused() -> None:
    """2018 has no format, and 2022 is no form."""
    with pytest.raises(ToolkitError, match="2018"):
        form_for_year(2018)
    with pytest.raises(ToolkitError, match="2022"):
        load_form("2022")


def test_all_faults_of_a_file_are_told_together_with_their_paths() -> None:
    """A misspelt key, an unknown kind, a bad range, an unknown severity and a double code are all in one report."""
    text = source("2021")
    text = text.replace('unit = "单位：件"\nlandscape = false', 'unti = "单位：件"\nlandscape = false', 1)
    text = text.replace('label = "自然人", kind = "count"', 'label = "自然人", kind = "number"', 1)
    text = text.replace('at = "D1:J1"', 'at = "J1:D1"', 1)
    text = text.replace('severity = "error"', 'severity = "grave"', 1)
    text = text.replace('code = "r2", at', 'code = "r1", at', 1)
    told = "\n".join(faults(text))
    for wanted in (
        "tables[1].unti: unknown key 'unti' — did you mean 'unit'?", "missing key 'unit'",
        "tables[1].blocks[0].columns[0].kind: unknown kind 'number'", "tables[1].labels[1].at: not a range of cells",
        "rules[0].severity: unknown severity 'grave'", "item t3.r1.natural: defined twice",
    ):  # fmt: skip
        assert wanted in told, wanted


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('expression = "r1 + r2 == r3_7 + r4"', 'expression = "r1 + r9 == r3_7 + r4"', "names no item"),
        ('expression = "r1 + r2 == r3_7 + r4"', 'expression = "r1 + r2"', "rules[2] I1.expression"),
        ('per = "column"', 'per = "columm"', "unknown table 't3' or per 'columm'"),
        ('id = "I4"', 'id = "I1"', "rule I1: defined twice"),
        ('id = "2021"', "id = 2021", "id: wrong type"),
        ('title = "政府信息公开工作年度报告"\n', "", "missing key 'title'"),
    ],
)
def test_a_bad_rule_does_not_load(old: str, new: str, told: str) -> None:
    """A rule that names no item, is no comparison or stands twice stops the form."""
    assert told in "\n".join(faults(source("2021").replace(old, new, 1)))


def test_a_cycle_of_formulas_is_named() -> None:
    """Totals that are computed from each other are refused with the items of the circle."""
    rule = (
        '[[rules]]\nid = "Z1"\ntitle = "x"\ntable = "t4"\nper = "form"\n'
        'expression = "{}"\ncomputes = true\nseverity = "error"\non_sheet = false\nground = "x"\nremedy = "x"\n\n'
    )
    text = source("2021").replace(
        "[[rules]]",
        rule.format("t4.review.upheld == t4.review.other")
        + rule.format("t4.review.other == t4.review.upheld").replace("Z1", "Z2")
        + "[[rules]]",
        1,
    )
    assert "a cycle of formulas" in "\n".join(faults(text))


def test_text_that_is_no_toml_is_refused() -> None:
    """A file that is not TOML is one fault."""
    assert len(faults("id = ")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a == b",
        "a + b - c <= 3 * last.d",
        "sum(r1 .. r3) != 0",
        "mentions('六', '费') >= 1",
        "-a > 0.5",
        "fee('六') < 2",
    ],
)
def test_the_grammar_takes_linear_comparisons(text: str) -> None:
    """Sums, multiples, ranges, last year's items and questions are taken."""
    assert parse(text).comparison in ("==", "<=", "!=", ">=", ">", "<")


@pytest.mark.parametrize(
    "text", ["", "a", "a = b", "a == b == c", "a * b == c", "(a) == b", "a == __import__('os')()", "a ==", "a + == b"]
)
def test_the_grammar_refuses_the_rest(text: str) -> None:
    """What is no comparison of two sums is refused; nothing is ever evaluated."""
    with pytest.raises(ExpressionError):
        parse(text)


@given(st.text(alphabet="ab.1 +-*=<>!()'，last_sum..", max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is a tree or an ExpressionError."""
    try:
        parse(text)
    except ExpressionError:
        return


def test_a_form_travels_as_its_name() -> None:
    """Pickling gives the very form of the other process."""
    for form in FORM_IDS:
        assert pickle.loads(pickle.dumps(load_form(form))) is load_form(form)


I1 = next(check for check in load_form("2021").rule("I1").checks if check.place == "t3.natural")


def verdict(figures: dict[str, object], declared: tuple[str, ...] = ()) -> Verdict:
    """Return the verdict on I1 of the column 自然人; every input of it that is not given is 0."""
    ret = made(figures, declared=declared)  # type: ignore[arg-type]

    def none(question: Question) -> None:
        return None

    judged = judge(I1, View(ret.figures, ret.blanks, {}, None, none))
    assert judged is not None
    return judged.verdict


BLANK_ALL: dict[str, object] = {code: None for code, _ in I1.inputs}


@pytest.mark.parametrize(
    ("figures", "declared", "expected"),
    [
        ({}, (), Verdict.PASS),
        ({"t3.r1.natural": 1}, (), Verdict.FAIL),
        ({"t3.r1.natural": 1, "t3.r4.natural": 1}, (), Verdict.PASS),
        ({"t3.r3_1.natural": None}, (), Verdict.PENDING),
        ({"t3.r3_1.natural": None, "t3.r1.natural": 1}, (), Verdict.PENDING),
        ({"t3.r2.natural": None, "t3.r1.natural": 1}, (), Verdict.FAIL),
        ({"t3.r2.natural": None, "t3.r3_1.natural": 1}, (), Verdict.PENDING),
        ({"t3.r3_1.natural": None, "t3.r4.natural": 1}, (), Verdict.FAIL),
        (BLANK_ALL, (), Verdict.PENDING),
        (BLANK_ALL, ("t3",), Verdict.PASS),
        ({"t3.r3_1.natural": None, "t3.r1.natural": 1}, ("t3",), Verdict.FAIL),
        ({"t3.r1.natural": Unreadable("约5", "VALUE_010")}, (), Verdict.FAIL),
    ],
)
def test_the_verdict_table(figures: dict[str, object], declared: tuple[str, ...], expected: Verdict) -> None:
    """Filled, some blank (mendable or not), all blank, declared, unreadable: each gives what the sheet shows."""
    assert verdict(figures, declared) is expected


def test_a_check_that_needs_last_year_is_not_asked_without_it() -> None:
    """X1 without last year's figures is no verdict at all, not a pass."""
    chain = load_form("2021").rule("X1").checks[0]
    ret = made({})
    assert judge(chain, View(ret.figures, ret.blanks, {}, None, lambda _: None)) is None
