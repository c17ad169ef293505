"""Findings about the roster (ROSTER_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

ENTRIES: tuple[Entry, ...] = (
    entry("ROSTER_001", "error", "没有表头", "名录里找不到表头行（应有“统一社会信用代码”“单位名称”等列）。", "请用 nianbao roster -o 名录.xlsx 生成空白名录，把单位填进去。",
          "No header", "The roster has no header row.", "Write a blank one with nianbao roster -o FILE and fill it."),
    entry("ROSTER_002", "error", "缺少列", "名录缺少“{column}”一列。", "请补上这一列，或用新生成的空白名录重填。",
          "A column is missing", "The roster has no column “{column}”.", "Add the column."),
    entry("ROSTER_003", "error", "必填项为空", "“{column}”没有填。", "请填写“{column}”。", "Missing", "“{column}” is empty.", "Fill in “{column}”."),
    entry("ROSTER_010", "error", "信用代码不合规", "统一社会信用代码“{wrong}”{fault}。", "请对照单位的法人证书或赋码通知改正，共 18 位。",
          "Ill-formed code", "The code “{wrong}” is ill-formed (18 characters without I O S V Z, the last a check character).", "Correct it from the body's certificate; 18 characters."),
    entry("ROSTER_011", "error", "代码重复", "代码 {twice} 与第 {other} 行重复，且有效年度重叠。", "一个单位在同一年度只能有一行；改名的请填起止年度，使两行不重叠。",
          "Code twice", "Code {twice} stands in row {other} too, for overlapping years.", "One row a body and year."),
    entry("ROSTER_012", "error", "单位名称重复", "单位名称“{name}”与第 {other} 行重复。", "请核对是否同一单位；不是的，请写全称加以区别。",
          "Name twice", "The name “{name}” stands in row {other} too.", "Use full names that differ."),
    entry("ROSTER_020", "error", "邮箱不合规", "电子邮箱“{email}”不是一个完整的地址。", "一格只填一个邮箱，如 name@example.cn；没有的留空。",
          "Bad address", "“{email}” is not one complete address.", "One address a cell, or leave it blank."),
    entry("ROSTER_021", "error", "层级不认识", "层级“{level}”不在可选范围。", "请从下拉列表中选：{levels}。",
          "Unknown level", "The level “{level}” is not one of the known ones.", "Choose one of: {levels}."),
    entry("ROSTER_022", "error", "是否计入汇总不明", "“计入汇总”填的是“{value}”。", "请填 是 或 否。",
          "In the roll-up or not", "“In the roll-up” says “{value}”.", "Say 是 or 否."),
    entry("ROSTER_023", "error", "年度不合规", "“{column}”填的是“{value}”，不是年度。", "请填四位年度，如 2025；没有的留空。",
          "Not a year", "“{column}” says “{value}”, no year.", "Four digits, or leave it blank."),
    entry("ROSTER_024", "error", "起止年度颠倒", "起始年度 {first} 晚于终止年度 {last}。", "请核对起止年度。",
          "Years reversed", "The first year {first} is after the last {last}.", "Check both years."),
    entry("ROSTER_030", "warning", "未填邮箱", "没有填电子邮箱，退回件只能另行发送。", "有邮箱的请补填。",
          "No address", "No e-mail address; replies must go another way.", "Add one if there is one."),
)  # fmt: skip
