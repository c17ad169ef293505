"""The text rules against the sentences of real reports: the published faults are found, nothing else is.

The sentences come from the folder that NIANBAO_PUBLISHED names, as in tests/test_published.py. Where a report is known
by its text alone, its tables are filled here with figures that the text itself implies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.test_published import REPORTS, TEXT, raw_of, typed
from toolkit.answers import Answer, Filled, Number
from toolkit.findings import Finding
from toolkit.forms import load_form
from toolkit.narrative import check_text, load_rules
from toolkit.narrative.claims import hits
from toolkit.narrative.passages import sentences
from toolkit.returns import Identity, Paragraph, Place, Return

HEAD = "（二）依申请公开"
REVIEWS, SUITS = "t4.review.upheld", "t4.suit_direct.upheld"


@dataclass(frozen=True)
class Said:
    """What a report's text must give: findings as (code, words of its message); ``unread`` are words whose number is passed over."""

    figures: Mapping[str, Number] = field(default_factory=dict)
    read: int = 0
    """How many numbers of the text are understood as figures of the tables."""
    unread: tuple[str, ...] = ()
    """Numbers that stand in the tables too and are not understood."""
    found: tuple[tuple[str, str], ...] = ()
    last: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    """For each published fault of the text: the code of its finding, or why there is none."""


def flow(new: int, carried: int, answered: int, left: int) -> dict[str, Number]:
    """Return table 三 with so many applications, all of natural persons and all granted."""
    return {
        "t3.r1.natural": new, "t3.r2.natural": carried, "t3.r3_1.natural": answered, "t3.r4.natural": left,
    }  # fmt: skip


