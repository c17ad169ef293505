"""The account of the package: whatever stands beside the cells is read, quoted or named, in every file format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.comments import Comment

from tests.growth import growth
from tests.mutants import unzipped, zipped
from tests.office import convert, requires_office
from tests.soaking import only
from tests.test_reading_files import filling, saved
from toolkit.findings import Severity
from toolkit.forms.layout import lay_out
from toolkit.outputs.contract import read_json
from toolkit.reading import ReadFile, read
from toolkit.returns import Checked
from toolkit.workbook.reply import reply
from toolkit.workbook.summary import PACKAGE, write_summary

KINDS = ("xlsx", "xls", "ods")
FILLING = filling("2021")
LAYOUT = lay_out(FILLING.form)
TABLE, CHAPTER = LAYOUT.tables[1].sheet, LAYOUT.chapters[0].sheet
(D9,) = (code for code in LAYOUT.names if LAYOUT.cell(code) == (TABLE, 8, 3))
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
THREADS = "http://schemas.microsoft.com/office/2017/10/relationships/"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
DRAW = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)

Part = tuple[str, str, str]
"""A relation of a sheet: its type, the part that it points at, and what is in that."""


def beside(path: Path, sheet: str, *parts: Part) -> Path:
    """Give a sheet of a workbook relations to parts, and the package these parts."""
    members = dict(unzipped(path.read_bytes()))
    names = re.findall(rb'<sheet name="([^"]*)"', members["xl/workbook.xml"])
    number = [name.decode() for name in names].index(sheet) + 1
    lines = [
        f'<Relationship Id="rIdX{at}" Type="{kind}" Target="/{part}"/>' for at, (kind, part, _) in enumerate(parts)
    ]
    rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(lines)}</Relationships>'
    members[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = rels.encode()
    members |= {part: text.encode() for _, part, text in parts}
    path.write_bytes(zipped(list(members.items())))
    return path


def anchored(content: str, row: int = 8, column: int = 3) -> str:
    """Return a drawing's anchor at a cell."""
    ends = [
        f"<xdr:{end}><xdr:col>{column + at}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row + at}</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:{end}>"
        for at, end in enumerate(("from", "to"))
    ]
    return f"<xdr:twoCellAnchor>{''.join(ends)}{content}<xdr:clientData/></xdr:twoCellAnchor>"


def shape(*paragraphs: str, name: str = "框 1") -> str:
    """Return a text box of paragraphs, each of two runs."""
    lines = (f"<a:p><a:r><a:t>{text[:2]}</a:t></a:r><a:r><a:t>{text[2:]}</a:t></a:r></a:p>" for text in paragraphs)
    return (
        f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="{name}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
        '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></xdr:spPr>'
        f"<xdr:txBody><a:bodyPr/>{''.join(lines) or '<a:p/>'}</xdr:txBody></xdr:sp>"
    )


PICTURE = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="图片 1" descr="公章"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
)
CHART = (
    '<xdr:graphicFrame><xdr:nvGraphicFramePr><xdr:cNvPr id="4" name="图表 1"/></xdr:nvGraphicFramePr><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphic></xdr:graphicFrame>'
)


def drawing(*anchors: str) -> Part:
    """Return a drawing, in a place and under a name of its own."""
    return (OFFICE + "drawing", "odd/Zeichnung.bin", f"<xdr:wsDr {DRAW}>{''.join(anchors)}</xdr:wsDr>")


def notes(*written: tuple[str, str], author: str = "张三") -> Part:
    """Return notes: cell and text."""
    lines = "".join(
        f'<comment ref="{cell}" authorId="0"><text><t>{text}</t></text></comment>' for cell, text in written
    )
    text = f"<comments {MAIN}><authors><author>{author}</author></authors><commentList>{lines}</commentList></comments>"
    return (OFFICE + "comments", "xl/comments7.xml", text)


def vml(*shapes: str) -> Part:
    """Return an old drawing, with a line break left open as programs do."""
    spaces = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"'
    return (OFFICE + "vmlDrawing", "xl/drawings/vmlDrawing7.vml", f"<xml {spaces}>{''.join(shapes)}</xml>")


