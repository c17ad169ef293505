"""Last year's returns: found, settled as merging settles this year's, and put into one object to look up in."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from toolkit import merging, reading
from toolkit.errors import ToolkitError
from toolkit.files import INBOX_FOLDER
from toolkit.findings import Finding, Wording, fault, finding
from toolkit.forms import form_for_year
from toolkit.returns import FILE_STATES, Checked, Decisions, FileState, Return, RollUp
from toolkit.returns.last_year import LastYear, settled
from toolkit.roster import Roster, folded
from toolkit.run.earlier import with_details
from toolkit.run.examination import Examination
from toolkit.run.sources import Kept, Location, inputs, outside_seasons, sound_roster
from toolkit.scale.remote import At, at_hand

_LOG = logging.getLogger(__name__)

LISTED = 3
"""Files of a state that a message names."""

_USED = ("merged", "failing", "conflict", "not_in_rollup")
"""The states of files that something is compared with."""

Rows = dict[str, list[Return]]
"""The bodies' rows of roll-ups, by body."""


def load_last_year(
    paths: Sequence[Location | Kept],
    year: int | None,
    roster: Roster | None = None,
    *,
    passwords: Sequence[str] = (),
    jobs: int = 1,
) -> LastYear | None:
    """Read the returns of earlier years, or the bodies' rows of roll-ups, and settle them; None when no path is given.

    Of several files of a body that one counts which would in merging, and for a season what its ledger decided; where none
    does, what they state differently is in conflict. A body's row of a roll-up counts before the file that it was merged from. Rows that are in a Parquet
    file beside the roll-up are read from there; ToolkitError says what is missing for it, that a season comes without its
    ledger, and, when the ``year`` is known, that there is no return of the year before.
    """
    if not paths:
        return None
    outside_seasons(paths)
    kept = [path for path in paths if isinstance(path, Kept)]
    settle = partial(
        merging.merge,
        roster=sound_roster(kept[0].roster) if len(kept) == len(paths) == 1 else None,
        decisions=Decisions(
            waivers={code: waiver for one in kept for code, waiver in one.decisions.waivers.items()},
            standing={code: standing for one in kept for code, standing in one.decisions.standing.items()},
            received={sha256: time for one in kept for sha256, time in one.decisions.received.items()},
        ),
    )
    files: list[Checked] = []
    rows: dict[int, Rows] = {}
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as folder:
        times: dict[str, float] = {}
        known = _noted(at_hand(inputs([place_of(path) for path in paths]).files, Path(folder)), times)
        limits = reading.Limits(jobs, reading.PATIENCE)
        for (path, name), returns in reading.returns_each(known, passwords=passwords, limits=limits):
            if not returns:
                files.append(Checked(name, "", None, (), times[name]))
                continue
            own = returns[-1]
            wanted = own.identity.kind == "rollup" and (year is None or own.year == year - 1)
            bodies, corrections = with_details(returns, path, name) if wanted else (returns, ())
            coded = _coded(own, roster)
            files.append(Checked(name, own.sha256 or "", coded.light, own.findings, times[name]))
            for ret in bodies[:-1] if own.year else ():
                rows.setdefault(own.year or 0, {}).setdefault(_key(ret), []).append(replace(ret.light, file=name))
            if corrections:
                _LOG.warning(
                    "%s",
                    f"上一年度汇总表 {name} 的更正写在合计上，没有分到单位；各单位对照的是更正前的数。",
                    extra={"english": f"Corrections in {name} are of the whole; bodies are compared without them."},
                )
    stated = {file.ret.year for file in files if file.ret is not None and file.ret.year is not None}
    years = stated if year is None else {year - 1}
    _has_year(stated, year)
    returns_, by_year = dict[tuple[str, int], Return](), dict[int, tuple[Finding, ...]]()
    for one in sorted(years):
        with suppress(ToolkitError):  # a year of no form has nothing to continue
            form_for_year(one)
            findings: list[Finding] = []
            chosen = _settled(files, rows.get(one, {}), one, settle, findings)
            returns_ |= {(body, one): ret for body, ret in chosen.items()}
            by_year[one + 1] = tuple(findings)
    return LastYear(returns_, by_year.get(year or 0, ()), by_year)


