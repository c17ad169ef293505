"""The frame of the program: help in the language of the run, and how faults end it."""

from __future__ import annotations

import difflib
import sys
import traceback
from typing import Any

import click

from toolkit.cli.printing import listen, say
from toolkit.cli.words import LANGUAGE, t
from toolkit.errors import ToolkitError

IMPOSSIBLE = 2
"""The exit status when it could not be done."""

_HELP_WORDS = (
    ("Usage: ", "用法："),
    ("\nOptions:\n", "\n选项：\n"),
    ("Show this message and exit.", "显示本帮助。"),
    ("Show the version and exit.", "显示版本。"),
    ("[required]", "[必填]"),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]...", "命令 [参数]..."),
)


def in_language(text: str) -> str:
    """Return a help page with click's own few words in the language of the run."""
    if LANGUAGE == "zh":
        for english, chinese in _HELP_WORDS:
            text = text.replace(english, chinese)
    return text


class Command(click.Command):
    """A command whose help speaks the language of the run throughout."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page."""
        return in_language(super().get_help(ctx))


class Group(click.Group):
    """The command group: ends with status 2 and one line on whatever stops it, never with a traceback."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page."""
        return in_language(super().get_help(ctx))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is refused with the nearest known name."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            meant = t(f"（是不是 {near[0]}？）", f" (did you mean {near[0]}?)") if near else ""
            raise click.UsageError(t(f"没有命令 {args[0]}{meant}。", f"No such command {args[0]}{meant}."), ctx)
        ctx.call_on_close(listen())
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command; ToolkitError and faults of the command line end with status 2."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace")
        extra["standalone_mode"] = False
        debug = "--debug" in sys.argv
        try:
            status = super().main(*args, **extra)
        except click.exceptions.Abort:
            say(
                t(
                    "已中断，没有写出任何不完整的文件。重新运行同一条命令即可。",
                    "Interrupted; nothing half-written was left.",
                )
            )
            status = IMPOSSIBLE
        except click.UsageError as fault:
            say(_usage(fault))
            status = IMPOSSIBLE
        except click.ClickException as fault:
            say(fault.format_message())
            status = IMPOSSIBLE
        except ToolkitError as fault:
            if debug:
                traceback.print_exc()
            say(t(str(fault), fault.english or str(fault)))
            status = IMPOSSIBLE
        except BrokenPipeError:
            status = IMPOSSIBLE
        sys.exit(status if isinstance(status, int) else 0)


def _usage(fault: click.UsageError) -> str:
    """Return a fault of the command line in the language of the run, with the command to ask for help."""
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        return fault.format_message()
    command = fault.ctx.command_path if fault.ctx is not None else "nianbao"
    hint = t(f"请看 {command} --help。", f" Try '{command} --help'.")
    if isinstance(fault, click.NoSuchOption):
        names = fault.possibilities or ()
        near = t(f"（是不是 {'、'.join(names)}？）", f" (did you mean {', '.join(names)}?)") if names else ""
        return t(f"没有选项 {fault.option_name}{near}。", f"No such option {fault.option_name}{near}.") + hint
    if isinstance(fault, click.MissingParameter):
        name = fault.param.opts[-1] if fault.param is not None and fault.param.opts else (fault.param_hint or "")
        if isinstance(fault.param, click.Argument):
            name = fault.param.make_metavar(fault.ctx) if fault.ctx is not None else str(name)
        return t(f"缺少 {name}。", f"Missing {name}.") + hint
    if isinstance(fault, click.BadOptionUsage):
        return t(f"选项 {fault.option_name} 后面没有写值。", f"{fault.option_name} needs a value.") + hint
    if isinstance(fault, click.BadParameter) and fault.param is not None:
        name = fault.param.opts[-1] if fault.param.opts else fault.param.name or ""
        return t(f"{name} 的值不对：应为{_wanted(fault.param.type)}。", f"{name}: {fault.message}") + hint
    message = fault.format_message()
    if message.startswith(_TOO_MANY):
        message = t(f"多写了参数{message.removeprefix(_TOO_MANY).lstrip('s')}。", f"{message}.")
    return message + hint


_TOO_MANY = "Got unexpected extra argument"


def _wanted(kind: click.ParamType[Any]) -> str:
    """Return what an option takes, in words."""
    if isinstance(kind, click.Choice):
        return "、".join(str(choice) for choice in kind.choices) + " 之一"
    if isinstance(kind, click.DateTime):
        return " 2026-02-06 这样的日期"
    return "整数" if kind.name == "integer" else "合适的值"
