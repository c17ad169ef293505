"""What every sheet that is read back looks like: the writer, the reader and the formulas take it from here.

Rows and columns are zero-based. A list is a ``ListSheet``; the cover, a table, a chapter and 校验 have a layout each.
"""

from toolkit.forms.sheets.adjustment_sheet import ADJUSTMENT_NOTE, ADJUSTMENT_ROWS, ADJUSTMENTS, USABLE
from toolkit.forms.sheets.chapter_sheet import CHAPTER, ChapterLayout, chapter_layout
from toolkit.forms.sheets.check_sheet import CHECKS, STATUS_ROW, CheckLine, ChecksLayout, checks_layout
from toolkit.forms.sheets.cover_sheet import COVER, ISSUED_WORD, CoverSheet
from toolkit.forms.sheets.detail_sheet import (
    ALL_BODIES,
    DETAIL_COLUMNS,
    DETAIL_SHEET,
    DETAIL_SUFFIX,
    UNREAD_CELLS,
    detail_list,
)
from toolkit.forms.sheets.meta_sheet import (
    META,
    META_EXPLANATIONS,
    META_KEYS,
    META_PREFILLED,
    NAME_PREFIX,
    PROPERTY_PREFIX,
)
from toolkit.forms.sheets.review_sheet import REVIEW
from toolkit.forms.sheets.table_sheet import (
    FOOT_ROWS,
    FOOT_WORDS,
    SIGNATURES,
    SWITCH_ON,
    SWITCH_TEXT,
    TABLE_NOTES,
    TableLayout,
    table_layout,
)

LEDGER_SHEET = "台账"
PROBLEM_SHEET = "问题清单"
IMPORT_SHEET = "导入情况"
OUR_SHEETS = (
    COVER.name, CHECKS.name, REVIEW.name, META.name, DETAIL_SHEET, ADJUSTMENTS.name, LEDGER_SHEET, PROBLEM_SHEET,
    IMPORT_SHEET,
)  # fmt: skip
"""The sheets that a workbook of ours may have besides those of its form."""

__all__ = [
    "ADJUSTMENTS",
    "ADJUSTMENT_NOTE",
    "ADJUSTMENT_ROWS",
    "ALL_BODIES",
    "CHAPTER",
    "CHECKS",
    "COVER",
    "DETAIL_COLUMNS",
    "DETAIL_SHEET",
    "DETAIL_SUFFIX",
    "FOOT_ROWS",
    "FOOT_WORDS",
    "IMPORT_SHEET",
    "ISSUED_WORD",
    "LEDGER_SHEET",
    "META",
    "META_EXPLANATIONS",
    "META_KEYS",
    "META_PREFILLED",
    "NAME_PREFIX",
    "OUR_SHEETS",
    "PROBLEM_SHEET",
    "PROPERTY_PREFIX",
    "REVIEW",
    "SIGNATURES",
    "STATUS_ROW",
    "SWITCH_ON",
    "SWITCH_TEXT",
    "TABLE_NOTES",
    "UNREAD_CELLS",
    "USABLE",
    "ChapterLayout",
    "CheckLine",
    "ChecksLayout",
    "CoverSheet",
    "TableLayout",
    "chapter_layout",
    "checks_layout",
    "detail_list",
    "table_layout",
]
