"""Which file of a body counts, does it count, and what comes of it: the second and third step of merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import replace

from toolkit.answers import Number, Unreadable
from toolkit.findings import Finding, finding, phrase
from toolkit.merging.whose import Register, Sent
from toolkit.returns import BodyState, Checked, Decisions, FileState, Return, RollUp, Standing
from toolkit.roster import folded


@dataclass
class Settling:
    """What each body sent, brought to its end: merged, or left out with the reason."""

    register: Register
    decisions: Decisions
    merged: list[Checked] = field(default_factory=list)
    preferred: list[str] = field(default_factory=list)
    included: dict[str, str] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    unexplained: int = 0
    unfilled: int = 0

    def rollup(self, ordered: Sequence[Checked], as_of: str) -> RollUp:
        """Return the roll-up of the files, which come in the order of their names."""
        register = self.register
        by_body = register.by_body(ordered)
        for _, sent in sorted(by_body.items()):
            self._settle(sent)
        self._lost(by_body)
        for code in sorted(set(self.decisions.waivers) - set(self.included)):
            register.findings.append(finding("MERGE_007", body=code))
        register.states.sort(key=lambda state: (state.file, state.sha256))
        bodies = self._bodies()
        expected = None if register.roster is None else sum(body.state != "not_expected" for body in bodies)
        return RollUp(
            register.form,
            register.year,
            register.region.name,
            register.region.code,
            register.region.level,
            as_of,
            tuple(self.merged),
            self._figures(),
            tuple(register.states),
            bodies,
            expected,
            dict(sorted(self.included.items())),
            tuple(sorted(self.preferred)),
            self.unexplained,
            tuple(
                sorted(
                    register.findings,
                    key=lambda finding: (finding.severity.rank, finding.code, finding.file or "", finding.message),
                )
            ),
            tuple(ordered),
            unfilled=self.unfilled,
        )

    def _lost(self, by_body: Mapping[str, Sequence[Sent]]) -> None:
        """Tell of every file that is to count by decision and cannot: it is gone, or of another year or form."""
        for code, before in sorted(self.decisions.standing.items()):
            if before.adopted and all(one.checked.sha256 != before.adopted for one in by_body.get(code, ())):
                body = None if self.register.roster is None else self.register.roster.by_code(code)
                self.register.findings.append(finding("MERGE_012", name=code if body is None else body.name))

    def _settle(self, sent: list[Sent]) -> None:
        """Bring all files of one body to their states."""
        before = self.decisions.standing.get(sent[0].code, Standing())
        best = sorted(
            sent,
            key=lambda one: (
                one.checked.sha256 not in (before.adopted or before.accepted,) or one.checked.sha256 == "",
                -one.ret.identity.round, one.errors, one.doubts, one.checked.file,
            ),
        )  # fmt: skip
        kept: list[Sent] = []
        for one in best:
            same = next((other for other in kept if _same(one, other)), None)
            if same is None:
                kept.append(one)
            else:
                self.register.state(one.checked, "duplicate", one.code, one.name, f"与“{same.checked.file}”内容相同。")
        if before.returned or any(one.errors > 0 for one in kept[1:]):
            self.returned.add(sent[0].key)
        if before.adopted and kept[0].checked.sha256 == before.adopted:
            self._adopt(kept[0], kept[1:], before.reason)
        elif before.accepted and kept[0].checked.sha256 == before.accepted and self._replaces(kept):
            self._hold(kept[0], kept[1:])
        else:
            self._choose(kept)

    def _adopt(self, taken: Sent, others: Sequence[Sent], reason: str) -> None:
        for one in others:
            why = f"按台账的决定采用“{taken.checked.file}”{f'（{reason}）' if reason else ''}。"
            self.register.state(one.checked, "superseded", one.code, one.name, why)
        self._count(taken)

    def _replaces(self, kept: list[Sent]) -> bool:
        """Tell whether another file than the accepted one, which comes first, would count by itself."""
        last = max(one.ret.identity.round for one in kept)
        current = [one for one in kept if one.ret.identity.round == last]
        return len(current) > 1 or current[0] is not kept[0]

    def _hold(self, accepted: Sent, others: Sequence[Sent]) -> None:
        """Keep counting a file that was accepted; a later one that differs waits for a decision."""
        later = [one for one in others if one.ret.identity.round >= accepted.ret.identity.round]
        self.register.findings.append(self._differing("MERGE_011", [accepted, *later], taken=accepted.checked.file))
        for one in others:
            if one in later:
                reason = f"已有通过的“{accepted.checked.file}”，没有决定采用这一份之前不替换。"
                self.register.state(one.checked, "conflict", one.code, one.name, reason)
            else:
                reason = f"第 {one.ret.identity.round} 轮的表，已有第 {accepted.ret.identity.round} 轮的“{accepted.checked.file}”。"
                self.register.state(one.checked, "superseded", one.code, one.name, reason)
        self._count(accepted)

    def _choose(self, kept: list[Sent]) -> None:
        """Take the file of the last round; two that differ are a conflict unless the newest is preferred."""
        kept = sorted(kept, key=lambda one: -one.ret.identity.round)
        last = kept[0].ret.identity.round
        current = [one for one in kept if one.ret.identity.round == last]
        for one in kept:
            if one.ret.identity.round < last:
                reason = f"第 {one.ret.identity.round} 轮的表，已有第 {last} 轮的“{current[0].checked.file}”。"
                self.register.state(one.checked, "superseded", one.code, one.name, reason)
        if len(current) > 1 and not self.decisions.prefer_newest:
            self._conflict(current)
            return
        taken = max(current, key=lambda one: (one.checked.modified, one.checked.file, one.checked.sha256))
        if len(current) > 1:
            self._prefer(taken, current)
        self._count(taken)

    def _conflict(self, current: list[Sent]) -> None:
        self.register.findings.append(self._differing("MERGE_001", current))
        for one in current:
            others = "、".join(f"“{other.checked.file}”" for other in current if other is not one)
            self.register.state(one.checked, "conflict", one.code, one.name, f"与{others}不一致，都没有计入。")

    def _prefer(self, taken: Sent, current: list[Sent]) -> None:
        self.preferred.append(taken.checked.file)
        self.register.findings.append(self._differing("MERGE_002", current, taken=taken.checked.file))
        for one in current:
            if one is not taken:
                reason = f"按 --prefer newest 取“{taken.checked.file}”。"
                self.register.state(one.checked, "superseded", one.code, one.name, reason)

    def _differing(self, code: str, current: list[Sent], taken: str = "") -> Finding:
        """Return a finding that names the files of a body and how much they differ."""
        items = [
            item
            for item in self.register.form.items
            if len({repr(_plain(one.ret.figures[item])) for one in current}) > 1
        ]
        shorts = "、".join(self.register.form.items[item].short for item in items[:3]) + (
            "等" if len(items) > 3 else ""
        )
        differing = phrase("differing_items", count=len(items), items=shorts) if items else phrase("differing_text")
        files = sorted(one.checked.file for one in current)
        return finding(
            code, file=files[0], items=items, name=current[0].name or current[0].code, count=len(current),
            files="、".join(files), differing=differing, taken=taken,
        )  # fmt: skip

    def _count(self, one: Sent) -> None:
        """Merge the file of a body that counts, or say why not."""
        failing = one.errors > 0
        if failing:
            self.failing.add(one.key)
        if one.body is not None and not one.body.in_rollup:
            reason = f"名录写明不计入汇总。{one.reason if failing else ''}"
            self.register.state(one.checked, "not_in_rollup", one.code, one.name, reason)
            return
        waiver = self.decisions.waivers.get(one.code)
        covered = waiver is not None and waiver.covers(one.checked.findings)
        reason = waiver.reason.strip() if waiver is not None and covered else ""
        if failing and not reason:
            self.register.state(one.checked, "failing", one.code, one.name, one.reason)
            return
        if failing:
            self._include(one, reason)
        self.register.state(one.checked, "merged", one.code, one.name, f"有错误仍计入：{reason}" if failing else "")
        self.merged.append(replace(one.checked, ret=_identified(one)))
        status = one.checked.status
        self.unexplained += status.doubts > 0
        self.unfilled += status.missing > 0

    def _include(self, one: Sent, reason: str) -> None:
        self.included[one.code] = reason
        self.register.findings.append(
            finding(
                "MERGE_005", file=one.checked.file, name=one.name, status=one.checked.status.sentence, reason=reason
            )
        )
        lost = [code for code in self.register.form.inputs if isinstance(one.ret.answers.get(code), Unreadable)]
        if lost:
            labels = "；".join(f"{self.register.form.items[code].short}“{_raw(one.ret, code)}”" for code in lost)
            self.register.findings.append(
                finding("MERGE_006", file=one.checked.file, items=lost, name=one.name, count=len(lost), labels=labels)
            )

    # What comes of it.

    def _figures(self) -> dict[str, Number]:
        form = self.register.form
        sums: list[Number] = [Decimal(0) if form.items[code].kind == "money" else 0 for code in form.inputs]
        for file in self.merged:
            assert file.ret is not None
            sums = [total + (amount or 0) for total, amount in zip(sums, file.ret.amounts, strict=True)]
        totals: dict[str, Number | None] = dict(zip(form.inputs, sums, strict=True))
        return {code: value for code, value in form.complete(totals).items() if value is not None}

    def _bodies(self) -> tuple[BodyState, ...]:
        """Return the state of every body of the roster, or of every body found where there is none."""
        files: dict[str, list[FileState]] = {}
        for state in self.register.states:
            files.setdefault(state.code or folded(state.name), []).append(state)
        roster, bodies = self.register.roster, []
        if roster is None:
            for key, states in sorted(files.items()):
                if key and any(state.state != "not_in_rollup" for state in states):
                    first = states[0]
                    bodies.append(
                        BodyState(first.code, first.name, "", self._body_state(key, states), True, *_files(states))
                    )
            return tuple(bodies)
        expected = {body.code: body for body in roster.expected(self.register.year)}
        known = {body.code: body for body in sorted(roster.respondents, key=lambda body: body.valid_from or 0)}
        for code, body in sorted((known | expected).items()):
            states = files.get(code, [])
            word = self._body_state(code, states) if code in expected else "not_expected"
            bodies.append(BodyState(code, body.name, body.level, word, body.in_rollup, *_files(states)))
        return tuple(bodies)

    def _body_state(self, key: str, states: Sequence[FileState]) -> str:
        ends = {state.state for state in states}
        if "merged" in ends and key in self.failing:
            return "waived"
        if "merged" in ends or ("not_in_rollup" in ends and key not in self.failing):
            return "mended" if key in self.returned else "passed"
        if ends & {"failing", "not_in_rollup"}:
            return "returned"
        return "received" if states else "missing"


def _same(one: Sent, other: Sent) -> bool:
    return (one.checked.sha256 != "" and one.checked.sha256 == other.checked.sha256) or one.content == other.content


def _identified(one: Sent) -> Return:
    """Return the return with the code and name under which it was merged."""
    identity = one.ret.identity
    if (identity.code or "", identity.name or "") == (one.code, one.name):
        return one.ret
    return replace(one.ret, identity=replace(identity, code=one.code or None, name=one.name or None))


def _plain(value: Number | None) -> object:
    return value if value is None else Decimal(value).normalize()


def _raw(ret: Return, code: str) -> str:
    answer = ret.answers.get(code)
    return answer.raw if isinstance(answer, Unreadable) else ""


def _files(states: Sequence[FileState]) -> tuple[tuple[str, ...], str]:
    """Return the files of a body, and the sentence of the one that counts or would but for its errors."""
    counted = [state.status for state in states if state.state in ("merged", "failing", "not_in_rollup")]
    return tuple(state.file for state in states), counted[0] if counted else ""
