"""Workbooks as other programs write them, with every kind of cell: XlsxWriter, openpyxl, pandas, and parts by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from tests.test_excel_in_values import MAIN, parts, zipped

NUMBERS = (
    0, -0.0, 1, -1, 12, 0.1, 0.1 + 0.2, 3.3000000000000003, 24.000000000000004, 72701.257800000007, 1e-300, 5e-324, 1.7e308,
    -2.5e-7, 1e15, 1e16, 999999999999999, 1234567890123456, 12345678901234567890, 2**53 + 1, 1 / 3, 100.0, 1e2, 46086.5,
)  # fmt: skip
TEXTS = (
    "文字", " 前后有空格 ", "两\n行", "制\t表", "_x000D_", "_x0041_ 原样", "甲_x0041", "𠮷野家", "😀", "\u202e倒", "１２", "'12", "=1+1 是文字",
    "&amp; <b> \"引\"", "#REF!", "TRUE", "1e3", "公" * 32_767, "e\u0301", "\u200b", "a\u00a0b",
)  # fmt: skip
FORMATS = (
    "0", "0.00", "#,##0", "0%", "0.00%", "yyyy-mm-dd", "h:mm", "[h]:mm:ss", "yyyy/m/d h:mm", '0"件"', "0.00E+00", "@", "# ?/?",
    '[$¥-804]#,##0.00', "General;General", ";;;", '0!.0,"万"',
)  # fmt: skip
RESULTS: tuple[tuple[str, Any], ...] = (
    ("=1+1", 2), ("=0.1*3", 0.30000000000000004), ('="甲"&"乙"', "甲乙"), ("=1=1", True), ("=1=2", False),
    ("=1/0", "#DIV/0!"), ("=NA()", "#N/A"), ('=""', ""), ('=REPT("9",3)', "999"), ("=-0", 0),
)  # fmt: skip


def by_xlsxwriter(**options: Any) -> bytes:
    """Return a workbook with every kind of cell that XlsxWriter writes."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_urls": False, **options}) as book:
        sheet = book.add_worksheet("各种")
        bold, struck = book.add_format({"bold": True}), book.add_format({"font_strikeout": True})
        for row, value in enumerate(NUMBERS):
            sheet.write_number(row, 0, value)
            for at, text in enumerate((TEXTS[row % len(TEXTS)], "", str(row))):
                sheet.write_string(row, 1 + at, text)
            sheet.write_boolean(row, 4, row % 2 == 0)
            sheet.write_blank(row, 5, None, bold)
            formula, result = RESULTS[row % len(RESULTS)]
            sheet.write_formula(row, 6, formula, None, result)
            sheet.write_number(row, 7, 46086.520833333336, book.add_format({"num_format": FORMATS[row % len(FORMATS)]}))
            if not options.get("constant_memory"):
                sheet.write_rich_string(row, 8, "前", bold, "粗", struck, "划", str(row))
        if not options.get("constant_memory"):
            sheet.write_array_formula(30, 0, 31, 0, "{=ROW(A1:A2)}", None, 1)
            sheet.write_number(31, 0, 2)
            sheet.merge_range(33, 0, 34, 3, "合并")
            sheet.write_url(36, 0, "internal:各种!A1", string="链接")
            sheet.write_comment(36, 1, "批注")
            sheet.set_row(38, options={"hidden": True})
        other = book.add_worksheet("第二张")
        other.write_datetime(0, 0, datetime(2026, 3, 5, 12, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        book.add_worksheet("空").very_hidden()
    return made.getvalue()


def by_openpyxl(*, mac: bool = False, write_only: bool = False) -> bytes:
    """Return a workbook with every kind of cell that openpyxl writes."""
    book = openpyxl.Workbook(write_only=write_only)
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.create_sheet("各种")
    for row, value in enumerate(NUMBERS):
        text = TEXTS[row % len(TEXTS)]
        text = text if not text.startswith("=") else f" {text}"
        sheet.append([value, text, None, "", row % 3 == 0, RESULTS[row % len(RESULTS)][0], "#N/A"])
    sheet.append([date(2026, 3, 5), datetime(2026, 3, 5, 12, 30), time(12, 30), timedelta(hours=36), date(1904, 3, 1)])
    if not write_only:
        sheet["J1"] = CellRichText("前", TextBlock(InlineFont(strike=True), "划"), "后")
        sheet["J2"] = ArrayFormula("J2", "=SUM(A1:A2*2)")
        sheet["J5"] = DataTableFormula(ref="J5:J6", dt2D=False, r1="A1")
        sheet["J7"], sheet["J7"].number_format = 0.144, "0.0%"
        sheet["J8"].hyperlink = "https://example.org/"
        sheet.merge_cells("L1:M2")
        sheet["L1"] = "合并"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook of openpyxl."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def by_pandas(engine: Any) -> bytes:
    """Return a frame with groups of rows, dates, gaps and truth values as pandas writes it."""
    index = pd.MultiIndex.from_product([["甲局", "乙局"], [2024, 2025]], names=["单位", "年度"])
    frame = pd.DataFrame(
        {
            "件数": [1, None, 3, 4], "金额": [0.1 + 0.2, 14.4, float("inf"), -0.5], "是否": [True, False, None, True],
            "日期": [datetime(2026, 3, 5), None, datetime(1999, 12, 31), datetime(2026, 3, 5, 12, 30)], "文": ["", None, "无", "/"],
        },
        index=index,
    )  # fmt: skip
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine=engine) as writer:
        frame.to_excel(writer, sheet_name="各种")
        frame.reset_index().to_excel(writer, sheet_name="平", index=False, startrow=3, startcol=2)
    return made.getvalue()


ROWS = (
    '<row><c><v>1</v></c><c t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c><c><v>3</v></c></row>'
    '<row r="3"><c r="B3" t="n"><v>1E2</v></c><c><v>.5</v></c><c r="E3"><v>5.</v></c><c r="F3"><v>-0</v></c></row>'
    '<row r="4" spans="1:9"><c r="A4" t="s"><v>0</v></c><c r="B4" t="s"><v>1</v></c><c r="C4" t="s"><v>2</v></c>'
    '<c r="D4" t="s"><v>3</v></c><c r="E4" t="s"><v>4</v></c></row>'
    '<row r="5"><c r="A5" t="str"><f>"a"</f><v>甲_x000D_\n乙</v></c><c r="B5" t="b"><f>1=1</f><v>1</v></c>'
    '<c r="C5" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D5"><f>1+1</f></c><c r="E5"><f>1+1</f><v></v></c>'
    '<c r="F5" t="str"><f>""</f><v></v></c><c r="G5" t="inlineStr"><is/></c></row>'
    '<row r="6"><c r="A6"><f t="shared" ref="A6:A8" si="0">B6*2</f><v>4</v></c><c r="B6"><v>2</v></c></row>'
    '<row r="7"><c r="A7"><f t="shared" si="0"/><v>6</v></c><c r="B7"><v>3</v></c></row>'
    '<row r="8"><c r="A8"><f t="shared" si="0"/><v>8</v></c><c r="B8"><v>4</v></c>'
    '<c r="C8"><f t="array" ref="C8:D8">B6:B7</f><v>2</v></c><c r="D8"><v>2</v></c>'
    '<c r="E8"><f t="dataTable" ref="E8:E9" dt2D="0" dtr="0" r1="B6"/><v>9</v></c></row>'
    '<row r="9" hidden="1"><c r="A9"><v>9</v></c></row>'
)
"""Rows and cells without places, numbers in every spelling, cached results, shared, array and table formulas."""
FAR = '<row r="9"><c r="XFD9"><v>16384</v></c></row><row r="1048576"><c r="A1048576"><v>1048576</v></c></row>'
"""The last column and the last row."""
STRINGS = (
    '<si><t>一</t></si><si><r><t xml:space="preserve">一 </t></r><r><rPr><b/></rPr><t>二</t></r></si>'
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si><si><t/></si>'
    "<si><t>_x005F_x0041__xD842__xDFB7_</t></si>"
)


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def by_hand(rows: str) -> dict[str, bytes]:
    """Return the parts of a workbook with one sheet, named and typed as every program expects."""
    kinds = {
        "workbook": "sheet.main",
        "worksheets/sheet1": "worksheet",
        "sharedStrings": "sharedStrings",
        "styles": "styles",
    }
    listed = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{KIND}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    made = {name.replace("/s.xml", "/sheet1.xml"): data.replace(b"/s.xml", b"/sheet1.xml")
            for name, data in parts(rows, strings=STRINGS, styles="<cellXfs><xf/></cellXfs>").items()}  # fmt: skip
    made["[Content_Types].xml"] = f'<Types xmlns="{PACKAGE}/content-types">{listed}</Types>'.encode()
    relations = f'<Relationships xmlns="{PACKAGE}/relationships">'.encode()
    for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels"):
        made[name] = made[name].replace(b"<R>", relations).replace(b"</R>", b"</Relationships>")
    return made


def strict(members: Mapping[str, bytes]) -> bytes:
    """Return a workbook of parts in the namespace of strict Office Open XML, which openpyxl does not know."""
    return zipped({name: data.replace(MAIN.encode(), STRICT) for name, data in members.items()})


def library() -> Mapping[str, bytes]:
    """Return all workbooks by name."""
    return {
        "xlsxwriter": by_xlsxwriter(),
        "xlsxwriter, 1904": by_xlsxwriter(date_1904=True),
        "xlsxwriter, inline": by_xlsxwriter(constant_memory=True),
        "openpyxl": by_openpyxl(),
        "openpyxl, 1904": by_openpyxl(mac=True),
        "openpyxl, write only": by_openpyxl(write_only=True),
        "pandas, xlsxwriter": by_pandas("xlsxwriter"),
        "pandas, openpyxl": by_pandas("openpyxl"),
        "by hand": zipped(by_hand(ROWS)),
    }
