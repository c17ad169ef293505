"""How much of a published report is read, each limit with its reason."""

from __future__ import annotations

from toolkit import files
from toolkit.excel_in import Refused

FILE_BYTES = files.FILE_BYTES
"""A report of some pages with pictures stays below 20 MiB."""
TEXT_CHARACTERS = 4_000_000
"""Characters of a page or a text: a report has 20,000, a page around it 200,000."""
DEPTH = 200
"""Nesting of elements: editors of government pages reach 60."""
CELLS = 100_000
"""Cells of all tables, each counted with the rows and columns it spans: the three official ones have some 400."""
COLUMNS = 1_000
"""Columns of a table."""
LINES = 50_000
"""Paragraphs: a report has some hundred."""
PAGES = 120
"""Pages of a PDF: a report has five to forty."""
PARTS_BYTES = 64 * 2**20
"""The parts of a Word document, inflated."""


def beyond(what: str, limit: int) -> Refused:
    """Return the refusal of a report that is too large."""
    return Refused("FILE_042", what=what, limit=f"{limit:,}")
