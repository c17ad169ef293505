"""The sheet 调整: where a coordinator corrects a figure with a reason; the tables count what is complete and agrees."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import zip_longest

from toolkit.answers import Number
from toolkit.cells import Area, column_letters
from toolkit.excel_out import Page, Workbook, Worksheet, cell_format
from toolkit.forms.sheets import ADJUSTMENT_NOTE, ADJUSTMENTS, ALL_BODIES, USABLE, LineFault
from toolkit.returns import AdjustmentLine
from toolkit.returns import correction_grounds as grounds
from toolkit.returns.numbers import LIMIT
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import words
from toolkit.workbook.rollup.sums import Sums
from toolkit.workbook.styles import PINK, RED
from toolkit.workbook.tally import NO_FORMATS, SLACK

_NOTE = (
    f"{ADJUSTMENT_NOTE}更正某单位的某个数时在此填一行；原值应等于明细中的数（同一格再次更正的，等于上一次的新值），理由必填。"
    "“核对”显示“可用”的行才计入各表。单位代码、指标代码见“明细”第一列和第二行。"
)
_NOTE_WHOLE = (
    f"{ADJUSTMENT_NOTE}各单位的数在 {{file}}，不在本表，所以更正写在合计上：单位代码填“{ALL_BODIES}”，原值是“明细”里该指标的合计"
    "（再次更正的，等于上一次的新值），新值是更正后的合计，理由必填并写明是哪个单位。“核对”显示“可用”的行才计入各表。"
)


_BARE = 'SUBSTITUTE(SUBSTITUTE({}," ",""),"\u3000","")'
"""What ``grounds.bare`` makes of a text, for the cell with it."""
_LITERAL = 250
"""Characters of a text in a formula: Excel takes no more than 255."""


def put_adjustments(book: Workbook, sums: Sums) -> None:
    """Write 调整: 40 unlocked lines or more with validations, each with a check of its own beside it."""
    sheet = book.sheet(ADJUSTMENTS.name)
    styles.set_columns(sheet, ADJUSTMENTS, styles.plain)
    header, first = ADJUSTMENTS.header_row, ADJUSTMENTS.first_row
    sheet.row(header, 30, styles.plain)
    for column in ADJUSTMENTS.titled:
        sheet.text(header, ADJUSTMENTS.column(column.code), column.title, registers.head)
    for row, line in zip_longest(range(first, first + sums.lines), sums.typed):
        _line(sheet, row, line, sums)
    note = first + sums.lines
    sheet.row(note, 44, styles.plain)
    text = _NOTE if sums.elsewhere is None else _NOTE_WHOLE.format(file=words(sums.elsewhere.name))
    sheet.merge(Area(note, 0, note, ADJUSTMENTS.last), text, styles.note)
    _validate(sheet, sums)
    state = ADJUSTMENTS.a1(first, "state")
    wrong = cell_format(font_color=RED, bg_color=PINK, bold=True)
    sheet.colour(
        _lines("state", sums),
        {"type": "formula", "criteria": f'=AND(LEN({state})>0,{state}<>"{USABLE}")', "format": wrong},
    )
    sheet.frozen = (first, ADJUSTMENTS.column("old"))
    registers.finish(sheet, tab="#FFC000", last=(note, ADJUSTMENTS.last), page=Page(prints=False))
    sheet.cursor = (first, 0)


def _lines(code: str, sums: Sums) -> Area:
    """Return the cells of a column."""
    first, column = ADJUSTMENTS.first_row, ADJUSTMENTS.column(code)
    return Area(first, column, first + sums.lines - 1, column)


def _line(sheet: Worksheet, row: int, line: AdjustmentLine | None, sums: Sums) -> None:
    at = ADJUSTMENTS.column
    sheet.row(row, 26, styles.plain)
    cells = {} if line is None else line.cells
    for code in ("code", "item", "old", "new", "reason", "who"):
        value = cells.get(code)
        fmt = registers.number("money", locked=False) if code in ("old", "new") else registers.typed
        if value is None:
            sheet.blank(row, at(code), fmt)
        elif isinstance(value, str):
            sheet.text(row, at(code), words(value), fmt)
        else:
            sheet.number(row, at(code), value, fmt)
    usable = line is not None and line.fault == ""
    fault = (
        "" if line is None else max((word for word in LineFault if line.fault.startswith(word)), key=len, default="")
    )
    state, about = _formulas(row, sums)
    sheet.formula(row, at("state"), state, registers.centred, USABLE if usable else fault)
    before, after = cells.get("old"), cells.get("new")
    counts = usable and isinstance(before, int | Decimal) and isinstance(after, int | Decimal)
    change: Number = after - before if counts else 0  # type: ignore[operator]
    old, new, shown = (ADJUSTMENTS.a1(row, code) for code in ("old", "new", "state"))
    sheet.formula(row, at("change"), f'IF({shown}="{USABLE}",{new}-{old},0)', registers.number("change"), change)
    code, item = (str(cells.get(code) or "") for code in ("code", "item"))
    text = _about(code, item.lower(), sums) if item.lower() in sums.form.inputs else ""
    sheet.formula(row, at("about"), about, registers.small, text)


def _formulas(row: int, sums: Sums) -> tuple[str, str]:
    """Return the formulas of 核对 and of 单位和指标 for a line."""
    code, item, old, new, reason = (ADJUSTMENTS.a1(row, key) for key in ("code", "item", "old", "new", "reason"))
    bodies, names, items, titles = sums.bodies("code"), sums.bodies("name"), sums.codes, sums.titles
    stands = f"INDEX({sums.figures},MATCH({code},{bodies},0),MATCH({item},{items},0))"
    if row > ADJUSTMENTS.first_row:
        codes, others, changes = (_above(row, key) for key in ("code", "item", "change"))
        stands = f"{stands}+SUMPRODUCT(({codes}={code})*({others}={item})*{changes})"
    known, asked = f"SUMPRODUCT(({bodies}={code})*1)", f"SUMPRODUCT(({items}={item})*1)"
    typed = "&".join(ADJUSTMENTS.a1(row, column.code) for column in ADJUSTMENTS.columns if column.owner)
    dated = "+".join(f'ISNUMBER(FIND(LEFT(CELL("format",{cell}),1),{NO_FORMATS}))' for cell in (old, new))
    kinds = {kind: [c for c in sums.form.inputs if sums.form.items[c].kind == kind] for kind in ("money", "signed")}
    money, signed = (_any_of(item, kinds[kind]) for kind in ("money", "signed"))
    places = f"IF({money},4,0)"
    negative = f"AND(MIN({old}:{new})<0,({signed})=FALSE)"
    rough = f"ABS(ROUND({old},{places})-{old})+ABS(ROUND({new},{places})-{new})>(ABS({old})+ABS({new}))*{SLACK}"
    faults = (
        (f"{known}=0", LineFault.NO_BODY if sums.elsewhere is None else LineFault.NOT_ALL),
        (f"{asked}=0", LineFault.NO_ITEM),
        (f"COUNT({old}:{new})-({dated}>0)<2", LineFault.NO_FIGURE),
        (f"MAX(ABS({old}),ABS({new}))>={LIMIT}", LineFault.LARGE),
    )
    kind = f'IF({money},"{LineFault.MONEY}",IF({signed},"{LineFault.SIGNED}","{LineFault.COUNT}"))'
    rest = (
        (f"ABS({stands}-{old})>0.00005", LineFault.OTHER),
        (f"LEN({_BARE.format(reason)})=0", LineFault.NO_GROUND),
        (f"({_ground(reason)})=FALSE", LineFault.NO_REASON),
    )
    state = _chain(rest, f'"{USABLE}"')
    state = _chain(faults, f"IF(OR({rough},{negative}),{kind},{state})")
    state = f'IF(TRIM({code})&TRIM({item})<>{code}&{item},"{LineFault.SPACES}",{state})'
    state = f'IF(ISERROR(LEN({typed})),"{LineFault.ERROR_VALUE}",IF(LEN({typed})=0,"",{state}))'
    about = (
        f'IF(ISERROR(LEN({code})*LEN({item})),"",IF(LEN({code})*LEN({item})*{known}*{asked}=0,"",'
        f'INDEX({names},MATCH({code},{bodies},0))&"："&INDEX({titles},MATCH({item},{items},0))))'
    )
    return state, about


def _chain(faults: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Return a formula that shows the first fault of which the condition holds."""
    for condition, fault in reversed(faults):
        otherwise = f'IF({condition},"{fault}",{otherwise})'
    return otherwise


