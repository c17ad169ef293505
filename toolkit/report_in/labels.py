"""Labels of published tables: what is left of them when spelling, notes and numbering do not count.

The variants are those of real reports (provincial notes inside labels, labels of the other format, shortened ones).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache

from toolkit.forms import Table, form_ids, load_form

LONGEST = 120
"""Characters of a text that may be a label: the longest official one has 40."""
LEAST = 6
"""A shortened label must have so many characters to be told from others."""

_RADICALS = str.maketrans({
    "⺟": "母", "⺠": "民", "⻁": "虎", "⻄": "西", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻓": "长", "⻔": "门", "⻘": "青",
    "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻩": "黄",
    "⻬": "齐", "⻰": "龙", "⻳": "龟", "⺫": "目", "⻊": "足", "⻏": "邑", "⻖": "阜", "⺮": "竹", "⻎": "辶",
})  # fmt: skip
"""Radicals that print like the character, as PDF text layers hold them; NFKC folds only those of another block."""
_NOTE = re.compile(r"(?<=.)[（(\[【〔](?![一二三四五六七八九十0-9]{1,3}[)）])[^（()）\[\]【】〔〕]*[)）\]】〕]")
_NUMBERING = re.compile(r"^[（(]?(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2})(?:[)）、.．:：]|(?=\s))[)）、.．]?\s*")

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "规范性文件": ("行政规范性文件",),
    "行政规范性文件": ("规范性文件",),
    "本年制发件数": ("本年制发数", "本年度制发件数", "本年新制发件数", "制发件数"),
    "本年废止件数": ("本年废止数", "本年度废止件数", "废止件数"),
    "现行有效件数": ("现行有效件", "现行有效数", "现行有效件数历史累计"),
    "本年处理决定数量": ("本年度处理决定数量", "本年处理决定数"),
    "本年收费金额（单位：万元）": ("本年收费金额", "本年度收费金额", "收费金额"),
    "本年新制作数量": ("本年新制作数", "新制作数量"),
    "本年新公开数量": ("本年新公开数", "新公开数量"),
    "对外公开总数量": ("对外公开总数",),
    "上一年项目数量": ("上一年度项目数量", "上年项目数量"),
    "本年增/减": ("本年增减", "本年增加减少", "本年增减数"),
    "采购总金额": ("采购金额",),
    "法人或其他组织": ("法人或者其他组织",),
    "复议后起诉": ("复议后起诉讼", "经复议后起诉"),
    "3.危及“三安全一稳定”": ("3.危及三安全一稳定",),
}
"""Official label → other spellings of the same."""


def plain_radicals(text: str) -> str:
    """Return a text with characters for the radicals that a PDF's fonts put in their place; punctuation stays."""
    return "".join(
        unicodedata.normalize("NFKC", character) if "\u2f00" <= character <= "\u2fdf" else character
        for character in text.translate(_RADICALS)
    )


@lru_cache(8192)
def fold(text: str) -> str:
    """Return the letters and digits of a text after NFKC, radicals as the characters that they print like."""
    plain = unicodedata.normalize("NFKC", text.translate(_RADICALS))
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN")


def noteless(text: str) -> str:
    """Return a label without the notes in brackets that follow its first character."""
    before, text = "", text.strip()
    while text != before:
        before, text = text, _NOTE.sub("", text)
    return text


def notes_of(text: str) -> str:
    """Return what the brackets of a label hold, e.g. ``单位：元``."""
    return "".join(_NOTE.findall(text.strip()))


def unnumbered(text: str) -> str:
    """Return a label without its number: ``1.属于国家秘密`` → ``属于国家秘密``."""
    return _NUMBERING.sub("", text.strip(), count=1)


def numbering(text: str) -> str:
    """Return the number of a label without its marks, "" for none."""
    match = _NUMBERING.match(text.strip())
    return "" if match is None else fold(match[0])


class Vocabulary:
    """Official labels, found by texts that mean the same; they are gone through when the first text is looked up."""

    def __init__(self, labels: Iterable[str]) -> None:
        """Take the labels; two that fold to the same are one."""
        self._source = labels

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, each once."""
        return tuple(dict.fromkeys(self._source))

    @cached_property
    def _levels(self) -> list[dict[str, set[str]]]:
        levels: list[dict[str, set[str]]] = [{}, {}, {}]
        for label in self.labels:
            for level, form in enumerate(_forms(label)):
                levels[level].setdefault(form, set()).add(label)
        own = [frozenset(known) for known in levels]
        for label in self.labels:
            for spelling in VARIANTS.get(label, ()):
                for level, form in enumerate(_forms(spelling)):
                    # A label of the vocabulary itself means itself, also where it is a variant of another.
                    if form not in own[level]:
                        levels[level].setdefault(form, set()).add(label)
        return levels

    def of(self, text: str) -> str | None:
        """Return the one label that a text means, see ``meant``."""
        meaning = self.meant(text)
        return None if meaning is None else meaning[0]

    def meant(self, text: str) -> tuple[str, int] | None:
        """Return the one label that a text means, and how: 0 the same letters, 1 without notes, 2 without number, 3 shortened."""
        if len(text) > LONGEST or not text.strip():
            return None
        forms = _forms(text)
        for level, known in enumerate(self._levels):
            for form in forms[: level + 1]:
                meanings = known.get(form) if form else None
                if meanings is not None:
                    return (next(iter(meanings)), level) if len(meanings) == 1 else None
        shortened = self._shortened(forms)
        return None if shortened is None else (shortened, 3)

    def _shortened(self, forms: tuple[str, str, str]) -> str | None:
        """Return the one label that a long enough text begins, or that begins it."""
        for level, known in enumerate(self._levels):
            form = forms[level]
            if len(form) < LEAST:
                continue
            meanings = {
                label
                for other, labels in known.items()
                if len(other) >= LEAST and (other.startswith(form) or form.startswith(other))
                for label in labels
            }
            if len(meanings) == 1:
                return next(iter(meanings))
        return None


def _forms(text: str) -> tuple[str, str, str]:
    """Return a text as it is compared: whole, without notes, without notes and number."""
    bare = noteless(text)
    return fold(text), fold(bare), fold(unnumbered(bare))


class _InUse(Vocabulary):
    """Labels of the forms in use: gone through anew when a form of one's own has come into use."""

    def __init__(self, of: Callable[[Table], Iterable[str]]) -> None:
        super().__init__(())
        self._of, self._forms = of, tuple[str, ...]()

    def meant(self, text: str) -> tuple[str, int] | None:
        """Return the one label that a text means, and how."""
        if self._forms != form_ids():
            self._forms = form_ids()
            super().__init__(
                label for form in map(load_form, self._forms) for table in form.tables for label in self._of(table)
            )
            vars(self).pop("labels", None)
            vars(self).pop("_levels", None)
        return super().meant(text)


STUBS = _InUse(lambda table: [line.label for line in table.rows if table.id != "t4"])
"""Labels at the left of rows."""
HEADS = _InUse(lambda table: [line.label for line in table.columns])
"""Labels over columns."""
LABELS = _InUse(lambda table: [label.text for label in table.labels])
"""Everything that the forms print."""


def labelled(texts: list[str], least: int) -> bool:
    """Tell whether so many of the texts are labels of a form."""
    labels = 0
    for text in texts:
        labels += bool(text.strip()) and LABELS.of(text) is not None
        if labels >= least:
            return True
    return False
