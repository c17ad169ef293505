"""``nianbao import``: published reports become workbooks, every figure in its cell or named as not placed."""

from __future__ import annotations

import io
import json
import os
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from tests.commands import Ended, run
from tests.office import convert, requires_office
from tests.reports import NAMES, SAMPLES, checked, of_sample
from tests.samples import BODIES, code_of, roster_of
from tests.soaking import first_of, soak
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.errors import ToolkitError
from toolkit.excel_in import Refused
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import IMPORT_SHEET
from toolkit.outputs.outside_objects import import_json
from toolkit.reading import read
from toolkit.report_in import PublishedReport, read_report
from toolkit.report_out import docx_bytes, html_bytes
from toolkit.roster import check_character
from toolkit.run import importing
from toolkit.run.importing import import_report
from toolkit.workbook.writing import put_sheets

CODE = "11990000" + "MB280000X"
CODE += check_character(CODE)
PUBLISHED = os.environ.get("NIANBAO_PUBLISHED")
WRITERS = {"docx": docx_bytes, "html": html_bytes}


def answer(ret_answers: object, form: Form, declared: frozenset[str], code: str) -> Answer:
    """Return what a published report can show of an answer: a declared blank is a printed zero, repairs are gone."""
    found = ret_answers.get(code, Blank())  # type: ignore[attr-defined]
    if isinstance(found, Blank):
        return Filled(0) if form.items[code].table in declared else Blank()
    return found


def same(left: Answer, right: Answer) -> bool:
    if isinstance(left, Filled) and isinstance(right, Filled):
        return left.value == right.value
    return type(left) is type(right)


