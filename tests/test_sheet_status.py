"""Whatever is typed – dates, logical values, texts, errors – the sheet and the check say the same of a return."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.builders import a_return
from tests.office import computed, requires_office
from tests.samples import code_of
from tests.soaking import soak
from tests.surfaces import sentence_of_sheet
from tests.test_sheet_verdicts import drawn
from toolkit import checking, reading
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.checking.asking import asker
from toolkit.findings import Finding
from toolkit.forms import View, judge
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import CHECKS, TALLY
from toolkit.returns import Return
from toolkit.returns.numbers import not_found
from toolkit.returns.status import Status, status_of
from toolkit.workbook import Filling, Text, write
from toolkit.workbook.issuing import carried

MANY = 300
ENTRIES: tuple[tuple[Any, str], ...] = (
    (date(2026, 3, 5), "yyyy-mm-dd"), (time(12, 30), "h:mm"), (5, 'm"月"d"日"'), (True, "General"), (False, "General"),
    ("#DIV/0!", "General"), ("#REF!", "General"), (1.5, "General"), (-4, "General"), (10**12, "General"),
    ("  ", "General"), ("未读到", "General"), (7, "General"), (0, "General"), (None, "General"),
)  # fmt: skip
"""What a formula and the reader must take alike."""
TEXTS = ("/", "无", "12件", "３", "约5", "14.4万元", "1,234", "--3", "一百")
"""What the check alone can read: the sheet leaves them to it."""


def made(seed: int) -> tuple[Filling, Return | None]:
    """Return a random workbook: a blank, or one issued with last year's figures, prefilled and half of the time filled."""
    draw, filling = random.Random(seed), drawn(seed)
    answers = {code: answer for code, answer in filling.answers.items() if isinstance(answer, Filled)}
    form = filling.form
    cover = {key: "甲" for key in ("preparer", "reviewer", "head", "phone") if draw.random() < 0.8}
    text = {part.number: (Text("", "已按要求填写。"),) for part in form.chapters if draw.random() < 0.8}
    filling = replace(filling, answers=answers, cover=cover, text=text)
    if seed % 3 == 0:
        return filling, None
    lacking = {
        code: draw.choice((Blank(), Unreadable("若干", "VALUE_010"))) for code in form.inputs if draw.random() < 0.1
    }
    figures = {code: draw.randint(0, 1) for code in form.inputs}
    last = a_return(figures, form=form.id, year=filling.year - 1, answers=lacking if seed % 4 > 1 else None)
    prefilled = carried(form, last)
    untouched = draw.random() < 0.2
    table = draw.choice([None, *form.tables])
    kept = (
        {}
        if untouched
        else {code: one for code, one in answers.items() if form.items[code].table != getattr(table, "id", "")}
    )
    level = draw.choice(("县级部门", "市级部门"))
    return replace(
        filling, kind="issued", code=code_of("21"), name="样例局", level=level, answers={**prefilled, **kept},
        prefilled=frozenset(prefilled) - kept.keys(), last_year=last.last_figures,
    ), last  # fmt: skip


def sent(seed: int, texts: bool) -> tuple[bytes, Filling, Return | None]:
    """Return such a workbook as it is, or after somebody typed into it with another program."""
    filling, last = made(seed)
    draw, layout = random.Random(seed), lay_out(filling.form)
    codes = draw.sample(filling.form.inputs, draw.choice((0, 0, 1, 3, 12)))
    if not codes:
        return write(filling), filling, last
    book = openpyxl.load_workbook(io.BytesIO(write(filling)))
    for code in codes:
        value, style = draw.choice(ENTRIES) if not texts or draw.random() < 0.5 else (draw.choice(TEXTS), "General")
        sheet, row, column = layout.cell(code)
        cell = book[sheet].cell(row + 1, column + 1)
        cell.value, cell.number_format = value, style
        cell.data_type = "e" if isinstance(value, str) and value.startswith("#") else cell.data_type
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), filling, last


def known_to_sheet(findings: tuple[Finding, ...], layout: Layout) -> list[Finding]:
    """Return the findings without those of rules that no formula of the workbook asks."""
    asked = {line.check.rule for line in layout.checks.lines}
    return [one for one in findings if one.rule is None or one.rule in asked or one.rule == "I5"]


Sheets = dict[str, list[list[str]]]


def counts_of_sheet(book: Sheets, layout: Layout) -> dict[str, tuple[int, ...]]:
    """Return what the formulas of ``_核对`` count of every part: to fill, wrong, doubtful, only for the check to read."""
    sheet = book[TALLY.name]
    columns = [TALLY.column(code) for code in ("missing", "broken", "doubts", "unsure")]
    return {part: tuple(int(sheet[row][column]) for column in columns) for part, row in layout.parts.items()}


def counts_of_check(status: Status) -> dict[str, tuple[int, ...]]:
    """Return the same of a status."""
    return {part.part: (part.missing, part.broken, part.doubts, part.unsure) for part in status.parts}


@soak
@requires_office
@pytest.mark.office
@pytest.mark.parametrize("seeds", [range(at, at + 30) for at in range(0, MANY, 30)], ids=str)
def test_the_sheet_computed_anew_is_the_check(seeds: range, tmp_path: Path) -> None:
    """Rule by rule, part by part and in the sentence; texts, in every other, that only the check reads are left to it."""
    cases = {seed: sent(seed, seed % 2 == 1) for seed in seeds}
    paths = [tmp_path / f"{seed}.xlsx" for seed in cases]
    for path, (data, _, _) in zip(paths, cases.values(), strict=True):
        path.write_bytes(data)
    seen: Counter[str] = Counter()
    for path, book, (_, filling, last) in zip(paths, computed(paths, tmp_path / "anew"), cases.values(), strict=True):
        ret = reading.read(path, name=path.name).ret
        assert ret is not None
        layout = lay_out(ret.form)
        findings = checking.check(ret, last=last, level=filling.level or None)
        status = status_of(ret, known_to_sheet(findings, layout))
        unsure = _texts(ret)
        sheet, sentence = counts_of_sheet(book, layout), sentence_of_sheet(book)
        for part, counts in counts_of_check(status).items():
            mine = [code for code in unsure if ret.form.table(ret.form.items[code].table).part == part]
            assert sheet[part][3] == len(mine) or part == "封面", (path.name, part)
            if not unsure:
                assert sheet[part] == counts, (path.name, part)
        if not unsure:
            assert sentence == status.sentence, path.name
        else:
            assert f"{len(unsure)} 格待确认" in sentence, path.name
        unread = {code for code, one in ret.answers.items() if one == not_found()}
        view = View(ret.figures, ret.blanks | unread, {}, None if last is None else last.last_figures, asker(ret, last))
        for line in layout.checks.lines:
            shown = book[CHECKS.name][line.row][CHECKS.column("verdict")]
            touched = {code for code, _ in line.check.inputs}
            if not shown or touched & unsure:
                continue
            judged = judge(line.check, view)
            assert judged is not None
            assert shown == judged.verdict.value, (path.name, line.check.key)
            seen[shown] += 1
    assert {"通过", "不通过", "待填"} <= seen.keys()


def _texts(ret: Return) -> frozenset[str]:
    """Return the inputs that hold a text that is not only blanks: the sheet cannot tell what it says."""
    odd = {
        code
        for code, answer in ret.answers.items()
        if (isinstance(answer, Filled) and answer.raw in TEXTS)
        or (isinstance(answer, Unreadable | Blank) and answer.raw in TEXTS)
    }
    return frozenset(odd)
