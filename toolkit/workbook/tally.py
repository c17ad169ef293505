"""``_核对``: how every entry and every part stands, noted by formulas for all others to count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from toolkit.answers import Filled
from toolkit.cells import a1
from toolkit.excel_out import LAST_COLUMN, Protection, Worksheet
from toolkit.forms.definition import Item, Part
from toolkit.forms.layout import CheckLine, Layout
from toolkit.forms.sheets import CHAPTER, CHECKS, CODE_ROW, COVER, TALLY, EntryState
from toolkit.returns.check_number import CODE_WEIGHTS, PRIME, SHOWN, code_sum, origin, remainder, weights
from toolkit.returns.numbers import BLANK_MARKS, LIMIT, NOT_FOUND
from toolkit.returns.status import DONE
from toolkit.roster import ALPHABET
from toolkit.roster.credit_codes import WEIGHTS
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import counted, ranges, runs, switch_on, tallied
from toolkit.workbook.revision import put_watched
from toolkit.workbook.state import BODY, State

NO_FORMATS = f'IF(CELL("format",{TALLY.a1(0, "place", absolute=True)})="G","DP","DPG")'
"""How the formats begin under which a number is a date or a percentage. Where a cell of no format has another letter than
G, in LibreOffice, G is kept for dates."""
SLACK = "0.0000000000000005"
"""What a double may be off the figure that programs show of it, by its size: they show 15 digits."""
_CHAPTER_ROWS = 400
"""So many rows of a chapter are looked at for a text."""
_MARKS = f"|{'|'.join(sorted(BLANK_MARKS))}|"
"""What is typed for a blank, one after the other."""
_COUNTS = ("missing", "broken", "doubts", "unsure")


def put_tally(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write ``_核对``."""
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    at = TALLY.column
    for column in ("place", "number", "waits"):
        sheet.number(0, at(column), 0, styles.plain)
    place = layout.place_number(COVER.name, *COVER.cells["code"])
    _entry(sheet, CODE_ROW, place, _code_state(any_kind=filling.kind == "rollup"), state.code)
    by = weights(layout.form)
    for code, row in layout.tally.items():
        answer, known = filling.answers.get(code), state.entries[code]
        text = _state(layout, layout.form.items[code])
        if code in filling.prefilled and isinstance(answer, Filled):
            text = _carried(layout, code, filling.prefilled, text)
            cell, shown = layout.reference(code), TALLY.a1(row, "prefilled")
            sheet.number(row, at("prefilled"), answer.value, styles.plain)
            sheet.formula(row, at("untouched"), f"IF(ISNUMBER({cell}),IF({cell}={shown},1,0),0)", styles.plain, 1)
        _entry(sheet, row, layout.place_number(*layout.cell(code)), text, known)
        amount = remainder(state.shown[code], layout.form.items[code].kind)
        sheet.formula(row, at("figure"), _figure(layout, code), styles.plain, amount)
        sheet.number(row, at("weight"), by[code], styles.plain)
    _checksum(sheet, layout, filling, state)
    for code, row in layout.last.items():
        figure = None if filling.sharers else filling.last_year.get(code)
        if figure is None:
            sheet.blank(row, at("last"), styles.plain)
        else:
            sheet.number(row, at("last"), figure, styles.plain)
    _parts(sheet, layout, filling, state)
    put_watched(sheet, state.review)
    sheet.protection = Protection()
    sheet.very_hidden = True


def _entry(sheet: Worksheet, row: int, place: int, formula: str, known: EntryState) -> None:
    """Write the cell of an entry, its state, and how many are no figures so far."""
    before = sheet.cells[row - 1, TALLY.column("number")].value
    number = int(before or 0) + (known > EntryState.ZERO)
    sheet.number(row, TALLY.column("place"), place, styles.plain)
    sheet.formula(row, TALLY.column("state"), formula, styles.plain, known)
    formula = f"{TALLY.a1(row - 1, 'number')}+({TALLY.a1(row, 'state')}>{EntryState.ZERO})"
    sheet.formula(row, TALLY.column("number"), formula, styles.plain, number)


