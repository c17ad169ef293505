"""What a file is, told from its bytes and never from its name."""

from __future__ import annotations

import io
import zipfile

from toolkit.excel_in import limits
from toolkit.excel_in.compound import top_streams
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.findings import Wording, phrase

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PHONE_PICTURES = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_RIGHTS = "DRMEncrypted".encode("utf-16-le")
"""How the names begin of what rights management, and no password, has put into a compound file (MS-OFFCRYPTO 2.2)."""
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")


def sniff(data: bytes) -> tuple[str, zipfile.ZipFile | None]:
    """Return xlsx, ods, xls or encrypted, with the opened zip of the first two.

    Everything else is Refused with what it is and what to do.
    """
    if not data:
        raise Refused("FILE_001")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip(data)
    if data.startswith(_OLE):
        return _ole(data), None
    refuse_sealed(data)
    if data.startswith(b"%PDF"):
        raise Refused("FILE_013")
    if (
        data.startswith(_PICTURES)
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or data[4:12] in _PHONE_PICTURES
    ):
        raise Refused("FILE_014")
    if data.startswith(_ARCHIVES):
        raise Refused("FILE_015")
    if data[:2] == b"\x09\x08" and len(data) > 8:
        return "xls", None
    if data[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04"):
        raise Refused("FILE_017", what=Wording("Excel 4.0 或更早的表", "a sheet of Excel 4.0 or earlier"))
    if data.startswith(b"{\\rtf"):
        raise Refused("FILE_011")
    raise _text(data)


def refuse_sealed(data: bytes) -> None:
    """Refuse a file that office security software or rights management has ciphered whole, known by how it begins."""
    if data.startswith(b"%TSD-Header-###%"):
        raise Refused(
            "FILE_025",
            what=Wording(
                "文件头 %TSD-Header-###%，见于 IP-guard", "it begins with %TSD-Header-###%, as those of IP-guard"
            ),
        )
    if b"E-SafeNet\x00" in data[:512]:
        raise Refused(
            "FILE_025", what=Wording("文件头 E-SafeNet，亿赛通", "it begins with E-SafeNet, as those of 亿赛通")
        )
    if data.startswith(b".pfile"):
        raise Refused("FILE_024")


def _zip(data: bytes) -> tuple[str, zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = [name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()]
        if len(names) > limits.MEMBERS:
            raise too_much("limit_members", limits.MEMBERS)
        mimetype = archive.read("mimetype")[:80] if "mimetype" in names and _small(archive) else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, KeyError):
        raise Refused("FILE_020", why=phrase("file_container")) from None
    except UnicodeDecodeError:
        raise Refused("FILE_020", why=phrase("file_names")) from None
    if b"opendocument.spreadsheet" in mimetype:
        return "ods", archive
    if b"opendocument.text" in mimetype:
        raise Refused("FILE_011")
    if "xl/workbook.bin" in names:
        # No library at hand tells an error value in .xlsb from a blank: it is not guessed at.
        raise Refused("FILE_017", what=phrase("file_xlsb"))
    if any(name.startswith("word/") for name in names):
        raise Refused("FILE_011")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("FILE_012")
    if "[content_types].xml" in names or any(name.startswith("xl/") for name in names):
        return "xlsx", archive
    if "ofd.xml" in names:
        raise Refused("FILE_013")
    raise Refused("FILE_015")


def _small(archive: zipfile.ZipFile) -> bool:
    return any(info.filename == "mimetype" and info.file_size < 200 for info in archive.infolist())


def _ole(data: bytes) -> str:
    """Tell the kinds of OLE2 files apart by the names of their streams, which are UTF-16 in the directory."""
    streams = {name.lower() for name in top_streams(data)}

    def has(stream: str) -> bool:
        return stream.lower() in streams if streams else stream.encode("utf-16-le") in data

    if has("\tDRMContent") or (has("EncryptedPackage") and _RIGHTS in data):
        raise Refused("FILE_024")
    if has("EncryptedPackage"):
        return "encrypted"
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise Refused("FILE_017", what=Wording("Word 97–2003 文档", "a Word 97–2003 document"))
    if has("PowerPoint Document"):
        raise Refused("FILE_012")
    raise Refused("FILE_017", what=Wording("未知的复合文档", "an unknown compound document"))


def _text(data: bytes) -> Refused:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"urn:oasis:names:tc:opendocument" in head:
        return Refused(
            "FILE_016", what=Wording("单个 XML 文件的开放文档 .fods", "an open document in one XML file (.fods)")
        )
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")) or b"<table" in head.lower():
        return Refused("FILE_016", what=Wording("网页", "a web page"))
    if start.startswith(b"<?xml") and b"spreadsheetml" not in head and b"excel" not in head.lower():
        return Refused("FILE_016", what=Wording("XML 文本", "an XML text"))
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return Refused("FILE_016", what=Wording("XML 表格 2003", "an XML spreadsheet 2003"))
    if all(byte >= 32 or 9 <= byte <= 13 for byte in head):
        return Refused("FILE_016", what=Wording("文本文件（如 csv）", "a text file, such as .csv"))
    return Refused("FILE_018")
