"""XML: entities, documents that point elsewhere, depth, encodings, characters that are none, unusual spellings."""

from __future__ import annotations

import re

from tests.hostile.case import (
    BOOK,
    CHAPTER,
    POISONED,
    PORT,
    STRINGS,
    STYLES,
    TABLE_2,
    Case,
    changed,
    packed,
    parts,
    registrar,
    with_cell,
    with_rest,
    with_rows,
)

CASES: list[Case] = []
case = registrar(CASES)

_LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' if at else '<!ENTITY l0 "lol">' for at in range(10))
_RELATIONS, _CUSTOM, _APP = "xl/_rels/workbook.xml.rels", "docProps/custom.xml", "docProps/app.xml"


def _declared(part: str, declaration: str, use: str = "") -> bytes:
    """Return the sound return with a document type in a part, and its entity used where text may stand."""
    members = parts()
    data = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", members[part])
    root = re.match(rb"<([A-Za-z:]+)", data)
    name = b"x" if root is None else root[1]
    if use:
        data = re.sub(rb"(</[A-Za-z:]+>)$", use.encode() + rb"\1", data)
    head = b'<?xml version="1.0"?><!DOCTYPE ' + name + b" " + declaration.encode() + b">"
    return packed(members | {part: head + data})


def _laughing(part: str) -> None:
    name = part.rpartition("/")[2].replace(".", "-")
    CASES.append(Case(f"billion-laughs-in-{name}.xlsx", lambda: _declared(part, f"[{_LAUGHS}]", "&l9;"), ("FILE_021",)))


for _part in (TABLE_2, STRINGS, BOOK, STYLES, _RELATIONS, _CUSTOM):
    _laughing(_part)


