"""Is it the ground of a correction? A rule that a formula can follow too, so that 调整 says on the sheet what its reader says.

It is simpler than ``is_reason`` and has its words: a figure with its unit, a document, a dated consent, a word for what
happened where nothing only assures, or enough characters that no assurance has.
"""

from __future__ import annotations

from functools import cache

from toolkit.findings import Wording, phrase
from toolkit.returns.reasons import SHOWN, listed_words

DIGITS = tuple("0123456789一二两三四五六七八九十百千几余多")
UNITS = tuple("件条家起份户宗篇场批万亿元倍")
DOCUMENTS = (
    "《",
    "〔",
    "号文",
    "纪要",
    "批复",
    "复函",
    "来函",
    "公函",
    "判决",
    "裁定",
    "裁决",
    "决定书",
    "调解书",
    "告知书",
    "移交书",
)
CENTURY, CONSENTS = "20", ("同意", "批准", "批示")
"""A consent counts with its date, of which no more than the century is looked for."""
CAUSES = ("因", "由于", "导致", "致使", "误")
ASSURANCES = (
    "核实", "核对", "复核", "核查", "审核", "审定", "审阅", "确认", "签字", "同意", "无误", "属实", "准确", "真实", "正确", "没有",
    "不存在", "未发生", "未填", "未漏", "无漏", "错填", "遗漏", "符合", "历史原因",
)  # fmt: skip
CONTENT, CONTENT_ASSURED = 3, 5
"""So many characters that no assurance has are a ground by themselves; so many it takes beside one."""
SPACES = " \u3000"
_SLIPS = ("漏", "录错", "错行", "串行", "少计", "多计", "重计", "补录", "撤诉", "重组")


@cache
def events() -> tuple[str, ...]:
    """Return the words for what happened; those that stand in assurances as well are none here."""
    return (*(word for word in listed_words("event") if word not in ("历史", "法规")), *_SLIPS)


@cache
def empty_characters() -> tuple[str, ...]:
    """Return the characters of assurances and restatements, of the ASCII alphabet and the marks: they are no content."""
    words = "".join(listed_words("assurance") + listed_words("empty"))
    ascii_ones = "".join(character for character in map(chr, range(33, 127)) if not character.islower())
    marks = "，。；：！？、（）【】“”‘’…—－·\u00a0\u200b"
    return tuple(character for character in dict.fromkeys(words + ascii_ones + marks) if character != '"')


def bare(text: str) -> str:
    """Return a text in capitals without spaces, as ``UPPER`` and ``SUBSTITUTE`` make it."""
    return text.translate(dict.fromkeys(map(ord, SPACES))).upper()


def is_ground(text: str) -> bool:
    """Tell whether a text is the ground of a correction."""
    plain = bare(text)
    counted = any(digit + unit in plain for digit in DIGITS for unit in UNITS)
    dated = CENTURY in plain and _any(CONSENTS, plain)
    if counted or dated or _any(DOCUMENTS, plain):
        return True
    assured = _any(ASSURANCES, plain)
    happened = _any(events(), plain) and (not assured or _any(CAUSES, plain))
    content = sum(character not in empty_characters() for character in plain)
    return happened or content >= (CONTENT_ASSURED if assured else CONTENT)


def ground_lacking(text: str) -> Wording | None:
    """Return what the ground of a correction lacks, None for one that is enough."""
    if bare(text) == "":
        return phrase("reason_none")
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return None if is_ground(text) else phrase("reason_lacking", text=shown)


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
