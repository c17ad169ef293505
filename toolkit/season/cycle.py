"""One command's work on a season: read the worklist, read and check what came, settle it, write it down, show it."""

from __future__ import annotations

import contextlib
import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from toolkit import reading
from toolkit.files import replaced, swept
from toolkit.findings import Finding, finding
from toolkit.forms import form_for_year
from toolkit.mail import PostState
from toolkit.returns import Decisions, Region, RollUp
from toolkit.roster import Roster
from toolkit.roster.tokens import Key, Trust
from toolkit.run import Job, Outcome, Watch, run, unwatched
from toolkit.run.memory import Recollection
from toolkit.season.folder import Folder, Settings, kept, key_of, opened_ledger, passwords_of, settings_of
from toolkit.season.imports import import_received, included, with_owners
from toolkit.season.ledger import (
    Decision,
    Delivery,
    Ledger,
    SendJournal,
    assigned,
    first_seen,
    locked,
    received,
    record_accepted,
    record_checked,
    record_decisions,
    record_deliveries,
    record_states,
    stamp,
    standings,
    waivers,
    with_returned,
)  # fmt: skip
from toolkit.season.matters import Calendar, matters
from toolkit.season.provenance import sender_findings
from toolkit.season.worklist import Instructions, Worklist, WrongEntry, read_worklist, worklist_bytes


class Session(Struct, frozen=True):
    """A season being worked on: its lock is held and its ledger open. ``refused`` are texts on the worklist.

    A worklist that could not be read is ``kept`` as it is: what was typed on it is not known, so it is not written over.
    With a ``memory`` what did not change is not read and not made again.
    """

    folder: Folder
    ledger: Ledger
    settings: Settings
    findings: tuple[Finding, ...]
    refused: Mapping[tuple[str, str], WrongEntry]
    kept: bool = False
    memory: Recollection | None = None


class Settled(Struct, frozen=True):
    """What came of a job in a season: its outcome, the roll-up it makes (of nothing, if nothing counts), and the worklist.

    ``notes`` are findings about how the files came; ``key`` is that of the job, by which replies carry a token too.
    """

    outcome: Outcome
    rollup: RollUp
    worklist: Path
    notes: tuple[Finding, ...] = ()
    key: Key | None = None


@contextlib.contextmanager
def working(folder: Folder, *, remembering: bool = False) -> Iterator[Session]:
    """Hold a season and read the decisions on its worklist into the ledger; a ``remembering`` one has a memory."""
    with locked(folder.path):
        for path in (folder.path, folder.inbox, folder.replies, folder.outbox):
            swept(path)
        with opened_ledger(folder) as ledger:
            settings = settings_of(ledger)
            typed = _instructions(folder, ledger, settings)
            findings = (*typed.findings, *_beside(folder))
            memory = Recollection(folder.memory) if remembering else None
            yield Session(folder, ledger, settings, findings, typed.refused, not typed.read, memory)
            if memory is not None:
                memory.keep()


def _instructions(folder: Folder, ledger: Ledger, settings: Settings) -> Instructions:
    if not folder.worklist.is_file():
        return Instructions()
    book = reading.open_guarded(folder.worklist)
    if isinstance(book, Finding):
        return Instructions(findings=(book, finding("LEDGER_001", file=folder.worklist.name)), read=False)
    versions = {row["code"]: row["number"] for row in ledger.rows("version")}
    instructions = read_worklist(book, folder.worklist.name, versions, form_for_year(settings.year), first_seen(ledger))
    with ledger.transaction():
        record_decisions(ledger, instructions.decisions)
        for decision in instructions.decisions:
            if decision.kind == "handed":
                _handed(SendJournal(ledger), decision)
    return instructions


def _handed(journal: SendJournal, decision: Decision) -> None:
    """Note that a letter was read out or given by hand, or that it was not after all; one that was sent stays sent."""
    state = PostState(journal.state(decision.reason) or PostState.PLANNED)
    if decision.value and not state.went:
        journal.record(decision.reason, PostState.HANDED, decision.value)
    elif not decision.value and state is PostState.HANDED:
        journal.record(decision.reason, PostState.PLANNED, "台账上取消")


def _beside(folder: Folder) -> tuple[Finding, ...]:
    """Return a finding for every worklist that was written beside an open one: decisions typed there are not read."""
    others = sorted(folder.path.glob(f"{folder.worklist.stem}_[0-9]*{folder.worklist.suffix}"))
    return tuple(finding("LEDGER_007", file=path.name, other=path.name, desk=folder.worklist.name) for path in others)


