"""Findings about the roster (ROSTER_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
