"""A file after reading and after checking, and the states that files and bodies end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit.findings import Finding, Severity, Wording
from toolkit.returns.status import Status, status_of
from toolkit.returns.whole_return import NOTHING, Return


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
        return "fail" if any(finding.severity is Severity.ERROR for finding in self.findings) else "pass"

    @property
    def status(self) -> Status:
        """Return how the file stands, as every surface says it."""
        return status_of(self.ret, self.findings)

    @property
    def light(self) -> Checked:
        """Return the same in a few thousand bytes: what merging and 台账 need, without text, places and repairs."""
        if self.ret is None:
            return self
        return replace(
            self, ret=replace(self.ret.light, text=NOTHING, explanations=self.ret.explanations,
            cover={name: self.ret.cover[name] for name in _ASKED if name in self.ret.cover}),
            content=self.content or self.ret.content,
        )  # fmt: skip


_ASKED = ("preparer", "phone")
"""The fields of a cover that say whom to ask."""

COUNTING = ("merged", "failing", "not_in_rollup")
"""The states of the file of a body that counts, or would but for its errors."""
FILE_STATES: Mapping[str, Wording] = {
    "merged": Wording("已汇总", "merged"), "failing": Wording("有错误，未计入", "has errors, left out"),
    "duplicate": Wording("重复件", "duplicate"), "superseded": Wording("已被后来的一份取代", "superseded by a later one"),
    "conflict": Wording("两份不一致，待定", "versions differ, undecided"), "not_in_rollup": Wording("不计入汇总",
    "not in the roll-up"), "not_on_roster": Wording("名录中没有", "not on the roster"), "no_identity": Wording("未写明单位",
    "states no body"), "wrong_year": Wording("年度不符", "of another year"), "wrong_form": Wording("格式不符",
    "of another form"), "not_ours": Wording("不是本系统的表", "no return of ours"), "unreadable": Wording("无法读取",
    "cannot be read"),
}  # fmt: skip
"""The states of a file and their words."""


VERDICTS: Mapping[str, Wording] = {
    "pass": Wording("通过", "pass"),
    "fail": Wording("不通过", "fail"),
    "unreadable": Wording("读不了", "unreadable"),
}
"""The verdicts on a file and their words."""


BODY_STATES: Mapping[str, Wording] = {
    "missing": Wording("未报", "missing"),
    "received": Wording("已收到", "received"),
    "returned": Wording("已退回", "returned"),
    "mended": Wording("已更正", "mended"),
    "passed": Wording("已通过", "passed"),
    "waived": Wording("已豁免", "waived"),
    "not_expected": Wording("不要求报送", "not expected"),
}
"""The states of an expected body and their words."""
LATE = "（迟报）"
WAITING = Wording("导入，待确认", "imported, to be confirmed")
"""What came in another form and was made a workbook of ours; a body whose file it is, is missing until it confirms that."""


class FileState(Struct, frozen=True):
    """The one state of a file, a key of FILE_STATES; ``reason`` is in both languages as long as it is new, ``status`` the sentence of how it stands.

    ``imported`` says of what was made from another file, or of that file while it waits, from which and how much was read.
    """

    file: str
    sha256: str
    state: str
    code: str
    name: str
    reason: str
    status: str = ""
    imported: str = ""

    @property
    def words(self) -> Wording:
        """Return the state in words."""
        return WAITING if self.waits else FILE_STATES[self.state]

    @property
    def waits(self) -> bool:
        """Tell whether it was imported and its body has not confirmed that."""
        return self.imported != "" and self.state != "merged"


class BodyState(Struct, frozen=True):
    """The one state of an expected body: missing, received, returned, mended, passed, waived or not_expected.

    ``status`` is the sentence of how the file stands that counts, or would but for its errors; a body is ``late`` when its
    first return came after the deadline; ``imported`` when all it has is waiting to be confirmed.
    """

    code: str
    name: str
    level: str
    state: str
    in_rollup: bool
    files: tuple[str, ...]
    status: str = ""
    late: bool = False
    imported: bool = False

    @property
    def words(self) -> Wording:
        """Return the state in words, with 迟报 where the first return came after the deadline."""
        state = BODY_STATES[self.state]
        if self.imported:
            return Wording(f"{state}（{WAITING}）", f"{state.en}, {WAITING.en}")
        return Wording(f"{state}{LATE}", f"{state.en}, late") if self.late else state
