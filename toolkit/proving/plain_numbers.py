"""Plain numbers only: what this side of the proof takes from a cell, by a rule of its own."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from toolkit.findings import Wording


def figure(value: object, kind: str) -> Decimal | None:
    """Return the figure of a cell, a blank as 0; None for whatever is not plainly a number of its kind.

    A float counts as programs show it, to 15 significant digits. Texts, even ``12``, are somebody else's reading.
    """
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or (number < 0 and kind != "signed"):
        return None
    step = Decimal("0.0001") if kind == "money" else Decimal(1)
    return number if number % step == 0 else None


_SPACE = "[\\s\u00a0\u3000\u200b-\u200f\ufeff]"
_NUMBER = re.compile(r"([+-]?)(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)((?:\.[0-9]+)?)(\D*)")
_COUNTED = ("件次", "件", "条", "个", "项", "次", "份", "宗", "起", "例")
_COUNTS = {unit: Decimal(1) for unit in ("", *_COUNTED)} | {f"万{unit}": Decimal(10_000) for unit in ("", *_COUNTED)}
_AMOUNTS = {
    unit: Decimal(rate)
    for rate, units in (("1", " 万 万元 万元整"), ("10000", "亿 亿元"), ("0.1", "千元"), ("0.0001", "元 元整 人民币元"))
    for unit in units.split(" ")
}
_NOTHING = frozenset(
    ["/", "\\", "-", "—", "--", "——", "–", "无", "暂无", "没有", "空", "无此项", "N/A", "n/a", "不适用"]
)


def worded(text: str, kind: str) -> Decimal | None:
    """Return the figure of a text that can mean one thing, a mark for nothing as 0: ``12件``, ``３``, ``1,234``, ``/``."""
    half = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text.replace("−", "-"))
    half = re.sub(f"{_SPACE}+", "", re.sub("(?<=[0-9])[ \u00a0\u3000]+(?=[0-9])", ",", half))
    if re.search(r"[0-9]\s*[\r\n]\s*[0-9]", text):
        return None
    if half in _NOTHING or not half:
        return Decimal(0)
    turn = half[:1] if kind == "signed" else ""
    if turn in ("增", "减"):
        half = re.sub("^(增加?|减少?)(?![+-])", "", half)
    number = _NUMBER.fullmatch(half)
    rate = None if number is None else (_AMOUNTS if kind == "money" else _COUNTS).get(number[4])
    if number is None or rate is None:
        return None
    amount = Decimal(number[1] + number[2].replace(",", "") + number[3]) * rate
    return None if amount.copy_abs() >= 10**12 else figure(-amount if turn == "减" else amount, kind)


def in_words(value: object) -> str:
    """Return what a cell shows, for a message."""
    if value is None:
        return Wording("空", "nothing")
    if isinstance(value, float):
        value = Decimal(f"{value:.15g}")
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:60]
