"""What earlier cycles made of a season's files, in one file beside the ledger: what did not change is not done again.

Everything in it can be made anew: a file that is torn, or of another toolkit, is none, and deleting it costs time alone.
``check`` and ``merge`` never look into it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

import toolkit
from toolkit.files import FILE_BYTES, replaced
from toolkit.findings import Finding
from toolkit.forms import FORM_IDS, load_form
from toolkit.returns import FILE_STATES, Checked, Return
from toolkit.returns.last_year import LastYear
from toolkit.scale.remote import File

_PASSING = ("FILE_002", "FILE_003", "FILE_010", "FILE_023", "FILE_040", "FILE_041")
"""Why a file could not be read that may be otherwise the next time: not to be had, no password, out of time."""
_PARTS = [part for part in fields(Return) if part.name != "form"]
_KeptReturn: Any = msgspec.defstruct(
    "_KeptReturn", [(p.name, p.type) if p.required else (p.name, p.type, p.default) for p in _PARTS], omit_defaults=True
)
"""A return without its form, which is known by its name."""


class _KeptFile(Struct, frozen=True, array_like=True):
    """A checked file as it is kept."""

    file: str
    sha256: str
    findings: tuple[Finding, ...]
    trust: str
    content: bytes
    form: str
    ret: _KeptReturn | None


class _KeptYear(Struct, frozen=True, array_like=True):
    """Last year as it is kept."""

    returns: tuple[tuple[str, int, str, _KeptReturn], ...]
    findings: tuple[Finding, ...]


class Recollection:
    """What is remembered, by kind and digest; of a kind that was asked for, what nobody asked for is forgotten.

    ``fresh`` counts the files that were read because nothing was remembered of them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: dict[str, dict[str, bytes]] = {}
        self._now: dict[str, dict[str, bytes]] = {}
        self.fresh = 0
        with contextlib.suppress(OSError, msgspec.DecodeError):
            data = path.read_bytes()
            if data[:16] == _mark(data[16:]):
                self._before = msgspec.msgpack.decode(data[16:], type=dict[str, dict[str, bytes]])

    def checked(
        self, files: Sequence[File], judges: bytes, check: Callable[[Sequence[File]], Sequence[Checked]]
    ) -> tuple[Checked, ...]:
        """Return the files as they are checked: those that these judges saw before as they were, ``check`` does the rest."""
        inside = {file: _bytes(file) for file in files}
        digests = {file: digest_of(judges, file[1], data) for file, data in inside.items() if data}
        known = {file: self._recalled("file", digests.get(file, b""), _KeptFile) for file in files}
        fresh = [file for file, kept in known.items() if kept is None]
        self.fresh += len(fresh)
        made = dict(zip(fresh, check(fresh) if fresh else (), strict=True))
        for file, one in made.items():
            form = _name(one.ret) if file in digests else None
            if form is not None and not any(problem.code in _PASSING for problem in one.findings):
                kept = _KeptFile(
                    one.file, one.sha256, tuple(one.findings), one.trust, one.content, form, _kept(one.ret)
                )
                self._remembered("file", digests[file], kept)
        return tuple(made[file] if kept is None else _file(kept, file) for file, kept in known.items())

    def last_year(self, digest: bytes, load: Callable[[], LastYear | None]) -> LastYear | None:
        """Return last year as it was loaded from the same files, else as it is loaded now."""
        kept = self._recalled("year", digest, _KeptYear)
        if kept is not None:
            returns = {(body, year): _return(form, ret) for body, year, form, ret in kept.returns}
            return LastYear(returns, kept.findings)
        last = load()
        if last is not None and not any(FILE_STATES["unreadable"] in problem.message for problem in last.findings):
            rows = [(body, year, _name(ret), _kept(ret)) for (body, year), ret in last.returns.items()]
            if all(form is not None for _, _, form, _ in rows):
                self._remembered("year", digest, _KeptYear(tuple(rows), last.findings))  # type: ignore[arg-type]
        return last

    def text(self, kind: str, digest: bytes, make: Callable[[], str | None]) -> str | None:
        """Return a text that was made from the same, else what is made now."""
        kept = self._recalled(kind, digest, str)
        if kept is not None:
            return kept or None
        made = make()
        self._remembered(kind, digest, made or "")
        return made

    def workbook(self, folder: Path, digest: bytes, make: Callable[[], tuple[str, bytes]]) -> tuple[str, bytes]:
        """Return name and bytes of a workbook that was made from the same and still is in its folder, else of one made now."""
        kept = self._recalled("workbook", digest, tuple[str, bytes])
        if kept is not None and (folder / kept[0]).is_file():
            data = (folder / kept[0]).read_bytes()
            if hashlib.sha256(data).digest() == kept[1]:
                return kept[0], data
        name, data = make()
        self._remembered("workbook", digest, (name, hashlib.sha256(data).digest()))
        return name, data

    def keep(self) -> None:
        """Write what is remembered, where it is other than before."""
        after = self._before | self._now
        if after != self._before:
            data = msgspec.msgpack.encode(after)
            replaced(self._path, _mark(data) + data)
            self._before = after

    def _recalled(self, kind: str, digest: bytes, shape: Any) -> Any:
        data = self._before.get(kind, {}).get(digest.hex())
        self._now.setdefault(kind, {})
        if data is None:
            return None
        try:
            value = msgspec.msgpack.decode(data, type=shape)
        except msgspec.DecodeError:
            return None
        self._now[kind][digest.hex()] = data
        return value

    def _remembered(self, kind: str, digest: bytes, value: object) -> None:
        with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate: read again each time
            self._now.setdefault(kind, {})[digest.hex()] = msgspec.msgpack.encode(value, enc_hook=_plain)


