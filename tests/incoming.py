"""Messages as strangers send them, byte by byte: any header, any spelling of a name, any nesting."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping

NAME = "财政局2025年报.xlsx"


def archive(members: Mapping[str, bytes], *, codec: str | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip; with ``codec`` its names are bytes of that codec, unmarked, as Windows archivers write them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name) if codec is None else _Raw(name, codec), data, method)
    return stream.getvalue()


class _Raw(zipfile.ZipInfo):
    """A member whose name is written in a codec and not marked as UTF-8."""

    def __init__(self, name: str, codec: str) -> None:
        super().__init__(name)
        self._codec = codec

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.orig_filename.encode(self._codec), self.flag_bits & ~0x800


def book(mark: str = "") -> bytes:
    """Return the shell of a workbook, told apart by a mark: what a sniffer takes for .xlsx."""
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": f"<workbook>{mark}</workbook>".encode()})


def part(data: bytes, *headers: str | bytes, encode: bool = True) -> bytes:
    """Return a part of a message: its headers as given, its content in base64."""
    lines = [each.encode() if isinstance(each, str) else each for each in headers]
    if encode:
        lines.append(b"Content-Transfer-Encoding: base64")
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return b"\r\n".join(lines) + b"\r\n\r\n" + data


def file(data: bytes, name: str | bytes = NAME, kind: str = "application/octet-stream") -> bytes:
    """Return an attachment whose name is in raw bytes (UTF-8 for a text), as many programs here send it."""
    raw = name.encode() if isinstance(name, str) else name
    return part(data, f"Content-Type: {kind}", b'Content-Disposition: attachment; filename="' + raw + b'"')


def text(words: str, kind: str = "plain", charset: str = "utf-8") -> bytes:
    """Return a body."""
    return part(words.encode(charset), f'Content-Type: text/{kind}; charset="{charset}"')


def letter(
    parts: Iterable[bytes] = (),
    *,
    subject: str | bytes = "财政局年报",
    sender: str | bytes = "张三 <Finance@Example.cn>",
    date: str | None = "Tue, 20 Jan 2026 09:30:00 +0800",
    identifier: str = "<1@example.cn>",
    kind: str = "mixed",
    headers: Iterable[str] = (),
) -> bytes:
    """Return a message of the parts, its headers in raw UTF-8 unless they are bytes."""
    lines = [b"MIME-Version: 1.0"]
    lines += [name.encode() + (value if isinstance(value, bytes) else value.encode())
              for name, value in (("From: ", sender), ("Subject: ", subject), ("Message-ID: ", identifier))]  # fmt: skip
    lines += [each.encode() for each in headers]
    if date is not None:
        lines.append(f"Date: {date}".encode())
    inner = list(parts)
    boundary = hashlib.sha256(b"".join(inner)).hexdigest()[:20]
    lines.append(f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode())
    mark = f"--{boundary}".encode()
    content = b"".join(mark + b"\r\n" + each + b"\r\n" for each in inner)
    return b"\r\n".join(lines) + b"\r\n\r\n" + content + mark + b"--\r\n"