SAID: dict[str, Said] = {
    "baokang-agri-2021": Said(
        faults={"TEXT_TABLE_DIFF_SCOPE": "公示案件3件 does not say that it counts the decisions of table 二"}
    ),
    "beijing-tongzhou-bureau-2019": Said(),
    "changchun-office-2024": Said(
        flow(89, 8, 40, 5)
        | {"t3.r1.enterprise": 6, "t3.r3_2.natural": 2, "t3.r3_3_1.natural": 1, "t3.r3_4_1.natural": 49}
        | {"t3.r3_6_3.enterprise": 6, REVIEWS: 2, SUITS: 1},
        read=12,
    ),
    "changchun-veterans-2023": Said(
        flow(3, 0, 3, 0), read=1, found=(("N1", "受理政府信息公开申请2件"),), faults={"TEXT_TABLE_MISMATCH": "N1"}
    ),
    "fixture-2019-t2": Said(),
    "fushun-district-2025": Said(flow(5, 11, 16, 0), read=3),
    "gaoping-office-2023": Said(
        flow(9, 0, 0, 2) | {"t3.r3_2.natural": 2, "t3.r3_4_1.natural": 5}, read=5
    ),
    "guangzhou-sasac-2020": Said(flow(31, 0, 28, 3), read=2),
    "hangzhou-office-2024": Said(
        flow(227, 18, 229, 16) | {REVIEWS: 10, SUITS: 3, "t2.rules.issued": 3, "t2.normative.issued": 38},
        read=6, unread=("市政府规章3件", "行政规范性文件38件"),
    ),
    "hanyang-office-2022": Said(
        flow(8, 0, 2, 0)
        | {"t3.r3_2.natural": 2, "t3.r3_3_6.natural": 1, "t3.r3_4_1.natural": 2, "t3.r3_6_3.natural": 1},
        read=4, unread=("属于四类过程性性信息1件", "其他1件"),
    ),
    "huichang-zhongcun-2020": Said(),
    "jiaxian-xizhen-2022": Said(),
    "kazuo-office-2025": Said(flow(9, 0, 9, 0) | {REVIEWS: 1, SUITS: 1}, read=3),
    "linxia-city-office-2025": Said(
        flow(24, 0, 24, 0) | {"t4.review.upheld": 1, "t4.review.corrected": 2}, read=4
    ),
    "longgang-dept-2024": Said(),
    "nileke-town-2023": Said(
        faults={"PLACEHOLDER_LEFT": "it stands in the table chapters; in a chapter of text the reader tells it (TEXT_002)"}
    ),
    "park-missing-number-2024": Said(
        flow(12, 0, 12, 0), read=1, found=(("N9", "共主动公开条"),), faults={"MISSING_NUMBER": "N9"}
    ),
    "pingwu-stats-2021": Said(found=(("N8", "2021年度决算"),), faults={"STALE_OR_FUTURE_YEAR": "N8"}),
    "qindu-2024": Said(
        flow(122, 11, 126, 7)
        | {"t4.review.upheld": 120, "t4.review.pending": 24, "t4.suit_direct.upheld": 27, "t4.suit_direct.pending": 70},
        read=5, unread=("合计122件",),
    ),
    "stats-bureau-slash-2023": Said(),
    "suqian-2023": Said(read=10),
    "suqian-2024": Said(
        read=10,
        last="suqian-2023",
        found=(("N7", "同比增长1.05%"), ("N3", "行政复议案件134件"), ("N3", "行政诉讼案件57件")),
        faults={"TEXT_PERCENT": "N7", "TEXT_TABLE_DIFF_SCOPE": "N3"},
    ),
    "tianmen-tuoshi-2020": Said(found=(("N6", "规划总结2条"),), faults={"TEXT_SUM": "N6"}),
    "unknown-bureau-jian4": Said(),
    "wanyuan-2025": Said(
        flow(54, 2, 45, 1)
        | {"t3.r3_2.natural": 4, "t3.r3_3_1.natural": 1, "t3.r3_3_2.natural": 2, "t3.r3_3_7.natural": 1}
        | {"t3.r3_4_1.natural": 2, REVIEWS: 2}
        | {"t2.normative.issued": 6, "t2.normative.repealed": 4, "t2.normative.in_force": 18},
        read=14,
        found=(("N2", "办结54件"),),
        faults={"TEXT_TABLE_MISMATCH": "N2"},
    ),
    "wuchang-approval-2025": Said(
        flow(42, 1, 4, 5) | {"t3.r3_2.natural": 10, "t3.r3_4_1.natural": 21, "t3.r3_6_3.natural": 3},
        read=9,
        found=(("N8", "2025年度信息公开年度报告"),),
        faults={"STALE_YEAR": "N8"},
    ),
    "wuhan-eeb-2020": Said(),
    "wuqi-zhouwan-2021": Said(
        found=(("N8", "2021年12月30日"),),
        faults={"BAD_PERIOD": "N8", "HEADING_TYPO": "headings are no text of a return: the workbook brings its own"},
    ),
    "xining-chengzhong-2024": Said(
        flow(47, 12, 3, 0) | {"t3.r3_2.natural": 36, "t3.r3_3_1.natural": 2, "t3.r3_4_1.natural": 18}, read=7
    ),
    "xiongxian-township-2019": Said(),
    "yanbian-xinjiu-2021": Said(),
    "yanzhou-branch-2025": Said(flow(0, 0, 0, 0)),
    "yueyang-nanhu-2019": Said(read=1),
    "yuhang-2023": Said(flow(1641, 76, 1646, 71) | {REVIEWS: 29, SUITS: 22}, read=7),
    "yuhang-2024": Said(flow(1954, 71, 1950, 75) | {REVIEWS: 61, SUITS: 18}, read=6),
    "yuhang-devreform-2022": Said(
        flow(32, 0, 30, 2) | {"t2.normative.issued": 6},
        read=3,
        faults={"OBSOLETE_BASIS": "its sentence is not among the published ones; see the case of 60号 in tests/narratives.py"},
    ),
    "yuhang-office-2024": Said(flow(78, 5, 80, 3) | {"t2.normative.issued": 11, REVIEWS: 4, SUITS: 3}, read=7),
    "zibo-zhongbu-2020": Said(
        flow(0, 0, 0, 0), read=1, found=(("N8", "202020年"),), faults={"BAD_DATE": "N8"}
    ),
}  # fmt: skip


def a_report(published: Path, name: str) -> Return:
    """Return a published report with its sentences in chapter 一 and the figures that its text implies."""
    raw = raw_of(published, name)
    ret = typed(published, name)
    answers: dict[str, Answer] = dict(ret.answers)
    if SAID[name].figures:
        answers = {code: Filled(0) for code in ret.form.inputs} | answers
        answers |= {code: Filled(value) for code, value in SAID[name].figures.items()}
    said = tuple(
        Paragraph(each["text"], Place("一、总体情况", f"A{4 + at}"), HEAD)
        for at, each in enumerate(raw["narrative_numbers"])
    )
    return replace(ret, answers=answers, stated={}, text={"一": said})


