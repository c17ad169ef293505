"""The process in which xlrd runs: bytes on standard input, JSON on standard output."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from toolkit.excel_in import limits

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}


def main() -> None:
    """Read one workbook and write what is in it; every fault becomes a refusal."""
    bound()
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    try:
        answer = _xls(data)
    except MemoryError:
        answer = {"refused": "FILE_040", "params": {"why": "内存不足"}}
    except Exception as fault:  # the libraries leak exceptions of every kind; all of them mean "damaged" here
        protected = "encrypt" in str(fault).lower() or "password" in str(fault).lower()
        answer = {"refused": "FILE_010", "params": {}} if protected else _damaged(type(fault).__name__)
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def bound() -> None:
    """Limit this process's memory where the system can (Linux), never above a limit that is already in force."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    in_force = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([limits.WORKER_BYTES, *in_force]), hard))


def _damaged(why: str) -> dict[str, Any]:
    return {"refused": "FILE_020", "params": {"why": why}}


def _xls(data: bytes) -> dict[str, Any]:

    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
    sheets, total = [], 0
    for sheet in book.sheets():
        cells = []
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
                if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "":
                    continue
                total += 1
                if total > limits.CELLS:
                    return {"refused": "FILE_030", "params": {"what": "单元格数", "limit": f"{limits.CELLS:,}"}}
                cells.append([row, column, *_typed(kind, value)])
        merges = [[top, left, bottom - 1, right - 1] for top, bottom, left, right in sheet.merged_cells]
        sheets.append(
            {"name": sheet.name, "state": _STATES.get(sheet.visibility, "visible"), "cells": cells, "merges": merges}
        )
    names = {name.name: _constant(name) for name in book.name_obj_list if name.scope == -1}
    return {"sheets": sheets, "names": names, "date1904": book.datemode == 1}


def _typed(kind: int, value: Any) -> tuple[str, str, bool]:
    if kind in (2, 3):
        return "n", repr(float(value)), kind == 3
    if kind == 4:
        return "b", str(int(value)), False
    if kind == 5:
        return "e", _ERRORS.get(int(value), "#ERROR!"), False
    return "s", str(value), False


def _constant(name: Any) -> str:
    """Return the text constant of a defined name, quoted as in a formula; other names give their reference."""
    result = name.result
    if result is not None and isinstance(result.value, str):
        return f'"{result.value}"'
    return str(name.formula_text if hasattr(name, "formula_text") else "")


if __name__ == "__main__":
    main()
