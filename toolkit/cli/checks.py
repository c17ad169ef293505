"""``check``: what is wrong with each file and what to do, and the returned workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from toolkit import files
from toolkit import season as campaign
from toolkit.cli import saying
from toolkit.cli.frame import Command, PathArgument, PlaceArgument, clean, common, line, out, out_json, say, status_of
from toolkit.cli.opening import access, opening
from toolkit.cli.scaling import bar, scaling
from toolkit.cli.words import t
from toolkit.outputs import documents
from toolkit.returns import Checked
from toolkit.roster.tokens import trust_words
from toolkit.run import chain as season
from toolkit.run import replies
from toolkit.run.sources import Inputs, Place


@click.command(
    cls=Command,
    help=t(
        "审核年报文件或文件夹：逐个文件指出问题、位置和改法；加 -o 把每份年报标好问题写成退回件，另写一份审核汇总。\n\n"
        "例：nianbao check 收到的年报 --roster 名录.xlsx --last-year 2024年报 -o 退回",
        "Check files or folders: what is wrong, where, what to do. With -o every return is rebuilt with its faults "
        "marked, and a summary is written.\n\nExample: nianbao check RETURNS --roster 名录.xlsx -o REPLIES",
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
@click.option(
    "--region-level",
    type=str,
    help=t("名录未写明时各单位的层级，如 县级部门、乡镇、市。", "Level of bodies without one."),
)
@click.option(
    "-o",
    "--output",
    type=PathArgument,
    help=t("退回件和审核汇总.xlsx 写到这个文件夹。", "Folder for replies and summary."),
)
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help=t("输出格式。", "Format."))
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    help=t("到哪一级返回状态 1。", "Level of status 1."),
)
@scaling
@opening
@common
def check(
    paths: tuple[Place, ...],
    year: int | None,
    roster: Path | None,
    last_year: tuple[Place, ...],
    region_level: str | None,
    output: Path | None,
    fmt: str,
    fail_on: str,
    jobs: int | None,
    password_file: Path | None,
    key_file: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Check files and say what is wrong with each."""
    if output is not None:
        files.writable_folder(output)
    held = access(password_file, key_file)
    folder = campaign.found(paths) if _with_a_ledger(paths) else None
    if folder is None:
        with bar(quiet=quiet) as progress:
            done = season.run(
                paths,
                year=year,
                roster=roster,
                last_year=last_year,
                level=region_level,
                without=[] if output is None else [output],
                access=held,
                jobs=jobs,
                light=output is None,
                watch=progress.step,
            )
        if output is not None:
            written = replies.write_replies(done.checked, output, done.roster, held.key)
    else:
        with campaign.working(folder) as session:
            settled = campaign.settle(
                session,
                year=year,
                roster=roster,
                last_year=last_year,
                level=region_level,
                jobs=jobs,
                passwords=held.passwords,
                key=key_file,
            )
            done = settled.run
            if output is not None:
                written = campaign.reply_workbooks(session, settled, output)
        saying.season_said(session, settled, quiet=quiet)
    given, checked = done.inputs, done.checked
    if output is not None and not quiet:
        say(
            t(
                f"已写出 {len(written)} 份退回件和 {output / replies.SUMMARY}。",
                f"Wrote {len(written)} replies to {output}.",
            )
        )
    if fmt == "json":
        out_json(as_json(checked, given))
    else:
        _text(checked, given, quiet)
    return status_of([each for one in checked for each in one.findings], fail_on)


def _with_a_ledger(paths: Sequence[Place]) -> bool:
    """Tell whether one folder was given and a ledger lies in it or above it."""
    given = paths[0] if len(paths) == 1 else None
    if not isinstance(given, Path) or not given.is_dir():
        return False
    whole = given.resolve()
    return any((folder / files.LEDGER_FILE).is_file() for folder in (whole, whole.parent))


def as_json(checked: Sequence[Checked], given: Inputs) -> dict[str, Any]:
    """Return the JSON object of ``check``."""
    verdicts = [each.verdict for each in checked]
    levels = [each.severity.value for one in checked for each in one.findings]
    return {
        "schema": "nianbao.check/1",
        "files": [documents.checked_json(each) for each in checked],
        "skipped": [documents.finding_json(each) for each in given.skipped],
        "summary": {
            "files": len(checked),
            "pass": verdicts.count("pass"),
            "fail": verdicts.count("fail"),
            "unreadable": verdicts.count("unreadable"),
            "errors": levels.count("error"),
            "warnings": levels.count("warning"),
        },
    }


def _text(checked: Sequence[Checked], given: Inputs, quiet: bool) -> None:
    for one in checked:
        for each in one.findings:
            out(line(each))
    if quiet:
        return
    for each in given.skipped:
        say(line(each))
    words = {"pass": t("通过", "pass"), "fail": t("不通过", "fail"), "unreadable": t("读不了", "unreadable")}
    for one in checked:
        name = one.ret.identity.name if one.ret is not None and one.ret.identity.name else "—"
        say(clean(f"{words[one.verdict]}\t{one.file}\t{name}"))
    verdicts = [each.verdict for each in checked]
    say(
        t(
            f"共 {len(checked)} 个文件：通过 {verdicts.count('pass')}，不通过 {verdicts.count('fail')}，"
            f"读不了 {verdicts.count('unreadable')}。{trust_words(each.trust for each in checked if each.ret is not None)}",
            f"{len(checked)} files: {verdicts.count('pass')} pass, {verdicts.count('fail')} fail, "
            f"{verdicts.count('unreadable')} unreadable.",
        )
    )
