"""Every damage in every layout over every figure set: what is published is read as it is or listed, never wrong, never silent.

The figures are those of real reports (the folder that NIANBAO_PUBLISHED names), and ones of our own of which no two are
alike, so that any that ends in a wrong cell shows.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tests.damages import DAMAGES, LAYOUTS, damaged
from tests.layouts import Case
from tests.soaking import first_of
from tests.test_import_layouts import of_report
from tests.test_published import REPORTS
from toolkit.answers import Blank, Filled
from toolkit.forms import load_form
from toolkit.report_in import PublishedReport, read_report
from toolkit.returns.numbers import understand

TABLES = ("t2", "t3", "t4")
SAME_AS_BLANK = frozenset((("web flat", "cell lost"), ("web flat", "cell twice")))
"""Where every position is a cell, a lost one is a blank one."""


def distinct(form_id: str) -> Case:
    """Return figures of which no two are alike."""
    form = load_form(form_id)
    typed = {code: str(1000 + at) for at, code in enumerate(form.items)}
    return Case(f"distinct-{form_id}", form, typed, 2019 if form_id == "2019" else 2024)


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("件").strip()


def faults(case: Case, present: Counter[str], report: PublishedReport) -> list[str]:
    """Return what was read as another figure than was published, and what was neither read nor listed."""
    held = report.figures | report.totals
    listed = Counter(plain(word) for figure in report.not_placed for word in figure.raw.split())
    whole = [plain(figure.raw) for figure in report.not_placed]
    whole += [finding.message for finding in report.findings if finding.code == "IMPORT_017"]
    out = []
    left = Counter({plain(text): count for text, count in present.items() if any(map(str.isalnum, text))})
    for code, item in case.form.items.items():
        text = case.typed.get(code, "").strip()
        wanted = understand(int(text) if text.isascii() and text.isdigit() else text, kind=item.kind)
        got = held.get(code)
        if got is None:
            continue
        value = got.answer.value if isinstance(got.answer, Filled) else None
        right = wanted.value if isinstance(wanted, Filled) else None
        if value != right or isinstance(got.answer, Blank) != isinstance(wanted, Blank):
            out.append(f"{code} “{text}” was read as “{got.raw}” ({got.where})")
        left[plain(text)] -= 1
    silent = [text for text, count in left.items() if count > listed[text] and not any(text in raw for raw in whole)]
    return out + [f"“{text}” is neither read nor listed" for text in silent]


def tried(tmp_path: Path, case: Case, damage: str, table: str, layout: str, seed: int = 0) -> list[str]:
    """Return the faults in the reading of one damaged report."""
    draw = random.Random(f"{case.name}{damage}{table}{layout}{seed}")
    data, present = damaged(case, damage, table, layout, draw)
    path = tmp_path / "report"
    path.write_bytes(data)
    report = read_report(path, year=case.year, name="report")
    assert report.form is case.form
    return [f"{damage}, {layout}, {table}, {seed}: {fault}" for fault in faults(case, Counter(present), report)]


@pytest.mark.parametrize("layout", first_of(LAYOUTS, 3))
@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_figures_that_are_all_different(tmp_path: Path, form_id: str, layout: str) -> None:
    """Every damage of a layout, the tables in turn; the whole report is read where none befell it."""
    case, out = distinct(form_id), list[str]()
    for at, damage in enumerate(DAMAGES):
        if (layout, damage) not in SAME_AS_BLANK:
            out += tried(tmp_path, case, damage, TABLES[at % 3], layout)
    assert out == []
    data, _ = damaged(case, "none", "t2", layout, random.Random(0))
    (tmp_path / "whole").write_bytes(data)
    report = read_report(tmp_path / "whole", year=case.year, name="whole")
    assert report.lost == () and report.not_placed == ()


@pytest.mark.parametrize("name", first_of(REPORTS))
def test_published_figures(tmp_path: Path, published: Path, name: str) -> None:
    """Every damage over the figures of a real report, layouts and tables in turn."""
    case, out = of_report(published, name), list[str]()
    first = sorted(REPORTS).index(name)
    for at, damage in enumerate(DAMAGES, first):
        layout = list(LAYOUTS)[at % len(LAYOUTS)]
        if (layout, damage) not in SAME_AS_BLANK:
            out += tried(tmp_path, case, damage, TABLES[(at // len(LAYOUTS)) % 3], layout)
    assert out == []
