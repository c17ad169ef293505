"""What goes back to each body of a season: the returned workbook and one letter, noted in the ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct

from toolkit.errors import ToolkitError
from toolkit.files import made_folder, replaced
from toolkit.returns import BodyState, Checked
from toolkit.roster import Respondent, Roster
from toolkit.roster.tokens import Key, load_key
from toolkit.run import replies
from toolkit.season.cycle import Session, Settled, write_worklist
from toolkit.season.ledger import Ledger, in_force
from toolkit.season.letters import Addressee, Letter, Sender, receipt, reminder, returned
from toolkit.workbook.reply import reply, reply_name

RETURNED, RECEIPT, REMINDER = "退回", "回执", "催报"
SENTENCES = "一句话.txt"
_PASSED = frozenset(("passed", "mended"))


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


def reply_workbooks(session: Session, settled: Settled, folder: Path) -> tuple[replies.Written, ...]:
    """Write the reply of every return into a folder and note each in the ledger, once."""
    written = replies.write_replies(settled.run.checked, folder, settled.run.roster, _key(session))
    with session.ledger.transaction():
        for each in written:
            _note(session.ledger, "退回件", each.code, each.answers, each.round, each.name, each.sha256)
    write_worklist(session, settled.rollup, settled.notes)
    return written


def _key(session: Session) -> Key | None:
    return load_key(session.folder.key) if session.folder.key.is_file() else None


def _note(ledger: Ledger, kind: str, code: str, answers: str, round_: int, file: str, digest: str) -> None:
    """Note a reply unless it was noted before."""
    known = {"code": code, "kind": kind, "sha256": answers, "reply_sha256": digest}
    if ledger.last("reply", **known) is None:
        ledger.add("reply", **known, round=round_, file=file)


def prepare(session: Session, settled: Settled, as_of: date) -> tuple[Prepared, ...]:
    """Prepare the letter of every body that needs one.

    A return with errors goes back as a workbook with its faults marked (one of another year without), one that passed has a receipt (with the
    workbook where something is still to be explained), a silent body is reminded. A body whose files are in conflict
    waits for the coordinator, and a waived one has nothing to do. A season without a deadline raises ToolkitError.
    """
    if not session.settings.deadline:
        raise ToolkitError(
            "没有截止日期，信里要写。",
            f"请运行 nianbao init {session.folder.path} --deadline 2026-01-31。",
            english="The letters need a deadline: nianbao init FOLDER --deadline DATE.",
        )
    roster = settled.run.roster
    bodies = {} if roster is None else {each.code: each for each in roster.expected(settled.rollup.year)}
    checked = _answered(settled)
    writing = _Writing(session, settled, as_of, bodies)
    found = [writing.letter(body, checked.get(body.code)) for body in settled.rollup.bodies if body.code]
    return tuple(each for each in found if each is not None)


def _answered(settled: Settled) -> dict[str, Checked]:
    """Return the file of each body that is answered: the one that counts or would count."""
    by_file = {(each.file, each.sha256): each for each in settled.run.checked}
    found: dict[str, Checked] = {}
    for state in settled.rollup.files:
        if state.code and state.state in ("merged", "failing", "not_in_rollup"):
            found[state.code] = by_file[state.file, state.sha256]
        elif state.code and state.state in ("wrong_year", "wrong_form"):
            found.setdefault(state.code, by_file[state.file, state.sha256])
    return found


class _Writing:
    """The letters of one run."""

    def __init__(self, session: Session, settled: Settled, as_of: date, bodies: Mapping[str, Respondent]) -> None:
        settings = session.settings
        self.session, self.settled, self.as_of, self.bodies = session, settled, as_of, bodies
        self.deadline = date.fromisoformat(settings.deadline)
        self.by = Sender(settings.office or f"{settled.rollup.region}政务公开主管部门", settings.contact)
        self.key = _key(session)
        self.numbers = {(row["code"], row["sha256"]): row["number"] for row in session.ledger.rows("version")}
        self.judged = session.ledger.newest("judgement", "sha256")

    def letter(self, body: BodyState, checked: Checked | None) -> Prepared | None:
        to = Addressee(body.name, body.code, self.settled.rollup.year)
        if body.state == "missing":
            return self._reminder(body, to)
        if checked is None or checked.ret is None or body.state == "waived":
            return None
        version = self.numbers.get((body.code, checked.sha256), 1)
        if checked.verdict == "pass":
            when = datetime.fromisoformat(self.judged[checked.sha256]["at"])
            letter = receipt(to, self.by, checked, at=when, version=version)
            attached = any(each.weighs for each in checked.findings)
            return self._prepared(body, letter, checked, attached=attached)
        if checked.ret.year != to.year or not checked.ret.form.uses(to.year):
            # Of another year or form: there is nothing to mend in it, the template issued to them is to be filled.
            letter = returned(
                to, self.by, checked, deadline=self.deadline, as_of=self.as_of, reply_name=None, version=version
            )
            return self._prepared(body, letter, checked, attached=False)
        name = reply_name(checked, self.settled.run.roster, twice=False)
        letter = returned(
            to, self.by, checked, deadline=self.deadline, as_of=self.as_of, reply_name=name, version=version
        )
        return self._prepared(body, letter, checked, attached=True)

    def _prepared(self, body: BodyState, letter: Letter, checked: Checked, *, attached: bool) -> Prepared:
        assert checked.ret is not None
        data = reply(checked, self.key) if attached else None
        return Prepared(
            body.code, body.name, self._address(body), letter, f"{body.code}/{letter.kind}/{checked.sha256[:16]}",
            checked.sha256, checked.ret.identity.round + 1, self._stem(body, letter),
            reply_name(checked, self.settled.run.roster, twice=False) if data is not None else "", data or b"",
        )  # fmt: skip

    def _reminder(self, body: BodyState, to: Addressee) -> Prepared:
        sent = {
            row["key"]
            for row in self.session.ledger.rows("message", code=body.code)
            if f"/{REMINDER}/" in row["key"] and row["state"] in ("sent", "unknown")
        }
        by_hand = (body.code, "remind") in in_force(self.session.ledger)
        key = f"{body.code}/{REMINDER}/{self.as_of.isoformat()}"
        letter = reminder(to, self.by, deadline=self.deadline, as_of=self.as_of, time=1 + len(sent - {key}) + by_hand)
        return Prepared(
            body.code, body.name, self._address(body), letter, key, self.as_of.isoformat(), 0, self._stem(body, letter)
        )

    def _address(self, body: BodyState) -> str:
        known = self.bodies.get(body.code)
        return "" if known is None else known.email

    def _stem(self, body: BodyState, letter: Letter) -> str:
        known = self.bodies.get(body.code)
        short = "" if known is None else re.sub(r"[^\w（）()]", "", known.short or known.name)[:12]
        return f"{body.code}{f'_{short}' if short else ''}_{self.settled.rollup.year}_{letter.kind}信"


def write_letters(session: Session, settled: Settled, prepared: Sequence[Prepared], folder: Path) -> tuple[Path, ...]:
    """Write each letter as text and HTML, the workbooks, and one file of sentences; note each letter in the ledger."""
    made_folder(folder)
    written: list[Path] = []
    for each in prepared:
        written.append(replaced(folder / f"{each.stem}.txt", each.letter.text.encode("utf-8")))
        written.append(replaced(folder / f"{each.stem}.html", each.letter.html.encode("utf-8")))
        if each.data:
            written.append(replaced(folder / each.attachment, each.data))
    sentences = "".join(f"{each.letter.sentence}\n\n" for each in prepared)
    written.append(replaced(folder / SENTENCES, ("\ufeff" + sentences).encode("utf-8")))
    with session.ledger.transaction():
        for each in prepared:
            digest = hashlib.sha256(each.data).hexdigest() if each.data else ""
            name = each.attachment or f"{each.stem}.html"
            _note(session.ledger, each.letter.kind, each.code, each.answers, each.round, name, digest)
    write_worklist(session, settled.rollup, settled.notes)
    return tuple(written)


def without_address(prepared: Sequence[Prepared], roster: Roster | None) -> tuple[str, ...]:
    """Return the names of the bodies that have a letter and no address; empty without a roster."""
    return () if roster is None else tuple(each.name for each in prepared if not each.to)
