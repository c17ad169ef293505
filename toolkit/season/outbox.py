"""Letters → drafts, a plan, and messages that are sent once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from toolkit.answers import Number
from toolkit.excel_out import Workbook, render
from toolkit.files import made_folder, replaced
from toolkit.mail import (
    USUAL,
    Attachment,
    MailSettings,
    Post,
    PostResult,
    PostState,
    Server,
    Terms,
    eml,
    read_settings,
    send,
)
from toolkit.mail.dispatch import verdict
from toolkit.season.correspondence import Prepared
from toolkit.season.cycle import Session, Settled, write_worklist
from toolkit.season.inbox import code_inside
from toolkit.season.ledger import SendJournal
from toolkit.season.worklist import PLAN, write_list
from toolkit.workbook import registers

PLAN_FILE = "发送计划.xlsx"
_NOON = time(12, 0)


def post_of(letter: Prepared) -> Post:
    """Return a letter as a message."""
    attachments = (Attachment(letter.attachment, letter.data),) if letter.data else ()
    text = letter.letter
    return Post(letter.key, letter.code, letter.to, text.subject, text.text, text.html, attachments)


def belongs(post: Post) -> str | None:
    """Return why a message may not go out: a workbook in it is not its addressee's, as its inside says."""
    for attachment in post.attachments:
        code = code_inside(attachment.data)
        if code != post.code:
            return f"附件是 {code or '不明单位'} 的，收件单位是 {post.code}"
    return None


def mail_settings(session: Session) -> MailSettings:
    """Return the season's mail settings."""
    return read_settings(session.folder.mail)


def plan(session: Session, prepared: Sequence[Prepared], as_of: date, sender: str) -> tuple[Path, int]:
    """Write a draft of every message that may go out and the plan of all; returns the plan and how many drafts."""
    folder = made_folder(session.folder.outbox)
    journal = SendJournal(session.ledger)
    when = datetime.combine(as_of, _NOON).astimezone()
    rows: list[tuple[str | Number, ...]] = []
    drafts = 0
    for number, letter in enumerate(prepared, 1):
        post = post_of(letter)
        state = PostState(journal.state(letter.key) or PostState.PLANNED)
        fault = verdict(post, belongs)
        if fault is None and state is PostState.PLANNED:
            replaced(folder / f"{letter.stem}.eml", eml(post, sender, when))
            drafts += 1
        rows.append(
            (number, letter.code, letter.name, letter.letter.kind, letter.to or "（名录中没有邮箱）",
             letter.attachment, post.subject, state.zh, "" if fault is None else f"{fault.message}{fault.remedy}",
             letter.key)
        )  # fmt: skip
    return replaced(folder / PLAN_FILE, _plan_bytes(rows)), drafts


def _plan_bytes(rows: Sequence[Sequence[str | Number]]) -> bytes:
    book = Workbook(datetime(2000, 1, 1), title=PLAN.name, structure_locked=False)
    faults = PLAN.column("fault")
    write_list(book, PLAN, rows, {(at, faults): registers.bad for at, row in enumerate(rows) if row[faults]}, "#5B9BD5")
    return render(book)


def dispatch(
    session: Session,
    settled: Settled,
    prepared: Sequence[Prepared],
    server: Server,
    password: str | None,
    terms: Terms = USUAL,
) -> tuple[PostResult, ...]:
    """Send every letter that has an address and waits for no decision, once each; the ledger is the journal, the worklist shows what became of it.

    A trial (``to_self``) is noted. See ``toolkit.mail.send`` for the rest.
    """
    posts = [post_of(letter) for letter in prepared if letter.to and letter.way != "decide"]
    sent = send(posts, server, password, SendJournal(session.ledger), belongs, terms)
    if terms.to_self is not None:
        session.ledger.add("season", name="trial", value=terms.to_self)
    write_worklist(session, settled.rollup, settled.notes)
    return sent


def tried_before(session: Session) -> bool:
    """Tell whether the letters were ever sent to the coordinator first."""
    return session.ledger.last("season", name="trial") is not None
