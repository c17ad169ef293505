"""Findings about published reports that are imported (IMPORT_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

_LOOK = "请对照原报告，在生成的工作簿里补填或核对。"
_LOOK_EN = "Compare with the published report and fill it in by hand."

ENTRIES: tuple[Entry, ...] = (
    entry("IMPORT_001", "error", "没有找到表格", "报告里没有找到“{table}”的表格，这张表全部留空。", "表格若是图片，请照着补填；若是文字，请从网页上连同表头一起复制后再导入。",
          "table not found", "The table {table} was not found; it is left blank.", "If it is a picture, type it; else copy it with its heads and import that."),
    entry("IMPORT_002", "warning", "有格没有找到", "“{table}”有 {count} 格没有找到，或分不清是哪一格，已留空。", _LOOK,
          "cells not found", "{count} cells of {table} were not found for certain and are left blank.", _LOOK_EN),
    entry("IMPORT_003", "warning", "数没有放进表", "“{table}”{where} 的“{raw}”没有放进任何一格：{why}。", _LOOK,
          "figure not placed", "{table}, {where}: “{raw}” was put into no cell ({why}).", _LOOK_EN),
    entry("IMPORT_004", "info", "按年度认定格式", "表格里没有只属于某一种格式的项目，按年度用 {form} 年格式。", "请核对格式是否相符。",
          "form taken from the year", "Nothing in the tables tells the form; {form} is that of the year.", "Check that it is."),
    entry("IMPORT_005", "warning", "格式混用", "报告混用了两种格式：按 {form} 年格式读取，另有 {other} 年格式的项目（{labels}），其中的数没有读取。", "请按本年度应使用的格式改正报告。",
          "two forms mixed", "The report mixes two forms: read as {form}, but it also has labels of {other} ({labels}).", "Correct the report to the form of its year."),
    entry("IMPORT_006", "warning", "标题年度不符", "报告标题写的是 {stated} 年，导入时指定的是 {wanted} 年。", "请核对 --year；标题有误的请更正报告。",
          "year of the title differs", "The title states {stated}, --year is {wanted}.", "Check --year, or correct the title."),
    entry("IMPORT_007", "warning", "没有找到这一部分", "没有找到第{number}部分“{title}”的标题，这一部分的文字没有读取。", "请核对报告是否缺这一部分；有的话请把文字复制到工作簿里。",
          "chapter not found", "The heading of chapter {number} ({title}) was not found.", "Check the report; copy the text by hand if it is there."),
    entry("IMPORT_008", "error", "公布的总计与各项之和不符", "“{label}”公布的是 {stated}（{where}），按公布的各项计算应为 {right}。", "工作簿里的总计由公式计算。请核对各项和总计哪个有误；各项没有公布的，请补填。",
          "published total differs", "{label}: published {stated} ({where}), its parts add up to {right}.", "Totals are formulas in the workbook; find out which figure is wrong, or fill in the parts."),
)  # fmt: skip
