"""Pages that are put together oddly: every figure another one, each in its cell or listed, and nothing of other years.

What must be wholly placed is named beside each page; of the other tables every figure must be listed.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.layouts import Case, Rows, docx_official, merged, page, rows_of, text, xlsx_sheets
from tests.reports import SAMPLES, checked, of_sample
from toolkit import report_in as reports
from toolkit.answers import Filled
from toolkit.forms import Table, load_form
from toolkit.report_in import PublishedReport
from toolkit.report_out import docx_bytes, html_bytes
from toolkit.returns.numbers import show

FORM = load_form("2021")
T2, T3, T4 = FORM.tables
MONEY = {code for code, item in FORM.items.items() if item.kind == "money"}
CASE = Case(
    "odd", FORM, {code: "77.5" if code in MONEY else str(1000 + at) for at, code in enumerate(FORM.items)}, 2025
)
LINES = {table.id: list(merged(table, rows_of(table, CASE))) for table in FORM.tables}
TABLES = {name: f"<table>{''.join(lines)}</table>" for name, lines in LINES.items()}
ALL = {"t2", "t3", "t4"}


def older(tables: str) -> str:
    """Return tables with other figures in every cell."""
    return re.sub(r">(\d+(?:\.\d+)?)<", r">9\1<", tables)


def of(**tables: str) -> str:
    return page(CASE, TABLES | tables).decode()


def read(tmp_path: Path, data: str | bytes, suffix: str = "html", year: int = 2025) -> PublishedReport:
    path = tmp_path / f"odd.{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return reports.read_report(path, year=year, name=path.name)


def numbers(texts: Iterable[str]) -> list[str]:
    return [each for found in texts for each in re.findall(r"\d+(?:\.\d+)?", found)]


def account(report: PublishedReport, placed: set[str], printed: str | None = None) -> None:
    """Hold a report against the figures: none wrong, whole tables in ``placed``, each other printed figure listed."""
    held = report.figures | report.totals
    listed = numbers(each.raw for each in report.not_placed)
    for code, typed in CASE.typed.items():
        got = held.get(code)
        if got is not None and isinstance(got.answer, Filled):
            assert show(got.answer.value) == typed, (code, got)
        else:
            assert FORM.items[code].table not in placed, (code, got)
            assert typed in listed or (printed is not None and typed not in printed), (code, typed)
    if placed == ALL:
        assert report.not_placed == ()


def cut(table: Table, first: int, last: int) -> str:
    """Return some of the columns of a table as a table of its own."""
    lines = [
        "".join(
            f'<td rowspan="{each.height}" colspan="{each.width}">{each.text}</td>'
            for each in row
            if first <= each.column <= last
        )
        for row in rows_of(table, CASE)
    ]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def split(name: str, *at: int, between: str = "") -> str:
    """Return a table cut into several above the given rows."""
    lines, edges = LINES[name], (0, *at, len(LINES[name]))
    parts = ["".join(lines[first:last]) for first, last in pairwise(edges)]
    return between.join(f"<table>{each}</table>" for each in parts)


def total_first() -> str:
    """Return table 三 with its column 总计 before the others."""
    lines = []
    for row in rows_of(T3, CASE):
        cells = [f'<td rowspan="{each.height}" colspan="{each.width}">{each.text}</td>' for each in row]
        if row[-1].figure or row[0].text == "自然人":
            last = cells.pop()
            cells.insert(len(cells) - (6 if row[-1].figure else 2), last)
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def by_row(name: str) -> str:
    return "".join(f"<table>{line}</table>" for line in LINES[name])


def list_of(items: Iterable[str]) -> str:
    """Return the long form: an item and its figure a row."""
    rows = "".join(f"<tr><td>{FORM.items[code].row}</td><td>件</td><td>{CASE.typed[code]}</td></tr>" for code in items)
    return f"<table><tr><td>统计指标</td><td>单位</td><td>数值</td></tr>{rows}</table>"


TOTALS = [item.code for item in T3.items if item.column == "总计"]
TURNED = "<table><tr><td></td><td>规章</td><td>行政规范性文件</td></tr>" + "".join(
    f"<tr><td>{label}</td><td>{CASE.typed[f't2.rules.{code}']}</td><td>{CASE.typed[f't2.normative.{code}']}</td></tr>"
    for label, code in (("本年制发件数", "issued"), ("本年废止件数", "repealed"), ("现行有效件数", "in_force"))
) + "</table>"  # fmt: skip
GLUED = re.sub(r'(数量|继续办理)</td><td rowspan="1" colspan="1">(\d+)', r"\1\2", TABLES["t3"])
GLUED_2 = re.sub(
    r'(行政许可|行政处罚|收费)</td><td rowspan="1" colspan="\d">(\d)',
    r"\1 \2",
    TABLES["t2"].replace("本年处理决定数量", "本年处理决定数量", 1),
)
YEARS = "".join(LINES["t4"][:-1]).replace("<tr>", "<tr><td rowspan=3>年度</td>", 1) + LINES["t4"][-1].replace(
    "<tr>", "<tr><td>2025</td>"
)
THEAD = f"<thead>{''.join(LINES['t3'][:3])}</thead><tbody>{''.join(LINES['t3'][3:])}</tbody>".replace("<td", "<th", 40)

PAGES: Mapping[str, tuple[str, set[str]]] = {
    "heads in a table of their own": (of(t3=split("t3", 3)), ALL),
    "figures of table 四 in a table of their own": (of(t4=split("t4", 3)), ALL),
    "cut for the next page, without heads": (of(t3=split("t3", 12)), ALL),
    "cut with the number of the page between": (of(t3=split("t3", 12, between="<p>- 3 -</p>")), ALL),
    "cut with words between": (of(t3=split("t3", 12, between="<p>以下为不予公开的情况。</p>")), {"t2", "t4"}),
    "cut into its blocks": (of(t2=split("t2", 4, 7, 11)), ALL),
    "a table a row": (of(t2=by_row("t2"), t3=by_row("t3")), {"t4"}),
    "table 四 in two": (of(t4=cut(T4, 0, 4) + cut(T4, 5, 14)), ALL),
    "table 四 in three": (of(t4=cut(T4, 0, 4) + "<p>续表</p>" + cut(T4, 5, 9) + cut(T4, 10, 14)), ALL),
    "table 四 under the wrong groups": (
        of(t4=cut(T4, 5, 14) + cut(T4, 0, 4).replace("行政复议", "其他案件")), {"t2", "t3"},
    ),
    "the total first": (of(t3=total_first()), {"t2", "t4"}),
    "label and figure in one cell": (of(t3=GLUED, t2=GLUED_2), {"t4"}),
    "the long form": (of(t3=list_of(TOTALS)), {"t2", "t4"}),
    "rows for columns": (of(t2=TURNED), {"t3", "t4"}),
    "a column of nobody": (of(t4=f"<table>{YEARS}</table>"), {"t2", "t3"}),
    "heads as thead and th": (of(t3=f"<table>{THEAD}</table>"), ALL),
    "hidden twins for telephones": (of(**{name: each + f"<div style='display:none'>{older(each)}</div>" for name, each in TABLES.items()}), ALL),
    "twins that both show": (of(**{name: each * 2 for name, each in TABLES.items()}), ALL),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_is_accounted_for(tmp_path: Path, name: str) -> None:
    """In its cell, or listed with its place; a table that cannot be read loses no figure in silence."""
    source, placed = PAGES[name]
    report = read(tmp_path, source)
    account(report, placed, source)
    assert all(each.missing == 0 for each in report.tables if each.id in placed)
    assert all(each.where and each.why for each in report.not_placed)


def spaced(_: Table, rows: Rows) -> Iterator[str]:
    """Yield a row a line, spaces between its cells: as copied from a PDF or a document."""
    for row in rows:
        yield " ".join(each.text for each in row if each.text)


def wrapped(_: Table, rows: Rows) -> Iterator[str]:
    """Yield a row a line, long labels broken before their figures, numbers of pages between the rows."""
    for at, row in enumerate(rows):
        line = "　".join(each.text for each in row if each.text)
        if row[-1].figure and len(row[0].text) > 20:
            yield from (line[:12], line[12:])
        else:
            yield line
        yield from (["— 3 —"] if at == 9 else [])


def bars(_: Table, rows: Rows) -> Iterator[str]:
    for row in rows:
        yield f"| {' | '.join(each.text for each in row)} |"
        yield "|---|---|"


def commas(_: Table, rows: Rows) -> Iterator[str]:
    for row in rows:
        yield ",".join(f'"{each.text}"' if "，" in each.text else each.text for each in row)


def runs(_: Table, rows: Rows) -> Iterator[str]:
    """Yield a row a line with its labels run together and glued to the first figure."""
    for row in rows:
        yield "".join(each.text for each in row if not each.figure) + " ".join(each.text for each in row if each.figure)


@pytest.mark.parametrize("draw", [spaced, wrapped, bars, commas])
def test_a_row_a_line(tmp_path: Path, draw: Callable[[Table, Rows], Iterator[str]]) -> None:
    """Text whose cells stand beside each other, whatever parts them, is cut into them; prose stays as it is."""
    report = read(tmp_path, text(CASE, draw), "txt")
    account(report, ALL)
    assert [said for _, said, _ in report.text["五"]] == ["存在的主要问题及改进情况的文字。"]
    prose = "全年收到申请 1010 件 1011 份。 网站 3 个\n行政许可 5\n2 3 4".splitlines()
    whole = text(CASE, draw).decode().replace("总体情况的文字。", "\n".join(prose))
    assert [said for _, said, _ in read(tmp_path, whole, "txt").text["一"]] == prose


def test_a_full_row_alone_is_certain(tmp_path: Path) -> None:
    """Where blank cells left no trace, the rows that lack a figure are listed, the full ones placed."""
    gone = {"t3.r1.research", "t2.rules.issued"}
    case = Case("gone", FORM, {code: "" if code in gone else each for code, each in CASE.typed.items()}, 2025)
    report = read(tmp_path, text(case, spaced), "txt")
    account(report, {"t4"}, " ".join(case.typed.values()))
    assert {each.raw for each in report.not_placed} == {
        CASE.typed[code]
        for code, item in FORM.items.items()
        if (item.table, item.row_code) in (("t3", "r1"), ("t2", "rules")) and code not in gone
    }


def test_labels_run_together(tmp_path: Path) -> None:
    """Without anything between the labels no column is known: all figures are listed, none is placed wrongly."""
    report = read(tmp_path, text(CASE, runs), "txt")
    assert all(
        show(each.answer.value) == CASE.typed[code]
        for code, each in report.figures.items()
        if isinstance(each.answer, Filled)
    )
    listed = numbers(each.raw for each in report.not_placed)
    held = {code for code, each in (report.figures | report.totals).items() if isinstance(each.answer, Filled)}
    lost = [typed for code, typed in CASE.typed.items() if code not in held and typed not in listed]
    assert lost == []


OLD = page(CASE, {name: older(each) for name, each in TABLES.items()}).decode().replace("2025年", "2024年")


def body(source: str) -> str:
    return source.partition("<body>")[2].partition("</body>")[0]


@pytest.mark.parametrize("first", [True, False])
def test_two_reports_on_one_page(tmp_path: Path, first: bool) -> None:
    """The report of the wanted year is read and the other named; neither figures nor text of that come in."""
    pieces = [body(of()), body(OLD)]
    source = f"<html><body>{''.join(pieces if first else reversed(pieces))}</body></html>"
    report = read(tmp_path, source)
    account(report, ALL)
    assert [len(said) for said in report.text.values()] == [1, 1, 1]
    assert ["2024" in each.message for each in report.findings if each.code == "IMPORT_012"] == [True]
    assert "IMPORT_006" not in [each.code for each in report.findings]


def test_a_report_with_links_to_others(tmp_path: Path) -> None:
    """Titles of other years in a list are links; a report that is alone is read whatever year its title states."""
    links = "<ul><li>某单位2023年政府信息公开工作年度报告</li><li>某单位2024年政府信息公开工作年度报告</li></ul>"
    for source in (of().replace("<h1>", links + "<h1>"), of().replace("</h1>", "</h1>" + links), of() + links):
        account(read(tmp_path, source), ALL)
    report = read(tmp_path, OLD)
    assert "IMPORT_006" in [each.code for each in report.findings]
    assert all(each.missing == 0 for each in report.tables)


def test_sheets_of_other_years(tmp_path: Path) -> None:
    """A workbook whose sheets name their years: the sheets of other years are left out and named."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx_sheets(CASE)))
    for sheet in list(book.worksheets):
        old = book.copy_worksheet(sheet)
        old.title = f"2024年{sheet.title}"
        for line in old.iter_rows():
            for cell in line:
                if str(cell.value).isdigit():
                    cell.value = f"9{cell.value}"
    buffer = io.BytesIO()
    book.save(buffer)
    report = read(tmp_path, buffer.getvalue(), "xlsx")
    account(report, ALL)
    assert "IMPORT_012" in [each.code for each in report.findings]


