"""What goes back to each body of a season: the returned workbook and one letter, noted in the ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from toolkit.files import made_folder, replaced
from toolkit.returns import BodyState, Checked
from toolkit.returns.last_year import before
from toolkit.roster import Roster
from toolkit.run.reply_folder import Written, write_replies
from toolkit.season import letters
from toolkit.season.cycle import Session, Settled, write_worklist
from toolkit.season.ledger import Ledger, in_force
from toolkit.season.letters import REMINDER, Addressee, Letter, Letterhead, Sender
from toolkit.workbook.issuing import is_of_another, reissued
from toolkit.workbook.reply import by_body, remembering, reply, reply_name

SENTENCES = "一句话.txt"


class Prepared(Struct, frozen=True):
    """One letter to one body: its address ("" when the roster has none), the workbook that goes with it, its key.

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


def reply_workbooks(session: Session, settled: Settled, folder: Path) -> tuple[Written, ...]:
    """Write the reply of every return into a folder and note each in the ledger, once."""
    done = settled.outcome
    written = write_replies(done.checked, folder, done.roster, settled.key, done.year, done.last_year)
    with session.ledger.transaction():
        for workbook in written:
            _note(session.ledger, "退回件", workbook)
    write_worklist(session, settled.rollup, settled.notes)
    return written


def _note(ledger: Ledger, kind: str, written: Written) -> None:
    """Note a reply unless it was noted before."""
    row = {"code": written.code, "kind": kind, "sha256": written.answers, "reply_sha256": written.sha256}
    if ledger.last("reply", **row) is None:
        ledger.add("reply", **row, round=written.round, file=written.name)


def prepare(session: Session, settled: Settled, as_of: date) -> tuple[Prepared, ...]:
    """Prepare the letter of every body that needs one.

    A return with errors goes back as a workbook with its faults marked (of another year, the year's template goes out),
    one that passed
    has a receipt (with the workbook where something is still to be explained), a silent body is reminded. A body that
    changed an old file after its return is asked which one counts; another conflict waits for the coordinator, and a
    waived body has nothing to do.
    """
    office, answered = _Office(session, settled, as_of), _answered(settled)
    posts = [office.prepared(body, answered.get(body.code)) for body in settled.rollup.bodies if body.code]
    return tuple(post for post in posts if post is not None)


def _answered(settled: Settled) -> dict[str, Checked]:
    """Return the file of each body that is answered: the one that counts or would count."""
    by_file = {(file.file, file.sha256): file for file in settled.outcome.checked}
    answered: dict[str, Checked] = {}
    for state in settled.rollup.files:
        if state.code and state.state in ("merged", "failing", "not_in_rollup"):
            answered[state.code] = by_file[state.file, state.sha256]
        elif state.code and state.state in ("wrong_year", "wrong_form"):
            answered.setdefault(state.code, by_file[state.file, state.sha256])
    return answered