def old_shape(kind: str, inside: str = "") -> str:
    """Return a shape of an old drawing at D9."""
    anchor = "<x:Anchor>3, 0, 8, 0, 5, 0, 10, 0</x:Anchor>"
    return f'<v:shape id="a">{inside}<x:ClientData ObjectType="{kind}">{anchor}</x:ClientData></v:shape>'


THREAD = (
    THREADS + "threadedComment", "xl/threadedComments/t1.xml",
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="D9" personId="{P1}" id="{A}"><text>应为 42</text></threadedComment>'
    '<threadedComment ref="D9" personId="{P2}" id="{B}" parentId="{A}"><text>已核</text></threadedComment></ThreadedComments>',
)  # fmt: skip
STAND_IN = "[线程批注]\n\n你的Excel版本可读取此线程批注。了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924\n\n注释:\n    应为 42"

Entry = tuple[str, str | None, str, str]
XLSX: dict[str, tuple[list[Part], list[Entry], list[str]]] = {
    "note": ([notes(("D9", "本格有误，应为 42"))], [("note", "D9", "quoted", "本格有误，应为 42")], ["FORM_060 warning"]),
    "note signed": ([notes(("D9", "张三:\n应为 42"))], [("note", "D9", "quoted", "应为 42")], ["FORM_060 warning"]),
    "note beside": ([notes(("A1", "已阅"))], [("note", "A1", "quoted", "已阅")], ["FORM_060 info"]),
    "note empty": ([notes(("D9", ""))], [("note", "D9", "named", "")], []),
    "thread": (
        [THREAD, notes(("D9", STAND_IN), author="tc={A}")], [("thread", "D9", "quoted", "应为 42\n已核")],
        ["FORM_060 warning"],
    ),
    "thread lost": (
        [notes(("D9", STAND_IN), author="tc={A}")], [("thread", "D9", "quoted", "注释:\n    应为 42")], ["FORM_060 warning"],
    ),
    "box": ([drawing(anchored(shape("更正：42 件")))], [("box", "D9", "quoted", "更正：42 件")], ["FORM_060 warning"]),
    "grouped": (
        [drawing(anchored(f"<xdr:grpSp>{shape('更正：42 件')}<xdr:grpSp>{shape('又：18 件')}</xdr:grpSp></xdr:grpSp>"))],
        [("box", "D9", "quoted", "更正：42 件"), ("box", "D9", "quoted", "又：18 件")], ["FORM_060 warning"],
    ),
    "alternative": (
        [drawing(f"<mc:AlternateContent><mc:Choice Requires='a14'>{anchored(shape('42 件'))}</mc:Choice>"
                 f"<mc:Fallback>{anchored(PICTURE)}</mc:Fallback></mc:AlternateContent>")],
        [("box", "D9", "quoted", "42 件")], ["FORM_060 warning"],
    ),
    "box empty": ([drawing(anchored(shape()))], [("shape", "D9", "named", "框 1")], ["FORM_061 info"]),
    "picture": ([drawing(anchored(PICTURE))], [("picture", "D9", "named", "公章")], ["FORM_061 warning"]),
    "chart": ([drawing(anchored(CHART))], [("chart", "D9", "named", "图表 1")], ["FORM_061 info"]),
    "background": ([(OFFICE + "image", "xl/media/i.png", "x")], [("picture", None, "named", "i.png")], ["FORM_061 warning"]),
    "file": (
        [(OFFICE + "package", "xl/embeddings/a.docx", "x"), (OFFICE + "image", "xl/media/i.emf", "x"),
         vml(old_shape("Pict", "<v:imagedata/>"))],
        [("file", "D9", "named", "a.docx")], ["FORM_061 warning"],
    ),
    "old box": (
        [vml(old_shape("Rect", "<v:textbox><div>更正：<br>42 件</div></v:textbox>"), old_shape("Note"))],
        [("box", "D9", "quoted", "更正：\n42 件")], ["FORM_060 warning"],
    ),
    "old control": (
        [vml(old_shape("Checkbox", "<v:textbox>是</v:textbox>"))], [("control", "D9", "named", "是")], ["FORM_061 info"],
    ),
    "part ill-formed": ([(OFFICE + "comments", "c.xml", "<comments>")], [("unread", None, "named", "")], ["FORM_063 warning"]),
    "part with entities": (
        [(OFFICE + "drawing", "d.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")],
        [("unread", None, "named", "")], ["FORM_063 warning"],
    ),
}  # fmt: skip
"""What stands beside the cells of the table: what the account has of it, the text of ``unread`` left out, and the findings."""


