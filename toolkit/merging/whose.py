"""Whose is it? The first step of merging: from what a file says of itself to a body, or to why it is of no use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from toolkit.findings import Finding, Severity, Wording, finding, phrase
from toolkit.forms import Form
from toolkit.returns import Checked, FileState, Region, Return, mark_of
from toolkit.roster import Respondent, Roster, folded

_NOT_OURS = frozenset(
    ("FILE_003", "FILE_011", "FILE_012", "FILE_013", "FILE_014", "FILE_015", "FILE_016", "FILE_017", "FILE_018",
     "FILE_022", "FORM_001", "FORM_003")
)  # fmt: skip
"""The findings that tell a file of another kind from one that is damaged or refused."""


class Sent(Struct, frozen=True):
    """A usable file and the body it belongs to; ``code`` is "" for a body known by its name alone."""

    checked: Checked
    ret: Return
    code: str
    name: str
    body: Respondent | None

    @property
    def key(self) -> str:
        """Return what all files of the body share."""
        return self.code or folded(self.name)

    @property
    def errors(self) -> int:
        """Return how many errors the file has."""
        return sum(finding.severity is Severity.ERROR for finding in self.checked.findings)

    @property
    def reason(self) -> Wording:
        """Return why the file does not count: how it stands, and the codes of its errors."""
        errors = [finding.code for finding in self.checked.findings if finding.severity is Severity.ERROR]
        return phrase("file_failing", status=self.checked.status.sentence, codes="、".join(dict.fromkeys(errors)))

    @property
    def doubts(self) -> int:
        """Return how many warnings nobody has explained."""
        return sum(
            finding.severity is Severity.WARNING and finding.explained is None for finding in self.checked.findings
        )

    @property
    def content(self) -> bytes:
        """Return what two files must share to be duplicates."""
        return self.checked.content or self.ret.content

    def supersedes(self, earlier: Sent) -> bool:
        """Tell whether this file was made from an earlier one; by rounds alone where its reply carries no lineage."""
        known = {part for mark in self.ret.lineage for part in mark.split(":") if part}
        digests = mark_of(earlier.content, earlier.checked.sha256).split(":")
        return self.ret.identity.round > earlier.ret.identity.round and not (known and known.isdisjoint(digests))


@dataclass
class Register:
    """The files of a season, each with its body or with the state that ends it here."""

    form: Form
    year: int
    roster: Roster | None
    region: Region
    assigned: Mapping[str, str] = field(default_factory=dict)
    states: list[FileState] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def by_body(self, ordered: Sequence[Checked]) -> dict[str, list[Sent]]:
        """Return the usable files of every body; the others are noted in ``states``."""
        by_body: dict[str, list[Sent]] = {}
        names = self._names(ordered)
        for file in ordered:
            sent = self._sent(file, names)
            if sent is not None:
                by_body.setdefault(sent.key, []).append(sent)
        return by_body

    def state(self, file: Checked, state: str, code: str, name: str, reason: str) -> None:
        """Note the one state of a file."""
        self.states.append(FileState(file.file, file.sha256, state, code, name, reason, file.status.sentence))

    def _names(self, ordered: Sequence[Checked]) -> dict[str, set[str]]:
        """Return the codes under which each name came: without a roster they tell whose a return without code is."""
        names: dict[str, set[str]] = {}
        for file in ordered:
            if file.ret is not None and file.ret.identity.code and file.ret.identity.name:
                names.setdefault(folded(file.ret.identity.name), set()).add(file.ret.identity.code)
        return names

    def _sent(self, file: Checked, names: Mapping[str, set[str]]) -> Sent | None:
        """Return the file with its body, or note the state of one that is of no use and return None."""
        if file.ret is None:
            first = next((one for one in file.findings if one.severity is Severity.ERROR), None)
            state = "not_ours" if first is not None and first.code in _NOT_OURS else "unreadable"
            why = phrase("file_unread") if first is None else Wording(first.message, first.message_en)
            self.state(file, state, "", "", why)
            return None
        ret, identity = file.ret, file.ret.identity
        code, name = identity.code or "", identity.name or ""
        if file.sha256 in self.assigned:
            code, name = self._called(self.assigned[file.sha256], "")
        if not code and not name:
            self.state(file, "no_identity", "", "", phrase("file_of_nobody"))
            return None
        if identity.year != self.year:
            about = "file_of_no_year" if identity.year is None else "file_of_year"
            reason = phrase(about, stated=identity.year, year=self.year)
            self.state(file, "wrong_year", *self._called(code, name), reason)
            return None
        if ret.form.id != self.form.id:
            reason = phrase("file_of_form", form=ret.form.id, year=self.year, right=self.form.id)
            self.state(file, "wrong_form", *self._called(code, name), reason)
            return None
        region = self.region
        own = code == region.code if region.code and code else folded(name) == folded(region.name)
        if identity.kind == "rollup" and own:
            self.state(file, "not_in_rollup", code, name, phrase("file_own_rollup"))
            self.findings.append(finding("MERGE_009", file=file.file, name=name or code))
            return None
        if self.roster is None:
            known = names.get(folded(name), set())
            return Sent(file, ret, code or (next(iter(known)) if len(known) == 1 else ""), name, None)
        return self._on_roster(file, ret, code, name)

    def _called(self, code: str, name: str) -> tuple[str, str]:
        """Return code and name as the roster has them, where it does."""
        body = None if self.roster is None else self.roster.by_code(code) if code else self.roster.by_name(name)
        return (code, name) if body is None else (body.code, body.name)

    def _on_roster(self, file: Checked, ret: Return, code: str, name: str) -> Sent | None:
        assert self.roster is not None
        expected = {body.code: body for body in self.roster.expected(self.year)}
        named = self.roster.by_name(name) if name else None
        if not code and named is not None and named.code in expected:
            self.findings.append(finding("MERGE_003", file=file.file, name=name, body=named.code))
            return Sent(file, ret, named.code, expected[named.code].name, expected[named.code])
        body = expected.get(code)
        if body is None:
            near = self._near(code, named)
            self.state(file, "not_on_roster", code, name, phrase("file_not_listed", year=self.year, near=near))
            self.findings.append(
                finding("MERGE_004", file=file.file, name=name or "未写名称的单位", body=code or "无代码", near=near)
            )
            return None
        if named is not None and named.code != code:
            reason = phrase("file_of_two", body=body.name, name=name, other=named.code)
            self.state(file, "no_identity", code, name, reason)
            self.findings.append(
                finding("MERGE_008", file=file.file, body=code, name=name, right=body.name, other=named.code)
            )
            return None
        if name and named is None:
            self.findings.append(finding("MERGE_010", file=file.file, body=code, name=name, right=body.name))
        return Sent(file, ret, code, body.name, body)

    def _near(self, code: str, named: Respondent | None) -> str:
        """Return what the roster knows that comes near: another year, a successor, a body of that name."""
        assert self.roster is not None
        heirs = [body.name for body in self.roster.expected(self.year) if code in body.predecessors]
        if heirs:
            return phrase("near_heirs", names="、".join(heirs))
        other = self.roster.by_code(code) if code else None
        if other is not None:
            return phrase("near_silent", name=other.name)
        return phrase("near_namesake", code=named.code) if named is not None and named.code != code else ""
