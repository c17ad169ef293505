"""Reports as governments publish them: the tables of a form with figures as typed, in the layouts seen in the wild.

``LAYOUTS`` gives each a function from a ``Case`` to a file. In those of ``UNSURE`` some cells cannot be told apart by
anybody (blank cells left out); in the others every figure has its place.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

import docx
import openpyxl

from toolkit.forms import Form, Table


@dataclass(frozen=True)
class Case:
    """A report to publish: figures as typed by item, totals among them; what is not there is blank."""

    name: str
    form: Form
    typed: Mapping[str, str]
    year: int


@dataclass(frozen=True)
class Box:
    """A cell of a table: its place, the rows and columns that it covers, and its text."""

    row: int
    column: int
    height: int
    width: int
    text: str
    figure: bool = False


Rows = list[list[Box]]


def rows_of(table: Table, case: Case) -> Rows:
    """Return the cells of a table by the row in which they begin."""
    boxes = [
        Box(each.first_row, each.first_column, each.last_row - each.first_row + 1, each.last_column - each.first_column + 1, each.text)
        for each in table.labels
    ] + [Box(each.line, each.position, 1, each.span, case.typed.get(each.code, ""), True) for each in table.items]  # fmt: skip
    return [
        sorted((each for each in boxes if each.row == row), key=lambda each: each.column) for row in range(table.height)
    ]


def squares(table: Table, rows: Rows) -> list[list[Box | None]]:
    """Return a row of boxes for every row, None where a merged cell covers a position."""
    grid: list[list[Box | None]] = [[None] * table.width for _ in range(table.height)]
    for row in rows:
        for each in row:
            grid[each.row][each.column] = each
    return grid


Cells = Callable[[Table, Rows], Iterator[str]]
Text = Callable[[str], str]


def as_it_is(text: str) -> str:
    return escape(text)


def broken(text: str) -> str:
    """Return a label as editors mangle it: broken after two characters, in spans, with spaces that do not break."""
    if len(text) < 4 or any(each.isdigit() for each in text[:1]):
        return f"<span>&nbsp;{escape(text)}</span>"
    return f"<p class=MsoNormal><span style='mso-bidi-font-size:10.5pt'>{escape(text[:2])}<br/></span><b>{escape(text[2:])}</b></p>"


def noted(text: str) -> str:
    """Return a label with the notes and spellings of provinces."""
    notes = {
        "规章": "规章(县级无此项)", "现行有效件数": "现行有效件数 (历史累计)", "采购总金额": "采购总金额(万元,保留四位小数)",
        "商业企业": "商业<br>企业", "3.危及“三安全一稳定”": '3.危及"三安全一稳定"', "行政规范性文件": "规范性文件",
        "（三）不予公开": "(三) 不予公开", "第二十条第（一）项": "第二十条  第(一)项", "本年收费金额（单位：万元）": "本年收费金额(单位:万元)",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.申请人无正当理由逾期不补正，行政机关不再处理其政府信息公开申请",
    }  # fmt: skip
    return notes.get(text, escape(text))


def merged(table: Table, rows: Rows, text: Text = as_it_is, cell: str = "td") -> Iterator[str]:
    """Yield the rows of an HTML table with the official merges."""
    for row in rows:
        yield "<tr>" + "".join(
            f'<{cell} rowspan="{each.height}" colspan="{each.width}">{(escape if each.figure else text)(each.text)}</{cell}>'
            for each in row
        ) + "</tr>"  # fmt: skip


def page(case: Case, tables: Mapping[str, str], around: str = "{}", encoding: str = "utf-8") -> bytes:
    """Return a page: title, chapters, tables under their headings."""
    body = [f"<h1>某单位{case.year}年政府信息公开工作年度报告</h1>"]
    for part in case.form.parts:
        body.append(f"<p><strong>{part.number}、{part.title}</strong></p>")
        body.append(tables[part.table] if part.table is not None else f"<p>　　{part.title}的文字。</p>")
    charset = "gb2312" if encoding != "utf-8" else "utf-8"
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>'
    return (head + around.format("".join(body)) + "</body></html>").encode(encoding)


def html(case: Case, draw: Callable[[Table, Rows], Iterator[str]], **options: str) -> bytes:
    tables = {}
    for table in case.form.tables:
        tables[table.id] = f"<table border=1>{''.join(draw(table, rows_of(table, case)))}</table>"
    return page(case, tables, **options)


def html_official(case: Case) -> bytes:
    return html(case, merged)


def html_nested(case: Case) -> bytes:
    """Everything in layout tables two deep, labels broken by ``<br>``, GBK, junk in hidden cells."""

    def draw(table: Table, rows: Rows) -> Iterator[str]:
        for line in merged(table, rows, broken):
            yield line.replace("</tr>", "<td style='display:none'>99</td></tr>")

    around = "<table width=100%><tr><td>首页</td><td><table><tr><td>正文</td></tr><tr><td>{}</td></tr></table></td></tr></table>"
    return html(case, draw, around=around, encoding="gb18030")


def html_flat(case: Case) -> bytes:
    """No merges: covered positions are blank cells; a spacer column after each, a blank row after each."""

    def draw(table: Table, rows: Rows) -> Iterator[str]:
        for line in squares(table, rows):
            yield (
                "<tr>"
                + "".join(f"<td>{each.text if each else '&nbsp;'}</td><td width=1></td>" for each in line)
                + "</tr>"
            )
            yield "<tr>" + "<td></td>" * (2 * table.width) + "</tr>"

    return html(case, draw)


def html_collapsed(case: Case) -> bytes:
    """Lose merges and leave covered cells out: only the order of the cells is left."""

    def draw(_: Table, rows: Rows) -> Iterator[str]:
        for row in rows:
            yield "<tr>" + "".join(f"<td>{escape(each.text)}</td>" for each in row) + "</tr>"

    return html(case, draw)


def html_dropped(case: Case) -> bytes:
    """As collapsed, and blank cells are gone: which column a figure stood in cannot be told, unless all are there."""

    def draw(_: Table, rows: Rows) -> Iterator[str]:
        for row in rows:
            yield "<tr>" + "".join(f"<td>{escape(each.text)}</td>" for each in row if each.text) + "</tr>"

    return html(case, draw)


def html_variants(case: Case) -> bytes:
    """Provincial notes in labels, missing caption rows, a row of no form, subtotals in a column and a row of their own."""

    def draw(table: Table, rows: Rows) -> Iterator[str]:
        if table.id == "t2":
            kept = [row for row in rows if not (row[0].text.startswith("第二十条") and row[0].row > 4)]
            for line in merged(table, kept, noted):
                yield line
                if "规范性文件" in line:
                    yield "<tr><td>其他主动公开文件</td><td>771</td><td>772</td><td>773</td></tr>"
        elif table.id == "t3":
            for row, line in zip(rows, merged(table, rows, noted), strict=True):
                wider = line.replace('colspan="5">法人', 'colspan="6">法人').replace('colspan="7">申', 'colspan="8">申')
                if row[-1].text == "其他" and not row[-1].figure:
                    wider = wider.replace("</tr>", '<td rowspan="1" colspan="1">小计</td></tr>')
                if row[-1].figure:
                    cut = wider.rindex("<td")
                    wider = wider[:cut] + "<td>774</td>" + wider[cut:]
                yield wider
        else:
            yield from merged(table, rows, noted, "th")

    return html(case, draw)


def html_halves(case: Case) -> bytes:
    """Table 三 in two halves for a narrow page, the labels of its rows in both."""
    tables = {}
    for table in case.form.tables:
        rows = rows_of(table, case)
        if table.id != "t3":
            tables[table.id] = f"<table>{''.join(merged(table, rows))}</table>"
            continue
        halves = []
        for first, last in ((3, 5), (6, 9)):
            lines = []
            for row in rows:
                line = ""
                for each in row:
                    left, right = max(each.column, first), min(each.column + each.width - 1, last)
                    width = each.width if each.column < 3 else right - left + 1
                    if width > 0:
                        line += f'<td rowspan="{each.height}" colspan="{width}">{escape(each.text)}</td>'
                lines.append(line)
            halves.append("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")
        tables[table.id] = halves[0] + "<p>续表</p>" + halves[1]
    return page(case, tables)


def text(case: Case, draw: Callable[[Table, Rows], Iterator[str]]) -> bytes:
    lines = [f"某单位{case.year}年政府信息公开工作年度报告"]
    for part in case.form.parts:
        lines.append(f"{part.number}、{part.title}")
        if part.table is None:
            lines.append(f"{part.title}的文字。")
        else:
            table = case.form.table(part.table)
            lines += draw(table, rows_of(table, case))
    return "\n".join(lines).encode()


def text_cells(case: Case) -> bytes:
    """One cell a line after a tab, a blank line after each row, labels broken into lines: as pasted from a page."""

    def draw(table: Table, rows: Rows) -> Iterator[str]:
        for at, line in enumerate(squares(table, rows)):
            above = [each for row in rows[:at] for each in row if each.row + each.height > at and each.column == 0]
            yield from (["\t"] if above else [])
            for each in line:
                if each is not None:
                    label = each.text
                    yield "\t" + (f"{label[:3]}\n{label[3:]}" if label.startswith("本年") and len(label) > 5 else label)
            yield ""

    return text(case, draw)


def text_tabs(case: Case) -> bytes:
    """One row a line, cells between tabs, covered positions blank: as copied from a spreadsheet."""

    def draw(table: Table, rows: Rows) -> Iterator[str]:
        for line in squares(table, rows):
            yield "\t".join(each.text.replace("\n", " ") if each else "" for each in line)

    return text(case, draw)


def text_squeezed(case: Case) -> bytes:
    """One cell a line and nothing for blank ones."""

    def draw(_: Table, rows: Rows) -> Iterator[str]:
        yield from (each.text for row in rows for each in row if each.text)

    return text(case, draw)


def docx_official(case: Case, *, nested: bool = False) -> bytes:
    """Real tables with the official merges; ``nested`` in a table of one cell, without any merge."""
    document = docx.Document()
    document.add_paragraph(f"某单位{case.year}年政府信息公开工作年度报告")
    for part in case.form.parts:
        document.add_paragraph(f"{part.number}、{part.title}")
        if part.table is None:
            document.add_paragraph(f"{part.title}的文字。")
            continue
        table = case.form.table(part.table)
        home = document.add_table(1, 1).cell(0, 0) if nested else document
        made = home.add_table(table.height, table.width)
        cells = made._cells
        for row in rows_of(table, case):
            for each in row:
                at = each.row * table.width + each.column
                cells[at].text = each.text
                if not nested and (each.height, each.width) != (1, 1):
                    cells[at].merge(cells[(each.row + each.height - 1) * table.width + each.column + each.width - 1])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_nested(case: Case) -> bytes:
    return docx_official(case, nested=True)


def xlsx_hand(case: Case, *, shift: int = 0) -> bytes:
    """All tables under each other on one sheet, typed by hand; ``shift`` puts each on its own, some columns in."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    top = 1
    for table in case.form.tables:
        if shift:
            sheet, top = book.create_sheet(f"表{table.part}"), 1
        sheet.cell(top, 1 + shift, f"{table.title}")
        top += 2
        for row in rows_of(table, case):
            for each in row:
                plain = each.figure and each.text.isascii() and each.text.isdigit() and len(each.text) < 3
                sheet.cell(top + each.row, 1 + each.column + shift, int(each.text) if plain else each.text or None)
                if (each.height, each.width) != (1, 1):
                    sheet.merge_cells(
                        start_row=top + each.row, start_column=1 + each.column + shift,
                        end_row=top + each.row + each.height - 1, end_column=each.column + each.width + shift,
                    )  # fmt: skip
        top += table.height + 2
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx_sheets(case: Case) -> bytes:
    return xlsx_hand(case, shift=2)


