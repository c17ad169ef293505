"""Published reports as they are: each kind of damage, over many rows and figure sets, ends read or listed – never wrong, never silent."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import escape
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.layouts import Case, docx_official, html_official
from tests.soaking import first_of, only
from toolkit.answers import Filled, Unreadable
from toolkit.forms import load_form
from toolkit.report_in import read_report
from toolkit.report_in.left_out import MARKED
from toolkit.returns.numbers import NOT_FOUND
from toolkit.run.importing import Imported, import_report

ROWS = {
    "r1": 30, "r2": 2, "r3_1": 20, "r3_2": 5, "r3_3_1": 1, "r3_4_1": 4, "r3_7": 30, "r4": 2,
}  # fmt: skip
TABLE_2 = {
    "t2.normative.issued": 3, "t2.normative.repealed": 1, "t2.normative.in_force": 9, "t2.licensing.decisions": 120,
    "t2.penalty.decisions": 30, "t2.coercion.decisions": 2, "t2.fees.amount": "12.5",
}  # fmt: skip
CASES_OF_4 = {"t4.review.upheld": 2, "t4.review.total": 2, "t4.suit_direct.upheld": 1, "t4.suit_direct.total": 1}


def good(**other: object) -> Case:
    """Return a report that is right: every applicant is a natural person; ``other`` figures by item, dots as ``__``."""
    form = load_form("2021")
    typed: dict[str, object] = dict.fromkeys(form.items, 0) | TABLE_2 | CASES_OF_4
    for row, figure in ROWS.items():
        typed |= {f"t3.{row}.natural": figure, f"t3.{row}.total": figure}
    typed |= {code.replace("__", "."): figure for code, figure in other.items()}
    return Case("good", form, {code: str(figure) for code, figure in typed.items()}, 2024)


def imported(tmp_path: Path, text: str | bytes, suffix: str = "html", year: int = 2024) -> Imported:
    path = tmp_path / f"r.{suffix}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_report(path, tmp_path / "o.xlsx", year=year, respondent="甲县乙局")


def codes(done: Imported) -> list[str]:
    return [finding.code for finding in done.findings]


def wrong(done: Imported, typed: Mapping[str, str]) -> list[str]:
    """Return the items that were read as another figure than was published."""
    figures = done.report.figures | done.report.totals
    return [
        code
        for code, figure in figures.items()
        if isinstance(figure.answer, Filled) and str(figure.answer.value) != typed[code]
    ]


def test_a_right_report_is_read_whole(tmp_path: Path) -> None:
    """The control."""
    done = imported(tmp_path, html_official(good()))
    assert wrong(done, good().typed) == []
    assert done.report.lost == ()
    assert not {code for code in codes(done) if code.startswith(("IMPORT_", "I", "BLANK"))} - {"ID_008"}


@pytest.mark.parametrize("row", only(["r1", "r2", "r3_3_1", "r3_4_1", "r3_7", "r4"], "r1", "r3_4_1"))
def test_what_import_lost_accuses_nobody(tmp_path: Path, row: str) -> None:
    """A row with a cell too few is not found: said once, marked in the workbook, and no rule that rests on it is judged."""
    case = good()
    label = next(one.label for one in case.form.table("t3").rows if one.code == row)
    text = html_official(case).decode()
    at = text.index(">0</td>", text.index(f">{label}<"))
    done = imported(
        tmp_path,
        text[:at] + text[at:].replace(">0</td>", "></td>", 0).replace('<td rowspan="1" colspan="1">0</td>', "", 1),
    )
    ret = done.checked.ret
    assert ret is not None
    assert set(done.report.lost) == {item.code for item in case.form.table("t3").inputs if item.row_code == row}
    assert {ret.answers[code] for code in done.report.lost} <= {Unreadable(NOT_FOUND, "VALUE_021")}
    assert not {"IMPORT_008", "I1", "I2", "I3", "BLANK_001", "VALUE_010"} & {
        *codes(done),
        *(f.code for f in done.checked.findings),
    }
    assert codes(done).count("IMPORT_002") == 1
    assert wrong(done, case.typed) == []


WORDS = "2024年收到政府信息公开申请99件，均按期答复。"


def with_text(*lines: str, after: str = "一、总体情况") -> str:
    """Return the right report with paragraphs below a heading in place of what stands there."""
    text = html_official(good()).decode()
    heading = f"<p><strong>{after}</strong></p>"
    start = text.index(heading) + len(heading)
    end = text.index("<table", start) if after[0] in "二三四" else text.index("</p>", start) + 4
    return text[:start] + "".join(f"<p>{line}</p>" for line in lines) + text[end:]


@pytest.mark.parametrize("title", first_of(part.title for part in load_form("2021").parts))
@pytest.mark.parametrize("style", ["（一）{}", "(二) {}", "1.{}", "{}", "（3）{}：", "第一、{}"])
def test_a_sub_heading_opens_no_part(tmp_path: Path, style: str, title: str) -> None:
    """Titles of the parts recur as sub-headings of the first: whatever number they have, its text is carried and checked."""
    head = style.format(title)
    done = imported(tmp_path, with_text("2024年有序推进。", head, WORDS, "（二）依申请公开政府信息情况", "略述。"))
    said = [words for _, words, _ in done.report.text["一"]]
    assert {"2024年有序推进。", WORDS, "略述。"} <= set(said)
    assert "N1" in codes(done)
    assert not {"IMPORT_007", "IMPORT_010"} & set(codes(done))
    assert list(done.report.text) == ["一", "五", "六"]


@pytest.mark.parametrize("at", only(range(6), 0, 3))
@pytest.mark.parametrize("written", ["{}、工作基本情况", "{}、有关工作开展情况", "{} 、情况说明"])
def test_a_heading_of_other_words_is_carried_and_named(tmp_path: Path, at: int, written: str) -> None:
    """The part is told by its number between its neighbours; nothing under it is lost."""
    parts = load_form("2021").parts
    official = f"{parts[at].number}、{parts[at].title}"
    text = html_official(good()).decode().replace(official, written.format(parts[at].number), 1)
    done = imported(tmp_path, text)
    assert [(f.code, official in f.message) for f in done.findings if f.code.startswith("IMPORT_0")] == [
        ("IMPORT_009", True)
    ]
    assert [[words for _, words, _ in done.report.text[number]] for number in "一五六"] == [
        [f"{title}的文字。"] for title in (parts[0].title, parts[4].title, parts[5].title)
    ]


@pytest.mark.parametrize(
    ("after", "sentence", "code"),
    [
        ("二、主动公开政府信息情况", "2024年制发规范性文件9件。", "N4"),
        ("三、收到和处理政府信息公开申请情况", "2024年收到政府信息公开申请2件,均为网络申请件。", "N1"),
        ("四、政府信息公开行政复议、行政诉讼情况", "2024年发生行政复议5件、行政诉讼3件。", "N3"),
    ],
)
def test_sentences_beside_the_tables_are_kept_and_checked(tmp_path: Path, after: str, sentence: str, code: str) -> None:
    """The form has no room for them: they end the first chapter, each with its part."""
    done = imported(tmp_path, with_text(sentence, after=after))
    assert [words.partition("：")[2] for _, words, _ in done.report.text["一"][1:]] == [sentence]
    assert {"IMPORT_016", code} <= set(codes(done))
    assert done.report.lost == ()


@pytest.mark.parametrize(
    "words", ["编写说明:可先适当综述。要注意数据间的逻辑关系。", "（填写要求：按实际填写。）", "【编写提示】：略"]
)
@pytest.mark.parametrize("after", ["一、总体情况", "三、收到和处理政府信息公开申请情况"])
def test_instructions_left_over(tmp_path: Path, words: str, after: str) -> None:
    """What the model tells its writer is no text of the report."""
    assert "IMPORT_011" in codes(imported(tmp_path, with_text("本年无。", words, after=after)))


def test_every_paragraph_is_carried_or_listed(tmp_path: Path) -> None:
    """Also without a first heading, before it, and under headings of no part."""
    text = html_official(good()).decode()
    for heading in ("一、总体情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"):
        done = imported(
            tmp_path,
            text.replace(f"<p><strong>{heading}</strong></p>", "<p>根据条例要求，编制本报告如下。</p><p>联系地址</p>"),
        )
        carried = "".join(words for lines in done.report.text.values() for _, words, _ in lines)
        listed = "".join(finding.message for finding in done.findings)
        for words in ("根据条例要求，编制本报告如下。", "总体情况的文字。", "其他需要报告的事项的文字。", "联系地址"):
            assert words in carried or words in listed, (heading, words)
        assert "IMPORT_007" in codes(done)


MARKS = [
    "{}<sup>1</sup>", "<sub>2</sub>{}", '{}<span style="vertical-align:super">[1]</span>', '{}<font style="vertical-align: 4pt;">1</font>',
    "<s>12</s>{}", '<span style="text-decoration: line-through">{}</span>', "<del>{}</del>9", '{}<a href="#_ftn1">[1]</a>', '{}<a href="x.htm#f1">1</a>',
    '<img src="a.png">', '{}<img src="a.png">', '<input value="{}">', "<select><option>{}</option></select>", "<svg><text>{}</text></svg>",
]  # fmt: skip
UNMARKED = [
    '<a href="detail.html">{}</a>', '<span style="vertical-align:middle">{}</span>', '<span style="vertical-align: 0pt">{}</span>', "<u>{}</u>",
    '{}<input type="hidden" value="7">', '{}<img width="1" height="1" src="x.gif">', "{}<sup></sup>", '<a href="#">{}</a>',
]  # fmt: skip


@pytest.mark.parametrize(
    "code", first_of(["t3.r4.total", "t2.licensing.decisions", "t3.r1.natural", "t4.review.upheld"])
)
@pytest.mark.parametrize("written", MARKS)
def test_marks_in_a_cell_are_no_part_of_its_figure(tmp_path: Path, written: str, code: str) -> None:
    """A cell with a raised, struck-out or linked mark, a picture or a field is not read, and said to be so."""
    case = good(**{code.replace(".", "__"): 7531})
    text = html_official(case).decode().replace(">7531<", f">{written.format(7531)}<")
    done = imported(tmp_path, text)
    assert code not in done.report.figures | done.report.totals
    assert wrong(done, case.typed) == []
    assert [one.why for one in done.report.not_placed] == [MARKED]
    assert {"IMPORT_008", "BLANK_001", "I1", "I4"}.isdisjoint(codes(done))


@pytest.mark.parametrize("written", first_of(UNMARKED, 3))
def test_what_is_no_mark(tmp_path: Path, written: str) -> None:
    """Links, alignment, spacers and hidden fields leave a figure what it is; a label may have a mark."""
    text = html_official(good(t2__licensing__decisions=7531)).decode().replace(">7531<", f">{written.format(7531)}<")
    done = imported(tmp_path, text.replace(">行政处罚<", ">行政处罚<sup>①</sup><"))
    assert done.report.answers["t2.licensing.decisions"] == Filled(7531, "7531")
    assert done.report.lost == ()


def test_marks_in_word(tmp_path: Path) -> None:
    """The same in a Word document: runs that are raised, lowered or struck out, and pictures of nothing."""
    document = docx.Document(
        io.BytesIO(
            docx_official(
                good(t2__licensing__decisions=7531, t2__penalty__decisions=7532, t2__coercion__decisions=7533)
            )
        )
    )
    marks = {"7531": "superscript", "7532": "subscript", "7533": "strike"}
    for cell in (cell for table in document.tables for row in table.rows for cell in row.cells if cell.text in marks):
        name = marks[cell.text]
        setattr(cell.paragraphs[0].add_run("1").font, name, True)
    buffer = io.BytesIO()
    document.save(buffer)
    done = imported(tmp_path, buffer.getvalue(), "docx")
    assert set(done.report.lost) == {"t2.licensing.decisions", "t2.penalty.decisions", "t2.coercion.decisions"}
    assert sorted(one.raw for one in done.report.not_placed) == ["7531〔上标 1〕", "7532〔下标 1〕", "7533〔删除线 1〕"]


@pytest.mark.parametrize(
    ("typed", "head"),
    [("190.457379", "万元"), ("190.457379万元", "万元"), ("1904573.79", "元"), ("1,904,573.79元", "万元")],
)
def test_money_to_the_fen(tmp_path: Path, typed: str, head: str) -> None:
    """It is read exactly, said, and entered with the decimals that the form has."""
    text = html_official(good(t2__fees__amount=typed)).decode().replace("（单位：万元）", f"（单位：{head}）")
    done = imported(tmp_path, text)
    assert done.report.figures["t2.fees.amount"].answer.value == Decimal("190.457379")  # type: ignore[union-attr]
    assert {"IMPORT_019"} <= set(codes(done))
    assert "VALUE_013" not in codes(done)
    ret = done.checked.ret
    assert ret is not None
    assert ret.figures["t2.fees.amount"] == Decimal("190.4574")


def distinct(form_id: str = "2021") -> Case:
    """Return a report in which no figure stands twice: one in a wrong cell shows."""
    form = load_form(form_id)
    return Case(
        "distinct",
        form,
        {code: str(1000 + at) for at, code in enumerate(form.items)},
        2019 if form_id == "2019" else 2024,
    )


def accounted(done: Imported, case: Case, *, read: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Hold every figure against what was published: read as it is, or listed; those of the tables ``read`` all read."""
    held = done.report.figures | done.report.totals
    left = " ".join(figure.raw for figure in done.report.not_placed)
    assert wrong(done, case.typed) == []
    lost = {code for code in case.typed if code not in held}
    assert {code for code in lost if case.typed[code] not in left} == set()
    assert {code for code in lost if case.form.items[code].table in read} == set()


