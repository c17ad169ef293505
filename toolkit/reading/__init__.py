"""A workbook that came back → one return: whose it is, every item answered with its cell, and what was found amiss."""

from __future__ import annotations

import hashlib
import logging
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from toolkit.answers import Answer, Filled
from toolkit.excel_in import Book, Refused, limits, open_book
from toolkit.findings import Finding, finding
from toolkit.forms import Form, form_ids, load_form, own_forms
from toolkit.reading.assembly import read_return
from toolkit.reading.bounds import File, Limits, Result, bounded, loss
from toolkit.reading.carriers import Carriers, read_carriers
from toolkit.reading.contributions import read_contributions
from toolkit.reading.corrections import Typed, read_corrections, typed_lines
from toolkit.reading.positions import recognised
from toolkit.returns import Identity, ReadFile, Return
from toolkit.workers import Lost

__all__ = [
    "Limits", "ReadFile", "lost", "open_guarded", "read", "read_book", "read_each", "returns_each", "returns_in",
    "typed_in",
]  # fmt: skip


def read_each(
    files: Sequence[File], *, passwords: Sequence[str] = (), limits: Limits | None = None
) -> Iterator[ReadFile]:
    """Read files, each with the name that outputs use, in processes that can be stopped; results keep the order."""
    task = partial(_task, read, tuple(passwords), own_forms())
    return (reading for _, reading in bounded(task, files, _lost, limits))


def returns_each(
    files: Iterable[File], *, passwords: Sequence[str] = (), limits: Limits | None = None
) -> Iterator[tuple[File, tuple[Return, ...]]]:
    """Yield each file with the returns in it, see ``returns_in``, read in a process that can be stopped.

    They are compared with and looked up, not judged: a file that is lost has none, and a warning says so.
    """
    task = partial(_task, returns_in, tuple(passwords), own_forms())
    return bounded(task, files, _none_of, limits or Limits(seconds=PATIENCE))


PATIENCE = 60.0
"""Seconds for a file of one's own that is compared with: a roll-up of ten thousand bodies takes some twenty."""


def _task(reader: Callable[..., Result], passwords: tuple[str, ...], _forms: tuple[Form, ...], file: File) -> Result:
    """Read a file; the forms of one's own come along so that they are in use there too."""
    return reader(file[0], name=file[1], passwords=passwords)


def _none_of(file: File, fault: Finding) -> tuple[Return, ...]:
    """Return no returns for a file that was lost, and say so: without them nothing of it is compared."""
    logging.getLogger(__name__).warning(
        "%s",
        f"{file[1]}：{fault.message}其中的年报没有用来对照。{fault.remedy}",
        extra={"english": f"{file[1]}: {fault.message_en} Its returns are not compared with. {fault.remedy_en}"},
    )
    return ()


def open_guarded(path: Path) -> Book | Finding:
    """Open a workbook in a process that can be stopped; what cannot be read gives the finding that says why."""
    _, book = next(bounded(_opened, [(path, path.name)], lambda _, fault: fault))
    return book


def _opened(file: File) -> Book | Finding:
    try:
        return open_book(file[0])
    except Refused as refused:
        return refused.finding(file[1])


def lost(file: File, why: Lost) -> ReadFile:
    """Return what reading comes to of a file that was lost."""
    return _lost(file, loss(why, file[1]))


def _lost(file: File, why: Finding) -> ReadFile:
    return ReadFile(file[1], _sha256(file[0]), None, (why,))


def read(path: Path, *, name: str, passwords: Sequence[str] = ()) -> ReadFile:
    """Read one file, here in this process; ``name`` is what outputs call it, and no content of a file raises."""
    try:
        book = open_book(path, passwords)
    except Refused as refused:
        return ReadFile(name, _sha256(path), None, (refused.finding(name),))
    return read_book(book, name)


def read_book(book: Book, file: str) -> ReadFile:
    """Read an opened workbook."""
    carriers = read_carriers(book, file)
    form, findings = _form(book, carriers, file)
    if form is None:
        return ReadFile(file, book.sha256, None, findings)
    ret = read_return(form, book, carriers, file, (*findings, *carriers.findings, *_container(book, file)))
    return ReadFile(file, book.sha256, ret, ret.findings)


def returns_in(path: Path, *, name: str, passwords: Sequence[str] = ()) -> tuple[Return, ...]:
    """Return the returns in a file: the one it is, or, of a roll-up, the return of every body on 明细 and its own.

    A row that stands for the bodies' rows in a Parquet file gives one of the kind ``details``.
    """
    try:
        book = open_book(path, passwords)
    except Refused:
        return ()
    ret = read_book(book, name).ret
    if ret is None:
        return ()
    contributions = read_contributions(book, ret.form, name) if ret.identity.kind == "rollup" else None
    if contributions is None:
        return (ret,)
    corrections, *_ = read_corrections(book, ret.form, contributions.rows, name)
    corrected: dict[str, dict[str, Answer]] = {}
    for change in corrections:
        corrected.setdefault(change.code, {})[change.item] = Filled(change.new)
    bodies = []
    for row in contributions.rows:
        kind = "details" if row.elsewhere else "return"
        identity = Identity(ret.form.id, ret.year, row.code or None, row.name or None, kind=kind)
        answers = dict(row.answers) | corrected.get(row.code, {})
        bodies.append(Return(ret.form, identity, answers, file=row.file or name, sha256=row.sha256 or None))
    return (*bodies, ret)


def typed_in(path: Path, passwords: Sequence[str] = ()) -> tuple[ReadFile, tuple[Typed, ...]]:
    """Return what reading a workbook gives and the lines typed on its 调整; it may be stopped."""
    task = partial(_typed_in, tuple(passwords))
    _, typed = next(
        bounded(task, [(path, path.name)], lambda file, why: (_lost(file, why), ()), Limits(seconds=PATIENCE))
    )
    return typed


def _typed_in(passwords: tuple[str, ...], file: File) -> tuple[ReadFile, tuple[Typed, ...]]:
    try:
        book = open_book(file[0], passwords)
    except Refused as refused:
        return _lost(file, refused.finding(file[1])), ()
    return read_book(book, file[1]), typed_lines(book)


def _form(book: Book, carriers: Carriers, file: str) -> tuple[Form | None, tuple[Finding, ...]]:
    """Return the form of the workbook: as its carriers say, else as its labels show; None with the reason."""
    stated = carriers.values.get("form")
    if stated is not None and stated in form_ids():
        return load_form(stated), ()
    if stated is not None:
        return None, (finding("FORM_003", file=file, form=stated),)
    form_id = recognised(book)
    if form_id is None:
        return None, (finding("FORM_001", file=file),)
    return load_form(form_id), (finding("FORM_002", file=file, form=form_id),)


def _container(book: Book, file: str) -> tuple[Finding, ...]:
    """Return what the container itself shows: macros, links, and a format in which locks cannot be seen."""
    findings = []
    if not book.full:
        findings.append(finding("FILE_091", file=file, kind=book.kind))
    if book.encrypted:
        findings.append(finding("FILE_092", file=file))
    if book.has_macros:
        findings.append(finding("FILE_050", file=file))
    if book.external_links:
        findings.append(finding("FILE_051", file=file))
    return tuple(findings)


def _sha256(path: Path) -> str:
    """Return the digest of a regular file that was refused, "" for anything else and for one too large to read."""
    try:
        known = path.lstat()
        if not stat.S_ISREG(known.st_mode) or known.st_size > limits.FILE_BYTES:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
