"""Texts of several runs, some of them struck out, raised or lowered: marks that stand beside a figure, not in it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from toolkit.excel_in.grid import unescape
from toolkit.excel_in.markup import local

_OFF = ("0", "false", "none", "baseline")


class MarkedText(str):
    """A text with what of it is struck out and what is raised or lowered.

    It equals only itself: nothing that is remembered of a text without marks is taken for it.
    """

    __slots__ = ("raised", "struck")
    struck: str
    raised: str
    __hash__ = object.__hash__

    def __new__(cls, text: str, struck: str, raised: str) -> MarkedText:
        """Return the text with its marks."""
        self = super().__new__(cls, text)
        self.struck, self.raised = struck, raised
        return self

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same object."""
        return self is other


def marked(runs: list[tuple[str, bool, bool]]) -> str:
    """Return runs joined; each is a text, whether it is struck out, and whether it is raised or lowered."""
    text = "".join(run for run, _, _ in runs)
    struck = "".join(run for run, crossed, _ in runs if crossed)
    raised = "".join(run for run, _, off in runs if off)
    if not struck.strip() and (not raised.strip() or raised.strip() == text.strip()):
        return text
    return MarkedText(text, struck.strip(), "" if raised.strip() == text.strip() else raised.strip())


def string_of(element: Element) -> str:
    """Return the text of a shared or inline string: its runs joined, phonetic readings left out."""
    if len(element) == 1 and local(element[0]) == "t":
        return element[0].text or ""
    runs: list[tuple[str, bool, bool]] = []
    for child in element:
        name = local(child)
        if name == "t":
            runs.append((child.text or "", False, False))
        elif name == "r":
            marks = [mark for part in child if local(part) == "rPr" for mark in part]
            struck, raised = any(map(strikes, marks)), any(map(raises, marks))
            runs += [(part.text or "", struck, raised) for part in child if local(part) == "t"]
    return marked(runs)


def strikes(mark: Element) -> bool:
    """Tell whether a property of a font strikes its text out."""
    return local(mark) == "strike" and mark.get("val", "1") not in _OFF


def raises(mark: Element) -> bool:
    """Tell whether a property of a font raises or lowers its text."""
    return local(mark) == "vertAlign" and mark.get("val", "baseline") not in _OFF


def unescaped(text: str) -> str:
    """Return a text that a parser gave with ``_x0041_`` decoded, its marks kept; no parser lets unsound characters pass."""
    if "_x" not in text:
        return text
    plain = unescape(text)
    return MarkedText(plain, text.struck, text.raised) if isinstance(text, MarkedText) else plain
