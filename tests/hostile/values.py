"""One cell to fill that holds something odd: that cell alone is unreadable or reported, everything else stands."""

from __future__ import annotations

import re

from tests.hostile.case import BOOK, POISONED, STYLES, TABLE_2, Case, changed, packed, parts, registrar, with_cell

CASES: list[Case] = []
case = registrar(CASES)


def _cell(name: str, inner: str, answer: str, *tells: str, kind: str = "n", style: str = "") -> None:
    attributes = f' t="{kind}"' if kind != "n" else ""
    CASES.append(
        Case(
            f"value-{name}.xlsx",
            lambda: with_cell(f'<c r="B13"{style}{attributes}>{inner}</c>'),
            tells=tells,
            answers={POISONED: answer},
        )
    )


def _text(name: str, text: str, answer: str, *tells: str) -> None:
    _cell(name, f'<is><t xml:space="preserve">{text}</t></is>', answer, *tells, kind="inlineStr")


for _error in ("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"):
    _plain = "".join(each for each in _error if each.isalnum())
    _cell(f"error-{_plain}", f"<v>{_error}</v>", "unreadable", "VALUE_015", kind="e")
    _cell(f"error-{_plain}-of-a-formula", f"<f>1/0</f><v>{_error}</v>", "unreadable", "VALUE_015", kind="e")
_cell("error-without-text", "<v/>", "unreadable", "VALUE_015", kind="e")
_cell("formula-without-result", "<f>10+2</f>", "unreadable", "FORM_041")
_cell("formula-with-empty-result", "<f>10+2</f><v></v>", "unreadable", "FORM_041")
_cell("formula", "<f>10+2</f><v>12</v>", "12", "FORM_040")
_cell("formula-of-nothing", "<f/><v>12</v>", "12", "FORM_040")
_cell("formula-of-a-service", '<f>WEBSERVICE("http://127.0.0.1/")</f><v>12</v>', "12", "FORM_040")
_cell("formula-of-a-command", "<f>cmd|'/c calc'!A1</f><v>12</v>", "12", "FORM_040")
_cell("formula-of-another-book", "<f>[1]Sheet1!$A$1</f><v>12</v>", "12", "FORM_040")
_cell(
    "formula-of-a-link",
    '<f>HYPERLINK("http://127.0.0.1/","12")</f><v>12</v>',
    "12",
    "VALUE_001",
    "FORM_040",
    kind="str",
)
_cell("array-formula", '<f t="array" ref="B13:XFD1048576">{1}</f><v>1</v>', "1", "FORM_040")
_cell("data-table", '<f t="dataTable" ref="A1:XFD1048576" dt2D="1" r1="A1" r2="A2"/><v>1</v>', "1", "FORM_040")
_cell("infinity", "<v>1e999</v>", "unreadable", "VALUE_010")
_cell("no-number", "<v>nan</v>", "unreadable", "VALUE_010")
_cell("5000-digits", f"<v>{'9' * 5000}</v>", "unreadable", "VALUE_014")
_cell("5000-decimals", f"<v>0.{'3' * 5000}</v>", "unreadable", "VALUE_011")
_cell("beyond-doubles", "<v>9007199254740993</v>", "unreadable", "VALUE_014")
_cell("1e300", "<v>1e300</v>", "unreadable", "VALUE_014")
_cell("tiny", "<v>5e-324</v>", "unreadable", "VALUE_011")
_cell("digits-and-letters", "<v>12abc</v>", "unreadable", "VALUE_010")
_cell("hexadecimal", "<v>0x1F</v>", "unreadable", "VALUE_010")
_cell("underscores", "<v>1_000</v>", "unreadable", "VALUE_010")
_cell("two-points", "<v>1.2.3</v>", "unreadable", "VALUE_010")
_cell("true", "<v>1</v>", "unreadable", "VALUE_017", kind="b")
_cell("false", "<v>0</v>", "unreadable", "VALUE_017", kind="b")
_cell("bool-of-2", "<v>2</v>", "2", "VALUE_001", kind="b")
_cell("unknown-kind", "<v>12</v>", "12", "VALUE_001", kind="zzz")
_cell("date-of-iso", "<v>2025-01-01T00:00:00</v>", "unreadable", "VALUE_010", kind="d")
_cell("unknown-style", "<v>12</v>", "12", style=' s="99999999"')
_cell("negative-style", "<v>12</v>", "12", style=' s="-1"')
_cell("whole-as-decimal", "<v>12.000</v>", "12")
_cell("half", "<v>12.5</v>", "unreadable", "VALUE_011")
_cell("negative", "<v>-3</v>", "unreadable", "VALUE_012")
_cell("minus-zero", "<v>-0</v>", "0")
_cell("string-index-negative", "<v>-1</v>", "unreadable", "VALUE_015", kind="s")
_cell("string-index-of-a-word", "<v>abc</v>", "unreadable", "VALUE_015", kind="s")
_cell("blank", "", "blank")
_cell("zero", "<v>0</v>", "0")

