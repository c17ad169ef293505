"""The text against the tables: sentences in the words of real reports, each with exactly the findings it must give."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.growth import growth
from tests.narratives import CASES, FEES, FIGURES, YEAR, Case
from toolkit.answers import Answer, Filled, Unreadable
from toolkit.checking import text as narrative
from toolkit.checking.text import check_text, load_rules
from toolkit.checking.text.passages import normalised
from toolkit.checking.text.quantities import quantities
from toolkit.checking.text.rules import parse_rules
from toolkit.errors import DefinitionError
from toolkit.findings import CATALOGUE, Finding, Severity
from toolkit.forms import load_form
from toolkit.returns import Identity, Paragraph, Place, Return

SHEET = "一、总体情况"
WHOLE = "主动公开、依申请、公开审查、平台、监督"
"""Words of the five heads, so that N10 stays silent where a case is about something else."""


def a_text(text: str, head: str = "", *, year: int | None = YEAR) -> Return:
    """Return a return with FIGURES whose chapter 一 holds the paragraphs of a text, parted by |."""
    form = load_form("2021")
    answers: dict[str, Answer] = {code: Filled(0) for code in form.inputs}
    answers |= {code: Filled(value) for code, value in FIGURES.items()}
    answers["t2.fees.amount"] = Filled(Decimal(FEES))
    said = tuple(Paragraph(each, Place(SHEET, f"A{4 + at}"), head) for at, each in enumerate(text.split("|")))
    rest = (Paragraph(WHOLE, Place(SHEET, "A50")),)
    return Return(form, Identity("2021", year), answers, text={"一": said + rest})


def found(text: str, head: str = "", last: Return | None = None) -> tuple[Finding, ...]:
    return check_text(a_text(text, head), last)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][:40])
def test_a_sentence_gives_exactly_its_findings(case: Case) -> None:
    """Each sentence gives the codes beside it and no other."""
    head, text, expected = case
    findings = found(text, head)
    assert tuple(sorted(each.code for each in findings)) == tuple(sorted(expected)), [each.message for each in findings]


def test_there_are_enough_cases() -> None:
    """Every rule about a sentence has cases that trip it, and as many sentences agree as do not."""
    tripped = {code for _, _, codes in CASES for code in codes}
    assert tripped == {f"N{at}" for at in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12)}
    assert len([case for case in CASES if not case[2]]) > 100


def test_a_finding_says_where_and_what() -> None:
    """It quotes the sentence, has the paragraph's cell, the items of the table and both figures, in both languages."""
    one, two = "扎实推进政务公开。", "全年共收到政府信息公开申请94件。办结98件。"
    (each,) = found(f"{one}|{two}", "（二）依申请公开")
    assert (each.code, each.rule, each.severity) == ("N1", "N1", Severity.WARNING)
    assert (each.sheet, each.cell) == (SHEET, "A5")
    assert each.items[:3] == ("t3.r1.total", "t3.r2.total", "t3.r3_7.total")
    assert (each.expected, each.actual, each.difference) == ("95", "94", "-1")
    assert "全年共收到政府信息公开申请94件。" in each.message
    assert "办结" not in each.message
    assert "本年新收 95，本年新收＋上年结转 103，办理结果总计 98" in each.message
    assert "t3.r1.total = 95" in each.message_en
    assert each.remedy
    assert each.remedy_en


def test_a_long_sentence_is_quoted_around_its_fault() -> None:
    """Of a sentence too long to quote, the part with the number is shown."""
    (each,) = found(
        "认真落实各项要求，" * 30 + "共收到政府信息公开申请94件，" + "做好服务工作，" * 30, "（二）依申请公开"
    )
    assert "政府信息公开申请94件" in each.message
    assert len(each.message) < 250


