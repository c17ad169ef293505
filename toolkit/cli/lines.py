"""A finding as one line, and the exit status that findings make."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.cli.printing import clean
from toolkit.cli.words import t
from toolkit.findings import Finding
from toolkit.returns.status import level_of

FAULTY = 1
"""The exit status when there are findings that fail, or something is left to do."""


def line(finding: Finding) -> str:
    """Return a finding as one line: ``文件!表!单元格 代码 一句话。改法：…``."""
    place = "!".join(part for part in (finding.file, finding.sheet, finding.cell) if part)
    word = level_of(finding)
    level = t(word, word.en)
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