def _figure(layout: Layout, code: str) -> str:
    cell, state = layout.reference(code).replace("$", ""), TALLY.a1(layout.tally[code], "state")
    amount = f"ROUND({cell}*10000,0)" if layout.form.items[code].kind == "money" else cell
    return f"IF({state}>{EntryState.ZERO},0,IF(ISNUMBER({cell}),MOD({amount},{PRIME}),0))"


def _checksum(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the 校验码, the same as ``returns.checksum``; the code of the body counts where it is well-formed."""
    code, at = filling.fields.get("code", ""), TALLY.column
    fixed = filling.kind == "rollup"
    known = code_sum(code if fixed else code.replace(" ", "").upper())
    typed = f'UPPER(SUBSTITUTE({COVER.reference("code")}," ",""))'
    live = f"IF({TALLY.a1(CODE_ROW, 'state')}={EntryState.FIGURE},{characters(typed, CODE_WEIGHTS)},0)"
    sheet.formula(CODE_ROW, at("figure"), str(known) if fixed else live, styles.plain, known)
    sheet.number(CODE_ROW, at("weight"), 1, styles.plain)
    last = max(layout.tally.values())
    sums = ",".join(TALLY.block(CODE_ROW, last, column) for column in ("figure", "weight"))
    total = f"MOD(SUMPRODUCT({sums})+{origin(filling.form, filling.year)},{PRIME})"
    sheet.formula(TALLY.first_row, at("checksum"), f'TEXT({total},"{SHOWN}")', styles.plain, state.checksum)


@lru_cache(maxsize=512)
def _state(layout: Layout, item: Item) -> str:
    """Return the formula that tells how an input stands."""
    cell, places = layout.reference(item.code).replace("$", ""), 4 if item.kind == "money" else 0
    number = f"IF(ABS({cell}-ROUND({cell},{places}))>ABS({cell})*{SLACK},{EntryState.FRACTION},{EntryState.FIGURE})"
    if item.kind != "signed":
        number = f"IF({cell}<0,{EntryState.NEGATIVE},{number})"
    number = (
        f'IF(ISNUMBER(FIND(LEFT(CELL("format",{cell}),1),{NO_FORMATS})),{EntryState.DATED},'
        f"IF(ABS({cell})>={LIMIT},{EntryState.LARGE},{number}))"
    )
    blank = f"IF({switch_on(layout, item.table)},{EntryState.ZERO},{EntryState.BLANK})"
    return (
        f"IF(OR(ISERROR({cell}),ISLOGICAL({cell})),{EntryState.NO_NUMBER},IF(ISNUMBER({cell}),{number},"
        f'IF(LEN(TRIM({cell}))>0,IF(TRIM({cell})="{NOT_FOUND}",{EntryState.UNREAD},{EntryState.TEXT}),{blank})))'
    )


def _carried(layout: Layout, code: str, prefilled: Iterable[str], otherwise: str) -> str:
    """Return the formula for a prefilled input: blank as long as nobody touched it nor answered anything in its table."""
    item = layout.form.items[code]
    inputs = [own.code for own in layout.form.table(item.table).inputs]
    untouched = tallied(layout, [own for own in inputs if own in set(prefilled)], "untouched")
    # Spaces and marks such as / are no answers. An error value makes the count one: that cell is an answer, if a wrong one.
    written = "+".join(
        f'SUMPRODUCT((LEN(TRIM({area}))>0)*ISERROR(FIND("|"&TRIM({area})&"|","{_MARKS}")))'
        for area in ranges(layout, inputs)
    )
    alone = f"IF(ISERROR({written}),FALSE,{written}=SUM({','.join(untouched)}))"
    mine = TALLY.a1(layout.tally[code], "untouched")
    return f"IF(AND({mine}=1,{alone},{switch_on(layout, item.table)}=FALSE),{EntryState.BLANK},{otherwise})"


def _code_state(*, any_kind: bool) -> str:
    """Return the formula that tells whether the code on the cover is well-formed (GB 32100)."""
    code = f'UPPER(SUBSTITUTE({COVER.reference("code")}," ",""))'
    if any_kind:
        return f"IF(LEN({code})=0,{EntryState.BLANK},{EntryState.FIGURE})"
    total = f"MOD({characters(code, (*WEIGHTS, 1))},31)"
    return (
        f"IF(LEN({code})=0,{EntryState.BLANK},IF(LEN({code})<>18,{EntryState.CODE},"
        f"IF(ISERROR({total}),{EntryState.TEXT},IF({total}=0,{EntryState.FIGURE},{EntryState.CODE}))))"
    )


def characters(code: str, weights: tuple[int, ...]) -> str:
    """Return the formula of the weighted sum of a code's characters; an error where one is none of the alphabet."""
    places = ",".join(str(at) for at in range(1, len(weights) + 1))
    by = ",".join(map(str, weights))
    return f'SUMPRODUCT((FIND(MID({code},{{{places}}},1),"{ALPHABET}")-1)*{{{by}}})'


def _parts(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write a line for 封面, each part and 校验: its counts, and where its first cell to fill is."""
    at, status = TALLY.column, {part.part: part for part in state.status.parts}
    formulas = {COVER.name: _cover(filling), CHECKS.name: ("0", "0", "0", "0")}
    formulas |= {part.number: _part(layout, part, filling) for part in layout.form.parts}
    waits = 0
    for (name, row), sheet_name in zip(layout.parts.items(), layout.sheets, strict=False):
        known = status[name]
        counts = (known.missing, known.broken, known.doubts, known.unsure)
        for column, formula, count in zip(_COUNTS, formulas[name], counts, strict=True):
            sheet.formula(row, at(column), formula, styles.plain, count)
        waits += known.missing > 0
        formula = f"{TALLY.a1(row - 1, 'waits')}+({TALLY.a1(row, 'missing')}>0)"
        sheet.formula(row, at("waits"), formula, styles.plain, waits)
        # Texts as formulas: they need no place among the strings that a reader has to go through.
        label = label_of(layout, name)
        sheet.formula(row, at("sheet"), f'"{sheet_name}"', styles.plain, sheet_name)
        sheet.formula(row, at("label"), f'"{label}"', styles.plain, label)
        place = state.first_blank(name)
        sheet.formula(row, at("at"), _first(layout, name, place), styles.plain, place)
    rows = [layout.parts[part.number] for part in layout.form.chapters]
    empty = "+".join(TALLY.a1(row, "missing") for row in rows)
    persons = [COVER.reference(key) for key in COVER.cells if key not in (*BODY, "year")]
    blank = "+".join(f"LEN({cell})" for cell in persons)
    answered = counted(layout, layout.form.inputs, f'"<>{EntryState.BLANK}"')
    formula = f"IF(AND({answered}=0,{empty}={len(rows)},{blank}=0),0,1)"
    sheet.formula(TALLY.first_row, at("started"), formula, styles.plain, int(state.status.started))


def label_of(layout: Layout, name: str) -> str:
    """Return how a part is called in a line of what is to be done: 封面, 三表, 第一部分."""
    part = layout.part(name)
    return name if part is None else f"第{name}部分" if part.table is None else f"{name}表"


def _cover(filling: Filling) -> tuple[str, ...]:
    keys = [key for key in COVER.cells if key != "year" and (key in BODY or filling.kind != "rollup")]
    blank = "+".join(f'({COVER.reference(key)}="")' for key in keys)
    state = TALLY.a1(CODE_ROW, "state")
    return blank, f"IF({state}>{EntryState.TEXT},1,0)", "0", f"IF({state}={EntryState.TEXT},1,0)"


def _part(layout: Layout, part: Part, filling: Filling) -> tuple[str, ...]:
    if part.table is None:
        return _chapter(part, filling), "0", "0", "0"
    inputs = [item.code for item in layout.form.table(part.table).inputs]
    lines = layout.lines[part.number]
    faulty = counted(layout, inputs, f'">{EntryState.TEXT}"')
    broken, doubts = (_failing(lines, level) for level in ("错误", "存疑"))
    blank, unread, texts = (
        counted(layout, inputs, str(state)) for state in (EntryState.BLANK, EntryState.UNREAD, EntryState.TEXT)
    )
    return f"{blank}+{unread}", f"{faulty}+{broken}", doubts, texts


def _failing(lines: Iterable[CheckLine], level: str) -> str:
    """Return the formula that counts the lines of a level that stand out."""
    blocks = [[CHECKS.block(*run, code) for code in ("level", "stands")] for run in runs([line.row for line in lines])]
    return "+".join(f'SUMPRODUCT(({levels}="{level}")*{stands})' for levels, stands in blocks) or "0"


def _chapter(part: Part, filling: Filling) -> str:
    """Return the formula that is 1 while a chapter has no text but its sub-headings."""
    if filling.kind == "rollup":
        return "0"
    column, first = CHAPTER.column("text"), CHAPTER.first_row
    area = f"'{part.sheet}'!{a1(first, column, absolute=True)}:{a1(first + _CHAPTER_ROWS - 1, column, absolute=True)}"
    heads = "".join(f'-COUNTIF({area},"{head}")' for head in part.heads)
    return f"IF({_CHAPTER_ROWS}-COUNTBLANK({area}){heads}>0,0,1)"


def _first(layout: Layout, name: str, place: int) -> str:
    """Return the formula of where the first cell to fill of a part is, as a number: ``State.first_blank``."""
    part = layout.part(name)
    if part is None or part.table is None:
        return str(place)
    rows = [layout.tally[item.code] for item in layout.form.table(part.table).inputs]
    blocks = {code: TALLY.block(min(rows), max(rows), code) for code in ("state", "place")}
    blank, unread = (f"MATCH({state},{blocks['state']},0)" for state in (EntryState.BLANK, EntryState.UNREAD))
    at = f"INDEX({blocks['place']},IF(ISERROR({blank}),{unread},{blank}))"
    return f"IF({TALLY.a1(layout.parts[name], 'missing')}=0,0,{at})"


CHECKSUM = f'"校验码："&{TALLY.reference(TALLY.first_row, "checksum")}'
"""The formula of the 校验码 with its word."""


def part_words(layout: Layout, name: str) -> str:
    """Return the formula of a part's words: the same as ``PartStatus.words``."""
    missing, broken, doubts, unsure = (TALLY.reference(layout.parts[name], code) for code in _COUNTS)
    pieces = ((missing, "缺"), (broken, "不符"), (doubts, "待说明"), (unsure, "待确认"))
    text = "&".join(f'IF({cell}>0," · {word} "&{cell},"")' for cell, word in pieces)
    return f'IF({missing}+{broken}+{doubts}+{unsure}=0,"{DONE}",MID({text},4,60))'


def to_do(layout: Layout) -> tuple[str, str, str]:
    """Return the cells that count entries that are no figures, checks that stand out, parts with cells to fill."""
    number = TALLY.reference(max(layout.tally.values()), "number")
    order = CHECKS.reference(layout.checks.lines[-1].row, "order")
    return number, order, TALLY.reference(list(layout.parts.values())[-1], "waits")


def to_do_words(layout: Layout) -> str:
    """Return the formula of how many things are to be done, for the line of 校验 on the cover."""
    whole = "+".join(to_do(layout))
    return f'IF({whole}=0,"{DONE}","要处理 "&({whole})&" 处")'


def totals(layout: Layout) -> dict[str, str]:
    """Return the formulas of the counts of all parts together."""
    rows = list(layout.parts.values())
    return {code: f"SUM({TALLY.block(rows[0], rows[-1], code)})" for code in _COUNTS}


def sentence(missing: str, broken: str, doubts: str, unsure: str) -> str:
    """Return the formula of the one sentence from the cells of the counts: the same as ``Status.sentence``."""
    pieces = ((broken, "处错误"), (missing, "格待填"), (unsure, "格待确认"))
    left = "&".join(f'IF({cell}>0,"、"&{cell}&" {word}","")' for cell, word in pieces)
    started = TALLY.reference(TALLY.first_row, "started")
    return (
        f'IF({started}=0,"尚未开始填写",IF({broken}+{missing}+{unsure}=0,"可以上报","还有 "&MID({left},2,60))'
        f'&IF({doubts}>0,"，另有 "&{doubts}&" 处存疑待说明",""))'
    )
