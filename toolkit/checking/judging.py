"""Every check that applies, judged; those that break or cannot be decided become findings with both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Number
from toolkit.checking.hints import Trial, ways_to_mend
from toolkit.checking.placing import place_of
from toolkit.findings import Finding, Severity, Wording, finding, phrase
from toolkit.forms import Check, Judgement, Rule, Verdict, View, judge, stands
from toolkit.forms.definition import Side
from toolkit.returns import Return
from toolkit.returns.last_year import lacks
from toolkit.returns.numbers import show
from toolkit.roster import without_rules

SHOWN_TERMS = 5
"""A side with more summands than this shows only those other than zero."""


class Case(Struct, frozen=True):
    """A return before the rules: its figures, last year's return (None: not at hand) and the level of its body.

    ``together``: the view holds sums of bodies that only together continue last year's; then nothing else is judged.
    """

    ret: Return
    view: View
    last: Return | None
    level: str | None
    together: bool = False


def broken(case: Case) -> list[Finding]:
    """Return the finding of every check that does not hold."""
    findings: list[Finding] = []
    # I5 is found cell by cell when the values are read (VALUE_…); its line on the sheet counts those cells.
    rules = [rule for rule in case.ret.form.rules if rule.applies(case.ret.year) and rule.id != "I5"]
    graded = [(rule, severity) for rule in rules if (severity := _severity(rule, case)) is not None]
    trial = Trial(case.ret, case.view, tuple(rule for rule, _ in graded))
    jumps: list[_Breach] = []
    for rule, severity in graded:
        for check in rule.checks:
            if stands(check, case.view):
                continue
            judgement = judge(check, case.view)
            if judgement is None or judgement.holds is True or _other_format(check, case):
                continue
            waits = judgement.holds is False and judgement.verdict is Verdict.PENDING
            unanswered = all(code in case.view.blank for code, _ in check.inputs)
            if unanswered and (check.needs_last if judgement.holds is None else waits and not check.needs_last):
                # Prefills alone break it, or last year's figure is asked for: nothing was answered that it could be about.
                continue
            breach = _Breach(trial, case, rule, check, judgement)
            if rule.id == "X5" and breach.lacks_last:
                jumps.append(breach)
                continue
            findings.append(replace(breach.finding(severity), waits=waits))
    return findings + ([jumps[0].of_jumps(jumps)] if jumps else [])


def _severity(rule: Rule, case: Case) -> Severity | None:
    """Return how grave a break of the rule is for this body, None when the rule does not concern it."""
    if case.together:
        # No body can mend it alone.
        return Severity.WARNING if any(check.needs_last for check in rule.checks) else None
    if rule.level == "without_rules":
        concerned = None if case.level is None else without_rules(case.level)
        return rule.severity if concerned else None if concerned is False else Severity.INFO
    return rule.severity


def _other_format(check: Check, case: Case) -> bool:
    """Tell whether a check asks last year's return for an item that its format did not have."""
    if not check.needs_last or case.last is None or case.last.form.id == case.ret.form.id:
        return False
    # 行政许可 and the like mean another thing in the other format; only tables 三 and 四 map one to one.
    return any(item not in case.last.form.items or item.startswith("t2") for item in check.last_items)