def place_of(path: Location | Kept) -> Location:
    """Return where the returns are: those of a season in its 收件, beside which its replies lie."""
    return path.path / INBOX_FOLDER if isinstance(path, Kept) else path


def _noted(files: Iterable[At], times: dict[str, float]) -> Iterator[tuple[Path, str]]:
    for file in files:
        times[file.name] = file.modified
        yield file.path, file.name


def _coded(ret: Return, roster: Roster | None) -> Return:
    """Return a return with the code that the roster has for its name, where it states none."""
    name = ret.identity.name
    body = None if roster is None or ret.identity.code or not name else roster.by_name(name)
    return ret if body is None else replace(ret, identity=replace(ret.identity, code=body.code))


def _key(ret: Return) -> str:
    return ret.identity.code or folded(ret.identity.name or "")


def _settled(
    files: Sequence[Checked],
    rows: Rows,
    year: int,
    settle: Callable[[Sequence[Checked], int], RollUp],
    findings: list[Finding],
) -> dict[str, Return]:
    """Return the return of every body for a year; what became of the files is added to the findings."""
    keys = [_key(file.ret) for file in files if file.ret is not None]
    several = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set[str]()
    examination = Examination(year)
    judged = [
        examination.judged(replace(file, ret=replace(file.ret, findings=file.findings))).light
        if file.ret is not None and _key(file.ret) in several
        else file
        for file in files
    ]
    rollup = settle(judged, year)
    by_file = {(file.file, file.sha256): file.ret for file in judged}
    versions: dict[str, list[Return]] = {}
    for state in rollup.files:
        ret = by_file[state.file, state.sha256]
        if ret is not None and state.state in _USED:
            versions.setdefault(state.code or folded(state.name), []).append(ret)
    for key, listed in rows.items():
        # What was corrected in the roll-up counts before the file that it was merged from; another file speaks against it.
        others = [ret for ret in versions.get(key, ()) if ret.sha256 is None or ret.sha256 != listed[0].sha256]
        different = {ret.stands: ret for ret in (*reversed(others), *reversed(listed))}
        versions[key] = list(reversed(different.values()))
    findings += _left_out(rollup.files, year)
    for key, sent in sorted(versions.items()):
        if len(sent) > 1:
            name = next((ret.identity.name for ret in sent if ret.identity.name), None) or key
            names = "、".join(ret.file or "" for ret in sent)
            findings.append(finding("LAST_001", file=sent[0].file, name=name, year=year, files=names))
    return {key: settled(sent) for key, sent in versions.items()}


def _left_out(states: Sequence[FileState], year: int) -> Iterator[Finding]:
    """Yield a finding for every state of files that nothing is compared with."""
    for word, title in FILE_STATES.items():
        files = [state.file for state in states if state.state == word]
        if files and word not in _USED:
            names = Wording.some(files, "、", most=LISTED, unit="个")
            yield finding("LAST_002", file=files[0], year=year, count=len(files), state=title, files=names)


def _has_year(stated: Iterable[int], year: int | None) -> None:
    years = set(stated)
    if (year - 1 in years) if year is not None else years:
        return
    if years:
        raise fault("LAST_YEAR_OF_OTHER_YEARS", years="、".join(map(str, sorted(years))))
    raise fault("LAST_YEAR_EMPTY")


def announce(last: LastYear | None) -> None:
    """Say what became of last year's files where no finding is shown."""
    for one in () if last is None else last.findings:
        _LOG.warning("%s", f"{one.message}{one.remedy}", extra={"english": f"{one.message_en} {one.remedy_en}"})


def has_year(last: LastYear, year: int | None) -> None:
    """Make sure that there is a return of the year before ``year`` (of any year when it is None), or raise ToolkitError."""
    _has_year((stated for _, stated in last.returns), year)
