"""Number formats that plainly show the figure that is stored, by a small rule of this side of the proof.

Plain are General, digits with thousands and decimals, a sign, a currency, a unit; also in two or three sections.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from toolkit.findings import phrase

_TOKEN = re.compile(r'"([^"]*)"?|[\\!](.)|([_*].)|\[([^\]]*)\]?|(.)', re.DOTALL)
_UNIT = re.compile(r"[-()（） ¥￥$]*|万元|[件份项个次条宗起例人户]", re.DOTALL)
_BRACKET = re.compile(
    r"Black|Blue|Cyan|Green|Magenta|Red|Yellow|[黑蓝青绿红黄]色?|洋红|\$[¥￥$]?(-[0-9A-F]+)?", re.IGNORECASE
)
"""Colours but white, currencies, languages."""
_PLAIN = re.compile(r"l*d+(?:,d+)*(?:\.d*)?l*")
_GENERAL = ("general", "@", "g/通用格式", "standard", "")
Token = tuple[str, str]


def otherwise(code: str, value: object) -> str:
    """Return in words what a number format shows of a figure, "" where that is plainly the figure, or value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or code.strip().casefold() in _GENERAL:
        return ""
    number = Decimal(f"{value:.15g}")
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code):
        if match[5] == ";":
            sections.append([])
        else:
            sections[-1].append(_token(match))
    conditional = any(kind == "c" for section in sections for kind, _ in section)
    at = 1 if number < 0 and len(sections) > 1 else 2 if number == 0 and len(sections) > 2 else 0
    kinds = "".join(kind for kind, _ in sections[at])
    signed = at != 1 or any(text in ("-", "(", "（") for _, text in sections[at])
    words = "".join(text for _, text in sections[at])
    if not conditional and ((signed and _PLAIN.fullmatch(kinds)) or (number == 0 and not re.search("[1-9]", words))):
        return ""
    shown = "" if conditional or set(kinds) - set("ld.,%x") or "%" in kinds[:-1] else _laid(sections[at], number)
    if shown:
        return phrase("seen_shows", shown=f"{'-' if number < 0 and at == 0 else ''}{shown}")
    return phrase("seen_format", code=code[:60]) if kinds else phrase("seen_nothing")


def _token(match: re.Match[str]) -> Token:
    """Return a piece of a format and its kind: digit, comma, point, percent, literal, literal that changes what is read (x)."""
    quoted, escaped, space, bracket, other = match.groups()
    if space:
        return "l", " "
    if bracket is not None:
        return ("l", "") if _BRACKET.fullmatch(bracket) else ("c", bracket)
    if other is not None and other in "0#?":
        return "d", other
    if other is not None and other in ",.%":
        return other, other
    text = other or quoted or escaped or ""
    return ("l" if _UNIT.fullmatch(text) else "x" if other is None else "o"), text


def _laid(section: list[Token], number: Decimal) -> str:
    """Return a figure under a section of digits, commas, literals: scaled, rounded, laid over its places from the right."""
    kinds = [kind for kind, _ in section]
    point = kinds.index(".") if "." in kinds else len(kinds)
    last = max((at for at, kind in enumerate(kinds) if kind == "d"), default=len(kinds))
    scale = sum(
        kind == "," and (at > last or (at < point and "d" not in kinds[at:point])) for at, kind in enumerate(kinds)
    )
    number = abs(number) * 100 ** kinds.count("%") / 1000**scale
    digits = format(number.quantize(Decimal(1).scaleb(-kinds[point:].count("d")), ROUND_HALF_UP), "f").replace(".", "")
    left, laid = kinds.count("d"), ""
    for kind, text in reversed(section):
        if kind == "d":
            left -= 1
            taken = digits[-1:] if left else digits
            digits = digits[: len(digits) - len(taken)]
            text = taken or (text if text == "0" else "")
        laid = ("" if kind == "," else text) + laid
    return laid.strip()
