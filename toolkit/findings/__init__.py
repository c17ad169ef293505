"""Findings: what someone must see about a file, a value, a return or a roll-up; their words come from one catalogue.

A finding is a value, never an exception. What stops the toolkit is a fault: an exception, in words of the same catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from toolkit.errors import ToolkitError
from toolkit.findings.catalogue import CATALOGUE, Entry, Severity, Wording, english, entry_of, fault_entry, phrase

__all__ = [
    "CATALOGUE", "Entry", "Finding", "Severity", "Wording", "entry_of", "fault", "finding", "phrase",
    "sorted_findings",
]  # fmt: skip


class Finding(Struct, frozen=True):
    """One outcome that someone must see: what, where, both sides and what to do.

    ``message`` and ``remedy`` are Chinese, ``message_en`` and ``remedy_en`` their English; the remedies are those for the
    coordinator. ``cell`` is an A1 address, ``items`` the codes of the items concerned. ``expected``, ``actual`` and
    ``difference`` are texts of figures. ``hint`` lists single-cell changes that would mend a broken identity. ``parts`` are
    the findings that one line stands for: equal faults, itself among them, or what follows from it. ``waits`` tells of a
    rule that breaks only as long as blanks count as 0; ``fixed`` are the inputs behind it that agree with last year's return,
    where the fault is not; an error that ``yields`` is a doubt once it is explained with figures.
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
    actual: str | None = None
    difference: str | None = None
    rule: str | None = None
    hint: tuple[str, ...] = ()
    explained: str | None = None
    remedy_agency: str = ""
    parts: tuple[Finding, ...] = ()
    waits: bool = False
    fixed: tuple[str, ...] = ()
    yields: bool = False

    def at(self, *, file: str | None = None, sheet: str | None = None, cell: str | None = None) -> Finding:
        """Return the finding with a place; what it has of one already stays where nothing is put in its stead."""
        return replace(self, file=file or self.file, sheet=sheet or self.sheet, cell=cell or self.cell)

    @property
    def weighs(self) -> bool:
        """Return True for an error or a warning that nobody has explained."""
        return self.severity is Severity.ERROR or (self.severity is Severity.WARNING and self.explained is None)

    @property
    def explainable(self) -> bool:
        """Tell whether a reason settles it: a warning, and an error that yields to one with figures."""
        return self.severity is Severity.WARNING or self.yields

    @property
    def alike(self) -> bool:
        """Tell whether the line stands for equal faults of several cells, not for what follows from one."""
        return self.parts != () and self.parts[0].code == self.code

    @property
    def singles(self) -> tuple[Finding, ...]:
        """Return the findings that the line stands for, one by one: of one cell each where it is of several."""
        if self.alike:
            return self.parts
        return (self, *(single for part in self.parts for single in part.singles))

    @property
    def sides(self) -> tuple[Wording, Wording]:
        """Return what ``actual`` and ``expected`` are: the sides of an equation, or what a cell holds and should hold."""
        if self.difference is not None and len(self.items) != 1:
            return Wording("左边", "left"), Wording("右边", "right")
        return Wording("原填", "is"), Wording("应为", "should be")

    @property
    def subject(self) -> tuple[str, ...]:
        """Return what an explanation of it is tied to: its items, its place where it names none."""
        place = (f"{self.sheet}!{self.cell or ''}".replace(" ", ""),) if self.sheet else ()
        return self.items or place

    @property
    def for_agency(self) -> str:
        """Return the remedy for the body that files: it names no command and nothing that only a coordinator can do."""
        return self.remedy_agency or self.remedy

    def wordings(self) -> dict[str, Wording]:
        """Return the message as ``why`` and the remedy as ``advice`` in both languages: parameters of a fault."""
        return {"why": Wording(self.message, self.message_en), "advice": Wording(self.remedy, self.remedy_en)}


def finding(
    code: str | Entry,
    *,
    file: str | None = None,
    sheet: str | None = None,
    cell: str | None = None,
    items: Iterable[str] = (),
    severity: Severity | None = None,
    **params: object,
) -> Finding:
    """Make a finding of an entry of the catalogue, or of one's own, from its parameters.

    Among the parameters ``expected``, ``actual`` and ``difference`` are kept as texts of figures (None: there is none). A code
    that the catalogue does not know and a parameter that a text needs and does not get both raise KeyError: a message
    with a hole in it is never shown to anyone.
    """
    entry = CATALOGUE[code] if isinstance(code, str) else code
    spoken = english(params)
    return Finding(
        entry.code,
        severity or entry.severity,
        entry.message.format_map(params),
        entry.remedy.format_map(params),
        entry.message_en.format_map(spoken),
        entry.remedy_en.format_map(spoken),
        file=file,
        sheet=sheet,
        cell=cell,
        items=tuple(items),
        expected=_figure(params.get("expected")),
        actual=_figure(params.get("actual")),
        difference=_figure(params.get("difference")),
        rule=entry.rule or None,
        remedy_agency=entry.remedy_agency.format_map(params),
    )


def _figure(value: object) -> str | None:
    return None if value is None else str(value)


def fault(code: str, kind: type[ToolkitError] = ToolkitError, /, **params: object) -> ToolkitError:
    """Return the error that stops the toolkit, of a kind whose own constructor is ToolkitError's, in the catalogue's words.

    A code that the catalogue does not know and a parameter that a text needs and does not get both raise KeyError.
    """
    entry = fault_entry(code)
    return kind(
        entry.message.format_map(params),
        entry.remedy.format_map(params),
        english=entry.message_en.format_map(english(params)),
    )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the gravest first, then as they came."""
    return tuple(sorted(findings, key=lambda finding: finding.severity.rank))