def page(tmp_path: Path, text: str, name: str = "r.html", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def of_html(tmp_path: Path, body: str, year: int = 2025) -> PublishedReport:
    return read_report(page(tmp_path, f"<html><body>{body}</body></html>"), year=year, name="r.html")


# A small table 三 whose rows and heads can be bent: three rows of the form are enough to see where figures go.
HEADS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
TOP = (
    '<tr><td colspan="3" rowspan="3">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>'
    '<td colspan="7">申请人情况</td></tr>'
    '<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>'
    "<tr>" + "".join(f"<td>{head}</td>" for head in HEADS[1:-1]) + "</tr>"
)


def row(label: str, *figures: object, span: int = 3, before: str = "") -> str:
    cells = "".join(f"<td>{each}</td>" for each in figures)
    return f'<tr>{before}<td colspan="{span}">{label}</td>{cells}</tr>'


def table3(*rows: str, top: str = TOP) -> str:
    return f"<table>{top}{''.join(rows)}</table>"


R1 = "一、本年新收政府信息公开申请数量"
R2 = "二、上年结转政府信息公开申请数量"
COLUMNS = ("natural", "enterprise", "research", "nonprofit", "legal", "other")


def placed(report: PublishedReport, line: str) -> list[object]:
    """Return the figures of a row of table 三 as they were read, None for blank or not found."""
    found = []
    for column in COLUMNS:
        each = report.figures.get(f"t3.{line}.{column}")
        found.append(each.answer.value if each is not None and isinstance(each.answer, Filled) else None)
    return found


@pytest.mark.skipif(PUBLISHED is None, reason="the published reports are no part of the project")
def test_the_real_report_of_2019(tmp_path: Path) -> None:
    """Exactly the published cells: 14 of 198 with a figure, 8 inputs and 6 totals, 14.4万元 as 14.4, the prompt in 六."""
    folder = Path(str(PUBLISHED))
    cells = json.loads((folder / "seed-2019.cells.json").read_text(encoding="utf-8"))["cells"]
    done = import_report(folder / "seed-2019.txt", tmp_path / "o.xlsx", year=2019, respondent="汶上县公共资源交易中心")
    report, form = done.report, load_form("2019")
    assert report.form is form
    ordered = [item for table in form.tables for item in sorted(table.items, key=lambda one: (one.line, one.position))]
    assert len(cells) == len(ordered) == 198
    held = report.figures | report.totals
    for item, cell in zip(ordered, cells, strict=True):
        got, wanted = held[item.code].answer, cell["value"]
        assert item.column == cell["column"].split("▸")[-1] or cell["column"].endswith(f"/{item.column}")
        if wanted is None:
            assert isinstance(got, Blank), item.code
        else:
            assert isinstance(got, Filled), item.code
            assert got.value == Decimal(str(wanted).removesuffix("万元")), item.code
    filled = [code for code, each in held.items() if isinstance(each.answer, Filled)]
    assert sorted(form.items[code].computed for code in filled) == [False] * 8 + [True] * 6
    assert held["t2.procurement.amount"].answer == Filled(Decimal("14.4"), "14.4万元", "VALUE_002")
    assert report.not_placed == ()
    assert [(each.filled, each.blank, each.missing) for each in report.tables] == [(8, 14, 0), (3, 158, 0), (3, 12, 0)]
    assert {"VALUE_002", "TEXT_002"} <= {each.code for each in done.findings}
    assert done.checked.ret is not None
    assert done.checked.ret.stated == {}, "totals are formulas, published ones are only compared"


@pytest.mark.parametrize("path", first_of(SAMPLES, 6), ids=NAMES)
def test_what_was_published_comes_back(tmp_path: Path, path: Path) -> None:
    """Every sample, both forms, docx and HTML: the same figures cell by cell, the same text under the same heads."""
    ret = checked(path).ret
    assert ret is not None
    assert ret.year is not None
    report = of_sample(path)
    for suffix, write in WRITERS.items():
        target = tmp_path / f"r.{suffix}"
        target.write_bytes(write(report))
        got = read_report(target, year=ret.year, name=target.name)
        assert got.form is ret.form
        for code in ret.form.inputs:
            wanted = answer(ret.answers, ret.form, ret.declared, code)
            assert same(got.answers.get(code, Blank()), wanted), (suffix, code)
        assert got.name == (ret.identity.name or "")
        text = {number: [(each.head, each.text) for each in lines] for number, lines in ret.text.items() if lines}
        assert {n: [(head, words) for head, words, _ in lines] for n, lines in got.text.items()} == text
        assert all(each.missing == each.not_placed == 0 for each in got.tables)
        assert {each.code for each in got.findings} <= {"IMPORT_004"}


def test_it_serves_as_last_year(tmp_path: Path) -> None:
    """An imported report chains to the next year: X1 is checked against its 结转下年度."""
    source = next(path for path in SAMPLES if path.name == "教育局2024年报.xlsx")
    after = next(path for path in SAMPLES if path.name == "教育局2025年报.xlsx")
    ret = checked(after).ret
    assert ret is not None
    web = tmp_path / "2024.html"
    web.write_bytes(html_bytes(of_sample(source)))
    text = web.read_text(encoding="utf-8")
    before = import_report(web, tmp_path / "2024.xlsx", year=2024, code=str(ret.identity.code))
    assert before.checked.ret is not None
    done = run("check", after, "--last-year", tmp_path / "2024.xlsx", "--format", "json")
    codes = [each["code"] for each in json.loads(done.out)["files"][0]["findings"]]
    assert "ID_020" not in codes
    assert "X1" not in codes
    carried = before.checked.ret.figures["t3.r4.natural"]
    assert carried is not None
    at = text.index(">", text.index("<td", text.index("四、结转下年度继续办理</th>"))) + 1
    web.write_text(text[:at] + "9" + text[at:], encoding="utf-8")
    import_report(web, tmp_path / "2024.xlsx", year=2024, code=str(ret.identity.code))
    done = run("check", after, "--last-year", tmp_path / "2024.xlsx", "--format", "json")
    assert "X1" in [each["code"] for each in json.loads(done.out)["files"][0]["findings"]]


def test_published_totals_are_compared_and_never_stored(tmp_path: Path) -> None:
    """A wrong total is an error at its place; the workbook's total is its formula; a right one is silent."""
    body = table3(row(R1, 1, 2, 0, 0, 0, 0, 4), row(R2, 1, 2, 0, 0, 0, 0, 3))
    path = page(tmp_path, f"<p>一、总体情况</p><p>无。</p>{body}")
    done = import_report(path, tmp_path / "o.xlsx", year=2025, respondent="某局")
    told = [each for each in done.findings if each.code == "IMPORT_008"]
    assert [(each.items, each.actual, each.expected) for each in told] == [(("t3.r1.total",), "4", "3")]
    assert "第 1 张表第 4 行" in told[0].message
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    sheet, line, column = lay_out(done.report.form).cell("t3.r1.total")
    assert str(book[sheet].cell(line + 1, column + 1).value).startswith("=")
    sheet = book[IMPORT_SHEET]
    texts = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert any(line[1:4] == ["t3.r1.total", "4", 3] and line[5] == "不一致" for line in texts)
    assert any(line[1:4] == ["t3.r2.total", "3", 3] and line[5] == "一致" for line in texts)
    assert any(line[1:4] == ["t3.r1.enterprise", "2", 2] for line in texts)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # As it should be, and with cells as people write them.
        ((row(R1, 1, 2, 3, 4, 5, 6, 21),), [1, 2, 3, 4, 5, 6]),
        ((row(R1, "１", "<p>2</p>", "&nbsp;3 ", "", "<br>5<br>", "<span>6</span>", 17),), [1, 2, 3, None, 5, 6]),
        # The label in one column and two blank ones beside it.
        ((f"<tr><td>{R1}</td><td></td><td></td>" + "<td>7</td>" * 7 + "</tr>",), [7] * 6),
        # Hidden cells are none; neither is a comment.
        ((row(R1, 1, 2, 3, 4, 5, 6, 21).replace("<td>2</td>", '<td style="display: none">9</td><td>2</td>'),), [1, 2, 3, 4, 5, 6]),
        # Not straight: a cell too few, too many, one that spans two columns, a figure between label and columns.
        ((row(R1, 1, 2, 3, 4, 5, 6),), [None] * 6),
        ((row(R1, 1, 2, 3, 4, 5, 6, 21, 8),), [None] * 6),
        ((row(R1, 1, 2, 3, 4, 5, 21).replace("<td>2</td>", '<td colspan="2">2</td>'),), [None] * 6),
        ((f"<tr><td>{R1}</td><td>1</td><td></td>" + "<td>7</td>" * 7 + "</tr>",), [None] * 6),
        # One cell for two rows.
        ((row(R1, 1, 2, 3, 4, 5, 6, 21).replace("<td>3</td>", '<td rowspan="2">3</td>'), row(R2, 1, 2, 4, 5, 6, 18)), [None] * 6),
        # The same row twice.
        ((row(R1, 1, 2, 3, 4, 5, 6, 21), row(R1, 2, 2, 3, 4, 5, 6, 22)), [None] * 6),
    ],
)  # fmt: skip
def test_rows(tmp_path: Path, rows: tuple[str, ...], expected: list[object]) -> None:
    """A figure is placed where its labels lead to it; a row that is not straight is left blank and listed."""
    report = of_html(tmp_path, table3(*rows))
    assert placed(report, "r1") == expected
    assert (report.not_placed == ()) == any(each is not None for each in expected)