def _any_of(cell: str, words: Sequence[str]) -> str:
    return f"SUMPRODUCT(({cell}={_listed(words)})*1)>0" if words else "1=0"


def _listed(words: Sequence[str], by: str = ",") -> str:
    return "{" + by.join(f'"{word}"' for word in words) + "}"


@cache
def _ground(reason: str) -> str:
    """Return the condition ``grounds.is_ground`` of a cell."""
    plain = _BARE.format(reason)

    short = plain
    for word in grounds.LEFT_OUT:
        short = f'SUBSTITUTE({short},"{word}","")'

    def holds(words: str, text: str = plain) -> str:
        return f"SUMPRODUCT(ISNUMBER(FIND({words},{text}))*1)>0"

    def pair(first: Sequence[str], second: Sequence[str], text: str = plain) -> str:
        return holds(f"{_listed(first, ';')}&{_listed(second)}", text)

    assured, denied, faults, caused, slips, hints, facts, documents, consents = (
        holds(_listed(words))
        for words in (
            grounds.ASSURANCES, grounds.NO_FAULT, grounds.FAULTS, grounds.CAUSES, grounds.slips(), grounds.hints(),
            grounds.facts(), grounds.DOCUMENTS, grounds.CONSENTS,
        )
    )  # fmt: skip
    century, by = (f'ISNUMBER(FIND("{word}",{plain}))' for word in (grounds.CENTURY, grounds.BY))
    characters, rows = grounds.empty_characters(), f"ROW($1:${grounds.LOOKED_AT})"
    empty = "&".join(f'"{characters[at : at + _LITERAL]}"' for at in range(0, len(characters), _LITERAL))
    looked = f"({rows}<=LEN({plain}))*ISNUMBER(FIND(MID({plain},{rows},1),{empty}))"
    content = f"LEN({plain})-SUMPRODUCT({looked})"
    ways = (
        f"AND({century},{consents})",
        documents,
        pair(grounds.DIGITS, grounds.UNITS),
        facts,
        f"AND({slips},OR({caused},({denied})=FALSE))",
        f"AND({hints},OR({caused},({assured})=FALSE))",
        f"AND({pair(grounds.DENIALS, grounds.MATTERS, short)},({faults})=FALSE)",
        f"AND({by},{pair(grounds.BODIES, grounds.ACTIONS, short)})",
        f"{content}>=IF({assured},{grounds.CONTENT_ASSURED},{grounds.CONTENT})",
    )
    return f"OR({','.join(ways)})"


