"""A report as a PDF page that the tests write themselves: ruled tables, labels in a Chinese font, figures as drawn."""

from __future__ import annotations

from collections.abc import Callable

from tests.layouts import Case, rows_of

WIDE, HIGH, SIZE = 340, 30, 10
"""Points of a column and a row, and of the type."""

Draw = Callable[[str, float, float], str]
"""What draws the text of a figure at a place."""


def words(text: str, x: float, y: float, rise: float = 0, size: float = SIZE) -> str:
    """Draw a text: digits in Helvetica, all else in the Chinese font."""
    if text.replace(".", "").isdigit():
        return f"BT /L {size} Tf {rise} Ts {x:.2f} {y:.2f} Td ({text}) Tj ET\n"
    return f"BT /C {size} Tf {x:.2f} {y:.2f} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"


def end_of(text: str, x: float) -> float:
    """Return where a figure ends: a digit of Helvetica is 0.556 wide."""
    return x + 0.556 * SIZE * len(text)


def report_page(case: Case, drawn: dict[str, Draw]) -> bytes:
    """Return a page with title, headings, and every table ruled; ``drawn`` says how some figures are drawn, by their text."""
    width = 20 + WIDE * max(table.width for table in case.form.tables)
    height = 100 + HIGH * sum(table.height + 2 for table in case.form.tables) + 4 * HIGH
    y = height - 40.0
    out = [words(f"某单位{case.year}年政府信息公开工作年度报告", 20, y)]
    for part in case.form.parts:
        y -= HIGH
        out.append(words(f"{part.number}、{part.title}", 20, y))
        if part.table is None:
            continue
        table, y = case.form.table(part.table), y - 10
        for box in (box for row in rows_of(table, case) for box in row):
            left, top = 10 + WIDE * box.column, y - HIGH * box.row
            out.append(f"{left} {top} {WIDE * box.width} {-HIGH * box.height} re S\n")
            text, at, line = "".join(box.text.split()), left + 8, top - HIGH * box.height / 2 - 4
            if text:
                out.append(drawn.get(text, words)(text, at, line) if box.figure else words(text, at, line))
        y -= HIGH * table.height
    return pdf("".join(out).encode(), width, height)


def pdf(content: bytes, width: float, height: float) -> bytes:
    """Return a PDF of one page."""
    chinese = "/Type/Font/Subtype/{}/BaseFont/STSong-Light"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R/Resources<</Font<</L 5 0 R/C 6 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<<{chinese.format('Type0')}/Encoding/UniGB-UCS2-H/DescendantFonts[7 0 R]>>".encode(),
        f"<<{chinese.format('CIDFontType0')}/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 8 0 R>>".encode(),
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880/Descent -120/FontBBox[0 -120 1000 880]>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(out)
    )  # fmt: skip
