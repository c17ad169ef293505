"""Findings about single cells: repaired, noted as blank, unreadable (VALUE_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

ENTRIES: tuple[Entry, ...] = (
    entry(
        "VALUE_001", "info", "写法已规整", "“{label}”填的是“{raw}”，已读作 {value}。", "数值无误的不必处理；下次请直接填数字 {value}。",
        "Spelling put straight", "{label} says “{raw}”, read as {value}.", "Nothing to do if right; next time type {value}.",
    ),
    entry(
        "VALUE_002", "warning", "带单位或文字的数", "“{label}”填的是“{raw}”，已换算为 {value}（{unit}），请确认。", "请核对换算后的数，把该格改填为数字 {value}。",
        "A number with a unit or a word", "{label} says “{raw}”, taken as {value} ({unit}); please confirm.", "Check it and type the number {value}.",
    ),
    entry(
        "VALUE_003", "warning", "以符号或文字代替空白", "“{label}”填的是“{raw}”，按空白处理，不当作 0。", "确为零的请填 0；无此项职能的请留空或填 0。",
        "A mark instead of a blank", "{label} says “{raw}”; it counts as blank, not as zero.", "Type 0 if it is zero; else leave it blank.",
    ),
    entry(
        "VALUE_010", "error", "读不懂的内容", "“{label}”填的是“{raw}”，不是一个确定的数。{proposal}", "请把该格改为数字，{unit}，不带单位和其他文字。",
        "Not a number", "{label} says “{raw}”, which is no definite number.", "Type a plain number there, without a unit or other words.",
    ),
    entry(
        "VALUE_011", "error", "件数不是整数", "“{label}”填的是 {raw}，件数应为整数。", "请核对后改填整数。",
        "Not a whole number", "{label} says {raw}; counts are whole numbers.", "Check it and type a whole number.",
    ),
    entry(
        "VALUE_012", "error", "不应为负数", "“{label}”填的是 {raw}，不应小于 0。", "请核对后改填不小于 0 的数。",
        "Negative", "{label} says {raw}; it cannot be less than 0.", "Check it and type a number that is not negative.",
    ),
    entry(
        "VALUE_013", "error", "小数位数过多", "“{label}”填的是 {raw}，金额以万元计，至多四位小数。", "请按四舍五入保留四位小数重填。",
        "Too many decimals", "{label} says {raw}; money has at most four decimals (万元).", "Round it to four decimals.",
    ),
    entry(
        "VALUE_014", "error", "数值过大", "“{label}”填的是 {raw}，超出合理范围。", "请核对是否多填了位数，或把元误作万元。",
        "Too large", "{label} says {raw}, out of any range.", "Check for extra digits or a wrong unit.",
    ),
    entry(
        "VALUE_015", "error", "错误值", "“{label}”显示为错误值 {raw}。", "请清除该格，重新填入数字，不要填公式。",
        "Error value", "{label} shows the error {raw}.", "Clear the cell and type the number, not a formula.",
    ),
    entry(
        "VALUE_016", "error", "日期或时间", "“{label}”是日期或时间格式（{raw}），不是件数或金额。", "请把该格设为“常规”格式后重新填入数字。",
        "A date", "{label} holds a date or time ({raw}), not a figure.", "Set the cell to General and type the number again.",
    ),
    entry(
        "VALUE_017", "error", "逻辑值", "“{label}”填的是逻辑值 {raw}，不是数。", "请清除该格后重新填入数字。",
        "A logical value", "{label} holds {raw}, not a number.", "Clear the cell and type the number.",
    ),
    entry(
        "VALUE_020", "warning", "填的是公式", "“{label}”里是公式（={formula}），按其显示的结果 {value} 读取。", "请核对后直接填入数字，不要用公式。",
        "A formula typed", "{label} holds a formula (={formula}); its shown result {value} was read.", "Check it and type the number itself.",
    ),
    entry(
        "VALUE_021", "error", "公式没有结果", "“{label}”里是公式（={formula}），文件中没有它的结果。", "请直接填入数字，不要用公式。",
        "A formula without a result", "{label} holds a formula (={formula}) without a stored result.", "Type the number itself.",
    ),
)  # fmt: skip
