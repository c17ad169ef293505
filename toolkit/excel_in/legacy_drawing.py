"""The old drawings of a sheet (VML): text boxes, controls, pictures, and the frames of embedded files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from toolkit.excel_in.grid import Overlay, sound_text
from toolkit.excel_in.markup import local
from toolkit.excel_in.worksheet import within

_SHAPES = ("shape", "rect", "roundrect", "oval", "line", "polyline", "arc", "curve", "image")
_CONTROLS = (
    "Button", "Checkbox", "Dialog", "Drop", "Edit", "GBox", "Label", "List", "Movie", "Radio", "Scroll", "Spin",
)  # fmt: skip
_OPEN = re.compile(rb"<br(\s[^<>]*)?(?<!/)>(?!\s*</br>)")
_LINES = ("div", "br", "p")


def plain_notes(data: bytes) -> bool:
    """Tell whether a drawing holds the shapes of notes and nothing else."""
    return b"imagedata" not in data and data.count(b"ClientData ") == data.count(b'ClientData ObjectType="Note"')


def legacy_shapes(parsed: Callable[[bytes], Element], data: bytes) -> Iterator[Overlay]:
    """Yield the shapes of a drawing but those of notes; an embedded file or control is a ``frame``, named elsewhere.

    Programs leave line breaks in it open, as HTML has them.
    """
    for shape in parsed(_OPEN.sub(b"<br/>", data)).iter():
        if local(shape) not in _SHAPES:
            continue
        client = next((inner for inner in shape if local(inner) == "ClientData"), None)
        kind = "" if client is None else client.get("ObjectType", "")
        if kind == "Note":
            continue
        place = None if client is None else _place(client)
        text = "\n".join(_text(inner) for inner in shape if local(inner) == "textbox").strip()
        picture = any(local(inner) == "imagedata" for inner in shape)
        if kind == "Pict":
            yield Overlay("frame", place)
        elif kind in _CONTROLS:
            yield Overlay("control", place, text)
        elif text or picture or client is not None:
            yield Overlay("box" if text else "picture" if picture else "shape", place, text)


def _place(client: Element) -> tuple[int, int] | None:
    for inner in client:
        if local(inner) == "Anchor":
            at = [part.strip() for part in (inner.text or "").split(",")]
            return within(at[2], at[0]) if len(at) > 2 else None
    return None


def _text(box: Element) -> str:
    """Return the text of a box: a line each for its blocks; white space means nothing in it, as in HTML."""
    pieces: list[str] = []

    def take(element: Element) -> None:
        if local(element) in _LINES:
            pieces.append("\n")
        pieces.append(re.sub(r"\s+", " ", element.text or ""))
        for inner in element:
            take(inner)
            pieces.append(re.sub(r"\s+", " ", inner.tail or ""))

    take(box)
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return sound_text("\n".join(line for line in lines if line))
