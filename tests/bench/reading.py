"""Reading, verifying and checking one return, against readers that only read; CPU a return, ways in turns.

All in this process: what a guarded process costs stands in the tables of many returns.
"""

from __future__ import annotations

import random
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.material import write_flavours
from toolkit import checking
from toolkit.reading import read
from toolkit.run.examination import Examination


def ours(path: Path) -> None:
    """Read, verify every lock, label and formula, and check every rule, the text against the tables too."""
    got = read(path, name=path.name)
    assert got.ret is not None
    Examination(2025).judged(got)


def by_openpyxl(path: Path) -> None:
    """Load with openpyxl and visit every cell."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            for _ in row:
                pass


def by_pandas(path: Path) -> None:
    """Read the values of every sheet with pandas and calamine."""
    import pandas

    pandas.read_excel(path, engine="calamine", sheet_name=None)


def by_calamine(path: Path) -> None:
    """Read the values of every sheet with bare calamine."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


NEEDED = (
    "xl/worksheets/",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedstrings.xml",
    "docprops/",
    "_rels/",
    "xl/_rels/",
)


def floor(path: Path) -> None:
    """Inflate the parts that a reader needs, and nothing else."""
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    count, _, at = struct.unpack_from("<HII", data, end + 10)
    for _ in range(count):
        size, name_size, extra, comment, offset = (
            *struct.unpack_from("<I", data, at + 20),
            *struct.unpack_from("<HHH", data, at + 28),
            *struct.unpack_from("<I", data, at + 42),
        )
        name = data[at + 46 : at + 46 + name_size].decode().lower()
        at += 46 + name_size + extra + comment
        if name.startswith(NEEDED):
            inner, more = struct.unpack_from("<HH", data, offset + 26)
            start = offset + 30 + inner + more
            stored = data[start : start + size]
            if struct.unpack_from("<H", data, offset + 8)[0] == 8:
                zlib.decompress(stored, -15)


WAYS: dict[str, Callable[[Path], None]] = {
    "nianbao: read, verify, check": ours,
    "openpyxl.load_workbook, iterated": by_openpyxl,
    "pandas.read_excel (calamine)": by_pandas,
    "python-calamine, values": by_calamine,
    "zlib alone": floor,
}


def measure(paths: list[Path]) -> list[dict[str, float]]:
    """Return milliseconds of CPU for each file and way; each file is read once by each, ways in turns in random order.

    What is recognised was learnt from other files only: before the measured ones each way has read as many others.
    """
    half = len(paths) // 2
    order = list(WAYS)
    for path in paths[:half]:
        for name in order:
            if name == "nianbao: read, verify, check" or path is paths[0]:
                WAYS[name](path)
    found: list[dict[str, float]] = []
    for path in paths[half:]:
        random.shuffle(order)
        spent = {}
        for name in order:
            begun = time.process_time()
            WAYS[name](path)
            spent[name] = 1000 * (time.process_time() - begun)
        found.append(spent)
    return found


def rules_share(paths: list[Path]) -> float:
    """Return the share that checking the rules I, X and C has of reading, in per cent; files never read before."""
    reading, rules = 0.0, 0.0
    for path in paths:
        begun = time.process_time()
        got = read(path, name=path.name)
        reading += time.process_time() - begun
        assert got.ret is not None
        begun = time.process_time()
        checking.check(got.ret, level="县级部门")
        rules += time.process_time() - begun
    return 100 * rules / reading


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure 20 returns of each flavour after 20 others (``smoke``: 2 after 2) and yield a Markdown table of ratios."""
    yield "| flavour | ours, ms | openpyxl / ours | pandas+calamine / ours | ours / calamine | ours / zlib | rules, % of reading |"
    yield "|---|---|---|---|---|---|---|"
    count = 2 if smoke else 20
    with tempfile.TemporaryDirectory() as folder:
        flavours = write_flavours(Path(folder), 3 * count)
        # The mix: flavour after flavour, so that the reader changes from one program's files to another's each time.
        mixed = [path for paths in zip(*flavours.values(), strict=True) for path in paths]
        size = len(flavours)
        spent = measure(mixed[: 2 * count * size])
        share = rules_share(mixed[2 * count * size :])
        for at, flavour in enumerate(flavours):
            yield _line(flavour, spent[at::size], None)
        yield _line(f"mix of {size}", spent, share)


def _line(flavour: str, spent: list[dict[str, float]], rules: float | None) -> str:
    mine, peer, frames, calamine, least = (sum(each[name] for each in spent) / len(spent) for name in WAYS)
    share = "" if rules is None else f"{rules:.1f} %"
    return (
        f"| {flavour} | {mine:.1f} | {peer / mine:.1f}× | {frames / mine:.2f}× | {mine / calamine:.1f}× | "
        f"{mine / least:.1f}× | {share} |"
    )
