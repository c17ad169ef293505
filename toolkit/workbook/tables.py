"""The statistical tables in their legal layout: locked labels, unlocked inputs, live totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest

from toolkit.answers import Filled, Unreadable
from toolkit.cells import Area, a1, parse_range
from toolkit.excel_out import (
    LAST_COLUMN,
    AreaRule,
    Format,
    Page,
    Protection,
    Worksheet,
    cell_format,
    line_height,
    text_width,
    wrapped_lines,
)  # fmt: skip
from toolkit.findings import Severity, phrase
from toolkit.forms import Item
from toolkit.forms.definition import Label
from toolkit.forms.layout import Layout, TableLayout, item_formula
from toolkit.forms.sheets import (
    BODY_LINE,
    CHECKS,
    COVER,
    LAST_ADDED,
    LAST_SHARED,
    LAST_WORD,
    SIGNATURES,
    SWITCH_ON,
    SWITCH_TEXT,
    TABLE_NOTES,
    TALLY,
    EntryState,
)  # fmt: skip
from toolkit.returns.numbers import LIMIT, show
from toolkit.returns.status import PartStatus
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.formulas import rectangles
from toolkit.workbook.revision import Review, ReviewLine, back_link, entry_text
from toolkit.workbook.state import State
from toolkit.workbook.styles import CARRIED, INPUT, LINE, MARKED, RED, STUB
from toolkit.workbook.tally import CHECKSUM, part_words

_PROMPTS = {
    "count": "填不小于 0 的整数（件），没有的填 0；不写单位和文字。",
    "signed": "填整数，没有变化填 0；不写单位和文字。",
    "money": "填金额（万元），至多四位小数；14.4 万元填 14.4，没有的填 0。",
}
_COMPUTED = {
    "validate": "any", "input_title": "自动计算", "input_message": "不用填。整张表粘贴时可以盖掉，退回件会恢复公式。",
}  # fmt: skip
_LONGEST_TITLE = 32
_MENDED = cell_format(bg_color="#FFFFFF", font_color="#000000")
_WAITING = cell_format(bg_color=INPUT, font_color="#000000")
_HEAD_ROW = 30
_ROW = 31
_PORTRAIT, _LANDSCAPE = 1.4, 0.62
"""Height to width of what A4 prints within its margins, with some slack for other fonts."""
_AROUND = 170
"""Pixels of the title and the lines above and below the grid."""
_MOST_AIR = 90
_NAMED = 3


def put_table(sheet: Worksheet, layout: Layout, table: TableLayout, filling: Filling, state: State) -> None:
    """Write one table on its sheet."""
    _title(sheet, table, filling)
    _switch(sheet, table, table.table.id in filling.declared)
    for row, height in _heights(table).items():
        sheet.row(table.top + row, height, styles.plain)
    for label in table.table.labels:
        _label(sheet, table, label)
    for item in table.table.items:
        if item.computed:
            fmt = styles.computed(item.kind, strong=item.row_code == "r3_7", locked=filling.kind == "rollup")
            sheet.formula(*table.cells[item.code], item_formula(layout, item.code), fmt, state.total(item.code))
        else:
            _input(sheet, table, item, filling)
    sheet.validations += _validations(table)
    _marked(sheet, layout, table, filling, state.review)
    tinted = frozenset(code for code in table.cells if code in filling.marks or code in filling.prefilled)
    sheet.conditions += _answered(table, tinted)
    _foot(sheet, layout, table, next(part for part in state.status.parts if part.part == table.table.part))
    _last(sheet, layout, table, state)
    _signature(sheet, table, filling.cover, state.checksum)
    _finish(sheet, table, filling.footer)


def _finish(sheet: Worksheet, table: TableLayout, footer: str) -> None:
    # The switch stays in sight, and so do the heads of a table that has them on top.
    sheet.frozen = (table.top + table.table.head_rows, table.table.stub_columns)
    sheet.page = Page(
        landscape=table.table.landscape, area=Area(0, 0, table.signature_row, table.right), pages_high=1, footer=footer,
        plain_ink=True,
    )  # fmt: skip
    sheet.ignored = {"formula_unlocked": "A1:Z99", "formula_range": "A1:Z99", "empty_cell_reference": "A1:Z99"}
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True)
    sheet.cursor = table.cells[table.table.inputs[0].code]
    sheet.tab = "#5B9BD5"


def _title(sheet: Worksheet, table: TableLayout, filling: Filling) -> None:
    sheet.column(0, LAST_COLUMN, 64, styles.plain)
    for column, width in enumerate(table.table.widths):
        sheet.column(column, column, width, styles.plain)
    sheet.row(0, 46, styles.plain)
    sheet.merge(Area(0, 0, 0, table.right), table.table.title, styles.title)
    half = _half(table)
    sheet.row(1, styles.body_height(filling.name + filling.stage, sum(table.table.widths[: half + 1])), styles.plain)
    fmt = styles.partial if filling.stage else styles.subtitle
    sheet.merge(Area(1, 0, 1, half), "", fmt)
    stage = f'&"{filling.stage}"' if filling.stage else ""
    formula, shown = f'"{BODY_LINE}"&{COVER.reference("name")}{stage}', f"{BODY_LINE}{filling.name}{filling.stage}"
    sheet.formula(1, 0, formula, fmt, shown)
    sheet.merge(Area(1, half + 1, 1, table.right), f"{filling.year} 年度　　{table.table.unit}", styles.subtitle_right)


def _half(table: TableLayout) -> int:
    """Return the last column of the body's name; the year stands right of it."""
    whole, width = sum(table.table.widths), 0
    for column, own in enumerate(table.table.widths[:-1]):
        width += own
        if width * 2 >= whole:
            return column
    return max(0, table.right - 1)


