"""The keyed token of an issued template: which template of ours a workbook was, for whom and for which year.

``form.version.year.code.mark.mac``: the mark names the key, the mac is 80 bits of HMAC-SHA256 over what stands before
it. It says nothing of who typed the figures nor that they are true.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from msgspec import Struct

from toolkit import files
from toolkit.findings import Finding, Wording, fault, finding, phrase

SECRET_BYTES = 32
_MARK, _MAC = 4, 16
_HEADER = "nianbao-key-1"


class Trust(Enum):
    """What the token of a workbook is worth; the value is the word in JSON, ``zh`` the word people read."""

    SOUND = "sound"
    UNVERIFIED = "unverified"
    MISSING = "missing"
    FOREIGN = "foreign"
    ALTERED = "altered"
    OTHER = "other"

    @property
    def zh(self) -> str:
        """Return the Chinese word."""
        return phrase(f"trust_{self.value}")


class Key(Struct, frozen=True):
    """The coordinator's key; ``mark`` names it without giving it away."""

    secret: bytes

    def __repr__(self) -> str:
        """Show the mark only."""
        return f"Key({self.mark})"

    @property
    def mark(self) -> str:
        """Return the four characters by which tokens name this key."""
        return _base32(hashlib.sha256(b"nianbao mark" + self.secret).digest())[:_MARK]


def made_key(path: Path) -> Key:
    """Return the key in a file, made anew with mode 600 where there is none; faults raise ToolkitError."""
    if not os.path.lexists(path):
        key = Key(secrets.token_bytes(SECRET_BYTES))
        if files.created(
            path, f"{_HEADER} {base64.b64encode(key.secret).decode('ascii')}\n".encode("ascii"), mode=0o600
        ):
            return key
    return load_key(path)


def load_key(path: Path) -> Key:
    """Read a key; one that others may read, or that is none, raises ToolkitError."""
    try:
        known = path.stat()
        text = path.read_bytes()[:1000].decode("ascii", "replace") if stat.S_ISREG(known.st_mode) else ""
    except OSError as error:
        raise fault("KEY_UNREADABLE", path=path, why=error.strerror) from error
    if sys.platform != "win32" and known.st_mode & 0o077:
        raise fault("KEY_OPEN_TO_OTHERS", path=path, mode=f"{stat.S_IMODE(known.st_mode):o}")
    head, _, body = text.strip().partition(" ")
    try:
        secret = base64.b64decode(body, validate=True) if head == _HEADER else b""
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise fault("NO_KEY", path=path)
    return Key(secret)


def token(key: Key, *, form: str, version: str, year: int, code: str) -> str:
    """Return the token of a template; the same template always has the same one."""
    statement = f"{form}.{version}.{year}.{code}.{key.mark}"
    return f"{statement}.{_mac(key, statement)}"


def examine(key: Key | None, stated: str, *, form: str, year: int | None, code: str | None) -> Trust:
    """Return what a token is worth for a return of this form, year and body."""
    if key is None:
        return Trust.UNVERIFIED
    if stated == "":
        return Trust.MISSING
    statement, _, mac = stated.rpartition(".")
    parts = statement.split(".")
    if len(parts) != 5:
        return Trust.ALTERED
    if parts[4] != key.mark:
        return Trust.FOREIGN
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(key, statement).encode("ascii")):
        return Trust.ALTERED
    return Trust.SOUND if (parts[0], parts[2], parts[3]) == (form, str(year), code or "") else Trust.OTHER


def key_mark(stated: str) -> str:
    """Return the mark of the key that a token names, "" where it is none."""
    parts = stated.split(".")
    return parts[4] if len(parts) == 6 else ""


def trust_finding(trust: Trust, stated: str, *, file: str) -> Finding | None:
    """Return the finding of a token that is not sound; unverified ones have none: they are only counted."""
    if trust in (Trust.SOUND, Trust.UNVERIFIED):
        return None
    if trust is Trust.OTHER:
        _, _, year, code, _, _ = stated.split(".")
        return finding("ID_034", file=file, stated=year, body=code)
    return finding({Trust.MISSING: "ID_031", Trust.ALTERED: "ID_032", Trust.FOREIGN: "ID_033"}[trust], file=file)


def trust_words(values: Iterable[str]) -> str:
    """Say of how many returns the token was verified; without a key, that none was; "" for no return."""
    returns = list(values)
    if all(value == Trust.UNVERIFIED.value for value in returns):
        return phrase("trust_none") if returns else ""
    counts = [(phrase(f"trust_{trust.value}"), returns.count(trust.value)) for trust in Trust if trust.value in returns]
    listed = Wording(
        "，".join(f"{words} {count}" for words, count in counts),
        ", ".join(f"{count} {words.en}" for words, count in counts),
    )
    return phrase("trust_counts", counts=listed)


def _mac(key: Key, statement: str) -> str:
    return _base32(hmac.new(key.secret, statement.encode("utf-8"), hashlib.sha256).digest())[:_MAC]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii")
