"""Findings about the file as a whole: what it is, whether it can be read (FILE_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
