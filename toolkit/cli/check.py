"""``check``: what is wrong with each file and what to do, and the returned workbooks."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from toolkit import files
from toolkit.cli.frame import Command
from toolkit.cli.lines import line, status_of
from toolkit.cli.parameters import PathArgument, everywhere, format_option, job_options
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.cli.work import performed
from toolkit.outputs.contract import check_json
from toolkit.returns.file_states import VERDICTS
from toolkit.returns.status import own_lines
from toolkit.roster.tokens import trust_words
from toolkit.run import Job, Outcome
from toolkit.run.job import SUMMARY_FILE


@click.command(
    cls=Command,
    help=t(
        "审核年报文件或文件夹：逐个文件指出问题、位置和改法；加 -o 把每份年报标好问题写成退回件，另写一份审核汇总。\n\n"
        "例：nianbao check 收到的年报 --roster 名录.xlsx --last-year 2024年报 -o 退回",
        "Check files or folders: what is wrong, where, what to do. With -o every return is rebuilt with its faults "
        "marked, and a summary is written.\n\nExample: nianbao check RETURNS --roster 名录.xlsx -o REPLIES",
    ),
)
@job_options("paths", "year", "roster", "last-year", "level", "jobs", "password-file", "key")
@click.option(
    "-o",
    "--output",
    type=PathArgument,
    help=t("退回件和审核汇总.xlsx 写到这个文件夹。", "Folder for replies and summary."),
)
@format_option("text", "json")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    help=t("到哪一级返回状态 1。", "Level of status 1."),
)
@everywhere
def check(job: Job, output: Path | None, fmt: str, fail_on: str, terminal: Terminal) -> int:
    """Check files and say what is wrong with each."""
    if output is not None:
        files.writable_folder(output)
    job = replace(job, without=() if output is None else (output,), light=output is None)
    with performed(job, terminal) as work:
        outcome = work.outcome
        if output is not None:
            written = work.write_replies(output)
            terminal.hint(
                t(f"已写出 {written} 份退回件和 {output / SUMMARY_FILE}。", f"Wrote {written} replies to {output}.")
            )
    if fmt == "json":
        out_json(check_json(outcome.checked, outcome.inputs.skipped, outcome.year, outcome.notes))
    else:
        _text(outcome, terminal)
    judged = (finding for file in outcome.checked for finding in file.findings)
    return status_of((*judged, *outcome.notes), fail_on)


def _text(outcome: Outcome, terminal: Terminal) -> None:
    checked = outcome.checked
    for file in checked:
        for finding in own_lines(file.findings):
            out(line(finding))
    for finding in outcome.notes:
        out(line(finding))
    if terminal.quiet:
        return
    for finding in outcome.inputs.skipped:
        say(line(finding))
    for file in checked:
        name = file.ret.identity.name if file.ret is not None and file.ret.identity.name else "—"
        verdict, sentence = VERDICTS[file.verdict], file.status.sentence
        say(clean(t(f"{verdict} {file.file} {name}：{sentence}", f"{verdict.en} {file.file} {name}: {sentence.en}")))
    verdicts = [file.verdict for file in checked]
    tokens = in_language(trust_words(file.trust for file in checked if file.ret is not None))
    say(
        t(
            f"共 {len(checked)} 个文件：通过 {verdicts.count('pass')}，不通过 {verdicts.count('fail')}，"
            f"读不了 {verdicts.count('unreadable')}。",
            f"{len(checked)} files: {verdicts.count('pass')} pass, {verdicts.count('fail')} fail, "
            f"{verdicts.count('unreadable')} unreadable. ",
        )
        + tokens
    )
