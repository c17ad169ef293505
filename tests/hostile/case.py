"""One hostile shape: how its file is built, and what reading it must give."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.samples import BODIES, sound, workbook
from toolkit.forms import load_form

FORM = load_form("2021")
FIGURES = sound(FORM, 1, 40, None)
"""What the return says that most shapes are built on; unless a case says otherwise it must still be read from them."""
CHAPTER, TABLE_2, TABLE_3, META = (f"xl/worksheets/sheet{at}.xml" for at in (2, 3, 4, 11))
"""The parts of chapter 一, the tables 二 and 三, and the hidden sheet in a return as issued."""
STRINGS, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
POISONED = "t2.penalty.decisions"
"""The item whose cell, B13 of table 二, the value cases poison."""
PORT = int(os.environ.get("HOSTILE_PORT", "9"))
"""Where the loopback listener waits that must see no connection."""

Parts = dict[str, bytes]
Build = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """One shape. ``refused``: the codes of which one must be given; none: the file must be read.

    What is read must hold the figures of the sound return but for ``answers`` (item → shown answer) and give, besides
    the findings of the sound return, exactly those with the codes of ``tells``. ``put`` writes what is no regular file.
    """

    name: str
    build: Build | None
    refused: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    put: Callable[[Path], None] | None = None

    def write(self, path: Path) -> None:
        """Write the shape."""
        if self.put is not None:
            self.put(path)
        elif self.build is not None:
            path.write_bytes(self.build())


def registrar(cases: list[Case]) -> Callable[..., Callable[[Build], Build]]:
    """Return a decorator that adds its builder to the cases under a name, with the outcome that must follow."""

    def case(
        name: str, *refused: str, tells: tuple[str, ...] = (), answers: Mapping[str, str] | None = None
    ) -> Callable[[Build], Build]:
        def taken(build: Build) -> Build:
            cases.append(Case(name, build, refused, tells, answers or {}))
            return build

        return taken

    return case


@cache
def sound_return() -> bytes:
    """Return the workbook of a filled return without any fault."""
    return workbook(FORM, 2025, BODIES[0], FIGURES)


@cache
def _parts() -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(io.BytesIO(sound_return())) as archive:
        return tuple((name, archive.read(name)) for name in archive.namelist())


def parts() -> Parts:
    """Return the parts of the sound return."""
    return dict(_parts())


def packed(members: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the sound return with one part changed; a change that changes nothing is a mistake of the case."""
    members = parts()
    now = change(members[part])
    if now == members[part]:
        raise ValueError(f"{part} is as before")
    return packed(members | {part: now})


def with_cell(xml: str, part: str = TABLE_2, cell: str = "B13") -> bytes:
    """Return the sound return with one cell replaced."""
    pattern = re.compile(rb'<c r="' + cell.encode() + rb'"(?:[^>]*/>|.*?</c>)')
    return changed(part, lambda data: pattern.sub(lambda _: xml.encode("utf-8", "surrogatepass"), data, count=1))


def with_rows(rows: str | bytes, part: str = TABLE_2) -> bytes:
    """Return the sound return with rows after the last one of a sheet."""
    raw = rows.encode() if isinstance(rows, str) else rows
    return changed(part, lambda data: data.replace(b"</sheetData>", raw + b"</sheetData>"))


def with_rest(rest: str | bytes, part: str = TABLE_2) -> bytes:
    """Return the sound return with more elements after the cells of a sheet."""
    raw = rest.encode() if isinstance(rest, str) else rest
    return changed(part, lambda data: data.replace(b"</sheetData>", b"</sheetData>" + raw))


def with_strings(more: bytes) -> bytes:
    """Return the sound return with more shared strings."""
    return changed(STRINGS, lambda data: data.replace(b"</sst>", more + b"</sst>"))


def with_names(more: bytes) -> bytes:
    """Return the sound return with more defined names."""
    return changed(BOOK, lambda data: data.replace(b"</definedNames>", more + b"</definedNames>"))
