"""Every check that applies, judged; those that break or cannot be decided become findings with both sides."""

from __future__ import annotations

from toolkit.answers import Number
from toolkit.checking.hints import hints
from toolkit.findings import Finding, Severity
from toolkit.forms import Check, Judgement, Rule, View, judge, stands
from toolkit.forms.definition import Comparison, Question, Side
from toolkit.forms.layout import lay_out
from toolkit.forms.sentences import SIGNS
from toolkit.returns import Return
from toolkit.returns.numbers import show
from toolkit.roster import below_city

SHOWN_TERMS = 5
"""A side with more summands than this shows only those other than zero."""


def broken(ret: Return, view: View, *, level: str | None, same_body: bool, last: Return | None) -> list[Finding]:
    """Return the finding of every check that does not hold."""
    found: list[Finding] = []
    for rule in ret.form.rules:
        if not rule.applies(ret.year) or rule.id == "I5":
            # I5 is found cell by cell when the values are read (VALUE_…); its line on the sheet counts those cells.
            continue
        severity = _severity(rule, ret, level, same_body, last)
        if severity is None:
            continue
        for check in rule.checks:
            if stands(check, view):
                continue
            judged = judge(check, view)
            if judged is not None and judged.holds is not True and not _other_format(check, ret, last):
                found.append(_finding(ret, view, rule, check, judged, severity))
    return found


def _severity(rule: Rule, ret: Return, level: str | None, same_body: bool, last: Return | None) -> Severity | None:
    """Return how grave a break of the rule is for this body, None when the rule does not concern it."""
    if rule.level == "below_city":
        below = None if level is None else below_city(level)
        return rule.severity if below else None if below is False else Severity.INFO
    if rule.id.startswith("X") and not same_body and rule.severity is Severity.ERROR:
        return Severity.WARNING
    return rule.severity


def _other_format(check: Check, ret: Return, last: Return | None) -> bool:
    """Tell whether a check asks last year's return for an item that its format did not have."""
    if not check.needs_last or last is None or last.form.id == ret.form.id:
        return False
    comparisons = (check.comparison, *check.guards)
    terms = [term for each in comparisons for side in (each.left, each.right) for term in side.terms if term.last]
    # 行政许可 and the like mean another thing in the other format; only tables 三 and 四 map one to one.
    return any(term.item not in last.form.items or term.item.startswith("t2") for term in terms)


def _finding(ret: Return, view: View, rule: Rule, check: Check, judged: Judgement, severity: Severity) -> Finding:
    layout = lay_out(ret.form)
    first = check.items[0] if check.items else None
    place = ret.place(first) if first is not None else None
    sheet = place.sheet if place is not None else (layout.cell(first)[0] if first is not None else None)
    cell = place.cell if place is not None else (layout.address(first) if first is not None else None)
    if judged.holds is None:
        before = check.needs_last and all(view.values[code] is not None for code in check.items)
        whose, whose_en = ("上年年报里", "last year's return") if before else ("", "the return")
        return Finding(
            rule.id,
            severity if before or rule.severity is not Severity.ERROR else Severity.ERROR,
            f"{check.words}：{whose}有读不懂的数，无法判断。",
            "请先更正上一年度年报中读不懂的格，再核对。" if before else "请先改正读不懂的格。",
            f"{rule.id}: cannot be decided, a figure of {whose_en} is unreadable "
            f"({check.place or ret.form.title}).",
            "Correct the unreadable cells of last year's return first." if before else "Correct the unreadable cells first.",
            sheet=sheet, cell=cell, items=check.items, rule=rule.id,
        )  # fmt: skip
    left, right, gap = judged.left, judged.right, judged.imbalance
    assert left is not None
    assert right is not None
    assert gap is not None
    mends = hints(ret, view, check) if check.comparison.sign == "==" and not check.needs_last else ()
    asked = check.comparison.left.question is not None
    # A jump has no right value: what is there is the figure itself, its limit a multiple of last year's.
    jump = rule.id == "X5"
    hint = f"（改一格可平的办法：{'；'.join(mends)}。供参考，以实际为准）" if mends else ""
    return Finding(
        rule.id,
        severity,
        _message(ret, view, rule, check, left, right, gap),
        rule.remedy + hint,
        f"{rule.id} at {check.place or 'the return'}: left {show(left)} {check.comparison.sign} right {show(right)} "
        f"does not hold, difference {show(gap)}.",
        "Check each figure of both sides against the files; the imbalance must become 0."
        if check.comparison.sign == "=="
        else "Check the figures, or explain them.",
        sheet=sheet,
        cell=cell,
        items=check.items,
        expected=None if asked or jump else show(right),
        found=None if asked else _known(view.values.get(check.items[0])) if jump else show(left),
        difference=None if asked or jump else show(gap),
        rule=rule.id,
        hint=mends,
    )