class _Breach:
    """A check that does not hold, or cannot be decided, on its way to words."""

    def __init__(self, trial: Trial, case: Case, rule: Rule, check: Check, judgement: Judgement) -> None:
        self.trial, self.ret, self.view, self.last = trial, trial.ret, trial.view, case.last
        self.rule, self.check, self.judgement = rule, check, judgement

    def finding(self, severity: Severity) -> Finding:
        made = self._undecided(severity) if self.judgement.holds is None else self._broken(severity)
        if not self.check.items:
            return made
        place = place_of(self.ret, self.check.items[0])
        return replace(
            made, sheet=place.sheet, cell=place.cell, items=self.check.items, fixed=self.trial.fixed(self.check)
        )

    @property
    def lacks_last(self) -> bool:
        """Tell whether nothing but a figure of last year leaves it undecided."""
        own = all(self.view.values[code] is not None for code in self.check.items)
        return self.judgement.holds is None and self.check.needs_last and own

    def _undecided(self, severity: Severity) -> Finding:
        check = self.check
        words = Wording(check.words, f"{check.rule} at {check.place or 'the return'}")
        if self.lacks_last:
            return self._of_last(words, [check])
        message, remedy = phrase("undecided", rule=words), phrase("undecided_remedy")
        severity = Severity.ERROR if self.rule.severity is Severity.ERROR else severity
        return self._made(severity, message, remedy)

    def of_jumps(self, jumps: Sequence[_Breach]) -> Finding:
        """Return the one finding of all jumps that last year's figures leave undecided."""
        items = dict.fromkeys(item for jump in jumps for item in jump.check.items)
        shorts = "、".join(self.ret.form.items[item].short for item in items)
        made = self._of_last(phrase("jumps", items=shorts), [jump.check for jump in jumps])
        place = place_of(self.ret, self.check.items[0])
        return replace(made, sheet=place.sheet, cell=place.cell, items=tuple(items))

    def _made(self, severity: Severity, message: Wording, remedy: Wording) -> Finding:
        code = self.rule.entry.code
        return Finding(code, severity, str(message), str(remedy), message.en, remedy.en, rule=code)

    def _of_last(self, words: Wording, checks: Sequence[Check]) -> Finding:
        """Return the warning that checks cannot be decided, which names last year's return and what is not known in it."""
        last = self.last
        assert last is not None, "it was asked for last year's figures"
        asked = dict.fromkeys(item for check in checks for item in check.last_items)
        lacking = [code for code in asked if self.view.last is None or self.view.last.get(code) is None]
        unknown = lacks(last, lacking)
        shown = unknown[:SHOWN_TERMS]
        listed = Wording(
            "、".join(f"{short}{why}" for short, why in shown), ", ".join(f"{short} {why.en}" for short, why in shown)
        )
        more = phrase("last_more", count=len(unknown)) if len(unknown) > len(shown) else Wording("", "")
        message = phrase(
            "undecided_last", rule=words, name=last.identity.name or last.identity.code or "", year=last.year,
            file=last.file or "", lacking=Wording(listed + more, listed.en + more.en),
        )  # fmt: skip
        return self._made(Severity.WARNING, message, phrase("undecided_last_remedy"))

    def _broken(self, severity: Severity) -> Finding:
        left, right, gap = self.judgement.left, self.judgement.right, self.judgement.imbalance
        assert left is not None
        assert right is not None
        assert gap is not None
        params = self._figures(left, right, gap) | self._words(left, right, gap)
        made = finding(self.rule.entry, severity=severity, **params)
        if self.rule.yields and severity is Severity.ERROR:
            made = replace(made, yields=True)
        check = self.check
        ways = ways_to_mend(self.trial, check) if check.comparison.sign == "==" and not check.needs_last else ()
        if not ways:
            return made
        hint = phrase("ways", ways=Wording("；".join(ways), "; ".join(way.en for way in ways)))
        return replace(
            made,
            remedy=made.remedy + hint,
            remedy_en=made.remedy_en + hint.en,
            remedy_agency=made.for_agency + hint,
            hint=tuple(str(way) for way in ways),
        )

    def _figures(self, left: Number, right: Number, gap: Number) -> dict[str, Any]:
        """Return both sides and their difference; a question has none, a jump the figure alone, beside no limit."""
        if self.check.comparison.left.question is not None:
            return {}
        if self.rule.id == "X5":
            return {"actual": _known(self.view.values.get(self.check.items[0]))}
        return {"expected": show(right), "actual": show(left), "difference": show(gap)}

    def _words(self, left: Number, right: Number, gap: Number) -> dict[str, Any]:
        """Return what the message of a rule may speak of: places, both sides in words, single figures, questions."""
        check, comparison = self.check, self.check.comparison
        question = check.question
        words: dict[str, Any] = {"value": show(left), "wanted": show(right), "gap": show(_size(gap))}
        if question is not None:
            table = question.arguments[0] if question.function in ("repeated", "faulty") else None
            words["table"] = self.ret.form.table(table).title if table is not None else ""
            words |= {"chapter": question.arguments[0], "word": question.arguments[-1].partition("|")[0]}
        if check.items:
            first = check.items[0]
            before = None if self.view.last is None else self.view.last.get(first)
            words["item"] = self.ret.form.items[first].short
            words |= {"now": _known(self.view.values.get(first)), "before": _known(before)}
        if question is None:
            place = check.words.partition("：")[0] if "：" in check.words and not check.guards else ""
            code = check.place or "the return"
            words["head"] = Wording(
                f"{place}：" if place else "", f"{check.rule} at {code}{f' ({place})' if place else ''}: "
            )
            words["left"] = self._side(comparison.left, left)
            words["right"] = self._side(comparison.right, right)
        return words

    def _side(self, side: Side, total: Number) -> Wording:
        """Return a side with its figures: 本年新收 58＋上年结转 2＝60."""
        if not side.terms:
            return Wording(show(total), show(total))
        items = self.ret.form.items
        terms = [*self.check.comparison.left.terms, *self.check.comparison.right.terms]
        one_row = len({items[term.item].row_code for term in terms}) == 1
        one_column = len({items[term.item].column_code for term in terms}) == 1
        parts: list[tuple[str, str]] = []
        for term in side.terms:
            row, column = items[term.item].short.split("·")
            name = (
                column if one_row and not one_column else row if one_column and not one_row else items[term.item].short
            )
            value = self._figure(term.item, term.last)
            if (value == 0 and len(side.terms) > SHOWN_TERMS) or (term.known and value in (None, 0)):
                continue
            label = phrase("last_year", name=name) if term.last else Wording(name, name)
            size = _size(term.coefficient)
            factor = "" if size == 1 else f"{show(size)}×"
            minus = term.coefficient < 0
            parts.append(
                (
                    f"{'－' if minus else '＋' if parts else ''}{factor}{label} {_known(value)}",
                    f"{' - ' if minus else ' + ' if parts else ''}{factor}{label.en} {_known(value)}",
                )
            )
        if not parts:
            return phrase("all_zero", total=show(total))
        whole = len(parts) > 1 or side.constant != 0
        return Wording(
            "".join(part for part, _ in parts) + (f"＝{show(total)}" if whole else ""),
            "".join(part for _, part in parts) + (f" = {show(total)}" if whole else ""),
        )

    def _figure(self, item: str, last: bool) -> Number | None:
        if last:
            return None if self.view.last is None else self.view.last.get(item)
        return self.view.stated[item] if item in self.view.stated else self.view.values.get(item)


def _size(value: Number) -> Number:
    return -value if value < 0 else value


def _known(value: Number | None) -> str:
    return "？" if value is None else show(value)
