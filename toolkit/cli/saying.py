"""What the commands say of a season's desk."""

from __future__ import annotations

from toolkit.cli.frame import line, say
from toolkit.cli.words import t
from toolkit.season import Session, Settled


def season_said(session: Session, settled: Settled, *, quiet: bool) -> None:
    """Say what could not be read on the desk, and where the desk was written."""
    for each in session.findings:
        say(line(each))
    if not quiet:
        say(t(f"台账：{settled.desk}", f"Ledger: {settled.desk}"))
