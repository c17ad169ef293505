"""The sheet 审核意见 of a reply: one line a finding, gravest first, with room for an explanation."""

from __future__ import annotations

from toolkit.cells import Column, ListSheet

REVIEW = ListSheet(
    "审核意见",
    2,
    (
        Column("number", "序号", 44),
        Column("severity", "级别", 52),
        Column("finding", "代码", 84),
        Column("place", "位置", 120),
        Column("found", "原填", 90),
        Column("expected", "应为", 90),
        Column("message", "问题", 250),
        Column("remedy", "怎么改", 250),
        Column("explanation", "说明（存疑的请写明原因）", 210, "agency"),
        Column("rule", "", 60, hidden=True),
        Column("items", "", 60, hidden=True),
        Column("fingerprint", "", 60, hidden=True),
    ),
)
"""By the hidden columns (code or rule, items, fingerprint of the figures) the next round knows what is explained."""
