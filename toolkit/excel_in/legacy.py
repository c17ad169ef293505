"""xls and et through xlrd, in a process of its own that can be stopped.

A library can be brought down by a small file, so it never runs in the process that holds the other returns.
"""

from __future__ import annotations

import json
import subprocess
import sys

from toolkit.excel_in import limits
from toolkit.excel_in.grid import Book, Cell, CellError, Sheet, Value, number, sound_text
from toolkit.excel_in.refusal import Refused


def read_legacy(data: bytes) -> Book:
    """Read an xls or et workbook; what the worker cannot read, and a worker that dies or is too slow, is Refused."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "toolkit.excel_in.worker"],
            input=data,
            capture_output=True,
            timeout=limits.WORKER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("FILE_040", why="超时") from None
    except OSError as fault:
        raise Refused("FILE_040", why=fault.strerror or "无法启动读取进程") from None
    if done.returncode != 0:
        raise Refused("FILE_040", why=f"读取进程退出码 {done.returncode}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["params"])
    sheets = tuple(_sheet(each) for each in answer["sheets"])
    if not any(sheet.cells for sheet in sheets):
        raise Refused("FILE_022")
    return Book("xls", sheets, answer["names"], {}, None, bool(answer["date1904"]), full=False)


def _sheet(raw: dict[str, object]) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    for row, column, type_, text, date in raw["cells"]:  # type: ignore[attr-defined]
        cells[(row, column)] = Cell(_value(type_, text), None, None, date, text)
    merges = tuple(tuple(each) for each in raw["merges"])  # type: ignore[attr-defined]
    return Sheet(sound_text(str(raw["name"])), str(raw["state"]), None, cells, merges)


def _value(type_: str, text: str) -> Value:
    if type_ == "n":
        return number(text)
    if type_ == "b":
        return text == "1"
    if type_ == "e":
        return CellError(text)
    return sound_text(text) or None
