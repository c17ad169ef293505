"""``merge`` and ``prove``: the county roll-up, and its proof by other means."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from toolkit import season as campaign
from toolkit.cli.frame import FOUND, Command, PathArgument, PlaceArgument, clean, common, line, out, out_json, say
from toolkit.cli.opening import access, opening
from toolkit.cli.saying import season_said
from toolkit.cli.scaling import bar, scaling
from toolkit.cli.words import t
from toolkit.errors import ToolkitError
from toolkit.files import writable_file
from toolkit.findings import Severity
from toolkit.merging import EXCLUDED, coverage
from toolkit.outputs import documents
from toolkit.returns import FILE_STATES
from toolkit.run import chain as season
from toolkit.run.earlier import previous_rollup
from toolkit.run.rollup_file import save_rollup
from toolkit.run.sources import Place
from toolkit.scale import parquet


def _reasons(pairs: tuple[str, ...]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for pair in pairs:
        code, sign, reason = pair.partition("=")
        if not sign or not reason.strip():
            raise ToolkitError(
                t(f"--include-failing {pair} 没有写理由。", f"--include-failing {pair} has no reason."),
                t("写法：--include-failing 统一社会信用代码=理由。", "Write CODE=REASON."),
            )
        reasons[code.strip()] = reason.strip()
    return reasons


@click.command(
    cls=Command,
    help=t(
        "审核并汇总。有错误的年报不计入并列名；汇总表写明覆盖范围，每个数都可以追到明细和原文件。\n\n"
        "例：nianbao merge 收到的年报 --roster 名录.xlsx --region 样例县 -o 汇总.xlsx",
        "Check, then add up. Returns with errors are left out and named.\n\n"
        "Example: nianbao merge RETURNS --roster 名录.xlsx --region 样例县 -o 汇总.xlsx",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=PlaceArgument, metavar=t("文件或文件夹...", "PATH..."))
@click.option("--year", type=int, help=t("报告年度；不写时取各文件共同写明的年度。", "Report year."))
@click.option("--roster", type=PathArgument, help=t("单位名录（xlsx 或 csv）。", "Roster (xlsx or csv)."))
@click.option(
    "--last-year",
    multiple=True,
    type=PlaceArgument,
    help=t("上一年度的年报、文件夹或汇总表。", "Last year's returns or roll-up."),
)
@click.option("--region", default="", help=t("汇总地区名称，如 样例县。", "Name of the region."))
@click.option("--region-code", default="", help=t("汇总单位的统一社会信用代码。", "Code of the region's body."))
@click.option("--region-level", default="", help=t("汇总地区的层级，默认 县。", "Level of the region."))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help=t("汇总日期，默认今天。", "Date of the roll-up; today.")
)
@click.option(
    "--prefer",
    type=click.Choice(["newest"]),
    help=t("一个单位有两份不同的表时取较新的一份。", "Take the newest of two versions."),
)
@click.option(
    "--include-failing",
    multiple=True,
    metavar="CODE=REASON",
    help=t("仍计入有错误的某单位，须写理由。", "Merge a failing return."),
)
@click.option(
    "--sources", is_flag=True, help=t("JSON 中列出每个数的来源。", "List the sources of each figure in JSON.")
)
@click.option("-o", "--output", required=True, type=PathArgument, help=t("汇总表文件名。", "The roll-up workbook."))
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "parquet"]),
    default="text",
    help=t(
        "输出格式。parquet：屏幕上同 text，各单位明细写到汇总表旁边的 汇总.明细.parquet（家数太多、一本放不下时自动如此；"
        "需要 nianbao[cluster]）。",
        "Format. parquet: as text, and the bodies' rows go to a Parquet file beside the roll-up (of itself when there "
        "are too many for a workbook; extra cluster).",
    ),
)
@click.option(
    "--previous",
    type=PathArgument,
    help=t(
        "上次的汇总表；汇总表里多一张“较上次汇总的变化”，每个变了的数归到单位和文件。",
        "The last roll-up: what changed since, attributed to bodies and files.",
    ),
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help=t(
        "在 Dask 集群上读取和审核，如 tcp://主机:8786（需要 nianbao[cluster]）。",
        "Read and check on a Dask cluster, e.g. tcp://host:8786 (extra cluster).",
    ),
)
@scaling
@opening
@common
def merge(
    paths: tuple[Place, ...],
    year: int | None,
    roster: Path | None,
    last_year: tuple[Place, ...],
    region: str,
    region_code: str,
    region_level: str,
    as_of: datetime.datetime | None,
    prefer: str | None,
    include_failing: tuple[str, ...],
    sources: bool,
    output: Path,
    fmt: str,
    previous: Path | None,
    cluster: str | None,
    jobs: int | None,
    password_file: Path | None,
    key_file: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Merge returns into a roll-up."""
    reasons = _reasons(include_failing)
    writable_file(output)
    details = parquet.beside(output)
    if fmt == "parquet":
        parquet.needed()
        writable_file(details)
    held = access(password_file, key_file)
    day = (as_of.date() if as_of is not None else datetime.date.today()).isoformat()
    folder = campaign.found(paths)
    if folder is None:
        with bar(quiet=quiet) as progress:
            done = season.run(
                paths,
                year=year,
                roster=roster,
                last_year=last_year,
                without=[output, details],
                year_needed=True,
                access=held,
                jobs=jobs,
                light=True,
                cluster=cluster,
                watch=progress.step,
            )
        rollup = season.merge_all(
            done,
            region=region,
            region_code=region_code,
            region_level=region_level or "县",
            as_of=day,
            prefer_newest=prefer == "newest",
            include_failing=reasons,
        )
        before = None if previous is None else previous_rollup(previous, year=rollup.year)
        saved = save_rollup(output, rollup, before, as_parquet=fmt == "parquet")
    else:
        with campaign.working(folder) as session:
            settled = campaign.settle(
                session,
                year=year,
                roster=roster,
                last_year=last_year,
                jobs=jobs,
                cluster=cluster,
                passwords=held.passwords,
                key=key_file,
                region=region,
                region_code=region_code,
                region_level=region_level,
                as_of=day,
                prefer_newest=prefer == "newest",
                include_failing=reasons,
            )
            done, rollup = settled.run, season.not_empty(settled.rollup)
            before = None if previous is None else previous_rollup(previous, year=rollup.year)
            saved = save_rollup(output, rollup, before, as_parquet=fmt == "parquet")
            campaign.accept(session, rollup)
        season_said(session, settled, quiet=quiet)
    if fmt == "json":
        beside = None if saved.details is None else str(saved.details)
        out_json(documents.merge_json(rollup, str(saved.workbook), sources=sources, previous=before, details=beside))
    else:
        for state in rollup.files:
            if state.state not in ("merged", "duplicate", "superseded", "not_in_rollup"):
                out(clean(f"{state.file} {FILE_STATES[state.state]} {state.reason}"))
        for each in rollup.findings:
            out(line(each))
        out(clean(coverage(rollup)))
    if not quiet:
        for each in done.inputs.skipped:
            say(line(each))
        book = saved.workbook
        if saved.details is not None:
            say(t(f"各单位明细：{saved.details}（和汇总表放在一起）", f"Details: {saved.details} (keep both together)"))
        say(t(f"汇总表：{book}。下一步：nianbao prove {book} {paths[0]}", f"Roll-up: {book}"))
    left_out = any(state.state in EXCLUDED for state in rollup.files)
    return FOUND if left_out or any(each.severity is Severity.ERROR for each in rollup.findings) else 0


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
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help=t("输出格式。", "Format."))
@common
def prove(rollup: Path, paths: tuple[Path, ...], fmt: str, lang: str, debug: bool, quiet: bool) -> int:
    """Prove a roll-up from its sources."""
    proof = season.prove_all(rollup, paths)
    if fmt == "json":
        out_json(documents.proof_json(proof))
    else:
        for difference in proof.differences:
            out(
                clean(
                    t(
                        f"{difference.code} 汇总表 {difference.rollup}，重新计算 {difference.recomputed} {difference.file}",
                        f"{difference.code} roll-up {difference.rollup}, recomputed {difference.recomputed} {difference.file}",
                    )
                )
            )
        for file, reason in proof.unproved:
            out(clean(t(f"{file} 未能核对：{reason}", f"{file} not proved: {reason}")))
        verdict = t("已证实", "proved") if proof.proved else t("未证实", "not proved")
        out(
            t(
                f"{verdict}：{proof.returns} 份年报、{proof.items} 个指标，不一致 {len(proof.differences)} 处，"
                f"未能核对 {len(proof.unproved)} 个文件，经调整 {len(proof.adjusted)} 处。",
                f"{verdict}: {proof.returns} returns, {proof.items} items, {len(proof.differences)} differences, "
                f"{len(proof.unproved)} files not proved, {len(proof.adjusted)} adjusted.",
            )
        )
    return 0 if proof.proved else FOUND
