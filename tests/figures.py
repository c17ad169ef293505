"""Returns in memory: from figures, sound ones by seed, and from the published figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.samples import sound
from toolkit.answers import Answer, Blank, Filled, Number
from toolkit.forms import Form, load_form
from toolkit.layout import lay_out
from toolkit.numbers import finding_of, understand
from toolkit.returns import Explanation, Identity, Paragraph, Place, Return

CODE = "12370830684820666X"
TABLES = {"二": "t2", "三": "t3", "四": "t4"}


def zeros(form: Form) -> dict[str, Number]:
    """Return 0 for every input."""
    return {code: Decimal(0) if form.items[code].kind == "money" else 0 for code in form.inputs}


def made(
    figures: Mapping[str, Number | Answer | None],
    *,
    form: str = "2021",
    year: int | None = None,
    text: Mapping[str, str] | None = None,
    declared: tuple[str, ...] = (),
    explanations: tuple[Explanation, ...] = (),
    rest: bool = True,
) -> Return:
    """Return a return of these figures; ``rest`` fills the other inputs with 0, None leaves an item blank."""
    used = load_form(form)
    answers: dict[str, Answer] = {code: Filled(value) for code, value in zeros(used).items()} if rest else {}
    for code, value in figures.items():
        if value is None:
            answers[code] = Blank()
        else:
            answers[code] = Filled(value) if isinstance(value, int | Decimal) else value
    layout = lay_out(used)
    paragraphs = {
        number: (Paragraph(words, Place(layout.chapter(number).sheet, "A4")),) for number, words in (text or {}).items()
    }
    places = {code: Place(layout.cell(code)[0], layout.address(code)) for code in used.items}
    identity = Identity(form, year or (2025 if form == "2021" else 2020), CODE, "样例县财政局", None, "样例县")
    return Return(
        used, identity, answers, declared=frozenset(declared), text=paragraphs, places=places, explanations=explanations
    )


def sound_return(seed: int = 1, *, form: str = "2021", size: int = 40) -> Return:
    """Return a drawn return that keeps every rule within itself."""
    return made(sound(load_form(form), seed, size, None), form=form)


def changed(ret: Return, **figures: Number) -> Return:
    """Return a return with other figures; ``t3__r1__natural`` stands for the item t3.r1.natural."""
    answers = dict(ret.answers) | {code.replace("__", "."): Filled(value) for code, value in figures.items()}
    return Return(
        ret.form, ret.identity, answers, text=ret.text, places=ret.places, declared=ret.declared, findings=ret.findings
    )


def reports(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every published report by its id."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "returns").glob("*.json"))]
    return {each["id"]: each for each in found}


def cells_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the published cells by item code, as they stood."""
    form = load_form("2019" if report["format"].startswith("2019") else "2021")
    found: dict[str, Any] = {}
    for title, rows in report["cells"].items():
        for item in form.table(TABLES[title]).items:
            for row, columns in rows.items():
                if row != item.row and row.lower().replace(".", "_") != item.row_code:
                    continue
                for column, value in columns.items():
                    if _plain(column) == _plain(item.column):
                        found[item.code] = value
    return found


def _plain(column: str) -> str:
    return column.replace("（单位：万元）", "").replace("（万元）", "")


def typed(report: Mapping[str, Any]) -> tuple[Return, dict[str, Answer]]:
    """Return a published report typed into the form (unseen inputs blank), and its published totals."""
    form = load_form("2019" if report["format"].startswith("2019") else "2021")
    answers: dict[str, Number | Answer | None] = {}
    totals: dict[str, Answer] = {}
    for code, value in cells_of(report).items():
        item = form.items[code]
        cell = Decimal(str(value)) if isinstance(value, float) else value
        answer = understand(cell, kind=item.kind)
        if item.computed:
            totals[code] = answer
        else:
            answers[code] = answer
    year = report["year"] or form.first_year
    if not form.uses(year):
        year = form.first_year
    ret = made(answers, form=form.id, year=year, rest=False)
    told = [
        finding_of(answer, label=code, kind=form.items[code].kind, item=code) for code, answer in ret.answers.items()
    ]
    return replace(ret, findings=tuple(each for each in told if each is not None)), totals
