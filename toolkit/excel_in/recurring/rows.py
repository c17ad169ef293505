"""Rows of a worksheet that another sheet of the same program had: recognised by their bytes, parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

from msgspec import Struct, field

from toolkit.excel_in import limits
from toolkit.excel_in.appearance import Shape
from toolkit.excel_in.grid import Cell
from toolkit.excel_in.markup import tree
from toolkit.excel_in.recurring import pieces
from toolkit.excel_in.refusal import Refused
from toolkit.excel_in.worksheet import (
    SHORT,
    STYLED_LOCKED,
    STYLED_OPEN,
    Position,
    Reader,
    Spent,
    Styles,
    flat,
    position,
)


def read(reader: Reader, data: bytes, part: str) -> bool:
    """Read a sheet by what is known of its rows; False, and nothing is read, when anything is unusual."""
    parts = pieces.cut(data, b"sheetData", b"<row ")
    if parts is None:
        return False
    family = _family(parts.root, reader.styles)
    frame = family.frames.get(parts.frame, lambda frame: _learn_frame(frame, part, reader.styles))
    if frame is None:
        return False
    skeleton, values = pieces.without_values(parts.body)
    whole = family.sheets.get(pieces.digest(skeleton), lambda _: _learn_whole(skeleton, parts, family, reader.styles))
    if whole is None or len(values) != len(whole.slots):
        return False
    cells, characters, strings = dict(whole.constants), 0, reader.strings
    try:
        for (at, shared, cells_by_value, slot), raw in zip(whole.slots, values, strict=True):
            # What is remembered of a shared string is remembered by its text: each file numbers them anew.
            text = (
                strings[int(raw)]
                if shared and raw.isdigit() and len(raw) < _DIGITS and int(raw) < len(strings)
                else None
            )
            cell = cells_by_value.get(text or raw)
            if cell is None:
                cell = _made(reader, slot, raw, text)
            if shared:
                characters += len(cell.text)
            cells[at] = cell
    except (UnicodeDecodeError, Refused):
        return False
    spent = reader.spent.more(
        whole.places,
        whole.contents + len(values),
        whole.characters + len(parts.body) + characters,
        len(frame.merges),
        frame.columns,
    )
    if _too_much(spent):
        return False
    reader.spent, reader.cells, reader.hidden_rows = spent, cells, set(whole.hidden)
    reader.protected, reader.merges = frame.protected, list(frame.merges)
    reader.hidden_columns = set(frame.hidden_columns)
    return True


def _made(reader: Reader, slot: _Slot, raw: bytes, text: str | None) -> Cell:
    """Return the cell of a value, ``text`` when it is a shared string; short ones are remembered by what they say."""
    cell = reader.of(slot.kind, raw.decode(), slot.formula, slot.locked, slot.shape)
    if slot.kind == "s":
        if text and len(text) < _LABEL and len(slot.cells) < _REMEMBERED:
            slot.cells[text] = cell
    elif len(raw) < SHORT and len(slot.cells) < _REMEMBERED:
        slot.cells[raw] = cell
    return cell


class _Slot(Struct, frozen=True):
    """A cell whose value is not part of its row's bytes: everything else of it, and cells by their values."""

    at: Position
    kind: str
    formula: str | None
    locked: bool
    shape: Shape | None
    cells: dict[bytes | str, Cell] = field(default_factory=dict)


class _Row(Struct, frozen=True):
    """What the bytes of a row without its values say; ``constants`` are the cells that have none of those."""

    number: int
    hidden: bool
    places: int
    contents: int
    characters: int
    constants: tuple[tuple[Position, Cell], ...]
    slots: tuple[_Slot, ...]


class _Rows(Struct, frozen=True):
    """All rows of a sheet together."""

    places: int
    contents: int
    characters: int
    hidden: frozenset[int]
    constants: Mapping[Position, Cell]
    slots: tuple[tuple[Position, bool, dict[bytes | str, Cell], _Slot], ...]
    """Each with its place, whether it holds a shared string, and its cells by their values: what the loop looks at."""


class _Frame(Struct, frozen=True):
    """What a sheet says around its rows."""

    protected: bool
    merges: tuple[tuple[int, int, int, int], ...]
    hidden_columns: frozenset[int]
    columns: int


class _Family:
    """What is remembered of the sheets of one program and template: what is around their rows, rows, whole sheets.

    Sheets of one template are alike but for cells left blank, and each may have some 100 KiB: few are kept whole.
    """

    def __init__(self) -> None:
        self.frames: pieces.Memory[_Frame] = pieces.Memory()
        self.rows: pieces.Memory[_Row] = pieces.Memory()
        self.sheets: pieces.Memory[_Rows] = pieces.Memory(16)


