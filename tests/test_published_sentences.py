"""Sentences of published reports: false alarms that must stay silent, and contradictions that must be found."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toolkit.answers import Filled, Number
from toolkit.checking.text import check_text
from toolkit.forms import load_form
from toolkit.returns import Identity, Paragraph, Place, Return

R = "t3.r1.natural"


def a_return(figures: dict[str, Number | str], *texts: str, year: int, head: str, number: str = "一") -> Return:
    """Return a return of these figures and zeros, with the texts under one sub-heading."""
    form = load_form("2021")
    amounts: dict[str, Number | str] = dict.fromkeys(form.inputs, 0) | figures
    answers = {
        code: Filled(Decimal(value) if form.items[code].kind == "money" else int(value))
        for code, value in amounts.items()
    }
    lines = tuple(Paragraph(text, Place("一、总体情况", f"A{at}"), head) for at, text in enumerate(texts, 3))
    return Return(form, Identity(form="2021", year=year), answers, text={number: lines})


def r(count: int) -> dict[str, Number | str]:
    """Return a table of so many applications, all granted."""
    return {R: count, "t3.r3_1.natural": count}


SENTENCES: list[tuple[dict[str, Number | str], str, str, int, list[str]]] = [
    # figures, head, text, year, expected codes(set of N ids sorted list)
    (
        {"t4.review.upheld": 5, "t4.review.pending": 1, "t4.suit_direct.upheld": 3},
        "（五）监督保障",
        "全年因政府信息公开产生行政复议案件6件和行政诉讼案件3件,其中行政复议结果维持5件,尚未审结1件,行政诉讼结果维持3件。",
        2024,
        [],
    ),
    (
        {},
        "（三）政府信息管理",
        "全年共办理网民留言1993件,其中,办理12345网上群众热线1925件,市长信箱31件,政务信箱29件,人民网留言办理8件。",
        2024,
        [],
    ),
    ({}, "（一）主动公开", "公开信息30条,其中通过微信2.0平台公开10条,其他20条。", 2024, []),
    (
        {
            "t3.r1.natural": 121,
            "t3.r3_1.natural": 60,
            "t3.r3_2.natural": 13,
            "t3.r3_3_1.natural": 6,
            "t3.r3_4_1.natural": 26,
            "t3.r3_5_1.natural": 3,
            "t3.r3_6_3.natural": 11,
            "t3.r4.natural": 2,
        },
        "（二）依申请公开",
        "已答复119件,属于同意公开的60件,部分公开13件,不同意公开的6件,无法提供的26件,不予处理3件,其他处理11件,另2件结转下一年处理。",
        2024,
        [],
    ),
    (
        {"t2.normative.in_force": 20, "t2.normative.repealed": 6},
        "（三）政府信息管理",
        "对以县政府和县政府办公室名义发布的规范性文件进行全面梳理,继续有效20件,失效2件、废止4件。",
        2024,
        [],
    ),
    (
        {"t2.normative.in_force": 20, "t2.normative.repealed": 4},
        "（三）政府信息管理",
        "对以县政府和县政府办公室名义发布的规范性文件进行全面梳理,继续有效20件,失效2件、废止4件。",
        2024,
        [],
    ),
    (
        {"t4.review.upheld": 2, "t4.suit_direct.other": 1},
        "（二）依申请公开",
        "收到复议申请2件、诉讼1件,其中维持2件,驳回1件。",
        2024,
        [],
    ),
    (r(30), "（二）依申请公开", "我局代县政府办理政府信息公开申请12件。", 2024, []),
    # missed
    (
        {"t3.r4.natural": 7, "t3.r3_1.natural": 36, R: 43},
        "（二）依申请公开",
        "36件政府信息公开申请均按期答复，按期办结36件，无结转2024年继续办理件。",
        2023,
        ["N2"],
    ),
    (
        r(30),
        "（二）依申请公开",
        "共办理回复依申请公开事项23件,其中网上政府信息公开申请件22件,书面申请件1件。",
        2024,
        ["N1|N2"],
    ),
    (r(36), "（二）依申请公开", "共受理依申请政府信息公开事项29例。", 2024, ["N1"]),
    ({"t2.normative.issued": 9}, "（一）主动公开", "发布行政规范性文件6篇。", 2024, ["N4"]),
    (
        {"t4.suit_direct.upheld": 3, "t4.review.upheld": 1},
        "（二）依申请公开",
        "政府信息公开无提起行政复议诉讼情况。",
        2024,
        ["N3", "N3"],
    ),
    (r(23), "（二）依申请公开", "通过线上、信函等渠道收到依申请公开信息16件。", 2024, ["N1"]),
    (r(8), "（二）依申请公开", "2024年收到依申请公开来信1件次。", 2024, ["N1"]),
    (
        r(7),
        "（二）依申请公开",
        "未接到书面方式申请的政府信息公开申请和网络方式申请的政府信息公开申请件。",
        2024,
        ["N1"],
    ),
    (r(7), "（二）依申请公开", "未接到群众要求公开的信息。", 2024, ["N1"]),
    (
        {"t4.suit_direct.upheld": 1, "t4.suit_direct.pending": 1, "t4.suit_after.other": 1},
        "（二）依申请公开",
        "因政府信息公开被提起行政诉讼3件，其中未经复议直接起诉2件,均尚未审结。复议后起诉1件,结果维持。",
        2024,
        ["N3", "N3"],
    ),
    (
        {"t2.licensing.decisions": 327},
        "（一）主动公开",
        "行政许可处理决定数量324宗;行政处罚处理决定数量31宗。",
        2024,
        ["N4", "N4"],
    ),
    (r(16), "（二）依申请公开", "我镇依申请公开请求9件。", 2024, ["N1"]),
    (
        {"t2.fees.amount": "7.043"},
        "（一）主动公开",
        "主动公开行政事业性收费1项,公开费用总额为4.043万元。",
        2024,
        ["N5"],
    ),
    (
        {R: 1, "t3.r3_6_3.natural": 1},
        "（二）依申请公开",
        "收到政府信息公开申请1条。其中:予以公开1条;其他处理1条。",
        2024,
        ["N2"],
    ),
    (r(30), "（二）依申请公开", "(二)依申请公开。2022年区政府(含区政府办公室)收到政府信息公开申请30件。", 2023, ["N8"]),
    ({}, "（五）监督保障", "依法按时完成2024年年度报告,并于2024年1月15日之前向社会公布。", 2024, ["N8"]),
    (
        {},
        "（一）主动公开",
        "通过政府网站公开754条,通过政务新媒体公开2808条,通过其他方式公开54条。其中,“甲”微信公众号发布信息1205条、微博12984条。",
        2024,
        ["N6"],
    ),
    ({}, "（一）主动公开", "发布法定主动公开内容1条,包括机构概况1条,以及“三公”经费及预算/决算信息2条。", 2024, ["N6"]),
]


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case[2][:30])
def test_sentences_of_published_reports(case: tuple[dict[str, Number | str], str, str, int, list[str]]) -> None:
    """Each gives exactly the codes beside it; where two are named, either is right."""
    figures, head, text, year, expected = case
    codes = [one.code for one in check_text(a_return(figures, text, year=year, head=head)) if one.code != "N10"]
    assert len(codes) == len(expected)
    assert all(code in wanted.split("|") for code, wanted in zip(sorted(codes), sorted(expected), strict=True))


FEE = "区政府严格落实《政府信息公开信息处理费管理办法》，全年收取政府信息公开信息处理费 0 元。"


def test_one_statutory_sentence_is_no_repetition() -> None:
    """What the law makes every report say may be said in the same words every year."""
    now, before = (a_return({}, FEE, year=year, head="", number="六") for year in (2024, 2023))
    assert check_text(now, before) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("全年共公开政府信息120，同比持平。", ["N9"]),
        ("全年共公开政府信息120条，同比持平。", []),
        ("公开信息30条，其中网站40条，公众号5条。", ["N6"]),
        ("收到公开咨询3件，其中网站1件，以及来电5件。", ["N6"]),
        ("完成2023年年度报告，并于2024年1月15日前向社会公布。", []),
    ],
)
def test_units_parts_and_deadlines(text: str, codes: list[str]) -> None:
    """A number without its unit, parts that exceed their whole, a report that is out before its year is over."""
    got = check_text(a_return({}, text, year=2024, head="（一）主动公开"))
    assert [one.code for one in got if one.code != "N10"] == codes
