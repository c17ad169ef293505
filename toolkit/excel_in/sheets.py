"""One worksheet part of an xlsx → Sheet. Only cells that are there cost anything; stated sizes are not believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.cells import a1, column_index
from toolkit.excel_in import limits
from toolkit.excel_in.container import Attributes, parse
from toolkit.excel_in.grid import Cell, CellError, Sheet, Value, number, sound_text, unescape
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.shifting import shifted

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Styles:
    """For every cell format of the workbook: does it lock, does it show dates."""

    locked: tuple[bool, ...]
    date: tuple[bool, ...]


def read_sheet(
    data: bytes, part: str, name: str, state: str, strings: Sequence[str], styles: Styles, most: int
) -> Sheet:
    """Read a worksheet; ``most`` is how many cells the workbook may still have."""
    reader = _Reader(name, strings, styles, most)
    parse(data, part, reader.start, reader.end, reader.text)
    return Sheet(
        name,
        state if state in ("hidden", "veryHidden") else "visible",
        reader.protected,
        reader.cells,
        tuple(reader.merges),
        frozenset(reader.hidden_rows),
        frozenset(reader.hidden_columns),
    )


class _Reader:
    def __init__(self, name: str, strings: Sequence[str], styles: Styles, most: int) -> None:
        self.name = name
        self.strings = strings
        self.styles = styles
        self.most = most
        self.cells: dict[Position, Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.protected = False
        self.masters: dict[str, tuple[str, Position]] = {}
        self.members = 0
        self.row = -1
        self.column = -1
        self.cell: Attributes | None = None
        self.formula: Attributes | None = None
        self.value_text: list[str] = []
        self.formula_text: list[str] = []
        self.into: list[str] | None = None
        self.phonetic = False
        self.has_value = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" and self.cell is not None:
            self.into, self.has_value = self.value_text, True
        elif name == "f" and self.cell is not None:
            self.formula, self.into = attributes, self.formula_text
        elif name == "t" and self.cell is not None:
            self.into, self.has_value = (None if self.phonetic else self.value_text), True
        elif name == "rPh":
            self.phonetic = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "col":
            self._hidden_columns(attributes)
        elif name == "mergeCell":
            self._merge(attributes)
        elif name == "sheetProtection":
            self.protected = attributes.get("sheet", "0") in ("1", "true")

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "f", "t"):
            self.into = None
        elif name == "rPh":
            self.phonetic = False

    def text(self, piece: str) -> None:
        if self.into is not None:
            self.into.append(piece)

    def _begin_row(self, attributes: Attributes) -> None:
        stated = attributes.get("r")
        self.row = _bounded(stated, limits.ROWS, "行号") - 1 if stated is not None else self.row + 1
        if self.row >= limits.ROWS:
            raise Refused("FILE_021", why="行号超出工作表")
        self.column = -1
        if attributes.get("hidden", "0") in ("1", "true") and len(self.hidden_rows) < limits.CELLS:
            self.hidden_rows.add(self.row)

    def _begin_cell(self, attributes: Attributes) -> None:
        if self.cell is not None:
            raise Refused("FILE_021", why="单元格互相嵌套")
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            self.row, self.column = _position(reference)
        if self.column >= limits.COLUMNS or self.row < 0:
            raise Refused("FILE_021", why="单元格超出工作表")
        self.cell = attributes
        self.formula = None
        self.has_value = False
        self.value_text.clear()
        self.formula_text.clear()

    def _end_cell(self) -> None:
        attributes, at = self.cell, (self.row, self.column)
        self.cell = None
        if attributes is None:
            return
        if at in self.cells:
            raise Refused("FILE_021", why=f"单元格 {a1(*at)} 出现两次")
        if len(self.cells) >= self.most:
            raise too_much("单元格数", limits.CELLS)
        style = attributes.get("s")
        index = int(style) if style is not None and style.isascii() and style.isdigit() and len(style) < 8 else 0
        known = index < len(self.styles.locked)
        raw = "".join(self.value_text)
        if len(raw) > limits.TEXT_CHARACTERS:
            raise too_much("单元格字数", limits.TEXT_CHARACTERS)
        formula = self._formula(at) if self.formula is not None else None
        value = self._value(attributes.get("t", "n"), raw) if self.has_value else None
        is_number = value is not None and not isinstance(value, str | bool | CellError)
        self.cells[at] = Cell(
            value,
            formula,
            self.styles.locked[index] if known else True,
            known and is_number and self.styles.date[index],
            value if isinstance(value, str) else raw,
        )

    def _value(self, kind: str, raw: str) -> Value:
        if kind == "s":
            at = int(raw) if raw.isascii() and raw.strip().isdigit() and len(raw) < 10 else -1
            if not 0 <= at < len(self.strings):
                return CellError("#共享字符串缺失")
            return self.strings[at] or None
        if kind in ("str", "inlineStr"):
            return unescape(raw) or None
        if kind == "e":
            return CellError(sound_text(raw) or "#ERROR!")
        if kind == "b":
            return raw.strip() in ("1", "true")
        if kind == "d":
            return sound_text(raw) or None
        if raw.strip() == "":
            return None
        plain = number(raw.strip())
        return plain if plain is not None else sound_text(raw)

    def _formula(self, at: Position) -> str | None:
        assert self.formula is not None
        text = sound_text("".join(self.formula_text))
        if len(text) > limits.FORMULA_CHARACTERS:
            raise too_much("公式字数", limits.FORMULA_CHARACTERS)
        if self.formula.get("t") == "shared":
            group = self.formula.get("si", "")
            if text:
                self.masters[group] = (text, at)
            elif group in self.masters:
                self.members += 1
                if self.members > limits.SHARED_FORMULAS:
                    raise too_much("共享公式的单元格数", limits.SHARED_FORMULAS)
                master, origin = self.masters[group]
                text = shifted(master, at[0] - origin[0], at[1] - origin[1])
        return text.strip().removeprefix("=") if text.strip() else ""

    def _merge(self, attributes: Attributes) -> None:
        if len(self.merges) >= limits.MERGES:
            raise too_much("合并单元格数", limits.MERGES)
        first, _, last = attributes.get("ref", "").partition(":")
        try:
            top, left = _position(first)
            bottom, right = _position(last) if last else (top, left)
        except Refused:
            return
        self.merges.append((top, left, bottom, right))

    def _hidden_columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden", "0") not in ("1", "true"):
            return
        first = _bounded(attributes.get("min"), limits.COLUMNS, "列号")
        last = _bounded(attributes.get("max"), limits.COLUMNS, "列号")
        self.hidden_columns.update(range(first - 1, last))


def _bounded(text: str | None, most: int, what: str) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 8 or not 1 <= int(text) <= most:
        raise Refused("FILE_021", why=f"{what}超出工作表")
    return int(text)


def _position(reference: str) -> Position:
    """Return the zero-based place of a reference such as B3; what is none or beyond the sheet is Refused."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if (
        1 <= len(letters) <= 3
        and letters.isascii()
        and letters.isupper()
        and 1 <= len(digits) <= 7
        and digits.isascii()
    ):
        row, column = int(digits) - 1, column_index(letters)
        if 0 <= row < limits.ROWS and column < limits.COLUMNS:
            return row, column
    raise Refused("FILE_021", why=f"单元格地址 {reference[:20]!r} 超出工作表")
