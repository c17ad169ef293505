"""Findings about merging many returns: duplicates, conflicts, coverage (MERGE_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
