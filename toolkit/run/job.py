"""What is to be done in one run, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from toolkit.findings import Finding
from toolkit.returns import Checked, Decisions, ReadFile, Region, RollUp
from toolkit.returns.last_year import LastYear
from toolkit.returns.whole_return import NOTHING
from toolkit.roster import Roster
from toolkit.roster.tokens import Key
from toolkit.run.memory import Recollection
from toolkit.run.sources import Inputs, Kept, Location

Wanted = Literal["read", "check", "merge"]
"""How far a run goes."""

OPEN = Region("", "", "")
"""A region of which nothing is known: its name is that of the roster, its level 县."""

SUMMARY_FILE = "审核汇总.xlsx"
"""What stands beside the replies of a check."""


class Job(Struct, frozen=True):
    """What is to be done: which files, judged by what, and how far.

    ``roster`` and ``without`` (outputs) are no returns, wherever they lie. ``level`` is that of bodies of unknown level,
    ``as_of`` the ISO date of a roll-up (today's when it is ""). ``jobs`` processes read, as many as are worth it when
    it is None; a ``cluster`` reads in place of this machine. ``light`` keeps of each return what merging needs. With
    ``empty`` it is no fault when there is no file, or nothing to merge. What is ``known`` of files (by the name that
    outputs use) is what was read of them before: they are not read again; nor is what a ``memory`` has.
    """

    paths: tuple[Location, ...] = ()
    wanted: Wanted = "check"
    year: int | None = None
    roster: Path | None = None
    last_year: tuple[Location | Kept, ...] = ()
    level: str | None = None
    region: Region = OPEN
    decisions: Decisions = Decisions()
    as_of: str = ""
    passwords: tuple[str, ...] = ()
    key: Key | None = None
    without: tuple[Path, ...] = ()
    jobs: int | None = None
    cluster: str | None = None
    light: bool = False
    empty: bool = False
    known: Mapping[str, ReadFile] = NOTHING
    memory: Recollection | None = None


class Outcome(Struct, frozen=True):
    """What came of a job: the files and what was skipped, and each file as it was read, or as it was checked.

    ``strays`` are the files of other years where the year is the one that most files state. ``rollup`` is None unless
    merging was wanted, ``judges`` the digest of all that files were judged by, b"" without a memory.
    """

    inputs: Inputs
    readings: tuple[ReadFile, ...] = ()
    checked: tuple[Checked, ...] = ()
    year: int | None = None
    strays: tuple[str, ...] = ()
    roster: Roster | None = None
    last_year: LastYear | None = None
    rollup: RollUp | None = None
    judges: bytes = b""

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Return what became of last year's files."""
        return () if self.last_year is None else self.last_year.findings


Watch = Callable[[int, int, int], object]
"""Who is told how a run goes: of how many files how many more are done, and how many of those are faulty."""


def unwatched(_total: int, _done: int, _faults: int) -> None:
    """Tell nobody."""
