"""Returns built from figures alone, for the tests of rules, checking and comparing: no workbook needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.samples import sound
from toolkit.answers import Answer, Filled, Number
from toolkit.findings import Finding
from toolkit.forms import Form, View, load_form
from toolkit.forms.definition import Question
from toolkit.returns import Explanation, Identity, Paragraph, Place, Return

APPLICANTS = ("natural", "enterprise", "research", "nonprofit", "legal", "other")
"""The six columns of applicants of table 三."""

BALANCED: dict[str, Number] = {
    "t3.r1.natural": 58, "t3.r2.natural": 2, "t3.r3_1.natural": 50, "t3.r4.natural": 10,
    "t3.r1.enterprise": 7, "t3.r3_2.enterprise": 7,
}  # fmt: skip
"""Figures of table 三 that balance in every column."""


def a_return(
    figures: Mapping[str, Number] | None = None,
    *,
    form: str = "2021",
    year: int | None = 2025,
    fill: Number | None = 0,
    answers: Mapping[str, Answer] | None = None,
    stated: Mapping[str, Number] | None = None,
    declared: Iterable[str] = (),
    text: Mapping[str, str] | None = None,
    places: Mapping[str, Place] | None = None,
    explanations: Iterable[Explanation] = (),
    findings: Iterable[Finding] = (),
) -> Return:
    """Return a return with the figures given; every other input holds ``fill`` (None: it is blank)."""
    of = load_form(form)
    filled: dict[str, Answer] = {} if fill is None else {code: Filled(fill) for code in of.inputs}
    for code, value in (figures or {}).items():
        if code not in of.items or of.items[code].computed:
            raise KeyError(code)
        filled[code] = Filled(value)
    return Return(
        of,
        Identity(form, year),
        filled | dict(answers or {}),
        stated={code: Filled(value) for code, value in (stated or {}).items()},
        declared=frozenset(declared),
        text={part: (Paragraph(said, Place("", "A3")),) for part, said in (text or {}).items()},
        places=dict(places or {}),
        explanations=tuple(explanations),
        findings=tuple(findings),
    )


def a_sound_return(seed: int, *, form: str = "2021", size: int = 40) -> Return:
    """Return a drawn return that keeps every rule; the same seed gives the same one. Items of one form only are 0."""
    of = load_form(form)
    figures = {code: value for code, value in sound(of, seed, size, None).items() if code in of.inputs}
    return a_return(figures, form=form, year=None)


def a_view(
    form: Form,
    figures: Mapping[str, Number | None],
    *,
    blank: Iterable[str] = (),
    last: Mapping[str, Number | None] | None = None,
    answer: Number | None = 0,
) -> View:
    """Return what checks look at: the figures given and 0 elsewhere; every question has the same answer."""

    def asked(_: Question) -> Number | None:
        return answer

    before = None if last is None else form.complete(last)
    return View(form.complete(figures), frozenset(blank), {}, before, asked)


def codes(findings: Iterable[Finding]) -> list[str]:
    """Return the codes of findings, sorted."""
    return sorted(each.code for each in findings)


def of_code(findings: Iterable[Finding], code: str) -> list[Finding]:
    """Return the findings of one code in their order."""
    return [each for each in findings if each.code == code]
