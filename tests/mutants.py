"""Seeded damage to workbooks: bytes of the file, parts of the zip, bytes and elements inside its parts.

The same source and seed always give the same mutant. What ``tests/saved/`` holds was written by LibreOffice and by
openpyxl from a return of the sample county, and by our own ``merge``, ``template`` and ``check``.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAVED = Path(__file__).parent / "saved"

Parts = list[tuple[str, bytes]]

HOSTILE = (
    "", "0", "-1", "1", "2", "99999999", "4294967295", "-2147483648", "9" * 400, "1e999", "nan", "NaN", "inf", "12abc",
    "１２", "٣", "½", "A1", "XFD1048576", "XFE1", "A0", "A1048577", "A1:XFD1048576", "$B$3", "b3", "AAAA1", "true", "s",
    "str", "inlineStr", "e", "b", "n", "d", "#REF!", "=1+1", "_x0041_", "_x0000_", "_xD800_", "../../x", "\u202e", "  ",
    "\U0001f600", "x" * 5000, "hidden", "veryHidden", "是", "无", "-", "1,234", "12件", "rId1", "rId2",
)  # fmt: skip
"""What attributes and texts are set to."""
_TAG = re.compile(rb"<([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*\"([^\"]*)\"")
_TEXT = re.compile(rb">([^<]+)<")
_FIGURES = ("sheet", "content.xml", "sharedstrings")


@dataclass(frozen=True)
class Mutant:
    """A damaged workbook: ``how`` tells what was done, ``touched`` names the parts (None: bytes of the file itself)."""

    source: str
    seed: str
    how: tuple[str, ...]
    touched: frozenset[str] | None
    data: bytes


@cache
def sources() -> dict[str, bytes]:
    """Return the sound workbooks: blank, filled, returned, issued, rolled up, and saved by other programs."""
    paths = [
        *sorted((ROOT / "blank_templates").glob("*.xlsx")),
        *sorted((ROOT / "filled").rglob("*2025年报.xlsx"))[:6],
        *sorted((ROOT / "filled").rglob("*2019*/*.xlsx"))[:1],
        *sorted(SAVED.iterdir()),
    ]
    return {path.name: path.read_bytes() for path in paths if path.suffix in (".xlsx", ".ods", ".xls")}


def unzipped(data: bytes) -> Parts:
    """Return the parts of a zip in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        return [(member.filename, box.read(member)) for member in box.infolist()]