def _switch(sheet: Worksheet, table: TableLayout, on: bool) -> None:
    row, column = table.switch
    sheet.row(row, 28, styles.plain)
    sheet.merge(Area(row, 0, row, column - 1), f"{SWITCH_TEXT}：", styles.subtitle_right)
    fmt = styles.input("count")
    sheet.text(row, column, SWITCH_ON if on else "", fmt)
    sheet.validate(Area(row, column, row, column), {
            "validate": "list", "source": [SWITCH_ON], "input_title": SWITCH_TEXT,
            "input_message": "确认本表没有填的格都是 0 时选“是”，都按 0 上报；不确认的请留空，逐格填写。",
            "error_title": "只能选“是”或留空", "error_message": "请从列表中选“是”，或按 Delete 键清空。",
        })  # fmt: skip


@lru_cache(maxsize=32)
def _heights(table: TableLayout) -> Mapping[int, int]:
    """Return a height for every row of the grid: as its texts need, and so that the table fills its printed page."""
    widths = table.table.widths
    heights = {row: _HEAD_ROW if row < table.table.head_rows else _ROW for row in range(table.table.height)}
    for label in table.table.labels:
        if label.first_row != label.last_row:
            continue
        width = sum(widths[label.first_column : label.last_column + 1]) - 14
        lines = wrapped_lines(label.text, width)
        heights[label.first_row] = max(heights[label.first_row], 10 + lines * line_height())
    room = sum(widths) * (_LANDSCAPE if table.table.landscape else _PORTRAIT) - _AROUND - sum(heights.values())
    body = [row for row in heights if row >= table.table.head_rows]
    for row in body:
        heights[row] += max(0, min(_MOST_AIR, int(room / len(body))))
    return heights


def _label(sheet: Worksheet, table: TableLayout, label: Label) -> None:
    fmt = styles.role(label.role)
    tall = label.last_row - label.first_row + 1
    narrow = label.last_column == label.first_column and table.table.widths[label.first_column] < 60
    if label.role == "group" and tall > 3 and narrow:
        fmt = cell_format(border=1, border_color=LINE, bg_color=STUB, align="center", rotation=270)
    sheet.merge(
        Area(table.top + label.first_row, table.left + label.first_column, table.top + label.last_row,
        table.left + label.last_column), label.text, fmt,
    )  # fmt: skip


