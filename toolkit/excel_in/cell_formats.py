"""What the cell formats of an xlsx say: lock, number format, and fonts that strike out or that nobody sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from xml.etree.ElementTree import Element

from toolkit.excel_in import limits
from toolkit.excel_in.appearance import BUILT_IN, Shape, shape_of
from toolkit.excel_in.marks import strikes
from toolkit.excel_in.markup import alternatives, local, tree
from toolkit.excel_in.refusal import too_much
from toolkit.excel_in.worksheet import Styles

BLACK, WHITE = "000000", "FFFFFF"
_INDEXED = {"0": BLACK, "1": WHITE, "8": BLACK, "9": WHITE, "64": BLACK, "65": WHITE}
_THEME = {"0": WHITE, "1": BLACK}


def read_styles(data: bytes) -> Styles:
    """Return what the cell formats say; those of one program are the same in every return, and recognised."""
    return _known_styles(data) if len(data) <= limits.CACHED_BYTES else _read_styles(data)


@lru_cache(16)
def _known_styles(data: bytes) -> Styles:
    return _read_styles(data)


def _read_styles(data: bytes) -> Styles:
    """Return, for every cell format, whether it locks and what is unusual in it, None for nothing."""
    codes: dict[int, str] = {}
    locked: list[bool] = []
    shapes: list[Shape | None] = []
    sections = {local(section): alternatives(section) for section in alternatives(tree(data, "styles.xml"))}
    for element in sections.get("numFmts", ()):
        codes[_int(element.get("numFmtId"))] = element.get("formatCode", "")[: limits.FORMAT_CHARACTERS]
    formats, fonts, fills = (sections.get(name, []) for name in ("cellXfs", "fonts", "fills"))
    if len(formats) > limits.STYLES or len(fonts) > limits.STYLES or len(fills) > limits.STYLES:
        raise too_much("limit_formats", limits.STYLES)
    struck = [any(map(strikes, font)) for font in fonts]
    inks = [_colour(font, "color", BLACK) for font in fonts]
    grounds = [_ground(fill) for fill in fills]
    for element in formats:
        number, font = _int(element.get("numFmtId")), _int(element.get("fontId"))
        code = codes[number] if number in codes else BUILT_IN.get(number, "General")
        ink, ground = _at(inks, font, BLACK), _at(grounds, _int(element.get("fillId")), WHITE)
        shapes.append(shape_of(code, struck=font < len(struck) and struck[font], unseen=ink == ground))
        locked.append(
            all(child.get("locked", "1") not in ("0", "false") for child in element if local(child) == "protection")
        )
    over = tuple(_over(look, codes) for look in sections.get("dxfs", [])[: limits.STYLES])
    return Styles(tuple(locked), tuple(shapes), conditional=over)


def _over(look: Element, codes: Mapping[int, str]) -> Shape | None:
    """Return what is unusual in a format that a conditional format lays over others; white on no ground of its own is."""
    parts = {local(part): part for part in look}
    font, fill, stated = parts.get("font"), parts.get("fill"), parts.get("numFmt")
    code = "General"
    if stated is not None:
        code = stated.get("formatCode") or codes.get(_int(stated.get("numFmtId")), "General")
    ink = "" if font is None else _colour(font, "color", "")
    grounds = [_colour(pattern, name, "") for pattern in fill or () for name in ("bgColor", "fgColor")]
    ground = next(filter(None, grounds), WHITE)
    return shape_of(
        code[: limits.FORMAT_CHARACTERS], struck=font is not None and any(map(strikes, font)), unseen=ink == ground
    )


def _at(colours: Sequence[str], index: int, otherwise: str) -> str:
    return colours[index] if index < len(colours) else otherwise


def _ground(fill: Element) -> str:
    """Return the colour of a fill; a pattern of two colours has none of a font."""
    pattern = next((child for child in fill if local(child) == "patternFill"), None)
    if pattern is None:
        return WHITE if len(fill) == 0 else "pattern"
    kind = pattern.get("patternType", "none")
    return _colour(pattern, "fgColor", WHITE) if kind == "solid" else WHITE if kind == "none" else "pattern"


def _colour(element: Element, name: str, otherwise: str) -> str:
    """Return a colour as RRGGBB, else as the file names it."""
    for child in element:
        if local(child) != name:
            continue
        rgb, theme, indexed = (child.get(key) for key in ("rgb", "theme", "indexed"))
        tint = child.get("tint", "0")
        if rgb is not None:
            return rgb[-6:].upper()
        if theme is not None:
            return _THEME.get(theme, f"theme{theme}") if tint in ("0", "") else f"theme{theme}/{tint}"
        return otherwise if indexed is None else _INDEXED.get(indexed, f"indexed{indexed}")
    return otherwise


def _int(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
