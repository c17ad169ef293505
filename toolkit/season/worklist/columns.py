"""What 台账.xlsx looks like: its sheets with their columns, and the columns in which the coordinator decides."""

from __future__ import annotations

from msgspec import Struct

from toolkit.excel_out import Format
from toolkit.season.ledger import ALL
from toolkit.workbook import grids

WORKLIST_FILE = "台账.xlsx"
CODE_TITLE, STATE_TITLE = "统一社会信用代码", "状态"


class ListColumn(Struct, frozen=True):
    """A column of a list: its title, its width in pixels, and the format of its cells."""

    title: str
    width: int
    look: Format = grids.text
    hidden: bool = False


class ListSheet(Struct, frozen=True):
    """A sheet that is one list: titles in the row ``head`` (counted from 0), a record in each row below."""

    name: str
    columns: tuple[ListColumn, ...]
    head: int = 0

    @property
    def shown(self) -> tuple[ListColumn, ...]:
        """Return the columns that a person sees."""
        return tuple(column for column in self.columns if not column.hidden)

    def at(self, title: str) -> int:
        """Return the number of a column (from 0)."""
        return [column.title for column in self.columns].index(title)


class DecisionColumn(Struct, frozen=True):
    """A column to decide in: the kind of decision in the ledger, title, width, and the hint beside the cell."""

    kind: str
    title: str
    width: int
    hint: tuple[str, str] = ("", "")

    @property
    def before(self) -> str:
        """Return the title of the hidden column that holds what stood in the cell when the worklist was written."""
        return f"原{self.title}"


DECISIONS = (
    DecisionColumn(
        "adopt", "采用哪一份", 84, ("采用哪一份", "几份不一致，或已通过的又来了一份时，在此选定。清空即取消。")
    ),
    DecisionColumn(
        "waive", "豁免规则", 110,
        ("豁免规则", f"错误经核实可以接受的，写规则或代码，如 I1 X2；全部接受写“{ALL}”。必须同时写理由。"),
    ),
    DecisionColumn("why", "豁免理由", 220, ("理由", "谁、什么时候、凭什么同意。会写进汇总表。")),
    DecisionColumn("remind", "催报日期", 92, ("催报日期", "已经催过的，写日期，如 2026-01-20。")),
    DecisionColumn("remark", "备注", 180),
)  # fmt: skip
"""``why`` is the reason of ``waive`` and of ``adopt``."""
TITLES = {column.kind: column.title for column in DECISIONS}

_FACTS = (
    ListColumn("序号", 44, grids.centred),
    ListColumn(CODE_TITLE, 158, grids.small),
    ListColumn("单位名称", 210),
    ListColumn("层级", 84, grids.centred),
    ListColumn(STATE_TITLE, 76, grids.centred),
    ListColumn("来过的表", 330),
    ListColumn("错误", 48, grids.centred),
    ListColumn("存疑", 48, grids.centred),
    ListColumn("往来", 190, grids.small),
)
FIRST_DECISION = len(_FACTS)
"""The number of the first column to decide in."""
BODIES = ListSheet(
    "单位",
    (
        *_FACTS,
        *(ListColumn(column.title, column.width, grids.typed) for column in DECISIONS),
        *(ListColumn(column.before, 60, grids.small, hidden=True) for column in DECISIONS),
    ),
    head=3,
)
FILES = ListSheet(
    "文件",
    (
        ListColumn("序号", 44, grids.centred),
        ListColumn("文件", 250),
        ListColumn("原名", 220),
        ListColumn("单位", 200),
        ListColumn("第几份", 60, grids.centred),
        ListColumn(STATE_TITLE, 150, grids.centred),
        ListColumn("原因", 250),
        ListColumn("收到时间", 130, grids.small),
        ListColumn("发件人", 190, grids.small),
        ListColumn("sha256", 110, grids.small),
    ),
)
POSTS = ListSheet(
    "往来",
    (
        ListColumn("时间", 150, grids.small),
        ListColumn(CODE_TITLE, 170, grids.small),
        ListColumn("事项", 90, grids.centred),
        ListColumn("文件或邮件", 330, grids.small),
        ListColumn("说明", 330),
    ),
)
HISTORY = ListSheet(
    "决定记录",
    (
        ListColumn("时间", 150, grids.small),
        ListColumn(CODE_TITLE, 170, grids.small),
        ListColumn("决定", 110, grids.centred),
        ListColumn("内容", 200),
        ListColumn("理由", 300),
        ListColumn("谁", 160, grids.small),
    ),
)
ODDITIES = ListSheet(
    "其他来件",
    (
        ListColumn("时间", 150, grids.small),
        ListColumn("发件人", 220, grids.small),
        ListColumn("来件", 250),
        ListColumn("代码", 330, grids.centred),
        ListColumn("怎么办", 330),
    ),
)


def version_text(number: int | str) -> str:
    """Return how a version of a body's return is called on the worklist."""
    return f"第{number}份"
