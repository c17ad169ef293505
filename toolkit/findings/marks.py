"""Findings about a return as a whole: blanks and explanations (BLANK_…, EXPLAIN_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

ENTRIES: tuple[Entry, ...] = (
    entry("BLANK_001", "warning", "有空白格", "{table}有 {count} 格没有填：{cells}。{detail}",
          "没有的请填 0；确认空白都是 0 的，在该表右上角“本表空白均为零”选“是”。",
          "Blank cells", "{count} cells of {table_en} are blank: {cells}.",
          "Type 0 where there is none, or set 本表空白均为零 on that sheet to 是."),
    entry("BLANK_002", "error", "什么都没有填", "三张表一格都没有填，也没有声明空白为零。",
          "请填写后重新报送；确实全部为零的，在每张表的“本表空白均为零”选“是”。",
          "Nothing filled in", "Nothing is filled in any table, and nothing is declared zero.",
          "Fill it in, or set 本表空白均为零 on every sheet."),
    entry("EXPLAIN_001", "info", "说明没有写原因", "对 {about} 的说明“{text}”没有写出原因，不能作为说明。",
          "请写明具体原因，例如哪一年、哪些事项、为什么变化。",
          "Not an explanation", "The explanation of {about}, “{text}”, gives no reason.", "Say what happened and why."),
    entry("EXPLAIN_002", "warning", "错误不能用说明代替", "对 {about} 写了说明“{text}”，但这是错误，须改正，不能以说明代替。",
          "请按该条错误的改法改正数字；情况特殊的，请与主管部门联系。",
          "An error cannot be explained away", "{about} is an error; the explanation “{text}” cannot stand for its correction.",
          "Correct the figures, or talk to the coordinator."),
    entry("EXPLAIN_003", "info", "说明已失效", "对 {about} 的说明“{text}”是针对修改前的数写的，数已改动，说明失效。",
          "如仍有存疑，请按现在的数重新写明原因。",
          "An explanation has lapsed", "The explanation of {about}, “{text}”, was about figures that have changed since.",
          "Write it anew for the figures as they are, if it is still needed."),
)  # fmt: skip
