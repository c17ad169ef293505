"""xls and et through xlrd, in a process of its own that can be stopped.

A library can be brought down by a small file, so it never runs in the process that holds the other returns.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from toolkit.excel_in import limits
from toolkit.excel_in.grid import Book, Cell, CellError, Sheet, Value, number, sound_text
from toolkit.excel_in.refusal import Refused

_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from toolkit.excel_in.worker import main; main()"
"""What the worker runs: this very package, installed or not, and nothing else of the surroundings."""


def read_legacy(data: bytes) -> Book:
    """Read an xls or et workbook; what the worker cannot read, and a worker that dies or is too slow, is Refused."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and program; the file goes in as bytes
            [sys.executable, "-I", "-c", _PROGRAM, str(Path(__file__).parents[2])],
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
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Refused("FILE_040", why="读取进程没有给出结果") from None
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
        plain = number(text)
        return plain if plain is not None else sound_text(text) or None
    if type_ == "b":
        return text == "1"
    if type_ == "e":
        return CellError(text)
    return sound_text(text) or None
