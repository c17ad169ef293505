"""The text of a published report: its title, and the chapters of text with their sub-headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from toolkit.forms import Form, form_ids, load_form
from toolkit.report_in.blocks import TextLine
from toolkit.report_in.headings import LONGEST, Heading, headings, title_of
from toolkit.report_in.labels import LABELS, fold

_END = re.compile(
    r"^(?:【?(?:打印|关闭|分享|收藏|字体)|打印本页|关闭窗口|上一篇|下一篇|上一条|下一条|扫一扫|相关(?:链接|文章|附件|阅读)|版权所有|主办(?:单位)?[:：]|"
    r"承办(?:单位)?[:：]|网站(?:地图|标识码)|[^。]{0,20}ICP备|[^。]{0,10}公网安备|附件：汇总范围|附件：与上年对比)"
)
"""How what stands below a report on its page begins."""
_PROMPT = re.compile(
    "该部分以表格形式报告|(?:表格如下|文字描述)(?=[。：:）)]|$)|^[（(【\\[]?(?:编写|填写|填报|撰写|写作|编制)(?:说明|要求|提示|要点)(?=[】）)\\]]?[:：])"
)
"""Words of the official model that belong to nobody's report."""
_DRAFT = "草稿，不得发布"
"""How the open points begin that our own drafts list before the first part."""
_SENTENCE = 12
"""Characters of a line before the first part that can be a sentence rather than what a page prints around a report."""

_UNIT = re.compile(r"[（(]?(?:计量|金额)?单位\s*[:：]")  # How the line above a table that gives its units begins
_LEAST = 8  # Letters of a line beside a table that can be a sentence


