"""``merge`` and ``prove``: the county roll-up, and its proof by other means."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY, line, status_of
from toolkit.cli.parameters import PathArgument, collected, everywhere, format_option, job_options
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.cli.work import performed
from toolkit.findings import phrase
from toolkit.merging import EXCLUDED, chain_words, covered
from toolkit.outputs.contract import merge_json, proof_json
from toolkit.proving import Proof
from toolkit.returns import RollUp
from toolkit.run import Job, not_empty, verbs
from toolkit.run.continuing import continued
from toolkit.run.earlier import previous_rollup
from toolkit.run.rollup_file import Saved, save_rollup, targets

SETTLED = ("merged", "duplicate", "superseded", "not_in_rollup")
"""The states of files that nobody need do anything about."""


class Target(Struct, frozen=True):
    """What is wanted of a roll-up: where it goes, and how it is shown."""

    output: Path
    fmt: str
    sources: bool
    previous: Path | None


@click.command(
    cls=Command,
    help=t(
        "审核并汇总。有错误的年报不计入并列名；汇总表写明覆盖范围，每个数都可以追到明细和原文件。\n\n"
        "例：nianbao merge 收到的年报 --roster 名录.xlsx --region 样例县 -o 汇总.xlsx",
        "Check, then add up. Returns with errors are left out and named.\n\n"
        "Example: nianbao merge RETURNS --roster 名录.xlsx --region 样例县 -o 汇总.xlsx",
    ),
)
@job_options(
    "paths", "year", "roster", "last-year", "region", "region-code", "region-level", "as-of", "prefer",
    "include-failing", "cluster", "jobs", "password-file", "key", wanted="merge",
)  # fmt: skip
@collected(
    "target",
    Target,
    click.option("-o", "--output", required=True, type=PathArgument, help=t("汇总表文件名。", "The roll-up workbook.")),
    format_option(
        "text",
        "json",
        "parquet",
        text=t(
            "输出格式。parquet：屏幕上同 text，各单位明细写到汇总表旁边的 汇总.明细.parquet（家数太多、一本放不下时自动如此；"
            "需要 nianbao[cluster]）。",
            "Format. parquet: as text, and the bodies' rows go to a Parquet file beside the roll-up (of itself when there "
            "are too many for a workbook; extra cluster).",
        ),
    ),
    click.option(
        "--sources", is_flag=True, help=t("JSON 中列出每个数的来源。", "List the sources of each figure in JSON.")
    ),
    click.option(
        "--previous",
        type=PathArgument,
        help=t(
            "上次的汇总表；汇总表里多一张“较上次汇总的变化”，每个变了的数归到单位和文件。",
            "The last roll-up: what changed since, attributed to bodies and files.",
        ),
    ),
)
@everywhere
def merge(job: Job, target: Target, terminal: Terminal) -> int:
    """Merge returns into a roll-up."""
    as_parquet = target.fmt == "parquet"
    job = replace(job, without=targets(target.output, as_parquet=as_parquet), light=True)
    with performed(job, terminal) as work:
        last, known = target.previous, job.passwords
        rollup = continued(not_empty(work.rollup), target.output, last, as_parquet=as_parquet, passwords=known)
        previous = None if last is None else previous_rollup(last, year=rollup.year, passwords=known)
        saved = save_rollup(target.output, rollup, previous, as_parquet=as_parquet)
        work.accept()
    if target.fmt == "json":
        out_json(merge_json(rollup, saved.workbook, details=saved.details, previous=previous, sources=target.sources))
    else:
        _text(rollup)
    if not terminal.quiet:
        for finding in work.outcome.inputs.skipped:
            say(line(finding))
        _where(saved, job)
    left_out = any(state.state in EXCLUDED for state in rollup.files)
    return FAULTY if left_out else status_of(rollup.findings)


def _text(rollup: RollUp) -> None:
    for file in rollup.files:
        if file.state not in SETTLED:
            out(clean(f"{file.file} {in_language(file.words)} {in_language(file.reason)}"))
    for finding in rollup.findings:
        out(line(finding))
    for words in chain_words(rollup):
        out(clean(t(f"与上年衔接：{words}", f"continuing last year: {words.en}")))
    for what, names in covered(rollup):
        out(clean(t(f"{what}：{names}", f"{what.en}: {names.en}").rstrip("：: ")))


def _where(saved: Saved, job: Job) -> None:
    book = saved.workbook
    if saved.details is not None:
        say(t(f"各单位明细：{saved.details}（和汇总表放在一起）", f"Details: {saved.details} (keep both together)"))
    say(t(f"汇总表：{book}。下一步：nianbao prove {book} {job.paths[0]}", f"Roll-up: {book}"))


@click.command(
    cls=Command,
    help=t(
        "用另一种方法（openpyxl 读取、pandas 相加）从原始年报重新计算汇总表，逐格核对。\n\n例：nianbao prove 汇总.xlsx 收到的年报",
        "Recompute a roll-up from its sources by other means and compare every figure.\n\n"
        "Example: nianbao prove 汇总.xlsx RETURNS",
    ),
)
@click.argument("rollup", type=PathArgument, metavar=t("汇总表", "ROLLUP"))
@click.argument("paths", nargs=-1, type=PathArgument, metavar=t("[文件或文件夹...]", "[PATH...]"))
@format_option("text", "json")
@everywhere
def prove(rollup: Path, paths: tuple[Path, ...], fmt: str, terminal: Terminal) -> int:
    """Prove a roll-up from its sources."""
    proof = verbs.prove(rollup, paths)
    if fmt == "json":
        out_json(proof_json(proof))
    else:
        _proof_text(proof)
    return 0 if proof.proved else FAULTY


def _proof_text(proof: Proof) -> None:
    for difference in proof.differences:
        out(
            clean(
                t(
                    f"{difference.code} 汇总表 {difference.rollup}，重新计算 {difference.recomputed} {difference.file}",
                    f"{difference.code} roll-up {in_language(difference.rollup)}, recomputed {difference.recomputed} {difference.file}",
                )
            )
        )
    for file, reason in proof.unproved:
        out(clean(t(f"{file} 未能核对：{reason}", f"{file} not proved: {in_language(reason)}")))
    for file, reason in proof.repaired:
        out(clean(t(f"{file} 改读后核对：{reason}", f"{file} proved as read by its own rule: {in_language(reason)}")))
    for file, reason in proof.left_out:
        out(clean(t(f"{file} 未计入：{reason}", f"{file} left out: {in_language(reason)}")))
    for file in proof.not_in_rollup:
        out(clean(t(f"{file} 不在这次汇总里", f"{file} is not in this roll-up")))
    for words in proof.coverage:
        out(clean(t(f"覆盖：{words}", f"coverage: {in_language(words)}")))
    if proof.uncompared:
        out(clean(in_language(phrase("proof_uncompared", sheets="、".join(proof.uncompared)))))
    verdict = t("已证实", "proved") if proof.proved else t("未证实", "not proved")
    out(
        t(
            f"{verdict}：{proof.returns} 份年报、{proof.items} 个指标，不一致 {len(proof.differences)} 处，"
            f"未能核对 {len(proof.unproved)} 处，经调整 {len(proof.adjusted)} 处。",
            f"{verdict}: {proof.returns} returns, {proof.items} items, {len(proof.differences)} differences, "
            f"{len(proof.unproved)} not proved, {len(proof.adjusted)} adjusted.",
        )
    )