def _input(sheet: Worksheet, table: TableLayout, item: Item, filling: Filling) -> None:
    """Write an input: its answer, what is wrong with it, what last year fixes, or the formula in its place."""
    code = item.code
    row, column = table.cells[code]
    answer, mark = filling.answers.get(code), filling.marks.get(code)
    formula, carried = filling.formulas.get(code), code in filling.prefilled
    fill = MARKED[mark.severity] if mark is not None else CARRIED if carried else INPUT
    fmt = styles.input(item.kind, fill=fill)
    if item.span > 1:
        sheet.merge(Area(row, column, row, column + item.span - 1), "", fmt)
    if formula is not None and isinstance(answer, Filled):
        fmt = styles.computed(item.kind, fill="#FFFFFF")
        if item.span > 1:
            for at in range(column, column + item.span):
                sheet.blank(row, at, fmt)
        sheet.formula(row, column, formula, fmt, answer.value)
    elif isinstance(answer, Filled):
        sheet.number(row, column, answer.value, fmt)
    elif isinstance(answer, Unreadable):
        text = entry_text(answer, item.kind)
        sheet.text(row, column, text, styles.input(item.kind, fill=fill, text=True, red=bool(answer.reason)))
    else:
        sheet.blank(row, column, fmt)
    notes = [mark.note] if mark is not None else []
    if carried and isinstance(answer, Filled):
        notes.append(phrase("note_carried", value=show(answer.value)))
    if notes:
        sheet.note(row, column, "\n".join(notes))


@lru_cache(maxsize=32)
def _validations(table: TableLayout) -> tuple[AreaRule, ...]:
    """Return what every input takes, with what is counted there; the totals only say that they need no filling."""
    groups: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for item in table.table.inputs:
        row = item.short.partition("·")[0][:_LONGEST_TITLE]
        groups.setdefault((item.kind, row, table.table.counts(item)), []).append(table.cells[item.code])
    limit = int(LIMIT) - 1
    totals = rectangles(table.cells[item.code] for item in table.table.items if item.computed)
    rules = [AreaRule(_area(reference), _COMPUTED) for reference in totals]
    for (kind, title, counts), cells in groups.items():
        options = {
            "validate": "decimal" if kind == "money" else "integer", "criteria": "between",
            "minimum": -limit if kind == "signed" else 0, "maximum": limit, "input_title": title,
            "input_message": f"{counts}\n{_PROMPTS[kind]}".lstrip(), "error_title": "这里只能填数字",
            "error_message": _PROMPTS[kind],
        }  # fmt: skip
        rules += [AreaRule(_area(reference), options) for reference in rectangles(cells)]
    return tuple(rules)


def _area(reference: str) -> Area:
    return Area(*parse_range(reference.replace("$", "")))


@lru_cache(maxsize=32)
def _conditions(layout: Layout, table: TableLayout) -> tuple[AreaRule, ...]:
    """Return what colours cells that are no figures, and the cells of an identity that does not hold."""
    rules = []
    red, doubtful = styles.marked(Severity.ERROR), styles.marked(Severity.WARNING)
    unsure = cell_format(bg_color="#FFF2CC", font_color="#7F6000", bold=True)
    for first_row, last_row, column, noted in _columns(layout, table):
        shown = f"'{TALLY.name}'!${TALLY.a1(noted, 'state')}"
        open_ = f"=OR({shown}={EntryState.TEXT},{shown}={EntryState.UNREAD})"
        for criteria, fmt in ((f"={shown}>{EntryState.TEXT}", red), (open_, unsure)):
            rules.append(
                AreaRule(
                    Area(first_row, column, last_row, column), {"type": "formula", "criteria": criteria, "format": fmt}
                )
            )
    for line in layout.checks.lines:
        direct = [code for code in line.check.items if code in table.cells]
        if not direct or line.asked or line.computes:
            continue
        areas = [_area(reference) for reference in rectangles(table.cells[code] for code in direct)]
        verdict = CHECKS.reference(line.row, "verdict")
        fmt, level = red if line.rule.severity is Severity.ERROR else doubtful, CHECKS.reference(line.row, "level")
        several = " ".join(
            f"{a1(area.first_row, area.first_column)}:{a1(area.last_row, area.last_column)}" for area in areas
        )
        looks = [(f'={verdict}="不通过"', fmt)]
        if line.rule.yields:
            looks.insert(0, (f'=AND({verdict}="不通过",{level}="存疑")', doubtful))
        for criteria, look in looks:
            options = {"type": "formula", "criteria": criteria, "format": look, "multi_range": several}
            rules.append(AreaRule(areas[0], options))
    return tuple(rules)


