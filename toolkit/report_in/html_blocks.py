"""HTML as governments publish it → lines and grids: nested tables, merged cells, hidden parts, any markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from toolkit.excel_in import Refused
from toolkit.findings import phrase
from toolkit.report_in.blocks import Block, PublishedTable, TableCell, TextLine
from toolkit.report_in.report_limits import CELLS, COLUMNS, DEPTH, LINES, beyond

_SKIPPED = frozenset(
    ("script", "style", "head", "noscript", "template", "select", "svg", "iframe", "object", "textarea")
)
_BREAKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_RAISED = re.compile(
    r"vertical-align\s*:\s*(?:super|sub|text-top|text-bottom|-?(?!0+(?:\.0+)?(?:px|pt|em|ex|%))[0-9.]+(?:px|pt|em|ex|%))",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through", re.IGNORECASE)
_NOTE_LENGTH = 4  # Characters of a link that can be the number of a footnote
_FIELDS = frozenset(("input", "select", "textarea", "button"))
_PICTURES = frozenset(("img", "svg", "object", "embed", "canvas", "video", "iframe"))
_DIGITS = re.compile(r"\s*(\d{1,5})")


def read_html(text: str) -> tuple[Block, ...]:
    """Return the lines and grids of a page; one too deep or too large is Refused."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError) as fault:
        raise Refused("FILE_021", why=phrase("file_web", fault=type(fault).__name__)) from None
    return tuple(_Page().read(root))


class _Page:
    """The walk over a page: the text of what flows becomes lines, each innermost table a grid."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.lines = self.tables = self.cells = 0

    def read(self, root: Any) -> Iterator[Block]:
        yield from self._walk(root, 0)
        yield from self._line()

    def _walk(self, element: Any, depth: int) -> Iterator[Block]:
        if depth > DEPTH:
            raise beyond("网页嵌套层数", DEPTH)
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SKIPPED or _hidden(element):
            return
        if tag == "table" and element.find(".//table") is None:
            yield from self._line()
            self.tables += 1
            yield self._grid(element, self.tables)
            return
        broken = tag in _BREAKS
        if broken:
            yield from self._line()
        self.words.append(element.text or "")
        for child in element:
            yield from self._walk(child, depth + 1)
            self.words.append(child.tail or "")
        if broken:
            yield from self._line()

    def _line(self) -> Iterator[TextLine]:
        text = " ".join("".join(self.words).split())
        self.words.clear()
        if text:
            self.lines += 1
            if self.lines > LINES:
                raise beyond("段落数", LINES)
            yield TextLine(text, f"第 {self.lines} 段")

    def _grid(self, table: Any, number: int) -> PublishedTable:
        """Return a table with its spans laid out as browsers do it."""
        squares: list[TableCell] = []
        hanging: dict[int, int] = {}
        for row, line in enumerate(row for row in table.iter("tr") if not _hidden(row)):
            column = 0
            shown = (cell for cell in line if cell.tag in ("td", "th") and not _hidden(cell))
            for at, cell in enumerate(shown, 1):
                while hanging.get(column, 0) > row:
                    column += 1
                width = min(_span(cell, "colspan"), COLUMNS)
                height = _span(cell, "rowspan")
                if height != 1:
                    below = sum(1 for _ in line.itersiblings("tr")) + 1
                    height = min(height or below, below)
                self.cells += width * height
                if self.cells > CELLS or column + width > COLUMNS:
                    raise beyond("表格单元格数", CELLS)
                for covered in range(column, column + width):
                    hanging[covered] = row + height
                where = f"第 {number} 张表第 {row + 1} 行第 {at} 格"
                text, mark = _text(cell)
                last = row + height - 1, column + width - 1
                squares.append(TableCell(row, column, *last, text, where, mark=mark))
                column += width
        return PublishedTable(tuple(squares), f"第 {number} 张表")


def _text(cell: Any) -> tuple[str, str]:
    """Return what a cell shows, lines parted by line breaks, and the marks in it, which are no part of its text."""
    pieces: list[str] = []
    marks: list[str] = []

    def add(element: Any) -> None:
        mark = "" if _hidden(element) else _mark(element)
        if mark:
            marks.append(mark)
        if mark or _hidden(element) or element.tag in _SKIPPED:
            return
        pieces.append("\n" if element.tag in _BREAKS else "")
        inside(element)
        pieces.append("\n" if element.tag in _BREAKS else "")

    def inside(element: Any) -> None:
        pieces.append(" ".join((element.text or "").split("\n")))
        for child in element:
            if isinstance(child.tag, str):
                add(child)
            pieces.append(" ".join((child.tail or "").split("\n")))

    inside(cell)
    lines = ("".join(line.split("\r")).strip(" \t\xa0\u3000") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line), "、".join(marks)


def _mark(element: Any) -> str:
    """Return the kind and the words of what must not be read together with a figure, "" for anything else."""
    tag, style = element.tag, element.get("style") or ""
    words = " ".join("".join(element.itertext()).split())[:20]
    if tag in _FIELDS:
        hidden = (element.get("type") or "").lower() == "hidden"
        return "" if hidden else f"输入框 {element.get('value') or words}".strip()
    if tag in _PICTURES:
        return "" if {element.get("width"), element.get("height")} & {"0", "1", "1px"} else "图片"
    if not words:
        return ""
    if tag in ("s", "strike", "del") or _STRUCK.search(style):
        return f"删除线 {words}"
    if tag in ("sup", "sub") or (tag not in _BREAKS and _RAISED.search(style)):
        return f"{'下标' if tag == 'sub' else '上标'} {words}"
    link = tag == "a" and "#" in (element.get("href") or "") and len(words) <= _NOTE_LENGTH
    return f"脚注 {words}" if link and not element.get("href").endswith("#") else ""


def _span(cell: Any, name: str) -> int:
    """Return a span; nonsense counts as 1, 0 rows are all that are left."""
    match = _DIGITS.match(cell.get(name) or "")
    number = int(match[1]) if match else 1
    return number if name == "rowspan" else max(number, 1)


def _hidden(element: Any) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None
