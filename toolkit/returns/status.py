"""How a return stands, said in the same words on every surface: a line a part and one sentence for the whole.

A finding counts once. What is not there – a blank or an untouched prefill, a cell that import did not find, an empty
field of the cover, an empty chapter – is 待填, whatever the severity of the finding that says so. Any other error is 错误, in the short line of a
part 不符. A warning that nobody has explained is 存疑, which waits to be explained: 待说明. A rule that breaks only as
long as blanks count as 0 (``Finding.waits``) is none of them before they are filled. What a formula cannot read and the
check can (``12件``) is 待确认; only a workbook has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from toolkit.findings import Finding, Severity, Wording
from toolkit.forms import Form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS, COVER
from toolkit.returns.whole_return import Return

MISSING = Wording("待填", "to fill")
_LEFT = (("缺", "to fill"), ("不符", "wrong"), ("待说明", "to explain"), ("待确认", "to confirm"))
DONE = Wording("完成", "complete")
BEYOND_SHEET = "文字与各表的数是否一致、说明是否成立，本表算不出，报送后审核。"
"""What a workbook cannot know about itself and says beside the sentence; the rest of the rules are formulas on it."""

_MISSING = {"ID_001": 2, "ID_004": 1, "ID_007": 1, "ID_008": 1, "TEXT_001": 1, "TEXT_003": 1}
"""The findings of what is not there on the cover and in the chapters, with how many cells they are about."""
_PERSONS = 4
"""The fields of the cover besides the body and the year."""
_BLANKS = frozenset(("BLANK_001", "BLANK_002", "VALUE_003", "VALUE_021"))
"""The findings of blanks in tables: their cells are counted, not they."""


def level_of(finding: Finding) -> Wording:
    """Return the word of a finding's level: 错误, 存疑 or 提示, and 待填 for what is not there or waits for it."""
    if finding.waits or finding.code in _MISSING or finding.code in _BLANKS:
        return MISSING
    return Wording(finding.severity.zh, finding.severity.value)


def is_open(finding: Finding) -> bool:
    """Tell whether something is left to do about a finding itself: what waits for blanks goes with them."""
    missing = finding.code in _MISSING or finding.code in ("BLANK_001", "VALUE_021")
    return missing or (finding.weighs and not finding.waits and finding.code != "VALUE_003")