class _Office:
    """What the letters of one run are written from."""

    def __init__(self, session: Session, settled: Settled, as_of: date) -> None:
        settings, self.ledger = session.settings, session.ledger
        self.roster, self.year, self.as_of = settled.outcome.roster, settled.rollup.year, as_of
        self.bodies = {} if self.roster is None else {body.code: body for body in self.roster.expected(self.year)}
        self.last = settled.outcome.last_year
        self.deadline = settings.due
        self.by = Sender(settings.office or f"{settled.rollup.region}政务公开主管部门", settings.contact)
        self.key, self.checked = settled.key, by_body(settled.outcome.checked)
        self.conflicts = {state.file: state.sha256 for state in settled.rollup.files if state.state == "conflict"}
        self.matters = {one.file: one for one in settled.rollup.findings if one.code == "MERGE_013"}
        self.numbers = {(row["code"], row["sha256"]): row["number"] for row in self.ledger.rows("version")}
        self.judged = self.ledger.newest("judgement", "sha256")
        self.decided = in_force(self.ledger)

    def prepared(self, body: BodyState, checked: Checked | None) -> Prepared | None:
        """Return the letter about a body's file, the reminder to one that sent none, None when nothing is to be said."""
        head = Letterhead(Addressee(body.name, body.code, self.year), self.by, self.deadline, self.as_of)
        matter = next((self.matters[file] for file in body.files if file in self.matters), None)
        if matter is not None:
            versions = sorted(self.conflicts[file] for file in body.files if file in self.conflicts)
            what = hashlib.sha256("".join(versions).encode()).hexdigest()[:16]
            return self._addressed(body, letters.question(head, matter, len(versions)), what, versions[0])
        if body.state == "missing" and (checked is None or self._reissued(body.code, checked)):
            day = self.as_of.isoformat()
            return self._addressed(body, letters.reminder(head, time=self._time(body.code)), day, day)
        if checked is None or checked.ret is None or body.state == "waived":
            return None
        version = self.numbers.get((body.code, checked.sha256), 1)
        name, data = reply_name(checked, self.roster, twice=False), None
        if is_of_another(checked.ret, self.year):
            name, data = reissued(checked.ret, self.year, self.roster, self.last, self.key)
            letter, attached = letters.reissue(head, checked, name=name, version=version), None
        elif checked.verdict == "pass":
            when = datetime.fromisoformat(self.judged[checked.sha256]["at"])
            attached = None if checked.status.settled else name
            letter = letters.receipt(head, checked, at=when, reply_name=attached, version=version)
        else:
            attached = None if checked.ret.year is None else name
            letter = letters.returned(head, checked, reply_name=attached, version=version)
        prepared = self._addressed(body, letter, checked.sha256[:16], checked.sha256)
        if attached is not None and data is None:
            earlier = before(self.last, checked.ret, self.roster)
            data = reply(remembering(checked, self.checked.get(body.code, ())), self.key, earlier)
        turn = checked.ret.identity.round + 1
        return replace(prepared, round=turn, attachment=name if data is not None else "", data=data or b"")

    def _reissued(self, code: str, checked: Checked) -> bool:
        """Tell whether a body that sent a file of another year alone has had this year's template for it."""
        key = f"{code}/{letters.RETURNED}/{checked.sha256[:16]}"
        return self.ledger.value("message", "state", key=key) in ("sent", "unknown")

    def _time(self, code: str) -> int:
        """Return which reminder today's is: those sent on other days and one by hand come before it."""
        today = f"{code}/{REMINDER}/{self.as_of.isoformat()}"
        rows = self.ledger.rows("message", code=code)
        sent = {row["key"] for row in rows if row["state"] in ("sent", "unknown") and f"/{REMINDER}/" in row["key"]}
        return 1 + len(sent - {today}) + ((code, "remind") in self.decided)

    def _addressed(self, body: BodyState, letter: Letter, what: str, answers: str) -> Prepared:
        known = self.bodies.get(body.code)
        short = "" if known is None else re.sub(r"[^\w（）()]", "", known.short or known.name)[:12]
        stem = f"{body.code}{f'_{short}' if short else ''}_{self.year}_{letter.kind}信"
        email = "" if known is None else known.email
        return Prepared(body.code, body.name, email, letter, f"{body.code}/{letter.kind}/{what}", answers, 0, stem)


def write_letters(session: Session, settled: Settled, prepared: Sequence[Prepared], folder: Path) -> tuple[Path, ...]:
    """Write each letter as text and HTML, the workbooks, and one file of sentences; note each letter in the ledger."""
    made_folder(folder)
    contents: dict[str, bytes] = {}
    for post in prepared:
        contents[f"{post.stem}.txt"] = post.letter.text.encode("utf-8")
        contents[f"{post.stem}.html"] = post.letter.html.encode("utf-8")
        if post.data:
            contents[post.attachment] = post.data
    sentences = "".join(f"{post.letter.sentence}\n\n" for post in prepared)
    contents[SENTENCES] = f"\ufeff{sentences}".encode()
    written = tuple(replaced(folder / name, data) for name, data in contents.items())
    with session.ledger.transaction():
        for post in prepared:
            digest = hashlib.sha256(post.data).hexdigest() if post.data else ""
            name = post.attachment or f"{post.stem}.html"
            _note(session.ledger, post.letter.kind, Written(post.code, post.round, post.answers, name, digest))
    write_worklist(session, settled.rollup, settled.notes)
    return written


def without_address(prepared: Sequence[Prepared], roster: Roster | None) -> tuple[str, ...]:
    """Return the names of the bodies that have a letter and no address; empty without a roster."""
    return () if roster is None else tuple(post.name for post in prepared if not post.to)
