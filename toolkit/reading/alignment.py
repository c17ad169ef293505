"""Rows against rows, columns against columns: the best match that keeps the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def align(weights: Sequence[Sequence[float]]) -> dict[int, int]:
    """Return the order-keeping pairs (line → candidate) of the greatest total weight; weights of 0 pair nothing.

    ``weights`` has one row a line of the form and one column a candidate on the sheet. Among equals the earliest
    candidate wins.
    """
    lines = len(weights)
    width = len(weights[0]) if weights else 0
    best = [[0.0] * (width + 1) for _ in range(lines + 1)]
    for line in range(lines - 1, -1, -1):
        for at in range(width - 1, -1, -1):
            value = max(best[line + 1][at], best[line][at + 1])
            if weights[line][at] > 0:
                value = max(value, weights[line][at] + best[line + 1][at + 1])
            best[line][at] = value
    pairs: dict[int, int] = {}
    line = at = 0
    while line < lines and at < width:
        weight = weights[line][at]
        if weight > 0 and best[line][at] == weight + best[line + 1][at + 1]:
            pairs[line] = at
            line, at = line + 1, at + 1
        elif best[line][at] == best[line + 1][at]:
            line += 1
        else:
            at += 1
    return pairs


def filled_in(labelled: Mapping[int, int], length: int) -> dict[int, int]:
    """Add the lines that no label tells: those between two labelled ones that lie as far apart as they should.

    Lines before the first and after the last labelled one are counted on from it.
    """
    whole = dict(labelled)
    known = sorted(labelled)
    if not known:
        return whole
    for line in range(length):
        if line in whole:
            continue
        before = max((other for other in known if other < line), default=None)
        after = min((other for other in known if other > line), default=None)
        if before is not None and after is not None:
            if labelled[after] - labelled[before] == after - before:
                whole[line] = labelled[before] + line - before
        elif before is not None:
            whole[line] = labelled[before] + line - before
        elif after is not None and labelled[after] >= after - line:
            whole[line] = labelled[after] - (after - line)
    return whole
