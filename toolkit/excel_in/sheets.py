"""One worksheet part of an xlsx → Sheet. Only cells that are there cost anything; stated sizes are not believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element

from toolkit.cells import a1, column_index
from toolkit.excel_in import known, limits
from toolkit.excel_in.container import growing, string_of, tree
from toolkit.excel_in.grid import Cell, CellError, Sheet, Value, number, sound_text, unescape
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.shifting import shifted
from toolkit.records import record

Position = tuple[int, int]
_YES = ("1", "true")
NO_STRING = CellError("#共享字符串缺失")
"""What a cell holds whose shared string is not there."""
_DIGITS = 10
"""The number of a shared string has fewer digits."""
_SHORT = 30
"""Characters of a number whose cell is shared with others that hold the same."""
_STYLED_LOCKED, _STYLED_OPEN = Cell(None, None, True), Cell(None, None, False)


@record
class Styles:
    """For every cell format of the workbook: does it lock, does it show dates."""

    locked: tuple[bool, ...]
    date: tuple[bool, ...]


@dataclass(slots=True)
class Spent:
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


def read_sheet(
    data: bytes,
    part: str,
    name: str,
    state: str,
    strings: Sequence[str],
    styles: Styles,
    spent: Spent,
    *,
    recognise: bool = False,
) -> Sheet:
    """Read a worksheet; ``spent`` is what the sheets before it have used up.

    With ``recognise`` rows that another sheet of the same program had are not parsed again.
    """
    reader = _Reader(strings, styles, spent)
    if not (recognise and reader.recognise(data, part)):
        if data.count(b"<row") > limits.ROWS:
            raise too_much("行数", limits.ROWS)
        if data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/>") > limits.PLACES:
            raise too_much("单元格数", limits.PLACES)
        if data.count(b"<col ") > limits.COLUMN_RANGES:
            raise too_much("列设置数", limits.COLUMN_RANGES)
        for root, whole in growing(data, part, limits.XML_TAGS):
            reader.take(root, whole)
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
    def __init__(self, strings: Sequence[str], styles: Styles, spent: Spent) -> None:
        self.strings = strings
        self.styles = styles
        self.spent = spent
        self.cells: dict[Position, Cell] = {}
        self.plain: dict[tuple[str, str], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.protected = False
        self.masters: dict[str, tuple[str, Position]] = {}
        self.letters: dict[str, int] = {}
        self.row = -1
        self.space = self.value_tag = ""
        self.known: dict[str, tuple[bool, bool]] = {}

    def recognise(self, data: bytes, part: str) -> bool:
        """Read the sheet by what is known of its rows; False, and nothing is read, when anything is unusual."""
        parts = known.cut(data, b"sheetData", b"<row ")
        if parts is None:
            return False
        memory = _KNOWN.of(parts.root, self.styles)
        frame = memory.get(parts.frame, lambda each: _learn_frame(each, part, self.styles))
        if not isinstance(frame, _Frame):
            return False
        skeleton, values = known.without_values(parts.body)
        key = known.digest(skeleton)
        whole = _WHOLE.of(parts.root, self.styles).get(
            key, lambda _: _learn_whole(skeleton, parts.root, memory, part, self.styles)
        )
        if whole is None or len(values) != len(whole.slots):
            return False
        cells, characters, strings = dict(whole.constants), 0, self.strings
        try:
            for (at, shared, remembered, slot), raw in zip(whole.slots, values, strict=True):
                # What is remembered of a shared string is remembered by its text: each file numbers them anew.
                text = (
                    strings[int(raw)]
                    if shared and raw.isdigit() and len(raw) < _DIGITS and int(raw) < len(strings)
                    else None
                )
                cell = remembered.get(text or raw)
                if cell is None:
                    cell = self._made(slot, raw, text)
                if shared:
                    characters += len(cell.text)
                cells[at] = cell
        except (UnicodeDecodeError, Refused):
            return False
        spent = self.spent.more(
            whole.places,
            whole.contents + len(values),
            whole.characters + len(parts.body) + characters,
            len(frame.merges),
            frame.columns,
        )
        if _too_much(spent):
            return False
        self.cells, self.hidden_rows = cells, set(whole.hidden)
        self.protected, self.merges, self.hidden_columns = (
            frame.protected,
            list(frame.merges),
            set(frame.hidden_columns),
        )
        self.spent.cells, self.spent.contents, self.spent.characters = spent.cells, spent.contents, spent.characters
        self.spent.merges, self.spent.columns = spent.merges, spent.columns
        return True

    def _made(self, slot: _Slot, raw: bytes, text: str | None) -> Cell:
        """Return the cell of a value, ``text`` when it is a shared string; short ones are remembered by what they say."""
        cell = self._of(slot.kind, raw.decode(), slot.formula, slot.locked, slot.dated)
        if slot.kind == "s":
            if text and len(text) < _LABEL and len(slot.known) < _REMEMBERED:
                slot.known[text] = cell
        elif len(raw) < _SHORT and len(slot.known) < _REMEMBERED:
            slot.known[raw] = cell
        return cell

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
                        raise Refused("FILE_021", why="单元格不在行内")
            elif name == "sheetProtection":
                self.protected = section.get("sheet", "0") in _YES
            elif name in ("cols", "mergeCells"):
                for element in ready:
                    self._other(element.tag.removeprefix(self.space), element.attrib)
            if section is last:
                del section[: len(ready)]
        if not whole:
            del root[:-1]

    def _other(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "col":
            self._hidden_columns(attributes)
        elif name == "mergeCell":
            self._merge(attributes)

    def _begin(self, row: Element) -> str:
        """Go to a row and return its number as references have it."""
        stated, digits = row.get("r"), str(self.row + 2)
        if stated is None or stated == digits:
            self.row += 1
        else:
            self.row = _bounded(stated, limits.ROWS, "行号") - 1
            digits = str(self.row + 1)
        if self.row >= limits.ROWS:
            raise Refused("FILE_021", why="行号超出工作表")
        if row.get("hidden", "0") in _YES and self.row < limits.HIDDEN_ROWS:
            self.hidden_rows.add(self.row)
        self.spent.cells += len(row)
        if self.spent.cells > limits.PLACES:
            raise too_much("单元格数", limits.PLACES)
        return digits

    def _row(self, row: Element, cell_tag: str) -> None:
        digits = self._begin(row)
        column, here, cut = -1, self.row, -len(digits)
        letters, cells, formats = self.letters, self.cells, self.known
        for element in row:
            if element.tag != cell_tag:
                if element.tag == row.tag:
                    raise Refused("FILE_021", why="行互相嵌套")
                continue
            reference = element.get("r")
            if reference is None:
                at = (here, column + 1)
            elif reference[cut:] == digits and reference[:cut] in letters:
                at = (here, letters[reference[:cut]])
            else:
                at = _position(reference)
                letters[reference.rstrip("0123456789")] = at[1]
            column = at[1]
            if column >= limits.COLUMNS:
                raise Refused("FILE_021", why="单元格超出工作表")
            if at in cells:
                raise Refused("FILE_021", why=f"单元格 {a1(*at)} 出现两次")
            style = element.get("s", "0")
            known = formats.get(style)
            if known is None:
                known = formats[style] = self._style(style)
            if len(element) == 0:
                cells[at] = _STYLED_LOCKED if known[0] else _STYLED_OPEN
            else:
                self._cell(at, element, style, *known)

    def _cell(self, at: Position, element: Element, style: str, locked: bool, dated: bool) -> None:
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
        cell = self.cells[at] = self._of(kind, raw, formula, locked, dated)
        spent = self.spent
        spent.contents += 1
        spent.characters += len(cell.text)
        if spent.contents > limits.CONTENTS or spent.characters > limits.ALL_TEXT_CHARACTERS:
            raise self._exceeded()
        if kind == "n" and formula is None and raw is not None and len(raw) < _SHORT:
            self.plain[raw, style] = cell

    def _of(self, kind: str, raw: str | None, formula: str | None, locked: bool, dated: bool) -> Cell:
        """Return the cell of a value as the file spells it."""
        value = self._value(kind, raw) if raw is not None else None
        date = dated and value is not None and not isinstance(value, str | bool | CellError)
        return Cell(value, formula, locked, date, value if isinstance(value, str) else raw or "")

    def _exceeded(self) -> Refused:
        if self.spent.contents > limits.CONTENTS:
            return too_much("不同内容的单元格数", limits.CONTENTS)
        return too_much("文字字数", limits.ALL_TEXT_CHARACTERS)

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
                if raw is not None:
                    raise Refused("FILE_021", why=f"单元格 {a1(*at)} 有两个值")
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
                return NO_STRING
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
                self.spent.members += 1
                self.spent.expanded += len(master)
                if self.spent.members > limits.SHARED_FORMULAS or self.spent.expanded > limits.EXPANDED_CHARACTERS:
                    raise too_much("共享公式的单元格数", limits.SHARED_FORMULAS)
                text = shifted(master, at[0] - origin[0], at[1] - origin[1])
        return text.strip().removeprefix("=")

    def _merge(self, attributes: Mapping[str, str]) -> None:
        self.spent.merges += 1
        if self.spent.merges > limits.MERGES:
            raise too_much("合并单元格数", limits.MERGES)
        first, _, last = attributes.get("ref", "").partition(":")
        try:
            top, left = _position(first)
            bottom, right = _position(last) if last else (top, left)
        except Refused:
            return
        self.merges.append((top, left, bottom, right))

    def _hidden_columns(self, attributes: Mapping[str, str]) -> None:
        self.spent.columns += 1
        if self.spent.columns > limits.COLUMN_RANGES:
            raise too_much("列设置数", limits.COLUMN_RANGES)
        if attributes.get("hidden", "0") not in _YES:
            return
        first = _bounded(attributes.get("min"), limits.COLUMNS, "列号")
        last = _bounded(attributes.get("max"), limits.COLUMNS, "列号")
        self.hidden_columns.update(range(first - 1, min(last, limits.HIDDEN_COLUMNS)))


@record
class _Slot:
    """A cell whose value is not part of its row's bytes: everything else of it, and cells by their values."""

    at: Position
    kind: str
    formula: str | None
    locked: bool
    dated: bool
    known: dict[bytes | str, Cell] = field(default_factory=dict, compare=False)


