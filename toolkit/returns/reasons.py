"""Is it a reason? What only assures or restates is none: there has to be a cause, a figure or a document in it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import tomli

from toolkit.cells import visible
from toolkit.findings import Wording, phrase
from toolkit.findings.toml import shipped_text

SHORTEST = 4
"""A clause of fewer characters gives no reason by words that are in no list."""
SHOWN = 60
"""How many characters of a reason a message quotes."""
_CONTENT = 2
"""So many different characters of words that are in no list are content, whatever they say."""
_BESIDE = 5
"""So many it takes beside an assurance, where nothing such as 导致 names a cause: the names of those who checked are none."""

_FIGURE = re.compile(
    r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千几]+)\s*[余多]?\s*(?:件|条|人|家|起|份|户|宗|篇|场|批|名|万|亿|元|倍|成|%|‰)"
    r"|[0-9]+\s*[余多]?\s*(?:个|项)|翻[了一两三]*番"
)
DIGITS, COUNTED = "0123456789０１２３４５６７８９", "件份个项部"
"""The digits, and what is counted where documents are: one before the other says how many they are."""
ASSURING = (
    "经办人", "填报人", "审核人", "核实", "核对", "复核", "审核", "检查", "核查", "确认", "无误", "属实", "真实", "准确", "正确", "完整",
    "一致", "如此", "确实", "情况", "数据", "数字", "本单位", "我单位", "本局", "我局", "以上", "已",
    "经", "均", "共", "，", "。", "、", "；", "：", "！", " ",
)  # fmt: skip
"""What a formula can take out of a text; where nothing else is in it, it only assures. The rest is the check's to tell."""
_COUNT = re.compile(rf"[{DIGITS}]+ *[{COUNTED}]")
_DOCUMENT = re.compile(
    r"《[^》]{2,}》|20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[^,。;]{0,12}(?:同意|批准|批示)|[〔\[(]\s*20[0-9]{2}\s*[〕\])]\s*第?\s*[0-9]+\s*号|(?:决定|判决|裁定|裁决|调解|告知|责令|移交|协议)书|纪要|批复|复函|来函|公函|抄告单"
)
_ELSEWHERE = re.compile(
    r"由[^,。;]{0,8}[局委厅部队心镇乡级](?:统一)?(?:办理|承担|处理|受理|制发|行使|实施)|(?:没有|无|不具有|不具备|未)[^,。;]{0,10}(?:权|权限|职能|职责|业务|事项|收到|接到|受理|开展|产生|发布|制定|出台|设立|成立)(?!数|科|部|股)"
)
_CHECKING = re.compile(
    r"(?:[0-9]+|[一二两三四五六七八九十几多]+)\s*(?:遍|轮|道|番|级(?=[审复把核])|张|格|次|个数|个指标|项数|项指标|处数|(?:人|名|位)[^,。;]{0,6}?(?:核|审|查|校|确认|签))"
    r"|(?:不存在|没有|无|未|并无|如有|若有)[^,。;]{0,6}?(?:不实|不符|(?:[错误差漏虚瞒][填报算列记录统、或和]*)+|[多少][填报][、或和多少填报]*|问题|异常|出入)"
    r"|(?:经|由|与|和|请|向)[^,。;经因]{0,12}?(?:核实|核对|复核|审核|审阅|审定|审查|检查|核查|确认|比对|校对|签字|汇报|同意)"
    r"|[^,。;因]{0,8}[科股室处所队心局办院](?:均|已|都|再次|反复|认真)*(?:核实|核对|复核|审核|审定|检查|确认|比对)|100\s*%|百分之百"
    r"|(?:经办|审核|复核|填报|填表|联系)人?\s*:\s*[^,。;: ]{1,3}(?=$|\W|经办|审核|复核|填报|填表|联系)|[^,。;: ]{0,4}[,: ]*[0-9]{3,4}-?[0-9]{7,8}"
    r"|(?:以上|上述|这|该|此|全部|所有)\s*(?:[0-9]+|[一二两三四五六七八九十几多]+)\s*(?:项|个|条|处|件|份)"
    r"|(?:按照?|根据|依据|依照|遵照|严格按)[^,。;]{0,10}?(?:要求|规定|通知|文件|程序|流程|制度|口径|标准)"
)
"""What is said of the checking itself: how often, by whom, by whose orders, that no fault was seen, that all is right."""
_SPACED = re.compile("(?<=[^ -~]) (?=[^ -~])|(?<=[0-9]) (?=[^a-zA-Z])|(?<=[^a-zA-Z]) (?=[0-9])")
_CLAUSES = re.compile(r"[,。;!?()（）…\n]+")
_HAN = re.compile("[\u3400-\u9fff]")


@cache
def _kinds() -> dict[str, str]:
    """Return the kind of every listed word: assurance, empty, cause, event or english; the last kind it is in counts."""
    listed = tomli.loads(shipped_text(__package__, "reasons.toml"))
    return {word: kind for kind, words in listed.items() for word in words.split()}


def listed_words(kind: str) -> tuple[str, ...]:
    """Return the listed words of a kind."""
    return tuple(word for word, listed in _kinds().items() if listed == kind)


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(sorted((word for word in _kinds() if not word.isascii()), key=len, reverse=True)))


def counts(text: str) -> bool:
    """Tell whether a text says how many: a formula can tell as much."""
    return _COUNT.search(text) is not None


def says_more(text: str, *, counted: bool = False) -> bool:
    """Tell whether a text says more than that it was checked, and where it has to be ``counted`` more than how many."""
    for part in (*ASSURING, *(DIGITS[:10] + COUNTED if counted else "")):
        text = text.replace(part, "")
    return text != ""


def is_reason(text: str, *, counted: bool = False) -> bool:
    """Tell whether a text gives a reason: a document or a dated consent, or a clause with a cause or a figure in it.

    Where it has to be ``counted`` it says how many it concerns, and gives a reason besides.
    """
    if counted:
        return counts(text) and is_reason(_COUNT.sub("", text))
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", visible(text))).strip()
    joined = _SPACED.sub("", _CHECKING.sub("#", plain))
    clauses = _CLAUSES.split(_CHECKING.sub("#", joined))
    return _DOCUMENT.search(_SPACED.sub("", plain)) is not None or any(map(_tells, clauses))


def _tells(clause: str) -> bool:
    """Tell whether a clause gives a figure or a cause; ``#`` stands in it where the checking was spoken of."""
    if _FIGURE.search(clause) or _ELSEWHERE.search(clause):
        return True
    kinds = {_kinds()[word] for word in _words().findall(clause)}
    content = set(_HAN.findall(_words().sub("", clause)))
    wanted = _BESIDE if ("assurance" in kinds or "#" in clause) and "cause" not in kinds else _CONTENT
    foreign = {word for word in re.findall(r"[a-z]{3,}", clause.lower()) if word not in _kinds()}
    content_enough = len(content) >= wanted and len(re.sub(r"[\W_]+", "", clause)) >= SHORTEST
    return content_enough or "event" in kinds or len(foreign) > 1


def lacking(text: str) -> Wording | None:
    """Return what a reason for a decision lacks, None for one that is enough."""
    if not text.strip():
        return phrase("reason_none")
    return (
        None if is_reason(text) else phrase("reason_lacking", text=text if len(text) <= SHOWN else text[:SHOWN] + "…")
    )
