"""The whole season on the shipped sample county: template, check, merge, prove, into one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from toolkit.files import made_folder, replaced, writable_folder
from toolkit.findings import Wording, fault, phrase
from toolkit.merging import coverage
from toolkit.proving import Proof
from toolkit.returns import Checked, Region, RollUp
from toolkit.run import verbs
from toolkit.run.chain import run
from toolkit.run.job import Job
from toolkit.run.reply_folder import write_replies
from toolkit.workbook.rollup import write_rollup

YEAR = 2025
COUNTY = "样例县"
REAL = "真实-2019"
AS_OF = "2026-02-06"
"""The demonstration has its own date, so that it writes the same files every day."""


class Shown(Struct, frozen=True):
    """What the demonstration did."""

    folder: Path
    checked: tuple[Checked, ...]
    rollup: RollUp
    proof: Proof
    real: tuple[Checked, ...]


def samples() -> Path:
    """Return the folder of the shipped samples: in the installed package, else in the checkout."""
    here = Path(__file__).parent.parent
    for folder in (here / "filled", here.parent / "filled"):
        if (folder / COUNTY).is_dir():
            return folder
    raise fault("SAMPLES_MISSING")


def demonstrate(folder: Path, say: Callable[[Wording], None]) -> Shown:
    """Run the season on the sample county into a folder; ``say`` is told each step in one line."""
    source = samples()
    county = source / COUNTY
    made_folder(writable_folder(folder))
    blanks = folder / "1-下发的空白表"
    written = verbs.template(YEAR + 1, blanks, roster=county / "名录.xlsx", last_year=county / str(YEAR))
    say(phrase("demo_issued", year=YEAR + 1, count=len(written), folder=blanks))

    this_year = county / str(YEAR)
    job = Job(
        (this_year,), "merge", YEAR, county / "名录.xlsx", (county / str(YEAR - 1),), region=Region(COUNTY), as_of=AS_OF
    )
    outcome = run(job)
    checked, rollup = outcome.checked, outcome.rollup
    assert rollup is not None, "merging was wanted"
    replies = write_replies(checked, folder / "2-退回件", outcome.roster, None, outcome.year, outcome.last_year)
    failing = sum(1 for file in checked if file.verdict == "fail")
    say(phrase("demo_checked", files=len(checked), failing=failing, replies=len(replies), folder=folder / "2-退回件"))

    target = replaced(folder / "3-汇总.xlsx", write_rollup(rollup))
    say(phrase("demo_merged", coverage=coverage(rollup), file=target))

    proof = verbs.prove(target, this_year)
    left = Wording.some([phrase("proof_left_out", state=file, reason=why) for file, why in proof.unproved])
    done = {"returns": proof.returns, "items": proof.items, "count": len(proof.differences)}
    say(phrase("demo_proved" if proof.proved else "demo_unproved", left=left, **done))

    real = run(Job((source / REAL,))).checked
    say(phrase("demo_real", count=len(real[0].findings), folder=source / REAL))
    return Shown(folder, checked, rollup, proof, real)
