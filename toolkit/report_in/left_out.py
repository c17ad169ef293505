"""Why a figure of a published report was left out, in both languages."""

from __future__ import annotations

from toolkit.findings import Wording

NO_COLUMN = Wording("这一列的表头认不出", "the head of this column is not known")
NOT_STRAIGHT = Wording(
    "这一行的格数与表头对不上，分不清各属哪一列",
    "the row has not as many cells as heads: which column each belongs to cannot be told",
)
NO_ROW = Wording("这一行的项目名称不是表式里的", "the label of this row is none of the form's")
TWICE = Wording("同一个项目出现两行", "the row stands there twice")
NO_HEADS = Wording(
    "上方没有这张表的表头，认不出是哪一列", "no heads of this table stand above: which column it is cannot be told"
)
GLUED = Wording("数与项目名称写在同一格里", "the figure stands in one cell with its label")
NO_SHAPE = Wording("认不出这张表的表头或表样", "neither heads nor shape of this table are known")
MARKED = Wording(
    "格里有上标、下标、删除线、脚注、图片或输入框，不能当作数读",
    "something raised, lowered, struck out, a footnote, picture or field stands in the cell: it cannot be read as a figure",
)
TWO_FIGURES = Wording("同一格在报告里有两个不同的数", "the cell has two different figures in the report")
