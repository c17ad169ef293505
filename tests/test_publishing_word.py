"""The Word document: tables cell by cell, official merges, type, page, draft mark, and the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from tests.builders import BALANCED, a_return
from tests.reports import (
    HOSTILE,
    NAMES,
    SAMPLES,
    checked,
    expected,
    merges,
    of_sample,
    word_merges,
    word_square,
    word_tables,
)  # fmt: skip
from tests.soaking import first_of
from toolkit.report_out import docx_bytes, report
from toolkit.report_out.printable import printable
from toolkit.returns import Identity, Paragraph, Place, Return


def hostile() -> Return:
    """Return a return whose body and chapters try everything."""
    ret = a_return(BALANCED)
    said = tuple(Paragraph(text, Place("", "A3"), "") for text in HOSTILE)
    return Return(ret.form, Identity("2021", 2025, None, HOSTILE[0]), ret.answers, text={"一": said, "六": said})


def xml(data: bytes, member: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(member).decode("utf-8")


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


SIMPLE = report(
    Return((made := a_return(BALANCED)).form, Identity("2021", 2025, None, "样例局"), made.answers), findings=[]
)  # fmt: skip


@pytest.mark.parametrize("path", first_of(SAMPLES, 6), ids=NAMES)
def test_tables_show_the_return_cell_by_cell(path: Path) -> None:
    """At every position stands the official label or the figure of the return, merged as the form merges them."""
    ret = checked(path).ret
    assert ret is not None
    tables = word_tables(docx_bytes(of_sample(path)))
    assert len(tables) == 3
    for table, official in zip(tables, ret.form.tables, strict=True):
        assert word_square(table) == expected(ret, official)
        assert word_merges(table) == merges(official)


@pytest.mark.parametrize("path", SAMPLES[:1] + SAMPLES[-1:], ids=[NAMES[0], NAMES[-1]])
def test_headings_and_paragraphs_are_in_order(path: Path) -> None:
    """Title, six headings of level 1 and the paragraphs of the return, nothing else."""
    made = of_sample(path)
    document = opened(docx_bytes(made))
    lines = [(each.style.name, each.text) for each in document.paragraphs]
    assert lines[0][0] == "Title"
    assert lines[0][1].replace("\n", "") == made.title
    assert [text for style, text in lines if style == "Heading 1"] == [each.heading for each in made.sections]
    said = [one.text for part in made.sections for one in part.paragraphs]
    assert [text for style, text in lines if style in ("Body Text", "Heading 2")] == said


def test_rows_are_whole_and_heads_repeat() -> None:
    """No row breaks over a page; the three header rows of tables 三 and 四 are repeated, table 二 has none."""
    for table, heads in zip(word_tables(docx_bytes(SIMPLE)), (0, 3, 3), strict=True):
        for at, row in enumerate(table.rows):
            properties = row._tr.trPr
            assert properties.find(qn("w:cantSplit")) is not None
            assert (properties.find(qn("w:tblHeader")) is not None) == (at < heads)


def test_the_page_is_a4_and_tables_are_no_wider_than_the_text() -> None:
    """A4 upright, and every table's columns add up to the width between the margins."""
    document = opened(docx_bytes(SIMPLE))
    (section,) = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    room = section.page_width.twips - section.left_margin.twips - section.right_margin.twips
    for table in document.tables:
        columns = [int(each.get(qn("w:w"))) for each in table._tbl.tblGrid]
        assert abs(sum(columns) - room) <= 10
        for row in table.rows:
            cells = [int(each.find(qn("w:tcPr")).find(qn("w:tcW")).get(qn("w:w"))) for each in row._tr.tc_lst]
            assert sum(cells) == sum(columns)


