"""What lies over the cells of an xlsx: notes, threads, text boxes, pictures, embedded files, charts and controls.

A part is opened only where a sheet has a relation to it; pictures and embedded files are named, never opened. A part
that cannot be read is an overlay of the kind ``unread``: the figures are read all the same.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from toolkit.excel_in import limits
from toolkit.excel_in.container import Container
from toolkit.excel_in.grid import Cell, CellError, Overlay, Sheet, sound_text, unescape
from toolkit.excel_in.legacy_drawing import legacy_shapes, plain_notes
from toolkit.excel_in.marks import string_of
from toolkit.excel_in.markup import alternatives, attribute, local, tree
from toolkit.excel_in.refusal import Refused, too_much
from toolkit.excel_in.relations import Relations, relations, rels_of
from toolkit.excel_in.worksheet import position, within

Address = tuple[int, int]
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_FILES = ("oleObject", "package")
_FRAMES = {"chart": "chart", "chartex": "chart", "ole": "file", "slicer": "control", "timeslicer": "control"}
_THREAD_LINK = "linkid=870924"
"""What the note ends its explanation with that stands in for a thread in programs that know none."""
_THREAD = "tc="


class OverlayReader:
    """Reads the overlays of a workbook's sheets, together within the limits; ``people`` are parts with persons."""

    def __init__(self, box: Container, workbook: Relations) -> None:
        self.box = box
        self.tags, self.count, self.characters = limits.OVERLAY_TAGS, 0, 0
        kinds = [(kind.rpartition("/")[2], target) for kind, target in workbook.values()]
        self.people = [target for kind, target in kinds if kind == "person"]
        self.in_cells = any(kind in ("cellImage", "richValueRel") for kind, _ in kinds)

    def over(self, sheet: Sheet, part: str) -> Sheet:
        """Return a sheet with what lies over it; what cannot be read of that is an overlay of the kind ``unread``."""
        cells = sheet.cells.items() if self.in_cells else ()
        overlays = [Overlay("picture", place) for place, cell in cells if _is_picture(cell)]
        if rels_of(part) in self.box:
            try:
                overlays += self._related(
                    [(kind.rpartition("/")[2], target) for kind, target in relations(self.box, part).values()]
                )
            except Refused as refused:
                overlays.append(_unread(refused))
        return replace(sheet, overlays=(*sheet.overlays, *overlays)) if overlays else sheet

    def _related(self, related: list[tuple[str, str]]) -> list[Overlay]:
        overlays: list[Overlay] = []
        threads = self._all(related, "threadedComment", self._threads)
        overlays += threads
        threaded = {overlay.place for overlay in threads}
        overlays += [note for note in self._all(related, "comments", self._notes) if note.place not in threaded]
        overlays += self._all(related, "drawing", self._drawing)
        old = self._all(related, "vmlDrawing", self._legacy)
        framed = [overlay for overlay in old if overlay.kind == "frame"]
        overlays += [overlay for overlay in old if overlay.kind != "frame"]
        inserted = [("file", name) for kind, name in related if kind in _FILES]
        inserted += [("control", name) for kind, name in related if kind == "control"]
        for at, (kind, name) in enumerate(inserted):
            place = framed[at].place if len(framed) == len(inserted) else None
            overlays.append(Overlay(kind, place, sound_text(posixpath.basename(name))))
        if not inserted:  # else they are what an embedded file shows of itself
            overlays += [
                Overlay("picture", None, posixpath.basename(name)) for kind, name in related if kind == "image"
            ]
        return overlays

    def _all(
        self, related: list[tuple[str, str]], wanted: str, read: Callable[[str], Iterator[Overlay]]
    ) -> list[Overlay]:
        """Return the overlays in the parts of a kind; of a part that cannot be read those before the fault."""
        overlays: list[Overlay] = []
        for kind, target in related:
            if kind != wanted:
                continue
            try:
                for overlay in read(target):
                    self._spend(overlay)
                    overlays.append(overlay)
            except Refused as refused:
                overlays.append(_unread(refused))
        return overlays

    def _spend(self, overlay: Overlay) -> None:
        self.count += 1
        self.characters += len(overlay.text)
        if self.count > limits.OVERLAYS or self.characters > limits.OVERLAY_CHARACTERS:
            raise too_much("limit_overlays", limits.OVERLAYS)

    def _tree(self, part: str, data: bytes | None = None) -> Element:
        data = self.box.part(part, limits.OVERLAY_BYTES) if data is None else data
        self.tags -= data.count(b"<")
        if self.tags < 0:
            raise too_much("limit_overlay_tags", limits.OVERLAY_TAGS)
        return tree(data, part)

    def _notes(self, part: str) -> Iterator[Overlay]:
        root = self._tree(part)
        authors = [element.text or "" for element in root.iter() if local(element) == "author"]
        for element in root.iter():
            if local(element) != "comment":
                continue
            number = element.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            text = "".join(string_of(child) for child in alternatives(element) if local(child) == "text")
            kind = "thread" if author.startswith(_THREAD) or _THREAD_LINK in text else "note"
            if kind == "thread":
                text, author = text.rpartition(_THREAD_LINK)[2], ""
            yield Overlay(kind, _place(element.get("ref")), unescape(text).strip(), sound_text(author).strip())

    def _threads(self, part: str) -> Iterator[Overlay]:
        """Yield what was written to a cell with its answers, each beginning with who wrote it."""
        people = {
            element.get("id", ""): element.get("displayName", "")
            for target in self.people
            for element in (self._tree(target).iter() if target in self.box else ())
            if local(element) == "person"
        }
        written: dict[Address | None, list[tuple[str, str]]] = {}
        for element in self._tree(part).iter():
            if local(element) == "threadedComment":
                author = sound_text(people.get(element.get("personId", ""), "")).strip()
                text = unescape("".join(child.text or "" for child in element if local(child) == "text")).strip()
                written.setdefault(_place(element.get("ref")), []).append((author, text))
        for place, ((author, first), *answers) in written.items():
            yield Overlay(
                "thread",
                place,
                "\n".join((first, *(f"{who}：{text}" if who else text for who, text in answers))),
                author,
            )

    def _drawing(self, part: str) -> Iterator[Overlay]:
        return self._shapes(self._tree(part), None, part)

    def _shapes(self, element: Element, place: Address | None, part: str) -> Iterator[Overlay]:
        for child in picked(element):
            name = local(child)
            if name in _ANCHORS:
                yield from self._shapes(child, _begin(child), part)
            elif name == "grpSp":
                yield from self._shapes(child, place, part)
            elif name in ("sp", "cxnSp"):
                if all(local(inner) != "compatExt" for inner in child.iter()):  # else it stands in the old drawing too
                    text = text_in(child)
                    filled = any(local(inner) == "blipFill" for inner in child.iter())
                    yield Overlay("box" if text else "picture" if filled else "shape", place, text or _name(child))
            elif name in ("pic", "contentPart"):
                yield Overlay("picture", place, _name(child))
            elif name == "graphicFrame":
                yield from self._frame(child, place, part)

    def _frame(self, frame: Element, place: Address | None, part: str) -> Iterator[Overlay]:
        uri = next((inner.get("uri", "") for inner in frame.iter() if local(inner) == "graphicData"), "")
        kind = uri.rpartition("/")[2]
        if kind != "diagram":
            yield Overlay(_FRAMES.get(kind, "shape"), place, _name(frame))
            return
        ids = next((inner.attrib for inner in frame.iter() if local(inner) == "relIds"), {})
        _, data = relations(self.box, part).get(attribute(ids, "dm") or "", ("", ""))
        points = [inner for inner in self._tree(data).iter() if local(inner) == "pt"]
        yield Overlay("box", place, "\n".join(filter(None, map(text_in, points))))

    def _legacy(self, part: str) -> Iterator[Overlay]:
        data = self.box.part(part, limits.OVERLAY_BYTES)
        return iter(()) if plain_notes(data) else legacy_shapes(lambda mended: self._tree(part, mended), data)


