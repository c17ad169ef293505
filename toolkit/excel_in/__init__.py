"""Files that strangers sent → grids of typed cells, within fixed limits. The only place that opens them.

xlsx and xlsm are read by our own bounded reader on the standard library; ods by its XML likewise; xls and et by
xlrd in a process of its own.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

from toolkit.excel_in import limits
from toolkit.excel_in.grid import BLANK, Book, Cell, CellError, Sheet
from toolkit.excel_in.legacy import read_legacy
from toolkit.excel_in.ods import read_ods
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.sniffing import sniff
from toolkit.excel_in.xlsx import read_xlsx

__all__ = ["BLANK", "Book", "Cell", "CellError", "Refused", "Sheet", "open_book", "read_file"]


def read_file(path: Path) -> bytes:
    """Return the bytes of a regular file; anything else, and one over the limit, is Refused."""
    try:
        known = path.lstat()
        if not stat.S_ISREG(known.st_mode):
            raise Refused("FILE_003")
        if known.st_size > limits.FILE_BYTES:
            raise too_much("文件字节数", limits.FILE_BYTES)
        with path.open("rb") as file:
            return file.read(limits.FILE_BYTES + 1)
    except OSError as fault:
        raise Refused("FILE_002", why=fault.strerror or type(fault).__name__) from None


def open_book(path: Path) -> Book:
    """Open a workbook by its content, whatever its name; what cannot be read is Refused, nothing else is raised."""
    data = read_file(path)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return replace(_open(data), sha256=sha256)
    except Refused:
        raise
    except Exception as fault:
        raise Refused("FILE_040", why=type(fault).__name__) from fault


def _open(data: bytes) -> Book:
    kind = sniff(data)
    if kind == "xlsx":
        return read_xlsx(data)
    if kind == "ods":
        return read_ods(data)
    return read_legacy(data)
