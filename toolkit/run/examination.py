"""What is done with one file wherever it is done: read it, check it, keep what is needed of it."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from toolkit import checking, reading
from toolkit.checking import text as narrative
from toolkit.errors import ToolkitError
from toolkit.findings import finding, sorted_findings
from toolkit.forms import form_for_year
from toolkit.returns import Checked, Identity
from toolkit.returns.last_year import LastYear
from toolkit.roster import Respondent, Roster
from toolkit.roster.tokens import Key, examine, trust_finding
from toolkit.scale.remote import At


class Examination(Struct, frozen=True):
    """What all files of a run are read and checked with; ``light`` keeps of each what merging needs, see Checked."""

    year: int | None = None
    roster: Roster | None = None
    last_year: LastYear | None = None
    level: str | None = None
    key: Key | None = None
    passwords: tuple[str, ...] = ()
    light: bool = False

    def prepare(self) -> None:
        """Load what every file is checked with, a fifth of a second, so that processes which are forked have it."""
        narrative.load_rules()
        with suppress(ToolkitError):  # a year of no form is a finding of each file
            form_for_year(self.year or 0)

    def read(self, file: At) -> Checked:
        """Read a file; the findings are those of reading alone."""
        if file.fault:
            return Checked(file.name, "", None, (finding("FILE_002", file=file.name, why=file.fault),), file.modified)
        got = reading.read(file.path, name=file.name, passwords=self.passwords)
        return Checked(file.name, got.sha256, got.ret, got.findings, file.modified)

    def of(self, file: At) -> Checked:
        """Read and check a file."""
        return self.kept(self.judged(self.read(file)))

    def kept(self, each: Checked) -> Checked:
        """Return what is kept of a file."""
        return each.light if self.light else each

    def judged(self, each: Checked) -> Checked:
        """Check a return that was read, by itself, and examine its token; a roll-up is never issued and has none."""
        each = self._checked(each)
        if each.ret is None or each.ret.identity.kind == "rollup":
            return each
        identity = each.ret.identity
        trust = examine(self.key, identity.token, form=each.ret.form.id, year=identity.year, code=identity.code)
        told = trust_finding(trust, identity.token, file=each.file)
        findings = each.findings if told is None else sorted_findings((*each.findings, told))
        return replace(each, trust=trust.value, findings=findings)

    def _checked(self, each: Checked) -> Checked:
        ret, roster, last_year = each.ret, self.roster, self.last_year
        if ret is None:
            return each
        year = ret.year or self.year
        body = _body(ret.identity, roster, year)
        known = ret.identity.level or (body.level if body is not None else None)
        if known is None and ret.identity.kind == "rollup":
            known = self.level
        last, same = (None, True) if last_year is None else last_year.of(ret.identity.code, roster, year or 0)
        if last is not None and ret.year is not None and last.year != ret.year - 1:
            last = None
        also = narrative.check_text(ret, last)
        found = list(checking.check(ret, last=last, level=known or self.level, last_complete=same, also=also))
        if last_year is not None and last is None:
            found.append(finding("ID_020", file=each.file))
        if self.year is not None and ret.year is not None and ret.year != self.year:
            found.append(finding("ID_021", file=each.file, stated=ret.year, wanted=self.year))
        if ret.year is not None and not ret.form.uses(ret.year):
            right = form_for_year(ret.year).id
            found.append(finding("ID_022", file=each.file, stated=ret.year, form=ret.form.id, right=right))
        placed = tuple(one if one.file else one.at(file=each.file) for one in found)
        return replace(each, findings=sorted_findings(placed))


def _body(identity: Identity, roster: Roster | None, year: int | None) -> Respondent | None:
    if roster is None or identity.code is None:
        return None
    if year is not None:
        return next((each for each in roster.expected(year) if each.code == identity.code), None)
    return roster.by_code(identity.code)