def findings_of(published: Path, name: str) -> list[Finding]:
    """Return the findings of a report's text; N10 is about what was left out, and only parts of the texts are known."""
    last = typed(published, SAID[name].last) if SAID[name].last else None
    return [each for each in check_text(a_report(published, name), last) if each.code != "N10"]


def test_every_report_is_named_here(published: Path) -> None:
    """The table above names every report, and every published fault that test_published leaves to the text."""
    assert set(SAID) == set(REPORTS) == {path.stem for path in published.glob("returns/*.json")}
    for name, report in REPORTS.items():
        assert set(SAID[name].faults) == {code for code, why in report.faults.items() if why == TEXT}, name


@pytest.mark.parametrize("name", list(SAID))
def test_the_text_gives_exactly_its_findings(published: Path, name: str) -> None:
    """Each published fault of the text is found, and no sentence that agrees is complained of."""
    findings = findings_of(published, name)
    assert [each.code for each in findings] == [code for code, _ in SAID[name].found], [one.message for one in findings]
    for each, (_, words) in zip(findings, SAID[name].found, strict=True):
        assert words in each.message
    assert {code for code in SAID[name].faults.values() if re.fullmatch("N[0-9]+", code)} == {
        each.code for each in findings
    }


@pytest.mark.parametrize("name", [name for name, said in SAID.items() if said.read or said.unread])
def test_the_numbers_of_the_text_are_understood(published: Path, name: str) -> None:
    """As many numbers as are counted above are understood as figures of the tables; those passed over are named."""
    ret = a_report(published, name)
    understood = [hit for each in sentences(ret, load_rules()) for hit in hits(each, load_rules(), ret.year)]
    assert len(understood) == SAID[name].read
    whole = "\n".join(each.text for each in ret.text["一"])
    for words in SAID[name].unread:
        assert words in whole


@pytest.mark.parametrize("name", [name for name, said in SAID.items() if said.read])
def test_another_number_is_found(published: Path, name: str) -> None:
    """Any understood number, changed, gives one finding more that names the change."""
    ret = a_report(published, name)
    before = {each.message for each in findings_of(published, name)}
    for at, paragraph in enumerate(ret.text["一"]):
        alone = replace(ret, text={"一": (paragraph,)})
        for sentence in sentences(alone, load_rules()):
            for hit in hits(sentence, load_rules(), ret.year):
                start, end = (sentence.said.origin[each] for each in (hit.quantity.start, hit.quantity.end - 1))
                number = re.match("[0-9]+", sentence.written[start:])
                assert number is not None
                # The sentences are whole paragraphs or begin with one, so the place in one is that in the other.
                offset = paragraph.text.index(sentence.written)
                changed = (
                    paragraph.text[: offset + start]
                    + str(int(number[0]) + 100_003)
                    + paragraph.text[offset + start + len(number[0]) :]
                )
                assert end >= start
                texts = list(ret.text["一"])
                texts[at] = replace(paragraph, text=changed)
                found = {each.message for each in check_text(replace(ret, text={"一": tuple(texts)}))}
                told = [each for each in found - before if str(int(number[0]) + 100_003) in each]
                assert told, changed


def test_the_real_return_of_2019(published: Path) -> None:
    """The whole text of the real report of 2019 is read; its lists add up and its sentences agree: nothing is said."""
    text = (published / "seed-2019.txt").read_text(encoding="utf-8")
    chapters = {
        number: text.partition(f"{number}、{title}")[2].partition(f"{after}、" if after else "\0")[0]
        for number, title, after in (
            ("一", "总体情况", "二"), ("五", "存在的主要问题及改进情况", "六"), ("六", "其他需要报告的事项", ""),
        )
    }  # fmt: skip
    assert "85条" in chapters["一"]
    assert "改进措施" in chapters["五"]
    said = {
        number: tuple(Paragraph(line.strip(), Place(number, f"A{at}")) for at, line in enumerate(chapter.splitlines()) if line.strip())
        for number, chapter in chapters.items()
    }  # fmt: skip
    form = load_form("2019")
    ret = Return(form, Identity("2019", 2019), {code: Filled(0) for code in form.inputs}, text=said)
    assert check_text(ret) == ()
    wrong = replace(
        ret, text=said | {"一": tuple(replace(each, text=each.text.replace("62条", "63条")) for each in said["一"])}
    )
    assert [each.code for each in check_text(wrong)] == ["N6"]