@pytest.mark.parametrize(
    ("top", "sure"),
    [
        (TOP, True),
        (TOP.replace("申请人情况", "申请人情况(单位:件)").replace("科研机构", "科研<br>机构"), True),
        # Columns in another order, one that is named twice, one that nobody knows.
        (TOP.replace("商业企业", "X").replace("科研机构", "商业企业").replace("X", "科研机构"), False),
        (TOP.replace("科研机构", "商业企业"), False),
        # Spans lost: the labels still follow each other as in the form, and the row has just as many cells.
        (TOP.replace('rowspan="2"', "").replace('rowspan="3"', "").replace('colspan="5"', "").replace('colspan="3"', ""), True),
    ],
)  # fmt: skip
def test_heads(tmp_path: Path, top: str, sure: bool) -> None:
    """Columns are known by their labels, in the order of the form; anything else places nothing."""
    report = of_html(tmp_path, table3(row(R1, 1, 2, 3, 4, 5, 6, 21), top=top))
    assert placed(report, "r1") == ([1, 2, 3, 4, 5, 6] if sure else [None] * 6)
    assert (report.not_placed == ()) is sure


def test_an_additional_column_and_row(tmp_path: Path) -> None:
    """法人小计 and a row 小计 are of nobody's form: their figures are listed, all others placed."""
    top = TOP.replace('colspan="5"', 'colspan="6"').replace("<td>其他</td>", "<td>其他</td><td>小计</td>")
    rows = row(R1, 1, 2, 3, 4, 5, 6, 20, 21), row("小计", 9, 9, 9, 9, 9, 9, 9, 9), row(R2, 1, 0, 0, 0, 0, 0, 0, 1)
    report = of_html(tmp_path, table3(*rows, top=top))
    assert placed(report, "r1") == [1, 2, 3, 4, 5, 6]
    assert placed(report, "r2") == [1, 0, 0, 0, 0, 0]
    assert sorted(each.raw for each in report.not_placed) == sorted(["20", "0", *["9"] * 8])


