"""A return: one respondent × one form × one year, with every item answered, and the roll-up of many."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.findings import Finding, Severity
from toolkit.forms import Form
from toolkit.returns.keeping import BLANK, kept_answers, listed, unlisted

COVER = ("name", "code", "year", "preparer", "reviewer", "head", "phone")
"""The fields of the cover: 单位, 统一社会信用代码, 年度, 填报人, 审核人, 负责人, 联系电话."""


class Place(Struct, frozen=True):
    """Where something stands in a workbook."""

    sheet: str
    cell: str


class CoverField(Struct, frozen=True):
    """What a field of the cover says, and where."""

    value: str
    place: Place


class Paragraph(Struct, frozen=True):
    """A paragraph of a chapter; ``head`` is the fixed sub-heading it stands under ("" when none)."""

    text: str
    place: Place
    head: str = ""


class Explanation(Struct, frozen=True):
    """A respondent's reason for a warning, tied to a rule, its items and the figures it explains.

    ``fingerprint`` is "" where the respondent has only just written it (it then explains the figures beside it).
    """

    rule: str
    items: tuple[str, ...]
    fingerprint: str
    text: str
    place: Place | None = None


class Identity(Struct, frozen=True):
    """Whose return it is, for which year: what the carriers inside the workbook say (None: they say nothing)."""

    form: str | None = None
    year: int | None = None
    code: str | None = None
    name: str | None = None
    level: str | None = None
    region: str | None = None
    kind: str = "return"
    round: int = 0
    issued: bool = False
    token: str = ""


_NOTHING: Mapping[str, Any] = MappingProxyType({})
"""One for all returns that have none."""


class Return(Struct, frozen=True, dict=True):
    """One filled form.

    ``answers`` holds every input; ``stated`` what the file shows in formula items whose formula is gone, ``shown``
    the cached results of those whose formula stands; ``declared`` the tables whose blanks are declared zero;
    ``places`` the cell of every item; ``figures`` is derived: every item as it counts, blanks 0, unreadable None.
    """

    form: Form
    identity: Identity
    answers: Mapping[str, Answer]
    stated: Mapping[str, Answer] = _NOTHING
    shown: Mapping[str, Number] = _NOTHING
    declared: frozenset[str] = frozenset()
    text: Mapping[str, tuple[Paragraph, ...]] = _NOTHING
    cover: Mapping[str, CoverField] = _NOTHING
    places: Mapping[str, Place] = _NOTHING
    explanations: tuple[Explanation, ...] = ()
    remarks: tuple[CoverField, ...] = ()
    findings: tuple[Finding, ...] = ()
    file: str | None = None
    sha256: str | None = None

    @cached_property
    def figures(self) -> Mapping[str, Number | None]:
        """Return the figures of all items as rules and sums look at them."""
        return MappingProxyType(self.form.complete(dict(zip(self.form.inputs, self.amounts, strict=True))))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what is derived and what is empty."""
        state = {name: getattr(self, name) for name in self.__struct_fields__ if name != "answers"}
        return _again, ({name: value for name, value in state.items() if value}, listed(self.form, self.answers))

    @property
    def year(self) -> int | None:
        """Return the report year that the workbook states."""
        return self.identity.year

    @property
    def blanks(self) -> frozenset[str]:
        """Return the inputs left blank in tables whose blanks are not declared zero."""
        answers = self.answers
        blank = [code for code in self.form.inputs if isinstance(answers.get(code, BLANK), Blank)]
        return frozenset(code for code in blank if self.form.items[code].table not in self.declared)

    @property
    def amounts(self) -> Sequence[Number | None]:
        """Return the figures of the inputs in the order of the form: blanks 0, unreadable None."""
        answers = (self.answers.get(code, BLANK) for code in self.form.inputs)
        return [
            answer.value if isinstance(answer, Filled) else None if isinstance(answer, Unreadable) else 0
            for answer in answers
        ]

    @property
    def entries(self) -> Sequence[Number | None]:
        """Return what stands for the inputs in the order of the form: blanks declared zero are 0, others None.

        What is unreadable is None too.
        """
        answers = (self.answers.get(code, BLANK) for code in self.form.inputs)
        entries = [answer.value if isinstance(answer, Filled) else None for answer in answers]
        if self.declared:
            for at, code in enumerate(self.form.inputs):
                if self.form.items[code].table in self.declared and entries[at] is None:
                    entries[at] = None if isinstance(self.answers.get(code), Unreadable) else 0
        return entries

    @property
    def content(self) -> bytes:
        """Return a digest of what two files must share to be duplicates: figures, declarations and text."""
        amounts = [each if each is None or isinstance(each, int) else _exact(each) for each in self.amounts]
        texts = [
            (number, each.head, each.text) for number, paragraphs in sorted(self.text.items()) for each in paragraphs
        ]
        said = repr((self.form.id, amounts, sorted(self.declared), texts))
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    @property
    def light(self) -> Return:
        """Return what other returns are compared with: the answers, without places, repairs and findings, and the text."""
        return Return(
            self.form,
            self.identity,
            kept_answers(self.form, self.answers),
            declared=self.declared,
            text=self.text,
            file=self.file,
            sha256=self.sha256,
        )

    def __repr__(self) -> str:
        """Return one line: the form, the year, whose it is, and how many items are filled, blank and unreadable."""
        states = Counter(type(self.answers.get(code, BLANK)).__name__.lower() for code in self.form.inputs)
        counts = ", ".join(f"{states[state]} {state}" for state in ("filled", "blank", "unreadable"))
        whose = self.identity.name or self.identity.code or "(no body)"
        return f"<Return {self.form.id} {self.year or '(no year)'} {whose}: {counts}>"

    def place(self, code: str) -> Place | None:
        """Return where an item stands, or None for a return that came from no workbook."""
        return self.places.get(code)