@record
class _Row:
    """What the bytes of a row without its values say; ``constants`` are the cells that have none of those."""

    number: int
    hidden: bool
    places: int
    contents: int
    characters: int
    constants: tuple[tuple[Position, Cell], ...]
    slots: tuple[_Slot, ...]


@record
class _Rows:
    """All rows of a sheet together."""

    places: int
    contents: int
    characters: int
    hidden: frozenset[int]
    constants: Mapping[Position, Cell]
    slots: tuple[tuple[Position, bool, dict[bytes | str, Cell], _Slot], ...]
    """Each with its place, whether it holds a shared string, and its cells by their values: what the loop looks at."""


@record
class _Frame:
    """What a sheet says around its rows."""

    protected: bool
    merges: tuple[tuple[int, int, int, int], ...]
    hidden_columns: frozenset[int]
    columns: int


_KNOWN: known.Families[_Row | _Frame] = known.Families()
_WHOLE: known.Families[_Rows] = known.Families(16)
"""Whole sheets: those of one template are alike but for cells left blank, and each may have some 100 KiB."""
_REMEMBERED = 16
"""Values of one cell that are remembered: most are small counts."""
_LABEL = 80
"""Characters of a shared string that is remembered: labels are, what respondents write is not worth it."""
_ROW_ALONE = 100_000
"""Tags of a row that is learnt."""


