"""Blanks are no zeros: one warning a table, an error where nothing was filled in at all."""

from __future__ import annotations

from toolkit.answers import Blank
from toolkit.findings import Finding, finding
from toolkit.forms import Item, Table
from toolkit.forms.layout import lay_out
from toolkit.returns import Return

SHOWN = 8
"""How many cells a message names; the finding's items list them all."""


def blank_findings(ret: Return, blanks: frozenset[str]) -> tuple[Finding, ...]:
    """Return the findings about a return's blanks: whole tables, and rows left blank beside others that say 0."""
    if not blanks:
        return ()
    everything = all(isinstance(ret.answers.get(code, Blank()), Blank) for code in ret.form.inputs)
    if everything and not ret.declared:
        layout = lay_out(ret.form)
        first = ret.form.inputs[0]
        return (finding("BLANK_002", file=ret.file, sheet=layout.cell(first)[0], cell=layout.address(first), items=()),)
    found = []
    for table in ret.form.tables:
        items = [item for item in table.inputs if item.code in blanks]
        if items:
            found.append(_table(ret, table, items))
    return tuple(found)


def _table(ret: Return, table: Table, items: list[Item]) -> Finding:
    layout = lay_out(ret.form)
    cells = [_cell(ret, item.code) for item in items]
    listed = "、".join(cells[:SHOWN]) + ("等" if len(cells) > SHOWN else "")
    place = ret.place(items[0].code)
    return finding(
        "BLANK_001",
        file=ret.file,
        sheet=place.sheet if place is not None else layout.table(table.id).sheet,
        cell=cells[0],
        items=[item.code for item in items],
        table=f"“{table.title}”",
        table_en=table.id,
        count=len(items),
        cells=listed,
        detail=_detail(ret, table, items),
    )


def _cell(ret: Return, code: str) -> str:
    place = ret.place(code)
    return place.cell if place is not None else lay_out(ret.form).address(code)


def _detail(ret: Return, table: Table, items: list[Item]) -> str:
    """Return which rows are wholly blank while others of the table are filled: usually they were overlooked."""
    blank = {item.code for item in items}
    rows: dict[str, list[Item]] = {}
    for item in table.inputs:
        rows.setdefault(item.row_code, []).append(item)
    whole = [own[0].short.partition("·")[0] for own in rows.values() if all(item.code in blank for item in own)]
    carried = rows.get("r2", ()) if table.id == "t3" else ()
    if whole and len(whole) == len(rows):
        return f"其中“上年结转”{len(carried)} 格影响与上一年度的衔接。" if carried else ""
    if not whole:
        return ""
    return f"其中“{'”“'.join(whole[:4])}”{'等' if len(whole) > 4 else ''}整行空白。"
