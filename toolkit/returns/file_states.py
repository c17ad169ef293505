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
            self,
            ret=replace(self.ret.light, text=NOTHING, explanations=self.ret.explanations, cover=self.ret.cover),
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


VERDICTS: Mapping[str, Wording] = {
    "pass": Wording("通过", "pass"),
    "fail": Wording("不通过", "fail"),
    "unreadable": Wording("读不了", "unreadable"),
}
"""The verdicts on a file and their words."""


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
LATE = "（迟报）"


class FileState(Struct, frozen=True):
    """The one state of a file, a key of FILE_STATES; ``reason`` is in Chinese, ``status`` the sentence of how it stands."""

    file: str
    sha256: str
    state: str
    code: str
    name: str
    reason: str
    status: str = ""


class BodyState(Struct, frozen=True):
    """The one state of an expected body: missing, received, returned, mended, passed, waived or not_expected.

    ``status`` is the sentence of how the file stands that counts, or would but for its errors; a body is ``late`` when its
    first return came after the deadline.
    """

    code: str
    name: str
    level: str
    state: str
    in_rollup: bool
    files: tuple[str, ...]
    status: str = ""
    late: bool = False

    @property
    def words(self) -> str:
        """Return the state in words, with 迟报 where the first return came after the deadline."""
        return f"{BODY_STATES[self.state]}{LATE if self.late else ''}"
