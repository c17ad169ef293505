"""One worksheet of an xlsx → cells, merges and what is hidden; each cell once, in bounds; stated sizes are not believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from xml.etree.ElementTree import Element

from msgspec import Struct

from toolkit.cells import a1, column_index
from toolkit.excel_in import limits
from toolkit.excel_in.appearance import Shape, cell_of
from toolkit.excel_in.grid import EMPTY_RESULT, Cell, CellError, Sheet, Value, number, sound_text
from toolkit.excel_in.marks import MarkedText, string_of, unescaped
from toolkit.excel_in.markup import growing
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.shifting import shifted
from toolkit.findings import Wording, phrase

Position = tuple[int, int]
YES = ("1", "true")
NO_STRING = CellError("#共享字符串缺失")
"""What a cell holds whose shared string is not there."""
LOW, NARROW = 1, Decimal("0.1")
"""The height in points and the width in characters below which nothing is seen of a row or column."""
SHORT = 30
"""Characters of a number whose cell is shared with others that hold the same."""
STYLED_LOCKED, STYLED_OPEN = Cell(None, None, True), Cell(None, None, False)


class Styles(Struct, frozen=True):
    """For every cell format of the workbook: does it lock, and what is unusual in it, None for nothing (see appearance)."""

    locked: tuple[bool, ...]
    shapes: tuple[Shape | None, ...]
    date1904: bool = False
    conditional: tuple[Shape | None, ...] = ()
    """The same of the formats that conditional formats lay over them."""


class Spent(Struct):
    """What the sheets of one workbook have used up of its limits so far."""

    cells: int = 0
    contents: int = 0
    merges: int = 0
    members: int = 0
    expanded: int = 0
    characters: int = 0
    columns: int = 0

    def more(self, cells: int, contents: int, characters: int, merges: int, columns: int) -> Spent:
        """Return what is used up when so much is added."""
        return Spent(
            self.cells + cells, self.contents + contents, self.merges + merges, self.members, self.expanded,
            self.characters + characters, self.columns + columns,
        )  # fmt: skip


class Reader:
    """What has been read of one worksheet, and what its cells are read with."""

    def __init__(self, strings: Sequence[str], styles: Styles, spent: Spent) -> None:
        self.strings = strings
        self.styles = styles
        self.spent = spent
        self.cells: dict[Position, Cell] = {}
        self.plain: dict[tuple[str, str], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.protected = self.low = self.unusual = False
        self.masters: dict[str, tuple[str, Position]] = {}
        self.letters: dict[str, int] = {}
        self.row = -1
        self.space = self.value_tag = ""
        self.known: dict[str, tuple[bool, Shape | None]] = {}

    def read(self, data: bytes, part: str) -> None:
        """Read a worksheet part; one past a limit, ill-formed or with a cell filled twice is Refused."""
        if data.count(b"<row") > limits.ROWS:
            raise too_much("limit_rows", limits.ROWS)
        if data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/>") > limits.PLACES:
            raise too_much("limit_cells", limits.PLACES)
        if data.count(b"<col ") > min(limits.COLUMNS, limits.COLUMN_RANGES):
            raise too_much("limit_columns", limits.COLUMNS)
        for root, whole in growing(data, part, limits.XML_TAGS):
            self.take(root, whole)

    def sheet(self, name: str, state: str) -> Sheet:
        """Return what was read as the sheet of a name."""
        return Sheet(
            name,
            state if state in ("hidden", "veryHidden") else "visible",
            self.protected,
            self.cells,
            tuple(self.merges),
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
        )

    def take(self, root: Element, whole: bool) -> None:
        """Read what has come of the sheet; unless it is whole, remove that and leave what is not complete."""
        self.space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        row_tag, cell_tag, self.value_tag = f"{self.space}row", f"{self.space}c", f"{self.space}v"
        last = None if whole or len(root) == 0 else root[-1]
        for section in root:
            name = section.tag.removeprefix(self.space)
            ready = section if section is not last else section[:-1]
            if name == "sheetData":
                for row in ready:
                    if row.tag == row_tag:
                        self._row(row, cell_tag)
                    elif row.tag == cell_tag:
                        raise Refused("FILE_021", why=phrase("file_rowless"))
            elif name in ("cols", "mergeCells", "conditionalFormatting"):
                for element in ready:
                    self._other(section, element)
            else:
                self._whole(name, section.attrib)
            if section is last:
                del section[: len(ready)]
        if not whole:
            del root[:-1]

    def _conditional(self, places: str, rule: Element) -> None:
        """Show the cells of a conditional format as it would: what is stored is seen for sure only where none can hold."""
        number = rule.get("dxfId", "")
        known = number.isascii() and number.isdigit() and len(number) < 6 and int(number) < len(self.styles.conditional)
        shape = self.styles.conditional[int(number)] if known else None
        if any(part.get("showValue", "1") not in YES for part in rule):
            shape = Shape(unseen=True)
        if shape is None or not _may_hold(rule):
            return
        self.unusual = True
        boxes = [((0, 0), (limits.ROWS, limits.COLUMNS))]
        if len(areas := places.split()) <= _BOXES:
            with suppress(Refused):  # whole columns, say: the cells of all are looked at
                boxes = [(position(box.partition(":")[0]), position(box.rpartition(":")[2])) for box in areas]
        for at, cell in self.cells.items():
            if any(top <= at[0] <= low and left <= at[1] <= right for (top, left), (low, right) in boxes):
                self.cells[at] = cell_of(cell, shape, date1904=self.styles.date1904)

    def _whole(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take what is said of the sheet as a whole."""
        get = attributes.get
        if name == "sheetProtection":
            self.protected = get("sheet", "0") in YES
        elif name == "sheetFormatPr":
            self.low = get("zeroHeight", "0") in YES or _below(get("defaultRowHeight"), LOW)
            self.unusual = self.unusual or self.low

    def _other(self, section: Element, element: Element) -> None:
        name = element.tag.removeprefix(self.space)
        if name == "col":
            self._hidden_columns(element.attrib)
        elif name == "mergeCell":
            self._merge(element.attrib)
        elif name == "cfRule":
            self._conditional(section.get("sqref", ""), element)

    def _begin(self, row: Element) -> str:
        """Go to a row and return its number as references have it."""
        stated, digits = row.get("r"), str(self.row + 2)
        if stated is None or stated == digits:
            self.row += 1
        else:
            self.row = _bounded(stated, limits.ROWS, "行号") - 1
            digits = str(self.row + 1)
        if self.row >= limits.ROWS:
            raise Refused("FILE_021", why=phrase("file_row_beyond"))
        if self.row < limits.HIDDEN_ROWS and (flat(row) or (self.low and row.get("ht") is None)):
            self.hidden_rows.add(self.row)
        self.spent.cells += len(row)
        if self.spent.cells > limits.PLACES:
            raise too_much("limit_cells", limits.PLACES)
        return digits

    def _row(self, row: Element, cell_tag: str) -> None:
        digits = self._begin(row)
        column, here, cut = -1, self.row, -len(digits)
        letters, cells, formats = self.letters, self.cells, self.known
        for element in row:
            if element.tag != cell_tag:
                if element.tag == row.tag:
                    raise Refused("FILE_021", why=phrase("file_rows_nested"))
                continue
            reference = element.get("r")
            if reference is None:
                at = (here, column + 1)
            elif reference[cut:] == digits and reference[:cut] in letters:
                at = (here, letters[reference[:cut]])
            else:
                at = position(reference)
                letters[reference.rstrip("0123456789")] = at[1]
            column = at[1]
            if column >= limits.COLUMNS:
                raise Refused("FILE_021", why=phrase("file_beyond"))
            before = cells.get(at)
            if before is not None and len(element) == 0:
                continue
            style = element.get("s", "0")
            known = formats.get(style)
            if known is None:
                known = formats[style] = self.style(style)
            if len(element) == 0:
                cells[at] = STYLED_LOCKED if known[0] else STYLED_OPEN
            else:
                self.cell(at, element, style, *known)
            if before is not None:
                cells[at] = _filled(at, before, cells[at])

    def cell(self, at: Position, element: Element, style: str, locked: bool, shape: Shape | None) -> None:
        """Read a cell with content; too many different ones are Refused."""
        formula: str | None = None
        kind = element.get("t", "n")
        if len(element) == 1 and element[0].tag == self.value_tag:
            text = element[0].text or ""
            raw: str | None = text
            same = self.plain.get((text, style)) if kind == "n" else None
            if same is not None:
                self.cells[at] = same
                return
        else:
            raw, formula = self._content(at, element)
        cell = self.cells[at] = self.of(kind, raw, formula, locked, shape)
        spent = self.spent
        spent.contents += 1
        spent.characters += len(cell.text)
        if spent.contents > limits.CONTENTS or spent.characters > limits.ALL_TEXT_CHARACTERS:
            raise self._exceeded()
        if kind == "n" and formula is None and raw is not None and len(raw) < SHORT:
            self.plain[raw, style] = cell

    def of(self, kind: str, raw: str | None, formula: str | None, locked: bool, shape: Shape | None) -> Cell:
        """Return the cell of a value as the file spells it."""
        value = self._value(kind, raw) if raw is not None else None
        text = value if isinstance(value, str) else raw or ""
        if kind == "str" and formula is not None and not text:
            text = EMPTY_RESULT
        if shape is not None or type(value) is MarkedText:
            return cell_of(Cell(value, formula, locked, False, text), shape, date1904=self.styles.date1904)
        return Cell(value, formula, locked, False, text)

    def _exceeded(self) -> Refused:
        if self.spent.contents > limits.CONTENTS:
            return too_much("limit_contents", limits.CONTENTS)
        return too_much("limit_text", limits.ALL_TEXT_CHARACTERS)

    def style(self, style: str) -> tuple[bool, Shape | None]:
        """Return whether a cell format locks and what is unusual in it; an unknown one locks, as Excel does."""
        index = int(style) if style.isascii() and style.isdigit() and len(style) < 8 else 0
        if index >= len(self.styles.locked):
            return True, None
        return self.styles.locked[index], self.styles.shapes[index]

    def _content(self, at: Position, element: Element) -> tuple[str | None, str | None]:
        """Return the text of a cell's value (None: it has none) and its formula."""
        raw = formula = None
        for child in element:
            name = child.tag.removeprefix(self.space)
            if name == "v":
                if raw is not None:
                    raise Refused("FILE_021", why=phrase("file_two_values", at=a1(*at)))
                raw = child.text or ""
            elif name == "f":
                formula = self.formula(at, child)
            elif name == "is":
                raw = string_of(child)
            elif name in ("c", "row"):
                raise Refused("FILE_021", why=phrase("file_cells_nested"))
        return raw, formula

    def _value(self, kind: str, raw: str) -> Value:
        if len(raw) > limits.TEXT_CHARACTERS:
            raise too_much("limit_cell_text", limits.TEXT_CHARACTERS)
        if kind == "n":
            plain = number(raw.strip())
            return plain if plain is not None else sound_text(raw) if raw.strip() else None
        if kind == "s":
            if not raw.strip():
                return None
            at = int(raw) if raw.isascii() and raw.strip().isdigit() and len(raw) < 10 else -1
            if not 0 <= at < len(self.strings):
                return NO_STRING
            return self.strings[at] or None
        if kind in ("str", "inlineStr"):
            return unescaped(raw) or None
        if kind == "e":
            return CellError(sound_text(raw) or "#ERROR!")
        if kind == "b" and raw.strip() in ("0", "1", "true", "false"):
            return raw.strip() in YES
        return sound_text(raw) or None

    def formula(self, at: Position, element: Element) -> str:
        """Return a formula without ``=``, a shared one written out for its cell; too long ones are Refused."""
        text = sound_text(element.text or "")
        if len(text) > limits.FORMULA_CHARACTERS:
            raise too_much("limit_formula", limits.FORMULA_CHARACTERS)
        if element.get("t") == "shared":
            group = element.get("si", "")
            if text:
                self.masters[group] = (text, at)
            elif group in self.masters:
                master, origin = self.masters[group]
                self.spent.members += 1
                self.spent.expanded += len(master)
                if self.spent.members > limits.SHARED_FORMULAS or self.spent.expanded > limits.EXPANDED_CHARACTERS:
                    raise too_much("limit_shared", limits.SHARED_FORMULAS)
                text = shifted(master, at[0] - origin[0], at[1] - origin[1])
        return text.strip().removeprefix("=")

    def _merge(self, attributes: Mapping[str, str]) -> None:
        self.spent.merges += 1
        if self.spent.merges > limits.MERGES:
            raise too_much("limit_merges", limits.MERGES)
        first, _, last = attributes.get("ref", "").partition(":")
        try:
            top, left = position(first)
            bottom, right = position(last) if last else (top, left)
        except Refused:
            return
        self.merges.append((top, left, bottom, right))

    def _hidden_columns(self, attributes: Mapping[str, str]) -> None:
        self.spent.columns += 1
        if self.spent.columns > limits.COLUMN_RANGES:
            raise too_much("limit_columns", limits.COLUMN_RANGES)
        unseen = attributes.get("hidden", "0") in YES or _below(attributes.get("width"), NARROW)
        if not unseen or len(self.hidden_columns) >= limits.HIDDEN_COLUMNS:
            return
        first = _bounded(attributes.get("min"), limits.COLUMNS, "列号")
        last = _bounded(attributes.get("max"), limits.COLUMNS, "列号")
        self.hidden_columns.update(range(first - 1, min(last, limits.HIDDEN_COLUMNS)))