def test_a_figure_that_stands_twice(tmp_path: Path) -> None:
    """Two tables that agree are one; where they differ the cell is left blank and both figures are listed."""
    one, two = table3(row(R1, 1, 2, 3, 4, 5, 6, 21)), table3(row(R1, 1, 2, 3, 4, 5, 7, 21))
    assert placed(of_html(tmp_path, one + one), "r1") == [1, 2, 3, 4, 5, 6]
    report = of_html(tmp_path, one + two)
    assert placed(report, "r1") == [1, 2, 3, 4, 5, None]
    assert sorted(each.raw for each in report.not_placed) == ["6", "7"]


MONEY = (
    "<table><tr><td>信息内容</td><td>{head}</td></tr><tr><td>{row}</td><td>{figure}</td></tr></table>"
    "<table><tr><td>信息内容</td><td>本年处理决定数量</td></tr><tr><td>行政许可</td><td>{count}</td></tr></table>"
)


@pytest.mark.parametrize(
    ("head", "figure", "expected"),
    [
        ("本年收费金额（单位：万元）", "14.4", "14.4"),
        ("本年收费金额（单位：元）", "144000", "14.4"),
        ("本年收费金额(元)", "14.4万元", "14.4"),
        ("本年收费金额", "251000元", "25.1"),
        ("本年收费金额（单位：亿元）", "1", None),
        ("本年收费金额（单位：万元）", "约14", None),
    ],
)
def test_units(tmp_path: Path, head: str, figure: str, expected: str | None) -> None:
    """A figure is read in the unit of its own column, else not at all."""
    report = of_html(tmp_path, MONEY.format(head=head, row="行政事业性收费", figure=figure, count=3))
    found = report.figures["t2.fees.amount"].answer
    assert (
        (found.value == Decimal(expected)) if expected and isinstance(found, Filled) else isinstance(found, Unreadable)
    )


OTHER_UNITS = [
    ("t2.fees.amount", "（单位：百元）", "1440"),
    ("t2.fees.amount", "（单位：千元）", "144"),
    ("t2.fees.amount", "（单位：百万元）", "0.144"),
    ("t2.fees.amount", "（单位：亿元）", "1"),
    ("t2.fees.amount", "（美元）", "20000"),
    ("t2.licensing.decisions", "（万件）", "2"),
    ("t2.licensing.decisions", "（单位：百件）", "3件"),
]


@pytest.mark.parametrize(("code", "unit", "figure"), OTHER_UNITS)
def test_a_unit_that_the_form_does_not_use_is_refused(tmp_path: Path, code: str, unit: str, figure: str) -> None:
    """The finding names figure, unit and place; nothing is written. A zero is one in any unit."""
    money = code == "t2.fees.amount"

    def report(shown: str) -> Path:
        body = MONEY.format(head="本年收费金额", row="行政事业性收费", figure=3, count=shown)
        if money:
            body = MONEY.format(head=f"本年收费金额{unit}", row="行政事业性收费", figure=shown, count=3)
        return page(tmp_path, body if money else body.replace("本年处理决定数量", f"本年处理决定数量{unit}"))

    path, target = report(figure), tmp_path / "out" / "o.xlsx"
    target.parent.mkdir()
    read_as = read_report(path, year=2025, name="r.html")
    (refusal,) = [each for each in read_as.findings if each.code == "IMPORT_015"]
    assert (refusal.items, refusal.actual, refusal.severity.value) == ((code,), figure, "error")
    assert isinstance(read_as.figures[code].answer, Unreadable)
    done = command(path, "--year", "2025", "--respondent", "某局", "-o", target)
    assert (done.code, done.out) == (2, "")
    assert "IMPORT_015" in done.err
    assert unit.strip("（）").removeprefix("单位：") in done.err
    assert list(target.parent.iterdir()) == []
    import_report(report("0"), target, year=2025, respondent="某局")
    ret = read(target, name="o.xlsx").ret
    assert ret is not None
    assert ret.answers[code] == Filled(Decimal(0) if money else 0, "0")


