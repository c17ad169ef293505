"""Findings → the points of a letter in the order of weight: place, what is wrong, the figures, what to do; safe and short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.findings import Finding, Severity
from toolkit.forms.layout import lay_out
from toolkit.returns import Checked, Return
from toolkit.returns.numbers import show
from toolkit.returns.revisions import compare
from toolkit.returns.status import MISSING, is_open, level_of
from toolkit.workbook.reply import targets_of
from toolkit.workbook.review import place_of

_FILES = r"(?:xlsx?|xlsm|et|ods|docx?|zip|csv)(?![A-Za-z0-9.])"
_LINKING = re.compile(rf"(?<=[A-Za-z0-9_-])\.(?!{_FILES})(?=[A-Za-z])|(?<=www)\.", re.IGNORECASE)
_FULL = str.maketrans({"@": "＠"})
_ORDER = {MISSING: 1, Severity.WARNING.zh: 2}
LISTED = 12
"""The most findings that a letter lists; the others are counted."""


class Point(Struct, frozen=True):
    """One finding of a letter; ``figures`` are the sides of an equation, or what a cell holds and should hold."""

    grave: bool
    level: str
    place: str
    message: str
    figures: tuple[tuple[str, str], ...]
    remedy: str


def points_of(checked: Checked, *, in_reply: bool = False) -> tuple[Point, ...]:
    """Return what is left to mend, fill or explain: errors, what is missing, then warnings that nobody explained.

    Places are those of the file, ``in_reply`` those of the workbook that goes back.
    """
    left = sorted(filter(is_open, checked.findings), key=lambda one: _ORDER.get(level_of(one), 0))
    ret = checked.ret
    if ret is None or not in_reply:
        return tuple(_point(one, ret, one.sheet or "", one.cell or "") for one in left)
    layout, targets = lay_out(ret.form), targets_of(ret)
    places = [place_of(layout, one, targets.get((one.sheet or "", one.cell or ""), ())) for one in left]
    return tuple(
        _point(one, ret, *(place or (one.sheet or "", one.cell or ""))) for one, place in zip(left, places, strict=True)
    )


def differences(versions: Sequence[Checked], marks: Sequence[str]) -> tuple[Point, ...]:
    """Return in what versions of one return differ, item by item and chapter by chapter, with what each of them has."""
    first, *others = [one.ret for one in versions if one.ret is not None]
    changes = {change.code: change for other in others for change in compare(first, other)}
    points = []
    for code, change in changes.items():
        if code.startswith("text."):
            number = code.removeprefix("text.")
            texts = ["".join(part.text for part in ret.text.get(number, ())) or "（空白）" for ret in (first, *others)]
            place, figures = f"“{change.sheet or change.row}”的文字", [quoted(text, 60) for text in texts]
        else:
            place = _where(change.sheet or "", change.cell or "")
            figures = [_answered(ret, code) for ret in (first, *others)]
        what = first.form.items[code].short if code in first.form.items else change.row
        points.append(Point(False, "不同", place, what, tuple(zip(marks, figures, strict=False)), ""))
    return tuple(points)


def _answered(ret: Return, code: str) -> str:
    if code in ret.answers:
        return _shown(ret.answers[code])
    figure = ret.figures.get(code)
    return "算不出" if figure is None else show(figure)


def _where(sheet: str, cell: str) -> str:
    return "表 ".join(part for part in (sheet and f"“{sheet}”", cell) if part)


def _point(finding: Finding, ret: Return | None, sheet: str, cell: str) -> Point:
    where = _where(sheet, cell)
    (is_, should), level = finding.sides, level_of(finding)
    stands = finding.actual if finding.actual is not None else _stands(finding, ret)
    figures = ((is_, quoted(stands, 40)), (should, quoted(finding.expected or "", 40)))
    return Point(
        level == Severity.ERROR.zh,
        level,
        quoted(where, 40) or "整个文件",
        quoted(finding.message, 200),
        tuple((label, figure) for label, figure in figures if figure),
        quoted(finding.for_agency, 300),
    )


def _stands(finding: Finding, ret: Return | None) -> str:
    """Return what stands in the one item of a finding that does not say it itself and is about it, not what lies beside."""
    if (
        ret is None
        or finding.code.startswith("FORM_06")
        or len(finding.items) != 1
        or finding.items[0] not in ret.answers
    ):
        return ""
    answer = ret.answers[finding.items[0]]
    return "" if isinstance(answer, Blank) else _shown(answer)  # that it is blank the finding says


def _shown(answer: Answer) -> str:
    if isinstance(answer, Filled):
        return show(answer.value)
    if isinstance(answer, Unreadable):
        return f"“{answer.raw}”"
    assert isinstance(answer, Blank)
    return "空白"


def quoted(text: str, most: int) -> str:
    """Return a text as one line of at most ``most`` characters that no mail program turns into a link.

    Control and format characters (directions, zero widths) become blanks and blanks are folded; the dots of domain
    names, ``://`` and ``@`` get their full-width forms.
    """
    return shortened(_LINKING.sub("．", shortened(text, len(text)).replace("://", "：//").translate(_FULL)), most)


def shortened(text: str, most: int) -> str:
    """Return a text of the coordinator's own as one line of at most ``most`` characters; its addresses stay usable."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)
    plain = " ".join(kept.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
