"""The text of a published report: its title, and the chapters of text with their sub-headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from toolkit.forms import Form
from toolkit.published.blocks import Line
from toolkit.published.labels import fold, unnumbered

_TITLE = re.compile(
    r"^(?:关于)?(?P<name>[^，。；：:|_]{0,40}?)\s*(?P<year>20[0-9]{2})\s*年(?:度)?\s*(?:关于)?\s*(?:政府|机关)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:年度)?报告"
)
_HEADING = 40
"""Characters of a line that can be the heading of a part."""
_END = re.compile(
    r"^(?:【?(?:打印|关闭|分享|收藏|字体)|打印本页|关闭窗口|上一篇|下一篇|上一条|下一条|扫一扫|相关(?:链接|文章|附件|阅读)|版权所有|主办(?:单位)?[:：]|"
    r"承办(?:单位)?[:：]|网站(?:地图|标识码)|[^。]{0,20}ICP备|[^。]{0,10}公网安备|附件：汇总范围|附件：与上年对比)"
)
"""How what stands below a report on its page begins."""


@dataclass
class Chapters:
    """What the lines say: body and year of the title, paragraphs by part as (sub-heading, text, where)."""

    name: str = ""
    year: int | None = None
    text: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    headings: set[str] = field(default_factory=set)


def read_chapters(form: Form, lines: Sequence[Line]) -> Chapters:
    """Return the chapters. A heading may be of any markup; what follows the report on its page is left out."""
    out = Chapters()
    titles = {part.number: fold(part.title) for part in form.parts}
    texts = {part.number for part in form.chapters}
    current, head, ended = "", "", False
    for at, line in enumerate(lines):
        number = _heading(line.text, titles)
        if number is not None:
            current, head, ended = number, "", False
            out.headings.add(number)
            continue
        if current == "":
            _title(lines, at, out)
        elif current in texts and not ended:
            ended = _END.match(line.text) is not None and current == form.parts[-1].number
            if not ended:
                head = _add(form, out, current, head, line)
    return out


def _heading(text: str, titles: dict[str, str]) -> str | None:
    """Return the number of the part that a line heads."""
    if len(text) > _HEADING:
        return None
    bare = fold(unnumbered(text))
    for number, title in titles.items():
        if bare == title or (
            text.strip().startswith(number) and bare.startswith(title) and len(bare) <= len(title) + 6
        ):
            return number
    return None


def _title(lines: Sequence[Line], at: int, out: Chapters) -> None:
    """Take body and year from a title; its name may stand on the line before."""
    text = "".join(lines[at].text.split())
    found = _TITLE.match(text)
    if found is None:
        return
    name = found["name"].removesuffix("关于")
    if not name and at > 0 and 2 < len(lines[at - 1].text) <= _HEADING and "年" not in lines[at - 1].text:
        name = "".join(lines[at - 1].text.split())
    if name or not out.name:
        out.name, out.year = name or out.name, int(found["year"])


def _add(form: Form, out: Chapters, number: str, head: str, line: Line) -> str:
    """Add a paragraph to a chapter; a line that is one of its sub-headings opens that one instead."""
    part = next(each for each in form.chapters if each.number == number)
    opened = next((each for each in part.heads if fold(line.text).startswith(fold(each))), None)
    head = opened or head
    if opened is None or fold(line.text) != fold(opened):
        out.text.setdefault(number, []).append((head, line.text, line.where))
    return head
