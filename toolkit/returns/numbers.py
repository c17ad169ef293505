"""What clerks type → Filled, Blank or Unreadable, with the repair that was made. Nothing is converted in silence.

A number cell of the right kind is taken as it is. A text is taken only when it can mean one thing: harmless spellings
(full-width digits, spaces, thousands separators, a plus) are listed, units that agree or convert exactly are listed
for confirmation, marks such as ``/`` and 无 are blanks with a note, and everything else is unreadable.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import invisible, visible
from toolkit.findings import Finding, Wording, finding, phrase

LIMIT = Decimal(10) ** 12
"""Larger figures are slips: a whole province decides some hundred million licences a year."""

PLACES = 4
"""Decimals of money in 万元: the form's; published figures have six, to the fen."""

UNREAD = "〔读不懂〕"
"""What stands before the words of a cell that was not read, where they alone would be read as a figure or a blank."""
NOT_FOUND = "未读到"
"""What a cell shows that importing a published report did not find: neither blank nor 0, nothing that rests on it is judged."""
_ROOM = 200
"""Characters of what was not read that a cell shows again."""
BLANK_MARKS = frozenset(
    ("/", "\\", "-", "—", "–", "－", "——", "--", "／", "无", "暂无", "没有", "空", "无此项", "N/A", "n/a", "不适用")
)
_DIGITS = str.maketrans("０１２３４５６７８９．，＋－−﹣", "0123456789.,+---")
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_GROUPS = re.compile(r"(?<=[0-9])[\s\u00a0\u3000]+(?=[0-9])")
"""Spaces between digits count as thousands separators: ``1 234`` is a number, ``12 34`` may be two. Lines never do."""
_REVERSED = "\u202e"
"""Shows what follows from right to left: 21 is seen where 12 is stored. The other marks leave digits in their order."""
_FOREIGN_MINUS = frozenset("－−﹣")
_NOT_PLAIN = frozenset("()（）%％‰-—–―‐‑‒_/\\^<>≤≥¥￥$€,;~～负减少降增元亿万千百号年月日天时分秒" + "＜＞")
"""Characters beside a single number that may change what it says: no number is proposed then."""
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<whole>0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?")
_COUNT_UNITS = ("件次", "件", "条", "个", "项", "次", "份", "宗", "起", "例")
_MONEY_UNITS = {
    "元整": "0.0001", "人民币元": "0.0001", "元": "0.0001", "万元整": "1", "万元": "1", "万": "1", "亿元": "10000", "亿": "10000",
    "千元": "0.1",
}  # fmt: skip
_CHINESE = {digit: at for at, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def understand(
    value: Number | str | bool | None,
    *,
    kind: str,
    error: str | None = None,
    date: bool = False,
    shown: str = "",
    places: int = PLACES,
) -> Answer:
    """Read one input cell.

    ``kind`` is count, signed or money (万元). ``error`` is the text of an error value such as ``#REF!``, ``date`` says
    that the cell has a date or time format, ``shown`` what a person then sees in it; money has so many ``places`` at
    most. Never raises for any value.
    """
    if type(value) is int and not date and error is None and 0 <= value < LIMIT:
        return _plain_count(value, kind == "money")
    if error is not None:
        return Unreadable(error, "VALUE_015")
    if value is None:
        return Blank()
    if isinstance(value, bool):
        return Unreadable("TRUE" if value else "FALSE", "VALUE_017")
    if date and shown:
        return Unreadable(shown, "VALUE_016")
    if isinstance(value, str):
        return _text(value, kind, places)
    raw = show(value) if abs(Decimal(value).adjusted()) < 30 else str(Decimal(value))
    if date:
        return Unreadable(raw, "VALUE_016")
    return _number(Decimal(value), kind, raw, None, places)


def not_found() -> Unreadable:
    """Return the answer of a cell that importing did not find."""
    return Unreadable(NOT_FOUND, "VALUE_021")


def unread(raw: str, kind: str) -> str:
    """Return the words in which a cell shows what was not read, so that it is not read next time either.

    They are what stood there, cut to what a cell has room for. The reader itself is asked whether it would take them for
    a figure or a blank; only then UNREAD stands before them, which it knows again.
    """
    words = raw if len(raw) <= _ROOM else f"{raw[: _ROOM - 1]}…"
    return words if isinstance(understand(words, kind=kind), Unreadable) else f"{UNREAD}{words}"


@lru_cache(4096)
def _plain_count(value: int, money: bool) -> Filled:
    """Return a whole number that is within what every kind takes: nearly every figure is one."""
    return Filled(Decimal(value) if money else value, str(value))


def _number(value: Decimal, kind: str, raw: str, repair: str | None, places: int = PLACES) -> Answer:
    fault = None
    if not value.is_finite() or value.copy_abs() >= LIMIT:
        fault = "VALUE_014"
    elif kind != "money" and value != value.to_integral_value():
        fault = "VALUE_011"
    elif kind != "signed" and value < 0:
        fault = "VALUE_012"
    elif kind == "money" and value != value.quantize(Decimal(1).scaleb(-places)):
        fault = "VALUE_013"
    elif kind == "money" and value.adjusted() > 10 and Decimal(f"{float(value):.15g}") != value:
        fault = "VALUE_014"  # no cell holds it: of so large a number a program shows fewer than four decimals
    if fault is not None:
        return Unreadable(raw, fault)
    return Filled(_money(value) if kind == "money" else int(value), raw, repair)


def _money(value: Decimal) -> Decimal:
    """Return the amount without trailing zeros and without an exponent."""
    return Decimal(show(value))


def _text(raw: str, kind: str, places: int) -> Answer:
    if raw.strip() == NOT_FOUND:
        return not_found()
    if raw.startswith(UNREAD):
        return Unreadable(raw.removeprefix(UNREAD), "VALUE_010")
    seen = visible(raw)
    text = _SPACES.sub("", _GROUPS.sub(_group, seen.translate(_DIGITS)))
    if text == "":
        return Blank()
    if text in BLANK_MARKS or seen.strip() in BLANK_MARKS:
        return Blank(raw, "VALUE_003")
    if _REVERSED in raw:
        return Unreadable(raw, "VALUE_010")
    plain = _plain(text)
    if plain is not None:
        repair = "VALUE_002" if _FOREIGN_MINUS.intersection(raw) else "VALUE_001" if seen == raw else "VALUE_004"
        return _number(plain, kind, raw, repair, places)
    worded = _with_unit(text, kind)
    if worded is not None:
        return _number(worded, kind, raw, "VALUE_002", places)
    return Unreadable(raw, "VALUE_010", _proposal(text, kind))


def _group(spaces: re.Match[str]) -> str:
    """Return what spaces between two digits stand for: a line break parts two numbers."""
    return ";" if len(spaces[0].splitlines()) > 1 or spaces[0].splitlines() == [""] else ","


def _plain(text: str) -> Decimal | None:
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    return Decimal(
        match["sign"] + match["whole"].replace(",", "") + ("." + match["decimals"] if match["decimals"] else "")
    )


def _with_unit(text: str, kind: str) -> Decimal | None:
    """Return the number of a text with a unit that agrees with the kind or converts exactly, or None."""
    sign = Decimal(1)
    if kind == "signed" and text[:1] in ("增", "减"):
        sign = Decimal(-1) if text[0] == "减" else Decimal(1)
        text = text[1:].removeprefix("加" if sign > 0 else "少")
        if text[:1] in "+-":
            return None
    if kind == "money":
        for unit, rate in sorted(_MONEY_UNITS.items(), key=lambda pair: -len(pair[0])):
            if text.endswith(unit):
                number = _plain(text.removesuffix(unit))
                return None if number is None else _times(number, Decimal(rate))
        return None
    unit_found = sign < 0 or kind == "signed"
    for unit in _COUNT_UNITS:
        if text.endswith(unit):
            text, unit_found = text.removesuffix(unit), True
            break
    factor = Decimal(1)
    if text.endswith("万"):
        text, factor, unit_found = text[:-1], Decimal(10000), True
    number = _plain(text)
    return _times(number, sign * factor) if number is not None and unit_found else None


def _times(number: Decimal, factor: Decimal) -> Decimal:
    """Return the exact product, however many digits were typed."""
    return Context(prec=len(number.as_tuple().digits) + 8).multiply(number, factor)


def _proposal(text: str, kind: str) -> str | None:
    """Return the one plain reading of an unreadable text, to be offered and never taken."""
    if kind != "money":
        unit = next((counted for counted in _COUNT_UNITS if text.endswith(counted)), "")
        chinese = chinese_numeral(text.removesuffix(unit))
        if chinese is not None:
            return str(chinese)
    elif text.endswith(_COUNT_UNITS):
        return None
    numbers = re.findall(r"[0-9.]+", text)
    if len(numbers) != 1 or any(_changes_meaning(character) for character in text):
        return None
    if re.fullmatch(r"[0-9]*\.?[0-9]+", numbers[0]) is None:
        return None
    answer = _number(Decimal(numbers[0]), kind, text, None)
    return show(answer.value) if isinstance(answer, Filled) else None


def _changes_meaning(character: str) -> bool:
    """Return True for what makes a number beside it doubtful: signs, units, letters, other digits (``²``, 四)."""
    if character.isascii():
        return character.isalpha() or character in _NOT_PLAIN
    return character.isnumeric() or character in _NOT_PLAIN


def chinese_numeral(text: str) -> int | None:
    """Return a well-formed Chinese numeral up to 九千九百九十九 as a number, or None (二百五 may be 205 or 250)."""
    if not text or len(text) > 8 or any(character not in _CHINESE and character not in "十百千" for character in text):
        return None
    total, digit = 0, 0
    for character in text:
        if character in _CHINESE:
            digit = _CHINESE[character]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
    total += digit
    plain = text.replace("〇", "零").replace("两", "二")
    return total if plain in (_spelled(total), _spelled(total).removeprefix("一")) else None


def _spelled(number: int) -> str:
    """Return a number below ten thousand in Chinese, 12 as 一十二."""
    text, gap = "", False
    for power, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit == 0:
            gap = text != ""
        else:
            text, gap = text + ("零" if gap else "") + "零一二三四五六七八九"[digit] + mark, False
    return text or "零"


def show(value: Number) -> str:
    """Return a figure as people write it: no exponent, no trailing zeros."""
    if isinstance(value, int):
        return str(value)
    if not value.is_finite():
        return str(value)
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def kind_words(kind: str) -> Wording:
    """Return what an item takes, in words."""
    return phrase(f"kind_{kind}")


def finding_of(answer: Answer, *, label: str, kind: str, item: str) -> Finding | None:
    """Return the finding that an answer carries, still without its place, or None for one that stood as it should."""
    value = proposal = ""
    marks = invisible(answer.raw)
    unit: str = kind_words(kind)
    if isinstance(answer, Filled):
        code, value, unit = answer.repair, show(answer.value), "万元" if kind == "money" else "件"
    elif isinstance(answer, Blank):
        code = answer.note
    else:
        code, value = answer.reason, quoted(answer.against)
        proposal = phrase("proposal", value=answer.proposal) if answer.proposal is not None else ""
        if marks:
            proposal = phrase("unseen", marks=marks, proposal=proposal)
    if code is None:
        return None
    raw = quoted(visible(answer.raw))
    return finding(
        code, items=(item,), actual=raw, label=label, raw=raw, value=value, unit=unit, proposal=proposal,
        marks=marks,
    )  # fmt: skip


def quoted(text: str) -> str:
    """Return a text on one line, cut to what a finding quotes."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:40] + "…"
