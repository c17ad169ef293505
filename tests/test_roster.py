"""The roster: every body that is expected, once in every year, and each fault at its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import roster as roster_module
from toolkit.errors import ToolkitError
from toolkit.roster import (
    ALPHABET,
    LEVELS,
    ROSTER,
    Respondent,
    Roster,
    check_character,
    code_fault,
    folded,
    roster_from_csv,
    roster_from_rows,
    without_rules,
)

TITLES = tuple(column.title for column in ROSTER.columns)


def code_of(number: int) -> str:
    """Return a well-formed code that belongs to nobody."""
    body = f"11999999{number:09d}"
    return body + check_character(body)


def a_row(number: int = 1, **given_: str) -> list[str]:
    """Return a sound row in the order of the columns, with some fields as given."""
    fields = {
        "code": code_of(number), "name": f"样例县第{number}局", "short": f"{number}局", "level": "县级部门",
        "email": f"b{number}@example.cn", "in_rollup": "是", "valid_from": "", "valid_to": "", "predecessors": "",
        "contact": "", "phone": "",
    }  # fmt: skip
    assert set(given_) <= set(fields)
    fields |= given_
    return [fields[column.code] for column in ROSTER.columns]


def read(*rows: list[str]) -> tuple[Roster, list[tuple[str, str | None]]]:
    """Return the roster of rows under a header in row 1, and its findings as (code, cell)."""
    roster, found = roster_from_rows([list(TITLES), *rows], file="名录.xlsx", sheet="名录")
    assert all((each.file, each.sheet) == ("名录.xlsx", "名录") for each in found)
    return roster, [(each.code, each.cell) for each in found]


def test_codes_made_elsewhere_are_sound() -> None:
    """The check character agrees with codes in circulation, which were not made by this program."""
    assert code_fault("91110000802100433B") is None
    assert code_fault("914403001922038216") is None
    assert code_fault("9144030071526726XG") is None


def test_a_code_fault_says_which_part() -> None:
    """Length, characters and the check character are told apart."""
    sound = code_of(1)
    assert code_fault(sound) is None
    assert code_fault(sound[:-1]) == "应为 18 位，现为 17 位"
    assert "I" in (code_fault(sound[:8] + "I" + sound[9:]) or "")
    other = "0" if sound[-1] != "0" else "1"
    assert code_fault(sound[:-1] + other) == f"末位校验码应为 {sound[-1]}，现为 {other}"
    assert code_fault(sound.replace("1", "１", 1)) is not None
    assert code_fault("") is not None


@pytest.mark.parametrize(
    "typed",
    [
        "'{}",
        "{}'",
        "‘{}",
        "统一社会信用代码：{}",
        "统一社会信用代码:{}",
        "代码{}",
        "{}（正本）",
        "{8}-{9}",
        "{8} {9}",
        "{8}·{9}",
    ],
)
def test_a_code_among_marks_and_words_is_offered(typed: str) -> None:
    """An apostrophe, hyphens, spaces, the label typed along: the code is offered without them, and never taken."""
    code = code_of(3)
    text = typed.replace("{}", code).replace("{8}", code[:8]).replace("{9}", code[8:])
    told = code_fault(text) or ""
    assert f"是 {code}" in told
    assert told.startswith("应为 18 位")
    assert f"是 {code}" not in (code_fault(f"{text[:-1]}A") or "")


@pytest.mark.parametrize("number", ["9.13708001234567E+17", "9.1E17", "1.2e+17", "9E+17", "113708001234567000"])
def test_a_code_that_became_a_number_is_said(number: str) -> None:
    """A program that took a code for a number kept 15 digits of it: what it did, and Text before typing it again."""
    told = code_fault(number) or ""
    assert "当成了数" in told
    assert "“文本”" in told


def test_what_nobody_sees_in_a_roster_never_decides() -> None:
    """It is left out of codes, names and years, and said; the row counts."""
    fields = a_row(7, valid_from="2021")
    marked = [f"\u202d{text}\u202c" if text else text for text in fields]
    roster, found = read(marked)
    assert roster == read(fields)[0]
    assert {code for code, _ in found} == {"ROSTER_013"}
    assert roster.by_name("样例县\u200b第7局") is not None


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_slip_in_a_code_is_seen(body: str, at: int, slip: str) -> None:
    """Weights modulo the prime 31 leave no wrong character unseen."""
    code = body + check_character(body)
    assert code_fault(code) is None
    wrong = code[:at] + slip + code[at + 1 :]
    assert (code_fault(wrong) is None) == (wrong == code)


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_has_a_fault(text: str) -> None:
    """No text raises; only 18 characters of the alphabet can be sound."""
    if code_fault(text) is None:
        assert len(text) == 18
        assert set(text) <= set(ALPHABET)


def test_a_sound_row_is_a_respondent() -> None:
    """Every column reaches its field, codes and leading zeros as text."""
    olds = f"{code_of(8)}、{code_of(9)}"
    roster, found = read(
        a_row(7, valid_from="2021", valid_to="2024", predecessors=olds, contact="张三", phone="0537-1")
    )
    assert found == []
    assert roster.respondents == (
        Respondent(
            code_of(7),
            "样例县第7局",
            "7局",
            "县级部门",
            "b7@example.cn",
            True,
            2021,
            2024,
            (code_of(8), code_of(9)),
            contact="张三",
            phone="0537-1",
        ),
    )


def test_columns_stand_in_any_order_under_any_title_rows() -> None:
    """The header is found by its titles, starred or spaced; the region stands above it."""
    order = sorted(range(len(ROSTER.columns)), key=lambda at: TITLES[at])
    rows = [["单位名录"], ["地区：样例县"], [], [TITLES[at] + " *" for at in order], [], [a_row(3)[at] for at in order]]
    roster, found = roster_from_rows(rows, file="a", sheet="b")
    assert found == ()
    assert roster.region == "样例县"
    assert [each.code for each in roster.respondents] == [code_of(3)]


def test_the_prompt_of_the_blank_is_no_region() -> None:
    """A region that nobody filled in stays empty."""
    roster, _ = roster_from_rows([["地区：（请填写）"], list(TITLES), a_row()], file="a", sheet="b")
    assert roster.region == ""


def test_clerks_spellings_are_taken() -> None:
    """Full-width or small letters and spaces in a code, 年 after a year and short words for levels do no harm."""
    wide = code_of(1).translate({each: each + 0xFEE0 for each in range(0x21, 0x7F)})
    roster, found = read(
        a_row(code=f" {wide.lower()} ", level="部门", valid_from="２０２１年"),
        a_row(2, level="县（市、区）"),
        a_row(3, level="乡"),
    )
    assert found == []
    assert [(each.code, each.level, each.valid_from) for each in roster.respondents] == [
        (code_of(1), "县级部门", 2021),
        (code_of(2), "县", None),
        (code_of(3), "乡镇", None),
    ]


def test_names_keep_their_own_brackets() -> None:
    """The full name goes onto documents as it was written; only looking up folds it."""
    roster, _ = read(a_row(name="样例县（城关）街道"))
    assert roster.respondents[0].name == "样例县（城关）街道"
    found = roster.by_name("样例县(城关) 街道")
    assert found is not None
    assert found.code == code_of(1)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"code": code_of(1)[:-1]}, ("ROSTER_010", "A2")),
        ({"code": "11999999000000001?"}, ("ROSTER_010", "A2")),
        ({"code": ""}, ("ROSTER_003", "A2")),
        ({"name": "  "}, ("ROSTER_003", "B2")),
        ({"level": ""}, ("ROSTER_003", "D2")),
        ({"level": "国家"}, ("ROSTER_021", "D2")),
        ({"email": "a@example.cn;b@example.cn"}, ("ROSTER_020", "E2")),
        ({"email": "a@example.cn b@example.cn"}, ("ROSTER_020", "E2")),
        ({"email": "a@example.cn\nBcc: b@example.cn"}, ("ROSTER_020", "E2")),
        ({"email": "教育局"}, ("ROSTER_020", "E2")),
        ({"email": "a@example"}, ("ROSTER_020", "E2")),
        ({"in_rollup": "Y"}, ("ROSTER_022", "F2")),
        ({"in_rollup": ""}, ("ROSTER_003", "F2")),
        ({"valid_from": "二〇二一"}, ("ROSTER_023", "G2")),
        ({"valid_to": "21"}, ("ROSTER_023", "H2")),
        ({"valid_from": "2024", "valid_to": "2023"}, ("ROSTER_024", "G2")),
        ({"predecessors": "旧局"}, ("ROSTER_010", "I2")),
    ],
)
def test_a_fault_has_its_cell_and_keeps_the_row_out(changed: dict[str, str], expected: tuple[str, str]) -> None:
    """One fault is one finding at its cell; the body at fault is not expected, its neighbour is."""
    roster, found = read(a_row(1, **changed), a_row(2))
    assert found == [expected]
    assert [each.code for each in roster.respondents] == [code_of(2)]


def test_a_body_without_an_address_is_kept() -> None:
    """No address is a warning: the reply goes another way."""
    roster, found = read(a_row(email=""))
    assert found == [("ROSTER_030", "E2")]
    assert len(roster.respondents) == 1


def test_faults_quote_what_stands_there() -> None:
    """The code and its fault, and the row of the twin, are in the words."""
    _, found = roster_from_rows([list(TITLES), a_row(), a_row(code="123")], file="a", sheet="b")
    assert "“123”应为 18 位，现为 3 位" in found[0].message
    assert not any("\u4e00" <= each <= "\u9fff" for each in found[0].message_en)
    _, found = roster_from_rows([list(TITLES), a_row(), a_row(name="另一局")], file="a", sheet="b")
    assert f"代码 {code_of(1)} 与第 2 行重复" in found[0].message


def test_one_code_twice_in_a_year_is_a_fault() -> None:
    """Overlapping validity is named at the later row; the earlier row stays."""
    roster, found = read(a_row(name="旧名", valid_to="2022"), a_row(name="新名", valid_from="2022"))
    assert found == [("ROSTER_011", "A3")]
    assert [each.name for each in roster.respondents] == ["旧名"]


def test_one_code_may_change_its_name_between_years() -> None:
    """Disjoint validity is a renaming: each year expects the name of that year."""
    roster, found = read(a_row(name="旧名", valid_to="2022"), a_row(name="新名", valid_from="2023"))
    assert found == []
    assert [each.name for each in roster.expected(2022)] == ["旧名"]
    assert [each.name for each in roster.expected(2023)] == ["新名"]
    latest = roster.by_code(code_of(1))
    assert latest is not None
    assert latest.name == "新名"


def test_two_bodies_of_one_name_are_a_fault() -> None:
    """Spaces and width do not make a name different; other years do."""
    assert read(a_row(1, name="样例县(甲)局"), a_row(2, name="样例县（甲） 局"))[1] == [("ROSTER_012", "B3")]
    assert read(a_row(1, name="甲局", valid_to="2020"), a_row(2, name="甲局", valid_from="2021"))[1] == []
    assert read(a_row(1, name="甲局", valid_to="2020"), a_row(1, name="甲局", valid_from="2021"))[1] == []


def test_a_thousand_bodies_are_compared_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are folded once each, not for every pair of bodies."""
    counted = []
    monkeypatch.setattr(roster_module, "folded", lambda name: counted.append(name) or folded(name))
    assert read(*(a_row(at, name=f"第{at}局") for at in range(1, 301)))[1] == []
    assert len(counted) < 300 * 20


