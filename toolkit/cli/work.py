"""A job done for a command: with the bar, and with what the season remembers where the files are a season's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from toolkit import season
from toolkit.cli.printing import clean, line, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.returns import RollUp
from toolkit.run import Job, Outcome, run
from toolkit.run.reply_folder import Written, write_replies
from toolkit.season import Session, Settled


class Work(Struct, frozen=True):
    """What came of a job, and the season that it belongs to, if it does."""

    job: Job
    outcome: Outcome
    session: Session | None = None
    settled: Settled | None = None

    @property
    def rollup(self) -> RollUp:
        """Return the roll-up of a job that was to merge."""
        assert self.outcome.rollup is not None, "merging was wanted"
        return self.outcome.rollup

    def write_replies(self, folder: Path) -> tuple[Written, ...]:
        """Write the reply of every return; a season notes each."""
        if self.session is not None and self.settled is not None:
            return season.reply_workbooks(self.session, self.settled, folder)
        return write_replies(self.outcome.checked, folder, self.outcome.roster, self.job.key)

    def accept(self) -> None:
        """Let a season note that its roll-up was written."""
        if self.session is not None and self.settled is not None:
            season.accept(self.session, self.settled.rollup)


@contextmanager
def performed(job: Job, terminal: Terminal) -> Iterator[Work]:
    """Do a job and show how far it is; the season, if there is one, is held until the command has used the outcome."""
    folder = season.folder_of(job.paths)
    if folder is None:
        with terminal.progress() as bar:
            outcome = run(job, bar.step)
        _name_strays(outcome, terminal)
        yield Work(job, outcome)
        return
    with settled(folder, job, terminal) as (session, state):
        yield Work(job, state.outcome, session, state)


@contextmanager
def settled(folder: season.Folder, job: Job, terminal: Terminal) -> Iterator[tuple[Session, Settled]]:
    """Do a job in a season; say what could not be read on the worklist, and where that was written."""
    with season.working(folder) as session:
        with terminal.progress() as bar:
            state = season.settle(session, job, bar.step)
        yield session, state
    for finding in session.findings:
        say(line(finding))
    terminal.hint(t(f"台账：{state.worklist}", f"Ledger: {state.worklist}"))


def _name_strays(outcome: Outcome, terminal: Terminal) -> None:
    """Say which year was taken where files state several."""
    if outcome.strays:
        names = "、".join(outcome.strays[:3])
        count = len(outcome.strays)
        terminal.hint(
            clean(
                t(
                    f"按多数文件写明的年度处理：{outcome.year} 年；另有 {count} 个文件是别的年度（{names}{' 等' if count > 3 else ''}）。"
                    "要处理别的年度请用 --year。",
                    f"Taken: {outcome.year}, the year of most files; {count} are of other years ({names}). Choose with --year.",
                )
            )
        )
