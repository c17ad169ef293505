"""Letters → drafts, a plan, and messages that are sent once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

from toolkit.answers import Number
from toolkit.excel_out import Workbook, render
from toolkit.files import made_folder, renewed
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
    is_filled_in,
    read_settings,
    send,
)  # fmt: skip
from toolkit.mail.dispatch import verdict
from toolkit.run.memory import Recollection, digest_of
from toolkit.season.correspondence import Prepared
from toolkit.season.cycle import Session, Settled, write_worklist
from toolkit.season.inbox import code_inside
from toolkit.season.ledger import SendJournal, record_states, with_returned
from toolkit.season.matters import WAYS
from toolkit.season.worklist import PLAN, write_list
from toolkit.workbook import registers

PLAN_FILE = "发送计划.xlsx"
_NOON = time(12, 0)


def post_of(letter: Prepared) -> Post:
    """Return a letter as a message."""
    attachments = (Attachment(letter.attachment, letter.data),) if letter.data else ()
    text = letter.letter
    return Post(letter.key, letter.code, letter.to, text.subject, text.text, text.html, attachments)


def belongs(post: Post, memory: Recollection | None = None) -> str | None:
    """Return why a message may not go out: a workbook in it is not its addressee's, as its inside says.

    A ``memory`` knows whose workbooks are that were looked into before.
    """
    for attachment in post.attachments:
        data = attachment.data
        code = (
            code_inside(data) if memory is None else memory.text("whose", digest_of(data), partial(code_inside, data))
        )
        if code != post.code:
            return f"附件是 {code or '不明单位'} 的，收件单位是 {post.code}"
    return None


def mail_settings(session: Session) -> MailSettings:
    """Return the season's mail settings, those of no server where none were filled in."""
    return read_settings(session.folder.mail) if is_filled_in(session.folder.mail) else MailSettings(None, None)


def plan(session: Session, prepared: Sequence[Prepared], as_of: date, sender: str) -> tuple[Path, int]:
    """Write a draft of every message that may go out and the plan of all; returns the plan and how many drafts.

    Without a ``sender`` there are no drafts. One of an earlier run that is none any more is taken out of the folder.
    """
    folder = made_folder(session.folder.outbox)
    journal = SendJournal(session.ledger)
    when = datetime.combine(as_of, _NOON).astimezone()
    rows: list[tuple[str | Number, ...]] = []
    drafts = 0
    open_ = set[str]()
    for number, letter in enumerate(prepared, 1):
        post = post_of(letter)
        state = PostState(journal.state(letter.key) or PostState.PLANNED)
        fault = verdict(post, lambda post: belongs(post, session.memory))
        if fault is None and state is PostState.PLANNED and letter.way == "send":
            open_.add(f"{letter.stem}.eml")
            if sender:
                renewed(folder / f"{letter.stem}.eml", eml(post, sender, when))
                drafts += 1
        rows.append(
            (number, letter.code, letter.name, letter.letter.kind, letter.to or "（名录中没有邮箱）",
             letter.attachment, post.subject,
             WAYS[letter.way] if letter.way in ("decide", "phone") and not state.went else state.zh,
             "" if fault is None or not letter.to else f"{fault.message}{fault.remedy}",
             letter.key)
        )  # fmt: skip
    for path in folder.glob(f"*_{session.settings.year}_*信.eml"):
        if path.name not in open_:
            path.unlink()
    return renewed(folder / PLAN_FILE, _plan_bytes(rows)), drafts


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
    rollup = with_returned(settled.rollup, session.ledger)
    record_states(session.ledger, rollup.files, rollup.bodies)
    write_worklist(session, rollup, settled.outcome.roster, settled.notes)
    return sent


def tried_before(session: Session) -> bool:
    """Tell whether the letters were ever sent to the coordinator first."""
    return session.ledger.last("season", name="trial") is not None
