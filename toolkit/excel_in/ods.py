"""OpenDocument spreadsheets (.ods) by their XML: values, formulas and error values, within the same limits."""

from __future__ import annotations

import re
from decimal import Decimal
from zipfile import ZipFile

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Look
from toolkit.excel_in import dates, limits
from toolkit.excel_in.appearance import look_of
from toolkit.excel_in.container import Container
from toolkit.excel_in.grid import EMPTY_RESULT, Book, Cell, CellError, Sheet, Value, number, sound_text
from toolkit.excel_in.markup import Attributes, attribute, local, parse, tree
from toolkit.excel_in.ods_overlays import OVERLAYS, OdsOverlays, chart_objects
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.findings import phrase

_HIDDEN = ("collapse", "filter")
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?)(cm|mm|in|pt|pc|px)")
_UNITS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}
_NARROW = 0.6
"""Points: a column narrower than a tenth of a character."""
_DATES = ("date", "time")
_LOGICAL = {"TRUE": True, "FALSE": False}
_ERROR = re.compile(r"#(REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!)|(Err:|错误:|錯誤:)[0-9]{3}")
"""What LibreOffice shows for an error, where the file does not say it otherwise."""


def read_ods(data: bytes, archive: ZipFile | None = None) -> Book:
    """Read a spreadsheet, whose zip may be open already; an encrypted or damaged one is Refused."""
    box = Container(data, archive)
    if "META-INF/manifest.xml" in box and b"encryption-data" in box.part("META-INF/manifest.xml"):
        raise Refused("FILE_010")
    reader = _Reader(OdsOverlays(chart_objects(box)))
    if "styles.xml" in box:  # the styles that those of the content are made from
        parse(box.part("styles.xml"), "styles.xml", reader.start, reader.end, reader.text, most=limits.ODS_TAGS)
    parse(box.part("content.xml"), "content.xml", reader.start, reader.end, reader.text, most=limits.ODS_TAGS)
    if not reader.sheets or not any(sheet.cells for sheet in reader.sheets):
        raise Refused("FILE_022")
    properties = _properties(box.part("meta.xml")) if "meta.xml" in box else {}
    return Book("ods", tuple(reader.sheets), reader.names, properties, "LibreOffice", full=False)


class OdsFont(Struct, frozen=True):
    """What a style says of text and ground: struck out, raised or lowered, their colours."""

    struck: bool = False
    raised: bool = False
    ink: str = "#000000"
    ground: str = "#ffffff"

    @property
    def unseen(self) -> bool:
        """Return True where text and ground have one colour."""
        return self.ink == self.ground

    def with_properties(self, attributes: Attributes) -> OdsFont:
        """Return the font with the properties of an element."""
        line = attribute(attributes, "text-line-through-style") or attribute(attributes, "text-line-through-type")
        place = attribute(attributes, "text-position")
        ink, ground = (attribute(attributes, name) for name in ("color", "background-color"))
        return OdsFont(
            self.struck if line is None else line != "none",
            self.raised if place is None else not place.startswith(("0%", "0 ")),
            self.ink if ink is None else ink.lower(),
            self.ground if ground is None or ground == "transparent" else ground.lower(),
        )


_FONT = OdsFont()