def test_annexed_tables(tmp_path: Path) -> None:
    """Below 附件 a table counts only where the report itself has none; else it is named and left out."""
    annex = "<p>附件：统计表</p>"
    both = of().replace("</body>", annex + older("".join(TABLES.values())) + "</body>")
    report = read(tmp_path, both)
    account(report, ALL)
    assert [each.code for each in report.findings].count("IMPORT_013") == 3
    alone = of(t2="", t3="", t4="").replace("</body>", annex + "".join(TABLES.values()) + "</body>")
    report = read(tmp_path, alone)
    account(report, ALL)
    assert "IMPORT_013" not in [each.code for each in report.findings]
    assert report.text["六"][-1][1] == "附件：统计表"


@pytest.mark.parametrize("write", [docx_bytes, html_bytes])
def test_our_own_annexes(tmp_path: Path, write: Callable[[Any], bytes]) -> None:
    """The comparison with last year and the list of bodies that we append change nothing of what comes back."""
    now = next(each for each in SAMPLES if each.name == "教育局2025年报.xlsx")
    last = checked(next(each for each in SAMPLES if each.name == "教育局2024年报.xlsx")).ret
    suffix = "docx" if write is docx_bytes else "html"
    plain = read(tmp_path, write(of_sample(now)), suffix)
    full = read(tmp_path, write(of_sample(now, last=last, covered=("甲局", "乙局"))), suffix)
    values = [{code: (each.answer, each.raw) for code, each in one.figures.items()} for one in (plain, full)]
    assert values[0] == values[1]
    assert full.not_placed == ()
    texts = [{number: [each[:2] for each in said] for number, said in report.text.items()} for report in (plain, full)]
    assert texts[0] == texts[1]


