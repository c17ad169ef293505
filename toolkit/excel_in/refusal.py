"""A file that cannot be read: its code of the catalogue, with what the sentence needs."""

from __future__ import annotations

from typing import Any

from toolkit.findings import Finding, finding, phrase


class Refused(Exception):
    """Refuse a file; ``code`` is an entry FILE_… of the catalogue, ``params`` what its texts need."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def finding(self, file: str) -> Finding:
        """Return the finding of this refusal for a file."""
        params: dict[str, Any] = dict(self.params)
        return finding(self.code, file=file, **params)


def too_much(what: str, limit: int) -> Refused:
    """Return the refusal of a workbook that is past one of the fixed limits."""
    return Refused("FILE_030", what=phrase(what), limit=f"{limit:,}")
