"""Follow-on findings of one cause, folded into it: one fault is one finding."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from toolkit.answers import Unreadable
from toolkit.findings import Finding, Severity, Wording, phrase
from toolkit.returns import Return


def folded(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those that only follow from another one.

    An unreadable cell makes every check that it goes into undecidable: its own finding says so. A total that was typed
    over has a finding of its own; the sums it then breaks say nothing more. A balance broken in the column 总计 by
    just what the columns of applicants are out of balance adds nothing.
    """
    kept = _undecided_into_cells(ret, findings)
    kept = _sums_into_totals(kept)
    return _stock_of_rules(_total_column(kept))


def _undecided_into_cells(ret: Return, findings: Sequence[Finding]) -> list[Finding]:
    unreadable = {code for code, answer in ret.answers.items() if isinstance(answer, Unreadable)}
    if not unreadable:
        return list(findings)
    checks = {(check.rule, check.items): check for rule in ret.form.rules for check in rule.checks}
    of_cells = [finding for finding in findings if finding.rule == "I5" or finding.code.startswith("FORM_04")]
    unreadable &= {item for finding in of_cells for item in finding.items}
    follow: dict[str, set[str]] = {}
    kept: list[Finding] = []
    for finding in findings:
        check = checks.get((finding.code, finding.items))
        causes = {code for code, _ in check.inputs if code in unreadable} if check is not None else set()
        for code in causes:
            follow.setdefault(code, set()).add(finding.code)
        if not causes:
            kept.append(finding)
    return [_with_consequences(finding, follow) for finding in kept]


def _with_consequences(finding: Finding, follow: dict[str, set[str]]) -> Finding:
    rules = sorted({rule for item in finding.items for rule in follow.get(item, ())})
    if not rules or finding.rule != "I5":
        return finding
    tail = phrase("follows", rules=Wording("、".join(rules), ", ".join(rules)))
    return replace(finding, message=finding.message + tail, message_en=finding.message_en + tail.en)


def _sums_into_totals(findings: Sequence[Finding]) -> list[Finding]:
    # Where a typed total agrees with its parts (FORM_031) or is no figure (FORM_035) rules see the sum of the parts: what
    # they find then does not follow from it.
    over = [finding for finding in findings if finding.code == "FORM_030"]
    typed = {item for finding in over for item in finding.items}
    sums = ("I1", "I2", "I3", "I4")
    return [finding for finding in findings if not (finding.code in sums and typed & set(finding.items))]


def _total_column(findings: Sequence[Finding]) -> list[Finding]:
    # A total of last year is not known only where one of its columns is not.
    kept = [finding for finding in findings if finding.code != "X1" or finding.difference or not _in_total(finding)]
    for rule in ("I1", "X1"):
        balances = [finding for finding in kept if finding.code == rule and finding.difference is not None]
        columns = [finding for finding in balances if not _in_total(finding)]
        gap = sum((_gap(finding) for finding in columns), Decimal(0))
        follow = [finding for finding in balances if columns and _in_total(finding) and _gap(finding) == gap]
        kept = [finding for finding in kept if finding not in follow]
    return kept


def _gap(finding: Finding) -> Decimal:
    return Decimal(finding.difference or 0)


def _in_total(finding: Finding) -> bool:
    return finding.items[0].endswith(".total")


def _stock_of_rules(findings: Sequence[Finding]) -> list[Finding]:
    """Drop the chain of 规章 where the very cell should be 0: mending one mends the other."""
    zeros = [finding for finding in findings if finding.code == "C2" and finding.severity is Severity.ERROR]
    wrong = {item for finding in zeros for item in finding.items}
    return [
        finding for finding in findings if not (finding.code == "X2" and finding.items and finding.items[0] in wrong)
    ]
