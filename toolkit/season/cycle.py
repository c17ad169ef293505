"""One command's work on a season: read the worklist, read and check what came, settle it, write it down, show it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from toolkit import merging, reading
from toolkit.files import replaced, swept
from toolkit.findings import Finding, finding
from toolkit.forms import form_for_year
from toolkit.returns import RollUp, Waiver
from toolkit.roster.tokens import load_key
from toolkit.run import chain as season
from toolkit.run.chain import Access, Run
from toolkit.season.folder import Folder, Settings, settings_of
from toolkit.season.ledger import (
    Delivery,
    Ledger,
    held,
    on_a_share,
    record_accepted,
    record_checked,
    record_decisions,
    record_deliveries,
    record_states,
    stamp,
    standings,
    waivers,
)
from toolkit.season.provenance import sender_findings
from toolkit.season.worklist import Instructions, Worklist, read_worklist, worklist_bytes


class Session(Struct, frozen=True):
    """A season being worked on: its lock is held and its ledger open. ``refused`` are texts on the worklist.

    A worklist that could not be read is ``kept`` as it is: what was typed on it is not known, so it is not written over.
    """

    folder: Folder
    ledger: Ledger
    settings: Settings
    findings: tuple[Finding, ...]
    refused: Mapping[tuple[str, str], str]
    kept: bool = False


class Settled(Struct, frozen=True):
    """What came of a run in a season: the run, the roll-up it makes (of nothing, if nothing counts), and the worklist.

    ``notes`` are findings about how the files came.
    """

    run: Run
    rollup: RollUp
    worklist: Path
    notes: tuple[Finding, ...] = ()


@contextlib.contextmanager
def working(folder: Folder) -> Iterator[Session]:
    """Hold a season and read the decisions on its worklist into the ledger."""
    with held(folder.path):
        for each in (folder.path, folder.inbox, folder.replies, folder.outbox):
            swept(each)
        ledger = Ledger(folder.ledger, shared=on_a_share(folder.path))
        try:
            settings = settings_of(ledger)
            entries = _entries(folder, ledger, settings)
            yield Session(
                folder, ledger, settings, (*entries.findings, *_beside(folder)), entries.refused, not entries.read
            )
        finally:
            ledger.close()


def _entries(folder: Folder, ledger: Ledger, settings: Settings) -> Instructions:
    if not folder.worklist.is_file():
        return Instructions()
    book = reading.open_guarded(folder.worklist)
    if isinstance(book, Finding):
        return Instructions(findings=(book, finding("LEDGER_001", file=folder.worklist.name)), read=False)
    versions: dict[str, int] = {}
    for row in ledger.rows("version"):
        versions[row["code"]] = row["number"]
    entries = read_worklist(book, folder.worklist.name, versions, form_for_year(settings.year))
    with ledger.transaction():
        record_decisions(ledger, entries.decisions)
    return entries


def _beside(folder: Folder) -> tuple[Finding, ...]:
    """Return a finding for every worklist that was written beside an open one: decisions typed there are not read."""
    others = sorted(folder.path.glob(f"{folder.worklist.stem}_[0-9]*{folder.worklist.suffix}"))
    return tuple(finding("LEDGER_007", file=each.name, other=each.name, desk=folder.worklist.name) for each in others)


def settle(
    session: Session,
    *,
    roster: Path | None = None,
    last_year: Sequence[Path | str] = (),
    year: int | None = None,
    level: str | None = None,
    passwords: Sequence[str] = (),
    key: Path | None = None,
    region: str = "",
    region_code: str = "",
    region_level: str = "",
    as_of: str = "",
    prefer_newest: bool = False,
    include_failing: Mapping[str, str | Waiver] | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
) -> Settled:
    """Read, check and settle everything in 收件, add it to the ledger and write the worklist.

    What is not given comes from the season: its roster, year, region, key, last year's returns.
    """
    folder, settings = session.folder, session.settings
    before = tuple(last_year) or ((folder.path / settings.last_year,) if settings.last_year else ())
    secret = key if key is not None else folder.key if folder.key.is_file() else None
    run = season.run(
        [folder.inbox],
        year=year or settings.year,
        roster=roster or (folder.roster if folder.roster.is_file() else None),
        last_year=before,
        level=level,
        access=Access(tuple(passwords), None if secret is None else load_key(secret)),
        empty=True,
        jobs=jobs,
        cluster=cluster,
    )
    assert run.year is not None, "a season has a year"
    rollup = merging.merge(
        run.checked,
        form=form_for_year(run.year),
        year=run.year,
        roster=run.roster,
        region=region or settings.region or ("" if run.roster is None else run.roster.region),
        region_code=region_code or settings.region_code,
        region_level=region_level or settings.region_level,
        as_of=as_of or datetime.now().date().isoformat(),
        prefer_newest=prefer_newest,
        include_failing={**waivers(session.ledger), **(include_failing or {})},
        standing=standings(session.ledger),
    )
    with session.ledger.transaction():
        record_deliveries(session.ledger, _deliveries(run, folder))
        record_checked(session.ledger, run.checked, rollup.files)
        record_states(session.ledger, rollup.files, rollup.bodies)
    notes = sender_findings(session.ledger, rollup, run.roster)
    return Settled(run, rollup, write_worklist(session, rollup, notes), notes)


def accept(session: Session, rollup: RollUp) -> None:
    """Note that the files of a roll-up that was written are accepted: another one of a body now needs a decision."""
    with session.ledger.transaction():
        record_accepted(session.ledger, rollup)


def write_worklist(session: Session, rollup: RollUp, notes: Sequence[Finding] = ()) -> Path:
    """Write 台账.xlsx from the ledger and this run, unless it is kept; returns where it is."""
    if session.kept:
        return session.folder.worklist
    settings = session.settings
    worklist = Worklist(
        rollup.region, rollup.year, settings.deadline, rollup.bodies, rollup.files, rollup.checked,
        merging.coverage(rollup), session.refused, (*session.findings, *rollup.findings, *notes),
    )  # fmt: skip
    return replaced(session.folder.worklist, worklist_bytes(session.ledger, worklist))


def _deliveries(run: Run, folder: Folder) -> Iterator[Delivery]:
    digests = {each.file: each.sha256 for each in run.checked}
    for path, name in run.inputs.files:
        if digests.get(name) and isinstance(path, Path) and path.is_file():
            known = path.stat()
            inside = path.relative_to(folder.path).as_posix() if path.is_relative_to(folder.path) else name
            yield Delivery(digests[name], inside, known.st_size, stamp(known.st_mtime), name=name)
