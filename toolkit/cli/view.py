"""``read`` and ``diff``: what is in a return, value by value, and what changed between two."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from toolkit.cli.frame import Command
from toolkit.cli.lines import line, status_of
from toolkit.cli.parameters import PathArgument, everywhere, format_option, job_options
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.files import replaced, writable_file
from toolkit.findings import fault
from toolkit.outputs import contract, exports
from toolkit.outputs.alterations import alteration_line
from toolkit.outputs.plain import json_bytes
from toolkit.run import Job, run, verbs


@click.command(
    cls=Command,
    help=t(
        "逐格列出年报里填了什么：数值、原样、位置、是否空白或读不懂。\n\n例：nianbao read 财政局.xlsx --format csv -o 财政局.csv",
        "List what is in returns, value by value.\n\nExample: nianbao read 财政局.xlsx --format json",
    ),
)
@job_options("files", wanted="read")
@format_option("json", "csv", "xlsx", "parquet")
@click.option("-o", "--output", type=PathArgument, help=t("写到文件；xlsx 和 parquet 必须写文件。", "Write to a file."))
@everywhere
def read(job: Job, fmt: str, output: Path | None, terminal: Terminal) -> int:
    """List the values of returns."""
    if output is not None:
        writable_file(output)
        job = replace(job, without=(output,))
    readings = run(job).readings
    empty = [file for file in readings if file.ret is None]
    if len(empty) == len(readings):
        for file in empty:
            for finding in file.findings:
                say(line(finding.at(file=file.file)))
        raise fault("NO_RETURN_READ")
    if output is None and fmt in ("xlsx", "parquet"):
        raise fault("OUTPUT_UNNAMED", format=fmt)
    data = json_bytes(contract.read_json(readings)) if fmt == "json" else exports.WRITERS[fmt](readings)
    if output is not None:
        saved = replaced(output, data)
        terminal.hint(t(f"已写出 {saved}。", f"Wrote {saved}."))
    else:
        click.echo(data, nl=False)
    return status_of(finding for file in empty for finding in file.findings)


@click.command(
    cls=Command,
    help=t(
        "比较两份年报或汇总表，逐格列出改动。例：nianbao diff 第一稿.xlsx 第二稿.xlsx",
        "Compare two returns or roll-ups.",
    ),
)
@click.argument("old", type=PathArgument, metavar=t("旧表", "OLD"))
@click.argument("new", type=PathArgument, metavar=t("新表", "NEW"))
@format_option("text", "json")
@everywhere
def diff(old: Path, new: Path, fmt: str, terminal: Terminal) -> int:
    """Compare two returns."""
    revision = verbs.diff(old, new)
    if fmt == "json":
        out_json(contract.diff_json(revision))
        return 0
    for change in revision.changes:
        out(clean(alteration_line(change)))
    for word, findings in (
        (t("已改正", "mended"), revision.mended),
        (t("新出现", "new"), revision.new_findings),
        (t("仍存在", "standing"), revision.standing),
    ):
        for finding in findings:
            out(f"{word} {line(finding)}")
    terminal.hint(t(f"共 {len(revision.changes)} 处改动。", f"{len(revision.changes)} changes."))
    return 0