def entries(reading: ReadFile) -> list[Entry]:
    """Return the account of a file."""
    assert reading.ret is not None
    return [
        (entry.kind, entry.place.cell or None, entry.state, "" if entry.kind == "unread" else entry.text)
        for entry in reading.ret.package
    ]


def about(reading: ReadFile) -> list[str]:
    """Return the findings that speak of what stands beside the cells, with their severity."""
    return [f"{each.code} {each.severity.value}" for each in reading.findings if each.code[:7] == "FORM_06"]


@pytest.mark.parametrize("trait", XLSX)
def test_everything_beside_the_cells_ends_in_one_state(trait: str, tmp_path: Path) -> None:
    """Each kind once, with its place and words; the figures are read as ever, and the JSON says the same."""
    parts, account, findings = XLSX[trait]
    path = saved(FILLING, tmp_path / "a.xlsx")
    plain = read(path, name="a.xlsx")
    reading = read(beside(path, TABLE, *parts), name="a.xlsx")
    assert entries(reading) == account
    assert about(reading) == findings
    assert plain.ret is not None
    assert reading.ret is not None
    assert reading.ret.answers == plain.ret.answers
    assert [each for each in reading.findings if each.code[:7] != "FORM_06"] == list(plain.findings)
    said = read_json([reading])["returns"][0]["package"]
    assert [(each["kind"], each["state"]) for each in said] == [(kind, state) for kind, _, state, _ in account]
    quoted = [text.split("\n")[0] for _, _, state, text in account if state == "quoted"]
    assert all(any(text in each.message for each in reading.findings) for text in quoted)


def test_answers_to_a_comment_name_who_wrote_them(tmp_path: Path) -> None:
    """A thread is one entry: what was written first with its author, then every answer with its own."""
    path = beside(saved(FILLING, tmp_path / "a.xlsx"), TABLE, THREAD)
    members = dict(unzipped(path.read_bytes()))
    person = f'<Relationship Id="p" Type="{THREADS}person" Target="persons/p.xml"/></Relationships>'
    rels = members["xl/_rels/workbook.xml.rels"].decode().replace("</Relationships>", person)
    people = '<personList><person displayName="甲" id="{P1}"/><person displayName="乙" id="{P2}"/></personList>'
    members |= {"xl/_rels/workbook.xml.rels": rels.encode(), "xl/persons/p.xml": people.encode()}
    path.write_bytes(zipped(list(members.items())))
    ret = read(path, name="a.xlsx").ret
    assert ret is not None
    (entry,) = ret.package
    assert (entry.kind, entry.author, entry.text) == ("thread", "甲", "应为 42\n乙：已核")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ReadFile]:
    """Return what is read of a workbook with a note, a box, an empty one, a picture and another sheet, in a file format."""
    folder = tmp_path_factory.mktemp("package")
    path = saved(replace(FILLING, text={**FILLING.text, "一": ()}), folder / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book[TABLE]["D9"].comment = Comment("本格有误，应为 42", "张三")
    book.create_sheet("草稿")["B2"] = "底稿"
    book.save(path)
    members = dict(unzipped(path.read_bytes()))
    number = [sheet.title for sheet in book.worksheets].index(CHAPTER) + 1
    content = drawing(
        anchored(shape("（二）依申请公开", "本年新收申请82件。"), 5, 0), anchored(shape("又及：另有说明。"), 20, 0)
    )
    types = (
        members["[Content_Types].xml"]
        .decode()
        .replace(
            "</Types>",
            '<Override PartName="/xl/drawings/drawing9.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>',
        )
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}drawing" Target="../drawings/drawing9.xml"/></Relationships>'
    )
    sheet = f"xl/worksheets/sheet{number}.xml"
    spaces = b'<drawing xmlns:q="' + OFFICE.rstrip("/").encode() + b'" q:id="rId1"/></worksheet>'
    members |= {
        "[Content_Types].xml": types.encode(), "xl/drawings/drawing9.xml": content[2].encode(),
        f"xl/worksheets/_rels/sheet{number}.xml.rels": rels.encode(),
        sheet: members[sheet].replace(b"</worksheet>", spaces),
    }  # fmt: skip
    path.write_bytes(zipped(list(members.items())))

    def reading(kind: str) -> ReadFile:
        made = path if kind == "xlsx" else convert([path], kind, folder / kind)[0]
        return read(made, name=made.name)

    return reading


