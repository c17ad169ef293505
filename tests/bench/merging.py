"""Read, check and merge generated returns, against the same totals by openpyxl and by pandas.

Ratios of CPU time in one run on the same files, the three ways taken in turns over slices of the files. The peers do
the least that gives the totals: openpyxl loads each workbook once and adds the input cells at their addresses; pandas
reads each table's sheet with ``read_excel``. Neither verifies a label, a formula or a lock, nor checks a rule.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.samples import BODIES, code_of, sound, workbook
from toolkit.answers import Number
from toolkit.forms import load_form
from toolkit.forms.layout import lay_out
from toolkit.returns import Region
from toolkit.roster import check_character
from toolkit.run import Job, run

DISTINCT = 20
SLICES = 5
FORM = load_form("2021")
LAYOUT = lay_out(FORM)


def generate(folder: Path, count: int) -> list[Path]:
    """Write sound returns of different bodies: twenty drawn ones, each patched to many codes."""
    drawn = [
        workbook(FORM, 2025, BODIES[at % len(BODIES)], sound(FORM, at, 20 + 3 * at, None)) for at in range(DISTINCT)
    ]
    paths = []
    for at in range(count):
        body = f"1199{at:06d}5AMP00X"
        old = code_of(BODIES[at % DISTINCT % len(BODIES)][0]).encode()
        path = folder / f"{at:05d}.xlsx"
        path.write_bytes(_patched(drawn[at % DISTINCT], old, (body + check_character(body)).encode()))
        paths.append(path)
    return paths


def _patched(data: bytes, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member, source.read(member).replace(old, new), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def ours(paths: list[Path]) -> dict[str, Number]:
    """Read, verify, check and merge with the toolkit."""
    rollup = run(Job(tuple(paths), "merge", 2025, region=Region("样例县"), as_of="2026-02-06")).rollup
    assert rollup is not None
    assert len(rollup.merged) == len(paths), [each.reason for each in rollup.files if each.state != "merged"][:3]
    return {code: rollup.figures[code] for code in FORM.inputs}


def by_openpyxl(paths: list[Path]) -> dict[str, Number]:
    """Add the inputs with openpyxl, at their addresses."""
    import openpyxl

    totals: dict[str, Number] = dict.fromkeys(FORM.inputs, 0)
    for path in paths:
        book = openpyxl.load_workbook(path, data_only=True)
        for code in FORM.inputs:
            sheet, row, column = LAYOUT.cell(code)
            totals[code] += book[sheet].cell(row + 1, column + 1).value or 0  # type: ignore[operator]
    return totals


def by_pandas(paths: list[Path]) -> dict[str, Number]:
    """Add the inputs with pandas.read_excel, one sheet a table."""
    import pandas

    totals: dict[str, Number] = dict.fromkeys(FORM.inputs, 0)
    sheets = [table.sheet for table in LAYOUT.tables]
    for path in paths:
        frames = pandas.read_excel(path, sheet_name=sheets, header=None, engine="openpyxl")
        for code in FORM.inputs:
            sheet, row, column = LAYOUT.cell(code)
            value = frames[sheet].iat[row, column]
            totals[code] += 0 if pandas.isna(value) else value  # type: ignore[operator]
    return totals


WAYS: dict[str, Callable[[list[Path]], dict[str, Number]]] = {
    "nianbao read + check + merge": ours,
    "openpyxl loop, totals only": by_openpyxl,
    "pandas.read_excel, totals only": by_pandas,
}


def _cpu() -> float:
    """Return the seconds of CPU of this process and of those it started that have ended: files are read in them."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(paths: list[Path]) -> dict[str, float]:
    """Return seconds of CPU of each way, taken in turns over slices; the totals must agree."""
    spent = dict.fromkeys(WAYS, 0.0)
    for at in range(SLICES):
        part = paths[at::SLICES]
        totals = {}
        for name, way in WAYS.items():
            begun = _cpu()
            totals[name] = way(part)
            spent[name] += _cpu() - begun
        first = next(iter(totals.values()))
        for name, found in totals.items():
            wrong = [code for code in FORM.inputs if abs(float(found[code]) - float(first[code])) > 1e-6]
            assert not wrong, f"{name} disagrees at {wrong[:3]}"
    return spent


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure 100 and 1,000 returns (``smoke``: 20) and yield a Markdown table."""
    yield "| returns | way | CPU s | ms a return | ours is faster by |"
    yield "|---|---|---|---|---|"
    for count in (20,) if smoke else (100, 1000):
        with tempfile.TemporaryDirectory() as folder:
            paths = generate(Path(folder), count)
            ours(paths[:2])
            spent = measure(paths)
        base = spent["nianbao read + check + merge"]
        for name, seconds in spent.items():
            ratio = "1" if seconds == base else f"{seconds / base:.1f}×"
            yield f"| {count} | {name} | {seconds:.2f} | {1000 * seconds / count:.1f} | {ratio} |"
