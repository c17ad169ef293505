"""Start-up: ``nianbao --help`` against an empty Python, ``nianbao check ONE`` against a script that only reads the file.

Whole processes, taken in turns; the clock and the CPU of each with all that it starts. The script is click and
openpyxl: it loads the workbook once and goes over the cells of every sheet, no more. Both have their modules compiled,
as an installed package has.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.bench.material import FORM
from tests.samples import BODIES, sound, workbook

SCRIPT = """
import click
import openpyxl

@click.command()
@click.argument("path")
def main(path):
    book = openpyxl.load_workbook(path)
    click.echo(sum(1 for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None))

main()
"""

COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def spent(command: Sequence[str]) -> tuple[float, float]:
    """Run a command and return its seconds on the clock and of CPU."""
    used, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=COMPILED)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def lines(*, smoke: bool) -> Iterator[str]:
    """Measure whole processes in turns (25 rounds; ``smoke``: 3) and yield a Markdown table."""
    with tempfile.TemporaryDirectory() as made:
        one, script = Path(made) / "one.xlsx", Path(made) / "script.py"
        one.write_bytes(workbook(FORM, 2025, BODIES[0], sound(FORM, 0, 20, None)))
        script.write_text(SCRIPT, encoding="utf-8")
        commands = {
            "python -c pass": (sys.executable, "-c", "pass"),
            "nianbao --help": (sys.executable, "-m", "toolkit", "--help"),
            "click + openpyxl, only read": (sys.executable, str(script), str(one)),
            "nianbao check ONE": (sys.executable, "-m", "toolkit", "check", str(one)),
        }
        for command in commands.values():  # the first run compiles
            spent(command)
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(3 if smoke else 25):
            for name, command in commands.items():
                costs[name].append(spent(command))
    names = list(commands)
    bases = {names[0]: names[0], names[1]: names[0], names[2]: names[2], names[3]: names[2]}
    yield "| process | wall ms | CPU ms | against | wall | CPU |"
    yield "|---|---|---|---|---|---|"
    for name, each in costs.items():
        wall, cpu = (median(one[at] for one in each) for at in (0, 1))
        other = costs[bases[name]]
        against = [median(one[at] for one in other) for at in (0, 1)]
        yield (
            f"| {name} | {1000 * wall:.0f} | {1000 * cpu:.0f} | {bases[name]} | {wall / against[0]:.2f}× "
            f"| {cpu / against[1]:.2f}× |"
        )
