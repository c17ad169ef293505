"""What every sheet that is read back looks like: the writer, the reader and the formulas take it from here.

Rows and columns are zero-based. What follows from a form – the places of its items, chapters and checks – is in
``toolkit.forms.layout``; the roster and the coordinator's worklist are described in their own rooms.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import cached_property

from msgspec import Struct

from toolkit.cells import Column, ListSheet, a1

Cell = tuple[int, int]


class CoverSheet(Struct, frozen=True, dict=True):
    """The fields of the cover (key and label each) from row ``top`` on; a value spans columns up to the last.

    The agency types into every field but the year, and but the body where the workbook was issued to one.
    """

    name: str
    top: int
    label_column: int
    value_column: int
    last_column: int
    fields: tuple[tuple[str, str], ...]

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """Return the cell of every field's value."""
        return {key: (self.top + at, self.value_column) for at, (key, _) in enumerate(self.fields)}

    def label_cell(self, key: str) -> Cell:
        """Return the cell of a field's label."""
        return self.cells.get(key, self.reported)[0], self.label_column

    def reference(self, key: str) -> str:
        """Return an absolute reference to a field's value from another sheet, e.g. ``'封面'!$C$12``."""
        return f"'{self.name}'!{a1(*self.cells[key], absolute=True)}"

    @property
    def below(self) -> int:
        """Return the row below the last field."""
        return self.top + len(self.fields)

    @property
    def reported(self) -> Cell:
        """Return the cell for the date of the report: below the fields, as it may be written by hand."""
        return self.below, self.value_column


COVER = CoverSheet(
    "封面", top=8, label_column=1, value_column=2, last_column=3, fields=(("name", "填报单位"), ("code", "统一社会信用代码"),
    ("year", "年度"), ("preparer", "填报人"), ("reviewer", "审核人"), ("head", "单位负责人"), ("phone", "联系电话")),
)  # fmt: skip
REPORTED, REPORTED_TITLE = "reported", "报出日期"
"""The key and the label of the date below the fields; a cover without it asks for it on paper alone."""
ISSUED_WORD = "下发标识"
"""What stands before the token that an issued template carries at the foot of its cover."""
HOW_TO = (
    "只填黄色格，按 Tab 键逐格移动；灰色格自动计算，其余部分已锁定。",
    "件数填整数，没有的填 0，不要写“/”“无”或单位；金额以万元计。",
    "一张表里没填的格确实都是 0 的，可在该表右上角“本表空白均为零”选“是”。",
    "文字部分每段一行，可从 Word 复制后直接粘贴；文中的数要与表一致。",
    "填完看“校验”表：显示“可以上报”后再报送；有存疑的，在“说明”栏写明原因。",
    "请以 .xlsx 格式保存并报送，不要另建表格，不要改动表样。",
)
"""How to fill the workbook, line by line."""
LEGEND = (
    "□ 黄色：待填", "灰色：自动计算，不用填", "● 红色、粗体：错误", "▲ 橙色、斜体：存疑（待说明），改正或者写明原因",
    "浅绿色：取自上一年度年报，已预填；有出入的，请先与上一年度核对再改",
)  # fmt: skip
"""What the colours mean, each with a sign or a style beside it."""
FILLED_IN = "填报情况："
"""What stands before the status on the cover."""

BODY_LINE = "填报单位："
"""How the line above every table and chapter begins that names the body."""
SWITCH_TEXT = "本表空白均为零"
SWITCH_ON = "是"
TABLE_NOTES: tuple[str, str] = ("注：本表有", "注：黄色格由填报单位填写")
"""How the note below a table begins: with checks that fail, and without."""
SIGNATURES: tuple[tuple[str, str], ...] = (("填报人", "preparer"), ("审核人", "reviewer"), ("单位负责人", "head"))
"""The words of the signature line below the note, each with the field of the cover that it shows."""
FOOT_WORDS: tuple[str, ...] = (
    *TABLE_NOTES, *(word for word, _ in SIGNATURES), "联系电话", "报出日期", "填报日期", "校验码",
)  # fmt: skip
"""How what we wrote below a table, in any version, may begin."""
LAST_WORD = "上年："
"""How the text right of a row begins that gives last year's figures for it: one, or each after its name."""
LAST_ADDED, LAST_SHARED = "（{}上年的数）", "（{}上年的数，由{}分担）"
"""How it ends where bodies were reorganised: whose figures they are, and who shares them."""
FOOT_ROWS = 6
"""So many rows below the table it is looked for: rows may have been inserted."""

