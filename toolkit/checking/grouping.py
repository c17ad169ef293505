"""Findings of one cause, put into one line: equal faults of a table, and what follows from an empty or a wrong file."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from toolkit.findings import Finding, Wording, entry_of, phrase

SHOWN = 8
"""How many cells a line names; its items list them all."""
MANY = 8
"""More faults of one kind in a table than this are one line, whatever was typed in each."""
_EMPTY = ("TEXT_001", "TEXT_003")
_SAME_FILE = ("FILE_", "ID_", "FORM_00")
"""What is said of a file whatever year it is of."""


def grouped(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with those of one cause in one line, which keeps them as its ``parts``.

    A cell typed in the same wrong way as others of its table shares their line; what an empty form lacks besides its figures
    is part of BLANK_002; what rests on a sheet that is missing is part of FORM_010.
    """
    kept = list(findings)
    for cause in [finding for finding in findings if finding.code == "FORM_010"]:
        items = frozenset(cause.items)
        kept = _under(kept, cause, [
            finding for finding in kept
            if not items.isdisjoint(finding.items) or (finding.code in _EMPTY and finding.sheet == cause.sheet)
        ])  # fmt: skip
    for cause in [finding for finding in kept if finding.code == "BLANK_002"]:
        kept = _under(kept, cause, [finding for finding in kept if finding.code in _EMPTY])
    return _alike(kept)


def of_other_year(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of a file: where it is of another year, all that is wrong inside it is part of ID_021.

    Which year would have been its last is then of no interest (ID_020).
    """
    causes = [finding for finding in findings if finding.code == "ID_021"]
    kept = [finding for finding in findings if not causes or finding.code != "ID_020"]
    for cause in causes:
        kept = _under(kept, cause, [finding for finding in kept if not finding.code.startswith(_SAME_FILE)])
    return kept


def _under(findings: Sequence[Finding], cause: Finding, follow: Sequence[Finding]) -> list[Finding]:
    """Return the findings with those that follow from one as its parts, named by their titles."""
    parts = [finding for finding in follow if finding is not cause]
    if not parts:
        return list(findings)
    kinds = dict.fromkeys(part.code for part in parts)
    titles = Wording(
        "、".join(entry_of(code).title for code in kinds), ", ".join(entry_of(code).title_en for code in kinds)
    )
    tail = phrase("beneath", count=len(parts), titles=titles)
    whole = replace(
        cause, message=cause.message + tail, message_en=cause.message_en + tail.en, parts=(*cause.parts, *parts)
    )
    gone = {id(part) for part in parts}
    return [whole if finding is cause else finding for finding in findings if id(finding) not in gone]


def _alike(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with equal faults of a table in the line of the first."""
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        if len(finding.items) == 1 and finding.cell is not None and finding.code.startswith(("VALUE_", "FORM_03")):
            kinds.setdefault((finding.code, finding.severity, finding.sheet), []).append(finding)
    lines: dict[int, Finding | None] = {}
    for kind in kinds.values():
        groups: dict[str | None, list[Finding]] = {}
        for finding in kind:
            groups.setdefault("" if len(kind) > MANY else finding.actual, []).append(finding)
        for group in groups.values():
            if len(group) > 1:
                lines |= {id(finding): None for finding in group} | {id(group[0]): _line(group)}
    result = (lines.get(id(finding), finding) for finding in findings)
    return [finding for finding in result if finding is not None]


def _line(group: Sequence[Finding]) -> Finding:
    first, *others = group
    alike = all(finding.actual == first.actual for finding in others)
    cells = [f"{one.cell}" if alike else f"{one.cell}“{one.actual}”" for one in others]
    listed = Wording.some(cells, "、", most=SHOWN, unit="")
    tail, advice = phrase("alike", count=len(others), cells=listed), phrase("alike_remedy")
    return replace(
        first,
        message=first.message + tail,
        message_en=first.message_en + tail.en,
        remedy=first.remedy + advice,
        remedy_en=first.remedy_en + advice.en,
        remedy_agency=first.remedy_agency + advice if first.remedy_agency else "",
        items=tuple(item for finding in group for item in finding.items),
        parts=tuple(group),
    )
