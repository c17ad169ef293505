"""What a person sees of a cell, by openpyxl's own means: proved is only a figure that is seen as it is stored.

A small rule of its own says which formats plainly show a figure; whatever else openpyxl finds, or cannot tell, is doubt.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from toolkit.findings import phrase
from toolkit.proving.plain_formats import otherwise
from toolkit.proving.plain_numbers import in_words

_ROW, _COLUMN, _NEAR = 1.0, 0.1, 16
"""The height in points, the width in characters and the difference of colours below which nothing is seen."""
_OFFICE = ["FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47"]
FAULTS = (OSError, ValueError, UserWarning, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, SyntaxError,
          zipfile.BadZipFile, ParseError, NotImplementedError, RuntimeError)  # fmt: skip
"""What openpyxl lets through when it does not understand a workbook."""


class SeenSheet:
    """A sheet as openpyxl has it, with what hides its cells or shows them otherwise; ``inputs`` are the cells to fill."""

    def __init__(self, sheet: Any, inputs: Collection[tuple[int, int]] = ()) -> None:
        self.sheet = sheet
        self._styles: dict[tuple[int, ...], tuple[str, str]] = {}
        self._ranges = [
            (rule, [part.bounds for part in area.sqref.ranges])  # columns and rows from and to
            for area in sheet.conditional_formatting
            for rule in area.rules
        ]
        self._merged: dict[tuple[int, int], str] = {}
        for area in sheet.merged_cells.ranges:
            covered = [
                at for at in inputs if area.min_row <= at[0] <= area.max_row and area.min_col <= at[1] <= area.max_col
            ]
            if covered and covered != [(area.min_row, area.min_col)]:
                self._merged |= dict.fromkeys(covered, phrase("seen_merged", area=area.coord))
        layout = sheet.sheet_format
        self._low = layout.defaultRowHeight < _ROW
        self._columns_hidden = layout.defaultColWidth is not None and layout.defaultColWidth < _COLUMN

    def doubt(self, cell: Any) -> str:
        """Return in Chinese what keeps a cell's figure from being seen as it is stored, "" for nothing."""
        merged = self._merged.get((cell.row, cell.column))
        return self._place(cell, merged) if merged else self.shown_otherwise(cell) or self._out_of_sight(cell)

    def shown_otherwise(self, cell: Any) -> str:
        """Return in Chinese what shows a cell's figure otherwise than it is stored, wherever on the sheet it stands."""
        try:
            return "" if cell.value is None else self._place(cell, self._shown(cell))
        except FAULTS:
            return self._place(cell, phrase("seen_unknown"))

    def _place(self, cell: Any, why: str) -> str:
        return phrase("proof_place", at=f"{self.sheet.title}!{cell.coordinate}", why=why) if why else ""

    def _shown(self, cell: Any) -> str:
        value = cell.value
        if isinstance(value, list):
            fonts = [run.font for run in value if hasattr(run, "font")]
            marked = any(font.strike or font.vertAlign in ("superscript", "subscript") for font in fonts)
            return phrase("seen_marked", shown=in_words(str(value))) if marked else ""
        key = tuple(cell._style) if cell.has_style else ()
        if key not in self._styles:
            self._styles[key] = _code(cell), self._font(cell.font, cell.fill)
        code, why = self._styles[key]
        why = why or otherwise(code, value) or self._conditional(cell)
        return phrase("seen_stored", value=in_words(value), why=why) if why else ""

    def _font(self, font: Any, fill: Any) -> str:
        """Return why nothing is seen of a figure in a font, or what is seen is struck out."""
        if font.strike:
            return phrase("seen_struck")
        if fill.fill_type not in (None, "solid"):
            return phrase("seen_pattern")
        ground = "FFFFFF" if fill.fill_type is None else self._colour(fill.fgColor, "FFFFFF")
        return _alike(self._colour(font.color, "000000"), ground)

    def _conditional(self, cell: Any) -> str:
        """Return what a conditional format may make of a figure; whether it holds is not asked."""
        row, column = cell.row, cell.column
        for rule, parts in self._ranges:
            if not any(left <= column <= right and top <= row <= bottom for left, top, right, bottom in parts):
                continue
            look, bars = rule.dxf, rule.iconSet or rule.dataBar
            if look is None and bars is None:
                continue
            why: str = phrase("seen_bars") if bars is not None and bars.showValue is False else ""
            if look is not None:
                why = why or (otherwise(look.numFmt.formatCode, cell.value) if look.numFmt is not None else "")
            if look is not None and not why and (look.font is not None or look.fill is not None):
                struck = look.font is not None and look.font.strike
                why = phrase("seen_struck") if struck else self._in_colours(cell, look)
            if why:
                return phrase("seen_conditional", why=why)
        return ""

    def _in_colours(self, cell: Any, look: Any) -> str:
        ink, fill = (cell.font.color if look.font is None or look.font.color is None else look.font.color), look.fill
        ground = self._colour(cell.fill.fgColor, "FFFFFF") if cell.fill.fill_type == "solid" else "FFFFFF"
        if fill is not None and fill.tagname == "patternFill":  # without a colour of its own, openpyxl says 00000000
            ground = self._colour(fill.fgColor if fill.bgColor.rgb == "00000000" else fill.bgColor, ground)
        return _alike(self._colour(ink, "000000"), ground)

    def _out_of_sight(self, cell: Any) -> str:
        if cell.value is None:
            return ""
        rows, columns = self.sheet.row_dimensions, self.sheet.column_dimensions.values()
        row = rows.get(cell.row)
        wide = [column for column in columns if column.min is not None and column.min <= cell.column <= column.max]
        low = self._low if row is None or row.ht is None else row.ht < _ROW
        if low or (row is not None and row.hidden) or self.sheet.sheet_format.zeroHeight:
            return self._place(cell, phrase("seen_stored", value=in_words(cell.value), why=phrase("seen_row")))
        narrow = any(column.hidden or column.width < _COLUMN for column in wide) if wide else self._columns_hidden
        why = phrase("seen_stored", value=in_words(cell.value), why=phrase("seen_column"))
        return self._place(cell, why) if narrow else ""

    def _colour(self, colour: Any, usual: str) -> str:
        """Return a colour as RRGGBB."""
        from openpyxl.styles.colors import COLOR_INDEX

        if colour is None or colour.type not in ("rgb", "theme", "indexed"):
            return usual
        if colour.type == "rgb":
            return str(colour.rgb)[-6:]
        if colour.type == "theme":
            theme = _theme(self.sheet.parent.loaded_theme)
            return _tinted(theme[colour.theme] if colour.theme < len(theme) else usual, colour.tint or 0.0)
        palette = getattr(self.sheet.parent, "_colors", None) or COLOR_INDEX
        return {64: "000000", 65: "FFFFFF"}.get(colour.indexed) or (
            str(palette[colour.indexed])[-6:] if colour.indexed < len(palette) else usual
        )


