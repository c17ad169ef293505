"""Is it the ground of a correction? A rule that a formula can follow too, so that 调整 says on the sheet what its reader says.

It follows ``is_reason`` with lists of words alone: a figure with its unit, a document, a dated consent; what a body does
not do, has no power for or another does; what happened; a slip, where nothing assures that there is none; or enough
characters that no assurance has.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from toolkit.findings import Wording, phrase
from toolkit.returns.reasons import SHOWN, listed_words

DIGITS = tuple("0123456789一二两三四五六七八九十百千几余多")
UNITS = tuple("件条家起份户宗篇场批万亿元倍")
DOCUMENTS = (
    "《", "〔", "号文", "纪要", "批复", "复函", "来函", "公函", "发函", "判决", "裁定", "裁决", "决定书", "调解书", "告知书",
    "移交书", "更正说明", "更正函", "登记簿", "登记册", "登记表", "原始凭证", "票据", "卷宗", "案卷",
)  # fmt: skip
CENTURY, CONSENTS = "20", ("同意", "批准", "批示")
"""A consent counts with its date, of which no more than the century is looked for."""
CAUSES = ("因为", "由于", "导致", "致使", "造成")
NO_FAULT = (
    "没有", "不存在", "未发现", "未发生变", "未发生差", "未发生错", "未发生异", "未发生问", "未发生任", "未发生遗", "未发生漏",
    "未填", "未漏", "未错", "未多", "未少", "未见", "无漏", "无错", "无多", "无少", "无虚", "无瞒", "无误", "并无",
    "如有", "若有", "是否", "避免", "防止", "杜绝",
)  # fmt: skip
"""What is said where there is no slip; it is none then, unless a cause is named."""
FAULTS = ("错", "漏", "问题", "异常", "不符", "出入")
"""What is denied where nothing is lacking but faults: then no power is denied, and no task."""
ASSURANCES = (
    "核实", "核对", "复核", "核查", "审核", "审定", "审阅", "确认", "签字", "同意", "无误", "属实", "准确", "真实", "正确", "没有",
    "不存在", "未发生", "未填", "未漏", "无漏", "错填", "遗漏", "符合", "历史原因",
)  # fmt: skip
LEFT_OUT = (
    "此", "该", "这", "项", "类", "任何", "相关", "有", "具备", "具", "发生", "开展", "受理", "收到", "接到", "涉及", "统一", "建立",
)  # fmt: skip
"""What may stand between a denial and its matter, a body and its action; it is taken out before these are looked for."""
DENIALS = ("无", "没", "未", "不")
MATTERS = ("业务", "职能", "职责", "职权", "权", "法定", "行政", "执法", "规章", "收费", "诉讼", "复议", "申请", "制度")
BY = "由"
BODIES = tuple("局厅委队心门院所镇里")
ACTIONS = ("办理", "实施", "行使", "承担", "处理", "印发", "制发", "制定", "收取")
CONTENT, CONTENT_ASSURED = 3, 5
"""So many characters that no assurance has are a ground by themselves; so many it takes beside one."""
LOOKED_AT = 255
"""The characters that are looked at one by one; what follows is content."""
SPACES = " \u3000"
_SLIPS = (
    "漏", "录错", "错行", "错格", "错列", "串行", "串格", "抄错", "加错", "写错", "用错", "打错", "弄错", "错写", "错读", "错位", "颠倒",
    "手误", "打字", "键入", "少计", "多计", "少加", "多加", "多打", "重计", "误报", "误为",
    "填反", "填的是", "填到", "填成", "当成", "数填", "未发生",
)  # fmt: skip
_CHECKERS = (
    "法院", "政策", "宣传", "编制", "培训", "招标", "预算", "经费", "信访", "律师", "学校", "村", "企业", "开发", "工程", "媒体", "群众", "征收",
    "专项", "法规", "历史", "集中", "批量", "重复", "从未", "无此", "没有此", "无该", "没有该", "没有发生", "不涉及",
    "任务", "推行", "计入", "主动公开范围", "垂直管理",
)  # fmt: skip
"""What explains where nothing assures: it is in the names of those who check as well, and in how they deny a fault."""
_FACTS = (
    "撤诉", "重组", "裁撤", "裁减", "下沉", "分流", "上收", "垂管", "垂改", "派出机构", "事业单位", "不是行政机关", "隐私", "涉密",
    "积压", "月底", "人手不足", "落地", "集约化", "未包括", "不再", "扣除", "剔除", "作废", "互换", "被覆盖", "来电",
    "未列入", "不应", "不归", "转办", "未办结", "招录", "丢失", "旧版", "被改", "统计范围含", "目录更新", "换了",
    "出台", "统一印发", "统一受理", "注销",
)  # fmt: skip


@cache
def slips() -> tuple[str, ...]:
    """Return the words for a fault in a figure: a ground where nothing says that there is none."""
    return _shortest((*filter(_faulty, listed_words("event")), *_SLIPS))


@cache
def hints() -> tuple[str, ...]:
    """Return the words that are a ground where nothing assures."""
    return _shortest(_CHECKERS)


@cache
def facts() -> tuple[str, ...]:
    """Return the words for what happened that are a ground beside an assurance too."""
    events = (word for word in listed_words("event") if word not in (*_CHECKERS, *_SLIPS) and not _faulty(word))
    return _shortest((*events, *_FACTS))


def _faulty(word: str) -> bool:
    return any(sign in word for sign in ("错", "误", "漏", "少报", "多报", "多填", "少填", "疏忽"))


def _shortest(words: Iterable[str]) -> tuple[str, ...]:
    """Return words once each, without those that another one is part of."""
    known = tuple(dict.fromkeys(words))
    return tuple(word for word in known if not any(other != word and other in word for other in known))


@cache
def empty_characters() -> str:
    """Return the characters of assurances and restatements, the ASCII ones and the marks: they are no content."""
    words = "".join(listed_words("assurance") + listed_words("empty"))
    ascii_ones = "".join(character for character in map(chr, range(33, 127)) if character != '"')
    marks = "，。；：！？、（）【】“”‘’…—－·\u00a0\u200b"
    return "".join(dict.fromkeys(words + ascii_ones + marks))


def bare(text: str) -> str:
    """Return a text without spaces, as ``SUBSTITUTE`` makes it."""
    return text.translate(dict.fromkeys(map(ord, SPACES)))


def terse(text: str) -> str:
    """Return a bare text without what may stand between two words that belong together, taken out one after the other."""
    for word in LEFT_OUT:
        text = text.replace(word, "")
    return text


def is_ground(text: str) -> bool:
    """Tell whether a text is the ground of a correction."""
    plain = bare(text)
    short = terse(plain)
    dated = CENTURY in plain and _any(CONSENTS, plain)
    if dated or _any(DOCUMENTS, plain) or _pair(DIGITS, UNITS, plain) or _any(facts(), plain):
        return True
    assured, causal = _any(ASSURANCES, plain), _any(CAUSES, plain)
    if _any(slips(), plain) and (causal or not _any(NO_FAULT, plain)):
        return True
    if _any(hints(), plain) and (causal or not assured):
        return True
    if (_pair(DENIALS, MATTERS, short) and not _any(FAULTS, plain)) or (BY in plain and _pair(BODIES, ACTIONS, short)):
        return True
    content = len(plain) - sum(character in empty_characters() for character in plain[:LOOKED_AT])
    return content >= (CONTENT_ASSURED if assured else CONTENT)


def ground_lacking(text: str) -> Wording | None:
    """Return what the ground of a correction lacks, None for one that is enough."""
    if bare(text) == "":
        return phrase("reason_none")
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return None if is_ground(text) else phrase("reason_lacking", text=shown)


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def _pair(first: tuple[str, ...], second: tuple[str, ...], text: str) -> bool:
    return any(one + other in text for one in first for other in second)
