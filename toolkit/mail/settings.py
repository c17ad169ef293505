"""Where mail is sent and fetched: the servers, from a file that holds no secret, and how they are trusted."""

from __future__ import annotations

import ipaddress
import re
import ssl
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from toolkit.errors import ToolkitError
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

_SECRET = re.compile(r"pass|pwd|secret|token|credential|密码|口令|授权码|^auth", re.IGNORECASE)
_KEYS = frozenset({"host", "port", "user", "security", "name", "ca_file"})
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_PORTS = {"smtp": {Security.TLS: 465, Security.STARTTLS: 587}, "imap": {Security.TLS: 993, Security.STARTTLS: 143}}


def read_settings(path: Path) -> MailSettings:
    """Read the coordinator's mail settings; all faults of the file are told at once in a ToolkitError.

    A key that looks like a password is refused, whatever its value: a file on a share is read by others.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise ToolkitError(
            f"邮箱设置 {path} 打不开（{fault.strerror}）。",
            "请核对路径。",
            english=f"Cannot open the mail settings {path}.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ToolkitError(
            f"邮箱设置 {path} 写法有误（{fault}）。",
            "请对照示例改正，文字要用英文双引号括起来，文件存为 UTF-8。",
            english=f"The mail settings {path} are no TOML in UTF-8 ({fault}).",
        ) from None
    secrets = sorted(_secret_keys(data))
    if secrets:
        raise ToolkitError(
            f"邮箱设置 {path} 里有密码一类的项：{'、'.join(secrets)}。",
            "请把它从文件中删去，并尽快更换该密码或授权码；密码在运行时输入，或放进系统密码库或环境变量。",
            english=f"The mail settings {path} hold a password ({', '.join(secrets)}); remove it and change it.",
        )
    faults = [f"{key}：不认识的项，只能有 smtp 和 imap" for key in data if key not in ("smtp", "imap")]
    servers = {kind: _server(kind, data[kind], path.parent, faults) for kind in ("smtp", "imap") if kind in data}
    if faults:
        raise ToolkitError(
            f"邮箱设置 {path} 有 {len(faults)} 处错误：\n" + "\n".join(f"  {fault}" for fault in faults),
            "请改正后再运行。",
            english=f"The mail settings {path} have {len(faults)} faults.",
        )
    return MailSettings(servers.get("smtp"), servers.get("imap"))


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
            raise ToolkitError(
                f"与 {server.host} 的连接没有加密，密码和信件会被旁人看到。",
                "请在邮箱设置中把 security 改为 tls（端口 465 或 993）或 starttls。",
                english=f"A plain connection to {server.host} is refused; use tls or starttls.",
            )
        return None
    try:
        return ssl.create_default_context(cafile=None if server.ca_file is None else str(server.ca_file))
    except OSError as fault:
        raise ToolkitError(
            f"证书文件 {server.ca_file} 不能用（{fault.strerror or fault}）。",
            "请核对邮箱设置中的 ca_file，应是 PEM 格式的根证书。",
            english=f"The file of authorities {server.ca_file} cannot be used.",
        ) from None


def _loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login_refused(server: Server, words: str, service: str) -> ToolkitError:
    """Return what to tell when a server does not take the password for a service, SMTP or IMAP."""
    return ToolkitError(
        f"{server.host} 不接受 {server.user} 的登录（{words}）。",
        "QQ、163、126、企业邮箱要用“授权码”或“客户端专用密码”，不是登录密码；"
        f"请在网页版邮箱的设置里开启 {service} 服务并取得授权码。",
        english=f"{server.host} refuses the login; use the authorization code, not the login password.",
    )


def unreachable(server: Server, fault: Exception) -> ToolkitError:
    """Return what to tell when a server cannot be reached or not be trusted."""
    at = f"{server.host}:{server.port}"
    if isinstance(fault, ssl.SSLCertVerificationError):
        return ToolkitError(
            f"不能确认 {at} 是真的邮件服务器（证书：{plain(fault.verify_message)}），没有登录。",
            "请核对服务器名；单位自建的邮件服务器请向信息中心索取根证书，用 ca_file 指定。不要在不可信的网络上发送。",
            english=f"The certificate of {at} cannot be verified ({plain(fault.verify_message)}); nothing was sent.",
        )
    if isinstance(fault, ssl.SSLError):
        return ToolkitError(
            f"与 {at} 建立加密连接失败（{plain(str(fault.reason or fault))}）。",
            "请核对端口与 security：465、993 用 tls，587、143 用 starttls。",
            english=f"No TLS with {at} ({plain(str(fault.reason or fault))}); check port and security.",
        )
    if server.security is Security.STARTTLS and "TLS" in str(fault).upper():
        return ToolkitError(
            f"{at} 不提供加密连接（STARTTLS），没有登录。",
            "请核对端口与 security：465、993 用 tls，587、143 用 starttls。",
            english=f"{at} offers no STARTTLS; nothing was sent.",
        )
    return ToolkitError(
        f"连不上邮件服务器 {at}（{plain(str(fault)) or type(fault).__name__}）。",
        "请检查网络、服务器名和端口，稍后再试；已发出的不会重发。",
        english=f"Cannot reach {at} ({plain(str(fault)) or type(fault).__name__}).",
    )
