"""What lies over the cells of an .ods: notes, text boxes, pictures, embedded files and charts, from the events of its XML."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.excel_in import limits
from toolkit.excel_in.container import Container
from toolkit.excel_in.grid import Overlay, sound_text
from toolkit.excel_in.markup import Attributes, attribute, local, tree
from toolkit.excel_in.refusal import too_much

_GROUPS = frozenset(("shapes", "g", "a"))
_SHAPES = frozenset((
    "annotation", "frame", "control", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "path", "connector",
    "caption", "regular-polygon", "measure", "page-thumbnail", "scene",
))  # fmt: skip
OVERLAYS = _GROUPS | _SHAPES
"""What begins an overlay, or several, where a cell's own paragraphs or its rows stand."""
_FILES = frozenset(("object", "object-ole", "plugin", "applet", "floating-frame"))
_BREAKS = {"line-break": "\n", "tab": "\t", "s": " "}


class OdsOverlays:
    """Takes the elements that begin with one of ``OVERLAYS``; ``open`` until that ends."""

    def __init__(self, charts: frozenset[str]) -> None:
        self.charts = charts
        self.overlays: list[Overlay] = []
        self.place: tuple[int, int] | None = None
        self.depth = self.level = self.inside = self.count = self.characters = 0
        self.kind = self.name = ""
        self.pieces: list[str] = []
        self.author: list[str] = []

    @property
    def open(self) -> bool:
        """Return True within an overlay."""
        return self.depth > 0

    def start(self, name: str, attributes: Attributes, place: tuple[int, int] | None) -> None:
        """Take the start of an element; ``place`` is the cell that it hangs on."""
        self.depth += 1
        if self.level == 0:
            if name in _SHAPES:
                self.level, self.kind, self.place = self.depth, name, place
                self.name = attribute(attributes, "name") or ""
                self.pieces, self.author = [], []
        elif name in ("p", "h"):
            self.pieces += ["\n"] if self.pieces else []
            self.inside += 1
        elif name in _BREAKS and self.inside:
            self.text(_BREAKS[name])
        elif name == "creator":
            self.inside = -1
        elif self.kind == "frame" and name in _FILES:
            target = (attribute(attributes, "href") or "").removeprefix("./").strip("/")
            self.kind = "chart" if target in self.charts else "file"
        elif name == "chart" and self.kind == "file":
            self.kind = "chart"
        elif self.kind == "frame" and name == "image":
            self.kind = "picture"

    def text(self, piece: str) -> None:
        """Take a text: of a paragraph, or the name of who wrote a note."""
        if self.level and self.inside:
            self.characters += len(piece)
            if self.characters <= limits.OVERLAY_CHARACTERS:
                (self.pieces if self.inside > 0 else self.author).append(piece)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self.level == self.depth:
            self._close()
        elif name == "creator":
            self.inside = 0
        elif name in ("p", "h") and self.inside > 0:
            self.inside -= 1
        self.depth -= 1

    def _close(self) -> None:
        text, author = (sound_text("".join(pieces)).strip() for pieces in (self.pieces, self.author))
        kind = {"annotation": "note", "control": "control"}.get(self.kind, self.kind)
        if kind in _SHAPES - {"control"}:
            kind = "box" if text else "shape"
        self.overlays.append(Overlay(kind, self.place, text or sound_text(self.name), author))
        self.level = self.inside = 0

    def of_sheet(self) -> tuple[Overlay, ...]:
        """Return the overlays since the last sheet; past the limits those that were read, and that there are more."""
        left = limits.OVERLAYS - self.count
        self.count += len(self.overlays)
        overlays, self.overlays = self.overlays, []
        if self.count > limits.OVERLAYS or self.characters > limits.OVERLAY_CHARACTERS:
            more = too_much("limit_overlays", limits.OVERLAYS).finding("").message
            return (*overlays[: max(left, 0)], Overlay("unread", None, more))
        return tuple(overlays)


def chart_objects(box: Container) -> frozenset[str]:
    """Return the names of the embedded objects that are charts, as the manifest has them."""
    if "META-INF/manifest.xml" not in box:
        return frozenset()
    entries: list[Mapping[str, str]] = [
        element.attrib
        for element in tree(box.part("META-INF/manifest.xml"), "manifest.xml").iter()
        if local(element) == "file-entry"
    ]
    return frozenset(
        (attribute(dict(entry), "full-path") or "").strip("/")
        for entry in entries
        if "opendocument.chart" in (attribute(dict(entry), "media-type") or "")
    )
