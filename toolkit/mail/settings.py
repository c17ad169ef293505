"""Where mail is sent and fetched: the servers, from a file that holds no secret, and how they are trusted."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import tomli
from msgspec import Struct

from toolkit.errors import ToolkitError
from toolkit.findings import Wording, fault
from toolkit.mail.addresses import plain


class Security(StrEnum):
    """How the connection is protected: TLS from the start, STARTTLS, or not at all (this machine only)."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class Server(Struct, frozen=True):
    """A mail server and the account there. ``name`` is the sender's display name; ``ca_file`` a private authority's.

    ``user`` is the whole address. No field holds a password.
    """

    host: str
    port: int
    user: str
    security: Security = Security.TLS
    name: str = ""
    ca_file: Path | None = None

    @property
    def sender(self) -> str:
        """Return the account as ``Name <address>``, or the address alone."""
        return f"{self.name} <{self.user}>" if self.name else self.user


class MailSettings(Struct, frozen=True):
    """What the coordinator's file says: the server that sends and the one that is collected from."""

    smtp: Server | None
    imap: Server | None


SAMPLE = """\
# 邮箱设置。这里不写密码：运行时会询问，也可以存进系统的密码库，或放在环境变量 NIANBAO_SMTP_PASSWORD（收信为 NIANBAO_IMAP_PASSWORD）中。
# QQ、163、126 等邮箱要先在网页版“设置”里开启 SMTP/IMAP 服务，密码用那里给出的“授权码”，不是登录密码。
# security：tls（常用，端口 465、993）或 starttls（端口 587、143）。

[smtp]
host = "smtp.163.com"
port = 465
security = "tls"
user = "name@163.com"
name = "某某县政务公开办公室"

[imap]
host = "imap.163.com"
port = 993
security = "tls"
user = "name@163.com"
"""
"""A file to fill in."""

_SAMPLES = re.compile(r"(?:name|your[\w.-]*|example|xx+)@.*|.*@xx+\..*", re.IGNORECASE)
_NAMELESS = re.compile(r"某某|[×xX]{2}|某县")
"""What stands in an example instead of an address and of a name."""
_SECRET = re.compile(r"pass|pwd|secret|token|credential|密码|口令|授权码|^auth", re.IGNORECASE)
_KEYS = frozenset({"host", "port", "user", "security", "name", "ca_file"})
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_PORTS = {"smtp": {Security.TLS: 465, Security.STARTTLS: 587}, "imap": {Security.TLS: 993, Security.STARTTLS: 143}}


def read_settings(path: Path) -> MailSettings:
    """Read the coordinator's mail settings; all faults of the file are told at once in a ToolkitError.

    A key that looks like a password is refused, whatever its value: a file on a share is read by others.
    """
    try:
        data = tomli.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise fault("MAIL_SETTINGS_UNREADABLE", path=path, why=error.strerror) from None
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise fault("MAIL_SETTINGS_ILL_WRITTEN", path=path, why=error) from None
    secrets = sorted(_secret_keys(data))
    if secrets:
        raise fault("MAIL_SETTINGS_HOLD_PASSWORD", path=path, secrets=Wording("、".join(secrets), ", ".join(secrets)))
    faults = [f"{key}：不认识的项，只能有 smtp 和 imap" for key in data if key not in ("smtp", "imap")]
    servers = {kind: _server(kind, data[kind], path.parent, faults) for kind in ("smtp", "imap") if kind in data}
    if faults:
        raise fault(
            "MAIL_SETTINGS_WRONG", path=path, count=len(faults), faults="\n".join(f"  {line}" for line in faults)
        )
    return MailSettings(servers.get("smtp"), servers.get("imap"))


def is_filled_in(path: Path) -> bool:
    """Tell whether there are mail settings: not where there is no file, nor where the sample was left as it is."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False
    return text.split() != SAMPLE.split() and text.strip() != ""


def _secret_keys(data: Mapping[str, object]) -> set[str]:
    keys = {plain(key, 40) for key in data if _SECRET.search(key)}
    for value in data.values():
        if isinstance(value, dict):
            keys |= _secret_keys(value)
    return keys


def _server(kind: str, data: object, folder: Path, faults: list[str]) -> Server | None:
    if not isinstance(data, dict):
        faults.append(f"{kind}：应写成 [{kind}] 一节")
        return None
    before = len(faults)
    faults += [f"{kind}.{plain(key, 40)}：不认识的项" for key in data if key not in _KEYS]
    texts = {key: data.get(key, "") for key in ("host", "user", "name", "ca_file")}
    faults += [f"{kind}.{key}：应是文字" for key, value in texts.items() if not isinstance(value, str)]
    host, user, name, authority = (str(value) for value in texts.values())
    if not _HOST.fullmatch(host):
        faults.append(f"{kind}.host：应是服务器名，如 {kind}.163.com")
    if not user.isascii() or plain(user) != user or not user:
        faults.append(f"{kind}.user：应是完整的邮箱地址")
    elif _SAMPLES.fullmatch(user):
        faults.append(f"{kind}.user：还是样例里的 {plain(user)}，请改成自己的邮箱地址")
    if _NAMELESS.search(name):
        faults.append(f"{kind}.name：还是样例里的“{plain(name, 40)}”，请改成本单位的名称，或删去这一行")
    try:
        security = Security(data.get("security", "tls"))
    except ValueError:
        faults.append(f"{kind}.security：只能是 tls 或 starttls（plain 只用于本机）")
        return None
    port = data.get("port", _PORTS[kind].get(security))
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        faults.append(f"{kind}.port：应是端口号，如 {_PORTS[kind].get(security, 25)}")
        return None
    if len(faults) > before:
        return None
    return Server(host, port, user, security, plain(name), folder / authority if authority else None)


def trust(server: Server) -> ssl.SSLContext | None:
    """Return how the server's certificate is verified; None for a plain connection, which only this machine may have.

    A plain connection to any other host, and a file of authorities that cannot be read, raise ToolkitError.
    """
    if server.security is Security.PLAIN:
        if not _loopback(server.host):
            raise fault("MAIL_UNENCRYPTED", host=server.host)
        return None
    try:
        return ssl.create_default_context(cafile=None if server.ca_file is None else str(server.ca_file))
    except OSError as error:
        raise fault("CERTIFICATES_UNREADABLE", file=server.ca_file, why=error.strerror or error) from None


def _loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login_refused(server: Server, words: str, service: str) -> ToolkitError:
    """Return what to tell when a server does not take the password for a service, SMTP or IMAP."""
    return fault("LOGIN_REFUSED", host=server.host, user=server.user, answer=words, service=service)


def unreachable(server: Server, error: Exception) -> ToolkitError:
    """Return what to tell when a server cannot be reached or not be trusted."""
    at = f"{server.host}:{server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return fault("MAIL_CERTIFICATE_UNVERIFIED", server=at, why=plain(error.verify_message))
    if isinstance(error, ssl.SSLError):
        return fault("TLS_FAILED", server=at, why=plain(str(error.reason or error)))
    if server.security is Security.STARTTLS and "TLS" in str(error).upper():
        return fault("STARTTLS_MISSING", server=at)
    return fault("MAIL_SERVER_UNREACHABLE", server=at, why=plain(str(error)) or type(error).__name__)
