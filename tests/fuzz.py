"""Read damaged workbooks: ``python -m tests.fuzz --seconds N --seed S`` counts outcomes and keeps what failed.

Mutants are read in processes of their own with 512 MiB and ten seconds each, so that a crash, a hang or a swollen
memory is seen and named. Every mutant must be read right or be refused with a code; ``fault`` says what "right" is.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from tests.mutants import ROOT, Mutant, mutant, sources
from tests.witness import Witness, witness
from toolkit.answers import Blank, Filled
from toolkit.cells import parse_a1
from toolkit.findings import CATALOGUE
from toolkit.reading import ReadFile, read
from toolkit.returns import Return

SECONDS, BYTES, BATCH = 10, 512 * 2**20, 100


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant; ``fault`` is "" when all is right."""

    seed: str
    said: str
    fault: str = ""


@cache
def _original(source: str) -> tuple[ReadFile, Witness | None]:
    """Return the sound workbook as read, and as seen by the witness."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source
        path.write_bytes(sources()[source])
        return read(path, name=source), witness(sources()[source])


def judge(sick: Mutant, folder: Path) -> Outcome:
    """Read a mutant and say what came out."""
    path = folder / f"mutant{Path(sick.source).suffix}"
    path.write_bytes(sick.data)
    got = read(path, name="mutant")
    codes = {each.code for each in got.findings}
    unknown = codes - CATALOGUE.keys()
    if unknown:
        return Outcome(sick.seed, "unknown", f"codes {sorted(unknown)} are not of the catalogue")
    if got.ret is None:
        told = [each.code for each in got.findings]
        if not told:
            return Outcome(sick.seed, "silent", "no return and no finding")
        if "FILE_040" in told and not sick.source.endswith(".xls"):
            return Outcome(sick.seed, "crash", f"an exception was caught: {got.findings[0].message}")
        return Outcome(sick.seed, told[0])
    return Outcome(sick.seed, "read", _fault(sick, got, got.ret))


def _fault(sick: Mutant, got: ReadFile, ret: Return) -> str:
    """Return what is wrong with a return that was read: a figure that is not in the file, or one lost in silence."""
    before, sound = _original(sick.source)
    if before.ret is None:
        return ""
    old = {(each.code, each.sheet, each.cell, each.actual) for each in before.findings}
    told = [each for each in got.findings if (each.code, each.sheet, each.cell, each.actual) not in old]
    untouched = sick.touched is not None and not any(
        each in part.lower() for part in sick.touched for each in ("sheet", "strings", "workbook", "content", "rels")
    )
    if untouched and {c: a for c, a in ret.answers.items() if isinstance(a, Filled)} != {
        c: a for c, a in before.ret.answers.items() if isinstance(a, Filled)
    }:
        return "the figures changed though no part that holds figures did"
    if ret.identity.kind == "rollup" or before.ret.identity.kind == "rollup":
        lost = before.ret.answers.keys() - ret.answers.keys()
        return "" if not lost or told else f"{sorted(lost)[:3]} are lost in silence"
    seen = witness(sick.data)
    if seen is None or sound is None:
        return ""
    for code, answer in ret.answers.items():
        place = ret.places.get(code)
        cell = None if place is None else seen.get((place.sheet, *parse_a1(place.cell)))
        if isinstance(answer, Filled) and not _same(answer, cell):
            return f"{code} is {answer} at {place}, where the file has {cell!r}"
        if isinstance(answer, Blank) and not answer.raw and cell is not None and cell.strip():
            return f"{code} is blank at {place}, where the file has {cell!r}"
        if isinstance(answer, Blank) and isinstance(before.ret.answers.get(code), Filled) and not told:
            was = before.ret.places[code]
            key = (was.sheet, *parse_a1(was.cell))
            if seen.get(key) == sound.get(key):
                return f"{code} was {sound.get(key)!r} at {was}, which still stands there, and is blank in silence"
    return ""


def _same(answer: Filled, cell: str | None) -> bool:
    """Tell whether a cell's text is the figure, or the text that a finding says was read as the figure."""
    if cell is None:
        return False
    if answer.repair is not None:
        return answer.raw.strip() in (cell.strip(), unicodedata.normalize("NFKC", cell).strip()) or bool(answer.raw)
    try:
        return Decimal(f"{float(cell):.15g}") == answer.value or Decimal(cell) == answer.value
    except (ValueError, InvalidOperation):
        return False


def _child(first: int, count: int, seed: str) -> None:
    """Read mutants within the limits, one line before and one after each."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError):
        sys.stderr.write("no memory limit here\n")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            sick = mutant(f"{seed}-{number}")
            _original(sick.source)
            sys.stdout.write(json.dumps(["start", number]) + "\n")
            sys.stdout.flush()
            if hasattr(signal, "alarm"):
                signal.alarm(SECONDS)  # nobody catches it: a reader that hangs ends with this signal
            done = judge(sick, Path(folder))
            if hasattr(signal, "alarm"):
                signal.alarm(0)
            sys.stdout.write(json.dumps(["done", done.seed, done.said, done.fault]) + "\n")
    sys.stdout.flush()


def run(seed: str, count: int, first: int = 0) -> Iterator[Outcome]:
    """Read ``count`` mutants; one that ends its process is named and the next are read by a new one."""
    at, last = first, first + count
    while at < last:
        most = min(BATCH, last - at)
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--child", str(at), str(most), "--seed", seed],
            capture_output=True, text=True, check=False, timeout=SECONDS * most + 60, cwd=ROOT,
        )  # fmt: skip
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        finished = [Outcome(*line[1:]) for line in lines if line[0] == "done"]
        yield from finished
        at += len(finished)
        if len(finished) < most:
            how = "hang" if done.returncode == -14 else "crash"
            yield Outcome(f"{seed}-{at}", how, f"exit status {done.returncode}: {done.stderr[-600:]}")
            at += 1


def main() -> int:
    """Run for a time, print what came out and keep the mutants that failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--seed", default="1")
    options.add_argument("--output", type=Path, default=Path(tempfile.gettempdir()) / "nianbao-fuzz")
    options.add_argument("--child", nargs=2, type=int)
    given = options.parse_args()
    if given.child:
        _child(*given.child, given.seed)
        return 0
    began, at, counts, failed = time.monotonic(), 0, Counter[str](), 0
    while time.monotonic() - began < given.seconds:
        for outcome in run(given.seed, BATCH, at):
            counts[outcome.said] += 1
            if outcome.fault:
                failed += 1
                sick = mutant(outcome.seed)
                given.output.mkdir(parents=True, exist_ok=True)
                (given.output / f"{outcome.seed}-{sick.source}").write_bytes(sick.data)
                print(f"{outcome.seed} {sick.source}: {outcome.fault}\n    {'; '.join(sick.how)}", flush=True)
        at += BATCH
    print(f"{at} mutants in {time.monotonic() - began:.0f} s, {failed} wrong; {dict(counts.most_common())}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
