"""Reading, verifying and checking one return, against readers that only read; CPU a return, ways in turns."""

from __future__ import annotations

import random
import statistics
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.material import write_flavours
from toolkit import checking, season
from toolkit.reading import read
from toolkit.returns import Checked

ROUNDS = 5


def ours(path: Path) -> None:
    """Read, verify every lock, label and formula, and check every rule, the text against the tables too."""
    got = read(path, name=path.name)
    assert got.ret is not None
    season.check_all([Checked(path.name, got.sha256, got.ret, got.findings)], year=2025)


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


def measure(paths: list[Path]) -> dict[str, float]:
    """Return milliseconds of CPU a return for each way: medians over the files, ways in turns in random order."""
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    order = list(WAYS)
    for name in order:
        WAYS[name](paths[0])
    for path in paths:
        random.shuffle(order)
        for name in order:
            best = []
            for _ in range(1 if name.startswith("openpyxl") else ROUNDS):
                begun = time.process_time()
                WAYS[name](path)
                best.append(time.process_time() - begun)
            spent[name].append(statistics.median(best))
    return {name: 1000 * statistics.median(each) for name, each in spent.items()}


def rules_share(paths: list[Path]) -> float:
    """Return the share that checking the rules I, X and C has of reading, in per cent."""
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
    """Measure 20 returns of each flavour (``smoke``: 3) and yield a Markdown table of ratios."""
    yield "| flavour | ours, ms | openpyxl / ours | pandas+calamine / ours | ours / calamine | ours / zlib | rules, % of reading |"
    yield "|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        flavours = write_flavours(Path(folder), 3 if smoke else 20)
        everything = [path for paths in zip(*flavours.values(), strict=True) for path in paths]
        sums: dict[str, float] = dict.fromkeys(WAYS, 0.0)
        for flavour, paths in flavours.items():
            spent = measure(paths)
            sums = {name: sums[name] + spent[name] for name in WAYS}
            yield _line(flavour, spent, rules_share(paths))
        yield _line("mix", {name: each / len(flavours) for name, each in sums.items()}, rules_share(everything))


def _line(flavour: str, spent: dict[str, float], rules: float) -> str:
    mine, peer, frames, calamine, least = spent.values()
    return (
        f"| {flavour} | {mine:.1f} | {peer / mine:.1f}× | {frames / mine:.2f}× | {mine / calamine:.1f}× | "
        f"{mine / least:.1f}× | {rules:.1f} % |"
    )
