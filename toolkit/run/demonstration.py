"""The whole season on the shipped sample county: template, check, merge, prove, into one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from toolkit.files import made_folder, replaced, writable_folder
from toolkit.findings import fault
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


def demonstrate(folder: Path, say: Callable[[str], None]) -> Shown:
    """Run the season on the sample county into a folder; ``say`` is told each step in one line."""
    source = samples()
    county = source / COUNTY
    made_folder(writable_folder(folder))
    blanks = folder / "1-下发的空白表"
    written = verbs.template(YEAR + 1, blanks, roster=county / "名录.xlsx", last_year=county / str(YEAR))
    say(f"1. 下发：{YEAR + 1} 年度空白表 {len(written)} 份，已按上一年度预填 → {blanks}")

    this_year = county / str(YEAR)
    job = Job(
        (this_year,), "merge", YEAR, county / "名录.xlsx", (county / str(YEAR - 1),), region=Region(COUNTY), as_of=AS_OF
    )
    outcome = run(job)
    checked, rollup = outcome.checked, outcome.rollup
    assert rollup is not None, "merging was wanted"
    replies = write_replies(checked, folder / "2-退回件", outcome.roster, None, outcome.year, outcome.last_year)
    failing = sum(1 for file in checked if file.verdict == "fail")
    say(
        f"2. 审核：{len(checked)} 个文件，{failing} 个有错误；退回件 {len(replies)} 份和审核汇总 → {folder / '2-退回件'}"
    )

    target = replaced(folder / "3-汇总.xlsx", write_rollup(rollup))
    say(f"3. 汇总：{coverage(rollup)} → {target}")

    proof = verbs.prove(target, this_year)
    verdict = "已证实" if proof.proved else "未全部证实"
    left = "".join(f"；{file}：{reason}" for file, reason in proof.unproved)
    say(
        f"4. 核对：另用 openpyxl 和 pandas 重新计算 {proof.returns} 份年报的 {proof.items} 个指标，"
        f"{len(proof.differences)} 处不一致，{verdict}{left}"
    )

    real = run(Job((source / REAL,))).checked
    say(f"5. 一份真实的 2019 年年报：{len(real[0].findings)} 条审核意见，用 nianbao check {source / REAL} 查看。")
    return Shown(folder, checked, rollup, proof, real)
