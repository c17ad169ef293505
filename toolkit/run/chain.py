"""The one chain find → read → check → merge that the Python API, the commands and the season call."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from toolkit import merging
from toolkit.findings import Wording, fault
from toolkit.forms import own_forms, own_texts
from toolkit.returns import Checked, ReadFile, Region, RollUp
from toolkit.returns.last_year import LastYear
from toolkit.roster import Roster
from toolkit.run.examination import Examination
from toolkit.run.job import Job, Outcome, Watch, unwatched
from toolkit.run.memory import digest_of, listing_of
from toolkit.run.preceding import has_year, load_last_year, place_of
from toolkit.run.sharing import judged_together
from toolkit.run.sources import Kept, inputs, sound_roster
from toolkit.scale import examined, jobs_for, on_cluster
from toolkit.scale.remote import File
from toolkit.workers import FREE_OBJECTS

LISTED = 3
"""Files of a year that a message names."""


def run(job: Job, watch: Watch = unwatched) -> Outcome:
    """Do a job: find the files, read them, and as far as it is wanted check and merge them.

    Each file is read once, in a process that can be stopped. Without a year the one that most files state is taken;
    files of other years have the finding ID_021 and are not merged. ``watch`` is told how many files are done.
    No file at all, two years stated by equally many files, nothing to merge, a roster with errors and last year's
    returns that are not there raise ToolkitError.
    """
    roster = sound_roster(job.roster)
    listed = inputs(job.paths, without=[*job.without, *([job.roster] if job.roster is not None else [])])
    if job.wanted == "read":
        return Outcome(listed, _read(listed.files, job))
    if not listed.files and not job.empty:
        raise fault("NOTHING_TO_CHECK")
    jobs = jobs_for(len(listed.files), job.jobs)
    last, judges = _last_year(job, roster, jobs)
    examination = Examination(job.year, roster, last, job.level, job.key, job.passwords, job.light, own_forms())
    if job.memory is None:
        checked = _checked(listed.files, examination, job, watch)
    else:
        checked = job.memory.checked(listed.files, judges, lambda new: _checked(new, examination, job, watch))
    strays: tuple[str, ...] = ()
    year = job.year
    if year is None and (year := common_year(checked)) is not None:
        strays = tuple(file.file for file in checked if file.ret is not None and file.ret.year not in (year, None))
        examination = replace(examination, year=year)
        checked = tuple(map(examination.dated, checked))
        if last is not None:
            has_year(last, year)
            last = replace(last, findings=last.by_year.get(year, ()))
    if year is not None:
        checked = judged_together(checked, year, roster, last, job.decisions)
    outcome = Outcome(listed, (), checked, year, strays, roster, last, judges=judges)
    return replace(outcome, rollup=_merged(job, outcome)) if job.wanted == "merge" else outcome


def _last_year(job: Job, roster: Roster | None, jobs: int) -> tuple[LastYear | None, bytes]:
    """Load last year's returns; with a memory, return also the digest of all that files are judged by."""

    def load() -> LastYear | None:
        return load_last_year(job.last_year, job.year, roster, passwords=job.passwords, jobs=jobs)

    if job.memory is None:
        return load(), b""
    bodies = b"" if job.roster is None else job.roster.read_bytes()
    rosters = [(one.roster, "") for one in job.last_year if isinstance(one, Kept) and one.roster is not None]
    places = inputs([place_of(path) for path in job.last_year])
    before = digest_of(own_texts(), job.year, bodies, job.last_year, listing_of([*places.files, *rosters]))
    last = job.memory.last_year(before, load)
    return last, digest_of(before, job.level, "" if job.key is None else job.key.mark, job.light)


def _read(files: Sequence[File], job: Job) -> tuple[ReadFile, ...]:
    """Read every file; the findings are those of reading alone."""
    with _rare_collections():
        read = Examination(passwords=job.passwords, forms=own_forms()).read
        return tuple(examined(files, read, lambda file: file, jobs=job.jobs))


def _checked(files: Sequence[File], examination: Examination, job: Job, watch: Watch) -> tuple[Checked, ...]:
    """Read and check every file, on this machine or on a cluster."""
    total = len(files)
    if job.cluster is not None:
        return on_cluster(job.cluster, files, examination.of, lambda done, faults: watch(total, done, faults)).checked
    unread = [file for file in files if file[1] not in job.known]
    if jobs_for(len(unread), job.jobs) > 1:
        examination.prepare()
    checked = []
    with _rare_collections():
        reading = examined(unread, examination.of, Checked.of, jobs=job.jobs)
        for _, name in files:
            file = examination.known(job.known[name]) if name in job.known else next(reading)
            checked.append(file)
            watch(total, 1, file.verdict != "pass")
    return tuple(checked)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles rarely: answers are many small values and hardly a cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(FREE_OBJECTS, usual[1], usual[2])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def common_year(files: Sequence[ReadFile]) -> int | None:
    """Return the report year that most files state, None when none states one.

    Two years that equally many state raise ToolkitError, which names the years with their files.
    """
    stated: dict[int, list[str]] = {}
    for file in files:
        if file.ret is not None and file.ret.year is not None:
            stated.setdefault(file.ret.year, []).append(file.file)
    most = max(map(len, stated.values()), default=0)
    years = [year for year, names in stated.items() if len(names) == most]
    if len(years) > 1:
        tied = [(year, Wording.some(names, "、", most=LISTED, unit="个")) for year, names in sorted(stated.items())]
        listed = Wording.some(
            [Wording(f"{year} 年：{names}", f"{year}: {names.en}") for year, names in tied], most=len(tied)
        )
        raise fault("YEARS_TIED", listed=listed)
    return years[0] if years else None


def _merged(job: Job, outcome: Outcome) -> RollUp:
    """Merge what was checked into the roll-up of one region."""
    if outcome.year is None:
        raise fault("YEAR_UNSTATED")
    roster = outcome.roster
    region = job.region.or_else(Region("" if roster is None else roster.region))
    as_of = job.as_of or datetime.date.today().isoformat()
    rollup = merging.merge(outcome.checked, outcome.year, roster, region, job.decisions, as_of)
    if outcome.last_year is not None:
        rollup = replace(rollup, findings=(*rollup.findings, *outcome.notes))
        rollup = merging.continuing(rollup, outcome.last_year, roster)
    return rollup if job.empty else not_empty(rollup)


def not_empty(rollup: RollUp) -> RollUp:
    """Return a roll-up that something was merged into; an empty one raises ToolkitError."""
    if not rollup.merged:
        reasons = "；".join(f"{file.file}：{file.reason}" for file in rollup.files[:LISTED])
        raise fault("NOTHING_TO_MERGE", reasons=reasons)
    return rollup


def run_one(job: Job) -> Outcome:
    """Do a job on one file; one that is not there or holds no return raises ToolkitError."""
    (path,) = job.paths
    if not isinstance(path, Path) or not path.is_file():
        raise fault("FILE_MISSING", path=path)
    outcome = run(job)
    (file,) = outcome.readings or outcome.checked
    if file.ret is None:
        raise fault("NO_RETURN_IN_FILE", path=path, **file.findings[0].wordings())
    return outcome
