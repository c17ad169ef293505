"""Real mail servers on loopback: aiosmtpd that errs on demand, and Dovecot with a private mailbox.

``certificate(folder)`` makes an authority and a certificate for this machine, ``SmtpServer`` and ``ImapServer`` are
context managers. Dovecot must be installed for the latter (Debian: dovecot-imapd); ``requires_dovecot`` skips without
it, unless NIANBAO_REQUIRE_DOVECOT is 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import imaplib
import ipaddress
import os
import queue
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DOVECOT = shutil.which("dovecot") or (shutil.which("dovecot", path="/usr/sbin"))
if DOVECOT is None and os.environ.get("NIANBAO_REQUIRE_DOVECOT") == "1":
    raise RuntimeError("Dovecot is required here (NIANBAO_REQUIRE_DOVECOT=1) and was not found")
requires_dovecot = pytest.mark.skipif(
    DOVECOT is None,
    reason="Dovecot is not installed (apt-get install dovecot-imapd): collecting is NOT tried over IMAP",
)

USER, PASSWORD = "clerk@example.cn", "authorization-code"
Fault = Callable[[str, str], str | None]
"""From stage and recipient to what goes wrong: ``550 no such user`` or the like, ``drop``, ``silence``, None for nothing.

Stages: ``mail``, ``rcpt``, ``data`` (the command), ``middle`` (some of the text has come), ``content`` (all of it, not
yet taken), ``accepted`` (taken, not yet answered).
"""


@dataclass(frozen=True)
class Certificate:
    """Files of an authority and of a certificate it gave to localhost and 127.0.0.1."""

    authority: Path
    certificate: Path
    key: Path


def certificate(folder: Path, *, host: str = "localhost", address: str = "127.0.0.1") -> Certificate:
    """Make an authority and a certificate for this machine or another; the keys are for tests alone."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _signed("test authority", root_key, root_key, names=None)
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address(address))])
    leaf = _signed(host, key, root_key, names=names)
    made = Certificate(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    made.authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    made.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    made.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return made


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    names: x509.SubjectAlternativeName | None,
) -> x509.Certificate:
    """Return a certificate for the names, or for an authority when there are none."""
    authority = names is None
    now = datetime.datetime.now(datetime.UTC)
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    else:
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Delivered:
    """A message that the server took: its envelope and its bytes as they came."""

    sender: str
    to: str
    data: bytes


