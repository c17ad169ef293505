"""A number format and a value → what a person sees in the cell (ECMA-376 part 1, 18.8.31; ``!`` escapes as ``\\`` does).

Only what decides the figure is followed: sections and their conditions, scaling by commas and percent, literals with
digits in them, dates, elapsed time, ``General`` in other languages. Colours, padding and fill are not.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

GENERAL = frozenset((
    "general", "g/通用格式", "通用格式", "g/通用", "g/標準", "g/标准", "g/표준", "standard", "estándar", "geral", "generale", "standaard",
    "yleinen", "ogólny", "standardowy", "általános", "основной", "общий", "genel", "všeobecný", "allgemein", "général", "normal",
))  # fmt: skip
"""How programs in other languages spell ``General`` in the files they write."""
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy/m/d h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy/m/d"), **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
"""The formats that a file names by number alone."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>G/通用格式|General|general|GENERAL)|(?P<halves>AM/PM|A/P|上午/下午|am/pm)"
    r"|(?P<exponent>[Ee][+-])|(?P<date>y+|m+|d+|h+|s+|a{3,4}|g+|e+|Y+|M+|D+|H+|S+|E+)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>[%％])|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)$")
_ELAPSED = re.compile(r"[hms]+$", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)
_DAYS = 2_958_466
"""The first serial number that is no date any more: 10000-01-01."""


class Token(Struct, frozen=True):
    """A piece of a section: ``kind`` is digit, point, comma, percent, exponent, general, text, date, elapsed, halves or literal."""

    kind: str
    text: str


class Section(Struct, frozen=True):
    """One section of a format, with the condition under which it holds (sign and limit), if it states one."""

    tokens: tuple[Token, ...]
    sign: str = ""
    limit: Decimal = Decimal(0)

    @property
    def dated(self) -> bool:
        """Return True for a section that shows a date or a time."""
        return any(token.kind in ("date", "elapsed", "halves") for token in self.tokens)


@lru_cache(1_000)
def sections(code: str) -> tuple[Section, ...]:
    """Return the sections of a format, at most four."""
    if code.strip().casefold() in GENERAL or code.strip() == "":
        return (Section((Token("general", ""),)),)
    found: list[Section] = []
    tokens: list[Token] = []
    sign, limit = "", Decimal(0)
    for token in _tokens(code):
        if token.kind == "end":
            found.append(Section(tuple(tokens), sign, limit))
            tokens, sign, limit = [], "", Decimal(0)
        elif token.kind == "condition":
            matched = _CONDITION.match(token.text)
            if matched is not None:
                sign, limit = matched[1], Decimal(matched[2])
        else:
            tokens.append(token)
    found.append(Section(tuple(tokens), sign, limit))
    return tuple(found[:4])


