"""A PDF with a text layer → lines and grids: tables by their ruled lines, text around them. Scanned pages hold none."""

from __future__ import annotations

import io
import logging
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Any

from toolkit.excel_in import Refused
from toolkit.findings import phrase
from toolkit.report_in.blocks import Block, PublishedTable, TableCell, TextLine
from toolkit.report_in.labels import plain_radicals
from toolkit.report_in.placements import wordy
from toolkit.report_in.report_limits import CELLS, PAGES, beyond

_NEAR = 2.0  # Points: edges of cells that are nearer to each other are one line


_NUMBER = re.compile(r"[-—–·\s]*第?\s*\d{1,3}\s*页?[-—–·\s]*(?:[/共]+\s*\d{1,3}\s*页?)?")
_SMALL = 0.8  # A digit of less than this part of the largest size in its cell is a mark, not part of the figure
_RAISED, _ANOTHER = (
    0.12,
    0.8,
)  # Parts of its size by which a raised or lowered digit leaves the line; beyond is another line
_STRUCK = (
    0.1,
    0.75,
)  # Parts of the size above the line between which a stroke runs through a digit, not below or above it
_FEW = 2  # So many upright lines may end somewhere without a line across; more are a row that is open
_THICK = 4.0  # Points: a thinner bar without an outline is a line


def read_pdf(data: bytes) -> tuple[Block, ...]:
    """Return the lines and grids of a PDF; one that is damaged, locked or without text is Refused."""
    import pdfplumber
    from pdfminer.pdfparser import PDFSyntaxError
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it complains of every font of a browser
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > PAGES:
                raise beyond("页数", PAGES)
            blocks = [block for page in pdf.pages for block in _page(page)]
    except (PdfminerException, PDFSyntaxError, ValueError, KeyError, TypeError, AssertionError) as fault:
        raise Refused("FILE_020", why=phrase("file_pdf", fault=type(fault).__name__)) from None
    if not blocks:
        raise Refused("FILE_043")
    return tuple(blocks)


def _page(page: Any) -> Iterator[Block]:
    """Yield the blocks of a page from top to bottom."""
    number = page.page_number
    page = page.filter(lambda drawn: not _ground(drawn))
    struck, strokes = _struck(page)
    page = page.filter(lambda drawn: id(drawn) not in strokes)
    tables = page.find_tables({"explicit_horizontal_lines": _open_ends(page)})
    boxes = [table.bbox for table in tables]
    placed: list[tuple[float, Block]] = []
    for at, table in enumerate(tables, 1):
        placed.append((table.bbox[1], _grid(page, table, f"第 {number} 页第 {at} 张表", struck)))
    outside = page.filter(lambda drawn: not any(_within(drawn, box) for box in boxes))
    lines = [line for line in outside.extract_text_lines() if not _is_number_of_page(line, page.height)]
    placed += [(top, TextLine(plain_radicals(text), f"第 {number} 页")) for top, text in _paragraphs(lines)]
    yield from (block for _, block in sorted(placed, key=lambda pair: pair[0]))


