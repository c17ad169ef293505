"""Files that are no workbook, damaged or made to do harm: one finding each, within bounds, and nothing else raised."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.test_excel_in_values import opened, parts, zipped
from toolkit.excel_in import Refused, _open, limits, open_book
from toolkit.findings import CATALOGUE

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def refused(data: bytes, folder: Path) -> Refused:
    """Return how bytes are refused."""
    with pytest.raises(Refused) as raised:
        opened(data, folder)
    return raised.value


def archive(*names: str) -> bytes:
    """Return a zip with files of these names."""
    return zipped(dict.fromkeys(names, b"<x/>"))


def compound(*streams: str, embedded: str = "") -> bytes:
    """Return an OLE2 file with the streams at its top, and one more within a folder when ``embedded``."""
    entries = [("Root Entry", 5, 0xFFFFFFFF, 1)]
    last = len(streams) + (1 if embedded else 0)
    for at, name in enumerate([*streams, *(["ObjectPool"] if embedded else [])], 1):
        following = at + 1 if at < last else 0xFFFFFFFF
        kind, child = (1, last + 1) if name == "ObjectPool" else (2, 0xFFFFFFFF)
        entries.append((name, kind, following, child))
    if embedded:
        entries.append((embedded, 2, 0xFFFFFFFF, 0xFFFFFFFF))
    directory = b""
    for name, kind, following, child in entries:
        encoded = name.encode("utf-16-le") + b"\x00\x00"
        head = encoded.ljust(64, b"\x00") + struct.pack("<HBB3I", len(encoded), kind, 1, 0xFFFFFFFF, following, child)
        directory += head.ljust(116, b"\x00") + struct.pack("<IQ", 0xFFFFFFFE, 0)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\x00")
    sectors = len(directory) // 512
    chain = [*range(2, sectors + 1), 0xFFFFFFFE]
    fat = struct.pack(f"<{1 + sectors}I", 0xFFFFFFFD, *chain).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0).ljust(436, b"\xff")
    return header + fat + directory


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "FILE_001"),
        (compound("EncryptedPackage", "EncryptionInfo"), "FILE_010"),
        (archive("[Content_Types].xml", "word/document.xml"), "FILE_011"),
        (b"{\\rtf1 x}", "FILE_011"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "FILE_012"),
        (compound("PowerPoint Document"), "FILE_012"),
        (b"%PDF-1.7\n", "FILE_013"),
        (PNG, "FILE_014"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "FILE_014"),
        (archive("甲.xlsx", "乙.xlsx"), "FILE_015"),
        (b"Rar!\x1a\x07\x00" + bytes(20), "FILE_015"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "FILE_015"),
        ("单位,件数\n甲,1\n".encode("gbk"), "FILE_016"),
        ("\ufeff单位,件数\n".encode(), "FILE_016"),
        ("单位\t件数\n".encode("utf-16"), "FILE_016"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "FILE_016"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "FILE_016"),
        (
            b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table/>',
            "FILE_016",
        ),
        (compound("WordDocument", "1Table"), "FILE_017"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "FILE_017"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "FILE_017"),
        (bytes(range(256)), "FILE_018"),
        (compound("EncryptedPackage", "\x06DataSpaces") + "DRMEncryptedDataSpace".encode("utf-16-le"), "FILE_024"),
        (compound("Workbook", "\tDRMContent"), "FILE_024"),
        (b".pfile\x03\x00" + bytes(60), "FILE_024"),
        (b"%TSD-Header-###%" + bytes(range(256)), "FILE_025"),
        (b"b\x14#e" + bytes(12) + b"E-SafeNet\x00\x00\x00LOCK" + bytes(range(256)), "FILE_025"),
        (zipped(parts(ONE))[:-40], "FILE_020"),
        (archive("[Content_Types].xml", "_rels/.rels"), "FILE_020"),
        (zipped(parts("")), "FILE_022"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    """Each kind of file has its own code whatever its name, and every text of its finding is filled in."""
    refusal = refused(data, tmp_path)
    assert refusal.code == code
    told = refusal.finding("sent.xlsx")
    assert told.file == "sent.xlsx"
    assert told.message
    assert told.remedy
    assert "{" not in told.message + told.remedy


def test_codes_are_of_the_catalogue() -> None:
    """Each says in both languages what to do; that no code appears twice is TOML's own rule."""
    entries = [CATALOGUE[code] for code in CATALOGUE if code.startswith("FILE_")]
    assert all(each.remedy and each.remedy_en and each.title and each.title_en for each in entries)


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    """A folder, a link and a pipe are refused without being opened; a missing file is said to be missing."""
    (tmp_path / "folder").mkdir()
    real = tmp_path / "real.xlsx"
    real.write_bytes(zipped(parts(ONE)))
    assert open_book(real).sheets
    (tmp_path / "link.xlsx").symlink_to(real)
    os.mkfifo(tmp_path / "pipe.xlsx")
    codes = {}
    for name in ("folder", "link.xlsx", "pipe.xlsx", "missing.xlsx"):
        with pytest.raises(Refused) as raised:
            open_book(tmp_path / name)
        codes[name] = raised.value.code
    assert codes == {"folder": "FILE_003", "link.xlsx": "FILE_003", "pipe.xlsx": "FILE_003", "missing.xlsx": "FILE_002"}