def _above(row: int, code: str) -> str:
    """Return the lines above one as they are copied down, e.g. ``A$2:A5``."""
    letters = column_letters(ADJUSTMENTS.column(code))
    return f"{letters}${ADJUSTMENTS.first_row + 1}:{letters}{row}"


def _about(code: str, item: str, sums: Sums) -> str:
    names = (ret.identity.name or "" for _, ret in sums.rows if (ret.identity.code or "").upper() == code.upper())
    name = next(names, sums.pointer)
    if not name:
        return ""
    return f"{words(name)}：{sums.form.items[item].short.replace('·', chr(10))}"


def _validate(sheet: Worksheet, sums: Sums) -> None:
    title = {column.code: column.title for column in ADJUSTMENTS.columns}
    which = (
        "从列表中选，即“明细”第一列的统一社会信用代码。"
        if sums.elsewhere is None
        else f"从列表中选“{ALL_BODIES}”：各单位的数不在本表，更正写在合计上。"
    )
    for code, source, message in (
        ("code", sums.bodies("code"), which),
        ("item", sums.codes, "从列表中选，即“明细”第二行的代码，如 t3.r1.natural。"),
    ):
        sheet.validate(
            _lines(code, sums),
            {"validate": "list", "source": f"={source}", "input_title": title[code], "input_message": message,
             "error_title": f"没有这个{title[code]}", "error_message": message},
        )  # fmt: skip
    for code, message in (
        ("old", "明细中现在的数；同一格再次更正的，填上一次的新值。"),
        ("new", "应当是多少；金额以万元计。"),
    ):
        sheet.validate(
            _lines(code, sums),
            {"validate": "decimal", "criteria": "between", "minimum": -(10**12), "maximum": 10**12,
             "input_title": title[code], "input_message": message,
             "error_title": "这里只能填数字", "error_message": message},
        )  # fmt: skip
    sheet.validate(
        _lines("reason", sums),
        {"validate": "length", "criteria": ">=", "value": 2, "input_title": title["reason"],
         "input_message": "必填：为什么更正，或者凭哪份文件；只写“核实无误”不算。", "error_title": "请写理由", "error_message": "理由必填。"},
    )  # fmt: skip
