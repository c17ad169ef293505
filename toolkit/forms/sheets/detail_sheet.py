"""The sheet 明细 of a roll-up: one row a return, one column an input, with its code below its title."""

from __future__ import annotations

from toolkit.cells import Column, ListSheet
from toolkit.forms.definition import Form

DETAIL_SHEET = "明细"
DETAIL_COLUMNS: tuple[Column, ...] = (
    Column("code", "统一社会信用代码", 150),
    Column("name", "单位名称", 190),
    Column("file", "文件", 150),
    Column("sha256", "sha256", 70),
)
"""The columns before the items."""
UNREAD_CELLS = Column("unreadable", "读不懂的格", 150)
"""The column behind the items, where some return has cells that could not be read: ``item=text`` on a line for each."""
ALL_BODIES = "全部"
"""The code of the one row of 明细 when the bodies' own rows are in a Parquet file beside the roll-up."""
DETAIL_SUFFIX = ".明细.parquet"
"""How that file is called: the stem of the roll-up, then this."""
_WIDTH = 92


def detail_list(form: Form) -> ListSheet:
    """Return 明细 of a form: titles, below them the codes, then the figures."""
    items = (Column(code, form.items[code].short.replace("·", "\n"), _WIDTH) for code in form.inputs)
    return ListSheet(DETAIL_SHEET, 0, (*DETAIL_COLUMNS, *items), header_rows=2)
