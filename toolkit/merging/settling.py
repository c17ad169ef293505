"""Which file of a body counts, does it count, and what comes of it: the second and third step of merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from msgspec.structs import replace

from toolkit.answers import Number, Unreadable
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.merging.versions import Receipts, day_of, preferred, rank, same, same_figures
from toolkit.merging.whose import Register, Sent
from toolkit.returns import BodyState, Checked, Decisions, FileState, Return, RollUp, Standing
from toolkit.returns.file_states import COUNTING
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
    late: set[str] = field(default_factory=set)
    unexplained: int = 0
    unfilled: int = 0

    @cached_property
    def receipts(self) -> Receipts:
        """Return when the files came."""
        return Receipts(self.decisions.received)

    def rollup(self, ordered: Sequence[Checked], as_of: str) -> RollUp:
        """Return the roll-up of the files, which come in the order of their names."""
        register = self.register
        if self.decisions.deadline and as_of > self.decisions.deadline:
            came = {one.sha256: self.decisions.first.get(one.sha256, one.modified) for one in ordered}
            self.late = {sha256 for sha256, when in came.items() if day_of(when) > self.decisions.deadline}
        by_body = register.by_body(ordered)
        for _, sent in sorted(by_body.items()):
            self._settle(sent)
        self._lost(by_body)
        for code in sorted(set(self.decisions.waivers) - set(self.included)):
            register.findings.append(finding("MERGE_007", body=code))
        register.states.sort(key=lambda state: (state.file, state.sha256))
        bodies = self._bodies()
        expected = None if register.roster is None else sum(body.state != "not_expected" for body in bodies)
        findings = sorted(register.findings, key=lambda one: (one.severity.rank, one.code, one.file or "", one.message))
        return RollUp(
            register.form, register.year, register.region.name, register.region.code, register.region.level, as_of,
            tuple(self.merged), self._figures(), tuple(register.states), bodies, expected,
            dict(sorted(self.included.items())), tuple(sorted(self.preferred)), self.unexplained, tuple(findings),
            tuple(ordered), unfilled=self.unfilled,
        )  # fmt: skip

    def _lost(self, by_body: Mapping[str, Sequence[Sent]]) -> None:
        """Tell of every file that is to count by decision and cannot: it is gone, or of another year or form."""
        for code, before in sorted(self.decisions.standing.items()):
            if before.adopted and all(one.checked.sha256 != before.adopted for one in by_body.get(code, ())):
                body = None if self.register.roster is None else self.register.roster.by_code(code)
                self.register.findings.append(finding("MERGE_012", name=code if body is None else body.name))

    def _settle(self, sent: list[Sent]) -> None:
        """Bring all files of one body to their states."""
        before = self.decisions.standing.get(sent[0].code, Standing())
        kept: list[Sent] = []
        for one in sorted(sent, key=lambda one: rank(one, before.adopted or before.accepted)):
            equal = next((other for other in kept if same(one, other)), None)
            if equal is None:
                kept.append(one)
            else:
                self.register.state(
                    one.checked, "duplicate", one.code, one.name, phrase("file_duplicate", file=equal.checked.file)
                )
        if before.returned or any(one.errors > 0 for one in kept[1:]):
            self.returned.add(sent[0].key)
        if before.adopted and kept[0].checked.sha256 == before.adopted:
            self._adopt(kept[0], kept[1:], before.reason)
            return
        accepted = next((one for one in kept if before.accepted and one.checked.sha256 == before.accepted), None)
        kept, accepted = self._versions(kept, accepted)
        kept.sort(key=lambda one: -one.ret.identity.round)
        last = [one for one in kept if not any(other.supersedes(one) for other in kept)]
        if accepted is not None and last != [accepted]:
            self._hold(accepted, kept)
        else:
            self._choose(kept, last)

    def _versions(self, kept: Sequence[Sent], accepted: Sent | None) -> tuple[list[Sent], Sent | None]:
        """Return one file of each version: of equal figures the one that passes, then the later text; and the accepted.

        What was accepted gives way to a later text that passes: the figures that were accepted stay.
        """
        groups: list[list[Sent]] = []
        for one in kept:
            group = next((group for group in groups if same_figures(group[0], one)), None)
            groups.append([one]) if group is None else group.append(one)
        versions: list[Sent] = []
        for group in groups:
            last = [one for one in group if not any(other.supersedes(one) for other in group)]
            taken = max(
                last,
                key=lambda one: (one.errors == 0, one.ret.identity.round, *self.receipts.of(one), one.checked.file),
            )
            versions.append(taken)
            accepted = taken if accepted in group and taken.errors == 0 else accepted
            others = [one for one in last if one is not taken]
            for one in group:
                if one is not taken and one not in others:
                    self._supersede(one, next(other for other in group if other.supersedes(one)))
            if others:
                self._same_figures(taken, others)
        return versions, accepted

    def _same_figures(self, taken: Sent, others: Sequence[Sent]) -> None:
        passes = taken.errors == 0 and all(one.errors > 0 for one in others)
        ground = phrase("alone_passes") if passes else self.receipts.ground(taken, others)
        self.register.findings.append(
            self._differing("MERGE_014", [taken, *others], taken=taken.checked.file, ground=ground)
        )
        for one in others:
            reason = phrase("file_same_figures", file=taken.checked.file, ground=ground)
            self.register.state(one.checked, "duplicate", one.code, one.name, reason)

    def _adopt(self, taken: Sent, others: Sequence[Sent], reason: str) -> None:
        for one in others:
            why = phrase("file_adopted", file=taken.checked.file, reason=f"（{reason}）" if reason else "")
            self.register.state(one.checked, "superseded", one.code, one.name, why)
        self._count(taken)

    def _hold(self, accepted: Sent, kept: Sequence[Sent]) -> None:
        """Keep counting a file that was accepted; one that differs and is none of its past waits for a decision."""
        others = [one for one in kept if one is not accepted]
        later = [one for one in others if not accepted.supersedes(one)]
        self.register.findings.append(self._differing("MERGE_011", [accepted, *later], taken=accepted.checked.file))
        for one in others:
            if one in later:
                reason = phrase("file_held", file=accepted.checked.file)
                self.register.state(one.checked, "conflict", one.code, one.name, reason)
            else:
                self._supersede(one, accepted)
        self._count(accepted)

    def _supersede(self, one: Sent, later: Sent) -> None:
        rounds = {"round": one.ret.identity.round, "later": later.ret.identity.round}
        line = phrase("file_made_from_it") if later.ret.lineage else ""
        reason = phrase("file_superseded", file=later.checked.file, line=line, **rounds)
        self.register.state(one.checked, "superseded", one.code, one.name, reason)

    def _choose(self, kept: list[Sent], last: list[Sent]) -> None:
        """Take the last version; several that differ, none made from another, are a conflict unless the newest is preferred."""
        for one in kept:
            if one not in last:
                self._supersede(one, next(other for other in kept if other.supersedes(one)))
        taken = last[0]
        if len(last) > 1:
            good = None if taken.code in self.decisions.waivers else preferred(last, self.receipts)
            if good is None and not self.decisions.prefer_newest:
                self._conflict(last)
                return
            taken = good or max(last, key=lambda one: (*self.receipts.of(one), one.checked.file, one.checked.sha256))
            self._prefer(taken, last, alone=good is not None)
        self._count(taken)

    def _conflict(self, current: list[Sent]) -> None:
        apart = len({one.ret.identity.round for one in current}) > 1
        self.register.findings.append(self._differing("MERGE_013" if apart else "MERGE_001", current))
        for one in current:
            others = "、".join(f"“{other.checked.file}”" for other in current if other is not one)
            why = phrase("file_in_conflict", others=others, status=one.checked.status.sentence)
            self.register.state(one.checked, "conflict", one.code, one.name, why)

    def _prefer(self, taken: Sent, current: list[Sent], *, alone: bool) -> None:
        """Take one version of several: ``alone`` it passes, or it is the newest, which was asked for."""
        self.preferred.append(taken.checked.file)
        others = [one for one in current if one is not taken]
        ground = phrase("alone_passes") if alone else self.receipts.ground(taken, others)
        code = "MERGE_015" if alone else "MERGE_002"
        self.register.findings.append(self._differing(code, current, taken=taken.checked.file, ground=ground))
        for one in others:
            reason = phrase(
                "file_other_alone" if alone else "file_other_newest", file=taken.checked.file, ground=ground
            )
            self.register.state(one.checked, "superseded", one.code, one.name, reason)

    def _differing(self, code: str, current: list[Sent], taken: str = "", ground: str = "") -> Finding:
        """Return a finding that names the files of a body and how much they differ."""
        items = [
            item
            for item in self.register.form.items
            if len({repr(_plain(one.ret.figures[item])) for one in current}) > 1
        ]
        shorts = Wording.some([self.register.form.items[item].short for item in items], "、", most=3, unit="")
        differing = phrase("differing_items", count=len(items), items=shorts) if items else phrase("differing_text")
        files = sorted(one.checked.file for one in current)
        stands = sorted((one.checked.file, one.ret.identity.round, one.checked.status.sentence) for one in current)
        versions = [phrase("version_stands", file=file, round=turn, status=words) for file, turn, words in stands]
        standing = Wording("；".join(versions), "; ".join(one.en for one in versions))
        return finding(
            code, file=files[0], items=items, name=current[0].name or current[0].code, count=len(current),
            files="、".join(files), differing=differing, taken=taken, ground=ground,
            standing=standing,
        )  # fmt: skip

    def _count(self, one: Sent) -> None:
        """Merge the file of a body that counts, or say why not."""
        failing = one.errors > 0
        if failing:
            self.failing.add(one.key)
        if one.body is not None and not one.body.in_rollup:
            uncounted = phrase("file_not_counted", failing=one.reason if failing else "")
            self.register.state(one.checked, "not_in_rollup", one.code, one.name, uncounted)
            return
        waiver = self.decisions.waivers.get(one.code)
        covered = waiver is not None and waiver.covers(one.checked.findings)
        reason = waiver.reason.strip() if waiver is not None and covered else ""
        if failing and not reason:
            self.register.state(one.checked, "failing", one.code, one.name, one.reason)
            return
        if failing:
            self._include(one, reason)
        anyway = phrase("file_included", reason=reason) if failing else ""
        self.register.state(one.checked, "merged", one.code, one.name, anyway)
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
                        BodyState(first.code, first.name, "", self._body_state(key, states), True, *self._files(states))
                    )
            return tuple(bodies)
        expected = {body.code: body for body in roster.expected(self.register.year)}
        known = {body.code: body for body in sorted(roster.respondents, key=lambda body: body.valid_from or 0)}
        for code, body in sorted((known | expected).items()):
            states = files.get(code, [])
            word = self._body_state(code, states) if code in expected else "not_expected"
            bodies.append(BodyState(code, body.name, body.level, word, body.in_rollup, *self._files(states)))
        return tuple(bodies)

    def _body_state(self, key: str, states: Sequence[FileState]) -> str:
        ends = {state.state for state in states}
        if "merged" in ends and key in self.failing:
            return "waived"
        if "merged" in ends or ("not_in_rollup" in ends and key not in self.failing):
            return "mended" if key in self.returned else "passed"
        return "received" if ends - {"wrong_year"} else "missing"

    def _files(self, states: Sequence[FileState]) -> tuple[tuple[str, ...], str, bool]:
        """Return the files of a body, the sentence of the one that counts or would but for its errors, and whether all are late."""
        counted = [state.status for state in states if state.state in COUNTING]
        own = [state.sha256 in self.late for state in states if state.state not in ("wrong_year", "wrong_form")]
        return tuple(state.file for state in states), counted[0] if counted else "", bool(own) and all(own)


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
