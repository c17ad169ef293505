"""Published figures in every layout seen in the wild: each is placed or declared not placed, none is placed wrongly.

The figures are those of real reports (the folder that NIANBAO_PUBLISHED names, as in tests/test_published.py) and,
where that is not at hand, drawn ones and hard ones of our own.
"""

from __future__ import annotations

import random
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.layouts import LAYOUTS, UNSURE, Case
from tests.samples import sound
from tests.soaking import first_of
from tests.test_narrative_published import SAID
from tests.test_published import REPORTS, cells_of, raw_of
from toolkit import report_in as reports
from toolkit.answers import Blank, Filled
from toolkit.forms import form_for_year, load_form
from toolkit.report_in import PublishedReport
from toolkit.returns.numbers import show, understand

ODD = ("/", "无", "—", "３", "1,200", "14.4万元", "约5", "5件", "０", "#DIV/0!", "壹")


def drawn(form_id: str, seed: int, *, holes: bool) -> Case:
    """Return a case of our own: sound figures, and where it has ``holes`` blanks and what people type."""
    form, draw = load_form(form_id), random.Random(seed)
    figures = form.complete(dict(sound(form, seed, 40, None)))
    typed = {code: show(value) for code, value in figures.items() if value is not None}
    if holes:
        typed = {
            code: "" if draw.random() < 0.4 else draw.choice(ODD) if draw.random() < 0.2 else text
            for code, text in typed.items()
        }
    return Case(f"drawn-{form_id}-{seed}", form, typed, form.first_year)


def of_report(folder: Path, name: str) -> Case:
    """Return a real report: what stood in its cells, or where only its text was seen what that implies."""
    raw = raw_of(folder, name)
    form = load_form(raw["format"][:4])
    typed = {}
    for code, value in cells_of(form, raw, REPORTS[name].also):
        typed[code] = (
            "" if value is None else show(Decimal(str(value))) if isinstance(value, int | float) else str(value)
        )
    if not typed:
        typed = {code: show(value) for code, value in SAID[name].figures.items()}
    return Case(name, form, typed, raw["year"] or form.first_year)


def judge(case: Case, layout: str, report: PublishedReport) -> None:
    """Hold what was read against what was typed: right or blank, and every figure left out is listed."""
    form = case.form
    assert report.form is form
    held = report.figures | report.totals
    left = [each.raw for each in report.not_placed]
    for code, item in form.items.items():
        text = case.typed.get(code, "").strip()
        wanted = understand(int(text) if text.isascii() and text.isdigit() else text, kind=item.kind)
        got = held.get(code)
        if got is None or (isinstance(got.answer, Blank) and not got.raw):
            if text:
                assert text in left, f"{layout}: {code} “{text}” is neither placed nor listed"
                left.remove(text)
        else:
            assert type(got.answer) is type(wanted), (layout, code, got, text)
            if isinstance(got.answer, Filled) and isinstance(wanted, Filled):
                assert got.answer.value == wanted.value, (layout, code, got, text)
    assert set(left) <= LAYOUTS[layout].extra, f"{layout}: {left} stood nowhere"
    if layout not in UNSURE:
        assert {each.raw for each in report.not_placed} <= LAYOUTS[layout].extra
        assert all(each.missing == 0 for each in report.tables), report.tables
    if LAYOUTS[layout].suffix != "xlsx":
        assert list(report.text) == [part.number for part in form.chapters]


def tried(tmp_path: Path, case: Case, layout: str) -> PublishedReport:
    path = tmp_path / f"{layout}.{LAYOUTS[layout].suffix}"
    path.write_bytes(LAYOUTS[layout].write(case))
    return reports.read_report(path, year=case.year, name=path.name)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_figures_of_our_own(tmp_path: Path, layout: str, form_id: str) -> None:
    """Full tables, and tables with blanks, marks, units and what is no number: all in their cells."""
    for case in (
        drawn(form_id, 1, holes=False),
        drawn(form_id, 2, holes=True),
        Case("empty", load_form(form_id), {}, 2019 if form_id == "2019" else 2025),
    ):
        judge(case, layout, tried(tmp_path, case, layout))


@pytest.mark.parametrize("layout", sorted(UNSURE))
def test_full_tables_are_certain_without_blanks(tmp_path: Path, layout: str) -> None:
    """Where no blank was left out a full count tells every cell."""
    case = drawn("2021", 3, holes=False)
    assert tried(tmp_path, case, layout).not_placed == ()


@pytest.mark.parametrize("name", first_of(REPORTS, 6))
def test_real_reports(tmp_path: Path, published: Path, name: str) -> None:
    """Every real report in eight layouts or more."""
    case = of_report(published, name)
    at = sorted(REPORTS).index(name)
    dear = [each for each in LAYOUTS if LAYOUTS[each].suffix in ("docx", "xlsx")]
    for layout in LAYOUTS:
        if layout not in dear or layout == dear[at % len(dear)]:
            judge(case, layout, tried(tmp_path, case, layout))


def test_every_year_has_its_form() -> None:
    """The cases above use the form of their year, but for the report that used the obsolete one."""
    assert form_for_year(2019).id == "2019"
    assert form_for_year(2025).id == "2021"


def hurt(text: str, draw: random.Random) -> str:
    """Return a page with one cell lost, added, given another span, or its row cut in two."""
    start, end = draw.choice([found.span() for found in re.finditer(r"<t[dh]\b[^>]*>[^<]*</t[dh]>", text)])
    cell = text[start:end]
    instead = draw.choice(
        ("", cell + "<td></td>", "</tr><tr>" + cell, re.sub(r'colspan="\d+"', f'colspan="{draw.randint(2, 4)}"', cell))
    )
    return text[:start] + instead + text[end:]


@pytest.mark.parametrize("layout", ["html-official", "html-collapsed", "html-variants"])
@pytest.mark.parametrize("full", [True, False])
def test_a_damaged_table_places_nothing_wrongly(tmp_path: Path, layout: str, full: bool) -> None:
    """Every figure is another one, so that any that ends in a wrong cell shows; one damage never leads to that."""
    form, placed = load_form("2021"), 0
    money = {code for code, item in form.items.items() if item.kind == "money"}
    typed = {code: "77.5" if code in money else str(1000 + at) for at, code in enumerate(form.items)}
    kept = {code: text if full or random.Random(code).random() < 0.5 else "" for code, text in typed.items()}
    page = LAYOUTS[layout].write(Case("hurt", form, kept, 2025)).decode()
    for seed in range(25):
        path = tmp_path / "hurt.html"
        path.write_text(hurt(page, random.Random(f"{layout}{seed}")), encoding="utf-8")
        report = reports.read_report(path, year=2025, name="hurt.html")
        for code, figure in (report.figures | report.totals).items():
            if isinstance(figure.answer, Filled):
                assert show(figure.answer.value) == kept[code], (seed, code, figure.where)
                placed += 1
    assert placed > 25 * sum(map(bool, kept.values())) / 2, "a damage costs its surroundings, not the whole report"
