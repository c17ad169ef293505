"""Zips: bombs, sizes that lie, members over one another, too many, oddly packed, encrypted, oddly named, cut off."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import (
    BOOK,
    STRINGS,
    TABLE_2,
    Build,
    Case,
    Parts,
    changed,
    packed,
    parts,
    registrar,
    sound_return,
)

CASES: list[Case] = []
case = registrar(CASES)
MIB = 2**20
_BLOCK = 16 * MIB


def directory(data: bytes, change: Callable[[bytearray, int], None], name: str) -> bytes:
    """Change the entry of a member in the directory at the end of a zip; ``change`` gets the bytes and its start."""
    changed_ = bytearray(data)
    at = changed_.find(b"PK\x01\x02")
    while at >= 0:
        (length,) = struct.unpack_from("<H", changed_, at + 28)
        if changed_[at + 46 : at + 46 + length] == name.encode():
            change(changed_, at)
            return bytes(changed_)
        at = changed_.find(b"PK\x01\x02", at + 46)
    raise KeyError(name)


def _set(form: str, offset: int, value: int) -> Callable[[bytearray, int], None]:
    return lambda data, at: struct.pack_into(form, data, at + offset, value)


def bomb(part: str, head: bytes, filler: bytes, size: int, tail: bytes, *, says: int | None = None) -> bytes:
    """Return the sound return with one part that inflates to ``size``: a packed block repeated, never held whole."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = filler * (_BLOCK // len(filler))
    begin = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(tail) + packer.flush(zlib.Z_FINISH)
    check = zlib.crc32(head)
    for _ in range(size // _BLOCK):
        check = zlib.crc32(block, check)
    check = zlib.crc32(tail, check)
    stream = begin + middle * (size // _BLOCK) + end
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            if name != part:
                archive.writestr(name, data)
        archive.writestr(zipfile.ZipInfo(part), stream, zipfile.ZIP_STORED)
        info = archive.getinfo(part)
        whole = len(head) + size // _BLOCK * _BLOCK + len(tail)
        info.compress_type, info.CRC, info.file_size = zipfile.ZIP_DEFLATED, check, whole if says is None else says
        offset = info.header_offset
    data = bytearray(made.getvalue())
    struct.pack_into("<H", data, offset + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<3I", data, offset + 14, info.CRC, len(stream), info.file_size)
    return bytes(data)


def _sheet_head() -> bytes:
    return parts()[TABLE_2].partition(b"</sheetData>")[0] + b'<row r="90"><c r="A90" t="str"><v>'


_SHEET_TAIL = b"</v></c></row></sheetData></worksheet>"


@case("zip-bomb-1GiB-of-spaces.xlsx", "FILE_030")
def _() -> bytes:
    return bomb(TABLE_2, _sheet_head(), b" ", 1024 * MIB, _SHEET_TAIL)


@case("zip-bomb-one-string-of-512MiB.xlsx", "FILE_030")
def _() -> bytes:
    return bomb(STRINGS, b"<sst><si><t>", b"a", 512 * MIB, b"</t></si></sst>")


@case("zip-bomb-that-says-it-is-small.xlsx", "FILE_020")
def _() -> bytes:
    return bomb(TABLE_2, _sheet_head(), b" ", 1024 * MIB, _SHEET_TAIL, says=9000)


@case("zip-bomb-in-custom-properties.xlsx", "FILE_030")
def _() -> bytes:
    return bomb("docProps/custom.xml", b"<Properties>", b"<a/>    ", 256 * MIB, b"</Properties>")


@case("zip-bomb-in-a-picture-that-is-never-opened.xlsx")
def _() -> bytes:
    return bomb("xl/media/image1.png", b"\x89PNG", b"\x00", 512 * MIB, b"")


@case("part-just-under-its-limit.xlsx")
def _() -> bytes:
    head = parts()[TABLE_2].removesuffix(b"</worksheet>")
    return bomb(TABLE_2, head, b"<!--" + b" " * 65_529 + b"-->", 64 * MIB, b"</worksheet>")


@case("parts-under-their-limit-whose-sum-is-over.xlsx", "FILE_030")
def _() -> bytes:
    comment = b"<!--" + b" " * 65_529 + b"-->"
    members = parts()
    for at in (1, 2, 3):
        part = f"xl/worksheets/sheet{at}.xml"
        members[part] = members[part].replace(b"</worksheet>", comment * 704 + b"</worksheet>")
    return packed(members)


@case("directory-says-4GiB.xlsx", "FILE_030")
def _() -> bytes:
    return directory(sound_return(), _set("<I", 24, 0xFFFFFFFE), TABLE_2)


@case("directory-says-less.xlsx", "FILE_020")
def _() -> bytes:
    return directory(sound_return(), _set("<I", 24, 500), TABLE_2)


@case("directory-says-zip64.xlsx", "FILE_020", "FILE_030")
def _() -> bytes:
    return directory(sound_return(), _set("<I", 24, 0xFFFFFFFF), TABLE_2)


@case("checksum-wrong.xlsx", "FILE_020")
def _() -> bytes:
    return directory(sound_return(), _set("<I", 16, 0x12345678), TABLE_2)


@case("members-overlap.xlsx", "FILE_021")
def _() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        archive.getinfo("xl/theme/theme1.xml").header_offset = archive.getinfo(TABLE_2).header_offset
    return made.getvalue()


@case("all-members-are-one.xlsx", "FILE_021")
def _() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        archive.writestr("xl/media/0.png", bytes(MIB))
        first = archive.getinfo("xl/media/0.png")
        for at in range(1, 1500):
            info = zipfile.ZipInfo(f"xl/media/{at}.png")
            for key in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(info, key, getattr(first, key))
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return made.getvalue()


@case("one-sheet-twice.xlsx", "FILE_021")
def _() -> bytes:
    data = packed({**parts(), TABLE_2.replace("sheet3", "sheetX"): parts()[TABLE_2].replace(b"440", b"999")})
    return data.replace(b"xl/worksheets/sheetX.xml", TABLE_2.encode())


@case("one-sheet-twice-in-another-case.xlsx", "FILE_021")
def _() -> bytes:
    return packed({**parts(), TABLE_2.upper(): parts()[TABLE_2]})


@case("60000-members.xlsx", "FILE_030")
def _() -> bytes:
    entries = (b"x/%05d" % at for at in range(60_000))
    central = b"".join(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, *[0] * 7, 7, *[0] * 6) + name for name in entries)
    first = b"PK\3\4" + bytes(26)
    return first + central + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 60_000, 60_000, len(central), len(first), 0)


@case("1900-members.xlsx")
def _() -> bytes:
    return packed({**parts(), **{f"xl/media/{at}.png": b"" for at in range(1_900)}})


@case("packed-with-bzip2.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts(), zipfile.ZIP_BZIP2)


@case("packed-with-lzma.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts(), zipfile.ZIP_LZMA)


@case("stored-unpacked.xlsx")
def _() -> bytes:
    return packed(parts(), zipfile.ZIP_STORED)


@case("members-encrypted.xlsx", "FILE_010")
def _() -> bytes:
    data = sound_return()
    for name in parts():
        data = directory(data, _set("<H", 8, 1), name)
    return data


@case("name-that-climbs.xlsx", "FILE_021")
def _() -> bytes:
    return packed({**parts(), "xl/../../../etc/cron.d/x": b"x"})


@case("name-that-climbs-backwards.xlsx", "FILE_021")
def _() -> bytes:
    return packed({**parts(), "..\\..\\x.exe": b"x"})


@case("names-with-backslashes.xlsx")
def _() -> bytes:
    data = sound_return()
    for name in parts():
        data = data.replace(name.encode(), name.replace("/", "\\").encode())
    return data


@case("names-from-the-root.xlsx")
def _() -> bytes:
    return packed({f"/{name}": data for name, data in parts().items()})


@case("name-with-nul.xlsx", "FILE_020")
def _() -> bytes:
    return sound_return().replace(b"xl/sharedStrings.xml", b"xl/sharedS\x00rings.xml")


@case("name-of-no-encoding.xlsx", "FILE_020")
def _() -> bytes:
    data = packed({**parts(), "甲.xml": b""})
    return data.replace("甲.xml".encode(), b"\xff\xfe\xfd.xml")


@case("junk-after-the-end.xlsx")
def _() -> bytes:
    return sound_return() + b"\x00" * 3000


@case("cut-in-half.xlsx", "FILE_020")
def _() -> bytes:
    return sound_return()[: len(sound_return()) // 2]


@case("cut-at-the-last-byte.xlsx", "FILE_020")
def _() -> bytes:
    return sound_return()[:-1]


@case("directory-only.xlsx", "FILE_018", "FILE_020")
def _() -> bytes:
    data = sound_return()
    return data[data.index(b"PK\x01\x02") :]


@case("empty-zip.xlsx", "FILE_015", "FILE_020")
def _() -> bytes:
    return b"PK\x05\x06" + bytes(18)


@case("stream-damaged.xlsx", "FILE_020")
def _() -> bytes:
    data = bytearray(sound_return())
    at = data.index(TABLE_2.encode()) + 200
    data[at : at + 60] = b"\xff" * 60
    return bytes(data)


@case("zip-in-a-zip.xlsx", "FILE_015")
def _() -> bytes:
    data = sound_return()
    for _ in range(20):
        data = packed({"return.xlsx": data})
    return data


def _without(name: str) -> Build:
    def build() -> bytes:
        members: Parts = parts()
        del members[name]
        return packed(members)

    return build


CASES.append(Case("without-content-types.xlsx", _without("[Content_Types].xml")))
CASES.append(Case("without-package-relations.xlsx", _without("_rels/.rels")))
CASES.append(Case("without-workbook.xlsx", _without(BOOK), ("FILE_020",)))
CASES.append(Case("without-a-sheet.xlsx", _without(TABLE_2), ("FILE_020",)))
CASES.append(Case("without-properties.xlsx", _without("docProps/custom.xml")))


@case("relation-that-climbs.xlsx", "FILE_020")
def _() -> bytes:
    climb = b'Target="../../../../../../etc/passwd"'
    return changed("xl/_rels/workbook.xml.rels", lambda data: data.replace(b'Target="worksheets/sheet3.xml"', climb))


@case("all-sheets-are-one-part.xlsx", tells=("*",), answers={"*": "any"})
def _() -> bytes:
    def change(data: bytes) -> bytes:
        for at in (1, 2, 4, 5, 6, 7, 8, 9):
            data = data.replace(b"worksheets/sheet%d.xml" % at, b"worksheets/sheet3.xml")
        return data

    return changed("xl/_rels/workbook.xml.rels", change)


def _huge(path: Path) -> None:
    path.write_bytes(sound_return())
    os.truncate(path, 3 * 2**30)


CASES.append(Case("file-of-3GiB.xlsx", None, ("FILE_030",), put=_huge))
