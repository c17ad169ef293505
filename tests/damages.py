"""Published reports as they come: layouts of programs and browsers, and damages that befall a table in any of them.

A damage changes the cells of one table, a layout writes them; every damage is tried in every layout. Nothing here runs another program.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape

from tests.layouts import Box, Case, Rows, rows_of
from toolkit.forms import Table

Damage = Callable[[Table, Rows, random.Random], Rows]
Layout = Callable[[Case, Mapping[str, Rows]], bytes]


# ---- damages: the rows of a table → the rows as they came


def _one(rows: Rows, draw: random.Random, wanted: Callable[[Box], bool]) -> tuple[int, int]:
    places = [(at, n) for at, row in enumerate(rows) for n, box in enumerate(row) if wanted(box)]
    return draw.choice(places or [(0, 0)])


def _changed(rows: Rows, at: tuple[int, int], *boxes: Box) -> Rows:
    out = [list(row) for row in rows]
    out[at[0]][at[1] : at[1] + 1] = boxes
    return out


def _words(change: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    """Change a label but for the unit in it, which says what its figures mean."""

    def changed(text: str, draw: random.Random) -> str:
        before, unit, after = text.partition("（单位")
        return change(before, draw) + unit + after

    return changed


def _label(change: Callable[[str, random.Random], str], *, head: bool) -> Damage:
    def damage(table: Table, rows: Rows, draw: random.Random) -> Rows:
        heads = {line.label for line in table.columns}
        stubs = {line.label for line in table.rows} - heads
        at = _one(rows, draw, lambda box: not box.figure and box.text in (heads if head else stubs or heads))
        box = rows[at[0]][at[1]]
        return _changed(rows, at, replace(box, text=_words(change)(box.text, draw)))

    return damage


def _lost_letters(text: str, draw: random.Random) -> str:
    at = draw.randrange(max(1, len(text) - 2))
    return text[:at] + text[at + draw.randint(1, 3) :]


def _cut(text: str, draw: random.Random) -> str:
    return text[: draw.randint(1, max(1, len(text) - 1))]


def _typo(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text))
    return text[:at] + draw.choice("口〇某的X") + text[at + 1 :]


def _spaced(text: str, draw: random.Random) -> str:
    return draw.choice((" ", "　", "\xa0")).join(text)


def _upright(text: str, draw: random.Random) -> str:
    return "\n".join(text)


def _two(text: str, draw: random.Random) -> str:
    at = draw.randint(1, max(1, len(text) - 1))
    return text[:at] + draw.choice(("\n", "\n\n", "/", " ")) + text[at:]


def _noted(text: str, draw: random.Random) -> str:
    return text + draw.choice(("（件）", "①", "(说明：含历年)", "：", "*", "（个）"))


def _wrong_number(text: str, draw: random.Random) -> str:
    return re.sub("^[0-9]", lambda found: str(int(found[0]) % 9 + 1), text)


def cell_lost(table: Table, rows: Rows, draw: random.Random) -> Rows:
    return _changed(rows, _one(rows, draw, lambda box: box.figure))


def cell_twice(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = _one(rows, draw, lambda box: box.figure and box.text != "")
    box = rows[at[0]][at[1]]
    return _changed(rows, at, box, replace(box, text=draw.choice(("", "77777"))))


def label_cell_lost(table: Table, rows: Rows, draw: random.Random) -> Rows:
    return _changed(rows, _one(rows, draw, lambda box: not box.figure))


def row_lost(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = draw.choice([at for at, row in enumerate(rows) if any(box.figure for box in row)])
    return [*rows[:at], *rows[at + 1 :]]


def label_row_lost(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = draw.choice([at for at, row in enumerate(rows) if not any(box.figure for box in row)])
    return [*rows[:at], *rows[at + 1 :]]


def row_twice(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = draw.choice([at for at, row in enumerate(rows) if any(box.figure for box in row)])
    return [*rows[: at + 1], rows[at], *rows[at + 1 :]]


def row_of_no_form(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = draw.choice([at for at, row in enumerate(rows) if any(box.figure for box in row)])
    if table.id == "t4":
        return rows
    texts = [replace(box, text="其他文件" if not box.figure else "77777") for box in rows[at]]
    return [*rows[: at + 1], texts, *rows[at + 1 :]]


def rows_swapped(table: Table, rows: Rows, draw: random.Random) -> Rows:
    at = draw.choice(
        [at for at, row in enumerate(rows[:-1]) if all(any(b.figure for b in one) for one in (row, rows[at + 1]))]
        or [0]
    )
    return [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]


def heads_again(table: Table, rows: Rows, draw: random.Random) -> Rows:
    """Let the heads of table 三 and 四 stand again at the top of the next page."""
    height = next(at for at, row in enumerate(rows) if any(box.figure for box in row))
    at = draw.choice([at for at, row in enumerate(rows) if any(box.figure for box in row)])
    return [*rows[:at], *rows[:height], *rows[at:]]


def columns_swapped(table: Table, rows: Rows, draw: random.Random) -> Rows:
    """Two columns changed places, heads and figures alike."""
    if table.id != "t3":
        return rows
    one, other = draw.sample(range(4, 9), 2)
    swap = {one: other, other: one}
    return [
        sorted(
            (replace(box, column=swap.get(box.column, box.column)) if box.width == 1 else box for box in row),
            key=lambda box: box.column,
        )
        for row in rows
    ]


def column_lost(table: Table, rows: Rows, draw: random.Random) -> Rows:
    left = draw.choice([box.column for row in rows for box in row if box.figure])
    return [[box for box in row if box.column != left or box.width > 1 or not (box.figure or box.text)] for row in rows]


def column_more(table: Table, rows: Rows, draw: random.Random) -> Rows:
    """Add a column of remarks at the right, with a figure in one of its cells."""
    figures = [row for row in rows if any(box.figure for box in row) and all(box.text for box in row)]
    out = []
    for row in rows:
        last = row[-1] if row else None
        if last is None:
            out.append(row)
            continue
        text = "备注" if row is rows[0] else "77777" if figures and row is figures[-1] else ""
        out.append([*row, replace(last, column=last.column + last.width, width=1, text=text, figure=False)])
    return out


def spelt(change: Callable[[str], str]) -> Damage:
    def damage(table: Table, rows: Rows, draw: random.Random) -> Rows:
        return [
            [
                replace(box, text=change(box.text)) if box.figure and box.text.isdigit() and box.text.isascii() else box
                for box in row
            ]
            for row in rows
        ]

    return damage


def with_unit(table: Table, rows: Rows, draw: random.Random) -> Rows:
    return rows if table.id == "t2" else spelt(lambda text: text + "件")(table, rows, draw)


def as_it_is(table: Table, rows: Rows, draw: random.Random) -> Rows:
    return rows


def every_head(change: Callable[[str, random.Random], str]) -> Damage:
    def damage(table: Table, rows: Rows, draw: random.Random) -> Rows:
        heads = {line.label for line in table.columns}
        return [
            [
                replace(box, text=_words(change)(box.text, draw)) if not box.figure and box.text in heads else box
                for box in row
            ]
            for row in rows
        ]

    return damage


def no_heads(table: Table, rows: Rows, draw: random.Random) -> Rows:
    heads = {line.label for line in table.columns}
    return [[replace(box, text="") if not box.figure and box.text in heads else box for box in row] for row in rows]


DAMAGES: Mapping[str, Damage] = {
    "none": as_it_is,
    "stub letters": _label(_lost_letters, head=False), "stub cut": _label(_cut, head=False), "stub typo": _label(_typo, head=False),
    "stub spaced": _label(_spaced, head=False), "stub upright": _label(_upright, head=False), "stub two": _label(_two, head=False),
    "stub noted": _label(_noted, head=False), "stub number": _label(_wrong_number, head=False),
    "head letters": _label(_lost_letters, head=True), "head cut": _label(_cut, head=True), "head typo": _label(_typo, head=True),
    "head spaced": _label(_spaced, head=True), "head upright": _label(_upright, head=True), "head two": _label(_two, head=True),
    "head noted": _label(_noted, head=True),
    "heads cut": every_head(_cut), "heads two": every_head(_two), "heads upright": every_head(_upright), "heads gone": no_heads,
    "heads letters": every_head(_lost_letters),
    "cell lost": cell_lost, "cell twice": cell_twice, "label cell lost": label_cell_lost, "row lost": row_lost, "label row lost": label_row_lost,
    "row twice": row_twice, "row of no form": row_of_no_form, "rows swapped": rows_swapped, "heads again": heads_again,
    "columns swapped": columns_swapped, "column lost": column_lost, "column more": column_more,
    "full width": spelt(lambda text: text.translate({48 + n: 0xFF10 + n for n in range(10)})), "thousands": spelt(lambda text: f"{int(text):,}"),
    "unit": with_unit, "spaces": spelt(lambda text: f" {text}　"),
}  # fmt: skip


# ---- layouts: the rows of all tables → a file


def report(case: Case, tables: Mapping[str, str], line: Callable[[str], str], between: str = "\n") -> str:
    """Return a report: title, headings and text as lines, tables as they were written."""
    lines = [line(f"某单位{case.year}年政府信息公开工作年度报告")]
    for part in case.form.parts:
        lines.append(line(f"{part.number}、{part.title}"))
        lines.append(tables[part.table] if part.table is not None else line(f"{part.title}的文字。"))
    return between.join(lines)


def _page(
    case: Case,
    tables: Mapping[str, Rows],
    row: Callable[[Sequence[Box]], str],
    encoding: str = "utf-8",
    around: str = "{}",
) -> bytes:
    drawn = {
        name: "<table border=1>" + "".join(f"<tr>{row(boxes)}</tr>" for boxes in rows) + "</table>"
        for name, rows in tables.items()
    }
    body = report(case, drawn, lambda text: f"<p>{escape(text)}</p>")
    return f'<html><head><meta charset="{encoding}"></head><body>{around.format(body)}</body></html>'.encode(
        "gb18030" if encoding == "gb2312" else encoding
    )


def _lines(text: str, tag: str = "<br>") -> str:
    return tag.join(map(escape, text.split("\n")))


def web(case: Case, tables: Mapping[str, Rows]) -> bytes:
    return _page(
        case,
        tables,
        lambda boxes: "".join(f'<td rowspan="{b.height}" colspan="{b.width}">{_lines(b.text)}</td>' for b in boxes),
    )


def web_plain(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """No spans at all."""
    return _page(case, tables, lambda boxes: "".join(f"<td>{_lines(b.text)}</td>" for b in boxes))


def web_wps(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """As WPS and Word save a web page: GBK, a paragraph and spans in every cell, Word's own marks."""

    def cell(b: Box) -> str:
        inner = "".join(
            '<p class=MsoNormal align=center style="text-align:center;mso-pagination:widow-orphan"><span lang=EN-US '
            f'style="font-size:10.5pt;font-family:宋体">{escape(line) or "&nbsp;"}<o:p></o:p></span></p>'
            for line in b.text.split("\n")
        )
        spans = (f" rowspan={b.height}" if b.height > 1 else "") + (f" colspan={b.width}" if b.width > 1 else "")
        return (
            f'<td width=72{spans} valign=center style="width:53.8pt;mso-border-alt:solid windowtext .5pt">{inner}</td>'
        )

    return _page(
        case,
        tables,
        lambda boxes: "".join(map(cell, boxes)),
        encoding="gb2312",
        around="<div class=Section1 style='layout-grid:15.6pt'><!--[if gte mso 9]><xml></xml><![endif]-->{}</div>",
    )