@dataclass
class SmtpServer:
    """An SMTP server on 127.0.0.1. ``security`` is plain, tls or starttls; the only account is USER, PASSWORD."""

    security: str = "plain"
    certificate: Certificate | None = None
    fault: Fault | None = None
    size_limit: int = 33554432
    delivered: list[Delivered] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        context = None
        if self.certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate.certificate, self.certificate.key)
        self._controller = _Controller(self, context)
        self._controller.start()
        self.connections = 0  # the controller itself connects once to see that it runs
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def wrong(self, stage: str, to: str) -> str | None:
        """Return what goes wrong at a stage."""
        return None if self.fault is None else self.fault(stage, to)

    def handle_exception(self, error: Exception) -> str:
        """Let the client see that the test's own fault function failed."""
        return f"451 the test server failed: {error!r}"

    def authenticate(self, *arguments: Any) -> AuthResult:
        """Take the one account."""
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        right = given.login == USER.encode() and given.password == PASSWORD.encode()
        self.logins += right
        return AuthResult(success=right, handled=right)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        return await self._answer(server, "mail", "") or _taken(envelope, address, options)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        answer = await self._answer(server, "rcpt", address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        assert len(envelope.rcpt_tos) == 1
        to = envelope.rcpt_tos[0]
        answer = await self._answer(server, "content", to)
        if answer is not None:
            return answer
        assert isinstance(envelope.content, bytes)
        self.delivered.append(Delivered(envelope.mail_from or "", to, envelope.content))
        return await self._answer(server, "accepted", to) or "250 OK queued"

    async def _answer(self, server: SMTP, stage: str, to: str) -> str | None:
        wrong = self.wrong(stage, to)
        if wrong == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        if wrong == "silence":
            await asyncio.Event().wait()  # until the client has gone
        return wrong


STAGES = ("mail", "rcpt", "data", "middle", "content", "accepted")
"""The stages of one message that nothing goes wrong with, in their order."""


class Killer:
    """A fault that kills a process at the n-th stage of its talk with the server, whenever that comes.

    The process waits for the server's answer at that moment, so what it has done by then is the same on every machine.
    ``also`` is what goes wrong apart from that.
    """

    def __init__(self, also: Fault | None = None) -> None:
        self._also = also
        self._left = 0
        self._victims: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()

    def __call__(self, stage: str, to: str) -> str | None:
        """Count a stage, and kill when it is the one."""
        self._left -= 1
        if self._left == 0:
            victim = self._victims.get()
            victim.kill()
            victim.wait()
            return None if stage == "middle" else "drop"
        return None if self._also is None else self._also(stage, to)

    def run(self, argv: Sequence[str | Path], at: int, environment: Mapping[str, str]) -> tuple[bool, str]:
        """Run a command; return whether it was killed at stage ``at`` (from 1), and what it wrote to stderr."""
        self._left = at
        with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            self._victims.put(process)
            _, text = process.communicate()
        if process.returncode != -signal.SIGKILL:
            self._victims.get()
        self._left = 0
        return process.returncode == -signal.SIGKILL, text.decode(errors="replace")


def _taken(envelope: Envelope, address: str, options: list[str]) -> str:
    envelope.mail_from = address
    envelope.mail_options.extend(options)
    return "250 OK"


class _Faulty(SMTP):
    """aiosmtpd's protocol, with the two faults that no handler can make."""

    def __init__(self, owner: SmtpServer, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._owner = owner
        owner.connections += 1

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        assert self.envelope is not None and self.transport is not None
        to = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else ""
        wrong = self._owner.wrong("data", to)
        if wrong == "drop":
            self.transport.abort()
        elif wrong is not None:
            await self.push(wrong)
        elif self._owner.wrong("middle", to) == "drop":
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, owner: SmtpServer, context: ssl.SSLContext | None) -> None:
        self._owner = owner
        implicit = owner.security == "tls"
        super().__init__(
            owner, hostname="127.0.0.1", port=owner.port, ssl_context=context if implicit else None,
            ready_timeout=20, authenticator=owner.authenticate, auth_required=owner.security == "starttls",
            auth_require_tls=owner.security == "starttls", data_size_limit=owner.size_limit,
            tls_context=context if owner.security == "starttls" else None,
            require_starttls=owner.security == "starttls",
        )  # fmt: skip

    def factory(self) -> SMTP:
        return _Faulty(self._owner, self.handler, **self.SMTP_kwargs)


_CONFIGURATION = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
imap_id_log = *
mail_fsync = never
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
"""


class ImapServer:
    """Dovecot on 127.0.0.1 with one account, USER and PASSWORD, in a folder of its own that is removed at the end.

    ``port`` speaks plain and STARTTLS, ``secure`` TLS from the start. The folder is short and readable for the
    unprivileged user that Dovecot reads mail as when the tests run as root; pytest's own is neither.
    """

    def __init__(self, certificate: Certificate) -> None:
        self.port, self.secure = free_port(), free_port()
        self._certificate = certificate

    def __enter__(self) -> Self:
        assert DOVECOT is not None
        self._folder = Path(tempfile.mkdtemp(prefix="nb-imap-", dir="/tmp"))
        import pwd  # neither it nor Dovecot is there on Windows

        root = os.geteuid() == 0
        reader = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        shutil.copy(self._certificate.certificate, self._folder / "server.pem")
        shutil.copy(self._certificate.key, self._folder / "server.key")
        (self._folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        (self._folder / "mail").mkdir()
        inner = "dovecot" if root else reader.pw_name
        configuration = _CONFIGURATION.format(
            folder=self._folder, port=self.port, secure=self.secure, uid=reader.pw_uid, gid=reader.pw_gid,
            user=inner, group=_group_of(inner),
        )  # fmt: skip
        (self._folder / "dovecot.conf").write_text(configuration)
        if root:
            self._folder.chmod(0o755)
            (self._folder / "users").chmod(0o644)
            os.chown(self._folder / "mail", reader.pw_uid, reader.pw_gid)
        self._process = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(self._folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                assert self._process.stderr is not None
                raise RuntimeError(f"Dovecot ended: {self._process.stderr.read().decode(errors='replace')}{self.log}")
            with contextlib.suppress(OSError, imaplib.IMAP4.error), self.session():
                return
            time.sleep(0.05)
        raise RuntimeError(f"Dovecot does not answer: {self.log}")

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        shutil.rmtree(self._folder)

    def kill(self) -> None:
        """End Dovecot and all its connections at once, without a word to anyone."""
        os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def log(self) -> str:
        """Return what Dovecot has logged."""
        path = self._folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @contextlib.contextmanager
    def session(self) -> Any:
        """Log in as the owner of the mailbox, to put messages there and look at their flags."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            client.login(USER, PASSWORD)
            yield client
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def put(self, *messages: bytes, folder: str = "INBOX", date: datetime.datetime | None = None) -> None:
        """Put messages into a folder (its name in modified UTF-7), which is made when it is missing."""
        when = date or datetime.datetime.now(datetime.UTC)
        with self.session() as client:
            if folder != "INBOX":
                client.create(f'"{folder}"')
            for message in messages:
                status, words = client.append(f'"{folder}"', "", imaplib.Time2Internaldate(when), message)
                assert status == "OK", words


def _group_of(user: str) -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


@contextlib.contextmanager
def silent_listener(words: bytes = b"") -> Any:
    """Listen on a port, say ``words`` to everyone and never anything else: for timeouts and false greetings."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def serve() -> None:
            held = []
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    connection.sendall(words)
                    held.append(connection)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@contextlib.contextmanager
def stubborn_imap(messages: list[bytes | None], *, pleased: bool = True) -> Any:
    """Serve one plain IMAP client as 163 does: no folder is opened before the client has said who it is.

    With ``pleased`` False it is not opened even then. A message that is None is refused when it is fetched. Yields port
    and the commands that came.
    """
    commands: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=_serve_stubbornly, args=(listener, messages, commands, pleased))
        thread.start()
        try:
            yield listener.getsockname()[1], commands
        finally:
            thread.join()


def _serve_stubbornly(
    listener: socket.socket, messages: list[bytes | None], commands: list[str], pleased: bool
) -> None:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return
    with connection, connection.makefile("rwb") as stream:

        def say(*lines: bytes) -> None:
            stream.write(b"".join(line + b"\r\n" for line in lines))
            stream.flush()

        known = False
        say(b"* OK [CAPABILITY IMAP4rev1 ID] System IMap Server Ready")
        for line in stream:
            tag, _, command = line.rstrip(b"\r\n").partition(b" ")
            commands.append(command.decode())
            verb = command.upper()
            done = tag + b" OK done"
            if verb.startswith(b"ID "):
                known = True
                say(b"* ID NIL", done)
            elif verb.startswith((b"EXAMINE", b"SELECT")) and not (known and pleased):
                say(tag + b" NO " + verb.split()[0] + b" Unsafe Login. Please contact us for help")
            elif verb.startswith((b"EXAMINE", b"SELECT")):
                say(f"* {len(messages)} EXISTS".encode(), tag + b" OK [READ-ONLY] done")
            elif verb.startswith(b"UID SEARCH"):
                say(b"* SEARCH " + b" ".join(str(each + 1).encode() for each in range(len(messages))), done)
            elif verb.startswith(b"UID FETCH"):
                number = int(verb.split()[2])
                message = messages[number - 1]
                if message is None:
                    say(tag + " NO 系统忙".encode("gb18030"))
                elif b"SIZE" in verb:
                    say(f"* {number} FETCH (UID {number} RFC822.SIZE {len(message)})".encode(), done)
                else:
                    say(f"* {number} FETCH (UID {number} BODY[] {{{len(message)}}}".encode(), message + b")", done)
            elif verb.startswith(b"CAPABILITY"):
                say(b"* CAPABILITY IMAP4rev1 ID", done)
            elif verb.startswith(b"LOGOUT"):
                say(b"* BYE", done)
                return
            else:
                say(done)
