"""A workbook built once, and the same with other values: the bytes are those of building it in full.

``Skeletons.written`` lets a function write a workbook. The first of a shape is built by XlsxWriter while its calls are
recorded. For the next one the function runs again without the library; calls that differ in a text, a number, the value
of a formula, a note, a property or a constant become patches of the finished file. Any other difference – and any value
of which it is not certain how the library would write it – makes it be built in full.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from toolkit.excel_out.books import Workbook
from toolkit.excel_out.cuts import Cuts, Place
from toolkit.excel_out.recording import Different, RecordedBook
from toolkit.excel_out.replaying import ReplayedBook
from toolkit.excel_out.spelling import shared_string, spelled
from toolkit.excel_out.strict import cell_text

_LONG = 16_000
"""Longer texts are left to the library, which refuses the longest."""

Make = Callable[..., Workbook]


class Skeletons:
    """The skeletons of the shapes that were written last, ``most`` of them: one takes about 1 MB."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._known: dict[Hashable, Skeleton] = {}

    def written(self, shape: Hashable, write: Callable[[Make], Workbook]) -> bytes:
        """Return the bytes of what ``write`` writes into a workbook that it begins with the function it is given.

        ``shape`` should tell workbooks of one structure from others; a wrong one costs time, and nothing else.
        """
        skeleton = self._known.pop(shape, None)
        if skeleton is not None:
            try:
                data = write(skeleton.replayed().begin).bytes()
            except Different:
                pass
            else:
                self._known[shape] = skeleton
                return data
        book = write(RecordedBook)
        data = book.bytes()
        if isinstance(book, RecordedBook) and book.usable:
            self._known[shape] = Skeleton(book, data)
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
        return data


class Skeleton:
    """A finished workbook, cut at its values when it is asked for the first time."""

    def __init__(self, book: RecordedBook, data: bytes) -> None:
        book.forget()
        self._book = book
        self._data = data
        self._cuts: Cuts | None = None

    def replayed(self) -> ReplayedBook:
        """Return a workbook to be written like this one; Different when it was not understood."""
        if self._cuts is None:
            self._cuts = Cuts(self._book.calls, self._data)
        if not self._cuts.sound:
            raise Different("not understood")
        return ReplayedBook(self._book, self._patched)

    def _patched(self, changes: Mapping[int, Any]) -> bytes:
        """Return the file in which these calls are given other values."""
        cuts = self._cuts
        assert cuts is not None
        if not changes:
            return self._data
        patches: dict[str, dict[int, bytes]] = {}
        texts: dict[int, str] = {}
        for at, value in changes.items():
            call = self._book.calls[at]
            if call.name == "text":
                if at not in cuts.occurrences or value == "" or len(value) > _LONG:
                    raise Different("a text comes or goes")
                texts[cuts.occurrences[at]] = cell_text(value)
                continue
            pieces = spelled(call, value)
            place = cuts.places.get(at)
            if pieces is None or place is None:
                raise Different(f"{call.name} cannot be patched")
            _patch(patches, place, pieces)
        contents: dict[str, bytes] = {}
        if texts:
            contents[cuts.strings.name] = self._respelled(cuts, texts, patches)
        contents |= {name: cuts.parts[name].filled(values) for name, values in patches.items()}
        return cuts.package.replaced(contents)

    def _respelled(self, cuts: Cuts, texts: Mapping[int, str], patches: dict[str, dict[int, bytes]]) -> bytes:
        """Return the shared strings with other texts; the cells of those whose number changes are patched."""
        strings = cuts.strings
        whole = strings.texts.copy()
        for at, text in texts.items():
            whole[at] = text
        index: dict[str, int] = {}
        numbers = [index.setdefault(text, len(index)) for text in whole]
        if numbers != strings.numbers:
            for place, number, before in zip(cuts.text_places, numbers, strings.numbers, strict=True):
                if number != before and place is not None:
                    _patch(patches, place, (b"%d" % number,))
        known = strings.spelled
        return strings.filled([known.get(text) or shared_string(text) for text in index])


def _patch(patches: dict[str, dict[int, bytes]], place: Place, pieces: tuple[bytes, ...]) -> None:
    values = patches.setdefault(place[0], {})
    for at, piece in enumerate(pieces, place[1]):
        values[at] = piece
