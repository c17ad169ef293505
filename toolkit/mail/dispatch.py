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
from toolkit.findings import Finding, fault, finding, phrase
from toolkit.mail.addresses import one_address, plain
from toolkit.mail.outgoing import Post, eml, message_id
from toolkit.mail.settings import Server
from toolkit.mail.smtp import Answer, Fate, SmtpLine

MESSAGE_BYTES = 20 * 2**20
"""The message as sent; most mailboxes here stop at 20 to 50 MB."""


class PostState(StrEnum):
    """The states of a message; a retry is ``planned`` again, one that was read out or given by hand ``handed``."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HANDED = "handed"

    @property
    def zh(self) -> str:
        """Return the word that the coordinator reads."""
        words = {"planned": "待发", "sending": "发送中", "sent": "已发", "refused": "被拒收", "unknown": "不明"}
        return (words | {"handed": "已转达"})[self.value]

    @property
    def went(self) -> bool:
        """Tell whether the message has reached its addressee, as far as is known."""
        return self in (PostState.SENT, PostState.HANDED)


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


class Terms(Struct, frozen=True):
    """On what terms one run sends.

    ``to_self`` sends all to that one address instead, marked in the subject, without asking or telling the journal.
    ``again`` names the keys of unknown and refused posts that are tried again. ``rate`` is in messages a minute,
    ``timeout`` in seconds. After ``stop_after`` failures in a row, or ``most`` messages, the rest is left as it is.
    ``now``, ``sleep`` and ``clock`` are the machine's.
    """

    to_self: str | None = None
    again: Collection[str] = ()
    rate: float = 20
    most: int | None = None
    stop_after: int = 3
    timeout: float = 60
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone()
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


USUAL = Terms()
Belonging = Callable[[Post], str | None]
"""What looks into the attachments of a post and returns why they are not its addressee's, None when they are."""


def send(
    posts: Iterable[Post],
    server: Server,
    password: str | None,
    journal: Journal,
    belongs: Belonging,
    terms: Terms = USUAL,
) -> tuple[PostResult, ...]:
    """Send each post at most once over one connection and return what became of each, in their order.

    The journal has ``sending`` before the server may take the message, and what followed after it. A ``sending`` that
    nothing followed is ``unknown``; unknown and refused posts are tried again only when the terms name them (with the
    same Message-ID), sent ones never. Answers 4xx and a connection lost before DATA leave a post planned; it is tried
    anew after one reconnection, and again by the next run. A word of the server about limits ends the run.

    ``belongs`` is asked just before each message. A server that cannot be reached, trusted or logged in to raises
    ToolkitError before anything is sent; later it only stops the run.
    """
    if terms.to_self is not None and one_address(terms.to_self) is None:
        raise fault("OWN_ADDRESS_WRONG", address=plain(terms.to_self))
    if terms.rate <= 0:
        raise fault("RATE_TOO_LOW")
    run = _Run(server, SmtpLine(server, password, terms.timeout), journal, belongs, terms)
    try:
        results = tuple(run.result(post) for post in posts)
    except BaseException:
        # No QUIT: in the middle of a message the server would take it for a line of the text.
        run.line.close()
        raise
    run.line.quit()
    return results


def verdict(post: Post, belongs: Belonging) -> Finding | None:
    """Return why a post cannot be sent as it is, None when it can: its addressee, its attachments, its size.

    A plan shows this beside each post; sending asks it again just before each message.
    """
    reason = belongs(post)
    if reason:
        return finding("MAIL_002", file=_place(post), why=plain(reason))
    if one_address(post.to) is None:
        return finding("MAIL_001", file=_place(post), to=plain(post.to, 80))
    size = sum(len(file.data) for file in post.attachments) * 137 // 100
    return _too_large(post, size, MESSAGE_BYTES) if size > MESSAGE_BYTES else None


def _too_large(post: Post, size: int, limit: int) -> Finding:
    return finding("MAIL_003", file=_place(post), size=f"{size / 2**20:.1f}", limit=f"{limit / 2**20:.1f}")


