"""A job done in a season: what the ledger remembers comes in, and what is written is noted there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit import season
from toolkit.cli.lines import line
from toolkit.cli.printing import say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.cli.work import Work
from toolkit.run import Job
from toolkit.season import Session, Settled, folder_of

__all__ = ["SeasonWork", "folder_of", "performed", "settled"]


class SeasonWork(Work, frozen=True):
    """What came of a job, and the season that it belongs to."""

    session: Session
    settled: Settled

    def write_replies(self, folder: Path) -> int:
        """Write the reply of every return, note it, and return how many."""
        return len(season.reply_workbooks(self.session, self.settled, folder))

    def accept(self) -> None:
        """Note that the roll-up was written."""
        season.accept(self.session, self.settled.rollup)


@contextmanager
def performed(folder: season.Folder, job: Job, terminal: Terminal) -> Iterator[SeasonWork]:
    """Do a job in a season, which is held until the command has used the outcome."""
    with settled(folder, job, terminal) as (session, state):
        yield SeasonWork(job, state.outcome, session, state)


@contextmanager
def settled(
    folder: season.Folder, job: Job, terminal: Terminal, *, remembering: bool = False
) -> Iterator[tuple[Session, Settled]]:
    """Do a job in a season; say what could not be read on the worklist, and where that was written."""
    with season.working(folder, remembering=remembering) as session:
        with terminal.progress() as bar:
            state = season.settle(session, job, bar.step)
        yield session, state
    for finding in session.findings:
        say(line(finding))
    terminal.hint(t(f"台账：{state.worklist}", f"Ledger: {state.worklist}"))
