"""Text pasted from a page or a PDF → lines and grids: cells by tabs, spaces, bars or commas, or one cell a line.

Where a tab (a bar, a comma) begins each cell, rows and blank cells are known. Where only lines are left, rows are cut at the labels of
the form, and a row is whole only if it has just as many figures as columns, or blank lines in the same measure throughout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import Struct
from msgspec.structs import replace

from toolkit.report_in.blocks import Block, PublishedTable, TableCell, TextLine
from toolkit.report_in.labels import HEADS, LABELS, LONGEST, STUBS, labelled
from toolkit.report_in.pasted_cells import cells_of, tabbed

_LINE = re.compile("^第 ([0-9]+) 行")
_JOINED = 5  # A label that was broken into lines has at most so many pieces


def read_text(text: str) -> tuple[Block, ...]:
    """Return the lines and grids of a pasted text."""
    lines: Sequence[str] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    in_cells = tabbed(lines)
    return tuple(_listed(*_closed_up(lines)) if in_cells is None else _tabbed(in_cells))


def settled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks of a page or document; lines in a row that are the cells of a table, or its rows, become one."""
    for lines, run in groupby(blocks, key=lambda block: isinstance(block, TextLine)):
        same = list(run)
        texts = [block for block in same if isinstance(block, TextLine)]
        if not lines or not labelled([cell for line in texts for cell in cells_of(line.text)], _JOINED):
            yield from same
            continue
        for block in _listed([line.text for line in texts], range(1, len(texts) + 1)):
            yield _placed(block, [line.where for line in texts])


def _placed(block: Block, places: Sequence[str]) -> Block:
    """Return a block of lines with the places of the lines, which count from 1."""

    def where(text: str) -> str:
        return _LINE.sub(lambda number: places[int(number[1]) - 1], text, count=1)

    if isinstance(block, TextLine):
        return replace(block, where=where(block.where))
    cells = tuple(replace(cell, where=where(cell.where)) for cell in block.cells)
    return PublishedTable(cells, where(block.where))