def test_blanks_and_unreadable_cells_contradict_nothing() -> None:
    """Against a table left blank or with an unreadable cell no number of the text is wrong; a filled one decides."""
    form = load_form("2021")
    text = {"一": (Paragraph("全年共收到政府信息公开申请94件，予以公开3件。", Place(SHEET, "A4"), "（二）依申请公开"),)}

    def codes(answers: dict[str, Answer]) -> list[str]:
        ret = Return(form, Identity("2021", YEAR), answers, text=text)
        return [each.code for each in check_text(ret) if each.code != "N10"]

    zero: dict[str, Answer] = {code: Filled(0) for code in form.inputs}
    assert codes({}) == []
    assert codes(zero) == ["N1", "N2"]
    assert codes(zero | {"t3.r1.natural": Unreadable("约九十", "VALUE_010")}) == ["N2"]
    assert codes({code: answer for code, answer in zero.items() if not code.startswith("t3.r3_1.")}) == ["N1"]


def test_words_and_tables_of_2019() -> None:
    """The format of 2019 has other items: 新制作, 其他处理 in one row, and procurement with its amount."""
    form = load_form("2019")
    answers: dict[str, Answer] = {code: Filled(0) for code in form.inputs}
    answers |= {
        "t2.normative.made": Filled(6), "t2.normative.disclosed": Filled(5), "t2.procurement.projects": Filled(13),
        "t2.procurement.amount": Filled(Decimal("14.4")), "t3.r3_6.natural": Filled(2), "t3.r1.natural": Filled(2),
    }  # fmt: skip

    def codes(said: str) -> list[str]:
        text = {"一": (Paragraph(said, Place(SHEET, "A4")),)}
        return [each.code for each in check_text(Return(form, Identity("2019", 2019), answers, text=text))]

    assert codes("制发规范性文件6件。") == codes("公开发布规范性文件5件。") == []
    assert codes("制发规范性文件7件。") == ["N4"]
    assert codes("完成政府集中采购项目13个，采购总金额14.4万元。") == []
    assert codes("完成政府集中采购项目12个，采购总金额144000元。") == ["N4"]
    assert codes("完成政府集中采购项目13个，采购总金额14.1万元。") == ["N5"]
    assert codes("收到政府信息公开申请2件，其他处理2件。") == []
    assert codes("收到政府信息公开申请2件，其他处理1件。") == ["N2"]
    assert codes("根据国办公开办函〔2019〕60号编制。") == []


def test_a_return_without_a_year() -> None:
    """Where the year is not known no year is stale; slips and impossible days are found all the same."""
    assert [
        each.code for each in check_text(a_text("2019年，我局公开信息。|至202020年12月31日止。|2月30日。", year=None))
    ] == [
        "N8",
        "N8",
    ]


def test_growth_is_on_last_years_return() -> None:
    """A growth without its step is worked out on last year's figures, by any reading; without them it is left alone."""
    last = a_text("")
    last = replace(last, answers={**last.answers, "t3.r1.natural": Filled(60), "t3.r2.natural": Filled(10)})
    for said, codes in (
        ("收到政府信息公开申请95件，同比增长26.67%。", []),
        ("收到政府信息公开申请103件，较上年增长21.18%。", []),
        ("收到政府信息公开申请95件，同比增长36.67%。", ["N7"]),
        ("收到政府信息公开申请95件，同比下降26.67%。", ["N7"]),
        ("举办活动95件，同比增长36.67%。", []),
    ):
        assert [each.code for each in found(said, "（二）依申请公开", last) if each.code != "N11"] == codes, said
        assert found(said, "（二）依申请公开") == ()


def of_chapter(paragraphs: dict[str, str], number: str = "一", year: int = YEAR) -> Return:
    """Return a return whose chapter holds a paragraph under each sub-heading."""
    said = tuple(
        Paragraph(text, Place(SHEET, f"A{3 + at}"), head) for at, (head, text) in enumerate(paragraphs.items())
    )
    return replace(a_text("", year=year), text={number: said})


