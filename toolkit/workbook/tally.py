"""``_核对``: how every input stands, noted by one formula an input, for all others to count."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.answers import Filled
from toolkit.excel_out import LAST_COLUMN, Protection, Worksheet
from toolkit.forms.definition import Item
from toolkit.forms.layout import Layout
from toolkit.forms.sheets import TALLY, InputState
from toolkit.returns.numbers import LIMIT
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import ranges, switch_on, tallied
from toolkit.workbook.state import State

_NO_FORMATS = f'IF(CELL("format",{TALLY.a1(0, "place", absolute=True)})="G","DP","DPG")'
"""How the formats begin under which a number is a date or a percentage. Where a cell of no format has another letter than
G, in LibreOffice, G is kept for dates."""
_SLACK = "0.0000000000000005"
"""What a double may be off the figure that programs show of it, by its size: they show 15 digits."""


def put_tally(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write ``_核对``."""
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    at = TALLY.column
    sheet.number(0, at("place"), 0, styles.plain)
    sheet.number(0, at("number"), 0, styles.plain)
    number = 0
    for code, row in layout.tally.items():
        answer, known = filling.answers.get(code), state.inputs[code]
        text = _state(layout, layout.form.items[code])
        if code in filling.prefilled and isinstance(answer, Filled):
            text = _carried(layout, code, filling.prefilled, text)
            cell, shown = layout.reference(code), TALLY.a1(row, "prefilled")
            sheet.number(row, at("prefilled"), answer.value, styles.plain)
            sheet.formula(row, at("untouched"), f"IF(ISNUMBER({cell}),IF({cell}={shown},1,0),0)", styles.plain, 1)
        number += known >= InputState.TEXT
        own = TALLY.a1(row, "state")
        sheet.number(row, at("place"), layout.place_number(code), styles.plain)
        sheet.formula(row, at("state"), text, styles.plain, known)
        sheet.formula(
            row, at("number"), f"{TALLY.a1(row - 1, 'number')}+({own}>{InputState.ZERO})", styles.plain, number
        )
    sheet.protection = Protection()
    sheet.very_hidden = True


def _state(layout: Layout, item: Item) -> str:
    """Return the formula that tells how an input stands."""
    cell, places = layout.reference(item.code).replace("$", ""), 4 if item.kind == "money" else 0
    number = f"IF(ABS({cell}-ROUND({cell},{places}))>ABS({cell})*{_SLACK},{InputState.FRACTION},{InputState.FIGURE})"
    if item.kind != "signed":
        number = f"IF({cell}<0,{InputState.NEGATIVE},{number})"
    number = (
        f'IF(ISNUMBER(FIND(LEFT(CELL("format",{cell}),1),{_NO_FORMATS})),{InputState.DATED},'
        f"IF(ABS({cell})>={LIMIT},{InputState.LARGE},{number}))"
    )
    blank = f"IF({switch_on(layout, item.table)},{InputState.ZERO},{InputState.BLANK})"
    return (
        f"IF(OR(ISERROR({cell}),ISLOGICAL({cell})),{InputState.NO_NUMBER},IF(ISNUMBER({cell}),{number},"
        f"IF(LEN(TRIM({cell}))>0,{InputState.TEXT},{blank})))"
    )


def _carried(layout: Layout, code: str, prefilled: Iterable[str], otherwise: str) -> str:
    """Return the formula for a prefilled input: blank as long as nobody touched it nor answered anything in its table."""
    item = layout.form.items[code]
    inputs = [own.code for own in layout.form.table(item.table).inputs]
    untouched = tallied(layout, [own for own in inputs if own in set(prefilled)], "untouched")
    blank = "".join(f"-COUNTBLANK({area})" for area in ranges(layout, inputs))
    answered = f"{len(inputs)}{blank}-SUM({','.join(untouched)})"
    mine = TALLY.a1(layout.tally[code], "untouched")
    return f"IF(AND({mine}=1,{answered}=0,{switch_on(layout, item.table)}=FALSE),{InputState.BLANK},{otherwise})"
