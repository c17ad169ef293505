"""Files that are no .xlsx: other formats, other documents, pictures, archives, pieces, and what is no file at all."""

from __future__ import annotations

import io
import os
import socket
import struct
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

from tests.hostile.case import BOOK, FIGURES, FORM, Case, changed, packed, parts, registrar, sound_return, with_rest
from tests.test_excel_in_refusals import compound
from toolkit.forms.layout import lay_out

CASES: list[Case] = []
case = registrar(CASES)
_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


@case("empty.xlsx", "FILE_001")
def _() -> bytes:
    return b""


@case("csv.xlsx", "FILE_016")
def _() -> bytes:
    return "指标,数值\n行政许可,12\n".encode("gb18030")


@case("csv-with-mark.xlsx", "FILE_016")
def _() -> bytes:
    return "\ufeff指标,数值\n=cmd|' /C calc'!A0,12\n".encode()


@case("web-page.xls", "FILE_016")
def _() -> bytes:
    return b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table><tr><td>12</td></tr></table></body></html>'


@case("xml-table-2003.xls", "FILE_016")
def _() -> bytes:
    return (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
    )


@case("billion-laughs-as-xml-table.xls", "FILE_016")
def _() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE Workbook [<!ENTITY a "aa">]><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


@case("encrypted.xlsx", "FILE_010")
def _() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    made = io.BytesIO()
    OOXMLFile(io.BytesIO(sound_return())).encrypt("123456", made)
    return made.getvalue()


@case("encrypted-names-only.xlsx", "FILE_010")
def _() -> bytes:
    return compound("EncryptionInfo", "EncryptedPackage")


@case("document.xlsx", "FILE_011")
def _() -> bytes:
    import docx

    document, made = docx.Document(), io.BytesIO()
    document.add_paragraph("政府信息公开工作年度报告")
    document.save(made)
    return made.getvalue()


@case("slides.xlsx", "FILE_012")
def _() -> bytes:
    return packed({"[Content_Types].xml": _TYPES, "ppt/presentation.xml": b"<p/>"})


@case("binary-workbook.xlsb", "FILE_017")
def _() -> bytes:
    return packed({"[Content_Types].xml": _TYPES, "xl/workbook.bin": b"\x83\x01\x00"})


@case("old-document.doc", "FILE_017")
def _() -> bytes:
    return compound("WordDocument", "1Table")


@case("old-slides.ppt", "FILE_012")
def _() -> bytes:
    return compound("PowerPoint Document")


@case("compound-of-nothing-known.xls", "FILE_017")
def _() -> bytes:
    return compound("Contents")


@case("compound-header-only.xls", "FILE_017", "FILE_020")
def _() -> bytes:
    return compound("Workbook")[:512]


@case("compound-that-runs-in-circles.xls", "FILE_017", "FILE_020", "FILE_040")
def _() -> bytes:
    data = bytearray(compound("Workbook"))
    struct.pack_into("<128I", data, 512, *([1] * 128))
    return bytes(data)


@case("compound-whose-workbook-is-noise.xls", "FILE_020", "FILE_040")
def _() -> bytes:
    return compound("Workbook") + bytes(range(256)) * 400


@case("portable-document.xlsx", "FILE_013")
def _() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF"


@case("ofd.xlsx", "FILE_013")
def _() -> bytes:
    return packed({"OFD.xml": b"<x/>", "Doc_0/Document.xml": b"<x/>"})


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


