"""The light on the sheet and the county's check agree: LibreOffice recalculates what random returns show."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.builders import a_return
from tests.office import computed, requires_office
from tests.soaking import soak
from toolkit import checking
from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.forms import Verdict, View, judge, load_form
from toolkit.forms.definition import Question
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS
from toolkit.reading import read
from toolkit.returns import Identity, Return
from toolkit.returns.status import status_of
from toolkit.workbook import Filling, write
from toolkit.workbook.state import State

MANY = 24
"""How many random returns are computed anew."""
COLUMNS = ("natural", "enterprise", "research", "nonprofit", "legal", "other")


def drawn(seed: int) -> Filling:
    """Return a random return: some balanced, some not, with blanks, texts and declared tables."""
    draw = random.Random(seed)
    form = load_form(("2021", "2019")[seed % 2])
    blank, bad, high = draw.choice((0, 0, 0.05, 0.5, 1)), draw.choice((0, 0, 0.01, 0.1)), draw.choice((0, 1, 3, 50))
    answers: dict[str, Answer] = {}
    for code in form.inputs:
        kind = form.items[code].kind
        if draw.random() < blank:
            continue
        if draw.random() < bad:
            answers[code] = Unreadable(draw.choice(("约5", "无", "--3", "12件", "x")), "VALUE_010")
        elif kind == "money":
            answers[code] = Filled(Decimal(draw.randint(0, 99999)) / 10000)
        else:
            answers[code] = Filled(draw.randint(-high if kind == "signed" else 0, high))
    if draw.random() < 0.6:
        figures = {code: answer.value if isinstance(answer, Filled) else 0 for code, answer in answers.items()}
        whole = form.complete(figures)
        for column in [each for each in COLUMNS if draw.random() < 0.7]:
            answers |= {f"t3.r1.{column}": Filled(whole[f"t3.r3_7.{column}"] or 0)}
            answers |= {f"t3.{row}.{column}": Filled(0) for row in ("r2", "r4")}
    if form.id == "2021" and draw.random() < 0.5:
        answers |= {
            f"t2.normative.{column}": Filled(value)
            for column, value in (("issued", 5), ("repealed", 0), ("in_force", 5))
        }
    declared = frozenset(table.id for table in form.tables if draw.random() < 0.25)
    if draw.random() < 0.3:
        answers["t4.review.upheld"] = Filled(99_999)
    return Filling(form, 2026 if form.id == "2021" else 2020, answers=answers, declared=declared)


def view_of(filling: Filling) -> View:
    """Return the figures as the county's check sees them."""
    identity = Identity(filling.form.id, filling.year)
    ret = Return(filling.form, identity, filling.answers, declared=filling.declared)

    def answer(question: Question) -> Number:
        return sum(1 for code in question.items if isinstance(filling.answers.get(code), Unreadable))

    return View(ret.figures, ret.blanks, {}, None, answer)


Books = list[tuple[Filling, openpyxl.Workbook, dict[str, list[list[str]]]]]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Write the random returns and let LibreOffice compute every formula anew."""
    folder = tmp_path_factory.mktemp("verdicts")
    fillings = [drawn(seed) for seed in range(MANY)]
    paths: list[Path] = []
    for at, filling in enumerate(fillings):
        paths.append(folder / f"{at}.xlsx")
        paths[-1].write_bytes(write(filling))
    return [
        (filling, openpyxl.load_workbook(path, data_only=True), new)
        for filling, path, new in zip(fillings, paths, computed(paths, folder / "anew"), strict=True)
    ]


@soak
@requires_office
@pytest.mark.office
def test_sheet_and_check_give_the_same_verdict(books: Books) -> None:
    """For every check on the sheet, the recalculated verdict is that of the rule engine; all three verdicts occur."""
    seen: Counter[tuple[str, str]] = Counter()
    for filling, _, anew in books:
        view = view_of(filling)
        for line in lay_out(filling.form).checks.lines:
            shown = anew[CHECKS.name][line.row][CHECKS.column("verdict")]
            if line.check.needs_last or line.rule.level is not None:
                assert shown == "", "a blank knows neither last year nor the level"
                continue
            judged = judge(line.check, view)
            assert judged is not None
            # All that could not be read is a text here, which the sheet leaves to the county.
            unsure = line.asked and judged.verdict is Verdict.FAIL
            wanted = Verdict.UNCONFIRMED if unsure else judged.verdict
            assert shown == wanted.value, f"{line.check.key} of a {filling.form.id} return"
            seen[line.check.rule, shown] += 1
    assert {verdict for _, verdict in seen} == {verdict.value for verdict in Verdict}
    for rule in ("I1", "I6", "I7", "C3"):
        assert {verdict for found, verdict in seen if found == rule} >= {"通过", "不通过", "待填"}, rule


@soak
@requires_office
@pytest.mark.office
def test_every_formula_was_written_with_its_true_value(books: Books) -> None:
    """No recalculated cell differs from the value that the writer stored beside its formula."""
    compared = 0
    for _, stored, anew in books:
        for sheet in stored:
            rows = anew[sheet.title]
            for at, row in enumerate(sheet.iter_rows(max_col=20, values_only=True)):
                for column, value in enumerate(row):
                    new = rows[at][column] if at < len(rows) and column < len(rows[at]) else ""
                    place = f"{sheet.title}!{a1(at, column)}"
                    if isinstance(value, int | float):
                        assert value == pytest.approx(float(new), abs=1e-9), place
                        compared += 1
                    else:
                        assert (value or "") == new, place
    assert compared > 500 * len(books)


CODE = "12370830684820666X"


@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 60), marks=soak)], ids=["few", "many"])
def test_the_sheet_stands_as_the_check_says(seeds: range, tmp_path: Path) -> None:
    """Of a blank, and of an issued workbook that knows last year and its level, every part has the counts of the check."""
    for seed in seeds:
        made = drawn(seed)
        answers = {code: answer for code, answer in made.answers.items() if isinstance(answer, Filled)}
        draw = random.Random(seed)
        last = a_return({code: draw.randint(0, 1) for code in made.form.inputs}, form=made.form.id, year=made.year - 1)
        if seed % 3:
            made = replace(
                made, kind="issued", code=CODE, name="样例县财政局", level="县级部门", last_year=last.figures
            )
        made = replace(made, answers=answers)
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(write(made))
        ret = read(path, name=path.name).ret
        assert ret is not None
        findings = checking.check(ret, last=last if seed % 3 else None, level=made.level or None)
        known = [one for one in findings if one.code not in ("C1", "X5")]
        assert State(made).status == status_of(ret, known), seed
