"""What is written for a person and for a program: messages on standard error, data on standard output."""

from __future__ import annotations

import logging
from collections.abc import Callable
from unicodedata import category

import click

from toolkit.cli.words import t
from toolkit.outputs import plain


def say(text: str) -> None:
    """Write a message for the person at the terminal (standard error)."""
    click.echo(_plain(text, "\n\t"), err=True)


def out(text: str) -> None:
    """Write data to standard output."""
    click.echo(_plain(text, "\n\t"))


def out_json(value: object) -> None:
    """Write one JSON object to standard output, UTF-8 whatever the console's encoding."""
    click.echo(plain.json_bytes(value), nl=False)


def clean(text: str) -> str:
    """Return a text of a stranger's file safe for a terminal, as one line: control characters become spaces."""
    return _plain(text, "")


def _plain(text: str, but: str) -> str:
    """Return a text with a space for each control, invisible or direction sign except those of ``but``."""
    if text.isprintable():
        return text
    return "".join(" " if sign not in but and category(sign) in plain.UNSEEN else sign for sign in text)


class _Warnings(logging.Handler):
    """Says what the toolkit warns of in passing (a file saved under another name) in the language of the run."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say one warning."""
        text = record.getMessage()
        say(clean(t(text, getattr(record, "english", text))))


def listen() -> Callable[[], None]:
    """Say warnings from now on; returns what ends that."""
    log, handler = logging.getLogger("toolkit"), _Warnings(logging.WARNING)
    log.addHandler(handler)
    return lambda: log.removeHandler(handler)
