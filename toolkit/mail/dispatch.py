"""Posts → a server, each at most once: the journal knows before the server does."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from toolkit.errors import ToolkitError
from toolkit.findings import Finding, finding
from toolkit.mail.addresses import one_address, plain
from toolkit.mail.post import Post, eml, message_id
from toolkit.mail.settings import Server
from toolkit.mail.smtp import Answer, Fate, SmtpLine

MESSAGE_BYTES = 20 * 2**20
"""The message as sent; most mailboxes here stop at 20 to 50 MB."""


class PostState(StrEnum):
    """The states of a message; a retry is ``planned`` again."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        """Return the word that the coordinator reads."""
        return {"planned": "待发", "sending": "发送中", "sent": "已发", "refused": "被拒收", "unknown": "不明"}[
            self.value
        ]


class Journal(Protocol):
    """What was sent, kept by the caller.

    ``record`` returns only when the entry would outlive a crash of program and machine; what it raises stops the
    sending. One run at a time may send with a journal: the caller holds a lock meanwhile.
    """

    def state(self, key: str) -> str | None:
        """Return the last recorded state of a post, None when there is none."""
        ...

    def record(self, key: str, state: str, detail: str) -> None:
        """Add a state of a post."""
        ...


class PostResult(Struct, frozen=True):
    """What a run did with one post: its state now, the server's words, and whether it was tried in this run.

    ``finding`` says what someone must see: all but a message that was sent.
    """

    key: str
    code: str
    to: str
    state: PostState
    detail: str
    message_id: str
    tried: bool
    finding: Finding | None = None


def send(
    posts: Iterable[Post],
    server: Server,
    journal: Journal,
    *,
    belongs: Callable[[Post], str | None],
    password: str | None,
    to_self: str | None = None,
    again: Collection[str] = (),
    rate: float = 20,
    most: int | None = None,
    stop_after: int = 3,
    timeout: float = 60,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[PostResult, ...]:
    """Send each post at most once over one connection and return what became of each, in their order.

    The journal has ``sending`` before the server may take the message, and what followed after it. A ``sending`` that
    nothing followed is ``unknown``; unknown and refused posts are tried again only when ``again`` names their keys
    (with the same Message-ID), sent ones never. Answers 4xx and a connection lost before DATA leave a post planned;
    it is tried anew after one reconnection, and again by the next run. After ``stop_after`` failures in a row, a word
    of the server about limits, or ``most`` messages, the rest is left as it is.

    ``belongs`` looks into the attachments just before each message; a reason it returns keeps the message back.
    ``to_self`` sends all to that one address instead, marked in the subject, without asking or telling the journal.
    ``rate`` is in messages a minute. A server that cannot be reached, trusted or logged in to raises ToolkitError
    before anything is sent; later it only stops the run.
    """
    if to_self is not None and one_address(to_self) is None:
        raise ToolkitError(
            f"“{plain(to_self)}”不是一个完整的邮箱地址。",
            "请写一个自己的邮箱地址。",
            english=f"“{plain(to_self)}” is not exactly one address.",
        )
    if rate <= 0:
        raise ToolkitError("每分钟封数应大于 0。", "请改为 20 左右。", english="The rate must be above 0 a minute.")
    run = _Run(server, journal, SmtpLine(server, password, timeout), belongs, to_self, frozenset(again), now)
    pace = _Pace(60 / rate, sleep, clock)
    results: list[PostResult] = []
    failures = tried = 0
    try:
        for post in posts:
            sent = run.settled(post)
            if sent is None and not run.stopped and most is not None and tried >= most:
                run.stopped = f"本次最多发 {most} 封"
            if sent is None and run.stopped:
                sent = run.left(post)
            if sent is None:
                sent = run.sent(post, pace)
                tried += sent.tried
                if sent.tried:
                    failures = 0 if sent.state is PostState.SENT else failures + 1
                if failures >= stop_after and not run.stopped:
                    run.stopped = f"连续 {failures} 封没有发出"
            results.append(sent)
    except BaseException:
        # No QUIT: in the middle of a message the server would take it for a line of the text.
        run.line.close()
        raise
    run.line.quit()
    return tuple(results)


def verdict(post: Post, belongs: Callable[[Post], str | None]) -> Finding | None:
    """Return why a post cannot be sent as it is, None when it can: its addressee, its attachments, its size.

    A plan shows this beside each post; sending asks it again just before each message.
    """
    reason = belongs(post)
    if reason:
        return finding("MAIL_002", file=_place(post), why=plain(reason))
    if one_address(post.to) is None:
        return finding("MAIL_001", file=_place(post), to=plain(post.to, 80))
    size = sum(len(each.data) for each in post.attachments) * 137 // 100
    return _too_large(post, size, MESSAGE_BYTES) if size > MESSAGE_BYTES else None


def _too_large(post: Post, size: int, limit: int) -> Finding:
    return finding("MAIL_003", file=_place(post), size=f"{size / 2**20:.1f}", limit=f"{limit / 2**20:.1f}")


class _Pace:
    """At most one message in so many seconds."""

    def __init__(self, interval: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._interval, self._sleep, self._clock = interval, sleep, clock
        self._next: float | None = None

    def wait(self) -> None:
        if self._next is not None and (left := self._next - self._clock()) > 0:
            self._sleep(left)
        self._next = self._clock() + self._interval


class _Run:
    """One run over the posts; ``stopped`` says why the rest is left."""

    def __init__(
        self,
        server: Server,
        journal: Journal,
        line: SmtpLine,
        belongs: Callable[[Post], str | None],
        to_self: str | None,
        again: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self.server, self.journal, self.line = server, journal, line
        self.belongs, self.to_self, self.again, self.now = belongs, to_self, again, now
        self.stopped = ""
        self._spoke = False
        self._doubtful: set[str] = set()

    def settled(self, post: Post) -> PostResult | None:
        """Return the result of a post that the journal keeps from being sent, None for one to send."""
        if self.to_self is not None:
            return None
        state = self._state(post.key)
        if state is PostState.SENDING:
            why = "上次运行在发送这一封时中断"
            self.journal.record(post.key, PostState.UNKNOWN, why)
            state = PostState.UNKNOWN
        if state is PostState.SENT:
            return self._result(post, PostState.SENT, "此前已发")
        if state is PostState.UNKNOWN and post.key not in self.again:
            return self._result(
                post, state, "不明", finding("MAIL_006", file=_place(post), why="上次发送中断或没有得到答复")
            )
        if state is PostState.REFUSED and post.key not in self.again:
            return self._result(post, state, "此前被拒收", finding("MAIL_009", file=_place(post), reply="见上次记录"))
        if state is PostState.UNKNOWN:
            self._doubtful.add(post.key)
        return None

    def _state(self, key: str) -> PostState:
        known = self.journal.state(key)
        return PostState.PLANNED if known is None else PostState(known)

    def left(self, post: Post) -> PostResult:
        """Return the result of a post that this run does not come to."""
        state = PostState.PLANNED if self.to_self is not None else self._state(post.key)
        return self._result(post, state, self.stopped, finding("MAIL_008", file=_place(post), why=self.stopped))

    def sent(self, post: Post, pace: _Pace) -> PostResult:
        """Send a post and return what became of it; a fault of the post itself is told without asking the server."""
        fault = verdict(post, self.belongs)
        if fault is not None:
            return self._recorded(post, PostState.PLANNED, fault.message, fault)
        addressed = self._addressed(post)
        data = eml(addressed, self.server.sender, self.now(), draft=False)
        for attempt in (1, 2):
            pace.wait()
            if not self._opened():
                fault = finding("MAIL_005", file=_place(post), reply=self.stopped)
                return self._recorded(post, PostState.PLANNED, self.stopped, fault, tried=attempt > 1)
            limit = self.line.most_bytes
            if limit is not None and len(data) > limit:
                fault = _too_large(post, len(data), limit)
                return self._recorded(post, PostState.PLANNED, fault.message, fault)
            answer = self._delivered(addressed, data)
            if not answer.session:
                break
        return self._told(post, answer)

    def _addressed(self, post: Post) -> Post:
        if self.to_self is None:
            return post
        subject = f"【试发，正式收件人 {plain(post.to, 80)}】{post.subject}"
        return replace(post, key=f"{post.key}\n{self.to_self}", to=self.to_self, subject=subject)

    def _opened(self) -> bool:
        """Open the line; the first time a fault is the caller's to see, later it stops the run."""
        try:
            self.line.open()
        except ToolkitError as fault:
            if not self._spoke:
                raise
            self.stopped = fault.message
            return False
        self._spoke = True
        return True

    def _delivered(self, post: Post, data: bytes) -> Answer:
        sender = self.server.user
        to = one_address(post.to)
        assert to is not None

        def announce() -> None:
            if self.to_self is None:
                digest = ",".join(hashlib.sha256(each.data).hexdigest() for each in post.attachments)
                detail = f"{message_id(post.key, self.server.sender)} {to} {digest}"
                self.journal.record(post.key, PostState.SENDING, detail)

        return self.line.deliver(sender, to, data, announce)

    def _told(self, post: Post, answer: Answer) -> PostResult:
        """Record what a message's fate is and return it."""
        words = answer.words
        if answer.fate is Fate.ACCEPTED:
            return self._recorded(post, PostState.SENT, words, tried=True)
        if answer.fate is Fate.UNKNOWN:
            fault = finding("MAIL_006", file=_place(post), why=f"发送途中失去连接：{words}")
            return self._recorded(post, PostState.UNKNOWN, words, fault, tried=True)
        if answer.fate is Fate.REFUSED:
            fault = finding("MAIL_011" if answer.spam else "MAIL_004", file=_place(post), reply=words)
            return self._recorded(post, PostState.REFUSED, words, fault, tried=True)
        if answer.fate is Fate.LIMITED:
            self.stopped = f"邮件服务器限制了发信：{words}"
        if answer.fate is Fate.SENDER:
            self.stopped = f"邮件服务器不接受发件地址：{words}"
        code = {Fate.LIMITED: "MAIL_007", Fate.SENDER: "MAIL_010"}.get(answer.fate, "MAIL_005")
        fault = finding(code, file=_place(post), reply=words)
        return self._recorded(post, PostState.PLANNED, words, fault, tried=True)

    def _recorded(
        self, post: Post, state: PostState, detail: str, fault: Finding | None = None, *, tried: bool = False
    ) -> PostResult:
        """Record a state and return it. What was unknown before stays so until the server accepts it."""
        if self.to_self is None:
            if state is not PostState.SENT and post.key in self._doubtful:
                state = PostState.UNKNOWN
            self.journal.record(post.key, state, detail)
        return self._result(post, state, detail, fault, tried=tried)

    def _result(
        self, post: Post, state: PostState, detail: str, fault: Finding | None = None, *, tried: bool = False
    ) -> PostResult:
        identifier = message_id(post.key, self.server.sender)
        return PostResult(post.key, post.code, post.to, state, detail, identifier, tried, fault)


def _place(post: Post) -> str:
    return post.attachments[0].name if post.attachments else post.code
