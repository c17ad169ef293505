"""``publish``: the official report of a return or a roll-up, as Word document or web page."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.frame import Command
from toolkit.cli.lines import line, status_of
from toolkit.cli.parameters import PathArgument, collected, everywhere, job_options
from toolkit.cli.printing import say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.returns import Checked
from toolkit.run import Job, publication
from toolkit.run.publication import Content


@click.command(
    cls=Command,
    help=t(
        "由填好的年报或汇总表生成正式报告：六个部分、三张表，Word 文档（.docx）或网页（.html）。先审核，有错误的不生成；加 --draft 可先看样稿。\n\n"
        "例：nianbao publish 财政局2025年报.xlsx -o 财政局2025年报.docx",
        "Write the official report of a return or a roll-up as .docx or .html. It is checked first; with errors nothing "
        "is written unless --draft.\n\nExample: nianbao publish 财政局.xlsx -o 财政局.docx",
    ),
)
@job_options("file", "last-year", "roster", "level")
@click.option(
    "-o",
    "--output",
    required=True,
    type=PathArgument,
    help=t("写到这个文件，以 .docx 或 .html 结尾。", "Write to this file, .docx or .html."),
)
@collected(
    "content",
    Content,
    click.option(
        "--draft",
        is_flag=True,
        help=t(
            "样稿：有错误也生成，每页带“草稿”水印，文前列出未办结事项。", "A watermarked draft with its open points."
        ),
    ),
    click.option(
        "--annex",
        is_flag=True,
        help=t("附上与上年对比的表，需要 --last-year。", "Add the comparison with last year (needs --last-year)."),
    ),
    click.option(
        "--coverage",
        is_flag=True,
        help=t("汇总表：附上汇总了哪些单位；不写则不公开。", "Of a roll-up: add the bodies that it covers."),
    ),
    click.option(
        "--sentences",
        is_flag=True,
        help=t(
            "第一部分开头写入由表格数据生成的句子（文中已有的不重复）。",
            "Open chapter 一 with the sentences that the tables fill.",
        ),
    ),
)
@everywhere
def publish(job: Job, output: Path, content: Content, terminal: Terminal) -> int:
    """Check a return and write its report."""
    saved, checked = publication.publish(job, output, content)
    if not terminal.quiet:
        _open_points(checked, content.draft)
    terminal.hint(t(f"已写出 {saved}。", f"Wrote {saved}."))
    return status_of(checked.findings)


def _open_points(checked: Checked, draft: bool) -> None:
    """Name the warnings that go out unexplained; a draft lists them itself."""
    points = [finding for finding in checked.findings if finding.weighs]
    if not draft:
        for finding in points:
            say(line(finding))
    elif points:
        say(t(f"草稿：{len(points)} 处未办结，列在文前。", f"Draft: {len(points)} open points, listed on top."))
