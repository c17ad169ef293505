"""``init`` and ``ledger``: a season in one folder, with the ledger and the coordinator's worklist."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from toolkit import season as campaign
from toolkit.cli.frame import FOUND, Command, PathArgument, clean, common, line, out, out_json, say
from toolkit.cli.opening import access, opening
from toolkit.cli.saying import season_said
from toolkit.cli.words import t
from toolkit.findings import Severity
from toolkit.mail import SAMPLE
from toolkit.merging import coverage, coverage_json
from toolkit.outputs import documents
from toolkit.returns import BODY_STATES, FILE_STATES


@click.command(
    cls=Command,
    help=t(
        "开始一季工作：建好文件夹（收件、退回、发件箱）、名录、邮箱设置和台账；已有的都保留，再次运行可改设置。\n\n"
        "例：nianbao init 2025年报 --year 2025 --region 样例县 --roster 名录.xlsx --deadline 2026-01-31",
        "Begin a season: folders, roster, mail settings and ledger. What is there is kept; run again to change settings."
        "\n\nExample: nianbao init 2025年报 --year 2025 --region 样例县 --roster 名录.xlsx",
    ),
)
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@click.option("--year", type=int, help=t("报告年度；开始时必填。", "Report year; needed to begin."))
@click.option("--region", default="", help=t("地区名称，如 样例县。", "Name of the region."))
@click.option("--region-code", default="", help=t("汇总单位的统一社会信用代码。", "Code of the region's body."))
@click.option("--region-level", default="", help=t("地区的层级，默认 县。", "Level of the region."))
@click.option("--deadline", default="", help=t("报送截止日期，如 2026-01-31。", "Deadline for the bodies."))
@click.option("--office", default="", help=t("经办科室的名称，写在信上。", "Name of the office, for letters."))
@click.option("--contact", default="", help=t("联系人和电话，写在信上。", "Whom to ask, for letters."))
@click.option("--roster", type=PathArgument, help=t("单位名录，复制到文件夹里。", "Roster, copied into the folder."))
@click.option("--last-year", type=PathArgument, help=t("上一年度的年报文件夹或汇总表。", "Last year's returns."))
@common
def init(
    folder: Path,
    year: int | None,
    roster: Path | None,
    last_year: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
    **texts: str,
) -> int:
    """Begin a season or change its settings."""
    given = dict(texts)
    if year is not None:
        given["year"] = str(year)
    if last_year is not None:
        given["last_year"] = str(last_year.resolve())
    begun = campaign.initiate(folder, given, roster=roster, mail=SAMPLE)
    out(str(begun.path))
    if not quiet:
        say(
            t(
                f"把收到的附件放进 {begun.inbox}，再运行 nianbao ledger {folder}。",
                f"Put what arrives into {begun.inbox}, then run nianbao ledger {folder}.",
            )
        )
    return 0


@click.command(
    cls=Command,
    help=t(
        "登记收到的文件，读入台账.xlsx 上的决定，更新每个文件、每个单位的状态，重写台账.xlsx。\n\n例：nianbao ledger 2025年报",
        "Register what arrived, read the decisions on 台账.xlsx, bring every state up to date and write the worklist anew."
        "\n\nExample: nianbao ledger 2025年报",
    ),
)
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=t("日期，默认今天。", "Date; today."))
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "sql"]),
    default="text",
    help=t("输出格式；sql 是整本台账的文本。", "Format; sql is the whole ledger as text."),
)
@opening
@common
def ledger(
    folder: Path,
    as_of: datetime.datetime | None,
    fmt: str,
    password_file: Path | None,
    key_file: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Bring a season's ledger up to date."""
    held = access(password_file, key_file)
    with campaign.working(campaign.at(folder)) as session:
        day = "" if as_of is None else as_of.date().isoformat()
        settled = campaign.settle(session, passwords=held.passwords, key=key_file, as_of=day)
        dump = session.ledger.dump() if fmt == "sql" else ""
    if fmt == "json":
        out_json(_json(settled, session))
    elif fmt == "sql":
        out(dump)
    else:
        _text(settled)
    season_said(session, settled, quiet=quiet)
    return FOUND if any(each.severity is Severity.ERROR for each in session.findings) else 0


def _json(settled: campaign.Settled, session: campaign.Session) -> dict[str, Any]:
    rollup = settled.rollup
    return {
        "schema": "nianbao.ledger/1",
        "year": rollup.year,
        "region": rollup.region,
        "bodies": [
            {
                "code": each.code,
                "name": each.name,
                "state": each.state,
                "in_rollup": each.in_rollup,
                "files": list(each.files),
            }
            for each in rollup.bodies
        ],
        "files": [
            {
                "file": each.file,
                "sha256": each.sha256,
                "state": each.state,
                "code": each.code,
                "name": each.name,
                "reason": each.reason,
            }
            for each in rollup.files
        ],
        "coverage": coverage_json(rollup),
        "findings": [documents.finding_json(each) for each in (*session.findings, *rollup.findings, *settled.notes)],
        "desk": str(settled.worklist),
    }


def _text(settled: campaign.Settled) -> None:
    rollup = settled.rollup
    for body in rollup.bodies:
        if body.state != "not_expected":
            out(clean(f"{BODY_STATES[body.state]}\t{body.name or body.code}\t{'、'.join(body.files)}"))
    for file in rollup.files:
        if file.state not in ("merged", "duplicate", "superseded", "not_in_rollup"):
            out(clean(f"{file.file} {FILE_STATES[file.state]} {file.reason}"))
    for each in (*rollup.findings, *settled.notes):
        out(line(each))
    out(clean(coverage(rollup)))
