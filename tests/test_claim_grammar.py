"""The grammar of claims: a number is compared with the tables where it is theirs, and where it is another's it is not."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tests.claim_sentences import APPLY, BESIDE, BY_CHAPTER, CLAIMS, OTHERS
from tests.test_published_sentences import a_return
from toolkit.answers import Number
from toolkit.checking.text import check_text
from toolkit.forms import load_form
from toolkit.returns import Identity

CODES = {
    "new": "t3.r1.natural", "nent": "t3.r1.enterprise", "inn": "t3.r2.natural", "out": "t3.r4.natural",
    "g": "t3.r3_1.natural", "gent": "t3.r3_1.enterprise", "p": "t3.r3_2.natural", "ref": "t3.r3_3_6.natural",
    "una": "t3.r3_4_1.natural", "unp": "t3.r3_5_2.natural", "oth": "t3.r3_6_3.natural", "ru": "t4.review.upheld",
    "rc": "t4.review.corrected", "ro": "t4.review.other", "rp": "t4.review.pending", "du": "t4.suit_direct.upheld",
    "dc": "t4.suit_direct.corrected", "dp": "t4.suit_direct.pending", "do": "t4.suit_direct.other",
    "au": "t4.suit_after.upheld", "ni": "t2.normative.issued", "nr": "t2.normative.repealed",
    "nf": "t2.normative.in_force", "lic": "t2.licensing.decisions", "pen": "t2.penalty.decisions",
    "coe": "t2.coercion.decisions", "fee": "t2.fees.amount", "ri": "t2.rules.issued",
}  # fmt: skip


def figures(words: str = "", more: int = 0) -> dict[str, Number | str]:
    """Return the figures of a sentence; with ``more`` every cell holds so much more than it says, and each another sum."""
    stated = dict(pair.split("=") for pair in words.split())
    cells: dict[str, Number | str] = {}
    for at, (name, code) in enumerate(CODES.items()):
        value = Decimal(stated.get(name, "0")) + (more and more + at * 7)
        cells[code] = str(value) if name == "fee" else int(value)
    return cells


def codes(head: str, text: str, cells: dict[str, Number | str]) -> list[str]:
    ret = a_return(cells, text, year=2024, head=head)
    return sorted(one.code for one in check_text(ret) if one.code != "N10")


def test_a_claim_agrees_or_is_found() -> None:
    """Nothing is said beside the figures it states; beside others each of its numbers is told."""
    accused = [text for head, text, words, _ in CLAIMS if codes(head, text, figures(words))]
    missed = [one for one in CLAIMS if codes(one[0], one[1], figures(one[2], 53)) != one[3].split()]
    assert (accused, missed) == ([], [])


def test_what_is_not_the_tables_is_left_alone() -> None:
    """Whose, which channel, which part, which year, what is counted: one that differs, and no table contradicts."""
    assert [text for head, text in OTHERS if codes(head, text, figures("", 53))] == []


@pytest.mark.parametrize(
    ("identity", "text", "expected"),
    [
        (Identity(name="样例县水利局"), "全县共受理政府信息公开申请320件。", []),
        (Identity(name="样例县水利局"), "我局共受理政府信息公开申请320件。", ["N1"]),
        (Identity(name="样例县人民政府"), "全县共受理政府信息公开申请320件。", ["N1"]),
        (Identity(name="样例县水利局", kind="rollup"), "全县各部门共受理政府信息公开申请320件。", ["N1"]),
        (Identity(name="样例县水利局"), "各部门共受理政府信息公开申请320件。", []),
    ],
)
def test_whose_a_number_is(identity: Identity, text: str, expected: list[str]) -> None:
    """The whole county is the body of a roll-up and of a government, not that of a bureau."""
    ret = a_return(figures("", 53), text, year=2024, head=APPLY)
    got = check_text(type(ret)(ret.form, identity, ret.answers, text=ret.text))
    assert [one.code for one in got if one.code != "N10"] == expected


def in_chapter(number: str, text: str, first: int, step: int) -> list[str]:
    """Return the codes of a sentence of a chapter beside cells that rise from a first one."""
    cells = {code: first + at * step for at, code in enumerate(load_form("2021").inputs)}
    ret = a_return(dict(cells), text, year=2024, head=APPLY if number == "一" else "", number=number)
    own = type(ret)(ret.form, Identity(form="2021", year=2024, name="样例县水利局"), ret.answers, text=ret.text)
    return [one.code for one in check_text(own) if one.code != "N10"]


def test_a_chapter_says_what_its_sentences_count() -> None:
    """Results, applicants, cases, decisions and their absence, by their names alone."""
    rows = [(number, text) for number, texts in BY_CHAPTER.items() for text in texts]
    assert [row for row in rows if not in_chapter(*row, 101, 3)] == []
    none = [row for row in rows if not any(mark in "123456789" for mark in row[1])]
    assert [row for row in none if in_chapter(*row, 0, 0)] == []


def test_beside_what_the_chapters_count() -> None:
    """Steps, causes, other bodies, other matters and other years contradict no table."""
    rows = [(number, text) for number, texts in BESIDE.items() for text in texts]
    assert [row for row in rows if in_chapter(*row, 101, 3)] == []


def test_every_result_of_the_form_is_read_by_its_name() -> None:
    """Whatever the form calls a result, a number beside that name is compared, and so is its absence."""
    items = load_form("2021").items
    results = [items[code].short for code in items if re.fullmatch(r"t3\.r3_[1-6](?:_[0-9])?\.total", code)]
    names = [re.sub("^（.）(?:[0-9].)?|·总计$", "", name) for name in results if "其他·" not in name]
    assert len(names) == 20
    frames = ("{}9件。", "{}的9件。", "{}的申请有9件。", "{}的共9件。", "9件{}。", "没有{}的情形。", "无{}的申请。")
    texts = [frame.format(name) for name in names for frame in frames]
    assert [text for text in texts if not in_chapter("三", text, 1, 0)] == []
    # One in every of the six columns of applicants is six.
    assert [text for text in texts if "9" in text and in_chapter("三", text.replace("9", "6"), 1, 0)] == []
    assert [text for text in texts if "9" not in text and in_chapter("三", text, 0, 0)] == []
