"""A few bytes that would cost gigabytes: far cells, spans over everything, counts that lie, a million of something."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import chain

from tests.hostile.case import (
    BOOK,
    CHAPTER,
    FIGURES,
    META,
    POISONED,
    STRINGS,
    STYLES,
    TABLE_2,
    TABLE_3,
    Case,
    changed,
    packed,
    parts,
    registrar,
    with_cell,
    with_names,
    with_rest,
    with_rows,
    with_strings,
)
from tests.hostile.containers import bomb
from tests.rollups import a_return, checked
from toolkit.merging import merge
from toolkit.returns import Region
from toolkit.workbook.rollup import write_rollup

CASES: list[Case] = []
_TOTAL = ("FORM_032", "FORM_033")
case = registrar(CASES)
ALL = "A1:XFD1048576"


def _stray(cell: str, value: str = "<v>7</v>") -> bytes:
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return with_rows(f'<row r="{row}"><c r="{cell}">{value}</c></row>')


for _cell in ("A1048576", "Z1048576", "XFD2000", "XFD1048576"):
    CASES.append(Case(f"stray-number-in-{_cell}.xlsx", lambda cell=_cell: _stray(cell), tells=("FORM_045",)))  # type: ignore[misc]
for _cell in ("XFE2", "A1048577", "A16777217", "A0", "ZZZZ1", "a13", "R1C1", "13", "AAAAAAAAAAAAAAAAAAAAAAAAAA1"):
    CASES.append(Case(f"cell-in-{_cell}.xlsx", lambda cell=_cell: with_rows(  # type: ignore[misc]
        f'<row r="99"><c r="{cell}"><v>7</v></c></row>'), ("FILE_021",)))  # fmt: skip


@case("stray-number-in-XFD1048576-of-every-sheet.xlsx", tells=("FORM_045", "FORM_046"))
def _() -> bytes:
    members = parts()
    for at in range(1, 12):
        part = f"xl/worksheets/sheet{at}.xml"
        far = b'<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
        members[part] = members[part].replace(b"</sheetData>", far)
    return packed(members)


@case("style-only-in-XFD1048576.xlsx")
def _() -> bytes:
    return with_rows('<row r="1048576"><c r="XFD1048576" s="1"/></row>')


@case("dimension-says-everything.xlsx")
def _() -> bytes:
    return changed(TABLE_2, lambda data: re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{ALL}"'.encode(), data))


@case("dimension-says-one-cell.xlsx")
def _() -> bytes:
    return changed(TABLE_3, lambda data: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', data))


@case("columns-styled-to-the-end.xlsx")
def _() -> bytes:
    return with_rest('<cols><col min="1" max="16384" width="9" style="1"/></cols>')


@case("columns-hidden-to-the-end.xlsx", tells=("FORM_044",))
def _() -> bytes:
    return with_rest('<cols><col min="1" max="16384" width="9" hidden="1"/></cols>')


@case("columns-hidden-60000-times-over.xlsx", "FILE_030")
def _() -> bytes:
    return with_rest("<cols>" + '<col min="1" max="16384" hidden="1"/>' * 60_000 + "</cols>")


@case("20000-rows-of-20-styled-blanks.xlsx")
def _() -> bytes:
    return with_rows(_blanks(20_000, 20))


@case("2000-rows-of-20-styled-blanks.xlsx")
def _() -> bytes:
    return with_rows(_blanks(2_000, 20))


def _blanks(rows: int, columns: int) -> bytes:
    line = b'<c s="1"/>' * columns
    return b"".join(b'<row r="%d">' % at + line + b"</row>" for at in range(100, 100 + rows))


@case("1050000-rows-of-20-styled-blanks.xlsx", "FILE_030")
def _() -> bytes:
    head = parts()[TABLE_2].partition(b"</sheetData>")[0]
    row = b"<row>" + b'<c s="1"/>' * 20 + b"</row>"
    return bomb(TABLE_2, head, row, 1_050_000 * len(row), b"</sheetData></worksheet>")


@case("one-row-of-16384-cells.xlsx", tells=("FORM_045",))
def _() -> bytes:
    return with_rows('<row r="99">' + "<c><v>1</v></c>" * 16_384 + "</row>")


@case("one-row-of-16385-cells.xlsx", "FILE_021")
def _() -> bytes:
    return with_rows('<row r="99">' + "<c><v>1</v></c>" * 16_385 + "</row>")


@case("one-row-of-a-million-cells.xlsx", "FILE_021", "FILE_030")
def _() -> bytes:
    return with_rows('<row r="99">' + "<c/>" * 1_000_000 + "</row>")


@case("a-million-rows.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows("<row/>" * 1_100_000)


@case("a-million-tiny-elements-in-the-cells.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows('<row r="99">' + "<x/>" * 999_000 + "</row>")


@case("a-million-tiny-elements-with-attributes.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows('<row r="99">' + '<x a="" b=""/>' * 700_000 + "</row>")


@case("a-million-tiny-elements-after-the-cells.xlsx")
def _() -> bytes:
    return with_rest("<extLst>" + '<x a=""/>' * 990_000 + "</extLst>")


@case("a-million-tiny-elements-in-one-cell.xlsx", "FILE_030")
def _() -> bytes:
    return with_cell('<c r="B13" t="inlineStr"><is>' + "<r><t/></r>" * 330_000 + "</is></c>")


@case("a-million-tiny-elements-in-the-workbook.xlsx", "FILE_030")
def _() -> bytes:
    more = b"<extLst>" + b'<x a=""/>' * 990_000 + b"</extLst>"
    return changed(BOOK, lambda data: data.replace(b"</workbook>", more + b"</workbook>"))


@case("three-million-tiny-elements-in-styles.xlsx", "FILE_030")
def _() -> bytes:
    more = b"<extLst>" + b"<x/>" * 3_100_000 + b"</extLst>"
    return changed(STYLES, lambda data: data.replace(b"</styleSheet>", more + b"</styleSheet>"))


@case("a-million-tiny-elements-in-relations.xlsx", "FILE_030")
def _() -> bytes:
    more = b"".join(b'<Relationship Id="x%d"/>' % at for at in range(1_000_000))
    part = "xl/_rels/workbook.xml.rels"
    return changed(part, lambda data: data.replace(b"</Relationships>", more + b"</Relationships>"))


@case("a-million-properties.xlsx", "FILE_030")
def _() -> bytes:
    more = b'<property name="nianbao.x"><a>1</a></property>' * 900_000
    return changed("docProps/custom.xml", lambda data: data.replace(b"</Properties>", more + b"</Properties>"))


# What lies under a merge of the whole sheet belongs to nobody: none of the table is read, and that is said once.
@case(
    "one-merge-over-everything.xlsx",
    tells=("FORM_049",),
    answers={code: "unreadable" for code in FIGURES if code.startswith("t2.")},
)
def _() -> bytes:
    return with_rest(f'<mergeCells><mergeCell ref="{ALL}"/></mergeCells>')


@case("100000-merges.xlsx", "FILE_030")
def _() -> bytes:
    return with_rest(_many("mergeCells", '<mergeCell ref="A{0}:B{0}"/>', 100_000))


@case("15000-merges.xlsx")
def _() -> bytes:
    return with_rest(_many("mergeCells", '<mergeCell ref="F{0}:G{0}"/>', 15_000))


def _many(around: str, one: str, count: int) -> str:
    return f"<{around}>" + "".join(one.format(at) for at in range(100, 100 + count)) + f"</{around}>"


@case("one-hyperlink-over-everything.xlsx")
def _() -> bytes:
    return with_rest(f'<hyperlinks><hyperlink ref="{ALL}" location="A1" display="x"/></hyperlinks>')


@case("one-validation-over-everything.xlsx")
def _() -> bytes:
    return with_rest(f'<dataValidations><dataValidation sqref="{ALL}" type="whole"/></dataValidations>')


@case("one-conditional-format-over-everything.xlsx")
def _() -> bytes:
    return with_rest(
        f'<conditionalFormatting sqref="{ALL}"><cfRule type="expression" priority="1"/></conditionalFormatting>'
    )


@case("50000-validations.xlsx")
def _() -> bytes:
    return with_rest(
        _many("dataValidations", '<dataValidation sqref="A{0}"><formula1>1</formula1></dataValidation>', 50_000)
    )


@case("50000-conditional-formats.xlsx")
def _() -> bytes:
    one = '<conditionalFormatting sqref="A{0}"><cfRule priority="{0}"><formula>1</formula></cfRule></conditionalFormatting>'
    return with_rest(_many("x", one, 50_000))


@case("2000-conditional-formats.xlsx")
def _() -> bytes:
    one = '<conditionalFormatting sqref="A{0}"><cfRule priority="{0}"><formula>1</formula></cfRule></conditionalFormatting>'
    return with_rest(_many("x", one, 2_000))


@case("200000-names.xlsx", "FILE_030")
def _() -> bytes:
    return with_names(b"".join(b'<definedName name="n%d">1</definedName>' % at for at in range(200_000)))


@case("15000-names.xlsx")
def _() -> bytes:
    return with_names(b"".join(b'<definedName name="n%d">1</definedName>' % at for at in range(15_000)))


@case("one-name-of-20MB.xlsx", "FILE_030")
def _() -> bytes:
    return with_names(b'<definedName name="' + b"n" * 10_000_000 + b'">' + b"1" * 10_000_000 + b"</definedName>")


@case("100000-cell-formats.xlsx", "FILE_030")
def _() -> bytes:
    return changed(STYLES, lambda data: data.replace(b"</cellXfs>", b"<xf/>" * 100_000 + b"</cellXfs>"))


@case("64000-cell-formats.xlsx")
def _() -> bytes:
    return changed(STYLES, lambda data: data.replace(b"</cellXfs>", b"<xf/>" * 64_000 + b"</cellXfs>"))


@case("2000000-number-formats.xlsx", "FILE_030")
def _() -> bytes:
    more = b'<numFmts><numFmt numFmtId="200" formatCode="0"/>' + b"<numFmt/>" * 3_100_000 + b"</numFmts>"
    return changed(STYLES, lambda data: data.replace(b"<fonts", more + b"<fonts", 1))


@case("number-formats-of-400kB.xlsx")
def _() -> bytes:
    code = b"[" * 300_000 + b"&quot;" * 15_001
    more = b'<numFmts><numFmt numFmtId="200" formatCode="' + code + b'"/></numFmts><fonts'
    return changed(STYLES, lambda data: data.replace(b"<fonts", more, 1))


@case("string-count-of-4294967295.xlsx")
def _() -> bytes:
    return changed(STRINGS, lambda data: data.replace(b'count="', b'count="4294967295" x="', 1).replace(
        b'uniqueCount="', b'uniqueCount="4294967295" y="', 1))  # fmt: skip


@case("string-that-is-not-there.xlsx", tells=("VALUE_015",), answers={POISONED: "unreadable"})
def _() -> bytes:
    return with_cell('<c r="B13" t="s"><v>4294967295</v></c>')


@case("2000000-strings.xlsx", "FILE_030")
def _() -> bytes:
    return with_strings(b"<si><t>x</t></si>" * 2_000_000)


@case("150000-strings.xlsx")
def _() -> bytes:
    return with_strings(b"<si><t>x</t></si>" * 150_000)


@case("strings-of-a-million-tiny-runs.xlsx")
def _() -> bytes:
    return with_strings(b"<si>" + b"<r><t/></r>" * 330_000 + b"</si>")


@case("one-string-of-30-million-characters.xlsx", "FILE_030")
def _() -> bytes:
    return with_strings(b"<si><t>" + b"x" * 30_000_000 + b"</t></si>")


@case("300-strings-of-32767-characters.xlsx", "FILE_030")
def _() -> bytes:
    return with_strings(b"".join(b"<si><t>%d" % at + b"x" * 32_700 + b"</t></si>" for at in range(300)))


@case("one-long-string-shown-200000-times.xlsx", "FILE_030")
def _() -> bytes:
    last = parts()[STRINGS].count(b"<si>")
    members = parts()
    members[STRINGS] = members[STRINGS].replace(
        b"</sst>", b"<si><t>" + "（一）予以公开".encode() * 3000 + b"</t></si></sst>"
    )
    rows = b"".join(b'<row r="%d"><c t="s"><v>%d</v></c></row>' % (at, last) for at in range(100, 200_100))
    members[TABLE_3] = members[TABLE_3].replace(b"</sheetData>", rows + b"</sheetData>")
    return packed(members)


def _labels(count: int, part: str, *words: str) -> bytes:
    """Return a return whose labels are shifted and stand again and again below the table."""
    members = parts()
    rows = "".join(
        f'<row r="{at}">' + "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in words) + "</row>"
        for at in range(100, 100 + count)
    )
    broken = members[part].replace(b'<c r="A6"', b'<c r="A6" t="str"><v>x</v></c><c r="AA6"', 1)
    members[part] = broken.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    return packed(members)


@case("labels-again-and-again-in-a-shifted-table.xlsx", tells=("*",), answers={"*": "any"})
def _() -> bytes:
    return _labels(9_000, TABLE_3, "（一）予以公开", "（二）部分公开")


@case("labels-again-and-again-in-all-columns.xlsx", tells=("*",), answers={"*": "any"})
def _() -> bytes:
    return _labels(2, TABLE_3, *(["科研机构"] * 9_000))


@case("5000-sheets.xlsx", "FILE_030")
def _() -> bytes:
    return _sheets(5_000)


@case("150-sheets.xlsx")
def _() -> bytes:
    return _sheets(150)


def _sheets(count: int) -> bytes:
    more = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="x%d"/>' % (at, at, at) for at in range(100, 100 + count))
    relations = b"".join(
        b'<Relationship Id="x%d" Type="x/worksheet" Target="worksheets/empty.xml"/>' % at
        for at in range(100, 100 + count)
    )
    members = parts()
    members[BOOK] = members[BOOK].replace(b"</sheets>", more + b"</sheets>")
    part = "xl/_rels/workbook.xml.rels"
    members[part] = members[part].replace(b"</Relationships>", relations + b"</Relationships>")
    return packed(members | {"xl/worksheets/empty.xml": b"<worksheet><sheetData/></worksheet>"})


def _shared(count: int, formula: str) -> str:
    master = f'<row r="100"><c r="L100"><f t="shared" si="0" ref="L100:L{100 + count}">{formula}</f><v>1</v></c></row>'
    line = '<row r="{0}"><c r="L{0}"><f t="shared" si="0"/><v>1</v></c></row>'
    return master + "".join(line.format(at) for at in range(101, 100 + count))


@case("one-shared-formula-over-50000-rows.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows(_shared(50_000, "A100+1"))


@case("one-shared-formula-over-15000-rows.xlsx", tells=("FORM_045",))
def _() -> bytes:
    return with_rows(_shared(15_000, "A100+1"))


@case("one-long-shared-formula-over-15000-rows.xlsx", "FILE_030")
def _() -> bytes:
    return with_rows(_shared(15_000, "+".join(["A1"] * 2_000)))


@case("formula-of-20000-characters.xlsx", "FILE_030")
def _() -> bytes:
    return with_cell(f'<c r="B13"><f>{"1+" * 10_000}1</f><v>1</v></c>')


@case("formula-of-quotes.xlsx", tells=("FORM_040",), answers={POISONED: "1"})
def _() -> bytes:
    return with_cell(f'<c r="B13"><f>{chr(39) * 4_001}{"(" * 4_000}</f><v>1</v></c>')


@case("total-of-8000-characters.xlsx", tells=_TOTAL)
def _() -> bytes:
    return with_cell(f'<c r="J7"><f>SUM({"(" * 3_900}{")" * 3_900})</f><v>40</v></c>', TABLE_3, "J7")


@case("total-over-everything.xlsx", tells=_TOTAL)
def _() -> bytes:
    return with_cell(f'<c r="J7"><f>SUM({ALL})</f><v>40</v></c>', TABLE_3, "J7")


@case("290000-numbers-outside-the-table.xlsx", tells=("FORM_045",))
def _() -> bytes:
    line = b"".join(b"<c><v>%d</v></c>" % at for at in range(145))
    return with_rows(b"".join(b'<row r="%d">' % at + line + b"</row>" for at in range(100, 1_800)))


@case("20000-paragraphs.xlsx", tells=())
def _() -> bytes:
    return with_rows(
        "".join(f'<row r="{at}"><c t="str"><v>第{at}段</v></c></row>' for at in range(300, 20_300)), CHAPTER
    )


@case("meta-of-100000-lines.xlsx")
def _() -> bytes:
    return with_rows(
        "".join(f'<row r="{at}"><c t="str"><v>年</v></c></row>' for at in chain(range(6_000, 106_000))), META
    )


def _rollup(bodies: int) -> bytes:
    """Return a roll-up whose sheet 明细 lists many bodies: our own of one body, its row repeated with other codes."""
    ret = a_return(1, dict(FIGURES), declared=())
    sent = checked(ret, "a.xlsx")
    rollup = merge((sent,), 2025, None, Region("样例省"), as_of="2026-02-06")
    with zipfile.ZipFile(io.BytesIO(write_rollup(rollup))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    part = next(name for name, data in members.items() if b"autoFilter" in data and b'r="E3"' in data)
    sheet = members[part]
    row = re.search(rb'<row r="3".*?</row>', sheet)
    if row is None:
        raise ValueError("no row of a body")
    cells = re.sub(rb'<c r="[A-D]3".*?</c>', b"", row[0][row[0].index(b">") + 1 :]).replace(b'3" s', b'%(r)d" s')
    fixed = "".join(
        f'<c r="{letter}%(r)d" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABCD", ("1199%(r)014d", "样例%(r)d局", "收到/%(r)d.xlsx", "%(r)064x"), strict=True)
    )
    line = b'<row r="%(r)d">' + fixed.encode() + cells
    rows = b"".join(line % {b"r": at} for at in range(4, 3 + bodies))
    members[part] = sheet.replace(row[0], row[0] + rows)
    return packed(members)


@case("roll-up-of-2000-bodies.xlsx", tells=("*",), answers={"*": "any"})
def _() -> bytes:
    return _rollup(2_000)


@case("roll-up-of-20000-bodies.xlsx", "FILE_030")
def _() -> bytes:
    return _rollup(20_000)