@lru_cache(maxsize=64)
def _answered(table: TableLayout, tinted: frozenset[str]) -> tuple[AreaRule, ...]:
    """Return what takes the yellow off inputs that are answered or declared zero, but not off the ``tinted`` ones."""
    switch = a1(*table.switch, absolute=True)
    inputs = [item.code for item in table.table.inputs]
    rules = []
    for reference in rectangles(table.cells[code] for code in inputs if code not in tinted):
        first = reference.partition(":")[0].replace("$", "")
        options = {"type": "formula", "criteria": f"=OR(LEN({first})>0,LEN({switch})>0)", "format": styles.written}
        rules.append(AreaRule(_area(reference), options))
    blank = "+".join(f"COUNTBLANK({area})" for area in rectangles(table.cells[code] for code in inputs))
    options = {"type": "formula", "criteria": f"=OR(LEN({switch})>0,{blank}=0)", "format": styles.written}
    return (*rules, AreaRule(Area(*table.switch, *table.switch), options))


def _marked(sheet: Worksheet, layout: Layout, table: TableLayout, filling: Filling, review: Review) -> None:
    """Colour cells as long as a line of 审核意见 about them is undone, whatever 校验 says, and lead back to the lines."""
    rows: dict[int, dict[int, ReviewLine]] = {}
    after: list[AreaRule] = []
    for code, mark in filling.marks.items():
        lines = review.numbered(mark.lines)
        if code not in table.cells or not lines:
            continue
        (row, column), cell = table.cells[code], layout.reference(code)
        rows.setdefault(row, {}).update({line.row: line for line in lines})
        own, done = Area(row, column, row, column), review.closed(cell, lines)
        graver = [line for line in lines if line.finding.severity is mark.severity]
        marked = [(graver, mark.severity)] + [(lines, Severity.WARNING)] * (len(graver) < len(lines))
        for about, severity in marked:
            sheet.conditions.append(_rule(own, f"({review.closed(cell, about)})=FALSE", styles.marked(severity)))
        after.append(_rule(own, f"AND({done},LEN({a1(row, column)})>0)", _MENDED))
        after.append(_rule(own, done, _WAITING))
    sheet.conditions += _conditions(layout, table)
    sheet.conditions += after
    if rows:
        sheet.column(table.right + 1, table.right + 1, 205, styles.plain)
    for row, those in rows.items():
        formula, value = back_link([those[at] for at in sorted(those)])
        sheet.formula(row, table.right + 1, formula, styles.back, value)


def _rule(area: Area, criteria: str, fmt: Format) -> AreaRule:
    return AreaRule(area, {"type": "formula", "criteria": f"={criteria}", "format": fmt, "stop_if_true": True})