DAMAGES = [
    lambda text: text[:5] + text[8:],
    lambda text: text[: len(text) * 2 // 3],
    lambda text: text[0] + "X" + text[2:],
]


@pytest.mark.parametrize("form_id", only(["2019", "2021"], "2021"))
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_labels_are_told_by_number_and_neighbours(
    tmp_path: Path, damage: Callable[[str], str], form_id: str
) -> None:
    """One label of table 三 after the other: its row is read or listed, the others stay as they are."""
    case = distinct(form_id)
    text = html_official(case).decode()
    told = 0
    for row in case.form.table("t3").rows[3:-2]:
        path = tmp_path / "r.html"
        path.write_text(text.replace(f">{escape(row.label)}<", f">{escape(damage(row.label))}<"), encoding="utf-8")
        report = read_report(path, year=case.year, name="r.html")
        held, left = report.figures | report.totals, {figure.raw for figure in report.not_placed}
        assert all(
            str(figure.answer.value) == case.typed[code]
            for code, figure in held.items()
            if isinstance(figure.answer, Filled)
        )
        assert all(code in held or case.typed[code] in left for code in case.typed)
        told += "IMPORT_018" in [finding.code for finding in report.findings]
    assert told or damage is DAMAGES[1]


HEADS = {
    "pypdfium2": "（本列数据的勾稽关系为：第一项加第二项之和，\n等于第三项加第四项之和）\n申请人情况\n自然人\n法人或其他组织\n"
    "总计 商 业 企\n业\n科研机\n构\n社 会 公 益\n组织\n法 律 服 务\n机构\n其他",
    "pdfplumber": "申请人情况\n法人或其他组织\n自然人 商业企 科研机 社会公 法律服 其他 总计\n业 构 益组织 务机构",
    "none": "",
}


@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize("between", first_of([" ", "\n", "\n\n"]))
def test_copied_text_with_broken_heads(tmp_path: Path, heads: str, between: str) -> None:
    """Rows with a known label and just seven figures are read, whatever became of the heads; else all is listed."""
    case = distinct()
    rows = [
        between.join(
            [line.label, *(case.typed[item.code] for item in case.form.table("t3").items if item.row_code == line.code)]
        )
        for line in case.form.table("t3").rows
    ]
    text = "甲县乙局2024年政府信息公开工作年度报告\n一、总体情况\n无。\n三、收到和处理政府信息公开申请情况\n"
    text += (
        HEADS[heads].replace("\n", between if "\n" in between else "\n")
        + between.replace(" ", "\n")
        + between.replace(" ", "\n").join(rows)
    )
    done = imported(tmp_path, text + "\n四、政府信息公开行政复议、行政诉讼情况\n无。\n", "txt")
    part = {code: figure for code, figure in case.typed.items() if code.startswith("t3")}
    accounted(
        done,
        Case("t3", case.form, part, 2024),
        read={"t3"} if heads == "pypdfium2" or (between == " " and heads == "none") else set(),
    )
    assert len([finding for finding in done.report.findings if finding.code in ("IMPORT_002", "IMPORT_003")]) <= 3


CUTS = {
    "本年新制作数量": "本年新",
    "本年新公开数量": "本年新",
    "对外公开总数量": "对外公开",
    "上一年项目数量": "上一年",
}


@pytest.mark.parametrize("cut", CUTS.items())
def test_heads_that_were_cut(tmp_path: Path, cut: tuple[str, str]) -> None:
    """The columns are told by count and order where what is left of the heads agrees."""
    case = distinct("2019")
    done = imported(tmp_path, html_official(case).decode().replace(f">{cut[0]}<", f">{cut[1]}<"), year=2019)
    accounted(done, case, read={"t2", "t3", "t4"})


LINE_OF_4 = "1 2 3 4 10 5 6 7 8 26 9 10 11 12 42"
SCATTERED = (
    "行政复议 行政诉讼\n"
    "未经复议直接起诉 复议后起诉\n"
    "结 结 其 尚\n"
    "结 结 其 尚 结 结 其 尚\n"
    "果 果 他 未\n"
    "总计 果 果 他 未 总 果 果 他 未 总\n"
    "维 纠 结 审\n"
    "维 纠 结 审 计 维 纠 结 审 计\n"
    "持 正 果 结\n"
    "持 正 果 结 持 正 果 结"
)
IN_HALVES = (
    "行政复议 行政诉讼\n"
    "结果 结果 其他 尚未 总计 未经复议 复议后\n"
    "维持 纠正 结果 审结 直接起诉 起诉\n"
    "结果 结果 其他 尚未 总计 结果 结果 其他 尚未 总计\n"
    "维持 纠正 结果 审结 维持 纠正 结果 审结"
)
TOTAL_FIRST = "10 1 2 3 4 26 5 6 7 8 42 9 10 11 12"


@pytest.mark.parametrize("year", [2019, 2024])
@pytest.mark.parametrize(
    ("above", "figures", "read"),
    [
        ("", LINE_OF_4, True),
        ("2024年，未出现申请行政复议的情况。", LINE_OF_4, True),
        (SCATTERED, LINE_OF_4, True),
        (IN_HALVES, LINE_OF_4, True),
        (IN_HALVES, TOTAL_FIRST, True),  # the heads say the order, the figures contradict them: that is said by I4
        ("", LINE_OF_4.replace(" ", "\n"), True),
        ("", LINE_OF_4.replace(" ", "\t"), True),
        ("", TOTAL_FIRST, False),
        ("", TOTAL_FIRST.replace(" ", "\n"), False),
        (SCATTERED.replace("总 ", "", 1), TOTAL_FIRST, False),
        ("总计 维持 纠正", TOTAL_FIRST, False),
        ("", LINE_OF_4 + " 3", False),
        ("", LINE_OF_4[2:], False),
        ("网络申请 信函申请", LINE_OF_4, False),
    ],
)
def test_table_four_as_one_line(tmp_path: Path, above: str, figures: str, read: bool, year: int) -> None:
    """Fifteen figures below their heading are read where heads or sums tell their order; else they are listed."""
    form = load_form("2019" if year == 2019 else "2021")
    lines = [f"甲县乙局{year}年政府信息公开工作年度报告", "一、总体情况", "略。"]
    lines += [
        "三、收到和处理政府信息公开申请情况",
        "略。",
        "四、政府信息公开行政复议、行政诉讼情况",
        *above.split("\n"),
        figures,
    ]
    lines += ["五、存在的主要问题及改进情况", "略。", "六、其他需要报告的事项", "无。"]
    path = tmp_path / "r.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = read_report(path, year=year, name="r.txt")
    held = report.figures | report.totals
    items = [item.code for item in form.table("t4").items]
    if read:
        assert [held[code].raw for code in items] == figures.split()
        assert report.not_placed == ()
        assert "IMPORT_017" not in [finding.code for finding in report.findings]
    else:
        assert held == {}
        listed = [word for figure in report.not_placed for word in figure.raw.split()]
        assert [word for word in listed if word.isdigit()] == figures.split()


def test_every_line_left_out_stands_on_the_sheet_of_the_import(tmp_path: Path) -> None:
    """The finding quotes five of them; 导入情况 has them all, with their places."""
    notes = [f"附注编号甲{number}乙" for number in "一二三四五六七八"]
    table = (
        html_official(good()).decode().replace("</table>", "</table>" + "".join(f"<p>{note}</p>" for note in notes), 1)
    )
    done = imported(tmp_path, table)
    assert "IMPORT_017" in codes(done)
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["导入情况"]
    rows = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    top = rows.index(["没有收入的行", "报告中的位置"])
    assert rows[top + 1 : top + 1 + len(notes)] == [[line.text, line.where] for line in done.report.left]
    assert [line.text for line in done.report.left] == notes


CASES: Mapping[str, tuple[int, int, set[str]]] = {
    "00-good.html": (200, 0, set()),
    "F01-subhead-is-part.html": (200, 0, set()),
    "F02-row-open-at-page-end.pdf": (175, 0, {"IMPORT_001", "IMPORT_007", "IMPORT_014"}),
    "F03-pdf-copy-broken-heads.txt": (21, 0, {"IMPORT_001", "IMPORT_002", "IMPORT_004", "IMPORT_007", "IMPORT_017"}),
    "F04-cell-of-two-paragraphs.txt": (21, 0, {"IMPORT_001", "IMPORT_002", "IMPORT_004", "IMPORT_007"}),
    "F05-superscript-in-cell.html": (199, 1, {"IMPORT_002", "IMPORT_003"}),
    "F07-one-td-lost.html": (193, 6, {"IMPORT_002", "IMPORT_003"}),
    "F08-header-cut-2019.html": (22, 0, {"IMPORT_001", "IMPORT_007"}),
    "F09-sentences-in-chapters-2-3-4.html": (200, 0, {"IMPORT_016"}),
    "F12-fee-six-decimals.html": (200, 0, {"IMPORT_019"}),
    "F13-first-part-renamed.html": (200, 0, {"IMPORT_009"}),
    "F14-picture-or-field-in-cell.html": (198, 2, {"IMPORT_002", "IMPORT_003"}),
    "F15-label-typo.html": (200, 0, {"IMPORT_018"}),
    "F16-writing-instructions-left.html": (200, 0, {"IMPORT_011"}),
    "F20-more-figures-than-columns.html": (198, 6, {"IMPORT_002", "IMPORT_003"}),
    "F21-real-headed-page-of-flipbook.txt": (22, 0, {"IMPORT_001", "IMPORT_002", "IMPORT_004", "IMPORT_007", "IMPORT_016", "IMPORT_017"}),
}  # fmt: skip
"""Reports that were tried outside, by the names of their files: figures read, figures listed, what is said."""


@pytest.mark.parametrize("name", CASES)
def test_the_cases_themselves(published: Path, name: str) -> None:
    """Where the files are at hand, each comes out as it should; one that is not named here fails the first."""
    folder = published.parent / "cases" / "reports"
    if not folder.is_dir():
        pytest.skip("beside NIANBAO_PUBLISHED there is no folder cases/reports: the files themselves were NOT read")
    assert {path.name for path in folder.iterdir() if path.suffix != ".tsv"} == CASES.keys()
    read, listed, codes_of_import = CASES[name]
    year = {"F08": 2019, "F21": 2020}.get(name[:3], 2024)
    report = read_report(folder / name, year=year, name=name)
    assert len(report.figures | report.totals) == read
    assert len(report.not_placed) == listed
    assert {finding.code for finding in report.findings} == codes_of_import