@requires_office
@pytest.mark.parametrize("kind", only(KINDS, "xlsx"))
def test_one_account_in_every_format(everything: Callable[[str], ReadFile], kind: str) -> None:
    """A chapter in boxes is read under the heads in them, a note is quoted, a sheet named; nothing follows from empty cells."""
    reading = everything(kind)
    ret = reading.ret
    assert ret is not None
    assert [(each.head, each.text) for each in ret.text["一"]] == [
        ("（二）依申请公开", "本年新收申请82件。"), ("（二）依申请公开", "又及：另有说明。"),
    ]  # fmt: skip
    assert {each.place.sheet for each in ret.text["一"]} == {CHAPTER}
    seen = {(entry.kind, entry.place.sheet, entry.state) for entry in ret.package}
    assert seen == {("note", TABLE, "quoted"), ("box", CHAPTER, "read"), ("sheet", "草稿", "named")}
    assert about(reading) == ["FORM_060 warning", "FORM_062 info"]
    codes = [each.code for each in reading.findings]
    assert not {"TEXT_001", "TEXT_004"} & set(codes)
    assert codes.count("FORM_012") == 1


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a reply with notes of ours on some cells."""
    folder = tmp_path_factory.mktemp("marked")
    path = saved(FILLING, folder / "a.xlsx")
    book = openpyxl.load_workbook(path)
    for cell, value in {
        "D9": "12件",
        "E9": "若干",
        "F9": -3,
        "G9": 2.5,
        "D10": "一百多",
        "E10": "12人",
        "F10": -4,
    }.items():
        book[TABLE][cell] = value
    book.save(path)
    data = reply(Checked.of(read(path, name="a.xlsx")))
    assert data is not None
    (folder / "r.xlsx").write_bytes(data)
    return folder / "r.xlsx"


SAVERS: dict[str, Callable[[str], str]] = {
    "as it was": lambda text: text,
    "with a name": lambda text: f"作者:\n{text}",
    "with a user's name": lambda text: f"Administrator:\r\n{text}",
    "other white space": lambda text: re.sub(r"\s+", "\u00a0\n ", text) + "\n\n",
    "no white space": lambda text: re.sub(r"\s+", "", text),
}
"""What programs make of a note of ours."""
WORDS: dict[str, Callable[[str], str]] = {
    "behind": lambda text: text + "\n本格有误，应为 42",
    "before": lambda text: "本格有误，应为 42\n" + text,
    "inside": lambda text: text[: len(text) // 2] + "本格有误，应为 42" + text[len(text) // 2 :],
    "instead": lambda _: "本格有误，应为 42",
}
"""Where a clerk writes into it."""


@pytest.mark.parametrize("review", only([True, False], True), ids=["with 审核意见", "without"])
@pytest.mark.parametrize("author", only(["审核", "", "未知作者"], ""))
def test_notes_of_ours_are_ours(marked: Path, author: str, review: bool, tmp_path: Path) -> None:
    """Whatever a program makes of author and white space, none of our notes is quoted, with or without 审核意见."""
    book = openpyxl.load_workbook(marked)
    cells = [cell for row in book[TABLE].iter_rows() for cell in row if cell.comment is not None]
    assert len(cells) > len(SAVERS)
    for at, cell in enumerate(cells):
        cell.comment = Comment([*SAVERS.values()][at % len(SAVERS)](cell.comment.text), author)
    if not review:
        del book["审核意见"]
    book.save(tmp_path / "r.xlsx")
    assert entries(read(tmp_path / "r.xlsx", name="r.xlsx")) == []


@pytest.mark.parametrize("where", only(WORDS, "behind"))
def test_words_in_a_note_of_ours_are_quoted(marked: Path, where: str, tmp_path: Path) -> None:
    """A clerk answers where we wrote: just those words are quoted, as a warning at these cells."""
    book = openpyxl.load_workbook(marked)
    answered = ("D9", "E9", "F9", "G9")
    for cell in answered:
        assert book[TABLE][cell].comment is not None
        book[TABLE][cell].comment = Comment(WORDS[where](book[TABLE][cell].comment.text), "审核")
    book.save(tmp_path / "r.xlsx")
    reading = read(tmp_path / "r.xlsx", name="r.xlsx")
    assert sorted(entries(reading)) == [("note", cell, "quoted", "本格有误，应为 42") for cell in answered]
    (finding,) = (each for each in reading.findings if each.code == "FORM_060")
    assert (finding.sheet, finding.cell, finding.severity) == (TABLE, "D9", Severity.WARNING)


def test_agency_and_coordinator_see_the_account(tmp_path: Path) -> None:
    """The reply lists everything after its findings, whole; the coordinator's summary has a sheet of it."""
    long = "本格有误，应为 42。" * 30
    path = beside(
        saved(FILLING, tmp_path / "a.xlsx"),
        TABLE,
        notes(("D9", long)),
        drawing(anchored(PICTURE), anchored(shape("42 件"))),
    )
    checked = Checked.of(read(path, name="a.xlsx"))
    data = reply(checked)
    assert data is not None
    (tmp_path / "r.xlsx").write_bytes(data)
    review = openpyxl.load_workbook(tmp_path / "r.xlsx")["审核意见"]
    lines = [str(row[0].value) for row in review.iter_rows() if isinstance(row[0].value, str)]
    assert f"{TABLE}!D9 批注（张三），照录，没有计入：{long}" in lines
    assert f"{TABLE}!D9 图片，只列出，内容没有读取：公章" in lines
    (tmp_path / "s.xlsx").write_bytes(write_summary([checked], {}))
    rows = list(openpyxl.load_workbook(tmp_path / "s.xlsx")[PACKAGE].iter_rows(values_only=True))
    assert [row[4] for row in rows[2:]] == ["批注", "图片", "文本框"]
    again = read(tmp_path / "r.xlsx", name="r.xlsx")
    assert entries(again) == []


