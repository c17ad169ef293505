"""The yuan of 信息处理费 that a text says were taken in the year: which sum is which is read from the words around it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from toolkit.answers import Number
from toolkit.returns.numbers import chinese_numeral

NEAR = 40
"""So many characters after a word a sum can still be what it speaks of."""

_GROUPS = re.compile(r"(?<=[0-9]) +(?=[0-9]{3}(?![0-9]))")
_PASSAGES = re.compile(
    r"[。!?\n]+(?!(?:本年度?|全年|当年|今年|[0-9]{4}年度?)?,?(?:其中|实际|实收|均|全部|已|尚|未|截至))"
)
"""A sentence that goes on about the sums of the one before belongs to it."""
_PAST = "(?:上一?年度?|去年|往年|以前年度|前[一两二三]年)"
_WHOLE = re.compile("全年|年度?共|共计|合计|总|累计|共收|本年")
"""What tells that a sentence is about the whole of the year: it may state the sum of another one again."""
_STILL = ("", "尚", "仍", "均", "还", "逾期", "已逾期", "至今", "逾期仍")
_SUMMED = re.compile("共|合计|总计|累计|总额")
"""What a sum of the sums before it is told by."""
_TOKENS = re.compile(
    rf"(?P<aside>(?:含|包括){_PAST})|(?P<compared>[与比较同]{_PAST})"
    rf"|(?P<past>{_PAST})|(?P<now>本年|今年|当年|报告期)"
    r"|(?P<year>(?<![0-9自])20[0-9]{2}年(?!起|以来|[^,;]{0,12}(?:办法|规定|文件|号)))"
    r"|(?P<full>(?:均|全部|全额|足额|悉数)(?:已|予以|按时|按期|全部|全额|足额)*(?:收|缴|交|到账|入库)(?!入国库))"
    r"|(?P<none>(?:未|没有|没|无需|无须|不|免|暂缓|缓)(?:予|曾|实际|再|予以|按期|按时|足额)*(?:收|征|缴|交|产生|发生|涉及|到账|入库)"
    r"|(?:本年度?|全年)?[未无](?=信息处理费)|减免|免除|退还|退回|欠缴|拖欠)"
    r"|(?P<other>上缴|缴入|解缴|国库|增加|减少|增长|下降|上升|多收|少收|同比|行政事业性收?费?|经费|资金|支出|预算|罚|采购"
    r"|(?<!处理)(?<![收缴交])费(?!用))"
    r"|(?P<actual>实际(?:上)?(?:收|缴|交|征|到|入)[取缴纳到账库]*|实收|实缴|实征|已(?:收|缴|交|征|到账|入库)[取缴纳]*|收讫|缴清)"
    r"|(?P<notified>(?P<notice>(?:收费|缴费|交费|缴款)通知)|通知|应(?:予)?(?:收|缴|交|征)[取纳]*|开具|核定|告知|拟收取?)"
    r"|(?P<taken>收取|收到|征收|收缴|缴纳|计收|收入)|(?P<topic>信息公开处理费|信息处理费)"
    r"|(?P<rate>标准|每[件页单份])|(?P<part>其中|分别|具体|明细)|(?P<cut>[,;、])|(?P<open>\()|(?P<close>\))"
    r"|(?P<sum>(?<![0-9.])[0-9][0-9,]{0,20}(?:\.[0-9]{1,8})?"
    rf"|(?<![万亿〇零一二两三四五六七八九十百千])[〇零一二两三四五六七八九十百千]{{1,8}}) ?(?P<unit>[亿万])?元(?![/每]|[为系属是]{_PAST})"
    "(?P<named>(?=的?(?:政府)?(?:信息公开)?信息处理费))?"
)


def fee(text: str, year: int | None = None) -> Number:
    """Return the yuan of 信息处理费 that a text says were taken in the report year.

    What was notified, remitted or not taken, rates, the sums of other years and of other things, and the parts of a sum
    that was counted are none. Where a passage says what was really taken, that counts in place of what was to be.
    """
    plain = _GROUPS.sub("", unicodedata.normalize("NFKC", text))
    sums = [(_Passage(year).taken(passage), _WHOLE.search(passage)) for passage in _PASSAGES.split(plain)]
    wholes = {value for value, whole in sums if whole}
    total = Decimal(0)
    for value in (*wholes, *(value for value, whole in sums if not whole and value not in wholes)):
        total += value
    # A sentence that sums up the others states no more.
    total = next((value for value in wholes if value * 2 == total), total)
    return int(total) if total == total.to_integral_value() else total


class _Passage:
    """What is known while a passage is read from left to right: what the next sum would be, and the sums so far by kind."""

    def __init__(self, year: int | None) -> None:
        self.year, self.kind, self.at = year, "", -NEAR
        self.about = self.past = self.outer = self.verb = self.rate = False
        self.parts = self.inside = frozenset[str]()
        self.sums: dict[str, Decimal] = {}
        self.fresh: tuple[str, Decimal] | None = None

    def taken(self, text: str) -> Decimal:
        for match in _TOKENS.finditer(text):
            name = match.lastgroup or ""
            if match["sum"]:
                self._add(match, near=match.start() - self.at <= NEAR, head=text[max(self.at, 0) : match.start()])
                self.at = match.end()
            elif name in ("cut", "open", "close"):
                self.verb = self.rate = False
                self.outer, self.past = (self.past, self.past) if name != "close" else (self.outer, self.outer)
                if name != "cut":  # what stands in brackets right behind a sum are its parts
                    self.inside = frozenset(self.sums if name == "open" and match.start() == self.at else ())
            elif match["none"] and match[0][0] in "未没" and text[self.at : match.start()] in _STILL and self.fresh:
                kind, value = self.fresh  # 1件100元未缴纳: what stands behind a sum takes it back
                self.sums[kind] -= value
            else:
                self._hear("notice" if match["notice"] else name, match[0])
                self.at = match.end()
        return self.sums.get("actual", self.sums.get("taken", Decimal(0)))

    def _hear(self, name: str, word: str) -> None:
        """Take a word into account."""
        if name in ("topic", "notice"):
            self.about = True
            self.kind = "notified" if name == "notice" else self.kind if self.kind not in ("", "other") else "taken"
        elif name in ("past", "now", "year"):
            before = name == "past" or (name == "year" and self.year is not None and int(word[:4]) != self.year)
            self.past = before and not self.verb if before or name == "now" or self.year is not None else self.past
            self.kind = "" if self.kind == "none" and not self.past else self.kind
        elif name == "full":
            self.sums.setdefault("actual", self.sums.get("notified", self.sums.get("taken", Decimal(0))))
        elif name == "part":
            self.parts = frozenset(self.sums)
        elif name in ("rate", "compared"):
            self.rate = True
        elif name != "aside":
            self.kind, self.verb = name, self.verb or name in ("actual", "taken")

    def _add(self, match: re.Match[str], *, near: bool, head: str) -> None:
        """Count a sum as what it is, if it is one of the fee and of the year, and not those before it together."""
        number, self.fresh = match["sum"].replace(",", ""), None
        value = Decimal(number) if number[0].isascii() else chinese_numeral(number)
        skipped = self.past or self.rate or not ((self.about and near) or match["named"] is not None) or value is None
        if skipped or self.kind in ("", "none", "other") or self.kind in self.parts | self.inside:
            return
        factor = {"万": 10_000, "亿": 100_000_000}.get(match["unit"], 1)
        amount = Decimal(value or 0) * factor
        if _SUMMED.search(head) and amount == self.sums.get(self.kind):
            return
        self.fresh = self.kind, amount
        self.sums[self.kind] = self.sums.get(self.kind, Decimal(0)) + self.fresh[1]