def _closed_up(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[int]]:
    """Return the lines of a text without the blank line that follows each, where one does, and their numbers."""
    numbers = range(1, len(lines) + 1)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    gaps = [after - before - 1 for before, after in pairwise(filled)]
    if len(gaps) < _JOINED or sum(gap == 0 for gap in gaps) * 20 > len(gaps):
        return lines, numbers
    kept: list[int] = []
    for at, gap in zip(filled, [*gaps, 0], strict=True):
        kept += [at, *range(at + 1, at + 1 + (gap - 1) // 2)]
    return [lines[at] for at in kept], [numbers[at] for at in kept]


def _tabbed(lines: Sequence[str]) -> Iterator[Block]:
    """Read a text with tabs: a tab begins a cell, a line without one goes on in it, an empty line ends the row.

    Rows may also be one a line, their cells parted by tabs.
    """
    rows: list[list[tuple[str, int]]] = []
    open_row = False
    for at, line in enumerate(lines, 1):
        if "\t" not in line:
            if open_row and line.strip() and (len(line) <= LONGEST) and not _ends(line):
                text, where = rows[-1][-1]
                rows[-1][-1] = (f"{text}\n{line}", where)
                continue
            open_row = False
            if line.strip():
                yield from _grid(rows)
                rows = []
                yield TextLine(line.strip(), f"第 {at} 行")
            continue
        first, *rest = line.split("\t")
        cells = [(cell, at) for cell in ([first, *rest] if first.strip() or len(rest) > 1 else rest)]
        if open_row and len(rest) == 1 and not first.strip():
            rows[-1] += cells
        else:
            rows.append(cells)
        open_row = len(rest) == 1 and not first.strip()
    yield from _grid(rows)


def _ends(line: str) -> bool:
    """Tell whether a line begins a part of the report rather than going on in a cell."""
    return line.strip()[:2] in ("一、", "二、", "三、", "四、", "五、", "六、") and LABELS.of(line) is None


def _grid(rows: Sequence[Sequence[tuple[str, int]]]) -> Iterator[PublishedTable]:
    if rows:
        yield PublishedTable(tuple(_squares(rows)), f"第 {rows[0][0][1]} 行起的表")


def _squares(rows: Iterable[Sequence[tuple[str, int]]]) -> Iterator[TableCell]:
    """Yield the cells of rows; those that share a line are counted in it."""
    for row, cells in enumerate(rows):
        shared = Counter(at for _, at in cells)
        counted: Counter[int] = Counter()
        for column, (text, at) in enumerate(cells):
            counted[at] += 1
            where = f"第 {at} 行第 {counted[at]} 格" if shared[at] > 1 else f"第 {at} 行"
            yield TableCell(row, column, row, column, text, where)


class _Piece(Struct, frozen=True):
    """A line, lines that are one label, or a cell of a line; ``blanks`` empty lines follow it, ``line`` is all of its line."""

    text: str
    line: str
    at: int
    label: bool
    stub: bool
    blanks: int


def _listed(lines: Sequence[str], numbers: Sequence[int]) -> Iterator[Block]:
    """Read a text with one cell a line."""
    pieces = [replace(piece, at=numbers[piece.at - 1]) for piece in _pieces(lines)]
    at = 0
    while at < len(pieces):
        end = _table_end(pieces, at)
        if end > at:
            yield _table(pieces[at:end])
            at = end
        else:
            yield TextLine(pieces[at].line, f"第 {pieces[at].at} 行")
            at = next((later for later in range(at + 1, len(pieces)) if pieces[later].at != pieces[at].at), len(pieces))


def _pieces(lines: Sequence[str]) -> Iterator[_Piece]:
    filled = [(at, cell) for at, line in enumerate(lines, 1) if line.strip() for cell in cells_of(line)]
    here = 0
    while here < len(filled):
        first, text = filled[here]
        length, label = 1, len(text) <= LONGEST and LABELS.of(text) is not None
        for more in range(2, _JOINED + 1):
            group = filled[here : here + more]
            joined = "".join(text for _, text in group)
            if len(group) < more or len(joined) > LONGEST or group[-1][0] - first != more - 1:
                break
            exact = LABELS.meant(joined)
            alone = any((LABELS.meant(text) or ("", 1))[1] == 0 for _, text in group)
            if exact is not None and exact[1] == 0 and not alone:
                length, label, text = more, True, joined
        last = filled[here + length - 1][0]
        following = filled[here + length][0] if here + length < len(filled) else len(lines) + 1
        whole = text if length > 1 else lines[first - 1].strip()
        # A line of words and figures is a row, be its label damaged.
        first_one = here == 0 or filled[here - 1][0] != first
        row = length == 1 and not label and first_one and _begins_row(filled[here : here + _JOINED + 1])
        stub = row or (label and _is_stub(text))
        yield _Piece(text, whole, first, label or row, stub, max(0, following - last - 1))
        here += length


def _begins_row(cells: Sequence[tuple[int, str]]) -> bool:
    """Tell whether a cell of words stands before figures in its line."""
    (at, words), *figures = cells
    same = len(figures) == _JOINED and all(line == at and not any(map(str.isalpha, text)) for line, text in figures)
    return same and any(map(str.isalpha, words))


def _is_stub(text: str) -> bool:
    """Tell whether a label heads a row; 其他 and 总计 as such head columns."""
    stub, head = STUBS.meant(text), HEADS.meant(text)
    return stub is not None and (head is None or stub[1] < head[1])


def _table_end(pieces: Sequence[_Piece], start: int) -> int:
    """Return where the table that begins here ends (``start`` when none does): labels and what can be a figure."""
    if not pieces[start].label:
        return start
    end = start
    for at in range(start, len(pieces)):
        if pieces[at].label:
            end = at + 1
        elif len(pieces[at].text) > 24 or _ends(pieces[at].text):
            break
        else:
            end = at + 1
    labels = sum(piece.label for piece in pieces[start:end])
    # A row in one line is a table by itself.
    row = pieces[start].stub and sum(piece.at == pieces[start].at for piece in pieces[start:end]) > _JOINED
    return end if labels >= 2 or row else start


def _table(pieces: Sequence[_Piece]) -> PublishedTable:
    """Return a table of lines as a grid of rows: labels, then the figures that are certainly its own."""
    rows: list[list[tuple[str, int]]] = []
    runs = list(_runs(pieces))
    even = _even(runs)
    for at, (labels, figures) in enumerate(runs):
        stub = labels[-1] if labels and labels[-1].stub else None
        heads = labels[:-1] if stub is not None else labels
        if heads:
            # Their order is what counts.
            rows.append([(piece.text, piece.at) for piece in heads])
        rows.append([(stub.text, stub.at)] if stub is not None else [])
        cells = [(piece.text, piece.at) for piece in figures]
        if even is not None and stub is not None:
            cells = _with_blanks(stub, figures, even, runs[at + 1 : at + 2])
        rows[-1] += cells
    return PublishedTable(tuple(_squares(row for row in rows if row)), f"第 {pieces[0].at} 行起的表")


Run = tuple[list[_Piece], list[_Piece]]
"""Labels that follow each other, and the figures after them."""


def _runs(pieces: Sequence[_Piece]) -> Iterator[Run]:
    labels: list[_Piece] = []
    figures: list[_Piece] = []
    for piece in pieces:
        if (piece.label and figures) or (piece.label and labels and labels[-1].stub):
            yield labels, figures
            labels, figures = [], []
        (labels if piece.label else figures).append(piece)
    yield labels, figures


def _even(runs: Sequence[Run]) -> int | None:
    """Return how many lines each row of figures takes when all take the same, blank lines counted; else None."""
    counts = [
        labels[-1].blanks + sum(1 + figure.blanks for figure in figures)
        for labels, figures in runs[:-1]
        if labels and labels[-1].stub
    ]
    same = set(counts)
    return counts[0] if len(counts) >= _JOINED and len(same) == 1 else None


def _with_blanks(stub: _Piece, figures: Sequence[_Piece], even: int, following: Sequence[Run]) -> list[tuple[str, int]]:
    """Return the cells of a row whose blank ones are empty lines."""
    cells: list[tuple[str, int]] = [("", stub.at + 1 + at) for at in range(stub.blanks)]
    for piece in figures:
        cells.append((piece.text, piece.at))
        cells += [("", piece.at + 1 + at) for at in range(piece.blanks)]
    return cells[:even] if following else cells