def test_a_workbook_that_does_not_give_back_what_was_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in writing leaves the old file as it was, and says so in one line."""
    path, target = page(tmp_path, table3(row(R1, 1, 2, 3, 4, 5, 6, 21))), tmp_path / "out" / "o.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"before")
    monkeypatch.setattr(importing, "put_sheets", lambda book, filling: put_sheets(book, replace(filling, answers={})))
    with pytest.raises(ToolkitError, match=r"t2\.rules\.issued"):
        import_report(path, target, year=2025, respondent="某局")
    assert [each.read_bytes() for each in target.parent.iterdir()] == [b"before"]


def test_labels_with_notes_and_of_the_other_form(tmp_path: Path) -> None:
    """Provincial notes and shortened labels lead to the same cell; an unknown row to none."""
    body = (
        "<table><tr><td>第二十条  第(一)项</td></tr><tr><td>信息内容</td><td>本年制发件数</td><td>本年废<br>止件数</td>"
        "<td>现行有效件数 (历史累计)</td></tr><tr><td>规章(县级无此项)</td><td>/</td><td>无</td><td>—</td></tr>"
        "<tr><td>规范性文件</td><td>1</td><td>2</td><td>３</td></tr><tr><td>其他主动公开文件</td><td>7</td><td>8</td><td>9</td></tr></table>"
    )
    report = of_html(tmp_path, body)
    assert [report.figures[f"t2.normative.{each}"].answer for each in ("issued", "repealed")] == [
        Filled(1, "1"),
        Filled(2, "2"),
    ]
    assert isinstance(report.figures["t2.rules.issued"].answer, Blank)
    assert sorted(each.raw for each in report.not_placed) == ["7", "8", "9"]
    assert report.form.id == "2021"


def test_the_form_is_told_by_the_labels(tmp_path: Path) -> None:
    """The obsolete form is read as what it is and reported; labels of both give a warning; none follow the year."""
    old = "<table><tr><td>信息内容</td><td>采购项目数量</td><td>采购总金额</td></tr><tr><td>政府集中采购</td><td>3</td><td>8</td></tr></table>"
    new = MONEY.format(head="本年收费金额", row="行政事业性收费", figure=1, count=3)
    new += "<table><tr><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr></table>"
    done = import_report(page(tmp_path, old), tmp_path / "o.xlsx", year=2023, respondent="某局")
    assert done.report.form.id == "2019"
    assert "ID_022" in [each.code for each in done.findings]
    assert "IMPORT_005" in [each.code for each in of_html(tmp_path, old + new).findings]
    assert of_html(tmp_path, old + new).form.id == "2021"
    report = of_html(tmp_path, table3(row(R1, 1, 2, 3, 4, 5, 6, 21)), year=2020)
    assert (report.form.id, "IMPORT_004" in [each.code for each in report.findings]) == ("2019", True)


def test_chapters(tmp_path: Path) -> None:
    """Headings in any markup, sub-headings of the form, no text of the page around."""
    body = (
        "<div>首页 &gt; 政务公开</div><h1>样例县教育局 2025年政府信息公开工作年度报告</h1><div><b>一、总体情况</b></div>"
        "<p>　　全年工作平稳。</p><p>（一）主动公开</p><p>公开<span>信息</span>12条。</p><p>（二）依申请公开。收到3件。</p>"
        "<h3>五、存在的主要问题及改进情况</h3><p>第一段。<br>第二段。</p><p>六、其他需要报告的事项</p><p>无。</p>"
        "<p>【打印】【关闭】</p><p>版权所有：样例县</p><script>alert('一、总体情况')</script>"
    )
    report = of_html(tmp_path, body)
    assert report.name == "样例县教育局"
    assert [(head, text) for head, text, _ in report.text["一"]] == [
        ("", "全年工作平稳。"), ("（一）主动公开", "公开信息12条。"), ("（二）依申请公开", "（二）依申请公开。收到3件。"),
    ]  # fmt: skip
    assert [text for _, text, _ in report.text["五"]] == ["第一段。", "第二段。"]
    assert [text for _, text, _ in report.text["六"]] == ["无。"]
    assert [each.code for each in report.findings].count("IMPORT_001") == 3
    assert "IMPORT_007" not in [each.code for each in report.findings]
    without = of_html(tmp_path, body.replace("六、其他需要报告的事项", "其他"))
    assert "IMPORT_007" in [each.code for each in without.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """Whatever the page says of its encoding, the characters are read."""
    body = '<html><head><meta charset="gb2312"></head><body>' + table3(row(R1, 1, 2, 3, 4, 5, 6, 21)) + "</body></html>"
    report = read_report(page(tmp_path, body, encoding=encoding), year=2025, name="r.html")
    assert placed(report, "r1") == [1, 2, 3, 4, 5, 6]


LINES = [R1, "1", "2", "3", "4", "5", "6", "21", R2, "0", "0", "0", "0", "0", "0", "0"]
HEAD_LINES = ["申请人情况", "自然人", "法人或其他组织", "总计", "商业", "企业", *HEADS[2:-1]]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (HEAD_LINES + LINES, [1, 2, 3, 4, 5, 6]),
        ("\n\n".join([*HEADS[:1], "法人或其他组织", HEADS[-1], *HEADS[1:-1], *LINES]).split("\n"), [1, 2, 3, 4, 5, 6]),
        # A figure is missing: which of the seven cannot be told.
        ([each for each in HEAD_LINES + LINES if each != "4"], [None] * 6),
        (HEAD_LINES + LINES[:4] + ["9"] + LINES[4:], [None] * 6),
        ([each for each in HEAD_LINES if each != "科研机构"] + LINES, [None] * 6),
    ],
)
def test_one_cell_a_line(tmp_path: Path, lines: list[str], expected: list[object]) -> None:
    """Without rows and blanks only a full count is certain."""
    path = page(tmp_path, "三、收到和处理政府信息公开申请情况\n" + "\n".join(lines) + "\n四、其他\n", "r.txt")
    report = read_report(path, year=2025, name="r.txt")
    assert placed(report, "r1") == expected
    assert bool(report.not_placed) is (expected[0] is None)


def test_a_workbook_made_by_hand(tmp_path: Path) -> None:
    """Merged heads, figures typed as text and as numbers, a hidden row: cells carry their address."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表三"
    sheet.append(["某局2025年政府信息公开工作年度报告"])
    sheet.append(["申请人情况", None, None, "自然人", "法人或其他组织", None, None, None, None, "总计"])
    sheet.append([None, None, None, None, *HEADS[1:-1], None])
    sheet.append([R1, None, None, "1", 2, 3, 4, 5, "6件", 21])
    sheet.append([R2, None, None, 9, 9, 9, 9, 9, 9, 9])
    for box in ("D2:D3", "E2:I2", "J2:J3", "A4:C4"):
        sheet.merge_cells(box)
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "r.xlsx")
    report = read_report(tmp_path / "r.xlsx", year=2025, name="r.xlsx")
    assert placed(report, "r1") == [1, 2, 3, 4, 5, 6]
    assert placed(report, "r2") == [None] * 6
    assert report.figures["t3.r1.other"].where == "表三!I4"
    assert report.name == "某局"