def _filled(at: Position, before: Cell, after: Cell) -> Cell:
    """Return the one of two cells of one place that is not blank; two filled ones are Refused."""
    filled = [cell for cell in (before, after) if cell.value is not None or cell.formula is not None]
    if len(filled) > 1:
        raise Refused("FILE_021", why=phrase("file_twice", at=a1(*at)))
    return filled[0] if filled else before


_BOXES = 200
"""Areas of one conditional format; one with more is taken for the whole sheet."""


def _may_hold(rule: Element) -> bool:
    """Tell whether a conditional format may hold: none does whose formula is FALSE or 0."""
    formulas = [(part.text or "").strip().upper() for part in rule if part.tag.endswith("formula")]
    return rule.get("type") != "expression" or formulas not in (["FALSE"], ["0"], ["FALSE()"])


def flat(row: Element) -> bool:
    """Tell whether a row is hidden, or too low for anything to be seen of it."""
    get = row.get
    return get("hidden", "0") in YES or get("zeroHeight", "0") in YES or _below(get("ht"), LOW)


def _below(text: str | None, least: int | Decimal) -> bool:
    size = number(text) if text is not None else None
    return size is not None and size < least


def _bounded(text: str | None, most: int, what: str) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 8 or not 1 <= int(text) <= most:
        raise Refused("FILE_021", why=Wording(f"{what}超出工作表", "a row or column lies beyond the sheet"))
    return int(text)


@lru_cache(2_000)
def position(reference: str) -> Position:
    """Return the zero-based place of a reference such as B3 or b3; what is none or beyond the sheet is Refused."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    alike = letters.isupper() or letters.islower()  # rId1 is no place but what was meant to point at a part
    if 1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and alike and 1 <= len(digits) <= 7:
        row, column = int(digits) - 1, column_index(letters.upper())
        if 0 <= row < limits.ROWS and column < limits.COLUMNS:
            return row, column
    raise Refused("FILE_021", why=phrase("file_address", at=repr(reference[:20])))


def within(row: str, column: str) -> Position | None:
    """Return the place of a row and a column, counted from 0, that a drawing names; None for what is none."""
    if not all(text.isascii() and text.isdigit() and len(text) < 8 for text in (row, column)):
        return None
    return (int(row), int(column)) if int(row) < limits.ROWS and int(column) < limits.COLUMNS else None