def picked(element: Element) -> Iterator[Element]:
    """Yield what an element holds, of ``mc:AlternateContent`` the first way that holds anything."""
    for child in element:
        if local(child) != "AlternateContent":
            yield child
            continue
        ways = (list(picked(way)) for way in child if local(way) in ("Choice", "Fallback"))
        yield from next(filter(None, ways), ())


def text_in(shape: Element) -> str:
    """Return the paragraphs of a shape, "" where it has no text."""
    bodies = [inner for inner in picked(shape) if local(inner) in ("txBody", "t")]
    lines = (_paragraph(inner) for body in bodies for inner in picked(body) if local(inner) == "p")
    return unescape("\n".join(lines)).strip()


def _paragraph(element: Element) -> str:
    pieces = []
    for child in picked(element):
        name = local(child)
        pieces.append("\n" if name == "br" else (child.text or "") if name == "t" else _paragraph(child))
    return "".join(pieces)


def _name(shape: Element) -> str:
    """Return what a shape is called, its description before its name."""
    for inner in shape.iter():
        if local(inner) == "cNvPr":
            return sound_text(inner.get("descr") or inner.get("name") or "")[: limits.SHEET_NAME]
    return ""


def _begin(anchor: Element) -> Address | None:
    for child in anchor:
        if local(child) == "from":
            at = {local(inner): (inner.text or "").strip() for inner in child}
            return within(at.get("row", ""), at.get("col", ""))
    return None


def _place(reference: str | None) -> Address | None:
    try:
        return position((reference or "").partition(":")[0].replace("$", ""))
    except Refused:
        return None


def _is_picture(cell: Cell) -> bool:
    """Tell whether a cell holds a picture, as WPS or as Excel puts it there."""
    if cell.formula is not None:
        return "DISPIMG(" in cell.formula
    return isinstance(cell.value, CellError) and cell.value.text == "#VALUE!"


def _unread(refused: Refused) -> Overlay:
    return Overlay("unread", None, refused.finding("").message)
