"""Findings about single cells: repaired, noted as blank, unreadable (VALUE_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
