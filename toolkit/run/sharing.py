"""Bodies that share what others carried over: judged by their sums once all files are in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from toolkit import checking, merging
from toolkit.answers import Number
from toolkit.checking.magnitude import TIMES, amounts
from toolkit.findings import Finding, finding, phrase, sorted_findings
from toolkit.forms import form_for_year
from toolkit.returns import Checked, Decisions, Return
from toolkit.returns.file_states import COUNTING
from toolkit.returns.last_year import LastYear, before
from toolkit.roster import Roster, folded
from toolkit.roster.bodies import level_word


def judged_together(
    checked: Sequence[Checked], year: int, roster: Roster | None, last: LastYear | None, decisions: Decisions
) -> tuple[Checked, ...]:
    """Return checked files with what only several of them together show: sums of reorganised bodies, amounts out of scale."""
    return _by_peers(_shared(checked, year, roster, last, decisions), year, roster, last)


def _by_peers(
    checked: Sequence[Checked], year: int, roster: Roster | None, last: LastYear | None
) -> tuple[Checked, ...]:
    """Return checked files, those with an amount out of all proportion to those of other bodies of the level doubted.

    Where last year states an amount of the body, that tells more and was asked before.
    """
    levels: dict[int, str] = {}
    known: dict[tuple[str, str], dict[str, Number]] = {}
    for at, file in enumerate(checked):
        ret = file.ret
        if ret is not None and ret.year == year and ret.form.uses(year):
            body = None if roster is None or not ret.identity.code else roster.by_code(ret.identity.code)
            levels[at] = level_word(ret.identity.level or ("" if body is None else body.level))
            for item, amount in amounts(ret).items():
                known.setdefault((item, levels[at]), {}).setdefault(_key(ret), amount)

    least = {place: min(of.values()) for place, of in known.items()}

    def doubted(at: int, file: Checked) -> Checked:
        if not levels.get(at) or file.ret is None:
            return file
        key, level, own = _key(file.ret), levels[at], amounts(file.ret)
        peers = {item: known[item, level] for item, amount in own.items() if amount >= TIMES * least[item, level]}
        earlier = before(last, file.ret, roster, year) if peers else None
        old = {} if earlier is None or earlier.alone is None else earlier.alone.last_figures
        others = {
            item: [amount for other, amount in of.items() if other != key]
            for item, of in peers.items()
            if not old.get(item)
        }
        return replace(file, findings=checking.check_amounts(file, others, level)) if others else file

    return tuple(doubted(at, file) for at, file in enumerate(checked))


def _key(ret: Return) -> str:
    return ret.identity.code or folded(ret.identity.name or "")


def _shared(
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
        if file.ret is not None and states[file.file].state in COUNTING
    }
    mates = {code: [other for other in one.new if other != code] for one in shared for code in one.new}

    def judged(file: Checked) -> Checked:
        state, ret = states.get(file.file), file.ret
        if state is None or ret is None or state.code not in mates or (ret.year, ret.form.id) != (year, form.id):
            return file
        earlier = last.of(state.code, roster, year)
        if earlier is None or earlier.story is None:
            return file
        lacking = [one for one in mates[state.code] if one not in counting or checking.unreadable(counting[one])]
        if lacking:
            why = phrase("now_lacking", names=roster.called(lacking, year))
            more: tuple[Finding, ...] = (finding("ID_023", file=file.file, story=earlier.story, why=why),)
        else:
            others = [counting[one] for one in mates[state.code]]
            more = checking.check_together(ret, [ret, *others], earlier)
        placed = [one if one.file else one.at(file=file.file) for one in more]
        return replace(file, findings=sorted_findings((*file.findings, *placed)))

    return tuple(map(judged, checked))
