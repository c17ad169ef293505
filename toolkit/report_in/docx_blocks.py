"""A Word document → lines and grids, also tables inside tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from toolkit.excel_in import Refused
from toolkit.findings import phrase
from toolkit.report_in.blocks import Block, PublishedTable, TableCell, TextLine
from toolkit.report_in.report_limits import CELLS, COLUMNS, DEPTH, LINES, PARTS_BYTES, beyond


def read_docx(data: bytes) -> tuple[Block, ...]:
    """Return the lines and grids of a document; a damaged or too large one is Refused."""
    import docx
    import docx.opc.exceptions

    _bounded(data)
    try:
        document = docx.Document(io.BytesIO(data))
        return tuple(_Document().read(document.element.body))
    except Refused:
        raise
    except (
        KeyError,
        ValueError,
        AttributeError,
        SyntaxError,
        zipfile.BadZipFile,
        docx.opc.exceptions.OpcError,
    ) as fault:
        raise Refused("FILE_020", why=phrase("file_word", fault=type(fault).__name__)) from None


def _bounded(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > PARTS_BYTES:
                raise beyond("解压后的字节数", PARTS_BYTES)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise Refused("FILE_020", why=phrase("file_container")) from None


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class _Document:
    """The walk over the body: paragraphs become lines, innermost tables grids."""

    def __init__(self) -> None:
        self.lines = self.tables = self.cells = 0

    def read(self, body: Any, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks below an element in their order."""
        if depth > DEPTH:
            raise beyond("文档嵌套层数", DEPTH)
        for element in body:
            name = _name(element)
            if name == "p":
                yield from self._line(element)
            elif name == "tbl" and any(_name(inner) == "tbl" for inner in element.iterdescendants()):
                yield from self.read(element, depth + 1)
            elif name == "tbl":
                self.tables += 1
                yield self._grid(element, self.tables)
            elif name in ("sdt", "sdtContent", "tr", "tc", "ins", "customXml", "smartTag"):
                yield from self.read(element, depth + 1)

    def _line(self, paragraph: Any) -> Iterator[TextLine]:
        for text in _text(paragraph).split("\n"):
            if text.strip():
                self.lines += 1
                if self.lines > LINES:
                    raise beyond("段落数", LINES)
                yield TextLine(text.strip(), f"第 {self.lines} 段")

    def _grid(self, table: Any, number: int) -> PublishedTable:
        """Return a table with its spans: ``gridSpan`` across, ``vMerge`` down."""
        squares: list[TableCell] = []
        merged: dict[int, int] = {}
        shown = (row for row in table.iterdescendants() if _name(row) == "tr" and not _deleted(row))
        for row, line in enumerate(shown):
            column, at = _skipped(line), 0
            for cell in (inner for inner in line.iterdescendants() if _name(inner) == "tc"):
                width, down = _spans(cell)
                self.cells += width
                if self.cells > CELLS or column + width > COLUMNS:
                    raise beyond("表格单元格数", CELLS)
                if down == "continue" and column in merged:
                    above = squares[merged[column]]
                    squares[merged[column]] = replace(above, last_row=row)
                else:
                    at += 1
                    merged.pop(column, None)
                    if down == "restart":
                        merged[column] = len(squares)
                    where = f"第 {number} 张表第 {row + 1} 行第 {at} 格"
                    text, mark = _cell_text(cell), "、".join(_marks(cell))
                    squares.append(TableCell(row, column, row, column + width - 1, text, where, mark=mark))
                column += width
        return PublishedTable(tuple(squares), f"第 {number} 张表")


def _attribute(element: Any, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None)


def _spans(cell: Any) -> tuple[int, str]:
    """Return how many columns a cell covers, and whether it begins or goes on with a merge downwards."""
    properties = _child(cell, "tcPr")
    if properties is None:
        return 1, ""
    across, down = _child(properties, "gridSpan"), _child(properties, "vMerge")
    width = _attribute(across, "val") if across is not None else None
    merge = "" if down is None else _attribute(down, "val") or "continue"
    return (int(width) if width is not None and width.isdigit() and 0 < int(width) < COLUMNS else 1), merge


def _skipped(line: Any) -> int:
    """Return the columns that a row leaves out before its first cell."""
    properties = _child(line, "trPr")
    before = None if properties is None else _child(properties, "gridBefore")
    width = None if before is None else _attribute(before, "val")
    return int(width) if width is not None and width.isdigit() and int(width) < COLUMNS else 0


def _deleted(line: Any) -> bool:
    """Tell whether a tracked change has deleted a row."""
    properties = _child(line, "trPr")
    return properties is not None and _child(properties, "del") is not None


def _cell_text(cell: Any) -> str:
    texts = (_text(paragraph, plain=True).strip() for paragraph in cell.iterdescendants() if _name(paragraph) == "p")
    return "\n".join(text for text in texts if text)


def _marks(cell: Any) -> Iterator[str]:
    """Yield what must not be read together with a figure: raised, lowered, struck-out words, notes, pictures, fields."""
    for part in cell.iterdescendants():
        name = _name(part)
        if name in ("footnoteReference", "endnoteReference"):
            yield "脚注"
        elif name in ("drawing", "pict", "object") and not _unseen(part):
            yield "图片"
        elif name in ("ffData", "showingPlcHdr", "checkBox", "checkbox"):
            yield "输入框"
        elif name == "t" and (part.text or "").strip() and not _unseen(part) and (kind := _beside(part)):
            yield f"{kind} {part.text.strip()}"


def _beside(text: Any) -> str:
    """Return why the text of a run is no part of a figure: 上标, 下标 or 删除线, "" for plain text."""
    properties = _child(text.getparent(), "rPr")
    for name in ("vertAlign", "strike", "dstrike", "position") if properties is not None else ():
        value = _attribute(child, "val") if (child := _child(properties, name)) is not None else "0"
        if value not in ("baseline", "0", "false", "off"):
            return (
                "删除线" if "strike" in name else "下标" if value == "subscript" or (value or "")[:1] == "-" else "上标"
            )
    return ""


def _text(paragraph: Any, *, plain: bool = False) -> str:
    """Return what a paragraph shows: no deleted and no hidden runs, no instructions of fields; ``plain``: nothing marked."""
    pieces: list[str] = []
    for part in paragraph.iterdescendants():
        name = _name(part)
        if name == "t" and not _unseen(part) and not (plain and _beside(part)):
            pieces.append(part.text or "")
        elif name == "tab":
            pieces.append("\t" if _name(part.getparent()) == "r" else "")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name == "noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)


def _unseen(text: Any) -> bool:
    run = text.getparent()
    properties = _child(run, "rPr") if run is not None else None
    vanish = None if properties is None else _child(properties, "vanish")
    hidden = vanish is not None and _attribute(vanish, "val") not in ("0", "false", "off")
    return hidden or any(
        _name(parent) in ("del", "moveFrom", "fallback", "Fallback") for parent in text.iterancestors()
    )
