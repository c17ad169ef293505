"""What 台账.xlsx and 发送计划.xlsx look like: their sheets and columns, and those in which the coordinator decides."""

from __future__ import annotations

from toolkit.cells import Column, ListSheet
from toolkit.season.ledger import ALL, ASK

WORKLIST_FILE = "台账.xlsx"
ASSIGNED, BEFORE_ASSIGNED = "归属单位", "原归属单位"
"""The titles under which a file or a sender is assigned to a body, by name or code."""
CODE_TITLE = "统一社会信用代码"

DECISIONS = (
    Column("adopt", "采用哪一份", 74, "coordinator"),
    Column("waive", "豁免规则", 78, "coordinator"),
    Column("why", "豁免理由", 116, "coordinator"),
    Column("handed", "已转达", 66, "coordinator"),
    Column("remind", "催报日期", 80, "coordinator"),
    Column("remark", "备注", 80, "coordinator"),
)
"""The columns to decide in, by the kind of decision; ``why`` is the reason of ``waive`` and of ``adopt``."""
TITLES = {column.code: column.title for column in DECISIONS}
BEFORE = {kind: f"原{title}" for kind, title in TITLES.items()}
"""The titles of the hidden columns that hold what stood in the cells when the worklist was written."""
HANDED = ("已电话", "已当面")
"""How a letter reached its body without mail."""
LETTER_TITLE = "信的编号"
"""The title of the hidden column that holds the letter which the row speaks of."""
HINTS = {
    "handed": (
        "已转达",
        "这一行“下一步”的信已经用电话念过、当面或别的办法交给单位的，在此选定；算作已退回、已催报。清空即取消。",
    ),
    "adopt": ("采用哪一份", f"几份不一致，或已通过的又来了一份时，在此选定；要去信问的选“{ASK}”。清空即取消。"),
    "waive": ("豁免规则", f"错误经核实可以接受的，写规则或代码，如 I1 X2；全部接受写“{ALL}”。必须同时写理由。"),
    "why": ("理由", "谁、什么时候、凭什么同意。会写进汇总表。"),
    "remind": ("催报日期", "已经催过的，写日期，如 2026-01-20。"),
}
"""What is shown beside a cell to decide in: a title and a sentence."""

# At 90 % all of them are within 1366 pixels, beside the numbers of the rows and the scroll bar.
BODIES = ListSheet(
    "单位",
    3,
    (
        Column("number", "序号", 36),
        Column("code", CODE_TITLE, 104),
        Column("name", "单位名称", 144),
        Column("state", "状态", 98),
        Column("files", "来过的表", 138),
        Column("status", "填报情况", 110),
        Column("contact", "联系人、电话", 100),
        Column("posts", "往来", 100),
        Column("matter", "下一步", 140),
        *DECISIONS,
        *(Column(f"before_{kind}", title, 60, hidden=True) for kind, title in BEFORE.items()),
        Column("letter", LETTER_TITLE, 60, hidden=True),
    ),
)
FILES = ListSheet(
    "文件",
    0,
    (
        Column("number", "序号", 44),
        Column("file", "文件", 250),
        Column("original", "原名", 220),
        Column("name", "单位", 200),
        Column("version", "第几份", 60),
        Column("state", "状态", 150),
        Column("reason", "原因", 250),
        Column("status", "填报情况", 200),
        Column("time", "收到时间", 130),
        Column("sender", "发件人", 190),
        Column("sha256", "sha256", 110),
        Column("assign", ASSIGNED, 160, "coordinator"),
        Column("before_assign", BEFORE_ASSIGNED, 60, hidden=True),
    ),
)
POSTS = ListSheet(
    "往来",
    0,
    (
        Column("time", "时间", 150),
        Column("name", "单位名称", 200),
        Column("kind", "事项", 120),
        Column("key", "文件或邮件", 330),
        Column("detail", "说明", 330),
    ),
)
HISTORY = ListSheet(
    "决定记录",
    0,
    (
        Column("time", "时间", 150),
        Column("name", "单位名称", 200),
        Column("kind", "决定", 110),
        Column("value", "内容", 200),
        Column("reason", "理由", 300),
        Column("who", "谁", 160),
    ),
)
ODDITIES = ListSheet(
    "其他来件",
    0,
    (
        Column("time", "时间", 150),
        Column("sender", "发件人", 220),
        Column("name", "来件", 250),
        Column("finding", "是什么", 330),
        Column("remedy", "怎么办", 330),
        Column("assign", ASSIGNED, 160, "coordinator"),
        Column("before_assign", BEFORE_ASSIGNED, 60, hidden=True),
    ),
)
PLAN = ListSheet(
    "发送计划",
    0,
    (
        Column("number", "序号", 44),
        Column("code", CODE_TITLE, 165),
        Column("name", "单位名称", 210),
        Column("kind", "事项", 56),
        Column("to", "收件邮箱", 190),
        Column("attachment", "附件", 300),
        Column("subject", "主题", 330),
        Column("state", "状态", 64),
        Column("fault", "问题", 280),
        Column("key", "编号", 300),
    ),
)
CENTRED = frozenset(("number", "state", "version", "kind", "finding"))
SMALL = frozenset(("code", "contact", "posts", "time", "sender", "sha256", "key", "who", "attachment"))
"""The columns that are looked up rather than read, in small type; what is in neither set is plain text."""


def version_text(number: int | str) -> str:
    """Return how a version of a body's return is called on the worklist."""
    return f"第{number}份"
