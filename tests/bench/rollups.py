"""The roll-up workbook of many bodies, against pandas writing the frame of their figures; each in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

OURS, FRAME = "nianbao: the whole roll-up workbook", "pandas.to_excel (xlsxwriter): the figures alone"
BESIDE = "nianbao: the workbook and the bodies' rows as Parquet"
_MEASURED = """
import json, sys, time
from tests.bench.rollups import made, peak
write = made(sys.argv[1], int(sys.argv[2]))
before = peak()
begun = time.process_time()
size = write()
spent = time.process_time() - begun
print(json.dumps([spent, before, peak(), size]))
"""


def peak() -> float:
    """Return the most MiB that this process had; what the one that started it had does not count (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def made(way: str, count: int):  # type: ignore[no-untyped-def]
    """Return what writes ``count`` bodies one way; everything before the writing is done."""
    from tests.samples import sound
    from toolkit import merging
    from toolkit.answers import Filled
    from toolkit.forms import load_form
    from toolkit.returns import Checked, Identity, Region, Return
    from toolkit.roster import check_character
    from toolkit.run.rollup_file import save_rollup
    from toolkit.workbook.rollup import write_rollup

    form = load_form("2021")
    drawn = [{code: Filled(value) for code, value in sound(form, at, 30 + at, None).items()} for at in range(20)]
    checked = []
    for at in range(count):
        code = f"1199{at:06d}5AMP00X"
        code += check_character(code)
        identity = Identity("2021", 2025, code, f"样例单位{at}", "县级部门")
        ret = Return(form, identity, drawn[at % 20], file=f"{at:05d}.xlsx", sha256=f"{at:064x}")
        checked.append(Checked(f"{at:05d}.xlsx", f"{at:064x}", ret, ()).light)
    if way == FRAME:
        import io

        import pandas

        rows = [
            (one.ret.identity.code, one.ret.identity.name, one.file, one.sha256, *map(float, one.ret.entries))
            for one in checked
        ]  # type: ignore[union-attr]
        frame = pandas.DataFrame(rows, columns=["code", "name", "file", "sha256", *form.inputs])

        def write() -> int:
            buffer = io.BytesIO()
            frame.to_excel(buffer, engine="xlsxwriter", index=False)
            return buffer.tell()

        return write
    rollup = merging.merge(checked, 2025, None, Region("样例县"), as_of="2026-02-06")
    if way == BESIDE:

        def both() -> int:
            with tempfile.TemporaryDirectory() as folder:
                saved = save_rollup(Path(folder) / "汇总.xlsx", rollup, as_parquet=True)
                assert saved.details is not None
                return saved.workbook.stat().st_size + saved.details.stat().st_size

        return both
    return lambda: len(write_rollup(rollup))


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure 10,000 bodies, and 50,000 with Parquet (``smoke``: 300 each), and yield a Markdown table."""
    few, many = (300, 300) if smoke else (10_000, 50_000)
    yield "| bodies × 170 items | CPU s | MiB before | peak MiB | files, MB |"
    yield "|---|---|---|---|---|"
    for way, count in ((OURS, few), (FRAME, few), (BESIDE, few), (BESIDE, many)):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, way, str(count)], capture_output=True, text=True, check=True
        )
        spent, before, peak, size = json.loads(done.stdout)
        yield f"| {count}: {way} | {spent:.1f} | {before:.0f} | {peak:.0f} | {size / 1e6:.1f} |"