def web_nested(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """In layout tables, cells of ``th``, figures in links of the browser."""
    around = "<table><tr><td>导航</td><td><table><tr><td><div>{}</div></td></tr></table></td></tr></table><div>版权所有</div>"
    return _page(
        case,
        tables,
        lambda boxes: "".join(
            f'<th rowspan="{b.height}" colspan="{b.width}"><div><font>{_lines(b.text, "</font><font><br>")}</font></div></th>'
            for b in boxes
        ),
        around=around,
    )


def web_flat(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """Every position a cell, covered ones empty."""
    drawn: dict[str, Rows] = {}
    for name, rows in tables.items():
        width = max(b.column + b.width for row in rows for b in row)
        drawn[name] = []
        for row in rows:
            cells = {b.column: b for b in row}
            drawn[name].append(
                [replace(cells[at], width=1, height=1) if at in cells else Box(0, at, 1, 1, "") for at in range(width)]
            )
    return web_plain(case, drawn)


def web_paragraphs(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """Make every cell a paragraph, blank ones too: the tables are gone."""
    drawn = {
        name: "".join(f"<p>{_lines(b.text) or '&nbsp;'}</p>" for row in rows for b in row)
        for name, rows in tables.items()
    }
    return f"<html><body>{report(case, drawn, lambda text: f'<p>{escape(text)}</p>')}</body></html>".encode()


def text_lines(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """One cell a line, blank ones blank lines."""
    return report(
        case, {name: "\n".join(b.text for row in rows for b in row) for name, rows in tables.items()}, str
    ).encode()


def text_gapped(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """One cell a paragraph and a blank line after each, as Word's paragraphs are pasted."""
    drawn = {name: "\n\n".join(b.text for row in rows for b in row if b.text) for name, rows in tables.items()}
    return report(case, drawn, str, "\n\n").encode()


def text_tabs(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """One row a line, cells between tabs, as browsers copy a table."""
    drawn = {
        name: "\n".join("\t".join(b.text.replace("\n", " ") for b in row) for row in rows)
        for name, rows in tables.items()
    }
    return report(case, drawn, str).encode("utf-16")


def text_pdf(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """One row a line, cells between spaces, labels of many letters broken into two lines: as PDFs are copied."""

    def row(boxes: Sequence[Box]) -> Iterator[str]:
        texts = [b.text for b in boxes]
        if any(b.figure for b in boxes):
            yield " ".join(text.replace("\n", "") for text in texts if text)
            return
        halves = [
            (text[: (len(text) + 1) // 2], text[(len(text) + 1) // 2 :]) if 3 < len(text) < 9 else (text, "")
            for text in texts
        ]
        yield " ".join(left for left, _ in halves if left)
        if any(right for _, right in halves):
            yield " ".join(right for _, right in halves if right)

    drawn = {name: "\n".join(line for boxes in rows for line in row(boxes) if line) for name, rows in tables.items()}
    return report(case, drawn, str, "\r\n").encode("gb18030")


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def package(body: str) -> bytes:
    """Return a Word document with this body."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr(
            "word/document.xml", f'<?xml version="1.0"?><w:document {_W}><w:body>{body}</w:body></w:document>'
        )
    return buffer.getvalue()


def paragraph(text: str) -> str:
    """Return a paragraph of a Word document; line breaks stay."""
    return (
        "<w:p>"
        + "<w:r><w:br/></w:r>".join(
            f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in text.split("\n")
        )
        + "</w:p>"
    )


def word(case: Case, tables: Mapping[str, Rows]) -> bytes:
    """Word tables with ``gridSpan`` and ``vMerge``, a paragraph for every line of a cell."""

    def table(rows: Rows) -> str:
        lines = []
        hanging: dict[int, tuple[int, int]] = {}
        for row in rows:
            cells: list[tuple[int, str]] = []
            for b in row:
                merge = '<w:vMerge w:val="restart"/>' if b.height > 1 else ""
                inner = "".join(paragraph(line) for line in b.text.split("\n"))
                cells.append((b.column, f'<w:tc><w:tcPr><w:gridSpan w:val="{b.width}"/>{merge}</w:tcPr>{inner}</w:tc>'))
            cells += [
                (column, f'<w:tc><w:tcPr><w:gridSpan w:val="{width}"/><w:vMerge/></w:tcPr><w:p/></w:tc>')
                for column, (_, width) in hanging.items()
            ]
            lines.append("<w:tr>" + "".join(cell for _, cell in sorted(cells, key=lambda pair: pair[0])) + "</w:tr>")
            hanging = {column: (left - 1, width) for column, (left, width) in hanging.items() if left > 1}
            hanging |= {b.column: (b.height - 1, b.width) for b in row if b.height > 1}
        return "<w:tbl>" + "".join(lines) + "</w:tbl>"

    return package(report(case, {name: table(rows) for name, rows in tables.items()}, paragraph, ""))


LAYOUTS: Mapping[str, Layout] = {
    "web": web, "web plain": web_plain, "web wps": web_wps, "web nested": web_nested, "web flat": web_flat, "web paragraphs": web_paragraphs,
    "text lines": text_lines, "text gapped": text_gapped, "text tabs": text_tabs, "text pdf": text_pdf, "word": word,
}  # fmt: skip


def damaged(case: Case, damage: str, table: str, layout: str, draw: random.Random) -> tuple[bytes, Mapping[str, int]]:
    """Return a report of which one table came damaged, and how often each figure stands in it."""
    tables = {one.id: rows_of(one, case) for one in case.form.tables}
    tables[table] = DAMAGES[damage](case.form.table(table), tables[table], draw)
    return LAYOUTS[layout](case, tables), Counter(
        box.text for rows in tables.values() for row in rows for box in row if box.figure
    )
