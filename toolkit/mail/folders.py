"""Folders, saved messages, mbox files and archives → arrivals and oddities, without any server."""

from __future__ import annotations

import mailbox
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.files import FILE_BYTES
from toolkit.findings import fault, finding
from toolkit.mail.arrivals import Origin, oddity, too_large
from toolkit.mail.contents import MESSAGE_BYTES, Content, Depth, Recognition, file_contents, message_contents, skipped
from toolkit.mail.transfer import looks_like_message

ARCHIVE_BYTES = 256 * 2**20
"""An archive as it lies in a folder."""
_HEAD = 65_536


def collect_folder(paths: Sequence[Path], recognise: Recognition) -> Iterator[Content]:
    """Yield what the files under the paths hold: workbooks, .eml messages, mbox files, zip archives, in order of name.

    Folders are walked with all their sub-folders; nothing in them is changed. A path that does not exist raises
    ToolkitError at once; a file that cannot be read is an oddity. Sources are relative to the path that was given.
    """
    for path in paths:
        if not path.exists():
            raise fault("PATH_MISSING", path=path)
    return _collected(paths, recognise)


def _collected(paths: Sequence[Path], recognise: Recognition) -> Iterator[Content]:
    seen: set[Path] = set()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if not file.is_dir()) if path.is_dir() else [path]
        for file in files:
            real = file.resolve()
            if real in seen:
                continue
            seen.add(real)
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if skipped(name):
                yield oddity(finding("FILE_090"), file.name, Origin(name))
            else:
                yield from _file(file, name, Depth(recognise))


def _file(path: Path, source: str, depth: Depth) -> Iterator[Content]:
    origin = Origin(source)
    try:
        known = path.lstat()
        if not stat.S_ISREG(known.st_mode):
            yield oddity(finding("FILE_003"), path.name, origin)
            return
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        yield oddity(finding("FILE_002", why=error.strerror or type(error).__name__), path.name, origin)
        return
    if head.startswith(b"From ") and looks_like_message(head):
        yield from _mbox(path, source, depth.recognise)
        return
    message = looks_like_message(head) and (path.suffix.lower() == ".eml" or b"\nMIME-Version:" in head)
    most = ARCHIVE_BYTES if head.startswith(b"PK") else MESSAGE_BYTES if message else FILE_BYTES
    if known.st_size > most:
        yield too_large(path.name, known.st_size, most, origin)
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        yield oddity(finding("FILE_002", why=error.strerror or type(error).__name__), path.name, origin)
        return
    if message:
        yield from message_contents(data, source, depth)
    else:
        yield from file_contents(path.name, data, origin, depth)


def _mbox(path: Path, source: str, recognise: Recognition) -> Iterator[Content]:
    """Yield what the messages of an mbox file hold; it is read only, as nothing is ever added to or taken from it."""
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), 1):
            place = f"{source} › 第 {number} 封"
            with box.get_file(key) as file:
                data = file.read(MESSAGE_BYTES + 1)
            if len(data) > MESSAGE_BYTES:
                size, limit = f"{MESSAGE_BYTES // 2**20}+", str(MESSAGE_BYTES // 2**20)
                yield oddity(finding("MAIL_024", name=place, size=size, limit=limit), place, Origin(place))
            else:
                yield from message_contents(data, place, Depth(recognise))
    finally:
        box.close()
