"""A number format and a value → what a person sees in the cell (ECMA-376 part 1, 18.8.31; ``!`` escapes as ``\\`` does).

Only what decides the figure is followed: sections and their conditions, scaling by commas and percent, literals with
digits in them, dates, elapsed time, ``General`` in other languages. Colours, padding and fill are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Look
from toolkit.excel_in import dates
from toolkit.excel_in.grid import Cell
from toolkit.excel_in.marks import MarkedText

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
    r"|(?P<general>G/通用格式|General|general|GENERAL|Standard)|(?P<halves>AM/PM|A/P|上午/下午|am/pm)"
    r"|(?P<exponent>[Ee][+-])|(?P<date>y+|m+|d+|h+|s+|a{3,4}|g+|e+|Y+|M+|D+|H+|S+|E+)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>[%％])|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)$")
_ELAPSED = re.compile(r"[hms]+$", re.IGNORECASE)


class Token(Struct, frozen=True):
    """A piece of a section: ``kind`` is digit, point, comma, percent, exponent, general, text, date, elapsed, halves or literal."""

    kind: str
    text: str


class FormatSection(Struct, frozen=True):
    """One section of a format, with the condition under which it holds (sign and limit), if it states one."""

    tokens: tuple[Token, ...]
    sign: str = ""
    limit: Decimal = Decimal(0)

    @property
    def dated(self) -> str:
        """Return what a section shows of the kinds in ``dates``, "" for what is neither date nor time."""
        if any(token.kind == "elapsed" for token in self.tokens):
            return dates.DURATION
        letters = {token.text[0].lower() for token in self.tokens if token.kind == "date"}
        day = bool(letters & {"y", "d", "a", "g", "e"}) or letters == {"m"}
        if letters & {"h", "s"} or any(token.kind == "halves" for token in self.tokens):
            return dates.BOTH if day else dates.TIME
        return dates.DATE if day else ""


@lru_cache(1_000)
def sections(code: str) -> tuple[FormatSection, ...]:
    """Return the sections of a format, at most four."""
    if code.strip().casefold() in GENERAL or code.strip() == "":
        return (FormatSection((Token("general", ""),)),)
    parts: list[FormatSection] = []
    tokens: list[Token] = []
    sign, limit = "", Decimal(0)
    for token in _tokens(code):
        if token.kind == "end":
            parts.append(FormatSection(tuple(tokens), sign, limit))
            tokens, sign, limit = [], "", Decimal(0)
        elif token.kind == "condition":
            matched = _CONDITION.match(token.text)
            if matched is not None:
                sign, limit = matched[1], Decimal(matched[2])
        else:
            tokens.append(token)
    parts.append(FormatSection(tuple(tokens), sign, limit))
    return tuple(parts[:4])


def _tokens(code: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "other" and text == ";":
            yield Token("end", "")
        elif kind == "bracket":
            yield from _bracket(text)
        elif kind == "other" and text == "/":
            yield Token("fraction", text)
        elif kind in ("quoted", "escaped", "other"):
            yield Token("literal", text)
        elif kind == "space":
            yield Token("literal", " ")
        elif kind != "fill":
            yield Token(kind, text)


def _bracket(text: str) -> Iterator[Token]:
    """Yield what a bracket means: a condition, elapsed time, a currency sign, white; other colours and languages nothing."""
    if text.casefold() in ("white", "白色", "白"):
        yield Token("white", "")
    elif _CONDITION.match(text):
        yield Token("condition", text)
    elif _ELAPSED.match(text):
        yield Token("elapsed", text)
    elif text.startswith("$"):
        yield Token("literal", text[1:].rpartition("-")[0] if "-" in text else text[1:])


@lru_cache(1_000)
def is_plain(code: str) -> bool:
    """Tell whether a format shows every figure as it is or rounded, with nothing that could be read as another figure."""
    first, *more = sections(code)
    if not more and [token.kind for token in first.tokens] in (["general"], ["text"]):
        return True
    return len(more) < 3 and all(map(_is_figure, (first, *more), ("", "-", "")))


def _is_figure(section: FormatSection, sign: str) -> bool:
    """Tell whether a section without a condition shows a figure, rounded or not, behind a sign and beside nothing else."""
    kinds = {token.kind for token in section.tokens}
    literal = "".join(token.text for token in section.tokens if token.kind == "literal").strip()
    usual = kinds <= {"digit", "point", "comma", "literal"} and "digit" in kinds and not section.sign
    return usual and literal == sign and not _scale(section.tokens)


class Shape(Struct, frozen=True):
    """What is unusual in a cell format: a number format that is not plain, a font that strikes out, or that nobody sees."""

    code: str = ""
    struck: bool = False
    unseen: bool = False


def shape_of(code: str, *, struck: bool, unseen: bool) -> Shape | None:
    """Return what is unusual in a cell format, None for nothing."""
    plain = is_plain(code)
    return None if plain and not struck and not unseen else Shape("" if plain else code, struck, unseen)


def cell_of(cell: Cell, shape: Shape | None, *, date1904: bool) -> Cell:
    """Return a cell of an unusual format, or of a text with marks, with what is seen of it."""
    if cell.value is None:
        return cell
    if shape is not None and shape.code:
        cell = _under(cell, shape.code, date1904=date1904)
    look, value, text = cell.look or Look(), cell.value, cell.text
    if isinstance(value, MarkedText):
        look = replace(look, struck=value.struck, raised=value.raised)
        cell = cell._replace(value=str(value), text=str(text))
    if shape is not None:
        look = replace(look, hidden=look.hidden or shape.unseen, struck=look.struck or (text if shape.struck else ""))
    return cell if look == _USUAL else cell._replace(look=look)


_USUAL = Look()


def _under(cell: Cell, code: str, *, date1904: bool) -> Cell:
    """Return a cell under a number format that is not plain: what is seen of it where that is not the figure itself."""
    value = cell.value
    if isinstance(value, str):
        seen = _worded(sections(code), str(value))
        return cell if seen == str(value) else cell._replace(look=Look(seen, not seen.strip()))
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return cell
    section, _ = _chosen(sections(code), Decimal(value))
    if section is not None and section.dated:
        return cell._replace(date=True, text=dates.shown(value, section.dated, date1904=date1904))
    look = look_of(shown(code, value), value)
    if section is not None and any(token.kind == "white" for token in section.tokens):
        look = replace(look or Look(), hidden=True)
    return cell._replace(look=look)


def look_of(seen: str, value: int | Decimal) -> Look | None:
    """Return what a person sees of a number, None where that is the number itself, grouped or not."""
    return (
        None
        if seen.replace(",", "").strip().rstrip(".") == _plain(Decimal(value))
        else Look(seen.strip(), not seen.strip())
    )


def _worded(parts: Sequence[FormatSection], text: str) -> str:
    """Return what is seen of a text: the fourth section, or the last one where that is for texts, decides it."""
    if len(parts) < 4 and all(token.kind != "text" for token in parts[-1].tokens):
        return text
    return "".join(text if token.kind in ("text", "general") else token.text for token in parts[-1].tokens)


def shown(code: str, value: int | Decimal) -> str:
    """Return what a person sees of a number under a format of no date; "" where it shows nothing (``;;;``)."""
    amount = Decimal(value)
    section, absolute = _chosen(sections(code), amount)
    if section is None:
        return "###"
    if any(token.kind in ("general", "text") for token in section.tokens):
        figure = _plain(abs(amount) if absolute else amount)
        return "".join(figure if token.kind in ("general", "text") else token.text for token in section.tokens)
    return ("-" if amount < 0 and not absolute and _figure(section, amount, "digits") else "") + _figure(
        section, abs(amount)
    )


def _chosen(parts: Sequence[FormatSection], amount: Decimal) -> tuple[FormatSection | None, bool]:
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


def _holds(part: FormatSection, amount: Decimal) -> bool:
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
    return trailing + (
        sum(kind == "comma" for kind in kinds[before[-1] : point]) if before and digits[-1] > point else 0
    )


def _figure(section: FormatSection, amount: Decimal, part: str = "") -> str:
    """Return an amount under a section; ``digits``: only whether a digit other than 0 is left after rounding."""
    tokens = section.tokens
    split = next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    places = sum(token.kind == "digit" for token in tokens[split:])
    amount = amount * 100 ** sum(token.kind == "percent" for token in tokens) / 1000 ** _scale(tokens)
    if any(token.kind == "exponent" for token in tokens):
        return f"{amount:E}"
    if any(token.kind == "fraction" for token in tokens):
        return _fraction(Fraction(amount).limit_denominator(99))
    amount = abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if part == "digits":
        return "1" if amount and any(token.kind == "digit" for token in tokens) else ""
    whole, _, decimals = format(amount, "f").partition(".")
    return _whole(tokens[:split], "" if whole == "0" else whole) + _decimals(tokens[split:], decimals)


def _fraction(amount: Fraction) -> str:
    whole, rest = divmod(amount, 1)
    return f"{whole or ''} {rest}".strip() if rest else str(whole)


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
