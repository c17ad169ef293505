"""One conversation with an SMTP server: verified connection, login, and one message with the moment it may be gone."""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from toolkit.findings import fault
from toolkit.mail.addresses import plain
from toolkit.mail.headers import answer_text
from toolkit.mail.settings import Security, Server, login_refused, trust, unreachable

ANSWER = 5
"""How many times longer than for a command an answer is waited for after the message: servers scan it first."""
_LIMITED = re.compile(
    r"frequen(?:cy|tly)|too many (?:mail|message|connect|recipients received)|rate.?limit|频率|频繁|发信.{0,8}(?:超|限)"
    r"|(?:sending|daily|hourly|sender).{0,12}(?:quota|limit)|limit.{0,20}per (?:minute|hour|day)"
    r"|\b(?:MI:(?:SFQ|STC|CEL|CCL)|RP:(?:QRC|TRC|CEL)|HL:(?:IFC|ICC|IHU))\b",
    re.IGNORECASE,
)
"""How servers here say that an account sends too much; the short codes are those of 163 and 126."""
_SPAM = re.compile(r"\bspam|DT:SPM|content (?:denied|reject)|垃圾", re.IGNORECASE)
_SESSION = re.compile(r"^421 |\bMI:DMC\b")
"""How they say that this connection has had enough, and another one may go on."""
_SPEAKS = "[127.0.0.1]"
"""What we call ourselves: the name of an office computer may be Chinese, which servers refuse, and is none of theirs."""


class Fate(Enum):
    """What became of one message, as far as the conversation tells."""

    ACCEPTED = auto()
    REFUSED = auto()
    LATER = auto()
    LIMITED = auto()
    DROPPED = auto()
    """The connection ended before DATA: nothing was sent."""
    SENDER = auto()
    """The server does not take the sender's address: every message would fare the same."""
    UNKNOWN = auto()


class Answer(Struct, frozen=True):
    """A message's fate and the server's words."""

    fate: Fate
    words: str

    @property
    def session(self) -> bool:
        """Return True when the message may go over another connection."""
        return self.fate is Fate.DROPPED or (self.fate is Fate.LATER and _SESSION.search(self.words) is not None)

    @property
    def spam(self) -> bool:
        """Return True when the server took the letter for unsolicited mail."""
        return _SPAM.search(self.words) is not None


class SmtpLine:
    """A connection to the server that is opened when a message needs it and said goodbye to at the end."""

    def __init__(self, server: Server, password: str | None, timeout: float) -> None:
        self._server = server
        self._password = password
        self._timeout = timeout
        self._client: smtplib.SMTP | None = None
        self._context = trust(server)

    def open(self) -> None:
        """Connect and log in unless that is done; ToolkitError when it cannot be."""
        if self._client is not None:
            return
        try:
            client = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise unreachable(self._server, error) from None
        try:
            self._log_in(client)
        except BaseException:
            client.close()
            raise
        self._client = client

    def _connected(self) -> smtplib.SMTP:
        server, host, port = self._server, self._server.host, self._server.port
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(host, port, _SPEAKS, timeout=self._timeout, context=self._context)
        client = smtplib.SMTP(host, port, _SPEAKS, timeout=self._timeout)
        try:
            if server.security is Security.STARTTLS:
                client.starttls(context=self._context)
        except BaseException:
            client.close()
            raise
        return client

    def _log_in(self, client: smtplib.SMTP) -> None:
        if self._password is None:
            return
        try:
            client.login(self._server.user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            words = answer_text(str(error.smtp_code), error.smtp_error)
            raise login_refused(self._server, words, "SMTP") from None
        except smtplib.SMTPNotSupportedError:
            raise fault("LOGIN_NOT_OFFERED", host=self._server.host) from None
        except (UnicodeError, ValueError):
            raise fault("PASSWORD_UNUSABLE") from None
        except (OSError, smtplib.SMTPException) as error:
            raise unreachable(self._server, error) from None

    @property
    def most_bytes(self) -> int | None:
        """Return the size of message that the server announced, if it did."""
        stated = "" if self._client is None else self._client.esmtp_features.get("size", "")
        return int(stated) if stated.isdigit() and int(stated) > 0 else None

    def deliver(self, sender: str, to: str, data: bytes, announce: Callable[[], None]) -> Answer:
        """Send one message to one address; ``announce`` is called before DATA, and what it raises stops the message.

        Before DATA a lost connection is DROPPED; after it, whatever is not a plain answer of the server is UNKNOWN.
        """
        client = self._client
        assert client is not None
        try:
            answer = self._envelope(client, sender, to, data)
        except smtplib.SMTPException as error:
            self.close()
            return Answer(Fate.DROPPED, plain(str(error)) or "连接中断")
        if answer is not None:
            self._settle(answer)
            return answer
        announce()
        answer = self._message(client, data)
        self._settle(answer)
        return answer

    def _envelope(self, client: smtplib.SMTP, sender: str, to: str, data: bytes) -> Answer | None:
        client.ehlo_or_helo_if_needed()
        code, words = client.mail(sender, [f"size={len(data)}"] if client.has_extn("size") else [])
        if code == 250:
            code, words = client.rcpt(to)
            if code in (250, 251):
                return None
        else:
            judged = _judged(code, words, Fate.DROPPED)
            # 552 is about the size of this message, any other refusal about the sender.
            return Answer(Fate.SENDER, judged.words) if judged.fate is Fate.REFUSED and code != 552 else judged
        return _judged(code, words, Fate.DROPPED)

    def _message(self, client: smtplib.SMTP, data: bytes) -> Answer:
        if client.sock is not None:
            client.sock.settimeout(self._timeout * ANSWER)
        try:
            code, words = client.data(data)
        except smtplib.SMTPDataError as error:  # the server's answer to the command itself: the text was not sent
            return _judged(error.smtp_code, error.smtp_error, Fate.DROPPED)
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Fate.UNKNOWN, plain(str(error)) or type(error).__name__)
        finally:
            if client.sock is not None:
                client.sock.settimeout(self._timeout)
        if 200 <= code < 300:
            return Answer(Fate.ACCEPTED, answer_text(str(code), words))
        return _judged(code, words, Fate.UNKNOWN)

    def _settle(self, answer: Answer) -> None:
        """Make the connection ready for the next message, or give it up."""
        if answer.fate is Fate.ACCEPTED:
            return
        if answer.session or answer.fate is Fate.UNKNOWN or answer.words.startswith("421"):
            self.close()
            return
        try:
            if self._client is not None:
                self._client.rset()
        except smtplib.SMTPException:
            self.close()

    def close(self) -> None:
        """Drop the connection without a word."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def quit(self) -> None:
        """Say goodbye and close; what was accepted stays accepted, whatever the server answers."""
        if self._client is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._client.quit()
            self.close()


def _judged(code: int, words: bytes | str, otherwise: Fate) -> Answer:
    answer = answer_text(str(code), words)
    if 400 <= code < 600 and code != 552 and _LIMITED.search(answer):
        return Answer(Fate.LIMITED, answer)
    if 400 <= code < 500:
        return Answer(Fate.LATER, answer)
    if 500 <= code < 600:
        return Answer(Fate.REFUSED, answer)
    return Answer(otherwise, answer)
