"""The command line: ``nianbao COMMAND`` and ``python -m toolkit COMMAND``."""

from __future__ import annotations

import gc
import importlib

import click

from toolkit.cli.frame import Group
from toolkit.cli.words import t

FREE_OBJECTS = 100_000
"""After how many new objects Python looks for cycles: loading modules makes many objects and hardly a cycle."""

COMMANDS = {
    "season": "season_cycle",
    "init": "seasons",
    "template": "templates",
    "roster": "templates",
    "collect": "post",
    "read": "view",
    "check": "check",
    "ledger": "seasons",
    "reply": "post",
    "send": "post",
    "merge": "merge",
    "prove": "merge",
    "diff": "view",
    "import": "report_import",
    "publish": "publish",
    "rules": "reference",
    "explain": "reference",
    "page": "page_file",
    "demo": "demo",
}
"""Every command and the module of this package that holds it; a module is loaded when its command is asked for."""


class Commands(Group):
    """Load the module of a command only when it is wanted, so that ``--help`` starts fast."""

    SUMMARIES = {
        "template": t("生成空白表（一份，或按名录每单位一份）", "Write blank templates, one or one per body"),
        "roster": t("生成空白名录，或检查填好的名录", "Write a blank roster, or check one"),
        "read": t("逐格列出年报里填了什么", "List what is in a return, value by value"),
        "check": t("审核年报，指出问题和改法", "Check returns: what is wrong and what to do"),
        "merge": t("审核并汇总成县级汇总表", "Check and merge returns into the roll-up"),
        "prove": t("用另一种方法从原始年报重新计算并核对汇总表", "Prove a roll-up from its sources by other means"),
        "diff": t("比较两份年报或汇总表", "Compare two returns or roll-ups"),
        "import": t(
            "把已发布的报告（网页、Word、PDF、文本、自制表）变成填好的工作簿",
            "Turn a published report into a filled workbook",
        ),
        "publish": t("由年报或汇总表生成正式报告（Word 或网页）", "Write the official report, docx or HTML"),
        "rules": t("列出审核规则", "List the rules"),
        "explain": t("解释一个代码", "Explain a code"),
        "demo": t("用样例县演示全过程", "Run the whole season on the sample county"),
        "page": t("把整个工具做成一个网页文件，双击就能用", "Put the whole tool into one web page"),
        "season": t(
            "一季工作的一轮：收件、审核、写信、列计划，今天要办的事", "One cycle of a season, and today's list"
        ),
        "reply": t("写退回信、回执、催报信", "Write the letters: returned, receipt, reminder"),
        "send": t("发信：草稿和计划，试发，发送", "Send letters: drafts and plan, trial, sending"),
        "collect": t("收表：邮箱、文件夹、压缩包里的附件", "Collect returns from mail, folders and archives"),
        "init": t(
            "开始一季工作：文件夹、名录、邮箱设置、台账", "Begin a season: folder, roster, mail settings, ledger"
        ),
        "ledger": t(
            "登记收到的文件，读入台账上的决定，更新台账.xlsx", "Register what arrived and bring the ledger up to date"
        ),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the season."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; each step of a season is also called after it: ``season reply``."""
        steps = ("init", "collect", "ledger", "reply", "send")
        return super().resolve_command(
            ctx, args[1:] if args[0] == "season" and args[1:2] and args[1] in steps else args
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"toolkit.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(
            module, {"import": "import_report", "season": "season_cycle"}.get(cmd_name, cmd_name)
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section(t("命令", "Commands")):
            formatter.write_dl([(name, self.SUMMARIES[name]) for name in COMMANDS])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=t(
        "政府信息公开工作年度报告：生成空白表、读取、审核、汇总。\n\n"
        "常用两步：nianbao check 文件夹 -o 退回；nianbao merge 文件夹 -o 汇总.xlsx",
        "Annual reports on government information disclosure: templates, reading, checking, merging.\n\n"
        "The two steps: nianbao check FOLDER -o REPLIES; nianbao merge FOLDER -o 汇总.xlsx",
    ),
)
@click.version_option(package_name="nianbao", message="nianbao %(version)s")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help=t("语言。", "Language."))
@click.option("--debug", is_flag=True, help=t("出错时显示详细信息。", "Show tracebacks."))
@click.option("--quiet", is_flag=True, help=t("不显示进度和提示。", "No progress and no hints."))
def main(lang: str, debug: bool, quiet: bool) -> None:
    """Run one command."""


def start() -> None:
    """Run the program: what the process holds is not searched for cycles at its end, a sixth of a short command."""
    gc.set_threshold(FREE_OBJECTS, *gc.get_threshold()[1:])
    try:
        main(prog_name="nianbao")
    finally:
        gc.freeze()
