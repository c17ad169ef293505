"""What goes back to each body of a season: the returned workbook and one letter, noted in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct

from toolkit.files import made_folder, renewed
from toolkit.merging.versions import BEIJING, beijing
from toolkit.outputs import letters
from toolkit.outputs.letters import Addressee, Letter, Letterhead, Sender, Submission
from toolkit.outputs.letters.occasions import in_question, letter_about, letter_files, letter_stem
from toolkit.returns import Checked
from toolkit.returns.last_year import before
from toolkit.roster import Roster
from toolkit.run.memory import digest_of
from toolkit.run.reply_folder import Written, write_replies
from toolkit.season.cycle import Session, Settled, calendar_of, write_worklist
from toolkit.season.imports import imports_of, workbook_of
from toolkit.season.ledger import Ledger, received
from toolkit.season.matters import Matter, matters
from toolkit.workbook.issuing import one_issued, reissued
from toolkit.workbook.reply import by_body, remembering, reply, reply_name


class Prepared(Struct, frozen=True):
    """One letter to one body: its address ("" when the roster has none), the workbook that goes with it, its key and way.

    ``key`` is ``code/kind/what``: the file that is answered, or the day of a reminder. A letter is sent once by it.
    """

    code: str
    name: str
    to: str
    letter: Letter
    key: str
    answers: str
    round: int
    stem: str
    attachment: str = ""
    data: bytes = b""
    way: str = "send"


def reply_workbooks(session: Session, settled: Settled, folder: Path) -> tuple[Written, ...]:
    """Write the reply of every return into a folder and note each in the ledger, once."""
    done = settled.outcome
    written = write_replies(done.checked, folder, done.roster, settled.key, done.year, done.last_year)
    with session.ledger.transaction():
        for workbook in written:
            _note(session.ledger, "退回件", workbook)
    write_worklist(session, settled.rollup, settled.outcome.roster, settled.notes)
    return written


def _note(ledger: Ledger, kind: str, written: Written) -> None:
    """Note a reply unless it was noted before."""
    row = {"code": written.code, "kind": kind, "sha256": written.answers, "reply_sha256": written.sha256}
    if ledger.last("reply", **row) is None:
        ledger.add("reply", **row, round=written.round, file=written.name)


def prepare(session: Session, settled: Settled, as_of: date) -> tuple[Prepared, ...]:
    """Prepare the letter of every body that needs one, as its matter says, see ``matters``.

    A letter that waits for a decision or a call is prepared too; a reminder that is not due yet is none.
    """
    office = _Office(session, settled, as_of)
    return tuple(office.prepared(matter) for matter in office.matters if office.due(matter))


class _Office:
    """What the letters of one run are written from."""

    def __init__(self, session: Session, settled: Settled, as_of: date) -> None:
        settings, self.ledger, self.session = session.settings, session.ledger, session
        self.judges = settled.outcome.judges
        self.roster, self.year, self.as_of = settled.outcome.roster, settled.rollup.year, as_of
        self.matters = matters(self.ledger, settled.rollup, self.roster, calendar_of(session, as_of))
        self.bodies = {} if self.roster is None else {body.code: body for body in self.roster.expected(self.year)}
        self.last = settled.outcome.last_year
        self.deadline = settings.due
        self.by = Sender(settings.office or f"{settled.rollup.region}政务公开主管部门", settings.contact)
        self.key, self.of_body = settled.key, by_body(settled.outcome.checked)
        self.checked = {(file.file, file.sha256): file for file in settled.outcome.checked}
        self.files = settled.rollup.files
        self.numbers = {(row["code"], row["sha256"]): row["number"] for row in self.ledger.rows("version")}
        self.names = {row["sha256"]: row["name"].rpartition("/")[2] for row in self.ledger.rows("arrival")}
        self.came = received(self.ledger)
        self.judged = self.ledger.newest("judgement", "sha256")

    def due(self, matter: Matter) -> bool:
        """Tell whether a matter has a letter: one that went out, or one that is to go."""
        return bool(matter.key) and (
            matter.way != "wait" or self.ledger.value("message", "id", key=matter.key) is not None
        )

    def prepared(self, matter: Matter) -> Prepared:
        """Return the letter of a matter, with its workbook."""
        head = Letterhead(Addressee(matter.name, matter.code, self.year), self.by, self.deadline, self.as_of)
        checked = self.checked.get((matter.file, matter.sha256))
        kind, name, data, turn = matter.kind, "", b"", 0
        if kind in ("mend", "explain") or (kind == "chase" and checked is not None and checked.verdict != "unreadable"):
            name, data, turn = self._reply(checked)
        elif kind == "confirm":
            name, data = workbook_of(self.session.folder, imports_of(self.ledger)[matter.sha256])
        elif kind not in ("final", "versions"):
            name, data = self._form(matter.code, checked)
        letter = self._letter(head, matter, name)
        stem = letter_stem(head, self.bodies.get(matter.code), letter)
        answers = matter.sha256 or matter.key.rpartition("/")[2]
        return Prepared(
            matter.code, matter.name, matter.to, letter, matter.key, answers, turn, stem, name if data else "", data,
            matter.way,
        )  # fmt: skip

    def _letter(self, head: Letterhead, matter: Matter, name: str) -> Letter:
        sent, time, kind = self._submission(matter.code, matter.sha256), matter.reminded + 1, matter.kind
        if kind in ("issue", "remind"):
            return letters.issue(head, name) if kind == "issue" else letters.reminder(head, time=time, name=name)
        if kind == "confirm":
            return letters.confirm(head, sent, read=matter.remedy, name=name)
        if kind == "useless":
            return letters.useless(head, sent, why=matter.about, remedy=matter.remedy, name=name)
        if kind == "chase":
            return letters.chase(head, sent, about=matter.about, time=time, name=name)
        keys = [(matter.file, matter.sha256)]
        if kind == "versions":
            keys = [(file.file, file.sha256) for file in self.files if file.code == matter.code and in_question(file)]
        about = [(self.checked[key], self._submission(matter.code, key[1])) for key in keys]
        when = datetime.fromisoformat(self.judged[matter.sha256]["at"]).astimezone(BEIJING)
        return letter_about(head, about, kind, matter.remedy, at=when, name=name)

    def _submission(self, code: str, sha256: str) -> Submission:
        """Return a file as its sender knows it."""
        turn = next(
            (f.ret.identity.round for f in self.of_body.get(code, ()) if f.sha256 == sha256 and f.ret is not None), 0
        )
        when = beijing(self.came[sha256]) if sha256 in self.came else ""
        return Submission(self.names.get(sha256, ""), when, self.numbers.get((code, sha256), 0), turn)

    def _reply(self, checked: Checked | None) -> tuple[str, bytes, int]:
        """Return name, bytes and round of the workbook that goes back; nothing for a file that cannot be rebuilt."""
        if checked is None or checked.ret is None or checked.ret.year is None:
            return "", b"", 0
        earlier = before(self.last, checked.ret, self.roster)
        others = self.of_body.get(checked.ret.identity.code or "", ())

        def made() -> tuple[str, bytes]:
            data = reply(remembering(checked, others), self.key, earlier)
            return reply_name(checked, self.roster, twice=False), data or b""

        known = [(file.file, file.sha256, file.findings) for file in (checked, *others)]
        return (*self._made("reply", known, made), checked.ret.identity.round + 1)

    def _made(self, kind: str, of: object, make: Callable[[], tuple[str, bytes]]) -> tuple[str, bytes]:
        """Return name and bytes of a workbook: as it was made before of the same, where that is remembered."""
        memory = self.session.memory
        if memory is None:
            return make()
        return memory.workbook(self.session.folder.replies, digest_of(kind, self.judges, of), make)

    def _form(self, code: str, checked: Checked | None) -> tuple[str, bytes]:
        """Return name and bytes of the year's form for a body, with what last year fixes."""
        known, roster, sent = self.bodies.get(code), self.roster, None if checked is None else checked.ret
        sent = None if known is not None and sent is not None and sent.identity.code != code else sent
        if sent is None and (known is None or roster is None):
            return "", b""

        def made() -> tuple[str, bytes]:
            if sent is not None:
                return reissued(sent, self.year, roster, self.last, self.key)
            assert known is not None
            assert roster is not None
            return one_issued(known, self.year, roster, self.last, self.key)

        return self._made("form", (code, None if checked is None else checked.sha256), made)