def seen_sheets(book: Any, cells: Iterable[Any]) -> Mapping[str, SeenSheet]:
    """Return the sheets of the cells to fill, by name."""
    inputs: dict[str, set[tuple[int, int]]] = {}
    for cell in cells:
        inputs.setdefault(cell.parent.title, set()).add((cell.row, cell.column))
    return {name: SeenSheet(book[name], places) for name, places in inputs.items()}


def _theme(data: bytes | None) -> list[str]:
    """Return the colours of a theme in the order of their numbers: light before dark."""
    from openpyxl.xml.functions import fromstring

    if not data:
        return _OFFICE
    schemes = (element for element in fromstring(data).iter() if element.tag.endswith("}clrScheme"))
    colours = [next(iter(slot), None) for slot in next(schemes, ())]
    known = ["" if slot is None else slot.get("lastClr") or slot.get("val") or "" for slot in colours]
    return [known[1], known[0], known[3], known[2], *known[4:]] if len(known) > 3 else _OFFICE


def _tinted(colour: str, tint: float) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(part * (1 + tint) if tint < 0 else part + (255 - part) * tint):02X}" for part in parts)


def _alike(ink: str, ground: str) -> str:
    pairs = [(int(ink[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (0, 2, 4)]
    return phrase("seen_colour") if all(abs(one - other) <= _NEAR for one, other in pairs) else ""


def _code(cell: Any) -> str:
    """Return the number format of a cell; a number of one that openpyxl does not know stands for itself."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    number = cell._style.numFmtId if cell.has_style else 0
    return str(cell.number_format) if number >= 164 or number in BUILTIN_FORMATS else f"[内置格式 {number}]"