@dataclass(frozen=True)
class Layout:
    """A layout: the suffix of its files and how one is written."""

    suffix: str
    write: Callable[[Case], bytes]
    extra: frozenset[str] = field(default_factory=frozenset)
    """Figures that the layout adds and that belong to no item."""


LAYOUTS: Mapping[str, Layout] = {
    "html-official": Layout("html", html_official),
    "html-nested": Layout("html", html_nested),
    "html-flat": Layout("html", html_flat),
    "html-collapsed": Layout("html", html_collapsed),
    "html-dropped": Layout("html", html_dropped),
    "html-variants": Layout("html", html_variants, frozenset(("771", "772", "773", "774"))),
    "html-halves": Layout("html", html_halves),
    "text-cells": Layout("txt", text_cells),
    "text-tabs": Layout("txt", text_tabs),
    "text-squeezed": Layout("txt", text_squeezed),
    "docx-official": Layout("docx", docx_official),
    "docx-nested": Layout("docx", docx_nested),
    "xlsx-hand": Layout("xlsx", xlsx_hand),
    "xlsx-sheets": Layout("xlsx", xlsx_sheets),
}
UNSURE = frozenset(("html-dropped", "text-squeezed"))
"""Layouts in which some figures cannot be placed by anybody: they are declared not placed."""
