"""The roll-up workbook of many bodies, against pandas writing the frame of their figures; each in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

OURS, FRAME = "nianbao: the whole roll-up workbook", "pandas.to_excel (xlsxwriter): the figures alone"
_MEASURED = """
import json, resource, sys, time
from tests.bench.rollups import made
write = made(sys.argv[1], int(sys.argv[2]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.process_time()
size = write()
spent = time.process_time() - begun
print(json.dumps([spent, before / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size]))
"""


def made(way: str, count: int):  # type: ignore[no-untyped-def]
    """Return what writes ``count`` bodies one way; everything before the writing is done."""
    from tests.samples import sound
    from toolkit import merging
    from toolkit.answers import Filled
    from toolkit.forms import load_form
    from toolkit.returns import Checked, Identity, Return
    from toolkit.rollup import write_rollup
    from toolkit.roster import check_character

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
    rollup = merging.merge(
        checked, form=form, year=2025, roster=None, region="样例县", region_code="", region_level="县",
        as_of="2026-02-06", prefer_newest=False, include_failing={},
    )  # fmt: skip
    return lambda: len(write_rollup(rollup))


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure 10,000 bodies (``smoke``: 300) and yield a Markdown table."""
    count = 300 if smoke else 10_000
    yield f"| {count} bodies × 170 items | CPU s | MiB before | peak MiB | file, MB |"
    yield "|---|---|---|---|---|"
    for way in (OURS, FRAME):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, way, str(count)], capture_output=True, text=True, check=True
        )
        spent, before, peak, size = json.loads(done.stdout)
        yield f"| {way} | {spent:.1f} | {before:.0f} | {peak:.0f} | {size / 1e6:.1f} |"