@case("quadratic-entities.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(TABLE_2, f'[<!ENTITY a "{"x" * 100_000}">]', "&a;" * 80)


@case("document-type-without-entities.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(STRINGS, 'SYSTEM "sst.dtd"')


@case("entity-of-a-file.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(STRINGS, '[<!ENTITY a SYSTEM "file:///etc/passwd">]', "<si><t>&a;</t></si>")


@case("entity-of-an-address.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(TABLE_2, f'[<!ENTITY a SYSTEM "http://127.0.0.1:{PORT}/a">]', "&a;")


@case("document-type-of-an-address.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(BOOK, f'SYSTEM "http://127.0.0.1:{PORT}/b.dtd"')


@case("parameter-entity-of-an-address.xlsx", "FILE_021")
def _() -> bytes:
    return _declared(_CUSTOM, f'[<!ENTITY % p SYSTEM "http://127.0.0.1:{PORT}/c.dtd"> %p;]')


@case("document-type-in-utf-16.xlsx", "FILE_021")
def _() -> bytes:
    text = _plain(TABLE_2)
    return packed(parts() | {TABLE_2: f"<!DOCTYPE worksheet [{_LAUGHS}]>{text}".encode("utf-16")})


@case("document-type-in-a-part-nobody-reads.xlsx")
def _() -> bytes:
    return _declared("xl/theme/theme1.xml", f"[{_LAUGHS}]", "&l9;")


@case("style-sheet-and-schema-elsewhere.xlsx")
def _() -> bytes:
    head = f'<?xml-stylesheet href="http://127.0.0.1:{PORT}/d.xsl"?>'.encode()
    where = f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x http://127.0.0.1:{PORT}/e"'
    return changed(
        TABLE_2,
        lambda data: data.replace(b"?>\n", b"?>" + head, 1).replace(b"<worksheet", b"<worksheet" + where.encode(), 1),
    )


@case("200000-deep.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows("<row>" + "<x>" * 200_000 + "</x>" * 200_000 + "</row>")


@case("200000-deep-relations.xlsx", "FILE_030")
def _() -> bytes:
    deep = b"<x>" * 200_000 + b"</x>" * 200_000
    return changed(_RELATIONS, lambda data: data.replace(b"</Relationships>", deep + b"</Relationships>"))


@case("200000-deep-workbook.xlsx", "FILE_030")
def _() -> bytes:
    deep = b"<x>" * 200_000 + b"</x>" * 200_000
    return changed(BOOK, lambda data: data.replace(b"</workbook>", deep + b"</workbook>"))


@case("60-deep.xlsx")
def _() -> bytes:
    return with_rest("<extLst>" + "<x>" * 60 + "</x>" * 60 + "</extLst>")


@case("deep-rich-text.xlsx", "FILE_030")
def _() -> bytes:
    return with_cell(f'<c r="B13" t="inlineStr"><is>{"<r>" * 500}<t>1</t>{"</r>" * 500}</is></c>')


@case("nul-in-a-text.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>a\x00b</v></c>')


@case("backspace-in-a-text.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>a\x08b</v></c>')


@case("reference-to-nul.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>a&#0;b</v></c>')


@case("reference-to-a-surrogate.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>a&#xD800;b</v></c>')


@case("surrogate-in-utf-8.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>a\ud800b</v></c>')


@case("unknown-entity.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13" t="str"><v>&nbsp;</v></c>')


def _plain(part: str) -> str:
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", parts()[part].decode())


@case("sheet-in-utf-16.xlsx")
def _() -> bytes:
    return packed(parts() | {TABLE_2: ('<?xml version="1.0" encoding="UTF-16"?>' + _plain(TABLE_2)).encode("utf-16")})


@case("everything-in-utf-16.xlsx")
def _() -> bytes:
    read = (BOOK, STRINGS, STYLES, _RELATIONS, "_rels/.rels", _CUSTOM, *(each for each in parts() if "/sheet" in each))
    return packed(parts() | {part: _plain(part).encode("utf-16") for part in read})


@case("utf-16-without-its-mark.xlsx")
def _() -> bytes:
    return packed(parts() | {TABLE_2: _plain(TABLE_2).encode("utf-16-be")})


@case("utf-8-with-its-mark.xlsx")
def _() -> bytes:
    return packed({name: b"\xef\xbb\xbf" + data if name.endswith("xml") else data for name, data in parts().items()})


@case("utf-32.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts() | {TABLE_2: _plain(TABLE_2).encode("utf-32")})


@case("gbk-said-to-be-utf-8.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts() | {STRINGS: parts()[STRINGS].decode().encode("gbk", "replace")})


@case("gbk-said-to-be-gb18030.xlsx", "FILE_021")
def _() -> bytes:
    head = '<?xml version="1.0" encoding="GB18030"?>'
    return packed(parts() | {STRINGS: (head + _plain(STRINGS)).encode("gb18030")})


@case("utf-7.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts() | {STRINGS: b'<?xml version="1.0" encoding="utf-7"?>' + _plain(STRINGS).encode("utf-7")})


@case("strict.xlsx")
def _() -> bytes:
    strict = (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    )
    members = {}
    for name, data in parts().items():
        for old, new in strict:
            data = data.replace(old, new)
        members[name] = data
    return packed(members)


@case("prefixes-everywhere.xlsx")
def _() -> bytes:
    def change(data: bytes) -> bytes:
        return re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", data).replace(b"xmlns=", b"xmlns:x=")

    return packed(parts() | {part: change(parts()[part]) for part in (TABLE_2, STRINGS, BOOK, STYLES)})


@case("sections-and-comments-in-a-number.xlsx", answers={POISONED: "512"})
def _() -> bytes:
    return with_cell('<c r="B13"><!-- a --><v><![CDATA[5]]>1<!-- <v>9</v> --><?x y?>2</v></c>')


@case("comment-that-looks-like-rows.xlsx")
def _() -> bytes:
    return with_rest('<!-- </sheetData><sheetData><row r="13"><c r="B13"><v>9</v></c></row></sheetData> -->')


@case("two-lots-of-rows.xlsx", "FILE_021")
def _() -> bytes:
    return with_rest('<sheetData><row r="13"><c r="B13"><v>9</v></c></row></sheetData>')


@case("alternate-content-after-the-cells.xlsx")
def _() -> bytes:
    space = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    return with_rest(f'<mc:AlternateContent xmlns:mc="{space}"><mc:Choice Requires="x14"/></mc:AlternateContent>')


@case("sheet-of-nothing.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts() | {TABLE_2: b""})


@case("sheet-that-is-a-web-page.xlsx", "FILE_021")
def _() -> bytes:
    return packed(parts() | {TABLE_2: b"<html><body><p>login<br></body></html>"})


@case("sheet-cut-off.xlsx", "FILE_021")
def _() -> bytes:
    return changed(TABLE_2, lambda data: data[: len(data) * 2 // 3])


@case("one-attribute-of-10MB.xlsx", "FILE_030")
def _() -> bytes:
    return with_rest(f'<extLst><ext uri="{"x" * 10_000_000}"/></extLst>')


@case("one-reference-of-10MB.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows(f'<row r="99"><c r="{"A" * 10_000_000}1"/></row>')


@case("100000-attributes-on-one-cell.xlsx")
def _() -> bytes:
    return with_rows('<row r="99"><c r="A99" ' + " ".join(f'a{at}=""' for at in range(100_000)) + "/></row>")


@case("one-attribute-of-400kB.xlsx")
def _() -> bytes:
    return with_rest(f'<extLst><ext uri="{"x" * 400_000}"/></extLst>')


@case("one-reference-of-400kB.xlsx", "FILE_021")
def _() -> bytes:
    return with_rows(f'<row r="99"><c r="{"A" * 400_000}1"/></row>')


@case("20000-namespaces.xlsx")
def _() -> bytes:
    return with_rest("<extLst " + " ".join(f'xmlns:n{at}="u{at}"' for at in range(20_000)) + "/>")


@case("text-of-20MB-between-rows.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows("x" * 20_000_000)


@case("four-million-character-references.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows(f'<row r="90"><c r="A90" t="str"><v>{"&#65;" * 4_000_000}</v></c></row>', CHAPTER)
