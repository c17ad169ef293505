"""``init`` and ``ledger``: a season in one folder, with the ledger and the coordinator's worklist."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from toolkit import season
from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY, line
from toolkit.cli.merge import SETTLED
from toolkit.cli.parameters import PathArgument, collected, everywhere, format_option, job_options
from toolkit.cli.printing import clean, out, out_json
from toolkit.cli.season_work import settled
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.findings import Severity
from toolkit.merging import covered
from toolkit.outputs.contract import ledger_json
from toolkit.run import Job


def _settings(**settings: object) -> dict[str, str]:
    """Return the settings of a season that stand on the command line, as texts by name; "" empties one."""
    return {name: str(value) for name, value in settings.items() if value is not None}


@click.command(
    cls=Command,
    help=t(
        "开始一季工作：建好文件夹（收件、退回、发件箱）、名录、邮箱设置和台账；已有的都保留。"
        '再次运行可改设置：没写的不变，写成空的（如 --last-year ""）就是不要了。\n\n'
        "例：nianbao init 2025年报 --year 2025 --region 样例县 --roster 名录.xlsx --deadline 2026-01-31",
        "Begin a season: folders, roster, mail settings and ledger. What is there is kept; run again to change "
        'settings; an empty one (--last-year "") is taken back.'
        "\n\nExample: nianbao init 2025年报 --year 2025 --region 样例县 --roster 名录.xlsx",
    ),
)
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@collected(
    "settings",
    _settings,
    click.option("--year", type=int, help=t("报告年度；开始时必填。", "Report year; needed to begin.")),
    click.option("--region", help=t("地区名称，如 样例县。", "Name of the region.")),
    click.option("--region-code", help=t("汇总单位的统一社会信用代码。", "Code of the region's body.")),
    click.option("--region-level", help=t("地区的层级，默认 县。", "Level of the region.")),
    click.option("--deadline", help=t("报送截止日期；默认次年 1 月 31 日。", "Deadline; 31 January by law.")),
    click.option("--office", help=t("经办科室的名称，写在信上。", "Name of the office, for letters.")),
    click.option("--contact", help=t("联系人和电话，写在信上。", "Whom to ask, for letters.")),
    click.option("--last-year", metavar="PATH", help=t("上一年度的年报文件夹或汇总表。", "Last year's returns.")),
    click.option("--password-file", metavar="PATH", help=t("打开密码的文件，只记路径。", "Passwords, by their path.")),
    click.option("--key", metavar="PATH", help=t("下发用的密钥，只记路径。", "Key of the templates, by its path.")),
    click.option("--jobs", type=click.IntRange(0), help=t("几个进程读取；0 自动。", "Processes that read; 0: as fit.")),
    click.option("--remind-before", metavar="7,3,1", help=t("截止前几天提醒。", "Days before to remind.")),
    click.option("--remind-after", metavar="1,5", help=t("截止后几天催报；只提出，不会自己发。", "Days after.")),
)
@click.option("--roster", type=PathArgument, help=t("单位名录，复制到文件夹里。", "Roster, copied into the folder."))
@everywhere
def init(folder: Path, settings: dict[str, str], roster: Path | None, terminal: Terminal) -> int:
    """Begin a season or change its settings."""
    begun = season.initiate(folder, settings, roster=roster)
    out(str(folder))
    for text in season.summary(begun):
        terminal.hint(t(text, text.en))
    terminal.hint(
        t(
            f"把收到的附件放进 {folder / '收件'}（或填好 {folder / '邮箱.toml'} 由程序收），再运行 nianbao season {folder}。",
            f"Put what arrives into {folder / '收件'} (or fill in {folder / '邮箱.toml'}), then run nianbao season {folder}.",
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
@job_options("folder", "as-of", "jobs", "password-file", "key")
@format_option(
    "text", "json", "sql", text=t("输出格式；sql 是整本台账的文本。", "Format; sql is the whole ledger as text.")
)
@everywhere
def ledger(job: Job, fmt: str, terminal: Terminal) -> int:
    """Bring a season's ledger up to date."""
    (path,) = job.paths
    with settled(season.folder_at(Path(path)), replace(job, light=True), terminal) as (session, state):
        dump = session.ledger.dump() if fmt == "sql" else ""
    if fmt == "json":
        out_json(ledger_json(state.rollup, (*session.findings, *state.rollup.findings, *state.notes), state.worklist))
    elif fmt == "sql":
        out(dump)
    else:
        _text(state)
    return FAULTY if any(finding.severity is Severity.ERROR for finding in session.findings) else 0


def _text(state: season.Settled) -> None:
    rollup = state.rollup
    for body in rollup.bodies:
        if body.state != "not_expected":
            out(clean(f"{in_language(body.words)}\t{body.name or body.code}\t{'、'.join(body.files)}"))
    for file in rollup.files:
        if file.state not in SETTLED:
            out(clean(f"{file.file} {in_language(file.words)} {in_language(file.reason)}"))
    for finding in (*rollup.findings, *state.notes):
        out(line(finding))
    for what, names in covered(rollup):
        out(clean(t(f"{what}：{names}", f"{what.en}: {names.en}").rstrip("：: ")))
