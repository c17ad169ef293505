"""A second, plain look at what a workbook's cells hold: zipfile and ElementTree, no limit and no line of the toolkit."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError, fromstring

Witness = dict[tuple[str, int, int], str]
"""(sheet, row, column from 0) → the text of the value."""


def witness(data: bytes) -> Witness | None:
    """Return the filled cells of an xlsx or ods; None where it cannot be opened this plainly."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            parts = {name.lstrip("/").replace("\\", "/").lower(): box.read(name) for name in box.namelist()}
        return _ods(parts) if "content.xml" in parts else _xlsx(parts)
    except (zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, IndexError, LookupError, EOFError):
        return None


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _key(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _string(element: Element) -> str:
    runs = [each for child in element if _local(child) != "rPh" for each in child.iter() if _local(each) == "t"]
    return "".join(each.text or "" for each in runs)


def _xlsx(parts: dict[str, bytes]) -> Witness:
    root = [e for e in fromstring(parts["_rels/.rels"]) if (_key(e, "Type") or "").endswith("/officeDocument")]
    main = (_key(root[0], "Target") or "").lstrip("/") if root else "xl/workbook.xml"
    folder, name = posixpath.split(main)
    targets: dict[str, str] = {}
    strings: list[str] = []
    for each in fromstring(parts[f"{folder}/_rels/{name}.rels".lower()]):
        target = (_key(each, "Target") or "").replace("\\", "/")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        targets[_key(each, "Id") or ""] = whole.lower()
        if (_key(each, "Type") or "").endswith("/sharedStrings"):
            strings = [_string(item) for item in fromstring(parts[whole.lower()])]
    seen: Witness = {}
    for sheet in (each for each in fromstring(parts[main.lower()]).iter() if _local(each) == "sheet"):
        relation = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
        row = -1
        for line in (each for each in fromstring(parts[targets[relation]]).iter() if _local(each) == "row"):
            row = int(line.get("r", row + 2)) - 1
            column = -1
            for cell in (each for each in line if _local(each) == "c"):
                place = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r", ""))
                at = (row, column + 1) if place is None else (int(place[2]) - 1, _column(place[1]))
                column = at[1]
                text = _value(cell, strings)
                if text:
                    seen[(sheet.get("name", ""), *at)] = text
    return seen


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Element, strings: list[str]) -> str:
    text = ""
    for child in cell:
        if _local(child) == "v":
            text = child.text or ""
            if cell.get("t") == "s" and text.isascii() and text.strip().isdigit() and int(text) < len(strings):
                text = strings[int(text)]
        elif _local(child) == "is":
            text = _string(child)
    return text


def _ods(parts: dict[str, bytes]) -> Witness:
    seen: Witness = {}
    for table in (each for each in fromstring(parts["content.xml"]).iter() if _local(each) == "table"):
        row = 0
        for line in (each for each in table.iter() if _local(each) == "table-row"):
            lines, column = max(1, int(_key(line, "number-rows-repeated") or 1)), 0
            for cell in line:
                if _local(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                wide = max(1, int(_key(cell, "number-columns-repeated") or 1))
                paragraphs = ["".join(each.itertext()) for each in cell if _local(each) == "p"]
                text = _key(cell, "value") or "\n".join(paragraphs)
                if text and lines * wide < 10_000:
                    for down in range(lines):
                        for right in range(wide):
                            seen[(_key(table, "name") or "", row + down, column + right)] = text
                column += wide
            row += lines
    return seen
