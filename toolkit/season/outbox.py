"""Letters → drafts, a plan, and messages that are sent once each."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from toolkit import reading
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
from toolkit.season.ledger import SendJournal
from toolkit.season.worklist import ListColumn, ListSheet, write_list
from toolkit.workbook import grids

PLAN_FILE = "发送计划.xlsx"
_NOON = time(12, 0)
_PLAN = ListSheet(
    "发送计划",
    (
        ListColumn("序号", 44, grids.centred),
        ListColumn("统一社会信用代码", 165, grids.small),
        ListColumn("单位名称", 210),
        ListColumn("事项", 56, grids.centred),
        ListColumn("收件邮箱", 190),
        ListColumn("附件", 300, grids.small),
        ListColumn("主题", 330),
        ListColumn("状态", 64, grids.centred),
        ListColumn("问题", 280),
        ListColumn("编号", 300, grids.small),
    ),
)


def post_of(each: Prepared) -> Post:
    """Return a letter as a message."""
    attachments = (Attachment(each.attachment, each.data),) if each.data else ()
    return Post(each.key, each.code, each.to, each.letter.subject, each.letter.text, each.letter.html, attachments)


def belongs(post: Post) -> str | None:
    """Return why a message may not go out: a workbook in it is not its addressee's, as its inside says."""
    for each in post.attachments:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reply.xlsx"
            path.write_bytes(each.data)
            got = next(reading.read_each([(path, each.name)]))
        code = None if got.ret is None else got.ret.identity.code
        if code != post.code:
            return f"附件是 {code or '不明单位'} 的，收件单位是 {post.code}"
    return None


def settings(session: Session) -> MailSettings:
    """Return the season's mail settings."""
    return read_settings(session.folder.mail)


def plan(session: Session, prepared: Sequence[Prepared], as_of: date, sender: str) -> tuple[Path, int]:
    """Write a draft of every message that may go out and the plan of all; returns the plan and how many drafts."""
    folder = made_folder(session.folder.outbox)
    journal = SendJournal(session.ledger)
    when = datetime.combine(as_of, _NOON).astimezone()
    rows, drafts = [], 0
    for number, each in enumerate(prepared, 1):
        post = post_of(each)
        state = journal.state(each.key)
        fault = verdict(post, belongs)
        if fault is None and state in (None, PostState.PLANNED.value):
            replaced(folder / f"{each.stem}.eml", eml(post, sender, when))
            drafts += 1
        shown = PostState(state).zh if state is not None else PostState.PLANNED.zh
        rows.append(
            (str(number), each.code, each.name, each.letter.kind, each.to or "（名录中没有邮箱）", each.attachment,
             each.letter.subject, shown, "" if fault is None else f"{fault.message}{fault.remedy}", each.key)
        )  # fmt: skip
    return replaced(folder / PLAN_FILE, _plan_bytes(rows)), drafts


def _plan_bytes(rows: Sequence[tuple[str, ...]]) -> bytes:
    book = Workbook(datetime(2000, 1, 1), title=_PLAN.name, structure_locked=False)
    faults = _PLAN.at("问题")
    write_list(book, _PLAN, rows, {(at, faults): grids.bad for at, row in enumerate(rows) if row[faults]}, "#5B9BD5")
    return render(book)


def dispatch(
    session: Session,
    settled: Settled,
    prepared: Sequence[Prepared],
    server: Server,
    password: str | None,
    terms: Terms = USUAL,
) -> tuple[PostResult, ...]:
    """Send every letter that has an address, once each; the ledger is the journal, the worklist shows what became of it.

    A trial (``to_self``) is noted. See ``toolkit.mail.send`` for the rest.
    """
    posts = [post_of(letter) for letter in prepared if letter.to]
    sent = send(posts, server, password, SendJournal(session.ledger), belongs, terms)
    if terms.to_self is not None:
        session.ledger.add("season", name="trial", value=terms.to_self)
    write_worklist(session, settled.rollup, settled.notes)
    return sent


def tried_before(session: Session) -> bool:
    """Tell whether the letters were ever sent to the coordinator first."""
    return session.ledger.last("season", name="trial") is not None