@cache
def _folded(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return what forms print, as lines are compared with it."""
    labels = [label.text for form in map(load_form, forms) for table in form.tables for label in table.labels]
    return tuple({"".join(character for character in fold(label) if not character.isdigit()) for label in labels})


ChapterText = tuple[str, str, str]
"""A paragraph: sub-heading, text, where."""


@dataclass
class Chapters:
    """What the lines say: body and year of the title, paragraphs by part as (sub-heading, text, where).

    ``opening`` counts the paragraphs before the first part: they open its text. ``asides`` are paragraphs of parts that
    the form gives no room for text, by part: they end the first one. ``left`` are lines that are neither. ``prompts`` are
    words of the official model: (number of the part, words, where). ``parts`` gives for each line the part that it
    stands in; ``carried`` are those that went into the text of another.
    """

    name: str = ""
    year: int | None = None
    text: dict[str, list[ChapterText]] = field(default_factory=dict)
    headings: Mapping[int, Heading] = field(default_factory=dict)
    opening: int = 0
    asides: dict[str, list[TextLine]] = field(default_factory=dict)
    left: list[TextLine] = field(default_factory=list)
    prompts: list[tuple[str, str, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    carried: set[int] = field(default_factory=set)

    def has(self, number: str) -> bool:
        """Tell whether a part has a heading, be it one that is not the official one."""
        return any(heading.number == number for heading in self.headings.values())


def read_chapters(form: Form, lines: Sequence[TextLine]) -> Chapters:
    """Return the chapters under headings of any markup, without what follows the report on its page."""
    out = Chapters(headings=headings(form, lines))
    texts = {part.number for part in form.chapters}
    current, head, muted = "", "", ""
    opening: list[ChapterText] = []
    for at, line in enumerate(lines):
        heading = out.headings.get(at)
        if heading is not None and heading.read:
            current, head, muted = heading.number, "", ""
        out.parts.append(current)
        if heading is not None and heading.read:
            continue
        prompt = _PROMPT.search(line.text) if current else None
        if prompt is not None and (current not in texts or prompt.start() == 0):
            out.prompts.append((current, prompt[0], line.where))
        if current == "":
            opening = _before(lines, at, out, opening)
        elif current in texts:
            muted = muted or (line.text if _END.match(line.text) and current == form.parts[-1].number else "")
            if muted:
                # Of what stands below the report only our own annexes are known.
                out.left += [line] if _sentence(line.text) and not muted.startswith("附件") else []
            else:
                head = _add(form, out, current, head, line)
        elif (prompt is None or prompt.start() > 0) and _prose(line.text):
            out.asides.setdefault(current, []).append(line)
            out.carried.add(at)
        elif prompt is None and not _of_table(line.text):
            out.left.append(line)
    _opened(form, out, opening)
    out.text = {number: _once(paragraphs) for number, paragraphs in out.text.items()}
    _moved(form, out)
    return out


def _prose(text: str) -> bool:
    """Tell whether a line beside a table reads like a sentence rather than like what belongs to it."""
    words = fold(text)
    return len(words) >= _LEAST and any(mark in text for mark in "。，；") and not _of_table(text)


def _of_table(text: str) -> bool:
    """Tell whether a line holds nothing but figures, labels of the forms or a piece of one."""
    words = "".join(character for character in fold(text) if not character.isdigit())
    fragment = len(words) < 2 or any(words in label for label in _folded(form_ids()))
    return bool(fragment or (_UNIT.match(text) and "。" not in text) or LABELS.of(text) is not None)


def _moved(form: Form, out: Chapters) -> None:
    """Put the paragraphs of parts without room for text behind those of the first, with the part that they come from."""
    for number, paragraphs in out.asides.items():
        title = next(part.title for part in form.parts if part.number == number)
        lead = f"第{number}部分“{title}”："
        out.text.setdefault(form.parts[0].number, []).extend(
            ("", f"{lead}{line.text}", line.where) for line in paragraphs
        )


def _before(lines: Sequence[TextLine], at: int, out: Chapters, opening: list[ChapterText]) -> list[ChapterText]:
    """Take body and year from a title, whose name may stand on the line before; return the sentences since the last one."""
    text = lines[at].text
    title = title_of(text)
    if title is None or (title.rest > 1 and _sentence(text)):
        if title is not None and not out.name:
            out.name, out.year = title.name, title.year
        if len(text) >= _SENTENCE and text.rstrip().endswith(("。", "；", "：")):
            return [*opening, ("", text, lines[at].where)]
        out.left += [lines[at]] if not any(text.startswith(_DRAFT) for _, text, _ in opening) else []
        return opening
    name = title.name
    if not name and at > 0 and 2 < len(lines[at - 1].text) <= LONGEST and "年" not in lines[at - 1].text:
        name = "".join(lines[at - 1].text.split())
    if name or not out.name:
        out.name, out.year = name or out.name, title.year
    above = (*out.left, *(TextLine(text, where) for _, text, where in opening))
    out.left = [line for line in above if _sentence(line.text)]
    return []


def _sentence(text: str) -> bool:
    """Tell whether a line outside the report reads like one of its sentences rather than like what a page prints."""
    return len(text) >= _SENTENCE and "。" in text


def _opened(form: Form, out: Chapters, opening: list[ChapterText]) -> None:
    """Put what stands between title and first part before its text: there is no other place for it."""
    first = form.parts[0].number
    if opening and not any(text.startswith(_DRAFT) for _, text, _ in opening):
        out.opening = len(opening)
        out.text[first] = [*opening, *out.text.get(first, ())]


def _add(form: Form, out: Chapters, number: str, head: str, line: TextLine) -> str:
    """Add a paragraph to a chapter; a line that is one of its sub-headings opens that one instead."""
    part = next(chapter for chapter in form.chapters if chapter.number == number)
    opened = next((subheading for subheading in part.heads if fold(line.text).startswith(fold(subheading))), None)
    head = opened or head
    if opened is None or fold(line.text) != fold(opened):
        out.text.setdefault(number, []).append((head, line.text, line.where))
    return head


def _once(paragraphs: list[ChapterText]) -> list[ChapterText]:
    """Return a chapter that a page shows twice, for the desk and for the telephone, once."""
    half, rest = divmod(len(paragraphs), 2)
    twice = (
        half > 0
        and not rest
        and [paragraph[:2] for paragraph in paragraphs[:half]] == [paragraph[:2] for paragraph in paragraphs[half:]]
    )
    return paragraphs[:half] if twice else paragraphs