class _Run:
    """One run over the posts; ``stopped`` says why the rest is left."""

    def __init__(self, server: Server, line: SmtpLine, journal: Journal, belongs: Belonging, terms: Terms) -> None:
        self.server, self.line, self.journal, self.belongs, self.terms = server, line, journal, belongs, terms
        self.trial = terms.to_self is not None
        self.stopped = ""
        self._tried = self._failures = 0
        self._next: float | None = None
        self._connected = False
        self._doubtful: set[str] = set()

    def result(self, post: Post) -> PostResult:
        """Return what became of a post: settled before, left, or sent now."""
        earlier = self._settled(post)
        if earlier is not None:
            return earlier
        if not self.stopped and self.terms.most is not None and self._tried >= self.terms.most:
            self.stopped = f"本次最多发 {self.terms.most} 封"
        if self.stopped:
            state = PostState.PLANNED if self.trial else self._state(post.key)
            return self._result(post, state, self.stopped, finding("MAIL_008", file=_place(post), why=self.stopped))
        result = self._sent(post)
        if result.tried:
            self._tried += 1
            self._failures = 0 if result.state is PostState.SENT else self._failures + 1
        if self._failures >= self.terms.stop_after and not self.stopped:
            self.stopped = f"连续 {self._failures} 封没有发出"
        return result

    def _settled(self, post: Post) -> PostResult | None:
        """Return the result of a post that the journal keeps from being sent, None for one to send."""
        if self.trial:
            return None
        state = self._state(post.key)
        if state is PostState.SENDING:
            self.journal.record(post.key, PostState.UNKNOWN, "上次运行在发送这一封时中断")
            state = PostState.UNKNOWN
        if state.went:
            return self._result(post, state, f"此前{state.zh}")
        if state is PostState.UNKNOWN and post.key in self.terms.again:
            self._doubtful.add(post.key)
        elif state is PostState.UNKNOWN:
            fault = finding("MAIL_006", file=_place(post), why=phrase("mail_broken_off"))
            return self._result(post, state, "不明", fault)
        elif state is PostState.REFUSED and post.key not in self.terms.again:
            return self._result(post, state, "此前被拒收", finding("MAIL_009", file=_place(post), reply="见上次记录"))
        return None

    def _state(self, key: str) -> PostState:
        state = self.journal.state(key)
        return PostState.PLANNED if state is None else PostState(state)

    def _sent(self, post: Post) -> PostResult:
        """Send a post and return what became of it; a fault of the post itself needs no server to be known."""
        fault = verdict(post, self.belongs)
        if fault is not None:
            return self._recorded(post, PostState.PLANNED, fault.message, fault)
        addressed = self._addressed(post)
        data = eml(addressed, self.server.sender, self.terms.now(), draft=False)
        for attempt in (1, 2):
            self._wait()
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
        return self._concluded(post, answer)

    def _addressed(self, post: Post) -> Post:
        to_self = self.terms.to_self
        if to_self is None:
            return post
        subject = f"【试发，正式收件人 {plain(post.to, 80)}】{post.subject}"
        return replace(post, key=f"{post.key}\n{to_self}", to=to_self, subject=subject)

    def _wait(self) -> None:
        """Wait until the next message may go."""
        if self._next is not None and (left := self._next - self.terms.clock()) > 0:
            self.terms.sleep(left)
        self._next = self.terms.clock() + 60 / self.terms.rate

    def _opened(self) -> bool:
        """Open the line; the first time a fault is the caller's to see, later it stops the run."""
        try:
            self.line.open()
        except ToolkitError as error:
            if not self._connected:
                raise
            self.stopped = error.message
            return False
        self._connected = True
        return True

    def _delivered(self, post: Post, data: bytes) -> Answer:
        to = one_address(post.to)
        assert to is not None

        def announce() -> None:
            if not self.trial:
                digest = ",".join(hashlib.sha256(file.data).hexdigest() for file in post.attachments)
                detail = f"{message_id(post.key, self.server.sender)} {to} {digest}"
                self.journal.record(post.key, PostState.SENDING, detail)

        return self.line.deliver(self.server.user, to, data, announce)

    def _concluded(self, post: Post, answer: Answer) -> PostResult:
        """Record what a message's fate is and return it."""
        words = answer.words
        if answer.fate is Fate.ACCEPTED:
            return self._recorded(post, PostState.SENT, words, tried=True)
        if answer.fate is Fate.UNKNOWN:
            fault = finding("MAIL_006", file=_place(post), why=phrase("mail_lost", fault=words))
            return self._recorded(post, PostState.UNKNOWN, words, fault, tried=True)
        if answer.fate in _STOPPING:
            self.stopped = f"{_STOPPING[answer.fate]}：{words}"
        code = "MAIL_011" if answer.fate is Fate.REFUSED and answer.spam else _CODES.get(answer.fate, "MAIL_005")
        state = PostState.REFUSED if answer.fate is Fate.REFUSED else PostState.PLANNED
        return self._recorded(post, state, words, finding(code, file=_place(post), reply=words), tried=True)

    def _recorded(
        self, post: Post, state: PostState, detail: str, fault: Finding | None = None, *, tried: bool = False
    ) -> PostResult:
        """Record a state and return it. What was unknown before stays so until the server accepts it."""
        if not self.trial:
            if state is not PostState.SENT and post.key in self._doubtful:
                state = PostState.UNKNOWN
            self.journal.record(post.key, state, detail)
        return self._result(post, state, detail, fault, tried=tried)

    def _result(
        self, post: Post, state: PostState, detail: str, fault: Finding | None = None, *, tried: bool = False
    ) -> PostResult:
        identifier = message_id(post.key, self.server.sender)
        return PostResult(post.key, post.code, post.to, state, detail, identifier, tried, fault)


_STOPPING = {Fate.LIMITED: "邮件服务器限制了发信", Fate.SENDER: "邮件服务器不接受发件地址"}
_CODES = {Fate.REFUSED: "MAIL_004", Fate.LIMITED: "MAIL_007", Fate.SENDER: "MAIL_010"}


def _place(post: Post) -> str:
    return post.attachments[0].name if post.attachments else post.code
