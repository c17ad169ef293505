"""The roll-up as a living document: what a person typed into the last one stands in the next, and what becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from toolkit import merging, reading
from toolkit.answers import Answer, Blank, Filled, Number
from toolkit.errors import ToolkitError
from toolkit.findings import fault, finding
from toolkit.forms.sheets import ALL_BODIES
from toolkit.reading.contributions import Contribution
from toolkit.reading.corrections import kept_lines
from toolkit.returns import Return, RollUp
from toolkit.run.earlier import corrected
from toolkit.scale import parquet
from toolkit.workbook.rollup.room import crowded

_LOG = logging.getLogger(__name__)
_LOCKED, _UNLOCKED = ("FILE_010", "FILE_023"), "FILE_092"
"""Findings of a workbook with a password that is not known, and with one that is."""
_Typed = tuple[Return, tuple[Mapping[str, str | Number | None], ...]]
"""The roll-up as a return, and the lines of its 调整."""


def continued(
    rollup: RollUp, output: Path, previous: Path | None, *, as_parquet: bool = False, passwords: Sequence[str] = ()
) -> RollUp:
    """Return a roll-up with the cover, chapters, explanations and 调整 of the one it replaces, else of the ``previous``.

    A line of 调整 that no longer holds stays, is not counted and has a finding. An output that is another workbook than a
    roll-up of the year, or cannot be read with the ``passwords``, raises ToolkitError: what is in it would be lost.
    """
    kept = []
    if _workbook(output):
        kept.append(_typed(output, rollup, fault("OUTPUT_NO_ROLLUP", path=output, year=rollup.year), passwords))
    if previous is not None and previous.is_file():
        kept.append(_typed(previous, rollup, fault("PREVIOUS_NO_ROLLUP", path=previous, year=rollup.year), passwords))
    if not kept:
        return rollup
    returns = [ret for ret, _ in kept]
    first = returns[0]
    before = replace(
        first,
        cover=_first([ret.cover for ret in returns], lambda field: field.value),
        text=_first([ret.text for ret in returns], bool),
        explanations=next((ret.explanations for ret in returns if ret.explanations), ()),
    )
    whole = as_parquet or crowded(rollup, compared=previous is not None)
    rows = (_whole(rollup, parquet.beside(output).name),) if whole else _rows(rollup)
    lines, adjustments = kept_lines(next((typed for _, typed in kept if typed), ()), rollup.form, rows)
    figures = corrected(rollup.form, rollup.figures, adjustments)
    lost = [
        finding("MERGE_016", sheet="调整", cell=f"A{row}", row=row, line=line.words, reason=line.fault)
        for row, line in enumerate(lines, 2)
        if line.fault
    ]
    typed = replace(
        rollup, region=rollup.region or first.identity.name or "", region_code=rollup.region_code or first.identity.code or "",
        before=before, lines=lines, adjustments=adjustments, figures=figures, findings=(*lost, *rollup.findings),
    )  # fmt: skip
    return merging.chained(typed)


def _workbook(path: Path) -> bool:
    """Tell whether there is a file that may be a workbook, by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) in (b"PK", b"\xd0\xcf")


def _typed(path: Path, rollup: RollUp, refusal: ToolkitError, passwords: Sequence[str]) -> _Typed:
    read, lines = reading.typed_in(path, passwords)
    ret, codes = read.ret, {one.code for one in read.findings}
    if not codes.isdisjoint(_LOCKED):
        raise fault("ROLLUP_LOCKED", path=path, **read.findings[0].wordings())
    if ret is None or ret.identity.kind != "rollup" or ret.year != rollup.year or ret.form.id != rollup.form.id:
        raise refusal
    if _UNLOCKED in codes:
        _LOG.warning(
            "%s",
            f"{path.name} 带有打开密码，已用所给的密码读取；新写的汇总表不带密码，需要的请重新设置。",
            extra={"english": f"{path.name} has a password; the new roll-up has none, set it again if needed."},
        )
    return ret, lines


def _first(parts: Sequence[Mapping[str, Any]], filled: Any) -> dict[str, Any]:
    """Return of every key the first value that holds something."""
    return {key: value for part in reversed(parts) for key, value in part.items() if filled(value)}


def _whole(rollup: RollUp, details: str) -> Contribution:
    """Return the one row of 明细 that stands for the bodies' rows in a file beside the roll-up."""
    answers: dict[str, Answer] = {code: Filled(rollup.figures[code]) for code in rollup.form.inputs}
    return Contribution(ALL_BODIES, "", details, ALL_BODIES, answers)


def _rows(rollup: RollUp) -> tuple[Contribution, ...]:
    rows = []
    for file in rollup.merged:
        if file.ret is not None:
            answers: dict[str, Answer] = {code: file.ret.answers.get(code, Blank()) for code in rollup.form.inputs}
            identity = file.ret.identity
            rows.append(Contribution(identity.code or "", identity.name or "", file.file, file.sha256, answers))
    return tuple(rows)
