"""One worksheet part of an xlsx → Sheet. Only cells that are there cost anything; stated sizes are not believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from toolkit.cells import a1, column_index
from toolkit.excel_in import limits
from toolkit.excel_in.container import string_of, tree
from toolkit.excel_in.grid import Cell, CellError, Sheet, Value, number, sound_text, unescape
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.shifting import shifted

Position = tuple[int, int]
_YES = ("1", "true")
_STYLED_LOCKED, _STYLED_OPEN = Cell(None, None, True), Cell(None, None, False)


@dataclass(frozen=True, slots=True)
class Styles:
    """For every cell format of the workbook: does it lock, does it show dates."""

    locked: tuple[bool, ...]
    date: tuple[bool, ...]


def read_sheet(
    data: bytes, part: str, name: str, state: str, strings: Sequence[str], styles: Styles, most: int
) -> Sheet:
    """Read a worksheet; ``most`` is how many cells the workbook may still have."""
    reader = _Reader(strings, styles, most)
    reader.read(data, part)
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
    def __init__(self, strings: Sequence[str], styles: Styles, most: int) -> None:
        self.strings = strings
        self.styles = styles
        self.most = most
        self.cells: dict[Position, Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.protected = False
        self.masters: dict[str, tuple[str, Position]] = {}
        self.members = self.expanded = 0
        self.row = -1
        self.space = self.value_tag = ""
        self.known: dict[str, tuple[bool, bool]] = {}

    def read(self, data: bytes, part: str) -> None:
        """Read the part."""
        root = tree(data, part)
        self.space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        row_tag, cell_tag, self.value_tag = f"{self.space}row", f"{self.space}c", f"{self.space}v"
        for section in root:
            name = section.tag.removeprefix(self.space)
            if name == "sheetData":
                for row in section:
                    if row.tag == row_tag:
                        self._row(row, cell_tag)
                    elif row.tag == cell_tag:
                        raise Refused("FILE_021", why="单元格不在行内")
            elif name == "sheetProtection":
                self.protected = section.get("sheet", "0") in _YES
            elif name in ("cols", "mergeCells"):
                for element in section:
                    self._other(element.tag.removeprefix(self.space), element.attrib)

    def _other(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "col":
            self._hidden_columns(attributes)
        elif name == "mergeCell":
            self._merge(attributes)

    def _row(self, row: Element, cell_tag: str) -> None:
        stated = row.get("r")
        self.row = _bounded(stated, limits.ROWS, "行号") - 1 if stated is not None else self.row + 1
        if self.row >= limits.ROWS:
            raise Refused("FILE_021", why="行号超出工作表")
        if row.get("hidden", "0") in _YES and len(self.hidden_rows) < limits.CELLS:
            self.hidden_rows.add(self.row)
        if len(self.cells) + len(row) > self.most:
            raise too_much("单元格数", limits.CELLS)
        column = -1
        for element in row:
            if element.tag != cell_tag:
                continue
            reference = element.get("r")
            at = (self.row, column + 1) if reference is None else _position(reference)
            if at[1] >= limits.COLUMNS:
                raise Refused("FILE_021", why="单元格超出工作表")
            column = at[1]
            self._cell(at, element)

    def _cell(self, at: Position, element: Element) -> None:
        if at in self.cells:
            raise Refused("FILE_021", why=f"单元格 {a1(*at)} 出现两次")
        style = element.get("s", "0")
        known = self.known.get(style)
        if known is None:
            known = self.known[style] = self._style(style)
        locked, dated = known
        parts = len(element)
        if parts == 0:
            self.cells[at] = _STYLED_LOCKED if locked else _STYLED_OPEN
            return
        formula: str | None = None
        if parts == 1 and element[0].tag == self.value_tag:
            raw: str | None = element[0].text or ""
        else:
            raw, formula = self._content(at, element)
        value = self._value(element.get("t", "n"), raw) if raw is not None else None
        date = dated and value is not None and not isinstance(value, str | bool | CellError)
        self.cells[at] = Cell(value, formula, locked, date, value if isinstance(value, str) else raw or "")

    def _style(self, style: str) -> tuple[bool, bool]:
        """Return whether a cell format locks and whether it shows dates; an unknown one locks, as Excel does."""
        index = int(style) if style.isascii() and style.isdigit() and len(style) < 8 else 0
        if index >= len(self.styles.locked):
            return True, False
        return self.styles.locked[index], self.styles.date[index]

    def _content(self, at: Position, element: Element) -> tuple[str | None, str | None]:
        """Return the text of a cell's value (None: it has none) and its formula."""
        raw = formula = None
        for child in element:
            name = child.tag.removeprefix(self.space)
            if name == "v":
                raw = child.text or ""
            elif name == "f":
                formula = self._formula(at, child)
            elif name == "is":
                raw = string_of(child)
            elif name in ("c", "row"):
                raise Refused("FILE_021", why="单元格互相嵌套")
        return raw, formula

    def _value(self, kind: str, raw: str) -> Value:
        if len(raw) > limits.TEXT_CHARACTERS:
            raise too_much("单元格字数", limits.TEXT_CHARACTERS)
        if kind == "n":
            plain = number(raw.strip())
            return plain if plain is not None else sound_text(raw) if raw.strip() else None
        if kind == "s":
            at = int(raw) if raw.isascii() and raw.strip().isdigit() and len(raw) < 10 else -1
            if not 0 <= at < len(self.strings):
                return CellError("#共享字符串缺失")
            return self.strings[at] or None
        if kind in ("str", "inlineStr"):
            return unescape(raw) or None
        if kind == "e":
            return CellError(sound_text(raw) or "#ERROR!")
        if kind == "b" and raw.strip() in ("0", "1", "true", "false"):
            return raw.strip() in _YES
        return sound_text(raw) or None

    def _formula(self, at: Position, element: Element) -> str:
        text = sound_text(element.text or "")
        if len(text) > limits.FORMULA_CHARACTERS:
            raise too_much("公式字数", limits.FORMULA_CHARACTERS)
        if element.get("t") == "shared":
            group = element.get("si", "")
            if text:
                self.masters[group] = (text, at)
            elif group in self.masters:
                master, origin = self.masters[group]
                self.members += 1
                self.expanded += len(master)
                if self.members > limits.SHARED_FORMULAS or self.expanded > limits.EXPANDED_CHARACTERS:
                    raise too_much("共享公式的单元格数", limits.SHARED_FORMULAS)
                text = shifted(master, at[0] - origin[0], at[1] - origin[1])
        return text.strip().removeprefix("=")

    def _merge(self, attributes: Mapping[str, str]) -> None:
        if len(self.merges) >= limits.MERGES:
            raise too_much("合并单元格数", limits.MERGES)
        first, _, last = attributes.get("ref", "").partition(":")
        try:
            top, left = _position(first)
            bottom, right = _position(last) if last else (top, left)
        except Refused:
            return
        self.merges.append((top, left, bottom, right))

    def _hidden_columns(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden", "0") not in _YES:
            return
        first = _bounded(attributes.get("min"), limits.COLUMNS, "列号")
        last = _bounded(attributes.get("max"), limits.COLUMNS, "列号")
        self.hidden_columns.update(range(first - 1, last))


def _bounded(text: str | None, most: int, what: str) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 8 or not 1 <= int(text) <= most:
        raise Refused("FILE_021", why=f"{what}超出工作表")
    return int(text)


@lru_cache(20_000)
def _position(reference: str) -> Position:
    """Return the zero-based place of a reference such as B3; what is none or beyond the sheet is Refused."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if (
        1 <= len(letters) <= 3
        and letters.isascii()
        and letters.isalpha()
        and letters.isupper()
        and 1 <= len(digits) <= 7
    ):
        row, column = int(digits) - 1, column_index(letters)
        if 0 <= row < limits.ROWS and column < limits.COLUMNS:
            return row, column
    raise Refused("FILE_021", why=f"单元格地址 {reference[:20]!r} 超出工作表")
