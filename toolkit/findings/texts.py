"""Findings about the text chapters and the cover (TEXT_…)."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

ENTRIES: tuple[Entry, ...] = (
    entry(
        "TEXT_001",
        "warning",
        "部分没有内容",
        "第{number}部分“{title}”没有填写内容。",
        "请在工作表“{name}”中填写，每段一行；确无内容的也请写明。",
        "empty chapter",
        "Chapter {number} ({title}) is empty.",
        "Please write it on the sheet {name}, one paragraph a row; say so if there is nothing to report.",
    ),
    entry(
        "TEXT_002",
        "warning",
        "留有提示文字",
        "第{number}部分留有表样的提示文字“{prompt}”：“{sentence}”。",
        "请删去提示文字，换成本单位的实际内容。",
        "prompt left in the text",
        "Chapter {number} still holds the prompt “{prompt}”: “{sentence}”.",
        "Please replace the prompt by your own text.",
    ),
    entry(
        "TEXT_003",
        "warning",
        "封面未填全",
        "封面的“{label}”没有填。",
        "请在封面填写“{label}”。",
        "empty field on the cover",
        "The field {label} of the cover is empty.",
        "Please fill in the field {label} of the cover.",
    ),
    entry(
        "TEXT_004",
        "warning",
        "小标题被改动",
        "第{number}部分的小标题被改动：应有“{wanted}”，现为“{name}”。",
        "请恢复小标题“{wanted}”，把内容写在它下面的行里。",
        "sub-heading changed",
        "A fixed sub-heading of chapter {number} was changed: it should read “{wanted}” and reads “{name}”.",
        "Please restore it and write the text into the rows below it.",
    ),
)
