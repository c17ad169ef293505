"""A published file → its blocks, by content and never by name."""

from __future__ import annotations

import re
from pathlib import Path

from toolkit.excel_in import Refused, open_book, read_file
from toolkit.excel_in.sniffing import refuse_sealed
from toolkit.report_in.blocks import Block
from toolkit.report_in.docx_blocks import read_docx
from toolkit.report_in.html_blocks import read_html
from toolkit.report_in.pdf_blocks import read_pdf
from toolkit.report_in.report_limits import FILE_BYTES, TEXT_CHARACTERS, beyond
from toolkit.report_in.text_blocks import read_text, settled
from toolkit.report_in.workbook_blocks import read_book

_META = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|body|table|div|p|head)\b", re.IGNORECASE)
_CHINESE = ("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "hz-gb-2312")


def blocks_of(path: Path) -> tuple[str, tuple[Block, ...]]:
    """Return what kind of file it is (html, docx, pdf, text or workbook) and its blocks; what cannot be read is Refused."""
    data = read_file(path)
    if not data:
        raise Refused("FILE_001")
    if len(data) > FILE_BYTES:
        raise beyond("文件字节数", FILE_BYTES)
    refuse_sealed(data)
    if data.startswith(b"%PDF"):
        return "pdf", tuple(settled(read_pdf(data)))
    if data.startswith(b"PK\x03\x04") and b"word/" in data:
        return "docx", tuple(settled(read_docx(data)))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x09\x08")):
        return "workbook", read_book(open_book(path))
    if _HTML.search(data[:100_000]) is not None or _HTML.search(_decoded(data)[:100_000].encode("utf-8", "replace")):
        return "html", tuple(settled(read_html(_bounded(data))))
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("FILE_018")
    return "text", read_text(_bounded(data))


def _bounded(data: bytes) -> str:
    text = _decoded(data)
    if len(text) > TEXT_CHARACTERS:
        raise beyond("字数", TEXT_CHARACTERS)
    return text


def _decoded(data: bytes) -> str:
    """Return the text in the encoding that fits: its mark, UTF-8, what the page declares, else GB 18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _META.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared is not None else "gb18030"
    try:
        return data.decode("gb18030" if name in _CHINESE or name.startswith("utf") else name, "replace")
    except LookupError:
        return data.decode("gb18030", "replace")