def _open_ends(page: Any) -> list[float]:
    """Return where the upright lines of a table end without one across: a row that goes on over the page has none."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["height"] > _THICK]
    across = [edge["top"] for edge in page.edges if edge["orientation"] == "h"]
    ends = Counter(round(edge[side]) for edge in upright for side in ("top", "bottom"))
    return [
        float(end)
        for end, count in ends.items()
        if count > _FEW and not any(abs(end - line) <= _THICK for line in across)
    ]


def _is_number_of_page(line: dict[str, Any], height: float) -> bool:
    """Tell whether a line at the edge of a page is its number."""
    edge = line["bottom"] < height * 0.12 or line["top"] > height * 0.86
    return edge and _NUMBER.fullmatch(line["text"].strip()) is not None


def _ground(drawn: dict[str, Any]) -> bool:
    """Tell whether something drawn is a coloured ground: its edges are no lines of a table."""
    return drawn["object_type"] == "rect" and not drawn.get("stroke") and min(drawn["width"], drawn["height"]) > _THICK


def _paragraphs(lines: list[dict[str, Any]]) -> Iterator[tuple[float, str]]:
    """Yield paragraphs with their top edge: an indented line begins one, and so does one after a line that ends early."""
    if not lines:
        return
    left, right = min(line["x0"] for line in lines), max(line["x1"] for line in lines)
    top, text, full = 0.0, "", False
    for line in lines:
        size = line["bottom"] - line["top"]
        begins = line["x0"] - left > size * 0.8 or not full
        if begins and text:
            yield top, text
            text = ""
        top, text = (top, text + line["text"].strip()) if text else (line["top"], line["text"].strip())
        full = line["x1"] > right - 2 * size
    if text:
        yield top, text


def _within(drawn: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle = ((drawn["x0"] + drawn["x1"]) / 2, (drawn["top"] + drawn["bottom"]) / 2)
    return bool(box[0] <= middle[0] <= box[2] and box[1] <= middle[1] <= box[3])


def _grid(page: Any, table: Any, where: str, struck: set[int]) -> PublishedTable:
    lefts = _lines([cell[0] for cell in table.cells] + [cell[2] for cell in table.cells])
    tops = _lines([cell[1] for cell in table.cells] + [cell[3] for cell in table.cells])
    if len(table.cells) > CELLS:
        raise beyond("表格单元格数", CELLS)
    squares = []
    for left, top, right, bottom in sorted(table.cells, key=lambda cell: (cell[1], cell[0])):
        box = left, top, right, bottom
        text, mark = _words(page.filter(lambda drawn, box=box: _within(drawn, box)), struck)
        row, column = _line(tops, top), _line(lefts, left)
        last = _line(tops, bottom) - 1, _line(lefts, right) - 1
        squares.append(
            TableCell(row, column, *last, plain_radicals(text.strip()), f"{where}第 {row + 1} 行", mark=mark)
        )
    squares.sort(key=lambda square: (square.row, square.column))
    return PublishedTable(tuple(squares), where)


def _words(cell: Any, struck: set[int]) -> tuple[str, str]:
    """Return the text of a cell, and the small, raised, lowered or struck digits of its figure, which are no part of it."""
    text = cell.extract_text() or ""
    digits = [drawn for drawn in cell.chars if drawn["text"].strip()]
    if not digits or any(map(wordy, text)):
        return text, ""
    kinds = [(drawn["fontname"], round(drawn["y0"]), drawn["size"]) for drawn in digits]
    main = digits[kinds.index(Counter(kinds).most_common(1)[0][0])]
    largest = max(drawn["size"] for drawn in digits)
    marks = {id(drawn): "删除线" if id(drawn) in struck else _beside(drawn, main, largest) for drawn in digits}
    words = {kind: "".join(one["text"] for one in digits if marks[id(one)] == kind) for kind in marks.values() if kind}
    plain = cell.filter(lambda drawn: not marks.get(id(drawn)))
    return plain.extract_text() or "", "、".join(f"{kind} {text}" for kind, text in words.items())


def _beside(drawn: dict[str, Any], main: dict[str, Any], largest: float) -> str:
    """Return 上标 or 下标 for a digit that is smaller than the largest or leaves the line of the main one, else ""."""
    same = drawn["fontname"] == main["fontname"] and drawn["size"] == main["size"]  # else its box says nothing
    off = drawn["y0"] - main["y0"] if same else drawn["matrix"][5] - main["matrix"][5]
    beside = _RAISED * largest < abs(off) < _ANOTHER * largest or drawn["size"] <= _SMALL * largest
    return "" if not beside else "下标" if off < 0 else "上标"


def _struck(page: Any) -> tuple[set[int], set[int]]:
    """Return the digits that a stroke runs through, and these strokes, which are no lines of a table; both by identity."""
    digits = [drawn for drawn in page.chars if drawn["text"].strip().isdigit() and drawn["upright"]]
    digits.sort(key=lambda drawn: drawn["bottom"])
    bottoms = [drawn["bottom"] for drawn in digits]
    tallest = max((drawn["height"] for drawn in digits), default=0.0)
    through: dict[int, set[int]] = {}
    for bar in (*page.lines, *page.rects):
        near = digits[bisect_left(bottoms, bar["top"]) : bisect_left(bottoms, bar["bottom"] + tallest)]
        through[id(bar)] = {id(drawn) for drawn in near if _through(bar, drawn)}
    return set().union(*through.values()), {bar for bar, runs in through.items() if runs}


def _through(bar: dict[str, Any], drawn: dict[str, Any]) -> bool:
    """Tell whether a line or thin bar runs through a character, across or aslant."""
    if bar["height"] > _THICK:
        box = bar["x0"], bar["top"], bar["x1"], bar["bottom"]
        return bar["object_type"] == "line" and bar["width"] > _THICK and _within(drawn, box)
    line = drawn["bottom"] + drawn["y0"] - drawn["matrix"][5]
    above = (line - (bar["top"] + bar["bottom"]) / 2) / drawn["size"]
    return bool(bar["x0"] < (drawn["x0"] + drawn["x1"]) / 2 < bar["x1"] and _STRUCK[0] < above < _STRUCK[1])


def _lines(values: list[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _line(lines: list[float], value: float) -> int:
    return min(range(len(lines)), key=lambda at: abs(lines[at] - value))
