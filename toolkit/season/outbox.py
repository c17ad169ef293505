"""Letters → drafts, a plan, and messages that are sent once each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time
from pathlib import Path
from time import sleep

from toolkit import reading
from toolkit.excel_out import Workbook
from toolkit.files import made_folder, replaced
from toolkit.mail import Attachment, MailSettings, Post, Sent, Server, State, eml, read_settings, send
from toolkit.mail.dispatch import verdict
from toolkit.season.correspondence import Prepared
from toolkit.season.cycle import Session, Settled, write_worklist
from toolkit.season.ledger import SendJournal
from toolkit.workbook.grids import Grids

PLAN_FILE = "发送计划.xlsx"
_NOON = time(12, 0)
_TITLES = ("序号", "统一社会信用代码", "单位名称", "事项", "收件邮箱", "附件", "主题", "状态", "问题", "编号")
_WIDTHS = (44, 165, 210, 56, 190, 300, 330, 64, 280, 300)


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
        if fault is None and state in (None, State.PLANNED.value):
            replaced(folder / f"{each.stem}.eml", eml(post, sender, when))
            drafts += 1
        shown = State(state).zh if state is not None else State.PLANNED.zh
        rows.append(
            (str(number), each.code, each.name, each.letter.kind, each.to or "（名录中没有邮箱）", each.attachment,
             each.letter.subject, shown, "" if fault is None else f"{fault.message}{fault.remedy}", each.key)
        )  # fmt: skip
    return replaced(folder / PLAN_FILE, _plan_bytes(rows)), drafts


def _plan_bytes(rows: Sequence[tuple[str, ...]]) -> bytes:
    book = Workbook(datetime(2000, 1, 1), title="发送计划", structure_locked=False)
    grids = Grids(book)
    sheet = book.sheet("发送计划")
    grids.columns(sheet, _WIDTHS)
    formats = (grids.centred, grids.small, grids.text, grids.centred, grids.text, grids.small, grids.text,
               grids.centred, grids.text, grids.small)  # fmt: skip
    special = {(at, 8): grids.bad for at, row in enumerate(rows) if row[8]}
    last = grids.table(sheet, 0, _TITLES, rows, _WIDTHS, formats, special=special)
    end = max(last - 1, 1)
    sheet.filter(0, 0, end, len(_WIDTHS) - 1)
    sheet.freeze(1, 0)
    grids.finish(sheet, tab="#5B9BD5", rows=(0, 0), last=(end, len(_WIDTHS) - 1), autofilter=True)
    return book.bytes()


def dispatch(
    session: Session,
    settled: Settled,
    prepared: Sequence[Prepared],
    server: Server,
    password: str | None,
    *,
    to_self: str | None = None,
    again: Collection[str] = (),
    rate: float = 20,
    most: int | None = None,
    pause: Callable[[float], None] = sleep,
) -> tuple[Sent, ...]:
    """Send every letter that has an address, once each; the ledger is the journal. The worklist shows what became of it.

    ``to_self`` sends all to that one address and notes the trial. See ``toolkit.mail.send`` for the rest.
    """
    posts = [post_of(each) for each in prepared if each.to]
    sent = send(
        posts, server, SendJournal(session.ledger), belongs=belongs, password=password, to_self=to_self, again=again,
        rate=rate, most=most, sleep=pause,
    )  # fmt: skip
    if to_self is not None:
        session.ledger.add("season", name="trial", value=to_self)
    write_worklist(session, settled.rollup, settled.notes)
    return sent


def tried_before(session: Session) -> bool:
    """Tell whether the letters were ever sent to the coordinator first."""
    return session.ledger.last("season", name="trial") is not None