def test_bodies_are_expected_in_their_years_by_code() -> None:
    """Both years count in, and the order is that of the codes."""
    roster, found = read(a_row(5), a_row(2, valid_from="2021"), a_row(9, valid_to="2021"))
    assert found == []
    assert [each.code for each in roster.expected(2020)] == sorted([code_of(5), code_of(9)])
    assert [each.code for each in roster.expected(2021)] == sorted([code_of(2), code_of(5), code_of(9)])
    assert [each.code for each in roster.expected(2022)] == sorted([code_of(2), code_of(5)])


def test_bodies_are_found_by_name_and_code_only_when_sure() -> None:
    """A short name of two bodies is nobody's, an empty name and a predecessor's code neither."""
    roster, _ = read(a_row(1, short="一局"), a_row(2, short="同"), a_row(3, short="同", predecessors=code_of(4)))
    assert [each.code for name in ("一局", "样例县 第2局") if (each := roster.by_name(name))] == [
        code_of(1),
        code_of(2),
    ]
    assert roster.by_name("同") is None
    assert roster.by_name("") is None
    assert roster.by_name("没有的局") is None
    assert roster.by_code(code_of(4)) is None


def test_a_roster_without_its_columns_is_told_so() -> None:
    """No header row and a missing required column are findings; an optional column may be absent."""
    assert [each.code for each in roster_from_rows([["甲"], ["乙"]], file="a", sheet="b")[1]] == ["ROSTER_001"]
    assert [each.code for each in roster_from_rows([], file="a", sheet="b")[1]] == ["ROSTER_001"]
    without = [[text for at, text in enumerate(row) if TITLES[at] != "层级"] for row in (list(TITLES), a_row())]
    roster, found = roster_from_rows(without, file="a", sheet="b")
    assert [(each.code, each.cell) for each in found] == [("ROSTER_002", "A1")]
    assert "层级" in found[0].message
    assert roster.respondents == ()
    plain = [[text for at, text in enumerate(row) if TITLES[at] != "简称"] for row in (list(TITLES), a_row())]
    assert roster_from_rows(plain, file="a", sheet="b")[1] == ()


