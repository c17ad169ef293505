"""The report as a Word document: real tables with their merges, A4, official type with fallbacks, page numbers."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from toolkit.report_out import typefaces
from toolkit.report_out.docx_tables import element, table_element
from toolkit.report_out.report import Report, ReportParagraph, Section

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WATERMARK = (
    f"<w:r {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office'>"
    "<w:rPr><w:noProof/></w:rPr><w:pict>"
    "<v:shapetype id='_x0000_t136' coordsize='21600,21600' o:spt='136' adj='10800' path='m@7,l@8,m@5,21600l@6,21600e'>"
    "<v:formulas><v:f eqn='sum #0 0 10800'/><v:f eqn='prod #0 2 1'/><v:f eqn='sum 21600 0 @1'/>"
    "<v:f eqn='sum 0 0 @2'/><v:f eqn='sum 21600 0 @3'/><v:f eqn='if @0 @3 0'/><v:f eqn='if @0 21600 @1'/>"
    "<v:f eqn='if @0 0 @2'/><v:f eqn='if @0 @4 21600'/></v:formulas>"
    "<v:path textpathok='t' o:connecttype='custom' o:connectlocs='@9,0;@10,10800;@11,21600;@12,10800' "
    "o:connectangles='270,180,90,0'/><v:textpath on='t' fitshape='t'/></v:shapetype>"
    "<v:shape id='draft' o:spid='_x0000_s2049' type='#_x0000_t136' alt='草稿' style='position:absolute;"
    "margin-left:0;margin-top:0;width:330pt;height:150pt;rotation:315;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    "mso-position-vertical:center;mso-position-vertical-relative:margin' fillcolor='#f3d3d8' stroked='f'>"
    "<v:fill opacity='.5'/>"
    "<v:textpath style='font-family:&quot;黑体&quot;;font-size:1pt' string='草稿'/></v:shape></w:pict></w:r>"
)


def docx_bytes(report: Report) -> bytes:
    """Return the report as .docx; the same report gives the same bytes."""
    document = docx.Document()
    _page(document, report)
    typefaces.define(document)
    document.add_paragraph(_title(report), style="Title")
    if report.draft:
        _open_points(document, report)
    for part in report.sections:
        _section(document, part)
    for at, part in enumerate(report.annexes):
        _section(document, part, annex=True, first=at == 0)
    _properties(document, report)
    return _saved(document)


def _title(report: Report) -> str:
    """Return the title, broken after the body's name where one is too narrow for it."""
    after = report.title.removeprefix(report.unit)
    length = sum(0.5 if character.isascii() else 1 for character in report.title)
    if length <= typefaces.TITLE_LENGTH or len(report.unit) > typefaces.TITLE_LENGTH:
        return report.title
    return "\n".join((report.unit, after)).strip()


def _page(document: Document, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(17)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["Footer"]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    for kind in ("begin", "PAGE", "separate", "1", "end"):
        run = footer.add_run()
        if kind == "PAGE":
            instruction = element("w:instrText")
            instruction.text = " PAGE "
            run._r.append(instruction)
        elif kind == "1":
            run.text = "1"
        else:
            run._r.append(element("w:fldChar", fldCharType=kind))
    footer.add_run(" —")
    if report.draft:
        section.header.paragraphs[0]._p.append(parse_xml(_WATERMARK))


def _open_points(document: Document, report: Report) -> None:
    count = len(report.points)
    summary = f"草稿，不得发布。未办结事项（{count}）：" if count else "草稿，不得发布。没有未办结事项。"
    for at, text in enumerate((summary, *(f"{at}. {point}" for at, point in enumerate(report.points, 1)))):
        paragraph = document.add_paragraph(text, style="Open Point")
        if at == 0:
            paragraph.paragraph_format.keep_with_next = True
            paragraph.runs[0].bold = True
    document.add_paragraph("", style="Open Point")


def _section(document: Document, part: Section, *, annex: bool = False, first: bool = False) -> None:
    heading = document.add_paragraph(part.heading, style="Heading 1")
    heading.paragraph_format.page_break_before = first or None
    for paragraph in part.paragraphs:
        document.add_paragraph(paragraph.text, style=_style(paragraph, annex))
    if part.grid is None:
        return
    document.add_paragraph(part.grid.unit, style="Caption")
    body: Any = document.element.body
    body.insert(len(body) - 1, table_element(part.grid, whole=not annex))


def _style(paragraph: ReportParagraph, annex: bool) -> str:
    return "Heading 2" if paragraph.role == "head" else "Annex Text" if annex else "Body Text"


def _properties(document: Document, report: Report) -> None:
    """Set properties that say what it is and never when or where it was written."""
    properties = document.core_properties
    properties.title = report.title[:255]
    properties.author = report.unit[:255]
    properties.subject = "政府信息公开工作年度报告" + ("（草稿）" if report.draft else "")
    properties.comments = properties.keywords = properties.category = properties.last_modified_by = ""
    properties.language = "zh-CN"
    properties.created = properties.modified = datetime(report.year + 1, 1, 1)
    properties.revision = 1


def _saved(document: Document) -> bytes:
    """Save with one fixed time for every member and without the empty preview of the library's own template."""
    package: Any = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            into = zipfile.ZipInfo(member.filename, _EPOCH)
            into.compress_type, into.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(into, data)
    return fixed.getvalue()
