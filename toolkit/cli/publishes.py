"""``publish``: the official report of a return or a roll-up, as Word document or web page."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit import publishing, reading, season, sources
from toolkit.cli.frame import Command, PathArgument, common, line, say, status_of
from toolkit.cli.words import t
from toolkit.errors import ToolkitError
from toolkit.files import replaced
from toolkit.returns import Checked, Return

_WRITERS = {".docx": publishing.docx_bytes, ".html": publishing.html_bytes, ".htm": publishing.html_bytes}


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
    roster: Path | None,
    region_level: str | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Check a return and write its report."""
    writer = _WRITERS.get(output.suffix.lower())
    if writer is None:
        raise ToolkitError(
            f"-o {output} 不是可以生成的格式。",
            "文件名请以 .docx（Word 文档）或 .html（网页）结尾。",
            english=f"{output} must end with .docx or .html.",
        )
    season.one_return(file)
    (checked,) = season.run((file,), last_year=last_year, roster=roster, level=region_level).checked
    assert checked.ret is not None, "the file has just given one"
    last = _last(checked.ret, last_year, roster) if annex else None
    covered = _covered(file, checked.ret) if coverage else ()
    made = publishing.report(checked.ret, findings=checked.findings, draft=draft, last=last, covered=covered)
    saved = replaced(output, writer(made))
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


def _last(ret: Return, paths: tuple[Path, ...], roster: Path | None) -> Return:
    """Return the body's return of the year before; without one there is nothing to compare with."""
    if not paths:
        raise ToolkitError(
            "--annex 要有上一年度的数。",
            "请同时用 --last-year 指定上一年度的年报或汇总表。",
            english="--annex needs --last-year.",
        )
    known = sources.load_last_year(paths, ret.year)
    found = None
    if known is not None:
        found = known.of(ret.identity.code, sources.sound_roster(roster), ret.year or 0)[0]
    if found is None and len(paths) == 1 and paths[0].is_file():
        alone = season.one_return(paths[0])
        found = alone if alone.identity.name == ret.identity.name and alone.year == (ret.year or 0) - 1 else None
    if found is None:
        raise ToolkitError(
            "--last-year 里没有本单位上一年度的年报，不能附上年对比。",
            "请核对路径和统一社会信用代码，或去掉 --annex。",
            english="--last-year holds no return of this body for the year before; drop --annex.",
        )
    return found


def _covered(file: Path, ret: Return) -> tuple[str, ...]:
    """Return the names of the bodies whose figures a roll-up holds."""
    if ret.identity.kind != "rollup":
        raise ToolkitError(
            f"{file} 不是汇总表，没有汇总范围。",
            "请去掉 --coverage。",
            english=f"{file} is no roll-up; drop --coverage.",
        )
    bodies = [each for each in reading.returns_in(file, name=file.name) if each.identity.kind != "rollup"]
    return tuple(each.identity.name or each.identity.code or "" for each in bodies)