class _Reader:
    def __init__(self, over: OdsOverlays) -> None:
        self.over = over
        self.sheets: list[Sheet] = []
        self.names: dict[str, str] = {}
        self.styles_hidden: set[str] = set()
        self.flat: set[str] = set()
        self.fonts: dict[str, OdsFont] = {}
        self.defaults: list[tuple[int, str]] = []
        self.row_style = ""
        self.runs: list[tuple[str, bool, bool]] = []
        self.spans: list[OdsFont] = []
        self.hidden_columns: set[int] = set()
        self.columns = 0
        self.style = ""
        self.table = 0
        self.name = ""
        self.state = "visible"
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.row = self.column = -1
        self.next_row = self.next_column = 0
        self.row_repeat = 1
        self.cell: Attributes | None = None
        self.pieces: list[str] = []
        self.depth = 0
        self.inside = self.inner = self.worded = False
        self.total = self.count = self.merged = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if self.over.open or (name in OVERLAYS and self.depth == 0 and self.table == 1):
            self.over.start(name, attributes, None if self.cell is None else (self.row, self.column))
        elif self.cell is not None:
            self._within_cell(name, attributes)
        elif name == "style" or name.endswith("-properties"):
            self._style(name, attributes)
        elif name == "table":
            self.table += 1
            if self.table == 1:
                self._begin_table(attributes)
        elif name == "table-column" and self.table == 1:
            self._column(attributes)
        elif name == "table-row" and self.table == 1:
            self._begin_row(attributes)
        elif name in ("table-cell", "covered-table-cell") and self.table == 1:
            self.cell, self.pieces, self.column = attributes, [], self.next_column
            self.runs, self.spans = [], []
            self.inner = self.worded = False
        elif name in ("named-range", "named-expression") and len(self.names) >= limits.NAMES:
            raise too_much("limit_names", limits.NAMES)
        elif name == "named-range":
            self.names[attribute(attributes, "name") or ""] = attribute(attributes, "cell-range-address") or ""
        elif name == "named-expression":
            self.names[attribute(attributes, "name") or ""] = _plain_formula(attribute(attributes, "expression") or "")

    def _style(self, name: str, attributes: Attributes) -> None:
        """Take what a style says of what is not seen."""
        if name == "style":
            self.style, parent = attribute(attributes, "name") or "", attribute(attributes, "parent-style-name")
            if parent is not None:
                self.fonts[self.style] = self.fonts.get(parent, _FONT)
                self.flat |= {self.style} & ({self.style} if parent in self.flat else set())
        elif name == "table-properties" and attribute(attributes, "display") == "false":
            self.styles_hidden.add(self.style)
        elif name in ("table-row-properties", "table-column-properties"):
            size = attribute(attributes, "row-height" if name == "table-row-properties" else "column-width") or ""
            if _points(size) < (1 if name == "table-row-properties" else _NARROW):
                self.flat.add(self.style)
        elif name in ("text-properties", "table-cell-properties"):
            self.fonts[self.style] = self.fonts.get(self.style, _FONT).with_properties(attributes)

    def _within_cell(self, name: str, attributes: Attributes) -> None:
        """Take the cell's own paragraphs; a note, a text box, a picture or a chart that hangs on the cell is not its text."""
        self.depth += 1
        if name == "table":
            self.inner = True
        elif name in ("table-row", "table-cell") and not self.inner:
            raise Refused("FILE_021", why=phrase("file_nested"))
        if self.depth == 1:
            self.inside = name == "p"
            self.worded = self.worded or self.inside
            if self.inside and self.pieces:
                self.pieces.append("\n")
        elif name == "span":
            self.spans.append(self.fonts.get(attribute(attributes, "style-name") or "", _FONT))
        elif name == "s":
            self.text(" " * min(1000, _int(attribute(attributes, "c") or "1")))
        elif name in ("line-break", "tab"):
            self.text("\n" if name == "line-break" else "\t")

    def end(self, name: str) -> None:
        if self.over.open:
            self.over.end(name)
        elif self.cell is not None and self.depth > 0:
            self.depth -= 1
            if name == "span" and self.spans:
                self.spans.pop()
            self.inside = self.inside and self.depth > 0
        elif name == "table":
            if self.table == 1:
                self.sheets.append(
                    Sheet(
                        self.name,
                        self.state,
                        None,
                        self.cells,
                        tuple(self.merges),
                        frozenset(self.hidden_rows),
                        frozenset(self.hidden_columns),
                        self.over.of_sheet(),
                    )
                )
            self.table -= 1
        elif name in ("table-cell", "covered-table-cell") and self.table == 1:
            self._end_cell()
        elif name == "table-row" and self.table == 1:
            self._end_row()

    def text(self, piece: str) -> None:
        if self.over.open:
            self.over.text(piece)
        elif self.inside:
            self.pieces.append(piece)
            if self.spans:
                self.runs.append((piece, any(f.struck for f in self.spans), any(f.raised for f in self.spans)))
            self.total += len(piece)
            if self.total > limits.ALL_TEXT_CHARACTERS:
                raise too_much("limit_text", limits.ALL_TEXT_CHARACTERS)

    def _begin_table(self, attributes: Attributes) -> None:
        if len(self.sheets) >= limits.SHEETS:
            raise too_much("limit_sheets", limits.SHEETS)
        self.name = sound_text(attribute(attributes, "name") or "")
        self.state = "hidden" if attribute(attributes, "style-name") in self.styles_hidden else "visible"
        self.cells, self.merges, self.hidden_rows = {}, [], set()
        self.next_row = self.columns = 0
        self.hidden_columns, self.defaults = set(), []

    def _column(self, attributes: Attributes) -> None:
        first = self.columns
        self.columns += _int(attribute(attributes, "number-columns-repeated") or "1")
        self.defaults.append((self.columns, attribute(attributes, "default-cell-style-name") or ""))
        if attribute(attributes, "visibility") in _HIDDEN or attribute(attributes, "style-name") in self.flat:
            self.hidden_columns.update(range(first, min(self.columns, limits.HIDDEN_COLUMNS)))

    def _begin_row(self, attributes: Attributes) -> None:
        self.row = self.next_row
        self.row_repeat = _int(attribute(attributes, "number-rows-repeated") or "1")
        self.row_style = attribute(attributes, "default-cell-style-name") or ""
        self.next_row = self.row + self.row_repeat
        self.next_column = 0
        if attribute(attributes, "visibility") in _HIDDEN or attribute(attributes, "style-name") in self.flat:
            self.hidden_rows.update(range(self.row, min(self.next_row, limits.HIDDEN_ROWS)))

    def _end_cell(self) -> None:
        attributes = self.cell
        self.cell = None
        if attributes is None:
            return
        repeat = _int(attribute(attributes, "number-columns-repeated") or "1")
        self.next_column = self.column + repeat
        value, date = self._value(attributes)
        formula = attribute(attributes, "formula")
        wide = _int(attribute(attributes, "number-columns-spanned") or "1")
        tall = _int(attribute(attributes, "number-rows-spanned") or "1")
        if wide > 1 or tall > 1:
            self.merged += 1
            if self.merged > limits.MERGES:
                raise too_much("limit_merges", limits.MERGES)
            self.merges.append((self.row, self.column, self.row + tall - 1, self.column + wide - 1))
        if value is None and formula is None:
            return
        plain = _plain_formula(formula) if formula is not None else None
        text = value if isinstance(value, str) else "".join(self.pieces)
        if value is None and attribute(attributes, "value-type") == "string":
            text = EMPTY_RESULT
        cell = Cell(value, plain, None, date, dates.of_iso(text) if date else text)
        self._put(self._looked(cell, attribute(attributes, "style-name")), repeat)

    def _looked(self, cell: Cell, style: str | None) -> Cell:
        """Return a cell with what is seen of it: its paragraph, the marks of its runs, the font of its style."""
        text = "".join(self.pieces)
        if self.worded and isinstance(cell.value, int | Decimal) and not isinstance(cell.value, bool):
            cell = cell._replace(look=look_of(text, cell.value))
        name = style or self.row_style or next((name for end, name in self.defaults if self.column < end), "")
        font = self.fonts.get(name, _FONT)
        struck = "".join(piece for piece, crossed, _ in self.runs if crossed) or (text if font.struck else "")
        raised = "".join(piece for piece, _, off in self.runs if off)
        raised = "" if raised.strip() == text.strip() else raised.strip()
        if not struck.strip() and not raised and not font.unseen:
            return cell
        look = cell.look or Look()
        return cell._replace(
            look=replace(look, hidden=look.hidden or font.unseen, struck=struck.strip(), raised=raised)
        )

    def _put(self, cell: Cell, repeat: int) -> None:
        self.count += repeat * self.row_repeat
        if self.count > limits.CELLS:
            raise too_much("limit_cells", limits.CELLS)
        if self.next_column > limits.COLUMNS or self.next_row > limits.ROWS:
            raise Refused("FILE_021", why=phrase("file_beyond"))
        for row in range(self.row, self.row + self.row_repeat):
            for column in range(self.column, self.column + repeat):
                self.cells[(row, column)] = cell

    def _end_row(self) -> None:
        self.next_column = 0

    def _value(self, attributes: Attributes) -> tuple[Value, bool]:
        kinds = [value for key, value in attributes.items() if key.rpartition("}")[2] == "value-type"]
        shown = sound_text("".join(self.pieces))
        if "error" in kinds or (attribute(attributes, "formula") is not None and _ERROR.fullmatch(shown.strip())):
            return CellError(shown or "#ERROR!"), False
        kind = kinds[0] if kinds else None
        if kind == "float" and shown in _LOGICAL:  # LibreOffice makes 1 of a logical value, and goes on showing TRUE
            return _LOGICAL[shown], False
        if kind in ("float", "percentage", "currency"):
            read = number(attribute(attributes, "value") or "")
            return (shown or None if read is None else read), False
        if kind in _DATES:
            stated = attribute(attributes, "date-value") or attribute(attributes, "time-value") or shown
            return sound_text(stated) or None, True
        if kind == "boolean":
            return attribute(attributes, "boolean-value") == "true", False
        stated_text = attribute(attributes, "string-value")
        return (sound_text(stated_text) if stated_text is not None else shown) or None, False


def _plain_formula(formula: str) -> str:
    """Return an OpenFormula as the A1 formula it is: ``of:=SUM([.D9:.D29])`` → ``SUM(D9:D29)``."""
    text = formula.partition("=")[2] if formula[:4] in ("of:=", "ooow", "msox") or ":=" in formula[:8] else formula
    return sound_text(text.replace("[.", "").replace(":.", ":").replace("]", "").replace("[", "").lstrip("="))


def _points(text: str) -> float:
    """Return a length in points; one that is not understood is long."""
    length = _LENGTH.fullmatch(text)
    return 999.0 if length is None else float(length[1]) * _UNITS[length[2]]


def _int(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 8:
        raise Refused("FILE_021", why=phrase("file_repeated"))
    return max(1, int(text))


def _properties(data: bytes) -> dict[str, str]:
    return {
        name: sound_text("".join(element.itertext()))
        for element in tree(data, "meta.xml").iter()
        if local(element) == "user-defined" and (name := attribute(element.attrib, "name"))
    }