def test_figures_of_a_workbook_that_are_seen_otherwise(tmp_path: Path) -> None:
    """Struck out, scaled, with a raised mark, not shown: none is taken, each is said with its cell; a unit is no matter."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表三"
    sheet.append(["申请人情况", None, None, *HEADS])
    sheet.append(
        [R1, None, None, 10, 2000, CellRichText("3", TextBlock(InlineFont(vertAlign="superscript"), "1")), 4, 5, 6]
    )
    sheet["D2"].font = Font(strike=True)
    for cell, code in {"E2": "0.0,", "G2": ";;;", "H2": '0"件"'}.items():
        sheet[cell].number_format = code
    book.save(tmp_path / "r.xlsx")
    report = read_report(tmp_path / "r.xlsx", year=2025, name="r.xlsx")
    answers = [report.figures[f"t3.r1.{column}"].answer for column in COLUMNS]
    assert [answer.reason if isinstance(answer, Unreadable) else None for answer in answers] == [
        "VALUE_020", "VALUE_018", "VALUE_019", "VALUE_018", None, None
    ]  # fmt: skip
    assert [(note.cell, note.code) for note in report.findings if note.code.startswith("VALUE")] == [
        ("D2", "VALUE_020"), ("E2", "VALUE_018"), ("F2", "VALUE_019"), ("G2", "VALUE_018"),
    ]  # fmt: skip


def test_a_word_document_with_merges_and_nested_tables(tmp_path: Path) -> None:
    """A table inside a table is found; merged labels cover their columns."""
    document = docx.Document()
    document.add_paragraph("某局2025年政府信息公开工作年度报告")
    cell = document.add_table(1, 1).cell(0, 0)
    table = cell.add_table(4, 10)
    for column, head in zip((3, 4, 9), ("自然人", "法人或其他组织", "总计"), strict=True):
        table.cell(1, column).text = head
    for column, head in enumerate(HEADS[1:-1], 4):
        table.cell(2, column).text = head
    for box in (((1, 3), (2, 3)), ((1, 4), (1, 8)), ((1, 9), (2, 9)), ((3, 0), (3, 2))):
        table.cell(*box[0]).merge(table.cell(*box[1]))
    table.cell(3, 0).text = R1
    for column, figure in enumerate((1, 2, 3, 4, 5, 6, 21), 3):
        table.cell(3, column).text = str(figure)
    buffer = io.BytesIO()
    document.save(buffer)
    (tmp_path / "r.docx").write_bytes(buffer.getvalue())
    report = read_report(tmp_path / "r.docx", year=2025, name="r.docx")
    assert placed(report, "r1") == [1, 2, 3, 4, 5, 6]
    assert report.name == "某局"


@soak
@pytest.mark.office
@requires_office
def test_a_printed_workbook_comes_back_from_its_pdf(tmp_path: Path) -> None:
    """The text layer of a PDF: ruled tables over pages, radicals for characters, numbers of pages left out."""
    path = next(each for each in SAMPLES if each.name == "教育局2025年报.xlsx")
    ret = checked(path).ret
    assert ret is not None
    (pdf,) = convert([path], "pdf", tmp_path)
    report = read_report(pdf, year=2025, name=pdf.name)
    for code in ret.form.inputs:
        wanted = answer(ret.answers, ret.form, ret.declared, code)
        assert same(report.answers.get(code, Blank()), wanted), code
    assert report.not_placed == ()
    assert all(each.where.startswith("第 ") and "页" in each.where for each in report.figures.values())


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.html", b"", "FILE_001"),
        ("a.html", b"<html>" + b"<div>" * 5000 + b"</html>", "FILE_042"),
        ("a.html", ("<table>" + "<tr>" + '<td colspan="900">1</td>' * 2000 + "</tr></table>").encode(), "FILE_042"),
        (
            "a.html",
            ("<table>" + '<tr><td rowspan="99999" colspan="99">1</td></tr>' * 2000 + "</table>").encode(),
            "FILE_042",
        ),
        ("a.txt", ("一行\n" * 2_000_000).encode(), "FILE_042"),
        ("a.pdf", b"%PDF-1.4 nothing", "FILE_020"),
        ("a.docx", b"PK\x03\x04 word/", "FILE_020"),
        ("a.bin", b"\x00\x01\x02" * 99, "FILE_018"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, None),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, data: bytes, code: str | None) -> None:
    """One line that says what it is and what to do, exit 2, and no workbook."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_report(tmp_path / name, year=2025, name=name)
    assert code in (None, refused.value.code)
    with pytest.raises(ToolkitError):
        import_report(tmp_path / name, tmp_path / "o.xlsx", year=2025)
    assert not (tmp_path / "o.xlsx").exists()


