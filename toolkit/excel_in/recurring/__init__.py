"""What recurs from return to return, known again by its bytes: rows but for their values, defined names.

A gain in speed and nothing else: ``recurring`` gives what reads such parts, and every question to it may be answered
by None or False; the part is then parsed. Deleting this room and the three questions in ``xlsx`` changes no result.
A part is cut into a frame and pieces (rows, names). Each piece is parsed by the real parser once, within the same root
element, and remembered by its bytes; a row without the texts of its plain ``<v>`` elements, whose cells then take the
values of the moment. Anything unusual makes the whole part go the ordinary way, so that this way can neither accept
what that one refuses nor see other values (``tests/test_known.py`` compares the two).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from xml.etree.ElementTree import Element

from toolkit.excel_in import limits
from toolkit.excel_in.markup import local, tree
from toolkit.excel_in.recurring import pieces, rows
from toolkit.excel_in.refusal import Refused
from toolkit.excel_in.worksheet import Reader

Name = tuple[str | None, str]
"""A defined name (None when it is that of one sheet alone) and what it refers to."""


class Recurring:
    """What answers for parts whose pieces were seen before."""

    books = 0
    """Workbooks that this process has read."""

    def sheet(self, reader: Reader, data: bytes, part: str) -> bool:
        """Read a worksheet by what is known of its rows; False, and nothing is read, when anything is unusual."""
        return rows.read(reader, data, part)

    def names(self, data: bytes, name_of: Callable[[Element], Name]) -> tuple[dict[str, str], bytes] | None:
        """Return the defined names of workbook.xml and the part without them, None when anything is unusual."""
        parts = pieces.cut(data, b"definedNames", b"<definedName ")
        if parts is None or len(parts.pieces) > limits.NAMES:
            return None

        def learn(piece: bytes) -> Name | None:
            document = parts.document(b"<definedNames><definedName " + piece + b"</definedNames>")
            try:
                root = tree(document, "workbook.xml")
            except Refused:
                return None
            alone = len(root) == 1 and len(root[0]) == 1 and local(root[0][0]) == "definedName"
            return name_of(root[0][0]) if alone else None

        memory = _names_of(parts.root)
        names: dict[str, str] = {}
        for piece in parts.pieces:
            pair = memory.pieces.get(piece) or memory.get(piece, learn)
            if pair is None:
                return None
            if pair[0] is not None:
                names[pair[0]] = pair[1]
        return names, parts.frame


@lru_cache(pieces.FAMILIES)
def _names_of(_root: bytes) -> pieces.Memory[Name]:
    return pieces.Memory()


def recurring() -> Recurring | None:
    """Count a workbook and return what answers for its recurring parts; None for the first of a process.

    A process that reads one file only has nothing to know again, and does not pay for learning.
    """
    Recurring.books += 1
    return Recurring() if Recurring.books > 1 else None
