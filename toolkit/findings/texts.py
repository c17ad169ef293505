"""Findings about the text chapters and the cover (TEXT_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
