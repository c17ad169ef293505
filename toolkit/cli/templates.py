"""``template`` and ``roster``: what is sent out, and who is expected to answer."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import click

from toolkit.cli.frame import Command
from toolkit.cli.lines import line, status_of
from toolkit.cli.parameters import LAST_YEAR, ROSTER, FormName, PathArgument, collected, everywhere, on_a_terminal
from toolkit.cli.printing import clean, out
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.files import replaced, writable_file
from toolkit.findings import fault
from toolkit.forms import FORM_IDS
from toolkit.run import verbs
from toolkit.run.options import Paths
from toolkit.run.sources import read_roster
from toolkit.workbook.rosters import roster_bytes


class _Prefill(TypedDict):
    """What issued templates know of their bodies."""

    roster: Path | None
    last_year: Paths
    key: Path | None


@click.command(
    cls=Command,
    help=t(
        "生成空白表。不带名录时写一份空白表；带 --roster 时每个单位一份，单位名称和代码已固定；"
        "带 --last-year 时预填“上年结转”等由上一年度决定的格。\n\n例：nianbao template --year 2026 -o 空白表",
        "Write blank templates: one blank, or one per body of the roster, prefilled from last year.\n\n"
        "Example: nianbao template --year 2026 -o BLANKS",
    ),
)
@click.option("--year", type=int, required=True, help=t("报告年度。", "Report year."))
@click.option(
    "--form",
    type=FormName(FORM_IDS),
    help=t(
        "格式；由年度决定，通常不必写。也可以是自己的表式文件。",
        "Form; follows from the year. Or a form file of one's own.",
    ),
)
@collected(
    "prefill",
    _Prefill,
    ROSTER,
    LAST_YEAR,
    click.option(
        "--key",
        type=PathArgument,
        help=t(
            "密钥文件，给每份表打上下发标识；文件不存在时生成一把（权限 600）。请妥善保管，不要外发。",
            "Key file for the tokens of issued templates; made (mode 600) where there is none. Keep it to yourself.",
        ),
    ),
)
@click.option("-o", "--output", type=PathArgument, required=True, help=t("写到这个文件夹。", "Folder to write to."))
@on_a_terminal
def template(year: int, form: str | None, prefill: _Prefill, output: Path, terminal: Terminal) -> int:
    """Write the blank or the issued templates of a year."""
    written = verbs.template(year, output, form=form, **prefill)
    for path in written:
        out(str(path))
    terminal.hint(t(f"共写出 {len(written)} 份。", f"{len(written)} written."))
    return 0


@click.command(
    cls=Command,
    help=t(
        "不带文件：生成空白名录；带文件：检查填好的名录（代码校验位、重复、邮箱、起止年度）。\n\n"
        "例：nianbao roster -o 名录.xlsx；nianbao roster 名录.xlsx",
        "Without FILE: write a blank roster; with FILE: check a filled one.\n\nExample: nianbao roster -o 名录.xlsx",
    ),
)
@click.argument("file", required=False, type=PathArgument, metavar=t("[名录]", "[FILE]"))
@click.option("-o", "--output", type=PathArgument, help=t("空白名录的文件名。", "The blank roster to write."))
@everywhere
def roster(file: Path | None, output: Path | None, terminal: Terminal) -> int:
    """Write a blank roster, or check a filled one."""
    if file is None:
        if output is None:
            raise fault("ROSTER_FILE_UNNAMED")
        out(str(replaced(writable_file(output), roster_bytes())))
        return 0
    if output is not None:
        raise fault("ROSTER_CHECK_WITH_OUTPUT")
    known, findings = read_roster(file)
    for finding in findings:
        out(line(finding if finding.file else finding.at(file=file.name)))
    terminal.hint(
        t(f"{file.name}：{len(known.respondents)} 个单位。", f"{file.name}: {len(known.respondents)} bodies.")
    )
    for words in known.stories if status_of(findings) == 0 else ():
        terminal.hint(clean(t(f"{words}。", f"{words.en}.")))
    return status_of(findings)