def digest_of(*parts: object) -> bytes:
    """Return the digest of values: equal ones of the same toolkit have the same."""
    encoded = msgspec.msgpack.encode((_toolkit(), *parts), enc_hook=_plain, order="deterministic")
    return hashlib.sha256(encoded).digest()[:16]


def listing_of(files: Sequence[File]) -> list[tuple[str, int, int]]:
    """Return what tells that files were not changed: their names, sizes and times."""
    known = [(path.stat(), name) for path, name in files if isinstance(path, Path) and path.is_file()]
    return [(name, stat.st_size, stat.st_mtime_ns) for stat, name in known]


@cache
def _toolkit() -> list[tuple[str, int, int]]:
    """Return what tells this toolkit from another: its modules and data by size and time."""
    home = Path(toolkit.__file__).parent
    return listing_of([(path, str(path)) for path in sorted(home.rglob("*")) if path.suffix in (".py", ".toml", ".j2")])


def _bytes(file: File) -> bytes:
    path = file[0]
    if not isinstance(path, Path) or not path.is_file() or path.stat().st_size > FILE_BYTES:
        return b""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""


def _name(ret: Return | None) -> str | None:
    """Return the name of the form by which a return is found again, None for a form of one's own; "" for no return."""
    if ret is None:
        return ""
    return ret.form.id if ret.form.id in FORM_IDS and load_form(ret.form.id) is ret.form else None


def _kept(ret: Return | None) -> Any:
    return None if ret is None else _KeptReturn(**{part.name: getattr(ret, part.name) for part in _PARTS})


def _file(kept: _KeptFile, file: File) -> Checked:
    modified = file[0].stat().st_mtime if isinstance(file[0], Path) else 0.0
    ret = None if kept.ret is None else _return(kept.form, kept.ret)
    return Checked(kept.file, kept.sha256, ret, kept.findings, modified, kept.trust, kept.content)


def _return(form: str, kept: Any) -> Return:
    return Return(load_form(form), **{part.name: getattr(kept, part.name) for part in _PARTS})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))  # what msgspec asks of a hook for any other type


def _mark(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
