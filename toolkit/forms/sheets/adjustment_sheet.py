"""The sheet 调整 of a roll-up: where a coordinator corrects a figure, one line a correction."""

from __future__ import annotations

from toolkit.cells import Column, ListSheet

ADJUSTMENTS = ListSheet(
    "调整",
    0,
    (
        Column("code", "单位代码", 170, "coordinator"),
        Column("item", "指标代码", 150, "coordinator"),
        Column("old", "原值", 90, "coordinator"),
        Column("new", "新值", 90, "coordinator"),
        Column("reason", "理由", 280, "coordinator"),
        Column("who", "经办人", 90, "coordinator"),
        Column("state", "核对", 140),
        Column("about", "单位和指标", 280),
        Column("change", "计入差额", 90),
    ),
)
ADJUSTMENT_ROWS = 40
"""Lines to fill; what is inserted below them is read too, but no table counts it before the next merge."""
ADJUSTMENT_NOTE = "说明："
"""How the note below the lines begins."""
USABLE = "可用"
"""What 核对 shows of a line that counts."""