HEADS = load_form("2021").parts[0].heads


def test_heads_without_text_are_named() -> None:
    """Chapter 一 lacks a head when nothing stands under it and nothing is said of it; all are named in one finding."""
    full = dict.fromkeys(HEADS, "本年无此项工作。")
    assert check_text(of_chapter(full)) == ()
    for head in HEADS:
        (each,) = check_text(of_chapter({one: text for one, text in full.items() if one != head}))
        assert (each.code, each.rule) == ("N10", "N10")
        assert head in each.message
        assert not any(other in each.message for other in HEADS if other != head)
    (each,) = check_text(of_chapter({HEADS[0]: "全年工作平稳。"}))
    assert all(head in each.message for head in HEADS[1:])
    assert check_text(of_chapter({HEADS[0]: "依申请公开、公开审查、门户网站、业务培训均已落实。"})) == ()
    assert check_text(replace(a_text(""), text={})) == ()
    form = load_form("2019")
    old = Return(form, Identity("2019", 2019), {}, text={"一": (Paragraph("全年工作平稳。", Place(SHEET, "A4")),)})
    assert check_text(old) == ()


LONG = "政策解读形式较为单一，个别栏目更新不够及时，工作人员业务能力有待提高，公开内容的深度和广度还需进一步拓展。"


@pytest.mark.parametrize(
    ("now", "before", "codes"),
    [
        ((LONG, "改进措施：加强培训，规范栏目更新。"), (LONG, "改进措施：增加图解。"), ["N11"]),
        ((f"2025年，{LONG}",), (f"2024年，{LONG}",), ["N11"]),
        ((f"2025年度{LONG}",), (f"2024年度 {LONG}",), ["N11"]),
        ((LONG.replace("单一", "单调"),), (LONG,), []),
        (("无其他需要报告的事项。",), ("无其他需要报告的事项。",), []),
        ((LONG, "改进措施：" + "开展专题培训，逐月检查栏目，公布解读材料。" * 5), (LONG,), []),
    ],
)
def test_text_of_last_year_is_found(now: tuple[str, ...], before: tuple[str, ...], codes: list[str]) -> None:
    """A chapter that repeats last year's words for the most part is told once, whatever the year it names."""

    def chapter(texts: tuple[str, ...], year: int) -> Return:
        return replace(a_text("", year=year), text={"五": tuple(Paragraph(each, Place("五", "A3")) for each in texts)})

    assert [each.code for each in check_text(chapter(now, 2025), chapter(before, 2024))] == codes


# The engine: hostile text, strict data.