def settle(session: Session, job: Job, watch: Watch = unwatched) -> Settled:
    """Do a job on everything in 收件, add what came of it to the ledger and write the worklist.

    What the job leaves open comes from the season: its roster, year, region, key, last year's returns; what was
    decided and settled before is always the season's.
    """
    included(session.folder, session.ledger)
    job = _completed(job, session)
    outcome = run(job, watch)
    assert outcome.rollup is not None, "a season is merged"
    with session.ledger.transaction():
        record_deliveries(session.ledger, _deliveries(outcome, session.folder))
    import_received(session.folder, session.ledger, outcome.rollup, outcome.roster)
    rollup = with_owners(with_returned(outcome.rollup, session.ledger), session.ledger, outcome.roster)
    outcome = replace(outcome, rollup=rollup)
    with session.ledger.transaction():
        record_checked(session.ledger, outcome.checked, [file for file in rollup.files if not file.waits])
        record_states(session.ledger, rollup.files, rollup.bodies)
    notes = (*_foreign(outcome), *sender_findings(session.ledger, rollup, outcome.roster))
    return Settled(outcome, rollup, write_worklist(session, rollup, outcome.roster, notes), notes, job.key)


def _foreign(outcome: Outcome) -> tuple[Finding, ...]:
    """Return a finding where the key seems to be another season's: it issued none of several returns that have a token."""
    trusts = Counter(file.trust for file in outcome.checked)
    count = trusts[Trust.FOREIGN.value]
    return () if count < 2 or trusts[Trust.SOUND.value] else (finding("LEDGER_008", count=count),)


def _completed(job: Job, session: Session) -> Job:
    """Return a job with what the season remembers."""
    folder, settings, decisions = session.folder, session.settings, job.decisions
    before = (kept(folder.path / settings.last_year),) if settings.last_year else ()
    return replace(
        job,
        paths=(folder.inbox,),
        wanted="merge",
        year=job.year or settings.year,
        roster=job.roster or (folder.roster if folder.roster.is_file() else None),
        last_year=job.last_year or before,
        region=job.region.or_else(Region(settings.region, settings.region_code, settings.region_level)),
        decisions=Decisions(
            decisions.prefer_newest,
            {**waivers(session.ledger), **decisions.waivers},
            standings(session.ledger),
            received(session.ledger),
            first_seen(session.ledger),
            settings.deadline,
            assigned(session.ledger),
        ),
        passwords=job.passwords or passwords_of(folder, settings),
        key=job.key or key_of(folder, settings),
        jobs=job.jobs or (int(settings.jobs or 0) or None),
        empty=True,
        memory=session.memory,
    )


def accept(session: Session, rollup: RollUp) -> None:
    """Note that the files of a roll-up that was written are accepted: another one of a body now needs a decision."""
    with session.ledger.transaction():
        record_accepted(session.ledger, rollup)


def calendar_of(session: Session, today: datetime.date) -> Calendar:
    """Return the days of a season as they are seen on a day."""
    return Calendar(today, session.settings.due, session.settings.reminders)


def write_worklist(session: Session, rollup: RollUp, roster: Roster | None, notes: Sequence[Finding] = ()) -> Path:
    """Write 台账.xlsx from the ledger and this run, unless it is kept; returns where it is."""
    if session.kept:
        return session.folder.worklist
    findings = (*session.findings, *rollup.findings, *notes)
    days = calendar_of(session, datetime.date.fromisoformat(rollup.as_of))
    open_matters = {matter.code: matter for matter in matters(session.ledger, rollup, roster, days)}
    worklist = Worklist(rollup, session.settings.deadline, session.refused, findings, open_matters)
    return replaced(session.folder.worklist, worklist_bytes(session.ledger, worklist))


def _deliveries(outcome: Outcome, folder: Folder) -> Iterator[Delivery]:
    digests = {file.file: file.sha256 for file in outcome.checked}
    for path, name in outcome.inputs.files:
        if digests.get(name) and isinstance(path, Path) and path.is_file():
            known = path.stat()
            inside = path.relative_to(folder.path).as_posix() if path.is_relative_to(folder.path) else name
            yield Delivery(digests[name], inside, known.st_size, stamp(known.st_mtime), name=name)
