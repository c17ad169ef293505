"""What goes back to the bodies of a season: returned workbooks, noted in the ledger."""

from __future__ import annotations

from pathlib import Path

from toolkit import documents
from toolkit.campaign.session import Session, Settled, write_desk
from toolkit.tokens import load_key

RETURNED, RECEIPT, REMINDER = "退回件", "回执", "催报"


def reply_workbooks(session: Session, settled: Settled, folder: Path) -> tuple[documents.Written, ...]:
    """Write the reply of every return into a folder and note each in the ledger, once."""
    key = load_key(session.folder.key) if session.folder.key.is_file() else None
    written = documents.write_replies(settled.run.checked, folder, settled.run.roster, key)
    with session.ledger.transaction():
        for each in written:
            note_reply(session, RETURNED, each)
    write_desk(session, settled.rollup, settled.notes)
    return written


def note_reply(session: Session, kind: str, each: documents.Written) -> None:
    """Note a reply unless the same bytes were noted for the same file before."""
    known = {"code": each.code, "kind": kind, "sha256": each.answers, "reply_sha256": each.sha256}
    if session.ledger.last("reply", **known) is None:
        session.ledger.add("reply", **known, round=each.round, file=each.name)