for _name, _data, _code in (
    ("picture.xlsx", _png(), "FILE_014"),
    ("photo.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(30), "FILE_014"),
    ("scan.xlsx", b"II*\x00" + bytes(30), "FILE_014"),
    ("phone.xlsx", b"\x00\x00\x00\x18ftypheic" + bytes(30), "FILE_014"),
    ("archive-of-rar.xlsx", b"Rar!\x1a\x07\x01\x00" + bytes(30), "FILE_015"),
    ("archive-of-7z.xlsx", b"7z\xbc\xaf\x27\x1c" + bytes(30), "FILE_015"),
    ("archive-of-gzip.xlsx", b"\x1f\x8b\x08" + bytes(30), "FILE_015"),
    ("rich-text.xlsx", b"{\\rtf1 12}", "FILE_011"),
    ("excel-4.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(30), "FILE_017"),
    ("noise.xlsx", bytes((at * 73 + 11) % 256 for at in range(4000)), "FILE_018"),
    ("nuls.xlsx", bytes(4000), "FILE_018"),
    ("a-program.xlsx", b"MZ\x90\x00\x03" + bytes(60), "FILE_018"),
    ("four-bytes.xlsx", b"PK\x03\x04", "FILE_020"),
):
    CASES.append(Case(_name, lambda data=_data: data, (_code,)))  # type: ignore[misc]


@case("archive-of-returns.zip", "FILE_015")
def _() -> bytes:
    return packed({"财政局.xlsx": sound_return()})


@case("macros.xlsx", tells=("FILE_050",))
def _() -> bytes:
    return packed(parts() | {"xl/vbaProject.bin": compound("VBA")})


@case("macros.xlsm", tells=("FILE_050",))
def _() -> bytes:
    return packed(parts() | {"xl/vbaProject.bin": compound("VBA")})


@case("external-links.xlsx", tells=("FILE_051",))
def _() -> bytes:
    link = b'<externalLink><externalBook r:id="rId1" xmlns:r="x"/></externalLink>'
    return packed(parts() | {"xl/externalLinks/externalLink1.xml": link})


@case("dde-link.xlsx", tells=("FILE_051",))
def _() -> bytes:
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    return packed(parts() | {"xl/externalLinks/externalLink1.xml": link})


@case("active-controls.xlsx")
def _() -> bytes:
    return packed(parts() | {"xl/activeX/activeX1.bin": compound("x"), "xl/embeddings/oleObject1.bin": compound("y")})


@case("links-to-programs.xlsx")
def _() -> bytes:
    return with_rest('<hyperlinks><hyperlink ref="B13" location="file:///c:/x.exe"/></hyperlinks>')


@case("old-macro-sheet.xlsx")
def _() -> bytes:
    members = parts()
    members[BOOK] = members[BOOK].replace(b"</sheets>", b'<sheet name="m" sheetId="99" r:id="m"/></sheets>')
    part = "xl/_rels/workbook.xml.rels"
    kind = b'<Relationship Id="m" Type="http://x/xlMacrosheet" Target="macrosheets/s.xml"/></Relationships>'
    members[part] = members[part].replace(b"</Relationships>", kind)
    return packed(members | {"xl/macrosheets/s.xml": b"<x>"})


@case("sheet-with-a-name-of-slashes.xlsx", tells=("FORM_012",))
def _() -> bytes:
    members = parts()
    more = b'<sheet name="../a:b*?[x]" sheetId="99" r:id="m"/></sheets>'
    members[BOOK] = members[BOOK].replace(b"</sheets>", more)
    part = "xl/_rels/workbook.xml.rels"
    kind = b'<Relationship Id="m" Type="http://x/worksheet" Target="worksheets/m.xml"/></Relationships>'
    members[part] = members[part].replace(b"</Relationships>", kind)
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    return packed(members | {"xl/worksheets/m.xml": sheet})


@case("two-sheets-of-one-name.xlsx", "FILE_021")
def _() -> bytes:
    name = "三、依申请公开".encode()
    return changed(BOOK, lambda data: data.replace(b'name="' + "四、复议诉讼".encode(), b'name="' + name, 1))


@case("sheet-with-a-name-of-400kB.xlsx", "FILE_030")
def _() -> bytes:
    return changed(BOOK, lambda data: data.replace('二、主动公开" sheetId'.encode(), b"x" * 400_000 + b'" sheetId', 1))


@case("workbook-of-nobody.xlsx", "FORM_001")
def _() -> bytes:
    members = parts()
    plain = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    book = (
        b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        b'<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    del members["docProps/custom.xml"]
    return packed(members | {BOOK: book, "xl/worksheets/sheet1.xml": plain})


@case("workbook-without-cells.xlsx", "FILE_022")
def _() -> bytes:
    empty = b"<worksheet><sheetData/></worksheet>"
    return packed({name: empty if "/worksheets/" in name else data for name, data in parts().items()})


@case("workbook-without-sheets.xlsx", "FILE_022")
def _() -> bytes:
    return packed(parts() | {BOOK: b"<workbook><sheets/></workbook>"})


# --- OpenDocument -----------------------------------------------------------------------------------------------

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
_MIME = b"application/vnd.oasis.opendocument.spreadsheet"


def _ods(tables: str) -> bytes:
    content = (
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    return packed({"mimetype": _MIME, "content.xml": content.encode()})


def _tables(extra: str = "") -> str:
    """Return the tables of the form with the figures of the sound return; ``extra`` are rows after each."""
    layout = lay_out(FORM)
    whole = FORM.complete(dict(FIGURES))
    made = []
    for table in layout.tables:
        cells: dict[tuple[int, int], str] = {}
        for label in table.table.labels:
            cells[table.top + label.first_row, table.left + label.first_column] = _said(label.text)
        for item in table.table.items:
            cells[table.cells[item.code]] = (
                f'<table:table-cell office:value-type="float" office:value="{whole[item.code]}"/>'
            )
        rows = []
        for row in range(max(at for at, _ in cells) + 1):
            line = [cells.get((row, at), "<table:table-cell/>") for at in range(20)]
            rows.append(f"<table:table-row>{''.join(line)}</table:table-row>")
        made.append(f'<table:table table:name="{table.sheet}">{"".join(rows)}{extra}</table:table>')
    return "".join(made)


def _said(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


_READ = ("*",)


@case("open-document.ods", tells=_READ)
def _() -> bytes:
    return _ods(_tables())


@case("open-document-blank-to-the-end.ods", tells=_READ)
def _() -> bytes:
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    return _ods(_tables(f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'))


@case("open-document-filled-to-the-end.ods", "FILE_030")
def _() -> bytes:
    full = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    return _ods(_tables(f'<table:table-row table:number-rows-repeated="1048000">{full}</table:table-row>'))


@case("open-document-of-spaces.ods", "FILE_030")
def _() -> bytes:
    spaces = '<text:s text:c="99999999"/>' * 9_000
    return _ods(_tables(f"<table:table-row>{_said('@').replace('@', spaces)}</table:table-row>"))


@case("open-document-merged-to-the-end.ods", tells=_READ)
def _() -> bytes:
    wide = '<table:table-cell table:number-columns-spanned="16384" table:number-rows-spanned="1048576"/>'
    return _ods(_tables(f"<table:table-row>{wide}</table:table-row>"))


@case("open-document-hidden-a-million-times.ods", tells=_READ)
def _() -> bytes:
    return _ods(_tables('<table:table-row table:visibility="collapse" table:number-rows-repeated="999"/>' * 3_000))


@case("open-document-of-5000-tables.ods", "FILE_030")
def _() -> bytes:
    return _ods(_tables() + '<table:table table:name="x"/>' * 5_000)


@case("open-document-of-a-million-elements.ods", "FILE_030")
def _() -> bytes:
    return _ods(_tables("<table:table-row/>" * 3_100_000))


@case("open-document-of-a-million-names.ods", "FILE_030")
def _() -> bytes:
    names = "".join(f'<table:named-range table:name="n{at}" table:cell-range-address="a"/>' for at in range(900_000))
    return _ods(_tables() + f"<table:named-expressions>{names}</table:named-expressions>")


@case("open-document-with-entities.ods", "FILE_021")
def _() -> bytes:
    return packed({"mimetype": _MIME, "content.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'})


@case("open-document-200000-deep.ods", "FILE_030")
def _() -> bytes:
    return _ods("<table:table>" * 200_000 + "</table:table>" * 200_000)


@case("open-document-encrypted.ods", "FILE_010")
def _() -> bytes:
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    return packed({"mimetype": _MIME, "META-INF/manifest.xml": manifest, "content.xml": os.urandom(0) + b"\x01"})


@case("open-document-text.odt", "FILE_011")
def _() -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})


# --- no files ---------------------------------------------------------------------------------------------------


def _link(path: Path) -> None:
    target = path.with_name("..") / "target-of-link.xlsx"
    target.write_bytes(sound_return())
    path.symlink_to(target)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as waiting:
        here = Path.cwd()
        os.chdir(path.parent)
        waiting.bind(path.name)
        os.chdir(here)


CASES += [
    Case("symbolic-link.xlsx", None, ("FILE_003",), put=_link),
    Case("dangling-link.xlsx", None, ("FILE_003",), put=lambda path: path.symlink_to("nowhere.xlsx")),
    Case("link-to-itself.xlsx", None, ("FILE_003",), put=lambda path: path.symlink_to(path.name)),
    Case("pipe.xlsx", None, ("FILE_003",), put=os.mkfifo),
    Case("folder.xlsx", None, ("FILE_003",), put=lambda path: path.mkdir()),
    Case("socket.xlsx", None, ("FILE_003",), put=_socket),
]

_LOCK = b"\x05Admin" + b" " * 49 + b"A\x00d\x00m\x00i\x00n\x00" + b" \x00" * 50
CASES += [
    Case("~$财政局2025年报.xlsx", lambda: _LOCK, ("FILE_018",)),
    Case(".~lock.财政局2025年报.xlsx#", lambda: b",admin,host,24.11.2025 10:00,file:///;", ("FILE_016",)),
]
"""What Excel, WPS and LibreOffice leave beside an open workbook; in a folder they are skipped for their names."""
