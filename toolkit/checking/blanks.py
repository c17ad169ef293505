"""Blanks are no zeros: one warning a table, an error where nothing was filled in at all."""

from __future__ import annotations

from collections import Counter

from toolkit.answers import Blank
from toolkit.checking.placing import place_of
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.forms import Item, Table
from toolkit.forms.layout import lay_out
from toolkit.returns import Return

SHOWN = 8
"""How many cells a message names; the finding's items list them all."""
SHOWN_ROWS = 4
NONE = Wording("", "")


def blank_findings(ret: Return, blanks: frozenset[str]) -> tuple[Finding, ...]:
    """Return the findings about inputs without an answer: whole tables, and rows left blank beside others that say 0."""
    if not blanks:
        return ()
    if len(blanks) == len(ret.form.inputs):
        layout = lay_out(ret.form)
        first = ret.form.inputs[0]
        return (finding("BLANK_002", file=ret.file, sheet=layout.cell(first)[0], cell=layout.address(first)),)
    findings = []
    for table in ret.form.tables:
        items = [item for item in table.inputs if item.code in blanks]
        if items:
            findings.append(_table(ret, table, items))
    return tuple(findings)


def _table(ret: Return, table: Table, items: list[Item]) -> Finding:
    places = [place_of(ret, item.code) for item in items]
    return finding(
        "BLANK_001", file=ret.file, sheet=places[0].sheet, cell=places[0].cell, items=[item.code for item in items],
        table=table.title, count=len(items), cells=Wording.some([place.cell for place in places], "、", most=SHOWN,
        unit=""), detail=_together(_detail(table, items), _marks(ret, items)),
    )  # fmt: skip


def _together(*texts: Wording) -> Wording:
    return Wording("".join(texts), "".join(text.en for text in texts))


def _marks(ret: Return, items: list[Item]) -> Wording:
    """Return what stands for nothing in blanks: it is told here and has no line of its own (``own_lines``)."""
    answers = [ret.answers.get(item.code) for item in items]
    typed = Counter(one.raw for one in answers if isinstance(one, Blank) and one.note == "VALUE_003")
    marks = [Wording(f"“{raw}”（{count} 格）", f"“{raw}” ({count})") for raw, count in typed.items()]
    return phrase("blank_marks", marks=Wording.some(marks, "、", most=SHOWN_ROWS, unit="种")) if marks else NONE


def _detail(table: Table, items: list[Item]) -> Wording:
    """Return which rows are wholly blank while others of the table are filled: usually they were overlooked."""
    blank = {item.code for item in items}
    rows: dict[str, list[Item]] = {}
    for item in table.inputs:
        rows.setdefault(item.row_code, []).append(item)
    whole = [own[0].short.partition("·")[0] for own in rows.values() if all(item.code in blank for item in own)]
    carried = rows.get("r2", ()) if table.id == "t3" else ()
    if whole and len(whole) == len(rows):
        return phrase("blank_carried", count=len(carried)) if carried else NONE
    if not whole:
        return NONE
    return phrase("blank_rows", rows=Wording.some([f"“{row}”" for row in whole], "", most=SHOWN_ROWS, unit=""))
