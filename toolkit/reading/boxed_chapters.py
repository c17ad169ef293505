"""A chapter that was typed into text boxes: read as its text, and said where it stands."""

from __future__ import annotations

from toolkit.cells import a1
from toolkit.excel_in import Sheet
from toolkit.findings import Finding, Wording
from toolkit.forms.layout import ChapterLayout
from toolkit.reading.wording import note, plain
from toolkit.returns import Paragraph, Place

_HEAD_LENGTH = 30


def boxed_chapter(layout: ChapterLayout, sheet: Sheet, file: str) -> tuple[tuple[Paragraph, ...], tuple[Finding, ...]]:
    """Return the paragraphs in the text boxes of a chapter's sheet, under the sub-headings that stand in them."""
    part = layout.part
    ours = {plain(part.prompt), plain(f"{part.number}、{part.title}"), plain(part.title)}
    boxes = sorted((box.place or (0, 0), box.text) for box in sheet.overlays if box.kind == "box")
    paragraphs: list[Paragraph] = []
    head = ""
    for place, text in boxes:
        for line in filter(None, map(str.strip, text.splitlines())):
            begun = next((words for _, words in layout.heads if plain(line).startswith(plain(words))), None)
            rest = line if begun is None else _behind(line, begun)
            head = begun or head
            if plain(line) not in ours and plain(rest):
                paragraphs.append(Paragraph(rest, Place(sheet.name, a1(*place)), head))
    if not paragraphs:
        return (), ()
    cells = Wording.some([a1(*place) for place, _ in boxes], "、", unit="处")
    params = {"number": part.number, "title": part.title, "name": sheet.name, "cells": cells}
    return tuple(paragraphs), (note("FORM_062", sheet, file, boxes[0][0], **params),)


def _behind(line: str, head: str) -> str:
    """Return what a line says behind a sub-heading, "" where that only has other words."""
    end = next(end for end in range(1, len(line) + 1) if plain(line[:end]) == plain(head))
    rest = line[end:].lstrip(" \u3000。：:、，,.）)—-")
    return rest if len(line) > _HEAD_LENGTH or "。" in rest else ""