def test_no_account_where_there_is_nothing(tmp_path: Path) -> None:
    """Of a usual return no part is opened besides its sheets, and the summary has no sheet for it."""
    reading = read(saved(FILLING, tmp_path / "a.xlsx"), name="a.xlsx")
    assert entries(reading) == []
    (tmp_path / "s.xlsx").write_bytes(write_summary([Checked.of(reading)], {}))
    assert PACKAGE not in openpyxl.load_workbook(tmp_path / "s.xlsx").sheetnames
    assert json.dumps(read_json([reading])["returns"][0]["package"]) == "[]"


HOSTILE: dict[str, Callable[[int], Any]] = {
    "boxes": lambda size: drawing(*[anchored(shape("甲"))] * (9 * size)),
    "nested": lambda size: drawing(anchored("<xdr:grpSp>" * (20 * size) + "</xdr:grpSp>" * (20 * size))),
    "words": lambda size: drawing(anchored(shape("甲" * (3_000 * size)))),
    "notes": lambda size: notes(*[("D9", "FORM_045 甲")] * (30 * size)),
    "broken lines": lambda size: vml(old_shape("Rect", f"<v:textbox>{'<br>' * (100 * size)}</v:textbox>")),
}


@pytest.mark.parametrize("shape_of", only(HOSTILE, "nested"))
def test_a_hostile_drawing_costs_little_and_no_figures(shape_of: str, tmp_path: Path) -> None:
    """Past the limits it is said that a part was not read; the figures are, and the work grows no faster than the file."""
    path = saved(FILLING, tmp_path / "a.xlsx")
    before = read(path, name="a.xlsx").ret
    sizes = (250, 1_000)
    hostile = {
        size: beside(saved(FILLING, tmp_path / f"{size}.xlsx"), TABLE, HOSTILE[shape_of](size)) for size in sizes
    }
    assert growth(lambda size: read(hostile[size], name="a.xlsx"), 250, enough=9) <= 9
    after = read(hostile[1_000], name="a.xlsx").ret
    assert before is not None
    assert after is not None
    assert after.answers == before.answers
    assert after.package
