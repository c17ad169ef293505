"""What clerks type is understood, repaired in the open, or refused; nothing becomes a figure in silence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.answers import Blank, Filled, Unreadable
from toolkit.findings import Severity
from toolkit.returns.numbers import LIMIT, finding_of, kind_words, show, understand

KINDS = ("count", "signed", "money")
TYPED = st.text(alphabet="0123456789０１５９.,，+-－−—/ \u3000\n件条万元亿千减增少约十二百零²②٣e_%()無无", max_size=12)
"""Texts near what clerks type: far more telling than any text at all, which is drawn as well."""

FILLED = (
    # harmless spellings: info
    ("count", "12", 12, "VALUE_001"),
    ("count", "0", 0, "VALUE_001"),
    ("count", "１２", 12, "VALUE_001"),
    ("count", "1２", 12, "VALUE_001"),
    ("count", "  12 ", 12, "VALUE_001"),
    ("count", "\u300012\u00a0", 12, "VALUE_001"),
    ("count", "12\n", 12, "VALUE_001"),
    ("count", "1,234", 1234, "VALUE_001"),
    ("count", "1，234", 1234, "VALUE_001"),
    ("count", "１，２３４，５６７", 1234567, "VALUE_001"),
    ("count", "1 234", 1234, "VALUE_001"),
    ("count", "+3", 3, "VALUE_001"),
    ("count", "＋3", 3, "VALUE_001"),
    ("count", "12.0", 12, "VALUE_001"),
    ("count", "999999999999", 999999999999, "VALUE_001"),
    ("signed", "-4", -4, "VALUE_001"),
    ("signed", "- 4", -4, "VALUE_001"),
    ("signed", "+3", 3, "VALUE_001"),
    ("money", "14.4", Decimal("14.4"), "VALUE_001"),
    ("money", "１４．４", Decimal("14.4"), "VALUE_001"),
    ("money", "14.4000", Decimal("14.4"), "VALUE_001"),
    ("money", "1,234.5678", Decimal("1234.5678"), "VALUE_001"),
    ("money", "100", Decimal("100"), "VALUE_001"),
    # units that agree or convert exactly, words for a sign: warning
    ("count", "12件", 12, "VALUE_002"),
    ("count", "12 件", 12, "VALUE_002"),
    ("count", "１２条", 12, "VALUE_002"),
    ("count", "1,234件次", 1234, "VALUE_002"),
    ("count", "1.2万件", 12000, "VALUE_002"),
    ("count", "3万", 30000, "VALUE_002"),
    ("signed", "－8", -8, "VALUE_002"),
    ("signed", "−8", -8, "VALUE_002"),
    ("signed", "减4", -4, "VALUE_002"),
    ("signed", "减少4件", -4, "VALUE_002"),
    ("signed", "增3", 3, "VALUE_002"),
    ("signed", "增加3", 3, "VALUE_002"),
    ("money", "14.4万元", Decimal("14.4"), "VALUE_002"),
    ("money", "14.4万", Decimal("14.4"), "VALUE_002"),
    ("money", "12万元整", Decimal("12"), "VALUE_002"),
    ("money", "251000元", Decimal("25.1"), "VALUE_002"),
    ("money", "251,000 元", Decimal("25.1"), "VALUE_002"),
    ("money", "1元", Decimal("0.0001"), "VALUE_002"),
    ("money", "1.2亿元", Decimal("12000"), "VALUE_002"),
    ("money", "5千元", Decimal("0.5"), "VALUE_002"),
)
REFUSED = (
    ("count", "--253", "VALUE_010", None),
    ("count", "约5", "VALUE_010", "5"),
    ("count", "00012", "VALUE_010", "12"),
    ("count", "十二", "VALUE_010", "12"),
    ("count", "十二件", "VALUE_010", "12"),
    ("count", "一百零五", "VALUE_010", "105"),
    ("count", "两千", "VALUE_010", "2000"),
    ("count", "二百五", "VALUE_010", None),
    ("count", "十百", "VALUE_010", None),
    ("count", "零零", "VALUE_010", None),
    ("count", "3或4", "VALUE_010", None),
    ("count", "3、4", "VALUE_010", None),
    ("count", "5或六", "VALUE_010", None),
    ("count", "(5)", "VALUE_010", None),
    ("count", "（5）", "VALUE_010", None),
    ("count", "5%", "VALUE_010", None),
    ("count", "5²", "VALUE_010", None),
    ("count", "5⁴", "VALUE_010", None),
    ("count", "②", "VALUE_010", None),
    ("count", "½", "VALUE_010", None),
    ("count", "٣", "VALUE_010", None),
    ("count", "1e3", "VALUE_010", None),
    ("count", "0x1F", "VALUE_010", None),
    ("count", "1_000", "VALUE_010", None),
    ("count", "12,34", "VALUE_010", None),
    ("count", "12 34", "VALUE_010", None),
    ("count", "1\n234", "VALUE_010", None),
    ("count", "12号", "VALUE_010", None),
    ("count", "12元", "VALUE_010", None),
    ("count", "14.4万元", "VALUE_010", None),
    ("count", "负5", "VALUE_010", None),
    ("count", "减5", "VALUE_010", None),
    ("count", "—5", "VALUE_010", None),
    ("count", "2024年", "VALUE_010", None),
    ("count", "件", "VALUE_010", None),
    ("count", "NaN", "VALUE_010", None),
    ("count", "Infinity", "VALUE_010", None),
    ("count", "1.5", "VALUE_011", None),
    ("count", "1.23456万件", "VALUE_011", None),
    ("count", "-5", "VALUE_012", None),
    ("count", "1" * 13, "VALUE_014", None),
    ("signed", "减-4", "VALUE_010", None),
    ("signed", "减少了5", "VALUE_010", None),
    ("signed", "+-4", "VALUE_010", None),
    ("signed", "-0.5", "VALUE_011", None),
    ("money", "12件", "VALUE_010", None),
    ("money", "￥12", "VALUE_010", None),
    ("money", ".5", "VALUE_010", "0.5"),
    ("money", "约14.4", "VALUE_010", "14.4"),
    ("money", "5角", "VALUE_010", "5"),
    ("money", "12元5角", "VALUE_010", None),
    ("money", "-5万元", "VALUE_012", None),
    ("money", "0.00001", "VALUE_013", None),
    ("money", "0.5元", "VALUE_013", None),
    ("money", "1.00000000000000000000000000001元", "VALUE_013", None),
    ("money", "100000000亿元", "VALUE_014", None),
)


@pytest.mark.parametrize(("kind", "typed", "value", "code"), FILLED)
def test_spellings_that_mean_one_thing(kind: str, typed: str, value: int | Decimal, code: str) -> None:
    """A text that can mean one number is that number, with the text as it stood and the code of its repair."""
    assert understand(typed, kind=kind) == Filled(value, typed, code)


@pytest.mark.parametrize(("kind", "typed", "code", "proposal"), REFUSED)
def test_texts_that_are_no_definite_number(kind: str, typed: str, code: str, proposal: str | None) -> None:
    """Anything else is quoted and refused; a number is proposed only where there is one plain reading."""
    assert understand(typed, kind=kind) == Unreadable(typed, code, proposal)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mark", ["/", "／", "\\", "-", "—", "–", "－", "无", "暂无", "没有", "空", " / ", "无\u3000"])
def test_marks_are_blank_and_not_zero(mark: str, kind: str) -> None:
    """A mark for nothing is a blank with a note, in every kind of cell."""
    answer = understand(mark, kind=kind)
    assert answer == Blank(mark, "VALUE_003")
    noted = finding_of(answer, label="x", kind=kind, item="t.x")
    assert noted is not None
    assert noted.severity is Severity.WARNING


@pytest.mark.parametrize("nothing", [None, "", " ", "\u3000\u00a0", "\n", "\u200b"])
def test_nothing_is_a_silent_blank(nothing: str | None) -> None:
    """An empty cell and one of spaces only are blanks without a word."""
    answer = understand(nothing, kind="count")
    assert answer == Blank()
    assert finding_of(answer, label="x", kind="count", item="t.x") is None


UNSEEN = [chr(at) for first, last in ((0x202A, 0x202E), (0x2066, 0x2069), (0x200B, 0x200F), (0xFE00, 0xFE0F))
          for at in range(first, last + 1) if at != 0x202E] + ["\u2060", "\ufeff", "\u00ad"]  # fmt: skip
"""Characters without a width, as they come along from pages, chats and spreadsheets."""


@pytest.mark.parametrize("mark", UNSEEN)
def test_characters_nobody_sees_never_decide(mark: str) -> None:
    """A figure with one before, in or after it is that figure, and its finding says that it stood there."""
    for typed in (f"{mark}24", f"24{mark}", f"2{mark}4", f"{mark}24{mark}"):
        answer = understand(typed, kind="count")
        assert answer == Filled(24, typed, "VALUE_004")
        noted = finding_of(answer, label="项目", kind="count", item="t.x")
        assert noted is not None
        assert (noted.severity, mark in noted.message) == (Severity.INFO, False)
        assert f"（U+{ord(mark):04X}）" in noted.message
    assert understand(mark, kind="count") == Blank()
    assert understand(f"{mark}/{mark}", kind="count") == Blank(f"{mark}/{mark}", "VALUE_003")


def test_a_figure_that_is_seen_reversed_is_unreadable() -> None:
    """U+202E shows 12 where 21 is stored: neither is taken, and the finding names the character."""
    answer = understand("\u202e21\u202c", kind="count")
    assert answer == Unreadable("\u202e21\u202c", "VALUE_010")
    noted = finding_of(answer, label="项目", kind="count", item="t.x")
    assert noted is not None
    assert "看不见的字符（U+202E、U+202C）" in noted.message
    assert "nobody sees (U+202E、U+202C)" in noted.message_en


@given(TYPED, st.sampled_from(KINDS), st.sampled_from(UNSEEN), st.integers(0, 12))
def test_a_text_reads_the_same_with_what_nobody_sees(text: str, kind: str, mark: str, at: int) -> None:
    """Wherever it is put, nothing but what was typed decides between figure, blank and unreadable."""
    plain, marked = understand(text, kind=kind), understand(f"{text[:at]}{mark}{text[at:]}", kind=kind)
    assert type(plain) is type(marked)
    if isinstance(plain, Filled) and isinstance(marked, Filled):
        assert marked.value == plain.value
        assert marked.repair == ("VALUE_004" if plain.repair == "VALUE_001" else plain.repair)
    if isinstance(plain, Unreadable) and isinstance(marked, Unreadable):
        assert (marked.reason, marked.proposal) == (plain.reason, plain.proposal)


def test_number_cells_that_fit_stand_as_they_are() -> None:
    """A number of its kind needs no repair: counts become int, money a Decimal without zeros or exponent."""
    assert understand(Decimal("12.0"), kind="count") == Filled(12, "12")
    assert understand(-3, kind="signed") == Filled(-3, "-3")
    assert understand(0, kind="count") == Filled(0, "0")
    money = understand(Decimal("1E+2"), kind="money")
    assert money == Filled(Decimal(100), "100")
    assert isinstance(money, Filled)
    assert isinstance(money.value, Decimal)
    assert str(money.value) == "100"
    assert type(understand(Decimal(7), kind="count").value) is int  # type: ignore[union-attr]
    assert str(understand(Decimal("-0.00"), kind="money").value) == "0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        (Decimal("0.5"), "count", "VALUE_011"),
        (Decimal("0.5"), "signed", "VALUE_011"),
        (-1, "count", "VALUE_012"),
        (Decimal("-0.0001"), "money", "VALUE_012"),
        (Decimal("0.00005"), "money", "VALUE_013"),
        (10**12, "count", "VALUE_014"),
        (-(10**12), "signed", "VALUE_014"),
        (Decimal("999999999999.99999999999999999999"), "money", "VALUE_013"),
        (Decimal("1E+999999"), "money", "VALUE_014"),
        (Decimal("5E-324"), "money", "VALUE_013"),
        (Decimal("NaN"), "money", "VALUE_014"),
        (Decimal("-Infinity"), "signed", "VALUE_014"),
        (True, "count", "VALUE_017"),
        (False, "money", "VALUE_017"),
    ],
)
def test_number_cells_that_do_not_fit(value: int | Decimal | bool, kind: str, code: str) -> None:
    """A fraction, a negative, too many decimals, too large, a logical value: each has its own code and is no figure."""
    answer = understand(value, kind=kind)
    assert isinstance(answer, Unreadable)
    assert answer.reason == code


def test_the_largest_figures_that_fit() -> None:
    """The bounds are where the near misses are: one less than the limit and four decimals are figures."""
    assert isinstance(understand(int(LIMIT) - 1, kind="count"), Filled)
    assert understand(Decimal("0.0001"), kind="money") == Filled(Decimal("0.0001"), "0.0001")
    assert isinstance(understand(Decimal("99999999999.9999"), kind="money"), Filled)
    assert isinstance(understand(Decimal("999999999999.999"), kind="money"), Filled)
    assert isinstance(understand(Decimal("999999999999.9999"), kind="money"), Unreadable), "no program shows 16 digits"


def test_figures_of_thousands_of_digits_are_too_large() -> None:
    """A figure beyond what Python turns into text is refused like any other that is too large."""
    for value in (10**5000, "1" * 5001, Decimal("1" * 5001)):
        answer = understand(value, kind="count")
        assert isinstance(answer, Unreadable)
        assert answer.reason == "VALUE_014"


def test_errors_and_dates_are_no_figures() -> None:
    """An error value and a number shown as a date are unreadable whatever stands beside them."""
    assert understand(5, kind="count", error="#REF!") == Unreadable("#REF!", "VALUE_015")
    assert understand(None, kind="count", error="#N/A") == Unreadable("#N/A", "VALUE_015")
    assert understand(45000, kind="count", date=True) == Unreadable("45000", "VALUE_016")
    assert understand(None, kind="count", date=True) == Blank()


@given(st.one_of(st.text(max_size=30), TYPED), st.sampled_from(KINDS))
@example("1" * 9000, "count")
@example("\x1c5", "count")
def test_any_text_is_one_of_the_three_and_says_so(text: str, kind: str) -> None:
    """No text raises; each but silence has a finding, a figure from text always says how it was read."""
    answer = understand(text, kind=kind)
    told = finding_of(answer, label="项目", kind=kind, item="t.x")
    if isinstance(answer, Filled):
        assert answer.repair in ("VALUE_001", "VALUE_002", "VALUE_004")
        assert answer.value >= 0 or kind == "signed"
        assert abs(answer.value) < LIMIT
    assert (told is None) == (answer == Blank())
    if isinstance(answer, Unreadable) and answer.proposal is not None:
        assert isinstance(understand(answer.proposal, kind=kind), Filled)


UNITS = {"": 1, "件": 1, "条": 1, "万件": 10000, "万条": 10000, "万": 10000}
MONEY = {
    "": Fraction(1),
    "万元": Fraction(1),
    "万": Fraction(1),
    "元": Fraction(1, 10000),
    "千元": Fraction(1, 10),
    "亿元": Fraction(10000),
    "亿": Fraction(10000),
}


@given(TYPED, st.sampled_from(KINDS))
def test_every_figure_from_text_is_what_its_digits_say(text: str, kind: str) -> None:
    """An independent reader in fractions agrees with every figure that was taken from a text."""
    answer = understand(text, kind=kind)
    if isinstance(answer, Filled):
        assert Fraction(answer.value) == _independently(text, kind)


def _independently(text: str, kind: str) -> Fraction:
    kept, unit, sign = "", "", 1
    for each in text:
        if each in "０１２３４５６７８９":
            kept += str(ord(each) - ord("０"))
        elif each in "0123456789.":
            kept += each
        elif each in "-－−减":
            sign = -1
        elif each in "件条万元亿千":
            unit += each
        else:
            assert each in "+,， \u3000\n增少加", each
    factor = MONEY if kind == "money" else UNITS
    return sign * Fraction(kept) * factor[unit]


@given(st.integers(0, 10**12 - 1), st.sampled_from(sorted(UNITS)), st.booleans(), st.sampled_from(["", " ", "\u3000"]))
def test_counts_round_trip_in_any_dress(count: int, unit: str, wide: bool, space: str) -> None:
    """Digits, full-width or not, with separators, spaces and a unit, give the count back times its unit."""
    text = f"{space}{count:,}{space}{unit}"
    text = text.translate({each: each + 0xFEE0 for each in range(0x21, 0x7F)}) if wide else text
    answer = understand(text, kind="count")
    value = count * UNITS[unit]
    assert answer == (
        Filled(value, text, "VALUE_002" if unit else "VALUE_001") if value < LIMIT else Unreadable(text, "VALUE_014")
    )


@given(st.integers(0, 10**15), st.sampled_from(sorted(MONEY)))
def test_money_is_exact_or_refused(yuan: int, unit: str) -> None:
    """An amount in any unit is exact to the yuan: what does not fit four decimals is refused, never rounded."""
    amount = Fraction(yuan, 10000) / MONEY[unit]
    text = f"{Decimal(amount.numerator) / Decimal(amount.denominator):f}{unit}"
    answer = understand(text, kind="money")
    assert isinstance(answer, Filled)
    assert Fraction(answer.value) == Fraction(yuan, 10000)
    assert understand(answer.value, kind="money") == Filled(answer.value, show(answer.value))


@given(
    st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
)
def test_shown_figures_have_no_exponent_and_stay_equal(value: int | Decimal) -> None:
    """What is shown is plain digits and the same number."""
    shown = show(value)
    assert set(shown) <= set("-0123456789.")
    assert Decimal(shown) == value
    assert shown != "-0"


def test_a_finding_says_what_was_and_what_it_became() -> None:
    """A conversion is a warning at its cell, with the text, the figure and the number to type."""
    answer = understand("251000元", kind="money")
    told = finding_of(answer, label="收费金额", kind="money", item="t2.fees.amount")
    assert told is not None
    told = told.at(file="a.xlsx", sheet="表二", cell="B9")
    assert (told.code, told.severity, told.file, told.sheet, told.cell) == (
        "VALUE_002",
        Severity.WARNING,
        "a.xlsx",
        "表二",
        "B9",
    )
    assert (told.items, told.actual, told.rule) == (("t2.fees.amount",), "251000元", None)
    assert "251000元" in told.message
    assert "25.1（万元）" in told.message
    assert "改填为数字 25.1" in told.remedy


def test_an_unreadable_finding_proposes_and_breaks_its_rule() -> None:
    """An unreadable cell is an error of I5, quotes the text in one short line and asks after the plain reading."""
    told = finding_of(understand("约5", kind="count"), label="许可", kind="count", item="t.x")
    assert told is not None
    assert (told.code, told.severity, told.rule, told.actual) == ("VALUE_010", Severity.ERROR, "I5", "约5")
    assert "是否应为 5？" in told.message
    assert kind_words("count") in told.remedy
    assert not any("\u4e00" <= each <= "\u9fff" for each in told.remedy_en)
    long = finding_of(understand("说明\n" * 50, kind="count"), label="许可", kind="count", item="t.x")
    assert long is not None
    assert long.actual is not None
    assert len(long.actual) == 41
    assert "\n" not in long.message


def test_what_stands_as_it_should_has_no_finding() -> None:
    """A plain number carries nothing to tell."""
    assert finding_of(Filled(5, "5"), label="x", kind="count", item="t.x") is None
    assert finding_of(Blank(), label="x", kind="count", item="t.x") is None