def _columns(layout: Layout, table: TableLayout) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs of inputs below each other: first and last row, column, the row of the first on ``_核对``."""
    run: list[str] = []
    own = [code for code in layout.tally if code in table.cells]
    for code, after in zip_longest(own, own[1:]):
        run.append(code)
        (row, column), below = table.cells[code], table.cells.get(after or "")
        if below != (row + 1, column):
            yield table.cells[run[0]][0], row, column, layout.tally[run[0]]
            run = []


def _foot(sheet: Worksheet, layout: Layout, table: TableLayout, part: PartStatus) -> None:
    row = table.note_row
    sheet.row(row, 30, styles.plain)
    bad, good = f"{TABLE_NOTES[0]}要处理的：", "，请看“校验”表。"
    fine = f"{TABLE_NOTES[1]}，灰色格自动计算；没有的填 0。"
    sheet.merge(Area(row, 0, row, table.right), "", styles.note)
    counts = "+".join(TALLY.reference(layout.parts[part.part], code) for code in ("broken", "doubts", "unsure"))
    sheet.formula(
        row, 0, f'IF({counts}>0,"{bad}"&{part_words(layout, part.part)}&"{good}","{fine}")', styles.note,
        f"{bad}{part.words}{good}" if part.broken + part.doubts + part.unsure else fine,
    )  # fmt: skip
    red = cell_format(font_color=RED, bold=True)
    sheet.colour(Area(row, 0, row, table.right), {"type": "formula", "criteria": f"={counts}>0", "format": red})


def _last(sheet: Worksheet, layout: Layout, table: TableLayout, state: State) -> None:
    """Write, right of each row that last year's figures bear on, what they were; it is not printed.

    Where links lead back to 审核意见 it stands behind them.
    """
    rows: dict[int, list[str]] = {}
    whose, sharers = _some(state.filling.last_of), _some(state.filling.sharers)
    tail = LAST_SHARED.format(whose, sharers) if sharers else LAST_ADDED.format(whose) if whose else ""
    most: list[int] = [0]
    for line in layout.lines[table.table.part]:
        terms = [term for side in (line.check.comparison.left, line.check.comparison.right) for term in side.terms]
        own = [term.item for term in terms if term.last]
        if own and line.check.items[0] in table.cells:
            known = rows.setdefault(table.cells[line.check.items[0]][0], [])
            in_force = line.rule.applies(state.filling.year) if sharers else state.line(line).level is not None
            known += own if in_force else []
    beside = table.right + 1 + any(column == table.right + 1 for _, column in sheet.cells)
    for row, codes in rows.items():
        shorts = {code: layout.form.items[code].short.split("·") for code in codes}
        heads, others = ({short[at] for short in shorts.values()} for at in (0, 1))
        words = []
        for code, (head, other) in shorts.items():
            name = "" if len(shorts) == 1 else f"{other} " if len(others) > len(heads) else f"{head} "
            figure = state.filling.last_year.get(code)
            words += [f"{name}不详"] if figure is None else [f"{name}{show(figure)}"] if figure or not name else []
            most.append(text_width(f"、{name}00000", 9))
        words += ["其余 0"] if len(words) < len(shorts) else []
        sheet.text(row, beside, f"{LAST_WORD}{'、'.join(words)}{tail}" if words else "", styles.beside)
    if len(most) > 1:
        # Whatever has a format of ours wraps: in a narrow column one line of three would be seen. The figures count for
        # nothing in it: templates of many bodies are of one shape.
        longest = max(len(codes) for codes in rows.values())
        sheet.column(beside, beside, 70 + longest * max(most) + text_width(tail, 9), styles.plain)


def _some(names: str) -> str:
    """Return names in a row, of many the first."""
    listed = names.split("、")
    return names if len(listed) <= _NAMED else f"{'、'.join(listed[:_NAMED])}等 {len(listed)} 家"


def _signature(sheet: Worksheet, table: TableLayout, cover: Mapping[str, str], mark: str) -> None:
    """Write the line that is signed on paper, from the cover, and the 校验码 of the figures."""
    row = table.signature_row
    sheet.row(row, 36, styles.plain)
    width = table.right + 1
    # At least one column a field: narrow tables put them side by side, wide ones spread them. None begins in a column of
    # totals: where a file shows them as 0 and a row was deleted, the row without totals is known as this one.
    totals = {item.position for item in table.table.items if item.computed}
    edges = [edge - (edge in totals) for edge in (round(at * width / 4) for at in range(5))]
    fields = [(f'"{word}："&{COVER.reference(key)}', f"{word}：{cover.get(key, '')}") for word, key in SIGNATURES]
    for at, (formula, shown) in enumerate((*fields, (CHECKSUM, f"校验码：{mark}"))):
        first, last = edges[at], edges[at + 1] - 1
        sheet.merge(Area(row, first, row, last), "", styles.sign)
        sheet.formula(row, first, formula, styles.sign, shown)
