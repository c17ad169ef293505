"""Findings about the text against the tables and against itself (N…): all of them warnings that can be explained."""

from __future__ import annotations

from toolkit.findings.entry import Entry, entry

_WRONG_ONE = "请核对台账，改正文字或表格中错的一处；口径确有不同的（如只指某一渠道、含上年结转），请写明说明。"
_WRONG_ONE_EN = "Correct the text or the table, whichever is wrong, or explain the other scope."
_SAYS = "第{number}部分写“{sentence}”，"
_SAYS_EN = "Chapter {number} says “{sentence}”: "


def _against(code: str, title: str, table: str, title_en: str) -> Entry:
    return entry(
        code, "warning", title,
        _SAYS + f"其中“{{said}}”与{table}不符：{{known}}。", _WRONG_ONE,
        title_en,
        _SAYS_EN + "“{said}” agrees with no figure of the table ({known_en}).", _WRONG_ONE_EN,
    )  # fmt: skip


ENTRIES: tuple[Entry, ...] = (
    _against("N1", "文字中的申请件数与表三不符", "表三", "applications in the text and in table 三"),
    _against("N2", "文字中的办理结果与表三不符", "表三", "outcomes in the text and in table 三"),
    _against("N3", "文字中的复议诉讼与表四不符", "表四", "cases in the text and in table 四"),
    _against("N4", "文字中的文件和决定件数与表二不符", "表二", "documents in the text and in table 二"),
    _against("N5", "文字中的金额与表二不符", "表二", "amounts in the text and in table 二"),
    entry(
        "N6", "warning", "列举的数加起来不等于总数",
        _SAYS + "{fault}。", "请核对总数和各分项；分项没有列全的，请写“等”字，或写明说明。",
        "a list that does not add up",
        _SAYS_EN + "{fault_en}.", "Correct the total or its parts, or say that the list is not complete.",
    ),
    entry(
        "N7", "warning", "百分比与数不符",
        _SAYS + "其中“{said}”与有关的数算出的结果不符：{known}。",
        "请按表格和文字中的数重新计算百分比；另有基数的，请写明说明。",
        "a percentage that does not follow",
        _SAYS_EN + "“{said}” does not follow from its figures ({known_en}).", "Work the percentage out anew, or explain its base.",
    ),
    entry(
        "N8", "warning", "年份或统计期间有误",
        _SAYS + "{fault}。", "请改正年份或日期：报告期为报告年度的 1 月 1 日至 12 月 31 日；沿用旧稿的，请逐句核对。",
        "a stale or impossible year or period",
        _SAYS_EN + "{fault_en}.", "Correct the year or the date; the period is 1 January to 31 December of the report year.",
    ),
    entry(
        "N9", "warning", "漏填数字或留有待填的字样",
        _SAYS + "{fault}。", "请补上数字或本单位的实际内容；没有的写 0 或“无”。",
        "a missing number or a placeholder",
        _SAYS_EN + "{fault_en}.", "Fill in the number or your own text; write 0 or 无 where there is none.",
    ),
    entry(
        "N10", "warning", "第一部分缺少应写的内容",
        "第{number}部分没有写：{fault}。", "请在相应小标题下补写；确无此项工作的，也请写一句说明。",
        "a head of chapter 一 without text",
        "Chapter {number} says nothing about: {fault_en}.", "Write at least a sentence under each of its heads.",
    ),
    entry(
        "N11", "warning", "文字与上一年度雷同",
        "第{number}部分有 {share}% 的文字与上一年度年报完全相同，例如“{sentence}”。",
        "请按本年度的实际情况重写；情况确无变化的，请写明说明。",
        "text repeated from last year",
        "{share}% of chapter {number} repeats last year's return word for word, e.g. “{sentence}”.",
        "Write what happened this year, or explain.",
    ),
    entry(
        "N12", "warning", "文字前后不一致",
        _SAYS + "{fault}。", "请核对后统一前后两处的数；口径不同的，请在文字中写清楚。",
        "the text contradicts itself",
        _SAYS_EN + "{fault_en}.", "Make both places agree, or say how they differ.",
    ),
)  # fmt: skip