def zipped(parts: Parts) -> bytes:
    """Return a zip of parts, right in every checksum; two parts may have one name."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as box:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in parts:
            box.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def mutant(seed: str, source: str | None = None) -> Mutant:
    """Return the mutant of a seed; the source is drawn too unless it is given."""
    draw = random.Random(seed)
    name = source if source is not None else draw.choice(sorted(sources()))
    data = sources()[name]
    how: list[str] = []
    if name.endswith(".xls") or draw.random() < 0.12:
        for _ in range(draw.choice((1, 1, 2, 5))):
            data, said = _bytes(draw, data)
            how.append(said)
        return Mutant(name, seed, tuple(how), None, data)
    parts = unzipped(data)
    touched: set[str] = set()
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        if not parts:
            break
        kind = draw.random()
        change = _whole if kind < 0.2 else _inside if kind < 0.35 else _element
        parts, said, names = change(draw, parts)
        how.append(said)
        touched |= names
    return Mutant(name, seed, tuple(how), frozenset(touched), zipped(parts))


def _bytes(draw: random.Random, data: bytes) -> tuple[bytes, str]:
    """Flip, insert, delete, repeat or cut off bytes."""
    if not data:
        return data, "nothing left"
    at = draw.randrange(len(data))
    kind = draw.choice(("flip", "flip", "set", "insert", "delete", "repeat", "cut", "zero"))
    length = draw.choice((1, 1, 2, 4, 16, 200))
    if kind == "flip":
        changed = data[:at] + bytes((data[at] ^ (1 << draw.randrange(8)),)) + data[at + 1 :]
    elif kind == "set":
        changed = data[:at] + draw.choice((b"\x00", b"\xff", b"\x7f", b"<", b"&")) + data[at + 1 :]
    elif kind == "insert":
        changed = data[:at] + draw.randbytes(length) + data[at:]
    elif kind == "delete":
        changed = data[:at] + data[at + length :]
    elif kind == "repeat":
        changed = data[: at + length] + data[at:]
    elif kind == "zero":
        changed = data[:at] + bytes(len(data[at : at + length])) + data[at + length :]
    else:
        changed = data[:at]
    return changed, f"{kind} {length} at {at}"


def _pick(draw: random.Random, parts: Parts) -> int:
    """Choose a part: more often one that holds figures."""
    telling = [at for at, (name, _) in enumerate(parts) if any(each in name.lower() for each in _FIGURES)]
    return draw.choice(telling) if telling and draw.random() < 0.7 else draw.randrange(len(parts))


def _whole(draw: random.Random, parts: Parts) -> tuple[Parts, str, set[str]]:
    """Drop, swap, cut, duplicate, rename or empty a part."""
    at, other = _pick(draw, parts), _pick(draw, parts)
    (name, data), (second, more) = parts[at], parts[other]
    kind = draw.choice(("drop", "swap", "cut", "duplicate", "rename", "empty", "copy"))
    made = list(parts)
    names = {name}
    if kind == "drop":
        del made[at]
    elif kind == "swap":
        made[at], made[other] = (name, more), (second, data)
        names.add(second)
    elif kind == "cut":
        made[at] = (name, data[: draw.randrange(len(data) + 1)])
    elif kind == "duplicate":
        made.append((name, data))
    elif kind == "rename":
        new = draw.choice((name.upper(), name + "x", "../" + name, name.replace("/", "\\"), "/" + name, second))
        made[at] = (new, data)
        names.add(new)
    elif kind == "copy":
        made[at] = (name, more)
    else:
        made[at] = (name, b"")
    return made, f"{kind} {name} ({second})", names


def _inside(draw: random.Random, parts: Parts) -> tuple[Parts, str, set[str]]:
    """Damage bytes inside a part; its checksum is right again."""
    at = _pick(draw, parts)
    name, data = parts[at]
    changed, said = _bytes(draw, data)
    return [*parts[:at], (name, changed), *parts[at + 1 :]], f"{name}: {said}", {name}


def _element(draw: random.Random, parts: Parts) -> tuple[Parts, str, set[str]]:
    """Change elements, attributes or texts of a part; the XML mostly stays well-formed."""
    at = _pick(draw, parts)
    name, data = parts[at]
    edit: Callable[[random.Random, bytes], tuple[bytes, str]] = draw.choice((_attribute, _attribute, _text, _tree))
    changed, said = edit(draw, data)
    return [*parts[:at], (name, changed), *parts[at + 1 :]], f"{name}: {said}", {name}


def _attribute(draw: random.Random, data: bytes) -> tuple[bytes, str]:
    found = _some(draw, _ATTRIBUTE, data)
    if found is None:
        return _bytes(draw, data)
    if draw.random() < 0.2:
        return data[: found.start()] + data[found.end() :], f"without {found[0][:60]!r}"
    value = _hostile(draw, data, _ATTRIBUTE, 2)
    return data[: found.start(2)] + value + data[found.end(2) :], f"{found[0][:60]!r} -> {value[:40]!r}"


def _text(draw: random.Random, data: bytes) -> tuple[bytes, str]:
    found = _some(draw, _TEXT, data)
    if found is None:
        return _bytes(draw, data)
    value = _hostile(draw, data, _TEXT, 1)
    return data[: found.start(1)] + value + data[found.end(1) :], f"text {found[1][:40]!r} -> {value[:40]!r}"


def _hostile(draw: random.Random, data: bytes, pattern: re.Pattern[bytes], group: int) -> bytes:
    """Return a hostile value, or one that stands elsewhere in the part."""
    other = _some(draw, pattern, data) if draw.random() < 0.4 else None
    return draw.choice(HOSTILE).encode() if other is None else other[group]


def _some(draw: random.Random, pattern: re.Pattern[bytes], data: bytes) -> re.Match[bytes] | None:
    """Return a match somewhere in the part: the first after a random place, else the first of all."""
    return pattern.search(data, draw.randrange(len(data) + 1)) or pattern.search(data)


def _tree(draw: random.Random, data: bytes) -> tuple[bytes, str]:
    """Drop, repeat, nest or move an element with all that is in it."""
    found, target = _some(draw, _TAG, data), _some(draw, _TAG, data)
    if found is None or target is None:
        return _bytes(draw, data)
    start, end = found.start(), found.end() if found[3] else _end(data, found)
    element = data[start:end]
    kind = draw.choice(("drop", "repeat", "nest", "move"))
    if kind == "drop":
        changed = data[:start] + data[end:]
    elif kind == "repeat":
        changed = data[:end] + element * draw.choice((1, 1, 30)) + data[end:]
    elif kind == "nest":
        opening = data[start : found.end()]
        changed = data[:end] if found[3] else data[: found.end()] + opening * 1 + data[found.end() : end]
        changed += (b"" if found[3] else b"</" + found[1] + b">") + data[end:]
    else:
        to = target.end()
        if start <= to < end:
            return data[:start] + data[end:], f"drop {element[:60]!r}"
        changed = (
            data[:to] + element + data[to:start] + data[end:]
            if to < start
            else data[:start] + data[end:to] + element + data[to:]
        )
    return changed, f"{kind} {element[:60]!r}"


def _end(data: bytes, opened: re.Match[bytes]) -> int:
    """Return where an element ends."""
    depth, tag = 1, re.escape(opened[1])
    for each in re.finditer(rb"<(/?)" + tag + rb"(?=[\s/>])[^>]*?(/?)>", data[opened.end() :]):
        depth += -1 if each[1] else 0 if each[2] else 1
        if depth == 0:
            return opened.end() + each.end()
    return opened.end()
