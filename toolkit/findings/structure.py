"""Findings about the workbook against the form: sheets, labels, formulas, locks, identity (FORM_…, ID_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