def write_letters(session: Session, settled: Settled, prepared: Sequence[Prepared], folder: Path) -> tuple[Path, ...]:
    """Write each letter as text and HTML, the workbooks, and one file of sentences; note each letter in the ledger.

    A letter about another matter that was written to one of the bodies before is taken out of the folder.
    """
    made_folder(folder)
    contents = letter_files({post.stem: post.letter for post in prepared})
    contents |= {post.attachment: post.data for post in prepared if post.data}
    for post in prepared:
        stale = folder.glob(f"{post.code}_*_*信.*")  # what was written before about another matter is true no more
        for path in stale:
            if path.stem != post.stem and path.suffix in (".txt", ".html"):
                path.unlink()
    written = tuple(renewed(folder / name, data) for name, data in contents.items())
    with session.ledger.transaction():
        for post in prepared:
            digest = hashlib.sha256(post.data).hexdigest() if post.data else ""
            name = post.attachment or f"{post.stem}.html"
            _note(session.ledger, post.letter.kind, Written(post.code, post.round, post.answers, name, digest))
    write_worklist(session, settled.rollup, settled.outcome.roster, settled.notes)
    return written


def without_address(prepared: Sequence[Prepared], roster: Roster | None) -> tuple[str, ...]:
    """Return the names of the bodies that have a letter and no address; empty without a roster."""
    return () if roster is None else tuple(post.name for post in prepared if not post.to)
