"""Numbers in sentences: digits of any width, Chinese numerals and 万, with their unit and how exactly they are meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from msgspec import Struct

from toolkit.returns.numbers import chinese_numeral

LONGEST = 15
"""A run of more digits is no figure."""

MONEY, PERCENT, TIME = "元", "%", "time"
"""What a unit stands for, beside the counting units, which stand for themselves."""

_DIGITS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9,])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千]+"
)
_TIMES = ("个工作日", "个小时", "个月", "年", "月", "日", "号", "时", "分钟", "小时", "天", "周", "届")
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ORDINAL = frozenset("第每逐前任某这那同唯统首各")
_ABOUT = re.compile("(?:约|近|超|逾|超过|大约|将近|不足|至少|不少于|多达|[-~～—–]|[0-9][至到])$")
_ABOUT_AFTER = re.compile("左右|以上|以内|以下|[-~～—–][0-9]")


class Quantity(Struct, frozen=True):
    """A number with its unit. ``value`` is in pieces, in 万元 where ``unit`` is 元, in percent where it is ``%``.

    ``unit`` is "" where none follows, "time" for years, months and days. ``slack`` is half of the last digit written
    of a number that was rounded; ``about`` says that the text itself calls it inexact (约, 余, 3—5).
    """

    start: int
    end: int
    value: Decimal
    unit: str
    slack: Decimal
    about: bool

    def is_(self, value: Decimal | int) -> bool:
        """Tell whether a figure can be what was written."""
        return abs(self.value - value) <= self.slack


@cache
def _suffix(units: tuple[str, ...]) -> re.Pattern[str]:
    counted = "|".join(sorted(units, key=len, reverse=True))
    times = "|".join(_TIMES)
    return re.compile(
        f"(?P<some>余|多|几)?(?P<scale>[百千万亿])?(?P<more>余|多)?(?:(?P<time>{times})|(?P<percent>%|个百分点)|"
        f"(?P<money>元)|(?P<unit>{counted}))?"
    )


def quantities(text: str, units: tuple[str, ...], no_units: Sequence[str]) -> tuple[Quantity, ...]:
    """Return the numbers of a normalised text; ``no_units`` are words such as 条例 that begin like a unit."""
    suffix, never = _suffix(units), tuple(no_units)
    numbers: list[Quantity] = []
    for match in _DIGITS.finditer(text):
        digits, start = match[0], match.start()
        before = text[start - 1 : start]
        if len(digits) > LONGEST or before in _ORDINAL or (before.isascii() and before and before not in "%+-~"):
            continue
        value = _value(digits)
        rest = suffix.match(text, match.end())
        assert rest is not None, "every part of the suffix is optional"
        unit = _unit(rest)
        if unit and text.startswith(never, rest.end() - len(rest["unit"] or rest["time"] or "")):
            unit = ""
        if (
            value is None
            or (rest.end() == match.end() and text[match.end() : match.end() + 1].isalpha())  # 12345热线, 6.2级
            or (not digits[0].isdigit() and unit in ("", TIME))
            or text[rest.end() : rest.end() + 1] == "/"
        ):
            continue
        scale = _SCALES[rest["scale"]] if rest["scale"] else 1
        step = Decimal(1).scaleb(-len(digits.partition(".")[2])) * scale
        if unit == MONEY:
            value, step = value / 10_000, step / 10_000
        # Money is exact to the 元 alone: 14万元 may be 14.4.
        exact = step * 10_000 == 1 if unit == MONEY else step == 1
        about = bool(rest["some"] or rest["more"] or _ABOUT.search(text[max(0, start - 4) : start]))
        about = (
            about
            or (not digits[0].isdigit() and before in ("数", "几"))
            or _ABOUT_AFTER.match(text, rest.end()) is not None
        )
        numbers.append(Quantity(start, rest.end(), value * scale, unit, Decimal(0) if exact else step / 2, about))
    return tuple(numbers)


def _value(digits: str) -> Decimal | None:
    if digits[0].isdigit() and digits[0].isascii():
        return Decimal(digits.replace(",", ""))
    number = chinese_numeral(digits)
    return None if number is None else Decimal(number)


def _unit(rest: re.Match[str]) -> str:
    if rest["time"]:
        return TIME
    if rest["percent"]:
        return PERCENT
    return MONEY if rest["money"] else rest["unit"] or ""
