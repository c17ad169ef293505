"""The samples as reports, and what the tests of publishing read back from a Word document and a web page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import docx
import lxml.html

from toolkit.forms import Form, Table
from toolkit.report_out import Report, report
from toolkit.report_out.printable import figure
from toolkit.returns import Checked, Return
from toolkit.run import Job, run

FILLED = Path(__file__).parent.parent / "filled"
SAMPLES = sorted(path for path in FILLED.rglob("*.xlsx") if path.name != "名录.xlsx")
NAMES = [path.relative_to(FILLED).as_posix() for path in SAMPLES]
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.com") {{ report }} {% raw %}',
    '{ INCLUDETEXT "C:\\\\secret" } \x13HYPERLINK http://example.com\x14x\x15',
    "左\u202e右\u2066中\u200f末\ufeff\u200b",
    "a\x00b\x07c\x1b[31md\ufffee\ud800f",
    "]]></w:t><w:br/>&amp;&#x41;",
)
"""Texts that would do something if any writer took them for more than text."""

Square = dict[tuple[int, int], str]
"""The text of every position of a table, merged cells repeated."""


@cache
def checked(path: Path) -> Checked:
    """Return a sample after reading and checking."""
    (one,) = run(Job((path,))).checked
    assert one.ret is not None
    return one


def of_sample(path: Path, **options: Any) -> Report:
    """Return the report of a sample; one with errors as a draft."""
    one = checked(path)
    assert one.ret is not None
    return report(one.ret, findings=one.findings, draft=one.verdict == "fail", **options)


def expected(ret: Return, table: Table) -> Square:
    """Return what every position of a table must show: the official labels and the figures, from the form alone."""
    found: Square = {}
    for label in table.labels:
        for row in range(label.first_row, label.last_row + 1):
            for column in range(label.first_column, label.last_column + 1):
                found[row, column] = label.text
    for item in table.items:
        for column in range(item.position, item.position + item.span):
            found[item.line, column] = figure(ret, item.code)[0]
    return found


def merges(table: Table) -> set[tuple[int, int, int, int]]:
    """Return the official merges of a table as (first row, first column, last row, last column)."""
    boxes = {(each.first_row, each.first_column, each.last_row, each.last_column) for each in table.labels}
    boxes |= {(each.line, each.position, each.line, each.position + each.span - 1) for each in table.items}
    return {box for box in boxes if box[:2] != box[2:]}


def word_tables(data: bytes) -> list[Any]:
    """Return the tables of a Word document."""
    return list(docx.Document(io.BytesIO(data)).tables)


def word_square(table: Any) -> Square:
    """Return the texts of a Word table as python-docx resolves its merges; a label may be broken into lines."""
    return {
        (row, column): cell.text.replace("\n", "")
        for row, line in enumerate(table.rows)
        for column, cell in enumerate(line.cells)
    }  # fmt: skip


def word_merges(table: Any) -> set[tuple[int, int, int, int]]:
    """Return the merges of a Word table."""
    places: dict[int, list[tuple[int, int]]] = {}
    elements = []
    for row, line in enumerate(table.rows):
        for column, cell in enumerate(line.cells):
            elements.append(cell._tc)
            places.setdefault(id(cell._tc), []).append((row, column))
    return _boxes(places.values())


def web_tables(data: bytes) -> list[Any]:
    """Return the table elements of a page."""
    return list(lxml.html.document_fromstring(data.decode("utf-8")).iter("table"))


def web_cells(table: Any) -> dict[tuple[int, int], Any]:
    """Return the th or td at every position of an HTML table, as browsers lay it out; an overlap fails."""
    found: dict[tuple[int, int], Any] = {}
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line:
            while (row, column) in found:
                column += 1
            for down in range(int(cell.get("rowspan", 1))):
                for right in range(int(cell.get("colspan", 1))):
                    assert (row + down, column + right) not in found
                    found[row + down, column + right] = cell
    return found


def web_square(table: Any) -> Square:
    """Return the text at every position of an HTML table."""
    return {place: cell.text_content() for place, cell in web_cells(table).items()}


def web_merges(table: Any) -> set[tuple[int, int, int, int]]:
    """Return the merges of an HTML table."""
    cells = web_cells(table)
    places: dict[int, list[tuple[int, int]]] = {}
    for place, cell in cells.items():
        places.setdefault(id(cell), []).append(place)
    return _boxes(places.values())


def _boxes(groups: Iterable[list[tuple[int, int]]]) -> set[tuple[int, int, int, int]]:
    return {(*min(group), *max(group)) for group in groups if len(group) > 1}


def form_tables(form: Form) -> Mapping[str, Table]:
    """Return the tables of a form by id."""
    return {table.id: table for table in form.tables}
