"""One worksheet part of an xlsx → Sheet. Only cells that are there cost anything; stated sizes are not believed."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.excel_in import limits
from toolkit.excel_in.cells import Reader, Spent, Styles
from toolkit.excel_in.container import growing
from toolkit.excel_in.grid import Sheet
from toolkit.excel_in.refusal import too_much
from toolkit.excel_in.rows import recognise as recognised


def read_sheet(
    data: bytes,
    part: str,
    name: str,
    state: str,
    strings: Sequence[str],
    styles: Styles,
    spent: Spent,
    *,
    recognise: bool = False,
) -> Sheet:
    """Read a worksheet; ``spent`` is what the sheets before it have used up.

    With ``recognise`` rows that another sheet of the same program had are not parsed again.
    """
    reader = Reader(strings, styles, spent)
    if not (recognise and recognised(reader, data, part)):
        if data.count(b"<row") > limits.ROWS:
            raise too_much("行数", limits.ROWS)
        if data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/>") > limits.PLACES:
            raise too_much("单元格数", limits.PLACES)
        if data.count(b"<col ") > limits.COLUMN_RANGES:
            raise too_much("列设置数", limits.COLUMN_RANGES)
        for root, whole in growing(data, part, limits.XML_TAGS):
            reader.take(root, whole)
    return Sheet(
        name,
        state if state in ("hidden", "veryHidden") else "visible",
        reader.protected,
        reader.cells,
        tuple(reader.merges),
        frozenset(reader.hidden_rows),
        frozenset(reader.hidden_columns),
    )
