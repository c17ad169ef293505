"""The region's chain: what all bodies together carried over last year beside what they take over, and who breaks it.

Bodies that were reorganised are compared by their sums. What is not merged stands apart; a body of which last year
says nothing is in no sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from toolkit.answers import Filled, Number
from toolkit.findings import Finding, Severity, Wording, finding, phrase, sorted_findings
from toolkit.forms import Check, Form, View, judge
from toolkit.forms.sheets import ALL_BODIES
from toolkit.merging.coverage import listed
from toolkit.returns import Checked, Identity, Return, RollUp
from toolkit.returns.continuity import NO_REASON, Carried, Handover, Link
from toolkit.returns.extent import extent_of
from toolkit.returns.file_states import COUNTING
from toolkit.returns.last_year import LastYear, added, lacks
from toolkit.returns.numbers import show
from toolkit.roster import Roster, folded

MOST_NAMED = 10
"""Bodies that a sentence names."""


def continuing(rollup: RollUp, last: LastYear, roster: Roster | None) -> RollUp:
    """Return a roll-up with what last year says of its bodies and of those that file no more, and its chain."""
    return chained(replace(rollup, carried=(*_carried(rollup, last, roster), *_left(rollup, last, roster))))


def chained(rollup: RollUp) -> RollUp:
    """Return a roll-up with the chain of its figures and corrections as they are, and the findings of it."""
    linked = replace(rollup, chain=tuple(_links(rollup)) if rollup.carried else ())
    kept = (one for one in rollup.findings if one.code != "MERGE_017")
    return replace(linked, findings=sorted_findings((*kept, *_breaks(linked))))


def _carried(rollup: RollUp, last: LastYear, roster: Roster | None) -> Iterator[Carried]:
    year = rollup.year
    if roster is None:
        for body in rollup.bodies:
            before = last.of(body.code, None, year, body.name)
            none = NO_REASON if before else phrase("last_lacking", names=body.name or body.code)
            key = body.code or folded(body.name)
            yield Carried((key,), body.name or body.code, before.ret if before else None, none)
        return
    outside = {body.code for body in roster.respondents} - {body.code for body in roster.respondents if body.in_rollup}
    for group in roster.successions(year):
        if outside.issuperset((*group.old, *group.new)):
            continue
        name = roster.called(group.new, year) or roster.called(group.old, year - 1)
        lacking = last.lacking(group, year)
        if lacking or group.loose:
            why = phrase("last_lacking", names=roster.called(lacking, year - 1)) if lacking else phrase("last_rest")
            yield Carried(group.new, name, None, why)
        else:
            olds = [last.returns[code, year - 1] for code in group.old]
            yield Carried(group.new, name, added(olds) if olds else _nothing(rollup.form))


def _nothing(form: Form) -> Return:
    """Return what a body that is new carried over."""
    return Return(form, Identity(form.id, None), dict.fromkeys(form.inputs, Filled(0)))


def _left(rollup: RollUp, last: LastYear, roster: Roster | None) -> Iterator[Carried]:
    """Yield the bodies of last year that are none of this year's: a roster that knows of none tells that they are gone.

    The region's own roll-up is none, nor are the bodies in a roll-up that is compared as a whole.
    """
    before = {key: ret for (key, stated), ret in last.returns.items() if stated == rollup.year - 1}
    if roster is None:
        known = {key for body in rollup.bodies for key in (body.code, folded(body.name))}
    else:
        known = {code for group in roster.successions(rollup.year) for code in group.old}
    used = [ret for key, ret in before.items() if key in known]
    rest = {key: ret for key, ret in before.items() if key not in known | {rollup.region_code, folded(rollup.region)}}
    inside = {ret.file for ret in used}
    wholes = {ret.file for ret in used if ret.identity.kind == "rollup"}
    wholes |= {ret.file for ret in rest.values() if ret.identity.kind == "rollup" and ret.file not in inside}
    for key, ret in sorted(rest.items()):
        if ret.file not in (inside if ret.identity.kind == "rollup" else wholes):
            yield Carried((key,) if roster is None else (), ret.identity.name or key, ret)


def _links(rollup: RollUp) -> Iterator[Link]:
    """Yield every figure that is to equal last year's, each with every body's share."""
    form = rollup.form
    checks = [check for rule in form.rules if rule.applies(rollup.year) for check in rule.checks]
    digests = {(file.file, file.sha256): file for file in rollup.checked}
    settled = {state.code or folded(state.name): state for state in rollup.files if state.state in COUNTING}
    corrected = any(change.code == ALL_BODIES for change in rollup.adjustments)
    whole = [Carried((ALL_BODIES,), ALL_BODIES, _nothing(form))] if corrected else []
    sides = []
    for one in (*rollup.carried, *whole):
        states = [settled[code] for code in one.codes if code in settled]
        files = [digests[state.file, state.sha256] for state in states]
        merged = one in whole or (len(files) == len(one.codes) and all(state.state != "failing" for state in states))
        sides.append((one, merged, files, _view(rollup, one, [file.ret for file in files if file.ret is not None])))
    for check in checks:
        if check.needs_last and check.comparison.sign == "==" and check.question is None:
            yield Link(check, tuple(_handover(check, *side) for side in sides))


def _view(rollup: RollUp, one: Carried, returns: Sequence[Return]) -> View:
    """Return what bodies have together, corrections included, beside last year's figures; blank is what none has filled."""
    form = rollup.form
    changes = [(change.item, change.new - change.old) for change in rollup.adjustments if change.code in one.codes]
    sums: dict[str, Number | None] = dict.fromkeys(form.inputs, 0)
    for code, amount in (*changes, *chain(*(zip(form.inputs, ret.amounts, strict=True) for ret in returns))):
        sums[code] = (sums[code] or 0) + (amount or 0)
    blank = frozenset(form.inputs).intersection(*(ret.blanks for ret in returns)) - {item for item, _ in changes}
    return View(form.complete(sums), blank, {}, (one.last or _nothing(form)).last_figures, lambda _: None)