def test_a_word_bomb_is_refused(tmp_path: Path) -> None:
    """A document that inflates beyond the limit is not opened."""
    with zipfile.ZipFile(tmp_path / "b.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (70 * 2**20))
    with pytest.raises(Refused, match="FILE_042"):
        read_report(tmp_path / "b.docx", year=2025, name="b.docx")


def command(*arguments: str | Path) -> Ended:
    return run("import", *arguments)


def test_the_command(tmp_path: Path) -> None:
    """Text and JSON say how sure each table is; the report is not touched; bad use ends with 2 and one line."""
    path = page(tmp_path, table3(row(R1, 1, 2, 3, 4, 5, 6, 21)))
    before = path.read_bytes()
    target = tmp_path / "o.xlsx"
    done = command(path, "--year", "2025", "--respondent", "某局", "--code", CODE, "-o", target)
    assert done.code == 1, "two tables are missing"
    assert "应有 175 格，读到 7" in done.out
    assert str(target) in done.err
    assert path.read_bytes() == before
    ret = read(target, name="o.xlsx").ret
    assert ret is not None
    assert (ret.identity.name, ret.identity.code, ret.year) == ("某局", CODE, 2025)
    done = command(path, "--year", "2025", "-o", target, "--format", "json")
    said = json.loads(done.out)
    assert said["schema"] == "nianbao.import/1"
    assert said["tables"][1] | {"title": ""} == {
        "table": "t3", "title": "", "expected": 175, "found": 7, "blank": 0, "missing": 168, "not_placed": 0,
    }  # fmt: skip
    item = next(each for each in said["items"] if each["code"] == "t3.r1.enterprise")
    assert item == {
        "code": "t3.r1.enterprise",
        "state": "filled",
        "value": 2,
        "raw": "2",
        "where": "第 1 张表第 4 行第 3 格",
    }
    assert [each["recomputed"] for each in said["totals"]] == [21]
    for bad in (
        (path, "--year", "2025", "-o", tmp_path / "o.txt"),
        (path, "--year", "2025", "-o", target, "--code", "123"),
        (tmp_path / "none.html", "--year", "2025", "-o", target),
        (path, "--year", "1999", "-o", target),
    ):
        done = command(*bad)
        assert (done.code, done.out) == (2, ""), bad
        assert len(done.err.strip().splitlines()) == 1


def test_an_imported_json_lists_what_was_not_placed(tmp_path: Path) -> None:
    """Every figure that was left out has its place and its reason."""
    path = page(tmp_path, table3(row(R1, 1, 2, 3, 4, 5, 6)))
    done = import_report(path, tmp_path / "o.xlsx", year=2025, respondent="某局")
    listed = import_json(done.report, done.checked, done.findings, done.file, done.output.name)["not_placed"]
    assert [each["raw"] for each in listed] == ["1", "2", "3", "4", "5", "6"]
    assert all(each["why"] and "第 1 张表第 4 行" in each["where"] for each in listed)


def test_a_folder_is_imported_by_the_titles_of_its_reports(tmp_path: Path) -> None:
    """Each body is found on the roster by the title; what cannot be read stops none of the others and is said."""
    (tmp_path / "名录.xlsx").write_bytes(roster_of(3))
    reports, out = tmp_path / "报告", tmp_path / "出"
    (reports / "又").mkdir(parents=True)
    for at, folder in ((0, reports), (1, reports / "又")):
        title = f"{BODIES[at][2]}2025年政府信息公开工作年度报告"
        (folder / "报告.txt").write_text(f"{title}\n一、总体情况\n本年主动公开信息{at}条。\n", encoding="utf-8")
    (reports / "扫描.pdf").write_bytes(b"%PDF-1.4 broken")
    done = run("import", reports, "--year", "2025", "--roster", tmp_path / "名录.xlsx", "-o", out)
    assert (done.code, "扫描.pdf：没有导入" in done.err) == (1, True), done.err
    codes = {file["respondent"]["code"] for file in run("read", out, "--format", "json").json["returns"]}
    assert codes == {code_of(BODIES[at][0]) for at in (0, 1)}
    assert len(list(out.iterdir())) == 2


@pytest.mark.parametrize(("level", "codes"), [("乡镇", ["C2"]), ("市", [])])
def test_the_level_of_a_body_decides_who_may_have_rules(tmp_path: Path, level: str, codes: list[str]) -> None:
    """--region-level goes into the workbook: 规章 of a township are an error at once, those of a city are none."""
    (path,) = (path for path in SAMPLES if path.name == "城关镇2025年报.xlsx")
    (tmp_path / "r.html").write_bytes(html_bytes(of_sample(path)))
    said = command(
        tmp_path / "r.html", "--year", "2025", "--region-level", level, "-o", tmp_path / "r.xlsx", "--format", "json"
    )
    found = [(one["code"], one["severity"]) for one in json.loads(said.out)["findings"] if one["code"] == "C2"]
    assert found == [(code, "error") for code in codes]
    ret = read(tmp_path / "r.xlsx", name="r.xlsx").ret
    assert ret is not None
    assert ret.identity.level == level
