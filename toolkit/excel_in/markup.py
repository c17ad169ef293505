"""The XML in the parts of a workbook, parsed within fixed limits: as elements, or call by call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser, fromstring
from xml.parsers import expat

from toolkit.excel_in import limits
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.findings import phrase

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def parse(
    data: bytes, part: str, start: Start, end: End, text: Text | None = None, *, most: int = limits.OTHER_TAGS
) -> None:
    """Run expat over a part and call what was given for starts, ends and texts.

    More tags than ``most``, DTDs, unknown encodings, too deep nesting and ill-formed XML are Refused.
    Names come without prefix or namespace: the workbooks of strict and transitional OOXML then look the same.
    """
    _bounded(data, most)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = 65536
    depth = 0

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.XML_DEPTH:
            raise too_much("limit_depth", limits.XML_DEPTH)
        start(name.rpartition("}")[2], attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition("}")[2])

    def on_doctype(*_: object) -> None:
        raise Refused("FILE_021", why=phrase("file_dtd", part=part[:60]))

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = on_doctype
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise Refused("FILE_021", why=phrase("file_xml", part=part[:60], fault=expat.ErrorString(fault.code))) from None
    except (LookupError, ValueError, UnicodeError):
        raise Refused("FILE_021", why=phrase("file_encoding", part=part[:60])) from None


_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"utf8")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def tree(data: bytes, part: str, most: int = limits.OTHER_TAGS) -> Element:
    """Return the elements of a part, parsed in C; the same things are Refused as by ``parse``."""
    data = _plain(data, part, most)
    try:
        root = fromstring(data)  # noqa: S314 - DTDs are refused above, sizes bounded
    except ParseError as fault:
        raise _ill_formed(part, fault) from None
    except (LookupError, ValueError, UnicodeError):
        raise Refused("FILE_021", why=phrase("file_encoding", part=part[:60])) from None
    _pending(root)
    return root


def growing(data: bytes, part: str, most: int) -> Iterator[tuple[Element, bool]]:
    """Parse a part like ``tree``, a large one in pieces: yield its root again and again, and whether it is whole.

    What the taker has read it removes from the root; too much that is left waiting is Refused.
    """
    if len(data) <= limits.PIECE_BYTES:
        yield tree(data, part, most), True
        return
    data = _plain(data, part, most)
    parser: XMLPullParser[Any] = XMLPullParser(("start",))
    root: Element | None = None
    try:
        for at in range(0, len(data), limits.PIECE_BYTES):
            parser.feed(data[at : at + limits.PIECE_BYTES])
            event: Any
            for event in parser.read_events():
                root = event[1] if root is None else root
            if root is not None:
                _pending(root, limits.PENDING_ELEMENTS)
                yield root, False
        parser.close()
    except ParseError as fault:
        raise _ill_formed(part, fault) from None
    except (LookupError, ValueError, UnicodeError):
        raise Refused("FILE_021", why=phrase("file_encoding", part=part[:60])) from None
    if root is not None:
        yield root, True


def _plain(data: bytes, part: str, most: int) -> bytes:
    """Return a part in an encoding that spells ASCII as ASCII, without a document type and within ``most`` tags.

    How many elements there can be is known before parsing from the number of ``<``. Document types are looked for in
    the bytes, which is safe because only such encodings are let through (UTF-16 is transcoded first).
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        # No character of well-formed UTF-8 is NUL: what holds one is UTF-16, with or without its mark, or ill-formed.
        data = _transcoded(data, part)
    else:
        declared = _DECLARED.search(data[:200])
        if declared is not None and declared[1].lower() not in _ENCODINGS:
            raise Refused("FILE_021", why=phrase("file_encoding", part=part[:60]))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("FILE_021", why=phrase("file_dtd", part=part[:60]))
    _bounded(data, most)
    return data


def _bounded(data: bytes, most: int) -> None:
    """Refuse more tags than ``most``, more attributes than those have, and a stretch of half a megabyte without any."""
    if data.count(b"<") > most:
        raise too_much("limit_tags", most)
    if data.count(b"=") > 3 * most:
        raise too_much("limit_attributes", 3 * most)
    for at in range(0, len(data) - limits.STRETCH_BYTES, limits.STRETCH_BYTES):
        if data.find(b"<", at, at + limits.STRETCH_BYTES) < 0:
            raise too_much("limit_stretch", limits.STRETCH_BYTES)


def _ill_formed(part: str, fault: ParseError) -> Refused:
    return Refused("FILE_021", why=phrase("file_xml", part=part[:60], fault=expat.ErrorString(fault.code)))


def _pending(root: Element, most: int | None = None) -> None:
    """Refuse too deep nesting, and more elements and attributes that wait for the end of theirs than ``most``."""
    level, depth, count = [root], 0, 0
    while level:
        if most is not None:
            count += len(level) + sum(len(element.attrib) for element in level)
            if count > most:
                raise too_much("limit_elements", most)
        level = [child for element in level for child in element]
        depth += 1
        if depth > limits.XML_DEPTH:
            raise too_much("limit_depth", limits.XML_DEPTH)


def _transcoded(data: bytes, part: str) -> bytes:
    """Return UTF-16 text as UTF-8, without its declaration; anything else that holds NUL characters is Refused."""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if marked else {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(data[:2])
    try:
        text = data.decode(encoding) if encoding is not None else "\x00"
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise Refused("FILE_021", why=phrase("file_encoding", part=part[:60]))
    return re.sub(r"^<\?xml[^>]*\?>", "", text, count=1).encode("utf-8", "surrogatepass")


def local(element: Element) -> str:
    """Return the name of an element without its namespace: strict and transitional OOXML then look the same."""
    return element.tag.rpartition("}")[2]


def alternatives(element: Element) -> list[Element]:
    """Return what an element holds, of ``mc:AlternateContent`` the fallback, else the first choice (ECMA-376 part 3)."""
    children: list[Element] = []
    for child in element:
        if local(child) != "AlternateContent":
            children.append(child)
            continue
        choices = sorted((part for part in child if local(part) in ("Choice", "Fallback")), key=local, reverse=True)
        children += choices[0] if choices else ()
    return children


def attribute(attributes: Attributes, name: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace."""
    if name in attributes:
        return attributes[name]
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return value
    return None
