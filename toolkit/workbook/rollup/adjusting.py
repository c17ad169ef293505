"""The sheet 调整: where a coordinator corrects a figure with a reason; the tables count what is complete and agrees."""

from __future__ import annotations

from toolkit.answers import Number
from toolkit.cells import Area, a1
from toolkit.excel_out import Page, Sheet, Workbook, cell_format
from toolkit.forms.sheets import ADJUSTMENTS, ALL_BODIES, DETAIL_SHEET
from toolkit.workbook import grids, styles
from toolkit.workbook.grids import words
from toolkit.workbook.rollup.sums import ADJUSTMENT_ROWS, FIRST_ROW, FIXED, USABLE, Sums
from toolkit.workbook.styles import PINK, RED

TITLES = ("单位代码", "指标代码", "原值", "新值", "理由", "经办人", "核对", "单位和指标", "计入差额")
_NOTE = (
    "说明：更正某单位的某个数时在此填一行；原值应等于明细中的数（同一格再次更正的，等于上一次的新值），理由必填。"
    "“核对”显示“可用”的行才计入各表。单位代码、指标代码见“明细”第一列和第二行。"
)
_NOTE_WHOLE = (
    f"说明：各单位的数在 {{file}}，不在本表，所以更正写在合计上：单位代码填“{ALL_BODIES}”，原值是“明细”里该指标的合计"
    "（再次更正的，等于上一次的新值），新值是更正后的合计，理由必填并写明是哪个单位。“核对”显示“可用”的行才计入各表。"
)
_WIDTHS = (170, 150, 90, 90, 280, 90, 140, 280, 90)


def put_adjustments(book: Workbook, sums: Sums) -> None:
    """Write 调整: 40 unlocked lines with validations, each with a check of its own beside it."""
    sheet = book.sheet(ADJUSTMENTS.name)
    grids.columns(sheet, _WIDTHS)
    sheet.row(0, 30, styles.plain)
    for at, title in enumerate(TITLES):
        sheet.text(0, at, title, grids.head)
    for at in range(ADJUSTMENT_ROWS):
        _line(sheet, 1 + at, book, sums)
    note = 1 + ADJUSTMENT_ROWS
    sheet.row(note, 44, styles.plain)
    text = _NOTE if sums.elsewhere is None else _NOTE_WHOLE.format(file=words(sums.elsewhere.name))
    sheet.merge(Area(note, 0, note, len(TITLES) - 1), text, styles.note)
    _validate(sheet, sums)
    wrong = cell_format(font_color=RED, bg_color=PINK, bold=True)
    sheet.colour(
        Area(1, 6, ADJUSTMENT_ROWS, 6),
        {"type": "formula", "criteria": f'=AND(LEN(G2)>0,G2<>"{USABLE}")', "format": wrong},
    )
    sheet.frozen = (1, 2)
    grids.finish(
        sheet, tab="#FFC000", rows=(0, 0), last=(note, len(TITLES) - 1), page=Page(landscape=True, pages_high=1)
    )
    sheet.cursor = (1, 0)


def _line(sheet: Sheet, row: int, book: Workbook, sums: Sums) -> None:
    given = sums.adjustments[row - 1] if row - 1 < len(sums.adjustments) else None
    sheet.row(row, 26, styles.plain)
    for at, text in ((0, given.code), (1, given.item), (4, given.reason), (5, given.who)) if given is not None else ():
        sheet.text(row, at, words(text), grids.typed)
    figure = grids.number("money", locked=False)
    if given is None:
        for at in (0, 1, 4, 5):
            sheet.blank(row, at, grids.typed)
        for at in (2, 3):
            sheet.blank(row, at, figure)
    else:
        sheet.number(row, 2, given.old, figure)
        sheet.number(row, 3, given.new, figure)
    state, about = _formulas(row, sums)
    sheet.formula(row, 6, state, grids.centred, USABLE if given is not None else "")
    change: Number = 0 if given is None else given.new - given.old
    line = row + 1
    sheet.formula(row, 8, f'IF(G{line}="{USABLE}",D{line}-C{line},0)', grids.number("change"), change)
    sheet.formula(row, 7, about, grids.small, _about(given.code, given.item, sums) if given is not None else "")


