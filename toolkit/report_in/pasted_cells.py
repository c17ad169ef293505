"""A line of pasted text → the cells that stood beside each other in it: labels and figures parted by spaces, bars or commas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from toolkit.report_in.labels import LABELS, LONGEST, STUBS, labelled
from toolkit.report_in.placements import glued

_LEAST = 5  # So many labels between separators make a text one of cells
_WORDS = 6  # A label that has spaces in it has at most so many pieces
_FIGURE = re.compile(r"[+＋-]?[0-9０-９][0-9０-９,，.．]{0,14}(?:件|个|条|项|次|份|万元|元)?|[/／—－-]|无")
_GLUED = re.compile(r"^(.{0,120}[^\W\d][)）”’]?)([0-9０-９]{1,9})$")
"""A label with the first of several figures."""
FOLIO = re.compile(r"[-—–]\s*[0-9]{1,3}\s*[-—–]")
"""The number of a page, as PDFs leave it between the rows of a table."""
_RULE = re.compile(r"[\s|:+-]*")
_SHORTENED = 3


def tabbed(lines: Sequence[str]) -> list[str] | None:
    """Return the lines with tabs between the cells of tables, None where no separator marks them off."""
    for separator in "\t|,":
        cells = [cell for line in lines if separator in line for cell in line.split(separator)]
        # A comma may also part thousands: 行政许可 1,234.
        sure = (
            cells
            if separator != ","
            else [cell for cell in cells if (LABELS.meant(cell) or ("", _SHORTENED))[1] < _SHORTENED]
        )
        if labelled(sure, _LEAST):
            return [_with_tabs(line, separator) for line in lines]
    return None


def _with_tabs(line: str, separator: str) -> str:
    if separator == "\t" or separator not in line:
        return line
    if separator == "|":
        return "" if _RULE.fullmatch(line) else "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    return "\t".join(next(csv.reader([line]), []))


def cells_of(line: str) -> tuple[str, ...]:
    """Return the cells of a line: itself, unless figures or other labels stand beside a label with nothing but spaces between."""
    text = line.strip()
    if FOLIO.fullmatch(text) is not None:
        return ()
    known = LABELS.meant(text)
    words = text.split()
    if (known is not None and known[1] < _SHORTENED) or len(text) > 3 * LONGEST:
        return (text,)
    cut = len(words)
    while cut and _FIGURE.fullmatch(words[cut - 1]) is not None:
        cut -= 1
    figures = words[cut:]
    if len(figures) > 1 and cut:
        words[cut - 1 : cut] = _GLUED.sub(r"\1 \2", words[cut - 1]).split()
        figures = words[cut:]
    before = tuple(_labels(words[:cut]))
    if len(before) + len(figures) < 2:
        return (text,)
    # One figure behind words that are no label is prose; several are the rest of a row.
    plain = len(before) == 1 and LABELS.of(before[0]) is None
    return (text,) if plain and len(figures) < 2 else (*before, *figures)


def _labels(words: Sequence[str]) -> Iterator[str]:
    """Yield the labels that words make up, and a figure glued to the last of them; words that are none stay together."""
    labels: list[str] = []
    at = 0
    while at < len(words):
        ends = (end for end in range(min(len(words), at + _WORDS), at, -1) if _label(" ".join(words[at:end])))
        end = next(ends, None)
        if end is None:
            yield from [" ".join(words)]
            return
        labels += _parted(" ".join(words[at:end]))
        at = end
    yield from labels


def _label(text: str) -> bool:
    meant = LABELS.meant(text)
    return (meant is not None and meant[1] < _SHORTENED) or len(_parted(text)) > 1


def _two_labels(text: str) -> tuple[str, ...]:
    """Return the labels of a group and of its first row that run together: （三）不予公开1.属于国家秘密."""
    for at in range(2, len(text) - 1):
        group, row = LABELS.meant(text[:at]), STUBS.meant(text[at:])
        if group is not None and row is not None and max(group[1], row[1]) == 0:
            return text[:at], text[at:]
    return (text,)


def _parted(text: str) -> tuple[str, ...]:
    """Return a label and the figure that is glued to it."""
    bare = glued(text)
    meant = None if bare is None else STUBS.meant(bare)
    if bare is None and (LABELS.meant(text) or ("", _SHORTENED))[1] == _SHORTENED and len(text) <= LONGEST:
        return _two_labels(text)
    if bare is None or meant is None or meant[1] >= _SHORTENED:
        return (text,)
    figure = re.search(r"[0-9０-９][0-9０-９,，.．]*\s*\D{0,2}$", text)
    return (text,) if figure is None else (text[: figure.start()].strip(), figure[0])
