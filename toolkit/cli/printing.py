"""What is written for a person and for a program: messages on standard error, data on standard output."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from unicodedata import category

import click

from toolkit.cli.words import t
from toolkit.findings import Finding
from toolkit.outputs import plain

FAULTY = 1
"""The exit status when there are findings that fail, or something is left to do."""


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


def line(finding: Finding) -> str:
    """Return a finding as one line: ``文件!表!单元格 代码 一句话。改法：…``."""
    place = "!".join(part for part in (finding.file, finding.sheet, finding.cell) if part)
    level = t(finding.severity.zh, finding.severity.value)
    message = t(finding.message, finding.message_en or finding.message)
    remedy = t(finding.remedy, finding.remedy_en or finding.remedy)
    text = f"{place} {finding.code} [{level}] {message}"
    if remedy:
        text += t("改法：", " What to do: ") + remedy
    if finding.explained is not None:
        text += t(f"（已说明：{finding.explained}）", f" (explained: {finding.explained})")
    return clean(text.strip())


def status_of(findings: Iterable[Finding], fail_on: str = "error") -> int:
    """Return 1 when a finding is at or above the level that fails, else 0; explained warnings do not count."""
    levels = ["error"] if fail_on == "error" else ["error", "warning"]
    return FAULTY if any(finding.severity.value in levels and finding.weighs for finding in findings) else 0


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
