"""Bodies that were reorganised: the chain from last year holds for their sums, and its findings say whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from toolkit.answers import Number, Unreadable
from toolkit.checking.explaining import explained
from toolkit.checking.folding import folded
from toolkit.checking.judging import Case, broken
from toolkit.checking.magnitude import by_peers, without_followers
from toolkit.findings import Finding, Wording, phrase, sorted_findings
from toolkit.forms import Check, View
from toolkit.returns import Checked, Return
from toolkit.returns.last_year import Before
from toolkit.returns.numbers import show


def check_together(ret: Return, shares: Sequence[Return], before: Before) -> tuple[Finding, ...]:
    """Return the findings of a return as one of several that only together continue what last year carried over.

    ``shares`` are the returns of all of them, this one among them. What one of them left blank waits, and what is
    unreadable in one of them decides nothing here.
    """
    form = ret.form
    sums: dict[str, Number | None] = {}
    for code in form.inputs:
        known = [figure for one in shares if (figure := one.figures[code]) is not None]
        sums[code] = sum(known) if len(known) == len(shares) else None
    blanks = frozenset(code for one in shares for code in one.blanks)
    view = View(form.complete(sums), blanks, {}, before.ret.last_figures, lambda _: 0)
    breaches = broken(Case(ret, view, before.ret, None, together=True))
    decided = [one for one in breaches if all(view.values[item] is not None for item in one.items)]
    return tuple(explained(ret, folded(ret, attributed(decided, ret, before, shares))))


def check_amounts(file: Checked, peers: Mapping[str, Sequence[Number]], level: str) -> tuple[Finding, ...]:
    """Return the findings of a file, those about the unit of an amount among them that other bodies of its level show."""
    assert file.ret is not None, "a return is compared"
    known = {one.items for one in file.findings if one.code == "C4"}
    doubts = [one for one in by_peers(file.ret, peers, level) if one.items not in known]
    doubts = [one.at(file=file.file) for one in explained(file.ret, doubts)]
    return sorted_findings((*without_followers(file.findings, doubts), *doubts))


def unreadable(ret: Return) -> bool:
    """Tell whether a return has an unreadable figure that goes with last year's."""
    checks = (check for rule in ret.form.rules for check in rule.checks if check.needs_last)
    return any(isinstance(ret.answers.get(code), Unreadable) for check in checks for code, _ in check.inputs)


def attributed(
    findings: Sequence[Finding], ret: Return, before: Before, shares: Sequence[Return] = ()
) -> list[Finding]:
    """Return findings with what happened and every body's figures behind those that go with last year's."""
    checks = {(check.rule, check.items): check for rule in ret.form.rules for check in rule.checks if check.needs_last}
    return [
        one if (check := checks.get((one.code, one.items))) is None else _attributed(one, check, before, shares)
        for one in findings
    ]


def _attributed(one: Finding, check: Check, before: Before, shares: Sequence[Return]) -> Finding:
    items = before.ret.form.items
    asked = [term.item for side in (check.comparison.left, check.comparison.right) for term in side.terms if term.last]
    figures = [
        _joined(phrase("last_year", name=items[item].short), item, before.parts, last=True) for item in asked[:1]
    ]
    if shares:
        short = items[one.items[0]].short
        figures += [_joined(Wording(short, short), one.items[0], shares)]
    assert before.story is not None, "bodies were reorganised"
    tail = phrase(
        "reorganised", story=before.story, figures=Wording("；".join(figures), "; ".join(part.en for part in figures))
    )
    advice = phrase("together_remedy", names=before.sharers) if shares else phrase("inherited_remedy")
    return replace(
        one,
        message=one.message + tail,
        message_en=one.message_en + tail.en,
        remedy=advice if shares else one.remedy + advice,
        remedy_en=advice.en if shares else one.remedy_en + advice.en,
        remedy_agency=advice if shares else one.for_agency + advice,
    )


def _joined(name: Wording, item: str, returns: Sequence[Return], *, last: bool = False) -> Wording:
    known = [(one.identity.name or "", (one.last_figures if last else one.figures).get(item)) for one in returns]
    shown = "、".join(f"{body} {'？' if figure is None else show(figure)}" for body, figure in known)
    return Wording(f"{name} {shown}", f"{name.en} {shown}")
