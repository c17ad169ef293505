"""What the commands say of a season's worklist."""

from __future__ import annotations

from toolkit.cli.frame import line, say
from toolkit.cli.words import t
from toolkit.season import Session, Settled


def season_said(session: Session, settled: Settled, *, quiet: bool) -> None:
    """Say what could not be read on the worklist, and where the worklist was written."""
    for each in session.findings:
        say(line(each))
    if not quiet:
        say(t(f"台账：{settled.worklist}", f"Ledger: {settled.worklist}"))
