"""Bodies that share what others carried over: judged by their sums once all files are in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from toolkit import checking, merging
from toolkit.findings import Finding, finding, phrase, sorted_findings
from toolkit.forms import form_for_year
from toolkit.returns import Checked, Decisions, Return
from toolkit.returns.last_year import LastYear
from toolkit.roster import Roster

COUNTS = ("merged", "failing", "not_in_rollup")
"""The states of the file of a body that counts, or would but for its errors."""


def judged_together(
    checked: Sequence[Checked], year: int, roster: Roster | None, last: LastYear | None, decisions: Decisions
) -> tuple[Checked, ...]:
    """Return checked files, those of bodies that share what was carried over with what their sums say.

    Each file is compared together with the files that count of the other bodies; where one is missing or unreadable
    that is said instead.
    """
    shared = [] if roster is None or last is None else [one for one in roster.successions(year) if one.shared]
    if roster is None or last is None or not shared:
        return tuple(checked)
    form = form_for_year(year)
    states = {state.file: state for state in merging.merge(checked, year, roster, decisions=decisions).files}
    counting: dict[str, Return] = {
        states[file.file].code: file.ret
        for file in checked
        if file.ret is not None and states[file.file].state in COUNTS
    }
    mates = {code: [other for other in one.new if other != code] for one in shared for code in one.new}

    def judged(file: Checked) -> Checked:
        state, ret = states.get(file.file), file.ret
        if state is None or ret is None or state.code not in mates or (ret.year, ret.form.id) != (year, form.id):
            return file
        before = last.of(state.code, roster, year)
        if before is None or before.story is None:
            return file
        lacking = [one for one in mates[state.code] if one not in counting or checking.unreadable(counting[one])]
        if lacking:
            why = phrase("now_lacking", names=roster.called(lacking, year))
            more: tuple[Finding, ...] = (finding("ID_023", file=file.file, story=before.story, why=why),)
        else:
            others = [counting[one] for one in mates[state.code]]
            more = checking.check_together(ret, [ret, *others], before)
        placed = [one if one.file else one.at(file=file.file) for one in more]
        return replace(file, findings=sorted_findings((*file.findings, *placed)))

    return tuple(map(judged, checked))
