"""The type of official papers as Word styles: 小标宋 for the title, 黑体, 楷体 and 仿宋, each with its fallbacks."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from toolkit.report_out.docx_tables import element

TITLE, BLACK, REGULAR, BODY, FOOT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
_LATIN = "Times New Roman"
_ALTERNATIVES = {
    TITLE: "方正小标宋_GBK,华文中宋,宋体",
    BLACK: "SimHei",
    REGULAR: "楷体,KaiTi",
    BODY: "仿宋,FangSong",
    FOOT: "SimSun",
}
"""What a program takes where a font is missing (``altName`` of the font table)."""
_NORMAL_SIZE, _TITLE_SIZE, _SMALL_SIZE = 16, 22, 10.5
_LEADING = 28
TITLE_LENGTH = 19
"""Characters of the title that fit on one line; a digit is half of one."""


def define(document: Document) -> None:
    """Set the styles that the report uses and the table of fonts."""
    normal = _style(document, "Normal", BODY, _NORMAL_SIZE)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    _exactly(normal, _LEADING)
    normal.paragraph_format.widow_control = True
    title = _style(document, "Title", TITLE, _TITLE_SIZE)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(_LEADING)
    _exactly(title, 36)
    for name, font in (("Heading 1", BLACK), ("Heading 2", REGULAR)):
        heading = _style(document, name, font, _NORMAL_SIZE)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = Pt(10 if name == "Heading 1" else 0)
        heading.paragraph_format.space_after = Pt(0)
        heading.font.bold = name == "Heading 2"
        _indented(heading)
    body = _style(document, "Body Text", BODY, _NORMAL_SIZE)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    body.paragraph_format.space_after = Pt(0)
    _indented(body)
    caption = _style(document, "Caption", REGULAR, _SMALL_SIZE)
    caption.font.bold = False
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(2)
    _exactly(caption, 16)
    cell = _style(document, "Table Text", BODY, _SMALL_SIZE)
    cell.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    annex = _style(document, "Annex Text", BODY, 12)
    _indented(annex)
    _exactly(annex, 20)
    point = _style(document, "Open Point", BODY, 11)
    point.font.color.rgb = RGBColor(0xB0, 0x00, 0x20)
    _exactly(point, 17)
    _style(document, "Header", BODY, _SMALL_SIZE)
    _exactly(_style(document, "Footer", FOOT, 14), 18)
    _language(document)
    _fonts(document)


def _style(document: Document, name: str, font: str, size: float) -> Any:
    styles = document.styles
    style: Any = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name != "Normal":
        style.base_style = styles["Normal"]
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    paragraph = style.element.get_or_add_pPr()
    for child in [child for child in paragraph if child.tag in (qn("w:pBdr"), qn("w:contextualSpacing"))]:
        paragraph.remove(child)
    properties.append(element("w:rFonts", ascii=_LATIN, hAnsi=_LATIN, eastAsia=font, cs=_LATIN))
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.italic = False
    return style


def _exactly(style: Any, points: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(points)


def _indented(style: Any) -> None:
    """Indent the first line by two characters, whatever their size."""
    style.paragraph_format.first_line_indent = Pt(2 * _NORMAL_SIZE)
    indent = style.element.pPr.find(style.element.pPr.ind.tag)
    indent.set(qn("w:firstLineChars"), "200")


def _language(document: Document) -> None:
    """Say that the text is Chinese, so that lines break and are checked as such, and drop the fonts of the theme."""
    styles: Any = document.styles.element
    for language in styles.iter(qn("w:lang")):
        _set(language, val="en-US", eastAsia="zh-CN")
    for fonts in styles.find(qn("w:docDefaults")).iter(qn("w:rFonts")):
        _set(fonts, ascii=_LATIN, hAnsi=_LATIN, eastAsia=BODY, cs=_LATIN)
    settings: Any = document.settings.element
    for theme in settings.iter(qn("w:themeFontLang")):
        _set(theme, val="en-US", eastAsia="zh-CN")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set(one: Any, **attributes: str) -> None:
    """Replace all attributes of an element."""
    for key in list(one.attrib):
        del one.attrib[key]
    for name, value in attributes.items():
        one.set(qn(f"w:{name}"), value)


def _fonts(document: Document) -> None:
    """Replace the table of fonts by ours with the alternatives of each."""
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, others in _ALTERNATIVES.items()
    )
    latin = f'<w:font w:name="{_LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/></w:font>'
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{listed}{latin}</w:fonts>'
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part: Any = relation.target_part
            part._blob = xml.encode("utf-8")
