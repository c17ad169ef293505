"""The zip around a workbook and the XML in it, opened within fixed limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from toolkit.excel_in import limits
from toolkit.excel_in.refusal import Refused, too_much

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, OverflowError,
)  # fmt: skip
"""What zipfile raises for damaged archives."""


class Container:
    """The parts of a zipped document by name (``/`` as separator, no leading one, either case)."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except _UNREADABLE:
            raise Refused("FILE_020", why="压缩结构不完整") from None
        if len(members) > limits.MEMBERS:
            raise too_much("压缩包成员数", limits.MEMBERS)
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._inflated = 0
        self._elements = 0
        spans: list[tuple[int, int]] = []
        for member in members:
            name = member.filename.replace("\\", "/").lstrip("/").lower()
            if ".." in name.split("/") or name in self._members:
                raise Refused("FILE_021", why=f"压缩包内有重复或不当的成员名 {name[:40]!r}")
            self._members[name] = member
            spans.append((member.header_offset, member.header_offset + 30 + member.compress_size))
        spans.sort()
        if any(after[0] < before[1] for before, after in zip(spans, spans[1:], strict=False)):
            raise Refused("FILE_021", why="压缩包成员互相重叠")

    def __contains__(self, name: str | None) -> bool:
        return name is not None and name.lower() in self._members

    def names(self) -> list[str]:
        """Return the names of all parts, in lower case."""
        return list(self._members)

    def part(self, name: str) -> bytes:
        """Return a part, inflated; what is missing, damaged or past a limit is Refused."""
        member = self._members.get(name.lower())
        if member is None:
            raise Refused("FILE_020", why=f"缺少部件 {name[:60]}")
        if member.flag_bits & 1:
            raise Refused("FILE_010")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("FILE_021", why="压缩方法不常见")
        room = min(limits.PART_BYTES, limits.TOTAL_BYTES - self._inflated)
        if member.file_size > room:
            raise too_much("解压后的字节数", room)
        try:
            with self._zip.open(member) as stream:
                data = stream.read(room + 1)
        except _UNREADABLE:
            raise Refused("FILE_020", why=f"部件 {name[:60]} 解压失败") from None
        if len(data) > room:
            raise too_much("解压后的字节数", room)
        self._inflated += len(data)
        return data

    def parse(self, name: str, start: Start, end: End, text: Text | None = None) -> None:
        """Run expat over a part. DTDs, unknown encodings, too deep nesting and ill-formed XML are Refused.

        Names come without prefix or namespace: the workbooks of strict and transitional OOXML then look the same.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = 65536
        local: dict[str, str] = {}
        depth = 0

        def on_start(full: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if depth > limits.XML_DEPTH:
                raise too_much("XML 嵌套层数", limits.XML_DEPTH)
            if self._elements > limits.ELEMENTS:
                raise too_much("XML 元素数", limits.ELEMENTS)
            if full not in local:
                local[full] = full.rpartition("}")[2]
            start(local[full], attributes)

        def on_end(full: str) -> None:
            nonlocal depth
            depth -= 1
            end(local[full])

        def on_doctype(*_: object) -> None:
            raise Refused("FILE_021", why=f"部件 {name[:60]} 含有 DTD 声明")

        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        parser.StartDoctypeDeclHandler = on_doctype
        parser.EntityDeclHandler = on_doctype
        if text is not None:
            parser.CharacterDataHandler = text
        data = self.part(name)
        try:
            parser.Parse(data, True)
        except expat.ExpatError as fault:
            why = f"部件 {name[:60]} 的 XML 有误：{expat.ErrorString(fault.code)}"
            raise Refused("FILE_021", why=why) from None
        except (LookupError, ValueError):  # what Python says of encodings that it does not know, or that lie
            raise Refused("FILE_021", why=f"部件 {name[:60]} 的编码无法识别") from None


def attribute(attributes: Attributes, name: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace."""
    if name in attributes:
        return attributes[name]
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return value
    return None
