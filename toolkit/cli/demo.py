"""``demo``: the whole season on the shipped sample county."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY
from toolkit.cli.parameters import PathArgument, everywhere
from toolkit.cli.printing import out
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.run.demonstration import demonstrate


@click.command(
    cls=Command,
    help=t(
        "用随附的样例县演示全过程：下发、审核、退回、汇总、核对，结果写进一个文件夹。\n\n例：nianbao demo -o 演示",
        "Run the whole season on the shipped sample county into a folder.\n\nExample: nianbao demo -o DEMO",
    ),
)
@click.option(
    "-o", "--output", type=PathArgument, default="nianbao-demo", help=t("写到这个文件夹。", "Folder to write to.")
)
@everywhere
def demo(output: Path, terminal: Terminal) -> int:
    """Run the demonstration."""
    shown = demonstrate(output, lambda step: out(in_language(step)))
    out(
        t(
            f"请打开：{output / '3-汇总.xlsx'}（汇总表）、{output / '2-退回件' / '审核汇总.xlsx'}（每个文件的问题），"
            f"以及 {output / '2-退回件'} 里任意一份退回件。",
            f"Open {output / '3-汇总.xlsx'}, then {output / '2-退回件' / '审核汇总.xlsx'}.",
        )
    )
    return FAULTY if shown.proof.differences else 0
