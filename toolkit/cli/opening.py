"""The options about how returns are opened and verified: passwords and the key of the templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from toolkit.cli.frame import PathArgument
from toolkit.cli.words import t
from toolkit.roster.tokens import load_key
from toolkit.run.chain import Access
from toolkit.run.sources import load_passwords

Function = TypeVar("Function", bound=Callable[..., Any])


def opening(command: Function) -> Function:
    """Give a command the options about how returns are opened and verified: --password-file and --key."""
    command = click.option(
        "--key",
        "key_file",
        type=PathArgument,
        help=t(
            "下发空白表时生成的密钥文件；给出后逐份核验下发标识，不给出则显示“未核验”。",
            "The key of the issued templates; verifies where each return came from.",
        ),
    )(command)
    return click.option(
        "--password-file",
        type=PathArgument,
        help=t(
            "打开密码，每行一个，逐个试用于加密的文件（需要 nianbao[crypto]）。",
            "Passwords, one a line, tried on encrypted files (extra crypto).",
        ),
    )(command)


def access(password_file: Path | None, key_file: Path | None) -> Access:
    """Return what the files of ``opening`` hold; faults in them raise ToolkitError."""
    return Access(
        () if password_file is None else load_passwords(password_file), None if key_file is None else load_key(key_file)
    )
