"""The official report as a document: its parts and their order, what is printed, what is refused, what is appended."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.builders import BALANCED, a_return
from tests.reports import HOSTILE, NAMES, SAMPLES, checked, expected, of_sample
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.errors import ToolkitError
from toolkit.findings import Finding, Severity, finding
from toolkit.forms import load_form
from toolkit.report_out import Report, report
from toolkit.report_out.printable import figure, printable
from toolkit.returns import Identity, Paragraph, Place, Return

ERROR = Finding(
    "I1", Severity.ERROR, "自然人一列不平衡。", "请逐件核对。", "unbalanced", sheet="三、依申请公开", cell="D4"
)
WARNING = Finding("I7", Severity.WARNING, "现行有效件数可疑。", "请核对。")


def named(ret: Return, name: str = "样例局", year: int | None = 2025) -> Return:
    """Return the return with a body."""
    return Return(
        ret.form, Identity(ret.form.id, year, None, name), ret.answers, declared=ret.declared, text=ret.text
    )  # fmt: skip


def texts(made: Report, part: int) -> list[tuple[str, str]]:
    return [(each.role, each.text) for each in made.sections[part].paragraphs]


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_every_sample_has_six_parts_and_its_figures(path: Path) -> None:
    """The six headings come in the official order, parts 二 三 四 are the tables with the figures of the return."""
    made, ret = of_sample(path), checked(path).ret
    assert ret is not None
    assert [each.heading for each in made.sections] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert [each.grid.id if each.grid else None for each in made.sections] == [None, "t2", "t3", "t4", None, None]
    for table, part in zip(ret.form.tables, made.sections[1:4], strict=True):
        assert part.grid is not None
        shown = {
            (row, column): cell.text
            for line in part.grid.rows
            for cell in line
            for row in range(cell.row, cell.last_row + 1)
            for column in range(cell.column, cell.last_column + 1)
        }
        assert shown == expected(ret, table)
    assert f"{ret.year}年政府信息公开工作年度报告" in made.title


def test_blank_zero_and_declared_zero_are_three_things() -> None:
    """A zero prints 0, a blank nothing, a blank of a declared table 0; money prints as it was given."""
    ret = a_return(
        {"t2.rules.issued": 0, "t2.fees.amount": Decimal("14.40")}, fill=None, declared=["t4"]
    )  # fmt: skip
    assert figure(ret, "t2.rules.issued") == ("0", False)
    assert figure(ret, "t2.rules.repealed") == ("", False)
    assert figure(ret, "t2.fees.amount") == ("14.4", False)
    assert figure(ret, "t4.review.upheld") == ("0", False)
    assert figure(ret, "t4.review.total") == ("0", False)


def test_a_total_of_blanks_is_blank_and_of_one_figure_is_not() -> None:
    """A total is printed as soon as one cell behind it is filled, also through another total."""
    assert figure(a_return({}, fill=None), "t3.r3_7.total")[0] == ""
    assert figure(a_return({"t3.r3_1.natural": 0}, fill=None), "t3.r3_7.total")[0] == "0"
    assert figure(a_return({"t3.r3_1.natural": 4}, fill=None), "t3.r3_7.total")[0] == "4"
    assert figure(a_return({"t3.r3_1.natural": 4}, fill=None), "t3.r1.total")[0] == ""


def test_what_is_no_figure_is_shown_as_such() -> None:
    """An unreadable cell of a draft shows what stood there, and the totals above it show nothing."""
    ret = a_return({}, answers={"t3.r1.natural": Unreadable("约6\x000", "VALUE_001"), "t3.r1.other": Blank("/")})
    assert figure(ret, "t3.r1.natural") == ("约60", True)
    assert figure(ret, "t3.r1.total") == ("", True)
    assert figure(ret, "t3.r1.other") == ("", False)
    long = a_return({}, answers={"t3.r1.natural": Unreadable("见附表" * 100, "VALUE_001")})
    assert len(figure(long, "t3.r1.natural")[0]) == 24


def test_errors_stop_it_and_warnings_do_not() -> None:
    """With an error nothing is made and the sentence names it with its cell; a warning alone is no reason."""
    ret = named(a_return(BALANCED))
    with pytest.raises(ToolkitError) as stopped:
        report(ret, findings=[WARNING, *[ERROR] * 5])
    assert "还有 5 处错误" in stopped.value.message
    assert "三、依申请公开!D4 自然人一列不平衡" in stopped.value.message
    assert "另有 2 处" in stopped.value.message
    assert "--draft" in stopped.value.remedy
    assert "unbalanced" in stopped.value.english
    made = report(ret, findings=[WARNING])
    assert not made.draft
    assert made.points == ()


def test_a_draft_lists_what_is_open() -> None:
    """The gravest comes first, an explained warning and information are not listed, and a long list is cut."""
    explained = Finding("I7", Severity.WARNING, "已说明的。", "", explained="清理")
    info = Finding("X5", Severity.INFO, "提示。", "")
    made = report(named(a_return(BALANCED)), findings=[WARNING, explained, info, ERROR], draft=True)
    assert made.draft
    assert len(made.points) == 2
    assert made.points[0].startswith("【错误】三、依申请公开!D4 自然人")
    assert made.points[1].startswith("【存疑】")
    long = report(named(a_return(BALANCED)), findings=[ERROR] * 150, draft=True)
    assert len(long.points) == 101
    assert "另有 50 处" in long.points[-1]


@pytest.mark.parametrize(("name", "year"), [("", 2025), ("样例局", None)])
def test_without_body_or_year_there_is_no_report(name: str, year: int | None) -> None:
    """A report of nobody or of no year is refused; only a draft may lack its body."""
    ret = named(a_return(BALANCED), name, year)
    with pytest.raises(ToolkitError, match="单位或年度"):
        report(ret, findings=[])
    if year is not None:
        assert report(ret, findings=[], draft=True).title.startswith("（单位未填）2025年")


def test_chapter_one_keeps_its_heads_in_order() -> None:
    """Heads with text come in the official order, others are left out, none is doubled; text under none comes first."""
    said = [
        ("（五）监督保障", "甲。"),
        ("（一）主动公开", "(一) 主动公开。乙。"),
        ("", "丙。"),
        ("（五）监督保障", "丁。"),
    ]
    ret = a_return(BALANCED)
    ret = Return(
        ret.form, Identity("2021", 2025, None, "样例局"), ret.answers,
        text={"一": tuple(Paragraph(text, Place("", "A3"), head) for head, text in said)},
    )  # fmt: skip
    assert texts(report(ret, findings=[]), 0) == [
        ("body", "丙。"),
        ("body", "(一) 主动公开。乙。"),
        ("head", "（五）监督保障"),
        ("body", "甲。"),
        ("body", "丁。"),
    ]


def test_sentences_open_chapter_one_once() -> None:
    """Sentences that the text does not hold already become its first paragraph; without them nothing is added."""
    ret = named(a_return(BALANCED, text={"一": "全年收到申请65件。"}))
    made = report(ret, findings=[], sentences=("全年收到申请65件。", "办结57件。", "结转10件。"))
    assert texts(made, 0)[0] == ("body", "办结57件。结转10件。")
    assert texts(report(ret, findings=[]), 0) == [("body", "全年收到申请65件。")]


@pytest.mark.parametrize("text", HOSTILE)
def test_printable_leaves_no_control_character(text: str) -> None:
    """Nothing that steers a terminal, turns the reading or is no character survives; the visible words do."""
    shown = printable(text)
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\ud800-\udfff]", shown
    )
    assert shown.encode("utf-8")
    visible = re.sub("[^0-9A-Za-z<>={}一-鿿]", "", text.encode("utf-8", "ignore").decode())
    assert visible in re.sub("[^0-9A-Za-z<>={}一-鿿]", "", shown)


def test_printable_leaves_good_text_alone() -> None:
    """Chinese punctuation, full-width spaces, rare and supplementary characters stay; line breaks become spaces."""
    good = "　“三安全一稳定”——２０２５年，𠮷、㐂；5％"
    assert printable(good + "\n下行\t末") == f"{good.strip()} 下行 末"


def test_the_annex_compares_item_by_item() -> None:
    """Last year, this year, the signed difference; nought in both is left out, a blank gives no difference."""
    last = named(a_return({"t3.r1.natural": 10, "t2.fees.amount": Decimal("1.5")}), year=2024)
    ret = named(
        a_return({"t3.r1.natural": 7, "t2.fees.amount": Decimal("2.25")}, answers={"t2.licensing.decisions": Blank()})
    )
    last = Return(last.form, last.identity, {**last.answers, "t2.licensing.decisions": Filled(5)})
    (annex,) = report(ret, findings=[], last=last).annexes
    assert annex.heading == "附件：与上年对比"
    assert annex.grid is not None
    rows = [[cell.text for cell in line] for line in annex.grid.rows]
    assert rows[0] == ["指标", "项目", "2024年", "2025年", "增减"]
    assert ["行政事业性收费", "本年收费金额", "1.5", "2.25", "+0.75"] in rows
    assert ["行政许可", "本年处理决定数量", "5", "", ""] in rows
    assert ["一、本年新收政府信息公开申请数量", "自然人", "10", "7", "-3"] in rows
    assert not any("行政强制" in row for row in rows)


def test_the_annex_of_two_formats_has_what_both_have() -> None:
    """2019 against 2021: items of one format only are not compared, and the annex says so."""
    last = named(
        a_return({"t3.r1.natural": 3, "t2.rules.made": 2, "t3.r3_6.natural": 3}, form="2019", year=2020), year=2020
    )
    ret = named(a_return({"t3.r1.natural": 4, "t3.r3_1.natural": 4, "t2.rules.issued": 1}), year=2021)
    (annex,) = report(ret, findings=[], last=last).annexes
    assert annex.grid is not None
    stubs = {line[0].text for line in annex.grid.rows if len(line) > 1}
    assert "规章" not in stubs
    assert "一、本年新收政府信息公开申请数量" in stubs
    assert "格式不同" in annex.paragraphs[0].text


def test_the_coverage_is_printed_only_when_asked() -> None:
    """Without names there is no annex; with them it counts and names the bodies."""
    ret = named(a_return(BALANCED))
    assert report(ret, findings=[]).annexes == ()
    (annex,) = report(ret, findings=[], covered=["甲局", "乙\u202e局"]).annexes
    assert annex.paragraphs[0].text == "本报告各表由下列 2 个单位的年报汇总而成：甲局、乙局。"


def test_every_figure_has_its_headers() -> None:
    """A cell of table 三 knows its row, the groups it stands in and its column; one of table 二 its block."""
    made = report(named(a_return(BALANCED)), findings=[])
    for section, code, wanted in (
        (
            2,
            "t3-r3_3_1-legal",
            {"申请人情况", "法人或其他组织", "法律服务机构", "三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"},
        ),
        (2, "t3-r4-total", {"申请人情况", "总计", "四、结转下年度继续办理"}),
        (1, "t2-coercion-decisions", {"第二十条第（六）项", "本年处理决定数量", "行政强制"}),
        (3, "t4-suit_after-pending", {"行政诉讼", "复议后起诉", "尚未审结"}),
        (3, "t4-review-total", {"行政复议", "总计"}),
    ):
        grid = made.sections[section].grid
        assert grid is not None
        cells = {cell.id: cell for line in grid.rows for cell in line}
        assert {cells[each].text for each in cells[code].headers} == wanted


def test_long_figures_get_smaller_type() -> None:
    """A figure of many digits is set smaller so that it stays on its line; usual ones keep the usual size."""
    usual = report(named(a_return(BALANCED)), findings=[]).sections[2].grid
    long = report(named(a_return({"t3.r1.natural": 123456789})), findings=[], draft=True).sections[2].grid
    assert usual is not None
    assert long is not None
    assert (usual.size, usual.figures) == (9.0, 9.0)
    assert long.size == 9.0
    assert 6.0 <= long.figures < 8.0


def test_a_finding_of_the_catalogue_reads_well_in_the_refusal() -> None:
    """The refusal is one line without doubled full stops."""
    ret = named(a_return(BALANCED))
    wrong = finding("ID_021", severity=Severity.ERROR, file="a.xlsx", stated=2024, wanted=2025)
    with pytest.raises(ToolkitError) as stopped:
        report(ret, findings=[wrong, wrong])
    assert "\n" not in stopped.value.message
    assert "。；" not in stopped.value.message
    assert "。。" not in stopped.value.message


@pytest.mark.parametrize(
    ("library", "suffix", "extra"), [("docx", "docx", "word"), ("jinja2", "html", "html")]
)  # fmt: skip
def test_a_missing_library_is_said(library: str, suffix: str, extra: str) -> None:
    """Without python-docx or Jinja2 the toolkit still loads, and says what to install when it is asked to write."""
    program = f"""
import sys
sys.modules[{library!r}] = None
from tests.builders import a_return
from toolkit import report_out
from toolkit.errors import ToolkitError
made = report_out.report(a_return({{}}), findings=[], draft=True)
try:
    report_out.{suffix}_bytes(made)
except ToolkitError as fault:
    assert 'pip install "nianbao[{extra}]"' in fault.remedy, fault.remedy
    print("said")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert done.stdout.strip() == "said", done.stderr


def test_both_forms_are_covered_by_the_samples() -> None:
    """The samples hold returns of both formats, so what is tested on every sample is tested on both."""
    assert {checked(path).ret.form.id for path in SAMPLES} == {"2019", "2021"}  # type: ignore[union-attr]
    assert load_form("2019").title == load_form("2021").title
