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
    entry("IMPORT_009", "warning", "标题与规定的不同", "标题“{heading}”（{where}）与规定的“{official}”不同；已当作这一部分读取。", "请按规定的标题更正报告。",
          "heading differs from the official one", "The heading “{heading}” ({where}) should read “{official}”; its part was read.", "Correct the heading in the report."),
    entry("IMPORT_010", "warning", "不是规定的标题", "标题“{heading}”（{where}）不是规定的部分，规定的是{official}；其下的文字没有读取。", "请按规定的六个部分更正报告；其下的文字请复制到工作簿相应的部分。",
          "no heading of the form", "The heading “{heading}” ({where}) is none of the form's; expected {official}. The text under it was not read.", "Use the six official parts, and copy the text by hand."),
    entry("IMPORT_011", "warning", "留有填表提示", "第{number}部分（{where}）还留着表样的提示“{prompt}”。", "请在报告中删去这句话。",
          "prompt left in the report", "Chapter {number} ({where}) still has the prompt “{prompt}” of the model.", "Delete it from the report."),
    entry("IMPORT_012", "info", "另有其他年度的报告", "文件里另有 {year} 年的报告，没有读取。", "要导入那一年的，请另用 --year {year} 再导入一次。",
          "another year's report beside it", "The file also holds the report of {year}, which was not read.", "Import it once more with --year {year}."),
    entry("IMPORT_013", "info", "附件中的表没有读取", "附件中的{where}没有读取：正文已有各表。", "附件里的数若才是正式的，请单独导入附件。",
          "annexed table not read", "The annexed table ({where}) was not read: the report itself has the tables.", "If its figures are the official ones, import it by itself."),
    entry("IMPORT_015", "error", "表式不用的单位", "“{label}”所在的栏以{unit}计（{where}的“{raw}”），表式以{official}计，不能当作{official}数填入，整份报告没有导入。", "请在报告里换算成{official}并改好表头，再导入。",
          "a unit that the form does not use", "The column of {label} is in {unit} ({where}: “{raw}”), the form counts in {official}; the report was not imported.", "Convert the column to {official} in the report, correct its head, and import it again."),
    entry("IMPORT_014", "info", "前言并入第一部分", "标题与第{number}部分之间的 {count} 段文字放在第{number}部分开头。", "不需要的，请在工作簿里删去。",
          "foreword put into the first chapter", "{count} paragraphs between the title and chapter {number} were put at its beginning.", "Delete them in the workbook if they are not wanted."),
)  # fmt: skip
