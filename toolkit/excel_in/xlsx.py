"""Our own bounded reader of xlsx and xlsm: one pass a sheet gives value, formula, lock, protection and hidden rows."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from msgspec.structs import replace

from toolkit.excel_in import limits
from toolkit.excel_in.cell_formats import read_styles
from toolkit.excel_in.container import Container
from toolkit.excel_in.grid import Book, Sheet, sound_text
from toolkit.excel_in.marks import string_of, unescaped
from toolkit.excel_in.markup import attribute, local, tree
from toolkit.excel_in.overlays import OverlayReader
from toolkit.excel_in.recurring import Recurring, recurring
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.relations import relations
from toolkit.excel_in.worksheet import NO_STRING, Reader, Spent, Styles
from toolkit.findings import phrase
from toolkit.forms.sheets import TALLY

_NO_GRIDS = ("/chartsheet", "/dialogsheet", "/xlMacrosheet", "/xlIntlMacrosheet")
"""Relations of sheets that have no cells to fill."""
_APPLICATION = re.compile(rb"<(?:[A-Za-z]+:)?Application>([^<]{1,200})<")


def read_xlsx(data: bytes, archive: ZipFile | None = None) -> Book:
    """Read a workbook, whose zip may be open already; what cannot be read is Refused."""
    box = Container(data, archive)
    known = recurring()
    root = relations(box, "")
    workbook = next((target for kind, target in root.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")
    if workbook not in box:
        raise Refused("FILE_020", why=phrase("file_no_part", part="workbook.xml"))
    main = _Workbook(box.part(workbook), known)
    related = relations(box, workbook)
    by_kind = {kind.rpartition("/")[2]: target for kind, target in related.values()}
    box.expect((*by_kind.values(), *(related[relation][1] for _, _, relation in main.sheets if relation in related)))
    strings = _strings(box.part(by_kind["sharedStrings"])) if by_kind.get("sharedStrings") in box else []
    styled = box.part(by_kind["styles"]) if by_kind.get("styles") in box else b""
    styles = read_styles(styled) if styled else Styles((), ())
    if main.date1904:
        styles = replace(styles, date1904=True)
    spent = Spent()
    sheets: list[Sheet] = []
    parts: list[str] = []
    for name, state, relation in main.sheets:
        kind, target = related.get(relation, ("", ""))
        parts.append(target)
        if kind.endswith(_NO_GRIDS) or not relation or name == TALLY.name:
            # Of our own formulas, which nobody reads, nothing is parsed or unpacked.
            sheets.append(Sheet(name, state, None, {}))
            continue
        if target not in box:
            raise Refused("FILE_020", why=phrase("file_no_sheet", name=name[:31]))
        reader, part = Reader(strings, styles, spent), box.part(target)
        if known is None or not known.sheet(reader, part, target):
            reader.read(part, target)
        sheets.append(reader.sheet(name, state))
        spent = reader.spent
    if not sheets or not any(sheet.cells for sheet in sheets):
        raise Refused("FILE_022")
    if "sharedStrings" in by_kind and by_kind["sharedStrings"] not in box and any(map(_lacks_strings, sheets)):
        raise Refused("FILE_020", why=phrase("file_no_part", part="sharedStrings.xml"))
    properties = _properties(box.part("docProps/custom.xml")) if "docProps/custom.xml" in box else {}
    names, producer = box.names(), _producer(box, properties)
    overlays = OverlayReader(box, related)
    return Book(
        "xlsx",
        tuple(overlays.over(sheet, part) for sheet, part in zip(sheets, parts, strict=True)),
        main.names,
        properties,
        producer,
        main.date1904,
        main.locked,
        has_macros=any(name.endswith("vbaproject.bin") for name in names),
        external_links=any("/externallinks/" in f"/{name}" for name in names),
        full=True,
    )


def _lacks_strings(sheet: Sheet) -> bool:
    return any(cell.value == NO_STRING for cell in sheet.cells.values())


class _Workbook:
    """What workbook.xml says: sheets, names, date system, structure lock."""

    def __init__(self, data: bytes, known: Recurring | None) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.names: dict[str, str] = {}
        self.date1904 = False
        self.locked = False
        names = None if known is None else known.names(data, _name_of)
        if names is not None:
            self.names, data = names
        for element in tree(data, "workbook.xml"):
            name = local(element)
            if name == "sheets":
                self._sheets(element)
            elif name == "definedNames":
                self._names(element)
            elif name == "workbookPr":
                self.date1904 = element.get("date1904", "0") in ("1", "true")
            elif name == "workbookProtection":
                self.locked = element.get("lockStructure", "0") in ("1", "true")

    def _sheets(self, listed: Element) -> None:
        if len(listed) > limits.SHEETS:
            raise too_much("limit_sheets", limits.SHEETS)
        for element in listed:
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            name = sound_text(element.get("name", ""))
            if len(name) > limits.SHEET_NAME:
                raise too_much("limit_sheet_name", limits.SHEET_NAME)
            if name.casefold() in (other.casefold() for other, _, _ in self.sheets):
                raise Refused("FILE_021", why=phrase("file_two_sheets", name=name[:31]))
            self.sheets.append((name, element.get("state", "visible"), relation))

    def _names(self, listed: Element) -> None:
        if len(listed) > limits.NAMES:
            raise too_much("limit_names", limits.NAMES)
        for element in listed:
            name, text = _name_of(element)
            if name is not None:
                self.names[name] = text


def _name_of(element: Element) -> tuple[str | None, str]:
    """Return a defined name of the whole workbook and what it refers to; one of a single sheet has no name here."""
    if "localSheetId" in element.attrib:
        return None, ""
    return element.get("name"), sound_text(element.text or "")[: limits.FORMULA_CHARACTERS]


def _strings(data: bytes) -> list[str]:
    """Return the shared strings: runs joined, phonetic readings left out."""
    root = tree(data, "sharedStrings.xml", limits.STRING_TAGS)
    if len(root) > limits.STRINGS:
        raise too_much("limit_strings", limits.STRINGS)
    strings: list[str] = []
    total = 0
    for element in root:
        text = string_of(element)
        total += len(text)
        if len(text) > limits.TEXT_CHARACTERS or total > limits.ALL_TEXT_CHARACTERS:
            raise too_much("limit_text", limits.ALL_TEXT_CHARACTERS)
        strings.append(unescaped(text))
    return strings


def _properties(data: bytes) -> dict[str, str]:
    properties: dict[str, str] = {}
    for element in tree(data, "custom.xml"):
        name = attribute(element.attrib, "name")
        if local(element) == "property" and name and len(properties) < limits.NAMES:
            properties[_once(name)] = _once("".join(element.itertext()).strip())[: limits.TEXT_CHARACTERS]
    return properties


def _once(text: str) -> str:
    """Return a text as it was before SheetJS took its UTF-8 for Latin-1 and encoded it again."""
    try:
        return sound_text(text.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return sound_text(text)


def _producer(box: Container, properties: dict[str, str]) -> str | None:
    if "KSOProductBuildVer" in properties:
        return "WPS"
    if "docProps/app.xml" not in box:
        return None
    program = _APPLICATION.search(box.part("docProps/app.xml"))
    return None if program is None else program[1].decode("utf-8", "replace").strip().partition("/")[0] or None