def _formulas(row: int, sums: Sums) -> tuple[str, str]:
    """Return the formulas of 核对 and of 单位和指标 for a line."""
    line = row + 1
    first, last = FIRST_ROW, sums.last_row
    items = _detail(first - 1, len(FIXED), first - 1, sums.last_column)
    titles = _detail(0, len(FIXED), 0, sums.last_column)
    bodies, names = _detail(first, 0, last, 0), _detail(first, 1, last, 1)
    figures = _detail(first, len(FIXED), last, sums.last_column)
    stands = f"INDEX({figures},MATCH(A{line},{bodies},0),MATCH(B{line},{items},0))"
    if row > 1:
        above = f"(A$2:A{row}=A{line})*(B$2:B{row}=B{line})*I$2:I{row}"
        stands = f"{stands}+SUMPRODUCT({above})"
    known, asked = f"SUMPRODUCT(({bodies}=A{line})*1)", f"SUMPRODUCT(({items}=B{line})*1)"
    nobody = "明细没有这个单位" if sums.elsewhere is None else f"单位代码应为“{ALL_BODIES}”"
    state = (
        f'IF(LEN(A{line}&B{line}&C{line}&D{line}&E{line}&F{line})=0,"",IF({known}=0,"{nobody}",'
        f'IF({asked}=0,"没有这个指标",IF(COUNT(C{line}:D{line})<2,"原值新值应为数",'
        f'IF(ABS({stands}-C{line})>0.00001,"原值与明细不符",IF(LEN(E{line})=0,"请写理由","{USABLE}"))))))'
    )
    about = (
        f'IF(LEN(A{line})*LEN(B{line})=0,"",IF({known}*{asked}=0,"",'
        f'INDEX({names},MATCH(A{line},{bodies},0))&"："&INDEX({titles},MATCH(B{line},{items},0))))'
    )
    return state, about


def _about(code: str, item: str, sums: Sums) -> str:
    name = next((ret.identity.name or "" for _, ret in sums.rows if ret.identity.code == code), sums.pointer)
    return f"{words(name)}：{sums.form.items[item].short.replace('·', chr(10))}"


def _detail(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    first, last = a1(first_row, first_column, absolute=True), a1(last_row, last_column, absolute=True)
    return f"'{DETAIL_SHEET}'!{first}:{last}"


def _validate(sheet: Sheet, sums: Sums) -> None:
    last = ADJUSTMENT_ROWS
    bodies = _detail(FIRST_ROW, 0, sums.last_row, 0)
    items = _detail(FIRST_ROW - 1, len(FIXED), FIRST_ROW - 1, sums.last_column)
    for column, source, title, message in (
        (
            0,
            bodies,
            "单位代码",
            "从列表中选，即“明细”第一列的统一社会信用代码。"
            if sums.elsewhere is None
            else f"从列表中选“{ALL_BODIES}”：各单位的数不在本表，更正写在合计上。",
        ),
        (1, items, "指标代码", "从列表中选，即“明细”第二行的代码，如 t3.r1.natural。"),
    ):
        sheet.validate(Area(1, column, last, column), {"validate": "list", "source": f"={source}", "input_title": title, "input_message": message,
             "error_title": f"没有这个{title}", "error_message": message})  # fmt: skip
    for column, title, message in (
        (2, "原值", "明细中现在的数；同一格再次更正的，填上一次的新值。"),
        (3, "新值", "应当是多少；金额以万元计。"),
    ):
        sheet.validate(Area(1, column, last, column), {"validate": "decimal", "criteria": "between", "minimum": -(10**12), "maximum": 10**12,
             "input_title": title, "input_message": message, "error_title": "这里只能填数字", "error_message": message})  # fmt: skip
    sheet.validate(Area(1, 4, last, 4), {"validate": "length", "criteria": ">=", "value": 2, "input_title": "理由",
         "input_message": "必填：谁、什么时候、凭什么确认。", "error_title": "请写理由", "error_message": "理由必填。"})  # fmt: skip
