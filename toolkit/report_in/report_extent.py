"""Which blocks of a file are the report of the year: not those of other years beside it, not what is annexed to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.forms import Form
from toolkit.report_in.blocks import Block, PublishedTable, TextLine
from toolkit.report_in.headings import LONGEST, part_of, title_of
from toolkit.report_in.labels import HEADS, STUBS, labelled

_LEAST = 4  # A table with so many labels of a form is one of the report
_TALLEST = 60  # Rows of a table that may go on: the longest official one has 28
_TRAIL = 6  # Characters that may follow a title on its line, e.g. （公开版）
_ANNEX = re.compile(r"^附\s*[件表]\s*[0-9一二三四五六七八九十]{0,2}\s*(?:[:：]|$)")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_FOLIO = re.compile(r"[-—–·\s]*第?\s*[0-9]{1,3}\s*页?[-—–·\s]*|[（(]?续(?:上)?表[)）]?\s*[0-9一二三]{0,2}")
"""The number of a page, or 续表: what may stand between the two halves of a table."""
_COLUMNS = frozenset(("其他", "总计"))  # Labels that head rows as well as columns


def of_year(blocks: Sequence[Block], year: int) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Return the blocks without the reports of other years, and these years; a report that is alone is always kept."""
    pieces = [(stated, part, _content(part)) for stated, part in _pieces(blocks)]
    years = {stated or year for stated, _, content in pieces if content}
    if year not in years or len(years) == 1:
        return tuple(blocks), ()
    kept = tuple(block for stated, part, _ in pieces if stated in (None, year) for block in part)
    return kept, tuple(sorted(years - {year}))


def _pieces(blocks: Sequence[Block]) -> Iterator[tuple[int | None, list[Block]]]:
    """Yield the blocks by the title or the sheet that states their year."""
    stated: int | None = None
    piece: list[Block] = []
    for block in blocks:
        own = _stated(block)
        if own is None:
            piece.append(block)
            continue
        behind = _name_before(piece, block)
        yield stated, piece[: len(piece) - len(behind)]
        stated, piece = own, [*behind, block]
        if isinstance(block, PublishedTable):
            yield stated, piece
            stated, piece = None, []
    yield stated, piece


def _stated(block: Block) -> int | None:
    """Return the year that a title states, or the name of a sheet."""
    if isinstance(block, PublishedTable):
        years = set(_YEAR.findall(block.where)) if any(cell.typed is not None for cell in block.cells) else set()
        return int(years.pop()) if len(years) == 1 else None
    title = title_of(block.text)
    return title.year if title is not None and title.rest <= _TRAIL else None


def _name_before(piece: Sequence[Block], block: Block) -> list[Block]:
    """Return the line before a title that has no body: it names that."""
    title = title_of(block.text) if isinstance(block, TextLine) else None
    last = piece[-1] if piece else None
    named = isinstance(last, TextLine) and len(last.text) <= LONGEST and not any(mark in last.text for mark in "年。；")
    return [last] if title is not None and not title.name and named and last is not None else []


def _content(blocks: Sequence[Block]) -> bool:
    """Tell whether a table of a form is among the blocks."""
    return any(
        isinstance(block, PublishedTable) and labelled([one.text for one in block.cells], _LEAST) for block in blocks
    )


def parted(form: Form, blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[PublishedTable, ...]]:
    """Return the report and the tables annexed to it: those below 附件 after the last part."""
    last = form.parts[-1]
    ended = False
    for at, block in enumerate(blocks):
        if isinstance(block, PublishedTable):
            continue
        ended = ended or part_of(form, block.text) is last
        if ended and _ANNEX.match(block.text) is not None:
            rest = blocks[at:]
            lines = (block for block in rest if isinstance(block, TextLine))
            return (*blocks[:at], *lines), tuple(block for block in rest if isinstance(block, PublishedTable))
    return tuple(blocks), ()


def joined(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with a table that goes on in the next one, without its heads, as one."""
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, PublishedTable):
            at = len(out) - 1
            last = out[at] if out else None
            at -= isinstance(last, TextLine) and _FOLIO.fullmatch(last.text.strip()) is not None
            before = out[at] if at >= 0 else None
            if isinstance(before, PublishedTable) and _continues(before, block):
                out[at:] = [before.above(block)]
                continue
        out.append(block)
    return tuple(out)


def _continues(first: PublishedTable, second: PublishedTable) -> bool:
    """Tell whether a table without heads goes on with the columns of the one above it: rows of the form, or figures alone."""
    if first.width != second.width or len(first.rows) > _TALLEST or _headed(second) or not _headed(first):
        return False
    texts = [cell.text for cell in second.cells if not cell.blank]
    rows = any(STUBS.of(text) is not None for text in texts)
    figures = bool(texts) and not any(character.isalpha() for text in texts for character in text)
    return rows or (figures and not any(any(one.isdigit() for one in cell.text) for cell in first.rows[-1]))


def _headed(grid: PublishedTable) -> bool:
    """Tell whether labels of columns stand in a table."""
    return any(HEADS.of(cell.text) not in (None, *_COLUMNS) for cell in grid.cells if not cell.blank)