def _message(ret: Return, view: View, rule: Rule, check: Check, left: Number, right: Number, gap: Number) -> str:
    comparison = check.comparison
    question = comparison.left.question or comparison.right.question
    if question is not None:
        return _about_whole(ret, question, rule, left, right)
    if rule.id == "X5":
        code = check.items[0]
        before = None if view.last is None else view.last.get(code)
        return (
            f"{ret.form.items[code].short} 本年 {_known(view.values.get(code))}，上年 {_known(before)}：{rule.title}。"
        )
    if comparison.sign == "==" and not comparison.right.terms:
        return f"{ret.form.items[check.items[0]].short} 填的是 {show(left)}，应为 {show(right)}：{rule.title}。"
    head = check.words.partition("：")[0] + "：" if "：" in check.words and not check.guards else ""
    sides = f"{_side(ret, view, comparison, comparison.left, left)}，{_side(ret, view, comparison, comparison.right, right)}"
    if comparison.sign == "==":
        return f"{head}{sides}，应相等，相差 {show(_size(gap))}。"
    return f"{rule.title}。{head}{sides}，应为左{SIGNS[comparison.sign]}右。"


def _size(value: Number) -> Number:
    return -value if value < 0 else value


def _known(value: Number | None) -> str:
    return "？" if value is None else show(value)


def _about_whole(ret: Return, question: Question, rule: Rule, left: Number, right: Number) -> str:
    """Return the message of a rule that asks about a whole table or chapter."""
    if question.function == "repeated":
        return f"“{ret.form.table(question.arguments[0]).title}”各格与上一年度完全相同。"
    if question.function == "fee":
        return f"第{question.arguments[0]}部分写到信息处理费 {show(right)} 元，表二的收费金额合 {show(left)} 元，小于该金额。"
    return f"{rule.title}：第{question.arguments[0]}部分没有写到“{question.arguments[1]}”。"


def _side(ret: Return, view: View, comparison: Comparison, side: Side, total: Number) -> str:
    """Return a side with its figures: 本年新收 58＋上年结转 2＝60."""
    if not side.terms:
        return show(total)
    terms = [term for each in (comparison.left, comparison.right) for term in each.terms]
    one_row = len({ret.form.items[term.item].row_code for term in terms}) == 1
    one_column = len({ret.form.items[term.item].column_code for term in terms}) == 1
    parts: list[str] = []
    for term in side.terms:
        item = ret.form.items[term.item]
        row, column = item.short.split("·")
        name = column if one_row and not one_column else row if one_column and not one_row else item.short
        figures = view.last if term.last else view.values
        value: Number | None = None if figures is None else figures.get(term.item)
        if not term.last and term.item in view.stated:
            value = view.stated[term.item]
        if value == 0 and len(side.terms) > SHOWN_TERMS:
            continue
        said = f"{'上年度' if term.last else ''}{name} {_known(value)}"
        factor = "" if abs(term.coefficient) == 1 else f"{show(_size(term.coefficient))}×"
        parts.append(f"{'－' if term.coefficient < 0 else '＋' if parts else ''}{factor}{said}")
    if not parts:
        return f"各项都是 0，合计 {show(total)}"
    return "".join(parts) + (f"＝{show(total)}" if len(parts) > 1 or side.constant != 0 else "")