def test_rows_may_be_short_or_empty() -> None:
    """Trailing cells that are absent are blanks, and empty rows are nothing."""
    roster, found = read([], ["", " "], a_row()[:6])
    assert found == []
    assert len(roster.respondents) == 1


@given(
    st.lists(
        st.lists(st.sampled_from((*TITLES, "", "是", "2021", "县", code_of(1), "a@b.cn", "x")), max_size=9), max_size=6
    )
)
def test_any_rows_are_read(rows: list[list[str]]) -> None:
    """No rows raise, and what is kept is unique in every year."""
    roster, _ = roster_from_rows([list(TITLES), *rows], file="a", sheet="b")
    for year in (2020, 2021, 2022):
        codes = [each.code for each in roster.expected(year)]
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_every_office_program(tmp_path: Path, encoding: str, end: str) -> None:
    """UTF-8 with and without mark and GB18030, with any line ends, give the same roster; cells are counted from A1."""
    path = tmp_path / "名录.csv"
    path.write_bytes(end.join(",".join(row) for row in (TITLES, a_row(1), a_row(2, level="国家"))).encode(encoding))
    roster, found = roster_from_csv(path)
    assert [each.name for each in roster.respondents] == ["样例县第1局"]
    assert [(each.code, each.file, each.sheet, each.cell) for each in found] == [("ROSTER_021", "名录.csv", None, "D3")]


def test_csv_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file, bytes of no known encoding and a cell without end are refused with a remedy, not a traceback."""
    path = tmp_path / "a.csv"
    with pytest.raises(ToolkitError):
        roster_from_csv(path)
    for content in (b"\xff\xff\xff", b'"' + b"x" * 200_000):
        path.write_bytes(content)
        with pytest.raises(ToolkitError):
            roster_from_csv(path)


def test_levels_say_who_makes_no_rules() -> None:
    """Only governments of provinces and cities with districts make 规章: no department does, whose ever it is."""
    assert {level for level in LEVELS if not without_rules(level)} == {"省", "市"}
    assert without_rules("部门") is True
    assert without_rules("县（市、区）") is True
    assert without_rules("国家") is None
    assert without_rules("") is None