def own_lines(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that have a line of their own: a mark for nothing is told by the line of its table's blanks."""
    whole = tuple(findings)
    blank = {(one.file, item) for one in whole if one.code == "BLANK_001" for item in one.items}
    empty = {one.file for one in whole if one.code == "BLANK_002"}
    return tuple(
        one for one in whole
        if one.code != "VALUE_003" or not (one.file in empty or blank.issuperset((one.file, item) for item in one.items))
    )  # fmt: skip


class PartStatus(Struct, frozen=True):
    """How one part stands; ``missing`` are cells to fill (an empty chapter is one), ``broken`` errors.

    ``doubts`` are warnings to explain, ``unsure`` cells that only the check can read.
    """

    part: str
    missing: int = 0
    broken: int = 0
    doubts: int = 0
    unsure: int = 0

    @property
    def words(self) -> Wording:
        """Return the line of the part: 完成, or what is left to do."""
        counts = (self.missing, self.broken, self.doubts, self.unsure)
        left = [(f"{zh} {count}", f"{count} {en}") for count, (zh, en) in zip(counts, _LEFT, strict=True) if count]
        return Wording(" · ".join(zh for zh, _ in left), " · ".join(en for _, en in left)) if left else DONE


class Status(Struct, frozen=True):
    """How a whole return stands: a line for 封面, each part of the form and 校验 (what is about the whole file).

    ``started`` is False while nothing was typed at all; ``readable`` is False for a file without a return.
    """

    parts: tuple[PartStatus, ...]
    started: bool = True
    readable: bool = True

    @property
    def errors(self) -> int:
        """Return how many errors stand, whatever the blanks become."""
        return sum(part.broken for part in self.parts)

    @property
    def missing(self) -> int:
        """Return how many cells are to be filled."""
        return sum(part.missing for part in self.parts)

    @property
    def doubts(self) -> int:
        """Return how many doubts nobody has explained."""
        return sum(part.doubts for part in self.parts)

    @property
    def unsure(self) -> int:
        """Return how many cells only the check can read."""
        return sum(part.unsure for part in self.parts)

    @property
    def ready(self) -> bool:
        """Tell whether it can be filed: no error, nothing to fill; doubts do not keep it back."""
        return self.readable and self.started and not self.errors + self.missing + self.unsure

    @property
    def settled(self) -> bool:
        """Tell whether nothing at all is left to do: it can be filed, and every doubt is explained."""
        return self.ready and not self.doubts

    def advice(self, sheet: str) -> str:
        """Return what the body is to do about what is left, in the words of the levels; reasons go onto a sheet."""
        doubts = f"{Severity.WARNING.zh}待说明的，填错了就改正，确实如此就在“{sheet}”的“说明”栏写明原因"
        asked = (
            (self.errors, f"{Severity.ERROR.zh}的改正"),
            (self.missing + self.unsure, f"{MISSING}的填齐"),
            (self.doubts, doubts),
        )
        return "，".join(words for count, words in asked if count)

    @property
    def sentence(self) -> Wording:
        """Return the one sentence for the whole, without a full stop."""
        if not self.readable:
            return Wording("无法读取", "cannot be read")
        if not self.started:
            return Wording("尚未开始填写", "not started")
        counted = (
            (self.errors, "处错误", "error", ""), (self.missing, "格待填", "cell", " to fill"),
            (self.unsure, "格待确认", "cell", " to confirm"),
        )  # fmt: skip
        left = [(f"{n} {zh}", f"{_plural(n, noun)}{what}") for n, zh, noun, what in counted if n]
        zh = f"还有 {'、'.join(zh for zh, _ in left)}" if left else "可以上报"
        en = f"left: {', '.join(en for _, en in left)}" if left else "ready to file"
        if self.doubts:
            zh, en = f"{zh}，另有 {self.doubts} 处存疑待说明", f"{en}; {_plural(self.doubts, 'doubt')} to explain"
        return Wording(zh, en)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def status_of(ret: Return | None, findings: Iterable[Finding]) -> Status:
    """Return how a return stands by its findings, those of reading and of every rule; None: there is no return."""
    if ret is None:
        return Status((), readable=False)
    return standing(ret.form, findings, sheets_of(ret.form, ret))


def standing(form: Form, findings: Iterable[Finding], sheets: Mapping[str, str]) -> Status:
    """Return how a return of a form stands by its findings; ``sheets`` gives the part of each sheet, see ``sheets_of``.

    A finding counts under the part of its sheet, else of its first item, else under 校验.
    """
    counts: dict[str, Counter[str]] = {part: Counter() for part in lay_out(form).parts}
    codes: Counter[str] = Counter()
    for finding in _counted(findings):
        codes[finding.code] += 1
        items = (_part(form, code) for code in finding.items if code in form.items)
        part = counts[sheets.get(finding.sheet or "") or next(items, CHECKS.name)]
        if finding.code in _MISSING:
            part["missing"] += _MISSING[finding.code]
        elif finding.code in ("BLANK_001", "BLANK_002", "VALUE_021"):
            for code in finding.items or form.inputs:
                counts[_part(form, code)]["missing"] += 1
        elif finding.code not in _BLANKS and not finding.waits and finding.weighs:
            part["broken" if finding.severity is Severity.ERROR else "doubts"] += 1
    empty = codes["TEXT_001"] >= len(form.chapters) and codes["TEXT_003"] >= _PERSONS
    started = not (codes["BLANK_002"] and empty and not any(code.startswith("VALUE_") for code in codes))
    return Status(tuple(PartStatus(part, **count) for part, count in counts.items()), started)


def _counted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what counts of findings: each cell of equal faults, what an empty form lacks, and else what they come from."""
    for finding in findings:
        alike = finding.explained is None and finding.alike
        if not alike:
            yield finding
        if alike or finding.code == "BLANK_002":
            yield from _counted(finding.parts)


def _part(form: Form, code: str) -> str:
    return form.table(form.items[code].table).part


def sheets_of(form: Form, ret: Return | None = None) -> dict[str, str]:
    """Return the part of every sheet of a form, and of those of a return as they are called in its file."""
    layout = lay_out(form)
    known = {chapter.sheet: chapter.part.number for chapter in layout.chapters} | {COVER.name: COVER.name}
    known |= {table.sheet: table.table.part for table in layout.tables}
    if ret is not None:
        known |= {place.sheet: _part(form, code) for code, place in ret.places.items() if code in form.items}
        known |= {text.place.sheet: number for number, paragraphs in ret.text.items() for text in paragraphs}
        known |= {field.place.sheet: COVER.name for field in ret.cover.values()}
    return known
