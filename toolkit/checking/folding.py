"""Follow-on findings of one cause, folded into it: one fault is told once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from toolkit.answers import Unreadable
from toolkit.findings import Finding, Severity
from toolkit.forms import Check
from toolkit.returns import Return


def folded(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those that only follow from another one.

    An unreadable cell makes every check that it goes into undecidable: its own finding says so. A total that was typed
    over has a finding of its own; the sums it then breaks are not told again. A balance broken in the column 总计 by
    just what the columns of applicants are out of balance adds nothing.
    """
    kept = _undecided_into_cells(ret, findings)
    kept = _sums_into_totals(kept)
    return _stock_of_rules(_total_column(kept))


def _undecided_into_cells(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    unreadable = {code for code, answer in ret.answers.items() if isinstance(answer, Unreadable)}
    if not unreadable:
        return list(findings)
    checks: dict[tuple[str, tuple[str, ...]], Check] = {
        (check.rule, check.items): check for rule in ret.form.rules for check in rule.checks
    }
    told = {item for each in findings if each.rule == "I5" or each.code.startswith("FORM_04") for item in each.items}
    follow: dict[str, set[str]] = {}
    kept: list[Finding] = []
    for each in findings:
        check = checks.get((each.code, each.items))
        causes = {code for code, _ in check.inputs if code in unreadable & told} if check is not None else set()
        if check is not None and causes:
            for code in causes:
                follow.setdefault(code, set()).add(each.code)
            continue
        kept.append(each)
    return [_with_consequences(each, follow) for each in kept]


def _with_consequences(each: Finding, follow: dict[str, set[str]]) -> Finding:
    rules = sorted({rule for item in each.items for rule in follow.get(item, ())})
    if not rules or each.rule != "I5":
        return each
    return replace(
        each,
        message=f"{each.message}因此 {'、'.join(rules)} 也无法判断。",
        message_en=f"{each.message_en} {', '.join(rules)} cannot be decided either.",
    )


def _sums_into_totals(findings: Sequence[Finding]) -> list[Finding]:
    typed = {item for each in findings if each.code in ("FORM_030", "FORM_031", "FORM_035") for item in each.items}
    return [each for each in findings if not (each.code in ("I1", "I2", "I3", "I4") and typed & set(each.items))]


def _total_column(findings: Sequence[Finding]) -> list[Finding]:
    kept = list(findings)
    for rule in ("I1", "X1"):
        balances = [each for each in kept if each.code == rule and each.difference is not None]
        columns = [each for each in balances if not _in_total(each)]
        gap = sum((Decimal(each.difference or 0) for each in columns), Decimal(0))
        told = [each for each in balances if columns and _in_total(each) and Decimal(each.difference or 0) == gap]
        kept = [each for each in kept if each not in told]
    return kept


def _stock_of_rules(findings: Sequence[Finding]) -> list[Finding]:
    """Drop the chain of 规章 where the very cell should be 0: mending one mends the other."""
    wrong = {item for each in findings if each.code == "C2" and each.severity is Severity.ERROR for item in each.items}
    return [each for each in findings if not (each.code == "X2" and each.items[:1] and each.items[0] in wrong)]


def _in_total(each: Finding) -> bool:
    return each.items[0].endswith(".total")