def test_too_large_a_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file one byte over the limit is refused, one at the limit is read."""
    data = zipped(parts(ONE))
    monkeypatch.setattr(limits, "FILE_BYTES", len(data))
    assert opened(data, tmp_path).sheets
    monkeypatch.setattr(limits, "FILE_BYTES", len(data) - 1)
    assert refused(data, tmp_path).code == "FILE_030"


@pytest.mark.parametrize(
    ("name", "most", "rows"),
    [
        ("PLACES", 3, '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c><c r="C1"><v>1</v></c>{}</row>'),
        ("TEXT_CHARACTERS", 3, '<row r="1"><c r="A1" t="str"><v>abc{}</v></c></row>'),
        ("FORMULA_CHARACTERS", 3, '<row r="1"><c r="A1"><f>1+1{}</f><v>2</v></c></row>'),
        ("PART_BYTES", 2000, ONE + "<!--{}-->"),
        ("TOTAL_BYTES", 4000, ONE + "<!--{}-->"),
        ("XML_DEPTH", 5, ONE + "<row r='2'>{}</row>"),
        ("XML_TAGS", 60, ONE + "{}"),
    ],
)
def test_limits_hold_and_leave_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, rows: str
) -> None:
    """A workbook within a limit is read, the same one with more in the place concerned is refused."""
    more = {
        "PLACES": '<c r="D1"><v>1</v></c>', "TEXT_CHARACTERS": "d", "FORMULA_CHARACTERS": "+1", "PART_BYTES": "x" * 2000,
        "TOTAL_BYTES": "x" * 4000, "XML_DEPTH": "<x><y><z/></y></x>", "XML_TAGS": "<x/>" * 60,
    }  # fmt: skip
    monkeypatch.setattr(limits, name, most)
    assert opened(zipped(parts(rows.format(""))), tmp_path).sheets[0].cells
    assert refused(zipped(parts(rows.format(more[name]))), tmp_path).code == "FILE_030"


@pytest.mark.parametrize(
    ("name", "most", "more"),
    [
        ("STRINGS", 1, {"strings": "<si><t>a</t></si><si><t>b</t></si>"}),
        ("ALL_TEXT_CHARACTERS", 5, {"strings": "<si><t>abc</t></si><si><t>abc</t></si>"}),
        ("STYLES", 1, {"styles": "<cellXfs><xf/><xf/></cellXfs>"}),
        ("NAMES", 1, {"book": "<definedNames><definedName name='a'>1</definedName><definedName name='b'>1</definedName>"
                              "</definedNames>"}),
        ("MERGES", 1, {"rest": "<mergeCells><mergeCell ref='A1:B1'/><mergeCell ref='A2:B2'/></mergeCells>"}),
        ("SHEETS", 0, {}),
    ],
)  # fmt: skip
def test_limits_of_what_stands_around_the_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, more: dict[str, str]
) -> None:
    """Strings, formats, names, merges and sheets have limits of their own."""
    assert opened(zipped(parts(ONE, **more)), tmp_path).sheets
    monkeypatch.setattr(limits, name, most)
    again = {each: f"{text}<!-- another file -->" for each, text in more.items()}
    assert refused(zipped(parts(ONE, **again)), tmp_path).code == "FILE_030"


def test_members_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive with one member too many is refused before any of them is read."""
    data = parts(ONE)
    monkeypatch.setattr(limits, "MEMBERS", len(data))
    assert opened(zipped(data), tmp_path).sheets
    assert refused(zipped(data | {"more": b""}), tmp_path).code == "FILE_030"