@pytest.mark.parametrize(
    "unit",
    [
        "1", "1,", "1，", "一", "件", "5件，", "5件、", "（", "（5", "《", "其中", "其中5件、", "：", "申请", "收到政府信息公开申请5件，",
        "公开条", "2025年", "2025年1月1日至", "占", "%", "5件占5%，", "行政复议", "未", "无因", "均维持", "共累计", "X", "_", " ", "未收到任何", "\u3000",
        "规划总结2条、", "100条，其中", "（请填写", "以来较", "同比增长",
    ],
)  # fmt: skip
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    """Any piece repeated without end is read in steps that grow with its length, not with a power of it."""

    def read(size: int) -> None:
        ret = a_text(unit * (size // len(unit)), "（二）依申请公开")
        check_text(ret, a_text(unit * (size // len(unit)), year=YEAR - 1))

    read(1_000)
    # Four times the text may take four times as long; a square would take sixteen times.
    assert growth(read, 5_000, enough=10) <= 10


def test_the_shipped_rules_are_bounded() -> None:
    """No pattern of the data repeats anything without bound, and each item it names is one of a form."""
    rules = load_rules()
    assert len({claim.id for claim in rules.claims}) == len(rules.claims)
    assert (
        rules.codes
        == {f"N{at}" for at in range(1, 13)}
        == {code for code in CATALOGUE if re.fullmatch("N[0-9]+", code)}
    )
    assert all(CATALOGUE[code].severity is Severity.WARNING and CATALOGUE[code].ground for code in rules.codes)


SHIPPED = (Path(narrative.__file__).parent / "rules.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "secret"\nrule = "N2"', 'id = "secret"\nrule = "N99"', "unknown rule 'N99'"),
        ('id = "secret"\nrule = "N2"\ntopics = ["application"]', 'id = "secret"\nrule = "N2"\ntopics = ["moon"]', "'moon'"),
        ("t3.r3_3_1.total", "t3.r3_9_1.total", "no form has an item 't3.r3_9_1.total'"),
        ("(?:属于|涉及)国家秘密", "(?:属于|涉及).*国家秘密", "without bound"),
        ("(?:属于|涉及)国家秘密", "(?:属于|涉及国家秘密", "not a pattern"),
        ("(?:属于|涉及)国家秘密", "(?:属于|涉及){1,}国家秘密", "without bound"),
        ("near = 10", "near = '10'", "wrong type"),
        ("near = 10", "neer = 10", "did you mean 'near'?"),
        ('basis_forms = ["2021"]', "", "years.basis_forms: missing key"),
        ('scope = "share"', 'scope = "none"', "'none'"),
        ('free = ["drafting"]', 'free = ["none"]', "'none'"),
        ('share = ["change", ', 'share = ["none", ', "'none'"),
        ("[heads]", "[heads", "TOML"),
        ('[[totals]]\nid = "disclosed"\nrule = "N12"', '[[totals]]\nid = "disclosed"\nrule = "N13"', "unknown rule 'N13'"),
    ],
)  # fmt: skip
def test_a_slip_in_the_data_is_refused(old: str, new: str, fault: str) -> None:
    """A rules file that names what does not exist or could run without end is refused with the place of the fault."""
    assert old in SHIPPED
    with pytest.raises(DefinitionError) as refused:
        parse_rules(SHIPPED.replace(old, new, 1), "rules.toml")
    assert any(fault in each for each in (*refused.value.faults, str(refused.value)))
    assert parse_rules(SHIPPED, "rules.toml").codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到５件", [("5", "件", False)]),
        ("收到 1,234 件", [("1234", "件", False)]),
        ("12 34件", [("12", "", False), ("34", "件", False)]),
        ("收到十二件", [("12", "件", False)]),
        ("收到二百零五件", [("205", "件", False)]),
        ("二百五件", []),
        ("1.2万条", [("12000.0", "条", False)]),
        ("三万条", [("30000", "条", False)]),
        ("14.4万元", [("14.4", "元", False)]),
        ("2950元", [("0.295", "元", False)]),
        ("260余条", [("260", "条", True)]),
        ("约5件", [("5", "件", True)]),
        ("3-5件", [("3", "", True), ("5", "件", True)]),
        ("第5件", []),
        ("每10件", []),
        ("公开条例12条", [("12", "条", False)]),
        ("条例第20条", []),
        ("5条例", [("5", "", False)]),
        ("2025年12月", [("2025", "time", False), ("12", "time", False)]),
        ("占5.1%", [("5.1", "%", False)]),
        ("2个百分点", [("2", "%", False)]),
        ("3个工作日", [("3", "time", False)]),
        ("一些工作，一方面", []),
        ("1" * 30 + "件", []),
        ("A4纸", []),
    ],
)  # fmt: skip
def test_numbers_in_sentences(text: str, expected: list[tuple[str, str, bool]]) -> None:
    """Digits of any width, Chinese numerals and 万 are numbers; ordinals, rates and ill-formed numerals are none."""
    rules = load_rules()
    got = quantities(normalised(text).text, rules.units, rules.no_units)
    assert [(each.value, each.unit, each.about) for each in got] == [
        (Decimal(value), unit, about) for value, unit, about in expected
    ]
