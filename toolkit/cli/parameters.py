"""The options and arguments that many commands share, each declared once, and the values that they make."""

from __future__ import annotations

import datetime
import functools
import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from toolkit import files
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.findings import fault
from toolkit.forms import use_form
from toolkit.run.job import Job, Wanted
from toolkit.run.options import job_of
from toolkit.run.sources import load_passwords

Decorator = Callable[[Any], Any]


class _Location(click.Path):
    """A path, or an address such as ``s3://bucket/folder`` as it stands."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an address as text and anything else as a path."""
        address = isinstance(value, str) and "://" in value and files.is_address(value)
        return value if address else super().convert(value, param, ctx)


PathArgument = click.Path(path_type=Path)
LocationArgument = _Location(path_type=Path)


def _passwords(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> tuple[str, ...]:
    return () if path is None else load_passwords(path)


def _reasons(_ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for pair in pairs:
        code, sign, reason = pair.partition("=")
        if not sign or not reason.strip():
            raise fault("INCLUSION_WITHOUT_REASON", pair=pair)
        reasons[code.strip()] = reason.strip()
    return reasons


def near_a_ledger(paths: Sequence[Path | str]) -> bool:
    """Tell whether the paths may be those of a season."""
    resolved = [path.resolve() for path in paths if isinstance(path, Path)]
    return any((folder / files.LEDGER_FILE).is_file() for path in resolved for folder in (path, path.parent))


def _kept(_ctx: click.Context, _param: click.Parameter, paths: tuple[Path | str, ...]) -> tuple[Any, ...]:
    """Return where last year's returns are; a season is settled as its ledger has it, which is loaded only then."""
    if not near_a_ledger(paths):
        return paths
    return tuple(map(importlib.import_module("toolkit.season.folder").kept, paths))


def _date(_ctx: click.Context, _param: click.Parameter, time: datetime.datetime | None) -> datetime.date | None:
    return None if time is None else time.date()


def date_option(name: str, text: str) -> Decorator:
    """Return an option that takes a date."""
    return click.option(name, type=click.DateTime(["%Y-%m-%d"]), callback=_date, help=text)


ROSTER = click.option("--roster", type=PathArgument, help=t("单位名录（xlsx 或 csv）。", "Roster (xlsx or csv)."))
LAST_YEAR = click.option(
    "--last-year",
    multiple=True,
    type=LocationArgument,
    callback=_kept,
    help=t("上一年度的年报、文件夹、汇总表或一季工作的文件夹。", "Last year's returns, roll-up or season."),
)

JOB_OPTIONS: Mapping[str, Decorator] = {
    "paths": click.argument(
        "paths", nargs=-1, required=True, type=LocationArgument, metavar=t("文件或文件夹...", "PATH...")
    ),
    "files": click.argument("paths", nargs=-1, required=True, type=PathArgument, metavar=t("文件...", "FILE...")),
    "file": click.argument("paths", type=PathArgument, metavar=t("年报", "FILE")),
    "folder": click.argument("paths", type=PathArgument, metavar=t("文件夹", "FOLDER")),
    "year": click.option(
        "--year", type=int, help=t("报告年度；不写时取多数文件写明的年度。", "Report year; that of most files.")
    ),
    "roster": ROSTER,
    "last-year": LAST_YEAR,
    "level": click.option(
        "--region-level",
        "level",
        help=t("名录未写明时各单位的层级，如 县级部门、乡镇、市。", "Level of bodies without one."),
    ),
    "region": click.option("--region", default="", help=t("汇总地区名称，如 样例县。", "Name of the region.")),
    "region-code": click.option(
        "--region-code", default="", help=t("汇总单位的统一社会信用代码。", "Code of the region's body.")
    ),
    "region-level": click.option(
        "--region-level", default="", help=t("汇总地区的层级，默认 县。", "Level of the region.")
    ),
    "as-of": date_option("--as-of", t("日期，默认今天。", "Date; today.")),
    "prefer": click.option(
        "--prefer",
        "prefer_newest",
        type=click.Choice(["newest"]),
        callback=lambda _ctx, _param, value: value == "newest",
        help=t("一个单位有两份不同的表时取较新的一份。", "Take the newest of two versions."),
    ),
    "include-failing": click.option(
        "--include-failing",
        multiple=True,
        metavar="CODE=REASON",
        callback=_reasons,
        help=t("仍计入有错误的某单位，须写理由。", "Merge a failing return."),
    ),
    "cluster": click.option(
        "--cluster",
        metavar="ADDRESS",
        help=t(
            "在 Dask 集群上读取和审核，如 tcp://主机:8786（需要 nianbao[cluster]）。",
            "Read and check on a Dask cluster, e.g. tcp://host:8786 (extra cluster).",
        ),
    ),
    "jobs": click.option(
        "--jobs",
        type=click.IntRange(min=1),
        help=t(
            "同时用几个进程读取；不写时文件多才用上全部处理器核。",
            "Processes that read at once; all cores where there are enough files.",
        ),
    ),
    "password-file": click.option(
        "--password-file",
        "passwords",
        type=PathArgument,
        callback=_passwords,
        help=t(
            "打开密码，每行一个，逐个试用于加密的文件（需要 nianbao[crypto]）。",
            "Passwords, one a line, tried on encrypted files (extra crypto).",
        ),
    ),
    "key": click.option(
        "--key",
        type=PathArgument,
        help=t(
            "下发空白表时生成的密钥文件；给出后逐份核验下发标识，不给出则显示“未核验”。",
            "The key of the issued templates; verifies where each return came from.",
        ),
    ),
}
"""What a job is made of on the command line, by the name by which commands ask for it."""


def collected(argument: str, make: Callable[..., Any], *options: Decorator) -> Decorator:
    """Give a command options of which ``make`` makes the one value that it takes as ``argument``."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def bundled(**values: Any) -> Any:
            value = make(**{name: values.pop(name) for name in names})
            return command(**{argument: value}, **values)

        declared = len(getattr(command, "__click_params__", ()))
        for option in reversed(options):
            bundled = option(bundled)
        names = [param.name for param in bundled.__click_params__[declared:]]  # type: ignore[attr-defined]
        return bundled

    return decorate


def job_options(*names: str, wanted: Wanted = "check") -> Decorator:
    """Give a command options by their names in JOB_OPTIONS; it takes the ``job`` that they make."""

    def make(paths: Any, **options: Any) -> Job:
        return job_of(paths, options, wanted)

    return collected("job", make, *(JOB_OPTIONS[name] for name in names))


def format_option(*formats: str, text: str = "") -> Decorator:
    """Return the option --format, the first of the formats being the usual one."""
    known = click.Choice(formats)
    return click.option("--format", "fmt", type=known, default=formats[0], help=text or t("输出格式。", "Format."))


class FormName(click.Choice[str]):
    """One of some names, or a file with a form of one's own, which is then in use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id of the form; ToolkitError says what is wrong with a file."""
        if Path(value).suffix.lower() != ".toml":
            return str(super().convert(value, param, ctx))
        return use_form(Path(value)).id


_OWN_FORM = click.option(
    "--form",
    type=FormName(["文件.toml"]),
    expose_value=False,
    is_eager=True,
    metavar="FILE.toml",
    help=t("自己的表式文件（通常不必写）。", "A form file of one's own."),
)


def everywhere(command: Callable[..., Any]) -> Any:
    """Give a command --form for a file of one's own, and what ``on_a_terminal`` gives it."""
    return on_a_terminal(_OWN_FORM(command))


def on_a_terminal(command: Callable[..., Any]) -> Any:
    """Give a command --lang, --debug and --quiet, which may also stand before it; it takes them as ``terminal``."""
    return collected(
        "terminal", _terminal, click.option("--lang", type=click.Choice(["zh", "en"]), default="zh",
        help=t("语言，默认中文。", "Language; Chinese by default.")), click.option("--debug", is_flag=True,
        help=t("出错时显示详细信息。", "Show tracebacks.")), click.option("--quiet", is_flag=True, help=t("不显示进度和提示。",
        "No progress and no hints.")))(command,
    )  # fmt: skip


def _terminal(lang: str, debug: bool, quiet: bool) -> Terminal:
    before = click.get_current_context().find_root().params
    return Terminal(lang, debug, quiet or before.get("quiet", False))