CHAPTER = ListSheet("", 0, (Column("text", "", 640, "agency"), Column("gap", "", 16), Column("phrase", "", 500)), 2)
"""The columns of every chapter; its title stands in the header row, its prompt in the row below. Each has its own name."""

PROMPT_START = "每段一行。"
"""How the prompt of every chapter begins, in any version."""
STATUS_ROW = 1
"""The row of 校验 that has the one sentence; its hidden cells count what is to be done, see PANEL_ROWS."""
PANEL_ROWS = range(4, 19)
"""The rows of 校验 that show the first things to be done: cells that are no figures, checks that fail, parts with blanks.

Their hidden cells say which of the three a row shows (bad), the how manieth of its list (empty), where that stands (place,
order) and what it holds (stands).
"""

CHECKS = ListSheet(
    "校验", PANEL_ROWS[-1] + 3, (Column("number", "编号", 52), Column("level", "级别", 52), Column("words", "审核内容", 430),
    Column("left", "左边", 84), Column("right", "右边", 84), Column("difference", "差额", 72), Column("verdict", "结论",
    72), Column("link", "定位", 58), Column("explanation", "说明（存疑的请写明原因）", 230, "agency"), Column("gap"),
    *(Column(code, "", 60, hidden=True) for code in ("bad", "empty", "place", "stands", "order"))),
)  # fmt: skip
"""The hidden columns help: how many inputs of a check are no figures, how many blank and not declared zero; ``place`` is
its first cell as a number, ``stands`` is 1 if it fails, follows from no other and is not explained, ``order`` counts these.
"""
CHECKS_NOTE = (
    "先列要处理的，按“定位”到该处：错误的改正，待填的填齐，存疑待说明的改正或者在下面清单的“说明”栏写明原因。“待确认”是填了文字、"
    "本表算不出的，请改填数字；“无法判断”是所依据的格不是数，或上年的数不详。"
)
"""What stands below the status, before what no sheet can know."""
FREE_HEADING = "其他说明：与上一年度、文字部分有关的存疑，在这里写规则编号（如 X5）和原因，一行一条"
FREE_PROMPT = "（左边写编号，右边写原因）"
"""What stands above the free lines, and in each of them."""
TO_EXPLAIN = "去写说明"
"""The link from a doubt among what is to be done to its line below."""

REVIEW = ListSheet(
    "审核意见", 2, (Column("number", "序号", 44), Column("severity", "级别", 66), Column("finding", "代码", 84),
    Column("place", "位置", 136), Column("state", "状态", 88), Column("found", "审核时的数", 130), Column("message", "问题",
    250), Column("remedy", "怎么改", 250), Column("explanation", "说明（存疑的请写明原因）", 210, "agency"), *(Column(code, "",
    60, hidden=True) for code in ("rule", "items", "fingerprint", "carried"))),
)  # fmt: skip
"""By the hidden columns (code or rule, items, fingerprint of the figures) the next round knows what is explained; the last
one has the text that was carried: no reason, or one for the figures that were reviewed."""
REVIEW_LINK = "审核意见第"
"""How the links begin that lead from a row back to its lines of 审核意见."""

META = ListSheet("_meta", -1, (Column("key"), Column("value"), Column("fingerprint"), Column("text"), Column("state")))
"""A key and its value a row; then the sections, each begun by its name in the column of keys."""
META_KEYS = (
    "format", "kind", "form", "version", "year", "code", "name", "level", "region", "round", "token", "lineage",
    "coverage", "uncounted", "late",
)  # fmt: skip
META_PREFILLED = "prefilled"
"""Section: item and value a row."""
META_EXPLANATIONS = "explanations"
"""Section: a row has the rule as key, the items separated by spaces as value, then fingerprint, text and state."""
PROPERTY_PREFIX = "nianbao."
"""How the custom document properties are called: ``nianbao.form`` etc."""
NAME_PREFIX = "NIANBAO_"
"""How the defined names that carry identity are called: ``NIANBAO_FORM`` etc., string constants."""