def _handover(check: Check, one: Carried, merged: bool, files: Sequence[Checked], view: View) -> Handover:
    judgement = judge(check, view)
    assert judgement is not None, "there are figures of last year, if only zeros"
    why = one.why
    if judgement.holds is None and one.last is not None:
        why = listed(
            [Wording(f"{short}{lack}", f"{short} {lack.en}") for short, lack in lacks(one.last, check.last_items)]
        )
    actual = None if all(code in view.blank for code, _ in check.inputs) else judgement.left
    labels = (extent_of(file.ret.identity).label for file in files if file.ret is not None)
    reasons = (
        problem.explained
        for file in files
        for problem in file.findings
        if problem.explained and (problem.rule, problem.items) == (check.rule, check.items)
    )
    return Handover(
        one, merged, judgement.right or 0, actual, why, next(reasons, ""), next(filter(None, labels), NO_REASON)
    )


BodyLine = tuple[str, str, tuple[str, ...]]
"""A line of a body: its file, the rule and the items."""


def folded_breaks(rollup: RollUp) -> tuple[frozenset[Finding], Mapping[BodyLine, Wording]]:
    """Return the breaks of the chain of which every body's own line tells, and what these lines say besides."""
    files = {state.code or folded(state.name): state.file for state in rollup.files if state.state == "merged"}
    own = {(file.file, one.rule, tuple(one.items)) for file in rollup.checked for one in file.findings if one.rule}
    whole, more = set[Finding](), dict[BodyLine, Wording]()
    for one in (one for one in rollup.findings if one.code == "MERGE_017"):
        links = [link for link in rollup.chain if link.check.items[0] in {*one.items} - rollup.form.formulas.keys()]
        lines = [[(files.get(code, ""), link.check.rule, link.check.items) for code in share.carried.codes]
                 for link in links for share in link.broken]  # fmt: skip
        if lines and all(line and own.issuperset(line) for line in lines):
            whole.add(one)
            sums = phrase("chain_gap", expected=one.expected, found=one.actual, gap=one.difference)
            more |= dict.fromkeys(chain.from_iterable(lines), phrase("chain_whole", sums=sums))
    return frozenset(whole), more


