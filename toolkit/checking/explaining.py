"""Explanations: a reason makes a warning acceptable, an assurance does not; no reason makes an error right.

But an error of a rule that yields is a warning once its reason says how many it concerns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from toolkit.findings import Finding, Severity, Wording, finding, phrase
from toolkit.forms import Form
from toolkit.returns import Explanation, Return, fingerprint, is_reason
from toolkit.returns.reasons import SHOWN

_JOIN = "；"
"""What stands between the texts of several lines that name one rule alone."""


def explained(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with reasons attached to those they explain, and what is wrong with explanations.

    A warning has the newest reason of its own if that was written for its figures, else those that name its rule alone.
    """
    result = [_with_reason(ret, one) for one in findings]
    return result + [fault for explanation in ret.explanations for fault in _faults(ret, explanation, result)]


def _with_reason(ret: Return, one: Finding) -> Finding:
    if not one.explainable:
        return one
    reasons = [text for text in ret.explanations if _concerns(text, one) and _is_reason(ret, text, [one])]
    own = next(iter(sorted((text for text in reasons if text.items), key=lambda text: text.items != one.subject)), None)
    if own is not None and _holds(ret, own):
        return replace(one, severity=Severity.WARNING, explained=own.text)
    texts = [text.text for text in reasons if not text.items]
    if not texts and one.parts and one.singles == one.parts:  # equal faults in one line: as it would be one by one
        singles = [_with_reason(ret, single).explained for single in one.parts]
        texts = [text for text in singles if text is not None] if None not in singles else []
    if not texts:
        return one
    return replace(one, severity=Severity.WARNING, explained=_JOIN.join(dict.fromkeys(texts)))


def _is_reason(ret: Return, explanation: Explanation, about: Sequence[Finding]) -> bool:
    """Tell whether an explanation is one for these findings: with figures where they, or but its rule, would yield."""
    counted = any(one.yields for one in about) or (
        not about and any(rule.id == explanation.rule and rule.yields for rule in ret.form.rules)
    )
    return is_reason(explanation.text, counted=counted)


def _concerns(explanation: Explanation, one: Finding) -> bool:
    """Tell whether an explanation is about a finding: its rule or code, and its items, these and others, where it names any."""
    return explanation.rule in (one.code, one.rule) and (
        not explanation.items or {*one.subject} <= {*explanation.items}
    )


def _holds(ret: Return, explanation: Explanation) -> bool:
    """Tell whether an explanation was written for the figures as they are."""
    wanted = ("", fingerprint(explanation.rule, explanation.items, ret.figures))
    return not explanation.items or explanation.fingerprint in wanted


def _faults(ret: Return, explanation: Explanation, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what is wrong with an explanation of some finding: it gives no reason, has lapsed, or is about an error."""
    own = [one for one in findings if _concerns(explanation, one)]
    before = next((one.explained for one in own if one.explained), "")
    if own and not _is_reason(ret, explanation, own):
        kept = phrase("explained_before", text=_quoted(before)) if before else ""
        counted = any(one.yields for one in own)
        yield _fault("EXPLAIN_004" if counted else "EXPLAIN_001", ret, explanation, kept=kept)
    elif own and not _holds(ret, explanation):
        if not before:
            yield _fault("EXPLAIN_003", ret, explanation)
    elif any(one.severity is Severity.ERROR for one in own):
        yield _fault("EXPLAIN_002", ret, explanation)


def _quoted(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _fault(code: str, ret: Return, explanation: Explanation, kept: Wording | str = "") -> Finding:
    place, text = explanation.place, _quoted(explanation.text)
    made = finding(code, file=ret.file, items=explanation.items, about=explanation.rule, text=text, kept=kept)
    return made if place is None else made.at(sheet=place.sheet, cell=place.cell)


def state_of(ret: Return, explanation: Explanation, findings: Sequence[Finding], unjudged: Collection[str] = ()) -> str:
    """Return the state of an explanation beside the findings of its return: accepted, refused or lapsed.

    Of a rule that is ``unjudged``, as last year's return is not at hand, a reason for the figures as they are is taken.
    """
    own = [one for one in findings if _concerns(explanation, one) and not one.code.startswith("EXPLAIN_")]
    if not _is_reason(ret, explanation, own):
        return "refused"
    if any(explanation.text in (one.explained, *(one.explained or "").split(_JOIN)) for one in own):
        return "accepted"
    if not own and explanation.rule in unjudged and _holds(ret, explanation):
        return "accepted"
    errors = any(one.severity is Severity.ERROR for one in own)
    return "refused" if errors and _holds(ret, explanation) else "lapsed"


def of_last_year(form: Form) -> frozenset[str]:
    """Return the rules that give doubts, but only where last year's return is at hand."""
    doubts = (rule for rule in form.rules if rule.severity is Severity.WARNING or rule.yields)
    return frozenset(rule.id for rule in doubts if any(check.needs_last for check in rule.checks))


def to_carry(ret: Return, findings: Sequence[Finding]) -> tuple[Explanation, ...]:
    """Return the explanations of a return as its reply carries them, the newest first, then those of the past.

    One that named the rule alone is bound to each finding that it explains; it stays as it is while it explains none.
    """
    used: dict[tuple[str, tuple[str, ...]], Explanation] = {}
    for one in findings:
        key = one.rule or one.code, one.subject
        if one.explained and one.subject:
            used[key] = Explanation(*key, fingerprint(*key, ret.figures), one.explained, state="accepted")
    carried = dict.fromkeys(used.values())
    for text in ret.explanations:
        state, now = state_of(ret, text, findings), used.get((text.rule, text.items))
        own = [one for one in findings if _concerns(text, one)]
        if now is not None and now.text == text.text:
            continue
        if now is not None or (state == "accepted" and any(one.explained and one.subject for one in own)):
            state = "replaced"
        elif text.items and not own:
            state = "lapsed"
        elif not text.items and state == "lapsed":
            state = "accepted"  # it stands in its line until it explains something
        carried[replace(text, place=None, state=state)] = None
    return (*carried, *ret.earlier)