def _too_much(spent: Spent) -> bool:
    """Tell whether a limit is passed; the ordinary way then says which."""
    return (
        spent.cells > limits.PLACES
        or spent.contents > limits.CONTENTS
        or spent.characters > limits.ALL_TEXT_CHARACTERS
        or spent.merges > limits.MERGES
        or spent.columns > limits.COLUMN_RANGES
    )


def _learn_frame(frame: bytes, part: str, styles: Styles) -> _Frame | None:
    """Parse a sheet without its rows."""
    reader = _Reader((), styles, Spent())
    try:
        root = tree(frame, part)
        if sum(child.tag.rpartition("}")[2] == "sheetData" for child in root) != 1:
            return None
        reader.take(root, True)
    except Refused:
        return None
    return _Frame(reader.protected, tuple(reader.merges), frozenset(reader.hidden_columns), reader.spent.columns)


def _learn_whole(
    skeleton: bytes, root: bytes, memory: known.Memory[_Row | _Frame], part: str, styles: Styles
) -> _Rows | None:
    """Put the rows of a sheet together, each as it is known or learnt; they must follow each other."""
    rows: list[_Row] = []
    for piece in skeleton.split(b"<row ")[1:]:
        row = memory.get(piece, lambda each: _learn_row(root, each, part, styles))
        if not isinstance(row, _Row) or (rows and row.number <= rows[-1].number):
            return None
        rows.append(row)
    return _Rows(
        sum(row.places for row in rows),
        sum(row.contents for row in rows),
        sum(row.characters for row in rows),
        frozenset(row.number for row in rows if row.hidden),
        {at: cell for row in rows for at, cell in row.constants},
        tuple((slot.at, slot.kind == "s", slot.known, slot) for row in rows for slot in row.slots),
    )