def chain_rows(rollup: RollUp) -> tuple[tuple[Link, ...], ...]:
    """Return the links of each row of a table, the one of its total last; of rows that neither year uses none."""
    rows: dict[tuple[str, str, str], list[Link]] = {}
    for link in rollup.chain:
        item = rollup.form.items[link.check.items[0]]
        rows.setdefault((link.check.rule, item.table, item.row_code), []).append(link)
    used = (link for link in rows.values() if any(one.expected or one.actual or one.why for one in link[-1].shares))
    return tuple(map(tuple, used))


def chain_words(rollup: RollUp) -> tuple[Wording, ...]:
    """Return in words how each row continues last year's, and which bodies break it, are not merged or undecided."""
    return tuple(_row_words(rollup.form, links) for links in chain_rows(rollup))


def _row_words(form: Form, links: Sequence[Link]) -> Wording:
    total = links[-1]
    whole, merged = (_sums(total.sums(merged=only)) for only in (False, True))
    parts = [whole if whole == merged else phrase("chain_both", all=whole, merged=merged)]
    if all(one.why for one in total.shares):
        parts = [phrase("chain_none")]
    broken = _broken(form, links)
    waiting = [_named(one.carried.name, [_stands(one)]) for one in total.waiting]
    undecided = [
        phrase("chain_undecided", name=one.carried.name, found=show(one.actual or 0), why=one.why)
        for one in total.undecided
    ]
    for word, named in (("chain_broken", broken), ("chain_waiting", waiting), ("chain_unknown", undecided)):
        if named:
            parts.append(phrase(word, count=len(named), names=listed(named, MOST_NAMED)))
    head = form.items[total.check.items[0]].short
    return phrase("chain_row", item=head, words=Wording("；".join(parts), "; ".join(part.en for part in parts)))


def _sums(sums: tuple[Number, Number]) -> Wording:
    expected, actual = sums
    word = "chain_equal" if expected == actual else "chain_gap"
    return phrase(word, expected=show(expected), found=show(actual), gap=show(actual - expected))


def _stands(one: Handover, label: str = "") -> Wording:
    """Return what bodies have and should have; nothing at hand is not 0."""
    word = "chain_same" if one.expected == one.actual else "chain_absent" if one.actual is None else "chain_differs"
    word = word if one.carried.codes else "chain_gone"
    reason = phrase("chain_reason", text=one.explained) if one.explained else NO_REASON
    stands = phrase(word, expected=show(one.expected), found=show(one.actual or 0))
    part = phrase("chain_partial", label=one.partial) if one.partial else NO_REASON
    return Wording(f"{label}{stands}{part}{reason}", f"{label}{stands.en}{part.en}{reason.en}")


def _named(name: str, cells: Sequence[Wording]) -> Wording:
    return Wording(f"{name}（{'；'.join(cells)}）", f"{name} ({'; '.join(cell.en for cell in cells)})")


def _broken(form: Form, links: Sequence[Link]) -> list[Wording]:
    """Return the bodies that break a row, each with the columns in which it does."""
    named = []
    for shares in zip(*(link.shares for link in links), strict=True):
        own = [(form.items[link.check.items[0]], one) for link, one in zip(links, shares, strict=True) if one.breaks]
        own = [(item, one) for item, one in own if not item.computed] or own
        if own:
            cells = [_stands(one, f"{item.column} " if len(links) > 1 else "") for item, one in own]
            named.append(_named(own[0][1].carried.name, cells))
    return named


def _breaks(rollup: RollUp) -> Iterator[Finding]:
    """Yield the finding of every row that merged bodies break; an information where each of them has explained it."""
    form = rollup.form
    for links in chain_rows(rollup):
        names = _broken(form, links)
        if names:
            broken = [(link, one) for link in links for one in link.broken]
            explained = all(one.explained or link.check.items[0] in form.formulas for link, one in broken)
            expected, actual = links[-1].sums(merged=True)
            yield finding(
                "MERGE_017", severity=Severity.INFO if explained else None,
                items=dict.fromkeys(link.check.items[0] for link, _ in broken), item=form.items[links[-1].check.items[0]].short,
                sums=_sums((expected, actual)), count=len(names), names=listed(names, MOST_NAMED), expected=show(expected),
                actual=show(actual), difference=show(actual - expected),
            )  # fmt: skip