_text("full-width", "１２", "12", "VALUE_001")
_text("arabic", "٣", "unreadable", "VALUE_010")
_text("mathematical", "𝟏𝟐", "unreadable", "VALUE_010")
_text("leading-zeros", "00012", "unreadable", "VALUE_010")
_text("plus", "+5", "5", "VALUE_001")
_text("hard-space", "\u00a012", "12", "VALUE_001")
_text("line-break", "12\n", "12", "VALUE_001")
_text("square", "5²", "unreadable", "VALUE_010")
_text("circled", "②", "unreadable", "VALUE_010")
_text("half-sign", "½", "unreadable", "VALUE_010")
_text("unit", "12件", "12", "VALUE_002")
_text("separator", "1,234", "1234", "VALUE_001")
_text("full-width-separator", "1，234", "1234", "VALUE_001")
_text("wrong-separator", "12,34", "unreadable", "VALUE_010")
_text("words", "十二", "unreadable", "VALUE_010")
_text("word-for-zero", "〇", "unreadable", "VALUE_010")
_text("none", "无", "blank", "VALUE_003")
_text("dash", "—", "blank", "VALUE_003")
_text("hyphen", "-", "blank", "VALUE_003")
_text("slash", "/", "blank", "VALUE_003")
_text("number-of-a-document", "12号", "unreadable", "VALUE_010")
_text("about", "≈12", "unreadable", "VALUE_010")
_text("brackets", "(5)", "unreadable", "VALUE_010")
_text("percent", "5%", "unreadable", "VALUE_010")
_text("exponent", "1e3", "unreadable", "VALUE_010")
_text("trailing-point", "12.", "unreadable", "VALUE_010")
_text("spaces", "   ", "blank")
_text("escape-of-the-format", "_x0031__x0032_", "12", "VALUE_001")
_text("escape-to-nul", "_x0000_", "unreadable", "VALUE_010")
_text("escape-to-a-surrogate", "_xD800_", "unreadable", "VALUE_010")
_text("direction-marks", "\u202e21\u202c", "unreadable", "VALUE_010")
_text("zero-width", "1\u200b2", "12", "VALUE_004")
_text("combining", "1" + "\u0301" * 2000, "unreadable", "VALUE_010")
_text("formula-typed", "=1+1", "unreadable", "VALUE_010")
_text("command-typed", "=cmd|' /C calc'!A0", "unreadable", "VALUE_010")
_text("terminal", "&#x9b;31m12", "unreadable", "VALUE_010")
_text("32767-characters", "一" * 32_767, "unreadable", "VALUE_010")
_text("32767-digits", "1" * 32_767, "unreadable", "VALUE_014")
_text("32767-nines-with-separators", "1" + ",000" * 8_000, "unreadable", "VALUE_014")
_text("html", "&lt;script&gt;alert(1)&lt;/script&gt;", "unreadable", "VALUE_010")


def _dated(inner: str) -> bytes:
    """Return the sound return with B13 under a date format."""
    members = parts()
    at = members[STYLES].partition(b"<cellXfs")[2].partition(b"</cellXfs>")[0].count(b"<xf ")
    members[STYLES] = members[STYLES].replace(
        b"</cellXfs>", b'<xf numFmtId="14"><protection locked="0"/></xf></cellXfs>'
    )
    cell = f'<c r="B13" s="{at}">{inner}</c>'.encode()
    members[TABLE_2] = re.sub(rb'<c r="B13"(?:[^>]*/>|.*?</c>)', cell, members[TABLE_2], count=1)
    return packed(members)


for _name, _number in (("day", "45292"), ("negative-day", "-5"), ("day-60", "60"), ("no-day", "1e20")):
    CASES.append(
        Case(f"value-{_name}.xlsx", lambda number=_number: _dated(f"<v>{number}</v>"), tells=("VALUE_016",),  # type: ignore[misc]
             answers={POISONED: "unreadable"})
    )  # fmt: skip


@case("value-day-of-1904.xlsx")
def _() -> bytes:
    return changed(BOOK, lambda data: data.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1))


@case("value-cell-twice.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13"><v>1</v></c><c r="B13"><v>2</v></c>')


@case("value-cell-in-a-cell.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13"><c r="C13"><v>1</v></c></c>')


@case("value-two-values.xlsx", "FILE_021")
def _() -> bytes:
    return with_cell('<c r="B13"><v>1</v><v>2</v></c>')
