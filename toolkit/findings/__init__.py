"""Findings: what someone must see about a file, a value, a return or a roll-up, and the one catalogue of their codes.

A finding is a value, never an exception. Its code names an entry of the catalogue or a rule of a form (I1 … X5), whose
severity and words come from the form file.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from toolkit.findings import (
    files,
    identity,
    imports,
    ledger,
    mail,
    marks,
    merges,
    narrative,
    roster,
    structure,
    texts,
    values,
)
from toolkit.findings.entry import Entry, Severity

__all__ = ["CATALOGUE", "Entry", "Finding", "Severity", "finding", "sorted_findings"]

CATALOGUE: dict[str, Entry] = {}
for _entry in chain.from_iterable(
    part.ENTRIES
    for part in (files, structure, identity, values, texts, narrative, marks, roster, merges, ledger, mail, imports)
):
    if _entry.code in CATALOGUE:
        raise ValueError(f"two entries of the catalogue are called {_entry.code}")
    CATALOGUE[_entry.code] = _entry


class Finding(Struct, frozen=True):
    """One outcome that someone must see: what, where, both sides and what to do.

    ``message`` and ``remedy`` are Chinese, ``message_en`` and ``remedy_en`` their English. ``cell`` is an A1 address,
    ``items`` the codes of the items concerned. ``expected``, ``found`` and ``difference`` are texts of figures.
    ``hint`` lists single-cell changes that would mend a broken identity.
    """

    code: str
    severity: Severity
    message: str
    remedy: str
    message_en: str = ""
    remedy_en: str = ""
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    items: tuple[str, ...] = ()
    expected: str | None = None
    found: str | None = None
    difference: str | None = None
    rule: str | None = None
    hint: tuple[str, ...] = ()
    explained: str | None = None

    def at(self, *, file: str | None = None, sheet: str | None = None, cell: str | None = None) -> Finding:
        """Return the finding with the parts of its place that are given; those it has already stay otherwise."""
        return replace(self, file=file or self.file, sheet=sheet or self.sheet, cell=cell or self.cell)

    @property
    def weighs(self) -> bool:
        """Return True for an error or a warning that nobody has explained."""
        return self.severity is Severity.ERROR or (self.severity is Severity.WARNING and self.explained is None)


def finding(
    code: str,
    *,
    file: str | None = None,
    sheet: str | None = None,
    cell: str | None = None,
    items: Iterable[str] = (),
    expected: str | None = None,
    found: str | None = None,
    difference: str | None = None,
    rule: str | None = None,
    severity: Severity | None = None,
    **params: object,
) -> Finding:
    """Make a finding of a catalogue entry from its parameters.

    A code that the catalogue does not know and a parameter that a text needs but is not given both raise KeyError:
    a message with a hole in it is never shown to anyone.
    """
    known = CATALOGUE[code]
    texts_of = [text.format_map(params) for text in (known.message, known.remedy, known.message_en, known.remedy_en)]
    return Finding(
        code,
        severity or known.severity,
        texts_of[0],
        texts_of[1],
        texts_of[2],
        texts_of[3],
        file=file,
        sheet=sheet,
        cell=cell,
        items=tuple(items),
        expected=expected,
        found=found,
        difference=difference,
        rule=rule,
    )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the gravest first, then as they came."""
    return tuple(sorted(findings, key=lambda each: each.severity.rank))
