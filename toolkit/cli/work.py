"""A job done for a command: with the bar, and with what the season remembers where the files are a season's."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from toolkit.cli.parameters import near_a_ledger
from toolkit.cli.printing import clean
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.returns import RollUp
from toolkit.run import Job, Outcome, run
from toolkit.run.sources import outside_seasons


class Work(Struct, frozen=True):
    """What came of a job."""

    job: Job
    outcome: Outcome

    @property
    def rollup(self) -> RollUp:
        """Return the roll-up of a job that was to merge."""
        assert self.outcome.rollup is not None, "merging was wanted"
        return self.outcome.rollup

    def write_replies(self, folder: Path) -> int:
        """Write the reply of every return and return how many; a season notes each."""
        replies = importlib.import_module("toolkit.run.reply_folder")  # with XlsxWriter, which no check alone needs
        done = self.outcome
        return len(replies.write_replies(done.checked, folder, done.roster, self.job.key, done.year, done.last_year))

    def accept(self) -> None:
        """Let a season note that its roll-up was written."""


@contextmanager
def performed(job: Job, terminal: Terminal) -> Iterator[Work]:
    """Do a job and show how far it is; the season, if there is one, is held until the command has used the outcome."""
    if near_a_ledger(job.paths):
        season = importlib.import_module("toolkit.cli.season_work")  # with mail and database, which no file alone needs
        folder = season.folder_of(job.paths)
        if folder is not None:
            with season.performed(folder, job, terminal) as work:
                yield work
            return
        outside_seasons(job.paths)
    with terminal.progress() as bar:
        outcome = run(job, bar.step)
    _name_strays(outcome, terminal)
    yield Work(job, outcome)


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
