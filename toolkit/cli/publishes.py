"""``publish``: the official report of a return or a roll-up, as Word document or web page."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.frame import Command, PathArgument, common, line, say, status_of
from toolkit.cli.words import t
from toolkit.files import replaced
from toolkit.returns import Checked
from toolkit.run import publication


@click.command(
    cls=Command,
    help=t(
        "由填好的年报或汇总表生成正式报告：六个部分、三张表，Word 文档（.docx）或网页（.html）。先审核，有错误的不生成；加 --draft 可先看样稿。\n\n"
        "例：nianbao publish 财政局2025年报.xlsx -o 财政局2025年报.docx",
        "Write the official report of a return or a roll-up as .docx or .html. It is checked first; with errors nothing "
        "is written unless --draft.\n\nExample: nianbao publish 财政局.xlsx -o 财政局.docx",
    ),
)
@click.argument("file", type=PathArgument, metavar=t("年报", "FILE"))
@click.option(
    "-o",
    "--output",
    required=True,
    type=PathArgument,
    help=t("写到这个文件，以 .docx 或 .html 结尾。", "Write to this file, .docx or .html."),
)
@click.option(
    "--draft",
    is_flag=True,
    help=t("样稿：有错误也生成，每页带“草稿”水印，文前列出未办结事项。", "A watermarked draft with its open points."),
)
@click.option(
    "--last-year",
    multiple=True,
    type=PathArgument,
    help=t("上一年度的年报、文件夹或汇总表，供审核和 --annex 使用。", "Last year's returns or roll-up."),
)
@click.option(
    "--annex",
    is_flag=True,
    help=t("附上与上年对比的表，需要 --last-year。", "Add the comparison with last year (needs --last-year)."),
)
@click.option(
    "--coverage",
    is_flag=True,
    help=t("汇总表：附上汇总了哪些单位；不写则不公开。", "Of a roll-up: add the bodies that it covers."),
)
@click.option(
    "--sentences",
    is_flag=True,
    help=t(
        "第一部分开头写入由表格数据生成的句子（文中已有的不重复）。",
        "Open chapter 一 with the sentences that the tables fill.",
    ),
)
@click.option("--roster", type=PathArgument, help=t("单位名录（xlsx 或 csv）。", "Roster (xlsx or csv)."))
@click.option(
    "--region-level", type=str, help=t("名录未写明时单位的层级，如 县级部门。", "Level of a body without one.")
)
@common
def publish(
    file: Path,
    output: Path,
    draft: bool,
    last_year: tuple[Path, ...],
    annex: bool,
    coverage: bool,
    sentences: bool,
    roster: Path | None,
    region_level: str | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Check a return and write its report."""
    write = publication.writer(output)
    made, checked = publication.report_of(
        file,
        draft=draft,
        last_year=last_year,
        annex=annex,
        coverage=coverage,
        roster=roster,
        level=region_level,
        sentences=sentences,
    )
    saved = replaced(output, write(made))
    if not quiet:
        _tell(checked, draft)
        say(t(f"已写出 {saved}。", f"Wrote {saved}."))
    return status_of(checked.findings, "error")


def _tell(checked: Checked, draft: bool) -> None:
    """Name the warnings that go out unexplained; a draft lists them itself."""
    open_points = [each for each in checked.findings if each.weighs]
    if not draft:
        for each in open_points:
            say(line(each))
    elif open_points:
        say(
            t(
                f"草稿：{len(open_points)} 处未办结，列在文前。",
                f"Draft: {len(open_points)} open points, listed on top.",
            )
        )
