"""The text against the tables: sentences in the words of real reports, each with exactly the findings it must give."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.narratives import CASES, FEES, FIGURES, YEAR, Case
from toolkit.answers import Answer, Filled
from toolkit.findings import Finding
from toolkit.forms import load_form
from toolkit.narrative import check_text
from toolkit.returns import Identity, Paragraph, Place, Return

SHEET = "一、总体情况"
WHOLE = "主动公开、依申请、公开审查、平台、监督"
"""Words of the five heads, so that N10 stays silent where a case is about something else."""


def a_text(text: str, head: str = "", *, year: int | None = YEAR) -> Return:
    """Return a return with FIGURES whose chapter 一 holds the paragraphs of a text, parted by |."""
    form = load_form("2021")
    answers: dict[str, Answer] = {code: Filled(0) for code in form.inputs}
    answers |= {code: Filled(value) for code, value in FIGURES.items()}
    answers["t2.fees.amount"] = Filled(Decimal(FEES))
    said = tuple(Paragraph(each, Place(SHEET, f"A{4 + at}"), head) for at, each in enumerate(text.split("|")))
    rest = (Paragraph(WHOLE, Place(SHEET, "A50")),)
    return Return(form, Identity("2021", year), answers, text={"一": said + rest})


def found(text: str, head: str = "", last: Return | None = None) -> tuple[Finding, ...]:
    return check_text(a_text(text, head), last)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][:40])
def test_a_sentence_gives_exactly_its_findings(case: Case) -> None:
    """Each sentence gives the codes beside it and no other."""
    head, text, expected = case
    findings = found(text, head)
    assert tuple(sorted(each.code for each in findings)) == tuple(sorted(expected)), [each.message for each in findings]
