"""Findings about blanks, totals and explanations of a return (BLANK_…, TOTAL_…, EXPLAIN_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
