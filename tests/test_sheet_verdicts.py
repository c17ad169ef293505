"""The light on the sheet and the county's check agree: LibreOffice recalculates what random returns show."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.office import recalculated, requires_office
from tests.soaking import soak
from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.forms import View, judge, load_form
from toolkit.forms.definition import Question
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS
from toolkit.returns import Identity, Return
from toolkit.workbook import Filling, write

FEW, MANY = 4, 24
"""How many random returns are computed anew for every change, and how many more to soak."""
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
    return Filling(form, 2026 if form.id == "2021" else 2020, answers=answers, declared=declared)


def view_of(filling: Filling) -> View:
    """Return the figures as the county's check sees them."""
    identity = Identity(filling.form.id, filling.year)
    ret = Return(filling.form, identity, filling.answers, declared=filling.declared)

    def answer(question: Question) -> Number:
        return sum(1 for code in question.items if isinstance(filling.answers.get(code), Unreadable))

    return View(ret.figures, ret.blanks, {}, None, answer)


Books = list[tuple[Filling, openpyxl.Workbook, openpyxl.Workbook]]


@pytest.fixture(scope="module", params=[range(FEW), pytest.param(range(FEW, MANY), marks=soak)], ids=["few", "many"])
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Write the random returns and let LibreOffice compute every formula anew."""
    folder = tmp_path_factory.mktemp("verdicts")
    fillings = [drawn(seed) for seed in request.param]
    paths: list[Path] = []
    for at, filling in enumerate(fillings):
        paths.append(folder / f"{at}.xlsx")
        paths[-1].write_bytes(write(filling))
    anew = recalculated(paths, folder / "anew")
    return [
        (filling, openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(new, data_only=True))
        for filling, path, new in zip(fillings, paths, anew, strict=True)
    ]


@requires_office
@pytest.mark.office
def test_sheet_and_check_give_the_same_verdict(books: Books) -> None:
    """For every check on the sheet, the recalculated verdict is that of the rule engine; all three verdicts occur."""
    seen: Counter[tuple[str, str]] = Counter()
    for filling, _, anew in books:
        view = view_of(filling)
        for line in lay_out(filling.form).checks.lines:
            judged = judge(line.check, view)
            assert judged is not None
            shown = anew[CHECKS.name].cell(line.row + 1, CHECKS.column("verdict") + 1).value
            assert shown == judged.verdict.value, f"{line.check.key} of a {filling.form.id} return"
            seen[line.check.rule, shown] += 1
    assert {verdict for _, verdict in seen} == {"通过", "不通过", "待填"}
    for rule in ("I1", "I5", "I6", "I7", "C3") if len(books) > FEW else ():
        assert {verdict for found, verdict in seen if found == rule} == {"通过", "不通过", "待填"}, rule


@requires_office
@pytest.mark.office
def test_every_formula_was_written_with_its_true_value(books: Books) -> None:
    """No recalculated cell differs from the value that the writer stored beside its formula."""
    compared = 0
    for _, stored, anew in books:
        for sheet in stored:
            for row in sheet.iter_rows(max_col=20):
                for cell in row:
                    new = anew[sheet.title][cell.coordinate].value
                    if isinstance(cell.value, int | float) and isinstance(new, int | float):
                        assert cell.value == pytest.approx(new, abs=1e-9), f"{sheet.title}!{cell.coordinate}"
                        compared += 1
                    else:
                        assert (cell.value or "") == (new or ""), f"{sheet.title}!{cell.coordinate}"
    assert compared > 500 * len(books)