def _learn_row(root_tag: bytes, row: bytes, part: str, styles: Styles) -> _Row | None:
    """Parse a row within its sheet's root element; one with shared formulas or anything else unusual is not learnt."""
    name = root_tag[1:].split(None, 1)[0].rstrip(b">")
    document = root_tag + b"<sheetData><row " + known.numbered(row) + b"</sheetData></" + name + b">"
    reader = _Reader((), styles, Spent())
    try:
        root = tree(document, part, _ROW_ALONE)
        space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        reader.space, reader.value_tag = space, f"{space}v"
        if len(root) != 1 or root[0].tag != f"{space}sheetData" or len(root[0]) != 1 or root[0][0].tag != f"{space}row":
            return None
        return _row_of(reader, root[0][0], f"{space}c")
    except Refused:
        return None


def _row_of(reader: _Reader, row: Element, cell_tag: str) -> _Row | None:
    stated = row.get("r", "")
    if not (stated.isascii() and stated.isdigit()) or stated[:1] == "0" or len(stated) > 6:
        return None
    number = int(stated) - 1
    slots: list[_Slot] = []
    taken: set[Position] = set()
    for element in row:
        reference = element.get("r", "")
        at = _position(reference)
        if element.tag != cell_tag or at[0] != number or at in taken or at[1] >= limits.COLUMNS:
            return None
        taken.add(at)
        style, kind = element.get("s", "0"), element.get("t", "n")
        locked, dated = reader._style(style)
        marked = [child for child in element if (child.text or "").startswith(_MARK)]
        if len(element) == 0:
            reader.cells[at] = _STYLED_LOCKED if locked else _STYLED_OPEN
        elif marked:
            formula = _formula_before(reader, at, element, marked[0])
            if formula is None:
                return None
            if marked[0].text != f"{_MARK}{len(slots)}":
                return None
            slots.append(_Slot(at, kind, formula or None, locked, dated))
        elif kind == "s" or any(child.get("t") == "shared" for child in element):
            return None
        else:
            reader._cell(at, element, style, locked, dated)
    hidden = row.get("hidden", "0") in _YES and number < limits.HIDDEN_ROWS
    contents, characters = reader.spent.contents, reader.spent.characters
    return _Row(number, hidden, len(row), contents, characters, tuple(reader.cells.items()), tuple(slots))


_MARK = known.MARK.decode()


def _formula_before(reader: _Reader, at: Position, element: Element, value: Element) -> str | None:
    """Return the formula beside a marked value, "" for none; None when anything else stands in the cell."""
    others = [child for child in element if child is not value]
    if value.tag != reader.value_tag or len(value) > 0 or len(others) > 1:
        return None
    if not others:
        return ""
    child = others[0]
    if child.tag != f"{reader.space}f" or child.get("t") == "shared" or len(child) > 0:
        return None
    return reader._formula(at, child) or None


def _bounded(text: str | None, most: int, what: str) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 8 or not 1 <= int(text) <= most:
        raise Refused("FILE_021", why=f"{what}超出工作表")
    return int(text)


@lru_cache(2_000)
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