def test_tracked_changes(tmp_path: Path) -> None:
    """Of a Word document what is inserted counts and what is deleted does not, in cells and in whole rows."""
    document = docx.Document(io.BytesIO(docx_official(CASE)))
    table = document.tables[1]
    for run in list(table._tbl.iter(qn("w:r"))):
        words = run.findtext(qn("w:t")) or ""
        if words.isdigit():
            paragraph, inserted, deleted = run.getparent(), OxmlElement("w:ins"), OxmlElement("w:del")
            gone = OxmlElement("w:r")
            gone.append(OxmlElement("w:delText"))
            gone[0].text = "77"
            deleted.append(gone)
            paragraph.replace(run, inserted)
            inserted.append(run)
            paragraph.append(deleted)
    line = table.rows[3]._tr
    twin = copy.deepcopy(line)
    for each in twin.iter(qn("w:t")):
        each.text = f"9{each.text}" if each.text.isdigit() else each.text
    twin.get_or_add_trPr().append(OxmlElement("w:del"))
    line.addnext(twin)
    buffer = io.BytesIO()
    document.save(buffer)
    account(read(tmp_path, buffer.getvalue(), "docx"), ALL)


HEADINGS = [f"{part.number}、{part.title}" for part in FORM.parts]


@pytest.mark.parametrize(
    ("at", "written", "code", "kept"),
    [
        # Other spacing, punctuation, notes and words that mean the same are no fault.
        (0, "一、总体情况：", "", True),
        (2, "三. 收到和处理政府信息公开申请的情况", "", True),
        (3, "四、政府信息公开行政复议和行政诉讼情况（单位：件）", "", True),
        (4, "五、存在的主要问题和改进情况", "", True),
        (4, "存在的主要问题及改进情况", "", True),
        (1, "二、主动公开政府政府情况", "IMPORT_009", True),
        (4, "五、存在的问题和改进措施", "IMPORT_009", True),
        (4, "四、存在的主要问题及改进情况", "IMPORT_009", True),
        (5, "六、其他事项", "IMPORT_009", True),
        (2, "三、依申请公开办理情况", "IMPORT_009", True),
        (4, "五、下一步工作打算", "IMPORT_009", True),
        (5, "其他要说的", "IMPORT_007", False),
    ],
)
def test_headings(tmp_path: Path, at: int, written: str, code: str, kept: bool) -> None:
    """A heading that is not the official one is named with its place; what stands under it belongs to the part."""
    report = read(tmp_path, of().replace(HEADINGS[at], written))
    told = [each for each in report.findings if each.code in ("IMPORT_007", "IMPORT_009")]
    assert [each.code for each in told] == ([code] if code else [])
    if code == "IMPORT_009":
        assert written in told[0].message
        assert HEADINGS[at] in told[0].message
        assert "段" in told[0].message
    account(report, ALL)
    part = FORM.parts[at]
    if part.table is None:
        assert (part.number in report.text) is kept


