"""The account of a workbook: what it holds beside the cells of the form, each thing read, quoted or named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from toolkit.cells import a1
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, Severity, Wording, finding, phrase
from toolkit.forms.sheets import OUR_NAME
from toolkit.reading.our_notes import added_to
from toolkit.reading.positions import Positions
from toolkit.reading.wording import quoted, text_of
from toolkit.returns import PackageEntry, Place

_WRITTEN, _ON_CELLS = ("note", "thread", "box"), ("note", "thread")
_WEIGHTY = ("box", "picture", "file")
_LONGEST = 60
"""Characters that a finding quotes of a note: 审核意见 and the JSON have all of it."""


def account(
    book: Book, ours: Collection[str] | None, boxed: Collection[str], sentences: Mapping[str, list[str]]
) -> tuple[PackageEntry, ...]:
    """Return an entry for every overlay and every additional sheet; our own notes are none.

    ``ours`` are the names of the sheets of the form, None for a roll-up, whose other sheets and charts are ours too;
    ``boxed`` those of chapters that stand in text boxes.
    """
    entries: list[PackageEntry] = []
    for sheet in book.sheets:
        if ours is not None and sheet.name not in ours:
            filled = [place for place, cell in sheet.cells.items() if text_of(cell).strip()]
            entries.append(PackageEntry("sheet", Place(sheet.name, a1(*min(filled)) if filled else ""), "named"))
        entries += _over(sheet, boxed, sentences)
    return tuple(entry for entry in entries if ours is not None or entry.kind != "chart")


def _over(sheet: Sheet, boxed: Collection[str], sentences: Mapping[str, list[str]]) -> Iterator[PackageEntry]:
    for overlay in sheet.overlays:
        text = added_to(overlay.text, sentences, overlay.author) if overlay.kind == "note" else overlay.text
        if overlay.kind == "note" and overlay.text and not text:
            continue
        state = "named" if overlay.kind not in _WRITTEN or not text else "quoted"
        if overlay.kind == "box" and sheet.name in boxed:
            state = "read"
        place = Place(sheet.name, "" if overlay.place is None else a1(*overlay.place))
        author = "" if overlay.author == OUR_NAME else overlay.author  # who wrote into a note of ours is not known
        yield PackageEntry(overlay.kind, place, state, text, author)


def about_package(
    entries: Sequence[PackageEntry], tables: Sequence[Positions], form: Collection[str], file: str
) -> Iterator[Finding]:
    """Yield a finding for each kind on each sheet; ``form`` are the names of the tables', the chapters' sheets and the cover.

    What was written on inputs or over the form, and pictures and files there, want an answer.
    """
    if not entries:
        return
    inputs = {
        (table.sheet.name, a1(*table.items[item.code])): item.code
        for table in tables
        for item in table.layout.table.inputs
        if item.code in table.items
    }
    places = [(entry.place.sheet, entry.kind) for entry in entries]
    for sheet, kind in dict.fromkeys(places):
        alike = [entry for entry, place in zip(entries, places, strict=True) if place == (sheet, kind)]
        alike = [entry for entry in alike if entry.state == ("quoted" if kind in _WRITTEN else "named")]
        items = [inputs[place] for entry in alike if (place := (sheet, entry.place.cell)) in inputs]
        if alike and kind != "sheet":
            weighs = kind == "unread" or (sheet in form and kind in _WEIGHTY) or (kind in _ON_CELLS and bool(items))
            yield _finding(alike, tuple(items) if kind in _ON_CELLS else (), weighs=weighs, file=file)


def _finding(alike: Sequence[PackageEntry], items: tuple[str, ...], *, weighs: bool, file: str) -> Finding:
    first = alike[0]
    cells = Wording.some([entry.place.cell or phrase("package_nowhere") for entry in alike], "、", unit="处")
    words = Wording.some(
        [f"{entry.place.cell} {entry.author}“{quoted(entry.text, _LONGEST)}”".strip() for entry in alike]
    )
    code = {"unread": "FORM_063"}.get(first.kind, "FORM_060" if first.kind in _WRITTEN else "FORM_061")
    params = {"name": first.place.sheet, "kind": first.kind_words, "count": len(alike), "cells": cells, "quoted": words}
    return finding(
        code, file=file, sheet=first.place.sheet, cell=first.place.cell or None, items=items,
        severity=Severity.WARNING if weighs else Severity.INFO, why=first.text, **params,
    )  # fmt: skip