def test_bomb_is_stopped_by_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that inflates past the limit is refused, and so is one whose directory entry lies about its size."""
    monkeypatch.setattr(limits, "PART_BYTES", 100_000)
    data = zipped(parts(ONE + "<!--" + " " * 200_000 + "-->"))
    assert refused(data, tmp_path).code == "FILE_030"
    with zipfile.ZipFile(io.BytesIO(data)) as archive_:
        size = archive_.getinfo("xl/worksheets/s.xml").file_size
    lying = data.replace(struct.pack("<I", size), struct.pack("<I", 500))
    assert lying != data
    assert refused(lying, tmp_path).code in ("FILE_020", "FILE_021", "FILE_030")


@pytest.mark.parametrize("name", ["XL/Worksheets/S.xml", "/xl/worksheets/s.xml", "xl\\worksheets\\s.xml"])
def test_two_parts_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    """Two members that are one part once slashes and case are evened out are refused: which one counts is not guessed."""
    assert refused(zipped(parts(ONE) | {name: b"<x/>"}), tmp_path).code == "FILE_021"


def test_paths_upwards_are_refused(tmp_path: Path) -> None:
    """A member that points out of the archive is refused, two dots within a name are not."""
    assert refused(zipped(parts(ONE) | {"xl/../../x": b""}), tmp_path).code == "FILE_021"
    assert refused(zipped(parts(ONE) | {"xl\\..\\x": b""}), tmp_path).code == "FILE_021"
    assert opened(zipped(parts(ONE) | {"xl/a..b": b""}), tmp_path).sheets


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Two directory entries over the same bytes are refused."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive_:
        for name, data in parts(ONE).items():
            archive_.writestr(name, data)
        archive_.writestr("a", b"x" * 500)
        archive_.writestr("b", b"y" * 500)
        archive_.getinfo("b").header_offset = archive_.getinfo("a").header_offset
    assert refused(made.getvalue(), tmp_path).code == "FILE_021"


def test_rare_compression_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    """Only stored and deflated members are inflated; an encrypted one is told as such."""
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", method) as archive_:
            for name, data in parts(ONE).items():
                archive_.writestr(name, data)
        assert refused(made.getvalue(), tmp_path).code == "FILE_021"
    data = bytearray(zipped(parts(ONE)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    assert refused(bytes(data), tmp_path).code == "FILE_010"


DTD = '<!DOCTYPE x [<!ENTITY e "42">]><worksheet><sheetData><row><c><v>&e;</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        pytest.param("utf-16-le"),
        pytest.param("utf-16-be"),
    ],
)
def test_document_types_are_refused_in_a_sheet(tmp_path: Path, encoding: str) -> None:
    """A document type, and so an entity, is refused in whatever encoding it comes."""
    try:
        told = refused(zipped(parts(ONE) | {"xl/worksheets/s.xml": DTD.encode(encoding)}), tmp_path)
    except pytest.fail.Exception:
        raise AssertionError("the entity was expanded") from None
    assert told.code == "FILE_021"
    assert "DTD" in told.params["why"]


PARTS = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_document_types_are_refused_in_every_part(
    tmp_path: Path, request: pytest.FixtureRequest, part: str, encoding: str
) -> None:
    """No part that is read may have a document type."""
    data = parts(ONE)
    text = '<!DOCTYPE x [<!ENTITY e "1">]>' + data[part].decode()
    assert refused(zipped(data | {part: text.encode(encoding)}), tmp_path).code == "FILE_021"


@pytest.mark.parametrize(
    "raw",
    [
        b"<worksheet><sheetData>",
        b"<worksheet>\x00</worksheet>",
        b"<worksheet>&nbsp;</worksheet>",
        "<worksheet>文</worksheet>".encode("gbk"),
        b'<?xml version="1.0" encoding="x-nothing"?><worksheet/>',
        b'<?xml version="1.0" encoding="gb18030"?><worksheet/>',
        b'<?xml version="1.0" encoding="utf-7"?><worksheet/>',
        b"",
        b"\xff\xfe<",
        b"<worksheet><sheetData><row r='0'/></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1048577'/></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='XFE1'/></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='rId1'><v>1</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='A16777217'/></row></sheetData></worksheet>",
        pytest.param(
            b"<worksheet><sheetData><row r='1'><c r='R1C1'><v>5</v></c></row></sheetData></worksheet>",
        ),
        b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='A1'><c r='B1'/></c></row></sheetData></worksheet>",
        b"<worksheet><cols><col min='1' max='99999999' hidden='1'/></cols></worksheet>",
    ],
)
def test_malformed_sheets_are_refused(tmp_path: Path, raw: bytes) -> None:
    """What is no well-formed sheet is malformed, with a reason; it is never half read."""
    told = refused(zipped(parts(ONE) | {"xl/worksheets/s.xml": raw}), tmp_path)
    assert (told.code, bool(told.params["why"])) == ("FILE_021", True)


def test_nothing_else_is_raised_for_damaged_bytes() -> None:
    """Thousands of damaged copies of a workbook are read or refused; no other exception comes out."""
    made = io.BytesIO()
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([1, "文字", 2.5, "=A1"])
    book.save(made)
    stored = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(stored, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    draw = random.Random(20)
    outcomes = {"read": 0, "refused": 0}
    for original in (made.getvalue(), stored.getvalue()):
        for _ in range(700):
            data = bytearray(original)
            for _ in range(draw.randint(1, 5)):
                data[draw.randrange(4, len(data))] = draw.choice((0, 60, 255, draw.randrange(256)))
            if draw.random() < 0.15:
                del data[draw.randrange(4, len(data)) :]
            try:
                _open(bytes(data), ())
                outcomes["read"] += 1
            except Refused as told:
                outcomes["refused"] += bool(told.finding("x").message)
    assert sum(outcomes.values()) == 1400
    assert min(outcomes.values()) > 30


def test_document_with_a_sheet_in_it_is_a_document(tmp_path: Path) -> None:
    """A Word 97 document that embeds a workbook is a document, not a damaged workbook."""
    assert refused(compound("WordDocument", embedded="Workbook"), tmp_path).code == "FILE_017"


def test_ofd_is_not_told_to_be_unpacked(tmp_path: Path) -> None:
    """OFD, the format of official documents, is no archive with workbooks in it."""
    assert refused(archive("OFD.xml", "Doc_0/Document.xml"), tmp_path).code != "FILE_015"


def test_phone_picture_is_a_picture(tmp_path: Path) -> None:
    """HEIC is what phones photograph in."""
    assert refused(b"\x00\x00\x00\x18ftypheic" + bytes(40), tmp_path).code == "FILE_014"


def test_rows_within_rows_are_refused(tmp_path: Path) -> None:
    """A row inside a row, in either format, is malformed: programs disagree about where its cells stand."""
    sheet = '<row r="1"><c r="A1"><v>1</v></c><row r="2"><c r="A2"><v>2</v></c></row></row>'
    near = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    assert refused(zipped(parts(sheet)), tmp_path).code == "FILE_021"
    assert opened(zipped(parts(near)), tmp_path).sheets[0].cell(1, 0).value == 2
