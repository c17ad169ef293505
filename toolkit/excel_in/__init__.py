"""Files that strangers sent → grids of typed cells, within fixed limits. The only place that opens them.

xlsx and xlsm are read by our own bounded reader on the standard library; ods by its XML likewise; xls and et by
xlrd. All of it is called in processes that can be stopped (``toolkit.workers``).
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

from msgspec.structs import replace

from toolkit.excel_in import limits, ods, xls
from toolkit.excel_in.encryption import available as opens_encrypted
from toolkit.excel_in.encryption import decrypted
from toolkit.excel_in.grid import BLANK, Book, Cell, CellError, Overlay, Sheet
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.sniffing import sniff
from toolkit.excel_in.xlsx import read_xlsx
from toolkit.findings import phrase

__all__ = [
    "BLANK", "Book", "Cell", "CellError", "Overlay", "Refused", "Sheet", "open_book", "opens_encrypted", "read_file",
]  # fmt: skip

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_file(path: Path) -> bytes:
    """Return the bytes of a regular file, opened for reading only; anything else, and one too large, is Refused."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Refused("FILE_003")
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            # Asked again of what was opened: between the two the name may have been given to something else.
            known = os.fstat(file.fileno())
            if not stat.S_ISREG(known.st_mode):
                raise Refused("FILE_003")
            if known.st_size > limits.FILE_BYTES:
                raise too_much("limit_bytes", limits.FILE_BYTES)
            return file.read(limits.FILE_BYTES + 1)
    except OSError as fault:
        raise Refused("FILE_002", why=fault.strerror or type(fault).__name__) from None


def open_book(path: Path, passwords: Sequence[str] = ()) -> Book:
    """Open a workbook by its content, whatever its name; what cannot be read is Refused, nothing else is raised.

    ``passwords`` are tried on an encrypted one (extra ``crypto``).
    """
    data = read_file(path)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return replace(_open(data, passwords), sha256=sha256)
    except Refused:
        raise
    except MemoryError:
        raise Refused("FILE_040", why=phrase("file_memory")) from None
    except Exception as fault:
        raise Refused("FILE_040", why=type(fault).__name__) from fault


def _open(data: bytes, passwords: Sequence[str]) -> Book:
    kind, archive = sniff(data)
    if kind == "encrypted":
        return replace(_decrypted(data, passwords), encrypted=True)
    try:
        return _plain(data, kind, archive)
    except Refused as refused:
        if refused.code != "FILE_010" or kind != "xls":
            raise
    return replace(_decrypted(data, passwords), encrypted=True)


def _decrypted(data: bytes, passwords: Sequence[str]) -> Book:
    plain = decrypted(data, passwords)
    return _plain(plain, *sniff(plain))


def _plain(data: bytes, kind: str, archive: ZipFile | None) -> Book:
    if kind == "xlsx":
        return read_xlsx(data, archive)
    if kind == "ods":
        return ods.read_ods(data, archive)
    if kind == "xls":
        return xls.read_xls(data)
    raise Refused("FILE_010")
