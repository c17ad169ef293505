"""What is done with one file wherever it is done: read it, check it, keep what is needed of it."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from toolkit import checking, reading
from toolkit.checking.text import check_text, load_rules
from toolkit.errors import ToolkitError
from toolkit.findings import Finding, finding, phrase, sorted_findings
from toolkit.forms import Form, form_for_year
from toolkit.returns import Checked, Identity, ReadFile, Return
from toolkit.returns.extent import extent_of
from toolkit.returns.last_year import LastYear, before
from toolkit.roster import Respondent, Roster
from toolkit.roster.tokens import Key, examine, trust_finding
from toolkit.scale.remote import At


class Examination(Struct, frozen=True):
    """What all files of a run are read and checked with; ``light`` keeps of each what merging needs, see Checked.

    While the ``year`` is not known, a return is judged by the year that it states itself; ``dated`` does what is left
    to do when it is. ``forms`` are those of one's own: they are in use where the examination is sent.
    """

    year: int | None = None
    roster: Roster | None = None
    last_year: LastYear | None = None
    level: str | None = None
    key: Key | None = None
    passwords: tuple[str, ...] = ()
    light: bool = False
    forms: tuple[Form, ...] = ()

    def prepare(self) -> None:
        """Load what every file is checked with, a fifth of a second, so that processes which are forked have it."""
        load_rules()
        with suppress(ToolkitError):  # a year of no form is a finding of each file
            form_for_year(self.year or 0)

    def read(self, file: At) -> ReadFile:
        """Read a file; the findings are those of reading alone."""
        if file.fault:
            return ReadFile(file.name, "", None, (finding("FILE_002", file=file.name, why=file.fault),), file.modified)
        return replace(reading.read(file.path, name=file.name, passwords=self.passwords), modified=file.modified)

    def of(self, file: At) -> Checked:
        """Read and check a file, and keep what is needed of it."""
        return self.known(self.read(file))

    def known(self, file: ReadFile) -> Checked:
        """Check a file that was read, and keep what is needed of it."""
        return self._kept(self.judged(file))

    def _kept(self, file: Checked) -> Checked:
        """Return what is kept of a file: while the year is not known, a return that states none is judged again."""
        again = self.year is None and file.ret is not None and file.ret.year is None
        return file.light if self.light and not again else file

    def dated(self, file: Checked) -> Checked:
        """Return a file that was judged before the year was known as it is judged now."""
        if file.ret is None or file.ret.year == self.year:
            return file
        if file.ret.year is None:
            return self._kept(self.judged(file))
        stray = finding("ID_021", file=file.file, stated=file.ret.year, wanted=self.year)
        return self._kept(replace(file, findings=sorted_findings(checking.of_other_year((*file.findings, stray)))))

    def judged(self, file: ReadFile) -> Checked:
        """Check a return that was read, by itself, and examine its token; a roll-up is never issued and has none."""
        checked = Checked.of(file)
        if file.ret is None:
            return checked
        checked = replace(checked, findings=self._findings(file.file, file.ret))
        identity = file.ret.identity
        if identity.kind == "rollup":
            return checked
        trust = examine(self.key, identity.token, form=file.ret.form.id, year=identity.year, code=identity.code)
        doubt = trust_finding(trust, identity.token, file=file.file)
        findings = checked.findings if doubt is None else sorted_findings((*checked.findings, doubt))
        return replace(checked, trust=trust.value, findings=findings)

    def _findings(self, name: str, ret: Return) -> tuple[Finding, ...]:
        """Return every finding of a return, those of reading among them."""
        year = ret.year or self.year
        body = _body(ret.identity, self.roster, year)
        known = ret.identity.level or (body.level if body is not None else None)
        if known is None and ret.identity.kind == "rollup":
            known = self.level
        earlier = before(self.last_year, ret, self.roster, self.year)
        last = None if earlier is None else earlier.alone
        also = check_text(ret, None if earlier is None else earlier.text)
        findings = list(checking.check(ret, last=last, level=known or self.level, before=earlier, also=also))
        if self.last_year is not None and earlier is None:
            findings.append(self._without_last(name, ret.identity.code, year or 0))
        if ret.identity.kind == "rollup":
            extent = extent_of(ret.identity)
            code = "FORM_071" if extent.uncounted else "FORM_072"
            findings.append(finding(code, name=ret.identity.name or name, words=extent.words))
        if self.year is not None and ret.year is not None and ret.year != self.year:
            findings.append(finding("ID_021", file=name, stated=ret.year, wanted=self.year))
        if ret.year is not None and not ret.form.uses(ret.year):
            right = form_for_year(ret.year).id
            findings.append(finding("ID_022", file=name, stated=ret.year, form=ret.form.id, right=right))
        placed = [fault if fault.file else fault.at(file=name) for fault in findings]
        return sorted_findings(checking.of_other_year(placed))

    def _without_last(self, name: str, code: str | None, year: int) -> Finding:
        """Return why nothing was compared with last year: a return is not there, or who has the rest of a body is open."""
        succession = None if self.roster is None or code is None else self.roster.succession(code, year)
        if self.roster is None or self.last_year is None or succession is None or not succession.changed:
            return finding("ID_020", file=name)
        lacking = self.roster.called(self.last_year.lacking(succession, year), year - 1)
        why = phrase("last_lacking", names=lacking) if lacking else phrase("last_rest")
        return finding("ID_023", file=name, story=self.roster.story(succession, year), why=why)


def _body(identity: Identity, roster: Roster | None, year: int | None) -> Respondent | None:
    if roster is None or identity.code is None:
        return None
    if year is not None:
        return next((body for body in roster.expected(year) if body.code == identity.code), None)
    return roster.by_code(identity.code)
