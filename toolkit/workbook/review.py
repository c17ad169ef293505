"""审核意见: what is to be mended or explained, gravest first, each with place, figures and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.cells import Area, a1
from toolkit.excel_out import Page, Protection, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.findings import Finding, Severity, phrase, sorted_findings
from toolkit.forms.layout import Layout
from toolkit.forms.sheets import CHECKS, META, REVIEW, STATUS_ROW
from toolkit.returns import Explanation, fingerprint, is_reason
from toolkit.returns.status import sheets_of, standing
from toolkit.workbook import registers, styles
from toolkit.workbook.filling import Filling, ReviewedCell
from toolkit.workbook.formulas import ranges
from toolkit.workbook.revision import CHANGED, EXPLAINED, LOOK, OPEN, ReviewLine, inputs_of
from toolkit.workbook.state import State
from toolkit.workbook.styles import GREEN, PINK, RED, set_columns

Key = tuple[str, tuple[str, ...]]
"""What a finding and its explanation are about: the rule or code, and the items."""
_TALLEST = 540
_PAPER = "打印整个工作簿即得盖章的一套，不含本表。要打印本表，选中要打印的行，打印时选“选定区域”。"


def put_review(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the findings with links and an input for explanations; what stood outside the form is quoted below."""
    last, header, review = REVIEW.last, REVIEW.header_row, state.review
    set_columns(sheet, REVIEW, styles.plain)
    sheet.row(0, 44, styles.plain)
    sheet.merge(Area(0, 0, 0, last), f"审核意见（第 {filling.round} 轮）", styles.title)
    sheet.merge(Area(1, 0, 1, last), "", styles.whole)
    shown = CHECKS.reference(STATUS_ROW, "number")
    sent = _summary(filling)
    text = f"{state.sentence}。" + (sent if state.sentence.startswith("第") else "")
    width = sum(column.width for column in REVIEW.titled)
    sheet.row(1, max(46, 10 + line_height(11.5) * wrapped_lines(text, width - 24, 11.5)), styles.plain)
    sheet.formula(1, 0, f'{shown}&"。"&IF(LEFT({shown},1)="第","{sent}","")', styles.whole, text)
    sheet.row(header, 32, styles.plain)
    for column in REVIEW.titled:
        sheet.text(header, REVIEW.column(column.code), column.title, styles.head)
    before, past = _past(filling)
    for line in review.lines:
        key = (line.finding.rule or line.finding.code, line.finding.subject)
        _line(sheet, layout, state, line, before.get(key, ""))
        print_ = fingerprint(*key, state.shown) if line.text else ""
        sheet.text(line.row, REVIEW.column("fingerprint"), print_, styles.plain)
    end = REVIEW.first_row + len(review.lines) - 1
    if review.lines:
        sheet.filter = Area(header, 0, end, last)
        _colours(sheet, Area(REVIEW.first_row, REVIEW.column("state"), end, REVIEW.column("state")))
    texts = [f"{_what(layout, text)}：{text.text}" for text in past]
    row = _lines(
        sheet, end + 2, last, "以前写过的说明（所针对的数已改动，或者不再有这一条，现在不起作用，存此备查）：", texts
    )
    row = _lines(sheet, row + 1, last, "以下内容写在表格之外，未计入，供核对：", filling.remarks)
    row = _lines(
        sheet,
        row + 1,
        last,
        "文件里除表格外还有以下内容（批注、文本框、图片、附加的表等）；除已作为正文读取的以外，退回件里没有带上：",
        filling.package,
    )
    sheet.row(row + 2, 24, styles.plain)
    sheet.merge(Area(row + 2, 0, row + 2, last), _PAPER, styles.note)
    sheet.frozen = (REVIEW.first_row, REVIEW.column("state") + 1)
    sheet.page = Page(landscape=True, rows=(header, header), prints=False, footer=filling.footer)
    sheet.ignored = {"number_stored_as_text": f"A1:M{row + 1}"}
    sheet.gridlines = False
    sheet.protection = Protection(select_locked=True, autofilter=True)
    sheet.cursor = (REVIEW.first_row, REVIEW.column("place"))
    sheet.tab = "#C00000"


def _summary(filling: Filling) -> str:
    status = standing(filling.form, filling.review, sheets_of(filling.form))
    if status.settled:
        return f"报来的一份{status.sentence}。"
    lines = sum(one.severity is Severity.ERROR and not one.waits for one in filling.review)
    folded = "（同样的合为一条）" if status.errors > lines else ""
    return f"报来的一份{status.sentence}{folded}。请直接在本工作簿中处理：{status.advice(REVIEW.name)}。处理完保存，重新报送。"


def _colours(sheet: Worksheet, area: Area) -> None:
    first = a1(area.first_row, area.first_column)
    for word, ink, fill in ((OPEN, RED, PINK), (LOOK, styles.GREY, "#EDEDED"), (EXPLAINED, GREEN, "#E8F5E9"),
                            (CHANGED, GREEN, "#E8F5E9")):  # fmt: skip
        fmt = cell_format(font_color=ink, bg_color=fill, bold=word == OPEN)
        sheet.colour(area, {"type": "formula", "criteria": f'={first}="{word}"', "format": fmt})


def review_rows(filling: Filling) -> dict[Key, int]:
    """Return the row of every doubt of 审核意见, where its explanation is written: the one place for it."""
    if filling.kind != "reply":
        return {}
    rows = enumerate(sorted_findings(filling.review), REVIEW.first_row)
    return {(one.rule or one.code, one.subject): row for row, one in rows if one.explainable}


def _key(text: Explanation) -> Key:
    return text.rule, text.items


