"""Explanations: a reason makes a warning acceptable, an assurance does not, and no reason makes an error right."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from toolkit.findings import Finding, Severity, finding
from toolkit.returns import Explanation, Return, fingerprint, is_reason
from toolkit.returns.reasons import SHOWN


def explained(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with reasons attached to the warnings they explain, and what is wrong with explanations."""
    faults: list[Finding] = []
    result = list(findings)
    for explanation in ret.explanations:
        own = [at for at, one in enumerate(result) if _concerns(explanation, one)]
        if not own:
            continue
        if not is_reason(explanation.text):
            faults.append(_fault("EXPLAIN_001", ret, explanation))
        elif _lapsed(ret, explanation):
            faults.append(_fault("EXPLAIN_003", ret, explanation))
        else:
            if any(result[at].severity is Severity.ERROR for at in own):
                faults.append(_fault("EXPLAIN_002", ret, explanation))
            for at in own:
                if result[at].severity is Severity.WARNING:
                    result[at] = replace(result[at], explained=explanation.text)
    return result + faults


def _concerns(explanation: Explanation, one: Finding) -> bool:
    """Tell whether an explanation is about a finding: its rule or code, and the items where it names any."""
    if explanation.rule not in (one.code, one.rule):
        return False
    return not explanation.items or explanation.items == one.items


def _lapsed(ret: Return, explanation: Explanation) -> bool:
    return (
        explanation.fingerprint != ""
        and bool(explanation.items)
        and explanation.fingerprint != fingerprint(explanation.rule, explanation.items, ret.figures)
    )


def _fault(code: str, ret: Return, explanation: Explanation) -> Finding:
    text, place = explanation.text, explanation.place
    return finding(
        code,
        file=ret.file,
        sheet=None if place is None else place.sheet,
        cell=None if place is None else place.cell,
        items=explanation.items,
        about=explanation.rule,
        text=text if len(text) <= SHOWN else text[:SHOWN] + "…",
        kept="",
    )