@lru_cache(pieces.FAMILIES)
def _family(_root: bytes, _styles: Styles) -> _Family:
    """Return the memory of sheets with that root element and these formats: pieces mean the same in all of them."""
    return _Family()


_DIGITS = 10
"""The number of a shared string has fewer digits."""
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
    reader = Reader((), styles, Spent())
    try:
        root = tree(frame, part)
        if sum(child.tag.rpartition("}")[2] == "sheetData" for child in root) != 1:
            return None
        reader.take(root, True)
    except Refused:
        return None
    if reader.unusual:
        return None
    return _Frame(reader.protected, tuple(reader.merges), frozenset(reader.hidden_columns), reader.spent.columns)


def _learn_whole(skeleton: bytes, parts: pieces.Parts, family: _Family, styles: Styles) -> _Rows | None:
    """Put the rows of a sheet together, each as it is known or learnt; they must follow each other."""
    rows: list[_Row] = []
    for piece in skeleton.split(parts.begin)[1:]:
        row = family.rows.get(piece, lambda row: _learn_row(parts, row, styles))
        if row is None or (rows and row.number <= rows[-1].number):
            return None
        rows.append(row)
    return _Rows(
        sum(row.places for row in rows),
        sum(row.contents for row in rows),
        sum(row.characters for row in rows),
        frozenset(row.number for row in rows if row.hidden),
        {at: cell for row in rows for at, cell in row.constants},
        tuple((slot.at, slot.kind == "s", slot.cells, slot) for row in rows for slot in row.slots),
    )


def _learn_row(parts: pieces.Parts, row: bytes, styles: Styles) -> _Row | None:
    """Parse a row within its sheet's root element; one with shared formulas or anything else unusual is not learnt."""
    document = parts.document(b"<sheetData><row " + pieces.numbered(row) + b"</sheetData>")
    reader = Reader((), styles, Spent())
    try:
        root = tree(document, "sheet", _ROW_ALONE)
        space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        reader.space, reader.value_tag = space, f"{space}v"
        if len(root) != 1 or root[0].tag != f"{space}sheetData" or len(root[0]) != 1 or root[0][0].tag != f"{space}row":
            return None
        return _row_of(reader, root[0][0], f"{space}c")
    except Refused:
        return None


def _row_of(reader: Reader, row: Element, cell_tag: str) -> _Row | None:
    stated = row.get("r", "")
    if not (stated.isascii() and stated.isdigit()) or stated[:1] == "0" or len(stated) > 6:
        return None
    number = int(stated) - 1
    slots: list[_Slot] = []
    taken: set[Position] = set()
    for element in row:
        reference = element.get("r", "")
        at = position(reference)
        if element.tag != cell_tag or at[0] != number or at in taken or at[1] >= limits.COLUMNS:
            return None
        taken.add(at)
        style, kind = element.get("s", "0"), element.get("t", "n")
        locked, shape = reader.style(style)
        marked = [child for child in element if (child.text or "").startswith(_MARK)]
        if len(element) == 0:
            reader.cells[at] = STYLED_LOCKED if locked else STYLED_OPEN
        elif marked:
            formula = _formula_before(reader, at, element, marked[0])
            if formula is None:
                return None
            if marked[0].text != f"{_MARK}{len(slots)}":
                return None
            slots.append(_Slot(at, kind, formula or None, locked, shape))
        elif kind == "s" or any(child.get("t") == "shared" for child in element):
            return None
        else:
            reader.cell(at, element, style, locked, shape)
    hidden = number < limits.HIDDEN_ROWS and flat(row)
    contents, characters = reader.spent.contents, reader.spent.characters
    return _Row(number, hidden, len(row), contents, characters, tuple(reader.cells.items()), tuple(slots))


_MARK = pieces.MARK.decode()


def _formula_before(reader: Reader, at: Position, element: Element, value: Element) -> str | None:
    """Return the formula beside a marked value, "" for none; None when anything else stands in the cell."""
    others = [child for child in element if child is not value]
    if value.tag != reader.value_tag or len(value) > 0 or len(others) > 1:
        return None
    if not others:
        return ""
    child = others[0]
    if child.tag != f"{reader.space}f" or child.get("t") == "shared" or len(child) > 0:
        return None
    return reader.formula(at, child) or None