def test_type_is_official_with_alternatives() -> None:
    """小标宋, 黑体, 楷体 and 仿宋 are the East Asian fonts of their styles, each with another in the table of fonts."""
    data = docx_bytes(SIMPLE)
    styles = opened(data).styles
    for style, font in (
        ("Title", "方正小标宋简体"), ("Heading 1", "黑体"), ("Heading 2", "楷体_GB2312"), ("Body Text", "仿宋_GB2312"),
        ("Table Text", "仿宋_GB2312"), ("Footer", "宋体"),
    ):  # fmt: skip
        fonts = styles[style].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:ascii")) == "Times New Roman"
        assert re.search(f'w:name="{font}"><w:altName w:val="[^"]+"', xml(data, "word/fontTable.xml"))
    assert 'w:eastAsia="zh-CN"' in xml(data, "word/styles.xml")


def test_the_footer_counts_pages_with_the_only_field() -> None:
    """The page number is a field in the footer; the body has none."""
    data = docx_bytes(report(hostile(), findings=[]))
    footers = [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "footer" in name and "rels" not in name]
    assert sum(xml(data, name).count("instrText>") for name in footers) == 2
    assert all(word in xml(data, footers[0]) for word in (" PAGE ", "— ", " —"))
    body = xml(data)
    assert not re.search("fldChar|fldSimple|instrText|hyperlink|w:object|w:pict", body)


def test_hostile_text_is_text() -> None:
    """Scripts, field codes, bidi marks and control characters arrive as plain words, in the body and the properties."""
    document = opened(docx_bytes(report(hostile(), findings=[])))
    shown = [each.text for each in document.paragraphs if each.style.name == "Body Text"]
    assert shown == [printable(text) for text in HOSTILE] * 2
    assert document.core_properties.author == printable(HOSTILE[0])
    assert not [rel for rel in document.part.rels.values() if rel.is_external]


def test_a_draft_has_its_mark_on_every_page_and_a_report_has_none() -> None:
    """The watermark stands in the header of the only section, the open points under the title; both only in a draft."""
    ret = hostile()
    draft = docx_bytes(report(ret, findings=[], draft=True))
    header = [name for name in zipfile.ZipFile(io.BytesIO(draft)).namelist() if re.search(r"/header\d", name)]
    assert 'string="草稿"' in xml(draft, header[0])
    section = opened(draft).sections[0]
    assert not section.different_first_page_header_footer
    assert "草稿，不得发布" in opened(draft).paragraphs[1].text
    final = docx_bytes(report(ret, findings=[]))
    assert not any(
        "草稿" in xml(final, name) for name in zipfile.ZipFile(io.BytesIO(final)).namelist() if name.endswith("xml")
    )


def test_points_of_a_draft_are_numbered() -> None:
    """Each open point of a real faulty return is a line before chapter 一."""
    faulty = next(path for path in SAMPLES if checked(path).verdict == "fail")
    made = of_sample(faulty)
    lines = [each.text for each in opened(docx_bytes(made)).paragraphs if each.style.name == "Open Point"]
    assert lines[0] == f"草稿，不得发布。未办结事项（{len(made.points)}）："
    assert lines[1 : len(made.points) + 1] == [f"{at}. {point}" for at, point in enumerate(made.points, 1)]


def test_the_same_report_gives_the_same_bytes() -> None:
    """Two writings do not differ, hold no clock time, and no member is newer than another."""
    first, second = docx_bytes(SIMPLE), docx_bytes(SIMPLE)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        assert not [name for name in archive.namelist() if "thumbnail" in name]
    properties = opened(first).core_properties
    assert properties.created == properties.modified
    assert properties.created.year == 2026
    assert (properties.title, properties.author) == (SIMPLE.title, "样例局")


def test_the_annex_is_a_fourth_table_with_a_repeated_head() -> None:
    """The comparison begins on a page of its own and its head is repeated."""
    one = checked(SAMPLES[0]).ret
    assert one is not None
    document = opened(docx_bytes(of_sample(SAMPLES[0], last=one)))
    assert len(document.tables) == 4
    assert document.tables[3].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    (heading,) = [each for each in document.paragraphs if each.text == "附件：与上年对比"]
    assert heading.paragraph_format.page_break_before
