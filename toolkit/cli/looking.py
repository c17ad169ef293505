"""``read`` and ``diff``: what is in a return, value by value, and what changed between two."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.frame import Command, PathArgument, clean, common, line, out, out_json, say, status_of
from toolkit.cli.words import t
from toolkit.errors import ToolkitError
from toolkit.files import replaced, writable_file
from toolkit.outputs import documents
from toolkit.run import chain as season
from toolkit.run import sources


@click.command(
    cls=Command,
    help=t(
        "逐格列出年报里填了什么：数值、原样、位置、是否空白或读不懂。\n\n例：nianbao read 财政局.xlsx --format csv -o 财政局.csv",
        "List what is in returns, value by value.\n\nExample: nianbao read 财政局.xlsx --format json",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=PathArgument, metavar=t("文件...", "FILE..."))
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["json", "csv", "xlsx", "parquet"]),
    default="json",
    help=t("输出格式。", "Format."),
)
@click.option("-o", "--output", type=PathArgument, help=t("写到文件；xlsx 和 parquet 必须写文件。", "Write to a file."))
@common
def read(paths: tuple[Path, ...], fmt: str, output: Path | None, lang: str, debug: bool, quiet: bool) -> int:
    """List the values of returns."""
    if output is not None:
        writable_file(output)
    given = sources.inputs(paths, without=[output] if output is not None else [])
    readings = season.read_all(given)
    if not any(each.ret is not None for each in readings):
        for each in readings:
            for one in each.findings:
                say(line(one.at(file=each.file)))
        raise ToolkitError(t("没有读到任何年报。", "No return could be read."))
    if output is None and fmt in ("xlsx", "parquet"):
        raise ToolkitError(t(f"{fmt} 格式须用 -o 指定文件。", f"{fmt} needs -o FILE."))
    data = documents.read_bytes(readings, fmt)
    if output is not None:
        saved = replaced(output, data)
        if not quiet:
            say(t(f"已写出 {saved}。", f"Wrote {saved}."))
    else:
        click.echo(data, nl=False)
    return status_of([each for one in readings for each in one.findings if one.ret is None], "error")


@click.command(
    cls=Command,
    help=t(
        "比较两份年报或汇总表，逐格列出改动。例：nianbao diff 第一稿.xlsx 第二稿.xlsx",
        "Compare two returns or roll-ups.",
    ),
)
@click.argument("old", type=PathArgument, metavar=t("旧表", "OLD"))
@click.argument("new", type=PathArgument, metavar=t("新表", "NEW"))
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help=t("输出格式。", "Format."))
@common
def diff(old: Path, new: Path, fmt: str, lang: str, debug: bool, quiet: bool) -> int:
    """Compare two returns."""
    revision = season.revise_files(old, new)
    if fmt == "json":
        out_json(documents.diff_json(revision))
        return 0
    for each in revision.changes:
        out(clean(documents.change_line(each)))
    for word, findings in (
        (t("已改正", "mended"), revision.mended),
        (t("新出现", "new"), revision.new_findings),
        (t("仍存在", "standing"), revision.standing),
    ):
        for one in findings:
            out(f"{word} {line(one)}")
    if not quiet:
        say(t(f"共 {len(revision.changes)} 处改动。", f"{len(revision.changes)} changes."))
    return 0