def _again(state: dict[str, Any], answers: Sequence[Answer | Number | None]) -> Return:
    return Return(**state, answers=unlisted(state["form"], answers))


class Source(Struct, frozen=True):
    """One contribution to a figure of the roll-up."""

    file: str
    code: str
    name: str
    value: Number


def fingerprint(rule: str, items: tuple[str, ...], figures: Mapping[str, Number | None]) -> str:
    """Return the 12 hexadecimal digits that tie an explanation to a rule, its items and their figures.

    Changed figures give another fingerprint, so the explanation lapses. Decimals count by value (25.10 is 25.1).
    """
    parts = [rule] + [f"{code}={_canonical(figures.get(code))}" for code in items]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def checksum(form: Form, figures: Mapping[str, Number | None], year: int | None, code: str | None) -> str:
    """Return the 校验码 printed on a return: eight characters from its body, year and every figure."""
    parts = [form.id, str(year), code or ""] + [f"{item}={_canonical(figures.get(item))}" for item in form.items]
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}"


def _canonical(value: Number | None) -> str:
    if value is None:
        return "?"
    return format(value.normalize(), "f") if not isinstance(value, int) else str(value)


def _exact(value: Decimal) -> int | str:
    """Return a decimal in the one way in which equal values are written alike: 2.0 as 2, 25.10 as 25.1."""
    return int(value) if value == value.to_integral_value() else str(value.normalize())


class ReadFile(Struct, frozen=True):
    """One file as it was read: the return, None when it is unreadable or not ours, and what reading found.

    There is no verdict: that is for checking to say. ``modified`` is when the file was changed, in seconds.
    """

    file: str
    sha256: str
    ret: Return | None
    findings: Sequence[Finding]
    modified: float = 0.0

    def __repr__(self) -> str:
        """Return one line: the file, its return and how many findings there are."""
        return f"<{type(self).__name__} {self.file}: {self.ret or 'no return'}, {len(self.findings)} findings>"


class Checked(ReadFile, frozen=True):
    """One file after reading and checking; ``findings`` are all of them.

    ``content`` is what tells duplicates, kept where the text of the return is not.
    """

    trust: str = "unverified"
    content: bytes = b""

    @classmethod
    def of(cls, file: ReadFile) -> Checked:
        """Return a file that was read, with the findings of reading alone: all there is to a file without a return."""
        return cls(file.file, file.sha256, file.ret, file.findings, file.modified)

    def __repr__(self) -> str:
        """Return one line: the file, its verdict, its return and how many findings there are."""
        return super().__repr__().replace(f" {self.file}:", f" {self.file} {self.verdict}:", 1)

    @property
    def verdict(self) -> str:
        """Return ``unreadable``, ``fail`` (exactly when there is an error) or ``pass``."""
        if self.ret is None:
            return "unreadable"
        return "fail" if any(each.severity is Severity.ERROR for each in self.findings) else "pass"

    @property
    def light(self) -> Checked:
        """Return the same in a few thousand bytes: what merging needs, without text, places and repairs."""
        if self.ret is None:
            return self
        return replace(
            self,
            ret=replace(self.ret.light, text=_NOTHING, explanations=self.ret.explanations),
            content=self.content or self.ret.content,
        )


FILE_STATES: Mapping[str, str] = {
    "merged": "已汇总",
    "failing": "有错误，未计入",
    "duplicate": "重复件",
    "superseded": "已被后来的一份取代",
    "conflict": "两份不一致，待定",
    "not_in_rollup": "不计入汇总",
    "not_on_roster": "名录中没有",
    "no_identity": "未写明单位",
    "wrong_year": "年度不符",
    "wrong_form": "格式不符",
    "not_ours": "不是本系统的表",
    "unreadable": "无法读取",
}
"""The states of a file and their words."""

BODY_STATES: Mapping[str, str] = {
    "missing": "未报",
    "received": "已收到",
    "returned": "已退回",
    "mended": "已更正",
    "passed": "已通过",
    "waived": "已豁免",
    "not_expected": "不要求报送",
}
"""The states of an expected body and their words."""


class FileState(Struct, frozen=True):
    """The one state of a file, a key of FILE_STATES; ``reason`` is in Chinese."""

    file: str
    sha256: str
    state: str
    code: str
    name: str
    reason: str


class BodyState(Struct, frozen=True):
    """The one state of an expected body: missing, received, returned, mended, passed, waived or not_expected."""

    code: str
    name: str
    level: str
    state: str
    in_rollup: bool
    files: tuple[str, ...]


class Adjustment(Struct, frozen=True):
    """A correction by the coordinator on the sheet 调整 of a roll-up."""

    code: str
    item: str
    old: Number
    new: Number
    reason: str
    who: str


class RollUp(Struct, frozen=True):
    """The figures of a region, with every source, every file's and every body's state."""

    form: Form
    year: int
    region: str
    region_code: str
    region_level: str
    as_of: str
    merged: tuple[Checked, ...]
    figures: Mapping[str, Number]
    files: tuple[FileState, ...]
    bodies: tuple[BodyState, ...]
    expected: int | None
    included: Mapping[str, str] = field(default_factory=dict)
    preferred: tuple[str, ...] = ()
    unexplained: int = 0
    findings: tuple[Finding, ...] = ()
    checked: tuple[Checked, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    def __repr__(self) -> str:
        """Return one line: the form, the year, the region, how many files were merged, how many bodies are expected."""
        counts = f"{len(self.merged)} of {len(self.files)} files merged"
        expected = "" if self.expected is None else f", {self.expected} bodies expected"
        return f"<RollUp {self.form.id} {self.year} {self.region or '(no region)'}: {counts}{expected}>"