def _past(filling: Filling) -> tuple[dict[Key, str], list[Explanation]]:
    """Return the text that each unexplained doubt had before, and those that are about none of them, the newest first."""
    doubts = [one for one in filling.review if one.explainable and one.explained is None]
    open_keys = {(one.rule or one.code, one.subject) for one in doubts}
    newest = {_key(text): text for text in reversed(filling.explanations) if is_reason(text.text)}
    lapsed = [text for text in filling.explanations if is_reason(text.text) and text.state in ("lapsed", "cleared")]
    lapsed = [text for text in lapsed if not newest[_key(text)].in_cell]
    before = {_key(text): text.text for text in reversed(lapsed) if _key(text) in open_keys}
    past: list[Explanation] = []
    for text in lapsed:
        near = [one for one in open_keys if one[0] == text.rule and set(one[1]) & set(text.items)]
        if _key(text) not in open_keys and len(near) == 1 and near[0] not in before:
            before[near[0]] = text.text
        elif before.get(_key(text)) != text.text:
            past.append(text)
    return before, past


def _what(layout: Layout, text: Explanation) -> str:
    """Return what an explanation is about: its rule and its first items in words."""
    names = [layout.form.items[code].short if code in layout.form.items else "" for code in text.items[:3]]
    return " ".join(filter(None, (text.rule, "、".join(filter(None, names)))))


def _line(sheet: Worksheet, layout: Layout, state: State, line: ReviewLine, before: str) -> None:
    at, row, finding = REVIEW.column, line.row, line.finding
    remedy = finding.for_agency + (phrase("explained_once", text=before) if before else "")
    remedy += phrase("answered_here") if line.confirms else ""
    texts = {
        "found": _figures(layout, state, line), "message": finding.message, "remedy": remedy, "explanation": line.text,
    }  # fmt: skip
    lines = max(wrapped_lines(text, REVIEW.width(code) - 12) for code, text in texts.items())
    sheet.row(row, min(_TALLEST, 12 + line_height() * max(2, lines)), styles.plain)
    sheet.number(row, at("number"), line.number, styles.centred)
    sheet.text(row, at("severity"), styles.signed(line.level), styles.coloured(line.level))
    sheet.text(row, at("finding"), finding.code, styles.centred)
    place = place_of(layout, finding, line.targets)
    if place is not None:
        sheet.link(row, at("place"), f"'{place[0]}'!{place[1]}", styles.link, f"{place[0]}\n{place[1]}", "转到这一处")
    else:
        sheet.text(row, at("place"), finding.sheet or "整个文件", styles.centred)
    stands = state.review.state(line) if line.stands else ""
    if stands:
        sheet.formula(row, at("state"), stands, styles.state, line.stands)
    else:
        sheet.text(row, at("state"), "", styles.state)
    for code in ("found", "message", "remedy"):
        sheet.text(row, at(code), texts[code][:32000], styles.text)
    explains = finding.explainable or line.confirms
    sheet.text(row, at("explanation"), line.text, styles.explain if explains else styles.text)
    sheet.text(row, at("rule"), finding.rule or finding.code, styles.plain)
    sheet.text(row, at("items"), " ".join(finding.subject)[:32000], styles.plain)
    sheet.text(row, at("carried"), line.text, styles.plain)


def _figures(layout: Layout, state: State, line: ReviewLine) -> str:
    """Return what stood there when it was reviewed: both sides and the cells behind them, or the cell and what it should be."""
    finding = line.finding
    (is_, should), actual = finding.sides, finding.actual
    if actual is None and len(finding.items) == 1 and finding.items[0] in layout.names:
        actual = state.review.shown(finding.items[0])
    sides = [f"{label} {figure}" for label, figure in ((is_, actual), (should, finding.expected)) if figure]
    inputs = inputs_of(layout.form, finding.items)
    if finding.difference is not None and len(finding.items) != 1:
        sides.append(f"差额 {finding.difference}")
    if len(inputs) > 1 and finding.severity is not Severity.INFO:
        open_ = [code for code in inputs if code not in finding.fixed or line.blanks]
        cells = "、".join(area.partition("!")[2].replace("$", "") for area in ranges(layout, open_))
        sides.append(f"{'待填' if line.blanks else '可改'} {cells}")
    return "\n".join(sides)


def place_of(layout: Layout, finding: Finding, targets: Sequence[ReviewedCell]) -> tuple[str, str] | None:
    """Return the cell of the rebuilt workbook that a finding is about: its sentence, that of its first item, else its own."""
    if targets:
        return targets[0].sheet, a1(targets[0].row, targets[0].column)
    first = next((code for code in finding.items if code in layout.names), None)
    if first is not None:
        return layout.cell(first)[0], layout.address(first)
    sheets = [name for name in layout.sheets if name != META.name]
    if finding.sheet in sheets:
        return str(finding.sheet), finding.cell if finding.cell is not None else a1(0, 0)
    return None


def _lines(sheet: Worksheet, row: int, last: int, title: str, lines: Sequence[str]) -> int:
    """Write a title and lines below it, nothing where there is none; return the last row used."""
    if not lines:
        return row - 1
    sheet.row(row, 28, styles.plain)
    sheet.merge(Area(row, 0, row, last), title, styles.warn)
    width = sum(column.width for column in REVIEW.titled)
    for line in lines:
        row += 1
        text = registers.words(line)
        sheet.row(row, min(_TALLEST, 10 + line_height() * wrapped_lines(text, width - 20)), styles.plain)
        sheet.merge(Area(row, 0, row, last), text, styles.text)
    return row