def test_headings_beyond_the_sixth(tmp_path: Path) -> None:
    """A seventh part is named; the numbered points of a chapter, and the numbered rows of the tables, are no headings."""
    report = read(tmp_path, of().replace("</body>", "<p>七、附表</p><p>略。</p></body>"))
    assert [each.code for each in report.findings if each.code == "IMPORT_010"] == ["IMPORT_010"]
    assert [said for _, said, _ in report.text["六"]] == ["其他需要报告的事项的文字。", "七、附表", "略。"]
    points = "".join(f"<p>{number}、第{number}点</p>" for number in "一二三四五六七")
    for heading in HEADINGS[4:]:
        report = read(tmp_path, of().replace(f"{heading}</strong></p>", f"{heading}</strong></p>{points}"))
        assert not [each for each in report.findings if each.code in ("IMPORT_009", "IMPORT_010")]
        assert sum(len(said) for said in report.text.values()) == 3 + 7


def test_the_foreword_opens_the_first_chapter(tmp_path: Path) -> None:
    """Sentences between title and first part come in, and so are checked; what a page prints there does not."""
    said = "根据《中华人民共和国政府信息公开条例》编制本报告，统计期限自2025年1月1日起至2025年12月30日止。"
    chrome = "<p>发布时间：2026-01-12 10:00　来源：本单位　浏览次数：12</p><p>首页 &gt; 政务公开</p>"
    report = read(tmp_path, of().replace("</h1>", f"</h1>{chrome}<p>{said}</p>"))
    assert [(head, words) for head, words, _ in report.text["一"]] == [("", said), ("", "总体情况的文字。")]
    assert "IMPORT_014" in [each.code for each in report.findings]
    assert "IMPORT_014" not in [each.code for each in read(tmp_path, of().replace("</h1>", f"</h1>{chrome}")).findings]
