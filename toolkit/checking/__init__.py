"""Form + return (+ last year's) → findings: every rule, blanks, explanations; what follows from one cause is folded."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.answers import Filled
from toolkit.checking.asking import asker
from toolkit.checking.blanks import blank_findings
from toolkit.checking.explaining import explained
from toolkit.checking.folding import folded
from toolkit.checking.grouping import grouped, of_other_year
from toolkit.checking.judging import Case, broken
from toolkit.checking.magnitude import by_size, without_followers
from toolkit.checking.together import attributed, check_amounts, check_together, unreadable
from toolkit.findings import Finding, sorted_findings
from toolkit.forms import View
from toolkit.returns import Return
from toolkit.returns.last_year import Before

__all__ = ["check", "check_amounts", "check_together", "of_other_year", "unreadable"]


def check(
    ret: Return,
    *,
    last: Return | None = None,
    level: str | None = None,
    before: Before | None = None,
    also: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Return every finding of a return, those of reading among them, the gravest first.

    ``last`` is what last year's figures are, ``before`` how they were put together.
    ``level`` is the body's level; unknown, C2 only informs.
    ``also`` are findings of the same return that another stage made, to be explained and sorted with the rest.
    """
    stated = {code: answer.value for code, answer in ret.stated.items() if isinstance(answer, Filled)}
    blanks = ret.blanks
    view = View(ret.figures, blanks, stated, None if last is None else last.last_figures, asker(ret, last))
    blank = blank_findings(ret, blanks)
    # Where nothing is filled in, that is the one thing to say: no rule can tell anything more.
    empty = any(finding.code == "BLANK_002" for finding in blank)
    breaches = [] if empty else broken(Case(ret, view, last, level))
    doubts = [] if empty else by_size(ret, last, also)
    breaches, also = without_followers(breaches, doubts), without_followers(also, doubts)
    if before is not None and before.parts and last is not None:
        breaches = attributed(breaches, ret, before)
    return sorted_findings(explained(ret, grouped([*folded(ret, [*ret.findings, *breaches]), *doubts, *blank, *also])))