def _tokens(code: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "other" and text == ";":
            yield Token("end", "")
        elif kind == "bracket":
            yield from _bracket(text)
        elif kind in ("quoted", "escaped", "other"):
            yield Token("literal", text)
        elif kind == "space":
            yield Token("literal", " ")
        elif kind != "fill":
            yield Token(kind, text)


def _bracket(text: str) -> Iterator[Token]:
    """Yield what a bracket means: a condition, elapsed time, a currency sign; colours and languages mean nothing here."""
    if _CONDITION.match(text):
        yield Token("condition", text)
    elif _ELAPSED.match(text):
        yield Token("elapsed", text)
    elif text.startswith("$"):
        yield Token("literal", text[1:].rpartition("-")[0] if "-" in text else text[1:])


def is_date(code: str) -> bool:
    """Tell whether a format shows numbers as dates or times (``[h]`` is a time, ``Standard`` is General)."""
    return sections(code)[0].dated


@lru_cache(1_000)
def is_plain(code: str) -> bool:
    """Tell whether a format shows every figure as it is or rounded, with nothing that could be read as another figure."""
    first = sections(code)[0]
    if len(sections(code)) > 1 or first.sign:
        return code in _PLAIN
    kinds = [token.kind for token in first.tokens]
    if kinds == ["general"] or kinds == ["text"]:
        return True
    literal = "".join(token.text for token in first.tokens if token.kind == "literal")
    return not literal.strip() and set(kinds) <= {"digit", "point", "comma", "literal"} and not _scale(first.tokens)


_PLAIN = frozenset(("0;-0;0", "#,##0;-#,##0;0", "0.00;-0.00", "0_ ", "0_);(0)"))


def shown(code: str, value: int | Decimal, *, date1904: bool = False) -> str:
    """Return what a person sees of a number under a format; "" where the format shows nothing (``;;;``)."""
    amount = Decimal(value)
    section, absolute = _chosen(sections(code), amount)
    if section is None:
        return "###"
    if section.dated:
        return _date(section, amount, date1904)
    if any(token.kind in ("general", "text") for token in section.tokens):
        figure = _plain(abs(amount) if absolute else amount)
        return "".join(figure if token.kind in ("general", "text") else token.text for token in section.tokens)
    return ("-" if amount < 0 and not absolute and _figure(section, amount, "digits") else "") + _figure(section, abs(amount))


def _chosen(parts: Sequence[Section], amount: Decimal) -> tuple[Section | None, bool]:
    """Return the section that a value falls into, and whether it shows the amount without its sign."""
    if any(part.sign for part in parts[:2]):
        for at, part in enumerate(parts[:2]):
            if part.sign and _holds(part, amount):
                return part, at > 0 and amount < 0 and part.sign in ("<", "<=")
        rest = [part for part in parts[:3] if not part.sign]
        return (rest[-1], False) if rest else (None, False)
    if amount < 0 and len(parts) > 1:
        return parts[1], True
    if amount == 0 and len(parts) > 2:
        return parts[2], False
    return parts[0], False


def _holds(part: Section, amount: Decimal) -> bool:
    return {
        "<": amount < part.limit, "<=": amount <= part.limit, ">": amount > part.limit, ">=": amount >= part.limit,
        "=": amount == part.limit, "<>": amount != part.limit,
    }[part.sign]  # fmt: skip


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f") if amount else "0"


def _scale(tokens: Sequence[Token]) -> int:
    """Return how many commas divide by a thousand each: those after the last digit, and those right before the point."""
    kinds = [token.kind for token in tokens]
    digits = [at for at, kind in enumerate(kinds) if kind == "digit"]
    if not digits:
        return 0
    point = kinds.index("point") if "point" in kinds else len(kinds)
    before = [at for at in digits if at < point]
    trailing = sum(kind == "comma" for kind in kinds[digits[-1] :])
    return trailing + (sum(kind == "comma" for kind in kinds[before[-1] : point]) if before and digits[-1] > point else 0)


def _figure(section: Section, amount: Decimal, part: str = "") -> str:
    """Return an amount under a section; ``digits``: only whether a digit other than 0 is left after rounding."""
    tokens = section.tokens
    split = next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    places = sum(token.kind == "digit" for token in tokens[split:])
    amount = amount * 100 ** sum(token.kind == "percent" for token in tokens) / 1000 ** _scale(tokens)
    if any(token.kind == "exponent" for token in tokens):
        return f"{amount:E}"
    if any(token.kind == "literal" and token.text == "/" for token in tokens):
        return str(Fraction(amount).limit_denominator(99))
    amount = abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if part == "digits":
        return "1" if amount and any(token.kind == "digit" for token in tokens) else ""
    whole, _, decimals = format(amount, "f").partition(".")
    return _whole(tokens[:split], "" if whole == "0" else whole) + _decimals(tokens[split:], decimals)


def _whole(tokens: Sequence[Token], digits: str) -> str:
    """Lay digits over the places before the point, from the right; the first place takes all that are left."""
    places = sum(token.kind == "digit" for token in tokens)
    ends = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    grouped = bool(ends) and any(token.kind == "comma" for token in tokens[ends[0] : ends[-1]])
    laid: list[str] = []
    for token in reversed(tokens):
        if token.kind == "digit":
            places -= 1
            taken = digits if places == 0 else digits[-1:]
            digits = digits[: len(digits) - len(taken)]
            laid += [*reversed(taken)] if taken else ["0"] if token.text == "0" else []
        elif token.kind == "literal":
            laid.append(token.text)
        elif token.kind == "percent":
            laid.append("%")
    text = "".join(reversed(laid))
    return re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+(?![0-9]))", ",", text) if grouped else text


def _decimals(tokens: Sequence[Token], digits: str) -> str:
    text, left = "", digits
    optional = len(digits.rstrip("0"))
    for token in tokens:
        if token.kind == "point":
            text += "."
        elif token.kind == "digit":
            digit, left = left[:1], left[1:]
            if token.text == "0" or len(digits) - len(left) <= optional:
                text += digit
        elif token.kind in ("literal", "percent"):
            text += "%" if token.kind == "percent" else token.text
    return text


def _date(section: Section, amount: Decimal, date1904: bool) -> str:
    """Return a date as 2026-3-5, a time as 12:30, elapsed hours as 36:30: the same way whatever the format's order."""
    if any(token.kind == "elapsed" for token in section.tokens):
        minutes = int((amount * 24 * 60).quantize(Decimal(1), ROUND_HALF_UP))
        return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
    if not 0 <= amount < _DAYS:
        return _plain(amount)
    seconds = int((amount * 86_400).quantize(Decimal(1), ROUND_HALF_UP))
    moment = (_EPOCH_1904 if date1904 else _EPOCH) + datetime.timedelta(seconds=seconds)
    letters = {token.text[0].lower() for token in section.tokens if token.kind == "date"}
    day = f"{moment.year}-{moment.month}-{moment.day}" if letters & {"y", "d", "a", "g", "e"} or letters == {"m"} else ""
    clock = f"{moment.hour}:{moment.minute:02}" if letters & {"h", "s"} else ""
    return " ".join(part for part in (day, clock) if part)