TALLY = ListSheet(
    "_核对", 0, tuple(map(Column, (*("place", "state", "number", "prefilled", "untouched", "figure", "weight",
    "last"), *("sheet", "label", "missing", "broken", "doubts", "unsure", "waits", "at", "started", "checksum"),
    *("reviewed", "changed")))),
)  # fmt: skip
"""The very hidden sheet on which formulas note how everything stands; nothing on it is ever read. Lists, side by side:

- the code on the cover, then every input: its cell as a number (``place``, see ``Layout.place_number``), its ``state``, an
  EntryState, ``number``, which counts the cells so far that are no figures; ``prefilled`` is what last year put in, and
  ``untouched`` 1 while that stands; ``figure`` and ``weight`` are what it adds to the 校验码;
- ``last``: figures of last year that checks ask for;
- the parts, from ``sheet`` on: how many cells are to be filled, are wrong, wait for an explanation, can only be read by the
  check; ``waits`` counts the parts so far with cells to fill, ``at`` is the first of these. ``started``, once, is 1 or 0;
- in a reply what stood in a cell when it was ``reviewed``, and 1 once it has ``changed``.
"""
CODE_ROW = TALLY.first_row


class EntryState(IntEnum):
    """How an entry stands on ``_核对``: above ZERO it is no figure, above TEXT the check cannot read it either; UNREAD an import did not find."""

    FIGURE = 0
    BLANK = 1
    UNREAD = 2
    ZERO = 3
    TEXT = 4
    NO_NUMBER = 5
    DATED = 6
    FRACTION = 7
    NEGATIVE = 8
    LARGE = 9
    CODE = 10


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

ADJUSTMENTS = ListSheet(
    "调整", 0, (Column("code", "单位代码", 170, "coordinator"), Column("item", "指标代码", 150, "coordinator"), Column("old",
    "原值", 90, "coordinator"), Column("new", "新值", 90, "coordinator"), Column("reason", "理由", 280, "coordinator"),
    Column("who", "经办人", 90, "coordinator"), Column("state", "核对", 140), Column("about", "单位和指标", 280),
    Column("change", "计入差额", 90)),
)  # fmt: skip
ADJUSTMENT_ROWS = 40
"""Lines to fill, more where the roll-up came with many; what is written below them is named, and no table counts it."""
ADJUSTMENT_NOTE = "说明："
"""How the note below the lines begins."""
USABLE = "可用"
"""What 核对 shows of a line that counts; what it shows of the others follows, in the order in which it is looked for."""


class LineFault(StrEnum):
    """Why a line of 调整 does not count, in the words of the sheet, its reader and the proof."""

    ERROR_VALUE = "有错误值"
    SPACES = "代码前后有空格"
    NO_BODY = "明细没有这个单位"
    NOT_ALL = f"单位代码应为“{ALL_BODIES}”"
    NO_ITEM = "没有这个指标"
    NO_FIGURE = "原值新值应为数"
    COUNT = "应为非负整数"
    SIGNED = "应为整数"
    MONEY = "应为至多四位小数的非负数"
    LARGE = "数太大"
    OTHER = "原值与明细不符"
    NO_GROUND = "请写理由"
    NO_REASON = "理由只说核对过"
    OUTSIDE = "不在准备好的行里"


GUIDE = ListSheet(
    "填报说明", 2, (Column("place", "表和行", 300), Column("counts", "计什么", 520), Column("ground", "依据", 250))
)
"""What is counted in every row of the tables; each prompt says the same at its cells."""
GUIDE_NOTE = "选中表中任何一格，旁边也会显示该行计什么。条款是对照条例列出的，以条例和两个通知的原文为准。"

LEDGER_SHEET = "台账"
LEADING_SHEET = "各单位主要数"
PROBLEM_SHEET = "问题清单"
IMPORT_SHEET = "导入情况"
OUR_NAME = "审核"
"""The author of the notes that we write on cells."""
OUR_SHEETS = (
    COVER.name, CHECKS.name, REVIEW.name, TALLY.name, META.name, GUIDE.name, DETAIL_SHEET, LEADING_SHEET, ADJUSTMENTS.name, LEDGER_SHEET,
    PROBLEM_SHEET, IMPORT_SHEET,
)  # fmt: skip
"""The sheets that a workbook of ours may have besides those of its form."""
