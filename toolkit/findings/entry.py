"""One entry of the catalogue of findings: what it means, in both languages, and how grave it is."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """The three levels of the European Statistical System: error, warning, information."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def zh(self) -> str:
        """Return the word that clerks read: 错误, 存疑 or 提示."""
        return {"error": "错误", "warning": "存疑", "info": "提示"}[self.value]

    @property
    def rank(self) -> int:
        """Return 0 for error, 1 for warning, 2 for information, so that the gravest sorts first."""
        return {"error": 0, "warning": 1, "info": 2}[self.value]


class Entry(Struct, frozen=True):
    """A kind of finding. The four texts are ``str.format`` templates over the finding's parameters."""

    code: str
    severity: Severity
    title: str
    message: str
    remedy: str
    title_en: str
    message_en: str
    remedy_en: str


def entry(
    code: str,
    severity: str,
    title: str,
    message: str,
    remedy: str,
    title_en: str,
    message_en: str,
    remedy_en: str,
) -> Entry:
    """Build an entry; a severity that is none of the three raises ValueError."""
    return Entry(code, Severity(severity), title, message, remedy, title_en, message_en, remedy_en)
